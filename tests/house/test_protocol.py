"""What is declared once is declared everywhere."""

from pathlib import Path
from typing import get_args

from django.conf import settings

from rooms.core import messages as m
from rooms.core.policy import RIGHTS
from rooms.transport.document import document


def types(union) -> list[str]:
    return [message.model_fields["type"].default for message in get_args(union)]


def test_docs_protocol_is_what_the_code_declares():
    written = (Path(settings.BASE_DIR) / "docs" / "protocol.md").read_text(encoding="utf-8")
    assert written == document(), "run manage.py write_protocol"


def test_every_command_has_its_row_in_the_policy_table():
    assert list(RIGHTS) == types(m.AnyCommand)


def test_no_two_messages_share_a_type():
    names = types(m.AnyCommand) + types(m.AnyEvent)
    assert len(names) == len(set(names))
