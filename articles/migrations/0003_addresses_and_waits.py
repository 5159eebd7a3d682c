import datetime
from itertools import islice

from django.db import migrations


def name_addresses(apps, schema_editor):
    """Until now an article had one address, its own."""
    alias = schema_editor.connection.alias
    articles = apps.get_model("articles", "Article").objects.using(alias)
    addresses = apps.get_model("articles", "Address").objects.using(alias)
    rows = articles.order_by("pk").values_list("url_hash", "pk").iterator(1000)
    while batch := list(islice(rows, 1000)):
        addresses.bulk_create(
            addresses.model(url_hash=url_hash, article_id=pk) for url_hash, pk in batch
        )


def lengthen_waits(apps, schema_editor):
    """Between two visits of a feed there are 15 minutes now at the least."""
    feeds = apps.get_model("articles", "Feed").objects
    shortest = datetime.timedelta(minutes=15)
    feeds.using(schema_editor.connection.alias).filter(interval__lt=shortest).update(
        interval=shortest
    )


class Migration(migrations.Migration):
    dependencies = [("articles", "0002_crawler")]
    operations = [
        migrations.RunPython(name_addresses, migrations.RunPython.noop),
        migrations.RunPython(lengthen_waits, migrations.RunPython.noop),
    ]
