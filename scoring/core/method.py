"""How a report came about, in plain words: for a candidate, who has a right to know, and anybody else."""

from collections.abc import Iterable

from scoring.core.decision.advice import Advice
from scoring.core.model import Judged

SMALL = 0.005  # score points; what would be printed as 0.00


def method(judged: Judged, calibrated: bool) -> tuple[str, ...]:
    """Sentences in the order in which things were done."""
    return tuple(_told(judged, calibrated))


def difference(advice: Advice) -> str:
    """Why the adjusted composite is not the raw one, in score points; empty where one of them is missing."""
    raw, adjusted = advice.raw.value, advice.adjusted.value
    if raw is None or adjusted is None:
        return ""
    moved = adjusted - raw
    if abs(moved) < SMALL:
        return "The adjusted composite is the raw one."
    way = "above" if moved > 0 else "below"
    text = f"The adjusted composite lies {abs(moved):.2f} points {way} the raw one. "
    known = [r.difference.value for r in advice.raters if r.difference.value is not None]
    if known:
        text += f"Taking out the raters' severity adds {sum(known) / len(known):+.2f} on average. The rest is"
    else:
        text += "Too little is known of these raters to take their severity out. It is"
    return text + (
        " caution: a few marks from one conversation are weak evidence, so the estimate lies nearer to what "
        "is usual than the marks do."
    )


def _told(judged: Judged, calibrated: bool) -> Iterable[str]:
    yield (
        "Each rater marked alone, before seeing what the others had marked, and tied each mark to what was "
        "said. “Not observed” is left out; it is never a low mark."
    )
    yield (
        "The raw composite is the mean mark on each dimension, weighted as the rubric declares. It is shown "
        "first and nothing replaces it."
    )
    if judged.advice is None:
        yield f"Nothing more was computed: {judged.why}."
        return
    yield (
        "Some raters mark harder than others, and a rater's marks of one person hang together. A statistical "
        "model takes both into account and says what an average rater would be expected to give."
    )
    yield _basis(calibrated, judged.advice)
    yield (
        "The interval is where the model expects that score to lie with a probability of 90 %. A wide one "
        "means that little is known, not that something is wrong."
    )
    if judged.advice.recommended is not None:
        yield (
            "From this follows the probability of lying above the bar that people set, and from the declared "
            "costs of the two possible mistakes what the rule recommends. A named person decides."
        )


def _basis(calibrated: bool, advice: Advice) -> str:
    if not calibrated:
        return (
            "No calibration was there for this rubric, so the model knew nothing of these raters: how much "
            "raters differ is assumed from experience elsewhere, and the interval allows for that."
        )
    known = max((rater.difference.n for rater in advice.raters), default=0)
    return (
        "How hard each rater marks was learnt from earlier rooms of the same workspace and rubric: of the "
        f"raters here, the best known had marked in {known} of them."
    )
