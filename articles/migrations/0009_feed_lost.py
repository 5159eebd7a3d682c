from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("articles", "0008_deleted_by_text")]
    operations = [
        migrations.AddField(
            model_name="feed",
            name="lost",
            field=models.PositiveIntegerField(default=0, editable=False),
        ),
        migrations.AddField(
            model_name="feed",
            name="lost_why",
            field=models.JSONField(default=dict, editable=False),
        ),
    ]
