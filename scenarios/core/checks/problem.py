"""What a check finds: a place in the document, what is wrong there, and what to do about it."""

from dataclasses import dataclass

Loc = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Problem:
    """Something an author has to mend, and where. `line` 0: not known, or the whole file."""

    loc: Loc
    message: str
    file: str = ""
    line: int = 0
    mend: str = ""  # what to do about it

    @property
    def where(self) -> str:
        """The place as a dotted path: `injects.3.when.at`."""
        return ".".join(map(str, self.loc))

    def __str__(self) -> str:
        place = ":".join(part for part in (self.file, str(self.line or "")) if part)
        return ": ".join(part for part in (place, self.where, self.message) if part)
