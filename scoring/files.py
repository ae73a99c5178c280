"""Ratings from a file, documents to a file: what the commands share. Either whole, or not at all."""

from collections.abc import Iterable
from pathlib import Path

from scoring.core.ratings import BadRatings, Repeats
from scoring.core.reading import Reading, read_ratings


class BadFile(Exception):
    """A file that could not be read or written; the message names it, and each line that is wrong."""


def load_ratings(path: Path, repeats: Repeats = "latest") -> Reading:
    """The ratings in a CSV file. Raises BadFile."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            return read_ratings(lines, repeats)
    except OSError as error:
        raise BadFile(f"{path}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise BadFile(f"{path}: not a text file in UTF-8") from None
    except BadRatings as error:
        raise BadFile("\n".join(f"{path}: {problem}" for problem in error.problems)) from None


def write_whole(path: Path, lines: Iterable[str]) -> None:
    """Write beside the place first, then into it, so that no reader finds half a document. Raises BadFile."""
    beside = path.with_name(f".{path.name}.part")
    try:
        with beside.open("w", encoding="utf-8") as out:
            out.writelines(f"{line}\n" for line in lines)
        beside.replace(path)
    except OSError as error:
        raise BadFile(f"{path}: {error.strerror}") from None
    finally:
        beside.unlink(missing_ok=True)
