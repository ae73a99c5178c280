"""What a new version makes of reports that an older one left behind."""

from importlib import import_module

import pytest
from django.apps import apps

from scoring import queries
from scoring.models import Report, ReportRequest

ask_again = import_module("scoring.migrations.0006_ask_again").ask_again


@pytest.mark.django_db
def test_reports_of_the_old_form_are_asked_for_again_and_not_shown_meanwhile(table):
    for room in (table.id, "another"):
        ReportRequest.objects.create(room=room, wanted=1, built=1, requested_at=1, done_at=2, sent_at=1)
    Report.objects.create(room=table.id, digest="e" * 64, document="{}", final=True, created_at=1)
    ask_again(apps, None)
    assert queries.current_report(table.id) is None
    assert queries.waiting(table.id).wanted == 2
    assert queries.waiting("another") is None
