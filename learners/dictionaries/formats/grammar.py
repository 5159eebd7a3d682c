"""Parts of speech and genders, as files name them and as entries have them."""

import re

POS = {
    "n": "n noun subst substantiv s",
    "pn": "pn name prop propn proper-noun",
    "v": "v verb vb vt vi vtr vintr",
    "adj": "adj adjective a adjektiv",
    "adv": "adv adverb",
    "prep": "prep preposition postp postposition",
    "conj": "conj conjunction cconj sconj",
    "pron": "pron pronoun",
    "det": "det determiner",
    "art": "art article",
    "num": "num numeral number",
    "int": "int intj interj interjection",
    "part": "part particle ptcl",
}
GENDERS = {
    "m": "m masc masculine",
    "f": "f fem feminine",
    "n": "n neut neuter",
    "c": "c com common common-gender utr utrum",
}
POS_OF = {name: code for code, names in POS.items() for name in names.split()}
GENDER_OF = {name: code for code, names in GENDERS.items() for name in names.split()}


def pos_of(name: str) -> str:
    """The code of a part of speech: n for noun, "" for what is not known."""
    return POS_OF.get(name.strip().lower().rstrip("."), "")


def gender_of(name: str) -> str:
    return GENDER_OF.get(name.strip().lower().rstrip("."), "")


def in_note(note: str) -> tuple[str, str]:
    """Part of speech and gender as in ``<n, masc>``, each "" where it is not there.

    The first that is one is the part of speech, so that an n after it is a gender.
    """
    pos = gender = ""
    for name in re.split(r"[\s,;.]+", note):
        if not pos and pos_of(name):
            pos = pos_of(name)
        elif not gender:
            gender = gender_of(name)
    return pos, gender
