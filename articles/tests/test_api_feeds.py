"""The API's languages, topics and feeds."""

from collections import defaultdict

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from drf_spectacular.generators import SchemaGenerator

from articles import services
from articles.languages import LANGUAGES
from articles.models import Feed, Topic
from articles.tests.factories import make_article, make_feed
from learners.api import feed_serializers as serializers

pytestmark = pytest.mark.django_db

FEEDS = "/api/feeds/"
NEW = {
    "url": "https://news.example.com/rss",
    "language": "da",
    "title": "Avisen",
    "unchecked": True,
}


def get(api, url, **params):
    response = api.get(url, params)
    assert response.status_code == 200, response.content
    return response.json()


def ids(api, **params):
    return [feed["id"] for feed in get(api, FEEDS, **params)["results"]]


def refused(response, status=400):
    """The errors of a problem answer, by parameter."""
    assert response.status_code == status
    assert response.headers["Content-Type"] == "application/problem+json"
    return response.json().get("errors", {})


def test_there_are_all_languages(api):
    languages = get(api, "/api/languages/")
    assert len(languages) == len(LANGUAGES)
    assert {"code": "no", "name": "Norwegian", "native_name": "norsk"} in languages


def test_native_languages_are_those_and_more(api):
    codes = [one["code"] for one in get(api, "/api/languages/", kind="native")]
    assert {"da", "tr", "uk"} <= set(codes)
    assert get(api, "/api/languages/tr/")["native_name"] == "Türkçe"


def test_another_kind_of_language_is_refused(api):
    wrong = refused(api.get("/api/languages/", {"kind": "dead"}))
    assert wrong == {"kind": ["'dead': use learnable or native"]}


def test_nothing_is_read_in_a_native_language_alone(api):
    errors = refused(api.get(FEEDS, {"language": "tr"}))
    assert errors == {"language": ["there is no language 'tr'"]}


def test_a_language_is_found_by_its_code(api):
    assert get(api, "/api/languages/da/")["native_name"] == "dansk"
    assert api.get("/api/languages/xx/").status_code == 404


def test_topics_have_slugs_and_names(api):
    topics = get(api, "/api/topics/")
    assert {"slug": "science", "name": "Science"} in topics
    assert len(topics) == Topic.objects.count()


def test_a_topic_is_found_by_its_slug(api):
    assert get(api, "/api/topics/science/")["name"] == "Science"
    assert api.get("/api/topics/no-such/").status_code == 404


@pytest.mark.parametrize("url", ["/api/languages/", "/api/topics/", FEEDS])
def test_unknown_parameters_are_refused_by_name(api, url):
    assert list(refused(api.get(url, {"langauge": "da"}))) == ["langauge"]


def test_a_feed_has_the_fields_that_the_schema_declares(api):
    feed = make_feed()
    declared = set(serializers.FeedSerializer().fields)
    assert set(get(api, f"{FEEDS}{feed.pk}/")) == declared


def test_a_feed_tells_its_crawl_state(api):
    now = timezone.now().replace(microsecond=0)
    make_feed(
        last_status="failed",
        last_error="404 Not Found",
        consecutive_failures=3,
        last_success_at=now,
    )
    [feed] = get(api, FEEDS)["results"]
    assert feed["last_status"] == "failed"
    assert (feed["consecutive_failures"], feed["interval_s"]) == (3, 900)
    assert feed["last_success_at"] == f"{now:%Y-%m-%dT%H:%M:%SZ}"
    assert feed["last_fetched_at"] is None


def test_feeds_are_filtered_by_language_and_activity(api):
    active, idle = make_feed("de"), make_feed("de", active=False)
    make_feed("da")
    assert ids(api, language="de") == [idle.pk, active.pk]
    assert ids(api, language="de", active="true") == [active.pk]


def test_feeds_are_filtered_by_state(api):
    failing = make_feed(consecutive_failures=1)
    gone = make_feed(active=False, last_status="gone")
    make_feed()
    assert ids(api, state="failing") == [failing.pk]
    [found] = get(api, FEEDS, state="gone")["results"]
    assert (found["id"], found["state"]) == (gone.pk, "gone")


@pytest.mark.parametrize(
    ("name", "value"), [("language", "xx"), ("page_size", "0"), ("state", "tired")]
)
def test_bad_parameters_are_refused_by_name(api, name, value):
    make_feed()
    assert list(refused(api.get(FEEDS, {name: value}))) == [name]


def test_pages_together_are_the_whole_list(api):
    pks = [make_feed().pk for _ in range(5)]
    page = get(api, FEEDS, page_size=3)
    found = [feed["id"] for feed in page["results"]]
    found += [feed["id"] for feed in get(api, page["next"])["results"]]
    assert found == pks[::-1]


@pytest.mark.parametrize("pk", ["4711", "abc", "9" * 30])
def test_an_unknown_feed_is_a_404(api, pk):
    refused(api.get(f"{FEEDS}{pk}/"), 404)


def test_more_feeds_cost_no_more_queries(api):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            get(api, FEEDS, page_size=100)
        return len(captured)

    make_feed()
    few = queries()
    for language in ("de", "sv", "fr"):
        make_feed(language)
    assert queries() == few <= 3


# --- writing


def test_staff_adds_a_feed_with_a_token(staff_api):
    response = staff_api.post(FEEDS, NEW)
    assert response.status_code == 201
    feed = Feed.objects.get(pk=response.json()["id"])
    assert response["Location"] == f"http://testserver/api/feeds/{feed.pk}/"
    assert (feed.url, feed.language_id, feed.title) == (NEW["url"], "da", "Avisen")
    assert feed.active


@pytest.mark.parametrize(("client", "status"), [("api", 401), ("reader_api", 403)])
def test_others_may_not_write(request, client, status):
    client, feed = request.getfixturevalue(client), make_feed()
    refused(client.post(FEEDS, NEW), status)
    refused(client.patch(f"{FEEDS}{feed.pk}/", {"active": False}), status)
    refused(client.delete(f"{FEEDS}{feed.pk}/"), status)
    assert Feed.objects.get().active


def test_a_wrong_token_is_refused_even_for_reading(api):
    api.credentials(HTTP_AUTHORIZATION="Token nonsense")
    refused(api.get(FEEDS), 401)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("url", "javascript:alert(1)"),
        ("url", "ftp://news.example.com/rss"),
        ("url", "file:///etc/passwd"),
        ("url", "news.example.com"),
        ("url", ""),
        ("url", "https://news.example.com/" + "a" * 500),
        ("language", "xx"),
        ("language", None),
        ("title", "a" * 201),
        ("active", "perhaps"),
    ],
)
def test_a_bad_feed_is_refused_by_field(staff_api, name, value):
    assert list(refused(staff_api.post(FEEDS, {**NEW, name: value}))) == [name]
    assert not Feed.objects.exists()


@pytest.mark.parametrize("url", [NEW["url"], "HTTPS://News.Example.com:443/./rss#x"])
def test_the_same_address_is_not_added_twice(staff_api, url):
    feed, other = make_feed(url=NEW["url"], title="Fjordbladet"), make_feed()
    known = {"url": [f"feed {feed.pk} has this address already: Fjordbladet"]}
    assert refused(staff_api.post(FEEDS, {**NEW, "url": url})) == known
    response = staff_api.patch(f"{FEEDS}{other.pk}/", {"url": url})
    assert refused(response) == known


def test_a_feed_keeps_its_own_address(staff_api):
    feed = make_feed(url="HTTP://Old.example.com:80")
    for url in (feed.url, "http://old.example.com/"):
        response = staff_api.patch(f"{FEEDS}{feed.pk}/", {"url": url})
        assert response.status_code == 200, response.content


def test_of_two_who_add_a_feed_at_once_one_is_told(staff_api, monkeypatch):
    def slow(url, name):
        make_feed(url=url)

    monkeypatch.setattr(services, "check_address", slow)
    assert "has this address already" in refused(staff_api.post(FEEDS, NEW))["url"][0]
    assert Feed.objects.count() == 1


# --- fields


def test_what_failed_is_for_staff_alone(api, reader_api, staff_api):
    """It tells which names there are in our network."""
    feed = make_feed(last_error="host db has the private address 10.1.2.3")
    for client in (api, reader_api):
        for url in (FEEDS, f"{FEEDS}{feed.pk}/"):
            page = client.get(url)
            assert "last_error" not in page.text
            assert "10.1.2.3" not in page.text
    assert get(staff_api, FEEDS)["results"][0]["last_error"] == feed.last_error
    assert get(staff_api, f"{FEEDS}{feed.pk}/")["last_error"] == feed.last_error


@pytest.mark.parametrize("name", ["langauge", "detail", "Url", "", "é"])
def test_unknown_fields_are_refused_by_name(staff_api, name):
    feed = make_feed()
    errors = refused(staff_api.post(FEEDS, {**NEW, name: 1}))
    known = "url, language, title, active, unchecked"
    assert errors == {name: [f"unknown field; known are: {known}"]}
    assert list(refused(staff_api.patch(f"{FEEDS}{feed.pk}/", {name: 1}))) == [name]
    assert Feed.objects.count() == 1


# Front ends say there what they like, or send a file.
TAKE_ANYTHING = {"/api/activities/", "/api/words/import/"}


def test_no_call_takes_fields_that_it_does_not_know(staff_api):
    """Each that the schema knows and that may have a body."""
    paths = SchemaGenerator().get_schema(public=True)["paths"]
    calls = [
        (path, method)
        for path, methods in paths.items()
        for method in set(methods) & {"post", "put", "patch"}
        if path not in TAKE_ANYTHING
    ]
    assert len(calls) > 3
    feed = make_feed()
    article = make_article(feed=feed)
    # Of learners' own rows there are none: most look at fields before.
    ids = defaultdict(lambda: article.pk, id=feed.pk, code="da")
    for path, method in calls:
        call = getattr(staff_api, method)
        response = call(path.format_map(ids), {"no_such_field": 1})
        is_own = any(word in path for word in ("cohort", "texts"))
        if is_own and response.status_code == 404:
            continue  # nobody else learns even what could be changed
        assert response.status_code == 400, (method, path)
        assert list(refused(response)) == ["no_such_field"], path


@pytest.mark.parametrize("body", [b"{", b"[]", b'"text"', b"\xff"])
def test_a_body_that_is_no_object_is_refused(staff_api, body):
    response = staff_api.post(FEEDS, body, content_type="application/json")
    refused(response)
    assert response.json()["detail"]


def test_a_form_is_not_understood(staff_api):
    form = "application/x-www-form-urlencoded"
    refused(staff_api.post(FEEDS, "url=x", content_type=form), 415)


def test_staff_switches_a_feed_off(staff_api):
    feed = make_feed()
    assert staff_api.patch(f"{FEEDS}{feed.pk}/", {"active": False}).status_code == 200
    assert not Feed.objects.get().active


def test_the_crawl_state_is_not_for_writing(staff_api):
    feed = make_feed(last_error="404 Not Found")
    facts = {"last_error": "", "consecutive_failures": 9, "state": "gone"}
    facts["last_new_at"] = timezone.now().isoformat()
    errors = refused(staff_api.patch(f"{FEEDS}{feed.pk}/", facts))
    assert errors == dict.fromkeys(facts, ["can't be written"])
    feed.refresh_from_db()
    assert (feed.last_error, feed.consecutive_failures) == ("404 Not Found", 0)
    assert (feed.state, feed.last_new_at) == ("active", None)


def test_feeds_are_not_replaced(staff_api):
    feed = make_feed()
    refused(staff_api.put(f"{FEEDS}{feed.pk}/", NEW), 405)


def test_a_new_address_is_asked_without_the_old_ones_validators(staff_api):
    feed = make_feed(etag='"old"', last_modified="then")
    url = reverse("feed-detail", args=[feed.pk])
    given = {"url": "https://example.com/new", "unchecked": True}
    assert staff_api.patch(url, given).status_code == 200
    feed.refresh_from_db()
    assert (feed.etag, feed.last_modified) == ("", "")


def test_a_change_leaves_alone_what_a_crawl_has_written(staff_api, monkeypatch):
    feed = make_feed()
    save = Feed.save

    def crawled_meanwhile(self, **options):
        Feed.objects.filter(pk=feed.pk).update(last_status="ok")
        save(self, **options)

    monkeypatch.setattr(Feed, "save", crawled_meanwhile)
    staff_api.patch(reverse("feed-detail", args=[feed.pk]), {"title": "New"})
    feed.refresh_from_db()
    assert (feed.title, feed.last_status) == ("New", "ok")


@pytest.mark.parametrize("active", ["maybe", "1", "True"])
def test_active_is_true_or_false(api, active):
    response = api.get(reverse("feed-list"), {"active": active})
    assert response.status_code == 400
    assert "active" in response.json()["errors"]


@pytest.mark.parametrize("pk", ["1_0", "٣", "1%0a", "%201"])
def test_an_id_in_another_writing_is_unknown(api, pk):
    assert api.get(f"/api/feeds/{pk}/").status_code == 404
    assert api.get(f"/api/articles/{pk}/").status_code == 404
