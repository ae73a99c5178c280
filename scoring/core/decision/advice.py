"""From a standing to advice: expected loss under declared costs, and what speaks against acting on it yet.

Raw marks come first and stay; adjusted ones stand beside them with the difference and its reason. A named
person decides.
"""

from typing import Literal

from scenarios.core.schema import Doc
from scoring.core.decision.rule import Costs, Rule
from scoring.core.decision.standard import Standard
from scoring.core.decision.standing import ByRater, Share, Standing
from scoring.core.decision.triggers import Trigger, conflicts, doubtful_raters, doubts, lacks, unlinked
from scoring.core.estimate import Estimate, unknown

Says = Literal["hire", "no_hire", "debrief", "not_enough_evidence"]


class Losses(Doc):
    """What each way is expected to cost, in the unit of the costs.

    `at_stake` is what the better way still loses: the most that a debrief or more evidence can save.
    """

    hire: float
    no_hire: float
    at_stake: float


class Adjusted(Doc):
    """One rater's composite as given, beside what an average rater's would be, and why they differ."""

    rater: str
    name: str
    raw: Estimate
    adjusted: Estimate
    difference: Estimate  # adjusted less raw, in score points
    why: str


class Recommended(Doc):
    """What the rule says. `leans` is the way of the smaller loss, before any doubt."""

    says: Says
    leans: Literal["hire", "no_hire"]
    above: Share
    threshold: Share
    losses: Losses


class Advice(Doc):
    """`recommended` is None where the recommendation is switched off; the rest describes."""

    raw: Estimate
    adjusted: Estimate
    raters: tuple[Adjusted, ...]
    recommended: Recommended | None
    lacking: tuple[Trigger, ...]
    doubts: tuple[Trigger, ...]
    cautions: tuple[str, ...]
    standard: Standard
    rule: Rule
    rule_says: tuple[str, ...]


def advise(
    standing: Standing, standard: Standard, rule: Rule, unsupported: tuple[Trigger, ...] = ()
) -> Advice:
    """What the rule says of a standing. `unsupported`: gaps in the record, such as a mark without a quote.

    Raises ValueError when the standing does not answer what the standard asks.
    """
    _answers(standing, standard)
    lacking = (*lacks(standing, rule), *unsupported)
    found = doubts(standing, standard, rule) if rule.recommends else _apart_from_the_bar(standing, rule)
    return Advice(
        raw=standing.raw.rounded(),
        adjusted=_composite(standing),
        raters=tuple(adjust(rater) for rater in standing.raters),
        recommended=_recommend(standing.above, rule, lacking, found) if rule.recommends else None,
        lacking=lacking,
        doubts=found,
        cautions=_cautions(standing),
        standard=standard,
        rule=rule,
        rule_says=rule.sentences(),
    )


def losses(above: float, costs: Costs) -> Losses:
    """Expected losses at P(above the bar): a bad hire with 1 - p, a missed good one with p."""
    hire, no_hire = (1 - above) * costs.bad_hire, above * costs.missed_hire
    return Losses(hire=round(hire, 4), no_hire=round(no_hire, 4), at_stake=round(min(hire, no_hire), 4))


def adjust(rater: ByRater) -> Adjusted:
    """A rater's composite with the severity taken out."""
    return Adjusted(
        rater=rater.rater,
        name=rater.name,
        raw=rater.raw.rounded(),
        adjusted=_plus(rater.raw, rater.severity).rounded(),
        difference=rater.severity.rounded(),
        why=_why(rater),
    )


def _recommend(
    above: float, rule: Rule, lacking: tuple[Trigger, ...], found: tuple[Trigger, ...]
) -> Recommended:
    leans: Literal["hire", "no_hire"] = "hire" if above > rule.costs.threshold else "no_hire"
    return Recommended(
        says="not_enough_evidence" if lacking else "debrief" if found else leans,
        leans=leans,
        above=round(above, 4),
        threshold=round(rule.costs.threshold, 4),
        losses=losses(above, rule.costs),
    )


def _apart_from_the_bar(standing: Standing, rule: Rule) -> tuple[Trigger, ...]:
    """What a report that only describes still says of its raters."""
    return (*conflicts(standing, rule), *doubtful_raters(standing, rule), *unlinked(standing))


def _composite(standing: Standing) -> Estimate:
    given = standing.marks - standing.not_observed
    return Estimate(
        value=standing.mean, interval=standing.interval, n=given, caution=standing.assumed
    ).rounded()


def _plus(raw: Estimate, severity: Estimate) -> Estimate:
    """Without the doubt about the rater's other marks: the interval is that of the severity alone."""
    if raw.value is None:
        return raw
    if severity.value is None:
        return unknown(f"not adjusted: {severity.why}", raw.n)
    if severity.interval is None:
        return Estimate(value=raw.value + severity.value, n=raw.n)
    low, high = severity.interval
    return Estimate(value=raw.value + severity.value, n=raw.n, interval=(raw.value + low, raw.value + high))


def _why(rater: ByRater) -> str:
    moved = rater.severity
    if moved.value is None:
        return f"{rater.name}'s marks are not adjusted: {moved.why}."
    over = f"over {rater.interviews} interview{'' if rater.interviews == 1 else 's'}"
    ways = "harder" if moved.value > 0 else "more mildly"
    said = f"{rater.name} marks {abs(moved.value):.2f} points {ways} than an average rater {over}"
    if moved.interval is None:
        return f"{said}."
    low, high = moved.interval
    text = f"{said} (90 % interval of what is added {low:+.2f} to {high:+.2f})"
    return f"{text}; that may be chance." if low <= 0 <= high else f"{text}."


def _cautions(standing: Standing) -> tuple[str, ...]:
    told = ["Adjusting takes out what raters differ in. It cannot remove a bias that all of them share."]
    if standing.assumed is not None:
        told.append(f"The model's variances are assumed, not estimated: {standing.assumed}.")
    return tuple(told)


def _answers(standing: Standing, standard: Standard) -> None:
    stands = {line.dimension: line.below for line in standing.dimensions}
    asked = {line.dimension for line in standard.asks}
    if odd := stands.keys() ^ asked:
        raise ValueError(f"the standing and the standard differ in the dimensions {', '.join(sorted(odd))}")
    for line in standard.asks:
        if line.floor is not None and stands[line.dimension] is None:
            raise ValueError(
                f"{line.dimension}: a must-have without the probability of lying below its floor"
            )
