"""What a model can't learn, by rule: addresses, last stops, abbreviations, apostrophes.

``straighten`` changes what the model sees, ``mend`` what it answers; the engine uses
both around whatever way it tokenizes. Spans are (start, end) offsets into the text, and
every rule moves their edges only: each visible character stays in exactly one of them.
"""

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Set
from functools import cache

from articles.languages import alternatives, facts
from tokenization.stanza.abbreviations import (
    before_number,
    beginnings,
    countries,
    goes_on,
    may_end,
)
from tokenization.stanza.addresses import find_addresses
from tokenization.stanza.spans import Sentence, Span

# Part of each tokenizer's version: tokens that were made by other rules are stale. Also
# to be raised when abbreviations or fixed words in a language's record change.
VERSION = 1

# As letters of words: inside one, before the rest of one ("’s avonds", by a mistake of
# word processors "‘s avonds"), and "’n’".
APOSTROPHES = "’ʼ´`′＇‘"
APOSTROPHE = re.compile(
    r"[’ʼ´`′＇](?<=\w.)(?=\w)|’(?<!\S.)(?=\w{1,2}\b)|’(?<=[\s’']n.)(?!\w)"
    r"|‘(?<!\S.)(?=[stnSTN]\b(?!’))"
)
# "U.S.", "z.B.", "т.д.", "H.-P.": parts of one or two letters, each with its stop.
DOTTED = re.compile(r"(?:[^\W\d_]{1,2}\.-?){2,}")
# The longest abbreviation is not as long.
LONGEST = 16
# What may stand between an abbreviation and the next word.
NEXT_WORD = re.compile(r"[^\w\n]{0,3}(\w+)")
NUMBER = re.compile(r"[^\S\n]{1,2}\d")
# "Jan. 5. We": the number and its stop, up to the next sentence's first letter.
LAST_NUMBER = re.compile(r"[^\S\n]{1,2}(\d{1,4})(\.)\s{1,3}[^\W\d_]")
# Behind these a stop belongs to what it is part of: "dr.-titel", "f.eks./bl.a.".
GLUE = frozenset("-/_@’'")
STOPS = ".!?"
CLOSING = "\"'’”“»«)]›‹"
# Glued to a word's edges, tokens of their own.
DASHES = "—–―"
MARKS = ",;:" + DASHES
LAST = frozenset(MARKS + STOPS + "…")
SAME_MARKS = re.compile(r"(.)\1*")


def straighten(text: str) -> str:
    """The text as the model is to see it, of the same length: one apostrophe for all.

    Papers write ’, keyboards ´ and `, treebanks mostly '.
    """
    if any(mark in text for mark in APOSTROPHES):
        return APOSTROPHE.sub("'", text)
    return text


def mend(text: str, sentences: list[Sentence], language: str) -> list[Sentence]:
    """Return the sentences of a text, lists of spans, by the rules."""
    sentences = _unglue(text, sentences)
    spans = find_addresses(text)
    no_ends: set[int] = set()
    ends: set[int] = set()
    fixed_words = facts(language).fixed_words
    if fixed_words and ("'" in text or "’" in text):
        fixed = _whole(fixed_words).finditer(text)
        spans = _with_more(spans, [word.span() for word in fixed])
    if "." in text:
        known = list(_abbreviations(text, language))
        no_ends = {end for _, end, may_end_here in known if not may_end_here}
        stops_apart = facts(language).abbreviations.stops_apart
        words = [] if stops_apart else [span[:2] for span in known]
        spans = _with_more(spans, words)
        numbers = list(_last_numbers(text, known, before_number(language)))
        ends = {end for _, end in numbers[1::2]}
        spans = _with_more(spans, numbers)
        spans = _with_more(spans, _last_stops(text, sentences))
    if not spans and not no_ends:
        return sentences
    return _rebuild(sentences, spans, no_ends, ends)


@cache
def _whole(words: str) -> re.Pattern[str]:
    """What finds a language's fixed words where they are whole words."""
    return re.compile(rf"\b(?:{alternatives([words])})\b", re.IGNORECASE)


def _unglue(text: str, sentences: list[Sentence]) -> list[Sentence]:
    """Cut off what is glued to words: dashes before, commas and the like behind."""
    glued = any(
        text[end - 1] in LAST or text[start] in DASHES
        for sentence in sentences
        for start, end in sentence
        if end - start > 1
    )
    if not glued:
        return sentences
    cut = [
        [piece for token in sentence for piece in _pieces(text, *token)]
        for sentence in sentences
    ]
    return cut if cut != sentences else sentences


def _pieces(text: str, start: int, end: int) -> list[Span]:
    """The spans of a token's dashes, word, marks and stops, as far as it has them."""
    first = end - len(text[start:end].lstrip(DASHES))
    if not text[first : first + 1].isalpha():  # "–5" is a number
        first = start
    marks_end = first + len(text[first:end].rstrip(STOPS + "…"))
    bare = first + len(text[first:marks_end].rstrip(MARKS))
    if not _is_glued(text, first, bare, marks_end):
        bare = marks_end = end
    marks = [mark.span() for mark in SAME_MARKS.finditer(text, bare, marks_end)]
    spans = [(start, first), (first, bare), *marks, (marks_end, end)]
    return [span for span in spans if span[0] < span[1]]


def _is_glued(text: str, start: int, end: int, marks_end: int) -> bool:
    """Whether the marks behind a word are none of its own: "&#39;", "D:", "S:"."""
    word = text[start:end].rstrip(".")
    if end == marks_end or not word[-1:].isalnum() or word[0] == "&":
        return False
    return len(word) > 1 or text[end:marks_end].strip(";:") != ""


def _abbreviations(text: str, language: str) -> Iterator[tuple[int, int, bool]]:
    """(start, end, whether a sentence may end there) of each known abbreviation."""
    always, sometimes = goes_on(language), may_end(language)
    places, numbered = countries(language), before_number(language)
    dot = text.find(".")
    while dot >= 0:
        end = dot + 1
        if _is_last_stop(text, end):
            start = _word_start(text, dot)
            word = text[start:end]
            if word in always or (word in numbered and NUMBER.match(text, end)):
                yield start, end, False
            elif word in places:
                yield start, end, _begins(text, end, language)
            elif word in sometimes or DOTTED.fullmatch(word):
                yield start, end, not _goes_on(text, end)
        dot = text.find(".", end)


def _last_numbers(
    text: str, known: Iterable[tuple[int, int, bool]], numbered: Set[str]
) -> Iterator[Span]:
    """Spans of numbers that end a sentence behind "Jan.", and of their stops, by turns.

    known are the abbreviations found, numbered those that stand before numbers.
    """
    for start, end, _ in known:
        is_numbered = text[start:end] in numbered
        found = LAST_NUMBER.match(text, end) if is_numbered else None
        if found and text[found.end() - 1].isupper():
            yield found.span(1)
            yield found.span(2)


def _is_last_stop(text: str, end: int) -> bool:
    """Whether what ends there is no beginning of a longer word."""
    following = text[end : end + 1]
    return not following.isalnum() and following not in GLUE


def _word_start(text: str, dot: int) -> int:
    """Where the letters, and stops and strokes between them, before a stop begin."""
    start, least = dot, max(dot - LONGEST, 0)
    while start > least and (text[start - 1].isalpha() or text[start - 1] in ".-/"):
        start -= 1
    return start


def _goes_on(text: str, end: int) -> bool:
    """Whether a small letter or a digit comes next."""
    following = NEXT_WORD.match(text, end)
    return following is not None and not following[1][0].isupper()


def _begins(text: str, end: int, language: str) -> bool:
    """Whether what comes next is a word that begins sentences, or nothing."""
    following = NEXT_WORD.match(text, end)
    return not following or following[1] in beginnings(language)


def _last_stops(text: str, sentences: list[Sentence]) -> Iterator[Span]:
    """Spans of sentences' last words and of the stops that are glued to them."""
    for sentence in sentences:
        start, end = _last_word(text, sentence)
        if end - start > 1 and text[end - 1] in STOPS:
            bare = len(text[start:end].rstrip(STOPS))
            # Of several full stops, an ellipsis, the model knows.
            if bare and ".." not in text[start + bare : end]:
                yield start, start + bare
                yield start + bare, end


def _last_word(text: str, sentence: Sentence) -> Span:
    """The span of a sentence's last token that is no closing quote or bracket."""
    for start, end in reversed(sentence):
        if text[start:end].strip(CLOSING):
            return start, end
    return sentence[-1]


def _with_more(spans: list[Span], more: Iterable[Span]) -> list[Span]:
    """Spans in order, and what else overlaps none of them."""
    starts = [start for start, _ in spans]
    added = []
    for start, end in more:
        place = bisect_left(
            starts, end
        )  # of those before it, the last reaches furthest
        if not place or spans[place - 1][1] <= start:
            added.append((start, end))
    return sorted([*spans, *added]) if added else spans


def _rebuild(
    sentences: list[Sentence], spans: list[Span], no_ends: set[int], more_ends: set[int]
) -> list[Sentence]:
    """Make each of the spans one token, and end no sentence inside or at no_ends.

    spans are in order and don't overlap. Sentences also end at more_ends.
    """
    tokens = [token for sentence in sentences for token in sentence]
    ends = {sentence[-1][1] for sentence in sentences}
    are_right = no_ends.isdisjoint(ends) and more_ends <= ends
    if are_right and set(spans) <= set(tokens):
        return sentences
    ends = (ends - no_ends) | more_ends
    tokens = _with_spans(tokens, spans)
    rebuilt: list[Sentence] = [[]]
    for token in tokens:
        rebuilt[-1].append(token)
        if token[1] in ends:
            rebuilt.append([])
    return [sentence for sentence in rebuilt if sentence]


def _with_spans(tokens: list[Span], spans: list[Span]) -> list[Span]:
    merged, place = [], 0
    for start, end in spans:
        while place < len(tokens) and tokens[place][1] <= start:
            merged.append(tokens[place])
            place += 1
        if place < len(tokens) and tokens[place][0] < start:
            merged.append((tokens[place][0], start))
        merged.append((start, end))
        while place < len(tokens) and tokens[place][1] <= end:
            place += 1
        if place < len(tokens) and tokens[place][0] < end:
            tokens[place] = (end, tokens[place][1])
    return merged + tokens[place:]
