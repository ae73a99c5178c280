"""Threads that read the log, so that no query ever waits in the event loop."""

import asyncio
import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from functools import partial
from typing import Any, TypeVar

from django.db import connection

from rooms.live import outage

Found = TypeVar("Found")
Call = tuple["Future[Any]", Callable[[], Any]]


class Reader:
    """So many threads, each with a connection of its own, begun at the first call."""

    def __init__(self, threads: int = 2) -> None:
        self._calls: queue.SimpleQueue[Call | None] = queue.SimpleQueue()
        self._threads = [
            threading.Thread(target=self._run, name="reader", daemon=True) for _ in range(threads)
        ]
        self._begun = False

    async def __call__(self, call: Callable[..., Any], *args: Any) -> Any:
        """What the call returns. One of `outage.AWAY` if the database does not answer."""
        if not self._begun:
            self._begun = True
            for thread in self._threads:
                thread.start()
        answer: Future[Any] = Future()
        self._calls.put((answer, partial(call, *args)))
        return await asyncio.wrap_future(answer)

    def close(self) -> None:
        """Finish what was asked; each thread then ends the connection it holds."""
        if self._begun:
            for _ in self._threads:
                self._calls.put(None)
            for thread in self._threads:
                thread.join()

    def _run(self) -> None:
        while (one := self._calls.get()) is not None:
            answer, call = one
            if answer.set_running_or_notify_cancel():
                _answer(answer, call)
        connection.close()


def _answer(answer: "Future[Any]", call: Callable[[], Any]) -> None:
    try:
        answer.set_result(asked(call))
    except BaseException as error:
        answer.set_exception(error)


def asked(call: Callable[[], Found]) -> Found:
    """What a call finds in the database, in this thread. One of `outage.AWAY` if it does not answer."""
    try:
        found = call()
    except BaseException as error:
        connection.close()  # a broken connection is not used again
        if isinstance(error, outage.AWAY):
            outage.went(error)
        raise
    outage.over()
    return found
