from django.apps import AppConfig


class FairnessConfig(AppConfig):
    name = "casesim.fairness"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Hear of rooms whose candidate is erased."""
        from casesim.fairness import service  # noqa: F401  (models are not ready before)
