"""The voice of this server's panels: its language model, within its limits, or the script alone."""

from functools import cache, partial

from django.conf import settings
from redis.exceptions import RedisError

from rooms.bots.llm import Limits, Model, asking
from rooms.endpoint import ask, configured
from rooms.live.redis import client

ASKING = 90  # seconds for which a question that was begun is not asked a second time


def model_name() -> str:
    """The model a room may be opened with; empty if this server has none."""
    return str(settings.LLM_MODEL) if settings.LLM_URL else ""


def limits() -> Limits:
    """What one room may use."""
    return Limits(
        tokens=settings.LLM_ROOM_TOKENS,
        cost=settings.LLM_ROOM_COST,
        price_in=settings.LLM_PRICE_IN,
        price_out=settings.LLM_PRICE_OUT,
    )


@cache
def live() -> Model:
    """The voice in live rooms, shared by all workers: of two that would ask the same only one does."""
    endpoint = configured()
    return Model(asking(partial(ask, endpoint)) if endpoint else None, limits(), _claim)


def _claim(what: str) -> bool:
    redis = client()
    if redis is None:
        return True
    try:
        return bool(redis.set(f"casesim:asking:{what}", "1", nx=True, ex=ASKING))
    except (RedisError, OSError):
        return True  # at worst it is asked twice; the log takes one answer
