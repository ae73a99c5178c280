"""Workspaces and people, in few words."""

from casesim.accounts.access import Standing, standing
from casesim.accounts.models import Membership, User, Workspace


def person(name: str) -> User:
    return User.objects.create_user(f"{name}@acme.test", "correct horse", name=name.title())


def workspace(slug: str = "acme", **roles: str) -> Workspace:
    """A workspace with a person for each name: `workspace("acme", olga="owner")`."""
    made = Workspace.objects.create(slug=slug, name=slug.title())
    for name, role in roles.items():
        joined(made, name, role)
    return made


def joined(made: Workspace, name: str, role: str) -> Standing:
    """A new person in this workspace."""
    who = person(name)
    Membership.objects.create(workspace=made, person=who, role=role)
    found = standing(who, made.slug)
    assert found is not None
    return found
