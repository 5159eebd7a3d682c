import io
import os
import subprocess
import sys

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.utils import timezone

from learners.dictionaries import editing, homonyms, importing
from learners.dictionaries.models import Dictionary, Entry, Kind
from learners.dictionaries.tests.files import write_dictd
from learners.management import removing
from learners.management.commands import import_dictionary

pytestmark = pytest.mark.django_db


def run(file, *options, source="da", target="en"):
    out = io.StringIO()
    pair = ("--from", source, "--to", target)
    call_command("import_dictionary", str(file), *pair, *options, stdout=out)
    return out.getvalue()


def refused(*args, code=2, **pair):
    with pytest.raises(CommandError) as info:
        run(*args, **pair)
    assert info.value.returncode == code
    return str(info.value)


@pytest.fixture
def words(tmp_path):
    path = tmp_path / "words.tsv"
    path.write_text("hus\tn\tn\thouse; home\nhund\tn\tc\tdog\n", "utf-8")
    return path


def headwords():
    return list(Entry.objects.in_use("da", "en").values_list("headword", flat=True))


def test_a_dictionary_is_imported_as_one_s_own_and_asked_first(words):
    assert run(words, "--licence", "mine").strip() == "words.tsv (da-en): 2 entries"
    own = Dictionary.objects.get()
    assert (own.kind, own.priority, own.licence) == (Kind.OWN, 10, "mine")
    assert headwords() == ["hus", "hund"]


def test_a_new_version_takes_the_place_of_the_old_one(words):
    run(words)
    words.write_text("kat\tcat\n", "utf-8")
    run(words)
    assert headwords() == ["kat"] and Entry.objects.count() == 1


def test_another_name_is_another_dictionary(words):
    run(words), run(words, "--name", "other")
    assert Dictionary.objects.published().count() == 2


HOMONYMS = "hus\tn\tn\thouse\nhund\tn\tc\tdog\nhus\tn\tn\thome; house\nhus\tv\t\trun\n"


@pytest.mark.parametrize("held", [homonyms.HELD, 1])
def test_homonyms_are_one_entry_which_may_be_edited(words, monkeypatch, held):
    monkeypatch.setattr(homonyms, "HELD", held)
    words.write_text(HOMONYMS + "hus\tn\tn\tshell\n", "utf-8")
    assert "3 entries" in run(words)
    entry, *others = Entry.objects.in_use("da", "en")
    assert entry.translations == "house; home; shell"
    assert [other.translations for other in others] == ["dog", "run"]
    entry.translations = "house; home; shell; mine"
    editing.save(entry)
    run(words)
    entries = Entry.objects.in_use("da", "en")
    assert [one.translations for one in entries] == [entry.translations, "dog", "run"]


def test_a_format_may_be_named(tmp_path):
    write_dictd(tmp_path)
    run(tmp_path, "--format", "dictd", source="de")
    assert Entry.objects.filter(from_language="de").count() == 2


def test_lines_that_can_t_be_used_are_reported(words):
    words.write_text("hus\thouse\nnothing\n", "utf-8")
    out = io.StringIO()
    with pytest.raises(CommandError, match="1 entry; 1 line not used") as info:
        pair = ("--from", "da", "--to", "en")
        call_command("import_dictionary", str(words), *pair, stdout=out)
    assert info.value.returncode == 1
    assert out.getvalue().splitlines() == [
        "1 not used: it has not 2, 3 or 4 columns",
        "line 2: it has not 2, 3 or 4 columns",
    ]
    assert headwords() == ["hus"]


def test_a_file_that_can_t_be_used_changes_nothing(words):
    run(words)
    words.write_text("hus\thouse\n" + "nothing\n" * 3, "utf-8")
    assert refused(words).endswith("and of that format?; nothing was changed")
    assert headwords() == ["hus", "hund"]
    assert Dictionary.objects.count() == 1


def test_where_there_is_no_bar_lines_tell_how_far_it_is(words, monkeypatch):
    monkeypatch.setattr(import_dictionary, "TOLD_EVERY", 1)
    assert run(words).startswith("2 entries, 100 % of the file\n")


def test_lines_tell_how_much_of_a_killed_load_is_removed(words, monkeypatch):
    monkeypatch.setattr(removing, "TOLD_EVERY", 1)
    run(words)
    Dictionary.objects.update(is_published=None, claimed_until=timezone.now())
    assert run(words).startswith("2 entries removed of what was broken off\n")
    assert headwords() == ["hus", "hund"]


def test_a_dictionary_has_a_largest_number_of_entries(words, monkeypatch):
    monkeypatch.setattr(importing, "MOST_ENTRIES", 1)
    assert "it has more than 1 entries; nothing was changed" in refused(words)


@pytest.mark.parametrize(
    ("pair", "expected"),
    [
        ({"source": "xx"}, "'xx' is no language here; known are da, de"),
        ({"target": "DA"}, "'DA' is no language here"),
        ({"source": "en"}, "--from and --to are both en"),
    ],
)
def test_languages_are_two_of_those_known(words, pair, expected):
    assert expected in refused(words, **pair)


@pytest.mark.parametrize(
    "name", ["da-en", "de-en.gpl", "x" * 9999, " ", "a\nb", "\x1b[31mred", "a\0b"]
)
def test_names_of_bundled_ones_and_unfit_ones_are_refused(words, name):
    told = refused(words, "--name", name)
    assert "choose another one with --name" in told
    assert told.isprintable() and len(told) < 200


def test_a_link_that_leads_to_itself_is_refused(tmp_path):
    (tmp_path / "loop").symlink_to("loop")
    assert "symbolic links" in refused(tmp_path / "loop")


def test_an_unknown_encoding_is_refused(words):
    for name in ("klingon", "hex", "a\0b", "idna", "punycode", "utf32", "U7"):
        with pytest.raises(CommandError, match="no encoding of text"):
            run(words, "--encoding", name)


# Runs an import without a database in a process that may have so much more memory than
# it has at its beginning.
MEASURED = """
import resource, sys
from pathlib import Path
import django
django.setup()
from learners.dictionaries import importing
from learners.dictionaries.formats.reading import reading
def peak_mb():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
path, report = Path(sys.argv[1]), importing.Report()
with reading(path, None, ("da", "en"), None) as (_, items):
    before = peak_mb()
    for _ in importing.rows(path, items, report):
        pass
print(report.used, report.unusable.total(), peak_mb() - before)
"""


@pytest.mark.nodb
@pytest.mark.parametrize(
    ("line", "number", "expected"),
    [
        ("hus{n}\tn\tn\thouse; home\n", 200_000, [200_000, 0]),
        ("{n}\t" + "x" * 1_000_000 + "\nhus\thouse\n", 100, [100, 100]),
    ],
)
def test_however_much_is_read_memory_is_bounded(tmp_path, line, number, expected):
    path = tmp_path / "large.csv"
    with path.open("w") as lines:
        lines.writelines(line.format(n=n) for n in range(number))
    done = subprocess.run(
        [sys.executable, "-c", MEASURED, str(path)],
        cwd=settings.BASE_DIR,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "zeeguu.settings_test"},
        capture_output=True,
        text=True,
        timeout=120,
    )
    *counts, mb = map(int, done.stdout.split())
    assert counts == expected, done.stderr
    assert mb < 20
