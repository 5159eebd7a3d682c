"""Which language a text is in, by py3langid's model (a naive Bayes over byte n-grams).

The model is loaded at the first question, or by ``preload``: it takes half a second
and 74 MB.
"""

import threading
from functools import cache

from py3langid.langid import MODEL_FILE, LanguageIdentifier

from articles.spelling import one_encoding

# Ours, and those that a feed of ours may carry by mistake. The fewer, the surer.
KNOWN = {
    "da",
    "de",
    "el",
    "en",
    "es",
    "fr",
    "hu",
    "it",
    "nl",
    "no",
    "nn",
    "pl",
    "pt",
    "ro",
    "ru",
    "sv",
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
# A feed in Norwegian may be in either of its written forms.
SAME = {"no": {"no", "nn"}, "nb": {"no", "nn"}, "nn": {"no", "nn"}}
# Read by each other's readers, and alike enough to be mixed up in a short text.
ALIKE = {"da", "nn", "no", "sv"}
CHARACTERS = 2000  # half a millisecond; the model is no surer of longer texts
SURE = 0.9
LONG = 1000  # characters
SURE_OF_ALIKE = 0.99

_loading = threading.Lock()


def other_language(text: str, language: str) -> tuple[str, float] | None:
    """Return (code, probability) of the language that text is in instead, or None.

    language is an ISO 639-1 code; of one the model does not know, nothing is said.
    """
    expected = SAME.get(language, {language})
    if not expected <= KNOWN:
        return None
    start = one_encoding(text[:CHARACTERS], language)
    found, probability = _identifier().classify(start)
    if found in expected:
        return None
    sure = probability >= SURE
    if found in ALIKE and expected <= ALIKE:
        sure = probability >= SURE_OF_ALIKE and len(start) >= LONG
    return (found, probability) if sure else None


def preload() -> None:
    """Load the model now, so that processes forked later have it, and share it."""
    _identifier()


def _identifier() -> LanguageIdentifier:
    with _loading:  # once, however many threads ask first
        return _load()


@cache
def _load() -> LanguageIdentifier:
    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages(KNOWN)
    return identifier
