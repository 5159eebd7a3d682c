"""Words of real news at their places, and what the dictionaries answer of them."""

import json
import random
from collections import Counter
from dataclasses import dataclass

import orjson
from django.conf import settings

from articles import demo_site
from articles.text import ArticleText, clean
from learners.dictionaries import bundled, loading
from learners.dictionaries.entries import stored
from learners.dictionaries.lookup import Answer, Word, look_up
from learners.dictionaries.sentences import placed_words
from ops.benchmarks import server
from tokenization import services
from tokenization.names import names_of
from tokenization.words import is_word

TARGET = "en"
WORDS_AROUND = 4
SHOWN_SENSES, SHOWN_TRANSLATIONS = 3, 3


@dataclass
class Place:
    """A word where it stands, and the answer for all its places; None without one."""

    word: Word
    written: str
    around: str
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

    Each text is looked up by itself, as for its readers.
    """
    return [one for text in _prepared(language, number) for one in _of(text, language)]


def _prepared(language, number):
    for one in services.prepare(texts(language, number), language):
        if one.error:
            raise RuntimeError(one.error)
        yield one


def _of(prepared, language):
    title, *body = map(orjson.loads, (prepared.title, *prepared.blocks))
    sentences = [(one, True) for part in title for one in part]
    sentences += [(one, False) for block in body for part in block for one in part]
    every = [one for one, _ in sentences]
    names = names_of(every, language, services.lemmatizer())
    found = [place for each in sentences for place in _in_sentence(*each)]
    fetch = stored(language, TARGET)
    answers = look_up([one.word for one in found], language, TARGET, fetch)
    for place in found:
        place.answer = answers.get(place.word.form)
    return [one for one in found if one.written.lower() not in names]


def _in_sentence(sentence, is_title):
    for number, word in placed_words(sentence, is_title=is_title):
        written = sentence[number]["text"]
        if is_word(written):
            yield Place(word, written, _around(sentence, number))


def _around(sentence, number):
    before = sentence[max(0, number - WORDS_AROUND) : number]
    after = sentence[number + 1 : number + 1 + WORDS_AROUND]
    left, right = (" ".join(one["text"] for one in side) for side in (before, after))
    return f"{left} [{sentence[number]['text']}] {right}".strip()


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
