"""What was measured, on what machine; printed as a table and kept as JSON."""

import json
import os
import platform
import subprocess
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import Any

from casesim.processes import ROOT


@dataclass(frozen=True, slots=True)
class Goal:
    """Where we want a number to be, bounds included; `least` or `most` is None where it is unbounded."""

    least: float | None = None
    most: float | None = None

    def met(self, value: float | None) -> bool:
        """Whether a number is there. One that could not be measured is not."""
        if value is None:
            return False
        return (self.least is None or value >= self.least) and (self.most is None or value <= self.most)

    def __str__(self) -> str:
        bounds = ((">=", self.least), ("<=", self.most))
        return " and ".join(f"{sign} {bound:g}" for sign, bound in bounds if bound is not None)


def at_most(most: float) -> Goal:
    return Goal(most=most)


def at_least(least: float) -> Goal:
    return Goal(least=least)


@dataclass(frozen=True, slots=True)
class Figure:
    """One number. `unit` "x" is a ratio taken in this run; `goal` is where we want it."""

    part: str
    name: str
    value: float | None
    unit: str
    goal: Goal | None = None
    note: str = ""

    def verdict(self) -> str:
        """Whether the goal is met, in a word; empty where there is none."""
        return "" if self.goal is None else "met" if self.goal.met(self.value) else "MISSED"


def table(figures: Sequence[Figure]) -> str:
    """The figures in aligned columns."""
    rows = [("part", "what", "value", "unit", "goal", "", "note")]
    rows += [
        (f.part, f.name, plain(f.value), f.unit, str(f.goal or ""), f.verdict(), f.note) for f in figures
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(6)]
    return "\n".join(_line(row, widths) for row in rows)


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    part, name, value, *others = (cell.ljust(width) for cell, width in zip(row[:6], widths, strict=True))
    return "  ".join([part, name, value.strip().rjust(widths[2]), *others, row[-1]]).rstrip()


def plain(value: float | None) -> str:
    """A number with as many digits as it deserves."""
    if value is None:
        return "none"
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


def keep(figures: Sequence[Figure], about: dict[str, Any], path: Path) -> None:
    """Write what was measured beside what it was measured on."""
    path.write_text(json.dumps({"machine": about, "figures": [asdict(f) for f in figures]}, indent=2) + "\n")


def machine(directory: Path) -> dict[str, Any]:
    """What a reader needs to know of the machine; the load tells how busy it was with other work."""
    return {
        "processor": _processor(),
        "cores": len(os.sched_getaffinity(0)),
        "load": round(os.getloadavg()[0], 2),
        "fsync_ms": round(fsync_ms(directory), 3),
        "python": platform.python_version(),
        "kernel": platform.release(),
        "commit": _commit(),
        "at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
    }


def fsync_ms(directory: Path, times: int = 60) -> float:
    """How long the disk takes to say that a write is safe: the median, in ms."""
    took = []
    with (directory / "fsync").open("wb", buffering=0) as file:
        for _ in range(times):
            file.write(b"x" * 4096)
            begun = time.perf_counter()
            os.fsync(file.fileno())
            took.append(time.perf_counter() - begun)
    return median(took) * 1000


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    return next((line.split(":")[1].strip() for line in lines if line.startswith("model name")), "unknown")


def _commit() -> str:
    asked = ["git", "describe", "--always", "--dirty"]
    return subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=False).stdout.strip()
