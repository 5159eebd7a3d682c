"""Several values of a filter: right, in order, and at a cost that does not grow."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from articles.models import Article, Language, Topic
from articles.tests.factories import make_article, make_feed
from tokenization.tests.test_api_articles import LIST, get, ids, refused, walk

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("stub")]

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
MANY = 3000


def make(language, minutes=0, **facts):
    """The id of an article of some minutes after noon."""
    at = NOON + timedelta(minutes=minutes)
    return make_article(language=language, published_at=at, **facts).pk


@pytest.mark.parametrize(
    "query",
    ["language=da,de", "language=da&language=de", "language=de,+da,&language=da"],
)
def test_several_languages_are_one_list_newest_first(api, query):
    pks = [make("da", 1), make("de", 2), make("da", 3), make("de", 4)]
    make("sv", 5)
    assert [c["id"] for c in get(api, f"{LIST}?{query}")["results"]] == pks[::-1]


@pytest.mark.parametrize("query", ["topic=science,sport", "topic=sport&topic=science"])
def test_an_article_of_several_topics_is_there_once(api, query):
    science, sport = (Topic.objects.get(slug=slug) for slug in ("science", "sport"))
    pks = [make("da", 1, topics=[science]), make("da", 2, topics=[science, sport])]
    make("da", 3, topics=[Topic.objects.get(slug="culture")])
    make("da", 4)
    assert [c["id"] for c in get(api, f"{LIST}?{query}")["results"]] == pks[::-1]


def test_several_levels_and_one_feed(api):
    feed = make_feed()
    pks = [
        make("da", n, feed=feed, level=level) for n, level in enumerate(["A1", "B1"])
    ]
    make("da", 5, feed=feed, level="C1"), make("da", 6, level="A1")
    make("da", 7, feed=feed)
    assert ids(api, level="A1,B1", feed=feed.pk) == pks[::-1]
    assert ids(api, level="A1") != pks[:1]


def test_values_of_different_filters_join(api):
    science = Topic.objects.get(slug="science")
    both = make("de", 1, topics=[science], level="B2")
    make("de", 2, level="B2"), make("sv", 3, topics=[science], level="B2")
    make("de", 4, topics=[science], level="C1")
    wanted = {"language": "da,de", "topic": "science,sport", "level": "B1,B2"}
    assert ids(api, **wanted) == [both]


def test_pages_of_several_languages_together_are_the_whole_list(api):
    languages = ("da", "de", "sv")
    made = [(make(languages[n % 3], n // 7), languages[n % 3]) for n in range(40)]
    wanted = [pk for pk, language in made if language != "sv"][::-1]
    assert walk(api, language="da,de", page_size=6) == wanted
    last = get(api, language="da,de", page_size=6)
    while last["next"]:
        last = get(api, last["next"])
    back = [card["id"] for card in get(api, last["previous"])["results"]]
    seen = [card["id"] for card in last["results"]]
    assert wanted[-len(seen) - 6 :] == back + seen


def test_what_arrives_meanwhile_moves_no_other_of_several_languages(api):
    pks = [make(["da", "de"][n % 2], 0) for n in range(12)]
    page = get(api, language="da,de", page_size=5)
    make("da", 1), make("de", -1)
    rest = walk(api, page["next"])[:7]
    assert [card["id"] for card in page["results"]] + rest == pks[::-1]


# --- refused by name


@pytest.mark.parametrize(
    ("query", "errors"),
    [
        ("language=da,xx", {"language": ["there is no language 'xx'"]}),
        (
            "language=yy&language=da,xx",
            {"language": ["there is no language 'yy'", "there is no language 'xx'"]},
        ),
        ("topic=science,nope", {"topic": ["there is no topic 'nope'"]}),
        ("topic=nope", {"topic": ["there is no topic 'nope'"]}),
        (
            "level=A1,X9,a1",
            {"level": [f"'{x}': use A1, A2, B1, B2, C1, C2" for x in ("X9", "a1")]},
        ),
        ("level=%25s", {"level": ["'%s': use A1, A2, B1, B2, C1, C2"]}),
        ("language=%25s", {"language": ["there is no language '%s'"]}),
        ("language=DA", {"language": ["there is no language 'DA'"]}),
        ("feed=4711", {"feed": ["there is no feed '4711'"]}),
        ("feed=1,2", {"feed": ["Enter a whole number."]}),
        ("feed=1&feed=2", {"feed": ["give it once"]}),
        ("page_size=1&page_size=2", {"page_size": ["give it once"]}),
        ("language=da,%00", {"language": ["Null characters are not allowed."]}),
    ],
)
def test_what_is_not_there_is_refused_by_its_name(api, query, errors):
    make("da", topics=[Topic.objects.get(slug="science")], level="A1")
    assert refused(api.get(f"{LIST}?{query}")) == errors


def test_feeds_have_several_languages_too(api):
    pks = [make_feed(language).pk for language in ("da", "de")]
    make_feed("sv")
    found = get(api, "/api/feeds/?language=da,de")["results"]
    assert [feed["id"] for feed in found] == pks[::-1]
    errors = refused(api.get("/api/feeds/?language=da,xx"))
    assert errors == {"language": ["there is no language 'xx'"]}


def test_more_values_than_there_may_be_are_refused(api):
    many = ",".join(f"x{n}" for n in range(51))
    assert refused(api.get(f"{LIST}?language={many}")) == {
        "language": ["at most 50 values"]
    }


# --- what it costs


def make_many():
    """Articles of two languages in turn, all of three feeds, with a topic each."""
    feeds = [make_feed("da"), make_feed("de"), make_feed("sv")]
    topics = list(Topic.objects.all()[:2])
    Article.objects.bulk_create(
        Article(
            **{
                "feed": feeds[n % 2],
                "language": feeds[n % 2].language,
                "title": f"{n}",
            },
            **{"url": f"https://news.example.com/{n}", "url_hash": f"{n:064}"},
            **{"published_at": NOON + timedelta(minutes=n), "text_hash": f"{n}"},
            **{"summary": "Et kort referat. " * 20, "level": "B1"},
        )
        for n in range(MANY)
    )
    through = Article.topics.through
    through.objects.bulk_create(
        through(article_id=pk, topic_id=topics[pk % 2].pk)
        for pk in Article.objects.values_list("pk", flat=True)
    )
    return topics


def rows_read():
    with connection.cursor() as cursor:
        cursor.execute("SHOW SESSION STATUS LIKE 'Handler_read%'")
        return sum(int(number) for _, number in cursor.fetchall())


QUERIES = (
    "",
    "language=da",
    "language=da,de",
    "language=da,de,sv",
    "topic={0}",
    "topic={0},{1}",
    "language=da,de&topic={0},{1}",
    "level=B1,B2",
    "feed={feed}",
)


@pytest.mark.skipif(connection.vendor != "mysql", reason="asks MySQL what it has read")
@pytest.mark.django_db(transaction=True)
def test_a_page_reads_its_own_articles_and_few_others(api):
    slugs = [topic.slug for topic in make_many()]
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE TABLE articles_article, articles_article_topics")
        cursor.fetchall()
    feed = Article.objects.first().feed_id
    for query in QUERIES:
        url = f"{LIST}?{query.format(*slugs, feed=feed)}"
        get(api, url)
        before = rows_read()
        assert len(get(api, url)["results"]) == 20
        assert rows_read() - before < 1000, query


def queries(api, url, **headers):
    with CaptureQueriesContext(connection) as captured:
        api.get(url, headers=headers)
    return len(captured)


def test_several_values_are_looked_up_once(api):
    make("da", topics=[Topic.objects.get(slug="science")])
    url = f"{LIST}?language=da,de&topic=science,sport"
    assert queries(api, url) == 2
    assert queries(api, url) == 1
    assert queries(api, url, **{"If-None-Match": '"old"'}) == 2


def test_the_only_value_is_refused_although_it_was_there_before(api):
    Language.objects.create(code="xx", name="X", native_name="X")
    get(api, f"{LIST}?language=da,xx")
    Language.objects.filter(code="xx").delete()
    assert list(refused(api.get(f"{LIST}?language=xx"))) == ["language"]
