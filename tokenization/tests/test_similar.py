"""More like this: what is alike, what is left out, and what it costs."""

from datetime import timedelta

import pytest
from django.utils import timezone

from articles.models import Article
from articles.tests.factories import make_article
from tokenization import lexemes, services, similar
from tokenization.models import TokenizationCache

pytestmark = pytest.mark.django_db

LETTERS = "abcdefghijklmnopqrst"
COMMON = ["der", "er", "en", "hund"]


def words(letters):
    return " ".join([*COMMON, *(f"ord{letter}" for letter in letters)])


def make(letters, **facts):
    """An article of words that everybody has and one for each letter."""
    facts = {"title": "der er en hund", **facts}
    article = make_article(fragments=[("p", words(letters))], **facts)
    assert services.fill([article]) == {}
    return article


@pytest.fixture
def crowd(stub):
    """Articles that share nothing but what is common."""
    return [make(LETTERS[place : place + 4]) for place in range(0, 16, 4)]


def get(api, article, **options):
    return api.get(f"/api/articles/{article}/similar/", **options)


def ids(api, article):
    answer = get(api, article.pk)
    assert answer.status_code == 200
    return [card["id"] for card in answer.json()["results"]]


# --- what is alike


def test_articles_with_more_rare_words_in_common_come_first(api, crowd):
    one, near, far = make("uvwxyz"), make("xyzæøå"), make("zïëäöü")
    assert ids(api, one)[:2] == [near.pk, far.pk]


def test_what_shares_common_words_only_is_not_alike(api, crowd):
    assert ids(api, make("xyz")) == []


def test_a_rare_word_weighs_more_than_some_frequent_ones(api, stub):
    for number in range(5):
        make(f"ab{LETTERS[5 + 2 * number : 9 + 2 * number]}")
    rare = make("zyxwvu")
    assert ids(api, make("abzïëä"))[0] == rare.pk


def test_nearly_the_same_is_left_out_and_so_is_its_double(api, crowd):
    one = make("uvwxyz")
    make("uvwxy")
    pair = {make("xyzæøå").pk, make("xyzæø").pk}
    found = ids(api, one)
    assert len(found) == 1
    assert {*found} < pair


def test_hidden_articles_and_other_languages_are_none(api, crowd):
    one = make("uvwxyz")
    make("xyzæøå", broken="hidden")
    make("xyzæøå", language="de")
    assert ids(api, one) == []


def test_a_few_of_many_are_shown(api, crowd, monkeypatch):
    monkeypatch.setattr(similar, "MOST", 2)
    one = make("uvwxyz")
    for more in ("æøå", "ïëä", "öüß"):
        make(f"xyz{more}")
    assert len(ids(api, one)) == 2


def test_only_the_newest_articles_are_compared(api, stub, monkeypatch):
    monkeypatch.setattr(similar, "WINDOW", 3)
    old = timezone.now() - timedelta(days=9)
    one, older = make("uvwxyz", published_at=old), make("xyzæøå", published_at=old)
    newer = [make("yzabcde"), make("fghijkl"), make("mnopqr")]
    found = ids(api, one)
    assert found[0] == newer[0].pk
    assert older.pk not in found


# --- what it costs


def test_it_takes_three_queries_at_most_and_one_for_a_while(
    api, crowd, django_assert_max_num_queries
):
    one = make("uvwxyz")
    make("xyzæøå")
    with django_assert_max_num_queries(3):
        found = ids(api, one)
    with django_assert_max_num_queries(1):
        assert ids(api, one) == found != []


def test_what_is_hidden_meanwhile_is_not_shown(api, crowd):
    one, near = make("uvwxyz"), make("xyzæøå")
    assert ids(api, one) == [near.pk]
    Article.objects.filter(pk=near.pk).update(broken="hidden")
    assert ids(api, one) == []
    Article.objects.filter(pk=one.pk).update(broken="hidden")
    assert get(api, one.pk).status_code == 404


def test_who_has_the_answer_is_told_that_it_is_the_same(api, crowd):
    one = make("uvwxyz")
    near = make("xyzæøå")
    etag = get(api, one.pk)["ETag"]
    assert get(api, one.pk, headers={"If-None-Match": etag}).status_code == 304
    Article.objects.filter(pk=near.pk).update(authors="Somebody")
    again = get(api, one.pk, headers={"If-None-Match": etag})
    assert (again.status_code, again["ETag"] != etag) == (200, True)


# --- bad input


@pytest.mark.parametrize("pk", ["0", "999999", "9" * 18, "9" * 19, "9" * 40, "x", "-1"])
def test_an_article_that_is_not_there_is_named(api, pk):
    answer = get(api, pk)
    assert answer.status_code == 404
    assert "application/problem+json" in answer["Content-Type"]


def test_an_article_without_tokens_has_none_and_then_some(api, crowd):
    one = make_article(fragments=[("p", words("uvwxyz"))], title="der er en hund")
    make("xyzæøå")
    assert ids(api, one) == []
    services.fill([one])
    assert len(ids(api, one)) == 1


def test_an_article_of_numbers_alone_has_none(api, crowd):
    one = make_article(fragments=[("p", "1 2 3")], title="4")
    services.fill([one])
    assert ids(api, one) == []


def test_pruned_articles_are_still_compared(api, crowd):
    one, near = make("uvwxyz"), make("xyzæøå")
    TokenizationCache.objects.update(title="", content="", tokenizer="")
    assert ids(api, one) == [near.pk]


def test_rows_from_before_lexemes_are_passed_over(api, crowd):
    one, near = make("uvwxyz"), make("xyzæøå")
    TokenizationCache.objects.filter(pk=near.pk).update(lexemes=None)
    assert ids(api, one) == []


def test_sets_of_nothing_are_like_nothing():
    nothing, something = lexemes.packed([]), lexemes.packed([1])
    others = [(1, something), (2, nothing), (3, None)]
    assert similar.nearest(nothing, others, 6) == []
    assert similar.nearest(something, [], 6) == []
