"""Write docs/protocol.md from the declarations."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from rooms.transport.document import document


class Command(BaseCommand):
    help = "Write docs/protocol.md from the messages, the policy and the frames."

    def handle(self, *args: Any, **options: Any) -> None:
        path = Path(settings.BASE_DIR) / "docs" / "protocol.md"
        path.write_text(document(), encoding="utf-8")
        self.stdout.write(f"wrote {path}")
