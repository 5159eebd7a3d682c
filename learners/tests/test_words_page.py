import pytest
from django.urls import reverse
from lxml import html

from learners.knowledge import store
from learners.knowledge.store import State
from learners.models import Bookmark
from learners.pages import words
from learners.practice.tests.practising import make_bookmark
from learners.tests.learning import make_learner

pytestmark = pytest.mark.django_db

PAGE = reverse("learners:words")


def show(client, query=""):
    response = client.get(PAGE + query)
    assert response.status_code == 200
    return html.fromstring(response.content.decode())


def listed(page):
    return [one.text for one in page.xpath("//p[@class='what']/strong")]


def change(client, bookmark, **facts):
    return client.post(reverse("learners:change-word", args=[bookmark.pk]), facts)


def test_the_newest_word_stands_first(own, learner):
    make_bookmark(learner, "hus")
    make_bookmark(learner, "hund", translation="")
    assert listed(show(own)) == ["hund", "hus"]


def test_nobody_sees_another_s_words(own):
    make_bookmark(make_learner(), "hus")
    assert listed(show(own)) == []


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?q=HUN", ["hund"]),
        ("?language=de", ["Haus"]),
        ("?only=starred", ["hus"]),
        ("?state=known", ["hund"]),
        ("?state=&only=&q=&language=", ["Haus", "hund", "hus"]),
    ],
)
def test_filters_leave_what_fits(own, learner, query, found):
    make_bookmark(learner, "hus", is_starred=True)
    hund = make_bookmark(learner, "hund", translation="dog")
    make_bookmark(learner, "Haus", language_id="de")
    store.change(learner.pk, "da", {State.KNOWN: [hund.lexeme_id]})
    assert listed(show(own, query)) == found


def test_pages_lead_through_all_words_once(own, learner, monkeypatch):
    monkeypatch.setattr(words, "PAGE_SIZE", 2)
    for number in range(5):
        make_bookmark(learner, f"ord{number}")
    page, seen = show(own, "?language=da"), []
    while True:
        seen += listed(page)
        links = page.xpath("//a[@rel='next']/@href")
        if not links:
            break
        page = show(own, links[0])
    assert seen == [f"ord{number}" for number in (4, 3, 2, 1, 0)]


@pytest.mark.parametrize("query", ["?after=x", "?state=bored", "?language=xx"])
def test_what_is_no_filter_is_refused(own, query):
    assert own.get(PAGE + query).status_code == 400


def test_a_word_gets_a_star_a_state_and_another_translation(own, learner):
    bookmark = make_bookmark(learner)
    change(own, bookmark, star="yes")
    change(own, bookmark, state="known")
    change(own, bookmark, translation="home")
    bookmark.refresh_from_db()
    assert (bookmark.is_starred, bookmark.translation) == (True, "home")
    assert store.read(learner.pk, "da").state(bookmark.lexeme_id) is State.KNOWN


def test_a_word_that_makes_no_sense_stays_as_it_is(own, learner):
    bookmark = make_bookmark(learner)
    assert change(own, bookmark, state="bored").status_code == 400
    assert change(own, bookmark, translation="x" * 501).status_code == 400
    bookmark.refresh_from_db()
    assert bookmark.translation == "house"


def test_a_word_is_deleted(own, learner):
    bookmark = make_bookmark(learner)
    path = reverse("learners:delete-word", args=[bookmark.pk])
    assert own.post(path)["Location"] == PAGE
    assert own.post(path).status_code == 404
    assert not Bookmark.objects.exists()


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example.com/", "//evil", "/\\evil"]
)
def test_a_change_leads_back_and_never_elsewhere(own, learner, elsewhere):
    bookmark = make_bookmark(learner)
    back = f"{PAGE}?q=hus"
    assert change(own, bookmark, star="no", next=back)["Location"] == back
    assert change(own, bookmark, star="no", next=elsewhere)["Location"] == PAGE


def test_another_s_word_can_not_be_changed(own):
    bookmark = make_bookmark(make_learner())
    assert change(own, bookmark, star="yes").status_code == 404
    own.post(reverse("learners:delete-word", args=[bookmark.pk]))
    assert not Bookmark.objects.get().is_starred


def test_markup_is_shown_as_text(own, learner):
    hostile = "<script>alert(1)</script>"
    make_bookmark(learner, "hus", translation=hostile, context=hostile)
    assert not show(own).xpath("//script")


def test_more_words_cost_no_more_queries(own, learner, django_assert_num_queries):
    for number in range(9):
        make_bookmark(learner, f"ord{number}")
    show(own)  # which knows the languages' names from then on
    # Session, account, words, their states.
    with django_assert_num_queries(4):
        own.get(PAGE)


@pytest.mark.parametrize("format", ["csv", "json", "anki"])
def test_the_page_leads_to_the_exports(own, learner, format):
    make_bookmark(learner)
    [link] = show(own).xpath(f"//a[contains(@href, 'format={format}')]/@href")
    response = own.get(link)
    assert response.status_code == 200
    assert "attachment" in response["Content-Disposition"]
    assert b"".join(response.streaming_content)
