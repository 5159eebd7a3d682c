"""Which articles are fit for readers. Decisions only: no database, no network."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import Protocol
from urllib.parse import unquote

from articles.crawler.judge.language import other_language
from articles.crawler.judge.rules import Rule, hits
from articles.crawler.judge.walls import speaks_of_a_wall
from articles.spelling import bare
from articles.text import ArticleText

MIN_WORDS = 90
MAX_WORDS = 10_000
# What is left of an article behind a paywall, or the caption of a film, is shorter.
COMPLETE_WORDS = 250
# A paywall's notice, with what it offers below, is not longer.
NOTICE_WORDS = 60
# Where no rule knows its words, it is one of the last paragraphs, and a short one.
NOTICE_PARAGRAPHS = 2
SHORT_NOTICE_WORDS = 25

# What a page says it is: schema.org types and og:type values, in lower case.
# "website" is no such word: half the papers say so of their articles.
MEDIA = {
    "audioobject",
    "imagegallery",
    "imageobject",
    "mediagallery",
    "podcastepisode",
    "videogallery",
    "videoobject",
    "video.episode",
    "video.movie",
    "video.other",
    "music.song",
    "music.album",
    "music.playlist",
    "radioepisode",
    "tvepisode",
}
NOT_ARTICLE = {
    "aboutpage",
    "checkoutpage",
    "collectionpage",
    "contactpage",
    "itemlist",
    "jobposting",
    "product",
    "profile",
    "profilepage",
    "quiz",
    "searchresultspage",
}
LIVE_BLOG = {"liveblogposting"}
ADVERT = {"advertisercontentarticle"}

# Tags, entities, and what stands in the braces of styles, scripts and JSON.
MARKUP = re.compile(
    r"</?[a-z][^<>]{0,500}>|&(?:[a-z]{2,8}|#\d{1,6});|<!--|-->"
    r"|\{[^{}]{0,500}\}|[{}]"
    r"|\bfunction ?\(|\b(?:var|let|const) \w+ ?=|\bwindow\.\w+|\bdocument\.\w+"
    r'|"[\w@-]{1,40}" ?: ?(?:"[^"]{0,500}"|[\d.]+|true|false|null|[\[{])',
    re.IGNORECASE,
)
MARKUP_SHARE = 0.2  # of the characters; articles about programs stay far below
# UTF-8 read as Windows-1252 ("Ã¤", "Ð¿", "â€™"), and what could not be read at all.
MOJIBAKE = re.compile("[ÂÃÄÅÎÏÐÑ][\u0080-\u00bfƒŒœŠšŽžŸ€‚„…†‡ˆ‰‹›˜™]|â€|\ufffd")
MOJIBAKE_SHARE = 0.03  # of the words
MOJIBAKE_MIN = 5

# A page of links: nearly all in lists, of which no item is a sentence.
LIST_SHARE = 0.9
LIST_ITEMS = 10
LINK_WORDS = 15


@dataclass(frozen=True)
class Verdict:
    """Why an article is unfit: "" when it is fit, else a reason's code.

    ``rules`` are the pks of the rules that said so, ``detail`` is for people.
    """

    reason: str = ""
    rules: tuple[int, ...] = ()
    detail: str = ""


FIT = Verdict()


class Topic(Protocol):
    """What articles may be about: its id, and the words that tell it."""

    pk: int
    keywords: list[str]


def judge(
    text: ArticleText,
    *,
    language: str = "",
    url: str = "",
    categories: Sequence[str] = (),
    kind: str = "",
    is_free: bool = True,
    rules: Sequence[Rule] = (),
) -> Verdict:
    """Return the Verdict on an ArticleText; of several reasons the most telling one.

    language is the feed's ISO 639-1 code ("": any), categories are the feed's, kind
    and is_free (schema.org's isAccessibleForFree) the page's own words. rules are the
    Rules for the language.
    """
    found = hits(rules, text, url, categories)
    short = text.word_count < COMPLETE_WORDS
    return (
        _by_its_kind(text, kind.casefold(), found, short)
        or _by_its_state(text)
        or _by_paywall(is_free, found, text, short)
        or _by_length(text.word_count)
        or _by_language(text, language)
        or FIT
    )


def _by_its_kind(
    text: ArticleText, kind: str, found: list[Rule], short: bool
) -> Verdict | None:
    if kind in NOT_ARTICLE or (kind in MEDIA and short):
        return Verdict("not_article", detail=kind)
    if kind in LIVE_BLOG:
        return Verdict("live_blog", detail=kind)
    if kind in ADVERT:
        return Verdict("advert", detail=kind)
    # Any but a paywall's, which are for short texts only.
    reasons = [rule.reason for rule in found if rule.reason != "paywall"]
    if reasons:
        return _by_rules(reasons[0], found)
    return Verdict("not_article", detail="links") if _is_list(text) else None


def _by_its_state(text: ArticleText) -> Verdict | None:
    body = text.body
    if not body:
        return Verdict("no_text")
    markup = sum(len(debris) for debris in MARKUP.findall(body)) / len(body)
    if markup >= MARKUP_SHARE:
        return Verdict("broken_markup", detail=f"{markup:.0%} markup")
    garbled = len(MOJIBAKE.findall(body))
    if garbled >= max(MOJIBAKE_MIN, MOJIBAKE_SHARE * text.word_count):
        return Verdict("broken_markup", detail=f"{garbled} garbled letters")
    return None


def _by_paywall(
    is_free: bool, found: list[Rule], text: ArticleText, short: bool
) -> Verdict | None:
    """A short text with the notice or the label of a paywall is only its beginning.

    A long one is complete, whatever stands below it, unless its page says that it is
    not free: then a notice at its end says that the rest is missing. Neither alone
    tells: papers with a meter call all pages not free, and some write about
    subscriptions. A rule about titles, addresses or categories means all that have it.
    """
    walls = [rule for rule in found if rule.reason == "paywall"]
    at_end = set() if is_free or short else {*hits(walls, _end(text))}
    said = [rule for rule in walls if short or rule.where != "text" or rule in at_end]
    if said:
        return _by_rules("paywall", said)
    if not is_free and (short or _ends_with_notice(text)):
        return Verdict("paywall", detail="not free")
    return None


def _ends_with_notice(text: ArticleText) -> bool:
    """Whether the last paragraphs, as far as they are short, speak of a paywall."""
    parts = [part for _, part in text.fragments[-NOTICE_PARAGRAPHS:]]
    last = takewhile(lambda part: len(part.split()) <= SHORT_NOTICE_WORDS, parts[::-1])
    return any(map(speaks_of_a_wall, last))


def _end(text: ArticleText) -> ArticleText:
    """A text's last paragraphs, of NOTICE_WORDS or more where it has as many."""
    last, words = [], 0
    for tag, part in reversed(text.fragments):
        if words >= NOTICE_WORDS:
            break
        last.append((tag, " ".join(part.split()[-NOTICE_WORDS:])))
        words += len(part.split())
    return ArticleText("", "", tuple(reversed(last)))


def _by_length(words: int) -> Verdict | None:
    if words < MIN_WORDS:
        return Verdict("too_short", detail=f"{words} words")
    if words > MAX_WORDS:
        return Verdict("too_long", detail=f"{words} words")
    return None


def _by_language(text: ArticleText, language: str) -> Verdict | None:
    other = other_language(f"{text.title}\n{text.body}", language)
    if other is None:
        return None
    code, probability = other
    return Verdict("wrong_language", detail=f"{code}, {probability:.0%} sure")


def _by_rules(reason: str, found: list[Rule]) -> Verdict:
    said = [rule for rule in found if rule.reason == reason]
    phrases = "; ".join(f"{rule.where}: {rule.phrase}" for rule in said)
    return Verdict(reason, tuple(rule.pk for rule in said), phrases)


def _is_list(text: ArticleText) -> bool:
    items = [len(item.split()) for tag, item in text.fragments if tag == "li"]
    return (
        len(items) >= LIST_ITEMS
        and sum(items) >= LIST_SHARE * text.word_count
        and max(items) <= LINK_WORDS
    )


def topics_for(
    categories: Iterable[str], url: str, topics: Iterable[Topic]
) -> list[Topic]:
    """Return the topics whose keywords are among a feed's categories or URL's parts."""
    path = bare(unquote(url.split("//", 1)[-1].split("?")[0]))
    words = {*map(bare, categories), *path.split("/")[1:]}
    return [topic for topic in topics if words & {*map(bare, topic.keywords)}]
