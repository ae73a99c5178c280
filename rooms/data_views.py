"""The data room's pages, as JSON: a table, its rows, a query. Find the seat, call one function, answer."""

import json
import logging
from collections.abc import Callable
from dataclasses import asdict
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.http import Http404, HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from rooms import questions
from rooms.access import SeatRef, seat_for
from rooms.core.messages import Refused
from rooms.dataroom.engine import Busy
from rooms.dataroom.store import NotMade

logger = logging.getLogger(__name__)

BODY = 40_000  # bytes of a request
P = ParamSpec("P")


def for_seat(
    view: Callable[Concatenate[HttpRequest, SeatRef, P], dict[str, Any]],
) -> Callable[Concatenate[HttpRequest, str, str, P], JsonResponse]:
    """The view with its seat found, its answer as JSON, and every way to fail as a sentence."""

    @never_cache
    @wraps(view)
    def answered(request: HttpRequest, room: str, seat: str, *args: P.args, **rest: P.kwargs) -> JsonResponse:
        you = seat_for(request, room, seat)
        try:
            return JsonResponse(view(request, you, *args, **rest))
        except LookupError:
            raise Http404("no such table") from None
        except ValueError as wrong:
            return _problem(400, str(wrong))
        except Refused as no:
            return _problem(409, no.why)
        except Busy:
            return _problem(429, "Other queries are running. Try again in a moment.")
        except NotMade as failed:
            logger.warning("a table could not be made: %s", failed, extra={"room": room})
            return _problem(503, "This table cannot be opened at the moment. Try again.")

    return answered


@require_safe
@for_seat
def table(request: HttpRequest, seat: SeatRef, key: str) -> dict[str, Any]:
    """A table this seat may see, with its columns described."""
    return questions.described(seat, key)


@require_safe
@for_seat
def rows(request: HttpRequest, seat: SeatRef, key: str) -> dict[str, Any]:
    """Fifty of its rows: `page` from 0, `sort` by a column, `down` for the largest first."""
    asked = request.GET
    number = asked.get("page", "0")
    if not number.isdecimal():
        raise ValueError("page: a number from 0 up")
    return asdict(questions.page(seat, key, int(number), asked.get("sort", ""), "down" in asked))


@require_POST
@for_seat
def query(request: HttpRequest, seat: SeatRef) -> dict[str, Any]:
    """Ask the granted tables: a body of {"sql"}."""
    if len(request.body) > BODY:
        raise ValueError("sql: this is too long")
    try:
        asked = json.loads(request.body)
    except (ValueError, RecursionError):
        raise ValueError("the body is no JSON") from None
    if not isinstance(asked, dict) or not isinstance(asked.get("sql"), str):
        raise ValueError("sql: give the query as text")  # noqa: TRY004  (an answer, not a crash)
    return asdict(questions.query(seat, asked["sql"]))


def _problem(status: int, why: str) -> JsonResponse:
    return JsonResponse({"problem": why}, status=status)
