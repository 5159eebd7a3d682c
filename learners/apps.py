from django.apps import AppConfig


class LearnersConfig(AppConfig):
    name = "learners"

    def ready(self) -> None:
        # They need the models.
        from articles import cleaning  # noqa: PLC0415
        from learners.dictionaries import reports  # noqa: PLC0415
        from learners.dictionaries.providers import cache  # noqa: PLC0415

        cleaning.others += [cache.prune, reports.prune]
