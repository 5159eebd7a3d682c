from importlib import import_module

from django.apps import AppConfig
from django.conf import settings

from ops.privacy import protect, sqlite_file


class OpsConfig(AppConfig):
    name = "ops"

    def ready(self) -> None:
        import_module("ops.checks")
        database = sqlite_file(settings.DATABASES["default"])
        protect(settings.VAR_DIR, settings.STATIC_ROOT, database)
