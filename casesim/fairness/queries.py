"""The audit of a workspace: every stage by every group, from its newest reports and signatures."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

import scenarios.queries
from casesim.fairness.models import ProtectedLabel
from casesim.fairness.reading import as_csv
from scoring.core.fairness.audit import Floats, OtherBar, Stage, other_bars, scored, selected
from scoring.core.fairness.groups import Groups, groups
from scoring.core.fairness.impact import above_median
from scoring.core.fairness.new_york import About, BiasAudit, bias_audit
from scoring.core.fairness.residuals import RaterByGroup, rater_by_group
from scoring.core.fairness.residuals import Residual as Sheet
from scoring.queries import Verdict, verdicts
from scoring.raters import Residual, residuals

AWAY = (-0.5, -0.25, 0.25, 0.5)  # levels from the declared bar
SEED = 0  # of the draws behind "chance": the same page twice says the same

Kind = Literal["recommendation", "decision", "scoring"]


@dataclass(frozen=True, slots=True)
class Bars:
    """The declared bar of one rubric and level with others beside it, on whom it was held against."""

    rubric: str
    seniority: str
    candidates: int
    bars: tuple[OtherBar, ...]


@dataclass(frozen=True, slots=True)
class ByGroup:
    """Every rater by every group of one attribute."""

    rubric: str
    attribute: str
    lines: tuple[RaterByGroup, ...]

    @property
    def flagged(self) -> tuple[RaterByGroup, ...]:
        """The largest difference first: who always sits beside its rater looks a little the other way."""
        found = [line for line in self.lines if line.flag]
        return tuple(sorted(found, key=lambda line: -abs(line.difference.value or 0.0)))


@dataclass(frozen=True, slots=True)
class Audit:
    """What is known and what follows. `stages` is empty while there is no label."""

    candidates: int
    labelled: int  # candidates with a label of at least one attribute
    attributes: tuple[str, ...]
    stages: tuple[Stage, ...]
    bars: tuple[Bars, ...]
    raters: tuple[ByGroup, ...]

    def as_json(self) -> str:
        """The whole audit to take along; the same for the same reports and labels."""
        found = {
            "candidates": self.candidates,
            "labelled": self.labelled,
            "attributes": self.attributes,
            "stages": [stage.model_dump(mode="json") for stage in self.stages],
            "bars": [
                {
                    "rubric": each.rubric,
                    "seniority": each.seniority,
                    "bars": [bar.model_dump() for bar in each.bars],
                }
                for each in self.bars
            ],
            "raters": [
                {
                    "rubric": each.rubric,
                    "attribute": each.attribute,
                    "lines": [x.model_dump() for x in each.lines],
                }
                for each in self.raters
            ],
        }
        return json.dumps(found, ensure_ascii=False, indent=2) + "\n"


def audit(workspace_id: int) -> Audit:
    """The audit as it stands now. A candidate is a room with a final report."""
    people, labels = verdicts(workspace_id), _labels(workspace_id)
    found = _groups(people, labels)
    return Audit(
        candidates=len(people),
        labelled=sum(each.room in labels for each in people),
        attributes=tuple(found.labels) if found is not None else (),
        stages=_stages(people, found) if found is not None else (),
        bars=_bars(people, labels),
        raters=_raters(residuals(workspace_id), labels),
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


def notice_of(workspace_id: int, employer: str) -> dict[str, str]:
    """What the notice to candidates may begin with: the employer, and what this workspace's rubrics judge."""
    entries = scenarios.queries.catalogue(workspace_id)
    judged = dict.fromkeys(name for entry in entries for name in entry.dimensions)
    return {"employer": employer, "characteristics": "\n".join(judged)}


def _stages(people: tuple[Verdict, ...], found: Groups) -> tuple[Stage, ...]:
    return (
        scored("Raw marks", _column(people, "raw"), found, SEED),
        scored("Adjusted marks", _column(people, "adjusted"), found, SEED),
        selected("Recommendation", [_yes(each, "recommendation") for each in people], found, SEED),
        selected("Decision", [_yes(each, "decision") for each in people], found, SEED),
    )


def _bars(people: Sequence[Verdict], labels: dict[str, dict[str, str]]) -> tuple[Bars, ...]:
    """Other bars for everybody, where candidates were held against one bar and somebody has a label."""
    alike: dict[tuple[str, str, float, tuple[int, int]], list[Verdict]] = {}
    for each in people:
        if each.bar is not None and each.adjusted is not None:
            key = (each.rubric, each.seniority, each.bar, each.scale)
            alike.setdefault(key, []).append(each)
    found = ((key, own, _groups(own, labels)) for key, own in sorted(alike.items(), key=lambda x: x[0]))
    return tuple(_other_bars(*key, own, known) for key, own, known in found if known is not None)


def _other_bars(
    rubric: str, seniority: str, bar: float, scale: tuple[int, int], people: Sequence[Verdict], known: Groups
) -> Bars:
    others = [bar + away for away in AWAY if scale[0] < bar + away < scale[1]]
    score, above = _column(people, "adjusted"), _column(people, "above")
    return Bars(
        rubric, seniority or "as written", len(people), other_bars(score, above, bar, others, known, SEED)
    )


def _raters(found: Sequence[Residual], labels: dict[str, dict[str, str]]) -> tuple[ByGroup, ...]:
    """Every rater by every group, rubric by rubric and attribute by attribute."""
    attributes = sorted({name for known in labels.values() for name in known})
    rubrics = sorted({each.rubric for each in found})
    return tuple(
        ByGroup(rubric, attribute, rater_by_group(_sheets(found, rubric, attribute, labels)))
        for rubric in rubrics
        for attribute in attributes
    )


def _sheets(
    found: Sequence[Residual], rubric: str, attribute: str, labels: dict[str, dict[str, str]]
) -> list[Sheet]:
    return [
        Sheet(each.name, each.room, labels.get(each.room, {}).get(attribute), each.levels)
        for each in found
        if each.rubric == rubric
    ]


def _yes(each: Verdict, kind: Kind) -> bool | None:
    """Whether a stage said hire; None: it said nothing."""
    said = each.says if kind == "recommendation" else each.decided
    return None if said is None else said == "hire"


def _reached(each: Verdict, kind: Kind) -> bool:
    return each.adjusted is not None if kind == "scoring" else _yes(each, kind) is not None


def _column(people: Sequence[Verdict], name: Literal["raw", "adjusted", "above"]) -> Floats:
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
