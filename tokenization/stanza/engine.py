"""Stanza, made safe for threads and forks and quick for many texts. Knows no Django.

PyTorch is imported when the first model is loaded, not before, and told to use one
thread: on busy cores its threads spin for each other (2 s instead of 9 ms for a title),
and a process that has started them hangs after a fork.
"""

import hashlib
import importlib
import json
import logging
import os
import re
import threading
from collections import OrderedDict
from collections.abc import Iterable
from functools import lru_cache, partial
from importlib.metadata import version
from pathlib import Path
from types import ModuleType
from typing import Any

from articles.languages import LANGUAGES, facts
from tokenization.stanza import rules
from tokenization.stanza.spans import Sentence, Span, Tagger

logger = logging.getLogger(__name__)

# Stanza's time grows with the square of a word's length: 400 s for 200,000 characters.
# What no language has for a word becomes a token without its help.
OVERLONG = re.compile(r"(?<!\S)\S{1001,}")


# A model's file, what tells that it has changed, and the hash in the index.
Model = tuple[Path, int, int, int, str]


class TokenizerError(Exception):
    """A text could not be tokenized; the message says which and what helps."""


class NoModel(TokenizerError):
    """Nothing can tokenize the language now, whatever the text."""


class UnknownLanguage(NoModel):
    """There is no model for the language."""


class BrokenModel(NoModel):
    """There is one, but not the one that the index names, or it can't be loaded."""


class Engine:
    """Stanza tokenizers from one resources directory, loaded when first needed.

    resources_dir has Stanza's own layout: ``resources.json`` and
    ``<language>/tokenize/<model>.pt``. At most max_languages stay loaded; the least
    recently used one goes first. All methods may be called from any thread.
    """

    def __init__(
        self, resources_dir: Path | str, max_languages: int | None = None
    ) -> None:
        self.resources_dir = Path(resources_dir)
        # Joined once: each request of a reader looks at it.
        self._index = self.resources_dir / "resources.json"
        self.max_languages = max_languages or len(LANGUAGES)
        self._taggers: OrderedDict[str, tuple[Model, Tagger]] = OrderedDict()
        self._lock = threading.Lock()
        self._load_locks: dict[str, threading.Lock] = {}

    def tokenize(self, texts: Iterable[str], language: str) -> list[list[Sentence]]:
        """Return, for each text, its sentences as lists of (start, end) offsets.

        Every character that is not whitespace is in exactly one token, in order. A
        text without any has no sentences. Raises UnknownLanguage, BrokenModel,
        TokenizerError.
        """
        texts = list(texts)
        shown = [OVERLONG.sub(_blank, rules.straighten(text)) for text in texts]
        # Stanza can't find its way back through texts without tokens.
        filled = [text for text in shown if text.strip()]
        found = iter(self._run(filled, language) if filled else [])
        return [
            rules.mend(
                text, _cover(text, next(found) if seen.strip() else []), language
            )
            for text, seen in zip(texts, shown, strict=True)
        ]

    def load(self, language: str) -> Tagger:
        """Return the language's tagger, a function from texts to spans.

        It is loaded at most once whoever asks at once, and again when its file or its
        hash in the index has changed: what is no longer as the index says is used no
        longer. Raises UnknownLanguage, BrokenModel.
        """
        model = *_stamp(self.model_path(language)), self._expected_md5(language)
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

    def preload(self, languages: Iterable[str], log: logging.Logger) -> list[str]:
        """Load models ahead of a fork; return the languages that could be loaded.

        A model that can't be loaded is logged and left out: what is in the cache can be
        served without it, and a fill notes what is wrong.
        """
        return [language for language in languages if self._preload(language, log)]

    def _preload(self, language: str, log: logging.Logger) -> bool:
        try:
            self.load(language)
        except TokenizerError as exc:
            log.error("Not preloaded: %s", exc)
            return False
        return True

    def languages(self) -> list[str]:
        """Codes, as we write them, of the languages that have a model here.

        Stanza's index also names languages whose models were never fetched. Raises
        OSError and ValueError when the index can't be read.
        """
        ours = {language.stanza: code for code, language in LANGUAGES.items()}
        # A set: Stanza's index has our code for Norwegian too, as an alias.
        codes = {ours.get(code, code) for code in self._resources()}
        return sorted(code for code in codes if self._has_model(code))

    def version(self, language: str) -> str:
        """Name what tokenizes a language: package, model, the model's hash, our rules.

        The hash is the index's, and nothing else is ever loaded: a model that gets
        damaged makes nothing, and what the good one made stays as good as it was.
        Raises UnknownLanguage, BrokenModel (no hash in the index).
        """
        path = self.model_path(language)
        digest = self._expected_md5(language)[:16]
        return f"stanza {_package_version()} {path.stem} {digest} rules {rules.VERSION}"

    def model_path(self, language: str) -> Path:
        """Path of a language's model file; raises UnknownLanguage without one."""
        code = facts(language).stanza
        try:
            model = _default_model(self._resources()[code])
            path = _path_of(self.resources_dir, code, model)
            os.stat(path)
        except (OSError, KeyError, TypeError, ValueError):
            raise UnknownLanguage(
                f"no tokenizer model for language {language!r} in {self.resources_dir};"
                f" fetch one with: manage.py stanza_models download {language}"
            ) from None
        return path

    def _has_model(self, language: str) -> bool:
        try:
            self.model_path(language)
        except UnknownLanguage:
            return False
        return True

    def verify(self, language: str) -> None:
        """Compare a model with the hash in the index; raises BrokenModel.

        Nothing is loaded, and no lock is taken: it can't be held up by work. A file is
        read once, and again when it has changed. Raises UnknownLanguage without one.
        """
        path = self.model_path(language)
        try:
            found = _hash_file(*_stamp(path))
        except OSError as exc:
            raise _broken(language, f"can't read {path}: {exc}") from exc
        self._require_hash(language, path, found)

    def _require_hash(self, language: str, path: Path, found: str) -> None:
        if found != self._expected_md5(language):
            problem = f"can't load {path}: resources.json names another hash"
            raise _broken(language, problem)

    def _expected_md5(self, language: str) -> str:
        """The index's hash of a language's model; raises BrokenModel without one.

        Stanza's index has MD5 sums: good against damage, no use against attack.
        """
        try:
            entry = self._resources()[facts(language).stanza]
            digest: str = entry["tokenize"][_default_model(entry)]["md5"]
        except (OSError, KeyError, TypeError, ValueError) as exc:
            problem = f"{self._index} names no hash for {language!r}"
            raise _broken(language, problem) from exc
        return digest

    def _resources(self) -> dict[str, Any]:
        """The index, read again when it changes; raises OSError and ValueError."""
        return _read_resources(*_stamp(self._index))

    def _run(self, texts: list[str], language: str) -> list[list[Sentence]]:
        tagger = self.load(language)
        try:
            return tagger(texts)
        except Exception as exc:  # Stanza and PyTorch name no errors of theirs
            logger.exception("Stanza failed on a text")
            message = f"Stanza failed on {language!r}: {_shown(exc)}"
            raise TokenizerError(message) from exc

    def _loaded(self, language: str, model: Model) -> Tagger | None:
        loaded_from, tagger = self._taggers.get(language, (None, None))
        if loaded_from != model:
            return None
        self._taggers.move_to_end(language)
        return tagger

    def _load(self, language: str) -> Tagger:
        path = self.model_path(language)
        try:
            content = path.read_bytes()
        except OSError as exc:
            raise _broken(language, f"can't read {path}: {exc}") from exc
        # Of what is loaded, not of what was there a moment ago.
        self._require_hash(language, path, _md5(content))
        network = _import_network()
        try:
            tagger: Tagger = network.load_tagger(path, content)
        except Exception as exc:  # whatever a pickle, a zip or a network may raise
            logger.exception("Can't load %s", path)
            raise _broken(language, f"can't load {path}: {_shown(exc)}") from exc
        return tagger


_shared_lock = threading.Lock()


def shared_engine(resources_dir: Path | str, max_languages: int) -> Engine:
    """The process's one engine; processes that are forked later share its models."""
    with _shared_lock:  # the cache alone would let two threads make one each
        return _make_shared(resources_dir, max_languages)


@lru_cache(maxsize=1)
def _make_shared(resources_dir: Path | str, max_languages: int) -> Engine:
    return Engine(resources_dir, max_languages)


_import_lock = threading.Lock()


def _import_network() -> ModuleType:
    with _import_lock:
        _prepare_torch()
        return importlib.import_module("tokenization.stanza.network")


@lru_cache(maxsize=1)
def _prepare_torch() -> None:
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


def _blank(match: re.Match[str]) -> str:
    return " " * len(match[0])


def _cover(text: str, sentences: list[Sentence]) -> list[Sentence]:
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


def _gap(text: str, start: int, end: int) -> list[Span]:
    if start == end or text[start:end].isspace():
        return []
    words = re.finditer(r"\S+", text[start:end])
    return [(start + word.start(), start + word.end()) for word in words]


def _default_model(entry: dict[str, Any]) -> str:
    """Name of the default tokenizer in a language's entry of resources.json."""
    name: str = entry["packages"]["default"]["tokenize"]
    return name


@lru_cache(maxsize=64)
def _path_of(resources_dir: Path, code: str, model: str) -> Path:
    return resources_dir / code / "tokenize" / f"{model}.pt"


def _stamp(path: Path) -> tuple[Path, int, int, int]:
    """What tells that a file has changed; raises OSError when it is not there."""
    stat = os.stat(path)
    # The time of a file's last change can be set back; that of its inode can't.
    return path, stat.st_mtime_ns, stat.st_ctime_ns, stat.st_size


@lru_cache(maxsize=1)
def _package_version() -> str:
    return version("stanza")


@lru_cache(maxsize=8)
def _read_resources(path: Path, *changed: int) -> dict[str, Any]:
    index = json.loads(path.read_text("utf-8"))
    if not isinstance(index, dict):
        raise ValueError(f"{path} is not an index of models")
    return index


@lru_cache(maxsize=64)
def _hash_file(path: Path, *changed: int) -> str:
    return _md5(path.read_bytes())


def _md5(content: bytes) -> str:
    return hashlib.md5(content, usedforsecurity=False).hexdigest()


def _broken(language: str, problem: str) -> BrokenModel:
    """The error of a model that is not to be used, with the remedy."""
    return BrokenModel(
        f"{problem}; restore it, or run: manage.py stanza_models download {language}"
        " (stanza_models verify says which are broken)"
    )


def _shown(exc: BaseException) -> str:
    """An error's name and message: that of a KeyError alone says nothing."""
    return f"{type(exc).__name__}: {exc}"
