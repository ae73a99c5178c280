"""A file of ratings is read whole or refused whole, and every wrong line is named."""

import numpy as np
import pytest

from scoring.core.ratings import BadRatings, Row
from scoring.core.reading import MOST_PROBLEMS, read_ratings

HEADER = "rater,candidate,dimension,score\n"


def read(text, **options):
    return read_ratings(text.splitlines(keepends=True), **options)


def problems(text):
    with pytest.raises(BadRatings) as error:
        read(text)
    return error.value.problems


def test_columns_may_come_in_any_order_quoted_and_behind_a_byte_order_mark():
    found = read(
        '\ufeffScore, candidate,rater,dimension\n"3","Bo ""B"" Ek"," r1 ",risk\n\n4,"x, y",r2,risk\n'
    )
    assert found.ratings.rows == (Row("r1", 'Bo "B" Ek', "risk", 3), Row("r2", "x, y", "risk", 4))
    assert found.notes == ()


@pytest.mark.parametrize("text", ["", " ", "NA", "na"])
def test_empty_and_na_are_not_observed(text):
    found = read(f"{HEADER}r1,c,risk,{text}\nr2,c,risk,2\n")
    assert found.ratings.rows[0] == Row("r1", "c", "risk", None)
    assert found.notes == ("not observed: 1 of 2",)


def test_levels_may_be_any_consecutive_numbers():
    found = read(HEADER + "r,c,a,-1\nr,c,b,+2\nr,c,d,0.0\n")
    assert found.ratings.levels == (-1, 0, 1, 2)


def test_columns_that_are_not_ours_are_left_alone_and_said_so():
    assert read("rater,candidate,dimension,score,room,mood\nr,c,d,1,7,fine\n").notes == (
        "left alone: column room, mood",
    )


def test_of_repeats_the_latest_stays_and_the_lines_of_the_others_are_named():
    text = (
        "rater,candidate,dimension,score,time\nr,c,d,1,2024-05-02\nr,c,d,2,2024-05-03\nr,c,d,3,2024-05-01\n"
    )
    found = read(text)
    assert found.ratings.rows == (Row("r", "c", "d", 2),)
    assert found.notes == ("replaced by a later mark: 2 (line 2, 4)",)
    assert len(read(text, repeats="keep").ratings.rows) == 3


def test_times_are_dates_or_moments_or_numbers_of_months():
    header = "rater,candidate,dimension,score,time\n"
    dated = read(
        header
        + "a,c,d,1,2024-01-01\nb,c,d,1,2025-01-01T00:00:00Z\ne,c,d,1,2024-01-01T02:00+02:00\nf,c,d,1,\n"
    )
    assert dated.ratings.month == pytest.approx([0, 366 / (365.2425 / 12), 0, np.nan], nan_ok=True)
    numbered = read(header + "a,c,d,1,3\nb,c,d,1,-1.5\ne,c,d,1,5e-1\n")
    assert numbered.ratings.month.tolist() == [4.5, 0, 2]


def test_every_wrong_field_is_named_with_its_line():
    assert problems(
        "rater,candidate,dimension,score,time\n"
        ",c,risk,3,1\n"
        "r,c,risk,high,1\n"
        "r,c,data,3.5,1\n"
        "r,c\n"
        '"two\nlines",,risk,2,20240131\n'
    ) == (
        "line 2: rater is empty",
        "line 3: score 'high' is not a whole number; leave it empty or write NA for not observed",
        "line 4: score '3.5' is not a whole number; leave it empty or write NA for not observed",
        "line 5: 2 fields, the header has 5",
        "line 7: candidate is empty",
        "line 7: time '20240131' is more than 1200 months; write a date as 2024-05-31",
    )


def test_dates_and_months_do_not_mix():
    text = "rater,candidate,dimension,score,time\na,c,d,1,2024-01-01\nb,c,d,1,7\nc,c,d,1,31.12.2024\n"
    assert problems(text) == (
        "line 3: time '7' is no ISO date, and other lines have dates",
        "line 4: time '31.12.2024' is no ISO date, and other lines have dates",
    )


def test_a_flood_of_problems_is_counted():
    found = problems(HEADER + "r,c,d,x\n" * (MOST_PROBLEMS + 7))
    assert (len(found), found[-1]) == (MOST_PROBLEMS + 1, "and 7 more problems")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "line 1: the header lacks rater, candidate, dimension, score; it is ''"),
        ("rater;score\n", "line 1: the header lacks rater, candidate, dimension, score; it is 'rater;score'"),
        ("rater,rater,candidate,dimension,score\n", "line 1: the header has rater more than once"),
        (HEADER + 'r,c,d,"3\n', "line 2: not CSV: unexpected end of data"),
        (HEADER + "r" * 201 + ",c,d,1\n", "line 2: rater is longer than 200 characters"),
    ],
)  # fmt: skip
def test_what_is_no_file_of_ratings_is_refused(text, message):
    assert problems(text) == (message,)


def test_a_scale_longer_than_any_is_refused():
    said = "line 3: score 900: levels go from 1 to 900, and a scale has at most 101"
    assert problems(HEADER + "r,c,d,1\nr,c,e,900\n") == (said,)


@pytest.mark.parametrize("text", [HEADER, HEADER + "\n\r\n"])
def test_a_header_without_rows_is_refused(text):
    with pytest.raises(BadRatings, match="line 1: no rating follows the header"):
        read(text)


def test_a_level_far_from_all_others_is_named_on_every_line_that_has_it():
    rows = "".join(f"r,c{n},d,{n % 4}\n" for n in range(20)) + "r,x,d,300\nr,y,d,3\nr,z,d,300\n"
    with pytest.raises(BadRatings) as bad:
        read(HEADER + rows)
    said = "score 300: levels go from 0 to 300, and a scale has at most 101"
    assert bad.value.problems == (f"line 22: {said}", f"line 24: {said}")


@pytest.mark.parametrize("score", ["1000000000", "-99999999999999999999999"])
def test_a_huge_number_is_named(score):
    with pytest.raises(BadRatings, match=f"line 2: score '{score}' is beyond 999999999"):
        read(HEADER + f"r,c,d,{score}\n")
