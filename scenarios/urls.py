from django.urls import path

from scenarios import views

app_name = "scenarios"
urlpatterns = [
    path("", views.home, name="home"),
    path("scenarios/", views.catalogue, name="catalogue"),
]
