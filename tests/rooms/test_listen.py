"""`manage.py listen`: lines in, lines out, figures, and what it says of bad input."""

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command


def told(monkeypatch: pytest.MonkeyPatch, lines: str) -> tuple[list[dict[str, Any]], str, int]:
    """(answers, what was complained of, exit code)."""
    out, complaints, code = io.StringIO(), io.StringIO(), 0
    monkeypatch.setattr("sys.stdin", io.StringIO(lines))
    try:
        call_command("listen", stdout=out, stderr=complaints)
    except SystemExit as stop:
        code = int(str(stop.code))
    return [json.loads(line) for line in out.getvalue().splitlines()], complaints.getvalue(), code


def test_each_line_is_answered_with_acts_their_dimension_and_polarity(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    answers, complaints, code = told(monkeypatch, '{"text": "It depends."}\n\n{"text": "Good morning."}\n')
    assert [(a["act"], a["dimension"], a["polarity"]) for a in answers[0]["acts"]] == [
        ("hedges", "scope", "weak")
    ]
    assert 0.5 < answers[0]["acts"][0]["probability"] <= 1
    assert answers[1] == {"acts": []}
    assert (complaints, code) == ("", 0)


def test_bad_lines_are_named_and_the_rest_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    bad = (
        "no json",
        "[]",
        '{"text": 5}',
        '{"text": "a", "context": "b"}',
        '{"text": "a", "more": 1}',
        "[" * 70_000,
    )
    answers, complaints, code = told(monkeypatch, "\n".join([*bad, '{"text": "It depends.", "context": []}']))
    assert [answer.get("error") for answer in answers] == [
        "is not JSON",
        'expected an object: {"text": ..., "context": [...]}',
        "text: expected a string",
        "context: expected a list of strings",
        "unknown field: more",
        "longer than 65,536 characters",
        None,
    ]
    assert [line.split(":")[0] for line in complaints.splitlines()] == [f"line {n}" for n in range(1, 7)]
    assert code == 1


def test_figures_are_given_for_a_labelled_file(tmp_path: Path) -> None:
    path = tmp_path / "mine.jsonl"
    path.write_text('{"text": "It depends.", "acts": ["hedges"]}\n{"text": "Good morning.", "acts": []}\n')
    out = io.StringIO()
    call_command("listen", evaluate=path, stdout=out)
    found = json.loads(out.getvalue())
    assert found["utterances"] == 2
    assert found["acts"]["hedges"]["n"] == 1
    assert found["majority"] == {"precision": None, "recall": 0.0, "macro_f1": 0.0}


def test_a_labelled_file_with_a_bad_line_is_refused_by_line(tmp_path: Path) -> None:
    path = tmp_path / "mine.jsonl"
    path.write_text('{"text": "It depends.", "acts": ["hedges"]}\n{"text": "No acts."}\n')
    with pytest.raises(CommandError, match="mine, line 2"):
        call_command("listen", evaluate=path)
    path.write_text('{"text": "It depends.", "acts": ["flies"]}\n')
    with pytest.raises(CommandError, match="mine, line 1: no such act: flies"):
        call_command("listen", evaluate=path)
