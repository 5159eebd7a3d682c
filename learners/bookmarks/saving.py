"""Save words that learners met, change and delete them; nothing here knows HTTP.

A learner has a word in a context once. Front ends create and delete at the same time,
when a phrase grows: so a row is inserted or not, changed where it is, and never saved
anew, which would bring back what somebody has deleted meanwhile.
"""

import hashlib
import unicodedata
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from learners.bookmarks import sources
from learners.bookmarks.models import Bookmark
from learners.bookmarks.places import Place, Sentence, letters_of, text_of
from learners.bookmarks.sources import Source
from learners.bookmarks.terms import term_of
from learners.dictionaries.translations import Question, lemma_of
from learners.knowledge.store import State, change
from learners.people.models import Profile
from learners.practice import cards
from tokenization import lexemes
from tokenization.models import Lexeme
from tokenization.stanza.tokens import NO_WORDS, Token
from tokenization.words import is_word
from zeeguu.base.connections import again_after_deadlock

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


def save(learner: int, met: Met) -> tuple[Bookmark, bool]:
    """Save a word that a learner, by the account's id, met; (bookmark, whether new).

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


def _save(learner: int, met: Met) -> tuple[Bookmark, bool]:
    source = source_of(learner, met)
    place, sentence = _place(source, met)
    context = cut(met.context or text_of(sentence), met.word)
    key = key_of(source.language, met.word, context)
    if found := stored(learner).filter(key=key).first():
        return found, False
    lexeme = _lexeme_of(source.language, met.word, sentence, place)
    new = Bookmark(
        learner_id=learner,
        language_id=source.language,
        lexeme=lexeme,
        term=term_of(source.language, lexeme.pk if lexeme else None, met.word),
        word=met.word,
        context=context,
        key=key,
        article_id=source.article,
        text_id=source.text,
        **place_facts(source, place, met.place),
    )
    _translate(new, met)
    _insert(new)
    return new, True


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


def _lexeme_of(
    language: str, word: str, sentence: Sentence, place: Place | None
) -> Lexeme | None:
    """The lexeme of a word; None of a phrase, and of what nobody knows.

    A word that stands in a text may have made its own; one that is told alone may be
    anything, and has one only if some text has.
    """
    if place is None:
        lemma = "" if " " in word else lemma_of(word, language)
        rows = Lexeme.objects.filter(language=language, lemma=lemma)
        return rows.first() if lemma else None
    lemma = _lemma_at(sentence, place)
    pk = lexemes.ids_of(language, [lemma]).get(lemma) if lemma else None
    return None if pk is None else Lexeme(pk=pk, language_id=language, lemma=lemma)


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


def _translate(new: Bookmark, met: Met) -> None:
    """Fill in what the word means, by the dictionary unless it was told."""
    new.to_id = met.to or native_of(new.learner_id)
    new.translation, new.source = met.translation, met.source
    if not new.translation and new.to_id != new.language_id:
        lemma = new.lexeme.lemma if new.lexeme else ""
        asked = Question(new.word, lemma, new.context, new.language_id, new.to_id)
        senses = asked.answer()["senses"]
        if senses:
            new.translation = senses[0]["translations"][0][:LONGEST_TRANSLATION]
            new.source = "dictionary"


def native_of(learner: int) -> str:
    """The language that a learner's words are translated into."""
    rows = Profile.objects.filter(pk=learner).values_list("native", flat=True)
    return rows.first() or DEFAULT_TARGET


@again_after_deadlock
@transaction.atomic
def _insert(new: Bookmark) -> None:
    """Raises IntegrityError where it is there, or what it points to no longer."""
    new.save(force_insert=True)
    cards.ensure(new)
    if new.lexeme_id is not None:
        met = {State.MET: [new.lexeme_id]}
        change(new.learner_id, new.language_id, met, only_from=[State.NEW])


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
