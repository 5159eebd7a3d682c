"""One table of sessions for browsers and programs, and accounts without an address.

The tables of django.contrib.sessions and of knox, whose hashes are others, go with all
that is in them: everybody signs in again.
"""

import uuid

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from articles.collation import EXACT
from learners.migrations import _leavings as leavings


def give_uuids(apps, schema_editor):
    users = apps.get_model("learners", "User").objects
    for user in users.filter(uuid=None).iterator():
        user.uuid = uuid.uuid4()
        user.save(update_fields=["uuid"])


def remove_tables_of_before(apps, schema_editor):
    leavings.remove(apps, schema_editor, "sessions", "django_session")
    leavings.remove(apps, schema_editor, "knox", "knox_authtoken")
    types = apps.get_model("contenttypes", "ContentType").objects
    types.filter(app_label="learners", model="apitoken").delete()


class Migration(migrations.Migration):

    dependencies = [
        ('contenttypes', '0002_remove_content_type_name'),
        ('learners', '0008_evidence'),
    ]

    operations = [
        migrations.AddField(
            model_name='user',
            name='pending_email',
            field=models.EmailField(blank=True, db_collation=EXACT, db_index=True, editable=False, max_length=254),
        ),
        # All rows would get the same default.
        migrations.AddField(
            model_name='user',
            name='uuid',
            field=models.UUIDField(null=True),
        ),
        migrations.RunPython(give_uuids, migrations.RunPython.noop, elidable=True),
        migrations.AlterField(
            model_name='user',
            name='uuid',
            field=models.UUIDField(default=uuid.uuid4, editable=False, unique=True),
        ),
        migrations.AlterField(
            model_name='user',
            name='email',
            field=models.EmailField(blank=True, db_collation=EXACT, max_length=254, null=True, unique=True, verbose_name='e-mail'),
        ),
        migrations.CreateModel(
            name='Code',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('purpose', models.CharField(choices=[('confirm', 'Confirm'), ('reset', 'Reset')], max_length=7)),
                ('whose', models.CharField(db_collation=EXACT, max_length=254)),
                ('digest', models.CharField(db_collation=EXACT, max_length=64)),
                ('tries_left', models.PositiveSmallIntegerField()),
                ('expires_at', models.DateTimeField()),
                ('user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='codes', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(fields=['expires_at'], name='code_by_end')],
                'constraints': [models.UniqueConstraint(fields=('purpose', 'whose'), name='one_code')],
            },
        ),
        migrations.CreateModel(
            name='Session',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('digest', models.CharField(db_collation=EXACT, max_length=64, unique=True)),
                ('kind', models.CharField(choices=[('browser', 'Browser'), ('api', 'Api')], default='api', max_length=7)),
                ('data', models.TextField(blank=True)),
                ('device', models.CharField(blank=True, help_text='What it calls itself.', max_length=200)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('seen_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('expires_at', models.DateTimeField()),
                ('user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='sessions', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-created_at', '-pk'],
                'indexes': [models.Index(fields=['expires_at'], name='session_by_end')],
            },
        ),
        # Last, and not within a transaction, in which MySQL drops no table.
        migrations.RunPython(
            remove_tables_of_before, migrations.RunPython.noop, atomic=False
        ),
    ]
