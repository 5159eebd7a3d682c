"""Sentences by the API: who is asked, what is refused, and what nobody waits for."""

import json
import socket

import pytest
from django.db import DatabaseError, connection

from learners.dictionaries.providers import asking, cache, client
from learners.dictionaries.providers.models import ProviderAnswer

TRANSLATE, EXPLAIN = "/api/translate/sentence/", "/api/explain/"
SENTENCE = {"from": "da", "to": "en", "text": "Solen skinner."}
KEY = "hunter2"

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def new_desk(settings, tmp_path):
    settings.RUN_DIR = tmp_path / "run"
    asking._desk.cache_clear()
    yield
    for one in asking.desk().providers:
        one.provider.client.close()
    asking._desk.cache_clear()


@pytest.fixture
def babel(web, settings):
    settings.LIBRETRANSLATE_URL, settings.LIBRETRANSLATE_KEY = web.url(""), KEY
    # None of these is slow: a busy machine may be.
    settings.LIBRETRANSLATE_TIMEOUT_S = 20
    web.add("/translate", '{"translatedText": "The sun shines."}')
    return web


@pytest.fixture
def model(web, settings):
    settings.OPENAI_URL, settings.OPENAI_KEY = web.url("/v1"), KEY
    settings.OPENAI_MODEL = "small"
    answer = {"choices": [{"message": {"content": "It is about\n\nweather."}}]}
    web.add("/v1/chat/completions", json.dumps(answer))
    return web


def ask(api, path=TRANSLATE, status=200, **facts):
    response = api.post(path, {**SENTENCE, **facts})
    assert response.status_code == status, response.content
    if status != 200:
        assert response["content-type"] == "application/problem+json"
        assert KEY not in response.content.decode()
    return response


def test_a_sentence_is_translated_once(api, babel):
    first, second = ask(api).json(), ask(api).json()
    assert first == second == {"text": "The sun shines.", "provider": "libretranslate"}
    assert len(babel.requests) == 1
    assert ProviderAnswer.objects.get().text == "The sun shines."


def test_a_sentence_is_explained(api, babel, model):
    answer = ask(api, EXPLAIN, context="Vejret").json()
    assert answer == {"text": "It is about\nweather.", "provider": "openai"}
    assert ask(api).json()["provider"] == "libretranslate"


def test_the_model_translates_where_the_first_is_away(api, babel, model):
    babel.add("/translate", "", 500)
    assert ask(api).json()["provider"] == "openai"


def test_nobody_need_say_who_it_is(api, babel):
    api.credentials(HTTP_AUTHORIZATION="Token nobody")
    ask(api)


# --- nobody, or nobody just now


def test_without_a_provider_it_is_404(api):
    told = ask(api, status=404).json()["detail"]
    assert told == "Nobody is configured to translate sentences."
    assert "configured to explain" in ask(api, EXPLAIN, 404).json()["detail"]


def test_who_only_translates_explains_nothing(api, babel):
    ask(api, EXPLAIN, 404)


def test_a_text_that_nobody_takes_is_404(api, babel):
    babel.add("/translate", "", 400)
    assert "does not take this" in ask(api, status=404).json()["detail"]


def test_a_dead_provider_is_503_at_once_and_is_not_asked_again(api, settings):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        settings.LIBRETRANSLATE_URL = f"http://127.0.0.1:{free.getsockname()[1]}"
    answers = [ask(api, status=503) for _ in range(4)]
    assert [answer["Retry-After"] for answer in answers] == ["10"] * 3 + ["30"]
    assert "refused" in answers[0].json()["detail"]
    assert "failed lately" in answers[3].json()["detail"]


def test_one_that_drips_is_503_in_time(api, babel, settings):
    settings.LIBRETRANSLATE_TIMEOUT_S = 1
    babel.drip("/translate", b"HTTP/1.1 200 OK\r\n\r\n", b" ")
    told = ask(api, status=503).json()["detail"]
    assert told == "LibreTranslate: no full answer in 1 s. Try again in 10 s."


def test_who_has_too_much_says_when_to_come_again(api, babel):
    babel.add("/translate", "", 429, {"Retry-After": "77"})
    assert ask(api, status=503)["Retry-After"] == "77"


@pytest.mark.parametrize("body", ["<html>", "", "{}", "x" * 10_000_000, "[]"])
def test_one_that_lies_is_503(api, babel, body):
    babel.add("/translate", body)
    assert ask(api, status=503)["Retry-After"] == "10"
    assert not ProviderAnswer.objects.exists()


def test_what_is_kept_is_answered_while_its_provider_is_dead(api, babel, settings):
    ask(api)
    babel.add("/translate", "", 500)
    assert ask(api).json()["text"] == "The sun shines."


def test_markup_is_text(api, babel):
    babel.add("/translate", '{"translatedText": "<script>x</script>"}')
    response = ask(api)
    assert response.json()["text"] == "<script>x</script>"
    assert response["content-type"] == "application/json"
    assert response["X-Content-Type-Options"] == "nosniff"


# --- bad input


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"text": ""}, "text"),
        ({"text": " \n"}, "text"),
        ({"text": "\u200b\u202e"}, "text"),
        ({"text": "x" * 1001}, "text"),
        ({"text": ["x"]}, "text"),
        ({"text": None}, "text"),
        ({"context": "x" * 2001}, "context"),
        ({"from": "xx"}, "from"),
        ({"from": ""}, "from"),
        ({"from": ["da"]}, "from"),
        ({"to": {}}, "to"),
        ({"to": "EN"}, "to"),
        ({"to": "da"}, "to"),
        ({"word": "sol"}, "word"),
    ],
)
def test_what_is_no_question_is_refused_by_name(api, babel, facts, field):
    assert list(ask(api, status=400, **facts).json()["errors"]) == [field]
    assert babel.requests == []


@pytest.mark.parametrize("body", ["", "[]", "x", '{"from": "da"}', "[" * 9999, "null"])
def test_what_is_no_json_object_is_refused(api, babel, body):
    answer = api.post(TRANSLATE, body, content_type="application/json")
    assert answer.status_code == 400


def test_lone_surrogates_and_nulls_are_left_out(api, babel):
    body = '{"from": "da", "to": "en", "text": "Sol\\ud800\\u0000en"}'
    answer = api.post(TRANSLATE, body, content_type="application/json")
    assert answer.status_code == 200
    assert json.loads(babel.requests[0].body)["q"] == "Solen"


def test_it_is_not_asked_by_an_address(api, babel):
    assert api.get(TRANSLATE).status_code == 405
    assert api.post(f"{TRANSLATE}?text=x", SENTENCE).status_code == 400


def test_codes_of_written_forms_are_taken(api, babel):
    ask(api, **{"from": "nb"})
    assert json.loads(babel.requests[0].body)["source"] == "nb"
    assert ProviderAnswer.objects.get().from_language == "no"


def test_a_language_may_be_explained_in_itself(api, model):
    ask(api, EXPLAIN, to="da")


# --- rates


def test_one_address_asks_only_so_often_and_what_is_kept_is_free(api, babel, settings):
    settings.PROVIDER_RATE = 2, 60
    for text in "ab":
        ask(api, text=text)
    throttled = ask(api, text="c", status=429)
    assert 0 < int(throttled["Retry-After"]) <= 60
    ask(api, text="a")
    api.defaults["REMOTE_ADDR"] = "192.0.2.7"
    ask(api, text="c")


def test_all_together_ask_only_so_often(api, babel, settings):
    settings.PROVIDER_TOTAL_RATE = 1, 60
    ask(api, text="a")
    api.defaults["REMOTE_ADDR"] = "192.0.2.7"
    ask(api, text="b", status=429)
    assert len(babel.requests) == 1


# --- the database


@pytest.mark.django_db(transaction=True)
def test_no_connection_is_held_while_somebody_is_asked(api, babel, monkeypatch):
    held, send = [], client.Client.post

    def looking(self, *args):
        held.append(connection.connection is not None)
        return send(self, *args)

    monkeypatch.setattr(client.Client, "post", looking)
    ask(api)
    assert held == [False]


def test_an_answer_that_can_not_be_kept_is_given(api, babel, monkeypatch, caplog):
    def fail(*args):
        raise DatabaseError("read only")

    monkeypatch.setattr(cache, "_keep", fail)
    assert ask(api).json()["text"] == "The sun shines."
    assert "was not kept" in caplog.text


def test_what_is_kept_costs_one_query(api, babel, django_assert_num_queries):
    ask(api)
    with django_assert_num_queries(1):
        ask(api)


# --- health


def test_a_dead_provider_is_a_warning_and_no_outage(api, client, babel):
    babel.add("/translate", KEY, 500)
    for _ in range(3):
        ask(api, status=503)
    page = client.get("/health/", headers={"accept": "application/json"})
    [told] = [text for name, text in page.json().items() if "Providers" in name]
    assert "LibreTranslate: HTTP status 500 (2" in told
    assert KEY not in page.content.decode()
    assert client.get("/health/ready").status_code == 200


def test_nothing_is_told_of_who_is_well_or_not_there(client):
    page = client.get("/health/", headers={"accept": "application/json"})
    [told] = [text for name, text in page.json().items() if "Providers" in name]
    assert told == "OK"
