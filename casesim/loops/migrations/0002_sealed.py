"""What was reported or decided is refused any update by the database itself."""

from django.db import migrations

SEALED = ("loops_loopreport", "loops_decision")


def seal(apps, schema_editor):
    for table in SEALED:
        if schema_editor.connection.vendor == "postgresql":
            do = "FOR EACH ROW EXECUTE FUNCTION scoring_refuse()"
        else:
            do = f"BEGIN SELECT RAISE(ABORT, '{table} is never changed'); END"
        schema_editor.execute(f"CREATE TRIGGER {table}_sealed BEFORE UPDATE ON {table} {do}", params=None)


def unseal(apps, schema_editor):
    for table in SEALED:
        on = f" ON {table}" if schema_editor.connection.vendor == "postgresql" else ""
        schema_editor.execute(f"DROP TRIGGER {table}_sealed{on}")


class Migration(migrations.Migration):
    dependencies = [("loops", "0001_initial"), ("scoring", "0002_unchangeable")]

    operations = [migrations.RunPython(seal, unseal)]
