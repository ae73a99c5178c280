"""A rehearsal in memory is the rehearsal through the real door, without the database."""

import pytest

from casesim.programs.rehearsal import OPENS
from rooms import queries
from rooms.bots.memory import rehearsed
from rooms.bots.runner import Stored
from rooms.bots.turns import play
from rooms.core.feed import body
from rooms.service import open_room
from scenarios.core.schema import CANDIDATE
from scenarios.loader import bundled_script, load_bundled
from scenarios.service import publish

pytestmark = [pytest.mark.django_db(transaction=True)]


def test_the_same_seed_gives_the_same_log_in_memory_as_in_the_database():
    scenario, script = load_bundled("fraud"), bundled_script("fraud", "middling")
    bots = (CANDIDATE, *(r.key for r in scenario.roles))
    opened = open_room(publish(scenario).pk, bots=bots, raters=2, now=OPENS, seniority="senior")
    play(Stored(opened.room_id), OPENS, script, 11)
    room = rehearsed(scenario, script, 11, OPENS, "senior")
    stored = [(line.seq, line.at, body(line.event)) for line in queries.record(opened.room_id)]
    kept = [(line.seq, line.at, body(line.event)) for line in room.record.lines]
    assert kept == stored
    assert room.state.status == "ended"
