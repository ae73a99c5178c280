"""What calls for a debrief: seven triggers, each naming what it rests on.

The numbers are those of docs/decision.md. Trigger 6 has two halves: what no talk can mend is a lack of
evidence, a panel linked to nobody is a doubt.
"""

from collections.abc import Iterable
from itertools import combinations
from math import hypot

from scenarios.core.schema import Doc
from scoring.core.decision.rule import Rule
from scoring.core.decision.standard import Standard
from scoring.core.decision.standing import ByRater, OnDimension, Standing

ROUNDING = 1e-9  # a composite on the bar counts as on the bar, whatever the sums did


class Trigger(Doc):
    """Why to talk, or why nothing can be said. `code` is stable."""

    number: int
    code: str
    text: str
    raters: tuple[str, ...] = ()
    dimension: str | None = None


def doubts(standing: Standing, standard: Standard, rule: Rule) -> tuple[Trigger, ...]:
    """What people should talk about before anybody decides."""
    return (
        *_close_call(standing, rule),
        *_one_rater_decides(standing, rule),
        *conflicts(standing, rule),
        *_missed_floors(standing, standard, rule),
        *doubtful_raters(standing, rule),
        *unlinked(standing),
        *_two_sides(standing, standard),
    )


def lacks(standing: Standing, rule: Rule) -> Iterable[Trigger]:
    """6: too few raters or marks, or a must-have that nobody observed."""
    n = len(standing.raters)
    if n < rule.raters:
        text = f"{n} rater{'' if n == 1 else 's'} marked; the rule asks for at least {rule.raters}."
        yield Trigger(number=6, code="few_raters", text=text, raters=_names(standing.raters))
    unseen, asked = standing.not_observed, standing.marks
    if unseen > rule.not_observed * asked + ROUNDING:
        share = f"{unseen} of {asked} marks are “not observed” ({unseen / asked:.0%})"
        text = f"{share}; the rule allows {rule.not_observed:.0%}."
        yield Trigger(number=6, code="not_observed", text=text)
    for line in standing.dimensions:
        if line.below is not None and not line.marks:
            text = f"Nobody observed {line.name}, which is a must-have."
            yield Trigger(number=6, code="must_unobserved", text=text, dimension=line.dimension)


def conflicts(standing: Standing, rule: Rule) -> Iterable[Trigger]:
    """3: raters whose views of this candidate cannot both be usual, severity taken out."""
    for one, other in combinations(standing.raters, 2):
        yield from _pair(one, other, rule)
    for rater in standing.raters:
        limit = rule.apart * standing.impression_spread
        if abs(rater.impression) > limit > 0:
            side = "higher" if rater.impression > 0 else "lower"
            text = (
                f"{rater.name} sees this candidate {side} than severity and the other marks explain: an "
                f"impression of {rater.impression:+.2f} logits, where {limit:.2f} is unusual."
            )
            yield Trigger(number=3, code="impression", text=text, raters=(rater.name,))


def doubtful_raters(standing: Standing, rule: Rule) -> Iterable[Trigger]:
    """5: a rater whose marks are flagged, or who is new."""
    for rater in standing.raters:
        if rater.flags:
            text = f"{rater.name}'s marks are flagged: {', '.join(rater.flags)}."
            yield Trigger(number=5, code="flagged_rater", text=text, raters=(rater.name,))
        if rater.interviews < rule.newcomer:
            n = f"{rater.interviews} interview{'' if rater.interviews == 1 else 's'}"
            text = f"{rater.name} is new: {n}, where the rule asks for {rule.newcomer}."
            yield Trigger(number=5, code="new_rater", text=text, raters=(rater.name,))


def unlinked(standing: Standing) -> Iterable[Trigger]:
    """6: nobody can tell this panel's severity from its candidates' level."""
    if standing.raters and not standing.connected:
        names = " and ".join(_names(standing.raters))
        text = (
            f"No shared candidate links {names} to the other raters: their severity rests on assumption, "
            "and this candidate must not be ranked against others'."
        )
        yield Trigger(number=6, code="unlinked", text=text, raters=_names(standing.raters))


def _close_call(standing: Standing, rule: Rule) -> Iterable[Trigger]:
    low, high = rule.band
    if low <= standing.above <= high:
        text = (
            f"The probability of being above the bar is {standing.above:.2f}: between {low:g} and {high:g} "
            f"it is too close to the threshold of {rule.costs.threshold:.2f} to call."
        )
        yield Trigger(number=1, code="close_call", text=text)


def _one_rater_decides(standing: Standing, rule: Rule) -> Iterable[Trigger]:
    threshold = rule.costs.threshold
    for rater in standing.raters:
        if rater.without is not None and (rater.without > threshold) != (standing.above > threshold):
            text = (
                f"Without {rater.name} the recommendation turns: the probability of being above the bar goes "
                f"from {standing.above:.2f} to {rater.without:.2f}, over the threshold of {threshold:.2f}."
            )
            yield Trigger(number=2, code="one_rater_decides", text=text, raters=(rater.name,))


def _pair(one: ByRater, other: ByRater, rule: Rule) -> Iterable[Trigger]:
    apart = abs(one.impression - other.impression)
    sd = hypot(one.impression_sd, other.impression_sd)
    if apart > rule.apart * sd > 0:
        text = (
            f"{one.name} and {other.name} differ by {apart:.2f} logits about this candidate after "
            f"severity is taken out: {apart / sd:.1f} standard deviations, where the rule allows "
            f"{rule.apart:g}."
        )
        yield Trigger(number=3, code="raters_apart", text=text, raters=(one.name, other.name))


def _missed_floors(standing: Standing, standard: Standard, rule: Rule) -> Iterable[Trigger]:
    floors = {asked.dimension: asked.floor for asked in standard.asks if asked.floor is not None}
    for line in standing.dimensions:
        if line.dimension in floors and line.below is not None and line.below > rule.below_floor:
            yield _missed(line, floors[line.dimension], rule)


def _missed(line: OnDimension, floor: float, rule: Rule) -> Trigger:
    text = (
        f"{line.name} is a must-have: {line.mean:.2f} with a probability of {line.below:.2f} of lying below "
        f"its floor of {floor:g}, where the rule allows {rule.below_floor:g}."
    )
    return Trigger(number=4, code="must_have", text=text, dimension=line.dimension)


def _two_sides(standing: Standing, standard: Standard) -> Iterable[Trigger]:
    raw, bar = standing.raw.value, standard.bar.value
    if raw is not None and (raw >= bar - ROUNDING) != (standing.mean >= bar - ROUNDING):
        text = (
            f"The raw marks and the adjusted ones lie on different sides of the bar of {bar:g}: "
            f"{raw:.2f} raw, {standing.mean:.2f} adjusted."
        )
        yield Trigger(number=7, code="two_sides", text=text)


def _names(raters: tuple[ByRater, ...]) -> tuple[str, ...]:
    return tuple(rater.name for rater in raters)
