"""What a page's readers never see, by its markup: taken out before anything is read."""

import re
from collections.abc import Iterator

from lxml.etree import strip_elements
from lxml.html import HtmlElement

from articles.crawler.pages.boilerplate import paragraphs_length
from articles.crawler.pages.sight import is_named_hidden, is_out_of_sight

# No text of the page's own, or one that is shown only where something does not work.
UNSEEN = (
    "audio",
    "canvas",
    "datalist",
    "embed",
    "iframe",
    "map",
    "noscript",
    "object",
    "option",
    "rp",
    "rt",
    "rtc",
    "select",
    "style",
    "svg",
    "template",
    "textarea",
    "annotation",
    "annotation-xml",
)
DATA = "data-script"
# What a style says of an element that is displayed, and needs to be known later.
SHOWN = re.compile(r"\bdisplay\s*:\s*(?:block|flex|grid|list-item|table)\b", re.I)
COMMENT = re.compile(r"/\*.*?\*/")
# Class names for what is read out loud only: sr-only, visually-hidden and their like.
ONLY_HEARD = re.compile(
    r"(?:^|\s)(?!not-)(?:[a-z0-9]+[-_]+)*?"
    r"(?:sr-?only|visually-?hidden|screen-?reader(?:-?(?:text|only))?|"
    r"a11y-?(?:hidden|only|text)|element-invisible|offscreen)"
    r"(?:-?focusable)?(?:[-_]{1,2}[a-z0-9]+)*(?=\s|$)",
    re.IGNORECASE,
)


def drop_unseen(tree: HtmlElement) -> None:
    """Take what is not displayed out of a page's lxml tree, in place."""
    for template in tree.iter("template"):
        if template.get("shadowrootmode"):
            template.tag = "div"  # declares what its parent shows
    for script in tree.iter("script"):
        if "ld+json" in (script.get("type") or ""):
            script.tag = DATA  # trafilatura may look for a text in it
    strip_elements(tree, "script", *UNSEEN, with_tail=False)
    for script in tree.iter(DATA):
        script.tag = "script"
    whole = paragraphs_length(tree)
    _drop_out_of_sight(tree, whole)
    for element in tree.xpath("/html/body//*[@hidden or @style]"):
        # Scripts show a text that is hidden as a whole.
        if _is_hidden(element) and 2 * paragraphs_length(element) <= whole:
            _drop(element)
        elif style := element.get("style"):
            # trafilatura reads more out of it than it says.
            element.set("style", "".join(SHOWN.findall(style)))
    for element in _only_heard(tree):
        _drop(element)


def _drop_out_of_sight(tree: HtmlElement, whole: int) -> None:
    """Drop what styles and class names set out of sight, unless it is the text.

    Pages fade whole texts in, each paragraph hidden by itself.
    """
    found = [
        one
        for one in tree.xpath("/html/body//*[@class or @style]")
        if is_out_of_sight(_declarations(one.get("style") or ""))
        or is_named_hidden(one.get("class") or "")
    ]
    if 2 * sum(map(paragraphs_length, found)) <= whole:
        for element in found:
            _drop(element)


def _drop(element: HtmlElement) -> None:
    if element.getparent() is not None:
        element.drop_tree()


def _is_hidden(element: HtmlElement) -> bool:
    """Whether the element's own attributes hide it (HTML, section 6.1; CSS 2, 11.2)."""
    hidden = element.get("hidden")
    if hidden is not None and hidden.strip().lower() != "until-found":
        return True
    style = _declarations(element.get("style") or "")
    return style.get("display") == "none" or style.get("visibility") in {
        "hidden",
        "collapse",
    }


def _declarations(style: str) -> dict[str, str]:
    """{property: value} of a style attribute in lower case; the last one counts."""
    found = {}
    for declaration in COMMENT.sub("", style).lower().split(";"):
        name, _, value = declaration.partition(":")
        value, _, important = value.partition("!")
        found[name.strip()] = value.strip()
    return found


def _only_heard(tree: HtmlElement) -> Iterator[HtmlElement]:
    verdicts = {}
    for value in tree.xpath("/html/body//@class"):
        if value not in verdicts:
            verdicts[value] = bool(ONLY_HEARD.search(value))
        if verdicts[value]:
            yield value.getparent()
