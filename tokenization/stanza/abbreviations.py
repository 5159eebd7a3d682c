"""The abbreviations of each language's record, as texts may have them."""

from functools import cache

from articles.languages import facts

# In all languages: firms and people.
MAY_END_ANYWHERE = "Inc. Ltd. Jr. Sr. Corp."


def goes_on(language: str) -> frozenset[str]:
    """Those that end no sentence, as they may be written."""
    return _written(facts(language).abbreviations.goes_on)


def may_end(language: str) -> frozenset[str]:
    """Those that end sentences too, as they may be written."""
    known = facts(language).abbreviations
    listed = _written(f"{known.may_end} {MAY_END_ANYWHERE}")
    return listed - goes_on(language)  # "Sr." is a title in Spanish


def before_number(language: str) -> frozenset[str]:
    """Those that are such before a number only, as they may be written."""
    return _written(facts(language).abbreviations.before_number)


def countries(language: str) -> frozenset[str]:
    """Those of countries."""
    return _words(facts(language).abbreviations.countries)


def beginnings(language: str) -> frozenset[str]:
    """Words that begin sentences, seldom names."""
    return _words(facts(language).abbreviations.beginnings)


@cache
def _written(listed: str) -> frozenset[str]:
    words = listed.split()
    return frozenset({*words, *(word[0].upper() + word[1:] for word in words)})


@cache
def _words(listed: str) -> frozenset[str]:
    return frozenset(listed.split())
