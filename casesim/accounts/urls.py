from django.urls import path

from casesim.accounts import views

app_name = "accounts"
urlpatterns = [
    path("account/", views.you, name="you"),
    path("sign-in/<str:token>/", views.sign_in, name="sign_in"),
    path("invitations/<str:token>/", views.invitation_link, name="invitation_link"),
    path("invitation/", views.invitation, name="invitation"),
    path("workspaces/", views.workspaces, name="workspaces"),
    path("workspaces/<slug:workspace>/members/", views.members, name="members"),
    path("workspaces/<slug:workspace>/members/<int:person>/role/", views.change_role, name="change_role"),
    path("workspaces/<slug:workspace>/members/<int:person>/remove/", views.remove, name="remove"),
    path("workspaces/<slug:workspace>/leave/", views.leave, name="leave"),
    path("workspaces/<slug:workspace>/invitations/", views.invite, name="invite"),
    path("workspaces/<slug:workspace>/invitations/<int:invitation>/revoke/", views.revoke, name="revoke"),
    path("workspaces/<slug:workspace>/audit/", views.audit, name="audit"),
]
