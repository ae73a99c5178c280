"""The rating model from the command line: files in, one document out."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest
from django.core.management import CommandError, call_command


def simulate(directory: Path, *options: str) -> tuple[Path, dict]:
    ratings, truth = directory / "ratings.csv", directory / "truth.json"
    call_command("simulate_ratings", str(ratings), "--truth", str(truth), *options)
    return ratings, json.loads(truth.read_text())


def calibrate(ratings: Path, *options: str, replicates: int = 0) -> dict:
    out = ratings.with_suffix(".json")
    call_command("calibrate", str(ratings), "--json", str(out), "--replicates", str(replicates), *options)
    return json.loads(out.read_text())


def shuffled(ratings: Path) -> Path:
    lines = ratings.read_text().splitlines()
    other = ratings.with_name("shuffled.csv")
    order = np.random.default_rng(1).permutation(np.arange(1, len(lines)))
    other.write_text("\n".join([lines[0], *(lines[row] for row in order)]) + "\n")
    return other


def refused(ratings: Path, *options: str) -> str:
    out = ratings.with_suffix(".json")
    with pytest.raises(CommandError) as error:
        call_command("calibrate", str(ratings), "--json", str(out), *options)
    assert not list(out.parent.glob("*.json")) and not list(out.parent.glob(".*"))
    return str(error.value)


def test_the_document_holds_the_truth_within_its_intervals(tmp_path):
    ratings, truth = simulate(tmp_path, "--candidates", "120", "--raters", "12", "--seed", "4")
    found = calibrate(ratings, "--bar", "3.2")
    inside = [
        low <= np.mean(list(truth["candidates"][one["candidate"]]["abilities"].values())) <= high
        for one in found["candidates"]
        for low, high in [one["interval"]]
    ]
    assert 0.8 < np.mean(inside) < 0.98
    assert all(0 <= one["p_bar"] <= 1 for one in found["candidates"])
    severities = [truth["raters"][one["rater"]]["severity"] for one in found["raters"]]
    assert np.corrcoef(severities, [one["severity"] for one in found["raters"]])[0, 1] > 0.9
    assert found["input"]["observed"] == 120 * 3 * 7
    assert found["connectivity"]["connected"]


def test_the_same_ratings_in_any_order_give_the_same_bytes(tmp_path):
    ratings, _ = simulate(
        tmp_path, "--candidates", "40", "--raters", "5", "--unobserved", "0.1", "--months", "3"
    )
    calibrate(ratings, "--link", "cumulative", "--seed", "7")
    other = shuffled(ratings)
    calibrate(other, "--link", "cumulative", "--seed", "7")
    assert other.with_suffix(".json").read_bytes() == ratings.with_suffix(".json").read_bytes()


def test_raters_are_looked_at_where_it_is_asked_for(tmp_path):
    ratings, truth = simulate(tmp_path, "--candidates", "60", "--raters", "9", "--careless", "0.12")
    found = calibrate(ratings, replicates=8)
    assert found["diagnostics"] == {"replicates": 8, "why": None}
    careless = {name for name, rater in truth["raters"].items() if rater["habit"] == "careless"}
    by_statistic = {
        one["rater"]: effect["statistic"]["value"]
        for one in found["raters"]
        for effect in one["diagnostics"]["effects"]
        if effect["kind"] == "careless"
    }
    assert careless == {max(by_statistic, key=by_statistic.__getitem__)}
    none = calibrate(ratings)
    assert none["diagnostics"]["why"] == "not asked for" and none["raters"][0]["diagnostics"] is None


def test_without_effects_the_intervals_are_shorter(tmp_path):
    ratings, _ = simulate(tmp_path, "--candidates", "60", "--raters", "6")
    full, none = calibrate(ratings), calibrate(ratings, "--effects", "none")
    assert set(none["variances"]) == {"general", "severity", "difficulty"}
    assert none["effects"]["left_out"]["impression"] == "not asked for"
    assert np.mean([c["sd"] for c in none["candidates"]]) < 0.8 * np.mean(
        [c["sd"] for c in full["candidates"]]
    )
    assert full["candidates"][0]["p_bar"] is None


def test_what_was_not_observed_is_counted_and_never_a_low_mark(tmp_path):
    ratings = tmp_path / "ratings.csv"
    with ratings.open("w") as out:
        rows = csv.writer(out)
        rows.writerow(["rater", "candidate", "dimension", "score"])
        rows.writerows([f"r{r}", "Ann", d, 4] for r in range(3) for d in "xy")
        rows.writerows([f"r{r}", "Bob", d, ""] for r in range(3) for d in "xy")
        rows.writerows([f"r{r}", "Cid", d, 2 + r] for r in range(3) for d in "xy")
    found = calibrate(ratings)
    ann, bob, _ = found["candidates"]
    assert found["input"]["not_observed"] == 6
    assert bob["raw_mean"] is None and bob["marks"] == 0
    assert bob["mean"] == pytest.approx(0) and bob["sd"] > ann["sd"]
    assert all(spread["assumed"] for spread in found["spreads"].values())


def test_bad_rows_are_named_and_nothing_is_written(tmp_path):
    ratings = tmp_path / "ratings.csv"
    ratings.write_text("rater,candidate,dimension,score\nr,c,d,3\nr,,d,4\nr,c2,d,high\n")
    message = refused(ratings)
    assert "line 3" in message and "candidate" in message
    assert "line 4" in message and "score" in message


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("--bar", "9"), "bar: 9 does not lie between 1 and 5"),
        (("--bar", "nan"), "bar: nan does not lie between 1 and 5"),
        (("--seed", "-1"), "not a whole number from 0"),
        (("--seed", "9223372036854775808"), "not a whole number from 0"),
    ],
)
def test_options_that_make_no_sense_are_named(tmp_path, options, says):
    ratings, _ = simulate(tmp_path, "--candidates", "4", "--raters", "3", "--dimensions", "2")
    (tmp_path / "truth.json").unlink()
    assert says in refused(ratings, *options)


def test_a_file_that_is_not_there_is_said_so(tmp_path):
    assert "No such file" in refused(tmp_path / "nowhere.csv")


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("--raters", "2"), "raters_each: 3 of 2 raters cannot mark one candidate"),
        (("--careless", "0.7", "--halo", "0.7"), "more raters with a habit than raters"),
        (("--levels", "1"), "levels: "),
        (("--seed", "-1"), "seed: below 0"),
    ],
)
def test_a_plan_that_makes_no_sense_is_named(tmp_path, options, says):
    with pytest.raises(CommandError, match=says):
        simulate(tmp_path, *options)


def test_the_same_plan_and_seed_make_the_same_files(tmp_path):
    plan = ("--candidates", "30", "--raters", "10", "--careless", "0.2", "--halo", "0.2", "--drifting", "0.2")
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    first, truth = simulate(tmp_path / "a", *plan, "--central", "0.2", "--months", "12", "--seed", "5")
    second, _ = simulate(tmp_path / "b", *plan, "--central", "0.2", "--months", "12", "--seed", "5")
    assert first.read_bytes() == second.read_bytes()
    habits = [rater["habit"] for rater in truth["raters"].values()]
    assert sorted(habits) == sorted(["careless", "central", "drifting", "halo", "plain"] * 2)
