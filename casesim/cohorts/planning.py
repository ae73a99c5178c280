"""Plans of a cohort: asked for, made by one worker, taken up again after a kill, cancelled. Times in ms.

A worker holds a run by a claim that it renews whenever the planner looks at the clock. Whoever finds the
claim stale may take the run over; whoever finds that it bears the claim no more stops.
"""

import json
import random
import secrets
import time
from dataclasses import dataclass

from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Greatest

from casesim.accounts.models import User
from casesim.accounts.service import Refusal, noted
from casesim.cohorts.core import asking
from casesim.cohorts.models import Cohort, Member, Pin, Plan, PlanRun, Round
from casesim.cohorts.queries import facts_of, group_of
from casesim.programs.core.rotation.plan import Plan as PlanDocument
from casesim.programs.core.rotation.plan import Refusal as NoPlan
from casesim.programs.core.rotation.reading import BadCohort
from casesim.programs.core.rotation.schema import Cohort as File
from scoring.broker import send

LEASE = 60_000  # ms without a sign of life after which a claim is stale
TRIES = 5  # of a run, before it is called failed
TOLD = 1.0  # seconds between two signs of life


class Stopped(Exception):
    """The run is over, or another worker has it."""


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
    silent = PlanRun.objects.filter(ended_at=None).annotate(heard=Greatest("sent_at", "beat_at"))
    silent = silent.filter(heard__lt=now - LEASE)
    hopeless = PlanRun.objects.filter(pk__in=[run.pk for run in silent if run.tries >= TRIES])
    hopeless.filter(ended_at=None).update(ended_at=now, outcome=PlanRun.Outcome.FAILED)
    again = [run.pk for run in silent if run.tries < TRIES]
    for pk in again:
        PlanRun.objects.filter(pk=pk).update(sent_at=now)
        _send(pk)
    return len(again)


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
    claim = _claimed(run_id)
    if claim is None:
        return
    try:
        found = _found(claim)
        _keep(claim, found)
    except Stopped:
        return
    except Exception as error:
        rows = PlanRun.objects.filter(pk=run_id, claim=claim.token, ended_at=None)
        rows.update(claim="", beat_at=_now(), error=repr(error)[:2000])  # left to the sweep
        raise


class Claim:
    """One worker's hold on a run. Every change is a sign of life; Stopped is raised when the hold is lost."""

    def __init__(self, run: PlanRun) -> None:
        self.run, self.token = run, run.claim
        self.file = File.model_validate_json(run.asked)
        self.end = time.monotonic() + self.file.settings.time_limit
        self.told = 0.0

    def change(self, **fields: object) -> None:
        """Change the run while it is ours."""
        rows = PlanRun.objects.filter(pk=self.run.pk, claim=self.token, ended_at=None)
        if not rows.update(beat_at=_now(), **fields):
            raise Stopped

    def left(self) -> float:
        """Seconds left; asked often, it is also the sign of life where no progress is made yet."""
        self._alive()
        return self.end - time.monotonic()

    def tell(self, part: float, best: int | None) -> None:
        """Progress, as it is shown."""
        self._alive(part=part, **({} if best is None else {"best": best}))

    def _alive(self, **fields: object) -> None:
        if time.monotonic() - self.told >= TOLD:
            self.change(**fields)
            self.told = time.monotonic()


def _claimed(run_id: int) -> Claim | None:
    now, token = _now(), secrets.token_hex(8)
    free = PlanRun.objects.filter(Q(claim="") | Q(beat_at__lt=now - LEASE), pk=run_id, ended_at=None)
    if not free.filter(tries__lt=TRIES).update(claim=token, beat_at=now, tries=F("tries") + 1):
        return None
    return Claim(PlanRun.objects.select_related("cohort", "after").get(pk=run_id))


def _found(claim: Claim) -> PlanDocument | NoPlan:
    # only here: the solver is 50 MB, which no web process needs
    from casesim.programs.core.rotation.planner import planned, replanned

    run, file = claim.run, claim.file
    if run.after is not None:
        return replanned(file, document_of(run.after), run.gone, run.start, claim.left, claim.tell)
    chance = random.Random(file.settings.seed)  # noqa: S311  (the same cohort: the same plan)
    return planned(file, chance, claim.left, claim.tell, run.best_effort)


def _keep(claim: Claim, found: PlanDocument | NoPlan) -> None:
    """Keep what was found and end the run, both or neither."""
    with transaction.atomic():
        if isinstance(found, NoPlan):
            refused = found.model_dump_json()
            claim.change(ended_at=_now(), outcome=PlanRun.Outcome.REFUSED, refusal=refused, error="")
            return
        plan = Plan.objects.create(
            cohort=claim.run.cohort,
            asked=claim.run.asked,
            facts=claim.run.facts,
            document=found.model_dump_json(),
            made_at=_now(),
        )
        claim.change(ended_at=_now(), outcome=PlanRun.Outcome.DONE, plan=plan, part=1.0, error="")


def refusal_of(run: PlanRun) -> NoPlan | None:
    """Why a run found no plan; None if it did, or is not over."""
    return NoPlan.model_validate(json.loads(run.refusal)) if run.refusal else None


def _now() -> int:
    return time.time_ns() // 1_000_000
