from django.apps import AppConfig


class CohortsConfig(AppConfig):
    name = "casesim.cohorts"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Hear of scoresheets that were handed in."""
        from casesim.cohorts import recordings  # noqa: F401  (its receiver, once apps are there)
