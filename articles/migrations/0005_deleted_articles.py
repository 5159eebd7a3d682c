import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("articles", "0004_feed_served_from")]
    operations = [
        migrations.CreateModel(
            name="DeletedArticle",
            fields=[
                ("id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("guid", models.CharField(max_length=500)),
                ("title", models.CharField(max_length=500)),
                ("published_at", models.DateTimeField()),
                ("text_hash", models.CharField(max_length=64)),
                ("deleted_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "feed",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="articles.feed",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["feed", "guid"], name="deleted_guid"),
                    models.Index(fields=["feed", "text_hash"], name="deleted_text"),
                ]
            },
        ),
        migrations.AlterField(
            model_name="address",
            name="article",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="addresses",
                to="articles.article",
            ),
        ),
        migrations.AddField(
            model_name="address",
            name="deleted",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="addresses",
                to="articles.deletedarticle",
            ),
        ),
        migrations.AddIndex(
            model_name="article",
            index=models.Index(fields=["published_at"], name="article_age"),
        ),
    ]
