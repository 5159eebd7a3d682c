"""Save words that learners met, change and delete them; nothing here knows HTTP.

A learner has a word in a context once. Front ends create and delete at the same time,
when a phrase grows: so a row is inserted or not, changed where it is, and never saved
anew, which would bring back what somebody has deleted meanwhile.
"""

import hashlib
import unicodedata
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import CharField, QuerySet, Subquery
from django.db.models.functions import Cast, Coalesce
from django.utils import timezone

from articles.models import Language
from learners.bookmarks import sources
from learners.bookmarks.models import Bookmark
from learners.bookmarks.places import Place, Sentence, letters_of, text_of
from learners.bookmarks.sources import Source
from learners.bookmarks.terms import term_of
from learners.dictionaries.translations import Question, lemma_of
from learners.knowledge.store import State, change
from learners.people.models import Profile
from learners.practice import cards
from learners.practice.models import PracticeCard
from tokenization import lexemes
from tokenization.models import Lexeme
from tokenization.stanza.tokens import NO_WORDS, Token
from tokenization.words import is_word
from zeeguu.base.connections import again_after_deadlock
from zeeguu.base.statements import Insert, Slot, Statement

LONGEST_WORD, LONGEST_TRANSLATION, LONGEST_SOURCE = 200, 500, 500
# A longer context is cut to that, around the word.
LONGEST_CONTEXT = 1000
DEFAULT_TARGET = "en"
# Who finds a bookmark neither there nor free to be made looks again so often.
TRIES = 5


@dataclass(frozen=True)
class Met:
    """A word as a front end saw it tapped; texts are clean, see ``articles.text``.

    ``language`` counts only where there is neither an article nor a text. Without a
    context it is the sentence at the place; without a translation, the dictionary's;
    ``to`` is the learner's native language unless given.
    """

    word: str
    context: str = ""
    language: str = ""
    article: int | None = None
    text: int | None = None
    place: Place | None = None
    translation: str = ""
    to: str = ""
    source: str = ""


@dataclass(frozen=True)
class Saved:
    """A bookmark, whether it is new, and then the state that its lexeme has now."""

    bookmark: Bookmark
    is_new: bool
    state: State | None = None


def save(learner: int, met: Met) -> Saved:
    """Save a word that a learner, by the account's id, met.

    One that is there already stays as it is. The word's lexeme becomes MET if it was
    new, and gets a card to practise if there is a translation. Raises NotThere.
    """
    for _ in range(TRIES - 1):
        try:
            return _save(learner, met)
        except IntegrityError:
            # Made meanwhile, or the article is gone: what is there tells.
            continue
    return _save(learner, met)


def _save(learner: int, met: Met) -> Saved:
    source = source_of(learner, met)
    language = source.language
    place, sentence = _place(source, met)
    context = cut(met.context or text_of(sentence), met.word)
    lemma = _lemma_at(sentence, place) if place else _lemma_of(met.word, language)
    key = key_of(language, met.word, context)
    before = _before(learner, language, key, lemma, met.word)
    if before.bookmark and (
        found := stored(learner).filter(pk=before.bookmark).first()
    ):
        return Saved(found, is_new=False)
    lexeme_id = before.lexeme
    if lemma and place and lexeme_id is None:
        # It is in a text, so it is no word that somebody made up.
        lexeme_id = lexemes.ids_of(language, [lemma]).get(lemma)
    to = met.to or before.native or DEFAULT_TARGET
    new = Bookmark(
        learner_id=learner,
        language_id=language,
        term=term_of(language, lexeme_id, met.word),
        word=met.word,
        context=context,
        key=key,
        article_id=source.article,
        text_id=source.text,
        to_id=to,
        **place_facts(source, place, met.place),
    )
    if lexeme_id is not None:
        new.lexeme = Lexeme(pk=lexeme_id, language_id=language, lemma=lemma)
    _translate(new, met, to)
    return Saved(new, is_new=True, state=_insert(new, before.has_card))


@dataclass(frozen=True)
class Before:
    """Ids of the bookmark and of the lexeme, if they are there; what else is."""

    bookmark: int | None
    lexeme: int | None
    has_card: bool
    native: str | None


def _before(learner: int, language: str, key: str, lemma: str, word: str) -> Before:
    """What there is before a word is saved; one query."""
    phrase = term_of(language, None, word)
    given = {"learner": learner, "language": language, "key": key, "lemma": lemma}
    [(pk, lexeme, card, native)] = _statement().rows(**given, phrase=phrase)
    return Before(pk, lexeme, card is not None, native)


@cache
def _statement() -> Statement:
    mine = {"learner": Slot("learner")}
    words = Lexeme.objects.filter(language=Slot("language"), lemma=Slot("lemma"))
    word = Subquery(words.values("pk"))
    # As ``term_of`` has it.
    term = Coalesce(Cast(word, CharField(max_length=64)), Slot("phrase"))
    rows = [
        Bookmark.objects.filter(**mine, key=Slot("key")).order_by().values("pk"),
        words.values("pk"),
        PracticeCard.objects.filter(**mine, term=term).order_by().values("pk"),
        Profile.objects.filter(pk=Slot("learner")).values("native"),
    ]
    languages = Language.objects.filter(pk=Slot("language")).order_by()
    return Statement(languages.values_list(*(Subquery(one) for one in rows)))


def _place(source: Source, met: Met) -> tuple[Place | None, Sentence]:
    """Where the word stands, and the sentence there; none as long as nobody knows."""
    finder = source.finder
    place = finder.find(met.word, met.context, met.place) if finder else None
    return place, finder.tokens(place) if finder and place else []


def source_of(learner: int, met: Met) -> Source:
    """The text that a word was met in; raises NotThere."""
    if met.article is not None:
        return sources.of_article(met.article)
    if met.text is not None:
        return sources.of_text(learner, met.text)
    return Source(met.language)


def stored(learner: int) -> QuerySet[Bookmark]:
    """A learner's bookmarks, by the account's id, with their lexemes."""
    return Bookmark.objects.filter(learner=learner).select_related("lexeme")


def key_of(language: str, word: str, context: str) -> str:
    """What no two bookmarks of a learner have in common."""
    return hashlib.sha256("\n".join((language, word, context)).encode()).hexdigest()


def cut(context: str, word: str) -> str:
    """A context that is not too long: words around the word."""
    if len(context) <= LONGEST_CONTEXT:
        return context
    at = max(0, context.find(word))
    start = max(0, min(at - LONGEST_CONTEXT // 2, len(context) - LONGEST_CONTEXT))
    end = start + LONGEST_CONTEXT
    part = context[start:end]
    if start and " " in part:
        part = part.partition(" ")[2]
    if end < len(context) and " " in part:
        part = part.rpartition(" ")[0]
    return part


def place_facts(
    source: Source, found: Place | None, told: Place | None
) -> dict[str, Any]:
    """The place that a row gets; one that the tokens do not have is lost.

    As long as there are no tokens, what was told may be right.
    """
    return {
        **facts_of(found or told),
        "is_lost": found is None and source.finder is not None,
    }


def facts_of(place: Place | None) -> dict[str, Any]:
    """A place as the columns have it."""
    if place is None:
        return {"part": "", "fragment": None, "sentence": None, "token": None}
    return {
        "part": place.part,
        "fragment": place.fragment,
        "sentence": place.sentence,
        "token": place.token,
        "length": place.length,
    }


def _lemma_of(word: str, language: str) -> str:
    """The lemma of a word without tokens, "" of a phrase."""
    return "" if " " in word else lemma_of(word, language)


def _lemma_at(sentence: Sentence, place: Place) -> str:
    """The lemma of the word at a place, or of the verb it is a part of; "" if none."""
    span = sentence[place.token : place.token + place.length]
    words = [token for token in span if letters_of(token["text"])]
    groups = {token.get("mwe_group_id") for token in words}
    if len(groups) == 1 and None not in groups:
        members = (one for one in sentence if one.get("mwe_group_id") in groups)
        words = [one for one in members if one.get("mwe_role") == "head"]
    return _lemma(words[0]) if len(words) == 1 else ""


def _lemma(token: Token) -> str:
    text = unicodedata.normalize("NFC", token["text"].lower())
    lemma = token.get("lemma") or text
    return lemma if NO_WORDS.isdisjoint(token) and is_word(lemma) else ""


def _translate(new: Bookmark, met: Met, to: str) -> None:
    """Fill in what the word means, by the dictionary unless it was told."""
    new.translation, new.source = met.translation, met.source
    if new.translation or to == new.language_id:
        return
    lemma = new.lexeme.lemma if new.lexeme else ""
    asked = Question(new.word, lemma, new.context, new.language_id, to)
    if senses := asked.answer()["senses"]:
        new.translation = senses[0]["translations"][0][:LONGEST_TRANSLATION]
        new.source = "dictionary"


@again_after_deadlock
@transaction.atomic
def _insert(new: Bookmark, has_card: bool) -> State | None:
    """The state that its lexeme has then, None without one.

    Raises IntegrityError where it is there, or what it points to no longer.
    """
    new.pk = _insert_bookmark().run(new)
    new._state.adding = False
    if new.translation and not has_card:
        cards.add(new)
    if new.lexeme_id is None:
        return None
    met = {State.MET: [new.lexeme_id]}
    sets = change(new.learner_id, new.language_id, met, only_from=[State.NEW])
    return sets.state(new.lexeme_id)


@cache
def _insert_bookmark() -> Insert:
    return Insert(Bookmark)


def edit(learner: int, pk: int, **facts: Any) -> Bookmark | None:
    """Change columns of a learner's bookmark; None where there is none (any more)."""
    row = Bookmark.objects.filter(learner=learner, pk=pk)
    row.update(**facts, updated_at=timezone.now())
    bookmark = stored(learner).filter(pk=pk).first()
    if bookmark and facts.get("translation"):
        _ensure_card(bookmark)
    return bookmark


@again_after_deadlock
def _ensure_card(bookmark: Bookmark) -> None:
    """What had no translation could not be practised before."""
    cards.ensure(bookmark)


def delete(learner: int, pk: int) -> bool:
    """Delete a learner's bookmark; whether there was one. What was met stays met."""
    number, _ = Bookmark.objects.filter(learner=learner, pk=pk).delete()
    return bool(number)
