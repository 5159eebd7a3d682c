"""Our way through Stanza's network against Stanza's own, with the bundled models."""

import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import stanza
import torch
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st
from stanza.models.common.doc import Document
from torch import nn
from torch.nn.utils.rnn import pack_sequence

from tokenization.stanza import network
from tokenization.stanza.network import (
    BidirectionalLSTM,
    PipelineTagger,
    Tagger,
    load_tagger,
)

pytestmark = pytest.mark.nodb

# Written for these tests: quotes, numbers, abbreviations, addresses, sentences.
NEWS = {
    "da": "Hej med dig. „Hvordan går det?“ spurgte hun kl. 14.30 – og gik 1,5 km.",
    "de": "Das kostet z.B. 1.000 Euro (ca. 900 £). »Wirklich?«, fragte Dr. Maier.",
    "fr": "L'homme d'aujourd'hui n'a pas dit « oui » ; il a écrit à a.b@example.org.",
    "ru": "Он сказал: «Да». Потом ушёл в 12 ч. 30 мин. на www.example.com/ru.",
    "el": "Τι κάνεις; Καλά, ευχαριστώ. Το 2024 ήταν καλό.",
}
# What makes ours take another way: windows, folded blanks, empty lines, addresses.
SHAPES = (
    "{text}",
    "{text} " * 40,
    "{text}\n\n{text}\n \n\n {text}",
    "  {text}   \t {text}\n{text}  ",
    "x{text}" * 300,
    "ja " * 333 + "a",
    "ja " * 333,
    "ja " * 334,
)
ALPHABET = "abÅß12 .,!?\n\t\x85\xa0'\"@:/-😀é"


RESOURCES = settings.BASE_DIR / "tokenization" / "stanza_resources"


def model(language):
    return RESOURCES / language / "tokenize" / "compact.pt"


def pipeline(language):
    return stanza.Pipeline(
        language,
        dir=str(RESOURCES),
        processors="tokenize",
        download_method=None,
        use_gpu=False,
        verbose=False,
    )


@pytest.fixture(scope="module")
def danish():
    """(ours, Stanza's own) way of tokenizing Danish."""
    return load_tagger(model("da")), PipelineTagger(model("da"))


@pytest.mark.parametrize("language", NEWS)
def test_ours_finds_what_stanza_finds(language):
    ours, theirs = load_tagger(model(language)), pipeline(language)
    assert isinstance(ours, Tagger)
    for text in [shape.format(text=NEWS[language]) for shape in SHAPES]:
        [found] = ours([text])
        document = theirs(Document([], text=text))
        expected = [
            [(token.start_char, token.end_char) for token in sentence.tokens]
            for sentence in document.sentences
        ]
        assert found == expected


def test_a_text_has_the_same_tokens_in_any_company(danish):
    ours, _ = danish
    texts = [shape.format(text=text) for shape in SHAPES for text in NEWS.values()]
    assert ours(texts) == [ours([text])[0] for text in texts]


@given(st.text(alphabet=ALPHABET, min_size=1, max_size=80))
def test_odd_texts_too(danish, text):
    if text.strip(" \n\t\x85\xa0"):
        ours, theirs = danish
        assert ours([text]) == theirs([text])


def test_texts_without_words_have_no_sentences(danish):
    ours, _ = danish
    assert ours(["", " \n\n ", "\x85\x97"]) == [[], [], []]
    assert ours([]) == []


def test_lone_surrogates_are_characters(danish):
    ours, _ = danish
    assert ours(["Hej \ud800 dig"]) == [[[(0, 3), (4, 5), (6, 9)]]]


def test_a_model_of_another_kind_is_left_to_stanza(monkeypatch):
    monkeypatch.setattr(network, "FEATURES", ["space_before"])
    tagger = load_tagger(model("da"))
    assert isinstance(tagger, PipelineTagger)
    assert tagger(["Hej du"]) == [[[(0, 3), (4, 6)]]]


def test_loading_does_not_import_what_only_training_needs():
    code = (
        "import sys; from tokenization.stanza.engine import Engine;"
        "Engine('tokenization/stanza_resources').tokenize(['Hej.'], 'da');"
        "sys.exit('torch._dynamo' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=settings.BASE_DIR)
    assert done.returncode == 0


def test_a_layer_computes_what_pytorchs_own_does():
    torch.manual_seed(1)
    theirs = nn.LSTM(5, 7, bidirectional=True, batch_first=True)
    packed = pack_sequence([torch.randn(length, 5) for length in (9, 9, 4, 1)])
    with torch.inference_mode():
        found, _ = BidirectionalLSTM(theirs)(packed)
        expected, _ = theirs(packed)
    assert torch.allclose(found.data, expected.data, atol=1e-6)


class WatchedPipeline:
    """Notes how many threads are in it at a time."""

    def __init__(self):
        self.at_work, self.most = 0, 0

    def bulk_process(self, documents):
        self.at_work += 1
        self.most = max(self.most, self.at_work)
        time.sleep(0.002)
        self.at_work -= 1


def test_stanzas_pipeline_works_for_one_thread_at_a_time():
    tagger = PipelineTagger(model("da"))
    watched = tagger.pipeline = WatchedPipeline()
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(tagger, [["Hej."]] * 32))
    assert watched.most == 1
