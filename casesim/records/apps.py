from django.apps import AppConfig


class RecordsConfig(AppConfig):
    name = "casesim.records"
    default_auto_field = "django.db.models.BigAutoField"
