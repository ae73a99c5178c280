"""Rooms to be written to."""

import pytest

from rooms.live import group, log
from rooms.live.hub import Hub
from tests.builders import make_room


@pytest.fixture
def locked(monkeypatch) -> list[list[str]]:
    """The rooms of each group that was decided under the lock."""
    groups: list[list[str]] = []
    real = log.lock

    def noting(room_ids, causes):
        groups.append(list(room_ids))
        return real(room_ids, causes)

    monkeypatch.setattr(group.log, "lock", noting)
    return groups


@pytest.fixture
def rooms() -> list[str]:
    return sorted(make_room(started=True).room_id for _ in range(3))


@pytest.fixture
def hub() -> Hub:
    """A hub that hands out to nobody, as one is outside an event loop."""
    hub = Hub(lambda room: None)
    hub._hand_out_soon = lambda room, public: None
    return hub
