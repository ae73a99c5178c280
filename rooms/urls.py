from django.urls import path

from rooms import data_views, views

app_name = "rooms"
urlpatterns = [
    path("join/", views.enter_code, name="enter_code"),
    path("join/seats/", views.choose_seat, name="choose_seat"),
    path("join/<str:token>/", views.join, name="join"),
    path("rooms/<str:room>/<str:seat>/", views.room, name="room"),
    path("rooms/<str:room>/<str:seat>/transcript.jsonl", views.transcript, name="transcript"),
    path("rooms/<str:room>/<str:seat>/tables/<str:key>/", data_views.table, name="table"),
    path("rooms/<str:room>/<str:seat>/tables/<str:key>/rows/", data_views.rows, name="rows"),
    path("rooms/<str:room>/<str:seat>/query/", data_views.query, name="query"),
]
