"""From a feed's titles and summaries, which may be HTML or not, to plain text."""

import re
from collections.abc import Set
from html import unescape

import nh3
from lxml import html
from lxml.etree import ParserError, _Element
from lxml.html import defs

from articles.text import clean

# Characters of markup that are looked at, of one element.
TITLE_MARKUP, SUMMARY_MARKUP = 5000, 50_000
# "<" that starts no tag, as in "a < b", "<3" or "x<y".
LESS_THAN = re.compile(r"<(?![/!?]|[a-z][^<>]*[>=])", re.IGNORECASE)
# Elements inside which a word goes on; it ends at the edges of all others.
INLINE = {
    "a",
    "abbr",
    "b",
    "bdi",
    "big",
    "cite",
    "code",
    "del",
    "em",
    "font",
    "i",
    "ins",
    "mark",
    "q",
    "s",
    "small",
    "span",
    "strong",
    "sub",
    "sup",
    "u",
    "wbr",
}
HIDDEN = {"script", "style"}
KEPT = INLINE | HIDDEN
TAG = re.compile(r"</?([a-z][^\s/<>]*)", re.IGNORECASE)
WHOLE_TAG = re.compile(r"<(/?)([a-z][^\s/<>]*)([^<>]*)>", re.IGNORECASE)
# Whose end nobody writes, and all elements there are.
ENDLESS = {"br", "hr", "wbr"}
ELEMENTS = defs.tags | {"main", "picture", "search", "slot", "svg", "template"}
# All that a title is where somebody's template had nothing to put in: references to
# entities that nobody knows, and dots.
NO_TITLE = re.compile(r"(?:&\w{1,32};|[\s.…–—-])*")


def plain(markup: str | None, most: int = SUMMARY_MARKUP) -> str:
    """The text of a summary or name that may be HTML, escaped once or twice.

    Only the first characters of the markup, as many as most, are looked at.
    """
    return _plain(markup, most, ELEMENTS)


def plain_title(markup: str | None) -> str:
    """The text of a title that may be HTML or not, as RSS leaves it open.

    A tag is one where it ends (<b>…</b>), has an attribute, or needs no end, as <br>
    does. All others are what the title is about: "Das <table>-Element", "vector<int>".
    """
    return title(_plain(markup, TITLE_MARKUP, ENDLESS))


def title(text: str | None) -> str:
    """A clean title, or "" where the text is none."""
    text = clean((text or "")[:TITLE_MARKUP])
    return "" if NO_TITLE.fullmatch(text) else text


def _plain(markup: str | None, most: int, known: Set[str]) -> str:
    markup = (markup or "")[:most]
    if "<" not in markup and "&" not in markup:
        return clean(markup)
    markup = LESS_THAN.sub("&lt;", clean(unescape(markup)))
    markup = _without_false_tags(markup, known)
    safe = nh3.clean(
        TAG.sub(_apart, markup),
        tags=INLINE,
        clean_content_tags=HIDDEN,
        attributes={},
        link_rel=None,
    )
    try:
        tree = html.fromstring(f"<div>{safe}</div>")
    except (ParserError, ValueError):
        return clean(markup)
    return joined(tree, INLINE)


def _without_false_tags(markup: str, known: Set[str]) -> str:
    """Escape what looks like a tag and is text: never ended, and not known as one."""
    tags = WHOLE_TAG.findall(markup)
    ended = {name.lower() for slash, name, _ in tags if slash}

    def escaped(match: re.Match[str]) -> str:
        name, rest = match[2].lower(), match[3]
        is_tag = match[1] or name in ended or name in known or ":" in name
        is_paragraph = name == "p" and match.start() == 0
        if is_tag or is_paragraph or "=" in rest:
            return match[0]
        return f"&lt;{match[0][1:]}"

    return WHOLE_TAG.sub(escaped, markup)


def _apart(match: re.Match[str]) -> str:
    """A tag that ends a word becomes a space, and an element that holds nothing.

    nh3 takes minutes over some thousands of lists, one inside the other.
    """
    return match[0] if match[1].lower() in KEPT else " <wbr"


def joined(tree: _Element, inline: Set[str]) -> str:
    """The clean text of an element; only elements named in inline don't end a word."""
    for element in tree.iter("*"):
        if element.tag not in inline:
            element.text = f" {element.text or ''}"
            element.tail = f" {element.tail or ''}"
    return clean("".join(tree.itertext()))
