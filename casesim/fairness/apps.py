from django.apps import AppConfig


class FairnessConfig(AppConfig):
    name = "casesim.fairness"
    default_auto_field = "django.db.models.BigAutoField"
