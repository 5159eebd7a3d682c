import io

import pytest
from django.core.management import CommandError, call_command

from learners.dictionaries.models import Dictionary, Entry, Kind
from learners.dictionaries.tests.test_models import make_dictionary, make_entry

pytestmark = pytest.mark.django_db


def run(*args):
    out = io.StringIO()
    call_command("dictionaries", *args, stdout=out)
    return out.getvalue().strip()


def refused(*args):
    with pytest.raises(CommandError) as info:
        run(*args)
    assert info.value.returncode == 2
    return str(info.value)


@pytest.fixture
def own():
    dictionary = make_dictionary(name="mine", licence="CC0", entry_count=1)
    make_entry(dictionary, "hus", "house")
    return dictionary


def test_dictionaries_are_listed_in_the_order_in_which_they_are_asked(own):
    make_dictionary(name="first", priority=5)
    make_dictionary(name="unseen", is_published=None)
    heading, *lines = run("list").splitlines()
    assert heading.split() == ["from", "to", "kind", "entries", "name", "licence"]
    assert [line.split() for line in lines] == [
        ["da", "en", "own", "0", "first"],
        ["da", "en", "own", "1", "mine", "CC0"],
    ]
    assert len(run("list", "--from", "de").splitlines()) == 1


def test_one_s_own_is_removed(own):
    assert run("remove", "mine", "--yes") == "mine (da-en): 1 entry removed"
    assert not Dictionary.objects.exists() and not Entry.objects.exists()


def test_nothing_is_removed_without_being_meant(own):
    assert run("remove", "mine", "--dry-run") == "mine (da-en): 1 entry to remove"
    assert "add --yes" in refused("remove", "mine")
    assert Dictionary.objects.exists()


def test_of_several_of_a_name_the_languages_say_which(own):
    make_dictionary(name="mine", from_language="de")
    assert "add --from and --to" in refused("remove", "mine", "--yes")
    run("remove", "mine", "--from", "de", "--yes")
    assert Dictionary.objects.get() == own


def test_what_is_not_there_is_not_removed(own):
    assert "none has the name 'other'" in refused("remove", "other", "--yes")
    assert "name the dictionary" in refused("remove")


def test_what_came_with_the_project_is_left_out_by_its_licence():
    make_dictionary(kind=Kind.GPL)
    assert "leave its licence out" in refused("remove", "da-en", "--yes")
    assert Dictionary.objects.exists()
