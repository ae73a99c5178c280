"""What a candidate is told before anything is recorded, in plain words: one paragraph each."""

from typing import NamedTuple


class Promise(NamedTuple):
    """What an organisation binds itself to. `keep_days`: counted from the candidate's last room."""

    organisation: str
    keep_days: int
    appeal_days: int
    bots: bool = False  # scripted colleagues may sit at the table
    machine_reads: bool = True  # a listener reads what the candidate says, for the room alone


def notice(promise: Promise) -> tuple[str, ...]:
    """The paragraphs of the notice, in the order in which people ask."""
    return (
        "What is recorded: everything you and the others write or decide in this room, with its time; which "
        "tables you open and what you ask of them. No picture and no sound.",
        f"Who sees it: the people in the room, the raters, and those who run interviews at "
        f"{promise.organisation}. Raters mark alone, and every mark has to rest on something that was said.",
        f"How long: what was said is kept for {_days(promise.keep_days)} after your last room, then it goes.",
        _machines(promise),
        "Who decides: a named person, who may differ from what a rule recommends and then says why. No "
        "program decides about you.",
        "What you may do: take your consent back at any time, which ends the room; and, once you are told "
        f"the decision, contest it within {_days(promise.appeal_days)}. Somebody who did not take the "
        "decision then looks at it.",
    )


def _machines(promise: Promise) -> str:
    told = "How machines help: the clock and the plan of the room are a program's."
    if promise.bots:
        told += " Some of your colleagues at the table may be scripted; they are marked as bots."
    if promise.machine_reads:
        told += " A program reads what you say to time what comes next; it marks nothing."
    return told + " People's marks are combined by a statistical model. No program rates you."


def _days(number: int) -> str:
    return f"{number} day{'' if number == 1 else 's'}"
