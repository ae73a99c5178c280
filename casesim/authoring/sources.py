"""What a draft may begin with: the starter, a scenario of the library, a version of the workspace, a file."""

import json

import yaml

from casesim.authoring import starter
from scenarios.loader import LIBRARY, bundled
from scenarios.models import ScenarioVersion

OWN, LIBRARYS = "version", "library"


def choices(workspace_id: int) -> list[tuple[str, str]]:
    """(what the form sends, what people read), the workspace's newest versions first."""
    rows = ScenarioVersion.objects.filter(workspace=workspace_id).order_by("slug", "-version")
    newest = {row.slug: row for row in reversed(rows)}
    own = [(f"{OWN}:{row.pk}", f"{row.title}, version {row.version}") for row in newest.values()]
    return [*own, *((f"{LIBRARYS}:{s.slug}", f"{s.title} (library)") for s in bundled())]


def begin_with(workspace_id: int, slug: str, source: str, text: str) -> tuple[str, dict[str, str]]:
    """The text and the scripts of a new draft. A given text goes before any source, and has no scripts."""
    if text:
        return text, {}
    kind, _, name = source.partition(":")
    if kind == OWN:
        row = ScenarioVersion.objects.get(pk=int(name), workspace=workspace_id)
        return _as_yaml(row), {}
    if kind == LIBRARYS:
        return _library(name)
    return starter.starter(slug), starter.scripts()


def _library(slug: str) -> tuple[str, dict[str, str]]:
    """A bundled scenario as it is written, with the scripts beside it. The slug is one of `bundled`'s."""
    for path in LIBRARY.glob("*/scenario.yaml"):
        text = path.read_text(encoding="utf-8")
        if f"\nslug: {slug}\n" in f"\n{text}":
            return text, {p.stem: p.read_text(encoding="utf-8") for p in sorted(path.parent.glob("*.jsonl"))}
    raise LookupError(slug)


def _as_yaml(row: ScenarioVersion) -> str:
    """A published document as YAML. Its comments were not published, so there are none."""
    held = json.loads(row.document)
    head = f"# From version {row.version} of {row.slug}. A published version keeps no comments.\n"
    return head + yaml.safe_dump(held, sort_keys=False, allow_unicode=True, width=106)
