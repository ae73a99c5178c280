"""May this role do this in its workspace? The only answer; pages and services ask `may`.

Rights in a room belong to seats and are asked of `rooms.core.policy`. Nothing here looks at a room.
"""

from typing import Literal, get_args

Role = Literal["owner", "organiser", "author", "member"]
Act = Literal[
    "see",  # that the workspace is there, what it is called, who runs it
    "see_members",
    "invite",
    "manage_members",  # change roles, remove people, rename the workspace
    "open_rooms",
    "see_rooms",  # every room's people and state; what was said stays with the seats
    "give_seats",  # to persons, by link and by code
    "read_reports",  # of every room
    "write_scenarios",
    "run_programs",  # loops and cohorts
    "calibrate",
    "see_raters",  # every rater's severity; raters see their own anyway
    "record_outcomes",
    "audit_fairness",  # protected attributes
    "see_audit_log",
    "export",
    "erase",
]

ROLES: tuple[Role, ...] = get_args(Role)
ACTS: tuple[Act, ...] = get_args(Act)

EVERYONE = frozenset(ROLES)
ORGANISERS = frozenset[Role]({"owner", "organiser"})
OWNERS = frozenset[Role]({"owner"})

MAY: dict[Act, frozenset[Role]] = {
    "see": EVERYONE,
    "see_members": ORGANISERS,
    "invite": ORGANISERS,
    "manage_members": OWNERS,
    "open_rooms": ORGANISERS,
    "see_rooms": ORGANISERS,
    "give_seats": ORGANISERS,
    "read_reports": ORGANISERS,
    "write_scenarios": frozenset({"owner", "organiser", "author"}),
    "run_programs": ORGANISERS,
    "calibrate": ORGANISERS,
    "see_raters": ORGANISERS,
    "record_outcomes": ORGANISERS,
    "audit_fairness": OWNERS,
    "see_audit_log": OWNERS,
    "export": OWNERS,
    "erase": OWNERS,
}

# Nobody hands out more than they have themselves, and only owners make owners and organisers.
GIVES: dict[Role, frozenset[Role]] = {
    "owner": EVERYONE,
    "organiser": frozenset({"author", "member"}),
    "author": frozenset(),
    "member": frozenset(),
}


def may(role: Role, act: Act) -> bool:
    """May somebody with this role do this?"""
    return role in MAY[act]


def may_give(giver: Role, role: Role) -> bool:
    """May somebody with the role `giver` invite a person as `role`?"""
    return role in GIVES[giver]


def may_lose_owner(owners: int, role: Role) -> bool:
    """May a person with this role leave or be changed? A workspace is never without an owner."""
    return role != "owner" or owners > 1
