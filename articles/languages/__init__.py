"""The languages that can be read: one record each, in a module of its own in records/.

A language more is a module there and a tokenizer's model; ``LANGUAGES`` may also be
added to at run time, before the first text of that language. Knows no Django.
"""

import importlib
import pkgutil
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import TypeVar

from articles.languages import records
from articles.languages.facts import LanguageFacts
from articles.languages.natives import NATIVES

__all__ = [
    "LANGUAGES",
    "NATIVES",
    "LanguageFacts",
    "Records",
    "alternatives",
    "code_of",
    "facts",
    "over_all",
    "read_records",
    "targets",
]

Records = tuple[LanguageFacts, ...]
Table = TypeVar("Table")


def read_records() -> dict[str, LanguageFacts]:
    """The records by code, of all modules in records/.

    Raises ValueError for one that is not right, or has another code than its file.
    """
    names = sorted(module.name for module in pkgutil.iter_modules(records.__path__))
    modules = [importlib.import_module(f"{records.__name__}.{name}") for name in names]
    found = dict(zip(names, (module.LANGUAGE for module in modules), strict=True))
    for name, language in found.items():
        if language.code != name:
            wrong = f"language {language.code!r} is in {name}.py; make them the same"
            raise ValueError(wrong)
    return found


LANGUAGES = read_records()


def facts(code: str) -> LanguageFacts:
    """The record of a language; of one that has none, an empty one, or its names."""
    return LANGUAGES.get(code) or NATIVES.get(code) or _unknown(code)


def targets() -> dict[str, LanguageFacts]:
    """What words may be translated into: all that can be read, and natives' own."""
    return {**LANGUAGES, **{code: NATIVES[code] for code in NATIVES.keys() - LANGUAGES}}


def code_of(code: str) -> str:
    """Our code of the language that a written form's code is of; others as they are."""
    return _forms().get(code, code)


def over_all(make: Callable[[Records], Table]) -> Callable[[], Table]:
    """A table of all records, made when first asked for, and again with new ones."""
    made = lru_cache(maxsize=1)(make)
    return lambda: made(tuple(LANGUAGES.values()))


def alternatives(texts: Iterable[str]) -> str:
    """Regular expressions as one, of texts with "|" or line ends between them."""
    lines = (line.strip() for text in texts for line in text.splitlines())
    return "|".join(line for line in lines if line)


@over_all
def _forms(known: Records) -> dict[str, str]:
    return {form: one.code for one in known for form in one.forms}


@lru_cache(maxsize=64)
def _unknown(code: str) -> LanguageFacts:
    return LanguageFacts(code)
