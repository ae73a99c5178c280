"""A restored backup is another past: whoever saw what it has lost must be started over."""

import secrets
from typing import Any

from django.core.management.base import BaseCommand

from rooms.models import Room


class Command(BaseCommand):
    help = "After restoring a backup, and before the web processes start: give every room a new epoch."

    def handle(self, *args: Any, **options: Any) -> None:
        # Item 12 of the lost past and of the new one have the same number: the epoch tells them apart.
        rooms = Room.objects.update(epoch=secrets.token_hex(6))
        self.stdout.write(f"{rooms} rooms begin a new epoch")
