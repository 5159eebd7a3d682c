"""Which capitalised words of an article are names: told by more than the capital.

A word that is also written small in the article is none, and what a capital says at the
beginning of a sentence, or in a headline full of them, is nothing. Else the dictionary
is asked, and the words around it.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Protocol

from articles.languages import LanguageFacts, facts
from tokenization.stanza.tokens import Token

Sentence = list[Token]
# Its dictionary tells names of the world from words, where all nouns have capitals.
WORLD = "en"
# A sentence with a larger share of capitals is a headline, where they say nothing.
MOST_CAPITALS = 0.6
# Words behind other marks may begin something.
GOES_ON = frozenset(",;-/&'’")
JOINED = re.compile("['’-]")
ADJECTIVES = ("e", "en", "er", "es", "em")
# Unknown longer words are rather compounds, where they begin a sentence.
LONGEST_UNKNOWN = 12


class Dictionary(Protocol):
    """What ``lemmas.Lemmatizer`` tells of words, and of languages."""

    def headword(self, word: str, language: str) -> str:
        """The lemma it has of a word written so, with its capital; "" for none."""

    def version(self, language: str) -> str:
        """ "" where it has nothing of a language."""


@dataclass
class Use:
    """How an article writes a word that it always writes with a capital."""

    written: str = ""
    # Somewhere within a sentence, where other words are small.
    is_inside: bool = False
    # Somewhere behind an article.
    is_noun: bool = False
    # Right behind these capitalised words.
    behind: set[str] = field(default_factory=set)

    def note(self, word: str, says_nothing: bool, is_noun: bool, before: str) -> None:
        if not self.written or not says_nothing:
            self.written = word
        self.is_inside |= not says_nothing
        self.is_noun |= is_noun
        if not says_nothing:
            self.behind.add(before)


def names_of(
    sentences: Iterable[Sentence], language: str, dictionary: Dictionary
) -> set[str]:
    """The words, in lower case, that are names all over an article.

    Of a language without a dictionary, what has a capital where others have none; where
    all nouns have one, nothing.
    """
    uses = _uses(sentences, language)
    for word in _capitals(facts(language)):
        uses.pop(word, None)
    if not dictionary.version(language):
        tell = not facts(language).nouns_have_capitals
        return {word for word, use in uses.items() if use.is_inside and tell}
    headword = dictionary.headword
    names = {
        word for word, use in uses.items() if _is_name(word, use, language, headword)
    }
    return names | {
        word for word, use in uses.items() if _follows_names(use, names, language)
    }


def _uses(sentences: Iterable[Sentence], language: str) -> dict[str, Use]:
    """{word in lower case: Use} of those that are always written with a capital."""
    uses: dict[str, Use] = defaultdict(Use)
    small: set[str] = set()
    articles = _articles(facts(language).look_up.articles)
    has_small = not facts(language).nouns_have_capitals
    for sentence in sentences:
        words = list(_words_of(sentence))
        says_nothing = has_small and _is_headline([word for word, _ in words])
        before, is_noun = "", False
        for word, begins in words:
            lower = word.lower()
            if not word[0].isupper():
                small.add(lower)
                is_noun = lower in articles or (is_noun and word.endswith(ADJECTIVES))
                before = ""
                continue
            use = uses[lower]
            use.note(word, begins or says_nothing, is_noun, before)
            is_noun = lower in articles
            before = "" if begins or says_nothing else lower
    return {word: use for word, use in uses.items() if word not in small}


def _words_of(sentence: Sentence) -> Iterator[tuple[str, bool]]:
    """Its words, each with whether something may begin there."""
    begins = True
    for token in sentence:
        text = token["text"]
        if token.get("is_punct"):
            begins = begins or text not in GOES_ON
        elif text[0].isalpha():
            yield text, begins
            begins = False
        else:
            begins = False


def _is_headline(words: list[str]) -> bool:
    long = [word for word in words[1:] if len(word) > 3]
    capitals = sum(word[0].isupper() for word in long)
    return capitals > MOST_CAPITALS * len(long) and len(long) > 3


@lru_cache(maxsize=32)
def _articles(text: str) -> frozenset[str]:
    return frozenset(text.split())


def _is_name(
    word: str, use: Use, language: str, headword: Callable[[str, str], str]
) -> bool:
    known, as_small = headword(use.written, language), headword(word, language)
    # "I'm" and "Vê-lo" are in no dictionary.
    as_small = as_small or headword(max(JOINED.split(word), key=len), language)
    is_long = len(word) > LONGEST_UNKNOWN
    if facts(language).nouns_have_capitals:
        if use.is_noun or as_small:
            return False
        return not is_long if not known else _is_of_the_world(use.written, headword)
    if not use.is_inside:
        return not as_small and not is_long
    if not as_small or _is_acronym(use.written):
        return True
    # In English words have capitals too: Danish, Monday.
    return language != WORLD and known[:1].isupper()


def _follows_names(use: Use, names: set[str], language: str) -> bool:
    """As in "Donald Trump"; but in German "Putins Besuch" and "Nairobi Besuch" too."""
    if use.is_noun or not use.is_inside:
        return False
    if facts(language).nouns_have_capitals:
        return use.behind <= {name for name in names if name[-1:] != "s"}
    return not use.behind.isdisjoint(names)


def _is_of_the_world(word: str, headword: Callable[[str, str], str]) -> bool:
    known = headword(word, WORLD)[:1].isupper()
    return known and not headword(word.lower(), WORLD)


@lru_cache(maxsize=32)
def _capitals(language: LanguageFacts) -> frozenset[str]:
    """Words that are no names, though the language writes them with a capital."""
    months = language.months.replace("/", " ")
    return frozenset(f"{months} {language.capitals}".split())


def _is_acronym(word: str) -> bool:
    return len(word) > 1 and word.isupper()
