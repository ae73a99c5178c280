"""What is submitted, reported or signed is refused any update by the database itself.

Deleting stays possible: a person may have to be erased whole, but never rewritten.
"""

from django.db import migrations

# table: which rows are past changing
SEALED = {
    "scoring_scoresheet": "OLD.submitted_at IS NOT NULL",
    "scoring_rating": "1 = 1",  # drafts are written anew, never in place
    "scoring_evidence": "1 = 1",
    "scoring_ratingclosed": "1 = 1",
    "scoring_report": "1 = 1",
    "scoring_signature": "1 = 1",
}
REFUSE = """
CREATE OR REPLACE FUNCTION scoring_refuse() RETURNS trigger AS $$
BEGIN RAISE EXCEPTION '% is never changed', TG_TABLE_NAME; END $$ LANGUAGE plpgsql
"""


def seal(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(REFUSE, params=None)
    for table, when in SEALED.items():
        schema_editor.execute(sealing(schema_editor.connection.vendor, table, when), params=None)


def unseal(apps, schema_editor):
    on = {"postgresql": " ON {}"}.get(schema_editor.connection.vendor, "")
    for table in SEALED:
        schema_editor.execute(f"DROP TRIGGER {table}_sealed{on.format(table)}")
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP FUNCTION scoring_refuse()")


def sealing(vendor, table, when="1 = 1"):
    if vendor == "postgresql":
        do = "EXECUTE FUNCTION scoring_refuse()"
        return f"CREATE TRIGGER {table}_sealed BEFORE UPDATE ON {table} FOR EACH ROW WHEN ({when}) {do}"
    do = f"BEGIN SELECT RAISE(ABORT, '{table} is never changed'); END"
    return f"CREATE TRIGGER {table}_sealed BEFORE UPDATE ON {table} FOR EACH ROW WHEN {when} {do}"


class Migration(migrations.Migration):
    dependencies = [("scoring", "0001_initial")]

    operations = [migrations.RunPython(seal, unseal)]
