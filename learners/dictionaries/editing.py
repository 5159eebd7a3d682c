"""What admins change in dictionaries, so that it outlives the files' next versions."""

from django.db import transaction
from django.db.models import CharField, QuerySet, Value
from django.db.models.functions import Concat

from learners.dictionaries.models import PRIORITIES, Dictionary, Entry, Kind

BY_HAND = "by hand"
LOADED_AS = Concat("pos", Value("|"), "gender", output_field=CharField())


class Gone(Exception):
    """Another version of the dictionary has taken its place meanwhile."""


def save(entry: Entry) -> None:
    """Save an entry that was edited, or is new and goes among those made by hand.

    Raises Gone.
    """
    with transaction.atomic():
        if entry.pk is None:
            entry.dictionary = _by_hand(entry.from_language, entry.to_language)
            entry.position = entry.dictionary.entry_count
            Dictionary.objects.filter(pk=entry.dictionary.pk).update(
                entry_count=entry.position + 1
            )
        _lock([entry.dictionary_id])
        mark_edited(Entry.objects.filter(pk=entry.pk))
        entry.edited_from = _edited_from(entry)
        entry.save()


def _edited_from(entry: Entry) -> str:
    stored = Entry.objects.filter(pk=entry.pk).values_list("edited_from", flat=True)
    return stored.first() or f"{entry.pos}|{entry.gender}"


def mark_edited(entries: QuerySet[Entry]) -> None:
    """Note what their file says, of those of which it is not noted yet."""
    entries.filter(edited_from="").update(edited_from=LOADED_AS)


def hide(entries: QuerySet[Entry], is_hidden: bool = True) -> int:
    """Hide entries, or show them again; return how many. Raises Gone."""
    with transaction.atomic():
        _lock(list(entries.order_by().values_list("dictionary", flat=True).distinct()))
        mark_edited(entries)
        return entries.update(is_hidden=is_hidden)


def _lock(dictionaries: list[int]) -> None:
    """Keep them from being replaced until all is saved, and give them new versions."""
    rows = Dictionary.objects.filter(pk__in=dictionaries).published()
    if rows.touch() < len(dictionaries):
        raise Gone("the dictionary was loaded anew meanwhile; look the entry up again")


def _by_hand(source: str, target: str) -> Dictionary:
    """The dictionary of what admins add for a pair of languages."""
    found, _ = Dictionary.objects.get_or_create(
        from_language=source,
        to_language=target,
        name=BY_HAND,
        is_published=True,
        defaults={"kind": Kind.OWN, "priority": PRIORITIES[Kind.OWN]},
    )
    return found
