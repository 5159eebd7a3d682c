"""Whether there is something to tokenize with, and how much has tokens."""

import dataclasses

from django.conf import settings
from health_check.base import HealthCheck
from health_check.exceptions import ServiceUnavailable, ServiceWarning

from articles.models import Feed
from tokenization import services, statistics
from zeeguu.base.connections import release
from zeeguu.base.health import releasing_connection


@dataclasses.dataclass
class Tokenizer(HealthCheck):
    """Every language of an active feed has a model, and all models' hashes are right.

    It neither loads a model nor waits for one that is working, so a busy tokenizer
    does not look like a dead one.
    """

    @releasing_connection
    def run(self) -> None:
        languages = languages_of_feeds()
        try:
            broken = services.broken_models(languages)
        except (OSError, ValueError) as exc:
            raise ServiceUnavailable("the index of the models can't be read") from exc
        if broken:
            raise ServiceUnavailable(
                f"models missing or damaged: {', '.join(broken)};"
                " see: manage.py stanza_models verify"
            )


@dataclasses.dataclass
class Lemmas(HealthCheck):
    """Every language of an active feed that can have lemmas has its file of them.

    Without it readers are answered without lemmas; whoever tokenizes makes it first.
    """

    @releasing_connection
    def run(self) -> None:
        if broken := services.broken_lemmas(languages_of_feeds()):
            raise ServiceWarning(
                f"files of lemmas missing or damaged: {', '.join(broken)};"
                " make them with: manage.py lemmas build"
            )


@dataclasses.dataclass
class CacheCoverage(HealthCheck):
    """Enough listed articles of each language have fresh tokens.

    What was pruned is missing on purpose: that is told, but is no reason to warn.
    """

    minimum_percent: int = settings.COVERAGE_WARNING_PERCENT

    @releasing_connection
    def run(self) -> None:
        low = [coverage(row) for row in language_statistics() if self._is_low(row)]
        if low:
            raise ServiceWarning(
                f"fresh tokens below {self.minimum_percent} %: {', '.join(low)};"
                " fill them with: manage.py pretokenize"
            )

    def _is_low(self, row: dict) -> bool:
        due = row["articles"] - row["pruned"]
        return bool(row["fresh"] * 100 < due * self.minimum_percent)


@dataclasses.dataclass
class TokenizationFailures(HealthCheck):
    """No listed article waits for another try because it could not be tokenized."""

    @releasing_connection
    def run(self) -> None:
        failed = [
            f"{row['language']} {row['failed']}"
            for row in language_statistics()
            if row["failed"]
        ]
        if failed:
            raise ServiceWarning(
                f"articles that could not be tokenized: {', '.join(failed)};"
                " the admin's list of token caches says why, and when they are retried"
            )


def languages_of_feeds() -> set[str]:
    """The languages of active feeds; the database is given back."""
    feeds = Feed.objects.active().order_by()
    languages = set(feeds.values_list("language", flat=True))
    release()
    return languages


def language_statistics() -> list[dict]:
    """Those of languages with articles; a warning as long as nobody knows them."""
    found = statistics.languages()
    if found.at is None:
        raise ServiceWarning(f"the articles are {found.age}")
    rows: list[dict] = found.value
    return rows


def coverage(row: dict) -> str:
    """Such as "da 40%", and how much was pruned, if anything was."""
    pruned = row["pruned"] / row["articles"]
    also = f" ({pruned:.0%} pruned)" if pruned else ""
    return f"{row['language']} {row['coverage']:.0%}{also}"


CHECKS = (Tokenizer, Lemmas, CacheCoverage, TokenizationFailures)
