from django.contrib import admin

from casesim.operators import ReadOnly
from rooms.models import Room, RoomEvent, Seat


@admin.register(Room)
class RoomAdmin(ReadOnly):
    list_display = ("id", "title", "workspace", "scenario_version", "last_seq")
    search_fields = ("id", "title")


@admin.register(Seat)
class SeatAdmin(ReadOnly):
    list_display = ("room", "seat", "kind", "person")
    search_fields = ("room__id",)
    exclude = ("token_digest",)


@admin.register(RoomEvent)
class RoomEventAdmin(ReadOnly):
    list_display = ("room", "seq", "audience", "body")
    search_fields = ("room__id",)
