from django.urls import path

from casesim.authoring import views

app_name = "authoring"
DRAFT = "workspaces/<slug:workspace>/scenarios/<slug:draft>/"
urlpatterns = [
    path("workspaces/<slug:workspace>/scenarios/", views.scenarios, name="scenarios"),
    path(DRAFT, views.draft, name="draft"),
    path(f"{DRAFT}upload/", views.upload, name="upload"),
    path(f"{DRAFT}preview/", views.preview, name="preview"),
    path(f"{DRAFT}publish/", views.publish, name="publish"),
    path(f"{DRAFT}delete/", views.delete, name="delete"),
    path(f"{DRAFT}timeline/", views.timeline, name="timeline"),
    path(f"{DRAFT}timeline/take/", views.take_sheet, name="take_sheet"),
    path(f"{DRAFT}timeline.<str:kind>", views.sheet, name="sheet"),
    path(f"{DRAFT}rehearse/", views.rehearse, name="rehearse"),
    path(f"{DRAFT}scripts/", views.script, name="script"),
    path(f"{DRAFT}rehearsals/<int:trial>/", views.trial, name="trial"),
    path(f"{DRAFT}rehearsals/<int:trial>/progress/", views.progress, name="progress"),
]
