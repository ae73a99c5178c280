"""What a case says of its figures holds in the table that is made for it: briefs, facts and rows agree.

One line for each figure somebody quotes: what is taken from which rows, what it should give, and how
far chance may move it. The faults themselves are measured in test_library_data.
"""

from functools import cache
from typing import NamedTuple

import duckdb
import pytest

from rooms.dataroom.tables import load
from scenarios.core.datasets.build import build
from scenarios.loader import load_bundled


class Figure(NamedTuple):
    said: str  # as somebody in the case says it
    take: str
    where: str
    value: float
    within: float


AUGUST = "visited_on BETWEEN '2026-08-17' AND '2026-08-23'"
OCTOBER = "visited_on BETWEEN '2026-10-05' AND '2026-10-11'"
PEOPLE = " AND country <> 'BR' AND place <> 'small'"

FIRST = "sum(clicked) FILTER (WHERE position = 1) / sum(clicked)"
RETURNED = "sum(returned) / sum(bought)"
RARE = "band IN ('once', 'seldom') AND searched_on < '2026-02-20'"

COVER = "topic IN ('cover_contents', 'cover_wind', 'cover_water')"
LAST_WEEK = "started_on >= '2026-08-31'"

FIGURES = {
    ("assistant", "conversations"): [
        Figure("Fern finishes 71 in 100", "avg(finished)", LAST_WEEK, 0.71, 0.015),
        Figure("38 in 100 are about cover", f"avg(({COVER})::INT)", LAST_WEEK, 0.38, 0.01),
        Figure("14 in 100 are about water", "avg((topic = 'cover_water')::INT)", LAST_WEEK, 0.14, 0.01),
        Figure("four in 100 press a thumb", "count(thumb) / count(*)", "true", 0.04, 0.003),
        Figure("of those 87 press up", "avg(thumb)", "true", 0.87, 0.01),
        Figure("540 were read", "count(adjuster_found_wrong)", "true", 540, 15),
        Figure("hardly one in French", "count(adjuster_found_wrong)", "language = 'fr'", 2, 3),
        Figure(
            "the judge misses more than half",
            "count(*) FILTER (WHERE judged_wrong = 0 AND adjuster_found_wrong = 1) / 0.0042"
            " / (count(*) FILTER (WHERE judged_wrong = 0 AND adjuster_found_wrong = 1) / 0.0042"
            " + count(*) FILTER (WHERE judged_wrong = 1 AND adjuster_found_wrong = 1) / 0.04)",
            "true",
            0.55,
            0.15,
        ),
        Figure(
            "answers grew by half on 10 August",
            "avg(words) FILTER (WHERE started_on >= '2026-08-10')"
            " / avg(words) FILTER (WHERE started_on BETWEEN '2026-07-01' AND '2026-08-09')",
            "true",
            1.5,
            0.03,
        ),
        Figure(
            "the judge finds 6 in 100 about water",
            "avg(judged_wrong)",
            f"{LAST_WEEK} AND topic = 'cover_water'",
            0.06,
            0.015,
        ),
    ],
    ("search", "results"): [
        Figure("half as many look 2.5 places down: 27 clicks in 100", FIRST, "shuffled = 1", 0.27, 0.01),
        Figure("31 in 100 on all other pages", FIRST, "shuffled = 0", 0.31, 0.01),
        Figure("one page in ten in November", "avg(shuffled)", "searched_on < '2025-12-01'", 0.1, 0.01),
        Figure("11 in 100 rare parts come back", RETURNED, RARE, 0.11, 0.01),
        Figure("9 of small shops", RETURNED, f"{RARE} AND seller = 'small'", 0.09, 0.01),
        Figure("14 of dealers", RETURNED, f"{RARE} AND seller = 'large'", 0.14, 0.02),
        Figure(
            "six in ten Polish searches are logged as German",
            "avg((language = 'de')::INT)",
            "country = 'PL' AND searched_on >= '2026-02-02'",
            0.6,
            0.03,
        ),
        Figure(
            "a robot doubles the rare searches of a week",
            "count(*) FILTER (WHERE searched_on BETWEEN '2026-02-09' AND '2026-02-15')"
            " / count(*) FILTER (WHERE searched_on BETWEEN '2026-02-16' AND '2026-02-22')",
            "device = 'web' AND band IN ('once', 'seldom')",
            2,
            0.15,
        ),
    ],
    ("search", "judged"): [
        Figure("6,200 pairs", "count(*)", "true", 6200, 60),
        Figure("of 100 that fit twenty do not", "1 - avg(fitter_says)", "fits = 1", 0.2, 0.02),
        Figure("hardly any rare ones", "avg((band = 'once')::INT)", "true", 0.01, 0.01),
    ],
    ("engagement", "visits"): [
        Figure("5.0 visits in August", "avg(visits)", AUGUST, 5.0, 0.06),
        Figure("4.4 visits in October", "avg(visits)", OCTOBER, 4.4, 0.06),
        Figure(
            "minutes fall by 7 per cent",
            f"1 - avg(minutes) FILTER (WHERE {OCTOBER}) / avg(minutes) FILTER (WHERE {AUGUST})",
            "true",
            0.07,
            0.02,
        ),
        Figure(
            "one visit in seven less on version 8",
            "1 - avg(visits) FILTER (WHERE app_8 = 1) / avg(visits) FILTER (WHERE app_8 = 0)",
            f"{OCTOBER} AND platform = 'android' {PEOPLE}",
            1 / 7,
            0.02,
        ),
        Figure(
            "six in ten Android phones have it",
            "avg(app_8)",
            f"{OCTOBER} AND platform = 'android' {PEOPLE}",
            0.6,
            0.04,
        ),
        Figure("Brazil is 12 in 100", "avg((country = 'BR')::INT)", OCTOBER, 0.12, 0.01),
        Figure("Brazil has 3.0 visits", "avg(visits)", f"{OCTOBER} AND country = 'BR'", 3.0, 0.12),
        Figure("small places: 4.6 in August", "avg(visits)", f"{AUGUST} AND place = 'small'", 4.6, 0.1),
        Figure(
            "small places: 3.9 in October",
            "avg(visits)",
            f"{OCTOBER} AND place = 'small' AND app_8 = 0",
            3.9,
            0.15,
        ),
        Figure(
            "towns and cities: 5.1, by one rule",
            "avg(visits)",
            f"{OCTOBER} AND app_8 = 0 {PEOPLE}",
            5.1,
            0.08,
        ),
        Figure("nobody has lapsed since 14 September", "avg(lapsed)", "visited_on > '2026-09-15'", 0, 0.001),
        Figure(
            "half of the iOS events were lost",
            "count(*) FILTER (WHERE visited_on BETWEEN '2026-09-14' AND '2026-09-20')"
            " / count(*) FILTER (WHERE visited_on BETWEEN '2026-09-07' AND '2026-09-13')",
            "platform = 'ios'",
            0.5,
            0.05,
        ),
    ],
    ("fraud", "orders"): [
        Figure(
            "about one chargeback in five is the holder's own",
            "avg((analyst_says = 0)::INT)",
            "fraud = 1 AND rules_declined = 0 AND analyst_says IS NOT NULL",
            0.22,
            0.07,
        ),
        Figure("Canada is not in it", "avg((country = 'CA')::INT)", "true", 0.0, 0.002),
        Figure(
            "iOS sends no signal since its release",
            "avg((device_score IS NULL)::INT)",
            "channel = 'ios' AND ordered_on >= '2025-12-15'",
            0.97,
            0.02,
        ),
    ],
    ("recommendations", "shown"): [
        Figure("about 82,000 rows", "count(*)", "true", 82_000, 1_000),
        Figure(
            "every second view the app started was looked at by nobody",
            "avg((somebody_looked = 0)::INT)",
            "app_started = 1 AND watched = 1 AND somebody_looked IS NOT NULL",
            0.5,
            0.05,
        ),
        Figure("only those who agreed", "avg(agreed)", "true", 1, 0.03),
        Figure("four in 100 say they are under 18", "avg((age_given = 'under 18')::INT)", "true", 0.04, 0.01),
        Figure(
            "diets were 8 in 100",
            "avg((topic = 'fitness and diet')::INT)",
            "shown_on < '2026-07-20'",
            0.08,
            0.01,
        ),
        Figure(
            "and are 27", "avg((topic = 'fitness and diet')::INT)", "shown_on >= '2026-07-20'", 0.27, 0.015
        ),
        Figure(
            "in nine days of June the app starts nothing",
            "avg(app_started)",
            "place = 'next_up' AND shown_on BETWEEN '2026-06-22' AND '2026-06-30'",
            0.03,
            0.03,
        ),
        Figure("hardly any Catalan", "avg((language = 'Catalan')::INT)", "true", 0.0, 0.003),
        Figure("the list of watched videos knows the label", "avg(watched)", "in_history = 1", 0.99, 0.01),
    ],
    ("credit", "loans"): [
        Figure(
            "6.1 in 100 default within the year",
            "avg(in_default)",
            "applied_on < '2025-05-01'",
            0.061,
            0.006,
        ),
        Figure("6.3 of A", "avg(in_default)", "applied_on < '2025-05-01' AND survey = 'A'", 0.063, 0.01),
        Figure("5.4 of B", "avg(in_default)", "applied_on < '2025-05-01' AND survey = 'B'", 0.054, 0.015),
        Figure(
            "half of it is known after seven months",
            "avg(in_default) FILTER (WHERE applied_on BETWEEN '2025-09-24' AND '2025-10-18')"
            " / avg(in_default) FILTER (WHERE applied_on < '2025-05-01')",
            "true",
            0.5,
            0.12,
        ),
        Figure("nobody heard no", "avg(heard_yes)", "true", 1.0, 0.005),
        Figure(
            "one default in eight is none",
            "avg((checked = 0)::INT)",
            "in_default = 1 AND checked IS NOT NULL",
            0.125,
            0.03,
        ),
        Figure(
            "the index is 14 points lower south of the river",
            "avg(area_index) FILTER (WHERE area <> 'south of the river')"
            " - avg(area_index) FILTER (WHERE area = 'south of the river')",
            "true",
            14,
            0.7,
        ),
        Figure("the survey is answered by 31 in 100", "avg((survey <> 'none')::INT)", "true", 0.31, 0.01),
        Figure(
            "one in five came from the comparison site",
            "avg((channel = 'comparison site')::INT)",
            "applied_on < '2026-01-12'",
            0.2,
            0.01,
        ),
        Figure(
            "and now every second one",
            "avg((channel = 'comparison site')::INT)",
            "applied_on >= '2026-01-12'",
            0.5,
            0.02,
        ),
        Figure(
            "two weeks of October have no incomes",
            "avg((income = 0)::INT)",
            "channel = 'comparison site' AND applied_on BETWEEN '2025-10-06' AND '2025-10-19'",
            0.98,
            0.02,
        ),
        Figure("hardly a short file", "avg((file_years <= 1)::INT)", "true", 0.0, 0.005),
    ],
}
EACH = [(slug, table, figure) for (slug, table), figures in FIGURES.items() for figure in figures]


@pytest.mark.parametrize(("slug", "table", "figure"), EACH, ids=[f"{s}-{f.said}" for s, _, f in EACH])
def test_a_figure_that_is_quoted_is_in_the_table(slug, table, figure):
    sql = f"SELECT {figure.take} FROM {table} WHERE {figure.where}"  # noqa: S608  (written above)
    ((found,),) = _tables(slug).execute(sql).fetchall()
    assert found == pytest.approx(figure.value, abs=figure.within)


@cache
def _tables(slug: str) -> duckdb.DuckDBPyConnection:
    """All tables of a case, made once."""
    connection = duckdb.connect()
    for data_set in load_bundled(slug).data_sets:
        if data_set.recipe is not None:
            load(connection, data_set.key, build(data_set.recipe))
    return connection
