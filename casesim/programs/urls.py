from django.urls import path

from casesim.programs import views

app_name = "programs"
urlpatterns = [
    path("workspaces/<slug:workspace>/", views.workspace, name="workspace"),
    path("workspaces/<slug:workspace>/rooms/new/", views.choose_scenario, name="choose_scenario"),
    path("workspaces/<slug:workspace>/rooms/new/<slug:slug>/", views.open_room, name="open_room"),
    path("workspaces/<slug:workspace>/rooms/<slug:room>/", views.people, name="people"),
    path("workspaces/<slug:workspace>/rooms/<slug:room>/links/", views.links, name="links"),
    path("workspaces/<slug:workspace>/rooms/<slug:room>/code/", views.code, name="code"),
    path("workspaces/<slug:workspace>/rooms/<slug:room>/<str:seat>/link/", views.link, name="link"),
    path(
        "workspaces/<slug:workspace>/rooms/<slug:room>/<str:seat>/withdraw/", views.withdraw, name="withdraw"
    ),
    path("workspaces/<slug:workspace>/rooms/<slug:room>/<str:seat>/give/", views.give, name="give"),
]
