"""What each sheet gave beyond what was expected, kept with its calibration and never changed."""

from importlib import import_module

import django.db.models.deletion
from django.db import migrations, models

TABLE = "scoring_sheetresiduals"
sealing = import_module("scoring.migrations.0002_unchangeable").sealing


def seal(apps, schema_editor):
    schema_editor.execute(sealing(schema_editor.connection.vendor, TABLE), params=None)


def unseal(apps, schema_editor):
    on = f" ON {TABLE}" if schema_editor.connection.vendor == "postgresql" else ""
    schema_editor.execute(f"DROP TRIGGER {TABLE}_sealed{on}")


class Migration(migrations.Migration):
    dependencies = (("scoring", "0009_rule_versions"),)

    operations = (
        migrations.CreateModel(
            name="SheetResiduals",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("document", models.TextField()),
                (
                    "calibration",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="residuals",
                        to="scoring.calibration",
                    ),
                ),
            ],
        ),
        migrations.RunPython(seal, unseal),
    )
