"""A candidate contests the decision: their words, an answer, and a second named person. Times in ms."""

from django.db import transaction

from casesim.accounts.access import Standing
from casesim.accounts.service import Refusal, noted
from casesim.loops import queries
from casesim.loops.core.times import appeal_until
from casesim.loops.models import Appeal, Decision, Loop


@transaction.atomic
def contest(loop: Loop, text: str, now: int) -> Appeal:
    """The candidate's words, once, within the days that the notice named. Refusal else."""
    if loop.released_at is None:
        raise Refusal("You can contest the decision once you have been told it.")
    if now > appeal_until(loop.released_at, loop.appeal_days):
        raise Refusal(f"The {loop.appeal_days} days in which the decision could be contested are over.")
    if not text.strip():
        raise Refusal("Say what you contest, and why.")
    made, new = Appeal.objects.get_or_create(loop=loop, defaults={"text": text.strip(), "at": now})
    if not new and made.text != text.strip():
        raise Refusal("You have contested the decision already; it is being looked at.")
    if new:
        noted(loop.candidate, "contested the decision", f"loop {loop.pk}", loop.workspace_id)
    return made


@transaction.atomic
def answer(here: Standing, loop: Loop, text: str, now: int) -> None:
    """What whoever runs the loop says to it; the second person reads it beside the candidate's words."""
    if not text.strip():
        raise Refusal("An answer needs words.")
    open_ = Appeal.objects.filter(loop=loop, answered_at=None)
    if not open_.update(answer=text.strip(), answered_by=here.person, answered_at=now):
        raise Refusal("There is no appeal that waits for an answer.")
    noted(here.person, "answered appeal", f"loop {loop.pk}", here.workspace.pk)


@transaction.atomic
def review(here: Standing, loop: Loop, decision: str, reason: str, now: int) -> None:
    """A second named person decides: neither who signed, nor who answered, nor who has a conflict."""
    found = Appeal.objects.select_for_update().filter(loop=loop, decided_at=None).first()
    if found is None or found.answered_at is None:
        raise Refusal("There is no answered appeal that waits for a decision.")
    _check_second(here, loop, found)
    if decision not in Decision.Word.values:
        raise Refusal("Choose hire or no hire.")
    if not reason.strip():
        raise Refusal("Give the reason: the candidate reads it.")
    found.decision, found.reason = decision, reason.strip()
    found.decided_by, found.decided_name, found.decided_at = here.person, str(here.person), now
    found.save()
    noted(here.person, "decided appeal", f"loop {loop.pk}: {decision}", here.workspace.pk)


def may_review(here: Standing, loop: Loop) -> str:
    """Why this person cannot be the second who decides; empty if they can."""
    found = Appeal.objects.filter(loop=loop, decided_at=None).exclude(answered_at=None).first()
    if found is None:
        return "There is no answered appeal that waits for a decision."
    try:
        _check_second(here, loop, found)
    except Refusal as no:
        return str(no)
    return ""


def _check_second(here: Standing, loop: Loop, appeal: Appeal) -> None:
    signed = queries.decision_of(loop)
    if signed is not None and signed.person_id == here.person.pk:
        raise Refusal("You signed the decision that is contested: a second person decides.")
    if appeal.answered_by_id == here.person.pk:
        raise Refusal("You answered this appeal: a second person decides.")
    if loop.conflicts.filter(person=here.person).exists():
        raise Refusal("You have a conflict of interest with this candidate: somebody else decides.")
