"""The API's articles: cards, summaries, details, and how pages of them are walked."""

import re
from base64 import b64encode
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from articles import services as services_of_articles
from articles.models import Article, Topic
from articles.tests.factories import make_article, make_feed
from learners.api import article_serializers as serializers
from tokenization import services
from tokenization.models import TokenizationCache

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("stub")]

LIST = "/api/articles/"
SUMMARIES = "/api/articles/summaries/"
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
PROBLEM = "application/problem+json"


def fill(*articles):
    assert services.fill(list(articles)) == {}
    return articles[0]


def forbid_tokenizing(stub, monkeypatch):
    def tokenize(texts, language):
        raise AssertionError("a request waited for the tokenizer")

    monkeypatch.setattr(stub, "tokenize", tokenize)


def get(api, url=LIST, **params):
    response = api.get(url, params)
    assert response.status_code == 200, response.content
    return response.json()


def ids(api, **params):
    return [card["id"] for card in get(api, **params)["results"]]


def walk(api, url=LIST, **params):
    """All ids of a list, page by page along the next links."""
    found, page = [], get(api, url, **params)
    while True:
        found += [card["id"] for card in page["results"]]
        if not page["next"]:
            return found
        assert len(found) < 1000, "the pages go in circles"
        page = get(api, page["next"])


def fields(serializer):
    return set(serializer().fields)


def refused(response, status=400):
    """The errors of a problem answer, by parameter."""
    assert response.status_code == status
    assert response.headers["Content-Type"] == PROBLEM
    problem = response.json()
    assert problem["status"] == status
    return problem.get("errors", {})


def queries_of(client, url, params=None):
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert client.get(url, params).status_code == 200
    return [query["sql"] for query in captured]


# --- shapes, which the OpenAPI schema is made of


def test_a_card_has_the_fields_that_the_schema_declares(api):
    fill(make_article(topics=[Topic.objects.first()]))
    [card] = get(api)["results"]
    assert set(card) == fields(serializers.CardSerializer)
    assert set(card["feed"]) == fields(serializers.FeedNameSerializer)


def test_a_summary_has_the_fields_that_the_schema_declares(api):
    article = fill(make_article())
    answer = get(api, f"{LIST}{article.pk}/summary/")
    assert set(answer) == fields(serializers.SummarySerializer)


def test_summaries_have_the_fields_that_the_schema_declares(api):
    article = fill(make_article())
    answer = get(api, SUMMARIES, ids=article.pk)
    assert set(answer) == fields(serializers.SummariesSerializer)
    [summary] = answer["summaries"]
    assert set(summary) == fields(serializers.SummarySerializer)


@pytest.mark.parametrize("filled", [True, False])
def test_an_article_has_the_fields_that_the_schema_declares(api, filled):
    article = make_article(fragments=[("p", "Hej")])
    if filled:
        fill(article)
    answer = get(api, f"{LIST}{article.pk}/")
    assert set(answer) == fields(serializers.ArticleSerializer)
    [fragment] = answer["fragments"]
    assert set(fragment) == fields(serializers.FragmentSerializer)


def test_a_token_has_no_field_that_the_schema_does_not_declare(api):
    texts = ["(Hej)", "«", "7", "€", "post@a.dk", "www.dr.dk", "Ja!"]
    article = fill(make_article(title=" ".join(texts)))
    [[sentence]] = get(api, f"{LIST}{article.pk}/")["title_tokens"]
    assert {name for token in sentence for name in token} <= fields(
        serializers.TokenSerializer
    )


def test_a_card_tells_the_articles_facts(api):
    feed = make_feed(title="Avisen")
    topics = Topic.objects.order_by("slug")[:2]
    article = make_article(
        feed=feed, title="Hej", published_at=NOON, authors="A. B.", topics=topics
    )
    [card] = get(api)["results"]
    assert card["feed"] == {"id": feed.pk, "title": "Avisen"}
    assert card["topics"] == [topic.slug for topic in topics]
    assert card["published_at"] == "2026-03-01T12:00:00Z"
    assert (card["id"], card["title"], card["url"]) == (article.pk, "Hej", article.url)
    assert (card["authors"], card["language"]) == ("A. B.", "da")


# --- tokens


def test_cards_have_the_stored_tokens(api):
    cache = TokenizationCache.objects.get(pk=fill(make_article(summary="Ja")).pk)
    response = api.get(LIST)
    assert cache.title.encode() in response.content
    assert cache.summary.encode() in response.content
    assert response.json()["results"][0]["tokenization"] == "fresh"


def test_token_json_is_not_parsed_on_its_way(api):
    article = fill(make_article())
    TokenizationCache.objects.update(title='[[[ "as it stands" ]]]')
    for url in (LIST, f"{LIST}{article.pk}/", f"{LIST}{article.pk}/summary/"):
        assert b'[[[ "as it stands" ]]]' in api.get(url).content


def test_an_article_has_its_fragments_with_tokens_in_order(api):
    body = [("h2", "Vejret"), ("p", "Det regner."), ("li", "Regn")]
    article = fill(make_article(fragments=body))
    fragments = get(api, f"{LIST}{article.pk}/")["fragments"]
    assert [(f["tag"], f["text"]) for f in fragments] == body
    assert [f["tokens"][0][0][0]["text"] for f in fragments] == [
        "Vejret",
        "Det",
        "Regn",
    ]
    assert [f["id"] for f in fragments] == list(
        article.fragments.values_list("pk", flat=True)
    )


def test_without_tokens_an_article_is_served_all_the_same(api):
    article = make_article(fragments=[("p", "Hej"), ("p", "du")])
    answer = get(api, f"{LIST}{article.pk}/")
    assert (answer["tokenization"], answer["title_tokens"]) == ("missing", None)
    assert [(f["text"], f["tokens"]) for f in answer["fragments"]] == [
        ("Hej", None),
        ("du", None),
    ]


@pytest.mark.parametrize("url", ["", "{pk}/", "{pk}/summary/", "summaries/?ids={pk}"])
def test_stale_tokens_are_served_and_marked(api, url):
    article = fill(make_article(title="Gammel"))
    Article.objects.filter(pk=article.pk).update(text_hash="of another text")
    answer = get(api, LIST + url.format(pk=article.pk))
    [row] = answer.get("results") or answer.get("summaries") or [answer]
    assert row["tokenization"] == "stale"
    assert row["title_tokens"][0][0][0]["text"] == "Gammel"


def test_an_edited_body_is_served_at_once(api):
    article = fill(make_article(fragments=[("p", "Hej"), ("p", "du")]))
    article.fragments.filter(position=0).update(text="Goddag")
    services_of_articles.refresh_text_facts(article)
    fragments = get(api, f"{LIST}{article.pk}/")["fragments"]
    assert [fragment["text"] for fragment in fragments] == ["Goddag", "du"]
    assert fragments[0]["tokens"] is None
    assert fragments[1]["tokens"][0][0][0]["text"] == "du"


def test_tokens_of_an_older_tokenizer_are_stale(api, stub):
    fill(make_article())
    stub.release = 2
    [card] = get(api)["results"]
    assert card["tokenization"] == "stale"


def test_a_failed_article_is_served_and_marked(api, stub):
    article = make_article(title="Umulig")
    stub.bad.add("Umulig")
    services.fill([article])
    [card] = get(api)["results"]
    assert (card["tokenization"], card["title_tokens"]) == ("failed", None)


@pytest.mark.parametrize("url", ["", "{pk}/", "{pk}/summary/", "summaries/?ids={pk}"])
def test_no_request_waits_for_the_tokenizer(api, stub, monkeypatch, url):
    missing = make_article()
    fill(make_article())
    forbid_tokenizing(stub, monkeypatch)
    get(api, LIST + url.format(pk=missing.pk))


# --- what there is and what not


def test_broken_articles_are_nowhere(api):
    broken = fill(make_article(broken=Article.Broken.TOO_SHORT))
    assert ids(api) == []
    assert get(api, SUMMARIES, ids=broken.pk)["missing"] == [broken.pk]
    for path in ("", "summary/"):
        assert api.get(f"{LIST}{broken.pk}/{path}").status_code == 404


@pytest.mark.parametrize("pk", ["4711", "0", "abc", "9" * 30, "-1"])
@pytest.mark.parametrize("path", ["", "summary/"])
def test_an_unknown_id_is_a_404_that_names_it(api, pk, path):
    response = api.get(f"{LIST}{pk}/{path}")
    refused(response, 404)
    assert response.json()["detail"] == f"There is no article {pk}."


def test_summaries_come_in_the_order_asked_for_each_once(api):
    first, second = make_article(), make_article()
    answer = get(api, SUMMARIES, ids=f"{second.pk},{first.pk}, {second.pk},4711")
    assert [row["id"] for row in answer["summaries"]] == [second.pk, first.pk]
    assert answer["missing"] == [4711]


@pytest.mark.parametrize(
    "value", ["", ",", "x", "1,x", "1;2", "-1", "1.5", "٣", "9" * 19, "9" * 5000]
)
def test_bad_ids_are_refused_by_name(api, value):
    assert (
        "use a list such as 1,2,3"
        in refused(api.get(SUMMARIES, {"ids": value}))["ids"][0]
    )


def test_ids_with_zeros_in_front_are_refused_or_read_but_never_break_it(api):
    for zeros in (1, 20, 5000):
        assert api.get(SUMMARIES, {"ids": "0" * zeros + "9" * 30}).status_code == 400
    assert get(api, SUMMARIES, ids="00004711")["missing"] == [4711]


def test_a_hundred_ids_are_enough(api):
    hundred = ",".join(map(str, range(1, 101)))
    assert len(get(api, SUMMARIES, ids=hundred)["missing"]) == 100
    assert refused(api.get(SUMMARIES, {"ids": hundred + ",101"})) == {
        "ids": ["at most 100 ids a call"]
    }


def test_ids_are_required(api):
    assert "ids" in refused(api.get(SUMMARIES))


# --- filters


def test_lists_are_newest_first(api):
    times = [NOON, NOON + timedelta(hours=2), NOON + timedelta(hours=1)]
    pks = [make_article(published_at=time).pk for time in times]
    assert ids(api) == [pks[1], pks[2], pks[0]]


def test_filter_by_language(api):
    make_article()
    german = make_article(feed=make_feed("de"))
    assert ids(api, language="de") == [german.pk]


def test_filter_by_feed(api):
    make_article()
    wanted = make_article()
    assert ids(api, feed=wanted.feed_id) == [wanted.pk]


def test_filter_by_topic(api):
    make_article()
    science = Topic.objects.get(slug="science")
    wanted = make_article(topics=Topic.objects.all())
    assert ids(api, topic=science.slug) == [wanted.pk]


def test_filter_by_time_includes_its_start_and_excludes_its_end(api):
    pks = [
        make_article(published_at=NOON + timedelta(hours=hour)).pk for hour in range(4)
    ]
    period = {
        "published_after": "2026-03-01T13:00:00Z",
        "published_before": "2026-03-01T15:00:00Z",
    }
    assert ids(api, **period) == [pks[2], pks[1]]


def test_times_may_have_a_zone_or_be_a_day(api):
    article = make_article(published_at=NOON)
    assert ids(api, published_after="2026-03-01T13:00:00+01:00") == [article.pk]
    assert ids(api, published_after="2026-03-01T13:00:01+01:00") == []
    assert ids(api, published_after="2026-03-01") == [article.pk]


def test_filters_join(api):
    both = make_article(feed=make_feed("de"), published_at=NOON)
    make_article(feed=both.feed, published_at=NOON - timedelta(days=1))
    make_article(published_at=NOON)
    assert ids(api, language="de", published_after="2026-03-01T00:00:00Z") == [both.pk]


def test_a_filter_that_fits_nothing_is_an_empty_list(api):
    assert ids(api, language="sv") == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("langauge", "da"),
        ("search", "hej"),
        ("language", "xx"),
        ("language", "\x00"),
        ("topic", "no-such"),
        ("feed", "4711"),
        ("feed", "0"),
        ("feed", "-1"),
        ("feed", "1.5"),
        ("feed", "abc"),
        ("feed", "1e3"),
        ("feed", "9" * 30),
        ("published_after", "yesterday"),
        ("published_after", "2026-13-01T00:00:00Z"),
        ("published_after", "1899-12-31T23:59:59Z"),
        ("published_before", "2026-02-30"),
        ("published_before", "1899-12-31T23:59:59Z"),
        ("published_before", "0001-01-01T00:00:00+14:00"),
        ("published_before", "9999-12-31T23:59:59-14:00"),
        ("page_size", "0"),
        ("page_size", "101"),
        ("page_size", "-1"),
        ("page_size", "x"),
        ("page_size", ""),
        ("page_size", "²"),
        ("page_size", "9" * 5000),
        ("cursor", "x"),
        ("cursor", "cD1hYmM="),
        ("cursor", "cD0yMDI2"),
        ("cursor", "bz0tMQ=="),
        ("cursor", "cj14"),
        ("cursor", "æøå"),
        ("cursor", "\x00"),
    ],
)
def test_a_bad_parameter_is_refused_by_name(api, name, value):
    make_article()
    assert list(refused(api.get(LIST, {name: value}))) == [name]


def test_a_cursor_of_another_list_is_refused(api):
    for _ in range(2):
        make_feed()
    cursor = re.search(r"cursor=([^&]+)", get(api, "/api/feeds/", page_size=1)["next"])[
        1
    ]
    assert "cursor" in refused(api.get(f"{LIST}?cursor={cursor}"))


@pytest.mark.parametrize(
    "place", [f"0_{2**63}", f"0_{10**30}", "0_-1", f"{10**18 - 1}_1", "0_1_2_3", ","]
)
def test_a_cursor_that_names_no_place_is_refused(api, place):
    cursor = b64encode(urlencode({"p": place}).encode()).decode()
    assert "cursor" in refused(api.get(LIST, {"cursor": cursor}))


def test_several_bad_parameters_are_all_named(api):
    errors = refused(api.get(LIST, {"language": "xx", "topic": "no-such"}))
    assert sorted(errors) == ["language", "topic"]


# --- pages


def test_pages_have_20_cards_unless_asked_otherwise(api):
    for _ in range(21):
        make_article()
    assert len(ids(api)) == 20
    assert len(ids(api, page_size=21)) == 21


def make_many(number, **facts):
    """Articles made in bulk: their ids, newest first."""
    feed = make_feed()
    Article.objects.bulk_create(
        Article(
            **{
                "feed": feed,
                "language": feed.language,
                "title": f"Nr. {n}",
                "url": f"https://news.example.com/many/{feed.pk}/{n}",
                "url_hash": f"{feed.pk} {n}",
                "published_at": NOON + timedelta(minutes=n),
                **facts,
            }
        )
        for n in range(number)
    )
    articles = Article.objects.filter(feed=feed).newest_first()
    return list(articles.values_list("pk", flat=True))


def test_the_pages_together_are_the_whole_list(api):
    pks = make_many(45)
    assert walk(api) == pks


def test_articles_of_the_same_time_are_each_on_one_page(api):
    pks = make_many(45, published_at=NOON)
    assert walk(api) == pks


@pytest.mark.parametrize("time", [NOON, NOON + timedelta(days=1), NOON - timedelta(1)])
def test_articles_that_arrive_meanwhile_move_no_other(api, time):
    pks = make_many(45, published_at=NOON)
    page = get(api)
    found = [card["id"] for card in page["results"]]
    late = make_article(published_at=time).pk
    found += walk(api, page["next"])
    assert [pk for pk in found if pk != late] == pks


def test_pages_lead_back_too(api):
    pks = make_many(25, published_at=NOON)
    last = get(api, get(api, get(api, page_size=10)["next"])["next"])
    middle = get(api, last["previous"])
    first = get(api, middle["previous"])
    assert [card["id"] for card in last["results"]] == pks[20:]
    assert [card["id"] for card in middle["results"]] == pks[10:20]
    assert [card["id"] for card in first["results"]] == pks[:10]
    assert (first["previous"], last["next"]) == (None, None)


def test_next_pages_keep_the_filters(api):
    pks = make_many(30)
    make_many(30, published_at=NOON)
    feed = Article.objects.get(pk=pks[0]).feed_id
    assert walk(api, feed=feed, page_size=7) == pks


# --- what it costs


def make_filled(number):
    articles = Article.objects.in_bulk(make_many(number))
    fill(*articles.values())
    for article in articles.values():
        article.topics.set(Topic.objects.all()[:2])


@pytest.mark.parametrize("number", [5, 100])
@pytest.mark.parametrize("client", ["api", "staff_api"])
def test_a_list_costs_at_most_3_queries(request, number, client):
    make_filled(number)
    client = request.getfixturevalue(client)
    assert len(queries_of(client, LIST, {"page_size": 100})) <= 3
    summaries = {
        "ids": ",".join(map(str, Article.objects.values_list("pk", flat=True)))
    }
    assert len(queries_of(client, SUMMARIES, summaries)) <= 3


def test_lists_leave_the_large_content_in_the_database(api):
    article = fill(make_article())
    calls = [(LIST, {}), (f"{LIST}{article.pk}/summary/", {})]
    calls += [(SUMMARIES, {"ids": article.pk}), (LIST, {"language": "da"})]
    for url, params in calls:
        for sql in queries_of(api, url, params):
            assert not re.search(r"\bcontent\b", sql)


@pytest.mark.parametrize("path", ["", "summary/"])
def test_an_article_costs_at_most_3_queries(api, path):
    article = make_article(fragments=[("p", "Hej")] * 9)
    assert len(queries_of(api, f"{LIST}{article.pk}/{path}")) <= 3


# --- methods and formats


@pytest.mark.parametrize("path", ["", "{pk}/", "{pk}/summary/", "summaries/?ids={pk}"])
def test_head_and_options_are_answered(api, path):
    url = LIST + path.format(pk=make_article().pk)
    head = api.head(url)
    assert (head.status_code, head.content) == (200, b"")
    assert api.options(url).status_code == 200


@pytest.mark.parametrize(("client", "status"), [("api", 401), ("staff_api", 405)])
@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_nobody_writes_articles(request, client, status, method):
    client = request.getfixturevalue(client)
    for url in (LIST, f"{LIST}{make_article().pk}/"):
        refused(getattr(client, method)(url, {"title": "Nyt"}), status)
    assert Article.objects.filter(title="Nyt").count() == 0


@pytest.mark.parametrize("path", ["", "{pk}/", "{pk}/summary/", "summaries/?ids={pk}"])
def test_browsers_get_readable_pages(api, path):
    article = fill(make_article(title="Overskrift"))
    url = LIST + path.format(pk=article.pk)
    response = api.get(url, HTTP_ACCEPT="text/html")
    assert response.headers["Content-Type"] == "text/html; charset=utf-8"
    assert "Overskrift" in response.content.decode()


def test_browsers_get_readable_problems(api):
    response = api.get(f"{LIST}4711/", HTTP_ACCEPT="text/html")
    assert response.status_code == 404
    assert response.headers["Content-Type"] == "text/html; charset=utf-8"


def test_times_are_utc_in_any_server_time_zone(api, settings):
    settings.TIME_ZONE = "Asia/Tokyo"
    make_article(published_at=NOON.astimezone(timezone.get_fixed_timezone(60)))
    [card] = get(api)["results"]
    assert card["published_at"] == "2026-03-01T12:00:00Z"


def test_summaries_refuse_parameters_nobody_knows(api):
    response = api.get("/api/articles/summaries/", {"ids": "1", "foo": "2"})
    assert response.status_code == 400
    assert "foo" in response.json()["errors"]


def test_ids_may_be_given_one_by_one(api):
    response = api.get("/api/articles/summaries/?ids=1&ids=2")
    assert response.json()["missing"] == [1, 2]
