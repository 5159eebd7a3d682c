import pytest
from django.urls import reverse
from lxml import html

from articles.tests.factories import make_article
from learners.pages import reading
from learners.readings import actions
from learners.readings.actions import Said
from learners.tests.learning import make_learner

pytestmark = pytest.mark.django_db

PAGE = reverse("learners:articles")


def do(learner, *articles, **said):
    for article in articles:
        actions.change(learner.pk, article.pk, Said(**said))


def show(client, query=""):
    response = client.get(PAGE + query)
    assert response.status_code == 200
    return html.fromstring(response.content.decode())


def titles(page):
    return [one.text_content() for one in page.xpath("//h3")]


def test_each_list_has_what_was_done_the_latest_first(own, learner):
    first, second, third = (make_article() for _ in range(3))
    do(learner, second, first, saved=True)
    do(learner, third, liked=True)
    do(make_learner(), third, saved=True)
    assert titles(show(own)) == [first.title, second.title]
    assert titles(show(own, "?list=liked")) == [third.title]


def test_pages_lead_through_all_once(own, learner, monkeypatch):
    monkeypatch.setattr(reading, "PAGE_SIZE", 2)
    articles = [make_article() for _ in range(3)]
    do(learner, *articles, saved=True)
    page = show(own)
    [link] = page.xpath("//a[@rel='next']/@href")
    rest = show(own, link)
    assert titles(page) + titles(rest) == [one.title for one in reversed(articles)]
    assert not rest.xpath("//a[@rel='next']")


@pytest.mark.parametrize("query", ["?list=x", "?after=x"])
def test_what_is_no_list_is_refused(own, query):
    assert own.get(PAGE + query).status_code == 400


def test_more_articles_cost_no_more_queries(own, learner, django_assert_num_queries):
    do(learner, *(make_article() for _ in range(5)), saved=True)
    show(own)  # which knows the languages' names from then on
    # Session, account, what was done, cards.
    with django_assert_num_queries(4):
        own.get(PAGE)
