"""What is fetched from the tables, and at what cost."""

import pytest

from learners.dictionaries.entries import Found, stored
from learners.dictionaries.lookup import Word, look_up
from learners.dictionaries.models import Dictionary, Entry, Kind

pytestmark = pytest.mark.django_db


def dictionary(kind: Kind, *rows: tuple[str, str], **facts) -> Dictionary:
    """A published one from Danish to English, of (headword, translations)."""
    facts = {"is_published": True, "priority": 10, "name": kind.value} | facts
    made = Dictionary.objects.create(
        from_language="da", to_language="en", kind=kind, **facts
    )
    for position, (headword, translations) in enumerate(rows):
        made.entries.create(
            from_language="da",
            to_language="en",
            headword=headword,
            translations=translations,
            position=position,
        )
    return made


def test_entries_come_in_the_order_of_their_dictionaries() -> None:
    dictionary(Kind.GPL, ("hus", "building"), priority=40)
    dictionary(Kind.CORE, ("hus", "house"), ("hus", "home"), priority=20)
    assert list(stored("da", "en")({"hus"})) == [
        Found("hus", "", "", "house", "core"),
        Found("hus", "", "", "home", "core"),
        Found("hus", "", "", "building", "gpl"),
    ]


def test_headwords_are_compared_exactly() -> None:
    dictionary(Kind.CORE, ("Hus", "a"), ("hus", "b"), ("hús", "c"))
    assert [
        row.translations for row in stored("da", "en")(["hus", "hu", "'\"%s\\"])
    ] == ["b"]


@pytest.mark.parametrize("wanted", [("sv", "en"), ("da", "de")])
def test_other_pairs_have_none_of_them(wanted: tuple[str, str]) -> None:
    dictionary(Kind.CORE, ("hus", "house"))
    assert list(stored(*wanted)({"hus"})) == []


def test_what_is_hidden_or_not_yet_published_is_not_there() -> None:
    dictionary(Kind.CORE, ("hus", "house"), is_published=None)
    dictionary(Kind.GPL, ("hus", "building"))
    Entry.objects.filter(translations="building").update(is_hidden=True)
    assert list(stored("da", "en")({"hus"})) == []


def test_thousands_of_words_are_one_query(django_assert_num_queries) -> None:
    dictionary(Kind.CORE, ("hus", "house"))
    words = [Word(f"hus{chr(97 + n % 26)}{n}") for n in range(40_000)]
    with django_assert_num_queries(1):
        found = look_up([*words, Word("Hus")], "da", "en", stored("da", "en"))
    assert found["Hus"].senses[0].translations == ["house"]
