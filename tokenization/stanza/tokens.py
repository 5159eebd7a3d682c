"""The one serializer of tokens: offsets in, the front end's token objects out.

The shape is three levels deep, also for a title: paragraphs, sentences, tokens. Flags
that are false are left out, except ``has_space``, which the front end can't do without.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain
from typing import Literal, NotRequired, TypedDict

from tokenization.stanza.spans import Sentence, Span

# No two parts can match the same character: a hostile word must not take for ever.
EMAIL = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")
URL = re.compile(r"(https?://|www\.)\S+", re.IGNORECASE)
NUMBER = re.compile(r"[+\-\u2212]?\d+([.,:/ ]\d+)*( ?%|\.)?")
OPENING, CLOSING = {"Ps"}, {"Pe"}
ALWAYS_OPENING = {"¿", "¡"}
# Joiners and variants, which make one picture of several.
INVISIBLE = {"Mn", "Me", "Cf"}
# Punctuation looked at around a mark to tell its side; the limit bounds the work.
LONGEST_RUN = 8


Flag = Literal[
    "is_punct",
    "is_left_punct",
    "is_right_punct",
    "is_symbol",
    "is_like_num",
    "is_like_email",
    "is_like_url",
]


class Token(TypedDict):
    """A token as front ends get it."""

    text: str
    sent_i: int
    token_i: int
    paragraph_i: int
    has_space: bool
    # Only where it is another than the text in lower case.
    lemma: NotRequired[str]
    is_sent_start: NotRequired[bool]
    is_punct: NotRequired[bool]
    is_left_punct: NotRequired[bool]
    is_right_punct: NotRequired[bool]
    is_symbol: NotRequired[bool]
    is_like_num: NotRequired[bool]
    is_like_email: NotRequired[bool]
    is_like_url: NotRequired[bool]

    # Of words that stand apart and are one: a group, whose lemma its head has.
    mwe_group_id: NotRequired[str]
    mwe_role: NotRequired[Literal["head", "dependent"]]
    mwe_type: NotRequired[str]
    mwe_is_separated: NotRequired[bool]


# Of tokens that are no words.
NO_WORDS: frozenset[Flag] = frozenset(
    ("is_punct", "is_symbol", "is_like_num", "is_like_email", "is_like_url")
)
# Paragraphs, of sentences, of tokens.
Block = list[list[list[Token]]]


def to_block(
    text: str,
    sentences: list[Sentence],
    lemma_of: Callable[[str], str] | None = None,
    *,
    one_sentence: bool = False,
) -> Block:
    """Return the block of a text of one paragraph: ``[[sentence, …]]``.

    sentences are lists of (start, end) offsets into text. With one_sentence, as for
    titles, they are joined. Joining each token's text, and a space where ``has_space``,
    gives the text back. lemma_of gives a word's lemma in lower case; without it tokens
    have none.
    """
    if one_sentence and sentences:
        sentences = [[span for sentence in sentences for span in sentence]]
    return [
        [
            [
                _token(text, span, sent_i, token_i, lemma_of)
                for token_i, span in enumerate(sentence)
            ]
            for sent_i, sentence in enumerate(sentences)
        ]
    ]


def lemmas(blocks: Sequence[Block]) -> tuple[set[str], set[str]]:
    """The lemmas that an article's tokens name: the title's, and all others'."""
    title, *others = map(_lemmas, blocks)
    return title, set().union(*others)


def _lemmas(block: Block) -> set[str]:
    every = chain.from_iterable(sentences_of([block]))
    return {token["lemma"] for token in every if "lemma" in token}


def sentences_of(blocks: Iterable[Block | None]) -> Iterator[list[Token]]:
    """The sentences of blocks in their order; None is a text without tokens."""
    for block in blocks:
        for paragraph in block or ():
            yield from paragraph


def count(block: Block) -> int:
    """Number of tokens in a block."""
    return sum(map(len, sentences_of([block])))


def _token(
    text: str,
    span: Span,
    sent_i: int,
    token_i: int,
    lemma_of: Callable[[str], str] | None,
) -> Token:
    start, end = span
    word = text[start:end]
    token: Token = {
        "text": word,
        "sent_i": sent_i,
        "token_i": token_i,
        "paragraph_i": 0,
        "has_space": text[end : end + 1].isspace(),
    }
    if token_i == 0:
        token["is_sent_start"] = True
    is_word = lemma_of is not None and _is_word(word)
    for flag in _flags(text, start, end):
        token[flag] = True
        is_word = False
    if lemma_of and is_word and (lemma := lemma_of(word)) != word.lower():
        token["lemma"] = lemma
    return token


def _is_word(text: str) -> bool:
    """Whether letters are in it, and no digits: "G20" and "1990s" are none."""
    return text.isalpha() or (
        any(map(str.isalpha, text)) and not any(map(str.isdigit, text))
    )


def _flags(text: str, start: int, end: int) -> Iterator[Flag]:
    word = text[start:end]
    if word.isalpha():  # as most are
        return
    categories = {unicodedata.category(char) for char in word}
    if all(category[0] == "P" for category in categories):
        yield "is_punct"
        before, after = _is_open(text, start - 1, -1), _is_open(text, end, 1)
        yield from _side(word, categories, before, after)
    elif {category[0] for category in categories - INVISIBLE} == {"S"}:
        yield "is_symbol"
    elif NUMBER.fullmatch(word):
        yield "is_like_num"
    elif EMAIL.fullmatch(word):
        yield "is_like_email"
    elif URL.fullmatch(word):
        yield "is_like_url"


def _is_open(text: str, place: int, step: int) -> bool:
    """Whether a blank or an end comes next, whatever punctuation is in between."""
    for at in range(place, place + step * LONGEST_RUN, step):
        if not 0 <= at < len(text) or text[at].isspace():
            return True
        if unicodedata.category(text[at])[0] != "P":
            return False
    return False


def _side(word: str, categories: set[str], before: bool, after: bool) -> Iterator[Flag]:
    """Brackets say their side; quotes differ by language, so their spacing tells.

    before and after say where the mark is open; where both are, as around French
    guillemets, only marks that are made as a pair have a side.
    """
    if before and after:
        opens, closes = categories <= {"Ps", "Pi"}, categories <= {"Pe", "Pf"}
    else:
        opens = categories <= OPENING or word in ALWAYS_OPENING
        opens = opens or (before and not categories & CLOSING)
        closes = categories <= CLOSING or not before
    if opens:
        yield "is_left_punct"
    elif closes:
        yield "is_right_punct"
