"""What becomes of the rows of a list."""

import pytest

from learners.exchange import importing
from learners.exchange.importing import Wanted, import_words
from learners.exchange.tables import Unreadable
from learners.knowledge import store, words
from learners.knowledge.store import State
from learners.models import Bookmark, Knowledge, PracticeCard
from learners.tests.learning import make_learner
from tokenization.lexemes import ids_of
from tokenization.models import Lexeme

pytestmark = pytest.mark.django_db

HEAD = "language,term,translation,status\n"
LIST = f"""{HEAD}Danish,hus,house,3
Danish,bil,,W
Danish,kat,cat,5
Danish,og,and,I
Danish,gå i gang,start,1
"""


@pytest.fixture
def learner():
    return make_learner().pk


def take(learner, text, **facts):
    given = {"language": "da", "to": "en", **facts}
    return import_words(text.encode(), Wanted(learner, **given))


def state(learner, word, language="da"):
    lexeme = Lexeme.objects.get(language=language, lemma=word)
    return store.read(learner, language).state(lexeme.pk)


def test_states_and_translations_are_taken_over(learner):
    report = take(learner, LIST)
    assert (report.format, report.rows, report.saved) == ("lute", 5, 3)
    assert report.states == {"learning": 1, "known": 2, "ignored": 1}
    assert state(learner, "hus") is State.LEARNING
    assert state(learner, "bil") is State.KNOWN
    assert state(learner, "og") is State.IGNORED
    phrase = Bookmark.objects.get(word="gå i gang")
    assert (phrase.lexeme, phrase.source, phrase.to_id) == (None, "Lute", "en")


def test_what_is_to_be_learned_is_practised_and_what_is_known_is_not(learner):
    take(learner, LIST)
    found = set(PracticeCard.objects.values_list("word", flat=True))
    assert found == {"hus", "gå i gang"}


def test_again_it_changes_nothing(learner):
    take(learner, LIST)
    before = [
        list(model.objects.order_by("pk").values())
        for model in (Bookmark, PracticeCard, Knowledge)
    ]
    report = take(learner, LIST)
    assert (report.saved, report.saved_before, report.states) == (0, 3, {})
    assert before == [
        list(model.objects.order_by("pk").values())
        for model in (Bookmark, PracticeCard, Knowledge)
    ]


def test_nothing_is_taken_away(learner):
    ids = ids_of("da", ["hus", "bil", "og"])
    store.change(learner, "da", {State.KNOWN: [ids["hus"], ids["og"]]})
    store.change(learner, "da", {State.IGNORED: [ids["bil"]]})
    take(learner, LIST)
    assert state(learner, "hus") is State.KNOWN
    assert state(learner, "og") is State.KNOWN
    assert state(learner, "bil") is State.IGNORED


def test_forms_are_of_one_word(learner, monkeypatch):
    lemma_of = {"huset": "hus", "huse": "hus"}
    monkeypatch.setattr(words, "lemma_of", lambda word, language: lemma_of[word])
    take(learner, f"{HEAD}Danish,huset,the house,5\nDanish,huse,houses,2\n")
    assert state(learner, "hus") is State.KNOWN
    assert set(Bookmark.objects.values_list("term", flat=True)) == {
        str(Lexeme.objects.get(lemma="hus").pk)
    }


def test_each_language_is_changed_once(learner, monkeypatch):
    calls = []
    change = store.change

    def noted(learner, language, *args, **kwargs):
        calls.append(language)
        return change(learner, language, *args, **kwargs)

    monkeypatch.setattr(store, "change", noted)
    take(learner, f"{HEAD}Danish,hus,,5\nGerman,Haus,,5\nDanish,bil,,2\nde,Katze,,5\n")
    assert sorted(calls) == ["da", "de"]


def test_rows_without_a_language_are_of_that_which_is_named(learner):
    report = take(learner, "hus,house,,,,learned\n", language="da")
    assert (report.format, report.states) == ("linguacafe", {"known": 1})


def test_what_came_to_naught_is_told_with_its_line(learner):
    text = f"{HEAD}Klingon,hus,house,1\nDanish,xqzvw,,5\nDanish,,x,1\nDanish,bil,,9\n"
    report = take(learner, text)
    assert report.unmatched == 4
    told = {row.line: row.reason for row in report.first_unmatched}
    assert told[2] == "there is no language 'Klingon' here"
    assert told[3].startswith("no text here has this word")
    assert told[4] == "it has no word"
    assert told[5] == "'9' is no state of Lute"
    assert not Lexeme.objects.filter(lemma="xqzvw").exists()


def test_an_unknown_word_with_a_translation_is_saved(learner):
    report = take(learner, f"{HEAD}Danish,xqzvw,something,2\n")
    assert (report.saved, report.unmatched) == (1, 0)
    assert PracticeCard.objects.get().lexeme is None


def test_only_the_first_of_them_are_told(learner):
    report = take(learner, HEAD + "Danish,,x,1\n" * 200)
    assert (report.unmatched, len(report.first_unmatched)) == (200, 50)


def test_too_many_rows_are_refused_and_nothing_is_kept(learner, monkeypatch):
    monkeypatch.setattr(importing, "MOST_ROWS", 4)
    with pytest.raises(Unreadable, match="more than 4 rows"):
        take(learner, LIST)
    assert not Bookmark.objects.exists()


def test_a_language_is_taken_over_whole_or_not_at_all(learner, monkeypatch):
    def fail(*args, **kwargs):
        raise RuntimeError("killed")

    monkeypatch.setattr(store, "change", fail)
    with pytest.raises(RuntimeError):
        take(learner, LIST)
    assert not Bookmark.objects.exists()
    assert not PracticeCard.objects.exists()


def test_words_are_translated_into_any_language_there_is(learner):
    take(learner, "word,translation,state,due,to\nhus,ev,met,,tr\nbil,auto,met,,xx\n")
    found = dict(Bookmark.objects.values_list("word", "to"))
    assert found == {"hus": "tr", "bil": "en"}


def test_it_is_of_one_learner(learner):
    take(learner, LIST)
    assert not make_learner().bookmarks.exists()
    assert not Bookmark.objects.exclude(learner=learner).exists()


def test_more_rows_cost_few_more_queries(learner, django_assert_max_num_queries):
    take(learner, f"{HEAD}Danish,hus,house,2\n")  # with what is made once
    rows = "".join(f"Danish,hus,house {n},2\n" for n in range(400))
    texts = "".join(f"Danish,ord{n},word,2\n" for n in range(400))
    with django_assert_max_num_queries(30):
        take(learner, HEAD + rows + texts)
