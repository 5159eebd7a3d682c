"""Glosses and single words over the API: answers, refusals, ETags."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from articles.languages import targets
from articles.tests.factories import make_article
from learners.dictionaries import glosses
from learners.dictionaries.models import Dictionary
from learners.dictionaries.tests.factories import make_dictionary
from tokenization import services
from tokenization.stanza.lemmas import Lemmatizer
from tokenization.stanza.tries import NoTrie

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("stub")]

HUS = "hus|n|n|house; home"
TRANSLATE = "/api/translate/"


@pytest.fixture(autouse=True)
def nothing_ready():
    glosses.ready.cache_clear()


@pytest.fixture
def article():
    make_dictionary(HUS)
    article = make_article([("p", "et hus")])
    services.fill([article])
    return article


def url(article):
    return f"/api/articles/{article.pk}/glosses/"


def refused(api, address, **params):
    response = api.get(address, params)
    assert response.status_code == 400
    return response.json()["errors"]


# --- of an article ------------------------------------------------------------


def test_anybody_gets_the_glosses_of_an_article(api, article):
    found = api.get(url(article)).json()
    assert found["id"] == article.pk
    assert (found["language"], found["to"]) == ("da", "en")
    assert (found["tokenization"], found["has_dictionary"]) == ("fresh", True)
    assert found["glosses"]["hus"]["senses"][0]["translations"] == ["house", "home"]


def test_what_has_not_changed_is_answered_with_304_and_reads_no_entries(api, article):
    tag = api.get(url(article))["ETag"]
    glosses.ready.cache_clear()
    with CaptureQueriesContext(connection) as queries:
        again = api.get(url(article), headers={"if-none-match": tag})
    assert (again.status_code, again.content) == (304, b"")
    assert len(queries) == 1
    assert "learners_entry" not in queries[0]["sql"]


def test_another_language_text_or_dictionary_has_another_etag(api, article):
    make_dictionary(HUS, target="de")
    tags = [api.get(url(article), {"to": to})["ETag"] for to in ("en", "de")]
    Dictionary.objects.all().touch()
    tags.append(api.get(url(article))["ETag"])
    article.fragments.update(text="et andet hus")
    services.fill([article])
    tags.append(api.get(url(article))["ETag"])
    assert len(set(tags)) == len(tags)


def test_with_the_etag_of_before_it_takes_two_queries_too(api, article):
    tag = api.get(url(article))["ETag"]
    Dictionary.objects.all().touch()
    with CaptureQueriesContext(connection) as queries:
        again = api.get(url(article), headers={"if-none-match": tag})
    assert again.status_code == 200
    assert len(queries) == 2


def test_an_article_without_tokens_has_no_glosses_yet(api):
    make_dictionary(HUS)
    found = api.get(url(make_article([("p", "et hus")]))).json()
    assert (found["tokenization"], found["glosses"]) == ("missing", {})


def test_glosses_count_as_no_reading(api, article, monkeypatch):
    monkeypatch.setattr("tokenization.serving.usage.read", pytest.fail)
    assert api.get(url(article)).status_code == 200


def test_a_pair_without_a_dictionary_says_so(api, article):
    found = api.get(url(article), {"to": "sv"}).json()
    assert (found["has_dictionary"], found["glosses"]) == (False, {})


@pytest.mark.parametrize("to", ["xx", "", "EN", "da", "d" * 4000, "\0", "да"])
def test_a_language_that_is_none_is_refused_with_those_there_are(api, article, to):
    [message] = refused(api, url(article), to=to)["to"]
    known = sorted(targets().keys() - {"da"})
    assert message.endswith(f"use one of {', '.join(known)}")
    assert "en, es, et" in message


def test_an_english_article_needs_a_language(api):
    article = make_article(language="en")
    [message] = refused(api, url(article))["to"]
    assert "own language" in message


def test_a_dictionary_to_a_language_without_news_can_be_used(api, article):
    make_dictionary("hus|n||будинок", target="uk")
    found = api.get(url(article), {"to": "uk"}).json()
    assert found["glosses"]["hus"]["senses"][0]["translations"] == ["будинок"]


def test_codes_of_written_forms_are_taken(api, article):
    assert api.get(url(article), {"to": "nb"}).json()["to"] == "no"


def test_an_unknown_parameter_is_named(api, article):
    assert "language" in refused(api, url(article), language="en")


@pytest.mark.parametrize("pk", ["999999", "9" * 30, "abc"])
def test_an_unknown_article_is_named(api, pk):
    response = api.get(f"/api/articles/{pk}/glosses/")
    assert response.status_code == 404
    assert pk in response.json()["detail"]


def test_people_get_a_page(api, article):
    response = api.get(url(article), headers={"accept": "text/html"})
    assert response.status_code == 200
    assert "house" in response.content.decode()


# --- of a word ------------------------------------------------------------------


def translated(api, word, **params):
    response = api.get(TRANSLATE, {"from": "da", "word": word, **params})
    assert response.status_code == 200, response.content
    return response.json()


def first(found):
    return found["senses"][0]["translations"][0]


def test_anybody_gets_what_a_word_means(api):
    make_dictionary(HUS)
    assert translated(api, "Hus") == {
        "language": "da",
        "to": "en",
        "word": "Hus",
        "has_dictionary": True,
        "headword": "hus",
        "step": "lower",
        "senses": [{"pos": "n", "gender": "n", "translations": ["house", "home"]}],
    }


def test_a_phrase_is_looked_up_whole(api):
    make_dictionary("på grund af|prep||because of")
    found = translated(api, "på grund af")
    assert (found["step"], first(found)) == ("phrase", "because of")


def test_a_lemma_that_is_given_is_looked_up(api):
    make_dictionary("gå|v||go")
    assert first(translated(api, "gik", lemma="gå")) == "go"


def test_a_lemma_that_is_not_given_is_worked_out(api, monkeypatch):
    make_dictionary("gå|v||go")
    monkeypatch.setattr(services.lemmatizer(), "lemma", lambda *_: "gå")
    monkeypatch.setattr(services.lemmatizer(), "is_ready", lambda _: True)
    assert first(translated(api, "gik")) == "go"


def test_without_lemmas_the_rest_is_still_looked_up(api, monkeypatch):
    def fail(word, language):
        raise NoTrie("no lemmas of 'da'")

    make_dictionary(HUS)
    monkeypatch.setattr(services.lemmatizer(), "lemma", fail)
    monkeypatch.setattr(services.lemmatizer(), "is_ready", lambda _: True)
    assert first(translated(api, "Hus")) == "house"


@pytest.mark.parametrize("damage", [None, b"no trie"])
def test_no_request_makes_lemmas(api, monkeypatch, tmp_path, damage):
    lemmatizer = Lemmatizer(tmp_path)
    if damage:
        lemmatizer.tries.path("da").write_bytes(damage)
    before = [*tmp_path.iterdir()]
    monkeypatch.setattr(services, "lemmatizer", lambda: lemmatizer)
    make_dictionary(HUS)
    assert first(translated(api, "Hus")) == "house"
    assert api.get("/api/articles/", {"q": "gegangen"}).status_code == 200
    assert [*tmp_path.iterdir()] == before


def test_the_sentence_decides_between_parts_of_speech(api):
    make_dictionary("love|v||promise", "love|n||laws", source="da")
    assert (
        first(translated(api, "love", context="Jeg vil gerne at love det."))
        == "promise"
    )


def test_a_word_that_is_in_no_dictionary_has_no_senses(api):
    make_dictionary(HUS)
    found = translated(api, "qwxz")
    assert (found["senses"], found["has_dictionary"]) == ([], True)


def test_a_word_takes_two_queries(api):
    make_dictionary(HUS)
    with CaptureQueriesContext(connection) as queries:
        translated(api, "hus")
    assert len(queries) == 2


@pytest.mark.parametrize(
    ("params", "name"),
    [
        ({"word": ""}, "word"),
        ({"word": "   "}, "word"),
        ({"word": "x" * 101}, "word"),
        ({"lemma": "x" * 101}, "lemma"),
        ({"context": "x" * 1001}, "context"),
        ({"from": ""}, "from"),
        ({"from": "xx"}, "from"),
        ({"to": "xx"}, "to"),
        ({"to": "da"}, "to"),
        ({"from": "en"}, "to"),
        ({"words": "hus"}, "words"),
        ({"word": ["hus", "mus"]}, "word"),
    ],
)
def test_what_is_wrong_is_named(api, params, name):
    assert name in refused(api, TRANSLATE, **{"from": "da", "word": "hus", **params})


@pytest.mark.parametrize(
    "word", ["C++", "a-b", "%_'\"\\", "🙂", "\0q", "́", "-", "l'", "x" * 100]
)
@pytest.mark.parametrize("language", ["da", "fr", "de", "el"])
def test_whatever_is_asked_is_answered(api, word, language):
    make_dictionary(HUS, source=language)
    found = translated(api, word, context=f"Et {word}.", **{"from": language})
    assert found["senses"] == []


@pytest.mark.parametrize("word", ["hus\x00", "\u202ehus\u200b", " hus\n", "h\u00adus"])
def test_what_nobody_can_see_is_no_part_of_a_word(api, word):
    make_dictionary(HUS)
    found = api.get(TRANSLATE, {"from": "da", "to": "en", "word": word}).json()
    assert (found["word"], found["headword"]) == ("hus", "hus")


def test_whoever_asks_for_the_head_alone_is_told_the_same(api):
    make_dictionary(HUS)
    asked = {"from": "da", "to": "en", "word": "hus"}
    assert api.head(TRANSLATE, asked).status_code == 200
    assert api.head(TRANSLATE, {**asked, "x": "1"}).status_code == 400


@pytest.mark.parametrize(
    "word", ["hus.", "Hus!", "„hus“", "»hus«,", "(hus)", "'hus'", "’hus’.", "…hus"]
)
def test_marks_around_a_word_are_no_part_of_it(api, word):
    make_dictionary(HUS)
    assert translated(api, word)["headword"] == "hus"


@pytest.mark.parametrize("word", ["C++", "d.", "'s", "hus."])
def test_a_mark_that_makes_a_word_is_part_of_it(api, word):
    make_dictionary(f"{word}|n||it", "c|n||letter", "d|n||letter", "s|n||letter", HUS)
    assert translated(api, word)["headword"] == word


@pytest.fixture
def real_lemmas(stub, monkeypatch, settings):
    lemmatizer = Lemmatizer(settings.LEMMAS_DIR)
    for language in ("de", "fr"):
        lemmatizer.build(language)
    monkeypatch.setattr(services, "lemmatizer", lambda: lemmatizer)


@pytest.mark.usefixtures("real_lemmas")
@pytest.mark.parametrize("word", ["greift", "an", "greift an", "Greift an!"])
def test_a_verb_at_two_places_is_looked_up_whole(api, word):
    rows = "greifen|v||grasp", "an|prep||at", "angreifen|v||attack"
    make_dictionary(*rows, source="de")
    context = "" if " " in word else "Er greift den Mann an."
    found = translated(api, word, context=context, **{"from": "de"})
    assert found["headword"] == "angreifen"
    alone = translated(api, "greift", context="Er greift zu.", **{"from": "de"})
    assert alone["headword"] == "greifen"


@pytest.mark.usefixtures("real_lemmas")
def test_a_verb_whose_whole_is_in_no_dictionary_is_looked_up_alone(api):
    make_dictionary("greifen|v||grasp", source="de")
    context = "Er greift den Mann an."
    found = translated(api, "greift", context=context, **{"from": "de"})
    assert found["headword"] == "greifen"


@pytest.mark.usefixtures("real_lemmas")
def test_a_phrase_is_found_by_the_lemmas_of_its_words(api):
    make_dictionary("chemin de fer|n|m|railway", source="fr")
    found = translated(api, "chemins de fer", **{"from": "fr"})
    assert (found["headword"], found["step"]) == ("chemin de fer", "phrase")
