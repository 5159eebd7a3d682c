"""The words of an article's tokens, as the dictionary is asked for them."""

from collections.abc import Iterator
from dataclasses import dataclass

import orjson

from articles.languages import facts
from learners.dictionaries.sentences import phrases_in, words_in
from learners.dictionaries.words import Word
from tokenization.stanza.tokens import Token, sentences_of


@dataclass(frozen=True, slots=True)
class Tokens:
    """An article's tokens in JSON, as the token cache has it; None or "" without."""

    language: str
    title: str | None
    summary: str | None
    content: str | None

    def words(self) -> Iterator[Word]:
        """Each word at each of its places, and the phrases there may be."""
        # In titles other words than names may have capitals, where nouns have none.
        is_plain = not facts(self.language).nouns_have_capitals
        for sentence in sentences_of(_blocks(self.title)):
            yield from self._words(sentence, is_plain)
        body = orjson.loads(self.content) if self.content else []
        blocks = [*_blocks(self.summary), *(part["tokens"] for part in body)]
        for sentence in sentences_of(blocks):
            yield from self._words(sentence, False)

    def _words(self, sentence: list[Token], is_title: bool) -> Iterator[Word]:
        yield from words_in(sentence, is_title=is_title)
        yield from phrases_in(sentence, self.language)


def _blocks(stored: str | None) -> list:
    return [orjson.loads(stored)] if stored else []
