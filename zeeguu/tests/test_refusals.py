"""What all calls of the API refuse by name, on every route that there is."""

import pytest
from django.urls import reverse

from articles.models import Feed
from articles.tests.factories import make_article, make_feed, make_run, make_visit
from tokenization.tests.factories import make_row
from zeeguu import urls
from zeeguu.base import refusals

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("stub")]

# Of rows that are not there.
KEYS = {
    "language": {"pk": "xx"},
    "topic": {"slug": "no-such"},
    "tokenization": {"article": 4711},
}
DETAILS = [
    "language-detail",
    "topic-detail",
    "feed-detail",
    "crawl-run-detail",
    "article-detail",
    "article-summary",
    "tokenization-detail",
    "tokenization-refill",
]


# Where several languages may be named.
LANGUAGES_OF = {
    f"/api/{name}/" for name in ("articles", "bookmarks", "feeds", "tokenization")
}


@pytest.fixture
def keys():
    """Of rows that are there, by what their routes' names begin with."""
    row = make_row(make_article())
    make_visit(row.article.feed, run=(run := make_run()))
    return {
        "language": {"pk": "da"},
        "topic": {"slug": "science"},
        "feed": {"pk": row.article.feed_id},
        "crawl-run": {"pk": run.pk},
        "article": {"pk": row.article_id},
        "tokenization": {"article": row.article_id},
    }


def calls(keys):
    """(view, method, path) of all that can be called."""
    for route in urls.api:
        # Of learners' own rows there are none: parameters are looked at before.
        own = dict.fromkeys(route.pattern.regex.groupindex, keys["article"]["pk"])
        known = keys.get(route.name.rpartition("-")[0], own)
        kwargs = (known if known.keys() == own.keys() else own) if own else None
        path = reverse(route.name, kwargs=kwargs)
        view = getattr(route.callback, "cls", None)
        allowed = {"get", "post", "patch", "delete"} & set(view.http_method_names)
        actions = getattr(route.callback, "actions", None)
        for method in allowed & set(actions or dir(view)):
            yield route.callback, method, path


def refused(response):
    assert response.status_code == 400, response.content
    assert response.headers["Content-Type"] == "application/problem+json"
    return response.json()["errors"]


def test_no_call_takes_a_parameter_that_it_does_not_know(staff_api, keys):
    made = list(calls(keys))
    assert len(made) > 20
    for _, method, path in made:
        errors = refused(getattr(staff_api, method)(f"{path}?no_such=1"))
        assert list(errors) == ["no_such"], (method, path)
        assert errors["no_such"][0].startswith("unknown parameter; known are:")


def test_a_call_tells_no_parameter_as_known_that_it_refuses(staff_api, keys):
    """Nor does it take one of which only one value would count twice."""
    for _, method, path in calls(keys):
        call = getattr(staff_api, method)
        told = refused(call(f"{path}?no_such=1"))["no_such"][0]
        for name in set(told.rpartition(": ")[2].split(", ")) - {"format"}:
            errors = call(f"{path}?{name}=x&{name}=y").json().get("errors", {})
            assert "unknown" not in str(errors.get(name)), (method, path, name)
            lists = {"ids", "topic", "level", "keyword"}
            is_list = name in lists | ({"language"} if path in LANGUAGES_OF else set())
            is_refused = errors.get(name) == ["give it once"]
            assert is_refused is not is_list, (method, path, name, errors)


@pytest.mark.parametrize(
    ("path", "known"),
    [
        ("/api/languages/", "format, kind"),
        ("/api/topics/", "format"),
        ("/api/articles/1/", "format"),
        ("/api/feeds/", "active, cursor, format, language, page_size, state"),
        ("/api/articles/summaries/", "format, ids"),
    ],
)
def test_what_is_known_is_that_views_own(api, path, known):
    errors = refused(api.get(f"{path}?x=1"))
    assert errors == {"x": [f"unknown parameter; known are: {known}"]}


@pytest.mark.parametrize("first", ["false", "xx", "true"])
def test_a_deletion_that_contradicts_itself_deletes_nothing(staff_api, first):
    feed = make_article().feed
    query = f"with_articles={first}&with_articles=true"
    errors = refused(staff_api.delete(f"/api/feeds/{feed.pk}/?{query}"))
    assert errors == {"with_articles": ["give it once"]}
    assert Feed.objects.get().articles.count() == 1


def test_no_route_takes_a_format_as_its_suffix(staff_api, keys):
    for _, method, path in calls(keys):
        if path == "/api/":  # elsewhere without its last slash
            continue
        for suffix in (".json", ".api", ".xml", ".json/"):
            response = getattr(staff_api, method)(path.removesuffix("/") + suffix)
            if response.status_code == 301:  # to what may end a name
                response = getattr(staff_api, method)(response.url)
            if response.status_code == 405:
                continue  # names a row, of an address that takes any name
            assert response.status_code == 404, (method, path, suffix)
            assert suffix.rstrip("/") in response.json()["detail"]


@pytest.mark.parametrize("name", DETAILS)
def test_a_row_that_is_not_there_is_named(staff_api, name):
    kwargs = KEYS.get(name.rpartition("-")[0], {"pk": 4711})
    call = staff_api.post if name.endswith("refill") else staff_api.get
    response = call(reverse(name, kwargs=kwargs))
    assert response.status_code == 404
    [key] = kwargs.values()
    assert response.json()["detail"].startswith("There is no ")
    assert response.json()["detail"].endswith(f" {key}.")


@pytest.mark.parametrize("method", ["patch", "delete"])
def test_a_feed_to_change_that_is_not_there_is_named(staff_api, method):
    response = getattr(staff_api, method)("/api/feeds/4711/")
    assert response.json()["detail"] == "There is no feed 4711."


def test_a_format_that_is_not_spoken_is_named(staff_api, keys):
    for _, method, path in calls(keys):
        errors = refused(getattr(staff_api, method)(f"{path}?format=xml"))
        assert errors["format"][0].startswith("'xml': use "), path


@pytest.mark.parametrize("name", ["language", "state", "active", "feed", "level"])
def test_a_filter_takes_a_list_or_refuses_it(staff_api, keys, name):
    """One that is checked as a list and compared as one text fits nothing."""
    values = {"language": "de,da", "level": "A1,A2", "state": "fresh,stale"}
    value = values.get(name, "1,2" if name == "feed" else "true,false")
    make_article(feed=make_feed("de"))
    for path in ("/api/articles/", "/api/feeds/", "/api/tokenization/"):
        response = staff_api.get(path, {name: value})
        if response.status_code == 400:
            assert list(response.json()["errors"]) == [name]
        elif name == "language":
            assert response.json()["results"], path


def test_who_takes_problem_details_gets_json(api):
    accept = {"accept": "application/problem+json"}
    assert api.get("/api/languages/", headers=accept).status_code == 200
    assert api.get("/api/languages/xx/", headers=accept).json()["status"] == 404


def test_every_view_names_what_it_refuses():
    for route in urls.api:
        assert issubclass(route.callback.cls, refusals.NamesRefused), route.name
