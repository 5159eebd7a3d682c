"""What one word or phrase means, for who asks about it alone."""

import logging
import re
from dataclasses import dataclass
from typing import Any

from learners.dictionaries.entries import stored
from learners.dictionaries.glosses import to_gloss
from learners.dictionaries.lookup import Word, look_up
from learners.dictionaries.models import Dictionary
from tokenization import services
from tokenization.stanza.tries import NoTrie

logger = logging.getLogger(__name__)

WORD_BEFORE = re.compile(r"([^\W_][\w'’-]*)[^\w.!?…]*$")


@dataclass(frozen=True)
class Question:
    """A word or phrase of a language, as a text has it, and the sentence around it.

    lemma is "" where whoever asks has no token that tells it.
    """

    word: str
    lemma: str
    context: str
    source: str
    target: str

    def has_dictionary(self) -> bool:
        """Whether there is one from its language to the other; one query."""
        found = Dictionary.objects.published().of_pair(self.source, self.target)
        return found.exists()

    def answer(self) -> dict[str, Any]:
        """What GlossSerializer describes; one query."""
        word, source, target = self._word(), self.source, self.target
        found = look_up([word], source, target, stored(source, target))
        return to_gloss(word.form, word.lemma, found.get(word.form))

    def _word(self) -> Word:
        before = self._before()
        # Without a sentence the capital is all there is to go by.
        is_inside = bool(before) or not self.context
        capital = is_inside and self.word[:1].isupper()
        lemma = self.lemma or lemma_of(self.word, self.source)
        return Word(self.word, lemma, before, capital)

    def _before(self) -> str:
        """The word before it in its sentence, "" where there is none."""
        place = re.search(rf"(?<!\w){re.escape(self.word)}(?!\w)", self.context)
        found = WORD_BEFORE.search(self.context, 0, place.start()) if place else None
        return found[1] if found else ""


def lemma_of(word: str, language: str) -> str:
    """A word's lemma; the word itself where there are no lemmas to be had.

    Nobody who reads waits for them to be made: the crawl does that, or a command.
    """
    lemmatizer = services.lemmatizer()
    if not lemmatizer.is_ready(language):
        return word.lower()
    try:
        return lemmatizer.lemma(word, language)
    except NoTrie as exc:
        logger.warning("%s: a word is looked up without its lemma", exc)
        return word.lower()
