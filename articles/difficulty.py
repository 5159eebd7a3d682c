"""How hard an article is to read for a learner, from its words and sentences."""

import re
import unicodedata
from dataclasses import dataclass
from itertools import chain

from articles.languages import facts
from articles.ranks import ranks_of
from articles.text import ArticleText

FREQUENT = 5_000
# The least score of each band, hardest first.
BANDS = ((1.3, "C2"), (1.1, "C1"), (0.92, "B2"), (0.75, "B1"), (0.6, "A2"), (0, "A1"))

APOSTROPHE = re.compile("['’‘ʼ]")
TOKEN = re.compile(r"[^\W_]+(?:['’‘ʼ][^\W_]+)*|[.!?…:]")
SENTENCE_END = re.compile(r"[.!?…][\"'»«”“’)\]]*\s+(?=(.))")


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
    if typical is None or not ranks_of(language):
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
    ranks = ranks_of(language)
    # "l'année" is in no list, "l" and "année" are.
    whole = ranks.of(word, language)
    parts = APOSTROPHE.split(word) if whole is None else [word]
    known = (ranks.of(part, language) for part in parts)
    if all(rank is not None and rank <= FREQUENT for rank in known):
        return False
    capital = whole is None and parts[-1][:1].isupper()
    is_name = capital and not starts and not facts(language).nouns_have_capitals
    return None if is_name else True


def _sentences(paragraph: str) -> int:
    """How many; a dot before a small letter or a digit is an abbreviation's."""
    following = SENTENCE_END.findall(paragraph.strip())
    return 1 + sum(not (char.islower() or char.isdigit()) for char in following)
