"""Whether a line of a page is about a time in it: a byline, and no event or prose."""

import re
from collections.abc import Iterator
from itertools import takewhile

from lxml.html import HtmlElement

from articles.text import clean

HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}
CELLS = {"dt", "dd", "td", "th"}
BLOCKS = (
    "p",
    "div",
    "li",
    "header",
    "section",
    "article",
    "main",
    "body",
    *sorted(CELLS | HEADINGS),
)
# Of a line: what is in it is read on.
INLINE = {"a", "abbr", "b", "bdi", "cite", "em", "font", "i", "small", "span", "strong"}
# Small letters and two more words behind a time are a sentence that goes on, but for
# who wrote the article and the hour.
GOES_ON = re.compile(
    r"\s*(?!(?:by|von|af|av|par|por|di|da|de|door|przez|от|από|uhr|kl|at|um|min)\b)"
    r"(?P<first>[^\W\d_])\w*(?:\s+[\w’'-]+){2}"
)
LETTER = re.compile(r"[^\W\d_]")
ABBREVIATED = re.compile(r"\d ?[^\W\d_]{1,4}\.$")  # 5 Min.
BYLINE = 120  # characters: a longer line is prose


def is_line_of(line: HtmlElement, time: HtmlElement, named: bool) -> bool:
    """Whether a line, the block around a time, may be a byline.

    named is whether its names are of dates: cells and items of lists may then have
    more words.
    """
    before = "".join(reversed([*_words_from(time, line, backward=True)]))
    after = "".join(_words_from(time, line))
    if line.tag in HEADINGS:
        return not LETTER.search(before + after)
    if line.tag in CELLS and not named:
        return False
    if line.tag == "li" and not named and LETTER.search(after):
        return False
    goes_on = GOES_ON.match(after)
    if goes_on and goes_on["first"].islower():
        return False
    return not _is_sentence(_whole(line, time) or f"{before} {after}")


def _whole(line: HtmlElement, time: HtmlElement) -> str:
    """A paragraph or item without the time ("p.m." ends no sentence), or ""."""
    if line.tag not in {"p", "li"}:
        return ""
    return line.text_content().replace(time.text_content(), " ", 1)


def _words_from(
    time: HtmlElement, line: HtmlElement, backward: bool = False
) -> Iterator[str]:
    """The texts behind or before a time, to the end of what is one line with it."""
    for box in takewhile(lambda one: one is not line, (time, *time.iterancestors())):
        if not backward:
            yield box.tail or ""
        for one in box.itersiblings(preceding=backward):
            tail = one.tail or ""
            if one.tag not in INLINE:
                yield tail if backward else ""
                return
            content = one.text_content()
            yield from (tail, content) if backward else (content, tail)
        if backward:
            around = box.getparent()
            yield (around.text or "") if around is not None else ""


def _is_sentence(text: str) -> bool:
    text = clean(text)
    if not LETTER.search(text):
        return False
    ends = text.endswith((".", "!", "?", "…")) and not ABBREVIATED.search(text)
    return len(text) > BYLINE or ends
