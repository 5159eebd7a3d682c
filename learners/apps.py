from django.apps import AppConfig


class LearnersConfig(AppConfig):
    name = "learners"

    def ready(self) -> None:
        # They need the models.
        from articles import cleaning, retention  # noqa: PLC0415
        from learners.accounts import codes, joining, sessions  # noqa: PLC0415
        from learners.dictionaries import reports  # noqa: PLC0415
        from learners.dictionaries.providers import cache  # noqa: PLC0415
        from learners.people import deletion  # noqa: PLC0415
        from learners.readings import keeping  # noqa: PLC0415

        cleaning.others += [
            cache.prune,
            deletion.finish,
            keeping.prune,
            reports.prune,
            # In this order: an account is lost when its last session is gone.
            sessions.prune,
            codes.prune,
            joining.prune,
        ]
        retention.needed_by += [keeping.saved, keeping.with_bookmarks]
