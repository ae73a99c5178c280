"""Sense checks: what a scenario of the right shape can still get wrong.

Each check is a function from a scenario to its problems; `check` runs them all. Pure.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from scenarios.core import check_data
from scenarios.core.acts import ACTS
from scenarios.core.schema import CANDIDATE, FACILITATOR, Condition, Inject, Level, Phase, Role, Scenario

Loc = tuple[str | int, ...]

LAST_SECONDS = 20  # nothing is due so late in a phase: there would be no time to answer
APART = 10  # seconds between two injects of a phase that are due by the clock
CEILING = 6  # injects a phase may hold: more is noise, not pressure
PLACEHOLDERS = {"choice", "why", "gives_up", "would_change"}
RESERVED = {CANDIDATE, FACILITATOR, "rater", "observer", "clock", "listener", "director"}


@dataclass(frozen=True, slots=True)
class Problem:
    """Something an author has to mend, and where. `line` 0: not known, or the whole file."""

    loc: Loc
    message: str
    file: str = ""
    line: int = 0

    @property
    def where(self) -> str:
        """The place as a dotted path: `injects.3.when.at`."""
        return ".".join(map(str, self.loc))

    def __str__(self) -> str:
        place = ":".join(part for part in (self.file, str(self.line or "")) if part)
        return ": ".join(part for part in (place, self.where, self.message) if part)


def check(scenario: Scenario) -> list[Problem]:
    """Everything that makes no sense in this scenario, in the order of the checks; empty if clean."""
    return [problem for one in CHECKS for problem in one(scenario)]


# --- keys -----------------------------------------------------------------------------------------


def keys_are_unique(s: Scenario) -> Iterator[Problem]:
    lists: list[tuple[Loc, Iterable[str]]] = [
        (("roles",), (r.key for r in s.roles)),
        (("phases",), (p.key for p in s.phases)),
        (("facts",), (f.key for f in s.facts)),
        (("data_sets",), (d.key for d in s.data_sets)),
        (("injects",), (i.key for i in s.injects)),
        (("seniorities",), (x.key for x in s.seniorities)),
        (("rubric", "dimensions"), (d.key for d in s.rubric.dimensions)),
    ]
    lists += [
        (("roles", n, "voice", "grounds"), [g.key for g in r.voice.grounds]) for n, r in enumerate(s.roles)
    ]
    for loc, keys in lists:
        seen: set[str] = set()
        for n, key in enumerate(keys):
            if key in seen:
                yield Problem((*loc, n, "key"), f"the key {key!r} is used twice")
            seen.add(key)


def role_keys_are_free(s: Scenario) -> Iterator[Problem]:
    for n, role in enumerate(s.roles):
        if role.key in RESERVED or re.fullmatch(r"rater\d+", role.key):
            yield Problem(("roles", n, "key"), f"{role.key!r} names another kind of seat")


# --- references -----------------------------------------------------------------------------------


class Reference(NamedTuple):
    loc: Loc
    kind: str
    key: str


def references_lead_somewhere(s: Scenario) -> Iterator[Problem]:
    known = _known(s)
    for ref in [*_of_phases(s), *_of_facts(s), *_of_data_sets(s), *_of_seniorities(s), *_of_injects(s)]:
        if ref.key not in known[ref.kind]:
            yield Problem(ref.loc, f"there is no {ref.kind} {ref.key!r}")


def _known(s: Scenario) -> dict[str, set[str]]:
    return {
        "role": {r.key for r in s.roles},
        "phase": {p.key for p in s.phases},
        "fact": {f.key for f in s.facts},
        "data set": {d.key for d in s.data_sets},
        "inject": {i.key for i in s.injects},
        "dimension": {d.key for d in s.rubric.dimensions},
        "act": set(ACTS),
    }


def _of_phases(s: Scenario) -> Iterator[Reference]:
    for n, phase in enumerate(s.phases):
        yield Reference(("phases", n, "led_by"), "role", phase.led_by)
        yield from _all(("phases", n, "dimensions"), "dimension", phase.dimensions)


def _of_facts(s: Scenario) -> Iterator[Reference]:
    for n, fact in enumerate(s.facts):
        yield Reference(("facts", n, "held_by"), "role", fact.held_by)
        yield from _all(("facts", n, "dimensions"), "dimension", fact.dimensions)


def _of_data_sets(s: Scenario) -> Iterator[Reference]:
    for n, data_set in enumerate(s.data_sets):
        yield Reference(("data_sets", n, "held_by"), "role", data_set.held_by)
        yield from _of_condition(("data_sets", n, "refuse_until"), data_set.refuse_until)
        for m, rule in enumerate(data_set.access):
            yield from _of_condition(("data_sets", n, "access", m, "when"), rule.when)


def _of_seniorities(s: Scenario) -> Iterator[Reference]:
    for n, seniority in enumerate(s.seniorities):
        for field in ("weights", "floors"):
            for key in getattr(seniority, field):
                yield Reference(("seniorities", n, field, key), "dimension", key)
        yield from _all(("seniorities", n, "without"), "inject", seniority.without)


def _of_injects(s: Scenario) -> Iterator[Reference]:
    for n, inject in enumerate(s.injects):
        yield Reference(("injects", n, "phase"), "phase", inject.phase)
        yield Reference(("injects", n, "role"), "role", inject.role)
        yield from _all(("injects", n, "dimensions"), "dimension", inject.dimensions)
        yield from _all(("injects", n, "reveals"), "fact", inject.reveals)
        yield from _of_condition(("injects", n, "when", "condition"), inject.when.condition)


def _of_condition(loc: Loc, condition: Condition | None) -> Iterator[Reference]:
    for at, c in _conditions(loc, condition):
        yield from _all((*at, "heard"), "act", c.heard)
        yield from _all((*at, "unheard"), "act", c.unheard)
        single = [("asked", "role"), ("given", "fact"), ("requested", "data set"), ("spoken", "inject")]
        for field, kind in single:
            if (key := getattr(c, field)) is not None:
                yield Reference((*at, field), kind, key)


def _conditions(loc: Loc, condition: Condition | None) -> Iterator[tuple[Loc, Condition]]:
    """A condition and those inside it, each with its place."""
    if condition is None:
        return
    yield loc, condition
    for n, inner in enumerate(condition.any_of):
        yield from _conditions((*loc, "any_of", n), inner)


def _all(loc: Loc, kind: str, keys: tuple[str, ...]) -> Iterator[Reference]:
    return (Reference((*loc, n), kind, key) for n, key in enumerate(keys))


# --- conditions -----------------------------------------------------------------------------------


def conditions_say_something(s: Scenario) -> Iterator[Problem]:
    places: list[tuple[Loc, Condition | None]] = []
    places += [(("injects", n, "when", "condition"), i.when.condition) for n, i in enumerate(s.injects)]
    places += [(("data_sets", n, "refuse_until"), d.refuse_until) for n, d in enumerate(s.data_sets)]
    places += [
        (("data_sets", n, "access", m, "when"), rule.when)
        for n, d in enumerate(s.data_sets)
        for m, rule in enumerate(d.access)
    ]
    for at, c in (pair for loc, condition in places for pair in _conditions(loc, condition)):
        if c == Condition():
            yield Problem(at, "an empty condition is always true; leave it out or say when")
        if (c.undecided and c.decided) or (c.unassumed and c.assumed) or set(c.heard) & set(c.unheard):
            yield Problem(at, "this can never be true: it asks for a thing and its opposite")


def injects_wait_for_earlier_ones(s: Scenario) -> Iterator[Problem]:
    for n, inject in enumerate(s.injects):
        loc: Loc = ("injects", n, "when", "condition")
        for at, c in _conditions(loc, inject.when.condition):
            if c.spoken == inject.key:
                yield Problem((*at, "spoken"), "an inject cannot wait for itself")
            elif c.spoken is not None and _order(s, c.spoken) > _order(s, inject.key):
                yield Problem((*at, "spoken"), f"{c.spoken!r} belongs to a later phase")


def _order(s: Scenario, inject: str) -> int:
    """The place of an inject's phase, 0 for a key or phase that is not there."""
    phase = next((i.phase for i in s.injects if i.key == inject), None)
    return next((n for n, p in enumerate(s.phases) if p.key == phase), 0)


# --- times ----------------------------------------------------------------------------------------


def every_inject_can_come_due(s: Scenario) -> Iterator[Problem]:
    for n, inject in enumerate(s.injects):
        when, loc = inject.when, ("injects", n, "when")
        if when.at is None and when.condition is None and not when.owed:
            yield Problem(loc, "give `at`, a `condition` or `owed`, or it only ever comes by hand")
        if when.at is not None and (when.condition is not None or when.owed or when.after):
            yield Problem((*loc, "at"), "a fixed second stands alone, without condition, `after` or `owed`")


def times_fit_the_phase(s: Scenario) -> Iterator[Problem]:
    for n, inject in enumerate(s.injects):
        phase = _phase(s, inject)
        if phase is None:
            continue
        latest = phase.seconds - LAST_SECONDS
        for field, second in _moments(inject, phase):
            if not 0 <= second <= latest:
                message = f"{inject.key!r} falls outside 0 to {latest} s of {phase.key!r}"
                yield Problem(("injects", n, "when", field), message)


def a_condition_has_time_to_come_true(s: Scenario) -> Iterator[Problem]:
    for n, inject in enumerate(s.injects):
        phase, when = _phase(s, inject), inject.when
        if phase is None or when.condition is None or not when.owed:
            continue
        if when.after >= (owed := phase.seconds - when.before_end):
            message = f"owed at {owed} s, before its condition may count at {when.after} s"
            yield Problem(("injects", n, "when", "after"), message)


def injects_keep_apart(s: Scenario) -> Iterator[Problem]:
    for phase in s.phases:
        timed = [
            (second, n, i.key)
            for n, i in enumerate(s.injects)
            if i.phase == phase.key and (second := _clock_second(i, phase)) is not None
        ]
        for (one, _, before), (two, n, key) in pairwise(sorted(timed)):
            if two - one < APART:
                yield Problem(("injects", n, "when"), f"{key!r} comes within {APART} s of {before!r}")


def _phase(s: Scenario, inject: Inject) -> Phase | None:
    return next((p for p in s.phases if p.key == inject.phase), None)


def _moments(inject: Inject, phase: Phase) -> Iterator[tuple[str, int]]:
    """The seconds of the phase an inject names, each with the field that names it."""
    when = inject.when
    if when.at is not None:
        yield "at", when.at
    if when.after:
        yield "after", when.after
    if when.owed:
        yield "before_end", phase.seconds - when.before_end


def _clock_second(inject: Inject, phase: Phase) -> int | None:
    """The second at which the clock alone makes it due, if it ever does."""
    if inject.when.at is not None:
        return inject.when.at
    return phase.seconds - inject.when.before_end if inject.when.owed else None


# --- pressure -------------------------------------------------------------------------------------


def every_dimension_is_probed(s: Scenario) -> Iterator[Problem]:
    probed = {key for i in s.injects for key in i.dimensions}
    for n, dimension in enumerate(s.rubric.dimensions):
        if dimension.key not in probed:
            yield Problem(("rubric", "dimensions", n), f"no inject probes {dimension.key!r}")


def every_phase_owes_something(s: Scenario) -> Iterator[Problem]:
    owed = {i.phase for i in s.injects if i.when.owed}
    for n, phase in enumerate(s.phases):
        if phase.key not in owed:
            message = f"no inject is owed in {phase.key!r}: candidates would not meet comparable pressure"
            yield Problem(("phases", n), message)


def no_phase_is_crowded(s: Scenario) -> Iterator[Problem]:
    count = Counter(i.phase for i in s.injects)
    for n, phase in enumerate(s.phases):
        if count[phase.key] > CEILING:
            yield Problem(("phases", n), f"{count[phase.key]} injects in {phase.key!r}; {CEILING} at most")


def only_suggestions_are_wrong_on_purpose(s: Scenario) -> Iterator[Problem]:
    for n, inject in enumerate(s.injects):
        if inject.wrong_on_purpose and inject.kind != "suggestion":
            message = f"only a suggestion can be wrong on purpose, and {inject.key!r} is a {inject.kind}"
            yield Problem(("injects", n, "wrong_on_purpose"), message)


def every_seniority_is_pressed(s: Scenario) -> Iterator[Problem]:
    """What a seniority is spared leaves every dimension probed and something owed in every phase."""
    spared = [(n, s.at(x.key)) for n, x in enumerate(s.seniorities) if x.without]
    for n, left in spared:
        for check_one in (every_dimension_is_probed, every_phase_owes_something, what_is_held_can_be_had):
            for problem in check_one(left):
                yield Problem(("seniorities", n, "without"), problem.message)


# --- the rubric -----------------------------------------------------------------------------------


def the_scale_is_one(s: Scenario) -> Iterator[Problem]:
    dimensions, closing = s.rubric.dimensions, s.rubric.closing
    if not dimensions:
        yield Problem(("rubric", "dimensions"), "a rubric needs a dimension")
        return
    top = len(dimensions[0].levels)
    for n, dimension in enumerate(dimensions):
        yield from _rungs(("rubric", "dimensions", n, "levels"), dimension.levels, top)
    yield from _rungs(("rubric", "closing", "levels"), closing.levels, len(closing.levels))
    if not 1 <= s.rubric.bar <= top:
        yield Problem(("rubric", "bar"), f"the bar must lie on the scale from 1 to {top}")


def _rungs(loc: Loc, levels: tuple[Level, ...], top: int) -> Iterator[Problem]:
    if [level.value for level in levels] != list(range(1, top + 1)) or top < 2:
        yield Problem(loc, f"levels must be 1 to {max(top, 2)}, in that order, as in the first dimension")


# --- what the roles say ---------------------------------------------------------------------------


def grounds_quote_only_decisions(s: Scenario) -> Iterator[Problem]:
    for loc, line in _ground_lines(s):
        for name in sorted(set(re.findall(r"\{([^{}]*)\}", line)) - PLACEHOLDERS):
            yield Problem(
                loc, f"{{{name}}} is nothing a line may quote; {', '.join(sorted(PLACEHOLDERS))} are"
            )
        if re.search(r"[{}]", re.sub(r"\{[^{}]*\}", "", line)):
            yield Problem(loc, "a brace stands alone")


def other_lines_quote_nothing(s: Scenario) -> Iterator[Problem]:
    injects: Iterator[tuple[Loc, str]] = ((("injects", n, "text"), i.text) for n, i in enumerate(s.injects))
    for loc, line in [*_voice_lines(s), *_yielding_lines(s), *injects]:
        if re.search(r"[{}]", line):
            yield Problem(loc, "braces are spoken as they stand here; only what a ground `says` may quote")


def no_line_is_written_twice(s: Scenario) -> Iterator[Problem]:
    seen: dict[str, Loc] = {}
    for loc, line in [*_voice_lines(s), *_ground_lines(s)]:
        first = seen.setdefault(_plain(line), loc)
        if first != loc:
            yield Problem(loc, f"this line stands already at {'.'.join(map(str, first))}")


def every_role_can_yield(s: Scenario) -> Iterator[Problem]:
    for n, role in enumerate(s.roles):
        for m, ground in enumerate(role.voice.grounds):
            loc: Loc = ("roles", n, "voice", "grounds", m)
            if not ground.yields_words:
                yield Problem((*loc, "yields_words"), f"{role.key!r} could never yield on {ground.key!r}")
            if not ground.says:
                yield Problem((*loc, "says"), f"{ground.key!r} has nothing to say")
        if role.kind == "dissenter" and not role.voice.grounds:
            yield Problem(("roles", n, "voice", "grounds"), f"{role.key!r} dissents and has no grounds")


def a_dissenter_has_a_position(s: Scenario) -> Iterator[Problem]:
    for n, role in enumerate(s.roles):
        if role.kind == "dissenter" and not role.evidence:
            yield Problem(("roles", n, "evidence"), f"{role.key!r} dissents and can point to nothing")
        if role.kind == "dissenter" and role.never is None:
            yield Problem(
                ("roles", n, "never"), f"say what {role.key!r} will not accept, whatever is offered"
            )


def who_leads_opens_each_phase(s: Scenario) -> Iterator[Problem]:
    leads = Counter(p.led_by for p in s.phases)
    for n, role in enumerate(s.roles):
        if role.voice.opening and len(role.voice.opening) != leads[role.key]:
            message = (
                f"{role.key!r} leads {leads[role.key]} phases and has {len(role.voice.opening)} openings"
            )
            yield Problem(("roles", n, "voice", "opening"), message)


def _voice_lines(s: Scenario) -> Iterator[tuple[Loc, str]]:
    for n, role in enumerate(s.roles):
        for field in ("opening", "questions", "silence", "no_answer", "thanks"):
            for m, line in enumerate(getattr(role.voice, field)):
                yield ("roles", n, "voice", field, m), line


def _ground_lines(s: Scenario) -> Iterator[tuple[Loc, str]]:
    for n, role in enumerate(s.roles):
        for m, ground in enumerate(role.voice.grounds):
            for k, line in enumerate(ground.says):
                yield ("roles", n, "voice", "grounds", m, "says", k), line


def _yielding_lines(s: Scenario) -> Iterator[tuple[Loc, str]]:
    for n, role in enumerate(s.roles):
        for m, ground in enumerate(role.voice.grounds):
            yield ("roles", n, "voice", "grounds", m, "yields"), ground.yields


# --- what is held back ----------------------------------------------------------------------------


def what_is_held_can_be_had(s: Scenario) -> Iterator[Problem]:
    revealed = {key for i in s.injects for key in i.reveals}
    for n, fact in enumerate(s.facts):
        if not fact.asked_words and fact.key not in revealed:
            yield Problem(("facts", n, "asked_words"), f"no question and no inject brings {fact.key!r} out")
    for n, data_set in enumerate(s.data_sets):
        if not data_set.asked_words:
            yield Problem(("data_sets", n, "asked_words"), f"no request fits {data_set.key!r}")


def roles_reveal_their_own(s: Scenario) -> Iterator[Problem]:
    holders = {f.key: f.held_by for f in s.facts}
    for n, inject in enumerate(s.injects):
        for m, key in enumerate(inject.reveals):
            if holders.get(key, inject.role) != inject.role:
                yield Problem(("injects", n, "reveals", m), f"{inject.role!r} does not hold {key!r}")


def data_sets_can_be_made(s: Scenario) -> Iterator[Problem]:
    for loc, message in check_data.problems(s):
        yield Problem(loc, message)


def tables_are_square(s: Scenario) -> Iterator[Problem]:
    for n, data_set in enumerate(s.data_sets):
        names = [c.name for c in data_set.columns]
        if len(set(names)) < len(names):
            yield Problem(("data_sets", n, "columns"), "two columns have one name")
        for m, row in enumerate(data_set.rows):
            if len(row) != len(names):
                yield Problem(("data_sets", n, "rows", m), f"{len(row)} cells for {len(names)} columns")


def secrets_are_not_public(s: Scenario) -> Iterator[Problem]:
    """No sentence that is held back stands word for word where everyone reads or hears it."""
    secrets = list(_secrets(s))
    for loc, text, revealed in [*_public(s), *_spoken(s)]:
        plain = _plain(text)
        for name, secret in secrets:
            if secret in plain and name not in revealed:
                yield Problem(loc, f"gives away {name}")


def _secrets(s: Scenario) -> Iterator[tuple[str, str]]:
    """What is held back, sentence by sentence, each with a name for it."""
    texts = [(f"the fact {f.key!r}", f.text) for f in s.facts]
    texts += [(f"the flaw of {d.key!r}", d.flaw) for d in s.data_sets]
    texts += [(f"the brief of {r.key!r}", _papers(r)) for r in s.roles]
    texts += [
        (f"the fault {f.key!r}", f"{f.about} {f.notice}")
        for d in s.data_sets
        if d.recipe is not None
        for f in d.recipe.faults
    ]
    texts += [("what is missing on purpose", line) for line in s.missing]
    for name, text in texts:
        for sentence in re.split(r"(?<=[.?!])\s+", text):
            if len(sentence) >= 20:  # shorter ones are said by anyone
                yield name, _plain(sentence)


def _papers(role: Role) -> str:
    return " ".join([role.brief, role.position, *role.evidence, role.yields_when, role.never or ""])


def _public(s: Scenario) -> Iterator[tuple[Loc, str, set[str]]]:
    """What everyone reads, with nothing it may give away."""
    yield ("title",), s.title, set()
    yield ("summary",), s.summary, set()
    yield ("prompt",), s.prompt, set()
    yield ("candidate", "brief"), s.candidate.brief, set()
    yield from ((("roles", n, "face"), r.face, set()) for n, r in enumerate(s.roles))
    yield from ((("phases", n, "prompt"), p.prompt, set()) for n, p in enumerate(s.phases))
    yield from ((("data_sets", n, "about"), d.about, set()) for n, d in enumerate(s.data_sets))
    for n, d in enumerate(s.data_sets):
        columns = d.recipe.columns if d.recipe is not None else ()
        for m, column in enumerate(columns):
            yield ("data_sets", n, "recipe", "columns", m, "about"), column.about, set()


def _spoken(s: Scenario) -> Iterator[tuple[Loc, str, set[str]]]:
    """What everyone hears, with the names of what it may give away."""
    for loc, line in [*_voice_lines(s), *_ground_lines(s), *_yielding_lines(s)]:
        yield loc, line, set()
    for n, inject in enumerate(s.injects):
        yield ("injects", n, "text"), inject.text, {f"the fact {key!r}" for key in inject.reveals}
    for n, d in enumerate(s.data_sets):
        yield ("data_sets", n, "refusal"), d.refusal, set()
        for m, rule in enumerate(d.access):
            yield ("data_sets", n, "access", m, "says"), rule.says, set()


def _plain(text: str) -> str:
    return " ".join(text.casefold().split()).rstrip(".?!")


CHECKS: tuple[Callable[[Scenario], Iterator[Problem]], ...] = (
    keys_are_unique,
    role_keys_are_free,
    references_lead_somewhere,
    conditions_say_something,
    injects_wait_for_earlier_ones,
    every_inject_can_come_due,
    times_fit_the_phase,
    a_condition_has_time_to_come_true,
    injects_keep_apart,
    every_dimension_is_probed,
    every_phase_owes_something,
    no_phase_is_crowded,
    only_suggestions_are_wrong_on_purpose,
    every_seniority_is_pressed,
    the_scale_is_one,
    grounds_quote_only_decisions,
    other_lines_quote_nothing,
    no_line_is_written_twice,
    every_role_can_yield,
    a_dissenter_has_a_position,
    who_leads_opens_each_phase,
    what_is_held_can_be_had,
    roles_reveal_their_own,
    data_sets_can_be_made,
    tables_are_square,
    secrets_are_not_public,
)
