"""Terms for MySQL's index alone, that keep its answers small.

It gives what has most of a word first, knows no order by age, and reads whole texts to
see whether words stand next to each other. So each article also has a term for when it
was stored, and one for each two words that follow each other.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from zlib import crc32

from articles.search.terms import tag

# Articles that were stored one after the other, and have one term for that.
ERA = 4096
# Two words are one of so many terms; what else has the same is told by its text.
PAIRS = 1 << 20
# A word's term has a digit behind its mark, and no language begins with one.
PAIR_MARK, ERA_MARK = "p", "1e"
LETTERS = "abcdefghijklmnopqrstuvwxyz234567"
COUPLES = [first + second for first in LETTERS for second in LETTERS]


def hints(article_id: int, language: str, terms: Sequence[str]) -> str:
    """The hints of an article with these terms in its text, a blank behind each."""
    found = dict.fromkeys([era(article_id), *pairs(language, terms)])
    return f"{' '.join(found)} "


def era(article_id: int) -> str:
    """The term of when an article was stored."""
    return f"{ERA_MARK}{article_id // ERA}"


def eras(first_id: int, end_id: int) -> Iterator[str]:
    """The terms of the articles from one id to the one before another."""
    numbers = range(max(0, first_id), max(0, end_id - 1) + 1, ERA)
    return (era(number) for number in numbers)


def pairs(language: str, terms: Sequence[str]) -> Iterator[str]:
    """A term for each two of a language's that follow each other."""
    start = f"{tag(language)}{PAIR_MARK}"
    for couple in pairwise(terms):
        high, low = divmod(crc32(" ".join(couple).encode()) % PAIRS, len(COUPLES))
        yield f"{start}{COUPLES[high]}{COUPLES[low]}"
