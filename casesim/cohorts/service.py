"""What changes a cohort, apart from its plans. Whether somebody may is asked before, by `access`."""

from collections.abc import Collection
from datetime import datetime, timedelta
from itertools import pairwise

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from casesim.accounts.access import Standing
from casesim.accounts.models import Acceptance, Invitation, User
from casesim.accounts.service import Refusal, invite, noted
from casesim.cohorts.access import Here
from casesim.cohorts.models import (
    Absence,
    Cohort,
    CohortInvitation,
    CohortScenario,
    Conflict,
    Member,
    Pin,
    PlannedRoom,
    Round,
    Seen,
    Shared,
    Words,
)  # fmt: skip
from scenarios.models import ScenarioVersion
from scenarios.queries import latest

MOST_MEMBERS, MOST_ROUNDS = 60, 12


def create(here: Standing, name: str) -> Cohort:
    """A new cohort, coached by whoever makes it. Refusal if there is one of that name."""
    try:
        with transaction.atomic():
            made = Cohort.objects.create(
                workspace=here.workspace, name=name, coach=here.person, made_at=timezone.now()
            )
            noted(here.person, "created cohort", name, here.workspace.pk)
    except IntegrityError:
        raise Refusal(f"There is a cohort {name} already; choose another name.") from None
    return made


# --- people -----------------------------------------------------------------------------------------------


def add(here: Here, person: User) -> Member:
    """Put somebody of the workspace into the cohort; twice is once. Refusal when it is full."""
    with transaction.atomic():
        Cohort.objects.select_for_update().get(pk=here.cohort.pk)
        if here.cohort.members.count() >= MOST_MEMBERS:
            raise Refusal(f"A cohort has at most {MOST_MEMBERS} members.")
        member, new = Member.objects.get_or_create(
            cohort=here.cohort, person=person, defaults={"joined_at": timezone.now()}
        )
        if new:
            noted(here.standing.person, "added to cohort", f"{person.email}: {here.cohort}", _space(here))
    return member


def remove(here: Here, member: Member) -> None:
    """Take somebody out again. Refusal once they have sat in a room: then they are gone from a round on."""
    name = f"m{member.pk}"
    if any(name in row.spec for row in PlannedRoom.objects.filter(cohort=here.cohort) if _sits(row, name)):
        raise Refusal(f"{member} has seats in rooms: say on the plan's page since when they are gone.")
    with transaction.atomic():
        noted(
            here.standing.person, "took out of cohort", f"{member.person.email}: {here.cohort}", _space(here)
        )
        member.delete()


def _sits(row: PlannedRoom, name: str) -> bool:
    return f'"{name}"' in row.spec


def invite_into(here: Here, places: int, days: int) -> str:
    """An invitation into the workspace that leads on into this cohort: its token, this once."""
    with transaction.atomic():
        made, token = invite(here.standing, "member", "", places, days)
        CohortInvitation.objects.create(invitation=made, cohort=here.cohort)
        leads_to = reverse("cohorts:join", args=[here.cohort.workspace.slug, here.cohort.pk])
        Invitation.objects.filter(pk=made.pk).update(leads_to=leads_to)
    return token


def may_join(cohort: Cohort, person: User, followed: int | None) -> bool:
    """Whether this person came by a link into the cohort: accepted, or (already in) just followed."""
    mine = CohortInvitation.objects.filter(cohort=cohort)
    accepted = Acceptance.objects.filter(person=person, invitation__in=mine.values("invitation"))
    good = mine.filter(
        invitation=followed, invitation__revoked_at=None, invitation__expires_at__gt=timezone.now()
    )
    return accepted.exists() or good.exists()


def set_part(here: Here, member: Member, trainee: bool, may_be_candidate: bool, may_rate: bool) -> None:
    """What a member may do, as the coach says."""
    rows = Member.objects.filter(pk=member.pk)
    rows.update(trainee=trainee, may_be_candidate=may_be_candidate, may_rate=may_rate)
    noted(here.standing.person, "changed member of cohort", f"{member}: {here.cohort}", _space(here))


def set_availability(
    by: User, member: Member, comes: Collection[int], hours: tuple[str, str] | None, seen: Collection[int]
) -> None:
    """Which rounds a member can come to, in which hours of their own day, which cases they know already."""
    cohort = member.cohort
    with transaction.atomic():
        Absence.objects.filter(member=member).delete()
        missing = [r for r in cohort.rounds.all() if r.pk not in comes]
        Absence.objects.bulk_create(Absence(member=member, round=r) for r in missing)
        Seen.objects.filter(member=member).delete()
        known = [s for s in cohort.scenarios.all() if s.pk in seen]
        Seen.objects.bulk_create(Seen(member=member, scenario=s) for s in known)
        opens, closes = hours or (None, None)
        Member.objects.filter(pk=member.pk).update(
            hours_from=opens, hours_to=closes, answered_at=timezone.now()
        )
        noted(by, "gave availability", f"{member} in {cohort}", cohort.workspace_id)


# --- rounds, cases, seats ---------------------------------------------------------------------------------


def add_rounds(
    here: Here, starts: datetime, minutes: int, count: int, days: int, rooms: int | None = None
) -> None:
    """So many rounds, so many days apart. Refusal when there are too many or two would overlap."""
    new = [starts + timedelta(days=days * number) for number in range(count)]
    with transaction.atomic():
        Cohort.objects.select_for_update().get(pk=here.cohort.pk)
        there = list(here.cohort.rounds.all())
        if len(there) + count > MOST_ROUNDS:
            raise Refusal(f"A cohort has at most {MOST_ROUNDS} rounds; there are {len(there)} already.")
        spans = sorted([(r.starts, r.minutes) for r in there] + [(at, minutes) for at in new])
        for (one, long), (other, _) in pairwise(spans):
            if other < one + timedelta(minutes=long):
                raise Refusal(
                    f"Two rounds would overlap on {one:%-d %B %Y}; everybody sits in one room at a time."
                )
        Round.objects.bulk_create(
            Round(cohort=here.cohort, starts=at, minutes=minutes, rooms=rooms) for at in new
        )


def remove_round(here: Here, round_id: int) -> None:
    """Refusal for a round that has rooms already."""
    found = here.cohort.rounds.filter(pk=round_id).first()
    if found is None:
        raise Refusal("This round is not there any more.")
    if found.planned.exists() or Member.objects.filter(gone_from=found).exists():
        raise Refusal("This round has rooms already: it stays.")
    found.delete()


def choose_cases(here: Here, slugs: Collection[str]) -> None:
    """The cohort plays these cases, each in its newest version or the one it was chosen in before."""
    with transaction.atomic():
        there = {row.version.slug: row for row in here.cohort.scenarios.select_related("version")}
        for slug in there.keys() - set(slugs):
            if any(f'"case":"{slug}"' in row.spec for row in PlannedRoom.objects.filter(cohort=here.cohort)):
                raise Refusal(f"{there[slug].version.title} has rooms already: it stays.")
            there[slug].delete()
        for slug in sorted(set(slugs) - there.keys()):
            try:
                version = latest(slug, here.cohort.workspace_id)
            except ScenarioVersion.DoesNotExist:
                raise Refusal(f"There is no scenario {slug}.") from None
            CohortScenario.objects.create(cohort=here.cohort, version=version)


def say_conflict(here: Here, one: Member, other: Member, never: str) -> None:
    """Two members who never share a room, or never rate each other; twice is once."""
    if one.pk == other.pk:
        raise Refusal("A conflict is between two people.")
    first, second = sorted((one, other), key=lambda member: member.pk)
    Conflict.objects.get_or_create(
        one=first,
        other=second,
        never=never,
        defaults={"cohort": here.cohort, "said_by": here.standing.person},
    )


def drop_conflict(here: Here, conflict_id: int) -> None:
    """Take a conflict back: the coach any, a member their own."""
    rows = Conflict.objects.filter(pk=conflict_id, cohort=here.cohort)
    if not here.coaches:
        rows = rows.filter(said_by=here.standing.person)
    rows.delete()


def pin(here: Here, member: Member, round_id: int, seat: str, case_id: int | None) -> None:
    """A member's place in a round is given; it takes the place of what was pinned there."""
    round_ = here.cohort.rounds.filter(pk=round_id).first()
    if round_ is None:
        raise Refusal("This round is not there any more.")
    Pin.objects.update_or_create(
        member=member,
        round=round_,
        defaults={"cohort": here.cohort, "seat": seat, "scenario_id": case_id},
    )


def unpin(here: Here, pin_id: int) -> None:
    Pin.objects.filter(pk=pin_id, cohort=here.cohort).delete()


def _space(here: Here) -> int:
    return here.cohort.workspace_id


# --- progress ---------------------------------------------------------------------------------------------


def write(here: Here, member: Member, planned: PlannedRoom, plus: str, delta: str, now: int) -> None:
    """Keep what somebody says of a room's candidate; written again, the newest stands. `now` in ms."""
    Words.objects.update_or_create(
        planned=planned,
        person=member.person,
        defaults={"plus": plus, "delta": delta, "written_at": now},
    )


def share(here: Here, member: Member, parts: Collection[str]) -> None:
    """The cohort may see these parts of a member's page, and no others."""
    with transaction.atomic():
        Shared.objects.filter(member=member).exclude(part__in=parts).delete()
        for part in parts:
            Shared.objects.get_or_create(member=member, part=part)
        said = f"{', '.join(sorted(parts)) or 'nothing'} in {here.cohort}"
        noted(here.standing.person, "shared progress", said, _space(here))
