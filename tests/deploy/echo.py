"""An application that says back what it hears, to be served: it shows what a server makes of frames.

`big N` is answered with a text of N characters; `burst N` with N short ones. `no collector` turns the garbage
collector off; `garbage` is answered with the types of what only the collector lets go of.
"""

import gc
from collections.abc import Awaitable, Callable
from typing import Any

Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]


async def application(scope: dict[str, Any], receive: Receive, send: Send) -> None:
    await receive()
    await send({"type": "websocket.accept"})
    while (message := await receive())["type"] != "websocket.disconnect":
        for answer in _answers(message):
            await send({"type": "websocket.send"} | answer)


def _answers(message: dict[str, Any]) -> list[dict[str, Any]]:
    if (data := message.get("bytes")) is not None:
        return [{"bytes": data}]
    word, _, number = message["text"].partition(" ")
    if word == "big":
        return [{"text": "é" * int(number)}]
    if word == "burst":
        return [{"text": f"{n}"} for n in range(int(number))]
    if word == "garbage":
        return [{"text": " ".join(["garbage", *sorted({type(one).__name__ for one in _garbage()})])}]
    if message["text"] == "no collector":
        gc.collect()
        gc.disable()
    return [{"text": message["text"]}]


def _garbage() -> list[object]:
    gc.set_debug(gc.DEBUG_SAVEALL)
    gc.collect()
    gc.set_debug(0)
    found = list(gc.garbage)
    gc.garbage.clear()
    return found
