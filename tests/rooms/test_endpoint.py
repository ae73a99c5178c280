"""The client of a language model, against a real server that plays well and badly."""

import time

import pytest

from rooms.endpoint import MOST_BYTES, Endpoint, Unanswered, ask
from tests import endpoint as plays
from tests.endpoint import KEY, Play, served

MESSAGES = [{"role": "user", "content": "Who pays?"}]


def asked(play: Play, seconds: float = 5.0) -> object:
    with served(play) as server:
        return ask(Endpoint(server.url, "small", KEY, seconds), MESSAGES, 50)


def test_a_streamed_answer_is_read_to_its_end_with_its_tokens() -> None:
    with served(plays.says("The late buyer pays, “as ever”.")) as server:
        found = ask(Endpoint(server.url, "small", KEY), MESSAGES, 50)
    assert found.text == "The late buyer pays, “as ever”."
    assert (found.tokens_in, found.tokens_out, found.counted) == (120, 30, True)
    (request,) = server.asked
    assert request["path"] == "/v1/chat/completions"
    assert request["key"] == f"Bearer {KEY}"
    assert request["body"]["model"] == "small"
    assert request["body"]["max_tokens"] == 50
    assert request["body"]["messages"] == MESSAGES


def test_an_endpoint_that_does_not_stream_is_read_as_well_and_its_tokens_are_estimated() -> None:
    found = asked(plays.in_one_piece)
    assert (found.text, found.counted) == ("All at once.", False)
    assert found.tokens_out == len("All at once.") // 4


@pytest.mark.parametrize(
    ("play", "why"),
    [
        (plays.never, "no answer within"),
        (plays.slow, "no whole answer within"),
        (plays.cut_off, "cut off"),
        (plays.nothing, "cut off"),
        (plays.malformed, "not JSON"),
        (plays.odd_shapes, "not the JSON of a completion"),
        (plays.an_error_in_the_stream, "answered with an error"),
        (plays.huge, "longer than"),
        (plays.one_endless_line, f"longer than {MOST_BYTES // 1024} KB"),
        (plays.html, "neither an event stream nor JSON"),
        (plays.status(500), "status 500"),
        (plays.status(404), "status 404"),
        (plays.status(401), "does not accept the key"),
        (plays.status(429), "busy"),
    ],
)
def test_whatever_goes_wrong_is_named_in_time_and_quotes_nobody(play: Play, why: str) -> None:
    began = time.monotonic()
    with pytest.raises(Unanswered, match=why) as no:
        asked(play, seconds=0.4 if play in (plays.never, plays.slow) else 5.0)
    assert time.monotonic() - began < 5
    assert KEY not in f"{no.value} {no.value!r} {no.value.__context__!r} {no.value.__cause__!r}"
    assert "overloaded" not in str(no.value)


@pytest.mark.parametrize(
    ("value", "rest"), [("7", 7), ("0", 1), ("86400", 600), ("soon", 60), ("nan", 60), ("", 60)]
)
def test_who_is_busy_is_left_alone_as_long_as_it_asks(value: str, rest: float) -> None:
    with pytest.raises(Unanswered) as no:
        asked(plays.status(429, Retry_After=value))
    assert no.value.rest == rest


def test_a_redirect_is_not_followed_and_the_key_goes_nowhere_else() -> None:
    with served(plays.says("stolen")) as other:
        play = plays.status(307, Location=f"{other.url}/chat/completions")
        with pytest.raises(Unanswered, match="redirects are not followed"):
            asked(play)
    assert other.asked == []


def test_a_proxy_of_the_environment_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    with served(plays.says("proxied")) as proxy, served(plays.says("direct")) as server:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        monkeypatch.setenv("ALL_PROXY", proxy.url)
        assert ask(Endpoint(server.url, "small"), MESSAGES, 50).text == "direct"
    assert proxy.asked == []


def test_nobody_there_is_no_answer() -> None:
    with served(plays.nothing) as gone:
        url = gone.url
    with pytest.raises(Unanswered, match="the connection failed: ConnectError"):
        ask(Endpoint(url, "small", KEY), MESSAGES, 50)


def test_an_endpoint_never_shows_its_key() -> None:
    assert KEY not in repr(Endpoint("http://127.0.0.1/v1", "small", KEY))
