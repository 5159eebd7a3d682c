import gzip
import io
import shutil

import pytest
from django.core.management import call_command

from learners.dictionaries import bundled, editing, loading
from learners.dictionaries.models import Dictionary, Entry, Kind

KINDS = ("core", "cc-by-sa", "gpl")


def load(settings, *kinds):
    settings.DICTIONARY_LICENCES = list(kinds)
    out = io.StringIO()
    call_command("load_dictionaries", stdout=out)
    return out.getvalue().strip()


@pytest.mark.nodb
def test_each_file_is_what_its_card_says():
    licences = bundled.licences()
    files = bundled.files(KINDS)
    assert {file.path.name for file in files} == licences.keys()
    starts = {Kind.CORE: "project", Kind.CC_BY_SA: "CC-BY-SA", Kind.GPL: ("GPL", "Ro")}
    assert all(licences[file.path.name].startswith(starts[file.kind]) for file in files)


@pytest.mark.nodb
def test_there_are_dictionaries_from_14_languages_to_english_and_back():
    pairs = {(file.source, file.target) for file in bundled.files(KINDS)}
    others = {source for source, target in pairs if target == "en"}
    assert len(others) == 14
    assert pairs == {(one, "en") for one in others} | {("en", one) for one in others}


@pytest.mark.nodb
def test_all_rows_fit_into_the_table():
    for file in bundled.files(KINDS):
        for row in file.rows():
            assert 0 < len(row.headword) <= 100 and len(row.pos) <= 5, row
            assert row.translations and len(row.gender) <= 2, row


@pytest.mark.django_db
def test_a_second_load_does_nothing(settings):
    assert load(settings, "core").startswith("28 dictionaries loaded")
    pks = set(Dictionary.objects.values_list("pk", flat=True))
    assert load(settings, "core") == ""
    assert pks == set(Dictionary.objects.values_list("pk", flat=True))


@pytest.mark.django_db
def test_those_of_a_licence_that_is_left_out_are_removed_and_ones_own_stay(settings):
    pair = {"from_language": "da", "to_language": "en", "is_published": True}
    Dictionary.objects.create(name="mine", **pair)
    load(settings, "core")
    assert load(settings) == "0 dictionaries loaded, 0 entries; 28 left out"
    assert [one.name for one in Dictionary.objects.all()] == ["mine"]
    assert not Entry.objects.exists()


@pytest.mark.django_db
def test_what_admins_said_of_one_that_was_left_out_counts_when_it_is_back(settings):
    load(settings, "core")
    edited, hidden = Entry.objects.filter(dictionary__name="da-en.core")[:2]
    edited.translations = "mine"
    editing.save(edited)
    editing.hide(Entry.objects.filter(pk=hidden.pk))
    Dictionary.objects.filter(name="de-en.core").update(priority=5)
    load(settings)
    assert Entry.objects.count() == 2 and not Entry.objects.in_use("da", "en").exists()
    assert load(settings) == ""
    load(settings, "core")
    entries = Entry.objects.in_use("da", "en")
    assert entries.get(headword=edited.headword).translations == "mine"
    assert entries.count() == 136 and not entries.filter(headword=hidden.headword)
    assert Dictionary.objects.get(name="de-en.core").priority == 5
    assert Dictionary.objects.count() == 28


@pytest.mark.django_db
def test_only_a_file_that_has_changed_is_loaded_again(tmp_path):
    for name in ("da-en.core.tsv.gz", "de-en.core.tsv.gz"):
        shutil.copy(bundled.DATA / name, tmp_path)
    for file in loading.plan(KINDS, tmp_path).files:
        sum(loading.load(file, ""))
    (tmp_path / "da-en.core.tsv.gz").write_bytes(
        gzip.compress(b"hus\tn\tn\thouse; home\n", mtime=0)
    )
    (changed,) = loading.plan(KINDS, tmp_path).files
    assert (changed.name, sum(loading.load(changed, "MIT"))) == ("da-en.core", 1)
    assert loading.plan(KINDS, tmp_path) == loading.Plan([], [])


@pytest.mark.nodb
def test_a_file_of_another_name_is_no_dictionary(tmp_path):
    (tmp_path / "danish.tsv.gz").touch()
    with pytest.raises(ValueError, match="name it XX-YY"):
        bundled.files(KINDS, tmp_path)
