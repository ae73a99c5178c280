"""Runs, which change as they go on; and what was found of raters, which the database refuses to change."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


def seal(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        do = "FOR EACH ROW EXECUTE FUNCTION scoring_refuse()"
    else:
        do = "BEGIN SELECT RAISE(ABORT, 'scoring_raterfinding is never changed'); END"
    trigger = f"CREATE TRIGGER scoring_raterfinding_sealed BEFORE UPDATE ON scoring_raterfinding {do}"
    schema_editor.execute(trigger, params=None)


def unseal(apps, schema_editor):
    on = " ON scoring_raterfinding" if schema_editor.connection.vendor == "postgresql" else ""
    schema_editor.execute(f"DROP TRIGGER scoring_raterfinding_sealed{on}")


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0003_kept'),
        ('scoring', '0003_calibration'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='CalibrationRun',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('asked_at', models.BigIntegerField()),
                ('sent_at', models.BigIntegerField()),
                ('claim', models.CharField(blank=True, max_length=16)),
                ('beat_at', models.BigIntegerField(default=0)),
                ('tries', models.PositiveIntegerField(default=0)),
                ('stage', models.CharField(blank=True, max_length=200)),
                ('done', models.PositiveIntegerField(default=0)),
                ('kept', models.JSONField(default=dict)),
                ('made', models.PositiveIntegerField(default=0)),
                ('ended_at', models.BigIntegerField(null=True)),
                ('outcome', models.CharField(blank=True, choices=[('done', 'Done'), ('cancelled', 'Cancelled'), ('failed', 'Failed')], max_length=10)),
                ('error', models.TextField(blank=True)),
                ('asked_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('workspace', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.workspace')),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('ended_at', None)), fields=('workspace',), name='one_open_run_a_workspace')],
            },
        ),
        migrations.CreateModel(
            name='RaterFinding',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('rater', models.CharField(max_length=80)),
                ('document', models.TextField()),
                ('calibration', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='findings', to='scoring.calibration')),
                ('person', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('calibration', 'rater'), name='one_finding_a_rater')],
            },
        ),
        migrations.RunPython(seal, unseal),
    ]
