"""What a room is for, and which of its raters are trainees, whose sheets count nowhere."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = (("rooms", "0005_seniority"),)

    operations = (
        migrations.AddField(
            "room",
            "purpose",
            models.CharField(
                choices=[("assessment", "Assessment"), ("practice", "Practice")],
                db_default="assessment",
                default="assessment",
                max_length=10,
            ),
        ),
        migrations.AddField("seat", "trainee", models.BooleanField(db_default=False, default=False)),
        migrations.AddConstraint(
            "seat",
            models.CheckConstraint(
                condition=models.Q(("trainee", False), ("kind", "rater"), _connector="OR"),
                name="a_trainee_is_a_rater",
            ),
        ),
    )
