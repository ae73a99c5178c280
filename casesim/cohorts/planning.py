"""Plans of a cohort: asked for, made by one worker at a time, cancelled. Times in ms."""

import json
import random
import time
from dataclasses import dataclass

from django.db import transaction

from casesim import claims
from casesim.accounts.models import User
from casesim.accounts.service import Refusal, noted
from casesim.claims import now_ms
from casesim.cohorts.core import asking
from casesim.cohorts.models import Cohort, Member, Pin, Plan, PlanRun, Round
from casesim.cohorts.queries import facts_of, group_of
from casesim.programs.core.rotation.plan import Plan as PlanDocument
from casesim.programs.core.rotation.plan import Refusal as NoPlan
from casesim.programs.core.rotation.reading import BadCohort
from casesim.programs.core.rotation.schema import Cohort as File
from scoring.broker import send

Hold = claims.Hold[PlanRun]


# --- asking -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Mend:
    """Mend this plan around a member who is gone from a round on."""

    plan: Plan
    gone: Member
    start: Round


def ask(cohort: Cohort, by: User, best_effort: bool, now: int) -> PlanRun:
    """Ask for a plan; while one is being made, that one. Refusal says what is missing or wrong."""
    group = group_of(cohort)
    if lacks := asking.lacking(group):
        raise Refusal(" ".join(lacks))
    try:
        file = asking.asked(group)
    except BadCohort as bad:
        raise Refusal(" ".join(bad.problems)) from None
    return _ask(cohort, by, now, asked=_written(file), best_effort=best_effort)


def ask_without(cohort: Cohort, by: User, gone: Member, start: Round, now: int) -> PlanRun:
    """Note that a member is gone from a round on, and mend the newest plan around them.

    Refusal when there is no plan to mend, or its rounds are not the cohort's any more.
    """
    plan = newest(cohort)
    if plan is None:
        raise Refusal("There is no plan to mend yet.")
    old, rounds = file_of(plan), list(cohort.rounds.all())
    place = rounds.index(start)
    if [r.starts for r in rounds] != [r.starts for r in old.rounds]:
        raise Refusal("The rounds have changed since this plan was made: plan again.")
    name, first = asking.name_of(gone.pk), asking.round_name(place)
    if name not in {each.id for each in old.members}:
        raise Refusal(f"{gone} is not in this plan.")
    if PlanRun.objects.filter(cohort=cohort, ended_at=None).exists():
        raise Refusal("A plan is being made. Wait for it, or cancel it first.")
    with transaction.atomic():
        Member.objects.filter(pk=gone.pk).update(gone_from=start)
        Pin.objects.filter(member=gone, round__in=rounds[place:]).delete()
        noted(by, "noted drop-out", f"{gone} from round {place + 1} of {cohort}", cohort.workspace_id)
        file = asking.without(old, name, first)
        return _ask(cohort, by, now, asked=_written(file), after=plan, gone=name, start=first)


def _ask(cohort: Cohort, by: User, now: int, **fields: object) -> PlanRun:
    given = {"asked_by": by, "asked_at": now, "sent_at": now, "facts": facts_of(cohort), **fields}
    with transaction.atomic():
        run, new = PlanRun.objects.get_or_create(cohort=cohort, ended_at=None, defaults=given)
        if new:
            noted(by, "asked for plan", str(cohort), cohort.workspace_id)
            transaction.on_commit(lambda: _send(run.pk))
    return run


def cancel(cohort: Cohort, now: int) -> bool:
    """End the open run, if there is one; its worker stops at its next sign of life."""
    rows = PlanRun.objects.filter(cohort=cohort, ended_at=None)
    return bool(rows.update(ended_at=now, outcome=PlanRun.Outcome.CANCELLED))


def sweep(now: int) -> int:
    """Call a worker again for open runs without a sign of life; after too many tries call them failed."""
    return claims.sweep(PlanRun.objects.all(), now, _send, outcome=PlanRun.Outcome.FAILED)


def _send(run_id: int) -> None:
    send("cohorts.tasks.plan", run_id)


# --- reading ----------------------------------------------------------------------------------------------


def newest(cohort: Cohort) -> Plan | None:
    """The plan that holds: the last one that was made."""
    return Plan.objects.filter(cohort=cohort).order_by("-pk").first()


def last_run(cohort: Cohort) -> PlanRun | None:
    """The newest run: the one that is open, if one is."""
    return PlanRun.objects.filter(cohort=cohort).select_related("after").order_by("-pk").first()


def file_of(plan: Plan) -> File:
    """The cohort file a plan was made from."""
    return File.model_validate_json(plan.asked)


def document_of(plan: Plan) -> PlanDocument:
    return PlanDocument.model_validate_json(plan.document)


def outdated(plan: Plan) -> bool:
    """Whether the cohort has changed since this plan was asked for."""
    return facts_of(plan.cohort) != plan.facts


def _written(file: File) -> str:
    return file.model_dump_json(by_alias=True, exclude_none=True)


# --- working ----------------------------------------------------------------------------------------------


def work(run_id: int) -> None:
    """Do a run, unless it is over or another worker is at it."""
    claims.work(PlanRun.objects.select_related("cohort", "after"), run_id, _work)


def _work(hold: Hold) -> None:
    """Keep what was found and end the run, both or neither."""
    run, found = hold.row, _found(hold)
    with transaction.atomic():
        if isinstance(found, NoPlan):
            refused = found.model_dump_json()
            hold.change(ended_at=now_ms(), outcome=PlanRun.Outcome.REFUSED, refusal=refused, error="")
            return
        plan = Plan.objects.create(
            cohort=run.cohort,
            asked=run.asked,
            facts=run.facts,
            document=found.model_dump_json(),
            made_at=now_ms(),
        )
        hold.change(ended_at=now_ms(), outcome=PlanRun.Outcome.DONE, plan=plan, part=1.0, error="")


def _found(hold: Hold) -> PlanDocument | NoPlan:
    # only here: the solver is 50 MB, which no web process needs
    from casesim.programs.core.rotation.planner import planned, replanned

    run = hold.row
    file = File.model_validate_json(run.asked)
    end = time.monotonic() + file.settings.time_limit
    told: dict[str, object] = {}

    def left() -> float:
        hold.tell(**told)  # a sign of life where there is no progress
        return end - time.monotonic()

    def tell(part: float, best: int | None) -> None:
        told.update({"part": part} if best is None else {"part": part, "best": best})
        hold.tell(**told)

    if run.after is not None:
        return replanned(file, document_of(run.after), run.gone, run.start, left, tell)
    chance = random.Random(file.settings.seed)  # noqa: S311  (the same cohort: the same plan)
    return planned(file, chance, left, tell, run.best_effort)


def refusal_of(run: PlanRun) -> NoPlan | None:
    """Why a run found no plan; None if it did, or is not over."""
    return NoPlan.model_validate(json.loads(run.refusal)) if run.refusal else None
