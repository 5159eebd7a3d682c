"""Words whose initial is set apart, as in <span>D</span> ie: one word again."""

import re

from lxml.html import HtmlElement

from articles.languages import Records, facts, over_all
from articles.ranks import word_ranks

# Opening quotation marks, and one letter.
INITIAL = re.compile(r"\s*([\"'»«„“”‘¿¡(\[]*)([^\W\d_])(\s*)")
REST = re.compile(r"\s+(['’]?)([^\W\d_]+)")


def join_initial(block: HtmlElement, language: str) -> None:
    """Take out the blank behind a paragraph's first letter where it splits a word.

    The letter stands in an element of its own at the very start of an lxml block.
    language is a two-letter code or "". "A man" stays two words: what is one is told
    by the language's frequent words, else by letters that are words of their own.
    """
    first = next(iter(block), None)
    if first is None or (block.text or "").strip() or not isinstance(first.tag, str):
        return
    initial = INITIAL.fullmatch(first.text_content())
    line_break = _break_after(first)
    after = (first.tail or "") if line_break is None else f" {line_break.tail}"
    rest = REST.match(f"{initial[3]}{after}") if initial else None
    if initial and rest and _is_split(initial[2], rest[1], rest[2], language):
        if line_break is not None:
            block.remove(line_break)  # its tail goes with it
        first.tail = after.lstrip()
        _strip_end(first)


def _break_after(first: HtmlElement) -> HtmlElement | None:
    """The line break that alone parts the element from a text, or None."""
    after = first.getnext()
    if after is None or after.tag != "br" or (first.tail or "").strip():
        return None
    return after if (after.tail or "").strip() else None


def _is_split(letter: str, apostrophe: str, rest: str, language: str) -> bool:
    if apostrophe:
        return True
    joined, rest_alone = f"{letter}{rest}".lower(), rest.lower()
    words = facts(language).one_letter_words
    ranks = {} if words is None else word_ranks([joined, rest_alone], language)
    whole, part = ranks.get(joined), ranks.get(rest_alone)
    if whole is not None or part is not None:
        return whole is not None and (part is None or whole < part)
    # Neither is frequent: a name or a long word.
    is_word = letter.lower() in (_any_word() if words is None else words)
    return not is_word and not rest.istitle()


@over_all
def _any_word(languages: Records) -> str:
    """Letters that are words in one or more languages."""
    return "".join(one.one_letter_words or "" for one in languages)


def _strip_end(element: HtmlElement) -> None:
    """Take the blank out that stands before the end of the element itself."""
    while len(element):
        last = element[-1]
        last.tail = (last.tail or "").rstrip()
        if last.tail:
            return
        element = last
    element.text = (element.text or "").rstrip()
