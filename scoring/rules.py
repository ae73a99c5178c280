"""What a workspace declared about its recommendations, and every report made again when that changes."""

from django.db import transaction
from django.db.models import F

import rooms.queries
from scoring.core.decision.rule import Rule
from scoring.models import DeclaredRule, ReportRequest


def rule_for(workspace_id: int | None) -> Rule:
    """The rule of a workspace's reports; the usual one where nothing was declared."""
    row = DeclaredRule.objects.filter(workspace=workspace_id).first()
    return Rule() if row is None else Rule(recommends=row.recommends)


def declare(workspace_id: int, recommends: bool, now: int) -> int:
    """Recommend from now on, or do not. Returns how many reports are made again; the same again is none.

    The sweep hands them to the workers, so that a thousand rooms do not hold up the request.
    """
    with transaction.atomic():
        # whoever comes second waits here, and finds what the first declared
        row, _ = DeclaredRule.objects.select_for_update().get_or_create(
            workspace_id=workspace_id, defaults={"declared_at": now}
        )
        if row.recommends == recommends:
            return 0
        row.recommends, row.declared_at = recommends, now
        row.save()
        asked = ReportRequest.objects.filter(room__in=rooms.queries.room_ids(workspace_id))
        return asked.update(
            wanted=F("wanted") + 1, requested_at=now, sent_at=0, done_at=None, tries=0, error=""
        )


def waiting(workspace_id: int) -> int:
    """How many of a workspace's reports are still to be made again."""
    rooms_here = rooms.queries.room_ids(workspace_id)
    return ReportRequest.objects.filter(room__in=rooms_here, done_at=None).count()
