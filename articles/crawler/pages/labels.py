"""Labels of lists of links, in any words: with its list gone, nothing is left to name.

Which text follows which is read before the lists are dropped, what is left afterwards.
"""

from collections.abc import Iterable, Iterator
from itertools import takewhile

from lxml.html import HtmlElement

HEADINGS = {"h2", "h3", "h4", "h5", "h6"}
LABELS = {"p", *HEADINGS}
PARTS = ("p", "li", "div", "section", "dt", "dd", "blockquote", "h1", *HEADINGS)
LABEL_CHARACTERS = 80
CARD_CHARACTERS = 300
LEAST_LINKS = 2
MOST_AFTER = 60
LINKED_SHARE = 0.5


# A label, and what follows it.
Labelled = tuple[HtmlElement, list[HtmlElement]]


def link_labels(tree: HtmlElement) -> Iterator[Labelled]:
    """Yield (label, what follows it) of an lxml tree of blocks, where links follow.

    What follows are links, and blocks with other text, up to the next heading.
    """
    parts = [one for one in tree.iter("a", *PARTS) if _says(one)]
    for place, part in enumerate(parts):
        if _is_label(part):
            after = parts[place + 1 : place + 1 + MOST_AFTER]
            after = list(takewhile(_is_no_heading, after))
            yield part, after


def orphans(tree: HtmlElement, labels: Iterable[Labelled]) -> Iterator[HtmlElement]:
    """Yield those of link_labels whose lists of links are no longer in the tree."""
    left = set(tree.iter("a", *PARTS))
    for label, after in labels:
        if label in left and _are_links(list(_gone(after, left))):
            yield label


def _gone(
    after: Iterable[HtmlElement], left: set[HtmlElement]
) -> Iterator[HtmlElement]:
    """The parts up to the first that is still a text; links alone are none."""
    for part in after:
        if part in left and not (part.tag == "a" and _is_alone(part)):
            return
        yield part


def _are_links(parts: Iterable[HtmlElement]) -> bool:
    """Whether parts are a list of links, perhaps with short texts beside them."""
    links = [len(_text(part)) for part in parts if part.tag == "a"]
    texts = [len(_own_text(part)) for part in parts if part.tag != "a"]
    if len(links) < LEAST_LINKS or max(texts, default=0) > CARD_CHARACTERS:
        return False
    return sum(links) >= LINKED_SHARE * (sum(links) + sum(texts))


def _is_label(part: HtmlElement) -> bool:
    """A heading, or a short line that is no sentence, without a link."""
    if part.tag not in LABELS or part.find(".//a") is not None or _in_card(part):
        return False
    text = _text(part)
    short = len(text) <= LABEL_CHARACTERS and not text.endswith(tuple('.!?…"»”“'))
    return short or part.tag in HEADINGS


def _is_no_heading(part: HtmlElement) -> bool:
    return part.tag not in HEADINGS or not _is_label(part)


def _in_card(part: HtmlElement) -> bool:
    return next(part.iterancestors("a", "li", "blockquote"), None) is not None


def _says(part: HtmlElement) -> bool:
    if part.tag == "a":
        return bool(part.get("href") and _text(part))
    return bool(_own_text(part))


def _own_text(part: HtmlElement) -> str:
    """The text of a block beside what is in the blocks and links inside it."""
    return " ".join(
        " ".join(filter(None, [part.text, *(child.tail for child in part)])).split()
    )


def _text(part: HtmlElement) -> str:
    return " ".join(part.text_content().split())


def _is_alone(link: HtmlElement) -> bool:
    around = link.getparent()
    return around is not None and len(around) == 1 and not _own_text(around)
