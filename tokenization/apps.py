from typing import Any

from django.apps import AppConfig
from django.apps import apps as todays
from django.db.models.signals import post_migrate


def mark(using: Any, apps: Any = todays, **kwargs: Any) -> None:
    """Note the states of tokens that other code, or other models, made stale."""
    from tokenization.states import ensure_marked  # noqa: PLC0415 - needs the models

    # Not while the tables are those of an older version, on the way back.
    models = {model._meta.label for model in apps.get_models()}
    if using == "default" and "tokenization.MarkedTokenizer" in models:
        ensure_marked()


class TokenizationConfig(AppConfig):
    name = "tokenization"

    def ready(self) -> None:
        post_migrate.connect(mark, sender=self)
