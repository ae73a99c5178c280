"""A script: what a candidate persona does in a rehearsal, one line for each command."""

import re
from typing import Annotated, Any, Self

from pydantic import AfterValidator, Field, model_validator

from scenarios.core.schema import Doc, Key, Scenario, Seconds

OBJECTION = "objection"
ON_INJECT = re.compile(r"inject:(?P<key>[a-z][a-z0-9_]{0,39})")


def _typed(do: dict[str, Any]) -> dict[str, Any]:
    if not do.get("type"):
        raise ValueError("a command needs its `type`")
    return do


class ScriptLine(Doc):
    """One command and when it is due.

    `phase`: `after` seconds into that phase. `on: inject:KEY`: `after` seconds after that inject
    was spoken. `on: objection`: `after` seconds after the next objection not yet answered; each
    such line answers one, in the order written.
    """

    phase: Key | None = None
    on: Annotated[str, Field(pattern=r"^(objection|inject:[a-z][a-z0-9_]{0,39})$")] | None = None
    after: Seconds = 0
    do: Annotated[dict[str, Any], AfterValidator(_typed)]  # a candidate's command, checked where those live

    @property
    def inject(self) -> str | None:
        """The key of the inject this line waits for, if it waits for one."""
        match = ON_INJECT.fullmatch(self.on or "")
        return match["key"] if match else None

    @model_validator(mode="after")
    def _has_one_trigger(self) -> Self:
        if (self.phase is None) == (self.on is None):
            raise ValueError("give either `phase` or `on`")
        return self


Script = tuple[ScriptLine, ...]


def misfit(line: ScriptLine, scenario: Scenario) -> str:
    """Why this line can never be spoken in this scenario; empty if it can."""
    phase = next((p for p in scenario.phases if p.key == line.phase), None)
    if line.phase is not None and phase is None:
        return f"there is no phase {line.phase!r}"
    if phase is not None and line.after >= phase.seconds:
        return f"{phase.key} is over after {phase.seconds} s"
    if line.inject is not None and line.inject not in {i.key for i in scenario.injects}:
        return f"there is no inject {line.inject!r}"
    return ""
