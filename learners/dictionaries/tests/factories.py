"""Dictionaries for tests."""

from learners.dictionaries.models import Dictionary, Entry


def make_dictionary(*rows, source="da", target="en", **facts):
    """Create a published Dictionary; rows are "headword|pos|gender|translations"."""
    pair = {"from_language": source, "to_language": target}
    name = f"{source}-{target}"
    facts = {"name": name, "kind": "core", "is_published": True, **facts}
    made = Dictionary.objects.create(**pair, **facts)
    names = ("headword", "pos", "gender", "translations")
    entries = [dict(zip(names, row.split("|"), strict=True)) for row in rows]
    Entry.objects.bulk_create(
        Entry(dictionary=made, position=place, **pair, **entry)
        for place, entry in enumerate(entries)
    )
    return made
