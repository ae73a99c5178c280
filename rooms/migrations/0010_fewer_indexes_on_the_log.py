"""The log's places begin with its room: indexes on the room alone cost every line and find nothing more.

They are dropped by themselves, for altering the column would have SQLite copy the table and lose its trigger.
"""

import django.db.models.deletion
from django.db import migrations, models


def drop(apps, schema_editor):
    connection = schema_editor.connection
    with connection.cursor() as cursor:
        found = connection.introspection.get_constraints(cursor, "rooms_roomevent")
    for name, one in found.items():
        if one["index"] and not one["unique"] and one["columns"] == ["room_id"]:
            schema_editor.execute(f"DROP INDEX {schema_editor.quote_name(name)}")


def make(apps, schema_editor):
    schema_editor.execute("CREATE INDEX rooms_roomevent_room_id_again ON rooms_roomevent (room_id)")


class Migration(migrations.Migration):
    dependencies = (("rooms", "0009_erased_at"),)
    operations = (
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunPython(drop, make)],
            state_operations=[
                migrations.AlterField(
                    model_name="roomevent",
                    name="room",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="events",
                        to="rooms.room",
                    ),
                )
            ],
        ),
    )
