"""An OpenAI-compatible endpoint: messages out, streamed text back, within a time, a length and one host.

The address comes from the operator's settings alone, and nothing an endpoint answers leads anywhere
else: redirects are refused, proxies of the environment are not asked. The key travels in one header and
stands in no exception, log line or event.
"""

import json
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from typing import Any

import httpx
from django.conf import settings

MOST_BYTES = 256 * 1024  # of an answer, with all its wrapping
MOST_CHARACTERS = 20_000  # of its text
LONGEST_REST = 600.0  # seconds an endpoint may ask to be left alone
A_TOKEN = 4  # characters, where an endpoint does not count

Message = Mapping[str, str]  # role, content


class Unanswered(Exception):
    """No usable answer, and why, in words that quote neither side. `rest`: seconds not to ask again."""

    def __init__(self, why: str, rest: float = 0.0) -> None:
        super().__init__(why)
        self.why, self.rest = why, rest


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where and how to ask. `seconds` is for all of an answer, from the first byte sent to the last read."""

    url: str  # up to and with the version, e.g. http://127.0.0.1:11434/v1
    model: str
    key: str = field(default="", repr=False)
    seconds: float = 20.0


@dataclass(frozen=True, slots=True)
class Answered:
    """What came back, and what it took. `counted`: by the endpoint; else tokens are estimated."""

    text: str
    tokens_in: int
    tokens_out: int
    counted: bool
    took: int  # ms


def configured() -> Endpoint | None:
    """The endpoint of the settings; None if there is none."""
    if not settings.LLM_URL:
        return None
    return Endpoint(settings.LLM_URL, settings.LLM_MODEL, settings.LLM_KEY, float(settings.LLM_SECONDS))


def ask(endpoint: Endpoint, messages: Sequence[Message], most_tokens: int) -> Answered:
    """One answer. Raises Unanswered, whatever happens on the way."""
    began = time.monotonic()
    body = {
        "model": endpoint.model,
        "messages": list(messages),
        "max_tokens": most_tokens,
        "temperature": 0.7,
        "stream": True,
        "stream_options": {"include_usage": True},
    }
    try:
        text, usage = _read(endpoint, body, began + endpoint.seconds)
    except httpx.TimeoutException:
        raise Unanswered(f"no answer within {endpoint.seconds:g} s") from None
    except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError) as error:
        raise Unanswered(f"the connection failed: {type(error).__name__}") from None
    asked = sum(len(message["content"]) for message in messages)
    return Answered(
        text=text,
        tokens_in=usage.get("prompt_tokens", asked // A_TOKEN),
        tokens_out=usage.get("completion_tokens", len(text) // A_TOKEN),
        counted={"prompt_tokens", "completion_tokens"} <= usage.keys(),
        took=int((time.monotonic() - began) * 1000),
    )


def _read(endpoint: Endpoint, body: Mapping[str, Any], until: float) -> tuple[str, dict[str, int]]:
    headers = {"Accept": "text/event-stream", "Accept-Encoding": "identity"}
    if endpoint.key:
        headers["Authorization"] = f"Bearer {endpoint.key}"
    timeout = httpx.Timeout(endpoint.seconds, connect=min(5.0, endpoint.seconds))
    with (
        httpx.Client(timeout=timeout, follow_redirects=False, trust_env=False) as client,
        client.stream("POST", f"{endpoint.url}/chat/completions", json=body, headers=headers) as answer,
    ):
        _check(answer)
        pieces = _within(answer.iter_raw(), endpoint.seconds, until)
        if answer.headers.get("content-type", "").startswith("application/json"):
            return _whole(b"".join(pieces))  # it does not stream
        return _joined(_events(pieces))


def _check(answer: httpx.Response) -> None:
    """Raises Unanswered unless this is the beginning of an answer."""
    status = answer.status_code
    if status == 429 or status == 503:
        raise Unanswered(f"it is busy ({status})", _rest(answer.headers.get("retry-after", "")))
    if 300 <= status < 400:
        raise Unanswered(f"it sent us elsewhere ({status}); redirects are not followed")
    if status in (401, 403):
        raise Unanswered(f"it does not accept the key ({status})", 60.0)
    if status != 200:
        raise Unanswered(f"it answered with status {status}")
    kind = answer.headers.get("content-type", "").split(";")[0].strip().lower()
    if kind not in ("text/event-stream", "application/json"):
        raise Unanswered("its answer is neither an event stream nor JSON")


def _rest(value: str) -> float:
    """Seconds of a Retry-After, which is a number or a date; a minute if it is neither."""
    try:
        seconds = float(value)
    except ValueError:
        try:
            seconds = parsedate_to_datetime(value).timestamp() - time.time()
        except (ValueError, TypeError):
            seconds = 60.0
    return max(1.0, min(seconds, LONGEST_REST)) if seconds == seconds else 60.0


def _within(pieces: Iterator[bytes], seconds: float, until: float) -> Iterator[bytes]:
    """The bytes as they come, while there is time and room. Raises Unanswered."""
    read = 0
    for piece in pieces:
        read += len(piece)
        if read > MOST_BYTES:
            raise Unanswered(f"its answer is longer than {MOST_BYTES // 1024} KB")
        if time.monotonic() > until:
            raise Unanswered(f"no whole answer within {seconds:g} s")
        yield piece


def _events(pieces: Iterator[bytes]) -> Iterator[str]:
    """The data of each server-sent event. A line ends with LF, CR or both; several data lines are one."""
    rest = b""
    data: list[str] = []
    for piece in pieces:
        *lines, rest = (rest + piece).replace(b"\r\n", b"\n").split(b"\n")
        for line in lines:
            if line.startswith(b"data:"):
                data.append(line[5:].decode("utf-8", "replace").strip())
            elif not line.strip() and data:
                yield "\n".join(data)
                data = []
    if rest.startswith(b"data:"):
        data.append(rest[5:].decode("utf-8", "replace").strip())
    if data:
        yield "\n".join(data)


def _joined(events: Iterator[str]) -> tuple[str, dict[str, int]]:
    """The text of a stream. Raises Unanswered if it was cut off or is no stream of ours."""
    text, ended = "", False
    usage: dict[str, int] = {}
    for event in events:
        if event == "[DONE]":
            ended = True
            break
        chunk = _json(event)
        usage = _usage(chunk) or usage
        for choice in chunk.get("choices") or []:
            piece, reason = _piece(choice)
            text, ended = text + piece, ended or reason
        if len(text) > MOST_CHARACTERS:
            raise Unanswered(f"its answer is longer than {MOST_CHARACTERS:,} characters")
    if not ended:
        raise Unanswered("its answer was cut off")
    return text, usage


def _whole(body: bytes) -> tuple[str, dict[str, int]]:
    """The text of an answer in one piece."""
    answer = _json(body.decode("utf-8", "replace"))
    try:
        text = answer["choices"][0]["message"]["content"]
    except (KeyError, IndexError, TypeError):
        raise Unanswered("its answer is not the JSON of a completion") from None
    if not isinstance(text, str):
        raise Unanswered("its answer holds no text")
    if len(text) > MOST_CHARACTERS:
        raise Unanswered(f"its answer is longer than {MOST_CHARACTERS:,} characters")
    return text, _usage(answer)


def _piece(choice: Any) -> tuple[str, bool]:
    """(text, whether it says why it ended) of a choice in a stream."""
    if not isinstance(choice, dict):
        raise Unanswered("its answer is not the JSON of a completion")
    delta = choice.get("delta")
    piece = delta.get("content") if isinstance(delta, dict) else None
    return piece if isinstance(piece, str) else "", choice.get("finish_reason") is not None


def _json(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        raise Unanswered("its answer is not JSON") from None
    if not isinstance(found, dict):
        raise Unanswered("its answer is not the JSON of a completion")
    if found.get("error"):
        raise Unanswered("it answered with an error")
    return found


def _usage(chunk: Mapping[str, Any]) -> dict[str, int]:
    usage = chunk.get("usage")
    found = usage if isinstance(usage, dict) else {}
    return {
        name: found[name]
        for name in ("prompt_tokens", "completion_tokens")
        if type(found.get(name)) is int and 0 <= found[name] < 10**9
    }
