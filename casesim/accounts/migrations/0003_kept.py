"""The audit log is append-only in the database itself; and the table of rate limits, which all processes share."""

from django.core.management import call_command
from django.db import migrations

SQLITE = """
CREATE TRIGGER accounts_auditentry_append_only BEFORE UPDATE ON accounts_auditentry
BEGIN SELECT RAISE(ABORT, 'an audit entry is never changed'); END
"""
POSTGRESQL = """
CREATE FUNCTION accounts_auditentry_refuse() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'an audit entry is never changed'; END $$;
CREATE TRIGGER accounts_auditentry_append_only BEFORE UPDATE ON accounts_auditentry
FOR EACH ROW EXECUTE FUNCTION accounts_auditentry_refuse()
"""


def refuse_updates(apps, schema_editor):
    schema_editor.execute(SQLITE if schema_editor.connection.vendor == "sqlite" else POSTGRESQL)


def allow_updates(apps, schema_editor):
    on = "" if schema_editor.connection.vendor == "sqlite" else " ON accounts_auditentry"
    schema_editor.execute(f"DROP TRIGGER accounts_auditentry_append_only{on}")
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP FUNCTION accounts_auditentry_refuse()")


def make_cache_table(apps, schema_editor):
    call_command("createcachetable", database=schema_editor.connection.alias, verbosity=0)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_workspaces")]
    operations = [
        migrations.RunPython(refuse_updates, allow_updates),
        migrations.RunPython(make_cache_table, migrations.RunPython.noop),
    ]
