"""`manage.py agreement` reads a file whole or refuses it whole, and writes everything or nothing."""

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

DATA = Path(__file__).parents[1] / "data" / "ratings"


def agreement(*arguments):
    out, err = StringIO(), StringIO()
    call_command("agreement", *map(str, arguments), stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


def test_the_document_holds_the_statistics_overall_and_by_dimension(tmp_path):
    place = tmp_path / "out.json"
    told, progress = agreement(DATA / "gleser_1965.csv", "--json", place, "--draws", 50)
    found = json.loads(place.read_text())
    assert {"version", "settings", "levels", "overall", "notes", "connectivity"} <= set(found)
    assert [group["dimension"] for group in found["by_dimension"]] == ["S1", "S2", "S3", "S4", "S5", "S6"]
    assert found["generalisability"]["components"]["candidate"] == pytest.approx(0.41868686869)
    assert found["connectivity"]["connected"] is True
    assert "alpha, ordinal         0.54" in told
    assert "S6 ..." in progress


def test_the_same_file_twice_is_the_same_bytes(tmp_path):
    one, other = tmp_path / "one.json", tmp_path / "other.json"
    for place in (one, other):
        agreement(DATA / "gwet_2014_four_raters.csv", "--json", place, "--draws", 50, "--seed", 4)
    assert one.read_bytes() == other.read_bytes()


def test_groups_that_cannot_be_compared_are_said_first(tmp_path):
    rows = [f"{r},{c},d,{(ord(r) + ord(c)) % 4}" for r, c in ["ax", "bx", "ay", "by", "cz", "dz"]]
    path = tmp_path / "two.csv"
    path.write_text("\n".join(["rater,candidate,dimension,score", *rows]))
    told, _ = agreement(path, "--draws", 50)
    assert told.splitlines()[1] == (
        "NOT CONNECTED: 2 groups of raters share no candidate. Do not compare across them. "
        "Shared rooms that would join them: 1, at least."
    )


def test_what_was_left_alone_is_said():
    _, progress = agreement(DATA / "wine_bitterness.csv", "--draws", 50)
    assert progress.startswith("left alone: column temp, contact, response\n")


def test_bad_lines_are_named_and_nothing_is_written(tmp_path):
    bad, place = tmp_path / "bad.csv", tmp_path / "out.json"
    bad.write_text("rater,candidate,dimension,score\nr,c,d,high\n,c,d,3\n")
    with pytest.raises(CommandError) as error:
        agreement(bad, "--json", place)
    assert str(error.value).splitlines() == [
        f"{bad}: line 2: score 'high' is not a whole number; leave it empty or write NA for not observed",
        f"{bad}: line 3: rater is empty",
    ]
    assert [path.name for path in tmp_path.iterdir()] == ["bad.csv"]


@pytest.mark.parametrize(
    ("content", "message"),
    [(None, "No such file or directory"), (b"rater,candidate\xff", "not a text file in UTF-8")],
)
def test_a_file_that_cannot_be_read_is_named(tmp_path, content, message):
    path = tmp_path / "ratings.csv"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(CommandError, match=f"ratings.csv: {message}"):
        agreement(path)


def test_a_place_that_cannot_be_written_is_named(tmp_path):
    with pytest.raises(CommandError, match=r"nowhere/out.json: No such file or directory"):
        agreement(DATA / "three_coders.csv", "--draws", 50, "--json", tmp_path / "nowhere" / "out.json")


def test_too_few_draws_are_refused_by_name():
    with pytest.raises(CommandError, match=r"^--draws: .*greater than or equal to 50"):
        agreement(DATA / "three_coders.csv", "--draws", 3)
