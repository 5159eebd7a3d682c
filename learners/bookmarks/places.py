"""Where a word stands in a text, by the tokens that the text has now.

A place names tokens, and tokens change: an article is edited, or a better tokenizer has
come. So no place is believed: the word must stand there, in the sentence that it was
met in; else it is looked for by what the text says. Knows no database.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from articles.crawler.judge.revision import SMALL_EDIT, differing_share
from tokenization.stanza.tokens import Block, Token, sentences_of

WORD = re.compile(r"[^\W_]+")
# Words that are enough to know a sentence by in a longer one.
FEW_WORDS = 3
# How a sentence fits a context: it is the same, one is a part of the other, or edited.
SAME, PART, EDITED = range(3)

Sentence = list[Token]
# Which block of a text: its part, and in the body the block's id.
BlockKey = tuple[str, int | None]
Blocks = Mapping[BlockKey, Block]


@dataclass(frozen=True)
class Place:
    """Tokens of a sentence of a block; ``fragment`` is None outside of the body.

    Of a verb at two places it is the first; the other has the same ``mwe_group_id``.
    """

    part: str
    fragment: int | None
    sentence: int
    token: int
    length: int = 1

    @property
    def block(self) -> BlockKey:
        return self.part, self.fragment

    def distance(self, other: "Place") -> tuple[bool, int, int]:
        """To be compared: what is in another block is farthest."""
        is_elsewhere = self.block != other.block
        sentences, tokens = self.sentence - other.sentence, self.token - other.token
        return is_elsewhere, abs(sentences), abs(tokens)


def words_of(text: str) -> str:
    """A text's words in lower case, with blanks around each; "" where it has none.

    Marks do not count, and how tokens are cut does not show.
    """
    words = WORD.findall(text.casefold())
    return f" {' '.join(words)} " if words else ""


def letters_of(text: str) -> str:
    return "".join(WORD.findall(text.casefold()))


def text_of(sentence: Sentence) -> str:
    parts = (token["text"] + " " * token["has_space"] for token in sentence)
    return "".join(parts).strip()


def standing(sentence: Sentence, first: int, letters: str) -> tuple[int, int] | None:
    """The first token and the number of those that spell a word's letters, if they do.

    From a place on, or the members of its group: of a verb at two places the first.
    """
    found = ""
    for length, token in enumerate(sentence[first:], 1):
        own = letters_of(token["text"])
        found += own
        if not own and length == 1:
            break  # a mark before the word
        if found == letters:
            return first, length
        if not letters.startswith(found):
            break
    return _standing_apart(sentence, first, letters)


def _standing_apart(
    sentence: Sentence, place: int, letters: str
) -> tuple[int, int] | None:
    group = sentence[place].get("mwe_group_id") if place < len(sentence) else None
    if group is None:
        return None
    members = [
        at for at, one in enumerate(sentence) if one.get("mwe_group_id") == group
    ]
    spelled = letters_of("".join(sentence[at]["text"] for at in members))
    return (members[0], 1) if spelled == letters else None


@dataclass(frozen=True)
class Wanted:
    """A word and the sentence around it, ready to be compared."""

    word: str
    context: str

    @cached_property
    def letters(self) -> str:
        return letters_of(self.word)

    @cached_property
    def words(self) -> str:
        return words_of(self.context)

    @cached_property
    def is_alone(self) -> bool:
        """Whether the context says no more than the word itself."""
        return len(letters_of(self.context)) <= len(self.letters)

    def fit(self, words: str, is_here: bool) -> int | None:
        """How a sentence fits the context, SAME to EDITED; None if it is another one.

        is_here tells that it is of the block where the word was.
        """
        short, long = sorted((words, self.words), key=len)
        if short == long:
            return SAME
        if short in long and short.count(" ") > FEW_WORDS:
            return PART
        is_edited = is_here and differing_share(words, self.words) <= SMALL_EDIT
        return EDITED if is_edited else None


@dataclass(frozen=True)
class Known:
    """A sentence of a text, and where it is."""

    block: BlockKey
    tokens: Sentence

    @property
    def number(self) -> int:
        return self.tokens[0]["sent_i"]

    @cached_property
    def words(self) -> str:
        return words_of(text_of(self.tokens))

    def place(self, wanted: Wanted, token: int) -> Place | None:
        """The place of a word that stands at a token."""
        found = standing(self.tokens, token, wanted.letters)
        return Place(*self.block, self.number, *found) if found else None

    def places(self, wanted: Wanted) -> set[Place]:
        found = (self.place(wanted, token) for token in range(len(self.tokens)))
        return {place for place in found if place}


class Finder:
    """Finds words in the blocks of one text, however many of them."""

    def __init__(self, blocks: Blocks) -> None:
        self.blocks = blocks

    def find(self, word: str, context: str, near: Place | None) -> Place | None:
        """Where a word of a sentence stands: at near if it still does, else elsewhere.

        In the sentence that is the context, or is a part of it or the other way round;
        in the block where it was also in one that was edited a little. Where the
        context says no more than the word: where the word stands, if that is one place.
        None where it can't be told.
        """
        wanted = Wanted(word, context)
        if not wanted.letters:
            return None
        return (near and self._at(wanted, near)) or self._elsewhere(wanted, near)

    def tokens(self, place: Place) -> Sentence:
        """Those of the sentence of a place that was found."""
        known = self._known(place)
        return known.tokens if known else []

    def _known(self, place: Place) -> Known | None:
        """The sentence that a place names, if the text has it."""
        sentences = sentences_of([self.blocks.get(place.block)])
        known = (Known(place.block, tokens) for tokens in sentences if tokens)
        return next((one for one in known if one.number == place.sentence), None)

    def _at(self, wanted: Wanted, near: Place) -> Place | None:
        known = self._known(near)
        if known is None:
            return None
        if not wanted.is_alone and wanted.fit(known.words, is_here=True) is None:
            return None
        return known.place(wanted, near.token)

    def _elsewhere(self, wanted: Wanted, near: Place | None) -> Place | None:
        if wanted.is_alone:
            return self._only(wanted, near)
        fitting = (
            (fit, place)
            for fit, known in self._fitting(wanted, near)
            for place in known.places(wanted)
        )
        best = min(
            fitting, key=lambda one: _farness(one[0], one[1], near), default=None
        )
        return best[1] if best else None

    def _only(self, wanted: Wanted, near: Place | None) -> Place | None:
        every = {place for known in self._sentences for place in known.places(wanted)}
        here = {place for place in every if near and place.block == near.block}
        only = here or every
        return only.pop() if len(only) == 1 else None

    def _fitting(
        self, wanted: Wanted, near: Place | None
    ) -> Iterator[tuple[int, Known]]:
        for known in self._sentences:
            is_here = near is not None and near.block == known.block
            fit = wanted.fit(known.words, is_here)
            if fit is not None:
                yield fit, known

    @cached_property
    def _sentences(self) -> list[Known]:
        return [
            Known(key, tokens)
            for key, block in self.blocks.items()
            for tokens in sentences_of([block])
            if tokens
        ]


def _farness(fit: int, place: Place, near: Place | None) -> tuple:
    """To choose by: of those that fit as well the nearest, or the first of the text."""
    first = (place.sentence, place.token)
    return fit, *(place.distance(near) if near else (False, 0, 0)), first
