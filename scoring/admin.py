from django.contrib import admin

from casesim.operators import ReadOnly
from scoring.models import Report, ReportRequest, Scoresheet, Signature


@admin.register(Scoresheet)
class ScoresheetAdmin(ReadOnly):
    list_display = ("room", "seat", "version", "rater_name", "submitted_at")
    search_fields = ("room",)


@admin.register(Report)
class ReportAdmin(ReadOnly):
    list_display = ("room", "digest", "final", "created_at")
    search_fields = ("room",)


@admin.register(ReportRequest)
class ReportRequestAdmin(ReadOnly):
    list_display = ("room", "wanted", "built", "tries", "error")


@admin.register(Signature)
class SignatureAdmin(ReadOnly):
    list_display = ("report", "decision", "name", "at")
