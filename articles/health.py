"""Whether feeds bring what readers can read."""

import dataclasses
from collections import Counter
from collections.abc import Callable
from datetime import timedelta

from django.conf import settings
from django.utils import timezone
from health_check.base import HealthCheck
from health_check.exceptions import ServiceWarning

from articles.delivery import deliveries, silent, watched
from articles.models import Feed, FeedQuerySet, FeedState
from zeeguu.base.health import releasing_connection

# Failures in a row that are no accident any more.
MANY_FAILURES = 3
GONE_LATELY = timedelta(days=7)
MOST_NAMES, NAME_CHARACTERS = 5, 60


@dataclasses.dataclass
class Feeds(HealthCheck):
    """No active feed keeps failing or brings nothing for readers; none went lately."""

    @releasing_connection
    def run(self) -> None:
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
        if told := [f"{what}: {who}" for what, who in found.items() if who]:
            raise ServiceWarning(
                f"{'; '.join(told)}; the admin's list of feeds says why"
            )


@dataclasses.dataclass
class FeedSilence(HealthCheck):
    """All active feeds, and all languages, had a new article for readers lately."""

    @releasing_connection
    def run(self) -> None:
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
    def run(self) -> None:
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


def names(feeds: FeedQuerySet, more_of: Callable[[Feed], str] = lambda feed: "") -> str:
    """Names of the first feeds with what there is to say of each, and how many more.

    They come from the web: nothing but printable characters leaves here. Two queries.
    """
    shown = [f"{_name(feed)}{more_of(feed)}" for feed in feeds[:MOST_NAMES]]
    more = feeds.count() - len(shown) if len(shown) == MOST_NAMES else 0
    return ", ".join(shown) + (f" and {more} more" if more > 0 else "")


def _name(feed: Feed) -> str:
    return "".join(filter(str.isprintable, str(feed)))[:NAME_CHARACTERS]


def unlisted(feed: Feed) -> str:
    return f" ({feed.unlisted})" if feed.unlisted else ""


CHECKS = (Feeds, FeedSilence, Delivery)
