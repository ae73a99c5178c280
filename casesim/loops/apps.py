from django.apps import AppConfig


class LoopsConfig(AppConfig):
    name = "casesim.loops"
