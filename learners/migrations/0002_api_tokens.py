"""The plain tokens of before are removed.

Whoever has read the database, or a copy of it, could have written by them, so none is
taken over: their owners sign in again.
"""

from django.db import migrations

from learners.migrations import _leavings as leavings


def remove_plain_tokens(apps, schema_editor):
    leavings.remove(apps, schema_editor, "authtoken", "authtoken_token")


class Migration(migrations.Migration):

    dependencies = [
        ("admin", "0003_logentry_add_action_flag_choices"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("learners", "0001_initial"),
    ]

    operations = [
        # MySQL drops no table within a transaction.
        migrations.RunPython(
            remove_plain_tokens, migrations.RunPython.noop, atomic=False
        ),
    ]
