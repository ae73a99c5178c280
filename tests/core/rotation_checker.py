"""The hard rules of a rotation once more, told from the two JSON documents alone.

It shares no code with the planner: what it finds is what a careful coach would find with a pencil.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import combinations
from typing import Any
from zoneinfo import ZoneInfo


def breaches(cohort: dict[str, Any], plan: dict[str, Any]) -> list[str]:
    """Every hard rule that the plan breaks."""
    members = {m["id"]: m for m in cohort["members"]}
    found: list[str] = []
    met: dict[str, set[str]] = {name: set(m.get("seen", ())) for name, m in members.items()}
    for asked, held in zip(cohort["rounds"], plan["rounds"], strict=True):
        sitting = [s["member"] for room in held["rooms"] for s in room["seats"] if s["member"]]
        found += [f"{name} twice in {held['round']}" for name, n in Counter(sitting).items() if n > 1]
        found += [f"{name} is away in {held['round']}" for name in sitting if not there(members[name], asked)]
        for room in held["rooms"]:
            found += [f"{held['round']}: {said}" for said in in_a_room(cohort, members, room)]
            candidate = people(room, "candidate")
            found += [
                f"{name} has met {room['scenario']}" for name in candidate if room["scenario"] in met[name]
            ]
        for room in held["rooms"]:
            for seat in room["seats"]:
                if seat["member"]:
                    met[seat["member"]].add(room["scenario"])
    return found + list(unpinned(cohort, plan))


def people(room: dict[str, Any], seat: str) -> list[str]:
    return [s["member"] for s in room["seats"] if s["seat"] == seat and s["member"]]


def in_a_room(cohort: dict[str, Any], members: dict[str, Any], room: dict[str, Any]) -> Iterator[str]:
    seats = cohort.get("seats", {})
    (roles,) = [s["roles"] for s in cohort["scenarios"] if s["id"] == room["scenario"]]
    raters = seats.get("raters", {"least": 2, "most": 2})
    if len(people(room, "candidate")) != 1:
        yield "not one candidate"
    if not raters["least"] <= len(people(room, "rater")) <= raters["most"]:
        yield "too few raters or too many"
    if len(people(room, "observer")) > seats.get("observers", 0):
        yield "too many observers"
    if len(people(room, "facilitator")) != (seats.get("facilitator") == "member"):
        yield "not the facilitators asked for"
    for role in roles:
        bots = [s for s in room["seats"] if s["seat"] == role and s["bot"]]
        if len(people(room, role)) + len(bots) != 1 or (bots and role not in seats.get("bots", ())):
            yield f"{role} is not filled as asked"
    known = {"candidate", "rater", "observer", "facilitator", *roles}
    yield from (f"no such seat: {s['seat']}" for s in room["seats"] if s["seat"] not in known)
    yield from not_allowed(members, room)
    yield from bad_company(cohort, members, room)


def not_allowed(members: dict[str, Any], room: dict[str, Any]) -> Iterator[str]:
    for seat, field in (
        ("candidate", "may_be_candidate"),
        ("rater", "may_rate"),
        ("facilitator", "may_facilitate"),
    ):
        yield from (f"{m} may not be {seat}" for m in people(room, seat) if not members[m].get(field, True))


def bad_company(cohort: dict[str, Any], members: dict[str, Any], room: dict[str, Any]) -> Iterator[str]:
    here = {s["member"] for s in room["seats"] if s["member"]}
    rates = {frozenset((a, b)) for a in people(room, "rater") for b in people(room, "candidate")}
    for conflict in cohort.get("conflicts", ()):
        pair = frozenset(conflict["members"])
        if pair <= here and (conflict.get("never", "together") == "together" or pair in rates):
            yield f"{sorted(pair)} are together"
    trainees = {m for m in here if members[m].get("experience") == "trainee"}
    if trainees == here and here and cohort.get("settings", {}).get("trainees_beside_experienced", True):
        yield "trainees alone"


def unpinned(cohort: dict[str, Any], plan: dict[str, Any]) -> Iterator[str]:
    for pin in cohort.get("pins", ()):
        kept = [
            True
            for held in plan["rounds"]
            for room in held["rooms"]
            for s in room["seats"]
            if s["member"] == pin["member"]
            and held["round"] == pin["round"]
            and pin.get("seat", s["seat"]) == s["seat"]
            and pin.get("scenario", room["scenario"]) == room["scenario"]
            and pin.get("room", room["room"]) == room["room"]
        ]
        if not kept:
            yield f"{pin} is not kept"


def there(member: dict[str, Any], asked: dict[str, Any]) -> bool:
    """Minute by minute, on the member's own clock."""
    zone = ZoneInfo(member.get("time_zone", "UTC"))
    if member.get("availability") is not None and not any(
        when == asked["id"] if isinstance(when, str) else covers(when, asked, zone)
        for when in member["availability"]
    ):
        return False
    if "hours" not in member:
        return True
    opens, closes = member["hours"]["from"], member["hours"]["to"]
    for minute in minutes(asked):
        clock = minute.astimezone(zone).strftime("%H:%M")
        inside = opens <= clock < closes if opens < closes else clock >= opens or clock < closes
        if not inside:
            return False
    return True


def covers(span: dict[str, str], asked: dict[str, Any], zone: ZoneInfo) -> bool:
    begins, ends = (datetime.fromisoformat(span[key]) for key in ("from", "to"))
    begins, ends = (t if t.tzinfo else t.replace(tzinfo=zone) for t in (begins, ends))
    return all(begins <= minute < ends for minute in minutes(asked))


def minutes(asked: dict[str, Any]) -> list[datetime]:
    start = datetime.fromisoformat(asked["starts"]).astimezone(UTC)
    return [start + timedelta(minutes=n) for n in range(asked.get("minutes", 60))]


def meetings(plan: dict[str, Any]) -> Counter[frozenset[str]]:
    """How often each pair shares a room."""
    return Counter(
        frozenset(pair)
        for held in plan["rounds"]
        for room in held["rooms"]
        for pair in combinations(sorted(s["member"] for s in room["seats"] if s["member"]), 2)
    )
