from django.urls import path

from casesim.todo import views

app_name = "todo"
urlpatterns = [path("", views.home, name="home")]
