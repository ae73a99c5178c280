"""Calibrations of practice and of assessment are apart; reports say what their room was for.

Unsigned reports are asked for again. A signed one stays what somebody signed.
"""

from django.db import migrations, models
from django.db.models import F


def seal_again(apps, schema_editor):
    """SQLite makes a table anew for a column or a constraint, and a new table has no trigger."""
    if schema_editor.connection.vendor == "sqlite":
        do = "BEGIN SELECT RAISE(ABORT, 'scoring_calibration is never changed'); END"
        trigger = f"CREATE TRIGGER scoring_calibration_sealed BEFORE UPDATE ON scoring_calibration {do}"
        schema_editor.execute(trigger, params=None)


def ask_again(apps, schema_editor):
    signed = apps.get_model("scoring", "Signature").objects.values("report__room")
    asked = apps.get_model("scoring", "ReportRequest").objects.exclude(room__in=signed)
    asked.update(wanted=F("wanted") + 1, sent_at=0, done_at=None, tries=0, error="")


class Migration(migrations.Migration):
    dependencies = (("accounts", "0003_kept"), ("scoring", "0007_hire_outcomes"))

    operations = (
        # on the way back SQLite's table is whole again before the constraint of before is put on it
        migrations.RunPython(migrations.RunPython.noop, seal_again),
        migrations.RemoveConstraint("calibration", "one_calibration_an_input"),
        migrations.AddField(
            "calibration",
            "purpose",
            models.CharField(db_default="assessment", default="assessment", max_length=10),
        ),
        migrations.AddConstraint(
            "calibration",
            models.UniqueConstraint(
                fields=("workspace", "rubric", "purpose", "digest"), name="one_calibration_an_input"
            ),
        ),
        migrations.RunPython(seal_again, migrations.RunPython.noop),
        migrations.RunPython(ask_again, migrations.RunPython.noop),
    )
