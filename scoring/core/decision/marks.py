"""A provisional recommendation, by a declared rule. It is arithmetic on people's marks; a person decides.

Every number that enters is in the result, and every reason names what it rests on.
"""

from collections.abc import Iterable
from typing import Annotated, Literal

from pydantic import Field

from scenarios.core.schema import Dimension, Doc, Rubric
from scoring.core.estimate import Estimate, unknown
from scoring.core.evidence import Cell, Quoted
from scoring.core.exposure import Coverage
from scoring.core.model import mean

Says = Literal["hire", "no_hire", "debrief", "not_enough_evidence"]
ROUNDING = 1e-9  # sums of tenths are not exact; a composite on the bar must count as on the bar


class Rule(Doc):
    """The declared rule. Levels and band are on the rubric's own scale."""

    version: Literal[1] = 1
    sheets: Annotated[int, Field(ge=1)] = 2  # at least so many submitted scoresheets
    not_observed: float = 0.25  # at most this share of the marks
    must_weight: float = 1.5  # a dimension of this weight or more must have been observed
    apart: int = 2  # raters so many levels apart on a dimension talk first
    band: float = 0.25  # a composite this close to the bar is too close to call

    def sentences(self) -> tuple[str, ...]:
        """The rule as people read it."""
        return (
            "Composite: the mean level of each dimension observed, weighted as declared.",
            "Not enough evidence: " + self._thin(),
            "Debrief: " + self._torn(),
            "No hire, whatever the composite: the mean of a must-have lies below its floor.",
            "Otherwise hire from the bar upwards and no hire below it.",
        )

    def _thin(self) -> str:
        return (
            f"fewer than {self.sheets} scoresheets are in, more than {self.not_observed:.0%} of the marks "
            f"are “not observed”, nobody observed a dimension of weight {self.must_weight:g} or more, a mark "
            "rests on no quote, or no inject probed a dimension."
        )

    def _torn(self) -> str:
        return (
            f"raters are {self.apart} or more levels apart on a dimension, stand on different sides of the "
            f"bar, or the composite lies within {self.band:g} of it."
        )


class Reason(Doc):
    """Why, in a sentence, with the quotes it rests on. `code` is stable; `dimension` where there is one."""

    code: str
    text: str
    dimension: str | None = None
    quotes: tuple[Quoted, ...] = ()


class Term(Doc):
    """What one dimension adds to the composite: `share` x `mean` = `adds`; 0 if nobody observed it."""

    dimension: str
    name: str
    weight: float
    share: float
    marks: tuple[tuple[str, int], ...]  # (rater, level)
    mean: Estimate
    adds: float


class Side(Doc):
    """One rater's own composite, and on which side of the bar it lies (None without one)."""

    rater: str
    name: str
    composite: Estimate
    above: bool | None


class Recommendation(Doc):
    says: Says
    composite: Estimate
    bar: float
    bar_set_by: str
    bar_set_on: str
    terms: tuple[Term, ...]
    sides: tuple[Side, ...]
    reasons: tuple[Reason, ...]  # those that decided first
    rule: Rule
    rule_says: tuple[str, ...]


def recommend(
    rubric: Rubric,
    raters: tuple[tuple[str, str], ...],
    cells: tuple[Cell, ...],
    coverage: tuple[Coverage, ...],
    rule: Rule,
) -> Recommendation:
    """What the rule says of these marks. `raters` are (seat, name) of those who submitted."""
    terms = weigh(rubric.dimensions, cells)
    composite = composed(rubric, terms)
    sides = tuple(_side(rubric, rater, name, cells) for rater, name in raters)
    thin = tuple(_thin(rubric, raters, cells, coverage, composite, rule))
    torn = tuple(_torn(rubric, cells, sides, composite, rule))
    above = composite.value is not None and composite.value >= rubric.bar - ROUNDING
    floored = tuple(_floored(rubric, terms, cells))
    carries = tuple(_carries(rubric, terms, cells, composite))
    verdict: Says = "hire" if above and not floored else "no_hire"
    return Recommendation(
        says="not_enough_evidence" if thin else "debrief" if torn else verdict,
        composite=composite.rounded(),
        bar=rubric.bar,
        bar_set_by=rubric.bar_set_by,
        bar_set_on=rubric.bar_set_on,
        terms=tuple(_rounded(term) for term in terms),
        sides=sides,
        reasons=(*thin, *torn, *floored, *carries),
        rule=rule,
        rule_says=rule.sentences(),
    )


def weigh(dimensions: tuple[Dimension, ...], cells: tuple[Cell, ...]) -> tuple[Term, ...]:
    """Each dimension's mean level and its share of the weight of those that were observed."""
    given = {d.key: _given(cells, d.key) for d in dimensions}
    total = sum(d.weight for d in dimensions if given[d.key])
    return tuple(_term(d, given[d.key], total) for d in dimensions)


def composed(rubric: Rubric, terms: tuple[Term, ...]) -> Estimate:
    """The weighted composite on the rubric's own scale; n counts the marks that entered."""
    n = sum(len(term.marks) for term in terms)
    if len({tuple(level.value for level in d.levels) for d in rubric.dimensions}) > 1:
        return unknown("the dimensions are marked on different scales", n)
    if not n:
        return unknown("nothing was observed")
    return Estimate(value=sum(t.adds for t in terms), n=n, caution="no interval: " + _NO_INTERVAL)


_NO_INTERVAL = "two or three marks on each dimension cannot carry one"


def _given(cells: tuple[Cell, ...], dimension: str) -> tuple[tuple[str, int], ...]:
    return tuple((c.rater, c.level) for c in cells if c.dimension == dimension and c.level is not None)


def _term(dimension: Dimension, marks: tuple[tuple[str, int], ...], total: float) -> Term:
    average = mean(tuple(level for _, level in marks))
    share = dimension.weight / total if marks else 0.0
    return Term(
        dimension=dimension.key,
        name=dimension.name,
        weight=dimension.weight,
        share=share,
        marks=marks,
        mean=average,
        adds=share * (average.value or 0.0),
    )


def _rounded(term: Term) -> Term:
    return term.model_copy(
        update={"share": round(term.share, 4), "adds": round(term.adds, 4), "mean": term.mean.rounded()}
    )


def _side(rubric: Rubric, rater: str, name: str, cells: tuple[Cell, ...]) -> Side:
    own = composed(rubric, weigh(rubric.dimensions, tuple(c for c in cells if c.rater == rater)))
    above = None if own.value is None else own.value >= rubric.bar - ROUNDING
    return Side(rater=rater, name=name, composite=own.rounded(), above=above)


# --- not enough evidence -------------------------------------------------------------------------


def _thin(
    rubric: Rubric,
    raters: tuple[tuple[str, str], ...],
    cells: tuple[Cell, ...],
    coverage: tuple[Coverage, ...],
    composite: Estimate,
    rule: Rule,
) -> Iterable[Reason]:
    if len(raters) < rule.sheets:
        were = f"{len(raters)} scoresheet{' was' if len(raters) == 1 else 's were'} submitted"
        yield Reason(code="few_sheets", text=f"{were}; the rule asks for at least {rule.sheets}.")
    if composite.why is not None:
        yield Reason(code="no_composite", text=f"There is no composite: {composite.why}.")
    yield from _unobserved(rubric, cells, rule)
    yield from _unquoted(rubric, cells)
    for line in coverage:
        if not line.spoken:
            text = f"Nothing put into the room probed {line.name} ({line.planned} planned)."
            yield Reason(code="not_probed", text=text, dimension=line.dimension)


def _unobserved(rubric: Rubric, cells: tuple[Cell, ...], rule: Rule) -> Iterable[Reason]:
    unseen = sum(cell.level is None for cell in cells)
    if cells and unseen / len(cells) > rule.not_observed + ROUNDING:
        share = f"{unseen} of {len(cells)} marks are “not observed” ({unseen / len(cells):.0%})"
        yield Reason(code="not_observed", text=f"{share}; the rule allows {rule.not_observed:.0%}.")
    for d in rubric.dimensions:
        if cells and d.weight >= rule.must_weight and not _given(cells, d.key):
            text = f"Nobody observed {d.name}, which weighs {d.weight:g}."
            yield Reason(code="must_unobserved", text=text, dimension=d.key)


def _unquoted(rubric: Rubric, cells: tuple[Cell, ...]) -> Iterable[Reason]:
    names = {d.key: d.name for d in rubric.dimensions}
    for cell in cells:
        if cell.level is not None and not cell.evidence:
            text = f"{cell.rater_name} marked {names[cell.dimension]} {cell.level} without a quote."
            yield Reason(code="no_quote", text=text, dimension=cell.dimension)


# --- debrief -------------------------------------------------------------------------------------------


def _torn(
    rubric: Rubric, cells: tuple[Cell, ...], sides: tuple[Side, ...], composite: Estimate, rule: Rule
) -> Iterable[Reason]:
    for d in rubric.dimensions:
        given = [c for c in cells if c.dimension == d.key and c.level is not None]
        if given and spread(given) >= rule.apart:
            marks = " and ".join(f"{c.rater_name} {c.level}" for c in given)
            text = f"Raters are {spread(given)} levels apart on {d.name}: {marks}."
            yield Reason(code="apart", text=text, dimension=d.key, quotes=_first_quotes(given))
    if {side.above for side in sides} >= {True, False}:
        each = ", ".join(f"{s.name} {s.composite.value:.2f}" for s in sides if s.composite.value is not None)
        text = f"Raters stand on different sides of the bar of {rubric.bar:g}: {each}."
        yield Reason(code="sides", text=text)
    if composite.value is not None and abs(composite.value - rubric.bar) <= rule.band + ROUNDING:
        text = (
            f"The composite of {composite.value:.2f} lies within {rule.band:g} of the bar of {rubric.bar:g}."
        )
        yield Reason(code="near_bar", text=text)


def spread(given: Iterable[Cell]) -> int:
    """Levels between the highest and the lowest mark; 0 when there are none to compare."""
    levels = [cell.level for cell in given if cell.level is not None]
    return max(levels) - min(levels) if levels else 0


# --- what carries the composite ----------------------------------------------------------------------------


def _floored(rubric: Rubric, terms: tuple[Term, ...], cells: tuple[Cell, ...]) -> Iterable[Reason]:
    """Must-haves that nothing else makes up for."""
    for d, term in zip(rubric.dimensions, terms, strict=True):
        level = term.mean.value
        if d.floor is not None and level is not None and level < d.floor - ROUNDING:
            text = f"{d.name} is a must-have: its mean of {level:.2f} lies below the floor of {d.floor:g}."
            given = [c for c in cells if c.dimension == d.key and c.level is not None]
            yield Reason(code="below_floor", text=text, dimension=d.key, quotes=_first_quotes(given))


def _carries(
    rubric: Rubric, terms: tuple[Term, ...], cells: tuple[Cell, ...], composite: Estimate
) -> Iterable[Reason]:
    if composite.value is None:
        return
    gap = composite.value - rubric.bar
    where = "on" if abs(gap) <= ROUNDING else "above" if gap > 0 else "below"
    by = "" if where == "on" else f" by {abs(gap):.2f}"
    yield Reason(
        code="composite",
        text=f"The composite of {composite.value:.2f} is {where} the bar of {rubric.bar:g}{by}.",
    )
    seen = sorted((t for t in terms if t.marks), key=lambda t: (t.mean.value or 0.0, -t.weight))
    yield _carrying("strongest", seen[-1], cells)
    if len(seen) > 1:
        yield _carrying("weakest", seen[0], cells)


def _carrying(code: Literal["strongest", "weakest"], term: Term, cells: tuple[Cell, ...]) -> Reason:
    given = [c for c in cells if c.dimension == term.dimension and c.level is not None]
    text = f"{code.capitalize()}: {term.name}, mean {term.mean.value:.2f}, weight {term.weight:g}."
    return Reason(code=code, text=text, dimension=term.dimension, quotes=_first_quotes(given))


def _first_quotes(cells: Iterable[Cell]) -> tuple[Quoted, ...]:
    """The first quote of each rater, each moment once."""
    found: dict[tuple[str, str], Quoted] = {}
    for cell in cells:
        for quote in cell.evidence[:1]:
            found.setdefault((quote.by, quote.text), quote)
    return tuple(found.values())
