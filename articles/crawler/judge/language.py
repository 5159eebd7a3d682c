"""Which language a text is in, by py3langid's model (a naive Bayes over byte n-grams).

The model is loaded at the first question, or by ``preload``: it takes half a second
and 74 MB.
"""

import threading
from functools import lru_cache

from py3langid.langid import MODEL_FILE, LanguageIdentifier

from articles.languages import (
    LANGUAGES,
    LanguageFacts,
    Records,
    code_of,
    facts,
    over_all,
)
from articles.spelling import one_encoding

# Those that a feed of ours may carry by mistake. The fewer, the surer.
OTHERS = {
    "af",
    "ar",
    "bg",
    "ca",
    "cs",
    "et",
    "fa",
    "fi",
    "he",
    "hi",
    "hr",
    "id",
    "is",
    "ja",
    "ko",
    "lt",
    "lv",
    "sk",
    "sl",
    "sr",
    "tr",
    "uk",
    "vi",
    "zh",
}
CHARACTERS = 2000  # half a millisecond; the model is no surer of longer texts
SURE = 0.9
LONG = 1000  # characters
SURE_OF_ALIKE = 0.99

_loading = threading.Lock()


def other_language(text: str, language: str) -> tuple[str, float] | None:
    """Return (code, probability) of the language that text is in instead, or None.

    language is one of our codes; of one the model does not know, nothing is said.
    """
    known = facts(code_of(language))
    identifier = _identifier()
    if not {*known.langid} <= {*identifier.nb_classes}:
        return None
    start = one_encoding(text[:CHARACTERS], language)
    found, probability = identifier.classify(start)
    if found in known.langid:
        return None
    sure = probability >= SURE
    if found in _alike(known):
        sure = probability >= SURE_OF_ALIKE and len(start) >= LONG
    return (found, probability) if sure else None


def recognised(text: str) -> tuple[str, float]:
    """(code, probability) of the language that a text is most likely in.

    The code is ours where that is a language of ours, otherwise the model's.
    """
    found, probability = _identifier().classify(text[:CHARACTERS])
    return _ours().get(found, found), probability


def preload() -> None:
    """Load the model now, so that processes forked later have it, and share it."""
    _identifier()


def _identifier() -> LanguageIdentifier:
    with _loading:  # once, however many threads ask first
        return _load(_candidates())


def _alike(language: LanguageFacts) -> set[str]:
    """The model's codes of all languages of the group of one."""
    group = [one for one in LANGUAGES.values() if one.group == language.group != ""]
    return {code for one in group for code in one.langid}


@over_all
def _candidates(languages: Records) -> frozenset[str]:
    return frozenset(OTHERS.union(*(one.langid for one in languages)))


@over_all
def _ours(languages: Records) -> dict[str, str]:
    return {code: one.code for one in languages for code in one.langid}


@lru_cache(maxsize=1)
def _load(codes: frozenset[str]) -> LanguageIdentifier:
    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages(codes.intersection(identifier.nb_classes))
    return identifier
