"""Whether an article that was changed is a new version or had a slip put right."""

import re
from collections import Counter
from collections.abc import Iterable

from articles.text import ArticleText

WORD = re.compile(r"[^\W_]+")
# More than so many words, and than this share of them, make a new version.
FEW_WORDS = 5
SMALL_SHARE = 0.02
# Of a block's words that an edit changes: more make another block.
SMALL_EDIT = 0.25


def is_new_version(old: ArticleText, new: ArticleText) -> bool:
    """Whether the ArticleText new says other things than old, in its title or body.

    Case, punctuation, quotes and whitespace are no change. Words are counted, wherever
    they stand: a paragraph that moved is none either. A new text without a body is a
    page that failed, no version.
    """
    words = _words(new.body)
    if not words:
        return False
    if _letters(old.title) != _letters(new.title):
        return True
    return _differing(_words(old.body), words) > max(
        FEW_WORDS, SMALL_SHARE * len(words)
    )


def differing_share(old: str, new: str) -> float:
    """Which share of a block's words are others in its new version, 0 to 1."""
    before, after = _words(old), _words(new)
    return _differing(before, after) / max(len(before), len(after), 1)


def _words(text: str) -> list[str]:
    return WORD.findall(text.casefold())


def _letters(text: str) -> str:
    """Only these: whether "e-mail" is written in one word is no change."""
    return "".join(_words(text))


def _differing(old: Iterable[str], new: Iterable[str]) -> int:
    """How many words were put in, taken out or, counted once, replaced."""
    before, after = Counter(old), Counter(new)
    return max((before - after).total(), (after - before).total())
