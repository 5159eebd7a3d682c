"""Words of real news at their places, and what the dictionaries answer of them.

``python -m ops.benchmarks.answers de 50 7`` prints 50 answers, of the words of German
texts that have one, chosen by the seed 7: to be read by somebody who knows German.
"""

import json
import random
import sys
from collections import Counter
from dataclasses import dataclass

import orjson
from django.conf import settings

from articles import demo_site
from articles.text import ArticleText, clean
from learners.dictionaries import bundled, loading
from learners.dictionaries.entries import stored
from learners.dictionaries.lookup import Answer, Word, look_up
from learners.dictionaries.sentences import words_in
from ops.benchmarks import server
from tokenization import services
from tokenization.words import is_word

TARGET = "en"
WORDS_AROUND = 4
SHOWN_SENSES, SHOWN_TRANSLATIONS = 3, 3


@dataclass
class Place:
    """A word where it stands, and the answer for all its places; None without one."""

    word: Word
    around: str
    is_title: bool
    answer: Answer | None = None


def load(language):
    """Have the language's dictionaries into TARGET in the database."""
    for file in bundled.files(settings.DICTIONARY_LICENCES):
        if (file.source, file.target) == (language, TARGET):
            sum(loading.load(file, ""))


def texts(language, number=None):
    """ArticleTexts of the demo site and of ../shared/newsweb, where that is there."""
    demo = demo_site.papers()[language]["articles"]
    found = [_text(one["title"], [text for _, text in one["blocks"]]) for one in demo]
    folder = server.SHARED / "newsweb"
    if folder.is_dir():
        pages = json.loads((folder / "index.json").read_text("utf-8"))
        found += [
            _text(page["title"], page["paragraphs"])
            for page in pages
            if page["language"] == language
        ]
    return found[:number]


def _text(title, paragraphs):
    body = tuple(("p", clean(text)) for text in paragraphs)
    return ArticleText(clean(title), "", body)


def places(language, number=None):
    """The words of the texts' tokens with their answers, names and numbers aside.

    Names are told by a capital within a sentence, unless the texts have the word
    without one too; not in German, where all nouns have it.
    """
    found = [place for text in _prepared(language, number) for place in _places(text)]
    fetch = stored(language, TARGET)
    answers = look_up([one.word for one in found], language, TARGET, fetch)
    for place in found:
        place.answer = answers.get(place.word.form)
    return _without_names(found, language)


def _prepared(language, number):
    for one in services.prepare(texts(language, number), language):
        if one.error:
            raise RuntimeError(one.error)
        yield one


def _places(prepared):
    for number, block in enumerate([prepared.title, *prepared.blocks]):
        for sentence in (one for part in orjson.loads(block) for one in part):
            yield from _in_sentence(sentence, is_title=number == 0)


def _in_sentence(sentence, is_title):
    tokens = iter(enumerate(sentence))
    for word in words_in(sentence, is_title=is_title):
        number = next(n for n, token in tokens if token["text"] == word.form)
        if is_word(word.form):
            yield Place(word, _around(sentence, number), is_title)


def _around(sentence, number):
    before = sentence[max(0, number - WORDS_AROUND) : number]
    after = sentence[number + 1 : number + 1 + WORDS_AROUND]
    left, right = (" ".join(one["text"] for one in side) for side in (before, after))
    return f"{left} [{sentence[number]['text']}] {right}".strip()


def _without_names(found, language):
    if language == "de":
        return found
    small = {one.word.form for one in found}
    names = {one.word.form.lower() for one in found if one.word.capital} - small
    return [
        one
        for one in found
        if one.word.form == one.word.form.lower() or one.word.form.lower() not in names
    ]


def sample(language, number, seed):
    """That many places with an answer, each of another form."""
    by_form = {}
    for place in places(language):
        if place.answer:
            by_form.setdefault(place.word.form, []).append(place)
    chosen = random.Random(seed)
    forms = chosen.sample(sorted(by_form), min(number, len(by_form)))
    return [chosen.choice(by_form[form]) for form in forms]


def shown(place):
    """A place and its answer as a line."""
    answer = place.answer
    senses = [_sense(one, answer) for one in answer.senses[:SHOWN_SENSES]]
    before = f"{answer.before.headword} + " if answer.before else ""
    guess = "?" if answer.is_guess else ""
    return f"{place.around} → {answer.step}{guess} {before}{' | '.join(senses)}"


def _sense(sense, answer):
    means = ", ".join(sense.translations[:SHOWN_TRANSLATIONS])
    return " ".join(filter(None, (sense.headword, sense.pos))) + f": {means}"


def steps(found):
    """How many places have been answered by which step."""
    return Counter(one.answer.step.value if one.answer else "none" for one in found)


if __name__ == "__main__":
    code, number, seed = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    with server.temporary_database():
        load(code)
        for one in sample(code, number, seed):
            sys.stdout.write(f"{shown(one)}\n")
