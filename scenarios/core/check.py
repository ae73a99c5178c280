"""Sense checks: what a scenario of the right shape can still get wrong, and what to do about it.

Each check is a function from a scenario to its problems; `check` runs them all. Pure. They live in
`checks/`, one file an idea.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace

from scenarios.core.checks import conditions, held, keys, pressure, rubric, secrets, times, voices
from scenarios.core.checks.problem import Loc as Loc
from scenarios.core.checks.problem import Problem as Problem
from scenarios.core.schema import Scenario


def check(scenario: Scenario) -> list[Problem]:
    """Everything that makes no sense in this scenario, in the order of the checks; empty if clean."""
    return [
        problem if problem.mend else replace(problem, mend=mend)
        for one, mend in CHECKS.items()
        for problem in one(scenario)
    ]


# each check, and what an author does about what it finds
CHECKS: dict[Callable[[Scenario], Iterator[Problem]], str] = {
    keys.keys_are_unique: "Give one of the two another key, and change what refers to it.",
    keys.role_keys_are_free: "Choose another key: this one is a seat's that every room has.",
    keys.references_lead_somewhere: "Use a key that is declared in this file.",
    conditions.conditions_say_something: "Say when, or take the condition out.",
    conditions.conditions_do_not_contradict_themselves: "Take one of the two out; `any_of` is for either.",
    conditions.injects_wait_for_earlier_ones: "Wait for one of this phase or an earlier one.",
    conditions.every_condition_can_come_true: (
        "Make what it waits for possible, or wait for something else; an owed inject comes anyway."
    ),
    conditions.what_did_not_happen_is_given_time: (
        f"Give `after` {conditions.AT_ONCE} seconds or more: time in which it can happen."
    ),
    times.every_inject_can_come_due: "Choose one way: `at`, a `condition`, `owed`, or the last two together.",
    times.times_fit_the_phase: "Choose a second inside it, or make the phase longer.",
    times.a_condition_has_time_to_come_true: "Lower `after` or `before_end`.",
    times.injects_keep_apart: f"Move one of them by {times.APART} seconds or more.",
    pressure.every_dimension_is_probed: (
        "Aim injects of two roles at it: where their words really probe it, or write one."
    ),
    pressure.every_phase_owes_something: "Set `owed: true` and `before_end` at one inject of the phase.",
    pressure.no_phase_is_crowded: "Move some to another phase, or drop the weakest.",
    pressure.phases_have_time_for_their_load: "Make the phase longer, the texts shorter, or move an inject.",
    pressure.pressure_keeps_its_ceiling: "Spread their `at`, `after` and `before_end`.",
    pressure.there_is_time_between_injects: "Raise `gap`.",
    pressure.only_suggestions_are_wrong_on_purpose: "Make it a `suggestion`, or drop `wrong_on_purpose`.",
    pressure.every_seniority_is_pressed: "Spare this seniority fewer injects, or others.",
    rubric.the_scale_is_one: "Use the same levels in every dimension, from 1 up.",
    voices.grounds_quote_only_decisions: "Write {choice}, {why}, {gives_up} or {would_change}, in braces.",
    voices.other_lines_quote_nothing: "Write it without braces, or make it a line of a ground.",
    voices.no_line_is_written_twice: "Write another line: in a room each is spoken once.",
    voices.every_role_can_yield: "Give each ground `says`, and `yields_words` that a real answer holds.",
    voices.a_dissenter_has_a_position: "Fill in `evidence` and `never`; they are for the person in the seat.",
    voices.who_leads_opens_each_phase: "Write one opening for each phase this role leads, in their order.",
    held.what_is_held_can_be_had: "Give it `asked_words`: what a question or a request for it would hold.",
    held.each_fact_has_its_question: "Give it a word in `asked_words` that no other fact of this role has.",
    held.roles_reveal_their_own: "Let the role that holds the fact put the inject, or move the fact.",
    held.data_sets_can_be_made: "See docs/data.md for what a recipe and its rules may hold.",
    held.tables_are_square: "Give each row one cell a column, and each column a name of its own.",
    secrets.secrets_are_kept: "Say it in other words that give less, or leave it out here.",
}
