"""What admins set off: crawls outside the request, facts that follow from a text."""

import collections
import json
import logging
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Collection, Iterable, Sequence
from typing import IO, Any, Literal

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from articles import removal
from articles.addresses import normal_url
from articles.crawler.feeds.looks import NOTHING
from articles.crawler.judge.facts import facts_of
from articles.crawler.web.errors import FetchError
from articles.crawler.web.fetchable import require_fetchable
from articles.models import EDITED, GONE, WITHDRAWN, Article, Feed, FeedQuerySet
from articles.search import index
from zeeguu.base.batches import in_slices
from zeeguu.base.connections import again_after_deadlock, release

logger = logging.getLogger(__name__)

LOGGED_LINES = 20
# Articles deleted while somebody waits; more of them go in a process of their own.
FEW = 1000
# Articles that are locked and changed in one transaction.
AT_ONCE = 500
# For all that there are.
DELETION_S = 24 * 60 * 60
# For a command to begin, on a busy machine.
START_S = 15


@transaction.atomic
def refresh_text_facts(article: Article) -> None:
    """Bring what follows from a text and its language in line, after an edit.

    What the article is found by too: new words at once, their lemmas with the tokens.
    """
    columns = ["title", "summary", "text_hash", "language", "broken"]
    article.refresh_from_db(fields=columns)
    text = article.text()
    facts = vars(facts_of(text, article.language_id, article.broken))
    for name, value in facts.items():
        setattr(article, name, value)
    article.save(update_fields=facts)
    index.save_text(article.pk, article.language_id, text)


def hide(articles: QuerySet, why: str = Article.Broken.HIDDEN) -> tuple[int, int]:
    """Take what readers see of these articles from them, at once; why is of WITHDRAWN.

    Returns how many these were, and how many others are nearly the same as one of them:
    they stay unlisted, because what is hidden is the text, whoever publishes it.
    """
    listed = articles.filter(broken="")
    same = Article.objects.filter(
        broken=Article.Broken.DUPLICATE, duplicate_of__in=listed.order_by().values("pk")
    )
    unlisted = same.count()
    return _change_broken(listed, [""], broken=why), unlisted


def show_again(articles: QuerySet) -> int:
    """Let readers see those of the articles again that were hidden; return how many.

    What learners reported until now was wrong then, and counts no longer.
    """
    hidden = articles.filter(broken__in=WITHDRAWN)
    return _change_broken(hidden, WITHDRAWN, broken="", judged_at=timezone.now())


def _change_broken(
    articles: QuerySet[Article], before: Collection[str], **after: object
) -> int:
    pks = sorted(articles.order_by().values_list("pk", flat=True))
    few = list(in_slices(pks, AT_ONCE))
    for batch in few:
        _measure(batch)
    return sum(_change_few(batch, before, **after) for batch in few)


def _measure(pks: Collection[int]) -> None:
    """Work out what is not known of these articles' texts as they are now.

    What is hidden is compared too with what comes, and no refill comes to its facts.
    """
    is_unknown = Q(simhash=None) | Q(text_hash__startswith=EDITED)
    unknown = Article.objects.filter(is_unknown, pk__in=pks)
    for pk in list(unknown.values_list("pk", flat=True)):
        _measure_one(pk)


@again_after_deadlock
@transaction.atomic
def _measure_one(pk: int) -> None:
    if article := Article.objects.select_for_update().filter(pk=pk).first():
        refresh_text_facts(article)


@again_after_deadlock
@transaction.atomic
def _change_few(pks: Collection[int], before: Collection[str], **after: object) -> int:
    # Locked in this order, as by whoever else changes many: none waits for the other.
    # By their ids alone: another index would have another order.
    locked = Article.objects.filter(pk__in=pks).order_by("pk").select_for_update()
    facts = locked.values_list("pk", "broken")
    found = [pk for pk, broken in facts if broken in before]
    return Article.objects.filter(pk__in=found).update(**after)


def save_feed_changes(feed: Feed, changed: Iterable[str]) -> None:
    """Save the fields named in changed, and no others: a crawl may be writing them."""
    changed = set(changed)
    if "url" in changed:
        # These were given for the old address.
        feed.etag = feed.last_modified = feed.content_hash = feed.moved_to = ""
        feed.moved_sightings = 0
        changed |= {"etag", "last_modified", "content_hash"}
        changed |= {"moved_to", "moved_sightings"}
    if changed & {"url", "language"}:
        # What was hidden or lost may have been so for the old one.
        feed.hidden_in_a_row, feed.hidden_why = 0, {}
        feed.lost, feed.lost_why = 0, {}
        changed |= {"hidden_in_a_row", "hidden_why", "lost", "lost_why"}
    if "active" in changed:
        # What is in the queue is out of it.
        feed.claimed_until = None
        changed.add("claimed_until")
    feed.save(update_fields=changed)


def pause(feeds: Iterable[Feed]) -> int:
    """Take feeds out of the rounds, and out of the queue; return how many."""
    return _rows(feeds).update(active=False, claimed_until=None)


def resume(feeds: Iterable[Feed]) -> int:
    """Have feeds visited again, at once, as if they had never failed; say how many."""
    feeds = _rows(feeds)
    with transaction.atomic():
        feeds.filter(last_status=GONE).update(last_status="")
        return feeds.update(
            active=True,
            consecutive_failures=0,
            next_fetch_at=timezone.now(),
            claimed_until=None,
        )


def _rows(feeds: Iterable[Feed]) -> FeedQuerySet:
    """The same feeds without order and annotations, as an update needs them."""
    return Feed.objects.filter(pk__in=[feed.pk for feed in feeds])


def check_address(url: str, name: Literal["found", "public", "any"] = "found") -> None:
    """Raise ValidationError for an address that the crawler would never fetch.

    name is what has to be known of its host, as ``require_fetchable`` has it.
    """
    release()
    try:
        require_fetchable(url, name)
    except FetchError as exc:
        raise ValidationError({"url": str(exc)}) from exc


def crawl_in_background(feed_ids: Sequence[int]) -> threading.Thread:
    """Crawl feeds in a process of its own; return the thread that waits for it."""
    options = [option for pk in feed_ids for option in ("--feed", str(pk))]
    # Twice the feeds' own limit: that one is looked at only between two articles.
    timeout_s = 2 * settings.CRAWLER_FEED_TIMEOUT_S * len(feed_ids)
    return start(["crawl", *options], timeout_s)


def remove_feeds(feeds: QuerySet) -> bool:
    """Delete feeds with their articles; False where that goes on in the background."""
    chosen = list(feeds)
    if Article.objects.filter(feed__in=chosen).count() > FEW:
        pause(chosen)
        pks = [str(feed.pk) for feed in chosen]
        start(["remove_feed", *pks, "--with-articles", "--yes"], DELETION_S)
        return False
    for feed in chosen:
        collections.deque(removal.remove(feed), maxlen=0)
    return True


def delete_articles(articles: QuerySet) -> bool:
    """Delete articles, remembered; False where that goes on in the background."""
    if articles.count() <= FEW:
        articles.delete()
        return True
    pks = articles.order_by("pk").values_list("pk", flat=True)
    lines = "".join(f"{pk}\n" for pk in pks.iterator())
    start(["delete_articles", "--yes"], DELETION_S, lines.encode())
    return False


def start(command: list[str], timeout_s: int, given: bytes = b"") -> threading.Thread:
    """Run one of our commands in a process of its own; return what waits for it.

    given is what it reads from its standard input.
    """
    command = [sys.executable, str(settings.BASE_DIR / "manage.py"), *command]
    args = (command, timeout_s, given)
    thread = threading.Thread(target=_run, args=args, daemon=True)
    thread.start()
    return thread


def find_feed(url: str) -> dict[str, Any]:
    """Look at the feed at url, or at the only one that the page there names.

    Returns what ``preview`` tells of it. Raises ValidationError for all else: what it
    is, under "url", and where there are several feeds, their addresses under "feeds".
    Both looks together have the time of one.
    """
    release()
    begun = time.monotonic()
    found = preview(url)
    if links := found["links"]:
        links = [link for link in links if link["type"]] or links
        addresses = [normal_url(link["url"]) for link in links]
        if len(addresses) > 1:
            message = f"{url} names {len(addresses)} feeds; add one of them"
            raise ValidationError({"url": message, "feeds": addresses})
        found = preview(addresses[0], passed_s=time.monotonic() - begun)
    if found["error"]:
        raise ValidationError({"url": found["error"]})
    return found


def preview(url: str, language: str = "", passed_s: float = 0) -> dict[str, Any]:
    """Look at a feed in a process of its own; return what ``preview_feed`` tells.

    Hostile documents are fetched and read there, not here. Where nothing can be told,
    "error" says why.
    """
    command = [sys.executable, str(settings.BASE_DIR / "manage.py"), "preview_feed"]
    command += ["--json", *(["--language", language] if language else []), "--", url]
    look_s = settings.CRAWLER_TIMEOUT_S + 2 * settings.CRAWLER_PARSE_TIMEOUT_S
    timeout_s = max(1, look_s + START_S - passed_s)
    try:
        done = subprocess.run(  # noqa: S603 - our own command; "--" ends its options
            command,
            cwd=settings.BASE_DIR,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=timeout_s,
        )
        told: dict[str, Any] = json.loads(done.stdout)
        return told
    except subprocess.TimeoutExpired:
        return NOTHING | {"error": f"{url}: not looked at in {timeout_s:.0f} s"}
    except (OSError, ValueError):
        logger.exception("The preview of %r failed", url)
        return NOTHING | {"error": "The look could not start; the log says why."}


def _run(command: list[str], timeout_s: float, given: bytes = b"") -> None:
    """Wait for a command, so that no zombie stays, and log how it failed, if it did."""
    # A file, not a pipe: the crawl must be able to write on when this process ends.
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as source:
        source.write(given)
        source.seek(0)
        try:
            subprocess.run(  # noqa: S603 - our own command with numbers for arguments
                command,
                cwd=settings.BASE_DIR,
                stdin=source,
                stdout=output,
                stderr=subprocess.STDOUT,
                timeout=timeout_s,
                check=True,
            )
        except (OSError, subprocess.SubprocessError) as exc:
            logger.error("%s Last lines:\n%s", exc, _last_lines(output))


def _last_lines(output: IO[bytes]) -> str:
    output.seek(0)
    lines = output.read().decode(errors="replace").splitlines()
    return "\n".join(lines[-LOGGED_LINES:])
