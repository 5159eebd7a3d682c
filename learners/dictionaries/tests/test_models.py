import pytest

from learners.dictionaries.models import Dictionary, Entry

pytestmark = pytest.mark.django_db


def make_dictionary(**facts):
    facts = {"from_language": "da", "to_language": "en", "name": "da-en", **facts}
    return Dictionary.objects.create(**{"is_published": True, **facts})


def make_entry(dictionary, headword, translations, **facts):
    pair = {"from_language": "da", "to_language": "en"}
    return Entry.objects.create(
        dictionary=dictionary,
        headword=headword,
        translations=translations,
        **pair,
        **facts,
    )


def found(*headwords):
    entries = Entry.objects.in_use("da", "en").with_headwords(headwords)
    return [entry.translations for entry in entries]


def test_headwords_are_compared_exactly():
    own = make_dictionary()
    make_entry(own, "hår", "hair")
    make_entry(own, "Hår", "Hair")
    make_entry(own, "har", "has")
    assert found("hår") == ["hair"]


def test_the_first_of_a_dictionary_asked_first_stands_first():
    late, early = make_dictionary(priority=40), make_dictionary(name="a", priority=10)
    make_entry(late, "hus", "home")
    make_entry(early, "hus", "building", position=2)
    make_entry(early, "hus", "house", position=1)
    assert found("hus") == ["house", "building", "home"]


def test_neither_hidden_entries_nor_unpublished_dictionaries_are_asked():
    make_entry(make_dictionary(), "hus", "mouse", is_hidden=True)
    make_entry(make_dictionary(is_published=None), "hus", "house")
    assert found("hus") == []


def test_a_pair_has_another_version_when_it_is_touched():
    make_dictionary()
    before = Dictionary.objects.version("da", "en")
    Dictionary.objects.all().touch()
    assert before and Dictionary.objects.version("da", "en") != before


def test_a_pair_without_dictionaries_has_no_version():
    assert Dictionary.objects.version("da", "en") == ""
