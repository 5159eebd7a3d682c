from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_delete


def load_defaults(**kwargs):
    from articles import defaults  # noqa: PLC0415 - models exist only after setup

    defaults.load_tables(kwargs["using"])


def list_heir(instance, **kwargs):
    instance.list_heir()


class ArticlesConfig(AppConfig):
    name = "articles"

    def ready(self):
        # Like Django's own permissions: each migrated database has the languages.
        post_migrate.connect(load_defaults, sender=self)
        # A signal, since the admin also deletes articles in bulk.
        pre_delete.connect(list_heir, sender=self.get_model("Article"))
