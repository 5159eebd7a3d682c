"""Knowledge by the API: states, the rest of an article, placement, lists."""

import pytest

from articles.models import Article
from articles.tests.factories import make_article
from learners.knowledge import placement, store
from learners.knowledge.store import State
from learners.models import Knowledge
from learners.tests.learning import client_of, knows, make_learner
from tokenization import services
from tokenization.lexemes import ids_of, packed
from tokenization.models import Lexeme
from tokenization.tests.factories import make_row

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True, scope="module")
def lemmas():
    """Of a new checkout there are none, and nobody waits for them."""
    services.lemmatizer().build("da")


@pytest.fixture
def learner():
    return make_learner()


@pytest.fixture
def client(learner):
    return client_of(learner)


def patch(client, **body):
    return client.patch("/api/knowledge/", {"language": "da", **body}, format="json")


def state_of(learner, lemma):
    return store.read(learner.pk, "da").state(ids_of("da", [lemma])[lemma])


def make_words(*lemmas, counts=None, **facts):
    """An article of these words."""
    ids = ids_of("da", lemmas)
    if counts:
        by_id = dict(sorted(zip(ids.values(), counts, strict=True)))
        facts["lexeme_counts"] = bytes(by_id.values())
    article = make_article(language="da")
    make_row(article, lexemes=packed(ids.values()), **facts)
    return article


# --- PATCH


def test_words_are_put_into_states_by_their_lexeme(client, learner):
    answer = patch(client, words={"hunde": "known", "hus": "learning", "xyzzyq": "met"})
    assert answer.json() == {"language": "da", "taken": 2, "unknown": ["xyzzyq"]}
    assert state_of(learner, "hund") is State.KNOWN
    assert state_of(learner, "hus") is State.LEARNING
    assert not Lexeme.objects.filter(lemma="xyzzyq").exists()


def test_a_word_that_a_text_had_is_found_though_no_list_has_it(client, learner):
    ids_of("da", ["xyzzyq"])
    assert patch(client, words={"Xyzzyq": "ignored"}).json()["unknown"] == []
    assert state_of(learner, "xyzzyq") is State.IGNORED


def test_lexemes_are_put_into_states_those_of_the_language_alone(client, learner):
    danish, german = ids_of("da", ["hus"])["hus"], ids_of("de", ["haus"])["haus"]
    answer = patch(client, lexemes={str(danish): "known", str(german): "known"})
    assert answer.json()["unknown"] == [str(german)]
    assert set(store.read(learner.pk, "da").known) == {danish}


def test_words_in_other_states_can_be_left_alone(client, learner):
    patch(client, words={"hus": "learning"})
    patch(client, words={"hus": "new", "hund": "new"}, only_from=["known"])
    assert state_of(learner, "hus") is State.LEARNING


def test_a_list_of_thousands_is_one_change(client, learner):
    most = placement._most_frequent("da", 6000)
    sent = dict.fromkeys(most[:5000], "known")
    answer = patch(client, words=sent).json()
    assert answer["taken"] + len(answer["unknown"]) == 5000
    assert answer["taken"] > 4500
    assert Knowledge.objects.get(learner=learner).version == 1
    assert patch(client, words=dict.fromkeys(most, "known")).status_code == 400


@pytest.mark.parametrize(
    ("body", "name"),
    [
        ({}, "words"),
        ({"words": {}, "lexemes": {}}, "words"),
        ({"words": {"hus": "forgotten"}}, "words"),
        ({"words": ["hus"]}, "words"),
        ({"lexemes": {"hus": "known"}}, "lexemes"),
        ({"words": {"hus": "known"}, "only_from": ["x"]}, "only_from"),
        ({"words": {}, "language": "xx"}, "language"),
        ({"words": {}, "state": "x"}, "state"),
    ],
)
def test_what_is_wrong_is_named(client, body, name):
    answer = patch(client, **body)
    assert (answer.status_code, [*answer.json()["errors"]]) == (400, [name])


# --- counts


def test_counts_are_by_language_and_state(client, learner, django_assert_num_queries):
    patch(client, words={"hus": "known", "hund": "met"})
    knows(learner, [1, 2, 3], "de")
    with django_assert_num_queries(1):
        danish, german = client.get("/api/knowledge/").json()
    assert danish == {
        "language": "da",
        "met": 1,
        "learning": 0,
        "known": 1,
        "ignored": 0,
        "likely": 0,
        "placed": 0,
    }
    assert (german["language"], german["known"]) == ("de", 3)


# --- an article's words


def test_an_articles_words_have_their_states(
    client, learner, django_assert_num_queries
):
    article = make_words("hus", "hund", "og", counts=[1, 9, 1])
    patch(client, words={"hus": "known", "kat": "known"})
    with django_assert_num_queries(3):
        answer = client.get(f"/api/articles/{article.pk}/states/").json()
    assert answer == {
        "language": "da",
        "coverage": {"share": pytest.approx(1 / 3), "known": 1, "new": 2, "likely": 0},
        "words": {"hus": "known", "hund": "new", "og": "new"},
        "likely": [],
        "worth_learning": [
            {"lemma": "og", "rank": 2, "count": 1},
            {
                "lemma": "hund",
                "rank": Lexeme.objects.get(lemma="hund").rank,
                "count": 9,
            },
        ],
    }


def test_an_article_without_tokens_has_no_words_and_no_coverage(client):
    answer = client.get(f"/api/articles/{make_article().pk}/states/").json()
    assert (answer["coverage"], answer["words"]) == (None, {})


@pytest.mark.parametrize("call", ["states", "known"])
def test_what_readers_do_not_see_is_not_there(client, call):
    article = make_words("hus")
    Article.objects.update(broken="short")
    method = client.get if call == "states" else client.post
    for pk in (article.pk, 999, "x"):
        assert method(f"/api/articles/{pk}/{call}/").status_code == 404


def test_the_rest_of_an_article_is_known_and_can_be_taken_back(client, learner):
    article = make_words("hus", "hund", "og")
    patch(client, words={"hus": "learning", "kat": "known"})
    answer = client.post(f"/api/articles/{article.pk}/known/").json()
    assert answer["known"] == 2
    assert state_of(learner, "og") is State.KNOWN
    assert state_of(learner, "hus") is State.LEARNING
    patch(client, words={"og": "learning"})
    client.patch("/api/knowledge/", answer["undo"], format="json")
    states = [state_of(learner, word) for word in ("hus", "hund", "og", "kat")]
    assert states == ["learning", "new", "learning", "known"]


# --- placement


def test_answers_to_the_placement_make_frequent_words_known(client, learner):
    shown = client.get("/api/placement/").json()
    assert shown == {"language": "da", "words": placement.make_test("da").shown}
    yes = [*placement.make_test("da").bands[0], placement.make_test("da").bands[1][0]]
    body = {"language": "da", "yes": yes}
    answer = client.post("/api/placement/", body, format="json").json()
    assert 500 <= answer["rank"] < 1000
    assert answer["guessed"] == 0
    assert answer["placed"] == len(store.read(learner.pk, "da").known) > 200


def test_who_knows_the_first_thousands_says_so_and_takes_it_back(client, learner):
    body = {"language": "da", "first": 1000}
    answer = client.post("/api/placement/", body, format="json").json()
    assert (answer["rank"], answer["guessed"]) == (1000, None)
    assert answer["placed"] > 500
    client.post("/api/placement/", body | {"first": 0}, format="json")
    assert not store.read(learner.pk, "da").known


@pytest.mark.parametrize(
    ("body", "name"),
    [
        ({"first": 20_001}, "first"),
        ({"first": -1}, "first"),
        ({}, "yes"),
        ({"first": 1, "yes": []}, "yes"),
        ({"yes": ["nogetandet"]}, "yes"),
        ({"yes": ["hus", 1.5, False]}, "yes"),
    ],
)
def test_answers_that_are_none_are_refused(client, body, name):
    body = {"language": "da"} | body
    answer = client.post("/api/placement/", body, format="json")
    assert (answer.status_code, [*answer.json()["errors"]]) == (400, [name])


# --- lists


def words_in(answer):
    return [(word["lemma"], word["state"]) for word in answer.json()["results"]]


def test_words_are_listed_by_state_and_start(client):
    patch(client, words={"hus": "known", "hund": "met", "kat": "known"})
    listed = sorted(words_in(client.get("/api/words/")))
    assert listed == [("hund", "met"), ("hus", "known"), ("kat", "known")]
    of_known = words_in(client.get("/api/words/?state=known&q=Hu"))
    assert of_known == [("hus", "known")]
    assert words_in(client.get("/api/words/?language=de")) == []


def test_likely_words_are_listed_as_such(client, learner):
    ids = ids_of("da", ["hus", "kat"])
    row = {"read_often": packed(ids.values()), "known": packed([ids["kat"]])}
    Knowledge.objects.create(learner=learner, language_id="da", **row)
    assert words_in(client.get("/api/words/?state=likely")) == [("hus", "likely")]


def test_pages_of_words_go_on_and_back(client):
    patch(client, words=dict.fromkeys(placement._most_frequent("da", 30), "known"))
    every = words_in(client.get("/api/words/"))
    first = client.get("/api/words/?page_size=10")
    second = client.get(first.json()["next"])
    third = client.get(second.json()["next"])
    assert words_in(first) + words_in(second) + words_in(third) == every[:30]
    assert words_in(client.get(third.json()["previous"])) == words_in(second)
    assert first.json()["previous"] is None


def test_a_word_that_changes_between_pages_moves_no_other(client):
    patch(client, words=dict.fromkeys(placement._most_frequent("da", 30), "known"))
    every = [lemma for lemma, _ in words_in(client.get("/api/words/"))]
    first = client.get("/api/words/?page_size=10")
    patch(client, words={every[0]: "new", every[9]: "new"})
    second = client.get(first.json()["next"])
    assert [lemma for lemma, _ in words_in(second)] == every[10:20]


def test_fifty_thousand_words_take_as_many_queries_as_one(
    client, learner, django_assert_num_queries
):
    knows(learner, [*range(1, 50_001), *ids_of("da", ["hus"]).values()])
    with django_assert_num_queries(2):
        client.get("/api/words/?language=da&state=known")
    with django_assert_num_queries(3):
        client.get("/api/words/?language=da&state=known&q=h")


@pytest.mark.parametrize("wrong", ["state=new", "language=xx", "x=1", "cursor=x"])
def test_wrong_parameters_are_refused(client, wrong):
    assert client.get(f"/api/words/?{wrong}").status_code == 400
