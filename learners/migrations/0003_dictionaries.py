import django.db.models.deletion
from django.db import migrations, models

from articles.collation import EXACT


class Migration(migrations.Migration):

    dependencies = [
        ('learners', '0002_api_tokens'),
    ]

    operations = [
        migrations.CreateModel(
            name='Dictionary',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('from_language', models.CharField(db_collation=EXACT, max_length=5)),
                ('to_language', models.CharField(db_collation=EXACT, max_length=5)),
                ('name', models.CharField(db_collation=EXACT, max_length=100)),
                ('kind', models.CharField(choices=[('own', "the operator's own"), ('core', 'core, by hand'), ('cc-by-sa', 'CC BY-SA'), ('gpl', 'GPL')], default='own', max_length=10)),
                ('licence', models.CharField(blank=True, max_length=200)),
                ('priority', models.PositiveSmallIntegerField(default=10, help_text='The lower, the earlier it is asked.')),
                ('digest', models.CharField(blank=True, editable=False, max_length=64)),
                ('revision', models.PositiveIntegerField(default=0, editable=False)),
                ('entry_count', models.PositiveIntegerField(default=0, editable=False, verbose_name='entries')),
                ('is_published', models.BooleanField(default=None, editable=False, null=True)),
                ('claimed_until', models.DateTimeField(editable=False, null=True)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('updated_at', models.DateTimeField(auto_now=True)),
            ],
            options={
                'verbose_name_plural': 'dictionaries',
                'ordering': ['from_language', 'to_language', 'priority', 'name'],
                'constraints': [models.UniqueConstraint(fields=('from_language', 'to_language', 'name', 'is_published'), name='one_dictionary_of_a_name')],
            },
        ),
        migrations.CreateModel(
            name='Report',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('from_language', models.CharField(db_collation=EXACT, max_length=5)),
                ('to_language', models.CharField(db_collation=EXACT, max_length=5)),
                ('headword', models.CharField(db_collation=EXACT, max_length=100)),
                ('translation', models.CharField(db_collation=EXACT, max_length=200)),
                ('word', models.CharField(blank=True, help_text='As it stood in the text.', max_length=100)),
                ('count', models.PositiveIntegerField(default=1, verbose_name='reports')),
                ('first_seen', models.DateTimeField()),
                ('last_seen', models.DateTimeField()),
                ('is_done', models.BooleanField(default=False, verbose_name='done')),
            ],
            options={
                'verbose_name': 'report of a wrong translation',
                'verbose_name_plural': 'reports of wrong translations',
                'indexes': [models.Index(fields=['is_done', '-count'], name='report_open')],
                'constraints': [models.UniqueConstraint(fields=('from_language', 'to_language', 'headword', 'translation'), name='one_report_of_a_translation')],
            },
        ),
        migrations.CreateModel(
            name='Entry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('from_language', models.CharField(db_collation=EXACT, max_length=5)),
                ('to_language', models.CharField(db_collation=EXACT, max_length=5)),
                ('headword', models.CharField(db_collation=EXACT, max_length=100)),
                ('pos', models.CharField(blank=True, max_length=5, verbose_name='part of speech')),
                ('gender', models.CharField(blank=True, max_length=2)),
                ('translations', models.TextField(help_text='The best first, separated by "; ".')),
                ('position', models.PositiveIntegerField(default=0, editable=False)),
                ('is_hidden', models.BooleanField(default=False, help_text='As if it were not there.', verbose_name='hidden')),
                ('edited_from', models.CharField(db_collation=EXACT, blank=True, editable=False, max_length=8)),
                ('dictionary', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='entries', to='learners.dictionary')),
            ],
            options={
                'verbose_name_plural': 'entries',
                'indexes': [models.Index(fields=['from_language', 'to_language', 'headword'], name='entry_word'), models.Index(fields=['dictionary', 'edited_from'], name='entry_dictionary')],
            },
        ),
    ]
