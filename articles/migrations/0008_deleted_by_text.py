from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("articles", "0007_token_state")]
    operations = [
        migrations.AddField(
            model_name="deletedarticle",
            name="simhash",
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="deletedarticle",
            name="crawled_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.RemoveIndex(model_name="deletedarticle", name="deleted_text"),
        migrations.AddIndex(
            model_name="deletedarticle",
            index=models.Index(fields=["text_hash"], name="deleted_same_text"),
        ),
        migrations.AddIndex(
            model_name="deletedarticle",
            index=models.Index(fields=["crawled_at"], name="deleted_latest"),
        ),
    ]
