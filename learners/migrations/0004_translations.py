from django.db import migrations, models

from articles.collation import EXACT


class Migration(migrations.Migration):

    dependencies = [
        ('learners', '0003_dictionaries'),
    ]

    operations = [
        migrations.CreateModel(
            name='ProviderAnswer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('from_language', models.CharField(db_collation=EXACT, max_length=5)),
                ('to_language', models.CharField(db_collation=EXACT, max_length=5)),
                ('text_hash', models.CharField(db_collation=EXACT, max_length=32)),
                ('provider', models.CharField(db_collation=EXACT, max_length=20)),
                ('text', models.TextField()),
                ('created_at', models.DateTimeField(db_index=True)),
            ],
            options={
                'ordering': ['-created_at', '-pk'],
                'constraints': [models.UniqueConstraint(fields=('text_hash', 'provider', 'from_language', 'to_language'), name='one_answer_a_question')],
            },
        ),
    ]
