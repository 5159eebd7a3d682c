"""The engine with real Stanza and the bundled models."""

import hashlib
import json
import os
import shutil
import struct
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.conf import settings
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from articles.tests.factories import OURS
from articles.text import clean
from tokenization.stanza import engine as engine_module
from tokenization.stanza.engine import (
    BrokenModel,
    Engine,
    TokenizerError,
    UnknownLanguage,
)

pytestmark = pytest.mark.nodb

BUNDLED = settings.BASE_DIR / "tokenization" / "stanza_resources"
DANISH = "Hej med dig. Hvordan går det?"
# What upsets tokenizers, more often than chance would have it.
ODD = "a1 \t\n\r\x00\x1c\x7f\x85\u00a0\u00ad\u200b\u200d\u2028\u202e\u0301\ufeff\ufe0f"
ODD += "\u05e9\u0644\u0661\U0001f600\U0001f1e9.!?-–'\"«»„“"
ANY_TEXT = st.one_of(st.text(max_size=60), st.text(alphabet=ODD, max_size=40))
slow = hypothesis_settings(
    max_examples=50,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


class CountingEngine(Engine):
    """Remembers which languages it loaded."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.loads = []

    def _load(self, language):
        self.loads.append(language)
        return super()._load(language)


@pytest.fixture(scope="module")
def engine():
    return CountingEngine(BUNDLED)


def model_of(resources):
    return resources / "da" / "tokenize" / "compact.pt"


def damage(resources):
    """Flip the bits of one byte, as a bad disk does; Stanza itself would not notice."""
    data = bytearray(model_of(resources).read_bytes())
    data[300_000] ^= 255
    model_of(resources).write_bytes(data)


def enter(resources, content):
    """Write a model file, and its hash into the index: as it should be, it says."""
    model_of(resources).write_bytes(content)
    index = json.loads((resources / "resources.json").read_text())
    md5 = hashlib.md5(content).hexdigest()
    index["da"]["tokenize"]["compact"]["md5"] = md5
    (resources / "resources.json").write_text(json.dumps(index))


def words(text, sentences):
    return [[text[start:end] for start, end in sentence] for sentence in sentences]


def check_cover(text, sentences):
    spans = [span for sentence in sentences for span in sentence]
    edges = [edge for span in spans for edge in span]
    assert edges == sorted(edges)
    assert all(start < end for start, end in spans)
    covered = "".join(text[start:end] for start, end in spans)
    assert "".join(covered.split()) == "".join(text.split())


def test_it_splits_sentences_and_words(engine):
    [sentences] = engine.tokenize([DANISH], "da")
    assert words(DANISH, sentences) == [
        ["Hej", "med", "dig", "."],
        ["Hvordan", "går", "det", "?"],
    ]


@slow
@given(texts=st.lists(ANY_TEXT, max_size=5), language=st.sampled_from(["da", "fr"]))
def test_each_character_is_in_exactly_one_token(engine, texts, language):
    answers = engine.tokenize(texts, language)
    assert len(answers) == len(texts)
    for text, sentences in zip(texts, answers, strict=True):
        check_cover(text, sentences)
        assert all(sentences)


@slow
@given(texts=st.lists(ANY_TEXT.map(clean), max_size=5))
def test_many_texts_at_once_are_tokenized_as_one_by_one(engine, texts):
    one_by_one = [engine.tokenize([text], "da")[0] for text in texts]
    assert engine.tokenize(texts, "da") == one_by_one


def test_empty_and_blank_texts_keep_their_place(engine):
    texts = ["", "Ja.", " \n\t ", "", "Nej.", "\u00a0"]
    answers = engine.tokenize(texts, "da")
    found = [words(*pair) for pair in zip(texts, answers, strict=True)]
    assert found == [[], [["Ja", "."]], [], [], [["Nej", "."]], []]


def test_only_blank_texts_load_no_model():
    engine = CountingEngine(BUNDLED)
    assert engine.tokenize(["", " "], "da") == [[], []]
    assert engine.loads == []


def test_an_unknown_language_is_named_with_the_remedy(engine):
    with pytest.raises(UnknownLanguage, match="'xx'.*stanza_models download xx"):
        engine.tokenize(["Hej"], "xx")


def test_norwegian_uses_the_bokmal_model(engine):
    assert engine.model_path("no").parent.parent.name == "nb"
    [[sentence]] = engine.tokenize(["Hei på deg"], "no")
    assert len(sentence) == 3


def test_languages_are_our_codes_each_once(engine):
    languages = engine.languages()
    assert len(set(languages)) == len(languages)
    assert set(OURS) <= set(languages)
    assert "nb" not in languages


def test_languages_are_only_those_with_a_model(models):
    assert Engine(models).languages() == ["da"]


def test_languages_pass_over_what_else_is_in_stanzas_own_index(models):
    index = json.loads((models / "resources.json").read_text())
    index |= {"url": "https://example.com", "danish": {"alias": "da"}}
    (models / "resources.json").write_text(json.dumps(index))
    assert Engine(models).languages() == ["da"]


@pytest.mark.parametrize("index", ["", "[]", "nonsense"])
def test_an_unreadable_index_is_an_unknown_language(models, index):
    (models / "resources.json").write_text(index)
    with pytest.raises(UnknownLanguage):
        Engine(models).version("da")
    with pytest.raises(ValueError):
        Engine(models).languages()


def test_twenty_threads_load_a_language_once():
    engine = CountingEngine(BUNDLED)
    barrier = threading.Barrier(20)

    def ask(_):
        barrier.wait()
        return engine.tokenize([DANISH, "Ja."], "da")

    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(ask, range(20)))
    assert engine.loads == ["da"]
    assert all(answer == answers[0] for answer in answers)


def test_the_least_recently_used_language_goes_first():
    engine = CountingEngine(BUNDLED, max_languages=2)
    for language in ("da", "de", "da", "sv", "da", "de"):
        engine.tokenize(["Ja."], language)
    assert engine.loads == ["da", "de", "sv", "de"]


@pytest.mark.parametrize(
    "content",
    [b"", b"<html>sign in first</html>", b"no model at all\n" * 99, b"\0" * 9999],
    ids=["empty", "a web page", "text", "zeros"],
)
def test_a_file_that_is_no_model_is_a_tokenizer_error(models, content):
    model_of(models).write_bytes(content)
    with pytest.raises(TokenizerError, match=r"compact\.pt"):
        Engine(models).tokenize(["Hej"], "da")


def test_a_cut_off_model_is_a_tokenizer_error_until_it_is_mended(models):
    whole = model_of(models).read_bytes()
    model_of(models).write_bytes(whole[:1000])
    engine = Engine(models)
    with pytest.raises(TokenizerError, match=r"can't load .*compact\.pt"):
        engine.load("da")
    model_of(models).write_bytes(whole)
    assert engine.tokenize(["Hej"], "da") == [[[(0, 3)]]]


def whole_model():
    return model_of(BUNDLED).read_bytes()


@hypothesis_settings(
    max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(size=st.integers(0, 600_000) | st.integers(0, 200))
def test_whatever_loading_a_cut_off_model_raises_is_a_tokenizer_error(models, size):
    enter(models, whole_model()[:size])
    with pytest.raises(BrokenModel, match=r"can't load .*compact\.pt: \w+"):
        Engine(models).load("da")


@hypothesis_settings(
    max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(place=st.integers(0, 600_000) | st.integers(0, 4000), byte=st.integers(1, 255))
def test_a_flipped_byte_is_a_tokenizer_error_or_makes_good_tokens(models, place, byte):
    content = bytearray(whole_model())
    content[place] ^= byte
    enter(models, bytes(content))
    try:
        [sentences] = Engine(models).tokenize([DANISH], "da")
    except TokenizerError:
        return
    check_cover(DANISH, sentences)


class Unheard(Exception):
    """What no list of errors has."""


@pytest.mark.parametrize("error", [Unheard, struct.error, MemoryError])
def test_what_nobody_expects_from_loading_is_told_with_its_traceback(
    models, monkeypatch, caplog, error
):
    def load(path, content):
        raise error("odd")

    monkeypatch.setattr("tokenization.stanza.network.load_tagger", load)
    with pytest.raises(BrokenModel, match=f"{error.__name__}: odd; restore it, or run"):
        Engine(models).load("da")
    assert caplog.records[-1].exc_info


def test_what_nobody_expects_from_a_text_is_a_tokenizer_error(models, caplog):
    engine = Engine(models)

    def odd(*args):
        raise Unheard("odd")

    engine.load("da").model = odd
    with pytest.raises(TokenizerError, match="failed on 'da': Unheard: odd"):
        engine.tokenize(["Hej"], "da")
    assert caplog.records[-1].exc_info


def test_the_version_names_package_model_and_the_hash_of_the_index(models):
    engine = Engine(models)
    md5 = hashlib.md5(model_of(models).read_bytes()).hexdigest()
    before = engine.version("da")
    assert before.startswith(f"stanza 1.15.0 compact {md5[:16]}")
    enter(models, model_of(BUNDLED).read_bytes() + b"x")
    assert engine.version("da") != before


def damaged(resources):
    damage(resources)


def emptied(resources):
    model_of(resources).write_bytes(b"")


def replaced(resources):
    shutil.copy(BUNDLED / "sv" / "tokenize" / "compact.pt", model_of(resources))


def a_folder(resources):
    model_of(resources).unlink()
    model_of(resources).mkdir()


def set_back(resources):
    """Damage that leaves a file as large and as old as it was."""
    times = model_of(resources).stat()
    damage(resources)
    os.utime(model_of(resources), ns=(times.st_atime_ns, times.st_mtime_ns))


@pytest.mark.parametrize("is_loaded", [False, True])
@pytest.mark.parametrize("harm", [damaged, emptied, replaced, a_folder, set_back])
def test_a_damaged_model_tokenizes_nothing_and_keeps_its_name(models, harm, is_loaded):
    engine = Engine(models)
    before = engine.version("da")
    if is_loaded:
        engine.load("da")
    harm(models)
    assert engine.version("da") == before
    for ask in (engine.load, engine.verify):
        with pytest.raises(BrokenModel, match="compact.pt.* stanza_models download da"):
            ask("da")
    with pytest.raises(BrokenModel):
        engine.tokenize(["Hej"], "da")


def test_a_model_that_may_not_be_read_is_a_tokenizer_error(models, monkeypatch):
    def refuse(path):
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "read_bytes", refuse)
    for ask in (Engine(models).load, Engine(models).verify):
        with pytest.raises(BrokenModel, match="can't read .*compact.pt.*denied"):
            ask("da")


def test_a_model_whose_hash_the_index_does_not_name_has_no_name_either(models):
    index = json.loads((models / "resources.json").read_text())
    del index["da"]["tokenize"]["compact"]["md5"]
    (models / "resources.json").write_text(json.dumps(index))
    for ask in (Engine(models).version, Engine(models).load):
        with pytest.raises(BrokenModel, match="names no hash for 'da'"):
            ask("da")


def test_a_changed_model_is_loaded_again(models):
    engine = CountingEngine(models)
    engine.load("da")
    enter(models, (BUNDLED / "sv" / "tokenize" / "compact.pt").read_bytes())
    engine.load("da")
    engine.load("da")
    assert engine.loads == ["da", "da"]


def test_verify_is_content_with_all_bundled_models(engine):
    for language in engine.languages():
        engine.verify(language)


def test_an_index_without_a_models_hash_is_told(models):
    index = json.loads((models / "resources.json").read_text())
    del index["da"]["tokenize"]
    (models / "resources.json").write_text(json.dumps(index))
    with pytest.raises(TokenizerError, match="names no hash for 'da'"):
        Engine(models).verify("da")


def test_verify_notices_damage(models):
    engine = Engine(models)
    engine.verify("da")
    damage(models)
    with pytest.raises(TokenizerError, match="stanza_models download da"):
        engine.verify("da")


def test_torch_computes_with_one_thread(engine):
    engine.load("da")
    torch = sys.modules["torch"]
    assert torch.get_num_threads() == 1
    assert torch.get_num_interop_threads() == 1


# With PyTorch's default threads the child hangs for ever at its first text.
FORK = """
import os, signal, sys
from tokenization.stanza.engine import Engine
engine = Engine("tokenization/stanza_resources")
texts = ["Hej med dig. " * 50] * 40
engine.tokenize(texts, "da")
child = os.fork()
if not child:
    engine.tokenize(texts, "da")
    os._exit(0)
signal.signal(signal.SIGALRM, lambda *args: os.kill(child, signal.SIGKILL))
signal.alarm(30)
_, status = os.waitpid(child, 0)
sys.exit(os.waitstatus_to_exitcode(status))
"""


def test_a_process_that_has_tokenized_can_be_forked():
    command = [sys.executable, "-c", FORK]
    done = subprocess.run(command, cwd=settings.BASE_DIR, timeout=60)
    assert done.returncode == 0


# Without care, one child in 50 or so fails.
FORKS = """
import os, sys, threading
from tokenization.stanza.engine import Engine, TokenizerError
engine = Engine("tokenization/stanza_resources")
engine.load("da")
failed = 0
for _ in range(120):
    child = os.fork()
    if not child:
        errors, barrier = [], threading.Barrier(15)
        def ask():
            barrier.wait()
            try:
                engine.tokenize(["Hej."], "da")
            except TokenizerError as exc:
                errors.append(exc)
        threads = [threading.Thread(target=ask) for _ in range(15)]
        [thread.start() for thread in threads]
        [thread.join() for thread in threads]
        os._exit(bool(errors))
    _, status = os.waitpid(child, 0)
    failed += bool(status)
sys.exit(failed)
"""


def test_many_threads_of_a_forked_child_can_begin_at_once():
    command = [sys.executable, "-c", FORKS]
    done = subprocess.run(command, cwd=settings.BASE_DIR, timeout=120)
    assert done.returncode == 0


class SlowEngine(Engine):
    def __init__(self, *args):
        time.sleep(0.01)
        super().__init__(*args)


def test_twenty_threads_get_one_shared_engine(monkeypatch):
    monkeypatch.setattr(engine_module, "Engine", SlowEngine)
    engine_module._make_shared.cache_clear()
    barrier = threading.Barrier(20)

    def ask(_):
        barrier.wait()
        return engine_module.shared_engine(BUNDLED, 15)

    with ThreadPoolExecutor(20) as pool:
        engines = list(pool.map(ask, range(20)))
    engine_module._make_shared.cache_clear()
    assert len(set(map(id, engines))) == 1


def test_a_web_process_that_never_tokenizes_never_imports_torch():
    code = (
        "import sys, django; django.setup();"
        " import zeeguu.urls, tokenization.stanza.engine;"
        " sys.exit('torch' in sys.modules or 'stanza' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=settings.BASE_DIR)
    assert done.returncode == 0


@pytest.mark.parametrize(
    ("text", "limit_s"),
    [
        ("å" * 3000, 5),
        ("Hej. " + "x" * 50_000 + " med dig.", 5),
        ("Rødgrød med fløde. " * 10_000, 30),
    ],
    ids=["a word of 3,000", "a word of 50,000", "200 kB of sentences"],
)
def test_long_words_and_texts_end_in_bounded_time(engine, text, limit_s):
    started = time.monotonic()
    [sentences] = engine.tokenize([text], "da")
    assert time.monotonic() - started < limit_s
    check_cover(text, sentences)


def test_an_overlong_word_is_one_token_where_it_stands(engine):
    text = f"Hej {'x' * 2000} med dig."
    [[sentence]] = engine.tokenize([text], "da")
    assert words(text, [sentence]) == [["Hej", "x" * 2000, "med", "dig", "."]]
