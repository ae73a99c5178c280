"""The floor has no pages."""

urlpatterns: list[object] = []
