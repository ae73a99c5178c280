"""One room through the rating model: against a workspace's calibration, or, without one, by itself."""

from collections.abc import Mapping
from functools import partial
from typing import NamedTuple

from scenarios.core.schema import Doc, Rubric
from scoring.core.calibrated import Calibrated
from scoring.core.decision.advice import Adjusted, Advice, Says, advise
from scoring.core.decision.of_fit import Fit, Panelist, standing_of
from scoring.core.decision.rule import Rule
from scoring.core.decision.standard import Asked, Bar, Standard
from scoring.core.decision.standing import OnDimension, Standing
from scoring.core.decision.triggers import Trigger
from scoring.core.estimate import Estimate
from scoring.core.facets.calibration import calibrate
from scoring.core.facets.frozen import place
from scoring.core.facets.settings import Settings
from scoring.core.ratings import Ratings, Row, ratings
from scoring.core.sheets import Sheet


class Judged(Doc):
    """What the model makes of one room; without `advice` there is `why`. Raters are named by their seats."""

    settings: Settings
    advice: Advice | None = None
    why: str = ""
    adjusted: dict[str, Estimate] = {}  # by dimension


class Panel(NamedTuple):
    """The sheets that stand, who wrote each (seat -> name in ratings), and what the record lacks."""

    room: str
    sheets: tuple[Sheet, ...]
    names: Mapping[str, str]
    gaps: tuple[Trigger, ...]


def judge(rubric: Rubric, seniority: str, panel: Panel, rule: Rule, calibrated: Calibrated | None) -> Judged:
    """Composite, intervals and advice; `seniority` by its name.

    Raises ValueError for a calibration of another rubric.
    """
    settings = calibrated.frozen.settings if calibrated is not None else Settings()
    if why := _unfit(rubric, panel.sheets):
        return Judged(settings=settings, why=why)
    fit: Fit = partial(calibrate, settings=settings)
    if calibrated is not None:
        fit = partial(place, calibrated.frozen)
    asked = standard(rubric, seniority)
    standing = standing_of(
        fit, _ratings(rubric, panel), asked, _known(panel, calibrated), _linked(panel, calibrated)
    )
    if calibrated is not None and calibrated.frozen.assumed:
        standing = standing.model_copy(update={"assumed": "the calibration itself had too few candidates"})
    found = advise(standing, asked, rule, panel.gaps)
    return Judged(
        settings=settings,
        advice=found.model_copy(update={"raters": _by_seat(found.raters, panel)}),
        adjusted={line.dimension: _adjusted(line, standing) for line in standing.dimensions},
    )


def recommended(judged: Judged, rule: Rule) -> Says | None:
    """What is recommended; where the model cannot even be asked, there is not enough evidence.

    None where the recommendation is switched off.
    """
    if not rule.recommends:
        return None
    if judged.advice is None or judged.advice.recommended is None:
        return "not_enough_evidence"
    return judged.advice.recommended.says


def rows(room: str, rubric: Rubric, sheets: tuple[Sheet, ...]) -> Ratings:
    """The sheets of one room as ratings of one candidate, who is named by the room."""
    return _ratings(rubric, Panel(room, sheets, {s.seat: s.seat for s in sheets}, ()))


def standard(rubric: Rubric, seniority: str) -> Standard:
    """What a room's rubric asks, at the seniority it was opened at."""
    return Standard(
        rubric=f"{rubric.name}, version {rubric.version}",
        seniority=seniority or "as written",
        asks=tuple(
            Asked(dimension=d.key, name=d.name, weight=d.weight, floor=d.floor) for d in rubric.dimensions
        ),
        bar=Bar(value=rubric.bar, version=rubric.version, set_by=rubric.bar_set_by, set_on=rubric.bar_set_on),
    )


def _unfit(rubric: Rubric, sheets: tuple[Sheet, ...]) -> str:
    """Why the model cannot be asked at all; empty if it can."""
    scales = {tuple(level.value for level in d.levels) for d in rubric.dimensions}
    if len(scales) > 1:
        return "the dimensions are marked on different scales"
    if not sheets:
        return "no scoresheet was submitted"
    if all(mark.level is None for sheet in sheets for mark in sheet.marks):
        return "nothing was observed"
    (levels,) = scales
    edges = [rubric.bar, *(d.floor for d in rubric.dimensions if d.floor is not None)]
    if not levels[0] < rubric.bar or max(edges) >= levels[-1]:
        return "a bar or a floor lies on the edge of the scale, where no candidate can be told from another"
    return ""


def _ratings(rubric: Rubric, panel: Panel) -> Ratings:
    levels = [level.value for d in rubric.dimensions for level in d.levels]
    found = [
        Row(panel.names[s.seat], panel.room, m.dimension, m.level) for s in panel.sheets for m in s.marks
    ]
    # a rater who saw the candidate in two rooms has two marks, and both are kept
    return ratings(found, (min(levels), max(levels)), repeats="keep")


def _known(panel: Panel, calibrated: Calibrated | None) -> dict[str, Panelist]:
    """The raters as the calibration knows them; whom it does not know has this interview alone."""
    known = calibrated.raters if calibrated is not None else {}
    found = {}
    for sheet in panel.sheets:
        name = panel.names[sheet.seat]
        rater = known.get(name)
        found[name] = Panelist(
            sheet.name, max(rater.interviews, 1) if rater else 1, rater.flags if rater else ()
        )
    return found


def _linked(panel: Panel, calibrated: Calibrated | None) -> bool:
    """One rater of the panel who is linked links the others: they marked the same candidate."""
    if calibrated is None:
        return True  # there is nobody yet to be linked to
    return any(rater.linked for name in panel.names.values() if (rater := calibrated.raters.get(name)))


def _by_seat(raters: tuple[Adjusted, ...], panel: Panel) -> tuple[Adjusted, ...]:
    """Names in ratings stay inside: they say in which rooms somebody was."""
    seats = {panel.names[sheet.seat]: sheet.seat for sheet in panel.sheets}
    return tuple(rater.model_copy(update={"rater": seats[rater.rater]}) for rater in raters)


def _adjusted(line: OnDimension, standing: Standing) -> Estimate:
    return Estimate(value=line.mean, n=line.marks, interval=line.interval, caution=standing.assumed).rounded()
