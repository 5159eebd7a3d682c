"""Readers say that a translation is wrong: each said one is a row, which counts.

Only what a dictionary says can be said to be wrong, so that there are never more rows
than translations, and nobody writes a text of their own into the database.
"""

from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from learners.dictionaries.models import SEPARATOR, Entry, Report
from zeeguu.base.connections import again_after_deadlock


class NotTranslated(LookupError):
    """No dictionary translates that headword so."""


@dataclass(frozen=True)
class Wrong:
    """What somebody says is wrong; word is how it stood in the text, or ""."""

    source: str
    target: str
    headword: str
    translation: str
    word: str


def report(wrong: Wrong) -> None:
    """Count what was said; raises NotTranslated."""
    entries = Entry.objects.in_use(wrong.source, wrong.target)
    entries = entries.with_headwords([wrong.headword])
    told = entries.values_list("translations", flat=True)
    if not any(wrong.translation in line.split(SEPARATOR) for line in told):
        raise NotTranslated(f"{wrong.headword!r} is not translated so, or no more")
    if not _count(wrong):
        try:
            _create(wrong)
        except IntegrityError:
            # Somebody else said it first, just now.
            _count(wrong)


@again_after_deadlock
def _count(wrong: Wrong) -> int:
    # What was done about it has not been enough: it is open again.
    facts = {"count": F("count") + 1, "last_seen": timezone.now(), "is_done": False}
    if wrong.word:
        facts["word"] = wrong.word
    return Report.objects.filter(**_key(wrong)).update(**facts)


def _create(wrong: Wrong) -> None:
    now = timezone.now()
    with transaction.atomic():
        Report.objects.create(
            **_key(wrong), word=wrong.word, first_seen=now, last_seen=now
        )


def _key(wrong: Wrong) -> dict[str, str]:
    return {
        "from_language": wrong.source,
        "to_language": wrong.target,
        "headword": wrong.headword,
        "translation": wrong.translation,
    }
