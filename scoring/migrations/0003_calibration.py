"""Calibrations, which the database refuses to change as it does reports; and what a report was made by."""

import django.db.models.deletion
from django.db import migrations, models


def seal(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        do = "FOR EACH ROW EXECUTE FUNCTION scoring_refuse()"
    else:
        do = "BEGIN SELECT RAISE(ABORT, 'scoring_calibration is never changed'); END"
    trigger = f"CREATE TRIGGER scoring_calibration_sealed BEFORE UPDATE ON scoring_calibration {do}"
    schema_editor.execute(trigger, params=None)


def unseal(apps, schema_editor):
    on = " ON scoring_calibration" if schema_editor.connection.vendor == "postgresql" else ""
    schema_editor.execute(f"DROP TRIGGER scoring_calibration_sealed{on}")


class Migration(migrations.Migration):
    dependencies = [("accounts", "0003_kept"), ("scoring", "0002_unchangeable")]

    operations = [
        migrations.CreateModel(
            name="Calibration",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("rubric", models.CharField(max_length=200)),
                ("document", models.TextField()),
                ("digest", models.CharField(max_length=64)),
                ("created_at", models.BigIntegerField()),
                (
                    "workspace",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.workspace",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("workspace", "rubric", "digest"), name="one_calibration_an_input"
                    )
                ],
            },
        ),
        migrations.RunPython(seal, unseal),
        # both without a default: a table that SQLite makes anew would lose the trigger that seals it
        migrations.AddField("report", "made_from", models.JSONField(null=True)),
        migrations.AddField(
            "report",
            "calibration",
            models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="scoring.calibration",
            ),
        ),
    ]
