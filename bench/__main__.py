"""Run the parts, print a table, write `var/bench.json`."""

import argparse
import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from importlib import import_module
from pathlib import Path

from bench.figures import Figure, keep, machine, table
from bench.run import Run
from casesim.processes import ROOT, Crew, Died, bundled_redis, free_port, stopping_signals

# Each part is a module with `measure(run: Run) -> list[Figure]`, in the order they are run.
PARTS = {
    "core": "bench.core",
    "writer": "bench.writer",
    "live": "bench.live",
    "top": "bench.top",
    "crowd": "bench.crowd",
    "two": "bench.two",
    "history": "bench.history",
    "where": "bench.where",
    "units": "bench.units",
    "rehearsal": "bench.rehearsal",
    "rotation": "bench.rotation",
    "scoring": "bench.scoring",
    "decision": "bench.decision",
    "effects": "bench.effects",
    "outcomes": "bench.outcomes",
}
# Only when they are named: they take long, or need something that is not installed.
BY_NAME = {"study": "bench.study", "soak": "bench.soak", "uvicorn": "bench.uvicorn"}


def main() -> int:
    known = PARTS | BY_NAME
    parser = argparse.ArgumentParser(prog="python -m bench")
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"of {', '.join(known)}")
    parser.add_argument("--rounds", type=int, default=3, help="medians of so many rounds (3)")
    parser.add_argument("--minutes", type=float, default=10, help="how long the soak is (10)")
    parser.add_argument("--rooms", type=int, default=200, help="how many rooms the soak has at a time (200)")
    parser.add_argument("--python", default="", help="one that has uvicorn installed")
    options = parser.parse_args()
    if strangers := set(options.parts) - set(known):
        parser.error(f"there is no part {', '.join(sorted(strangers))}")
    parts = [part for part in known if part in (options.parts or PARTS)]
    kept = Path(os.environ.get("CASESIM_VAR") or ROOT / "var").resolve()
    kept.mkdir(parents=True, exist_ok=True)
    # Beside the real data, so that commits are timed on the same disk; and never in it.
    with stopping_signals(), tempfile.TemporaryDirectory(prefix="bench-", dir=kept) as name:
        told = Run(Path(name), options.rounds, options.minutes, options.rooms, options.python)
        return bench(parts, told, kept / "bench.json")


def bench(parts: list[str], run: Run, result: Path) -> int:
    """Measure in databases and with servers of this run alone. 1 if a server died; a missed goal is told."""
    run.directory.chmod(0o711)  # PostgreSQL may have to run as another user
    about = machine(run.directory)
    figures: list[Figure] = []
    with Crew(run.directory / "log") as crew:
        try:
            set_up(crew, run.directory)
            for part in parts:
                figures += measured(part, replace(run, directory=run.directory / part))
        except Died as died:
            print(f"{died}\n{died.log}", file=sys.stderr)
            return 1
    print("\n" + table(figures) + "\n")
    print(", ".join(f"{key} {value}" for key, value in about.items()))
    keep(figures, about, result)
    print(f"Written to {result}")
    sum_up(figures)
    return 0


def sum_up(figures: list[Figure]) -> None:
    """Say how many goals were met, and which were not."""
    goals = [figure for figure in figures if figure.goal is not None]
    missed = [figure for figure in goals if not figure.goal.met(figure.value)]
    print(f"{len(goals) - len(missed)} of {len(goals)} goals met")
    for figure in missed:
        print(f"  missed: {figure.part}, {figure.name}")


def set_up(crew: Crew, directory: Path) -> None:
    """A Redis and an empty SQLite database, for the parts that measure in this process."""
    os.environ.pop("DATABASE_URL", None)
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))  # thousands of sockets, here and in servers
    redis = bundled_redis(directory / "redis", free_port())
    crew.start(redis)
    os.environ |= {**redis.env, "CASESIM_VAR": str(directory), "LOG_LEVEL": "WARNING"}
    os.environ["DJANGO_SETTINGS_MODULE"] = "casesim.settings"
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0, interactive=False)


def measured(part: str, run: Run) -> list[Figure]:
    """The figures of one part. It is imported only now: the settings are read at the import."""
    print(f"{part} ...", end=" ", flush=True)
    run.directory.mkdir(mode=0o711)
    begun = time.perf_counter()
    measure: Callable[[Run], list[Figure]] = import_module((PARTS | BY_NAME)[part]).measure
    figures = measure(run)
    print(f"{time.perf_counter() - begun:.0f} s")
    return figures


if __name__ == "__main__":
    sys.exit(main())
