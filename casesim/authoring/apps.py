from django.apps import AppConfig


class AuthoringConfig(AppConfig):
    name = "casesim.authoring"
    default_auto_field = "django.db.models.BigAutoField"
