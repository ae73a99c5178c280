"""`manage.py listen`: utterances in, acts out; or teach the listener, or measure it."""

import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from rooms.listener.builtin import heard, ranked
from rooms.listener.choosing import chosen
from rooms.listener.exemplars import BadExemplars, Exemplar, exemplars, read
from rooms.listener.sentence_model import FILE as SENTENCES
from rooms.listener.sentence_model import NotInstalled
from rooms.listener.weights import FILE, store
from scenarios.core.acts import ACTS

LONGEST = 64 * 1024  # characters of a line


class BadLine(ValueError):
    """A line that cannot be heard, and why."""


class Command(BaseCommand):
    help = (
        'Reads {"text": ..., "context": [...]} line by line and writes the acts of each with their '
        "probability, dimension and polarity. A bad line is answered with its error; the rest is done."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--train", action="store_true", help="learn from the exemplars and write the weights"
        )
        parser.add_argument(
            "--listener",
            choices=("builtin", "sentences", "llm"),
            default=settings.LISTENER,
            help="which listener (the setting LISTENER)",
        )
        parser.add_argument(
            "--evaluate",
            metavar="FILE",
            type=Path,
            help="figures on labelled utterances: 'act+act | text' lines, or .jsonl of {text, acts, family}",
        )

    def handle(self, *args: Any, train: bool, evaluate: Path | None, listener: str, **options: Any) -> None:
        if train and listener == "llm":
            raise CommandError("--listener llm is not taught here")
        if train:
            self._train_sentences() if listener == "sentences" else self._train()
        elif evaluate:
            self._evaluate(evaluate, listener)
        elif self._listen(listener):
            sys.exit(1)

    def _train(self) -> None:
        from rooms.listener.learning import learn  # scipy's optimiser is needed here only

        taught = exemplars()
        self.stderr.write(f"Learning from {len(taught)} exemplars of {len(ACTS)} acts ...")
        store(learn(taught))
        self.stdout.write(f"{FILE}: {FILE.stat().st_size:,} bytes")

    def _train_sentences(self) -> None:
        from rooms.listener.sentence_learning import learn

        taught = exemplars()
        try:
            learn(taught)
        except NotInstalled as no:
            raise CommandError(str(no)) from None
        self.stdout.write(f"{SENTENCES}: {SENTENCES.stat().st_size:,} bytes")

    def _evaluate(self, path: Path, listener: str) -> None:
        from rooms.listener.evaluation import evaluate

        self.stdout.write(json.dumps(evaluate(_labelled(path), exemplars(), chosen(listener)), indent=2))

    def _listen(self, listener: str) -> int:
        """How many lines were bad."""
        likely, bad = chosen(listener), 0
        for number, line in enumerate(sys.stdin, 1):
            if not line.strip():
                continue
            try:
                text, context = _asked(line)
            except BadLine as error:
                bad += 1
                self.stderr.write(f"line {number}: {error}")
                self.stdout.write(json.dumps({"line": number, "error": str(error)}))
                continue
            acts = [_told(act, p) for act, p in ranked(heard(text, context, likely))]
            self.stdout.write(json.dumps({"acts": acts}, ensure_ascii=False))
        return bad


def _told(act: str, p: float) -> dict[str, Any]:
    about = ACTS[act]
    return {"act": act, "probability": p, "dimension": about.dimension, "polarity": about.leaning}


def _asked(line: str) -> tuple[str, list[str]]:
    """(text, context) of a line. Raises BadLine."""
    if len(line) > LONGEST:
        raise BadLine(f"longer than {LONGEST:,} characters")
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        raise BadLine("is not JSON") from None
    if not isinstance(row, dict):
        raise BadLine('expected an object: {"text": ..., "context": [...]}')
    if unknown := sorted(row.keys() - {"text", "context"}):
        raise BadLine(f"unknown field: {', '.join(unknown)}")
    text, context = row.get("text"), row.get("context", [])
    if not isinstance(text, str):
        raise BadLine("text: expected a string")
    if not isinstance(context, list) or not all(isinstance(one, str) for one in context):
        raise BadLine("context: expected a list of strings")
    return text, context


def _labelled(path: Path) -> tuple[Exemplar, ...]:
    """The labelled utterances of a file. Raises CommandError naming what is wrong."""
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(f"{path}: {error}") from None
    try:
        return _from_json(text, path.stem) if path.suffix == ".jsonl" else read(text, path.stem)
    except BadExemplars as error:
        raise CommandError(str(error)) from None


def _from_json(text: str, name: str) -> tuple[Exemplar, ...]:
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        try:
            row = json.loads(line)
            acts, said = frozenset(row["acts"]), str(row["text"])
        except (ValueError, KeyError, TypeError, RecursionError):
            raise BadExemplars(f'{name}, line {number}: expected {{"text": ..., "acts": [...]}}') from None
        if acts - set(ACTS):
            raise BadExemplars(f"{name}, line {number}: no such act: {', '.join(sorted(acts - set(ACTS)))}")
        found.append(Exemplar(acts, said, str(row.get("family", f"{name}:{number}"))))
    return tuple(found)
