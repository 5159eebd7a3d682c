"""Texts that are nearly the same, such as an agency's in two papers: simhashes.

Charikar, "Similarity estimation techniques from rounding algorithms" (2002); used
for web pages by Manku, Jain and Das Sarma, "Detecting near-duplicates for web
crawling" (2007).
"""

import re
from collections.abc import Iterable
from hashlib import blake2b

import numpy as np
from simhash import Simhash

from articles.text import ArticleText

WORD = re.compile(r"\w+")
# Pairs of words. Of single words articles on the same event share too many; in
# triples an edited word changes three.
SHINGLE = 2
MIN_WORDS = 30
# Of 64. Texts that have nothing in common differ in 32, give or take 4: one among
# 2,000 is as near as this by chance once in 2,200 times, among 20,000 once in 220; two
# bits more would make that once in 14. Of texts of 250 words or more with another
# headline all are this near, with a paragraph less 94 %, with 5 % of the words edited
# 9 in 10, with 10 % 6 in 10.
MOST_DIFFERENT_BITS = 12


def fingerprint(text: ArticleText) -> int | None:
    """Return the simhash of an ArticleText's title and body, or None of a short one.

    A signed 64-bit integer, so that a BigIntegerField holds it.
    """
    words = WORD.findall(f"{text.title}\n{text.body}".casefold())
    if len(words) < MIN_WORDS:
        return None
    starts = range(len(words) - SHINGLE + 1)
    shingles = [" ".join(words[start : start + SHINGLE]) for start in starts]
    unsigned: int = Simhash(shingles, hashfunc=_hash).value
    return unsigned - 2**64 if unsigned >= 2**63 else unsigned


def nearest(fingerprint: int, known: Iterable[tuple[int, int]]) -> int | None:
    """Return the pk of the nearest near-duplicate among known, or None.

    known holds (pk, fingerprint) pairs.
    """
    known = list(known)
    if not known:
        return None
    others = np.fromiter((other for _, other in known), np.int64, len(known))
    # Of negative numbers bitwise_count would count the magnitude's bits.
    bits = np.bitwise_count((others ^ fingerprint).view(np.uint64))
    best = int(bits.argmin())
    return known[best][0] if bits[best] <= MOST_DIFFERENT_BITS else None


def _hash(shingle: bytes) -> bytes:
    return blake2b(shingle, digest_size=8).digest()
