from django.core.exceptions import ValidationError
from django.core.management.base import CommandParser

from articles.addresses import normal_url, typed_address
from articles.commands import require_languages
from articles.crawler import apart
from articles.crawler.feeds.parse import FeedDocument, ParseError
from articles.crawler.web.errors import Refused
from articles.crawler.web.fetch import Fetcher, FetchError
from articles.crawler.web.fetchable import require_fetchable
from articles.models import Feed
from zeeguu.base.commands import BaseCommand, refusal
from zeeguu.base.process_pool import KillablePool
from zeeguu.base.wording import of_fields

REMEDY = "; --unchecked adds an address without looking"


class Command(BaseCommand):
    help = (
        "Add a feed to crawl: its address, or that of a site that names its feed."
        " Exit codes: 0 added or known already, 2 refused."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("url", help="address of a feed, or of a page that names it")
        parser.add_argument("--language", help="code, such as da; else the feed's own")
        parser.add_argument("--title", default="", help="else the feed's own title")
        parser.add_argument(
            "--unchecked",
            action="store_true",
            help="fetch nothing: for a feed that can't be reached now",
        )

    def handle(self, *, url, language, title, unchecked, **options):
        require_languages([language] if language else [])
        url = normal_url(typed_address(url))
        check(Feed(url=url, title=title), exclude=["language"])
        document = FeedDocument("", ())
        is_known = Feed.objects.at(url).exists()
        if not is_known:
            require(url, "public" if unchecked else "found")
        if not unchecked and not is_known:
            with KillablePool(1) as pool, Fetcher() as fetcher:
                url, document = find_feed(fetcher, pool, url)
        return add(url, language or document.language, title or document.title[:200])


def find_feed(fetcher, pool, url):
    """Return the address and FeedDocument of the feed at url, or of the one it names.

    Raises CommandError (exit code 2) where there is none, or more than one.
    """
    page = fetch(fetcher, url)
    try:
        return url, apart.parse(pool, page)
    except ParseError as exc:
        links = named(pool, page)
        if not links:
            raise refusal(f"{exc}, and names none{REMEDY}") from exc
        if len(links) > 1:
            rows = [f"\n  {link.url}  {link.title}".rstrip() for link in links]
            raise refusal(
                f"{url} names {len(links)} feeds; add one of them:{''.join(rows)}"
            ) from exc
    url = normal_url(links[0].url)
    try:
        return url, apart.parse(pool, fetch(fetcher, url))
    except ParseError as exc:
        raise refusal(f"{exc}{REMEDY}") from exc


def fetch(fetcher, url):
    try:
        page = fetcher.get(url)
    except FetchError as exc:
        raise refusal(f"{exc}{REMEDY}") from exc
    if page.moved_to and (known := Feed.objects.at(page.moved_to).first()):
        raise refusal(
            f"{url} moved to {page.moved_to} for good, where feed {known.pk} is"
            f" already: {known}"
        )
    return page


def named(pool, page):
    """The FeedLinks of a page: those it declares, else what only looks like a feed."""
    try:
        links = apart.links(pool, page)
    except ParseError as exc:
        raise refusal(f"{exc}{REMEDY}") from exc
    return [link for link in links if link.type] or links


def add(url, language, title):
    """Add a feed unless its address is known; return what happened, to be shown."""
    if feed := Feed.objects.at(url).first():
        return f"Feed {feed.pk} has this address already: {feed}"
    if not language:
        raise refusal(f"{url} declares no language; name it with: --language CODE")
    require_languages([language])
    feed = Feed(url=url, language_id=language, title=title)
    check(feed)
    feed, _ = Feed.objects.get_or_create(
        url=url, defaults={"language_id": language, "title": title}
    )
    return f"Feed {feed.pk} added; crawl it with: manage.py crawl --feed {feed.pk}"


def check(feed, exclude=None):
    """Raise CommandError (exit code 2) for a feed that can't be stored."""
    try:
        feed.full_clean(exclude=exclude, validate_unique=False)
    except ValidationError as exc:
        raise refusal(f"{feed.url}: {of_fields(exc)}") from exc


def require(url, name):
    """Raise CommandError (exit code 2) for what the crawler would never fetch."""
    try:
        require_fetchable(url, name)
    except Refused as exc:
        raise refusal(str(exc)) from exc
    except FetchError as exc:
        raise refusal(f"{exc}{REMEDY}") from exc
