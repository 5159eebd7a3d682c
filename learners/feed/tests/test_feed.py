import random
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from articles.models import Article, Topic
from articles.tests.factories import make_article, make_feed
from learners.feed import candidates
from learners.knowledge.store import State, change
from learners.models import Knowledge, User
from learners.readings.actions import Said
from learners.readings.actions import change as tell
from learners.readings.models import Reading
from learners.tests.learning import client_of, knows, make_learner
from tokenization import lexemes
from tokenization.models import Lexeme, TokenizationCache
from tokenization.tests.factories import make_row

pytestmark = pytest.mark.django_db
WORDS = range(1001, 1101)


@pytest.fixture
def words():
    Lexeme.objects.bulk_create(
        Lexeme(pk=pk, language_id="da", lemma=f"ord{pk}", rank=pk) for pk in WORDS
    )


def make_text(ids, hours=0, **facts):
    """An article of these lexemes, so many hours old."""
    at = timezone.now() - timedelta(hours=hours)
    article = make_article(published_at=at, **facts)
    counts = dict.fromkeys(ids, 1)
    make_row(
        article,
        lexemes=lexemes.packed(ids),
        lexeme_counts=lexemes.packed_counts(counts),
        card_lexemes=lexemes.packed_card([ids[0], 0], [ids[-1]]),
    )
    return article


def feed_of(user, **params):
    answer = client_of(user).get("/api/feed/", params)
    assert answer.status_code == 200, answer.content
    return answer.json()


def ids_in(answer):
    return [card["id"] for card in answer["results"]]


def test_what_is_just_right_comes_first_and_nothing_is_left_out(words):
    user = make_learner()
    knows(user, WORDS[:95])
    hard, right = make_text(WORDS[90:]), make_text(WORDS, hours=2)
    untokenized = make_article()
    assert ids_in(feed_of(user)) == [right.pk, untokenized.pk, hard.pk]


def test_who_knows_nothing_sees_all_the_easiest_first(words):
    user = make_learner()
    hard = make_text(WORDS[:20], difficulty=0.6)
    easy = make_text(WORDS[20:40], difficulty=0.1, hours=1)
    assert ids_in(feed_of(user)) == [easy.pk, hard.pk]


def test_a_card_tells_what_the_article_is_to_the_learner(words):
    user = make_learner()
    change(user.pk, "da", {State.KNOWN: WORDS[:8], State.MET: WORDS[8:9]})
    article = make_text(WORDS[:10])
    tell(user.pk, article.pk, Said(saved=True))
    [card] = feed_of(user)["results"]
    assert card["coverage"] == {"share": 0.8, "known": 8, "new": 1, "likely": 0}
    assert card["new_words"] == 1
    assert card["worth_learning"] == [{"lemma": "ord1010", "rank": 1010, "count": 1}]
    assert (card["title_states"], card["summary_states"]) == ("k-", "n")
    assert card["mine"]["saved"]


def test_five_words_are_worth_learning_the_most_frequent_first(words):
    make_text(WORDS[:20])
    user = make_learner()
    knows(user, WORDS[1:3])
    [card] = feed_of(user)["results"]
    ranks = [one["rank"] for one in card["worth_learning"]]
    assert ranks == [1001, 1004, 1005, 1006, 1007]


@pytest.mark.parametrize("done", ["read", "hidden"])
def test_what_the_learner_is_done_with_is_left_out(words, done):
    user = make_learner()
    article = make_text(WORDS)
    tell(user.pk, article.pk, Said(**{done: True}))
    assert ids_in(feed_of(user)) == []
    assert ids_in(feed_of(make_learner())) == [article.pk]


def test_what_the_learner_reported_is_left_out(words):
    user = make_learner()
    article = make_text(WORDS)
    Reading.objects.create(learner=user, article=article, reported_at=timezone.now())
    assert ids_in(feed_of(user)) == []


def test_excluded_topics_and_keywords_are_left_out(words):
    sport = Topic.objects.get(slug="sport")
    make_text(WORDS, topics=[sport])
    make_text(WORDS, title="Valgkampen begynder")
    rest = make_text(WORDS, title="Frivalg")
    user = make_learner(topics_excluded=[sport.pk], keywords_excluded=["valg"])
    assert ids_in(feed_of(user)) == [rest.pk]


def test_what_is_wanted_comes_before_the_same_of_other_topics(words):
    sport = Topic.objects.get(slug="sport")
    other, wanted = make_text(WORDS), make_text(WORDS, hours=1, topics=[sport])
    user = make_learner(topics_wanted=[sport.pk])
    assert ids_in(feed_of(user)) == [wanted.pk, other.pk]


def test_parameters_choose_language_topic_and_keyword(words):
    sport = Topic.objects.get(slug="sport")
    other = make_text(WORDS, title="Om noget andet")
    sporty = make_text(WORDS, topics=[sport], title="Kampen")
    german = make_article(language="de")
    user = make_learner()
    assert ids_in(feed_of(user, topic="sport")) == [sporty.pk]
    assert ids_in(feed_of(user, keyword="andet,xyz")) == [other.pk]
    assert ids_in(feed_of(user, language="de")) == [german.pk]


@pytest.mark.parametrize(
    ("params", "name"),
    [
        ({"language": "xx"}, "language"),
        ({"language": ""}, "language"),
        ({"topic": "nothing"}, "topic"),
        ({"cursor": "x"}, "cursor"),
        ({"level": "A1"}, "level"),
    ],
)
def test_what_is_wrong_is_named(params, name):
    answer = client_of(make_learner()).get("/api/feed/", params)
    assert (answer.status_code, name in answer.json()["errors"]) == (400, True)


def test_without_an_active_language_one_must_be_named():
    user = User.objects.create_user("nobody@example.com")
    answer = client_of(user).get("/api/feed/")
    assert (answer.status_code, "language" in answer.json()["errors"]) == (400, True)
    assert feed_of(user, language="da")["results"] == []


def test_a_cursor_that_was_changed_is_refused(words):
    user = make_learner()
    for _ in range(3):
        make_text(WORDS)
    cursor = feed_of(user, page_size=1)["next"].partition("cursor=")[2].split("&")[0]
    client = client_of(user)
    other = "A" if cursor[5] != "A" else "B"
    for wrong in (cursor[:5] + other + cursor[6:], cursor[:-2], cursor + "x"):
        assert client.get("/api/feed/", {"cursor": wrong}).status_code == 400
    params = {"cursor": cursor.replace("%3A", ":"), "language": "de"}
    assert client.get("/api/feed/", params).status_code == 400


def test_strangers_have_none(client):
    assert client.get("/api/feed/").status_code == 401


def test_what_is_hidden_for_all_is_gone_at_once(words):
    user = make_learner()
    articles = [make_text(WORDS) for _ in range(2)]
    feed_of(user)
    Article.objects.filter(pk=articles[0].pk).update(broken="hidden")
    assert ids_in(feed_of(user)) == [articles[1].pk]


def test_a_new_article_comes_when_the_candidates_are_old(words, monkeypatch):
    user = make_learner()
    old = make_text(WORDS, hours=1)
    feed_of(user)
    new = make_text(WORDS)
    assert ids_in(feed_of(user)) == [old.pk]
    monkeypatch.setattr(candidates, "REFRESHED_S", 0)
    assert ids_in(feed_of(user)) == [new.pk, old.pk]


def test_a_page_takes_three_queries_whatever_the_history(words, monkeypatch):
    user = make_learner()
    monkeypatch.setattr(candidates, "REFRESHED_S", 1000)
    for number in range(30):
        article = make_text(WORDS, hours=number)
        if number % 3 == 0:
            tell(user.pk, article.pk, Said(read=True))
    knows(user, WORDS[:50])
    feed_of(user)
    for size in (2, 20):
        with CaptureQueriesContext(connection) as queries:
            feed_of(user, page_size=size)
        assert len(queries) == 3


def test_nothing_repeats_or_is_lost_to_the_end_of_1200_articles(monkeypatch):
    """While words are marked, articles arrive and others are hidden."""
    monkeypatch.setattr(candidates, "REFRESHED_S", 0)
    monkeypatch.setattr(candidates, "SPARE", 10)
    user, chance = make_learner(), random.Random(5)
    feed = make_feed("da")
    ids = [article.pk for article in many(feed, 1200, chance)]
    client, url = client_of(user), "/api/feed/?page_size=40"
    seen, hidden = [], set()
    while url:
        answer = client.get(url).json()
        seen += ids_in(answer)
        url = answer["next"]
        change(user.pk, "da", {State.KNOWN: chance.sample(WORDS, 5)})
        many(feed, 3, chance)
        gone = chance.choice(sorted(set(ids) - set(seen) or {0}))
        hidden |= {gone}
        Article.objects.filter(pk=gone).update(broken="hidden")
    assert len(seen) == len(set(seen))
    assert set(ids) - hidden <= set(seen) <= set(ids)


def many(feed, number, chance):
    """Articles at random times of a week, with lexemes."""
    now = timezone.now()
    articles = Article.objects.bulk_create(
        Article(
            language_id="da",
            feed=feed,
            url="https://news.example.com",
            url_hash=f"{chance.random()}",
            title="Nyt",
            published_at=now - timedelta(seconds=chance.randrange(600_000)),
        )
        for _ in range(number)
    )
    TokenizationCache.objects.bulk_create(
        TokenizationCache(
            article=article,
            created_at=now,
            refreshed_at=now,
            lexemes=lexemes.packed(chance.sample(WORDS, 20)),
        )
        for article in articles
    )
    return articles


def test_the_version_of_the_knowledge_is_that_of_the_language(words):
    user = make_learner()
    knows(user, [WORDS[0]], "de")
    make_text(WORDS[:2])
    [card] = feed_of(user)["results"]
    assert card["coverage"]["known"] == 0
    assert Knowledge.objects.count() == 1


def test_who_has_read_all_that_comes_first_still_gets_the_rest(words):
    user = make_learner()
    articles = [make_text(WORDS, hours=number) for number in range(8)]
    for article in articles[:7]:
        tell(user.pk, article.pk, Said(read=True))
    assert ids_in(feed_of(user, page_size=1)) == [articles[7].pk]
