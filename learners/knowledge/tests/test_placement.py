"""A test of yes and no, what it tells, and frequent words that are taken for known."""

import pytest

from articles.languages import LANGUAGES
from articles.ranks import word_ranks
from learners.knowledge import placement, store, words
from learners.knowledge.placement import BANDS, estimate, make_test, sensitivity
from learners.knowledge.store import State
from learners.tests.learning import make_learner
from tokenization import services
from tokenization.lexemes import ids_of
from tokenization.models import Lexeme

pytestmark = pytest.mark.django_db


@pytest.fixture
def learner():
    return make_learner().pk


def known(learner):
    return set(store.read(learner, "da").known)


def real(test):
    return [word for band in test.bands for word in band]


# --- the words


@pytest.mark.parametrize("language", LANGUAGES)
def test_forty_words_of_all_bands_are_shown_and_some_there_are_not(language):
    test = make_test(language)
    assert [len(band) for band in test.bands] == [4] * 8
    assert len(set(test.shown)) == 40
    assert not any(words.is_known(language, word) for word in test.made_up)
    for band, last in zip(test.bands, BANDS[1:], strict=True):
        assert max(word_ranks(band, language).values()) <= last


def test_the_words_are_the_same_each_time_and_mixed():
    shown = make_test("da").shown
    placement._make_test.cache_clear()
    assert make_test("da").shown == shown
    assert set(shown[:8]) != set(make_test("da").made_up)


def test_words_of_a_list_that_are_names_are_left_out():
    for language in ("da", "de"):
        services.lemmatizer().build(language)  # of a new checkout there are none
    assert words.frequent("da", ["danmark", "hund", "hunde", "17"]) == ["hund"]
    assert words.frequent("de", ["bevölkerung", "ging"]) == ["bevölkerung", "gehen"]


# --- what they tell


@pytest.mark.parametrize(
    ("hits", "false_alarms", "share"),
    [
        (1, 0, 1),
        (0, 0, 0),
        (1, 1, 0),
        (0.25, 0.5, 0),
        # By hand, from the formula as it is printed.
        (0.75, 0.25, 1 - (2.25 - 1.5) / (2.25 - 0.75)),
        (0.5, 0, 1 - (2 - 1.5) / (2 - 0.75)),
    ],
)
def test_yes_to_made_up_words_is_taken_off(hits, false_alarms, share):
    assert sensitivity(hits, false_alarms) == pytest.approx(share)


def test_who_knows_all_words_and_no_other_knows_all_bands():
    test = make_test("da")
    assert estimate(test, real(test)) == placement.Estimate(BANDS[-1], 0)


@pytest.mark.parametrize("yes_to", ["nothing", "all"])
def test_yes_to_all_tells_as_little_as_yes_to_nothing(yes_to):
    test = make_test("da")
    assert estimate(test, test.shown if yes_to == "all" else []).rank == 0


def test_who_knows_frequent_words_knows_about_as_many():
    test = make_test("da")
    frequent = [word for band in test.bands[:4] for word in band]
    assert estimate(test, frequent).rank == BANDS[4]
    assert estimate(test, [*frequent, test.made_up[0]]).rank < BANDS[4]


# --- what becomes of it


def test_frequent_words_are_known_also_those_that_no_text_had(learner):
    added = placement.place(learner, "da", 200)
    lemmas = Lexeme.objects.filter(pk__in=known(learner))
    assert added == len(lemmas) > 100
    assert {"og", "være", "have"} <= {lexeme.lemma for lexeme in lemmas}


def test_what_else_was_said_of_a_word_stays(learner):
    ids = ids_of("da", ["og", "være", "have", "hus"])
    og, være, have, hus = ids.values()
    said = {State.LEARNING: [og], State.IGNORED: [være], State.KNOWN: [have, hus]}
    store.change(learner, "da", said)
    placement.place(learner, "da", 100)
    placement.place(learner, "da", 0)
    sets = store.read(learner, "da")
    assert [sets.state(pk) for pk in (og, være)] == ["learning", "ignored"]
    assert (set(sets.known), set(sets.placed)) == ({have, hus}, set())


def test_another_placement_takes_the_place_of_the_first(learner):
    placement.place(learner, "da", 300)
    many = known(learner)
    placement.place(learner, "da", 100)
    assert known(learner) < many
    once = known(learner)
    placement.place(learner, "da", 100)
    assert known(learner) == once


def test_what_was_said_after_a_placement_outlives_it(learner):
    placement.place(learner, "da", 100)
    og, være, have = ids_of("da", ["og", "være", "have"]).values()
    store.change(learner, "da", {State.KNOWN: [og], State.LEARNING: [være]})
    placement.place(learner, "da", 0)
    sets = store.read(learner, "da")
    assert [sets.state(pk) for pk in (og, være, have)] == ["known", "learning", "new"]
