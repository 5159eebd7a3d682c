"""How much of a text is known: counted by hand for twenty articles, and by state."""

import pytest
from pyroaring import BitMap

from articles.tests.factories import make_article
from learners.knowledge import store
from learners.knowledge.coverage import Coverage, Measure, Worth, worth_learning
from learners.knowledge.store import Sets, State
from learners.tests.learning import make_learner
from tokenization import services
from tokenization.lexemes import Word, ids_of, packed
from tokenization.models import TokenizationCache

WORDS_KNOWN = "jeg du han hun og i på være have hus hund kat se gå by stor ny år sige"
KNOWN = WORDS_KNOWN.split()

# (text, how many of its words those are who know KNOWN, how many words it has): counted
# by hand, each word in all its forms once, names and numbers aside.
ARTICLES = [
    ("Jeg ser en hund.", 3, 4),  # jeg se hund; en
    ("Hunden ser katten, og katten ser hunden.", 4, 4),  # hund se kat og
    ("Han gik i byen.", 4, 4),  # han gå i by
    ("Hun er ny i byen.", 5, 5),  # hun være ny i by
    ("Huset er stort, og husene er nye.", 5, 5),  # hus være stor og ny
    ("I 2024 ser jeg 17 katte.", 4, 4),  # i se jeg kat
    ("Hun ser huset i Aarhus.", 4, 4),  # hun se hus i
    ("Jeg ser Peter Hansen i byen i 2023.", 4, 4),  # jeg se i by
    ("Bilen holder på vejen.", 1, 4),  # på; bil holde vej
    ("Læreren læser bogen.", 0, 3),  # lærer læse bog
    ("Du siger, hun siger.", 3, 3),  # du sige hun
    ("Han har en stor hund og en lille kat.", 6, 8),  # not: en lille
    ("Katten gik på broen.", 3, 4),  # kat gå på; bro
    ("Året er nyt.", 3, 3),  # år være ny
    ("Byerne er store, siger hun.", 5, 5),  # by være stor sige hun
    ("Det regner.", 0, 2),  # det regne
    ("100 % af 50 er 50.", 1, 2),  # være; af
    ("Se www.dr.dk!", 1, 1),  # se
    ("Hunde og katte, katte og hunde.", 3, 3),  # hund og kat
    ("Drengen finder et æble i huset.", 2, 6),  # i hus; dreng finde en æble
]
EMPTY = dict.fromkeys(store.NAMES, BitMap())

pytestmark = pytest.mark.django_db


def measure(**sets):
    return Measure(Sets(**EMPTY | {name: BitMap(ids) for name, ids in sets.items()}))


def test_twenty_articles_are_covered_as_counted_by_hand():
    learner = make_learner().pk
    known = ids_of("da", KNOWN).values()
    mine = Measure(store.change(learner, "da", {State.KNOWN: known}))
    articles = [
        make_article(title="2026", fragments=[("p", text)]) for text, _, _ in ARTICLES
    ]
    assert services.fill(articles) == {}
    rows = TokenizationCache.objects.order_by("pk").values_list("lexemes", flat=True)
    found = [(each.known, each.known + each.new) for each in map(mine.of, rows)]
    assert found == [(known, words) for _, known, words in ARTICLES]
    assert [mine.of(row).share for row in rows] == [
        known / words for _, known, words in ARTICLES
    ]


def test_each_state_counts_as_what_it_is():
    mine = measure(met=[1], learning=[2], known=[3, 4], ignored=[5], read_often=[6, 3])
    found = mine.of(packed(range(1, 9)))
    assert found == Coverage(share=2 / 7, known=2, new=3, likely=1)


def test_what_was_read_once_is_not_likely():
    assert measure(read_once=[1]).of(packed([1])).likely == 0


def test_a_text_without_words_has_no_coverage():
    assert measure().of(None) is measure().of(b"") is measure().of(packed([])) is None


def test_of_what_is_ignored_nothing_is_to_be_known():
    assert measure(ignored=[1]).of(packed([1])) == Coverage(1, 0, 0, 0)


# --- words worth learning


WORDS = {
    1: Word("og", 2),
    2: Word("skat", 900),
    3: Word("rente", 3000),
    4: Word("kvote", None),
    5: Word("bøde", 2000),
    6: Word("lov", 300),
    7: Word("told", 4000),
}


def worth(counts, **sets):
    found = worth_learning(measure(**sets), BitMap(WORDS), counts, WORDS)
    return [(word.lemma, word.times) for word in found]


def test_frequent_words_that_the_text_has_often_are_worth_most():
    assert worth(bytes([9, 1, 9, 255, 1, 1, 3]), known=[1]) == [
        ("lov", 1),
        ("rente", 9),
        ("kvote", 255),
        ("skat", 1),
        ("told", 3),
    ]


def test_no_word_in_any_state_is_worth_learning():
    found = worth(bytes(7), met=[1], learning=[2], known=[3], ignored=[4, 5, 6])
    assert [lemma for lemma, _ in found] == ["told"]


def test_without_counts_each_word_is_once_in_a_text():
    assert worth(None)[:2] == [("og", 1), ("lov", 1)]


def test_words_that_are_gone_are_left_out():
    found = worth_learning(measure(), BitMap([1, 99]), None, WORDS)
    assert found == [Worth("og", 2, 1)]
