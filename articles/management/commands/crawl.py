import contextlib
import json
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from articles import demo_site
from articles.crawler.fetch import Fetcher
from articles.crawler.lock import only_one
from articles.crawler.run import Crawl, total
from articles.management.commands.add_feed import require_languages
from articles.models import Feed
from tokenization import services

LOCK = "crawl.lock"
ROW = "{:>5}  {:<4}  {:<36.36}  {:>5}  {:>6}  {:>5}  {:>7}  {:>6}  {:>6}"
HEADINGS = ("feed", "lang", "title", "found", "stored", "known", "skipped", "failed")


class Command(BaseCommand):
    help = (
        "Crawl active feeds: store and tokenize their new articles."
        " Exit codes: 0 all fine, 1 something failed, 2 could not start."
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "--feed", action="append", type=int, metavar="ID", help="only this feed"
        )
        parser.add_argument(
            "--language", action="append", metavar="CODE", help="only this language"
        )
        parser.add_argument(
            "--demo", action="store_true", help="only the built-in demo site's feeds"
        )
        parser.add_argument(
            "--due",
            action="store_true",
            help="for cron: only feeds whose time has come, one such run at a time",
        )
        parser.add_argument(
            "--limit", type=int, metavar="N", help="at most N new articles a feed"
        )
        parser.add_argument(
            "--report", type=Path, metavar="FILE", help="write the JSON report here"
        )

    def handle(self, *, due, **options):
        if not due:
            return self._handle(**options)
        with only_one(settings.RUN_DIR / LOCK) as is_free:
            if is_free:
                return self._handle(due=True, **options)
            return "another crawl --due is at work"

    def _handle(
        self, *, feed, language, demo, limit, report, verbosity, due=False, **options
    ):
        feeds = select_feeds(feed, language, demo, due)
        check_options(limit, report)
        if not feeds:
            return "no feed is due"
        with served_if_needed(feeds) as allowed, Fetcher(allowed) as fetcher:
            reports = self._crawl(feeds, fetcher, limit, verbosity)
        summary = total(reports)
        if report:
            text = json.dumps(summary, ensure_ascii=False, indent=1)
            report.write_text(text, "utf-8")
        if verbosity:
            self._show(reports, summary)
        if summary["failed"]:
            raise CommandError(f"{len(summary['failed'])} failures", returncode=1)

    def _crawl(self, feeds, fetcher, limit, verbosity):
        reports = []
        # disable=None hides the bar where stderr is no terminal: logs get lines.
        with tqdm(
            total=0, unit=" articles", disable=None if verbosity else True
        ) as bar:
            crawl = Crawl(
                fetcher,
                services.prepare,
                limit=limit,
                progress=lambda done, known: advance(bar, done, known),
            )
            for number, feed in enumerate(feeds, 1):
                bar.set_description(f"feed {number} of {len(feeds)}")
                report = crawl.feed(feed)
                reports.append(report)
                if bar.disable and verbosity:
                    self.stdout.write(describe(report, number, len(feeds)))
        return reports

    def _show(self, reports, summary):
        self.stdout.write(ROW.format(*HEADINGS, "secs"))
        for r in reports:
            skipped = sum(r.skipped.values())
            counts = (r.found, r.stored, r.duplicates, skipped, len(r.failed))
            row = (r.feed, r.language, r.title, *counts, r.seconds)
            self.stdout.write(ROW.format(*row))
        for failure in summary["failed"]:
            self.stdout.write(f"failed: {failure['url']}: {failure['error']}")
        self.stdout.write(
            "{found} found, {stored} stored, {tokenized} tokenized, {duplicates} known"
            " already, {seconds} s".format(**summary)
        )


def select_feeds(ids, languages, demo, due=False):
    """The feeds asked for; of those that are due, perhaps none.

    Raises CommandError (exit code 2) where there are none otherwise.
    """
    require_languages(languages or [])
    feeds = Feed.objects.active().order_by("pk")
    feeds = feeds.due() if due else feeds
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


def check_options(limit, report):
    if limit is not None and limit < 1:
        raise CommandError(f"--limit {limit}: use 1 or more", returncode=2)
    if report:
        try:
            report.open("a").close()  # better to know before the crawl than after it
        except OSError as exc:
            raise CommandError(f"--report {report}: {exc}", returncode=2) from exc


@contextlib.contextmanager
def served_if_needed(feeds):
    """Serve the demo site while its feeds are crawled; yields the hosts to allow."""
    if not any(map(demo_site.is_demo, feeds)):
        yield ()
        return
    try:
        stack = contextlib.ExitStack()
        address = stack.enter_context(demo_site.serving())
    except OSError as exc:
        raise CommandError(
            f"the demo site can't be served on port {settings.DEMO_SITE_PORT}: {exc};"
            " wait for the other crawl, or set DEMO_SITE_PORT to a free port and run:"
            " manage.py load_default_feeds --demo",
            returncode=2,
        ) from exc
    with stack:
        yield (address,)


def advance(bar, done, known):
    bar.total += known
    bar.update(done)


def describe(report, number, feeds):
    return (
        f"{number}/{feeds} {report.title}: {report.found} found,"
        f" {report.stored} stored, {len(report.failed)} failed"
    )
