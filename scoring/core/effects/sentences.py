"""What a rater reads: what was seen, and what to do about it. No blame, no league table."""

from typing import NamedTuple

from scoring.core.effects.statistics import Kind, Measure
from scoring.core.estimate import Estimate


class Found(NamedTuple):
    """What the sentences of one rater have in common."""

    interviews: int
    points: Estimate
    agrees: Estimate
    flags: tuple[Kind, ...]


def sentence(measure: Measure, value: float, found: Found) -> str:
    """The sentence of one effect at its shown value."""
    flagged = measure.kind in found.flags
    match measure.kind:
        case "severity":
            return _severity(found, flagged)
        case "careless":
            return _careless(value, found) if flagged else "The marks fit the candidates as usual."
        case "central":
            return _central(value) if flagged else "The marks use the scale as these candidates call for."
        case "halo":
            return _halo(value, found) if flagged else "The marks tell the dimensions apart as usual."
        case "drift":
            return _drift(value) if flagged else "No change over time beyond what chance gives."


def _severity(found: Found, flagged: bool) -> str:
    value = found.points.value or 0.0
    text = f"The marks lie {abs(value):.2f} levels {'below' if value > 0 else 'above'} an average rater's"
    if not flagged:
        return f"{text}: raters usually differ as much."
    return (
        f"{text} over {found.interviews} interviews, more than raters usually differ. Reports show them "
        "beside adjusted ones; mark a recording with a colleague and compare the anchors you had in mind."
    )


def _careless(value: float, found: Found) -> str:
    with_others = found.agrees.value
    text = f"The marks hang together neither with the candidates nor with one another (misfit {value:.2f}"
    agrees = (
        f"; rank correlation with the other raters {with_others:.2f})" if with_others is not None else ")"
    )
    return (
        f"{text}{agrees}. Mark during the interview and quote a moment for each mark; then mark a "
        "calibration recording."
    )


def _central(value: float) -> str:
    return (
        f"The marks keep to the middle: they spread {value:.0%} as far as these candidates call for. Read "
        "the anchors of the lowest and the highest level again, and ask of each mark what would have earned "
        "the next."
    )


def _halo(value: float, found: Found) -> str:
    text = (
        "The marks of one interview resemble one another: they follow the strengths and weaknesses that the "
        f"candidate's other marks show by {max(value, 0):.0%}. Mark each dimension "
        "from its own quotes, before thinking of the whole."
    )
    if "careless" in found.flags:
        return f"{text} Marks that fit no candidate follow no profile either: see to that first."
    return f"{text} The narrow spread may be the same thing." if "central" in found.flags else text


def _drift(value: float) -> str:
    way = "milder" if value > 0 else "harder"
    return (
        f"The marks have become {way} by {abs(value):.1f} logits over a year. Mark a recording of the first "
        "months again and compare."
    )
