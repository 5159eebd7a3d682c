"""Readers say that a translation is wrong: each said one is a row, which counts.

Only what a dictionary says can be said to be wrong, so that nobody writes a text of
their own into the database; and whoever says it often counts once a day.
"""

from dataclasses import dataclass
from datetime import timedelta

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from articles.deletion import delete_rows
from learners import rates
from learners.dictionaries.models import Entry, Report
from learners.dictionaries.rows import SEPARATOR
from zeeguu.base.connections import again_after_deadlock

# How often, and in how many seconds, somebody counts who says the same.
ONCE = 1, 86_400
DONE_KEPT, KEPT = timedelta(days=90), timedelta(days=365)
MOST_ROWS, BATCH = 20_000, 1000


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


def report(wrong: Wrong, address: str) -> None:
    """Count what was said, once a day of an address; raises NotTranslated.

    The address is kept nowhere but as a keyed hash, see ``rates``.
    """
    entries = Entry.objects.in_use(wrong.source, wrong.target)
    entries = entries.with_headwords([wrong.headword])
    told = entries.values_list("translations", flat=True)
    if not any(wrong.translation in line.split(SEPARATOR) for line in told):
        raise NotTranslated(f"{wrong.headword!r} is not translated so, or no more")
    who = "\0".join((address, *_key(wrong).values()))
    if rates.wait_s("said", who, ONCE):
        return
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


def prune() -> int:
    """Delete what is done or forgotten, and what was said least of too much.

    Returns how many rows.
    """
    now = timezone.now()
    gone = delete_rows(Report.objects.filter(last_seen__lte=now - KEPT))
    done = Report.objects.filter(is_done=True)
    gone += delete_rows(done.filter(last_seen__lte=now - DONE_KEPT))
    ordered = Report.objects.order_by("-count", "-last_seen", "-pk")
    while pks := list(
        ordered.values_list("pk", flat=True)[MOST_ROWS : MOST_ROWS + BATCH]
    ):
        gone += delete_rows(Report.objects.filter(pk__in=pks))
    return gone
