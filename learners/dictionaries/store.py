"""The only writer of whole dictionaries: a new one takes the old one's place at once.

Its entries are written in batches, each in a transaction of its own, so that nobody
waits long for any of them; they are seen when all are there. What was broken off is
nobody's after CLAIM, and is removed by whoever writes next.
"""

from collections.abc import Generator, Iterable, Iterator
from datetime import timedelta
from itertools import islice

from django.db import IntegrityError, connection, transaction
from django.db.models import QuerySet

from learners.dictionaries import homonyms
from learners.dictionaries.models import PRIORITIES, Dictionary, Entry, Kind
from learners.dictionaries.rows import Row
from zeeguu.base.connections import again_after_deadlock
from zeeguu.base.leases import new_lease

BATCH = 5000
CLAIM = timedelta(minutes=10)
TABLE = Entry._meta.db_table
COLUMNS = (
    "dictionary_id",
    "from_language",
    "to_language",
    "headword",
    "pos",
    "gender",
    "translations",
    "position",
    "is_hidden",
    "edited_from",
)


class ClaimLost(Exception):
    """Somebody has removed what was being written: it took too long."""


def replace(staged: Dictionary, rows: Iterable[Row]) -> Generator[int, None, None]:
    """Write a new dictionary, and put it in the place of that of its name and pair.

    ``staged`` is not saved yet. Gives how many entries each batch had; it is published
    after the last one, and whoever stops before leaves nothing. Raises ClaimLost, and
    what ``rows`` raises.
    """
    sum(remove_abandoned())
    staged.priority = PRIORITIES[Kind(staged.kind)]
    staged.claimed_until = new_lease(CLAIM)
    staged.save()
    try:
        yield from _write(staged, rows)
        if staged.kind == Kind.OWN:
            # The bundled ones have none, which a test sees to.
            for headwords in homonyms.far(staged):
                _join(staged, headwords)
        publish(staged)
    finally:
        if not staged.is_published:
            remove(staged)


def _write(staged: Dictionary, rows: Iterable[Row]) -> Iterator[int]:
    rest = iter(rows)
    while batch := list(islice(rest, BATCH)):
        _write_batch(staged, batch)
        staged.entry_count += len(batch)
        yield len(batch)


@again_after_deadlock
def _write_batch(staged: Dictionary, batch: list[Row]) -> None:
    pair = (staged.pk, staged.from_language, staged.to_language)
    first = staged.entry_count
    values = [(*pair, *row, first + n, False, "") for n, row in enumerate(batch)]
    places = ", ".join(["%s"] * len(COLUMNS))
    # Django's bulk_create takes four times as long.
    insert = f"INSERT INTO {TABLE} ({', '.join(COLUMNS)}) VALUES ({places})"  # noqa: S608
    with transaction.atomic():
        _prolong(staged)
        with connection.cursor() as cursor:
            cursor.executemany(insert, values)


@again_after_deadlock
def _join(staged: Dictionary, headwords: list[str]) -> None:
    with transaction.atomic():
        _prolong(staged)
        homonyms.join(staged, headwords)


def _prolong(staged: Dictionary) -> None:
    rows, lease = Dictionary.objects.filter(pk=staged.pk), new_lease(CLAIM)
    if staged.claimed_until is None or not rows.prolong(staged.claimed_until, lease):
        raise ClaimLost(f"{staged} was removed meanwhile: begin again")
    staged.claimed_until = lease


def publish(staged: Dictionary) -> None:
    """Make it the one of its name and pair, with what admins edited in the last one.

    Where somebody else has published the same file meanwhile, theirs stays.
    """
    try:
        replaced = _publish(staged)
    except IntegrityError:
        # Two were the first of that name.
        replaced = _publish(staged)
    for old in replaced:
        remove(old)


@again_after_deadlock
def _publish(staged: Dictionary) -> list[Dictionary]:
    with transaction.atomic():
        replaced = _of_name(staged)
        for old in replaced:
            if old.is_published and staged.digest and old.digest == staged.digest:
                return []
        for old in replaced:
            _take_over_edits(old, staged)
            # An admin may have changed it.
            staged.priority = old.priority
            old.is_published = None
            old.save(update_fields=["is_published"])
        _prolong(staged)
        staged.entry_count = staged.entries.count()
        staged.is_published, staged.claimed_until = True, None
        try:
            staged.save()
        except IntegrityError:
            staged.is_published = None
            raise
    return replaced


def _of_name(staged: Dictionary) -> list[Dictionary]:
    pair = (staged.from_language, staged.to_language)
    return list(Dictionary.objects.select_for_update().of_name(*pair, staged.name))


def _take_over_edits(old: Dictionary, new: Dictionary) -> None:
    """Put what admins edited in the place of what the new file says there."""
    for entry in old.entries.exclude(edited_from=""):
        pos, _, gender = entry.edited_from.partition("|")
        replaced = new.entries.filter(
            from_language=new.from_language,
            to_language=new.to_language,
            headword=entry.headword,
            pos=pos,
            gender=gender,
            edited_from="",
        )
        places = list(replaced.values_list("position", flat=True))
        replaced.delete()
        entry.pk, entry.dictionary = None, new
        entry.position = places[0] if places else entry.position
        entry.save(force_insert=True)


def leave_out(dictionary: Dictionary) -> None:
    """Remove a dictionary but for what admins said of it, which is not asked.

    That is an entry that was edited or hidden, or when the dictionary is asked; it
    counts again as soon as a dictionary of that name and pair is loaded.
    """
    rows = Dictionary.objects.filter(pk=dictionary.pk).exclude(is_published=None)
    # From here on nobody edits its entries.
    if not rows.update(is_published=False):
        return
    sum(_deleted(Entry.objects.filter(dictionary_id=dictionary.pk, edited_from="")))
    kept = Entry.objects.filter(dictionary_id=dictionary.pk).count()
    if kept or dictionary.priority != PRIORITIES[Kind(dictionary.kind)]:
        rows.filter(is_published=False).update(digest="", entry_count=kept)
    else:
        rows.filter(is_published=False).delete()


def remove(dictionary: Dictionary) -> None:
    """Delete a dictionary: first it is out of use, then its entries go in batches."""
    sum(_removed(dictionary))


def _removed(dictionary: Dictionary) -> Iterator[int]:
    rows = Dictionary.objects.filter(pk=dictionary.pk)
    rows.update(is_published=None, claimed_until=new_lease(CLAIM))
    yield from _deleted(Entry.objects.filter(dictionary_id=dictionary.pk))
    rows.delete()


def _deleted(entries: QuerySet[Entry]) -> Iterator[int]:
    # In the order of an index: else all that are left would be sorted for each batch.
    ordered = entries.order_by("edited_from", "pk")
    while ids := list(ordered.values_list("pk", flat=True)[:BATCH]):
        _delete(ids)
        yield len(ids)


@again_after_deadlock
def _delete(ids: list[int]) -> None:
    Entry.objects.filter(pk__in=ids).delete_bare()


def remove_abandoned() -> Iterator[int]:
    """Remove what somebody began to write, or to remove, and never ended.

    Gives how many entries each batch had; whoever stops before leaves the rest.
    """
    for dictionary in Dictionary.objects.filter(is_published=None).free():
        if Dictionary.objects.filter(pk=dictionary.pk).claim(new_lease(CLAIM)):
            yield from _removed(dictionary)
