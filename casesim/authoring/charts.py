"""Numbers of a rehearsal as places in a drawing: templates only write them down. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

WIDTH, HALF = 720, 56  # of a phase's drawing; the candidate above the line, the panel below
MARK = 9  # room for the injects' ticks
SCALE_WIDTH = 480  # of a lane of composites


@dataclass(frozen=True, slots=True)
class Bar:
    x: float
    width: float
    up: float  # height of the candidate's
    top: float  # y of it
    down: float  # height of the panel's


@dataclass(frozen=True, slots=True)
class Tick:
    x: float
    key: str


@dataclass(frozen=True, slots=True)
class Pacing:
    """One phase drawn: bars of words, ticks of injects."""

    phase: Mapping[str, Any]
    bars: tuple[Bar, ...]
    ticks: tuple[Tick, ...]
    axis: float
    height: float
    says: str


@dataclass(frozen=True, slots=True)
class Lane:
    """The composites of one script, drawn on the rubric's scale."""

    name: str
    dots: tuple[float, ...]
    middle: float | None
    spread: Mapping[str, Any]


def pacing(found: Mapping[str, Any]) -> tuple[Pacing, ...]:
    most = max((max([*p["candidate"], *p["panel"], 1]) for p in found["phases"]), default=1)
    return tuple(_phase(p, found["injects"], most) for p in found["phases"])


def _phase(p: Mapping[str, Any], injects: list[Mapping[str, Any]], most: float) -> Pacing:
    axis = MARK + HALF
    scale = WIDTH / max(1, len(p["candidate"])) if p["candidate"] else WIDTH
    bars = tuple(
        Bar(round(n * scale + 1, 1), round(max(1, scale - 2), 1), up, round(axis - up, 1), down)
        for n, (own, panel) in enumerate(zip(p["candidate"], p["panel"], strict=True))
        for up, down in [(round(HALF * own / most, 1), round(HALF * panel / most, 1))]
    )
    put = [i for i in injects if i["phase"] == p["key"] and i["usual"] is not None]
    ticks = tuple(Tick(round(WIDTH * i["usual"] / p["seconds"], 1), i["key"]) for i in put)
    says = (
        f"{p['name']}: {p['turns']} turns of the candidate, {p['injects']} injects, silence usually "
        f"{p['silence']} s and at most {p['longest']} s"
    )
    return Pacing(p, bars, ticks, axis, axis + HALF, says)


def lanes(found: Mapping[str, Any]) -> tuple[Lane, ...]:
    low, high = found["scale"]
    return tuple(
        Lane(
            name,
            tuple(_x(value, low, high) for value in spread.get("all", ())),
            _x(spread["mean"], low, high) if spread["n"] else None,
            spread,
        )
        for name, spread in found["composites"].items()
    )


def bar_at(found: Mapping[str, Any]) -> float:
    return _x(found["bar"], *found["scale"])


def _x(value: float, low: float, high: float) -> float:
    return round(10 + (SCALE_WIDTH - 20) * (value - low) / max(1, high - low), 1)
