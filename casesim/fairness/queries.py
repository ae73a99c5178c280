"""The audit of a workspace: every stage by every group, from its newest reports and signatures."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from casesim.fairness.models import ProtectedLabel
from casesim.fairness.reading import as_csv
from scoring.core.fairness.audit import Floats, Stage, scored, selected
from scoring.core.fairness.groups import Groups, groups
from scoring.core.fairness.impact import above_median
from scoring.core.fairness.new_york import About, BiasAudit, bias_audit
from scoring.queries import Verdict, verdicts

SEED = 0  # of the draws behind "chance": the same page twice says the same

Kind = Literal["recommendation", "decision", "scoring"]


@dataclass(frozen=True, slots=True)
class Audit:
    """What is known and what follows. `stages` is empty while there is no label."""

    candidates: int
    labelled: int  # candidates with a label of at least one attribute
    attributes: tuple[str, ...]
    stages: tuple[Stage, ...]


def audit(workspace_id: int) -> Audit:
    """The audit as it stands now. A candidate is a room with a final report."""
    people, labels = verdicts(workspace_id), _labels(workspace_id)
    found = _groups(people, labels)
    return Audit(
        candidates=len(people),
        labelled=sum(each.room in labels for each in people),
        attributes=tuple(found.labels) if found is not None else (),
        stages=_stages(people, found) if found is not None else (),
    )


def summary(workspace_id: int, kind: Kind, about: About) -> BiasAudit | None:
    """The table New York's rules ask for, of those who came as far; None while nobody has a label."""
    people = [each for each in verdicts(workspace_id) if _reached(each, kind)]
    found = _groups(people, _labels(workspace_id))
    if found is None:
        return None
    if kind == "scoring":
        score = _column(people, "adjusted")
        return bias_audit(about, "scoring", above_median(score), found, float(np.median(score)))
    chosen = np.array([_yes(each, kind) is True for each in people])
    return bias_audit(about, "selection", chosen, found, None)


def table(workspace_id: int) -> str:
    """What is to be filled in, with what is known already."""
    people, labels = verdicts(workspace_id), _labels(workspace_id)
    attributes = sorted({name for known in labels.values() for name in known}) or ["sex", "race_ethnicity"]
    return as_csv([(each.room, each.candidate, labels.get(each.room, {})) for each in people], attributes)


def _stages(people: tuple[Verdict, ...], found: Groups) -> tuple[Stage, ...]:
    return (
        scored("Raw marks", _column(people, "raw"), found, SEED),
        scored("Adjusted marks", _column(people, "adjusted"), found, SEED),
        selected("Recommendation", [_yes(each, "recommendation") for each in people], found, SEED),
        selected("Decision", [_yes(each, "decision") for each in people], found, SEED),
    )


def _yes(each: Verdict, kind: Kind) -> bool | None:
    """Whether a stage said hire; None: it said nothing."""
    said = each.says if kind == "recommendation" else each.decided
    return None if said is None else said == "hire"


def _reached(each: Verdict, kind: Kind) -> bool:
    return each.adjusted is not None if kind == "scoring" else _yes(each, kind) is not None


def _column(people: Sequence[Verdict], name: Literal["raw", "adjusted"]) -> Floats:
    values = [getattr(each, name) for each in people]
    return np.array([np.nan if value is None else value for value in values], float)


def _labels(workspace_id: int) -> dict[str, dict[str, str]]:
    """room -> attribute -> label."""
    known: dict[str, dict[str, str]] = {}
    rows = ProtectedLabel.objects.filter(workspace=workspace_id).order_by("attribute")
    for room, attribute, label in rows.values_list("room", "attribute", "label"):
        known.setdefault(room, {})[attribute] = label
    return known


def _groups(people: Sequence[Verdict], labels: dict[str, dict[str, str]]) -> Groups | None:
    attributes = sorted({name for each in people for name in labels.get(each.room, {})})
    if not attributes:
        return None
    return groups({name: [labels.get(each.room, {}).get(name) for each in people] for name in attributes})
