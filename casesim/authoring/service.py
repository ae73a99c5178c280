"""What authors do with drafts on the page: begin, write, bring a sheet in, publish, rehearse."""

import hashlib

from django.db import IntegrityError, transaction

from casesim.accounts.access import Standing
from casesim.accounts.service import noted
from casesim.authoring.core.timeline import Changes
from casesim.authoring.models import Draft, DraftScript, Trial
from casesim.authoring.scripts import commands_that_cannot_be_sent
from casesim.authoring.timelines import applied, imported
from scenarios.core.schema import Scenario
from scenarios.loader import LoadError, load, script
from scenarios.models import ScenarioVersion
from scenarios.service import publish as publish_version

MOST_DRAFTS = 100  # of a workspace
MOST_SCRIPTS = 6  # of a draft
MOST_RUNS = 50  # of each script


class No(Exception):
    """What was asked for cannot be; the message is for people. Nothing was changed."""


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


# --- drafts ---------------------------------------------------------------------------------------------


def begin(here: Standing, slug: str, text: str, scripts: dict[str, str], now: int) -> Draft:
    """A new draft. Raises No where the name is taken or there are too many."""
    if Draft.objects.filter(workspace=here.workspace).count() >= MOST_DRAFTS:
        raise No(f"A workspace holds {MOST_DRAFTS} drafts. Delete one first.")
    try:
        with transaction.atomic():
            draft = Draft.objects.create(
                workspace=here.workspace, slug=slug, text=text, written_by=here.person, written_at=now
            )
            DraftScript.objects.bulk_create(
                DraftScript(draft=draft, name=name, text=held) for name, held in scripts.items()
            )
    except IntegrityError:
        raise No(f"There is a draft called {slug} already.") from None
    noted(here.person, "began scenario", slug, here.workspace.pk)
    return draft


def write(here: Standing, draft: Draft, text: str, seen: str, now: int) -> None:
    """Keep this text. `seen`: digest of the text it was made from. Raises No if that is another by now."""
    changed = Draft.objects.filter(pk=draft.pk, text=draft.text)
    if digest(draft.text) != seen or not changed.update(
        text=text, pending="", pending_of="", written_by=here.person, written_at=now
    ):
        raise No("Somebody has written this draft since you opened it. Yours is below and not kept yet.")


def put_script(draft: Draft, name: str, text: str) -> None:
    """Add a script or replace the one of that name. Raises No if there are too many."""
    if draft.scripts.exclude(name=name).count() >= MOST_SCRIPTS:
        raise No(f"A draft holds {MOST_SCRIPTS} scripts. Take one out first.")
    DraftScript.objects.update_or_create(draft=draft, name=name, defaults={"text": text})


def delete(here: Standing, draft: Draft) -> None:
    """The draft with its scripts and rehearsals; versions that were published stay."""
    noted(here.person, "deleted draft", draft.slug, here.workspace.pk)
    draft.delete()


def publish(here: Standing, draft: Draft) -> ScenarioVersion:
    """A version of it in this workspace. Raises LoadError if it is not clean."""
    scenario = load(draft.text, f"{draft.slug}.yaml")
    row = publish_version(scenario, here.workspace.pk)
    noted(here.person, "published scenario", f"{row.slug} {row.version}", here.workspace.pk)
    return row


# --- the timeline ---------------------------------------------------------------------------------------


def try_sheet(draft: Draft, scenario: Scenario, raw: bytes, kind: str) -> tuple[Changes, list[str]]:
    """What a sheet would change, and what would be lost; kept until somebody says yes.

    Raises Unreadable, or LoadError if the scenario is not clean with it.
    """
    found = imported(scenario, raw, kind)
    if found.bad or not found.any:
        return found, []
    text, lost = applied(draft.text, found, f"{draft.slug}.yaml")
    Draft.objects.filter(pk=draft.pk).update(pending=text, pending_of=digest(draft.text))
    return found, lost


def take_sheet(here: Standing, draft: Draft, now: int) -> None:
    """Say yes to the sheet that was tried last. Raises No without one, or if the draft is another by now."""
    if not draft.pending or draft.pending_of != digest(draft.text):
        raise No("The draft was changed since the sheet was tried. Give it once more.")
    write(here, draft, draft.pending, draft.pending_of, now)


# --- rehearsals -----------------------------------------------------------------------------------------


def scripts_of(draft: Draft, scenario: Scenario) -> dict[str, str]:
    """The draft's scripts, name -> text. Raises LoadError naming each wrong line, No without one."""
    held = {one.name: one.text for one in draft.scripts.order_by("name")}
    problems = []
    for name, text in held.items():
        try:
            problems += commands_that_cannot_be_sent(script(text, scenario, name), name)
        except LoadError as error:
            problems += error.problems
    if problems:
        raise LoadError(problems)
    if not held:
        raise No("Give a script first: what a candidate does.")
    return held


def ask_trial(here: Standing, draft: Draft, runs: int, seniority: str, now: int) -> Trial:
    """A rehearsal, to be played by a worker. Raises LoadError or No."""
    scenario = load(draft.text, f"{draft.slug}.yaml")
    held = scripts_of(draft, scenario)
    if seniority and seniority not in {x.key for x in scenario.seniorities}:
        raise No(f"This scenario has no seniority {seniority}.")
    try:
        with transaction.atomic():
            return Trial.objects.create(
                workspace=here.workspace,
                draft=draft,
                text=draft.text,
                scripts=held,
                runs=max(1, min(runs, MOST_RUNS)),
                seniority=seniority,
                asked_by=here.person,
                asked_at=now,
                heard_at=now,
            )
    except IntegrityError:
        raise No("A rehearsal of this workspace is under way. Wait for it.") from None
