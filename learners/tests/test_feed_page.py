import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from lxml import html

from articles.tests.factories import make_article
from learners.feed.tests.test_feed import WORDS, make_text, words
from learners.models import User
from learners.pages import reading
from learners.readings.actions import Said, change
from learners.tests.learning import knows

__all__ = ["words"]  # a fixture
pytestmark = pytest.mark.django_db

HOME = reverse("learners:home")


def show(client, query=""):
    response = client.get(HOME + query)
    assert response.status_code == 200
    return html.fromstring(response.content.decode())


def titles(page):
    return [one.text_content() for one in page.xpath("//h3")]


def known(page):
    found = page.xpath("//*[@class='known']")
    return [" ".join(one.text_content().split()) for one in found]


def test_home_is_the_own_feed_with_what_one_knows(own, learner, words):
    knows(learner, WORDS[:95])
    hard, right = make_text(WORDS[90:]), make_text([*WORDS[:94], WORDS[99]], hours=1)
    other, hidden = make_article(language="de"), make_text(WORDS)
    change(learner.pk, hidden.pk, Said(hidden=True))
    page = show(own)
    assert titles(page) == [right.title, hard.title]
    assert other.title not in page.text_content()
    assert known(page)[0] == "You know 98 %, 1 word is new. Worth learning: ord1100."
    assert known(page)[1].startswith("You know 50 %, 5 words are new. Worth learning:")


def test_home_of_strangers_tells_nothing_of_words(client, words):
    text = make_text(WORDS)
    page = show(client)
    assert titles(page) == [text.title]
    assert known(page) == []


def test_who_learns_no_language_is_led_to_choose_one(client):
    client.force_login(User.objects.create_user("eve@example.com"))
    article = make_article()
    page = show(client)
    assert titles(page) == [article.title]
    assert page.xpath("//a[text()='Say which language you are learning']")


def test_pages_lead_through_all_once(own, monkeypatch):
    monkeypatch.setattr(reading, "PAGE_SIZE", 2)
    articles = [make_article() for _ in range(3)]
    page = show(own)
    [link] = page.xpath("//a[@rel='next']/@href")
    rest = show(own, link)
    assert sorted(titles(page) + titles(rest)) == sorted(one.title for one in articles)
    assert not rest.xpath("//a[@rel='next']")


def test_a_place_that_no_link_leads_to_is_refused(own):
    assert own.get(HOME, {"after": "x"}).status_code == 400


def test_queries_do_not_grow_with_articles(own, words):
    def number():
        show(own)
        with CaptureQueriesContext(connection) as captured:
            show(own)
        return len(captured)

    make_text(WORDS)
    few = number()
    for hours in range(5):
        make_text(WORDS, hours)
    assert number() <= few
