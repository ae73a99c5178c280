"""Let somebody in who has no password, or a server that sends no e-mail."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from casesim.accounts.models import User
from casesim.accounts.service import sign_in_link


class Command(BaseCommand):
    help = "Print a link that signs this person in once, in a browser on this machine."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            person = User.objects.get_by_natural_key(options["email"])
        except User.DoesNotExist:
            raise CommandError(f"there is no account for {options['email']}") from None
        self.stdout.write(sign_in_link(person))
