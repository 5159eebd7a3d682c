"""The examples of answers that docs and schema tell are those of this service."""

import json
import re

import pytest
from django.conf import settings

from articles.ranks import ranks_of
from learners.api.gloss_serializers import GLOSSES
from learners.dictionaries import bundled, loading
from learners.dictionaries.translations import Question

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("stub")]

LEMMAS = {"husene": "hus"}


@pytest.fixture
def danish():
    for file in bundled.files(settings.DICTIONARY_LICENCES):
        if (file.source, file.target) == ("da", "en"):
            sum(loading.load(file, ""))


def answer(word):
    return sorted_texts(Question(word, LEMMAS.get(word, ""), "", "da", "en").answer())


def sorted_texts(gloss):
    """A gloss without the order of its translations, which is not what is told here."""
    if isinstance(gloss, dict):
        return {name: sorted_texts(value) for name, value in gloss.items()}
    return (
        sorted(map(sorted_texts, gloss), key=str) if isinstance(gloss, list) else gloss
    )


def test_examples_of_the_schema_are_answers(danish):
    for word, gloss in GLOSSES["glosses"].items():
        assert answer(word) == sorted_texts(gloss), word


def test_the_example_of_the_docs_is_an_answer(danish):
    page = (settings.BASE_DIR / "docs" / "api.md").read_text("utf-8")
    [example] = re.findall(r'^{"lemma": .*?^```', page, re.M | re.S)
    gloss = json.loads(example.removesuffix("```"))
    assert gloss.pop("rank") == ranks_of("da").of("hus", "da")
    assert answer("husene") == sorted_texts(gloss)
