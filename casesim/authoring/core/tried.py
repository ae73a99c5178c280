"""What many runs of a scenario show together: pacing, injects that never come, dead air, lines said twice,
and whether candidates of different strength are told apart. Runs in, a plain document out.
"""

from collections.abc import Iterable, Sequence
from statistics import fmean, median
from typing import Any

from casesim.authoring.core.runs import BIN, Run, Stretch
from casesim.authoring.core.separation import compared, order, spread
from scenarios.core.schema import Inject, Scenario

DEAD = 120  # seconds without a word of anybody that an author should know of
LONGEST = 5  # silences that are named

Doc = dict[str, Any]


def tried(scenario: Scenario, runs: Sequence[Run]) -> Doc:
    """The report of a rehearsal of many runs. Seconds throughout; shares from 0 to 1."""
    scripts = list(dict.fromkeys(run.script for run in runs))
    composites = {
        name: [r.composite for r in runs if r.script == name and r.composite is not None] for name in scripts
    }
    return {
        "scenario": scenario.slug,
        "runs": {name: sum(r.script == name for r in runs) for name in scripts},
        "phases": [_phase(scenario, p.key, p.name, p.seconds, runs) for p in scenario.phases],
        "injects": [_inject(i, runs, scripts) for i in scenario.injects],
        "never": [i.key for i in scenario.injects if not any(i.key in r.injects for r in runs)],
        "silences": _silences(runs),
        "twice": _twice(runs),
        "composites": {
            name: spread(composites[name]) for name in [*order(composites), *_unmarked(composites)]
        },
        "decisions": {
            name: round(fmean(r.decisions for r in runs if r.script == name), 1) for name in scripts
        },
        "separation": compared(composites),
        "bar": scenario.rubric.bar,
        "scale": [1, max((len(d.levels) for d in scenario.rubric.dimensions), default=1)],
    }


def verdict(doc: Doc) -> list[str]:
    """What an author should look at, in sentences; empty if nothing stands out."""
    found = [f"{key} never came in any run." for key in doc["never"]]
    found += [
        f"In {phase['name']} nobody said a word for {phase['longest']} s in one run "
        f"({phase['dead_runs']} of {sum(doc['runs'].values())} runs had {DEAD} s or more)."
        for phase in doc["phases"]
        if phase["dead_runs"]
    ]
    found += [f"Said twice in {line['rooms']} room(s): “{line['text']}”" for line in doc["twice"]]
    found += [
        f"{pair['stronger']} and {pair['weaker']} are not told apart"
        f"{', perhaps for want of runs' if pair['too_few'] else ''}: {pair['chance']:.2f} "
        f"({pair['interval'][0]:.2f} to {pair['interval'][1]:.2f})."
        for pair in doc["separation"]
        if not pair["told_apart"]
    ]
    return found


# --- pacing --------------------------------------------------------------------------------------------


def _phase(scenario: Scenario, key: str, name: str, seconds: int, runs: Sequence[Run]) -> Doc:
    played = [s for r in runs for s in r.stretches if s.phase == key]
    put = [sum(scenario.inject(k).phase == key for k in r.injects) for r in runs]
    return {
        "key": key,
        "name": name,
        "seconds": seconds,
        "bin": BIN,
        "candidate": _mean_bins([s.candidate for s in played]),  # words a bin, mean over the runs
        "panel": _mean_bins([s.panel for s in played]),
        "turns": round(fmean(s.turns for s in played), 1) if played else 0,
        "injects": round(fmean(put), 1) if put else 0,
        "share": _share(played),
        "silence": round(median(s.silence for s in played)) if played else 0,
        "longest": max((s.silence for s in played), default=0),
        "dead_runs": sum(s.silence >= DEAD for s in played),
    }


def _mean_bins(bins: Sequence[Sequence[int]]) -> list[float]:
    width = max((len(b) for b in bins), default=0)
    return [round(sum(b[n] for b in bins if n < len(b)) / len(bins), 1) for n in range(width)]


def _share(played: Iterable[Stretch]) -> float | None:
    """The candidate's share of all words."""
    own, panel = 0, 0
    for s in played:
        own, panel = own + sum(s.candidate), panel + sum(s.panel)
    return round(own / (own + panel), 3) if own + panel else None


# --- injects, silences, lines -------------------------------------------------------------------------


def _inject(inject: Inject, runs: Sequence[Run], scripts: Sequence[str]) -> Doc:
    at = sorted(r.injects[inject.key] for r in runs if inject.key in r.injects)
    return {
        "key": inject.key,
        "phase": inject.phase,
        "title": inject.title,
        "fired": {name: sum(inject.key in r.injects for r in runs if r.script == name) for name in scripts},
        "first": at[0] if at else None,
        "usual": round(median(at)) if at else None,
        "last": at[-1] if at else None,
    }


def _silences(runs: Sequence[Run]) -> list[Doc]:
    """The longest, one a phase and script, so that one bad corner does not hide the others."""
    worst: dict[tuple[str, str], Doc] = {}
    for run in runs:
        for s in run.stretches:
            one = {
                "script": run.script,
                "seed": run.seed,
                "phase": s.phase,
                "at": s.silent_at,
                "seconds": s.silence,
            }
            if s.silence > worst.get((run.script, s.phase), {"seconds": -1})["seconds"]:
                worst[run.script, s.phase] = one
    return sorted(worst.values(), key=lambda one: -one["seconds"])[:LONGEST]


def _twice(runs: Sequence[Run]) -> list[Doc]:
    rooms: dict[str, int] = {}
    for run in runs:
        for text in run.twice:
            rooms[text] = rooms.get(text, 0) + 1
    return [{"text": text, "rooms": n} for text, n in sorted(rooms.items(), key=lambda pair: -pair[1])]


def _unmarked(composites: dict[str, list[float]]) -> list[str]:
    return [name for name, found in composites.items() if not found]
