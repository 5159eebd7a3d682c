"""Glosses of articles: what is in them, and what they cost."""

import gzip

import orjson
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from articles.tests.factories import make_article
from learners.dictionaries import glosses, known
from learners.dictionaries.models import Dictionary, Entry
from learners.dictionaries.tests.factories import make_dictionary
from tokenization import services
from tokenization.models import Lexeme

pytestmark = pytest.mark.django_db

HUS = "hus|n|n|house; home"
LEMMAS = {"husene": "hus", "gik": "gå"}


def lemma(word, language):
    return LEMMAS.get(word.lower(), word.lower())


@pytest.fixture(autouse=True)
def nothing_ready(stub, monkeypatch):
    monkeypatch.setattr(services.lemmatizer(), "lemma", lemma)
    glosses.ready.cache_clear()


def make(text, language="da", **facts):
    article = make_article([("p", text)], language=language, title="x", **facts)
    services.fill([article])
    return article


def told(article, to="en"):
    return orjson.loads(glosses.of_article(article.pk, to).body())


def gloss(text, word):
    """What is told of a word, without its rank."""
    found = told(make(text))["glosses"][word]
    found.pop("rank", None)
    return found


def test_a_word_is_told_by_its_form_with_what_it_means():
    make_dictionary(HUS)
    assert gloss("et hus", "hus") == {
        "headword": "hus",
        "step": "exact",
        "senses": [{"pos": "n", "gender": "n", "translations": ["house", "home"]}],
    }


def test_a_lemma_is_told_where_the_word_is_another():
    make_dictionary(HUS)
    found = gloss("alle husene", "husene")
    assert (found["lemma"], found["headword"], found["step"]) == ("hus", "hus", "lemma")


def test_a_word_that_is_in_no_dictionary_is_there_without_senses():
    make_dictionary(HUS)
    assert gloss("de gik", "gik") == {"lemma": "gå", "senses": []}


def test_phrases_of_the_dictionary_are_there_beside_their_words():
    make_dictionary("i går|||yesterday", "i|prep||in")
    found = told(make("han gik i går aftes"))["glosses"]
    assert found["i går"]["step"] == "phrase"
    assert {"i", "i går"} <= set(found)
    assert not any(" " in form for form in found if form != "i går")


def test_what_is_guessed_says_so():
    make_dictionary("metro|n||subway", "station|n||station")
    found = gloss("en metrostation", "metrostation")
    assert found["guess"] is True
    assert found["before"] == {"headword": "metro", "translations": ["subway"]}
    assert "guess" not in gloss("en station", "station")


def test_a_form_with_a_capital_stands_apart_only_if_it_means_something_else():
    make_dictionary("hans|pron||his", "Hans|pn||Hans", HUS)
    found = told(make("det er hans Hus og Hans har et hus"))["glosses"]
    assert found["hans"]["headword"] == "hans"
    assert found["Hans"]["headword"] == "Hans"
    assert "hus" in found
    assert "Hus" not in found


def test_the_rank_is_that_of_the_lemma():
    make_dictionary(HUS)
    article = make("alle husene")
    Lexeme.objects.filter(lemma="hus").update(rank=321)
    assert told(article)["glosses"]["husene"]["rank"] == 321


def test_no_more_is_told_than_a_learner_has_time_for():
    rows = [
        f"hus|{pos}||{'; '.join(f'{pos}{n}' for n in range(9))}"
        for pos in ("n", "v", "adj", "adv", "prep", "conj")
    ]
    make_dictionary(*rows)
    senses = gloss("hus", "hus")["senses"]
    assert len(senses) == glosses.MOST_SENSES
    assert {len(one["translations"]) for one in senses} == {glosses.MOST_TRANSLATIONS}


def test_without_a_dictionary_there_are_no_glosses_and_nothing_is_asked():
    article = make("et hus")
    with CaptureQueriesContext(connection) as queries:
        found = told(article)
    assert (found["has_dictionary"], found["glosses"]) == (False, {})
    assert len(queries) == 1


@pytest.mark.parametrize("words", [5, 800])
def test_all_words_of_an_article_take_two_queries(words):
    make_dictionary(*[f"ord{chr(97 + n % 26)}{n}|n||word" for n in range(words)])
    article = make(" ".join(f"ord{chr(97 + n % 26)}{n}" for n in range(words)))
    with CaptureQueriesContext(connection) as queries:
        assert len(told(article)["glosses"]) == words + 1
    assert len(queries) == 2


def test_an_entry_that_was_known_to_be_there_may_go_again():
    made = make_dictionary(HUS, "huset|n||the house")
    article = make("alle huset")
    told(article)
    Entry.objects.filter(headword="huset").delete()
    Dictionary.objects.filter(pk=made.pk).touch()
    found = told(article)["glosses"]["huset"]
    assert (found["headword"], found["step"]) == ("hus", "ending")


def test_what_is_known_of_a_pair_is_bounded(monkeypatch):
    monkeypatch.setattr(known, "MOST_KNOWN", 2)
    found = known.Known()
    for name in "abc":
        found.add([name])
    assert found.headwords == {"a", "b"}


def test_what_is_ready_takes_one_query():
    make_dictionary(HUS)
    article = make("et hus")
    first = told(article)
    with CaptureQueriesContext(connection) as queries:
        assert told(article) == first
    assert len(queries) == 1


def test_without_room_nothing_is_kept_ready(settings):
    settings.GLOSSES_CACHE_MB = 0
    make_dictionary(HUS)
    article = make("et hus")
    told(article)
    with CaptureQueriesContext(connection) as queries:
        told(article)
    assert len(queries) == 2


def test_a_change_of_the_dictionary_is_told_at_once():
    made = make_dictionary(HUS)
    article = make("et hus")
    told(article)
    Entry.objects.update(translations="mouse")
    Dictionary.objects.filter(pk=made.pk).touch()
    [sense] = told(article)["glosses"]["hus"]["senses"]
    assert sense["translations"] == ["mouse"]


def test_other_tokens_are_told_at_once():
    make_dictionary(HUS)
    article = make("et hus")
    before = told(article)["glosses"]
    article.fragments.update(text="ingen")
    services.fill([article])
    assert "hus" in before
    assert "hus" not in told(article)["glosses"]


def test_languages_have_answers_of_their_own():
    make_dictionary(HUS)
    make_dictionary("hus|n||Haus", target="de")
    article = make("et hus")
    both = [told(article, to)["glosses"]["hus"]["senses"][0] for to in ("en", "de")]
    assert [one["translations"][0] for one in both] == ["house", "Haus"]


def test_an_article_of_800_words_is_less_than_30_kb_on_the_wire():
    """As large as can be: each word another one, with all senses it has room for."""
    names = [f"ord{chr(97 + n % 26)}{n * 7919 % 8000}" for n in range(800)]
    entries = [
        f"{name}|{pos}||{'; '.join(f'{name[::-1]} {pos}{k}' for k in range(3))}"
        for name in names
        for pos in ("n", "v")
    ]
    make_dictionary(*entries)
    body = glosses.of_article(make(" ".join(names)).pk, "en").body()
    assert len(gzip.compress(body, 2)) < 30_000
