"""What a page calls itself, and which of its titles is the one."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from lxml.html import HtmlElement

from articles.crawler.feeds.markup import plain
from articles.spelling import bare
from articles.text import clean

# Before a site's name at the end of a title.
SEPARATOR = r"\s+[-–—|·•:»/]\s+"
NO_LETTERS = re.compile(r"[\W_]+")
ENTITY = re.compile(r"&#?\w{1,32};")
# As ``same`` has them: no text, and what programs write instead of one.
NOTHING = {"", "undefined", "null", "objectobject"}


def headlines(
    tree: HtmlElement, given: Sequence[Sequence[str]], site: str
) -> list[str]:
    """All that a page calls itself, the best title first.

    That is the one most sources agree on; of equals the first. given are the titles
    for machines, a list a source; the window's title and the headings are the others.
    site is the site's name, or "".
    """
    told = [title for source in (*given, window_title(tree)) for title in source]
    wholes = {_without_kicker(one, told): folded_text(one) for one in tree.iter("h1")}
    headings = list(wholes)
    headings = [text for text in headings if _is_no_site(text, site)]
    *given, window = _without_sites([*given, window_title(tree)], headings, site)
    order = [title for source in given for title in source] or window
    # The page's first heading may be another article's, unless none is as given.
    is_given = any(same(text) in map(same, order) for text in headings)
    order = [*order, *([] if is_given else headings[:1])]
    sources = [{*map(_letters, source)} for source in (*given, window, headings)]
    votes = Counter(spelling for source in sources for spelling in source)
    ranked = sorted([*order, *window], key=lambda title: -votes[_letters(title)])
    # With their kickers, too: no heading of the title is in the text.
    whole = [wholes[title] for title in ranked[:1] if title in wholes]
    return list(dict.fromkeys([*ranked[:1], *order, *whole]))


def _without_kicker(heading: HtmlElement, told: Iterable[str]) -> str:
    """A heading's text, without its first element where that is how a source has it."""
    text = folded_text(heading)
    first = next(heading.iterchildren("span", "small", "strong", "em", "b", "i"), None)
    if first is None or clean(heading.text):
        return text
    rest = clean(text.removeprefix(folded_text(first)))
    known = {same(start) for title in told if title for start in _starts(title)}
    return rest if same(rest) in known - {""} and same(text) not in known else text


def _without_sites(
    sources: Iterable[Iterable[str]], headings: Iterable[str], site: str
) -> list[list[str]]:
    """The sources' titles without the site's name, told by what stands before it."""
    known, found = list(headings), []
    for titles in sources:
        titles = [_without_site(title, known, site) for title in titles if title]
        found.append([title for title in titles if _is_no_site(title, site)])
        known += found[-1]
    return found


def _is_no_site(title: str, site: str) -> bool:
    return is_title(title) and same(title) != same(site)


def _letters(title: str) -> str:
    """Equal for titles of the same words, though one has them in another order."""
    return "".join(sorted(same(title)))


def window_title(tree: HtmlElement) -> list[str]:
    """Its text is no markup, but some write markup there."""
    titles = tree.iterfind("head/title")
    return [plain(folded_text(element)) for element in titles][:1]


def is_title(text: str) -> bool:
    """Whether a text says anything: not if it is entities, or a program's nothing."""
    return same(ENTITY.sub("", text)) not in NOTHING


def folded_text(element: HtmlElement) -> str:
    return clean(" ".join(element.itertext()))


def _without_site(title: str, headings: Iterable[str], site: str) -> str:
    """A title as the page's heading spells it, without a site's name at its end."""
    shorter = _starts(title)
    for heading in headings:
        for text in shorter:
            if same(text) == same(heading):
                return heading if len(heading) == len(text) else text
    named = [text for text in shorter[1:2] if same(title[len(text) :]) == same(site)]
    return next(iter(named), title)


def _starts(title: str) -> list[str]:
    """A title, and what of it stands before each separator, the longest first."""
    ends = [match.start() for match in re.finditer(SEPARATOR, title)]
    return [title, *(title[:end] for end in reversed(ends))]


def same(text: str) -> str:
    """A text's letters and digits alone, folded: equal for spellings of one."""
    return NO_LETTERS.sub("", bare(text))
