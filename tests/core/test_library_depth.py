"""Every bundled case is deep enough to fill its hour, and all are cut to one measure."""

from collections import defaultdict

import pytest

from scenarios.loader import bundled, bundled_script

CASES = bundled()
PHASES = ["framing", "scoping", "data", "metrics", "curveballs", "risk"]
KINDS = {"objection", "data_limit", "suggestion", "curveball", "question"}


@pytest.fixture(params=CASES, ids=[s.slug for s in CASES])
def case(request):
    return request.param


def test_six_phases_fill_an_hour(case):
    assert [p.key for p in case.phases] == PHASES
    assert sum(p.seconds for p in case.phases) == 3600


def test_three_roles_or_more_press_in_every_way(case):
    assert len(case.roles) >= 3
    assert {r.kind for r in case.roles} >= {"interviewer", "dissenter", "data_owner"}
    assert len(case.injects) >= 14
    assert {i.kind for i in case.injects} == KINDS
    assert sum(i.kind == "curveball" for i in case.injects if i.phase == "curveballs") >= 3
    assert any(i.kind == "objection" for i in case.injects if i.phase == "curveballs")
    suggested = [i.wrong_on_purpose for i in case.injects if i.kind == "suggestion"]
    assert {True, False} == set(suggested)  # refusing them all is no policy


def test_at_each_seniority_every_dimension_is_probed_twice_and_by_two_roles(case):
    assert len(case.seniorities) == 2
    assert len({(str(s.weights), s.without, s.gap) for s in case.seniorities}) == 2
    for seniority in ("", *(s.key for s in case.seniorities)):
        probes = defaultdict(list)
        for inject in case.at(seniority).injects:
            for dimension in inject.dimensions:
                probes[dimension].append(inject.role)
        for dimension in case.rubric.dimensions:
            assert len(probes[dimension.key]) >= 2, (seniority, dimension.key)
            assert len(set(probes[dimension.key])) >= 2, (seniority, dimension.key)


def test_a_large_table_holds_faults_of_several_kinds(case):
    faults = [f.kind for d in case.data_sets if d.recipe for f in d.recipe.faults]
    assert len(set(faults)) >= 3


def test_three_candidates_are_written_for_it(case):
    lines = {name: bundled_script(case.slug, name) for name in ("strong", "middling", "weak")}
    assert all(len(script) >= 30 for script in lines.values())
    said = [line.do["text"] for script in lines.values() for line in script if "text" in line.do]
    assert len(said) == len(set(said))  # no two candidates share a sentence
