"""YAML to a scenario: every problem at once, each with its file and line."""

import time

import pytest

from scenarios.loader import LIBRARY, LoadError, bundled, load, load_bundled, load_file, parse

FRAUD = (LIBRARY / "fraud" / "scenario.yaml").read_text(encoding="utf-8")


def problems(text: str) -> list[tuple[str, int, str, str]]:
    with pytest.raises(LoadError) as caught:
        load(text, "mine.yaml")
    return [(p.file, p.line, p.where, p.message) for p in caught.value.problems]


def line_of(text: str, part: str) -> int:
    return text[: text.index(part)].count("\n") + 1


def test_the_fraud_case_loads_with_the_rubric_of_the_library():
    scenario = load(FRAUD)
    assert (scenario.slug, scenario.rubric.key) == ("fraud", "decisions_under_uncertainty")
    assert scenario == load_bundled("fraud")
    assert scenario in bundled()


def test_there_is_no_bundled_scenario_of_another_name():
    with pytest.raises(KeyError):
        load_bundled("../fraud")


BILLION = "a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n"

MALFORMED = [
    ("title: [", [("mine.yaml", 1)], "this is no YAML"),
    ("a: 1\n\tb: 2\n", [("mine.yaml", 2)], "this is no YAML"),
    ("a: \x00", [("mine.yaml", 0)], "this is no YAML"),
    ("", [("mine.yaml", 0)], "this file is empty"),
    ("# nothing\n", [("mine.yaml", 0)], "this file is empty"),
    ("- a\n- b\n", [("mine.yaml", 1)], "this must be a mapping of fields"),
    ("just words", [("mine.yaml", 1)], "this must be a mapping of fields"),
    ("slug: a\n? [x, y]\n: b\n", [("mine.yaml", 2)], "a key must be a plain word"),
    ("slug: a\n---\nslug: b\n", [("mine.yaml", 2)], "this is no YAML"),
    (BILLION, [("mine.yaml", n) for n in (1, 2, 2, 2, 3, 3)], "anchors (&) and aliases (*) are not allowed"),
    ("a: !!python/object:os.system ls\n", [("mine.yaml", 1)], "tags are not allowed"),
    ("a: !secret x\n", [("mine.yaml", 1)], "tags are not allowed"),
    ("a: " + "[" * 30 + "]" * 30, [("mine.yaml", 1)], "nested more than 24 levels deep"),
    ("a: " + "[" * 20_000, [("mine.yaml", 1)], "nested more than 24 levels deep"),
    ("# " + "x" * 1024 * 1024, [("mine.yaml", 0)], "is larger than 1024 KiB"),
]


@pytest.mark.parametrize(("text", "places", "message"), MALFORMED, ids=[m[2] + m[0][:12] for m in MALFORMED])
def test_what_is_no_small_yaml_is_refused_with_its_line(text, places, message):
    found = problems(text)
    assert [(file, line) for file, line, _, _ in found] == places
    assert all(message in said for _, _, _, said in found)


def test_a_megabyte_of_brackets_is_refused_quickly():
    begun = time.monotonic()
    problems("[" * 1_000_000)
    assert time.monotonic() - begun < 5


def test_a_key_that_stands_twice_is_named_with_both_lines():
    text = FRAUD.replace("title: Fraud at the checkout\n", "title: Fraud at the checkout\nslug: again\n")
    first, second = line_of(text, "slug: fraud"), line_of(text, "slug: again")
    assert problems(text) == [
        ("mine.yaml", second, "slug", f"'slug' stands here twice, first on line {first}")
    ]


WRONG = [
    # what stands there, what is put in its place, where, message
    ("    led_by: interviewer\n", "    lead: interviewer\n", "phases.0.lead", "there is no such field"),
    ("    seconds: 300\n", "    seconds: 5 min\n", "phases.0.seconds", "valid integer"),
    ("    seconds: 300\n", "    seconds: 10\n", "phases.0.seconds", "greater than or equal to 30"),
    ("    kind: dissenter\n", "    kind: grumbler\n", "roles.1.kind", "Input should be"),
    ("on_purpose: true\n", "on_purpose: perhaps\n", "injects.0.wrong_on_purpose", "valid boolean"),
    ("  - key: framing\n", "  - key: Framing!\n", "phases.0.key", "should match pattern"),
    ("[framing, communication]\n", "framing\n", "phases.0.dimensions", "this must be a list"),
    ("      - [May, ", "      - [May, {a: b}, ", "data_sets.0.rows.7.1", "this must be text"),
]


@pytest.mark.parametrize(("old", "new", "where", "message"), WRONG, ids=[w[2] + w[3] for w in WRONG])
def test_a_wrong_field_is_named_with_its_line(old, new, where, message):
    line = line_of(FRAUD, old)
    text = FRAUD.replace(old, new, 1)
    [found] = [p for p in problems(text) if p[2] == where]
    assert found[:2] == ("mine.yaml", line)
    assert message in found[3]


def test_a_missing_field_is_named_on_the_line_where_its_mapping_begins():
    text = FRAUD.replace("    name: Miriam Adeyemi\n", "", 1)
    expected = ("mine.yaml", line_of(text, "key: interviewer"), "roles.0.name", "this field is missing")
    assert problems(text) == [expected]


def test_all_problems_are_reported_at_once():
    text = FRAUD.replace("    seconds: 300\n", "    seconds: soon\n").replace("slug: fraud", "slug: Fraud")
    assert [where for _, _, where, _ in problems(text)] == ["slug", "phases.0.seconds", "phases.5.seconds"]


def test_a_sense_problem_has_its_line_too_and_parse_lets_it_pass():
    text = FRAUD.replace("when: {at: 40}", "when: {at: 4000}")
    line = line_of(text, "{at: 4000}")
    assert problems(text) == [
        ("mine.yaml", line, "injects.18.when.at", "'fifty_ms' falls outside 0 to 580 s of 'curveballs'")
    ]
    assert parse(text).inject("fifty_ms").when.at == 4000


def test_a_problem_of_the_rubric_is_placed_in_the_file_it_stands_in(tmp_path, monkeypatch):
    rubric = (LIBRARY / "rubric.yaml").read_text(encoding="utf-8").replace("bar: 2.75", "bar: high")
    (tmp_path / "rubric.yaml").write_text(rubric, encoding="utf-8")
    monkeypatch.setattr("scenarios.loader.LIBRARY", tmp_path)
    [(file, line, where, message)] = problems(FRAUD)
    assert (file, line, where) == ("rubric.yaml", line_of(rubric, "bar: high"), "rubric.bar")
    assert "valid number" in message


@pytest.mark.parametrize("name", ["fraud/scenario.yaml", "../loader.py", "/etc/passwd", "none.yaml"])
def test_a_rubric_is_taken_from_the_library_and_from_nowhere_else(name):
    text = FRAUD.replace("rubric: rubric.yaml", f"rubric: {name}")
    message = f"there is no rubric {name!r} in the library; there is rubric.yaml"
    assert problems(text) == [("mine.yaml", line_of(text, "rubric: "), "rubric", message)]


def test_words_stay_words_and_cells_need_no_quotes():
    rows = load_bundled("fraud").data_set("training_table").rows
    assert rows[0][3:] == ("web", "yes", "148.00", "yes", "yes", "approved", "1")
    assert load("schema_version: 1\n" + FRAUD).schema_version == 1


def test_a_file_that_cannot_be_read_is_a_problem_and_no_traceback(tmp_path):
    (tmp_path / "latin.yaml").write_bytes(b"title: Caf\xe9\n")
    with pytest.raises(LoadError, match="is not text in UTF-8"):
        load_file(tmp_path / "latin.yaml")
    with pytest.raises(LoadError, match="cannot be read: No such file or directory"):
        load_file(tmp_path / "none.yaml")


def test_a_problem_reads_as_one_line():
    with pytest.raises(LoadError) as caught:
        load(FRAUD.replace("slug: fraud\n", ""), "mine.yaml")
    assert str(caught.value) == f"mine.yaml:{line_of(FRAUD, 'slug: fraud')}: slug: this field is missing"
