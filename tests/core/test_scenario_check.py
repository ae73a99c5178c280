"""Sense checks: each finds what was planted, and nothing in a scenario that is sound."""

from typing import Any

import pytest

from scenarios.core.check import CHECKS, check
from scenarios.core.schema import Scenario
from scenarios.loader import bundled, load_bundled

FRAUD = load_bundled("fraud")
DROP = object()


def planted(*changes: tuple[str, Any]) -> Scenario:
    """The fraud case with values set at dotted places; DROP takes one out, `+` appends to a list."""
    document = FRAUD.model_dump(mode="json")
    for path, value in changes:
        *way, last = path.split(".")
        place: Any = document
        for step in way:
            place = place[_step(place, step)]
        if value is DROP:
            del place[_step(place, last)]
        elif last == "+":
            place.append(value)
        else:
            place[_step(place, last)] = value
    return Scenario.model_validate(document)


def _step(place: Any, step: str) -> Any:
    """A list is entered by place or by key: `injects.fifty_ms`."""
    if isinstance(place, dict):
        return step
    if step.isdigit():
        return int(step)
    return next(n for n, item in enumerate(place) if item["key"] == step)


def at(path: str, scenario: Scenario = FRAUD) -> str:
    """The same place with numbers for keys, as a problem names it."""
    place: Any = scenario.model_dump(mode="json")
    steps = []
    for step in path.split("."):
        steps.append(str(_step(place, step)))
        place = place[_step(place, step)]
    return ".".join(steps)


@pytest.mark.parametrize("scenario", bundled(), ids=lambda s: s.slug)
def test_every_bundled_scenario_is_clean(scenario):
    assert check(scenario) == []


LEVELS = FRAUD.rubric.dimensions[0].model_dump(mode="json")["levels"]
SECRET = FRAUD.fact("outage").text.split(". ")[1]

PLANTED = [
    # what is planted, where it is found, what is said of it
    ([("roles.1.key", "interviewer")], "roles.1.key", "the key 'interviewer' is used twice"),
    ([("injects.1.key", "just_build")], "injects.1.key", "the key 'just_build' is used twice"),
    (
        [("roles.dissenter.voice.grounds.1.key", "turned_away")],
        "roles.1.voice.grounds.1.key",
        "the key 'turned_away' is used twice",
    ),
    ([("roles.2.key", "rater1")], "roles.2.key", "'rater1' names another kind of seat"),
    ([("phases.data.led_by", "nobody")], "phases.2.led_by", "there is no role 'nobody'"),
    ([("phases.data.dimensions.0", "charm")], "phases.2.dimensions.0", "there is no dimension 'charm'"),
    ([("facts.team.held_by", "nobody")], "facts.2.held_by", "there is no role 'nobody'"),
    ([("data_sets.0.held_by", "nobody")], "data_sets.0.held_by", "there is no role 'nobody'"),
    ([("injects.0.phase", "overture")], "injects.0.phase", "there is no phase 'overture'"),
    ([("injects.0.role", "nobody")], "injects.0.role", "there is no role 'nobody'"),
    ([("injects.0.dimensions.1", "charm")], "injects.0.dimensions.1", "there is no dimension 'charm'"),
    ([("injects.0.reveals", ["gossip"])], "injects.0.reveals.0", "there is no fact 'gossip'"),
    (
        [("injects.0.when.condition.heard.0", "sings")],
        "injects.0.when.condition.heard.0",
        "there is no act 'sings'",
    ),
    (
        [("injects.labels_late.when.condition.any_of.0.requested", "diary")],
        at("injects.labels_late.when.condition") + ".any_of.0.requested",
        "there is no data set 'diary'",
    ),
    (
        [("injects.switch_it_off.when.condition.spoken", "thunder")],
        at("injects.switch_it_off.when.condition") + ".spoken",
        "there is no inject 'thunder'",
    ),
    (
        [("injects.0.when.condition", {"asked": "nobody"})],
        "injects.0.when.condition.asked",
        "there is no role 'nobody'",
    ),
    (
        [("injects.0.when.condition", {"given": "gossip"})],
        "injects.0.when.condition.given",
        "there is no fact 'gossip'",
    ),
    (
        [("data_sets.training_table.refuse_until.any_of.0", {})],
        "data_sets.1.refuse_until.any_of.0",
        "an empty condition is always true; leave it out or say when",
    ),
    (
        [("injects.0.when.condition", {"decided": 1, "undecided": True})],
        "injects.0.when.condition",
        "this can never be true: it asks for a thing and its opposite",
    ),
    (
        [("injects.switch_it_off.when.condition.spoken", "switch_it_off")],
        at("injects.switch_it_off.when.condition") + ".spoken",
        "an inject cannot wait for itself",
    ),
    (
        [("injects.0.when.condition", {"spoken": "fifty_ms"})],
        "injects.0.when.condition.spoken",
        "'fifty_ms' belongs to a later phase",
    ),
    (
        [("injects.0.when", {})],
        "injects.0.when",
        "give `at`, a `condition` or `owed`, or it only ever comes by hand",
    ),
    (
        [("injects.fifty_ms.when.owed", True)],
        at("injects.fifty_ms.when") + ".at",
        "a fixed second stands alone, without condition, `after` or `owed`",
    ),
    (
        [("injects.fifty_ms.when.at", 590)],
        at("injects.fifty_ms.when") + ".at",
        "'fifty_ms' falls outside 0 to 580 s of 'curveballs'",
    ),
    (
        [("injects.just_build.when.before_end", 301)],
        "injects.0.when.before_end",
        "'just_build' falls outside 0 to 280 s of 'framing'",
    ),
    (
        [("injects.just_build.when.after", 150)],
        "injects.0.when.after",
        "owed at 150 s, before its condition may count at 150 s",
    ),
    (
        [("injects.whose_fraud.when.before_end", 150)],
        "injects.1.when",
        "'whose_fraud' comes within 10 s of 'just_build'",
    ),
    (
        [("injects.just_build.when.owed", False), ("injects.whose_fraud.when.owed", False)],
        "phases.0",
        "no inject is owed in 'framing': candidates would not meet comparable pressure",
    ),
    (
        [(f"injects.{key}.phase", "risk") for key in ("no_assumption", "learn_from_what", "which_one_first")],
        "phases.5",
        "7 injects in 'risk'; 6 at most",
    ),
    (
        [("injects.fifty_ms.wrong_on_purpose", True)],
        at("injects.fifty_ms") + ".wrong_on_purpose",
        "only a suggestion can be wrong on purpose, and 'fifty_ms' is a curveball",
    ),
    (
        [("rubric.dimensions.+", {"key": "charm", "name": "Charm", "asks": "?", "levels": LEVELS})],
        "rubric.dimensions.7",
        "no inject probes 'charm'",
    ),
    (
        [("rubric.dimensions.scope.levels.3", DROP)],
        "rubric.dimensions.1.levels",
        "levels must be 1 to 4, in that order, as in the first dimension",
    ),
    (
        [("rubric.closing.levels.0.value", 2)],
        "rubric.closing.levels",
        "levels must be 1 to 4, in that order, as in the first dimension",
    ),
    ([("rubric.bar", 5)], "rubric.bar", "the bar must lie on the scale from 1 to 4"),
    ([("rubric.dimensions", [])], "rubric.dimensions", "a rubric needs a dimension"),
    (
        [("roles.dissenter.voice.grounds.0.says.0", "You said {decision}.")],
        "roles.1.voice.grounds.0.says.0",
        "{decision} is nothing a line may quote; choice, gives_up, why, would_change are",
    ),
    (
        [("roles.dissenter.voice.grounds.0.says.0", "You said {choice.")],
        "roles.1.voice.grounds.0.says.0",
        "a brace stands alone",
    ),
    (
        [("roles.dissenter.voice.questions.0", "And {choice}?")],
        "roles.1.voice.questions.0",
        "braces are spoken as they stand here; only what a ground `says` may quote",
    ),
    (
        [
            ("roles.dissenter.voice.questions.0", "No hurry.  "),
            ("roles.interviewer.voice.silence.2", "no hurry"),
        ],
        "roles.1.voice.questions.0",
        "this line stands already at roles.0.voice.silence.2",
    ),
    (
        [("roles.dissenter.voice.grounds.0.yields_words", [])],
        "roles.1.voice.grounds.0.yields_words",
        "'dissenter' could never yield on 'turned_away'",
    ),
    (
        [("roles.dissenter.voice.grounds.0.says", [])],
        "roles.1.voice.grounds.0.says",
        "'turned_away' has nothing to say",
    ),
    (
        [("roles.dissenter.voice.grounds", [])],
        "roles.1.voice.grounds",
        "'dissenter' dissents and has no grounds",
    ),
    (
        [("roles.interviewer.voice.opening.5", DROP)],
        "roles.0.voice.opening",
        "'interviewer' leads 6 phases and has 5 openings",
    ),
    (
        [("facts.outage.asked_words", [])],
        at("facts.outage") + ".asked_words",
        "no question and no inject brings 'outage' out",
    ),
    ([("data_sets.0.asked_words", [])], "data_sets.0.asked_words", "no request fits 'chargebacks_by_month'"),
    (
        [("injects.fifty_ms.reveals", ["outage"])],
        at("injects.fifty_ms") + ".reveals.0",
        "'interviewer' does not hold 'outage'",
    ),
    ([("data_sets.0.columns.1.name", "per cent")], "data_sets.0.columns", "two columns have one name"),
    ([("data_sets.0.rows", [])], "data_sets.0", "give either `columns` and `rows`, or a `recipe`"),
    (
        [("data_sets.orders.recipe.columns.0.name", "order")],
        "data_sets.3.recipe.columns.0.name",
        "'order' is a word of SQL; choose another name",
    ),
    (
        [("data_sets.orders.recipe.clock", "amount")],
        "data_sets.3.recipe.clock",
        "'amount' is no date column of this recipe",
    ),
    (
        [("data_sets.orders.recipe.columns.5.effects.0.where.0.column", "fraud")],
        "data_sets.3.recipe.columns.5.effects.0.where.0.column",
        "there is no column 'fraud' here",
    ),
    (
        [("data_sets.orders.recipe.each", ["amount"])],
        "data_sets.3.recipe.each",
        "'amount' is no date and no category column",
    ),
    (
        [("data_sets.orders.recipe.faults.card_on_list.target", "guilt")],
        "data_sets.3.recipe.faults.0.target",
        "there is no column 'guilt'",
    ),
    (
        [("data_sets.orders.recipe.faults.not_there_yet.told_by.0", "gossip")],
        "data_sets.3.recipe.faults.2.told_by.0",
        "there is no fact and no inject 'gossip'",
    ),
    (
        [("data_sets.orders.access.2.narrow", None)],
        "data_sets.3.access.2.narrow",
        "belongs to `do: narrow`, which needs it",
    ),
    (
        [("data_sets.orders.access.3.do", "delay")],
        "data_sets.3.access.3.until",
        "`do: delay` needs `until` a phase or `minutes`, and nothing else does",
    ),
    (
        [("data_sets.orders.access.2.narrow.without.0", "seller")],
        "data_sets.3.access.2.narrow.without.0",
        "there is no column 'seller'",
    ),
    (
        [("seniorities.senior.floors", {"charm": 2})],
        "seniorities.0.floors.charm",
        "there is no dimension 'charm'",
    ),
    (
        [("seniorities.senior.without", ["gossip"])],
        "seniorities.0.without.0",
        "there is no inject 'gossip'",
    ),
    (
        [("seniorities.senior.without", [i.key for i in FRAUD.injects if i.phase == "risk" and i.when.owed])],
        "seniorities.0.without",
        "no inject is owed in 'risk': candidates would not meet comparable pressure",
    ),
    ([("roles.dissenter.evidence", [])], "roles.1.evidence", "'dissenter' dissents and can point to nothing"),
    (
        [("roles.dissenter.never", None)],
        "roles.1.never",
        "say what 'dissenter' will not accept, whatever is offered",
    ),
    ([("data_sets.0.rows.3", ["January"])], "data_sets.0.rows.3", "1 cells for 4 columns"),
    ([("prompt", f"We have  {SECRET.upper()}!")], "prompt", "gives away the fact 'outage'"),
    (
        [("data_sets.orders.recipe.columns.0.about", FRAUD.data_set("orders").recipe.faults[0].about)],
        "data_sets.3.recipe.columns.0.about",
        "gives away the fault 'card_on_list'",
    ),
    (
        [("data_sets.orders.access.0.says", SECRET)],
        "data_sets.3.access.0.says",
        "gives away the fact 'outage'",
    ),
    ([("candidate.brief", FRAUD.missing[0])], "candidate.brief", "gives away what is missing on purpose"),
    ([("roles.0.face", FRAUD.roles[0].position)], "roles.0.face", "gives away the brief of 'interviewer'"),
    ([("phases.2.prompt", SECRET)], "phases.2.prompt", "gives away the fact 'outage'"),
    (
        [("data_sets.0.about", FRAUD.data_sets[0].flaw)],
        "data_sets.0.about",
        "gives away the flaw of 'chargebacks_by_month'",
    ),
    (
        [("roles.interviewer.voice.questions.0", SECRET)],
        "roles.0.voice.questions.0",
        "gives away the fact 'outage'",
    ),
    (
        [("injects.device_gap.text", SECRET)],
        at("injects.device_gap") + ".text",
        "gives away the fact 'outage'",
    ),
    (
        [(f"injects.{i.key}.dimensions", ["framing"]) for i in FRAUD.injects if i.key != "fifty_ms"],
        at(f"rubric.dimensions.{FRAUD.inject('fifty_ms').dimensions[-1]}"),
        f"only 'fifty_ms' probes {FRAUD.inject('fifty_ms').dimensions[-1]!r}; 2 injects at least",
    ),
    (
        [
            (f"injects.{i.key}.dimensions", ["scope" if i.role == "interviewer" else "framing"])
            for i in FRAUD.injects
        ],
        at("rubric.dimensions.scope"),
        "only 'interviewer' probes 'scope'; 2 roles at least",
    ),
    (
        [("injects.just_build.when.condition", {"unassumed": True, "any_of": [{"assumed": 1}]})],
        "injects.0.when.condition.any_of.0",
        "this can never be true: it asks for a thing and its opposite",
    ),
    (
        [
            ("injects.whose_fraud.when", {"condition": {"spoken": "no_assumption"}, "after": 30}),
            ("injects.no_assumption.when", {"condition": {"spoken": "whose_fraud"}, "after": 30}),
        ],
        "injects.1.when.condition.spoken",
        "'no_assumption' can never be put",
    ),
    (
        [
            ("injects.no_assumption.when.after", 270),
            ("injects.whose_fraud.when.condition", {"spoken": "no_assumption"}),
        ],
        "injects.1.when.condition.spoken",
        "'no_assumption' comes at 270 s at the earliest, and 280 s is the last moment here",
    ),
    (
        [("facts.outage.asked_words", []), ("injects.just_build.when.condition", {"given": "outage"})],
        "injects.0.when.condition.given",
        "nothing brings 'outage' out by then",
    ),
    (
        [
            ("data_sets.0.asked_words", []),
            ("injects.just_build.when.condition", {"requested": "chargebacks_by_month"}),
        ],
        "injects.0.when.condition.requested",
        "no request can be for 'chargebacks_by_month': it has no `asked_words`",
    ),
    (
        [("injects.just_build.when.condition", {"silence": 290})],
        "injects.0.when.condition.silence",
        "nobody can be silent for 290 s here: at most 280 s are left",
    ),
    (
        [("injects.no_assumption.when.after", 5)],
        at("injects.no_assumption.when") + ".after",
        "holds as soon as the phase begins, and counts from 5 s",
    ),
    (
        [
            ("facts.outage.asked_words", FRAUD.facts[0].asked_words),
            ("facts.outage.held_by", FRAUD.facts[0].held_by),
        ],
        at("facts.outage") + ".asked_words",
        f"who asks in these words is told {FRAUD.facts[0].key!r}, which holds as many of them",
    ),
    (
        [
            ("facts.outage.asked_words", []),
            ("injects.labels_late.reveals", ["outage"]),
            ("injects.labels_late.when", {"condition": {"decided": 1}, "after": 90}),
        ],
        at("facts.outage") + ".asked_words",
        "no question brings 'outage' out, and the inject that does may not come",
    ),
    (
        [("phases.risk.seconds", 240)],
        "phases.5.seconds",
        "'risk' takes 218 s to put its injects and answer them, and has 192 of its 240 s for that",
    ),
    (
        [("injects.out_of_time.when.at", 130)],
        "phases.5",
        "famous_last_words, retrain_sunday, three_am, out_of_time may fall due within 120 s; 3 at most",
    ),
    ([("gap", 6)], "gap", "6 s between two injects; 10 at least"),
    (
        [
            ("seniorities.senior.without", ["ring_tonight"]),
            ("injects.switch_it_off.when", {"condition": {"spoken": "ring_tonight"}, "after": 350}),
        ],
        "seniorities.0.without",
        "'switch_it_off' waits for what never comes",
    ),
    (
        [("roles.dissenter.brief", FRAUD.roles[0].brief)],
        "roles.1.brief",
        "gives away the brief of 'interviewer'",
    ),
    ([("roles.dissenter.brief", FRAUD.missing[1])], "roles.1.brief", "gives away what is missing on purpose"),
    ([("roles.dissenter.evidence.0", SECRET)], "roles.1.evidence.0", "gives away the fact 'outage'"),
    (
        [("injects.ring_tonight.text", FRAUD.inject("fifty_ms").expected)],
        at("injects.ring_tonight") + ".text",
        "gives away what is expected at 'fifty_ms'",
    ),
    (
        [("phases.data.prompt", FRAUD.phases[2].focus)],
        "phases.2.prompt",
        "gives away the focus of 'data'",
    ),
]


@pytest.mark.parametrize(("changes", "where", "message"), PLANTED, ids=[p[2][:60] for p in PLANTED])
def test_what_makes_no_sense_is_found_where_it_stands(changes, where, message):
    assert (where, message) in {(p.where, p.message) for p in check(planted(*changes))}


def test_every_check_has_something_planted_for_it():
    silent = [
        one.__name__ for one in CHECKS if not any(list(one(planted(*changes))) for changes, _, _ in PLANTED)
    ]
    assert silent == []


def test_every_check_says_what_to_do_about_what_it_finds():
    problems = [p for changes, _, _ in PLANTED[::4] for p in check(planted(*changes))]
    assert len(problems) > 20
    assert [p for p in problems if len(p.mend) < 10] == []


def test_a_key_that_leads_nowhere_is_met_with_the_one_that_was_meant():
    [problem] = check(planted(("injects.0.role", "dissentr")))
    assert problem.mend == "Did you mean 'dissenter'? There is data_owner, dissenter, interviewer."


def test_an_inject_may_say_the_fact_it_reveals():
    said = planted(("injects.device_gap.text", SECRET), ("injects.device_gap.reveals", ["outage"]))
    assert check(said) == []


def test_half_of_the_fraud_case_is_owed_and_each_dimension_is_probed_by_two_roles():
    probed: dict[str, set[str]] = {}
    for inject in FRAUD.injects:
        for key in inject.dimensions:
            probed.setdefault(key, set()).add(inject.role)
    assert {key: len(roles) >= 2 for key, roles in probed.items()} == dict.fromkeys(
        [d.key for d in FRAUD.rubric.dimensions], True
    )
    assert sum(i.when.owed for i in FRAUD.injects) * 2 >= len(FRAUD.injects)


def test_the_figures_of_the_fraud_case_hang_together():
    months = {
        row[0]: (_number(row[1]), _number(row[2]), float(row[3]))
        for row in FRAUD.data_set("chargebacks_by_month").rows
    }
    assert all(round(100 * bad / orders, 2) == rate for orders, bad, rate in months.values())
    segments = FRAUD.data_set("segments").rows[:4]
    assert [sum(int(row[n]) for row in segments) for n in (1, 2)] == [100, 100]
    assert round(0.0034 * months["May"][0] * 145, -4) == 600_000  # the loss in the prompt


def _number(cell: str) -> int:
    return int(cell.replace(",", ""))
