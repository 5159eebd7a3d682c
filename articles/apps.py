from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


def load_defaults(**kwargs: Any) -> None:
    from articles import defaults  # noqa: PLC0415 - models exist only after setup

    defaults.load_tables(kwargs["using"])


class ArticlesConfig(AppConfig):
    name = "articles"

    def ready(self) -> None:
        # Like Django's own permissions: each migrated database has the languages.
        post_migrate.connect(load_defaults, sender=self)
