import contextlib
import json
import logging
import math
import os
import signal
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser
from django.db import close_old_connections
from tqdm import tqdm

from articles import demo_site
from articles.cleaning import clean
from articles.commands import require_languages
from articles.crawler import apart
from articles.crawler.line import DueLine
from articles.crawler.lock import only_one
from articles.crawler.report import FeedReport, total
from articles.crawler.run import BLINK_S, Crawl
from articles.crawler.service import Demo, Runs
from articles.crawler.store.history import finish_run, start_run
from articles.crawler.web.fetch import Fetcher
from articles.models import KINDS, CrawlRun, Feed, describe_kinds, describe_reasons
from tokenization import services
from tokenization.commands import require_models
from zeeguu.base.commands import MOST, STOPPED, BaseCommand, require_numbers, stopping
from zeeguu.base.connections import DatabaseFailed, release
from zeeguu.base.process_pool import KillablePool
from zeeguu.base.wording import counted, in_words, of_address

try:
    from articles import tasks
except ImportError:  # Celery is an option
    tasks = None  # type: ignore[assignment] # a module, or none

logger = logging.getLogger(__name__)

LOCK = "crawl.lock"
# Between two looks at what is due.
PAUSE_S = 10
ROW = "{:>5}  {:<4}  {:<30.30}  {:<9}  {:>5}" + "  {:>7}" * len(KINDS) + "  {:>6}"
HEADINGS = ("feed", "lang", "title", "visit", "found", *KINDS, "secs")


class Command(BaseCommand):
    help = (
        "Crawl active feeds: store and tokenize their new articles."
        " Exit codes: 0 all fine, 1 something failed, 2 could not start, 130 stopped."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--feed", action="append", type=int, metavar="ID", help="only this feed"
        )
        parser.add_argument(
            "--language", action="append", metavar="CODE", help="only this language"
        )
        parser.add_argument(
            "--demo", action="store_true", help="only the built-in demo site's feeds"
        )
        when = parser.add_mutually_exclusive_group()
        when.add_argument(
            "--due",
            action="store_true",
            help="for cron: only feeds whose time has come, one such run at a time",
        )
        when.add_argument(
            "--forever",
            action="store_true",
            help="as a service: feeds as their time comes, until SIGTERM (exit code 0)",
        )
        when.add_argument(
            "--distributed",
            action="store_true",
            help="send feeds whose time has come to Celery's workers instead",
        )
        parser.add_argument(
            "--workers",
            type=int,
            metavar="N",
            default=settings.CRAWLER_WORKERS,
            help="feeds at a time: threads for the network, and as many processes as"
            " there are processors for reading and tokenizing (default: %(default)s)",
        )
        parser.add_argument(
            "--limit", type=int, metavar="N", help="at most N new articles a feed"
        )
        parser.add_argument(
            "--report", type=Path, metavar="FILE", help="write the JSON report here"
        )

    def handle(
        self,
        *,
        feed: list[int] | None,
        language: list[str] | None,
        demo: bool,
        limit: int | None,
        report: Path | None,
        **options: Any,
    ) -> str | None:
        self.options, self.limit = options, limit
        self.is_due = options["due"] or options["forever"] or options["distributed"]
        self.choice = (feed, language, demo, self.is_due)
        require_numbers({"limit": limit, **options}, limit=MOST, workers=256)
        if report and (options["forever"] or options["distributed"]):
            message = "--report: of such a crawl the admin's crawl runs tell"
            raise CommandError(message, returncode=2)
        require_writable(report)
        if options["distributed"]:
            return self._send()
        require_models()
        # One for all rounds: it knows the hosts' budgets, and each robots.txt.
        self.stop = Stop()
        with Fetcher() as self.fetcher:
            if not self.is_due:
                return self._crawl_once(report)
            with only_one(settings.RUN_DIR / LOCK) as is_free:
                if not is_free:
                    return "another crawl --due or --forever is at work"
                if options["forever"]:
                    return self._go_on()
                return self._crawl_once(report)

    def _send(self) -> str:
        if tasks is None:
            raise CommandError(
                "Celery is not installed: pip install -r requirements/celery.txt",
                returncode=2,
            )
        try:
            sent = tasks.send(select_feeds(*self.choice))
        except tasks.QueueAway as exc:
            message = f"{exc}; see CELERY_BROKER_URL"
            raise CommandError(message, returncode=2) from exc
        return f"{counted(sent, 'feed')} sent to the queue"

    def _go_on(self) -> str:
        select_feeds(*self.choice)  # what is wrong from the start ends it
        with stopping(self.stop.ask):
            self._serve_until_stopped()
        if self.stop.signum == signal.SIGINT:
            raise CommandError("stopped", returncode=STOPPED)
        return "stopped"

    def _serve_until_stopped(self) -> None:
        while not self.stop.is_asked:
            try:
                self._serve()
            except Exception:
                # What was right at the start, such as the database, may be so again.
                logger.exception("The crawl begins anew in %s s", PAUSE_S)
                close_old_connections()
                self.stop.wait(PAUSE_S)

    def _serve(self) -> None:
        """Visit feeds as their time comes, until the command is to stop."""
        active = Feed.objects.active().values_list("language", flat=True)
        preload(self.choice[1] or active)
        with (
            Runs(" ".join(sys.argv[1:])) as runs,
            Demo(self.fetcher) as demo,
            self._pool() as pool,
        ):
            crawl = self._new_crawl(pool, timeout_s=math.inf)
            line = DueLine(
                lambda: self._look(crawl, line, runs, demo),
                crawl.room,
                self.stop,
                PAUSE_S,
            )
            for report in crawl.visits(line, self.options["workers"]):
                self.stdout.write(describe(report))
                self._tell_errors(report.errors)

    def _look(self, crawl: Crawl, line: DueLine, runs: Runs, demo: Demo) -> list[Feed]:
        """The feeds that are due; none where the database can't be asked just now."""
        try:
            feeds = select_feeds(*self.choice)
            crawl.refresh()
            crawl.run = runs.keep_up(has_work=bool(feeds or line.under_way))
        except (CommandError, DatabaseFailed) as exc:
            logger.error("Tried again in %s s: %s", PAUSE_S, exc)
            close_old_connections()
            return []
        finally:
            release()
        return demo.fit(feeds, is_in_use=demo_site.HOST in line.under_way.values())

    def _pool(self) -> KillablePool:
        processes = min(self.options["workers"], os.cpu_count() or 1)
        return KillablePool(processes)

    def _new_crawl(self, pool: KillablePool, **options: Any) -> Crawl:
        return Crawl(
            self.fetcher,
            pool,
            services.prepare_in(pool),
            limit=self.limit,
            stop=self.stop,
            only_due=self.is_due,
            **options,
        )

    def _crawl_once(self, report: Path | None) -> str | None:
        feeds = select_feeds(*self.choice)
        started = time.monotonic()
        with stopping(self.stop.ask):
            reports = self._crawl(feeds) if feeds else []
        summary = total(reports, time.monotonic() - started)
        if report:
            write(report, summary)
        if not feeds:
            return "no feed is due"
        self._show(reports, summary)
        self._tell_errors(summary["errors"])
        self._sum_up(summary)
        if self.stop.is_asked:
            message = "stopped; start again, and what is left will be done"
            raise CommandError(message, returncode=STOPPED)
        if errors := summary["errors"]:
            raise CommandError(counted(len(errors), "failure"), returncode=1)
        return None

    def _crawl(self, feeds: list[Feed]) -> list[FeedReport]:
        """Crawl feeds, and keep the run in the database; return their FeedReports."""
        run = start_run(" ".join(sys.argv[1:]))
        release()
        try:
            preload(feed.language_id for feed in feeds)
            return self._crawl_in(run, feeds)
        finally:
            finish_run(run)
            clean()

    def _crawl_in(self, run: CrawlRun, feeds: list[Feed]) -> list[FeedReport]:
        verbosity, workers = self.options["verbosity"], self.options["workers"]
        reports = []
        # disable=None hides the bar where stderr is no terminal: logs get lines.
        with (
            served_if_needed(feeds) as allowed,
            self._pool() as pool,
            self.fetcher.allowing(allowed),
            tqdm(total=0, unit=" articles", disable=None if verbosity else True) as bar,
        ):
            crawl = self._new_crawl(
                pool, run=run, progress=lambda done, known: advance(bar, done, known)
            )
            for number, report in enumerate(crawl.feeds(feeds, workers), 1):
                bar.set_description(f"feed {number} of {len(feeds)}")
                reports.append(report)
                if bar.disable:
                    self.stdout.write(f"{number}/{len(feeds)} {describe(report)}")
        return reports

    def _show(self, reports: list[FeedReport], summary: dict[str, Any]) -> None:
        self.stdout.write(ROW.format(*HEADINGS))
        for r in reports:
            counts = (getattr(r, kind) for kind in KINDS)
            row = (r.feed, r.language, r.title, r.status, r.found, *counts, r.seconds)
            self.stdout.write(ROW.format(*row))
        for report in reports:
            if report.put_off:
                self.stdout.write(f"put off: {report.url}: {report.put_off}")
        for kind, reasons in summary["reasons"].items():
            self.stdout.write(f"{kind}: {describe_reasons(reasons)}")

    def _tell_errors(self, errors: list[dict[str, str]]) -> None:
        for error in errors:
            self.tell_failure(f"failed: {of_address(error['url'], error['error'])}")

    def _sum_up(self, summary: dict[str, Any]) -> None:
        kinds = ", ".join(f"{summary[kind]} {kind}" for kind in KINDS)
        self.stdout.write(
            "{found} found: {kinds}; {tokenized} tokenized; {seconds} s".format(
                kinds=kinds, **summary
            )
        )


def select_feeds(
    ids: list[int] | None, languages: list[str] | None, demo: bool, due: bool = False
) -> list[Feed]:
    """The feeds asked for; of those that are due, perhaps none.

    Raises CommandError (exit code 2) where there are none otherwise.
    """
    require_languages(languages or [])
    feeds = Feed.objects.active().order_by("next_fetch_at", "pk")
    feeds = feeds.due().free() if due else feeds
    if languages:
        feeds = feeds.filter(language__in=languages)
    found = [
        feed
        for feed in feeds
        if (not ids or feed.pk in ids) and (not demo or demo_site.is_demo(feed))
    ]
    if due:
        return found
    if missing := sorted(set(ids or []) - {feed.pk for feed in found}):
        raise CommandError(
            f"no active feed {', '.join(map(str, missing))} in the languages asked for",
            returncode=2,
        )
    if not found:
        raise CommandError(
            "no active feeds to crawl; add some with: manage.py load_default_feeds",
            returncode=2,
        )
    return found


def require_writable(report: Path | None) -> None:
    """Raise CommandError (exit code 2) now: better to know before than after."""
    if report:
        is_new = not report.exists()
        try:
            report.open("a").close()
            if is_new:  # what is refused later leaves none behind
                report.unlink()
        except OSError as exc:
            raise CommandError(
                f"--report {report}: {in_words(exc)}", returncode=2
            ) from exc


def write(report: Path, summary: dict[str, Any]) -> None:
    text = json.dumps(summary, ensure_ascii=False, indent=1)
    try:
        report.write_text(text, "utf-8")
    except OSError as exc:
        raise CommandError(f"--report {report}: {in_words(exc)}", returncode=1) from exc


class Stop:
    """Whether somebody asked to stop; a signal handler may set it at any instant.

    What is begun is stored then, and nothing else begun. Not an Event: its lock may be
    held by the very thread that the signal interrupts.
    """

    is_asked, signum = False, 0

    def ask(self, signum: int) -> None:
        self.is_asked, self.signum = True, signum

    def wait(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        while not self.is_asked and time.monotonic() < end:
            time.sleep(BLINK_S)


@contextlib.contextmanager
def served_if_needed(feeds: list[Feed]) -> Iterator[tuple[tuple[str, int], ...]]:
    """Serve the demo site while its feeds are crawled; yields the hosts to allow."""
    if not any(map(demo_site.is_demo, feeds)):
        yield ()
        return
    try:
        stack = contextlib.ExitStack()
        address = stack.enter_context(demo_site.serving())
    except OSError as exc:
        raise CommandError(
            f"the demo site can't be served on port {settings.DEMO_SITE_PORT}:"
            f" {in_words(exc)};"
            " wait for the other crawl, or set DEMO_SITE_PORT to a free port and run:"
            " manage.py load_default_feeds --demo",
            returncode=2,
        ) from exc
    with stack:
        yield (address,)


def advance(bar: tqdm, done: int, known: int) -> None:
    bar.total = (bar.total or 0) + known
    bar.update(done)


def preload(languages: Iterable[str]) -> None:
    """Load what reads and tokenizes these languages, for all of a pool to share."""
    languages = set(languages)
    services.engine().preload(languages, logger)
    apart.preload(languages)


def describe(report: FeedReport) -> str:
    """A visit in a line: what became of the feed's items, or of the visit."""
    if not report.found:
        return f"{report.title}: {report.status}"
    kinds = describe_kinds({kind: getattr(report, kind) for kind in KINDS})
    return f"{report.title}: {report.found} found: {kinds}"
