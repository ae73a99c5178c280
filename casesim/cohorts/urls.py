from django.urls import path

from casesim.cohorts import plan_views, practice_views, progress_views, timetable_views, views

COHORT = "workspaces/<slug:workspace>/cohorts/<int:cohort>/"

app_name = "cohorts"
urlpatterns = [
    path("workspaces/<slug:workspace>/practice/", practice_views.practice, name="practice"),
    path("workspaces/<slug:workspace>/practice/feedback/", practice_views.feedback, name="feedback"),
    path("workspaces/<slug:workspace>/practice/switch/", practice_views.switch, name="switch"),
    path("workspaces/<slug:workspace>/practice/keep/<slug:room>/", practice_views.keep, name="keep"),
    path("workspaces/<slug:workspace>/practice/<slug:recording>/begin/", practice_views.begin, name="begin"),
    path("workspaces/<slug:workspace>/cohorts/", views.cohorts, name="cohorts"),
    path(COHORT, views.cohort, name="cohort"),
    path(COHORT + "join/", views.join, name="join"),
    path(COHORT + "add/", views.add, name="add"),
    path(COHORT + "invite/", views.invite, name="invite"),
    path(COHORT + "members/<int:member>/", views.member, name="member"),
    path(COHORT + "members/<int:member>/remove/", views.remove, name="remove"),
    path(COHORT + "rounds/", views.rounds, name="rounds"),
    path(COHORT + "rounds/<int:turn>/remove/", views.remove_round, name="remove_round"),
    path(COHORT + "cases/", views.cases, name="cases"),
    path(COHORT + "seats/", views.seats, name="seats"),
    path(COHORT + "conflicts/", views.conflicts, name="conflicts"),
    path(COHORT + "conflicts/<int:conflict>/remove/", views.remove_conflict, name="remove_conflict"),
    path(COHORT + "availability/", views.availability, name="availability"),
    path(COHORT + "availability/conflict/", views.own_conflict, name="own_conflict"),
    path(COHORT + "availability/table/", timetable_views.bring, name="timetable"),
    path(COHORT + "availability/table.csv", timetable_views.take, name="take_timetable"),
    path(COHORT + "progress/", progress_views.yours, name="yours"),
    path(COHORT + "progress/share/", progress_views.share, name="share"),
    path(COHORT + "members/<int:member>/progress/", progress_views.of_member, name="of_member"),
    path(COHORT + "rooms/<int:room>/words/", progress_views.words, name="words"),
    path(COHORT + "rooms/<int:room>/<str:seat>/replay/", progress_views.replay, name="replay"),
    path(COHORT + "coach/", progress_views.coach, name="coach"),
    path(COHORT + "plan/", plan_views.plan, name="plan"),
    path(COHORT + "plan/cancel/", plan_views.cancel, name="cancel"),
    path(COHORT + "plan/progress/", plan_views.progress, name="progress"),
    path(COHORT + "plan/pin/", plan_views.pin, name="pin"),
    path(COHORT + "plan/pins/<int:pin>/remove/", plan_views.unpin, name="unpin"),
    path(COHORT + "plan/gone/", plan_views.gone, name="gone"),
    path(COHORT + "plan/rooms/", plan_views.open_rooms, name="open_rooms"),
]
