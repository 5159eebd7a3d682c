"""What a crawl that goes on for ever needs beside its feeds' line."""

import contextlib
import logging
import time
from collections.abc import Iterable
from typing import Self

from django.conf import settings

from articles import demo_site
from articles.cleaning import clean
from articles.crawler.store.history import finish_run, start_run
from articles.crawler.web.fetch import Fetcher
from articles.models import CrawlRun, Feed

logger = logging.getLogger(__name__)


class Runs:
    """A run in the history for each CRAWLER_RUN_TIMEOUT_S in which there was work.

    Use it as a context manager: what was begun is finished at the end.
    """

    def __init__(self, command: str) -> None:
        self.command = command
        self.run: CrawlRun | None = None
        self.begun_at = float("-inf")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self._finish()

    def keep_up(self, has_work: bool) -> CrawlRun | None:
        """The run that visits belong to now; those that are too old are deleted."""
        is_old = time.monotonic() - self.begun_at > settings.CRAWLER_RUN_TIMEOUT_S
        if is_old:
            self._finish()
        if has_work and self.run is None:
            self.run, self.begun_at = start_run(self.command), time.monotonic()
        return self.run

    def _finish(self) -> None:
        if self.run is not None:
            finish_run(self.run)
            self.run = None
            clean()


class Demo:
    """The demo site, served to a fetcher as long as feeds of it are due."""

    def __init__(self, fetcher: Fetcher) -> None:
        self.fetcher, self.stack = fetcher, contextlib.ExitStack()
        self.is_served = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.stack.close()

    def fit(self, feeds: Iterable[Feed], is_in_use: bool) -> list[Feed]:
        """The feeds that can be visited now: all, or without the demo site's."""
        feeds = list(feeds)
        is_wanted = any(map(demo_site.is_demo, feeds))
        if is_wanted and not self.is_served:
            self._serve()
        elif self.is_served and not is_wanted and not is_in_use:
            self.stack.close()
            self.is_served = False
        if is_wanted and not self.is_served:
            return [feed for feed in feeds if not demo_site.is_demo(feed)]
        return feeds

    def _serve(self) -> None:
        try:
            address = self.stack.enter_context(demo_site.serving())
        except OSError as exc:
            port = settings.DEMO_SITE_PORT
            logger.error(
                "The demo site's port %s is taken, see docs/settings.md: %s", port, exc
            )
            return
        self.stack.enter_context(self.fetcher.allowing((address,)))
        self.is_served = True
