"""Ranks of words: wordfreq's, in all spellings."""

import subprocess
import sys
import threading

import pytest
import wordfreq

from articles import ranks
from articles.languages import LANGUAGES
from articles.ranks import word_ranks

pytestmark = pytest.mark.nodb


@pytest.mark.parametrize("language", ["da", "no", "ru"])
def test_ranks_are_those_of_wordfreqs_list(language):
    code = LANGUAGES[language].wordfreq
    words = wordfreq.top_n_list(code, ranks.LIST_WORDS, wordlist="small")
    found = word_ranks(words, language)
    assert found[words[0]] == 1
    assert found[words[999]] == 1000
    assert None not in found.values()
    # Words that differ by what we take for one spelling have the first one's.
    assert all(rank <= place for place, rank in enumerate(found.values(), 1))


def test_the_most_frequent_word_has_rank_1():
    found = word_ranks(["the", "The", "quokka", "xqzzt"], "en")
    assert found["the"] == found["The"] == 1
    assert found["quokka"] is None or found["quokka"] > 5_000
    assert found["xqzzt"] is None


@pytest.mark.parametrize(
    "language, word", [("el", "της"), ("de", "größe"), ("en", "don’t"), ("no", "ikke")]
)
def test_a_word_is_looked_up_as_the_lists_have_it(language, word):
    assert word_ranks([word], language)[word] <= 2_000


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_ranks(language):
    # With those that are there without accents, too.
    assert 25_000 < len(ranks.ranks_of(language)) < 2 * ranks.LIST_WORDS


@pytest.mark.parametrize(
    ("language", "word", "same"),
    [
        ("ro", "şi", "și"),
        ("ro", "oraşul", "orașul"),
        ("ro", "ÎNVĂŢĂTOR", "învățător"),
        ("hu", "idõ", "idő"),
        ("hu", "tûz", "tűz"),
        ("nl", "zĳn", "zijn"),
        ("ru", "еще", "ещё"),
        ("ru", "ЕЩЕ", "ещё"),
        ("el", "ΔΡΟΜΟΣ", "δρόμος"),
        ("el", "ά\u0301".replace("ά", "α"), "ά"),
        ("el", "\u1f71", "\u03ac"),
        ("fr", "ANNEE", "année"),
        ("fr", "aujourd‘hui", "aujourd'hui"),
        ("fr", "anne\u0301e", "année"),
        ("es", "ESPANA", "España"),
        ("de", "STRASSE", "straße"),
        ("de", "GROẞ", "groß"),
        ("en", "DON’T", "don't"),
    ],
)
def test_a_word_has_one_rank_in_all_its_spellings(language, word, same):
    found = word_ranks([word, same], language)
    assert found[word] == found[same] is not None


def test_only_capitals_do_without_accents():
    found = word_ranks(["peche", "PECHE"], "fr")
    assert found["peche"] != found["PECHE"]


def test_an_unknown_language_has_none():
    assert word_ranks(["the"], "xx") == {"the": None}


def test_threads_load_a_languages_words_once(monkeypatch):
    loads = []
    read = ranks._words

    def counting(code):
        loads.append(code)
        return read(code)

    ranks._load.cache_clear()
    monkeypatch.setattr(ranks, "_words", counting)
    threads = [
        threading.Thread(target=word_ranks, args=(["og"], "da")) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert loads == ["da"]


@pytest.mark.parametrize(
    ("work", "missing"),
    [
        ("import zeeguu.urls", {"wordfreq", "msgpack", "marisa_trie", "pyroaring"}),
        # It takes 15 MB, and its lists are read without it.
        ("from articles.ranks import ranks_of; ranks_of('da')", {"wordfreq"}),
    ],
)
def test_what_ranks_need_is_not_loaded_needlessly(work, missing):
    code = f"import django, sys; django.setup(); {work}; print(*sys.modules)"
    command = [sys.executable, "-c", code]
    ended = subprocess.run(command, check=True, capture_output=True, text=True)
    assert missing.isdisjoint(ended.stdout.split())
