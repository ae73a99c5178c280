"""Entering protected attributes. Whether somebody may is asked before, by `workspace_for`."""

from django.db import transaction
from django.dispatch import receiver
from django.utils import timezone

from casesim.accounts.access import Standing
from casesim.accounts.service import noted
from casesim.fairness.models import ProtectedLabel
from casesim.fairness.reading import read_labels
from rooms.erasing import room_erased
from scenarios.core.schema import CANDIDATE
from scoring.queries import verdicts


@transaction.atomic
def enter(by: Standing, text: str) -> int:
    """Take a table of labels in, all of it or nothing; an empty cell forgets. Returns how many rooms.

    Raises BadLabels.
    """
    given = read_labels(text, {each.room for each in verdicts(by.workspace.pk)})
    now = timezone.now()
    for room, labels in given.items():
        own = ProtectedLabel.objects.filter(workspace=by.workspace, room=room)
        own.filter(attribute__in=labels).delete()
        ProtectedLabel.objects.bulk_create(
            ProtectedLabel(
                workspace=by.workspace,
                room=room,
                attribute=attribute,
                label=label,
                entered_by=by.person,
                entered_at=now,
            )
            for attribute, label in labels.items()
            if label
        )
    noted(by.person, "entered protected attributes", f"of {len(given)} candidates", by.workspace.pk)
    return len(given)


@receiver(room_erased)
def forget(room_id: str, seats: frozenset[str], **_: object) -> None:
    """What a person is goes with what they said. Nobody else may know that this table is there."""
    if CANDIDATE in seats:
        ProtectedLabel.objects.filter(room=room_id).delete()
