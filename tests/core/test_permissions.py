"""The permission table, and whom an invitation lets in."""

from datetime import UTC, datetime, timedelta

import pytest

from casesim.accounts.core.invitations import Terms, refusal
from casesim.accounts.core.permissions import ACTS, MAY, ROLES, may, may_give, may_lose_owner

NOW = datetime(2026, 11, 1, tzinfo=UTC)


def terms(**changes: object) -> Terms:
    usual = {"domain": "", "expires_at": NOW + timedelta(days=1), "places": 2, "taken": 1, "revoked": False}
    return Terms(**{**usual, **changes})


def test_every_act_has_a_row_and_an_owner_may_do_everything():
    assert set(MAY) == set(ACTS)
    assert [act for act in ACTS if not may("owner", act)] == []


def test_a_member_may_only_see_that_the_workspace_is_there():
    assert [act for act in ACTS if may("member", act)] == ["see"]


def test_an_author_writes_scenarios_and_sees_no_rooms():
    assert [act for act in ACTS if may("author", act)] == ["see", "write_scenarios"]


def test_an_organiser_runs_rooms_and_changes_no_member():
    assert may("organiser", "open_rooms") and may("organiser", "invite")
    refused = {act for act in ACTS if not may("organiser", act)}
    assert refused == {"manage_members", "audit_fairness", "see_audit_log", "export", "erase"}


@pytest.mark.parametrize(
    ("giver", "given"),
    [("owner", set(ROLES)), ("organiser", {"author", "member"}), ("author", set()), ("member", set())],
)
def test_nobody_hands_out_more_than_they_have(giver, given):
    assert {role for role in ROLES if may_give(giver, role)} == given


def test_the_last_owner_cannot_be_lost_and_others_can():
    assert (may_lose_owner(1, "owner"), may_lose_owner(2, "owner"), may_lose_owner(1, "member")) == (
        False,
        True,
        True,
    )


def test_an_open_invitation_lets_in():
    assert refusal(terms(), "dana@acme.test", NOW) == ""
    assert refusal(terms(domain="acme.test"), "Dana@ACME.test", NOW) == ""


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"revoked": True}, "withdrawn"),
        ({"expires_at": NOW}, "expired"),
        ({"taken": 2}, "taken"),
        ({"used": True}, "removed"),
        ({"domain": "other.test"}, "other.test"),
        ({"domain": "cme.test"}, "cme.test"),  # not a domain that merely ends so
    ],
)
def test_a_refusal_says_why(changes, word):
    assert word in refusal(terms(**changes), "dana@acme.test", NOW)


def test_an_address_with_two_ats_belongs_to_the_last():
    assert refusal(terms(domain="acme.test"), '"dana@acme.test"@evil.test', NOW) != ""
