"""More like this: recent articles that share an article's rarer lexemes.

Compared with the newest of its language only, so that a larger archive costs nothing.
"""

import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import chain
from math import log
from typing import TYPE_CHECKING

from articles.models import Article
from tokenization import listing, serving
from tokenization.lexemes import unpacked
from tokenization.listing import Wanted
from tokenization.serving import CardRow, IsKnown, Served
from zeeguu.base.ids import LARGEST_ID

if TYPE_CHECKING:
    from pyroaring import BitMap

    Sets = list[tuple[int, BitMap]]

# The newest articles of the language: 0.6 MB of sets.
WINDOW = 1000
MOST = 6
# A lexeme of more than a fifth of the articles tells nothing; so many are looked at.
COMMON, SAMPLE = 0.2, 100
# Fewer than that is no share.
FEW = 3
# Of the lexemes that two articles have together: one text in two versions, most likely.
SAME = 0.6
# What was found is kept for a while, for the articles that are read just now.
KEPT, KEPT_S = 2048, 600


def served(pk: int, is_known: IsKnown | None = None) -> Served[CardRow]:
    """Cards of listed articles like a listed one, the most alike first, MOST at most.

    None like an article that was never tokenized. Three queries at most, and one where
    ``like`` takes none. Raises Article.DoesNotExist.
    """
    like_it = like(pk)
    # What was kept may have been unlisted meanwhile, and so may the article itself.
    found = serving.cards([pk, *like_it])
    if not found or found[0].id != pk:
        raise Article.DoesNotExist(f"There is no article {pk}.")
    served = Served(found[1:])
    is_same = is_known is not None and is_known(served.version)
    return replace(served, is_known=is_same)


def like(pk: int) -> tuple[int, ...]:
    """The ids of articles like a listed one, the most alike first, MOST at most.

    Two queries, and none for what this process has found out in the last KEPT_S
    seconds. Raises Article.DoesNotExist.
    """
    if pk > LARGEST_ID:
        raise Article.DoesNotExist(f"There is no article {pk}.")
    try:
        return _kept(pk, int(time.monotonic() / KEPT_S))
    except _NoLexemes:
        return ()


class _NoLexemes(Exception):
    """Raised, so that nothing is kept: it may have some in a moment."""


def forget() -> None:
    """Find all out anew."""
    _kept.cache_clear()


@lru_cache(maxsize=KEPT)
def _kept(pk: int, _: int) -> tuple[int, ...]:
    """What ``like`` finds; it is another's in the next KEPT_S seconds."""
    columns = ("language", "lexemes")
    for language, lexemes in listing.read_by_id(columns, [pk]):
        if not lexemes:
            raise _NoLexemes
        wanted = Wanted(languages=(language,))
        recent = listing.read(("id", "lexemes"), wanted, WINDOW)
        others = [(other, packed) for other, packed in recent if other != pk]
        return tuple(nearest(lexemes, others, MOST))
    raise Article.DoesNotExist(f"There is no article {pk}.")


def nearest(
    lexemes: bytes, others: Sequence[tuple[int, bytes | None]], most: int
) -> list[int]:
    """The ids of those others that are most like what has these lexemes.

    Without those that are nearly the same, as it or as a nearer one. All sets are
    packed.
    """
    mine = unpacked(lexemes)
    sets = [(pk, unpacked(packed)) for pk, packed in others if packed]
    found: list[int] = []
    kept = [mine]
    for pk, one in _nearest_first(mine, sets):
        if all(one.jaccard_index(other) < SAME for other in kept):
            found.append(pk)
            kept.append(one)
        if len(found) == most:
            break
    return found


def _nearest_first(mine: "BitMap", sets: "Sets") -> Iterator[tuple[int, "BitMap"]]:
    """Those that share anything rarer, with what is shared counted by its rarity."""
    telling = mine - _common(mine, sets)
    shared = [telling & one for _, one in sets]
    number = Counter(chain.from_iterable(shared))
    weights = {one: log((len(sets) + 1) / times) ** 2 for one, times in number.items()}
    scores = [
        sum(map(weights.__getitem__, both)) / (len(one) + 50) ** 0.5
        for both, (_, one) in zip(shared, sets, strict=True)
    ]
    places = sorted(range(len(sets)), key=scores.__getitem__, reverse=True)
    return (sets[place] for place in places if scores[place] > 0)


def _common(mine: "BitMap", sets: "Sets") -> "BitMap":
    """Those of the lexemes that tell nothing, by a sample of the others."""
    sample = sets[:: max(1, len(sets) // SAMPLE)]
    number = Counter(chain.from_iterable(mine & one for _, one in sample))
    least = max(FEW, COMMON * len(sample))
    return type(mine)(one for one, times in number.items() if times > least)
