"""What a workspace declared about its recommendations, and every report made again when that changes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from django.db import transaction
from django.db.models import F
from pydantic import ValidationError

import rooms.queries
from casesim.accounts.models import Workspace
from scoring.core.decision.rule import Costs, Declared, Rule
from scoring.models import DeclaredRule, ReportRequest

NUMBERS = {
    "bad_hire": "What a bad hire costs",
    "missed_hire": "What a missed good one costs",
    "band_low": "The band's lower end",
    "band_high": "The band's upper end",
}
CHOICES = {"yes": True, "no": False}


class BadRule(ValueError):
    """What was written makes no rule; each of `problems` names its field."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__(" ".join(problems))
        self.problems = tuple(problems)


@dataclass(frozen=True, slots=True)
class Version:
    """A rule as it was declared."""

    rule: Rule
    declared_at: int  # ms


def rule_for(workspace_id: int | None) -> Rule:
    """The rule of a workspace's reports; the usual one where nothing was declared."""
    row = DeclaredRule.objects.filter(workspace=workspace_id).order_by("-version").first()
    return Rule() if row is None else _rule(row)


def versions(workspace_id: int) -> tuple[Version, ...]:
    """Every rule that a workspace has declared, the newest first."""
    rows = DeclaredRule.objects.filter(workspace=workspace_id).order_by("-version")
    return tuple(Version(_rule(row), row.declared_at) for row in rows)


def written(given: Mapping[str, str]) -> Rule:
    """The rule in a form: `recommends` is yes or no, and NUMBERS. Raises BadRule."""
    problems, numbers = [], {}
    if given.get("recommends") not in CHOICES:
        problems.append("Reports of this workspace: choose one of the two.")
    for name, called in NUMBERS.items():
        try:
            numbers[name] = float(given.get(name, "").strip().replace(",", "."))
        except ValueError:
            problems.append(f"{called}: {given.get(name, '')[:20]!r} is no number.")
    if problems:
        raise BadRule(problems)
    try:
        costs = Costs(bad_hire=numbers["bad_hire"], missed_hire=numbers["missed_hire"])
        band = (numbers["band_low"], numbers["band_high"])
        return Rule(recommends=CHOICES[given["recommends"]], costs=costs, band=band)
    except ValidationError as error:
        raise BadRule([_said(*each["loc"], why=each["msg"]) for each in error.errors()]) from None


def declare(workspace_id: int, rule: Rule, by: str, now: int) -> int:
    """This rule from now on. Returns how many reports are made again; the same again is none and no version.

    The sweep hands them to the workers, so that a thousand rooms do not hold up the request.
    """
    with transaction.atomic():
        # whoever comes second waits here, and finds what the first declared
        Workspace.objects.select_for_update().get(pk=workspace_id)
        before = rule_for(workspace_id)
        if _same(before, rule):
            return 0
        DeclaredRule.objects.create(
            workspace_id=workspace_id,
            version=before.declared.version + 1 if before.declared else 1,
            recommends=rule.recommends,
            bad_hire=rule.costs.bad_hire,
            missed_hire=rule.costs.missed_hire,
            band_low=rule.band[0],
            band_high=rule.band[1],
            declared_by=by,
            declared_at=now,
        )
        asked = ReportRequest.objects.filter(room__in=rooms.queries.room_ids(workspace_id))
        return asked.update(
            wanted=F("wanted") + 1, requested_at=now, sent_at=0, done_at=None, tries=0, error=""
        )


def waiting(workspace_id: int) -> int:
    """How many of a workspace's reports are still to be made again."""
    rooms_here = rooms.queries.room_ids(workspace_id)
    return ReportRequest.objects.filter(room__in=rooms_here, done_at=None).count()


def _rule(row: DeclaredRule) -> Rule:
    on = datetime.fromtimestamp(row.declared_at / 1000, UTC).date()
    return Rule(
        declared=Declared(version=row.version, by=row.declared_by, on=on),
        recommends=row.recommends,
        costs=Costs(bad_hire=row.bad_hire, missed_hire=row.missed_hire),
        band=(row.band_low, row.band_high),
    )


def _same(one: Rule, other: Rule) -> bool:
    return one.model_copy(update={"declared": None}) == other.model_copy(update={"declared": None})


def _said(*place: int | str, why: str) -> str:
    """A problem by the name its field has on the page."""
    ends = {0: "band_low", 1: "band_high"}
    field = place[-1] if place else ""
    called = NUMBERS.get(str(ends.get(field, field)) if isinstance(field, int) else field)
    text = why.removeprefix("Value error, ")
    return f"{called}: {text[0].lower()}{text[1:]}." if called else f"{text[0].upper()}{text[1:]}."
