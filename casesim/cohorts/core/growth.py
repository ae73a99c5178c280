"""How somebody's marks go from round to round, dimension by dimension, and where to draw them. Pure."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from scoring.core.estimate import Estimate

WIDTH, HEIGHT = 320, 120  # of one chart
LEFT, RIGHT, TOP, BOTTOM = 30, 12, 10, 22  # room for what is written around it


class Played(NamedTuple):
    """A room somebody was candidate in. Without `dimensions` (of a report), `why` says what is missing."""

    round: int  # from 1
    case: str
    dimensions: tuple[dict[str, Any], ...]
    why: str = ""


class Point(NamedTuple):
    """One round on one dimension. `fair`: what an average rater would give; `raw`: the mean of the marks."""

    round: int
    case: str
    fair: Estimate
    raw: float | None


class Line(NamedTuple):
    """One dimension over the rounds. `scale`: its lowest and highest level."""

    key: str
    name: str
    scale: tuple[int, int]
    points: tuple[Point, ...]

    @property
    def says(self) -> str:
        return _says([p for p in self.points if p.fair.value is not None])


def growth(rooms: Sequence[Played]) -> tuple[Line, ...]:
    """A line for each dimension that any of these rooms has a report on, in the rubric's order."""
    found: dict[str, Line] = {}
    for room in sorted(rooms, key=lambda each: each.round):
        for each in room.dimensions:
            levels = [level["value"] for level in each["levels"]]
            point = Point(
                room.round, room.case, Estimate(**_estimate(each["adjusted"])), each["raw"]["value"]
            )
            empty = Line(each["key"], each["name"], (levels[0], levels[-1]), ())
            line = found.get(each["key"], empty)
            found[each["key"]] = line._replace(points=(*line.points, point))
    return tuple(found.values())


def _estimate(document: dict[str, Any]) -> dict[str, Any]:
    interval = document.get("interval")
    return {**document, "interval": tuple(interval) if interval else None}


def _says(known: Sequence[Point]) -> str:
    """What may be said of the way from the first round to the last, and no more."""
    if not known:
        return "No number yet."
    first, last = known[0], known[-1]
    if len(known) == 1:
        return f"One round so far: {_in_words(first)}. Growth needs a second one."
    went = (last.fair.value or 0.0) - (first.fair.value or 0.0)
    way = "up" if went > 0 else "down"
    told = f"From {_in_words(first)} to {_in_words(last)}"
    if abs(went) < 0.05:
        return f"{told}: the same."
    if first.fair.interval is None or last.fair.interval is None:
        return f"{told}: {way}, and nobody knows how sure that is."
    apart = last.fair.interval[0] > first.fair.interval[1] or last.fair.interval[1] < first.fair.interval[0]
    if apart:
        return f"{told}: {way}, and more than chance would do."
    return f"{told}: {way}, but the intervals overlap, so it may be chance."


def _in_words(point: Point) -> str:
    value = f"{point.fair.value:.1f}"
    if point.fair.interval is None:
        return f"{value} in round {point.round}"
    low, high = point.fair.interval
    return f"{value} ({low:.1f} to {high:.1f}) in round {point.round}"


# --- where to draw it ---------------------------------------------------------------------------------------


class Dot(NamedTuple):
    """A round in a chart: the fair value with its interval, and the mean of the marks as given."""

    x: float
    y: float
    low: float | None
    high: float | None
    raw: float | None
    title: str


class Chart(NamedTuple):
    dots: tuple[Dot, ...]
    path: str  # points of the line between them
    ticks: tuple[tuple[float, int], ...]  # of the levels
    rounds: tuple[tuple[float, int], ...]


def chart(line: Line, rounds: int) -> Chart:
    """Where everything of a line stands, in units of the chart; `rounds` of the cohort lie along it."""
    low, high = line.scale

    def x(number: int) -> float:
        return round(LEFT + (WIDTH - LEFT - RIGHT) * (number - 0.5) / rounds, 1)

    def y(value: float) -> float:
        share = (min(max(value, low), high) - low) / (high - low)
        return round(HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * share, 1)

    dots = tuple(
        Dot(
            x=x(point.round),
            y=y(point.fair.value),
            low=y(point.fair.interval[0]) if point.fair.interval else None,
            high=y(point.fair.interval[1]) if point.fair.interval else None,
            raw=y(point.raw) if point.raw is not None else None,
            title=_in_words(point),
        )
        for point in line.points
        if point.fair.value is not None
    )
    return Chart(
        dots=dots,
        path=" ".join(f"{dot.x},{dot.y}" for dot in dots),
        ticks=tuple((y(level), level) for level in range(low, high + 1)),
        rounds=tuple((x(number), number) for number in range(1, rounds + 1)),
    )
