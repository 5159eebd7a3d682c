"""Rows with the same headword, part of speech and gender are one entry.

What admins edit is found again in the next version of a file by these three. So a
dictionary with homonyms, such as Danish "hus" thrice, has all their translations in
one; those of a file that is in order are joined while it is read, the others after.
"""

from collections.abc import Iterable, Iterator

from django.db.models import Count

from learners.dictionaries.cleaning import joined
from learners.dictionaries.models import Dictionary, Entry
from learners.dictionaries.rows import SEPARATOR, Row
from zeeguu.base.batches import in_slices

# So many different ones are held while a file is read.
HELD = 5000
# Of what stands farther apart: so many are found, and joined, at once.
FOUND, AT_ONCE, DELETED = 50_000, 100, 1000
KEY = ("headword", "pos", "gender")


def near(rows: Iterable[Row]) -> Iterator[Row]:
    """The rows in their order, those joined that stand near each other."""
    held: dict[tuple[str, ...], Row] = {}
    for row in rows:
        key = row[:3]
        held[key] = _both(held[key], row) if key in held else row
        if len(held) >= HELD:
            yield from held.values()
            held = {}
    yield from held.values()


def _both(one: Row, other: Row) -> Row:
    told = [*one.translations.split(SEPARATOR), *other.translations.split(SEPARATOR)]
    return one._replace(translations=joined(told))


def far(dictionary: Dictionary) -> Iterator[list[str]]:
    """Headwords, a few at once, with more than one entry of the same key; for ``join``.

    Ends when there are none: each list is to be joined before the next is asked for.
    """
    entries = Entry.objects.filter(dictionary_id=dictionary.pk).order_by()
    several = entries.values(*KEY).annotate(number=Count("pk")).filter(number__gt=1)
    while found := list(several.values_list("headword", flat=True)[:FOUND]):
        yield from in_slices(list(dict.fromkeys(found)), AT_ONCE)


def join(dictionary: Dictionary, headwords: list[str]) -> None:
    """Make one entry, the first, of all that have the same key, in their order."""
    entries = dictionary.entries.filter(
        from_language=dictionary.from_language,
        to_language=dictionary.to_language,
        headword__in=headwords,
    )
    first: dict[tuple[str, ...], tuple[int, Row]] = {}
    changed, gone = {}, []
    for pk, *cells in entries.order_by("position").values_list(
        "pk", *KEY, "translations"
    ):
        row = Row(*cells)
        if row[:3] not in first:
            first[row[:3]] = pk, row
            continue
        kept, before = first[row[:3]]
        changed[kept] = _both(before, row)
        first[row[:3]] = kept, changed[kept]
        gone.append(pk)
    Entry.objects.bulk_update(
        [Entry(pk=pk, translations=row.translations) for pk, row in changed.items()],
        ["translations"],
    )
    for pks in in_slices(gone, DELETED):
        Entry.objects.filter(pk__in=pks).delete_bare()
