"""Open a panel by a scenario's name: which version, who sits where, and the links that open the seats."""

from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from casesim.accounts.access import Standing
from casesim.accounts.models import Membership
from casesim.accounts.queries import unpractised
from casesim.accounts.service import noted
from rooms.core.laying import NOTHING_AGREED, Terms
from rooms.service import open_room
from scenarios.core.schema import CANDIDATE, Scenario
from scenarios.loader import load_bundled, load_file
from scenarios.models import ScenarioVersion
from scenarios.queries import latest
from scenarios.queries import scenario as scenario_of
from scenarios.service import publish


class BadName(Exception):
    """A name, a file or a wish on the command line that stands for nothing; the message is for people."""


def version_of(name: str) -> ScenarioVersion:
    """The version a name stands for: a published slug, a bundled slug, or a YAML file (published first).

    BadName if the name stands for nothing; LoadError if the file is no scenario.
    """
    if name.endswith((".yaml", ".yml")):
        return publish(load_file(Path(name)))
    with suppress(ScenarioVersion.DoesNotExist):
        return latest(name)
    try:
        return publish(load_bundled(name))
    except KeyError:
        raise BadName(f"there is no scenario {name!r}; publish it, or give a YAML file") from None


def bots_among(scenario: Scenario, wishes: list[str], fill: bool) -> tuple[str, ...]:
    """The seats that bots take, from wishes like `dissenter=bot`. BadName names a bad wish.

    `fill`: every panel seat that is not wished for gets one too.
    """
    roles = [CANDIDATE, *(r.key for r in scenario.roles)]
    chosen: dict[str, str] = {}
    for wish in wishes:
        role, _, who = wish.partition("=")
        if role not in roles or who not in ("human", "bot"):
            raise BadName(f"--seat {wish}: say ROLE=human or ROLE=bot, ROLE one of {', '.join(roles)}")
        chosen[role] = who
    usual = {role: "bot" if fill and role != CANDIDATE else "human" for role in roles}
    return tuple(role for role, who in (usual | chosen).items() if who == "bot")


def open_panel(
    name: str,
    wishes: list[str],
    fill: bool = False,
    raters: int = 2,
    stand_in: int = 60,
    seniority: str = "",
    workspace_id: int | None = None,
    terms: Terms = NOTHING_AGREED,
    purpose: str = "assessment",
    trainees: Collection[str] = (),
) -> dict[str, Any]:
    """A new live room and, for each seat, its join link, WebSocket address and bearer token.

    Arguments, and ValueError, are those of `rooms.service.open_room`.
    """
    version = version_of(name)
    scenario = scenario_of(version.pk)
    bots = bots_among(scenario, wishes, fill)
    opened = open_room(
        version.pk,
        bots=bots,
        raters=raters,
        stand_in=stand_in,
        seniority=seniority,
        workspace_id=workspace_id,
        terms=terms,
        purpose=purpose,
        trainees=trainees,
    )
    return {
        "room": opened.room_id,
        "scenario": version.slug,
        "version": version.version,
        "seniority": seniority,
        "url": settings.SITE_URL,
        "ws": socket_address(opened.room_id),
        "seats": [_seat(scenario, opened.room_id, s, token, bots) for s, token in opened.tokens.items()],
    }


class BadWish(ValueError):
    """A room that cannot be opened as it is asked for; the message is for whoever asked."""


@dataclass(frozen=True, slots=True)
class Wish:
    """A room as an organiser asks for it."""

    version_id: int
    seniority: str  # key; "" plays the case as written
    title: str
    starts_at: int | None  # ms
    stand_in: int  # seconds
    bots: tuple[str, ...]
    people: Mapping[str, int]  # seat to who holds it
    raters: int
    purpose: str = "assessment"
    trainees: tuple[str, ...] = ()  # raters' seats whose sheets count nowhere
    terms: Terms = NOTHING_AGREED
    barred: tuple[int, ...] = ()  # who may hold no seat


@transaction.atomic
def open_set(here: Standing, wishes: Sequence[Wish]) -> tuple[str, ...]:
    """New rooms of this workspace, all of them or none; their ids in the order of the wishes.

    BadWish names the first room that cannot be opened as it is asked for, and why.
    """
    return tuple(_open_one(here, number, wish) for number, wish in enumerate(wishes, 1))


def _open_one(here: Standing, number: int, wish: Wish) -> str:
    name = f"room {number}" + (f" ({wish.title})" if wish.title else "")
    if why := _unseatable(here, wish):
        raise BadWish(f"{name}: {why}")
    try:
        return open_in(here, wish)
    except ValueError as error:
        raise BadWish(f"{name}: {error}") from None


def _unseatable(here: Standing, wish: Wish) -> str:
    """Why these people cannot sit as wished: outside the workspace, or in two seats. Empty if they can."""
    seats: dict[int, str] = {}
    for seat, person in wish.people.items():
        if seat in wish.bots:
            return f"{seat} is both a person's and a bot's"
        if person in seats:
            return f"one person holds both {seats[person]} and {seat}"
        seats[person] = seat
    inside = Membership.objects.filter(workspace=here.workspace, person__in=seats)
    outside = seats.keys() - set(inside.values_list("person", flat=True))
    if outside:
        return f"who is to hold {seats[min(outside)]} is not in the workspace"
    return not_practised(here.workspace.pk, [p for p, s in seats.items() if _counts(s, wish.trainees)])


def _counts(seat: str, trainees: Collection[str]) -> bool:
    """Whether it is the seat of a rater whose sheet counts."""
    return seat.removeprefix("rater").isdigit() and seat not in trainees


def not_practised(workspace_id: int, raters: Collection[int]) -> str:
    """Why these may not rate for real yet, where the workspace asks for practice first. Empty if they may."""
    names = ", ".join(map(str, unpractised(workspace_id, raters)))
    return f"{names} must practise on recordings before rating for real" if names else ""


def open_in(here: Standing, wish: Wish) -> str:
    """A new room of this workspace, with its people in their seats and no links yet; its id."""
    opened = open_room(
        wish.version_id,
        bots=wish.bots,
        raters=wish.raters,
        title=wish.title,
        stand_in=wish.stand_in,
        workspace_id=here.workspace.pk,
        people=wish.people,
        starts_at=wish.starts_at,
        links=False,
        seniority=wish.seniority,
        purpose=wish.purpose,
        trainees=wish.trainees,
        terms=wish.terms,
        barred=wish.barred,
    )
    noted(here.person, "opened room", f"room {opened.room_id}", here.workspace.pk)
    return opened.room_id


def join_link(token: str) -> str:
    """The link that opens a seat in a browser."""
    return settings.SITE_URL + reverse("rooms:join", args=[token])


def socket_address(room_id: str) -> str:
    """The room's WebSocket address. The token goes into a header, never into the address."""
    site = urlsplit(settings.SITE_URL)
    scheme = "wss" if site.scheme == "https" else "ws"
    return f"{scheme}://{site.netloc}/ws/rooms/{room_id}/"


def _seat(scenario: Scenario, room_id: str, seat: str, token: str, bots: tuple[str, ...]) -> dict[str, str]:
    panel = {r.key for r in scenario.roles}
    kind = "panel" if seat in panel else "rater" if seat.startswith("rater") else seat
    return {
        "seat": seat,
        "role": seat if kind != "rater" else "rater",
        "kind": kind,
        "occupant": "bot" if seat in bots else "human",
        "join": join_link(token),
        "ws": socket_address(room_id),
        "token": token,
    }
