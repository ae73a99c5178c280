"""What the roles say: what a line may quote, lines that stand twice, positions that can be held and left."""

import re
from collections import Counter
from collections.abc import Iterator

from scenarios.core.checks.places import ground_lines, plain, voice_lines, yielding_lines
from scenarios.core.checks.problem import Loc, Problem
from scenarios.core.schema import Scenario

PLACEHOLDERS = {"choice", "why", "gives_up", "would_change"}


def grounds_quote_only_decisions(s: Scenario) -> Iterator[Problem]:
    for loc, line in ground_lines(s):
        for name in sorted(set(re.findall(r"\{([^{}]*)\}", line)) - PLACEHOLDERS):
            yield Problem(
                loc, f"{{{name}}} is nothing a line may quote; {', '.join(sorted(PLACEHOLDERS))} are"
            )
        if re.search(r"[{}]", re.sub(r"\{[^{}]*\}", "", line)):
            yield Problem(loc, "a brace stands alone")


def other_lines_quote_nothing(s: Scenario) -> Iterator[Problem]:
    injects: Iterator[tuple[Loc, str]] = ((("injects", n, "text"), i.text) for n, i in enumerate(s.injects))
    for loc, line in [*voice_lines(s), *yielding_lines(s), *injects]:
        if re.search(r"[{}]", line):
            yield Problem(loc, "braces are spoken as they stand here; only what a ground `says` may quote")


def no_line_is_written_twice(s: Scenario) -> Iterator[Problem]:
    seen: dict[str, Loc] = {}
    for loc, line in [*voice_lines(s), *ground_lines(s)]:
        first = seen.setdefault(plain(line), loc)
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
