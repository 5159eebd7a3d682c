"""The calls about words that the learner met."""

import pytest

from articles.tests.factories import make_article
from learners.bookmarks.models import Bookmark
from learners.bookmarks.tests.reading import make_read, place, retokenize
from learners.knowledge.store import State, change
from learners.tests.learning import client_of, make_learner

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("stub")]
LIST = "/api/bookmarks/"
SENTENCE = "To huse er røde."


@pytest.fixture
def learner():
    return make_learner()


@pytest.fixture
def client(learner):
    return client_of(learner)


@pytest.fixture
def article():
    return make_read(SENTENCE)


def post(client, status=201, **facts):
    answer = client.post(LIST, facts, format="json")
    assert answer.status_code == status, answer.content
    return answer.json()


def found(client, query=""):
    answer = client.get(LIST + query)
    assert answer.status_code == 200, answer.content
    return [one["word"] for one in answer.json()["results"]]


def test_a_tap_is_saved_and_answered_with_its_place(client, article):
    told = place(article, 0, 1)
    answer = post(client, **told, word="huse", translation="houses")
    assert {**answer, **told, "length": 1} == answer
    assert (answer["lemma"], answer["state"]) == ("hus", "met")
    assert (answer["context"], answer["to"], answer["lost"]) == (SENTENCE, "en", False)


def test_a_second_time_it_is_answered_with_200(client, article):
    first = post(client, **place(article, 0, 1), word="huse")
    again = post(client, 200, **place(article, 0, 1), word="huse", translation="x")
    assert again == first


def test_nobody_keeps_the_answers(client, article):
    answer = client.get(LIST)
    assert answer.headers["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize("method", ["get", "post"])
def test_strangers_have_no_words(api, method):
    assert getattr(api, method)(LIST).status_code == 401


@pytest.mark.parametrize(
    ("facts", "name"),
    [
        ({"language": "da"}, "word"),
        ({"language": "da", "word": "..."}, "word"),
        ({"language": "da", "word": "a" * 201}, "word"),
        ({"language": "xx", "word": "hus"}, "language"),
        ({"word": "hus"}, "language"),
        ({"language": "da", "word": "hus", "context": "a" * 20_001}, "context"),
        ({"language": "da", "word": "hus", "to": "xx"}, "to"),
        ({"language": "da", "word": "hus", "translation": "a" * 501}, "translation"),
        ({"language": "da", "word": "hus", "token": 1}, "token"),
        ({"language": "da", "word": "hus", "colour": "red"}, "colour"),
        ({"language": "da", "article": 1, "word": "hus"}, "language"),
        ({"article": 1, "text": 1, "word": "hus"}, "text"),
        ({"article": 999, "word": "hus"}, "article"),
        ({"text": 999, "word": "hus"}, "text"),
        ({"article": 2**64, "word": "hus"}, "article"),
        ({"article": 1, "word": "hus", "part": "title", "sentence": 0}, "token"),
        (
            {"article": 1, "word": "h", "part": "body", "sentence": 0, "token": 0},
            "fragment",
        ),
        (
            {
                "article": 1,
                "word": "h",
                "part": "title",
                "fragment": 1,
                "sentence": 0,
                "token": 0,
            },
            "fragment",
        ),
    ],
)
def test_what_is_wrong_is_named(client, facts, name):
    answer = post(client, 400, **facts)
    assert name in answer["errors"], answer


def test_only_what_may_be_changed_is(client):
    pk = post(client, language="da", word="hus")["id"]
    answer = client.patch(f"{LIST}{pk}/", {"translation": "house", "starred": True})
    assert answer.json()["translation"] == "house"
    assert answer.json()["starred"]
    assert client.patch(f"{LIST}{pk}/", {"lost": True}).status_code == 400
    assert client.put(f"{LIST}{pk}/", {}).status_code == 405


def test_a_word_goes_and_is_gone(client):
    pk = post(client, language="da", word="hus")["id"]
    assert client.delete(f"{LIST}{pk}/").status_code == 204
    for method in ("get", "patch", "delete"):
        assert getattr(client, method)(f"{LIST}{pk}/").status_code == 404


def test_somebody_elses_words_are_not_there(client):
    pk = post(client, language="da", word="hus")["id"]
    other = client_of(make_learner())
    assert found(other) == []
    for method in ("get", "patch", "delete"):
        assert getattr(other, method)(f"{LIST}{pk}/").status_code == 404


@pytest.fixture
def three(client, learner, article):
    """Three words: in an article, of another language and with a star."""
    saved = post(client, **place(article, 0, 1), word="huse", translation="houses")
    post(client, language="de", word="Haus", translation="100%")
    star = post(client, language="da", word="en mus", context="Se en mus.")["id"]
    client.patch(f"{LIST}{star}/", {"starred": True})
    change(learner.pk, "da", {State.KNOWN: [saved["lexeme"]]})


@pytest.mark.usefixtures("three")
@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("", ["en mus", "Haus", "huse"]),
        ("?language=da", ["en mus", "huse"]),
        ("?language=da,de&q=hous", ["huse"]),
        ("?q=us", ["en mus", "Haus", "huse"]),
        ("?q=100%25", ["Haus"]),
        ("?q=%25", ["Haus"]),
        ("?starred=true", ["en mus"]),
        ("?starred=false", ["Haus", "huse"]),
        ("?state=known", ["huse"]),
        ("?state=met", []),
        ("?state=new", []),
        ("?lost=true", []),
        ("?article=999999", []),
    ],
)
def test_lists_are_filtered(client, query, words):
    assert found(client, query) == words


def test_words_of_an_article_are_listed(client, three, article):
    assert found(client, f"?article={article.pk}") == ["huse"]


def test_a_wrong_filter_is_named(client):
    answer = client.get(f"{LIST}?sate=known")
    assert answer.status_code == 400
    assert "sate" in answer.json()["errors"]
    assert client.get(f"{LIST}?state=knwon").status_code == 400


def test_pages_neither_repeat_nor_lose(client):
    for number in range(5):
        post(client, language="da", word=f"ord {number}")
    first = client.get(f"{LIST}?page_size=2").json()
    post(client, language="da", word="ny")
    second = client.get(first["next"]).json()
    words = [one["word"] for one in first["results"] + second["results"]]
    assert words == ["ord 4", "ord 3", "ord 2", "ord 1"]


def test_more_words_cost_no_more_queries(client, article, django_assert_num_queries):
    for number in range(9):
        post(client, language="da", word=f"ord {number}")
    post(client, **place(article, 0, 1), word="huse")
    for size in (1, 10):
        with django_assert_num_queries(2):
            client.get(f"{LIST}?page_size={size}")


def test_words_stand_where_the_text_has_them_now(
    client, article, django_assert_num_queries
):
    told = place(article, 0, 1)
    post(client, **told, word="huse")
    fragment = article.fragments.get()
    fragment.text = f"Noget nyt. {SENTENCE}"
    fragment.save()
    retokenize(article)
    [one] = in_article(client, article)
    assert (one["sentence"], one["token"], one["lost"]) == (1, 1, False)
    assert Bookmark.objects.get().sentence == 1
    # Nothing is written where nothing has changed: tokens, bookmarks, states.
    with django_assert_num_queries(3):
        in_article(client, article)


def test_what_the_text_has_no_longer_is_lost_until_it_has_it_again(client, article):
    post(client, **place(article, 0, 1), word="huse")
    fragment = article.fragments.get()
    for text, is_lost in (
        ("Nu er der huse i byen og ellers intet.", True),
        (SENTENCE, False),
    ):
        fragment.text = text
        fragment.save()
        retokenize(article)
        [one] = in_article(client, article)
        assert one["lost"] is is_lost
        assert (one["token"] is None) is is_lost
        assert Bookmark.objects.get().is_lost is is_lost


def test_many_that_move_are_written_in_one(client, article, django_assert_num_queries):
    for token, word in enumerate(["To", "huse", "er", "røde"]):
        post(client, **place(article, 0, token), word=word)
    fragment = article.fragments.get()
    fragment.text = f"Noget nyt. {SENTENCE}"
    fragment.save()
    retokenize(article)
    with django_assert_num_queries(4):
        in_article(client, article)


def test_tokens_that_are_not_of_the_text_are_not_believed(client):
    article = make_read(SENTENCE, "En mus løber.")
    post(client, **place(article, 0, 1), word="huse")
    post(client, **place(article, 0, 1, paragraph=1), word="mus")
    first, _ = article.fragments.all()
    first.text = "Helt andre ord."
    first.save()  # its tokens are stale, and served of the other paragraph alone
    assert [one["lost"] for one in in_article(client, article)] == [False, True]


def in_article(client, article):
    answer = client.get(f"/api/articles/{article.pk}/bookmarks/")
    assert answer.status_code == 200, answer.content
    return answer.json()["results"]


def test_articles_without_words_have_none_and_others_are_not_there(client):
    assert in_article(client, make_article()) == []
    for pk in (999, 2**70):
        assert client.get(f"/api/articles/{pk}/bookmarks/").status_code == 404


def test_an_article_shows_nobody_elses_words(client, article):
    post(client, **place(article, 0, 1), word="huse")
    assert in_article(client_of(make_learner()), article) == []
