"""Which words of an article's tokens are looked up, and with what around them."""

import orjson
import pytest

from learners.dictionaries.article_words import Tokens
from learners.dictionaries.words import Word

pytestmark = pytest.mark.nodb


def token(text, **facts):
    return {"text": text, "has_space": True, **facts}


def block(*sentences):
    return orjson.dumps([list(sentences)]).decode()


def words(language="de", title="", summary="", content=""):
    return list(Tokens(language, title, summary, content).words())


def test_title_summary_and_body_are_of_the_article():
    body = [{"id": 1, "tag": "p", "text": "c", "tokens": [[[token("c")]]]}]
    body.append({"id": 2, "tag": "p", "text": "d", "tokens": None})
    stored = orjson.dumps(body).decode()
    found = words("da", block([token("a")]), block([token("b")]), stored)
    assert [word.form for word in found] == ["a", "b", "c"]


def test_an_article_without_tokens_has_no_words():
    assert words("da", None, "", None) == []


@pytest.mark.parametrize(
    "flag", ["is_punct", "is_symbol", "is_like_num", "is_like_email", "is_like_url"]
)
def test_marks_numbers_and_addresses_are_no_words(flag):
    found = words(summary=block([token("x", **{flag: True}), token("y")]))
    assert [word.form for word in found] == ["y"]


def test_a_word_comes_with_its_lemma_and_its_neighbours():
    sentence = [token("Das"), token("Haus", lemma="haus"), token("brennt")]
    found = words(summary=block(sentence))
    assert found[1] == Word("Haus", "haus", "Das", True, "brennt")


def test_phrases_are_looked_up_too():
    found = words("fr", summary=block([token("un"), token("peu")]))
    assert [word.form for word in found] == ["un", "peu", "un peu"]


def test_the_first_capital_of_a_sentence_tells_nothing():
    sentences = [[token("„", is_punct=True), token("Laufen")], [token("Laufen")]]
    assert {word.capital for word in words(summary=block(*sentences))} == {False}


@pytest.mark.parametrize(("language", "tells"), [("de", True), ("en", False)])
def test_capitals_of_titles_tell_something_where_nouns_have_them(language, tells):
    title = block([token("the"), token("House")])
    assert words(language, title)[1].capital is tells


def test_a_group_is_one_word_of_the_lemma_that_its_members_have():
    verb = token("greift", lemma="angreifen", mwe_group_id=1)
    particle = token("an", lemma="angreifen", mwe_group_id=1)
    found = words(summary=block([token("er"), verb, particle]))
    assert [word[:2] for word in found[1:3]] == [("angreifen", "angreifen")] * 2
