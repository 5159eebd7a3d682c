"""Boxes of a page that are no part of its article, by their place and their shape.

Words only say where such a box may begin; its size and its links say whether it is one.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from itertools import islice

from lxml.html import HtmlElement

from articles.crawler.pages import notices
from articles.spelling import unaccented

# Elements and roles for what stands beside a page's text, or over it.
PLACES = ("aside", "dialog", "footer", "nav")
ROLES = {
    "alertdialog",
    "complementary",
    "contentinfo",
    "dialog",
    "navigation",
    "search",
}
BOXES = ("div", "section", "ul", "ol")
HEADINGS = ("h2", "h3", "h4", "h5", "h6")
# A short label, and its mark, before a link that is all the rest of a paragraph.
POINTER = re.compile(r"\S[^.!?]{0,30}\s*[:»>→|]\s*")
# With a dash, it is one before a headline only: "Paris – Le Monde" is none.
DASHED_POINTER = re.compile(r"\S[^.!?]{0,30}\s*[–—-]\s*")
HEADLINE_WORDS = 4
# Where links lead that sell or ask for something.
ACTION = re.compile(
    r"subscri|newsletter|\babo(s|nn?\w*)?\b|donat|spende|suscri|assin(e|atura)|abbona|"
    r"prenumer|abonament|abonnement|elofizet|support-?us|soutenir|apoy|sosteni|steun|"
    r"st[øo]tt?|wesprzyj|tamoga|sustine|podderzh|(sign|log)-?(in|up)\b|regist",
    re.IGNORECASE,
)
LABEL_CHARACTERS = 80
CARD_CHARACTERS = 300
BOX_CHARACTERS = 600
MOST_LABELS = 50
MOST_AFTER = 20  # blocks behind a label at a text's end
LEAST_CARDS = 3
LINKED_SHARE = 0.5


# How much text an element has.
Length = Callable[[HtmlElement], int]


def drop_beside(tree: HtmlElement, length: Length) -> None:
    """Take out what stands in places for other things; length measures texts.

    A page that puts most of its text into such a place means nothing by it.
    """
    whole = length(tree)
    marked = [one for one in tree.iterfind(".//*[@role]") if one.get("role") in ROLES]
    modal = tree.iterfind(".//*[@aria-modal='true']")
    for element in [*tree.iter(*PLACES), *marked, *modal]:
        if element.getparent() is not None:
            if whole and 2 * length(element) > whole:
                element.tag = "div"
            else:
                element.drop_tree()


def boxes(tree: HtmlElement, length: Length) -> Iterator[HtmlElement]:
    """Yield blocks of an lxml tree of blocks that lead away from its article."""
    whole = length(tree)
    labels = filter(_is_label, tree.iter("p", "div", *HEADINGS))
    for label in list(islice(labels, MOST_LABELS)):
        yield from _section(label, whole, length)
    for box in list(tree.iter(*BOXES)):
        if len(box) >= LEAST_CARDS and 4 * length(box) <= whole and _is_card_list(box):
            yield box
    for block in list(tree.iter("p", *HEADINGS)):
        if _is_pointer(block):
            yield block
    for form in tree.xpath("//form[.//input[@type='email' or @name='email']]"):
        yield from _box_around(form, whole, length)
    for link in list(tree.iter("a")):
        if ACTION.search(link.get("href", "")) and _is_alone(link):
            yield from _box_around(link, whole, length)


def unlink(tree: HtmlElement) -> None:
    """Unwrap links that are words of a text: trafilatura drops short texts with two."""
    for block in tree.iter("p", "li", "dd", "blockquote"):
        links = list(block.iter("a"))
        told = sum(len(_text(link)) for link in links)
        if links and told < LINKED_SHARE * len(_text(block)):
            for link in links:
                link.drop_tag()


def _text(element: HtmlElement) -> str:
    return " ".join(element.text_content().split())


def _is_label(block: HtmlElement) -> bool:
    if len(block) > 1 or (len(block) and block[0].tag != "a"):
        return False
    text = _text(block)
    ends = " :»>→|" if block.tag in {"p", "div"} else " :»>→|.!?…"
    return len(text) <= LABEL_CHARACTERS and bool(
        notices.label().fullmatch(unaccented(text).strip(ends))
    )


def _section(label: HtmlElement, whole: int, length: Length) -> Iterator[HtmlElement]:
    """The label's own box, or it and what follows where that is no article's text."""
    text, box = _text(label), label
    for around in label.iterancestors(*BOXES):
        if 4 * length(around) > whole or not _text(around).startswith(text):
            break
        box = around
    after = list(islice(box.itersiblings(), MOST_AFTER + 1))
    if box is not label:
        yield box
    elif (
        len(after) <= MOST_AFTER
        and _is_short(after)
        and 4 * sum(map(length, after)) <= whole
    ):
        yield from [label, *after]
    elif after[0].tag not in {"p", "blockquote"} and _is_short(after[:1]):
        yield from [label, after[0]]


def _is_short(blocks: Iterable[HtmlElement]) -> bool:
    return all(len(_text(block)) <= CARD_CHARACTERS for block in blocks)


def _is_card_list(box: HtmlElement) -> bool:
    """Whether all that a box holds are short texts that links lead on from."""
    cards = [child for child in box if _text(child)]
    if len(cards) > LEAST_CARDS and cards[0].tag in HEADINGS:
        del cards[0]
    return len(cards) >= LEAST_CARDS and all(map(_is_card, cards))


def _is_card(element: HtmlElement) -> bool:
    """Whether a link leads on that is a line of its own, or most of a text."""
    text = _text(element)
    linked = [link for link in element.iter("a") if link.get("href") and _text(link)]
    if not linked or len(text) > CARD_CHARACTERS:
        return False
    share = sum(len(_text(link)) for link in linked) / len(text)
    return share >= LINKED_SHARE or _is_alone(linked[0])


def _is_pointer(block: HtmlElement) -> bool:
    """Whether a label and a link are all of a block, such as MORE: Some headline."""
    links = block.findall("a")
    if len(links) != 1 or (links[0].tail or "").strip():
        return False
    label = block.text or ""
    if len(_text(links[0]).split()) >= HEADLINE_WORDS:
        return bool(POINTER.fullmatch(label) or DASHED_POINTER.fullmatch(label))
    return bool(POINTER.fullmatch(label))


def _is_alone(link: HtmlElement) -> bool:
    block = link.getparent()
    return block is not None and _text(block) == _text(link) != ""


def _box_around(link: HtmlElement, whole: int, length: Length) -> Iterator[HtmlElement]:
    """The widest box around a link or form that is as short as an offer."""
    box = None
    for around in link.iterancestors(*BOXES):
        if len(_text(around)) > BOX_CHARACTERS or 4 * length(around) > whole:
            break
        box = around
    if box is not None:
        yield box
