"""What happened in a crawl, as data."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, ClassVar

from articles.models import KINDS, MANY_HIDDEN, FeedVisit

# Left for now only: the next visit takes these items in.
OVER_LIMIT = "over the limit"
OUT_OF_TIME = "out of time"
HOST_BUSY = "host busy"
BROKEN_OFF = "visit broken off"
STOPPED = "stopped"
# Readers have the old version.
NO_UPDATE = "update not fetched"
# Not asked for again today.
FAILED_OFTEN = "failed often"
# Of a feed: another crawl, or a task of Celery's, has it in hand.
BEING_VISITED = "another crawl, or a task of Celery's, is visiting it"

DELETED = "it was deleted before its turn"


@dataclass
class FeedReport:
    """What happened to one feed: each of its items is found, and of exactly one kind.

    KINDS tells what the kinds mean; reasons holds {kind: {reason: items}} for those
    that have any. errors lists {"url", "error"}: of the feed, of its items, and of
    tokens. status is the visit's, as in the history; put_off says why something was
    put off last: which host had no room, until when.
    """

    COUNTS: ClassVar[tuple[str, ...]] = ("found", *KINDS, "tokenized")

    feed: int
    title: str
    url: str
    language: str
    status: str = ""
    found: int = 0
    listed: int = 0
    hidden: int = 0
    updated: int = 0
    # Of these: what readers could not see before.
    shown: int = 0
    known: int = 0
    skipped: int = 0
    failed: int = 0
    left: int = 0
    tokenized: int = 0
    reasons: dict[str, Counter[str]] = field(default_factory=dict)
    errors: list[dict[str, str]] = field(default_factory=list)
    put_off: str = ""
    seconds: float = 0.0

    def count(self, kind: str, items: int = 1, reason: str = "") -> None:
        """Note what became of so many items, and why."""
        setattr(self, kind, getattr(self, kind) + items)
        if reason and items:
            self.reasons.setdefault(kind, Counter())[reason] += items

    def recount(self, kind: str, reason: str = "") -> None:
        """Note that an item which was known turned out to be of another kind."""
        self.known -= 1
        self.count(kind, reason=reason)

    def hide(self, reason: str) -> None:
        """Note that an item which was listed is hidden after all."""
        self.listed -= 1
        self.count("hidden", reason=reason)

    def settle(self) -> None:
        """What nothing became of, since the visit was broken off, is left."""
        others = sum(getattr(self, kind) for kind in KINDS)
        self.count("left", self.found - others, BROKEN_OFF)

    def err(self, url: str, error: object) -> None:
        self.errors.append({"url": url, "error": str(error)})

    def put_item_off(self, reason: object) -> None:
        """Note that an item waits for a host that has no room; reason says more."""
        self.count("left", reason=HOST_BUSY)
        self.put_off = str(reason)

    def defer(self, reason: object) -> None:
        """Note that the feed itself was not visited now, and why."""
        self.status, self.put_off = FeedVisit.DEFERRED, str(reason)

    @property
    def has_new(self) -> bool:
        """Whether readers got something new."""
        return self.listed + self.shown > 0

    @property
    def lost_why(self) -> Counter[str]:
        """{reason: items} of those that were not stored, if readers have no others."""
        skipped = self.reasons.get("skipped", Counter())
        if self.has_new or self.known or self.updated or skipped[NO_UPDATE]:
            return Counter()
        why = skipped + Counter(failed=self.failed)
        # A few of many tell nothing of those that are left for the next visit.
        return Counter() if self.left and why.total() < MANY_HIDDEN else why

    @property
    def stored(self) -> int:
        """New articles, whether readers see them or not."""
        return self.listed + self.hidden

    @property
    def is_complete(self) -> bool:
        """Whether nothing waits for the next visit."""
        return not self.errors and not self.left


def total(reports: list[FeedReport], seconds: float) -> dict[str, Any]:
    """Sum up FeedReports into the run's report, a dict ready for JSON.

    seconds is the time that the run took by the clock; its visits overlap.
    """
    return {
        **{
            name: sum(getattr(report, name) for report in reports)
            for name in FeedReport.COUNTS
        },
        "reasons": sum_reasons(report.reasons for report in reports),
        "errors": [
            {"feed": report.url, **error}
            for report in reports
            for error in report.errors
        ],
        "seconds": round(seconds, 2),
        "feeds": [vars(report) for report in reports],
    }


def sum_reasons(all_reasons: Iterable[dict[str, Counter]]) -> dict[str, Counter]:
    """One {kind: {reason: items}} of many."""
    total: dict[str, Counter] = {}
    for reasons in all_reasons:
        for kind, counts in reasons.items():
            total.setdefault(kind, Counter()).update(counts)
    return total
