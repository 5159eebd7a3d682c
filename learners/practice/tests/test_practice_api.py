"""Practice by the API."""

import pytest

from learners.models import LearnedLanguage, Profile
from learners.practice.models import PracticeCard, Review
from learners.practice.tests.practising import make_bookmark, make_card
from learners.tests.learning import client_of, make_learner

pytestmark = pytest.mark.django_db

DUE, REVIEWS, UNDO = (f"/api/practice/{name}/" for name in ("due", "reviews", "undo"))
STATISTICS, CARDS = "/api/practice/statistics/", "/api/practice/cards/"


@pytest.fixture
def learner():
    return make_learner()


@pytest.fixture
def mine(learner):
    return client_of(learner)


def answer(client, card, rating="good", **facts):
    given = {"card": card["id"], "last_review": card["last_review"]}
    return client.post(REVIEWS, {**given, "rating": rating, **facts}, "json")


def first_due(client):
    return client.get(DUE).json()["cards"][0]


def test_a_word_is_asked_answered_and_taken_back(learner, mine):
    make_card(learner)
    found = mine.get(DUE)
    [card] = found.json()["cards"]
    assert found.headers["Cache-Control"] == "private, no-store"
    assert (card["word"], card["stage"], card["last_review"]) == ("hus", "new", None)
    assert card["bookmark"]["translation"] == "house"
    assert card["intervals"]["good"] == 600

    response = answer(mine, card, milliseconds=900)
    done = response.json()
    assert response.status_code == 201
    assert done["card"]["stage"] == "learning"
    assert mine.get(DUE).json()["next_due"] == done["card"]["due"]

    undone = mine.post(UNDO, {"review": done["review"]}, "json").json()
    assert (undone["stage"], undone["last_review"]) == ("new", None)
    assert not Review.objects.exists()


def test_a_call_sent_twice_counts_once(learner, mine):
    make_card(learner)
    card = first_due(mine)
    answer(mine, card)
    again = answer(mine, card)
    assert again.status_code == 409
    assert f"Card {card['id']}" in again.json()["detail"]
    assert Review.objects.count() == 1


def test_the_card_that_an_answer_tells_can_be_answered(learner, mine):
    make_card(learner)
    card = answer(mine, first_due(mine)).json()["card"]
    assert answer(mine, card).json()["card"]["stage"] == "review"


@pytest.mark.parametrize(
    ("facts", "name"),
    [
        ({"rating": "perfect"}, "rating"),
        ({"milliseconds": -1}, "milliseconds"),
        ({"last_review": "yesterday"}, "last_review"),
        ({"card": 2**63}, "card"),
        ({"when": "now"}, "when"),
    ],
)
def test_what_is_wrong_with_an_answer_is_named(learner, mine, facts, name):
    given = {"card": 1, "rating": "good", "last_review": None, **facts}
    response = mine.post(REVIEWS, given, "json")
    assert response.status_code == 400
    assert name in response.json()["errors"]


def test_what_was_last_has_to_be_said(learner, mine):
    response = mine.post(REVIEWS, {"card": 1, "rating": "good"}, "json")
    assert list(response.json()["errors"]) == ["last_review"]


@pytest.mark.parametrize(
    ("address", "name"),
    [
        (f"{DUE}?language=xx", "language"),
        (f"{DUE}?limit=0", "limit"),
        (f"{DUE}?days=3", "days"),
        (f"{STATISTICS}?days=400", "days"),
    ],
)
def test_what_is_wrong_with_a_parameter_is_named(mine, address, name):
    response = mine.get(address)
    assert response.status_code == 400
    assert name in response.json()["errors"]


def test_without_an_active_language_one_has_to_be_named(learner, mine):
    Profile.objects.update(active=None)
    assert "language" in mine.get(DUE).json()["errors"]
    assert mine.get(f"{DUE}?language=de").json()["cards"] == []


def test_there_may_be_nothing_to_take_back(mine):
    assert mine.post(UNDO).status_code == 404


def test_another_answer_is_not_taken_back(learner, mine):
    make_card(learner)
    done = answer(mine, first_due(mine)).json()["review"]
    assert mine.post(UNDO, {"review": done + 1}, "json").status_code == 409


def test_statistics_are_of_the_last_days(learner, mine):
    make_card(learner)
    answer(mine, first_due(mine), milliseconds=2000)
    found = mine.get(f"{STATISTICS}?days=7").json()
    assert len(found["days"]) == 7
    day = {"reviews": 1, "new": 1, "again": 0, "seconds": 2}
    assert found["days"][-1] == {"day": found["today"], **day}
    assert found["streak"] == {"current": 1, "longest": 1}
    assert found["cards"]["learning"] == 1


def test_a_saved_word_becomes_a_card_once(learner, mine):
    bookmark = make_bookmark(learner)
    for _ in range(2):
        response = mine.post(CARDS, {"bookmark": bookmark.pk}, "json")
        assert response.json()["word"] == "hus"
    assert PracticeCard.objects.count() == 1


def test_a_word_without_translation_becomes_none(learner, mine):
    bookmark = make_bookmark(learner, translation="")
    response = mine.post(CARDS, {"bookmark": bookmark.pk}, "json")
    assert "translation" in response.json()["errors"]["bookmark"][0]


def test_a_card_waits_and_comes_back(learner, mine):
    card = make_card(learner)
    address = f"{CARDS}{card.pk}/"
    for is_suspended, number in ((True, 0), (False, 1)):
        response = mine.patch(address, {"is_suspended": is_suspended}, "json")
        assert response.json()["is_suspended"] is is_suspended
        assert len(mine.get(DUE).json()["cards"]) == number


def test_others_cards_and_bookmarks_are_not_there(mine):
    other = make_learner()
    card = make_card(other)
    change = mine.patch(f"{CARDS}{card.pk}/", {"is_suspended": True}, "json")
    given = {"card": card.pk, "rating": "good", "last_review": None}
    review = mine.post(REVIEWS, given, "json")
    bookmark = {"bookmark": other.bookmarks.get().pk}
    make = mine.post(CARDS, bookmark, "json")
    found = [one.status_code for one in (change, review, make)]
    assert found == [404] * 3
    assert not Review.objects.exists()


def test_more_languages_share_a_days_limits(learner, mine):
    Profile.objects.update(new_a_day=1)
    LearnedLanguage.objects.create(learner=learner, language_id="de")
    make_card(learner)
    answer(mine, first_due(mine))
    german = make_bookmark(learner, "Haus", language_id="de")
    mine.post(CARDS, {"bookmark": german.pk}, "json")
    counts = mine.get(f"{DUE}?language=de").json()["counts"]
    assert counts["new"] == 0


def test_strangers_are_asked_who_they_are(api):
    for address in (DUE, STATISTICS):
        assert api.get(address).status_code in (401, 403)
