"""Run the parts, print a table, write `var/bench.json`."""

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path

from bench.figures import Figure, keep, machine, table
from casesim.processes import ROOT, Crew, Died, bundled_redis, free_port, stopping_signals

PARTS = ("core", "writer", "live", "rehearsal")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench")
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"of {', '.join(PARTS)}; none: all")
    asked = parser.parse_args().parts or list(PARTS)
    if strangers := set(asked) - set(PARTS):
        parser.error(f"there is no part {', '.join(sorted(strangers))}")
    kept = Path(os.environ.get("CASESIM_VAR") or ROOT / "var").resolve()
    kept.mkdir(parents=True, exist_ok=True)
    # Beside the real data, so that commits are timed on the same disk; and never in it.
    with stopping_signals(), tempfile.TemporaryDirectory(prefix="bench-", dir=kept) as name:
        return run([part for part in PARTS if part in asked], Path(name), kept / "bench.json")


def run(parts: list[str], directory: Path, result: Path) -> int:
    """Measure in a database and with servers of this run alone."""
    about = machine(directory)
    figures: list[Figure] = []
    with Crew(directory / "log") as crew:
        try:
            set_up(crew, directory)
            for part in parts:
                figures += measured(part, crew)
        except Died as died:
            print(f"{died}\n{died.log}", file=sys.stderr)
            return 1
    print("\n" + table(figures) + "\n")
    print(", ".join(f"{key} {value}" for key, value in about.items()))
    keep(figures, about, result)
    print(f"Written to {result}")
    return 0


def set_up(crew: Crew, directory: Path) -> None:
    """A Redis and an empty SQLite database, for this process and for those it starts."""
    os.environ.pop("DATABASE_URL", None)
    redis = bundled_redis(directory / "redis", free_port())
    crew.start(redis)
    os.environ |= {**redis.env, "CASESIM_VAR": str(directory), "LOG_LEVEL": "WARNING"}
    os.environ["DJANGO_SETTINGS_MODULE"] = "casesim.settings"
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0, interactive=False)


def measured(part: str, crew: Crew) -> list[Figure]:
    """The figures of one part. It is imported only now: the settings are read at the import."""
    print(f"{part} ...", end=" ", flush=True)
    begun = time.perf_counter()
    if part == "core":
        from bench.core import measure
    elif part == "writer":
        from bench.writer import measure
    elif part == "rehearsal":
        from bench.rehearsal import measure
    else:
        from bench import live

        figures = live.measure(crew)
        print(f"{time.perf_counter() - begun:.0f} s")
        return figures
    figures = measure()
    print(f"{time.perf_counter() - begun:.0f} s")
    return figures


if __name__ == "__main__":
    sys.exit(main())
