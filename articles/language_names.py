"""Which language a label names: by our table, by its code, or as CLDR calls it.

Source: https://cldr.unicode.org/, as babel has it; a code is one of BCP 47.
"""

import re
from functools import cache

from babel import Locale, UnknownLocaleError, localedata
from babel.core import get_global
from django.conf.locale import LANG_INFO

from articles.languages import code_of
from articles.models import Language

TAG = re.compile(
    r"([a-z]{2,3})(?:[-_][a-z]{4})?(?:[-_](?:[a-z]{2}|\d{3}))?", re.IGNORECASE
)
BRACKETS = re.compile(r"\s*\([^()]*\)\s*\Z")


class LanguageNames:
    """Finds languages by what they are called; ours are asked for first."""

    def __init__(self) -> None:
        languages = list(Language.objects.learnable())
        self.codes = {language.code for language in languages}
        self.ours = {
            name.casefold(): language.code
            for language in languages
            for name in (language.native_name, language.name)
        }

    def find(self, label: str, *, is_declared: bool = False) -> str | None:
        """The code of the language that a label names, be it ours or not, else None.

        Of a folder or category, which may be a topic, a code counts in lower case only:
        IT, It and No are topics. What is_declared can be nothing else than a language.
        """
        name = label.casefold()
        for called in (name, BRACKETS.sub("", name)):
            if code := self.ours.get(called):
                return code
        code = _code(label, is_declared)
        for called in (name, BRACKETS.sub("", name)):
            code = code or _cldr_names(frozenset(self.codes)).get(called)
        return code and self._one_of_ours(code)

    def _one_of_ours(self, code: str) -> str:
        base = re.split("[-_]", code)[0]
        names = (code.lower().replace("_", "-"), base, code_of(base))
        return next((name for name in names if name in self.codes), code)


def _code(label: str, is_declared: bool) -> str | None:
    """The code that a label is, in lower case, or None."""
    found = TAG.fullmatch(label)
    if not found:
        return None
    base = found[1]
    if is_declared:
        return str(get_global("language_aliases").get(base.lower(), label.lower()))
    # Of three letters alone there are words: new, war, fur.
    if not base.islower() or (len(base) == 3 and base == label):
        return None
    try:
        # Unlike da-dk, hi-fi is none.
        Locale.parse(label.replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        return label if label in Locale("en").languages else None
    return label.lower()


@cache
def _cldr_names(ours: frozenset[str]) -> dict[str, str]:
    """{name in lower case: code}: in English, in itself, and in each of our languages.

    Of languages that CLDR has words of.
    """
    codes = [code for code in localedata.locale_identifiers() if "_" not in code]
    names = {
        info[key].casefold(): code
        for code, info in LANG_INFO.items()
        for key in ("name", "name_local")
        if key in info
    }
    for code in codes:
        if len(code) == 2:
            _add_names(names, code, [code])
    for code in ("en", *sorted(ours.intersection(codes))):
        _add_names(names, code, codes)
    return names


def _add_names(names: dict[str, str], told_in: str, codes: list[str]) -> None:
    """Add what languages, variants such as pt_BR included, are called in one."""
    for code, name in Locale(told_in).languages.items():
        if code.split("_")[0] in codes:
            names.setdefault(name.casefold(), code)
