"""The rubric: one scale, and a bar that lies on it."""

from collections.abc import Iterator

from scenarios.core.checks.problem import Loc, Problem
from scenarios.core.schema import Level, Scenario


def the_scale_is_one(s: Scenario) -> Iterator[Problem]:
    dimensions, closing = s.rubric.dimensions, s.rubric.closing
    if not dimensions:
        yield Problem(("rubric", "dimensions"), "a rubric needs a dimension")
        return
    top = len(dimensions[0].levels)
    for n, dimension in enumerate(dimensions):
        yield from _rungs(("rubric", "dimensions", n, "levels"), dimension.levels, top)
    yield from _rungs(("rubric", "closing", "levels"), closing.levels, len(closing.levels))
    if not 1 <= s.rubric.bar <= top:
        yield Problem(("rubric", "bar"), f"the bar must lie on the scale from 1 to {top}")


def _rungs(loc: Loc, levels: tuple[Level, ...], top: int) -> Iterator[Problem]:
    if [level.value for level in levels] != list(range(1, top + 1)) or top < 2:
        yield Problem(loc, f"levels must be 1 to {max(top, 2)}, in that order, as in the first dimension")
