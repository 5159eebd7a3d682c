"""What Wiktextract makes of a Wiktionary: a JSON object a line, one for each word.

https://github.com/tatuylonen/wiktextract; files are at https://kaikki.org/. In an
edition of the language that is translated to, what explains a word is its translation;
in one of the language translated from, words have lists of translations.
"""

from collections.abc import Iterator
from typing import Any

import orjson
from babel import Locale

from learners.dictionaries.formats import files
from learners.dictionaries.formats.entries import Items, LeftOut, Parsed, Unusable
from learners.dictionaries.formats.grammar import gender_of

# The longest of English Wiktionary has 2 MB: water, in 500 languages.
LONGEST_LINE = 4 * 1024 * 1024
# Where our code is not the only one.
OTHER_CODES = {"no": {"no", "nb"}}
NOT_OWN = {"form-of", "alt-of"}


def codes(language: str) -> set[str]:
    return OTHER_CODES.get(language, {language})


def read(source: files.Source, pair: tuple[str, str], encoding: str | None) -> Items:
    for place, line in files.lines(source.text(encoding), LONGEST_LINE):
        if line is None:
            yield Unusable(place, f"it is longer than {LONGEST_LINE:,} characters")
        elif line.strip():
            yield from entries(place, line, pair)


def entries(place: int, line: str, pair: tuple[str, str]) -> Items:
    try:
        found = orjson.loads(line)
    except orjson.JSONDecodeError:
        yield Unusable(place, "it is no JSON")
        return
    if not isinstance(found, dict) or not isinstance(found.get("word"), str):
        yield Unusable(place, "it is no word of Wiktextract")
    elif str(found.get("lang_code") or pair[0]) not in codes(pair[0]):
        yield LeftOut(place, "of another language")
    else:
        yield one(place, found, pair)


def one(place: int, found: dict[str, Any], pair: tuple[str, str]) -> Parsed | LeftOut:
    translations = translated(found, pair[1])
    if explains_in(str(found.get("lang")), pair):
        translations += explained(found)
    if not translations:
        return LeftOut(place, "without a translation")
    pos, gender = str(found.get("pos") or ""), gender_in(found)
    return Parsed(place, found["word"], pos, gender, translations)


def explains_in(name: str, pair: tuple[str, str]) -> bool:
    """Whether the edition is in the target: it calls the source Danish, or dansk."""
    called = Locale.parse(pair[1]).languages.get(pair[0], "")
    return bool(called) and name.casefold().startswith(called.casefold())


def explained(found: dict[str, Any]) -> list[str]:
    """What is said of each sense of the word; not of a mere form of another one."""
    own = [one for one in objects(found, "senses") if not NOT_OWN & set(tags(one))]
    # The last is the sense itself; those before say what group it is in.
    glosses = [one["glosses"] for one in own if isinstance(one.get("glosses"), list)]
    return [str(texts[-1]) for texts in glosses if texts]


def translated(found: dict[str, Any], target: str) -> list[str]:
    lists = [found, *objects(found, "senses")]
    given = [each for one in lists for each in objects(one, "translations")]
    return [
        str(each["word"])
        for each in given
        if {str(each.get("code")), str(each.get("lang_code"))} & codes(target)
        and each.get("word")
    ]


def gender_in(found: dict[str, Any]) -> str:
    named = [tag for one in (found, *objects(found, "senses")) for tag in tags(one)]
    return next((gender_of(tag) for tag in named if gender_of(tag)), "")


def tags(found: dict[str, Any]) -> Iterator[str]:
    given = found.get("tags")
    return (str(tag) for tag in given) if isinstance(given, list) else iter(())


def objects(found: dict[str, Any], name: str) -> list[dict[str, Any]]:
    given = found.get(name)
    items = given if isinstance(given, list) else []
    return [item for item in items if isinstance(item, dict)]
