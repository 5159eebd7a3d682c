"""Health checks and their pages, on django-health-check."""

import dataclasses
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import wraps

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone
from health_check.base import HealthCheck
from health_check.exceptions import ServiceUnavailable, ServiceWarning
from health_check.views import HealthCheckView

from articles.delivery import deliveries, silent, watched
from articles.models import Feed, FeedState
from ops.database.status import status
from ops.gunicorn import workers
from ops.outage import RETRY_AFTER_S
from tokenization import services, statistics
from zeeguu.base.connections import DatabaseFailed, release, releasing

# Failures in a row that are no accident any more.
MANY_FAILURES = 3
GONE_LATELY = timedelta(days=7)
MOST_NAMES, NAME_CHARACTERS = 5, 60


def releasing_connection(run):
    """Give the probe's database connection back at its end; 503 without one."""

    @wraps(run)
    def wrapped(self):
        try:
            with releasing(connections[DEFAULT_DB_ALIAS]):
                return run(self)
        except DatabaseFailed as exc:
            raise ServiceUnavailable("the database can't be read") from exc

    return wrapped


@dataclasses.dataclass
class Database(HealthCheck):
    """The database answers. The package's own probe says where it is, and as whom."""

    @releasing_connection
    def run(self):
        with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
            cursor.execute("SELECT 1")


@dataclasses.dataclass
class Migrations(HealthCheck):
    """All migrations of this code have been applied."""

    @releasing_connection
    def run(self):
        executor = MigrationExecutor(connections[DEFAULT_DB_ALIAS])
        targets = executor.loader.graph.leaf_nodes()
        if pending := len(executor.migration_plan(targets)):
            raise ServiceUnavailable(
                f"{pending} migrations to apply: manage.py migrate"
            )


@dataclasses.dataclass
class Tokenizer(HealthCheck):
    """Every language of an active feed has a model, and all models' hashes are right.

    It neither loads a model nor waits for one that is working, so a busy tokenizer
    does not look like a dead one.
    """

    @releasing_connection
    def run(self):
        feeds = Feed.objects.active().order_by()
        languages = set(feeds.values_list("language", flat=True))
        release()
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
class CacheCoverage(HealthCheck):
    """Enough listed articles of each language have fresh tokens.

    What was pruned is missing on purpose: that is told, but is no reason to warn.
    """

    minimum_percent: int = settings.COVERAGE_WARNING_PERCENT

    @releasing_connection
    def run(self):
        low = [coverage(row) for row in language_statistics() if self._is_low(row)]
        if low:
            raise ServiceWarning(
                f"fresh tokens below {self.minimum_percent} %: {', '.join(low)};"
                " fill them with: manage.py pretokenize"
            )

    def _is_low(self, row):
        due = row["articles"] - row["pruned"]
        return row["fresh"] * 100 < due * self.minimum_percent


@dataclasses.dataclass
class TokenizationFailures(HealthCheck):
    """No listed article waits for another try because it could not be tokenized."""

    @releasing_connection
    def run(self):
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


@dataclasses.dataclass
class Feeds(HealthCheck):
    """No active feed keeps failing or brings nothing for readers; none went lately."""

    @releasing_connection
    def run(self):
        feeds = Feed.objects.order_by("pk")
        failing = feeds.in_state(FeedState.FAILING).filter(
            consecutive_failures__gte=MANY_FAILURES
        )
        gone = feeds.in_state(FeedState.GONE).filter(
            last_fetched_at__gte=timezone.now() - GONE_LATELY
        )
        found = {
            f"failed {MANY_FAILURES} times or more in a row": names(failing),
            f"gone in the last {GONE_LATELY.days} days": names(gone),
            "nothing for readers": names(feeds.in_state(FeedState.UNLISTED), unlisted),
        }
        if found := [f"{what}: {who}" for what, who in found.items() if who]:
            raise ServiceWarning(
                f"{'; '.join(found)}; the admin's list of feeds says why"
            )


@dataclasses.dataclass
class FeedSilence(HealthCheck):
    """All active feeds, and all languages, had a new article for readers lately."""

    @releasing_connection
    def run(self):
        feeds = watched()
        quiet = silent(feeds)
        if not (who := names(quiet, unlisted)):
            return
        of_language = Counter(feeds.values_list("language", flat=True))
        quiet_ones = Counter(quiet.values_list("language", flat=True))
        all_quiet = [
            code
            for code, number in sorted(quiet_ones.items())
            if number == of_language[code]
        ]
        languages = (
            f"; all feeds of a language: {', '.join(all_quiet)}" if all_quiet else ""
        )
        raise ServiceWarning(
            f"no new article for readers for {settings.FEED_SILENT_DAYS} days:"
            f" {who}{languages}"
        )


@dataclasses.dataclass
class Delivery(HealthCheck):
    """Each language with active feeds has fresh listed articles."""

    @releasing_connection
    def run(self):
        stale = [
            row["language"]
            for row in deliveries()
            if row["visited"] and not row["fresh"]
        ]
        if stale:
            raise ServiceWarning(
                f"no listed article of the last {settings.DELIVERY_HOURS} hours:"
                f" {', '.join(stale)};"
                " is the crawl at work? See the admin's crawl statistics"
            )


@dataclasses.dataclass
class Connections(HealthCheck):
    """The processes of this host have connections to spare, and so has the server."""

    def run(self):
        found = status()
        if found["status"] == "ok":
            return
        total, server = found["total"], found["server"]
        problem = f"{found['problem']}; " if found["problem"] else ""
        raise ServiceWarning(
            f"{found['status']}: {problem}{total['checked_out']} connections in use,"
            f" {total['waiting']} requests waiting, {total['breakers_open']} breakers"
            f" open, {server.get('threads_connected', '?')} of the server's"
            f" {server.get('max_connections', '?')} taken; see /health/pool"
        )


@dataclasses.dataclass
class Workers(HealthCheck):
    """gunicorn's workers end as planned: after their requests, or for a reload."""

    most_per_hour: int = 10

    def run(self):
        counted = workers.read(settings.RUN_DIR)
        if counted and counted["unplanned_per_hour"] > self.most_per_hour:
            reasons = ", ".join(
                f"{number} {reason}"
                for reason, number in counted["last_hour"].items()
                if number
            )
            raise ServiceWarning(f"workers that ended in the last hour: {reasons}")


def names(feeds, more_of=lambda feed: ""):
    """Names of the first feeds with what there is to say of each, and how many more.

    They come from the web: nothing but printable characters leaves here. Two queries.
    """
    shown = [f"{_name(feed)}{more_of(feed)}" for feed in feeds[:MOST_NAMES]]
    more = feeds.count() - len(shown) if len(shown) == MOST_NAMES else 0
    return ", ".join(shown) + (f" and {more} more" if more > 0 else "")


def _name(feed):
    return "".join(filter(str.isprintable, str(feed)))[:NAME_CHARACTERS]


def unlisted(feed):
    return f" ({feed.unlisted})" if feed.unlisted else ""


def language_statistics():
    """Those of languages with articles; a warning as long as nobody knows them."""
    found = statistics.languages()
    if found.at is None:
        raise ServiceWarning(f"the articles are {found.age}")
    return found.value


def coverage(row):
    """Such as "da 40%", and how much was pruned, if anything was."""
    pruned = row["pruned"] / row["articles"]
    also = f" ({pruned:.0%} pruned)" if pruned else ""
    return f"{row['language']} {row['coverage']:.0%}{also}"


class HealthView(HealthCheckView):
    """503, not 500, when something is wrong: the page works, the service does not.

    A warning is shown and answered with 200: nobody must restart a busy service.
    """

    def get_executor(self):
        # One after the other: a request has one connection at most.
        return ThreadPoolExecutor(1)

    async def get(self, request, *args, **kwargs):
        response = await super().get(request, *args, **kwargs)
        if response.status_code == 500:
            errors = [result.error for result in self.results if result.error]
            warnings = [error for error in errors if isinstance(error, ServiceWarning)]
            response.status_code = 200 if warnings == errors else 503
        if response.status_code == 503:
            response["Retry-After"] = str(RETRY_AFTER_S)
        return response


READY = (Database, Migrations, "health_check.checks.Cache")
EVERYTHING = (
    *READY,
    Tokenizer,
    CacheCoverage,
    TokenizationFailures,
    Feeds,
    FeedSilence,
    Delivery,
    Connections,
    Workers,
)
