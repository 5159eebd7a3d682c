"""Tokens are known by their hash, and expire; the plain ones of before are removed.

Whoever has read the database, or a copy of it, could have written by them, so none is
taken over: their owners sign in again.
"""

from django.db import migrations
from django.db.migrations.recorder import MigrationRecorder

TABLE, APP = "authtoken_token", "authtoken"


def remove_plain_tokens(apps, schema_editor):
    connection = schema_editor.connection
    if TABLE not in connection.introspection.table_names():
        return
    MigrationRecorder(connection).migration_qs.filter(app=APP).delete()
    apps.get_model("contenttypes", "ContentType").objects.filter(app_label=APP).delete()
    # Last: as long as it is there, all of this is done again.
    schema_editor.execute(f"DROP TABLE {schema_editor.quote_name(TABLE)}")


class Migration(migrations.Migration):

    dependencies = [
        ("admin", "0003_logentry_add_action_flag_choices"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("knox", "0009_extend_authtoken_field"),
        ("learners", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="ApiToken",
            fields=[],
            options={
                "verbose_name": "API token",
                "ordering": ["-created"],
                "proxy": True,
                "indexes": [],
                "constraints": [],
            },
            bases=("knox.authtoken",),
        ),
        # MySQL drops no table within a transaction.
        migrations.RunPython(
            remove_plain_tokens, migrations.RunPython.noop, atomic=False
        ),
    ]
