"""A scenario to begin with: small, whole and commented, with a strong and a weak script beside it."""

import re
from pathlib import Path

from scenarios.editors import schema_text

FOLDER = Path(__file__).parent / "first"
SCENARIO = "scenario.yaml"
SCHEMA = "scenario.schema.json"
SLUG = re.compile(r"[a-z][a-z0-9-]{1,59}")


class Taken(Exception):
    """There is something of that name already; nothing was written."""


def starter(slug: str) -> str:
    """The starter's YAML under this slug. ValueError if that is none."""
    if not SLUG.fullmatch(slug):
        raise ValueError(f"{slug!r}: use small letters, digits and -, a letter first, 2 to 60 of them")
    text = (FOLDER / SCENARIO).read_text(encoding="utf-8")
    return re.sub(r"^slug: starter\b", f"slug: {slug}", text, count=1, flags=re.MULTILINE)


def scripts() -> dict[str, str]:
    """The scripts that go with it: name -> JSON lines."""
    return {path.stem: path.read_text(encoding="utf-8") for path in sorted(FOLDER.glob("*.jsonl"))}


def begin(folder: Path) -> list[Path]:
    """A new folder with scenario, scripts and the schema for editors. Taken if it is there; OSError."""
    text = starter(folder.name)
    if folder.exists():
        raise Taken(f"{folder} is there already")
    folder.mkdir(parents=True)
    files = {SCENARIO: text, SCHEMA: schema_text()} | {f"{k}.jsonl": v for k, v in scripts().items()}
    for name, held in files.items():
        (folder / name).write_text(held, encoding="utf-8")
    return [folder / name for name in files]
