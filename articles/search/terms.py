"""A text as the terms that it is found by: plain ASCII, which no engine changes.

SQLite and MariaDB cut words in their own ways, leave short and frequent ones out, and
fold cases as their collations say. They get what leaves them nothing to decide: each
word is one term of letters and digits, of three characters at least. None has a
capital: MySQL makes them small where it makes an index of rows that are there, and does
not find them then.
"""

import re
import unicodedata
from base64 import b32encode
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b

from articles.text import ArticleText

# Whoever changes what terms a text has raises it: rows made before are then stale.
VERSION = 2
# Words of a text, and letters of one that still count.
MOST_WORDS, LONGEST = 20_000, 30
# C++ and C#, letters and digits, pictures: one sort to a branch.
WORD = re.compile(
    r"[^\W_]{1,2}[+#]{1,2}(?![^\W_])|[^\W_]+"
    "|[\u2600-\u27bf\U0001f1e6-\U0001f1ff\U0001f300-\U0001faff]"
)
MARKS = re.compile("[\u0300-\u036f]+")
# Letters that no accent makes, as people type them who don't have them.
PLAIN = str.maketrans(
    {"æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"}
)
# Before a word of the text, and of the title; a digit follows, see ``code``.
TEXT, TITLE = "w", "t"


def fold(text: str) -> str:
    """Text in one case and without accents, which not everybody types.

    A Cyrillic letter that only looks accented is another letter, and stays.
    """
    text = unicodedata.normalize("NFD", text.casefold())
    text = text.replace("и\u0306", "й")
    return MARKS.sub("", text).translate(PLAIN)


def words(text: str) -> list[str]:
    """The words of a text, folded, in order; so many at most."""
    found = (match[0] for match in WORD.finditer(fold(text)))
    return [word for _, word in zip(range(MOST_WORDS), found, strict=False)]


def plain(word: str) -> str:
    """The word without its signs: the c of c++."""
    return word.rstrip("+#")


@lru_cache(maxsize=50_000)
def code(word: str) -> str:
    """The word in letters and digits: 0 and itself, or 1 and a hash of 40 bits."""
    if word.isascii() and word.isalnum() and len(word) <= LONGEST:
        return f"0{word}"
    digest = blake2b(word.encode(), digest_size=5).digest()
    return f"1{b32encode(digest).decode().lower()}"


def tag(language: str) -> str:
    """What all terms of a language begin with: those of others are never looked at."""
    return language.replace("-", "").lower()


def term(word: str, language: str, place: str = TEXT) -> str:
    """A folded word as a term of a text in that language; of three characters and more.

    language may also be a sign that stands for one, see ``query``.
    """
    return f"{tag(language)}{place}{code(word)}"


@dataclass(frozen=True, slots=True)
class Terms:
    """The terms of an article, each column with blanks around every term.

    ``language`` is the tag that they begin with. ``title`` has words and lemmas of the
    title, ``body`` the words of the whole text in order, ``lemmas`` those of its words
    that are not among these.
    """

    language: str
    title: str
    body: str
    lemmas: str


def terms_of(
    text: ArticleText,
    language: str,
    title_lemmas: Iterable[str] = (),
    lemmas: Iterable[str] = (),
) -> Terms:
    """The Terms of a text in that language; the lemmas are those of its tokens."""
    title = words(text.title)
    body = words("\n".join([text.title, *_told_once(text)]))
    in_title = dict.fromkeys([*title, *_others(title, title_lemmas)])
    return Terms(
        tag(language),
        _joined(language, in_title, TITLE),
        _joined(language, body),
        _joined(language, _others(body, [*title_lemmas, *lemmas])),
    )


def _told_once(text: ArticleText) -> Iterator[str]:
    """Summary and body; most summaries are the body's beginning."""
    if text.summary.rstrip(" ….") not in text.body:
        yield text.summary
    yield text.body


def _others(known: list[str], lemmas: Iterable[str]) -> list[str]:
    """Lemmas, and words without their signs, that are not among the words."""
    folded = (word for lemma in dict.fromkeys(lemmas) for word in words(lemma))
    found = dict.fromkeys([*folded, *map(plain, known)])
    return [word for word in found if word not in set(known)]


def _joined(language: str, found: Iterable[str], place: str = TEXT) -> str:
    return f" {' '.join(term(word, language, place) for word in found)} "
