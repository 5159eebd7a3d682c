"""What the words of an article mean, all in one answer, so that a tap asks nobody.

Nothing here knows HTTP. Reading an article with its tokens and the version of its
dictionary is one query, the entries of all its words are another; an answer is kept,
ready to be sent, until the text, the tokens or the dictionary change.
"""

from dataclasses import dataclass
from functools import cache
from typing import Any

import orjson
from django.conf import settings
from django.db.models import OuterRef, Subquery, TextField

from learners.dictionaries.article_words import Tokens
from learners.dictionaries.entries import Stored
from learners.dictionaries.known import Known, known
from learners.dictionaries.lookup import Answer, Part, look_up
from learners.dictionaries.models import Dictionary
from learners.dictionaries.ready import Ready
from learners.dictionaries.senses import Sense
from learners.dictionaries.steps import SURE
from learners.dictionaries.words import Word
from tokenization import serving
from tokenization.listing import JSONArrays
from tokenization.serving import IsKnown, SummaryRow
from zeeguu.base.statements import Slot

# Part of each version: to be raised when an answer looks otherwise, or finds words in
# another way.
SHAPE = 2
# Nobody who taps a word has time for more.
MOST_SENSES, MOST_TRANSLATIONS, MOST_OF_PART = 4, 5, 2
MB = 1_000_000

_published = Dictionary.objects.published().order_by()
_facts = JSONArrays("pk", "digest", "revision", "priority", output_field=TextField())
_of_pair = _published.filter(from_language=OuterRef("language"), to_language=Slot("to"))
# The languages that there are dictionaries to, of an article's language.
_targets = _published.filter(from_language=OuterRef("language"))
_codes = JSONArrays("to_language", output_field=TextField())
TARGETS = Subquery(_targets.values_list(_codes))


@dataclass(frozen=True, slots=True)
class GlossRow(SummaryRow):
    """An article's tokens, and the dictionaries from its language to another one."""

    content: str | None
    dictionaries_json: str | None

    @property
    def dictionaries(self) -> list[list]:
        """What differs once any entry of them has changed."""
        return sorted(orjson.loads(self.dictionaries_json or "[]"))

    def known(self, to: str) -> Known:
        """Headwords that the dictionaries are known to have."""
        return known(self.language, to, orjson.dumps(self.dictionaries).decode())


serving.add_kind(GlossRow, dictionaries_json=Subquery(_of_pair.values_list(_facts)))


@dataclass(frozen=True, slots=True)
class Glosses:
    """The glosses of an article; not made until ``body`` is asked for."""

    row: GlossRow
    to: str
    version: str
    is_known: bool

    @property
    def has_dictionary(self) -> bool:
        return bool(self.row.dictionaries)

    def count(self) -> None:
        """Nothing: the article has been counted when it was served itself."""

    def body(self) -> bytes:
        """The answer's JSON; one query unless it is ready."""
        key = self.row.id, self.to
        body = ready().get(key, self.version)
        if body is None:
            body = orjson.dumps(self._answer())
            ready().put(key, self.version, body)
        return body

    def _answer(self) -> dict[str, Any]:
        row = self.row
        tokens = Tokens(row.language, row.title_tokens, row.summary_tokens, row.content)
        words = [*tokens.words()] if self.has_dictionary else []
        return {
            "id": row.id,
            "language": row.language,
            "to": self.to,
            "tokenization": row.tokenization,
            "has_dictionary": self.has_dictionary,
            "glosses": glosses_of(words, row.language, self.to, row.known(self.to)),
        }


@cache
def ready() -> Ready:
    """The answers that this process has ready."""
    return Ready(settings.GLOSSES_CACHE_MB * MB)


def of_article(pk: int, to: str, is_known: IsKnown | None = None) -> Glosses:
    """The glosses of a listed article in another language.

    One query; without tokens it is as ``serving.article``. Raises Article.DoesNotExist.
    """
    [row] = serving.one(GlossRow, pk, to=to).rows
    version = serving.version([row], row.dictionaries, to, SHAPE)
    return Glosses(row, to, version, bool(is_known and is_known(version)))


def of_tokens(tokens: Tokens, to: str) -> dict[str, Any]:
    """The glosses of any text's tokens: two queries, one without a dictionary.

    Returns what GlossesSerializer describes of them.
    """
    rows = _published.of_pair(tokens.language, to)
    facts = sorted(map(list, rows.values_list("pk", "digest", "revision", "priority")))
    words = [*tokens.words()] if facts else []
    version = orjson.dumps(facts).decode()
    found = glosses_of(words, tokens.language, to, known(tokens.language, to, version))
    return {"has_dictionary": bool(facts), "glosses": found}


def targets(stored: str | None) -> list[str]:
    """The languages of TARGETS, as it is read."""
    return sorted({code for [code] in orjson.loads(stored or "[]")})


def glosses_of(
    words: list[Word], source: str, target: str, known: Known
) -> dict[str, dict]:
    """{form: gloss} of words and of those phrases that have one; one query, or none.

    Forms are in lower case, unless one with capitals means something else.
    """
    lemmas = {word.form: word.lemma or word.form.lower() for word in words}
    # Phrases have no rank.
    ranked = {lemma for lemma in lemmas.values() if " " not in lemma}
    fetch = Stored(source, target, ranked)
    answers = look_up(words, source, target, fetch, known.headwords)
    known.add(one.headword for one in answers.values() if one.step in SURE)
    found: dict[str, dict] = {}
    told = [form for form in lemmas if " " not in form or form in answers]
    # Those in lower case come first.
    for form in sorted(told, key=lambda form: form != form.lower()):
        rank = fetch.ranks.get(lemmas[form])
        gloss = to_gloss(form, lemmas[form], answers.get(form), rank)
        # It may have been found by another step.
        if found.setdefault(form.lower(), gloss)["senses"] != gloss["senses"]:
            found[form] = gloss
    return found


def to_gloss(
    form: str, lemma: str, answer: Answer | None, rank: int | None = None
) -> dict[str, Any]:
    """What GlossSerializer describes; what is empty or false is left out."""
    other = lemma if lemma != form.lower() else ""
    if answer is None:
        return _filled(lemma=other, rank=rank) | {"senses": []}
    senses = [_sense(one, answer.headword) for one in answer.senses[:MOST_SENSES]]
    gloss = _filled(
        lemma=other,
        headword=answer.headword,
        step=answer.step,
        guess=answer.is_guess,
        before=answer.before and _before(answer.before),
        rank=rank,
    )
    return gloss | {"senses": senses}


def _sense(sense: Sense, headword: str) -> dict[str, Any]:
    other = sense.headword if sense.headword != headword else ""
    facts = _filled(headword=other, pos=sense.pos, gender=sense.gender)
    return facts | {"translations": sense.translations[:MOST_TRANSLATIONS]}


def _before(part: Part) -> dict[str, Any]:
    means = [one for sense in part.senses for one in sense.translations]
    return {"headword": part.headword, "translations": means[:MOST_OF_PART]}


def _filled(**facts: Any) -> dict[str, Any]:
    return {name: value for name, value in facts.items() if value}
