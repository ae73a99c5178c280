"""The log is append-only in the database itself: a trigger refuses any update of an event."""

from django.db import migrations

SQLITE = """
CREATE TRIGGER rooms_roomevent_append_only BEFORE UPDATE ON rooms_roomevent
BEGIN SELECT RAISE(ABORT, 'an event is never updated'); END
"""
POSTGRESQL = """
CREATE FUNCTION rooms_roomevent_refuse() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'an event is never updated'; END $$;
CREATE TRIGGER rooms_roomevent_append_only BEFORE UPDATE ON rooms_roomevent
FOR EACH ROW EXECUTE FUNCTION rooms_roomevent_refuse()
"""


def refuse_updates(apps, schema_editor):
    schema_editor.execute(SQLITE if schema_editor.connection.vendor == "sqlite" else POSTGRESQL)


def allow_updates(apps, schema_editor):
    on = "" if schema_editor.connection.vendor == "sqlite" else " ON rooms_roomevent"
    schema_editor.execute(f"DROP TRIGGER rooms_roomevent_append_only{on}")
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP FUNCTION rooms_roomevent_refuse()")


class Migration(migrations.Migration):
    dependencies = (("rooms", "0001_initial"),)
    operations = (migrations.RunPython(refuse_updates, allow_updates),)
