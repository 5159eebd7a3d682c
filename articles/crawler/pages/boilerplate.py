"""What stands in an article's page but is not its text, by signs that many sites share.

Markup is pruned before trafilatura sees it, short notices are told by their words.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator

from lxml.html import Element, HtmlElement
from trafilatura.xpaths import BODY_XPATH

from articles.crawler.pages.furniture import boxes, unlink
from articles.crawler.pages.labels import link_labels, orphans
from articles.crawler.pages.notices import notice, read_also
from articles.crawler.pages.titles import same
from articles.spelling import unaccented
from articles.text import clean

# Parts of class and id names. Not "comment": trafilatura drops those, forums aside.
UNWANTED = re.compile(
    r"newsletter|sign-?up|subscri(be|ption)|read-?(more|also|next)|more-?(on|from)\b|"
    r"recommend|related-?(article|content|link|post|stor|topic)|most-?(read|popular)|"
    r"overlay|modal\b|pop-?(up|over)|tooltip|lightbox|donat(e|ion)|support-?us|"
    r"(social|embed|video|consent|content)[-_]*placeholder|placeholder-|"
    r"recirculation|(show|view|load|post|leave)-?comments?|"
    r"advert|sponsor|outbrain|taboola|fact-?box|info-?box|(author|writer)-?(bio|box)|"
    r"biography|copyright|disclaimer|(image|photo|picture)[-_]*(caption|credit)",
    re.IGNORECASE,
)
BLOCKS = ("p", "li", "h2", "h3", "h4", "h5", "h6", "blockquote", "figcaption")
# Class names of containers of an article's text.
BODY = re.compile(r"(article|entry|post|story)[-_]*(content|body|text)", re.IGNORECASE)
TEXT_SHARE = 0.8
BODY_MARK = ("itemprop", "articleBody")
WORD = re.compile(r"\w+")
NOTICE_CHARACTERS = 400
AROUND_NOTICES = " -–—*+|•·:.[]()"
TEASER_CHARACTERS = 600
LINK_CHARACTERS = 1500
STANDFIRST_START = 30


def prune(tree: HtmlElement, headlines: Iterable[str]) -> None:
    """Take boilerplate out of a page's lxml tree, in place."""
    for anchor in tree.xpath("//a[not(@href)]"):
        anchor.drop_tag()  # a place, no link: old pages put whole texts into it
    _drop_other_articles(tree, headlines)
    whole = paragraphs_length(tree)
    for elements in [*_unwanted(tree), *([teaser] for teaser in _teasers(tree))]:
        # A name that fits much of the page says something else there.
        if sum(map(paragraphs_length, elements)) * 4 <= whole:
            for element in elements:
                _drop(element)
    labels = list(link_labels(tree))
    for element in list(boxes(tree, paragraphs_length)):
        _drop(element)
    for element in list(tree.iter(*BLOCKS)):
        if _is_link(element):
            _drop(element)
    for label in orphans(tree, labels):
        _drop(label)
    unlink(tree)
    _mark_body(tree)
    _mark_text(tree)


def standfirst(tree: HtmlElement, descriptions: Iterable[str]) -> str:
    """The page's own summary where a reader sees it, below the headline, or ""."""
    known = [same(description) for description in descriptions]
    for element in tree.iter("p", "div", "h2", "h3", "h4", "strong", "span"):
        start = same((element.text or "").lstrip()[:STANDFIRST_START])
        if len(start) > STANDFIRST_START / 2 and any(
            text.startswith(start) for text in known
        ):
            text = clean(element.text_content())
            beside = next(element.iterancestors("footer", "nav", "aside"), None)
            if beside is None and any(_agree(same(text), known_) for known_ in known):
                return text
    return ""


def _agree(text: str, description: str) -> bool:
    shorter, longer = sorted((text, description), key=len)
    return longer.startswith(shorter) and len(shorter) > len(longer) / 2


def is_notice(text: str) -> bool:
    """Whether a block of text speaks of the page, not of the article's matter."""
    short = len(text) <= NOTICE_CHARACTERS
    plain = unaccented(text) if short else ""
    bare = plain.strip(AROUND_NOTICES)
    return any(map(notice().fullmatch, (plain, bare))) or bool(read_also().match(plain))


def repeats(heading: str, headlines: Iterable[str]) -> bool:
    """Whether a heading says what a headline does, perhaps in other words."""
    words = WORD.findall(heading.lower())
    for headline in headlines:
        known = WORD.findall(headline.lower())
        told = sum(word in known for word in words)
        if told >= 0.8 * len(words) and 2 * len(words) >= len(known):
            return True
    return False


def _unwanted(tree: HtmlElement) -> Iterable[list[HtmlElement]]:
    """The elements of each name that is no article's."""
    named = defaultdict(list)
    for name in ("class", "id"):
        for value in tree.xpath(f"./body//@{name}"):
            named[value].append(value.getparent())
    return [found for value, found in named.items() if UNWANTED.search(value)]


def _teasers(tree: HtmlElement) -> Iterator[HtmlElement]:
    """Boxes that a label such as "Read also" opens: the widest ones with a link."""
    wide = set()
    for label in tree.iter(*BLOCKS, "div", "a"):
        text = (label.text or "").strip()
        if text and read_also().match(unaccented(text)):
            box = None
            for element in (label, *label.iterancestors("p", "li", "div", "section")):
                if element in wide or len(element.text_content()) > TEASER_CHARACTERS:
                    wide.add(element)
                    break
                box = element if element.find(".//a") is not None else box
            if box is not None:
                yield box


def _drop(element: HtmlElement) -> None:
    if element.getparent() is not None:
        element.drop_tree()


def paragraphs_length(element: HtmlElement) -> int:
    return sum(len(paragraph.text_content()) for paragraph in element.iter("p"))


def _is_link(element: HtmlElement) -> bool:
    """Whether a block only leads to other pages: it is a link, or in one."""
    around = next(element.iterancestors("a"), None)
    if around is not None:
        # A longer one was not closed where it should have been.
        return len(around.text_content()) <= LINK_CHARACTERS
    text = element.text_content().strip()
    linked = sum(len(link.text_content().strip()) for link in element.iter("a"))
    return bool(text) and linked >= 0.9 * len(text)


def _drop_other_articles(tree: HtmlElement, headlines: Iterable[str]) -> None:
    """Where one article has the page's headline, drop those with other ones."""
    known = {same(headline) for headline in headlines}
    own: list[HtmlElement] = []
    others: list[HtmlElement] = []
    for article in tree.iter("article"):
        titles = {same(title.text_content()) for title in article.iter("h1")}
        if titles:
            (own if titles & known else others).append(article)
    for article in others if own else ():
        _drop(article)


def _mark_body(tree: HtmlElement) -> None:
    """Where an article's body stands in several parts, mark what holds them all.

    trafilatura takes the first container that is named like a body.
    """
    parts = defaultdict(list)
    for part in tree.iterfind(".//article//div[@class]"):
        if BODY.search(part.get("class", "")) and part.find("p") is not None:
            article = next(part.iterancestors("article"))
            parts[article, part.get("class")].append(part)
    for first, *_, last in filter(lambda found: len(found) > 1, parts.values()):
        around = set(last.iterancestors())
        next(filter(around.__contains__, first.iterancestors())).set(*BODY_MARK)


def _mark_text(tree: HtmlElement) -> None:
    """Where nothing is called an article, mark what holds the text closest.

    trafilatura takes paragraphs alone from a page in which it finds no container.
    """
    whole, found = paragraphs_length(tree), tree.find("body")
    called = next(tree.iter("article", "main"), None) is not None
    if found is None or not whole or called or any(find(tree) for find in BODY_XPATH):
        return
    inner: HtmlElement | None = found
    while inner is not None and inner.tag in {"body", "div", "section"}:
        found = inner
        inner = next((one for one in found if _holds(one, whole)), None)
    if found.tag == "body":
        found = _divided(found)
    found.set(*BODY_MARK)


def _holds(element: HtmlElement, whole: int) -> bool:
    return paragraphs_length(element) >= TEXT_SHARE * whole


def _divided(body: HtmlElement) -> HtmlElement:
    """A division around all that a body holds."""
    division = Element("div")
    division[:] = list(body)
    body.append(division)
    return division
