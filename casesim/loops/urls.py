from django.urls import path

from casesim.loops import people_views, views

LOOPS = "workspaces/<slug:workspace>/loops/"
LOOP = LOOPS + "<int:loop>/"

app_name = "loops"
urlpatterns = [
    path(LOOPS, views.loops, name="loops"),
    path(LOOPS + "new/", views.new, name="new"),
    path(LOOP, views.loop, name="loop"),
    path(LOOP + "link/", views.link, name="link"),
    path(LOOP + "rooms/new/<slug:slug>/", views.add_room, name="add_room"),
    path(LOOP + "rooms/<slug:room>/time/", views.move, name="move"),
    path(LOOP + "rooms/<slug:room>/cancel/", views.cancel, name="cancel"),
    path(LOOP + "conflicts/", views.conflict, name="conflict"),
    path(LOOP + "conflicts/<int:conflict>/withdraw/", views.no_conflict, name="no_conflict"),
    path(LOOP + "debrief/", people_views.debrief, name="debrief"),
    path(LOOP + "report/", views.report, name="report"),
    path(LOOP + "report.json", views.document, name="document"),
    path(LOOP + "report/sign/", views.sign, name="sign"),
    path(LOOP + "release/", views.release, name="release"),
    path(LOOP + "appeal/answer/", views.answer, name="answer"),
    path(LOOP + "appeal/decide/", views.review, name="review"),
    path(LOOP + "you/", people_views.yours, name="yours"),
    path(LOOP + "you/conflict/", people_views.my_conflict, name="my_conflict"),
    path(LOOP + "you/rooms.ics", people_views.my_calendar, name="my_calendar"),
    # the candidate's own, by link or account; the link's door is named in logs.py and nginx's template
    path("invited/<str:token>/", people_views.follow, name="follow"),
    path("loops/<int:loop>/", people_views.candidate, name="candidate"),
    path("loops/<int:loop>/consent/", people_views.consent, name="consent"),
    path("loops/<int:loop>/rooms/<slug:room>/", people_views.enter, name="enter"),
    path("loops/<int:loop>/contest/", people_views.contest, name="contest"),
    path("loops/<int:loop>/rooms.ics", people_views.candidate_calendar, name="candidate_calendar"),
]
