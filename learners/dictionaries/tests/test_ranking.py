"""The order of translations: by frequency, and by what the other direction says."""

import gzip
import shutil

import pytest

from learners.dictionaries import bundled, loading, ranking
from learners.dictionaries.ranking import Back, ranked
from learners.dictionaries.rows import Row

pytestmark = pytest.mark.nodb


def order(*rows, back=()):
    words = [Row(*row) for row in rows]
    return [row.translations for row in ranked(words, Back(Row(*one) for one in back))]


def test_a_rare_word_gives_way_to_a_common_one():
    assert order(("fortelle", "v", "", "narrate; tell")) == ["tell; narrate"]
    assert order(("gratis", "adj", "", "free of charge; free")) == [
        "free; free of charge"
    ]


def test_of_common_words_the_first_stays():
    assert order(("ta", "v", "", "bring; take; get")) == ["bring; take; get"]


def test_the_other_direction_confirms_a_translation():
    row = ("Bund", "n", "m", "fret; federation")
    meant = ("federation", "n", "", "Bund")
    assert order(row, back=[meant]) == ["federation; fret"]
    # A verb that means it does not.
    assert order(row, back=[("federation", "v", "", "Bund")]) == order(row)
    # Nor does a word whose part the headword is.
    assert order(row, back=[("federation", "n", "", "Bundesstaat")]) == order(row)


def test_what_a_word_means_first_in_the_other_direction_counts_more():
    early = Row("lesion", "n", "", "sår; skade")
    late = Row("lesion", "n", "", "skade; rift; flenge; sår")
    row = Row("sår", "n", "", "lesion")
    assert Back([early]).share("lesion", row) == 0
    assert 0 > Back([late]).share("lesion", row) > ranking.UNCONFIRMED
    assert Back([late]).share("wound", row) == ranking.UNCONFIRMED


def test_a_word_that_is_many_gives_way_to_one_that_is_few():
    row = ("skridt", "n", "", "look; step")
    few = ("step", "n", "", "skridt")
    many = ("look", "n", "", "trin; skridt; blik; syn; præg; ydre; mine; kig; form")
    other = ("look", "n", "", "trin; skridt")
    assert order(row, back=[few, other]) == ["look; step"]
    assert order(row, back=[few, *[many] * 5]) == ["step; look"]


def test_a_dictionary_in_alphabetical_order_has_none_of_its_own():
    row = ("mene", "v", "", "account; express; think")
    assert order(row)[0] == "think; account; express"
    ordered = [(f"ord{n}", "", "", "pus; oil; diesel") for n in range(9)]
    assert order(row, *ordered)[0] == "account; express; think"


@pytest.mark.parametrize(
    ("source", "headword", "first"),
    [
        ("da", "tro", "believe"),
        ("da", "folk", "people"),
        ("no", "fortelle", "tell"),
        ("no", "koffert", "suitcase"),
        ("de", "Akku", "battery"),
        ("fr", "donc", "therefore"),
    ],
)
def test_a_bundled_word_says_first_what_it_means_most_often(source, headword, first):
    (file,) = [one for one in bundled.files(["cc-by-sa"]) if is_pair(one, source)]
    row = next(row for row in file.rows() if row.headword == headword)
    assert row.translations.split("; ")[0] == first


def is_pair(file, source):
    return (file.source, file.target) == (source, "en")


def test_no_translation_is_lost():
    (file,) = [one for one in bundled.files(["cc-by-sa"]) if is_pair(one, "da")]
    with gzip.open(file.path, "rt", encoding="utf-8") as lines:
        before = [line.rstrip("\n").split("\t") for line in lines]
    after = [list(row) for row in file.rows()]
    assert [row[:3] for row in after] == [row[:3] for row in before]
    for old, new in zip(before, after, strict=True):
        assert sorted(old[3].split("; ")) == sorted(new[3].split("; "))


def test_a_file_of_another_licence_asks_none_under_the_gpl():
    asked = {one.name: [path.name for path in one.back] for one in files("de", "en")}
    assert asked["de-en"] == ["en-de.core.tsv.gz", "en-de.tsv.gz"]
    assert asked["de-en.gpl"] == [*asked["de-en"], "en-de.gpl.tsv.gz"]


def files(source, target):
    every = bundled.files(["core", "cc-by-sa", "gpl"])
    return [one for one in every if (one.source, one.target) == (source, target)]


@pytest.mark.django_db
def test_another_order_is_another_version(tmp_path, monkeypatch):
    for name in ("da-en.core", "da-en", "en-da"):
        shutil.copy(bundled.DATA / f"{name}.tsv.gz", tmp_path)
    kinds = ("core", "cc-by-sa")
    for file in loading.plan(kinds, tmp_path).files:
        sum(loading.load(file, ""))
    assert not loading.plan(kinds, tmp_path).files
    monkeypatch.setattr(ranking, "VERSION", "other")
    assert [one.name for one in loading.plan(kinds, tmp_path).files] == ["da-en"]
    monkeypatch.undo()
    back = gzip.compress(b"house\tn\t\thus\n", mtime=0)
    (tmp_path / "en-da.tsv.gz").write_bytes(back)
    changed = [one.name for one in loading.plan(kinds, tmp_path).files]
    assert changed == ["da-en", "en-da"]
