"""Which listener hears: the setting LISTENER, and the built-in one whenever that one cannot."""

import logging
from collections.abc import Mapping
from functools import cache, partial

from django.conf import settings

from rooms.core.messages import AnyEvent
from rooms.endpoint import Unanswered, ask, configured
from rooms.listener.builtin import Likely, hear_event, learnt
from rooms.listener.model_listener import over
from rooms.listener.sentence_model import NotInstalled, embeddings

logger = logging.getLogger(__name__)


@cache
def chosen(name: str) -> Likely:
    """The listener of that name; it falls back, and says so, utterance by utterance."""
    if name == "sentences":
        return _or_builtin(embeddings)
    endpoint = configured() if name == "llm" else None
    return _or_builtin(over(partial(ask, endpoint))) if endpoint is not None else learnt


def heard_by_setting(event: AnyEvent) -> tuple[str, ...]:
    """The acts of what the candidate did, as this server's listener hears them."""
    return hear_event(event, chosen(str(settings.LISTENER)))


def _or_builtin(likely: Likely) -> Likely:
    def heard(lines: list[str]) -> Mapping[str, float]:
        try:
            return likely(lines)
        except (Unanswered, NotInstalled) as no:
            logger.warning(
                "the built-in listener hears instead: %s", str(no)
            )  # words of ours, quoting nobody
            return learnt(lines)

    return heard
