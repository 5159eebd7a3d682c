"""The lexemes of words that somebody names, in whatever form."""

from collections.abc import Collection, Iterable

from articles.languages import facts
from articles.text import clean
from learners.dictionaries.translations import lemma_of
from tokenization.lexemes import ids_of, stored
from tokenization.services import lemmatizer
from tokenization.words import is_word


def find(language: str, words: Collection[str]) -> tuple[dict[str, int], list[str]]:
    """({word: id of its lexeme}, the words that are none).

    A lexeme is made of a word that no text has had yet if the dictionary of lemmas, or
    the list of ranks, has it; of others none: whatever is sent would become one. To be
    called outside of transactions.
    """
    lemmas = {word: lemma(language, word) for word in words}
    known = stored(language, sorted({*lemmas.values()} - {""}))
    missing = {word: own for word, own in lemmas.items() if own and own not in known}
    to_make = {own for word, own in missing.items() if is_known(language, word, own)}
    known |= ids_of(language, to_make)
    found = {word: known[own] for word, own in lemmas.items() if own in known}
    return found, [word for word in words if word not in found]


def lemma(language: str, word: str) -> str:
    """The lemma of a word's lexeme, as texts' tokens have it; "" of what is no word."""
    word = clean(word)
    return lemma_of(word, language) if is_word(word) else ""


def is_ready(language: str) -> bool:
    """Whether the dictionary of lemmas can be asked and nobody waits."""
    return lemmatizer().is_ready(language)


def is_known(language: str, *forms: str) -> bool:
    """Whether some source has one of these forms of a word."""
    from articles.ranks import ranks_of  # noqa: PLC0415 - most readers' need none

    ranks = ranks_of(language)
    if any(ranks.of(form, language) for form in forms):
        return True
    return is_ready(language) and any(
        lemmatizer().is_known(form, language) for form in forms
    )


def written(language: str, word: str) -> str:
    """A word of a list in lower case as texts write it, or "" of a name.

    Without the dictionary it stays as it is.
    """
    if not is_word(word):
        return ""
    if not is_ready(language) or lemmatizer().headword(word, language):
        return word
    capital = word.capitalize()
    is_noun = facts(language).nouns_have_capitals
    return capital if is_noun and lemmatizer().headword(capital, language) else ""


def frequent(language: str, words: Iterable[str]) -> list[str]:
    """The lemmas of words of a list, names aside, in the order of their first forms."""
    forms = filter(None, (written(language, word) for word in words))
    return list(dict.fromkeys(lemma(language, form) for form in forms))
