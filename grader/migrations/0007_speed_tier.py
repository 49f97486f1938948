from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("grader", "0006_tell_events")]

    operations = [
        migrations.AddField(
            model_name="submission",
            name="tier",
            field=models.CharField(
                blank=True,
                choices=[("bronze", "Bronze"), ("silver", "Silver"), ("gold", "Gold")],
                default="",
                help_text="Speed tier of an accepted answer",
                max_length=10,
            ),
            preserve_default=False,
        ),
    ]
