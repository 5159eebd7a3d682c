"""Whatever a text has in it: no error, and no more work than some."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from articles.languages import LANGUAGES, facts
from learners.dictionaries.compounds import splits
from learners.dictionaries.lookup import Word, look_up
from learners.dictionaries.steps import MOST_CANDIDATES, candidates, forms_of

pytestmark = pytest.mark.nodb

MOST_HEADWORDS = 600
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
def test_candidates_differ_and_are_few(word: Word, code: str) -> None:
    language = facts(code)
    found = candidates(word, forms_of(word, language), language)
    headwords = [one.headword for one in found]
    assert len(headwords) == len(set(headwords)) <= MOST_CANDIDATES


@given(words, codes)
def test_whatever_is_in_a_dictionary_is_an_answer(word: Word, code: str) -> None:
    class Row:
        def __init__(self, headword: str) -> None:
            self.headword, self.translations = headword, f"{headword}; x; "
            self.pos = self.gender = self.source = ""

    answer = look_up([word], code, "en", lambda wanted: map(Row, wanted))
    assert all(one.senses for one in answer.values())


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_long_word_has_a_bounded_number_of_splits(code: str) -> None:
    language = facts(code)
    forms = forms_of(Word("a" * 64), language)
    assert len(splits(forms, language)) <= 24
