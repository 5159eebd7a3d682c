"""A page's tree as blocks of plain text, so that no word between its marks is lost.

Extractors read paragraphs. Pages leave those out, and have markup inside lines: each
run of loose text becomes a paragraph here, and what stands inside lines is unwrapped.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from lxml.etree import XPath, strip_tags
from lxml.html import Element, HtmlElement

from articles.crawler.pages.initials import join_initial
from articles.crawler.pages.notices import dated
from articles.spelling import unaccented
from articles.text import clean

HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6", "summary"}
# They keep a text that is whole; in other blocks it gets a paragraph of its own.
TEXTS = {"blockquote", "dd", "dt", "li", "p"}
DIVISIONS = {
    "address",
    "article",
    "body",
    "center",
    "details",
    "div",
    "fieldset",
    "form",
    "header",
    "hgroup",
    "main",
    "pre",
    "search",
    "section",
}
# Of lists and tables, or dropped by trafilatura unless they hold nearly all.
OTHERS = {
    "aside",
    "caption",
    "col",
    "colgroup",
    "dialog",
    "dl",
    "figcaption",
    "figure",
    "footer",
    "head",
    "audio",
    "video",
    "picture",
    "hr",
    "html",
    "legend",
    "menu",
    "nav",
    "noscript",
    "ol",
    "optgroup",
    "option",
    "table",
    "tbody",
    "td",
    "tfoot",
    "th",
    "thead",
    "tr",
    "ul",
}
# HTML, section 15.3, says what is set as a block; all else is inside a line.
BLOCK = HEADINGS | TEXTS | DIVISIONS | OTHERS
# Alone in a block they are furniture, amid a text they are words of it.
CONTROLS = ("button", "label", "meter", "output", "progress", "time")
# What a label with a colon names, not what is to be pressed.
VALUES = {"output", "time"}
BESIDE_CONTROLS = XPath(
    f".//text()[not({' or '.join(f'ancestor::{name}' for name in CONTROLS)})]"
)
DISPLAYED = re.compile(r"\bdisplay\s*:\s*(block|flex|grid|list-item|table)\b", re.I)
# Two words with the end of a sentence, or more before what they announce.
SENTENCE = re.compile(
    r"\S+ (?:.*\S)?[.!?…][\s\"'»«”“’)\]]*|\S+ \S+ \S+ .*\S[:;]",
)
SENTENCE_WORDS = 5
# Up to three words that end otherwise, such as "Topics:" and "Paris -".
LABEL = re.compile(r"(?:(?:\S+ ){0,2}\S*[^\s.!?…\"'»«”“’)\]])?")
NOTHING = re.compile("")
BARE_ITEMS = (
    "//*[self::li or self::dt or self::dd]"
    "[not(parent::ul or parent::ol or parent::dl or parent::menu)]"
)
PICTURE = XPath("(.//img|.//video)[not(ancestor::figure)]")
CAPTION_CHARACTERS = 600
BOX_CHARACTERS = 100
BOX_BLOCKS = 8
SENTENCE_CHARACTERS = 80
LAYOUT_CHARACTERS = 300


Elements = set[HtmlElement]


@dataclass(frozen=True)
class Page:
    """What is known of a tree: its links and paragraphs that hold blocks, the captions
    of its figures, and the blocks that have controls inside."""

    wide: Elements
    paragraphs: Elements
    captions: set[str]
    controlled: set[HtmlElement | None]
    language: str


def to_blocks(tree: HtmlElement, language: str = "") -> None:
    """Turn a page's lxml tree, in place, into blocks that hold text and links only.

    language is the page's two-letter code, or "".
    """
    strip_tags(tree, "wbr")  # is no container, though libxml2 takes it for one
    _open_tables(tree)
    wide, paragraphs = _open_containers(tree)
    page = Page(
        wide=wide,
        paragraphs=paragraphs,
        captions={clean(one.text_content()) for one in tree.iter("figcaption")},
        controlled={_block_of(control) for control in tree.iter(*CONTROLS)},
        language=language,
    )
    for element in [*tree.iter(*TEXTS, *DIVISIONS), *page.wide]:
        _part(element, page)
    for element in list(tree.iter(*HEADINGS)):
        _unblock(element)
    for item in tree.xpath(BARE_ITEMS):
        _enlist(item)
    for line_break in tree.iter("br"):
        line_break.tail = f" {line_break.tail or ''}"
    kept = BLOCK | {"a", "input", "script"}
    strip_tags(tree, *({str(element.tag) for element in tree.iter("*")} - kept))


def _block_of(element: HtmlElement) -> HtmlElement | None:
    return next((one for one in element.iterancestors() if one.tag in BLOCK), None)


def _open_tables(tree: HtmlElement) -> None:
    """Tables that only set a page's text in columns are no tables."""
    for table in list(tree.iter("table")):
        length = len(table.text_content())
        cells = [len(cell.text_content()) for cell in table.iter("td")]
        said = table.get("role") in {"none", "presentation"}
        if said or max(cells, default=0) > max(length / 2, LAYOUT_CHARACTERS):
            for part in table.iter("table", "tbody", "tr", "td"):
                part.tag = "div"


def _open_containers(tree: HtmlElement) -> tuple[Elements, Elements]:
    """Make elements that hold blocks such; return the links among them, and those
    that were paragraphs."""
    wide: set[HtmlElement] = set()
    paragraphs: set[HtmlElement] = set()
    for element in tree.xpath("/html/body//*[contains(@style, 'display')]"):
        if element.tag not in BLOCK and DISPLAYED.search(element.get("style", "")):
            element.tag = "div"
    for element in list(tree.iter(*BLOCK)):
        for around in list(element.iterancestors()):
            if around.tag in BLOCK and around.tag != "p":
                break
            if around.tag == "a":
                wide.add(around)
            elif around.tag == "p" or not (around.text or "").strip():
                paragraphs.update({around} if around.tag == "p" else ())
                around.tag = "div"
            else:
                around.drop_tag()  # its text goes on in the line before it
    return wide, paragraphs


def _part(element: HtmlElement, page: Page) -> None:
    """Give each run of text in a block its own paragraph, where it is not alone."""
    blocks = {child for child in element if child.tag in BLOCK or child in page.wide}
    if len(blocks) == len(element) and not _is_loose(element):
        return
    join_initial(element, page.language)
    if not blocks and element.tag in TEXTS and element.find("br") is None:
        if element in page.controlled:
            _drop_controls(element, str(element.tag))
        _name_after(element, element)
        return
    pieces = list(_pieces(element, blocks))
    for run in pieces if element in page.controlled else ():
        _drop_controls(run, str(element.tag))
    if len(pieces) == 1 and element.tag in TEXTS:
        element.text, element[:] = pieces[0].text, list(pieces[0])
        return
    element.text = None
    element[:] = [piece for piece in pieces if piece in blocks or _is_shown(piece)]
    for run in set(element) - blocks:
        _name_after(run, run)
        said = element.tag in TEXTS or bool(
            {element, element.getparent()} & page.paragraphs
        )
        if not (said or _is_text(run, page.captions)):
            run.tag = "div"  # extractors take no text from it
    if element.tag == "p":
        element.tag = "div"


def _pieces(element: HtmlElement, blocks: Elements) -> Iterator[HtmlElement]:
    """A block's blocks, and a new element for each run of what is between them.

    Two line breaks part runs, as readers see it.
    """
    run, breaks = _new_run(element.text), 0
    for child in list(element):
        tail, child.tail = child.tail, None
        if child in blocks:
            yield run
            yield child
            run, breaks = _new_run(tail), 0
            continue
        is_break = child.tag == "br"
        breaks = breaks + 1 if is_break else 0 if _has_text(child) else breaks
        if is_break and breaks > 1:
            yield run
            run, breaks = _new_run(tail), 0
        else:
            run.append(child)
            child.tail = tail
        breaks = 0 if (tail or "").strip() else breaks
    yield run


def _new_run(text: str | None) -> HtmlElement:
    run = Element("p")
    run.text = text
    return run


def _has_text(element: HtmlElement) -> bool:
    return bool(element.text_content().strip())


def _is_shown(run: HtmlElement) -> bool:
    return _has_text(run) or run.find(".//input") is not None or bool(PICTURE(run))


def _is_text(run: HtmlElement, captions: set[str]) -> bool:
    """Whether a run reads like a paragraph: most lone lines of pages are labels."""
    text = clean(run.text_content())
    beside = run.getnext() is not None or run.getprevious() is not None
    around = run.getparent()
    is_heading = around is not None and around.get("role") == "heading"
    if is_heading or any(text in caption for caption in captions):
        return False
    if not _is_loose(run):
        bold = next(run.iter("b", "strong"), None) is not None
        long = text.count(" ") + 1 >= SENTENCE_WORDS and SENTENCE.fullmatch(text)
        said = (beside and bold) or bool(long) or len(text) >= SENTENCE_CHARACTERS
    elif beside:
        said = not (LABEL.fullmatch(text) and text.endswith(":"))
    else:
        said = bool(SENTENCE.fullmatch(text))
    return said and not _is_caption(run, len(text))


def _drop_controls(run: HtmlElement, block: str) -> None:
    """Take out buttons, times and the like, unless they are words of a sentence."""
    label = NOTHING if block == "li" else LABEL
    controls = [one for one in run.iter(*CONTROLS) if not _inside_control(one)]
    beside = clean("".join(BESIDE_CONTROLS(run)))
    if controls and dated().fullmatch(unaccented(beside)):
        run.text, run[:] = None, []
    elif controls and label.fullmatch(beside) and not _is_value(run, controls[0]):
        for control in controls:
            control.drop_tree()


def _is_value(run: HtmlElement, control: HtmlElement) -> bool:
    """Whether a control is what a label with a colon names: "Doors: 6 pm"."""
    value = control.text_content()
    if control.tag not in VALUES or not value.strip():
        return False
    return run.text_content().partition(value)[0].rstrip().endswith(":")


def _inside_control(element: HtmlElement) -> bool:
    return next(element.iterancestors(*CONTROLS), None) is not None


def _name_after(run: HtmlElement, block: HtmlElement) -> None:
    """A block whose text is all in elements is what their classes say it is."""
    if not _is_loose(run):
        names = [block.get("class"), *(child.get("class") for child in run)]
        if name := " ".join(filter(None, names)):
            block.set("class", name)


def _is_loose(run: HtmlElement) -> bool:
    texts = [run.text, *(child.tail for child in run)]
    return any(text and not text.isspace() for text in texts)


def _is_caption(run: HtmlElement, length: int) -> bool:
    """Whether a line stands in a box with a picture, and with little more than that."""
    if length > CAPTION_CHARACTERS:
        return False
    for around in run.iterancestors("div", "section", "article", "a"):
        if len(around) > BOX_BLOCKS:
            return False
        if len(around.text_content()) > 2 * length + BOX_CHARACTERS:
            return False
        if PICTURE(around):
            return True
    return False


def _enlist(item: HtmlElement) -> None:
    """An item outside of a list is one all the same."""
    around = Element("ul")
    item.addprevious(around)  # before its tail, of which no text is left by now
    around.append(item)
    item.tag = "li"


def _unblock(heading: HtmlElement) -> None:
    """A heading is one text, whatever it is made of."""
    for element in heading.iterdescendants(*BLOCK):
        element.tag = "span"
        element.text = f" {element.text or ''}"
        element.tail = f" {element.tail or ''}"
