from django.urls import path

from casesim.fairness import views

app_name = "fairness"
urlpatterns = [
    path("workspaces/<slug:workspace>/fairness/", views.audit, name="audit"),
    path("workspaces/<slug:workspace>/fairness/labels/", views.labels, name="labels"),
    path("workspaces/<slug:workspace>/fairness/labels.csv", views.table, name="table"),
    path("workspaces/<slug:workspace>/fairness/audit.json", views.document, name="document"),
    path("workspaces/<slug:workspace>/fairness/summary/", views.summary, name="summary"),
    path("workspaces/<slug:workspace>/fairness/notice/", views.notice, name="notice"),
]
