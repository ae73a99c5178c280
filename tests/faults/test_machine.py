"""Commands, ticks, cuts and syncs of two processes in any order, against the pure core."""

import asyncio
from collections.abc import Coroutine
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from rooms.core import messages as m
from rooms.core.policy import CLOCK
from rooms.live.group import Folds, Job
from tests.faults.stage import LONG
from tests.faults.test_fold import CASE, SCRIPT
from tests.faults.world import SEATS, World

# in any order: most are refused at most moments. Who was stood in for gets the seat back by coming
# again, which is a command of the process's own and not the model's
COMMANDS = st.sampled_from([(seat, c) for seat, c in SCRIPT if not isinstance(c, m.StandIn)])
TALK = st.sampled_from(
    [m.Say(text="hm"), m.Whisper(text="psst"), m.RaiseHand(), m.Ask(role="lead", text="?")]
)
WHO = st.sampled_from(SEATS)
WHERE = st.integers(0, 1)
LATER = st.integers(0, 90_000)  # ms


class Rooms(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.world = self.run(World().open(CASE))
        self.exactly(0, self.world.job("facilitator", m.Start(anyway=True)))

    def run(self, work: Coroutine[Any, Any, Any]) -> Any:
        return self.runner.run(work)

    def exactly(self, where: int, job: Job) -> None:
        expected = self.world.model.answer(job)
        assert self.run(self.world.send(where, job)) == expected

    @rule(where=WHERE, command=COMMANDS, later=LATER)
    def anybody_sends_a_command(self, where: int, command: tuple[str, m.AnyCommand], later: int) -> None:
        self.exactly(where, self.world.job(*command, later))

    @rule(where=WHERE, who=WHO, command=TALK)
    def somebody_talks(self, where: int, who: str, command: m.AnyCommand) -> None:
        self.exactly(where, self.world.job(who, command, 1000))

    @rule(later=st.integers(0, 700_000))
    def both_clocks_knock(self, later: int) -> None:
        job = self.world.job(CLOCK, m.Tick(), later)
        self.both(job, job)

    @rule(command=COMMANDS)
    def a_command_is_sent_to_both(self, command: tuple[str, m.AnyCommand]) -> None:
        job = self.world.job(*command, 1000)
        self.both(job, job)

    @rule(one=COMMANDS, other=COMMANDS)
    def two_send_at_once(self, one: tuple[str, m.AnyCommand], other: tuple[str, m.AnyCommand]) -> None:
        self.both(self.world.job(*one, 1000), self.world.job(*other))

    def both(self, one: Job, other: Job) -> None:
        """One at each process at the same moment: as if one of them had been first."""
        answers = self.run(self._both(one, other))
        length = len(self.world.model.lines)
        for first, second in ((one, other), (other, one)):
            self.world.model.forget(length)
            expected = {id(first): self.world.model.answer(first)}
            if second is not first:
                expected[id(second)] = self.world.model.answer(second)
            if answers == [expected[id(one)], expected[id(other)]] and self._is_written():
                return
        pytest.fail(f"in neither order: {one.command} {other.command} -> {answers}")

    async def _both(self, one: Job, other: Job) -> list[str | None]:
        return await asyncio.gather(self.world.send(0, one), self.world.send(1, other))

    def _is_written(self) -> bool:
        try:
            self.run(self.world.check_log())
        except (AssertionError, IndexError):
            return False
        return True

    @rule(who=WHO, where=WHERE, after=st.none() | st.integers(0, 30))
    def somebody_comes_back(self, who: str, where: int, after: int | None) -> None:
        self.run(self.world.come(who, where, after))

    @rule(who=WHO)
    def somebody_is_cut_off(self, who: str) -> None:
        self.run(self.world.cut(who))

    @rule()
    def the_bell_is_heard(self) -> None:
        async def heard() -> None:
            await self.world.ring()
            await asyncio.sleep(0)  # what was read is taken

        self.run(heard())

    @rule()
    def the_bell_is_lost(self) -> None:
        self.world.rings.clear()

    @rule()
    def everybody_looks(self) -> None:
        self.run(self.world.calm())
        self.run(self.world.check_pages(whole=True))

    @invariant()
    def the_log_is_the_cores_and_every_page_has_its_beginning(self) -> None:
        self.run(self.world.check_log())
        self.run(self.world.check_pages(whole=False))

    def teardown(self) -> None:
        try:
            self.run(self.world.calm())
            self.run(self.world.check_pages(whole=True))
        finally:
            self.run(self.world.close())
            self.runner.close()


HOW = settings(
    max_examples=200 if LONG else 20,
    stateful_step_count=40 if LONG else 20,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


def test_two_processes_are_as_one_core_whatever_comes_in_whatever_order(
    transactional_db: None, settings: Any
):
    settings.REDIS_URL = ""
    run_state_machine_as_test(Rooms, settings=HOW)


async def test_control_a_process_that_does_not_look_at_the_logs_end_is_not_as_the_core(
    transactional_db: None, settings: Any, monkeypatch: pytest.MonkeyPatch
):
    settings.REDIS_URL = ""
    at_head = Folds.at_head
    monkeypatch.setattr(Folds, "at_head", lambda self, row: self._known.get(row.id) or at_head(self, row))
    world = await World().open(CASE)
    answers = []
    for where in (0, 1, 0):
        job = world.job("lead", m.Say(text="hm"), 1000)
        answers.append((world.model.answer(job), await world.send(where, job)))
    await world.close()
    assert answers == [(None, None), (None, None), (None, "try_again")]
