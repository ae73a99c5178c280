"""Reports of the form from before the rating model are asked for again; the old rows stay as they are."""

from django.db import migrations
from django.db.models import F


def ask_again(apps, schema_editor):
    old = apps.get_model("scoring", "Report").objects.filter(made_from__isnull=True)
    asked = apps.get_model("scoring", "ReportRequest").objects.filter(room__in=old.values("room"))
    asked.update(wanted=F("wanted") + 1, sent_at=0, done_at=None, tries=0, error="")


class Migration(migrations.Migration):
    dependencies = [("scoring", "0005_declared_rule")]

    operations = [migrations.RunPython(ask_again, migrations.RunPython.noop)]
