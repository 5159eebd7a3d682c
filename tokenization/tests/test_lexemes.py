"""Lexemes: which words are some, their rows, and articles' sets of them."""

import pytest
from django.db import OperationalError, connection
from pyroaring import BitMap

from articles.ranks import word_ranks
from articles.tests.factories import make_article
from articles.text import ArticleText
from tokenization import lexemes, pruning, services
from tokenization.lexemes import ids_of
from tokenization.models import Lexeme, LexemeRange, TokenizationCache
from tokenization.stanza.tokens import to_block
from tokenization.tests.stubs import StubLemmatizer, split
from tokenization.words import names_in, words_of
from zeeguu.base.connections import DatabaseFailed

pytestmark = pytest.mark.django_db


def make_filled(*words, **facts):
    article = make_article(fragments=[("p", " ".join(words))], title="hus", **facts)
    assert services.fill([article]) == {}
    return article


def row_of(article):
    return TokenizationCache.objects.get(pk=article.pk)


def lemmas_in(article):
    """The lemmas of an article's set."""
    ids = lexemes.unpacked(row_of(article).lexemes)
    return set(Lexeme.objects.filter(pk__in=ids).values_list("lemma", flat=True))


def of_text(text):
    block = to_block(text, split(text))
    return {*words_of(block, names_in([block], "da", StubLemmatizer()))} - {""}


# --- words


def test_what_parts_from_a_verb_is_no_word_of_its_own():
    text = "Er greift heute an"
    [[sentence]] = block = to_block(text, split(text))
    sentence[1] |= {"lemma": "angreifen", "mwe_role": "head"}
    sentence[3]["mwe_role"] = "dependent"
    found = words_of(block, names_in([block], "de", StubLemmatizer()))
    assert found == ["er", "angreifen", "heute", ""]


@pytest.mark.parametrize(
    ("text", "lemmas"),
    [
        ("Hund hund HUND", {"hund"}),
        (
            "l' aujourd'hui porte-parole f.eks.",
            {"l'", "aujourd'hui", "porte-parole", "f.eks."},
        ),
        ("17 1,5 2026-ban F-16 3rd", set()),
        (". … » — + € %", set()),
        ("a@b.dk https://b.dk www.b.dk @somebody #tag AT&T C++ a/b", set()),
        ("e\u0301te\u0301", {"\u00e9t\u00e9"}),
        ("x" * 61, set()),
        ("🙂 🙂a", {"🙂a"}),
    ],
)
def test_words_are_lexemes_and_nothing_else(text, lemmas):
    assert of_text(text) == lemmas


def test_a_tokens_lemma_is_what_counts():
    block = to_block("ging", [[(0, 4)]])
    block[0][0][0]["lemma"] = "gehen"
    assert words_of(block, names_in([block], "de", StubLemmatizer())) == ["gehen"]


# --- rows


def test_a_word_is_one_row_whoever_asks():
    first = ids_of("da", ["hund", "kat"])
    assert ids_of("da", ["kat", "mus", "kat"])["kat"] == first["kat"]
    assert Lexeme.objects.count() == 3


def test_a_word_of_another_language_is_another():
    assert ids_of("da", ["hund"]) != ids_of("de", ["hund"])


def test_words_that_differ_in_accents_or_case_are_others():
    assert len({*ids_of("da", ["e", "é", "E", "ё", "е"]).values()}) == 5


def test_a_lexeme_has_the_rank_that_difficulty_goes_by():
    ids_of("da", ["og", "rabarbergrød"])
    ranks = dict(Lexeme.objects.values_list("lemma", "rank"))
    assert ranks == word_ranks(["og", "rabarbergrød"], "da")
    assert ranks["og"] == 2


def test_many_lexemes_are_asked_for_and_made_in_slices(
    monkeypatch, django_assert_num_queries
):
    monkeypatch.setattr(lexemes, "AT_ONCE", 10)
    words = [f"ord{chr(97 + number)}" for number in range(25)]
    made = ids_of("da", words)
    assert made.keys() == set(words)
    with django_assert_num_queries(3):
        assert ids_of("da", words) == made


def test_no_lemma_asks_nothing(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert ids_of("da", []) == {}


def test_blanks_around_a_lemma_do_not_count():
    made = ids_of("da", ["hund ", "hund", " hund", "kat ", " "])
    assert made["hund "] == made["hund"] == made[" hund"] != made["kat "]
    assert " " not in made
    assert ids_of("da", ["kat"])["kat"] == made["kat "]


def test_ids_of_a_language_lie_together():
    danish, german = (
        sorted(ids_of(language, ["a", "b", "c"]).values()) for language in ("da", "de")
    )
    assert danish[-1] - danish[0] == german[-1] - german[0] == 2
    assert max(danish + german) < 2**31


def test_a_full_range_leaves_words_out():
    ids_of("da", ["hund"])
    LexemeRange.objects.update(used=LexemeRange.LENGTH - 1)
    found = ids_of("da", ["kat", "mus"])
    assert found.keys() == {"kat"}
    assert ids_of("da", ["hund", "kat", "mus"]).keys() == {"hund", "kat"}


def test_more_languages_than_ranges_have_no_lexemes():
    LexemeRange.objects.create(language_id="da", number=LexemeRange.MOST + 1)
    assert ids_of("da", ["hund"]) == {}


@pytest.mark.django_db(transaction=True)
def test_a_language_that_is_gone_is_told():
    with pytest.raises(DatabaseFailed):
        ids_of("xx", ["hund"])


# --- articles' sets


def test_an_articles_set_is_of_all_its_texts(stub):
    article = make_filled("Hund", "kat", "17", summary="mus mus")
    assert lemmas_in(article) == {"hus", "mus", "hund", "kat"}


def test_how_often_each_occurs_is_kept_in_the_order_of_their_ids(stub):
    row = row_of(make_filled("Hund", "kat", *["hund"] * 300, summary="hus kat"))
    words = Lexeme.objects.order_by("pk").values_list("lemma", flat=True)
    counts = dict(zip(words, row.lexeme_counts, strict=True))
    assert counts == {"hund": 255, "hus": 2, "kat": 2}


def test_a_card_has_the_lexeme_of_each_of_its_tokens(stub):
    row = row_of(make_filled("mus", summary="kat 17 Hus"))
    ids = dict(Lexeme.objects.values_list("lemma", "pk"))
    title, summary = lexemes.unpacked_card(row.card_lexemes)
    assert title == (ids["hus"],)
    assert summary == (ids["kat"], 0, ids["hus"])


def test_a_card_without_tokens_has_no_lexemes():
    assert lexemes.unpacked_card(lexemes.packed_card([], [])) == ((), ())


def test_articles_share_their_lexemes(stub):
    one, other = make_filled("hund"), make_filled("hund", "kat")
    assert lemmas_in(one) & lemmas_in(other) == {"hus", "hund"}
    assert Lexeme.objects.count() == 3


def test_an_article_without_words_has_an_empty_set(stub):
    article = make_article(fragments=[("p", "1 2")], title="3")
    services.fill([article])
    assert lexemes.unpacked(row_of(article).lexemes) == BitMap()


def test_a_refill_replaces_the_set(stub):
    article = make_filled("hund")
    article.fragments.update(text="kat")
    services.fill([article])
    assert lemmas_in(article) == {"hus", "kat"}
    assert len(row_of(article).lexeme_counts) == 2


def test_a_failed_refill_leaves_the_set(stub):
    article = make_filled("hund")
    stub.bad.add("hus")
    assert services.fill([article])
    assert lemmas_in(article) == {"hus", "hund"}


def test_a_failed_first_fill_has_none(stub):
    article = make_article()
    stub.bad.add(article.title)
    services.fill([article])
    assert row_of(article).lexemes is None
    assert not Lexeme.objects.exists()


def test_pruning_and_invalidating_leave_the_set(stub):
    article = make_filled("hund")
    services.invalidate(TokenizationCache.objects.all())
    assert list(pruning.prune(pruning.plan(TokenizationCache.objects.all())))
    row = row_of(article)
    assert (row.has_tokens, row.content) == (False, "")
    assert lemmas_in(article) == {"hus", "hund"}


def test_a_database_that_refuses_lexemes_is_the_fills_error(stub, monkeypatch, caplog):
    def refuse(*args):
        raise OperationalError("no room")

    monkeypatch.setattr(lexemes, "ids_of", refuse)
    article = make_article()
    error = "the lexemes can't be stored: no room"
    assert services.fill([article]) == {article.pk: error}
    row = row_of(article)
    assert (row.error, row.lexemes) == (error, None)
    assert row.retry_at


def test_lexemes_are_made_before_the_article_is_locked(stub):
    """Whoever stores an article holds locks, on its feed for example."""
    [prepared] = services.prepare([ArticleText("hus", "", ())], "da")
    [prepared] = services.with_lexemes([prepared], "da")
    article = make_article(fragments=(), title="hus")
    statements = []

    def note(execute, sql, *args):
        statements.append(sql)
        return execute(sql, *args)

    with connection.execute_wrapper(note):
        prepared.save(article.pk, [])
    assert statements
    assert not any("tokenization_lexeme" in sql for sql in statements)
    assert lemmas_in(article) == {"hus"}
