from django.urls import path

from casesim.records import views

app_name = "records"
urlpatterns = [
    path("account/end/", views.end_account, name="end_account"),
    path("workspaces/<slug:workspace>/records/", views.records, name="records"),
    path("workspaces/<slug:workspace>/records/export/", views.export, name="export"),
    path("workspaces/<slug:workspace>/records/export/<int:run>.zip", views.download, name="download"),
    path("workspaces/<slug:workspace>/records/retention/", views.retain, name="retain"),
    path("workspaces/<slug:workspace>/records/erase/", views.erase, name="erase"),
    path("workspaces/<slug:workspace>/records/erase/<slug:room>/", views.erase_seat, name="erase_seat"),
    path("workspaces/<slug:workspace>/members/table/", views.people, name="people"),
]
