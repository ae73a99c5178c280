"""How long a whole hour takes without people: `manage.py rehearse`, from the shell to the report."""

import json
import resource
import subprocess
import sys
import time

from bench.figures import Figure
from bench.run import Run
from casesim.processes import ROOT
from scenarios.loader import load_bundled

SCENARIO = "fraud"
CANDIDATES = ("strong", "weak")


def measure(_: Run) -> list[Figure]:
    """Wall and processor time, and how much faster than the hour itself."""
    played = sum(phase.seconds for phase in load_bundled(SCENARIO).phases)
    figures = []
    for candidate in CANDIDATES:
        wall, processor, events = rehearsed(candidate)
        name, note = f"rehearse {SCENARIO}, {candidate}", f"{events} events"
        figures.append(Figure("rehearsal", f"{name}: wall", wall, "s", note=note))
        figures.append(Figure("rehearsal", f"{name}: processor", processor, "s"))
        figures.append(Figure("rehearsal", f"{name}: played time against wall", played / wall, "x"))
    return figures


def rehearsed(candidate: str) -> tuple[float, float, int]:
    """Wall seconds, processor seconds and events of one rehearsal."""
    before, begun = _processor(), time.perf_counter()
    command = [sys.executable, "manage.py", "rehearse", SCENARIO, "--candidate", candidate, "--json"]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
    wall = time.perf_counter() - begun
    return wall, _processor() - before, sum(json.loads(done.stdout)["events"].values())


def _processor() -> float:
    """Processor seconds of the children that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
