from importlib import import_module

from django.apps import AppConfig
from django.conf import settings


class OpsConfig(AppConfig):
    name = "ops"

    def ready(self):
        import_module("ops.checks")
        if settings.STRICT_SERIALIZERS:
            import_module("zeeguu.strict").forbid_lazy_loading()
