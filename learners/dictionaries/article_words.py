"""The words of an article's tokens, as the dictionary is asked for them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import orjson

from articles.languages import facts
from learners.dictionaries.words import Word

# Flags of tokens that nobody looks up.
NOT_WORDS = ("is_punct", "is_symbol", "is_like_num", "is_like_email", "is_like_url")
Token = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Tokens:
    """An article's tokens in JSON, as the token cache has it; None or "" without."""

    language: str
    title: str | None
    summary: str | None
    content: str | None

    def words(self) -> Iterator[Word]:
        """Each word at each of its places.

        Members of a group, such as a verb and its particle, have the form of the lemma
        that they have together.
        """
        has_capitals = facts(self.language).nouns_have_capitals
        for block in _blocks(self.title):
            # In titles other words than names may have capitals too.
            yield from _words(block, has_capitals)
        body = orjson.loads(self.content) if self.content else []
        for block in [*_blocks(self.summary), *(part["tokens"] for part in body)]:
            yield from _words(block, True)


def _blocks(stored: str | None) -> list:
    return [orjson.loads(stored)] if stored else []


def _words(block: Any, has_capitals: bool) -> Iterator[Word]:
    for sentence in (one for paragraph in block or () for one in paragraph):
        before = None
        for token in sentence:
            if any(map(token.get, NOT_WORDS)):
                continue
            # The first word's capital tells nothing.
            is_inside = has_capitals and before is not None
            yield _word(token, before or "", is_inside)
            before = token["text"]


def _word(token: Token, before: str, is_inside: bool) -> Word:
    form, lemma = token["text"], token.get("lemma", "")
    if lemma and "mwe_group_id" in token:
        return Word(lemma, lemma, before)
    return Word(form, lemma, before, is_inside and form[:1].isupper())
