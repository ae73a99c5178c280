"""A stage for each fault test, and the table of what was measured at the end of the run."""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg
import pytest

from casesim.processes import Crew
from tests import servers
from tests.faults.stage import Laid, Postgres, Stage, copied, lay

FIGURES: list[tuple[str, str]] = []
Note = Callable[[str, object], None]
Stages = Callable[..., Stage]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if FIGURES:
        terminalreporter.section("faults: measured")
        for what, value in FIGURES:
            terminalreporter.write_line(f"{what:<78} {value}")


@pytest.fixture
def note() -> Note:
    """Keep a figure for the summary: `note("kill -9: everybody back", "0.9 s")`."""

    def keep(what: str, value: object) -> None:
        FIGURES.append((what, f"{value:.3f} s" if isinstance(value, float) else str(value)))

    return keep


@pytest.fixture(scope="session")
def laid(tmp_path_factory: pytest.TempPathFactory) -> Laid:
    return lay(tmp_path_factory.mktemp("laid"))


@pytest.fixture(scope="session")
def postgres_crew() -> Iterator[tuple[Crew, str, Laid]]:
    """A PostgreSQL of these tests alone, which may be stopped hard: what it acknowledged must last.

    Its own user has to find its way. That is not to be had below pytest's directory: another run of pytest on
    this machine would close it again under its feet.
    """
    with TemporaryDirectory(prefix="casesim-faults-") as directory:
        home = Path(directory)
        with Crew(home / "log") as crew:
            url = servers.postgresql(crew, home)["DATABASE_URL"]
            with psycopg.connect(url, autocommit=True) as connection:
                connection.execute("ALTER ROLE casesim SET synchronous_commit = on")
                connection.execute("CREATE DATABASE laid")
            yield crew, url, lay(home / "laid", url.replace("/postgres", "/laid"))


_databases = count(1)


def _database(url: str) -> str:
    """A new database like the one that was laid. The server may be mending what an earlier row broke."""
    for tries in range(5):
        name = f"stage{next(_databases)}"
        try:
            with psycopg.connect(url, autocommit=True) as connection:
                # FILE_COPY: what is copied through the write-ahead log takes along how far ahead its
                # sequences were logged, and a crash soon after would then set them back
                connection.execute(f"CREATE DATABASE {name} TEMPLATE laid STRATEGY FILE_COPY")
            return name
        except psycopg.OperationalError as error:
            met = str(error)
            time.sleep(tries)
    raise AssertionError(f"the PostgreSQL of these tests does not come back: {met}")


@pytest.fixture
def stages(request: pytest.FixtureRequest, laid: Laid, tmp_path: Path) -> Iterator[Stages]:
    """Make a stage: `stages()` on SQLite, `stages("postgres")` on a PostgreSQL of the run."""
    with ExitStack() as stack:

        def make(database: str = "sqlite") -> Stage:
            crew = stack.enter_context(Crew(tmp_path / "log"))
            if database == "sqlite":
                return Stage(tmp_path, crew, copied(laid, tmp_path), list(laid.rooms.items()))
            _, url, there = request.getfixturevalue("postgres_crew")
            name = _database(url)
            return Stage(
                tmp_path, crew, Postgres(url.replace("/postgres", f"/{name}")), list(there.rooms.items())
            )

        yield make
