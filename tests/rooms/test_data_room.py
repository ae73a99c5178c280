"""The data room: what a query may do, what it may not, and that the room goes on whatever is asked."""

import os
import threading
import time
from pathlib import Path

import duckdb
import pytest

from rooms import questions
from rooms.access import SeatRef
from rooms.core import messages as m
from rooms.dataroom import child, engine, store
from rooms.live import log
from rooms.service import handle_now, known
from scenarios.core.recipes import Narrowing, Recipe
from tests.builders import VISITS, make_room, scenario

WIDE = {
    **VISITS["recipe"],
    "rows": 30_000,
    "columns": [
        *VISITS["recipe"]["columns"],
        {"kind": "category", "name": "shop", "about": "shop", "options": {"north": 2, "south": 1}},
        {"kind": "number", "name": "price", "about": "price", "shape": "uniform", "center": 5, "spread": 5},
    ],
}
OTHER = {**VISITS, "key": "salaries", "asked_words": ["salar"]}
CASE = scenario(data_sets=[{**VISITS, "recipe": WIDE}, OTHER])
CANDIDATE = "candidate"


@pytest.fixture(scope="module")
def var(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("var")


@pytest.fixture(autouse=True)
def _own_folder(settings, var) -> None:
    settings.VAR = var


@pytest.fixture
def visits() -> dict[str, str]:
    return {"visits": str(store.table_file("visits", Recipe.model_validate(WIDE), None))}


def asked(sql: str, tables: dict[str, str]) -> dict:
    """The query in this process: the same fences, without the cost of starting one."""
    try:
        return child.run(sql, tables)
    except duckdb.Error as error:
        return {"problem": child.plain(str(error))}


# --- answers ----------------------------------------------------------------------------------------------


def test_a_query_is_answered_in_a_process_of_its_own(visits):
    answer = engine.ask(
        "r", "SELECT shop, count(*) AS n FROM visits GROUP BY ALL ORDER BY shop", paths(visits)
    )
    assert [c["name"] for c in answer.columns] == ["shop", "n"]
    assert [row[0] for row in answer.rows] == ["north", "south"]
    assert sum(row[1] for row in answer.rows) == 30_000
    assert (answer.problem, answer.cut) == ("", False)


@pytest.mark.parametrize(
    "sql",
    [
        "FROM visits LIMIT 1",
        "SUMMARIZE visits",
        "DESCRIBE visits",
        "WITH v AS (SELECT * FROM visits) SELECT count(*) FROM v",
        "SELECT shop, avg(price) OVER (PARTITION BY shop) FROM visits LIMIT 3",
        "SELECT * FROM range(3)",
        "SELECT date_trunc('month', day), median(price) FROM main.visits GROUP BY ALL",
        "SELECT 1 -- ; ATTACH 'x'",
    ],
)
def test_ordinary_questions_are_answered(sql, visits):
    assert "problem" not in asked(sql, visits)


def test_an_answer_is_cut_at_a_thousand_rows_and_says_so(visits):
    told = asked("SELECT * FROM visits a, visits b", visits)
    assert (len(told["rows"]), told["cut"]) == (1_000, True)
    exact = asked("SELECT * FROM range(1000)", visits)
    assert (len(exact["rows"]), exact["cut"]) == (1_000, False)


def test_an_answer_of_long_cells_is_cut_as_well(visits):
    told = asked("SELECT repeat('x', 100000) AS a, repeat('y', 5000) FROM range(1000)", visits)
    assert max(len(cell) for row in told["rows"] for cell in row) == child.CELL
    assert sum(len(cell) for row in told["rows"] for cell in row) <= child.ANSWER + 2 * child.CELL


# --- attacks ------------------------------------------------------------------------------------------------

ONLY = "The data room answers one SELECT"
GRANTED = "among those you were granted"
CLOSED = "is closed here"
ATTACKS = [
    ("SELECT * FROM '/etc/passwd'", GRANTED),
    ("SELECT * FROM read_csv('/etc/passwd')", CLOSED),
    ("SELECT * FROM read_text('/proc/self/environ')", CLOSED),
    ("SELECT * FROM glob('/**')", CLOSED),
    ("FROM parquet_metadata('/x')", CLOSED),
    ("SELECT * FROM read_parquet('https://example.com/x.parquet')", CLOSED),
    ("SELECT * FROM 's3://bucket/x.csv'", GRANTED),
    ("SELECT (SELECT count(*) FROM read_blob('/etc/shadow'))", CLOSED),
    ("SELECT 1 FROM visits UNION ALL SELECT * FROM read_csv_auto('/etc/passwd')", CLOSED),
    ("SELECT 1 FROM visits WHERE price > (SELECT max(x) FROM read_json('/etc/hosts') t(x))", CLOSED),
    ("WITH RECURSIVE r AS (SELECT 1 UNION ALL SELECT * FROM sniff_csv('/etc/passwd')) FROM r", CLOSED),
    ("COPY visits TO '/tmp/x.csv'", ONLY),
    ("COPY (SELECT 1) TO '/dev/stdout'", ONLY),
    ("EXPORT DATABASE '/tmp/x'", ONLY),
    ("ATTACH '/tmp/x.db' AS x", ONLY),
    ("DETACH store0", ONLY),
    ("USE store0", ONLY),
    ("INSTALL httpfs", ONLY),
    ("LOAD httpfs", ONLY),
    ("PRAGMA database_list", ONLY),
    ("CALL pragma_version()", ONLY),
    ("SET memory_limit = '8GB'", ONLY),
    ("SET enable_external_access = true", ONLY),
    ("CREATE SECRET (TYPE s3)", ONLY),
    ("CREATE MACRO f() AS 1", ONLY),
    ("CREATE TABLE x AS SELECT 1", ONLY),
    ("CREATE OR REPLACE VIEW visits AS SELECT 1", ONLY),
    ("DELETE FROM visits", ONLY),
    ("INSERT INTO visits SELECT * FROM visits", ONLY),
    ("DROP VIEW visits", ONLY),
    ("PREPARE p AS SELECT 1", ONLY),
    ("EXPLAIN ANALYZE SELECT 1", ONLY),
    ("BEGIN TRANSACTION", ONLY),
    ("CHECKPOINT", ONLY),
    ("SELECT 1; SELECT 2", "there are 2 statements"),
    ("SELECT 1; DROP VIEW visits", ONLY),
    ("/* SELECT */ ATTACH 'y' -- SELECT", ONLY),
    ("SELECT getenv('HOME')", CLOSED),
    ("SELECT current_setting('temp_directory')", CLOSED),
    ("SELECT list_transform([1], lambda x: getvariable('x'))", CLOSED),
    ("SELECT sleep_ms(100000)", CLOSED),
    ("SELECT nextval('x')", CLOSED),
    ("SELECT * FROM query('SELECT 1')", CLOSED),
    ("SELECT * FROM query_table('duckdb_settings')", CLOSED),
    ("SELECT * FROM json_execute_serialized_sql('{}')", CLOSED),
    ("SELECT * FROM duckdb_settings()", CLOSED),
    ("SELECT * FROM duckdb_databases", GRANTED),
    ("SELECT * FROM information_schema.tables", GRANTED),
    ("SELECT * FROM pg_catalog.pg_tables", GRANTED),
    ("SELECT * FROM sqlite_master", GRANTED),
    ("SELECT * FROM store0.main.visits", GRANTED),
    ("SHOW TABLES", "DESCRIBE or SUMMARIZE"),
    ("SHOW ALL TABLES", "DESCRIBE or SUMMARIZE"),
    ("WITH duckdb_settings AS (SELECT 1) SELECT * FROM duckdb_settings", "the engine's own"),
    ("SELECT * FROM salaries", GRANTED),
    ("SELECT * FROM (WITH salaries AS (SELECT 1) SELECT 1) a, salaries", "salaries"),
    ("SELECT secret FROM visits", "secret"),
    ("SELEC 1", "syntax error"),
    (f"SELECT {'(' * 3000}1{')' * 3000}", "nested too deeply"),
    ("", "there are 0 statements"),
]


@pytest.mark.parametrize(("sql", "why"), ATTACKS, ids=[a[0][:60] for a in ATTACKS])
def test_what_a_query_may_not_do_is_refused_and_told(sql, why, visits):
    assert why in asked(sql, visits).get("problem", "it was answered")


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM read_text('/etc/passwd')",
        "SELECT * FROM '/etc/passwd'",
        "SELECT * FROM glob('/etc/*')",
        "COPY visits TO '/tmp/x.csv'",
        "ATTACH '/tmp/other.db' AS x",
        "INSTALL httpfs",
        "LOAD httpfs",
        "SET enable_external_access = true",
        "SET lock_configuration = false",
        "DELETE FROM store0.main.visits",
    ],
)
def test_behind_the_first_fence_stands_an_engine_that_can_reach_nothing(sql, visits):
    with child.locked(visits) as connection, pytest.raises(duckdb.Error):
        connection.execute(sql).fetchall()


@pytest.mark.parametrize(
    "sql",
    [
        "WITH RECURSIVE x AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM x) SELECT count(*) FROM x",
        "SELECT count(*) FROM visits a, visits b, visits c WHERE a.price + b.price > c.price",
    ],
    ids=["recursion", "cross join"],
)
def test_a_query_that_does_not_end_is_ended(sql, visits, monkeypatch):
    monkeypatch.setattr(engine, "SECONDS", 1.5)
    begun = time.monotonic()
    assert "stopped" in engine.ask("r", sql, paths(visits)).problem
    assert time.monotonic() - begun < 4


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT list(a.shop || b.shop) FROM visits a, visits b",
        "SELECT * FROM visits a, visits b ORDER BY a.price + b.price",
        "SELECT repeat('x', 2000000000)",
    ],
    ids=["list", "sort", "one cell"],
)
def test_a_query_that_wants_too_much_memory_is_told_how_much_there_is(sql, visits):
    assert "256 MB" in engine.ask("r", sql, paths(visits)).problem


def test_a_process_that_dies_is_a_sentence_and_no_crash(visits, monkeypatch):
    monkeypatch.setattr(engine.sys, "executable", "/bin/false")
    assert engine.ask("r", "SELECT 1", paths(visits)).problem == engine.STOPPED


def test_one_query_a_room_runs_at_a_time_and_a_few_of_all_rooms(monkeypatch):
    monkeypatch.setattr(engine, "WAIT", 0.2)
    held, free = threading.Event(), threading.Event()
    monkeypatch.setattr(engine, "_run", lambda _: (held.set(), free.wait(10), {"problem": "x"})[2])
    first = threading.Thread(target=engine.ask, args=("a", "SELECT 1", {}))
    first.start()
    held.wait(10)
    with pytest.raises(engine.Busy):
        engine.ask("a", "SELECT 1", {})
    others = [threading.Thread(target=engine.ask, args=(r, "SELECT 1", {})) for r in ("b", "c")]
    for other in others:
        other.start()
    time.sleep(0.1)
    with pytest.raises(engine.Busy):
        engine.ask("d", "SELECT 1", {})
    free.set()
    for thread in (first, *others):
        thread.join()
    monkeypatch.setattr(engine, "_run", lambda _: {"problem": "answered"})
    assert engine.ask("a", "SELECT 1", {}).problem == "answered"


def paths(tables: dict[str, str]) -> dict[str, Path]:
    return {name: Path(file) for name, file in tables.items()}


# --- tables -----------------------------------------------------------------------------------------------


def test_a_table_is_made_once_and_named_by_what_it_holds():
    recipe = Recipe.model_validate(WIDE)
    whole = store.table_file("visits", recipe, None)
    before = whole.stat().st_ino
    assert store.table_file("visits", recipe, None) == whole
    assert whole.stat().st_ino == before
    assert store.table_file("visits", recipe, Narrowing(without=("price",))) != whole
    assert store.table_profile(whole)["rows"] == 30_000


def test_a_table_nobody_asked_for_in_a_month_is_cleared_away_when_the_next_is_made():
    old, used = (
        store.table_file("visits", Recipe.model_validate({**WIDE, "rows": n}), None) for n in (20, 30)
    )
    os.utime(old, (1, 1))
    store.table_file("visits", Recipe.model_validate({**WIDE, "rows": 40}), None)
    assert (old.exists(), old.with_suffix(".json").exists(), used.exists()) == (False, False, True)


def test_what_was_narrowed_away_is_not_in_the_file():
    file = store.table_file("visits", Recipe.model_validate(WIDE), Narrowing(without=("price",)))
    told = asked("SELECT price FROM visits", {"visits": str(file)})
    assert "price" in told["problem"]


def test_a_table_that_cannot_be_made_is_an_error_and_leaves_no_file(monkeypatch):
    monkeypatch.setattr(store.sys, "executable", "/bin/false")
    with pytest.raises(store.NotMade):
        store.table_file("visits", Recipe.model_validate({**WIDE, "seed": 9}), None)
    assert not list(store.folder("tables").glob("*.making"))


# --- in a room --------------------------------------------------------------------------------------------


@pytest.fixture
def room(db) -> str:
    return make_room(CASE, started=True).room_id


def seat(room_id: str, name: str) -> SeatRef:
    found = known(room_id).state.seats[name]
    return SeatRef(room_id, name, found.kind, found.role, found.title)


def grant(room_id: str, narrow: Narrowing | None = None) -> None:
    handle_now(room_id, CANDIDATE, m.RequestData(what="visits"), f"ask{time.monotonic()}")
    mark = known(room_id).state.requests[-1].mark
    give = m.GiveData(request=mark, data_set="visits", narrow=narrow)
    handle_now(room_id, "omar", give, f"give{time.monotonic()}")


def test_a_query_is_on_record_with_the_beginning_of_its_answer(room):
    grant(room)
    answer = questions.query(seat(room, CANDIDATE), " SELECT day, price FROM visits ")
    assert len(answer.rows) == 1_000
    event = log_of(room)[-1]
    assert (event.by, event.mark, event.sql) == (CANDIDATE, "Q1", "SELECT day, price FROM visits")
    assert (event.columns, event.rows, event.count, event.cut) == (
        ("day", "price"),
        answer.rows[:20],
        1_000,
        True,
    )
    assert len(event.model_dump_json()) < 20_000


def test_a_query_that_failed_is_on_record_as_well(room):
    grant(room)
    questions.query(seat(room, CANDIDATE), "COPY visits TO 'x'")
    assert ONLY in log_of(room)[-1].problem


def test_a_query_sees_what_was_granted_and_not_what_was_held_back(room):
    grant(room, Narrowing(columns=("day", "shop")))
    assert questions.query(seat(room, CANDIDATE), "FROM visits LIMIT 1").columns[0]["name"] == "day"
    assert "price" in questions.query(seat(room, CANDIDATE), "SELECT price FROM visits").problem
    assert GRANTED in questions.query(seat(room, CANDIDATE), "FROM salaries").problem


@pytest.mark.parametrize("name", ["lead", "dana", "omar", "rater1", "facilitator"])
def test_only_the_candidate_questions_the_tables(room, name):
    grant(room)
    with pytest.raises(m.Refused, match="only the candidate"):
        questions.query(seat(room, name), "SELECT 1")


@pytest.mark.parametrize("sql", ["", "   ", "x" * 8_001, "SELECT '\x00'"])
def test_a_query_that_is_none_is_named_and_leaves_no_trace(room, sql):
    grant(room)
    before = len(log_of(room))
    with pytest.raises(ValueError, match="sql: "):
        questions.query(seat(room, CANDIDATE), sql)
    assert len(log_of(room)) == before


def test_a_table_is_described_to_whoever_saw_it_granted_and_to_its_holder_before(room):
    holder = questions.described(seat(room, "omar"), "visits")
    assert [c["name"] for c in holder["columns"]] == ["day", "shop", "price"]
    with pytest.raises(LookupError):
        questions.described(seat(room, CANDIDATE), "visits")
    grant(room, Narrowing(without=("price",)))
    for name in (CANDIDATE, "dana", "rater1"):
        told = questions.described(seat(room, name), "visits")
        assert ([c["name"] for c in told["columns"]], told["narrowed"]) == (
            ["day", "shop"],
            ("without price",),
        )


def test_rows_come_in_pages_by_any_column(room):
    grant(room)
    you = seat(room, CANDIDATE)
    first, second = (questions.page(you, "visits", n, "price", down=True) for n in (0, 1))
    prices = [row[2] for row in (*first.rows, *second.rows)]
    assert len(prices) == 100
    assert prices == sorted(prices, reverse=True)
    assert questions.page(you, "visits", 600, "", down=False).rows == ()


@pytest.mark.parametrize("sort", ["nothing", "price; DROP VIEW visits", "1"])
def test_rows_are_sorted_by_a_column_and_by_nothing_else(room, sort):
    grant(room)
    with pytest.raises(LookupError):
        questions.page(seat(room, CANDIDATE), "visits", 0, sort, down=False)


def test_while_a_query_runs_another_command_is_answered_at_once(room, monkeypatch):
    grant(room)
    monkeypatch.setattr(engine, "SECONDS", 2.0)
    tables = paths({"visits": str(store.table_file("visits", Recipe.model_validate(WIDE), None))})
    endless = "SELECT count(*) FROM visits a, visits b, visits c WHERE a.price + b.price > c.price"
    running = threading.Thread(target=engine.ask, args=(room, endless, tables))
    running.start()
    time.sleep(0.6)
    begun = time.monotonic()
    handle_now(room, CANDIDATE, m.Say(text="meanwhile"), "meanwhile")
    assert time.monotonic() - begun < 0.5
    assert running.is_alive()
    running.join()


def log_of(room_id: str) -> list[m.AnyEvent]:
    return [line.event for line in log.parsed(log.read(room_id))]
