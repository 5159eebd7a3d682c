"""Texts of a learner's own: from an address of the web, or pasted."""

import hashlib
import json
import logging
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any, NamedTuple

from django.conf import settings
from django.db import transaction

from articles.addresses import normal_url, typed_address
from articles.text import ArticleText, clean
from learners import rates
from learners.models import User
from learners.people.profiles import locked
from learners.texts.fit import Fragments, NotFit
from learners.texts.models import Text
from zeeguu.base.connections import again_after_deadlock, release

logger = logging.getLogger(__name__)

# As long as articles may be; the tokenizer takes two or three seconds for it.
LONGEST, LONGEST_TITLE, LONGEST_URL = 50_000, 500, 2000
DAY_S = 24 * 60 * 60
# Processes at a time that look at a page, or tell a language, for each of ours.
AT_ONCE = 2
# Who waits for a place no longer than that is told to come again; it must not hold up
# who only reads.
PATIENCE_S = 1
# For the process to begin and load its models, on a busy machine.
START_S = 15
EMPTY_LINES = re.compile(r"\n\s*\n")


class TooMany(Exception):
    """The learner has as many texts as one may have."""


class TooSoon(Exception):
    """As many texts as may be were brought of late; ``wait_s`` until the next."""

    def __init__(self, message: str, wait_s: float) -> None:
        super().__init__(message)
        self.wait_s = wait_s


class Brought(NamedTuple):
    """The id of a text; it may have been here before."""

    pk: int
    is_new: bool


def from_address(learner: User, url: str, language: str = "") -> Brought:
    """Fetch what is at url and store it, unless the learner brought it before.

    language is the code of what it is in, "" to recognise it. Raises NotFit, TooMany,
    TooSoon.
    """
    url = normal_url(typed_address(url))
    if len(url) > LONGEST_URL:
        raise NotFit("url", f"{len(url)} characters; at most {LONGEST_URL} are allowed")
    source = _hash("url", url)
    if found := _allowed(learner, source):
        return found
    told = _told([*(["--language", language] if language else []), "--", url], url)
    fragments = tuple((tag, text) for tag, text in told["fragments"])
    facts = (told["language"], told["title"][:LONGEST_TITLE], fragments)
    return _made(learner, source, url, *facts)


def pasted(learner: User, title: str, text: str, language: str = "") -> Brought:
    """Store a text whose paragraphs have empty lines between them.

    language is believed; "" is recognised. Raises what ``from_address`` does.
    """
    fragments = paragraphs(text)
    if not any(map(str.isalpha, text)):
        raise NotFit("text", "there is no word in it")
    body = "\n".join(text for _, text in fragments)
    source = _hash("text", language, body)
    if found := _allowed(learner, source):
        return found
    _require_size(fragments, "text", "")  # before a process reads it
    language = language or _told([], "", body)["language"]
    return _made(learner, source, "", language, clean(title), fragments)


def paragraphs(text: str) -> Fragments:
    """The paragraphs of a text, as articles have them."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    found = map(clean, EMPTY_LINES.split(lines))
    return tuple(("p", paragraph) for paragraph in found if paragraph)


def _hash(*source: str) -> str:
    return hashlib.sha256(json.dumps(source).encode()).hexdigest()


def _allowed(learner: User, source: str) -> Brought | None:
    """What was made of the source before; None where it may be made now.

    Raises TooMany and TooSoon: counted is each try, since it is that which costs.
    """
    mine = Text.objects.filter(learner=learner)
    if found := _brought(mine, source):
        return found
    _require_room(mine.count())
    most = settings.TEXTS_PER_DAY
    if wait_s := rates.wait_s("texts", str(learner.pk), (most, DAY_S)):
        raise TooSoon(f"{most} texts were brought within a day", wait_s)
    return None


def _brought(mine: Any, source: str) -> Brought | None:
    found = mine.filter(source_hash=source).values_list("pk", flat=True).first()
    return found and Brought(found, is_new=False)


def _require_room(number: int) -> None:
    if number >= settings.TEXTS_PER_LEARNER:
        raise TooMany(
            f"You have {number} texts, as many as one may have: delete one first."
        )


def _require_size(fragments: Fragments, field: str, url: str) -> None:
    size = sum(len(text) for _, text in fragments)
    if size > LONGEST:
        place = f"{url}: " if url else ""
        message = f"{place}the text has {size} characters; at most {LONGEST} are taken"
        raise NotFit(field, message)


def _made(
    learner: User,
    source: str,
    url: str,
    language: str,
    title: str,
    fragments: Fragments,
) -> Brought:
    _require_size(fragments, "url" if url else "text", url)
    text = ArticleText(title, "", fragments)
    return _store(
        Text(
            learner=learner,
            source_hash=source,
            url=url,
            language_id=language,
            title=title,
            fragments=fragments,
            word_count=text.word_count,
            characters=sum(len(part) for _, part in fragments),
        )
    )


@again_after_deadlock
@transaction.atomic
def _store(text: Text) -> Brought:
    locked(text.learner)  # of one learner's tries at once, one after the other counts
    mine = Text.objects.filter(learner=text.learner)
    if found := _brought(mine, text.source_hash):
        return found
    _require_room(mine.count())
    text.pk = None  # it may be the second try
    text.save(force_insert=True)
    return Brought(text.pk, is_new=True)


def _told(arguments: list[str], url: str, given: str = "") -> dict[str, Any]:
    """What the command ``look_at_text`` tells; raises NotFit."""
    command = [sys.executable, str(settings.BASE_DIR / "manage.py"), "look_at_text"]
    limit_s = settings.CRAWLER_TIMEOUT_S + settings.CRAWLER_PARSE_TIMEOUT_S + START_S
    release()
    try:
        with _place():
            done = subprocess.run(  # noqa: S603 - our own; "--" ends its options
                [*command, *arguments],
                cwd=settings.BASE_DIR,
                input=given.encode(),
                capture_output=True,
                timeout=limit_s,
            )
        told: dict[str, Any] = json.loads(done.stdout)
    except subprocess.TimeoutExpired as exc:
        raise NotFit("url", f"{url}: not looked at in {limit_s:.0f} s") from exc
    except (OSError, ValueError) as exc:
        logger.exception("A look at a text failed")
        field = "url" if url else "language"
        raise NotFit(field, "The look could not start; the log says why.") from exc
    if "error" in told:
        raise NotFit(told["field"], told["error"])
    return told


@contextmanager
def _place() -> Iterator[None]:
    places = _places()
    if not places.acquire(timeout=PATIENCE_S):
        raise TooSoon("Too many texts are being brought just now.", 2)
    try:
        yield
    finally:
        places.release()


@cache
def _places() -> threading.Semaphore:
    return threading.Semaphore(AT_ONCE)
