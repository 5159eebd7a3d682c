import gzip
import io
import shutil

import pytest
from django.core.management import CommandError, call_command

from learners.dictionaries import bundled, editing, loading
from learners.dictionaries.models import Dictionary, Entry, Kind
from learners.management.commands import load_dictionaries

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
        keys = [row[:3] for row in file.rows()]
        assert len(keys) == len(set(keys)), file.name
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


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Of four dictionaries, as if no others came with the project."""
    names = [f"{pair}{end}" for pair in ("da-en", "en-da") for end in (".core", "")]
    card = [f"|{name}.tsv.gz|MIT|\n" for name in names]
    (tmp_path / "CARD.md").write_text("".join(card), "utf-8")
    for name in names:
        shutil.copy(bundled.DATA / f"{name}.tsv.gz", tmp_path)
    monkeypatch.setattr(load_dictionaries.Command, "folder", tmp_path)
    return tmp_path


def failed(settings, out):
    settings.DICTIONARY_LICENCES = list(KINDS)
    with pytest.raises(CommandError) as info:
        call_command("load_dictionaries", stdout=out)
    assert info.value.returncode == 1
    return str(info.value)


def cut(path):
    path.write_bytes(path.read_bytes()[:-100])


def garbled(path):
    path.write_bytes(path.read_bytes()[:50] + b"x" * 50 + path.read_bytes()[100:])


def of_columns(path):
    path.write_bytes(gzip.compress(b"hus\tn\thouse\n"))


def of_latin_1(path):
    path.write_bytes(gzip.compress(b"h\xf8ne\tn\tc\then\n"))


def no_gzip(path):
    path.write_bytes(b"<html>not found</html>")


def a_folder(path):
    path.unlink()
    path.mkdir()


BREAKS = (cut, garbled, of_columns, of_latin_1, no_gzip, a_folder)


@pytest.mark.django_db
@pytest.mark.parametrize("break_it", BREAKS)
@pytest.mark.parametrize("name", ["en-da.tsv.gz", "da-en.core.tsv.gz"])
def test_a_damaged_file_is_named_and_the_others_are_loaded(
    folder, settings, break_it, name
):
    break_it(folder / name)
    out = io.StringIO()
    told = failed(settings, out)
    assert told.startswith("3 dictionaries loaded") and "1 not loaded" in told
    (line,) = out.getvalue().splitlines()
    assert line.startswith(f"{name}: ") and "git restore" in line
    assert Dictionary.objects.published().count() == Dictionary.objects.count() == 3


@pytest.mark.django_db
def test_what_was_loaded_of_a_file_that_is_damaged_or_missing_stays(folder, settings):
    load(settings, *KINDS)
    before = set(Dictionary.objects.values_list("pk", flat=True))
    cut(folder / "en-da.core.tsv.gz")
    (folder / "da-en.core.tsv.gz").unlink()
    out = io.StringIO()
    assert "2 not loaded" in failed(settings, out)
    assert "da-en.core.tsv.gz: it is missing; bring it again" in out.getvalue()
    there = Dictionary.objects.filter(name__endswith=".core").published()
    assert there.count() == 2 and set(there.values_list("pk", flat=True)) <= before


@pytest.mark.django_db
def test_without_the_card_nothing_is_left_out(folder, settings):
    load(settings, *KINDS)
    for path in folder.iterdir():
        path.unlink()
    out = io.StringIO()
    failed(settings, out)
    assert out.getvalue().startswith("CARD.md: it is missing")
    assert Dictionary.objects.published().count() == 4


@pytest.mark.django_db
def test_what_the_card_has_no_more_is_left_out(folder, settings):
    load(settings, *KINDS)
    (folder / "da-en.core.tsv.gz").unlink()
    card = (folder / "CARD.md").read_text("utf-8").splitlines(keepends=True)
    (folder / "CARD.md").write_text("".join(card[1:]), "utf-8")
    assert load(settings, *KINDS).endswith("1 left out")


@pytest.mark.django_db
def test_files_of_a_licence_that_is_left_out_may_be_missing(folder, settings):
    (folder / "da-en.tsv.gz").unlink()
    assert load(settings, "core").startswith("2 dictionaries loaded")


@pytest.mark.django_db
def test_a_file_of_another_name_is_named(folder, settings):
    (folder / "danish.tsv.gz").touch()
    out = io.StringIO()
    assert failed(settings, out).startswith("4 dictionaries loaded")
    assert out.getvalue() == "danish.tsv.gz: name it XX-YY[.core|.gpl].tsv.gz\n"


@pytest.mark.nodb
def test_nothing_is_wrong_with_the_files_that_come_with_the_project():
    assert bundled.troubles(KINDS) == []
