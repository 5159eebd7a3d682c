"""From texts to tokens by a Stanza tokenizer's network, without what we throw away.

Stanza's public interface builds documents, sentences and words around the network's
answer and asks Python about each character; that takes longer than the network. Here
the same network sees the same features, made by NumPy, and its answer is read as
offsets. The network's layers run in oneDNN, to which PyTorch gives no sequences of
different lengths by itself.

Imports PyTorch and Stanza: only ``engine`` imports this, when it loads a model.
"""

import io
import re
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import stanza
import torch
from numpy.typing import NDArray
from stanza.models.common.doc import Document
from stanza.models.tokenization.data import NUMERIC_RE
from stanza.models.tokenization.trainer import Trainer
from stanza.models.tokenization.utils import MASK_RE
from torch import nn
from torch.nn.utils.rnn import PackedSequence, pad_packed_sequence

from tokenization.stanza import spans
from tokenization.stanza.spans import Sentence, Span

# What the network is told of each character, in this order. Stanza has other features
# for languages that we don't have; models with those are left to its own code.
FEATURES = ["space_before", "capitalized", "numeric", "end_of_para", "start_of_para"]
# Characters and sequences at a time: Stanza's own limits.
WINDOW = 1000
BATCH = 32
# As Stanza has it: invisible controls separate words, an empty line ends a sentence.
BLANK = re.compile(r"[\s\x80-\x9f]")
EMPTY_LINE = re.compile(r"\n[\s\x80-\x9f]*\n")
# Labels: 0 inside a token, 1 its end, 2 a sentence's end; 3 and 4 are 1 and 2 for what
# is written as one word and meant as two.
SENTENCE_ENDS = (2, 4)

Integers = NDArray[np.int64]
Floats = NDArray[np.float32]


def load_tagger(path: Path, content: bytes | None = None) -> spans.Tagger:
    """Return the tokenizer of a model file as a function from texts to spans.

    path is ``<resources>/<language>/tokenize/<model>.pt``; content is what has been
    read from it, where its hash was taken. The function returns, for each text, its
    sentences as lists of (start, end) offsets; any number of threads may call it.
    Raises whatever PyTorch and Stanza do over damaged files.
    """
    network = Network(path.read_bytes() if content is None else content)
    return Tagger(network) if _is_plain(network) else PipelineTagger(path)


class Network(Trainer):
    """Stanza's trainer without the optimizer, which imports half of PyTorch.

    That takes a second and 80 MB, and nothing is trained here.
    """

    def __init__(self, content: bytes) -> None:
        self.load(io.BytesIO(content), args=None, foundation_cache=None)


def _is_plain(network: Network) -> bool:
    """Whether a model needs nothing but what is computed here."""
    args = network.args
    return (
        args["feat_funcs"] == FEATURES
        and not args["use_dictionary"]
        and not args["skip_newline"]
        and args["rnn_layers"] == 1
        and network.model.charmodel is None
    )


class PipelineTagger:
    """Stanza's own way, for models of other kinds than the one computed here."""

    def __init__(self, path: Path) -> None:
        language = path.parent.parent
        self.pipeline = stanza.Pipeline(
            language.name,
            dir=str(language.parent),
            processors="tokenize",
            package={"tokenize": path.stem},
            download_method=None,
            use_gpu=False,
            verbose=False,
        )
        self.lock = threading.Lock()

    def __call__(self, texts: list[str]) -> list[list[Sentence]]:
        documents = [Document([], text=text) for text in texts]
        with self.lock:  # Stanza's pipelines are not thread-safe
            self.pipeline.bulk_process(documents)
        return [
            [[(token.start_char, token.end_char) for token in s.tokens] for s in found]
            for found in (document.sentences for document in documents)
        ]


class Tagger:
    """A network without Stanza's documents around it."""

    def __init__(self, network: Network) -> None:
        self.vocab = network.vocab
        self.model = network.model.eval()
        for name, module in list(self.model.named_children()):
            if isinstance(module, nn.LSTM):
                setattr(self.model, name, BidirectionalLSTM(module))

    def __call__(self, texts: list[str]) -> list[list[Sentence]]:
        found: list[list[Sentence]] = [[] for _ in texts]
        paragraphs = list(self._paragraphs(texts))
        todo = paragraphs
        while todo:
            # Beside others of its length, a sequence needs little padding.
            todo = sorted(todo, key=Paragraph.window_size, reverse=True)
            for start in range(0, len(todo), BATCH):
                self._label(todo[start : start + BATCH])
            todo = [paragraph for paragraph in todo if not paragraph.is_done]
        for paragraph in paragraphs:
            found[paragraph.text_number] += paragraph.sentences()
        return found

    def _paragraphs(self, texts: list[str]) -> "Iterator[Paragraph]":
        joined = "".join(texts)
        codes = np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), np.uint32)
        used, letters = np.unique(codes, return_inverse=True)
        alphabet = [BLANK.sub(" ", chr(code)) for code in used]
        is_blank = np.array([char == " " for char in alphabet], bool)
        units = np.array([self.vocab.unit2id(char) for char in alphabet], np.int64)
        facts = np.array([_facts(char) for char in alphabet], np.float32)
        offset = 0
        for number, text in enumerate(texts):
            for start, end in _split(text):
                here = letters[offset + start : offset + end]
                blank = is_blank[here]
                # Of several blanks, the first one is seen.
                seen = np.flatnonzero(~blank | ~np.append(False, blank[:-1]))
                here = here[seen]
                yield Paragraph(
                    number,
                    "".join([alphabet[letter] for letter in here]),
                    start + seen,
                    units[here],
                    facts[here],
                )
            offset += len(text)

    def _label(self, paragraphs: "list[Paragraph]") -> None:
        lengths = [paragraph.window_size() for paragraph in paragraphs]
        shape = (len(paragraphs), lengths[0])
        units = np.zeros(shape, np.int64)  # 0 is the padding
        features = np.zeros((*shape, len(FEATURES)), np.float32)
        for paragraph, ids, facts in zip(paragraphs, units, features, strict=True):
            paragraph.write_window(ids, facts)
        with torch.inference_mode():
            scores = self.model(
                torch.from_numpy(units), torch.from_numpy(features), lengths
            )
            labels = scores.argmax(2).numpy()
        for paragraph, row in zip(paragraphs, labels, strict=True):
            paragraph.read_labels(row)


class Paragraph:
    """What stands between empty lines of a text, and its labels as far as known.

    text has blanks folded; positions, units and facts are arrays with a row for each of
    its characters: the place in the whole text, the vocabulary's number, and the first
    three of FEATURES.
    """

    def __init__(
        self,
        text_number: int,
        text: str,
        positions: Integers,
        units: Integers,
        facts: Floats,
    ) -> None:
        self.text_number = text_number
        self.text = text
        self.positions = positions
        self.units = units
        self.features = np.zeros((len(text), len(FEATURES)), np.float32)
        self.features[:, :3] = facts
        self.features[-1, 3] = self.features[0, 4] = 1
        self.labels = np.zeros(len(text), np.int64)
        self.labelled = 0

    @property
    def is_done(self) -> bool:
        return self.labelled == len(self.text)

    def window(self) -> slice:
        """The slice that is labelled next."""
        return slice(self.labelled, min(self.labelled + WINDOW, len(self.text)))

    def window_size(self) -> int:
        """Length of the window; after a short text the network expects a padding."""
        window = self.window()
        is_short = len(self.text) < WINDOW
        return int(window.stop - window.start) + is_short

    def write_window(self, units: Integers, features: Floats) -> None:
        window = self.window()
        units[: window.stop - window.start] = self.units[window]
        features[: window.stop - window.start] = self.features[window]

    def read_labels(self, labels: Integers) -> None:
        """Take a window's labels; where more follows, up to the last sentence's end."""
        window = self.window()
        labels = labels[: window.stop - window.start]
        ends = np.flatnonzero(np.isin(labels, SENTENCE_ENDS))
        if window.stop < len(self.text) and len(ends):
            labels = labels[: ends[-1] + 1]
        self.labels[self.labelled : self.labelled + len(labels)] = labels
        self.labelled += len(labels)

    def sentences(self) -> list[Sentence]:
        """The paragraph's sentences as lists of (start, end) offsets into its text."""
        self._mend_labels()
        lasts = np.flatnonzero(self.labels)
        firsts = np.append(0, lasts[:-1] + 1)
        is_end = np.isin(self.labels[lasts], SENTENCE_ENDS)
        # A token may begin or end with one blank, and be nothing else.
        is_blank = self.features[:, 0] > 0
        firsts, lasts = firsts + is_blank[firsts], lasts - is_blank[lasts]
        full = firsts <= lasts
        starts, ends = self.positions[firsts[full]], self.positions[lasts[full]] + 1
        spans = list(zip(starts.tolist(), ends.tolist(), strict=True))
        breaks = (np.flatnonzero(is_end[full]) + 1).tolist()
        parts = zip([0, *breaks], [*breaks, len(spans)], strict=True)
        return [spans[start:end] for start, end in parts if start < end]

    def _mend_labels(self) -> None:
        # As Stanza does: the text ends where it ends, and addresses are one token.
        self.labels[-1] = 4 if self.labels[-1] > 2 else 2
        for match in MASK_RE.finditer(self.text):
            start, end = match.span()
            self.labels[start : end - 1] = 0
            self.labels[end - 1] = self.labels[end - 1] or 1


class BidirectionalLSTM(nn.Module):
    """One bidirectional layer over sequences of different lengths, for inference.

    Computes what ``nn.LSTM`` does. That one has an own loop for packed sequences;
    oneDNN, twice as quick, wants a rectangle. Padded at its end, a rectangle is right
    for the forward direction; for the backward direction the sequences are turned
    round first, so that the padding comes last there too.
    """

    def __init__(self, lstm: nn.LSTM) -> None:
        super().__init__()
        self.ahead = _one_direction(lstm, "")
        self.back = _one_direction(lstm, "_reverse")

    def forward(self, packed: PackedSequence) -> tuple[PackedSequence, None]:
        """Take and return a PackedSequence, as ``nn.LSTM`` does; no hidden state."""
        numbers = packed._replace(data=torch.arange(len(packed.data)))
        rows, lengths = pad_packed_sequence(numbers)
        steps = torch.arange(len(rows))[:, None]
        mirrored = lengths - 1 - steps
        is_real = mirrored >= 0  # row by row, these are the packed order
        turned = rows.gather(0, mirrored.clamp(0))
        ahead = self._run(self.ahead, packed.data, rows)[is_real.flatten()]
        back = self._run(self.back, packed.data, turned)
        places = (mirrored * rows.shape[1] + torch.arange(rows.shape[1]))[is_real]
        back = back.index_select(0, places)
        return packed._replace(data=torch.cat([ahead, back], 1)), None

    def _run(
        self, lstm: nn.LSTM, data: torch.Tensor, rows: torch.Tensor
    ) -> torch.Tensor:
        rectangle = data.index_select(0, rows.flatten()).view(*rows.shape, -1)
        return lstm(rectangle)[0].flatten(0, 1)


def _one_direction(lstm: nn.LSTM, suffix: str) -> nn.LSTM:
    layer = nn.LSTM(lstm.input_size, lstm.hidden_size)
    for name, _ in layer.named_parameters():
        setattr(layer, name, getattr(lstm, name + suffix))
    return layer.eval()


def _facts(char: str) -> tuple[bool, bool, bool]:
    """The features that depend on a character alone."""
    return char == " ", char.isupper(), bool(NUMERIC_RE.match(char))


def _split(text: str) -> Iterator[Span]:
    """(start, end) of each paragraph that is not empty, without what follows it."""
    start = 0
    for match in [*EMPTY_LINE.finditer(text), None]:
        end = match.start() if match else len(text)
        end = start + len(text[start:end].rstrip())
        if start < end:
            yield start, end
        start = match.end() if match else end
