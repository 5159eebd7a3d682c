"""Lemmas with real simplemma, from tries that processes share."""

import os
import subprocess
import sys
import time
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import orjson
import pytest
from django.conf import settings

from articles.text import ArticleText
from tokenization import services
from tokenization.stanza import lemmas, tries
from tokenization.stanza.lemmas import Lemmatizer, shared_lemmatizer
from tokenization.stanza.tokens import to_block
from tokenization.stanza.tries import MISSING, BadTrie, NoTrie, Tries
from tokenization.tests.stubs import split

pytestmark = pytest.mark.nodb

ASK = """
import sys
from tokenization.stanza.lemmas import Lemmatizer
print(Lemmatizer(sys.argv[1]).build("en"))
"""
COUNTED = """
import sys
from tokenization.stanza.lemmas import Lemmatizer
lemmatizer = Lemmatizer(sys.argv[1])
lemmatizer.version("da")
asked = [name in sys.modules for name in ("simplemma", "marisa_trie")]
lemmatizer.lemma("huse", "da")
print(asked, "simplemma" in sys.modules)
"""


@pytest.fixture(scope="module")
def lemmatizer():
    return Lemmatizer(settings.LEMMAS_DIR)


@pytest.fixture
def english(tmp_path):
    """A folder with the English trie alone, the smallest but one."""
    Tries(tmp_path).build("en")
    return Tries(tmp_path)


def start(code, *args):
    return subprocess.Popen(
        [sys.executable, "-c", code, *map(str, args)],
        cwd=settings.BASE_DIR,
        stdout=subprocess.PIPE,
        text=True,
    )


@pytest.mark.parametrize(
    ("language", "word", "lemma"),
    [
        ("da", "husene", "hus"),
        ("de", "ging", "gehen"),
        ("de", "Gegangen", "gehen"),
        ("de", "Häuser", "haus"),
        ("de", "riss", "reißen"),
        ("de", "hochreissen", "hochreißen"),
        ("de", "gemessen", "messen"),
        ("de", "fasste", "fassen"),
        ("el", "ανθρώπους", "άνθρωπος"),
        ("en", "went", "go"),
        ("es", "dijeron", "decir"),
        ("fr", "chevaux", "cheval"),
        ("hu", "könyvekben", "könyv"),
        ("it", "andiamo", "andare"),
        ("nl", "huizen", "huis"),
        ("no", "husene", "hus"),
        ("pl", "książkami", "książka"),
        ("pt", "casas", "casa"),
        ("ro", "cărțile", "carte"),
        ("ru", "книгами", "книга"),
        ("sv", "husen", "hus"),
    ],
)
def test_each_language_has_lemmas(lemmatizer, language, word, lemma):
    assert lemmatizer.lemma(word, language) == lemma
    assert lemmatizer.is_known(word, language)


def test_lemmas_are_composed_and_in_lower_case(lemmatizer):
    apart = unicodedata.normalize("NFD", "Häuser")
    assert lemmatizer.lemma(apart, "de") == "haus"
    assert lemmatizer.lemma("Québécquois", "fr") == "québécquois"
    assert not lemmatizer.is_known("Québécquois", "fr")


def test_a_language_without_lemmas_has_the_words_themselves(lemmatizer):
    assert lemmatizer.lemma("Húsið", "xx") == "húsið"
    assert not lemmatizer.is_known("a", "xx")
    assert lemmatizer.version("xx") == ""
    assert not lemmatizer.build("xx")
    assert lemmatizer.lemma("x", "../xx") == "x"


def test_an_overlong_word_is_not_looked_for(lemmatizer):
    word = "Hus" * 100_000
    assert lemmatizer.lemma(word, "da") == word.lower()


@pytest.mark.parametrize("word", ["\0", "gik\0", "\0gik", "gik\0ud"])
def test_a_word_with_a_null_is_in_no_trie(lemmatizer, word):
    assert lemmatizer.lemma(word, "da") == word
    assert not lemmatizer.is_known(word, "da")


def test_the_version_names_simplemma_and_our_rules(lemmatizer, monkeypatch):
    before = lemmatizer.version("da")
    assert before == f"lemmas {tries.simplemma_version()}.{lemmas.VERSION}"
    assert services.tokenizer_version("da").endswith(before)
    monkeypatch.setattr(lemmas, "VERSION", lemmas.VERSION + 1)
    assert lemmatizer.version("da") != before
    assert not services.tokenizer_version("da").endswith(before)


def test_only_words_with_another_lemma_have_it(lemmatizer):
    text = "Husene er 12 , G20 hus www.huse.dk € i Husene"
    lemma_of = {"husene": "hus", "er": "være"}.__getitem__
    asked = []

    def noted(word):
        asked.append(word)
        return lemma_of(word.lower()) if word.lower() in ("husene", "er") else "i"

    [[tokens]] = to_block(text, split(text), noted)
    assert asked == ["Husene", "er", "hus", "i", "Husene"]
    found = [(token["text"], token["lemma"]) for token in tokens if "lemma" in token]
    assert found == [("Husene", "hus"), ("er", "være"), ("hus", "i"), ("Husene", "hus")]


def test_an_articles_tokens_have_lemmas():
    text = ArticleText("Husene står her", "", (("p", "Vi så husene."),))
    [prepared] = services.prepare([text], "da")
    title, body = orjson.loads(prepared.title), orjson.loads(prepared.blocks[0])
    assert [token.get("lemma") for token in title[0][0]] == ["hus", "stå", None]
    assert [token.get("lemma") for token in body[0][0]][2:] == ["hus", None]
    assert prepared.tokenizer == services.tokenizer_version("da")


def test_threads_in_two_languages_get_what_one_gets_alone():
    lemmatizer = Lemmatizer(settings.LEMMAS_DIR)
    words = [("went", "en", "go"), ("casas", "pt", "casa")] * 200
    with ThreadPoolExecutor(8) as pool:
        found = pool.map(lambda asked: lemmatizer.lemma(*asked[:2]), words)
    assert list(found) == [lemma for _, _, lemma in words]


def test_a_process_has_one_lemmatizer():
    assert services.lemmatizer() is shared_lemmatizer(settings.LEMMAS_DIR)


# --- files


def test_four_processes_that_need_a_trie_make_it_once(tmp_path):
    started = [start(ASK, tmp_path) for _ in range(4)]
    said = [process.communicate()[0].strip() for process in started]
    assert sorted(said) == ["False", "False", "False", "True"]
    assert {path.name for path in tmp_path.iterdir()} == {
        Tries(tmp_path).path("en").name,
        "en.lock",
    }


def test_simplemma_is_imported_with_the_first_lemma():
    said, _ = start(COUNTED, settings.LEMMAS_DIR).communicate()
    assert said.strip() == "[False, False] True"


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: b"",
        lambda data: data[:10],
        lambda data: data[: len(data) // 2],
        lambda data: data[:-1],
        lambda data: data[:5000] + bytes([data[5000] ^ 255]) + data[5001:],
        lambda data: data + b"x",
    ],
    ids=["empty", "ten bytes", "half", "a byte less", "a byte wrong", "a byte more"],
)
def test_a_damaged_trie_is_told_and_made_again(english, damage, caplog):
    path = english.path("en")
    whole = path.read_bytes()
    path.write_bytes(damage(whole))
    with pytest.raises(BadTrie):
        english.verify("en")
    assert Lemmatizer(english.folder).lemma("went", "en") == "go"
    assert caplog.text.count(f"{path} is made again: it is ") == 1
    assert path.read_bytes() == whole


def test_words_can_be_asked_for_where_the_file_is_whole_or_open(english):
    path = english.path("en")
    whole = path.read_bytes()
    path.write_bytes(whole[:-1])
    lemmatizer = Lemmatizer(english.folder)
    assert lemmatizer.trouble("en") == "it is cut off"
    assert not lemmatizer.is_ready("en")
    path.unlink()
    assert (lemmatizer.trouble("en"), lemmatizer.is_ready("en")) == (MISSING, False)
    path.write_bytes(whole)
    assert (lemmatizer.trouble("en"), lemmatizer.is_ready("en")) == ("", True)
    lemmatizer.lemma("went", "en")
    path.unlink()
    assert lemmatizer.is_ready("en")
    assert not lemmatizer.is_ready("xx")
    assert lemmatizer.trouble("xx") == ""


def test_a_whole_file_is_read_once(english, monkeypatch):
    assert not english.trouble("en")
    monkeypatch.setattr(tries, "_verify", None)
    assert not english.trouble("en")


def test_tries_of_other_versions_go(english):
    old = english.folder / "en-1.0.0.trie"
    other = english.folder / "da-1.0.0.trie"
    for path in (old, other):
        path.write_bytes(b"")
    english.path("en").unlink()
    assert english.build("en")
    assert (old.exists(), other.exists()) == (False, True)


@pytest.mark.parametrize("folder", ["/dev/null/lemmas", "/proc/lemmas"])
def test_where_nobody_can_write_a_process_makes_its_own(folder, tmp_path, caplog):
    assert Lemmatizer(folder).lemma("went", "en") == "go"
    assert f"No trie in {folder}" in caplog.text


def test_what_a_killed_build_has_left_goes(english):
    english.path("en").unlink()
    (english.folder / "draft-en-killed").mkdir()
    (english.folder / "draft-da-running").mkdir()
    assert english.build("en")
    drafts = [path.name for path in english.folder.glob("draft-*")]
    assert drafts == ["draft-da-running"]


def test_a_builder_ends_with_the_process_that_wants_it(tmp_path):
    with start(ASK, tmp_path) as asking:
        until = time.monotonic() + 30
        while not (found := builders(tmp_path)) and time.monotonic() < until:
            time.sleep(0.01)
        asking.kill()
    assert found
    while builders(tmp_path) and time.monotonic() < until:
        time.sleep(0.01)
    # Not because it was done.
    assert not builders(tmp_path) and not list(tmp_path.glob("draft-*/trie"))


def builders(folder):
    """Those that are running for a folder."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):
            command = path.read_bytes()
            if b"trie_builder.py" in command and bytes(folder) in command:
                found.append(path)
    return found


def test_a_full_disk_is_told(tmp_path):
    with pytest.raises(OSError, match="can't write /dev/full: No space left"):
        tries._run_builder("en", Path("/dev/full"))


def test_without_any_room_texts_fail_with_the_remedy(monkeypatch):
    monkeypatch.setattr(tries, "BUILDER", Path(__file__).with_name("full_disk.py"))
    lemmatizer = Lemmatizer("/dev/null/lemmas")
    with pytest.raises(NoTrie, match="make room in LEMMAS_DIR or in .*lemmas build"):
        lemmatizer.lemma("went", "en")


def test_a_builder_that_can_not_be_started_is_told(english, monkeypatch):
    english.path("en").unlink()
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    with pytest.raises(
        NoTrie, match=r"'/nowhere/python'.* can't be started \(.*No such"
    ):
        Lemmatizer(english.folder).lemma("went", "en")


def test_a_stopped_builder_is_not_waited_for_for_ever(english, monkeypatch):
    english.path("en").unlink()
    monkeypatch.setattr(tries, "BUILD_TIMEOUT_S", 0.2)
    with (
        tries._alone(english.folder / "en.lock"),
        pytest.raises(TimeoutError, match=r"holds .*en\.lock for too long"),
    ):
        english.build("en")


def test_simplemmas_own_damage_is_told(english, monkeypatch):
    with pytest.raises(NoTrie, match="Unsupported language: qq"):
        tries._run_builder("qq", english.path("qq"))
    assert os.listdir(english.folder)  # nothing of others' is lost
