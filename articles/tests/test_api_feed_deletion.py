"""DELETE /api/feeds/<id>/"""

import pytest

from articles import services
from articles.models import Article, DeletedArticle, Feed
from articles.tests.factories import make_article, make_feed, make_visit

pytestmark = pytest.mark.django_db


def url_of(feed):
    return f"/api/feeds/{feed.pk}/"


def test_a_feed_without_articles_goes(staff_api):
    feed = make_visit().feed
    response = staff_api.delete(url_of(feed))
    assert (response.status_code, response.content) == (204, b"")
    assert staff_api.delete(url_of(feed)).status_code == 404


@pytest.mark.parametrize("query", ["", "?with_articles=false"])
def test_a_feed_with_articles_stays_and_they_are_counted(staff_api, query):
    feed = make_feed()
    make_article(feed=feed), make_article(feed=feed)
    response = staff_api.delete(url_of(feed) + query)
    assert response.status_code == 409
    assert response.headers["Content-Type"] == "application/problem+json"
    problem = response.json()
    assert problem["title"] == "conflict"
    assert problem["detail"].startswith(f"Feed {feed.pk} has 2 articles; delete these")
    assert Feed.objects.get().active


def test_with_articles_they_go_too_and_are_forgotten(staff_api):
    feed, other = make_article().feed, make_article()
    response = staff_api.delete(f"{url_of(feed)}?with_articles=true")
    assert response.status_code == 204
    assert list(Feed.objects.all()) == [other.feed]
    assert list(Article.objects.all()) == [other]
    assert not DeletedArticle.objects.exists()


def test_many_articles_go_in_the_background(staff_api, monkeypatch):
    begun = []
    monkeypatch.setattr(services, "FEW", 0)
    monkeypatch.setattr(services, "start", lambda *args: begun.append(args))
    feed = make_article().feed
    assert staff_api.delete(f"{url_of(feed)}?with_articles=true").status_code == 202
    assert begun[0][0] == ["remove_feed", str(feed.pk), "--with-articles", "--yes"]
    assert not Feed.objects.get().active


@pytest.mark.parametrize(
    ("name", "value"), [("with_articles", "yes"), ("with_article", "true")]
)
def test_what_it_does_not_understand_it_names(staff_api, name, value):
    feed = make_article().feed
    response = staff_api.delete(f"{url_of(feed)}?{name}={value}")
    assert response.status_code == 400
    assert list(response.json()["errors"]) == [name]
    assert Feed.objects.exists()


def test_the_schema_tells_what_may_come_of_it(api):
    paths = api.get("/api/schema/?format=json").json()["paths"]
    operation = paths["/api/feeds/{id}/"]["delete"]
    assert {"202", "204", "409"} <= set(operation["responses"])
    names = {parameter["name"] for parameter in operation["parameters"]}
    assert names == {"id", "with_articles"}
