"""What the reader pages show: queries, and stored tokens made ready for templates.

Lists read article rows alone. Nothing here knows HTTP.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby
from math import ceil
from typing import Any, NamedTuple
from unicodedata import normalize

import orjson
from django.db.models import OuterRef, Subquery
from django.utils import timezone
from django.utils.timesince import timesince

from articles import counts
from articles.languages import LanguageFacts, facts
from articles.models import Article, Language
from articles.search.query import parse
from learners.dictionaries import glosses
from learners.feed import cursors
from learners.feed import pages as feed
from learners.feed.pages import Asked
from learners.knowledge import store
from learners.knowledge.coverage import Coverage, Measure, Worth, worth_learning
from learners.pages import paging
from learners.readings import actions
from learners.readings.actions import Mine
from tokenization import serving, similar
from tokenization.lexemes import unpacked, words_of
from tokenization.listing import OF_CACHE
from tokenization.searching import language_names
from tokenization.serving import ArticleRow, CardRow, Served, Start, Wanted

PAGE_SIZE = 20
MOST_SIMILAR = 3
WORDS_A_MINUTE = 160
HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}
# Of a lemma its lexeme's id and state.
Known = Mapping[str, tuple[int, str]]
NOTHING: Known = {}
UNKNOWN = (0, "")
NOT_WORDS = {
    "is_punct": "p",
    "is_symbol": "p",
    "is_like_num": "n",
    "is_like_email": "n",
    "is_like_url": "n",
}


@dataclass(frozen=True)
class Card:
    """An article in a list, with what a template can't work out.

    learned is how well the reader knows it, None where that isn't asked.
    """

    article: CardRow
    language_name: str
    lang: str
    age: str
    minutes: int
    learned: "Learned | None" = None


@dataclass(frozen=True)
class Text:
    """One HTML element: its text, and its sentences, lists of Words, once known.

    part and fragment are those that a bookmark's place has; the latter of the body.
    """

    element: str
    plain: str
    sentences: list
    part: str = "body"
    fragment: int | None = None


class Word(NamedTuple):
    """What a token is shown as; space is what stands behind it.

    kind is "w" for a word, "p" for punctuation and symbols, "n" for numbers and
    addresses, which are never tapped. Words of one group in a sentence, such as a verb
    and its particle, are looked up together, by the group's lemma. Of words that are
    lexemes, lexeme and state tell which, and how well the reader knows it.
    """

    kind: str
    text: str
    space: str
    group: str
    lemma: str
    lexeme: int = 0
    state: str = ""


@dataclass(frozen=True)
class ArticlePage:
    """An article to read; ``body`` is a list of (is_list, Texts).

    targets are the records of the languages that its words can be translated into,
    similar the Cards of articles like it. ``mine`` is what the reader did with it, and
    ``learned`` how well the reader knows its words; None for strangers.
    """

    card: Card
    title: Text
    summary: Text
    body: list
    has_words: bool
    targets: list[LanguageFacts]
    similar: list[Card]
    mine: Mine | None = None
    learned: "Learned | None" = None


@dataclass(frozen=True, slots=True)
class ReadRow(ArticleRow):
    """An article with the languages that there are dictionaries to, as JSON."""

    targets_json: str | None
    lexemes: bytes | None
    lexeme_counts: bytes | None


serving.add_kind(ReadRow, targets_json=glosses.TARGETS)


def languages() -> list[tuple[Language, str, int | None]]:
    """(language, its HTML code, how many articles it has) of each language.

    The number is None as long as it is being counted.
    """
    found = counts.by_language(listed_only=True).value
    return [
        (
            language,
            html_lang(language.code),
            None if found is None else found.get(language.code, 0),
        )
        for language in Language.objects.learnable()
    ]


def newest_cards(names: dict[str, str]) -> list[Card]:
    """Cards of the newest articles over all languages, whose names are by code."""
    return _cards(serving.heads(Wanted(), PAGE_SIZE).rows, names)


def feed_cards(reader: int, start: str | None = None) -> tuple[list[Card], str]:
    """A page of a reader's own feed, and what the next one starts at or "".

    Raises ValueError where start is none of ours, NoLanguage where none is active.
    """
    at = None if start is None else cursors.read(start)
    found = feed.page(reader, Asked(), PAGE_SIZE, at)
    cards = _cards([item.row for item in found.items], language_names())
    learned = [Learned({}, item.coverage, item.worth) for item in found.items]
    told = [
        replace(card, learned=one) for card, one in zip(cards, learned, strict=True)
    ]
    return told, cursors.written(found.next) if found.next else ""


def find_language(code: str, before: int | None = None) -> Any:
    """The language with a code, and when its article with the id before appeared.

    The latter is ``before_at``, None without such an article; both come in one query.
    Raises Language.DoesNotExist.
    """
    pk: Any = before  # with None there is none
    article = Article.objects.listed().filter(pk=pk, language=OuterRef("pk"))
    before_at = Subquery(article.values("published_at"))
    return Language.objects.learnable().annotate(before_at=before_at).get(pk=code)


def cards_before(
    language: Any, before: int | None = None
) -> tuple[list[Card], int | None]:
    """A page of cards, newest first, and the id to ask for the next one with, or None.

    Takes a language of find_language, and the same id.
    """
    start = None if before is None else Start(language.before_at, before)
    found = serving.heads(Wanted(languages=(language.code,)), PAGE_SIZE, start)
    cards = _cards(found.rows, {language.code: language.name})
    return cards, found.rows[-1].id if found.has_older else None


@dataclass(frozen=True)
class SearchPage:
    """Articles with the words that somebody typed, in one language or in all.

    ``more`` is what to ask for the next page with, or None; ``names`` are those of all
    languages, by their codes; the cards have only most of the words if not is_whole.
    """

    words: str
    code: str
    names: dict[str, str]
    cards: list[Card]
    more: str | None
    is_whole: bool

    @property
    def language_name(self) -> str:
        return self.names.get(self.code, "")

    @property
    def has_words(self) -> bool:
        """Whether there is a word in what was typed."""
        return bool(parse(self.words).needs)


def search(words: str, code: str = "", after: str | None = None) -> SearchPage:
    """The SearchPage of what was typed, behind the page that ended with after.

    Raises ValueError where after is none of ours.
    """
    names = language_names()
    wanted = Wanted(languages=(code,) if code else (), words=words)
    start = None if after is None else Start.parse(after)
    served = serving.heads(wanted, PAGE_SIZE, start) if words else Served([])
    more = str(served.start_at(served.rows[-1])) if served.has_older else None
    cards = _cards(served.rows, names)
    return SearchPage(words, code, names, cards, more, served.is_whole)


def own_cards(
    reader: int, name: str, start: str | None = None
) -> tuple[list[Card], str]:
    """Cards of one of actions.LISTS of a reader, and what the next page starts at.

    Two queries. Raises ValueError where start is none of ours.
    """
    at = actions.TIMES[name]
    rows, more = paging.after(actions.listed(reader, name), at, PAGE_SIZE, start)
    found = serving.cards([row.article_id for row in rows], OF_CACHE)
    return _cards(found, language_names()), more


def find_article(code: str, pk: int, reader: int | None = None) -> ArticlePage:
    """The ArticlePage of a listed article, for a reader, by the account's id, or None.

    An article without tokens is tokenized now, if that can be done within the budget.
    Three queries more for a reader. Raises Article.DoesNotExist.
    """
    served = serving.read(ReadRow, pk, language=code)
    served.count()
    [article] = served.rows
    learned = learned_of(reader, article) if reader else None
    known = learned.words if learned else {}
    title, summary = _parse(article.title_tokens), _parse(article.summary_tokens)
    return ArticlePage(
        card=_card(article, article.language_name, timezone.now()),
        title=to_text("h1", article.title, title, known, part="title"),
        summary=to_text("p", article.summary, summary, known, part="summary"),
        body=_body(_blocks(article), known),
        has_words=article.has_tokens,
        targets=[facts(code) for code in glosses.targets(article.targets_json)],
        similar=_similar(article),
        mine=actions.flags(reader, [pk])[pk] if reader else None,
        learned=learned,
    )


@dataclass(frozen=True)
class Learned:
    """How well a reader knows an article: each word by lemma, and all together.

    coverage is None where there is no word in it.
    """

    words: Known
    coverage: Coverage | None
    worth: list[Worth]

    @property
    def percent(self) -> int:
        """Rounded down: 100 is all."""
        return int(self.coverage.share * 100) if self.coverage else 0


def learned_of(reader: int, article: "ReadRow") -> Learned:
    """Two queries, none where the article has no lexemes."""
    if not article.lexemes:
        return Learned({}, None, [])
    lexemes = unpacked(article.lexemes)
    sets, words = store.read(reader, article.language), words_of(lexemes)
    measure = Measure(sets)
    known = {word.lemma: (pk, sets.state(pk).value) for pk, word in words.items()}
    worth = worth_learning(measure, lexemes, article.lexeme_counts, words)
    return Learned(known, measure.of(lexemes), worth)


def _similar(article: ArticleRow) -> list[Card]:
    found = serving.cards([*similar.like(article.id)[:MOST_SIMILAR]], OF_CACHE)
    return _cards(found, {article.language: article.language_name})


def to_text(
    element: str, plain: str, block: Any, known: Known = NOTHING, **place: Any
) -> Text:
    """The Text of a block of tokens; without words when they don't spell plain.

    Tokens of an older text are served until they are made again, but a reader must
    never be shown another text than the article's.
    """
    sentences = [
        [_word(token, known) for token in sentence]
        for paragraph in block or ()
        for sentence in paragraph
    ]
    words = [word for sentence in sentences for word in sentence]
    spelled = "".join(word.text + word.space for word in words)
    return Text(element, plain, sentences if spelled == plain else [], **place)


def _word(token: dict[str, Any], known: Known) -> Word:
    kinds = (kind for flag, kind in NOT_WORDS.items() if token.get(flag))
    kind, space = next(kinds, "w"), " " if token["has_space"] else ""
    group = str(token.get("mwe_group_id", ""))
    lemma = token.get("lemma", "") if group else ""
    lexeme = known.get(_lemma_of(token), UNKNOWN) if known else UNKNOWN
    return Word(kind, token["text"], space, group, lemma, *lexeme)


def _lemma_of(token: dict[str, Any]) -> str:
    """That of the token's lexeme, if it is one; see ``tokenization.words``."""
    if token.get("mwe_role") == "dependent":
        return ""
    return token.get("lemma") or normalize("NFC", token["text"].lower())


def _parse(json: str | None) -> Any:
    return orjson.loads(json) if json else None


def _blocks(article: ArticleRow) -> list[dict]:
    stored = article.stored_content()
    return orjson.loads(stored) if stored else article.fragments()


def _body(blocks: list[dict[str, Any]], known: Known) -> list[tuple[bool, list[Text]]]:
    """Group the blocks' Texts, so that list items in a row share one list."""
    elements = _elements(block["tag"] for block in blocks)
    texts = [
        to_text(
            element, block["text"], block.get("tokens"), known, fragment=block["id"]
        )
        for element, block in zip(elements, blocks, strict=True)
    ]
    groups = groupby(texts, key=lambda text: text.element == "li")
    return [(is_list, list(group)) for is_list, group in groups]


def _elements(tags: Iterable[str]) -> Iterator[str]:
    """The HTML elements for stored tags: the title is h1, no heading skips a level."""
    level = 1
    for tag in tags:
        if tag in HEADINGS:
            level = max(2, min(int(tag[1]), level + 1))
            yield f"h{level}"
        else:
            yield tag if tag in {"li", "blockquote"} else "p"


def _cards(articles: list[CardRow], names: dict[str, str]) -> list[Card]:
    now = timezone.now()
    return [_card(article, names[article.language], now) for article in articles]


def _card(article: CardRow, language_name: str, now: datetime) -> Card:
    return Card(
        article=article,
        language_name=language_name,
        lang=html_lang(article.language),
        age=_age(article.published_at, now),
        minutes=max(1, ceil(article.word_count / WORDS_A_MINUTE)),
    )


def html_lang(code: str) -> str:
    """The code browsers know a language by."""
    return facts(code).html


def _age(moment: datetime, now: datetime) -> str:
    """How long ago, in the largest unit; feeds with a fast clock are just now."""
    if (now - moment).total_seconds() < 60:
        return "just now"
    return f"{timesince(moment, now, depth=1)} ago"
