"""A command on a fresh machine must not end in "no such table"."""

from io import StringIO

from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.migrations.executor import MigrationExecutor


def ready_database() -> None:
    """Bring the embedded SQLite up to date by itself; of any other database say what is to be done."""
    connection = connections[DEFAULT_DB_ALIAS]
    executor = MigrationExecutor(connection)
    if not executor.migration_plan(executor.loader.graph.leaf_nodes()):
        return
    if connection.vendor != "sqlite":
        raise CommandError("the database is not up to date; run: manage.py migrate")
    call_command("migrate", interactive=False, verbosity=0, stdout=StringIO())
