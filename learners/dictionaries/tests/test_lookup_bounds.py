"""Whatever a text has in it: no error, and no more work than some."""

from collections.abc import Collection, Iterator

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from articles.languages import LANGUAGES, facts
from learners.dictionaries.compounds import splits
from learners.dictionaries.lookup import Word, look_up
from learners.dictionaries.rules import rules_of
from learners.dictionaries.steps import MOST_CANDIDATES, candidates, forms_of

pytestmark = pytest.mark.nodb

MOST_HEADWORDS = 600


class Row:
    """An entry of a headword, of no part of speech."""

    def __init__(self, headword: str) -> None:
        self.headword, self.translations = headword, f"{headword}; x; "
        self.pos = self.gender = self.source = ""


codes = st.sampled_from([*LANGUAGES, "xx"])
texts = st.text(max_size=80) | st.text("aesnß'’-ё́σΣёе ", max_size=80)
words = st.builds(Word, texts, texts, texts, st.booleans())


@given(words, codes)
@example(Word("es" * 32, "es" * 32), "de")
@example(Word("a-" * 32), "fr")
@example(Word("İ" * 64, "İ" * 64), "hu")
@example(Word("ge" * 32), "de")
def test_a_word_asks_for_a_bounded_number_of_headwords(word: Word, code: str) -> None:
    asked: list[str] = []
    look_up([word], code, "en", lambda wanted: asked.extend(wanted) or [])
    assert len(asked) <= MOST_HEADWORDS
    assert all(one and len(one) <= 200 for one in asked)


@given(words, codes)
def test_candidates_are_few(word: Word, code: str) -> None:
    language = facts(code)
    found = candidates(word, forms_of(word, language), language)
    assert len(found.steps) <= MOST_CANDIDATES
    assert found.heads.keys() <= found.steps.keys()
    assert "" not in found.steps


@given(words, codes)
def test_whatever_is_in_a_dictionary_is_an_answer(word: Word, code: str) -> None:
    answer = look_up([word], code, "en", lambda wanted: map(Row, wanted))
    assert all(one.senses for one in answer.values())


@given(st.lists(words, max_size=5), codes, st.integers(1, 4), st.integers(1, 4))
@example([Word("Häuser", "haus", "", True)], "de", 1, 1)
@example([Word("x" * 65, "hus"), Word("hus")], "da", 1, 1)
def test_what_is_known_to_be_there_changes_no_answer(
    words: list[Word], code: str, has: int, knows: int
) -> None:
    """Of a dictionary that has each nth headword, of which each nth is known."""
    asked: list[str] = []

    def fetch(wanted: Collection[str]) -> Iterator[Row]:
        asked.extend(wanted)
        return map(Row, sorted(one for one in wanted if len(one) % has == 0))

    slow = look_up(words, code, "en", fetch)
    known = {one for one in asked[::knows] if len(one) % has == 0}
    assert look_up(words, code, "en", fetch, known) == slow


def test_of_what_is_known_to_be_there_nothing_else_is_asked() -> None:
    asked: list[str] = []
    word = Word("Haustüren", "haustür", "", True)
    look_up([word], "de", "en", lambda wanted: asked.extend(wanted) or [], {"Haustür"})
    assert sorted(asked) == ["Haustür", "Haustüren", "haustür", "haustüren"]


@given(texts, st.sampled_from([*LANGUAGES]), st.integers(0, 80))
@example("bilenes", "no", 3)
@example("barátainkkal", "hu", 4)
def test_stems_of_a_word_tell_those_of_its_end(text: str, code: str, at: int) -> None:
    rules, left = rules_of(facts(code)), len(text) - at
    stems = [stem[at:] for stem, least in rules.stems(text) if left >= least]
    assert stems == rules.without_ending(text[at:])


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_long_word_has_a_bounded_number_of_splits(code: str) -> None:
    language = facts(code)
    forms = forms_of(Word("a" * 64), language)
    assert len([*splits(forms, language)]) <= 24
