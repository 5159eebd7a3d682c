"""How hard an article is to read for a learner, from its words and sentences.

For the crawler, and where an admin edits: wordfreq takes 16 MB and a language's words
4 to 11 more, which no other web process should.
"""

import re
import threading
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from itertools import chain

import wordfreq

from articles.languages import LanguageFacts, facts
from articles.spelling import APOSTROPHES, bare, one_encoding
from articles.text import ArticleText

LIST_WORDS = 50_000  # the small lists have 26,000 to 50,000
FREQUENT = 5_000
# The least score of each band, hardest first.
BANDS = ((1.3, "C2"), (1.1, "C1"), (0.92, "B2"), (0.75, "B1"), (0.6, "A2"), (0, "A1"))

APOSTROPHE = re.compile("['’‘ʼ]")
TOKEN = re.compile(r"[^\W_]+(?:['’‘ʼ][^\W_]+)*|[.!?…:]")
SENTENCE_END = re.compile(r"[.!?…][\"'»«”“’)\]]*\s+(?=(.))")

_loading = threading.Lock()


@dataclass(frozen=True)
class Difficulty:
    """``rare_share`` is 0 to 1, ``sentence_length`` in words; ``score`` is 1 for a
    typical newspaper article; ``band`` is A1 to C2."""

    rare_share: float
    sentence_length: float
    score: float
    band: str


def measure(
    text: ArticleText, language: str, sentences: int | None = None
) -> Difficulty | None:
    """Return the Difficulty of an ArticleText's body, or None.

    None for a language whose record tells nothing of newspapers, or whose words
    wordfreq does not know, and for a text without words. sentences is how many a
    tokenizer found; without it, they are counted by their punctuation. Rare are the
    words not among the language's FREQUENT most frequent ones; numbers and probable
    names do not count.

    The bands are named like those of the CEFR but are no measure of it: nobody was
    tested. Each of the two values is taken as a ratio to what newspapers have in that
    language, so that one whose words have many forms is no harder than another; their
    mean is the score. The bands' limits were set so that most of the demo site's plain
    news (91 %) is A2 or B1 and most of real papers' (87 %) B1 to C1.
    """
    typical = facts(language).typical
    if typical is None or not _ranks(language):
        return None
    words = [_words(paragraph) for _, paragraph in text.fragments]
    rare = [_is_rare(word, starts, language) for word, starts in chain(*words)]
    counted = len(rare) - rare.count(None)
    if not counted:
        return None
    rare_share = rare.count(True) / counted
    length = len(rare) / (
        sentences or sum(_sentences(part) for _, part in text.fragments)
    )
    score = score_of(rare_share, length, typical)
    return Difficulty(rare_share, length, score, band_of(score))


def score_of(
    rare_share: float, sentence_length: float, typical: tuple[float, float]
) -> float:
    typical_share, typical_length = typical
    return (rare_share / typical_share + sentence_length / typical_length) / 2


def band_of(score: float) -> str:
    return next(band for least, band in BANDS if score >= least)


def word_ranks(words: Iterable[str], language: str) -> dict[str, int | None]:
    """Return {word: rank}; the most frequent word has rank 1.

    None for words that are not among the language's LIST_WORDS most frequent ones, and
    for all words of a language that wordfreq does not know.
    """
    ranks = _ranks(language)
    return {word: _rank(word, ranks, language) for word in words}


def preload(languages: Iterable[str]) -> None:
    """Load these languages' words now, so that processes forked later share them."""
    for language in languages:
        _ranks(language)


def _words(paragraph: str) -> list[tuple[str, bool]]:
    """A paragraph's words, each with whether a sentence may begin with it."""
    starts, words = True, []
    for token in TOKEN.findall(unicodedata.normalize("NFC", paragraph)):
        if token[0].isalnum():
            words.append((token, starts))
        starts = not token[0].isalnum()
    return words


def _is_rare(word: str, starts: bool, language: str) -> bool | None:
    """Whether a word is rare; None if it does not count: a number, a probable name."""
    if any(map(str.isdigit, word)):
        return None
    ranks = _ranks(language)
    # "l'année" is in no list, "l" and "année" are.
    whole = _rank(word, ranks, language)
    parts = APOSTROPHE.split(word) if whole is None else [word]
    known = (_rank(part, ranks, language) for part in parts)
    if all(rank is not None and rank <= FREQUENT for rank in known):
        return False
    capital = whole is None and parts[-1][:1].isupper()
    is_name = capital and not starts and not facts(language).nouns_have_capitals
    return None if is_name else True


def _sentences(paragraph: str) -> int:
    """How many; a dot before a small letter or a digit is an abbreviation's."""
    following = SENTENCE_END.findall(paragraph.strip())
    return 1 + sum(not (char.islower() or char.isdigit()) for char in following)


def _rank(word: str, ranks: dict[str, int], language: str) -> int | None:
    """A word's rank, or None; words in capitals need no accents."""
    keys = [_normal(word, language), *([bare(word).upper()] if word.isupper() else [])]
    return min((ranks[key] for key in keys if key in ranks), default=None)


def _normal(word: str, language: str) -> str:
    """A word as the lists have it: one spelling for each letter and apostrophe."""
    text = one_encoding(word.casefold(), language).translate(APOSTROPHES)
    return text.replace("ё", "е")


def _ranks(language: str) -> dict[str, int]:
    with _loading:  # once, however many threads ask first
        return _load(facts(language))


@cache
def _load(language: LanguageFacts) -> dict[str, int]:
    """{word: rank}, as ``_normal`` spells words, and {WORD: rank} without accents."""
    if language.wordfreq not in wordfreq.available_languages("small"):
        return {}
    words = wordfreq.top_n_list(language.wordfreq, LIST_WORDS, wordlist="small")
    ranks: dict[str, int] = {}
    for rank, word in enumerate(words, 1):
        normal, plain = _normal(word, language.code), bare(word)
        ranks.setdefault(normal, rank)
        if plain != normal:
            ranks.setdefault(plain.upper(), rank)
    return ranks
