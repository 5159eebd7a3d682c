import pytest
from django.urls import reverse
from lxml import html

from learners.models import PracticeCard, Review
from learners.practice.cards import ensure
from learners.practice.tests.practising import make_bookmark, make_card
from learners.tests.learning import make_learner

pytestmark = pytest.mark.django_db

PAGE = reverse("learners:practice")


def show(client):
    response = client.get(PAGE)
    assert response.status_code == 200
    return html.fromstring(response.content.decode())


def fields(page):
    form = page.xpath("//form[.//*[@name='rating']]")[0]
    return {one.get("name"): one.get("value") for one in form.xpath(".//input")}


def send(client, page, rating="3", **other):
    facts = {**fields(page), "rating": rating, **other}
    return client.post(reverse("learners:answer"), facts)


def test_a_word_is_asked_in_its_sentence_and_answered_without_scripts(own, learner):
    make_card(learner)
    page = show(own)
    assert page.xpath("//blockquote//mark")[0].text == "hus"
    hidden = page.xpath("//details")[0]
    assert "house" in hidden.text_content()
    assert len(hidden.xpath(".//button[@name='rating']")) == 4


def test_an_answer_counts_once_and_can_be_taken_back(own, learner):
    card = make_card(learner)
    page = show(own)
    done = send(own, page, 3)
    assert send(own, page, 3)["Location"] == PAGE
    review = Review.objects.get(card=card)
    assert done["Location"] == f"{PAGE}?done={review.pk}"
    own.post(reverse("learners:undo"), {"review": review.pk})
    assert not Review.objects.exists()
    card.refresh_from_db()
    assert card.last_review is None


def test_a_card_that_was_answered_before_is_answered_again(own, learner):
    make_card(learner)
    send(own, show(own), 1)
    PracticeCard.objects.update(due="2020-01-01T00:00Z")
    send(own, show(own), 3)
    assert Review.objects.count() == 2


def test_a_sentence_without_the_word_is_shown_as_it_is(own, learner):
    ensure(make_bookmark(learner, "greift an", context="Er greift ihn an."))
    page = show(own)
    assert page.xpath("//blockquote")[0].text_content() == "Er greift ihn an."
    assert not page.xpath("//mark")


@pytest.mark.parametrize(
    "wrong", [{"rating": "5"}, {"card": "x"}, {"last_review": "yesterday"}]
)
def test_what_is_no_answer_is_refused(own, learner, wrong):
    make_card(learner)
    assert send(own, show(own), **wrong).status_code == 400
    assert not Review.objects.exists()


def test_another_s_card_can_not_be_answered(own):
    card = make_card(make_learner())
    own.post(reverse("learners:answer"), {"card": card.pk, "rating": 3})
    assert not Review.objects.exists()


def test_markup_in_a_word_is_shown_as_text(own, learner):
    hostile = {"translation": "<script>x</script>", "context": "<b>hus"}
    ensure(make_bookmark(learner, "hus", **hostile))
    assert not show(own).xpath("//script[not(@src)] | //b")


def test_without_anything_due_the_page_says_so(own):
    assert show(own).xpath("//p[@class='nothing']")


def test_more_words_cost_no_more_queries(own, learner, django_assert_num_queries):
    for word in ("hus", "hund", "kat"):
        make_card(learner, word)
    # Session, account, profile; seven of what is due, three of how it went.
    with django_assert_num_queries(13):
        own.get(PAGE)
