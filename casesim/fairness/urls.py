from django.urls import path

from casesim.fairness import views

app_name = "fairness"
urlpatterns = [
    path("workspaces/<slug:workspace>/fairness/", views.audit, name="audit"),
    path("workspaces/<slug:workspace>/fairness/labels/", views.labels, name="labels"),
    path("workspaces/<slug:workspace>/fairness/labels.csv", views.table, name="table"),
    path("workspaces/<slug:workspace>/fairness/summary/", views.summary, name="summary"),
]
