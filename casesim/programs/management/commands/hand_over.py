"""Give a seat a new link, or take its link away."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from casesim.programs.opening import join_link
from rooms.service import close_seat, hand_over


class Command(BaseCommand):
    help = "Give a seat a new link; the old one opens nothing any more and its sockets are closed."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("room")
        parser.add_argument("seat")
        parser.add_argument("--close", action="store_true", help="take the link away and give no new one")

    def handle(self, *args: Any, **options: Any) -> None:
        room, seat = options["room"], options["seat"]
        try:
            if options["close"]:
                close_seat(room, seat)
                self.stdout.write(f"{seat} of room {room} is closed")
            else:
                self.stdout.write(join_link(hand_over(room, seat)))
        except LookupError as error:
            raise CommandError(str(error)) from None
