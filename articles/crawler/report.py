"""What happened in a crawl, as data."""

from collections import Counter
from dataclasses import dataclass, field
from typing import ClassVar

# Skipped for now only: the next visit takes these items in.
OVER_LIMIT = "over the limit"
OUT_OF_TIME = "out of time"
HOST_BUSY = "host busy"
# Not asked for again today.
FAILED_OFTEN = "failed often"
# Another crawl, or a task of Celery's, has the feed in hand.
BEING_VISITED = "being visited"
POSTPONED = {OVER_LIMIT, OUT_OF_TIME, HOST_BUSY}


@dataclass
class FeedReport:
    """What happened to one feed. ``failed`` lists {"url", "error"}.

    put_off says why something was put off last: which host had no room, until when.
    """

    COUNTS: ClassVar = ("found", "stored", "updated", "duplicates", "tokenized")

    feed: int
    title: str
    url: str
    language: str
    found: int = 0
    stored: int = 0
    updated: int = 0
    duplicates: int = 0
    skipped: Counter = field(default_factory=Counter)
    failed: list = field(default_factory=list)
    tokenized: int = 0
    put_off: str = ""
    seconds: float = 0.0

    def fail(self, url, error):
        self.failed.append({"url": url, "error": str(error)})

    def put_off_by(self, reason):
        """Note that something waits for a host that has no room; reason says more."""
        self.skipped[HOST_BUSY] += 1
        self.put_off = str(reason)

    @property
    def is_complete(self):
        """Whether nothing waits for the next visit."""
        return not self.failed and not self.is_postponed

    @property
    def is_postponed(self):
        return bool(self.skipped.keys() & POSTPONED)


def total(reports):
    """Sum up FeedReports into the run's report, a dict ready for JSON."""
    skipped = Counter()
    for report in reports:
        skipped.update(report.skipped)
    return {
        **{
            name: sum(getattr(report, name) for report in reports)
            for name in FeedReport.COUNTS
        },
        "skipped": dict(skipped),
        "failed": [
            {"feed": report.url, **failure}
            for report in reports
            for failure in report.failed
        ],
        "seconds": round(sum(report.seconds for report in reports), 2),
        "feeds": [vars(report) for report in reports],
    }
