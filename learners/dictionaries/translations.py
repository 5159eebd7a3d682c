"""What one word or phrase means, for who asks about it alone."""

import logging
import re
from dataclasses import dataclass
from typing import Any

from learners.dictionaries.asked import whole_verb, without_marks
from learners.dictionaries.entries import stored
from learners.dictionaries.glosses import to_gloss
from learners.dictionaries.lookup import Answer, Word, look_up
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
        words, source, target = self._words(), self.source, self.target
        found = look_up(words, source, target, stored(source, target))
        answers = [(word, found.get(word.form)) for word in words]
        word, answer = min(answers, key=_doubt)
        return to_gloss(self.word, word.lemma, answer)

    def _words(self) -> list[Word]:
        """What it may be, the likeliest first: as it is, or without marks around it.

        Of a verb at two places first the whole one.
        """
        bare = without_marks(self.word)
        place = _place(bare or self.word, self.context)
        words = [self._word(form, place) for form in {self.word: 0, bare: 0} if form]
        verb = self._whole_verb(bare, place)
        return [Word(verb, verb), *words] if verb else words

    def _word(self, form: str, place: re.Match[str] | None) -> Word:
        found = WORD_BEFORE.search(self.context, 0, place.start()) if place else None
        before = found[1] if found else ""
        # Without a sentence the capital is all there is to go by.
        is_inside = bool(before) or not self.context
        capital = is_inside and form[:1].isupper()
        return Word(form, self.lemma or lemma_of(form, self.source), before, capital)

    def _whole_verb(self, bare: str, place: re.Match[str] | None) -> str:
        """The lemma of the verb that it is a part of, or both parts; "" otherwise."""
        if self.lemma or not (place or " " in bare):
            return ""
        text = self.context if place else bare
        start, end = place.span() if place else (0, len(bare))
        try:
            return whole_verb(text, start, end, self.source)
        except NoTrie as exc:
            logger.warning("%s: a verb is looked up without its particle", exc)
            return ""


def _place(word: str, sentence: str) -> re.Match[str] | None:
    return re.search(rf"(?<!\w){re.escape(word)}(?!\w)", sentence)


def _doubt(pair: tuple[Word, Answer | None]) -> int:
    """0 for what is sure, 1 for a guess, 2 for what is not there."""
    answer = pair[1]
    return 2 if answer is None else int(answer.is_guess)


def lemma_of(text: str, language: str) -> str:
    """The lemma of each word of a text; the text where there are none to be had.

    Nobody who reads waits for them to be made: the crawl does that, or a command.
    """
    lemmatizer = services.lemmatizer()
    if not lemmatizer.is_ready(language):
        return text.lower()
    try:
        return " ".join(lemmatizer.lemma(word, language) for word in text.split())
    except NoTrie as exc:
        logger.warning("%s: a word is looked up without its lemma", exc)
        return text.lower()
