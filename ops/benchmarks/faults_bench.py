"""What readers see go wrong in tokens, on sentences that were made up for this bench.

Six kinds, each a word or mark that should be whole or apart where it stands: last words
of texts without a final mark, words in capitals, abbreviations with their stop in one
sentence, numbers, addresses before a mark, last words before a stop.
"""

import json
import os
import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from articles.languages import facts
from ops.benchmarks.f1_bench import plain_pipeline, spans
from tokenization.stanza.engine import Engine

TEXTS = Path(__file__).with_name("fault_texts.json")
ADDRESSES = ("https://news.example/a1", "www.news.example", "anna@news.example")
MARKS = (",", ";", ")", ":")
# Words of the shortest text that a sentence's beginning makes.
SHORTEST = 3
GOAL = 99


@dataclass(frozen=True)
class Case:
    """A text, and spans of which each must be a token; or shorter, by ``optional``.

    optional is what may be missing at a span's end: "%" of a number, "." in Polish.
    """

    kind: str
    text: str
    spans: tuple
    optional: str = ""

    def is_right(self, sentences):
        tokens = {tuple(span) for sentence in sentences for span in sentence}
        is_one = len(sentences) == 1 or self.kind == "address"  # Greek asks by ";"
        return is_one and all(tokens & self._ways(span) for span in self.spans)

    def _ways(self, span):
        start, end = span
        shorter = (
            len(self.text[start:end].rstrip(self.optional)) if self.optional else 0
        )
        return {span, (start, start + shorter)}


def run():
    """figure and baseline: percent of places that are right, by our engine and Stanza.

    The baseline is Stanza's own pipeline with the same models, without our rules.
    """
    engine = Engine(settings.STANZA_RESOURCES_DIR)
    ours, alone = {}, {}
    for code, texts in read().items():
        pipeline = plain_pipeline(facts(code).stanza)
        found = list(cases(code, texts))
        ours[code] = tally(found, lambda text, c=code: engine.tokenize([text], c)[0])
        alone[code] = tally(found, lambda text, p=pipeline: spans(p(text)))
    figure, baseline = share(ours), share(alone)
    return {
        "figure": round(figure, 2),
        "baseline": round(baseline, 2),
        "ratio": round(figure / baseline, 4),
        "unit": "% of places right",
        "goal": GOAL,
        "goal_reached": figure >= GOAL,
        "kinds": {"ours": totals(ours), "stanza": totals(alone)},
        "languages": ours,
        "stanza_languages": alone,
    }


def read():
    """{language: its texts}; those of two languages where BENCH_SMOKE is set."""
    texts = json.loads(TEXTS.read_text("utf-8"))
    smoke = os.environ.get("BENCH_SMOKE")
    return {code: texts[code] for code in ("de", "pl")} if smoke else texts


def cases(code, texts):
    """All Cases of a language."""
    for sentence in texts["sentences"]:
        yield from beginnings(sentence)
        yield capitals(sentence)
    for marked in texts["abbreviations"]:
        # As the sentences of its treebank have them.
        stops_apart = facts(code).abbreviations.stops_apart
        yield abbreviation(marked, "." if stops_apart else "")
    for number in texts["numbers"]:
        yield within("number", texts["frame"], number, optional=" %")
    for address in ADDRESSES:
        for mark in MARKS:
            yield within("address", texts["frame"], address, mark)


def beginnings(sentence):
    """Cases of its first three words, four and so on: as they are, and with a stop."""
    words = sentence.split()
    for number in range(SHORTEST, len(words) + 1):
        text = " ".join(words[:number])
        last = (len(text) - len(words[number - 1]), len(text))
        yield Case("last_word", text, (last,))
        yield Case("last_stop", f"{text}.", (last, (len(text), len(text) + 1)))


def capitals(sentence):
    """The Case of a sentence as a headline: in capitals, Greek ones without accents."""
    accents = {"\u0301"} if "GREEK" in unicodedata.name(sentence[0]) else ()
    parts = unicodedata.normalize("NFD", sentence.upper())
    text = unicodedata.normalize("NFC", "".join(c for c in parts if c not in accents))
    return Case("capitals", text, tuple(m.span() for m in re.finditer(r"\S+", text)))


def abbreviation(marked, optional):
    """The Case of a text in which the abbreviation stands between underscores."""
    before, word, after = marked.split("_")
    span = (len(before), len(before) + len(word))
    return Case("abbreviation", before + word + after, (span,), optional)


def within(kind, frame, word, mark="", optional=""):
    """The Case of a word in a sentence with a gap, {}."""
    start = frame.index("{}")
    end = start + len(word)
    marks = ((end, end + len(mark)),) if mark else ()
    return Case(kind, frame.format(word + mark), ((start, end), *marks), optional)


def tally(found, tokenize):
    """{kind: [right, of how many]}"""
    right, number = Counter(), Counter()
    for case in found:
        number[case.kind] += 1
        right[case.kind] += case.is_right(tokenize(case.text))
    return {kind: [right[kind], number[kind]] for kind in number}


def totals(languages):
    """The same for all languages together."""
    right, number = Counter(), Counter()
    for kinds in languages.values():
        right.update({kind: pair[0] for kind, pair in kinds.items()})
        number.update({kind: pair[1] for kind, pair in kinds.items()})
    return {kind: [right[kind], number[kind]] for kind in number}


def share(languages):
    """Percent of all places that are right."""
    pairs = totals(languages).values()
    return 100 * sum(right for right, _ in pairs) / sum(number for _, number in pairs)
