"""Phrases that tell unfit articles: which of them are in an article.

A phrase is words, never a user's regex, and its pattern goes back within one word at
most: no phrase can be slow.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import unquote

from articles.spelling import bare
from articles.text import ArticleText

# Notices stand at a text's ends; in between the words may mean anything.
END_WORDS = 300
WORD = re.compile(r"(?:[^\W_]|\*|(?<=\d)[.,](?=\d))+")
STEP = re.compile(r"(?:[^\W_]|\*|(?<=\d)[.,](?=\d))+|/")  # a word, or an edge
NOWHERE = re.compile("(?!)").search
BREAK = "\n"  # is no word: no phrase goes on across it
EDGE = "/"
# Between a title and its label: "Anzeige: …", "… | Anzeige", "[Anzeige] …", "(P) …".
TITLE_EDGE = re.compile(r"[:|•·()\[\]{}]|(?:^|\s)[-–—+*]+(?=\s|$)")


@dataclass(frozen=True)
class Rule:
    """An article with this phrase in this place is unfit, for this reason.

    where is "title", "category", "text" (the first and last END_WORDS words) or
    "address" (the path). phrase is plain text: its words, in any case, without regard
    to accents and with any punctuation between them, must follow each other there.
    ``*`` in a word stands for any letters and digits; a number such as 57.09 is a word.
    "/" before or behind it is an edge: of an address's segments ("video" is found in
    /a-video/ and /video, "/video/" in the second only), of a title's parts ("/anzeige/"
    is in "Anzeige: …", but not in "Anzeige gegen …"), of a paragraph or a category.
    """

    pk: int
    reason: str
    where: str
    phrase: str


def hits(
    rules: Iterable[Rule],
    text: ArticleText,
    url: str = "",
    categories: Sequence[str] = (),
) -> list[Rule]:
    """Return those of the rules whose phrase is in its place in an ArticleText."""
    path = STEP.findall(_plain(_path(url)))
    places = {
        ("title", False): _joined(_words(text.title)),
        ("title", True): _joined(_parts(TITLE_EDGE.split(text.title))),
        ("category", False): "".join(_joined(_words(name)) for name in categories),
        ("category", True): _joined(_parts(categories)),
        ("text", False): _joined(_ends(_words(text.body))),
        ("text", True): _joined(_ends(_parts(text.body.split(BREAK)))),
        ("address", False): _joined(path),
        ("address", True): _joined(path),
    }
    return [
        rule
        for rule in rules
        if _pattern(rule.phrase, rule.where)(places[rule.where, _has_edge(rule.phrase)])
    ]


def _has_edge(phrase: str) -> bool:
    return phrase.startswith("/") or phrase.endswith("/")


def _path(url: str) -> str:
    _, _, path = url.partition("//")[2].partition("/")
    return f"/{unquote(re.split('[?#]', path)[0])}/"


def _plain(text: str) -> str:
    return bare(text.replace("*", " "))


def _words(text: str) -> list[str]:
    return WORD.findall(_plain(text))


def _parts(texts: Iterable[str]) -> list[str]:
    """The words of several texts with an edge around each."""
    return [EDGE, *(step for text in texts for step in (*_words(text), EDGE))]


def _ends(words: list[str]) -> list[str]:
    if len(words) <= 2 * END_WORDS:
        return words
    return [*words[:END_WORDS], BREAK, *words[-END_WORDS:]]


def _joined(words: Iterable[str]) -> str:
    return f" {' '.join(words)} "


@lru_cache(maxsize=4096)
def _pattern(phrase: str, where: str) -> Callable[[str], re.Match[str] | None]:
    splitter = STEP if where == "address" or _has_edge(phrase) else WORD
    words = splitter.findall(bare(phrase))
    if not any(word.strip("*") for word in words):
        return NOWHERE
    return re.compile(_joined(map(_globbed, words))).search


def _globbed(word: str) -> str:
    """The regex of a word with stars; each part is looked for once (atomic groups)."""
    first, *parts = map(re.escape, word.split("*"))
    if not parts:
        return first
    *inner, last = parts
    return f"{first}{''.join(f'(?>[^ ]*?{part})' for part in inner)}[^ ]*{last}"
