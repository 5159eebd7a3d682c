"""Which words of an article are lexemes: no names, numbers, marks and addresses.

Nor is what parts from a verb: *an* of "greift … an" is of *angreifen*, its verb's.

Sets that are there stay as they are when this changes, or ``names``: to have them made
anew, raise ``VERSION`` in ``stanza/lemmas.py``.
"""

import unicodedata
from collections.abc import Container, Iterable
from itertools import chain

from articles.languages import facts
from tokenization.names import Dictionary, names_of
from tokenization.stanza.tokens import NO_WORDS, Block, Token, sentences_of

# Longer ones are none, but what somebody forgot to put blanks into.
LONGEST = 60
# Of addresses, tags, names of files and formulas.
NO_LETTERS = frozenset('@#/\\_<>{}[]()|=+*&^~%$€£§:;"')


def names_in(
    blocks: Iterable[Block], language: str, dictionary: Dictionary
) -> set[str]:
    """The names of an article, in lower case, of the blocks of all its texts."""
    return names_of(sentences_of(blocks), language, dictionary)


def forget_guesses(
    blocks: Iterable[Block],
    names: Container[str],
    language: str,
    dictionary: Dictionary,
) -> None:
    """Take lemmas from names that the dictionary made up: Birkesund, "birkesunde".

    What takes an ending off stays: Fjordskolen, "fjordskole". In German too few names
    are told from nouns.
    """
    if facts(language).nouns_have_capitals:
        return
    for token in chain.from_iterable(sentences_of(blocks)):
        word, lemma = token["text"].lower(), token.get("lemma", "")
        if not lemma or word.startswith(lemma) or word not in names:
            continue
        forms = (token["text"], word, lemma, lemma.capitalize())
        if not any(dictionary.headword(form, language) for form in forms):
            del token["lemma"]


def words_of(block: Block, names: Container[str]) -> list[str]:
    """Of each token of a block the lemma of its lexeme, or "" where it is none."""
    return [_word(token, names) for token in chain.from_iterable(sentences_of([block]))]


def _word(token: Token, names: Container[str]) -> str:
    written = token["text"].lower()
    if written in names or not _may_be(token):
        return ""
    lemma = token.get("lemma") or unicodedata.normalize("NFC", written)
    return lemma if is_word(lemma) else ""


def _may_be(token: Token) -> bool:
    is_part = token.get("mwe_role") == "dependent"
    return not is_part and NO_WORDS.isdisjoint(token)


def is_word(text: str) -> bool:
    """Whether a text is a word, as far as its characters tell."""
    if text.isalpha():
        return len(text) <= LONGEST
    return (
        0 < len(text) <= LONGEST
        and NO_LETTERS.isdisjoint(text)
        and any(map(str.isalpha, text))
        and not any(map(str.isdigit, text))
    )
