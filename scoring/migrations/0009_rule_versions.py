"""A workspace's rule in versions, with its costs and its band: each is declared once and never changed."""

from importlib import import_module

import django.db.models.deletion
from django.db import migrations, models

TABLE = "scoring_declaredrule"
sealing = import_module("scoring.migrations.0002_unchangeable").sealing


def seal(apps, schema_editor):
    schema_editor.execute(sealing(schema_editor.connection.vendor, TABLE), params=None)


def unseal(apps, schema_editor):
    on = f" ON {TABLE}" if schema_editor.connection.vendor == "postgresql" else ""
    schema_editor.execute(f"DROP TRIGGER {TABLE}_sealed{on}")


class Migration(migrations.Migration):
    dependencies = (("accounts", "0003_kept"), ("scoring", "0008_calibration_purpose"))

    operations = (
        migrations.AlterField(
            "declaredrule",
            "workspace",
            models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.workspace"
            ),
        ),
        migrations.AlterField("declaredrule", "recommends", models.BooleanField()),
        # what was declared before was version 1, at the costs and the band that every rule had
        migrations.AddField(
            "declaredrule", "version", models.PositiveIntegerField(default=1), preserve_default=False
        ),
        migrations.AddField(
            "declaredrule", "bad_hire", models.FloatField(default=3.0), preserve_default=False
        ),
        migrations.AddField(
            "declaredrule", "missed_hire", models.FloatField(default=1.0), preserve_default=False
        ),
        migrations.AddField(
            "declaredrule", "band_low", models.FloatField(default=0.35), preserve_default=False
        ),
        migrations.AddField(
            "declaredrule", "band_high", models.FloatField(default=0.85), preserve_default=False
        ),
        migrations.AddField(
            "declaredrule",
            "declared_by",
            models.CharField(default="an organiser", max_length=400),
            preserve_default=False,
        ),
        migrations.AddConstraint(
            "declaredrule",
            models.UniqueConstraint(fields=("workspace", "version"), name="one_rule_a_version"),
        ),
        migrations.RunPython(seal, unseal),
    )
