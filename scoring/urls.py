from django.urls import path

from scoring import views

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
]
