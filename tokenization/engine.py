"""Stanza, made safe for threads and forks and quick for many texts. Knows no Django.

PyTorch is imported when the first model is loaded, not before, and told to use one
thread: on busy cores its threads spin for each other (2 s instead of 9 ms for a title),
and a process that has started them hangs after a fork.
"""

import hashlib
import importlib
import json
import os
import pickle
import re
import threading
from collections import OrderedDict
from functools import lru_cache, partial
from importlib.metadata import version
from pathlib import Path

# Stanza's names for languages, where they differ from ours.
STANZA_CODES = {"no": "nb"}
# What Stanza and PyTorch raise over texts they can't take, and over damaged models.
TEXT_ERRORS = (AssertionError, AttributeError, LookupError, RuntimeError)
TEXT_ERRORS += (TypeError, ValueError)
MODEL_ERRORS = (*TEXT_ERRORS, EOFError, OSError, pickle.UnpicklingError)
# Stanza's time grows with the square of a word's length: 400 s for 200,000 characters.
# What no language has for a word becomes a token without its help.
OVERLONG = re.compile(r"(?<!\S)\S{1001,}")


class TokenizerError(Exception):
    """A text could not be tokenized; the message says which and what helps."""


class UnknownLanguage(TokenizerError):
    """There is no model for the language."""


class Engine:
    """Stanza tokenizers from one resources directory, loaded when first needed.

    resources_dir has Stanza's own layout: ``resources.json`` and
    ``<language>/tokenize/<model>.pt``. At most max_languages stay loaded; the least
    recently used one goes first. All methods may be called from any thread.
    """

    def __init__(self, resources_dir, max_languages=15):
        self.resources_dir = Path(resources_dir)
        self.max_languages = max_languages
        self._taggers = OrderedDict()
        self._lock = threading.Lock()
        self._load_locks = {}

    def tokenize(self, texts, language):
        """Return, for each text, its sentences as lists of (start, end) offsets.

        Every character that is not whitespace is in exactly one token, in order. A
        text without any has no sentences. Raises UnknownLanguage, TokenizerError.
        """
        texts = list(texts)
        shown = [OVERLONG.sub(_blank, text) for text in texts]
        # Stanza can't find its way back through texts without tokens.
        filled = [text for text in shown if text.strip()]
        found = iter(self._run(filled, language) if filled else [])
        return [
            _cover(text, next(found) if seen.strip() else [])
            for text, seen in zip(texts, shown, strict=True)
        ]

    def load(self, language):
        """Return the language's tagger, a function from texts to spans.

        It is loaded at most once whoever asks at once, and again when its file has
        changed: rows name what is on the disk. Raises UnknownLanguage, TokenizerError.
        """
        model = _stamp(self.model_path(language))
        with self._lock:
            if tagger := self._loaded(language, model):
                return tagger
            load_lock = self._load_locks.setdefault(language, threading.Lock())
        with load_lock:
            with self._lock:
                if tagger := self._loaded(language, model):
                    return tagger
            tagger = self._load(language)
            with self._lock:
                self._taggers[language] = (model, tagger)
                self._taggers.move_to_end(language)
                while len(self._taggers) > self.max_languages:
                    self._taggers.popitem(last=False)
            return tagger

    def preload(self, languages, log):
        """Load models ahead of a fork; return the languages that could be loaded.

        A model that can't be loaded is logged and left out: what is in the cache can be
        served without it, and a fill notes what is wrong.
        """
        return [language for language in languages if self._preload(language, log)]

    def _preload(self, language, log):
        try:
            self.load(language)
        except TokenizerError as exc:
            log.error("Not preloaded: %s", exc)
            return False
        return True

    def languages(self):
        """Codes, as we write them, of the languages that have a model here.

        Stanza's index also names languages whose models were never fetched. Raises
        OSError and ValueError when the index can't be read.
        """
        ours = {theirs: code for code, theirs in STANZA_CODES.items()}
        # A set: Stanza's index has our code for Norwegian too, as an alias.
        codes = {ours.get(code, code) for code in self._resources()}
        return sorted(code for code in codes if self._has_model(code))

    def version(self, language):
        """Name what tokenizes a language: package version, model and model hash."""
        path = self.model_path(language)
        digest = _hash_model("sha256", path)[:16]
        return f"stanza {_package_version()} {path.stem} {digest}"

    def model_path(self, language):
        """Path of a language's model file; raises UnknownLanguage without one."""
        code = STANZA_CODES.get(language, language)
        try:
            model = _default_model(self._resources()[code])
            path = self.resources_dir / code / "tokenize" / f"{model}.pt"
            path.stat()
        except (OSError, KeyError, TypeError, ValueError):
            raise UnknownLanguage(
                f"no tokenizer model for language {language!r} in {self.resources_dir};"
                f" fetch one with: manage.py stanza_models download {language}"
            ) from None
        return path

    def _has_model(self, language):
        try:
            self.model_path(language)
        except UnknownLanguage:
            return False
        return True

    def verify(self, language):
        """Compare a model with the hash in the index; raises TokenizerError.

        Nothing is loaded, and no lock is taken: it can't be held up by work.
        """
        path = self.model_path(language)
        entry = self._resources()[STANZA_CODES.get(language, language)]
        try:
            # Stanza's index has MD5 sums: good against damage, no use against attack.
            expected = entry["tokenize"][_default_model(entry)]["md5"]
        except (KeyError, TypeError) as exc:
            raise TokenizerError(
                f"{self.resources_dir}/resources.json names no hash for {language!r};"
                f" mend it with: manage.py stanza_models download {language}"
            ) from exc
        if _hash_model("md5", path) != expected:
            raise TokenizerError(
                f"{path} has not the hash that resources.json names;"
                f" restore it or run: manage.py stanza_models download {language}"
            )

    def _resources(self):
        """The index, read again when it changes; raises OSError and ValueError."""
        return _read_resources(*_stamp(self.resources_dir / "resources.json"))

    def _run(self, texts, language):
        tagger = self.load(language)
        try:
            return tagger(texts)
        except TEXT_ERRORS as exc:
            raise TokenizerError(f"Stanza failed on {language!r}: {exc}") from exc

    def _loaded(self, language, model):
        loaded_from, tagger = self._taggers.get(language, (None, None))
        if loaded_from != model:
            return None
        self._taggers.move_to_end(language)
        return tagger

    def _load(self, language):
        path = self.model_path(language)
        inference = _import_inference()
        try:
            return inference.load_tagger(path)
        except MODEL_ERRORS as exc:
            raise TokenizerError(f"can't load {path}: {exc}") from exc


_shared_lock = threading.Lock()


def shared_engine(resources_dir, max_languages):
    """The process's one engine; processes that are forked later share its models."""
    with _shared_lock:  # the cache alone would let two threads make one each
        return _make_shared(resources_dir, max_languages)


@lru_cache(maxsize=1)
def _make_shared(resources_dir, max_languages):
    return Engine(resources_dir, max_languages)


_import_lock = threading.Lock()


def _import_inference():
    with _import_lock:
        _prepare_torch()
        return importlib.import_module("tokenization.inference")


@lru_cache(maxsize=1)
def _prepare_torch():
    # NumPy's library starts its threads when it is imported.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    # oneDNN keeps machine code for each length of text: 20 MB for 120 of them, and
    # 1,024 may come together in each worker.
    os.environ.setdefault("ONEDNN_PRIMITIVE_CACHE_CAPACITY", "16")
    torch = importlib.import_module("torch")
    torch.set_num_threads(1)
    if torch.get_num_interop_threads() != 1:
        torch.set_num_interop_threads(1)  # only allowed before the first use
    # A forked child makes its pool anew when a thread first computes in it, and breaks
    # where several threads do so at once: "Invalid thread pool".
    os.register_at_fork(after_in_child=partial(torch.set_num_threads, 1))


def _blank(match):
    return " " * len(match[0])


def _cover(text, sentences):
    """Offsets of Stanza's tokens; a gap that is not whitespace becomes a token."""
    covered, position = [], 0
    for sentence in sentences:
        spans = []
        for start, end in sentence:
            spans += _gap(text, position, start)
            spans.append((start, end))
            position = end
        covered.append(spans)
    if rest := _gap(text, position, len(text)):
        covered = [*covered[:-1], [*(covered[-1] if covered else []), *rest]]
    return covered


def _gap(text, start, end):
    if start == end or text[start:end].isspace():
        return []
    words = re.finditer(r"\S+", text[start:end])
    return [(start + word.start(), start + word.end()) for word in words]


def _default_model(entry):
    """Name of the default tokenizer in a language's entry of resources.json."""
    return entry["packages"]["default"]["tokenize"]


def _stamp(path):
    """What tells that a file has changed; raises OSError when it is not there."""
    stat = path.stat()
    return path, stat.st_mtime_ns, stat.st_size


def _hash_model(algorithm, path):
    try:
        return _hash_file(algorithm, *_stamp(path))
    except OSError as exc:
        raise UnknownLanguage(f"can't read {path}: {exc}") from exc


@lru_cache(maxsize=1)
def _package_version():
    return version("stanza")


@lru_cache(maxsize=8)
def _read_resources(path, mtime_ns, size):
    index = json.loads(path.read_text("utf-8"))
    if not isinstance(index, dict):
        raise ValueError(f"{path} is not an index of models")
    return index


@lru_cache(maxsize=64)
def _hash_file(algorithm, path, mtime_ns, size):
    return hashlib.new(algorithm, path.read_bytes(), usedforsecurity=False).hexdigest()
