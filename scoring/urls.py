from django.urls import path

from scoring import views, workspace_views

app_name = "scoring"
urlpatterns = [
    path("rooms/<str:room>/<str:seat>/sheet/", views.sheet, name="sheet"),
    path("rooms/<str:room>/<str:seat>/sheet/draft/", views.draft, name="draft"),
    path("rooms/<str:room>/<str:seat>/debrief/", views.debrief, name="debrief"),
    path("rooms/<str:room>/<str:seat>/debrief/close/", views.close, name="close"),
    path("rooms/<str:room>/<str:seat>/report/", views.report, name="report"),
    path("rooms/<str:room>/<str:seat>/report.json", views.document, name="document"),
    path("rooms/<str:room>/<str:seat>/compare/", views.compare, name="compare"),
    path("rooms/<str:room>/<str:seat>/report/sign/", views.sign, name="sign"),
    path("workspaces/<slug:workspace>/rule/", workspace_views.rule, name="rule"),
    path("workspaces/<slug:workspace>/raters/", workspace_views.raters, name="raters"),
    path("workspaces/<slug:workspace>/raters/<int:person>/", workspace_views.rater, name="rater"),
    path("workspaces/<slug:workspace>/outcomes/", workspace_views.outcomes, name="outcomes"),
    path("workspaces/<slug:workspace>/outcomes/record/", workspace_views.record, name="record"),
    path("workspaces/<slug:workspace>/outcomes/table/", workspace_views.outcome_table, name="outcome_table"),
    path("workspaces/<slug:workspace>/your-marks/", workspace_views.your_marks, name="your_marks"),
    path("workspaces/<slug:workspace>/calibration/", workspace_views.calibrate, name="calibrate"),
    path("workspaces/<slug:workspace>/calibration/cancel/", workspace_views.cancel, name="cancel"),
    path("workspaces/<slug:workspace>/calibration/progress/", workspace_views.progress, name="progress"),
]
