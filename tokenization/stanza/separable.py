"""Verbs that stand at two places: "er greift … an" is *angreifen*.

Found by rule and dictionary, without grammar: a particle where its language puts it,
and the nearest word that can be its verb, if the dictionary has the two as one.
docs/words.md says how often that is right; a language's record, by which words.
"""

from collections.abc import Iterable, Iterator
from functools import lru_cache

from articles.languages import facts
from articles.languages.facts import Separable
from tokenization.stanza.lemmas import Lemmatizer
from tokenization.stanza.tokens import Block, Token

TYPE = "particle_verb"
# Marks inside a clause; each other one ends it.
INNER = frozenset("-‐–'’/\"„“”‚‘»«()")


def mark_verbs(block: Block, language: str, lemmatizer: Lemmatizer) -> None:
    """Give separated verbs their whole lemma, and their tokens the fields of a group.

    Nothing happens in languages whose record has no particles. Raises NoTrie.
    """
    rules = facts(language).separable
    if not rules.particles:
        return
    finder = _finder(rules, language, lemmatizer)
    for paragraph in block:
        for sentence in paragraph:
            finder.mark(sentence)


class Finder:
    """Finds the separated verbs of one language in sentences."""

    def __init__(self, rules: Separable, language: str, lemmatizer: Lemmatizer) -> None:
        self.rules, self.language, self.lemmatizer = rules, language, lemmatizer
        self.particles = frozenset(rules.particles.split())
        self.ends = frozenset(rules.ends.split())
        self.between = frozenset(rules.between.split())
        self.no_verb_after = frozenset(rules.no_verb_after.split())
        self.no_verbs = self.particles | self.ends | self.no_verb_after
        self.no_verbs |= {*rules.no_verbs.split()}
        self.other_halves = {
            particle: frozenset(words.split())
            for particles, words in rules.other_halves
            for particle in particles.split()
        }

    def mark(self, sentence: list[Token]) -> None:
        words = [token["text"].lower() for token in sentence]
        for place, word in enumerate(words):
            if word in self.particles and sentence[place]["text"] == word:
                self._mark(sentence, words, place)

    def _mark(self, sentence: list[Token], words: list[str], place: int) -> None:
        for verb in self._places(sentence, words, place):
            if lemma := self._joined(sentence, words, verb, words[place]):
                sentence[verb]["lemma"] = lemma
                _group(sentence[verb], sentence[place], abs(place - verb) > 1)
                return

    def _places(
        self, sentence: list[Token], words: list[str], place: int
    ) -> Iterable[int]:
        """Where the verb of a particle may be, the likeliest place first."""
        if self.between:
            return self._beside(words, place)
        if not self._ends_clause(sentence, words, place):
            return ()
        begin = self._begin_of_clause(sentence, words, place)
        clause = words[begin:place]
        if not clause or clause[-1] in self.ends:
            return ()  # "ab und zu", "nach wie vor"
        if not self.other_halves.get(words[place], frozenset()).isdisjoint(clause):
            return ()
        return range(place - 1, begin - 1, -1)

    def _ends_clause(self, sentence: list[Token], words: list[str], place: int) -> bool:
        if place + 1 == len(sentence) or _is_end(sentence[place + 1]):
            return True
        # Not "auf und ab".
        is_pair = place + 2 < len(words) and words[place + 2] in self.particles
        return words[place + 1] in self.ends and not is_pair

    def _begin_of_clause(
        self, sentence: list[Token], words: list[str], place: int
    ) -> int:
        """Behind a mark, or behind "auf und": what another particle has ended."""
        while place and not _is_end(sentence[place - 1]):
            is_new = words[place - 1] in self.ends and place > 1
            if is_new and words[place - 2] in self.particles:
                break
            place -= 1
        return place

    def _beside(self, words: list[str], place: int) -> Iterator[int]:
        """Right before the particle, or behind it and what may be between."""
        if place:
            yield place - 1
        if place + 2 < len(words) and words[place + 1] in self.between:
            yield place + 2

    def _joined(
        self, sentence: list[Token], words: list[str], place: int, particle: str
    ) -> str:
        """The verb's lemma with its particle, or "" for what is no verb that has it."""
        token, word = sentence[place], words[place]
        lemma = token.get("lemma", word)
        if word in self.no_verbs or lemma in self.no_verbs:
            return ""
        if not self._may_part(token, word, lemma):
            return ""
        if place and words[place - 1] in self.no_verb_after:
            return ""
        if joined := self._verb(particle, word, lemma):
            return joined
        is_first = not place or _is_end(sentence[place - 1])
        if is_first or words[place - 1] in self.ends or word.endswith("t"):
            return self._verb_of_form(particle, word)
        return ""

    def _verb(self, particle: str, word: str, lemma: str) -> str:
        """The two as one where the dictionary has it as a lemma, by itself or a form.

        By itself "afdrukken" is a noun's plural to it, but "afdrukt" is this verb's.
        """
        joined, form = particle + lemma, particle + word
        if not joined.endswith(self.rules.infinitive) or not self._is_known(joined):
            return ""
        # Where an ending tells no verb, a form's lemma may be anything.
        forms = (joined, form) if self.rules.infinitive else (joined,)
        return joined if joined in map(self._lemma, forms) else ""

    def _verb_of_form(self, particle: str, word: str) -> str:
        """By the form of a dependent clause: "pas … aan" is "aanpas", of aanpassen.

        Alone, "pas" is no verb to the dictionary.
        """
        form = particle + word
        if not self.rules.infinitive or not self._is_known(form):
            return ""
        lemma = self._lemma(form).removeprefix(particle)
        return self._verb(particle, word, lemma)

    def _is_known(self, word: str) -> bool:
        return self.lemmatizer.is_known(word, self.language)

    def _lemma(self, word: str) -> str:
        return self.lemmatizer.lemma(word, self.language)

    def _may_part(self, token: Token, word: str, lemma: str) -> bool:
        """Whether it can be a form that parts: no noun, and no participle."""
        if "mwe_group_id" in token or not word.isalpha():
            return False
        if token["token_i"] and token["text"] != word:
            return False
        participle = self.rules.participle
        return not (
            participle
            and word.startswith(participle)
            and not lemma.startswith(participle)
        )


@lru_cache(maxsize=64)
def _finder(rules: Separable, language: str, lemmatizer: Lemmatizer) -> Finder:
    return Finder(rules, language, lemmatizer)


def _group(verb: Token, particle: Token, is_separated: bool) -> None:
    """Mark two tokens as one expression, by an id that no other of the block has."""
    verb["mwe_role"], particle["mwe_role"] = "head", "dependent"
    for token in (verb, particle):
        token["mwe_group_id"] = f"{verb['sent_i']}.{verb['token_i']}"
        token["mwe_type"] = TYPE
        token["mwe_is_separated"] = is_separated


def _is_end(token: Token) -> bool:
    """Whether a token is a mark that ends a clause."""
    return "is_punct" in token and token["text"] not in INNER
