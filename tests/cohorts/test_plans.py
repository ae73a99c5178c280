"""A cohort's plan: asked for, made once, resumed, cancelled, pinned, mended; and the rooms it becomes."""

import json
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

import rooms.queries
from casesim import claims
from casesim.accounts.service import Refusal
from casesim.cohorts import opening, planning, service
from casesim.cohorts.core import asking
from casesim.cohorts.models import Conflict, Plan, PlannedRoom, PlanRun
from casesim.cohorts.queries import group_of, held
from casesim.programs.core.rotation import planner
from rooms.core import messages as m
from rooms.models import Room
from rooms.service import handle_now
from tests.builders import T0
from tests.cohorts import builders
from tests.core.rotation_checker import breaches

pytestmark = pytest.mark.django_db


def browser(here):
    client = Client()
    client.force_login(here.standing.person)
    return client


def page(here, name, **more):
    return reverse(f"cohorts:{name}", args=[here.cohort.workspace.slug, here.cohort.pk, *more.values()])


def document(plan):
    return json.loads(plan.document)


# --- making -------------------------------------------------------------------------------------------------


def test_a_plan_keeps_every_rule_that_the_pages_know():
    here = builders.cohort()
    ana, ben, cem, *_ = [builders.place(here, name) for name in ("ana", "ben", "cem")]
    rounds = [r.pk for r in here.cohort.rounds.all()]
    service.set_availability(ana.standing.person, ana.member, rounds[:2], None, [])
    alpha = here.cohort.scenarios.get(version__slug="alpha")
    service.set_availability(ben.standing.person, ben.member, rounds, ("08:00", "20:00"), [alpha.pk])
    service.say_conflict(here, ben.member, cem.member, Conflict.Never.RATE)
    service.pin(here, cem.member, rounds[0], "candidate", alpha.pk)
    plan = builders.planned(here)
    asked = json.loads(plan.asked)
    assert breaches(asked, document(plan)) == []
    by_name = {member["name"]: member for member in asked["members"]}
    assert by_name["Ana"]["availability"] == ["r1", "r2"]
    assert by_name["Ben"]["seen"] == ["alpha"] and by_name["Ben"]["hours"] == {"from": "08:00", "to": "20:00"}
    assert asked["pins"][0]["scenario"] == "alpha" and asked["conflicts"][0]["never"] == "rate"


def test_one_run_is_open_in_a_cohort_whoever_asks():
    here = builders.cohort()
    first = planning.ask(here.cohort, here.standing.person, False, T0)
    assert planning.ask(here.cohort, here.standing.person, False, T0 + 5).pk == first.pk


def test_a_plan_is_not_asked_for_before_there_is_enough_to_plan():
    here = builders.cohort("ana ben", rounds=0, cases="")
    with pytest.raises(Refusal, match=r"4 to 60 members; here are 2.*1 to 12 rounds.*at least one scenario"):
        planning.ask(here.cohort, here.standing.person, False, T0)


def test_a_run_that_a_worker_died_of_is_made_by_the_next(monkeypatch):
    here = builders.cohort()
    sent = []
    monkeypatch.setattr(planning, "send", lambda task, about: sent.append(about))
    asked = planning.ask(here.cohort, here.standing.person, False, T0)
    PlanRun.objects.filter(pk=asked.pk).update(claim="dead", beat_at=T0, tries=1)
    assert planning.sweep(T0 + claims.LEASE) == 0  # it may live yet
    assert planning.sweep(T0 + claims.LEASE + 1) == 1 and sent == [asked.pk]
    done = builders.run(asked)
    assert (done.outcome, done.tries, Plan.objects.count()) == ("done", 2, 1)


def test_two_workers_make_a_plan_once():
    here = builders.cohort()
    asked = planning.ask(here.cohort, here.standing.person, False, T0)
    held_by_another = claims.take(PlanRun.objects.all(), asked.pk)
    builders.run(asked)
    assert asked.ended_at is None and held_by_another is not None and not Plan.objects.exists()


def test_a_run_that_fails_again_and_again_is_called_failed(monkeypatch):
    here = builders.cohort()
    asked = planning.ask(here.cohort, here.standing.person, False, T0)
    PlanRun.objects.filter(pk=asked.pk).update(tries=claims.TRIES)
    assert planning.sweep(T0 + claims.LEASE + 1) == 0
    asked.refresh_from_db()
    assert asked.outcome == "failed"


def test_a_cancelled_run_leaves_no_plan(monkeypatch):
    here = builders.cohort()
    asked = planning.ask(here.cohort, here.standing.person, False, T0)

    def cancels(file, chance, left, progress, best_effort):
        planning.cancel(here.cohort, T0 + 1)
        progress(0.5, 100)
        raise AssertionError("it went on")

    monkeypatch.setattr(planner, "planned", cancels)
    builders.run(asked)
    assert (asked.outcome, Plan.objects.count()) == ("cancelled", 0)


def test_the_page_follows_a_run_and_its_best_plan_so_far():
    here = builders.cohort()
    coach = browser(here)
    coach.post(page(here, "plan"))
    PlanRun.objects.update(claim="x", part=0.4, best=120)
    assert "120 above what arithmetic allows" in coach.get(page(here, "plan")).content.decode()
    assert coach.get(page(here, "progress")).json() == {"open": True, "part": 0.4, "best": 120}
    coach.post(page(here, "cancel"))
    assert coach.get(page(here, "progress")).json()["open"] is False


def test_a_refusal_names_the_rule_and_the_members_and_best_effort_gives_the_least_up():
    here = builders.cohort("ana ben cem dia", rounds=1, cases="alpha")
    for name in ("ana", "ben", "cem"):
        service.set_part(here, builders.place(here, name).member, False, True, may_rate=False)
    coach = browser(here)
    coach.post(page(here, "plan"))
    builders.run(PlanRun.objects.get())
    told = coach.get(page(here, "plan")).content.decode()
    assert "Round 1 cannot be filled" in told and "may not be rater" in told and "Ana" in told
    assert "give that up" in told
    coach.post(page(here, "plan"), {"best_effort": "1"})
    assert builders.run(PlanRun.objects.latest("pk")).outcome == "done"
    assert "What this plan does not keep" in coach.get(page(here, "plan")).content.decode()


def test_the_page_shows_rounds_rooms_seats_and_each_member_with_bound_and_gap():
    here = builders.cohort()
    builders.planned(here)
    told = browser(here).get(page(here, "plan")).content.decode()
    assert told.count('data-test="plan-round"') == 3 and told.count('data-test="member-line"') == 6
    for words in ("Case Alpha", "Turns as candidate", "Least possible", "one design"):
        assert words in told


def test_a_place_is_pinned_by_pressing_it_and_the_next_plan_keeps_it():
    here = builders.cohort()
    coach = browser(here)
    builders.planned(here)
    eva, last = builders.place(here, "eva").member, here.cohort.rounds.last()
    beta = here.cohort.scenarios.get(version__slug="beta")
    given = {"member": eva.pk, "round": last.pk, "seat": "candidate", "scenario": beta.pk}
    assert coach.post(page(here, "pin"), given).status_code == 302
    assert "have changed since this plan" in coach.get(page(here, "plan")).content.decode()
    plan = document(builders.planned(here))
    (room,) = [r for r in plan["rounds"][2]["rooms"] if r["scenario"] == "beta" and _sits(r, eva)]
    assert {"seat": "candidate", "member": f"m{eva.pk}", "bot": False} in room["seats"]


def _sits(room, member):
    return any(seat["member"] == f"m{member.pk}" for seat in room["seats"])


# --- rooms --------------------------------------------------------------------------------------------------


def test_the_plan_becomes_practice_rooms_with_seats_raters_and_times_and_twice_is_once():
    here = builders.cohort()
    plan = builders.planned(here)
    done = opening.open_rooms(here.standing, here.cohort, plan, T0)
    assert (done.opened, done.kept) == (3, 0)
    again = opening.open_rooms(here.standing, here.cohort, plan, T0)
    assert again.nothing and again.kept == 3 and Room.objects.count() == 3
    for each, round_ in zip(held(here.cohort), document(plan)["rounds"], strict=True):
        chairs = {c.seat: c.person_id for c in rooms.queries.chairs(each.planned.room)}
        people = {f"m{member.pk}": member.person_id for member in here.cohort.members.all()}
        seats = [s for s in round_["rooms"][0]["seats"] if s["member"]]
        sits = {s["seat"]: people[s["member"]] for s in seats if s["seat"] != "rater"}
        assert {seat: chairs[seat] for seat in sits} == sits
        assert chairs["facilitator"] == here.standing.person.pk
        rates = {chairs[seat] for seat in chairs if seat.startswith("rater")}
        assert rates == {people[s["member"]] for s in seats if s["seat"] == "rater"}
        room = Room.objects.get(pk=each.planned.room)
        assert room.purpose == "practice" and room.starts_at == each.planned.round.starts.timestamp() * 1000


def test_a_drop_out_is_planned_around_and_only_what_must_changes_in_the_rooms():
    here = builders.cohort("ana ben cem dia eva fay gus")
    first = builders.planned(here)
    opening.open_rooms(here.standing, here.cohort, first, T0)
    played, *ahead = held(here.cohort)
    handle_now(played.planned.room, "facilitator", m.Start(anyway=True), "start")
    rounds = list(here.cohort.rounds.all())
    gone = next(
        member for member in here.cohort.members.all() if all(_sits_in(each, member) for each in ahead)
    )
    run = builders.run(planning.ask_without(here.cohort, here.standing.person, gone, rounds[1], T0))
    assert run.outcome == "done" and not planning.outdated(run.plan)
    mended = document(run.plan)
    assert mended["rounds"][0] == document(first)["rounds"][0] and mended["changes"]
    assert not any(_sits(room, gone) for round_ in mended["rounds"][1:] for room in round_["rooms"])
    done = opening.open_rooms(here.standing, here.cohort, run.plan, T0)
    assert done.kept == 1 and done.given + done.opened == 2
    assert held(here.cohort)[0].planned.room == played.planned.room
    told = browser(here).get(page(here, "plan")).content.decode()
    assert "What changed" in told and str(gone) in told
    # another one leaves: who left first is not found free again
    other = next(member for member in here.cohort.members.all() if member != gone and _in(mended, 2, member))
    again = builders.run(planning.ask_without(here.cohort, here.standing.person, other, rounds[2], T0))
    assert again.outcome == "done" and not _in(document(again.plan), 1, gone)
    assert not _in(document(again.plan), 2, gone) and not _in(document(again.plan), 2, other)


def _in(plan, number, member):
    return any(_sits(room, member) for room in plan["rounds"][number]["rooms"])


def _sits_in(each, member):
    return f"m{member.pk}" in each.laid.people.values()


def test_a_room_whose_shape_the_new_plan_changes_is_put_away_and_another_opened():
    here = builders.cohort()
    opening.open_rooms(here.standing, here.cohort, builders.planned(here), T0)
    here.cohort.raters_least = here.cohort.raters_most = 1
    here.cohort.save()
    before = {each.planned.room for each in held(here.cohort)}
    done = opening.open_rooms(here.standing, here.cohort, builders.planned(here), T0)
    assert done.retired == 3 and done.opened >= 3
    assert before.isdisjoint(each.planned.room for each in held(here.cohort))
    for room in before:
        assert all(seat.revoked_at for seat in Room.objects.get(pk=room).seats.all())
    assert PlannedRoom.objects.filter(retired_at=None).count() == done.opened


def test_what_has_been_played_is_given_to_the_next_plan():
    here = builders.cohort()
    plan = builders.planned(here)
    opening.open_rooms(here.standing, here.cohort, plan, T0)
    first = held(here.cohort)[0]
    handle_now(first.planned.room, "facilitator", m.Start(anyway=True), "start")
    assert not planning.outdated(plan)  # having played changes no fact
    service.set_part(
        here, builders.place(here, "ana").member, trainee=True, may_be_candidate=True, may_rate=True
    )
    assert planning.outdated(plan)
    pins = [pin for pin in group_of(here.cohort).pins if pin.round == 0]
    assert len(pins) == len(first.laid.people)
    again = builders.planned(here)
    sits = lambda each: {(s["seat"], s["member"]) for s in document(each)["rounds"][0]["rooms"][0]["seats"]}  # noqa: E731
    assert sits(again) == sits(plan)
    assert opening.open_rooms(here.standing, here.cohort, again, T0).kept >= 1


def test_rooms_are_not_opened_from_a_plan_of_other_rounds():
    here = builders.cohort()
    plan = builders.planned(here)
    service.add_rounds(here, builders.FIRST + timedelta(days=60), 75, 1, 1)
    with pytest.raises(Refusal, match="rounds have changed"):
        opening.open_rooms(here.standing, here.cohort, plan, T0)
    assert not Room.objects.exists()


def test_where_two_rounds_overlap_the_second_is_refused():
    here = builders.cohort()
    with pytest.raises(Refusal, match="overlap"):
        service.add_rounds(here, builders.FIRST + timedelta(minutes=30), 75, 1, 1)


def test_a_member_named_in_rooms_is_not_simply_taken_out():
    here = builders.cohort()
    opening.open_rooms(here.standing, here.cohort, builders.planned(here), T0)
    with pytest.raises(Refusal, match="since when they are gone"):
        service.remove(here, builders.place(here, "ana").member)


def test_the_file_a_plan_is_made_from_is_one_the_command_line_reads():
    here = builders.cohort()
    file = asking.asked(group_of(here.cohort))
    assert [member.name for member in file.members] == ["Ana", "Ben", "Cem", "Dia", "Eva", "Fay"]
    assert [round_.id for round_ in file.rounds] == ["r1", "r2", "r3"]
