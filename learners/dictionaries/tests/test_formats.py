"""What is read of files of each format, and what is said of broken ones."""

import gzip
import json
import os

import pytest

from learners.dictionaries import cleaning, importing
from learners.dictionaries.formats import files
from learners.dictionaries.formats.reading import reading
from learners.dictionaries.tests.files import write_dictd, write_stardict

pytestmark = pytest.mark.nodb
HAUS = ("Haus", "n", "n", "house; home; building")
GEHEN = ("gehen", "v", "", "to go; to walk")
LONG = "x" * 70_000


def read(path, form=None, pair=("de", "en"), encoding=None, report=None):
    with reading(path, form, pair, encoding) as (_, items):
        report = report or importing.Report()
        return [tuple(row) for row in importing.rows(path, items, report)]


def refused(path, **options):
    with pytest.raises(files.FileError) as info:
        read(path, **options)
    message = str(info.value)
    assert str(path.parent) in message
    return message


def of_text(folder, text, name="words.csv", encoding="utf-8"):
    path = folder / name
    path.write_bytes(text.encode(encoding) if isinstance(text, str) else text)
    return path


# --- tables


@pytest.mark.parametrize(
    "line",
    [
        "Haus\tn\tn\thouse; home; building",
        "Haus,noun,neut,house; home; building",
        '"Haus",Noun,n.,"house;home;building"',
        "Haus;subst;neuter;house|home|building",
        "\ufeffHaus\tn\tn\thouse; home; building\r",
    ],
)
def test_a_table_has_one_entry_a_line(tmp_path, line):
    assert read(of_text(tmp_path, f"{line}\n")) == [HAUS]


def test_a_table_may_have_fewer_columns(tmp_path):
    assert read(of_text(tmp_path, "gehen\tto go; to walk\n")) == [
        ("gehen", "", "", "to go; to walk")
    ]
    assert read(of_text(tmp_path, "gehen\tv\tto go; to walk\n")) == [GEHEN]


def test_a_first_line_may_name_the_columns(tmp_path):
    path = of_text(tmp_path, "id,translation,word\n7,to go;to walk,gehen\n")
    assert read(path) == [("gehen", "", "", "to go; to walk")]


def test_lines_that_can_t_be_used_are_told_with_their_numbers(tmp_path):
    lines = [
        "gehen\tto go",
        "nothing",
        "\tto stay",
        "laufen\t ",
        f"{'x' * 101}\tlong",
        f"lang\t{'x' * 201}",
        f"{LONG}\tlonger",
        "a\tb\tc\td\te",
    ]
    good = "".join(f"wort{n}\tword\n" for n in range(9))
    report = importing.Report()
    assert len(read(of_text(tmp_path, "\n".join(lines) + "\n" + good), report=report))
    assert report.used == 10
    assert report.examples == [
        (2, "it has not 2, 3 or 4 columns"),
        (3, "it has no headword"),
        (4, "it has no translation"),
        (5, "its headword is longer than 100 characters"),
        (6, "it is translated by more than 200 characters"),
    ]
    assert report.unusable["it is longer than 65,536 characters"] == 1
    assert report.unusable.total() == 7


@pytest.mark.parametrize("line", ['"Haus,house', "Haus,house\rTor,gate", 'a"b"c"",d'])
def test_a_line_whose_quotes_or_ends_are_wrong_spoils_nothing(tmp_path, line):
    report = importing.Report()
    path = of_text(tmp_path, f"{line}\nTor,gate\nTür,door\n".encode())
    assert ("Tor", "", "", "gate") in read(path, report=report)
    assert report.used + report.unusable.total() == 3


def counts(path):
    report = importing.Report()
    rows = read(path, report=report)
    return rows, report


GOOD = [("Tor", "", "", "gate"), ("Tür", "", "", "door")]


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        ("Haus\rBau,house\n", "its lines end as on old Macs (CR); save it with"),
        ('Haus,"house\nhome, x"\n', "a quoted field goes on over several lines"),
        ('Haus,"house\na,b\nhome, x"\n', "a quoted field goes on over several lines"),
        ("Haus,house,n\n", "its second column is no part of speech"),
        ("Haus,n,house,home\n", "its third column is no gender"),
    ],
)
def test_what_would_be_wrong_data_is_no_entry(tmp_path, lines, reason):
    rows, report = counts(of_text(tmp_path, "Tor,gate\nTür,door\n" * 2 + lines))
    assert rows == GOOD * 2
    assert report.unusable.total() == lines.count("\n")
    assert all(told.startswith(reason) for _, told in report.examples)


def test_a_quote_too_many_spoils_one_line(tmp_path):
    text = '"Haus,house\n' + "Tor,gate\nTür,door\n" * 20
    rows, report = counts(of_text(tmp_path, text))
    assert rows == GOOD * 20 and report.unusable.total() == 1
    text = 'Zoll\t1" long\nTor\tgate\nTür\tdoor\nBild\ta 2"\n'
    assert len(read(of_text(tmp_path, text))) == 4


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Tor,gate\rTür,door\r", "its lines end as on old Macs"),
        ("word,pos,note\nTor,n,gate\n", "call one of them translations"),
        ("headword,note\nTor,gate\n", "call one of them translations"),
        ("translations,pos\ngate,n\n", "call one of them headword"),
        ("word,gloss,meaning\nTor,gate,x\n", "two columns for translations (gloss"),
        ("pos,word,to,type\nn,Tor,gate,x\n", "two columns for pos (pos and type)"),
    ],
)
def test_a_table_whose_columns_can_t_be_told_is_refused(tmp_path, text, expected):
    assert expected in refused(of_text(tmp_path, text))


def test_what_only_looks_like_names_of_columns_is_an_entry(tmp_path):
    assert read(of_text(tmp_path, "Quelle\tsource\nauf\tto\nTerm\tterm\n"))[0]
    assert read(of_text(tmp_path, "word\tWort\n")) == [("word", "", "", "Wort")]


def test_empty_columns_at_the_end_are_none(tmp_path):
    assert read(of_text(tmp_path, "Tor\tgate\t\t\n")) == GOOD[:1]
    path = of_text(tmp_path, "word,translation,\nTor,gate,,\nTür,door\n")
    assert read(path) == GOOD
    rows, report = counts(of_text(tmp_path, "Tor\tn\t\t\nTür\tdoor\n"))
    assert rows == GOOD[1:] and report.unusable == {"it has no translation": 1}


def test_parts_of_speech_that_are_not_known_are_counted(tmp_path, monkeypatch):
    monkeypatch.setattr(importing, "MOST_NAMES", 1)
    lines = ["Tor,Phrase,x", "Tür,Phrase,", "Ei,n,y", "Öl,zz,"]
    text = "word,pos,gender,to\n" + "".join(f"{line},gate\n" for line in lines)
    rows, report = counts(of_text(tmp_path, text))
    assert [row[1:3] for row in rows] == [("", ""), ("", ""), ("n", ""), ("", "")]
    assert report.unknown == {
        "part of speech 'Phrase'": 2,
        "another gender": 2,
        "another part of speech": 1,
    }


def test_markup_is_taken_out(tmp_path):
    line = "<b>Haus</b>\t<i>house</i><script>alert(1)</script>; a &amp; b\n"
    assert read(of_text(tmp_path, line)) == [("Haus", "", "", "house; a & b")]


@pytest.mark.parametrize(
    "escape",
    ["\x1b[31m", "\x1b[38;5;1m", "\x1b]0;title\x07", "\x1bPq\x1b\\", "\x1b(B", "\x1bc"],
)
def test_what_a_terminal_would_obey_is_wholly_taken_out(tmp_path, escape):
    path = of_text(tmp_path, f"{escape}Tor\tga{escape}te\x1b\n")
    assert read(path) == GOOD[:1]
    write_dictd(tmp_path, {f"{escape}Tor": f"{escape}Tor\n1. ga{escape}te"})
    assert read(tmp_path / "deu-eng.index") == GOOD[:1]


def test_letters_are_composed_and_apostrophes_straight(tmp_path):
    line = "l’e\u0301tat\tstate\n"
    assert read(of_text(tmp_path, line)) == [("l'état", "", "", "state")]


def test_as_many_translations_are_kept_as_there_is_room_for():
    assert cleaning.joined([*"abcdefghij", "a"]) == "a; b; c; d; e; f"
    long = [letter * 200 for letter in "abcdef"]
    assert cleaning.joined(long).count("; ") == 3


# --- encodings and packing


def test_a_table_may_be_packed(tmp_path):
    packed = gzip.compress(b"gehen\tv\tto go; to walk\n")
    assert read(of_text(tmp_path, packed, "words.tsv.gz")) == [GEHEN]


def test_utf_16_is_known_by_its_mark(tmp_path):
    path = of_text(tmp_path, "gehen\tv\tto go; to walk\n", encoding="utf-16")
    assert read(path) == [GEHEN]


def test_another_encoding_is_to_be_named(tmp_path):
    path = of_text(tmp_path, "Tür\tdoor\n", encoding="cp1252")
    assert refused(path).endswith(
        "it is not UTF-8; name its encoding, such as: --encoding cp1252"
    )
    assert read(path, encoding="cp1252") == [("Tür", "", "", "door")]


def test_utf_16_without_a_mark_is_to_be_named(tmp_path):
    path = of_text(tmp_path, "Tür\tdoor\n", encoding="utf-16-le")
    assert "--encoding utf-16-le" in refused(path)
    assert read(path, encoding="utf-16-le") == [("Tür", "", "", "door")]


def test_bytes_that_are_no_text_spoil_their_line_only(tmp_path):
    first = "".join(f"wort{n}\tword\n" for n in range(9000)).encode()
    report = importing.Report()
    path = of_text(tmp_path, first + b"T\xfcr\tdoor\n")
    assert len(read(path, report=report)) == 9000
    assert report.examples == [
        (9001, "it has bytes that are no text in the file's encoding")
    ]


# --- dictd


def test_dictd_s_texts_become_translations(tmp_path):
    index = write_dictd(tmp_path)
    for path in (index, tmp_path / "deu-eng.dict.dz", tmp_path):
        assert read(path) == [HAUS, GEHEN]


def test_an_index_of_dictd_without_its_texts_is_refused(tmp_path):
    index = write_dictd(tmp_path)
    (tmp_path / "deu-eng.dict.dz").unlink()
    assert refused(index).endswith("deu-eng.dict.dz is missing beside it")


def test_lines_of_dictd_that_lead_nowhere_are_told(tmp_path):
    index = write_dictd(tmp_path)
    with index.open("a") as lines:
        lines.write("weg\t////\tB\nzahl\tA!\tB\n")
    report = importing.Report()
    assert read(index, report=report) == [HAUS, GEHEN]
    assert report.examples == [
        (4, "its text is not in the .dict file"),
        (5, "it is no line of an index"),
    ]


# --- StarDict

HTML = '<p><i>n</i></p><div>house</div><div onclick="x()">home</div>'
XDXF = "<k>Haus</k> <tr>haʊs</tr> <gr>n</gr><br/>house, home<ex>altes Haus</ex>"


@pytest.mark.parametrize("offset", ["I", "Q"])
def test_stardict_s_plain_texts_become_translations(tmp_path, offset):
    ifo = write_stardict(tmp_path, offset=offset)
    for path in (ifo, tmp_path / "deu-eng.idx", tmp_path / "deu-eng.dict.dz"):
        assert read(path) == [HAUS, GEHEN]


@pytest.mark.parametrize(
    ("types", "body", "expected"),
    [
        ("x", XDXF, ("Haus", "n", "", "house; home")),
        ("h", HTML, ("Haus", "", "", "n; house; home")),
        ("g", "<b>house</b>", ("Haus", "", "", "house")),
        ("tm", "haʊs\0house", ("Haus", "", "", "house")),
        ("", "thaʊs\0mhouse\0", ("Haus", "", "", "house")),
        ("", b"W\0\0\0\x02xxmhouse\0", ("Haus", "", "", "house")),
    ],
)
def test_stardict_s_types_of_texts(tmp_path, types, body, expected):
    assert read(write_stardict(tmp_path, {"Haus": body}, types)) == [expected]


@pytest.mark.parametrize("missing", ["ifo", "idx", "dict.dz"])
def test_a_stardict_with_a_missing_file_is_refused_and_the_file_named(
    tmp_path, missing
):
    write_stardict(tmp_path)
    (tmp_path / f"deu-eng.{missing}").unlink()
    there = next(tmp_path.iterdir())
    assert "missing beside it" in refused(there)
    form = {"form": "stardict"}
    assert f"deu-eng.{missing} is missing" in refused(there, **form)


def test_an_index_of_stardict_that_breaks_off_is_refused(tmp_path):
    ifo = write_stardict(tmp_path)
    index = tmp_path / "deu-eng.idx"
    index.write_bytes(index.read_bytes()[:-3])
    assert refused(ifo).endswith("it is cut off or damaged; bring it again")


def test_an_ifo_that_is_none_is_refused(tmp_path):
    ifo = write_stardict(tmp_path)
    ifo.write_text("\n")
    assert "does not begin as an .ifo" in refused(ifo)


# --- Wiktextract


def of_wiktextract(folder, *entries):
    lines = "".join(f"{json.dumps(one)}\n" for one in entries)
    return of_text(folder, lines, "words.jsonl")


HUND = {
    "word": "Hund",
    "lang": "German",
    "lang_code": "de",
    "pos": "noun",
    "senses": [
        {"glosses": ["animal", "dog"], "tags": ["masculine"]},
        {"glosses": ["dative of Hund"], "tags": ["form-of"]},
    ],
}
DOG = {
    "word": "dog",
    "lang": "English",
    "lang_code": "en",
    "pos": "noun",
    "senses": [
        {"glosses": ["a mammal"], "translations": [{"code": "nb", "word": "x"}]}
    ],
    "translations": [{"code": "de", "word": "Hund"}, {"lang_code": "da", "word": "y"}],
}


def test_in_an_edition_of_the_target_what_explains_translates(tmp_path):
    assert read(of_wiktextract(tmp_path, HUND)) == [("Hund", "n", "m", "dog")]


def test_in_an_edition_of_the_source_translations_are_listed(tmp_path):
    path = of_wiktextract(tmp_path, DOG)
    assert read(path, pair=("en", "de")) == [("dog", "n", "", "Hund")]
    assert read(path, pair=("en", "no")) == [("dog", "n", "", "x")]


def test_other_languages_are_left_out_and_are_no_errors(tmp_path):
    report = importing.Report()
    path = of_wiktextract(tmp_path, HUND, DOG, DOG)
    assert len(read(path, report=report)) == 1
    assert report.left_out == {"of another language": 2} and not report.unusable


def test_a_word_of_no_language_is_of_the_one_named(tmp_path):
    told = [{"code": "en", "word": "dog"}]
    path = of_wiktextract(tmp_path, {"word": "Hund", "translations": told})
    assert read(path) == [("Hund", "", "", "dog")]
    path = of_wiktextract(tmp_path, {"word": "Hund"})
    assert refused(path).endswith("nothing in it can be used: 1 without a translation")


def test_a_file_of_other_languages_only_is_refused(tmp_path):
    path = of_wiktextract(tmp_path, DOG)
    assert refused(path).endswith("nothing in it can be used: 1 of another language")


@pytest.mark.parametrize(
    "line",
    [
        "{",
        "[1]",
        '{"word": 7}',
        "[" * 100_000,
        '{"word": "a", "lang_code": {}}',
        '{"word": "a", "lang_code": "de", "translations": [{"code": [], "word": 1}]}',
        '{"word": "a", "lang_code": "de", "senses": 5, "translations": {"a": 1}}',
        '{"word": "a", "lang_code": "de", "lang": "German", "senses": [{"tags": 1}]}',
    ],
)
def test_a_line_that_is_not_of_wiktextract_spoils_nothing(tmp_path, line):
    path = of_text(tmp_path, f"{line}\n{json.dumps(HUND)}\n", "words.jsonl")
    assert read(path) == [("Hund", "n", "m", "dog")]


# --- files that are no dictionaries


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("empty.csv", b"", "it is empty"),
        ("image.png", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "it is a picture"),
        (
            "words.xlsx",
            b"PK\x03\x04\x14\0",
            "it is a ZIP archive or a spreadsheet; unp",
        ),
        ("a.csv", b"a,b\nc\0,d\n", "it is no text; line 2 has a NUL character"),
        ("a.csv", "a,b\n".encode("utf-32"), "it is UTF-32; save it as UTF-8"),
        ("a.csv", "a,bc\n".encode("utf-16-be"), "add: --encoding utf-16-be"),
        ("a.csv", b"\n\n", "nothing is in it"),
        ("letter", b"Dear reader\nall is well\n", "does not look like a dictionary"),
        ("letter.txt", b"Dear reader\nall is well\n", "2 of 2 lines can't be used"),
        ("bad.gz", b"\x1f\x8bnothing", "it is cut off or damaged"),
        ("cut.csv.gz", gzip.compress(b"a\tb\n" * 9999)[:-20], "it is cut off"),
        ("a.index", b"Haus\tA\tB\n", "a.dict.dz is missing beside it"),
    ],
)
def test_what_is_no_dictionary_is_refused(tmp_path, name, content, expected):
    assert expected in refused(of_text(tmp_path, content, name))


def test_a_link_that_leads_to_itself_is_refused(tmp_path):
    for name in ("loop.csv", "loop", "loop.ifo"):
        (tmp_path / name).symlink_to(name)
        assert "too many levels of symbolic links" in refused(tmp_path / name)


def test_a_file_that_is_not_of_the_encoding_named_is_refused(tmp_path):
    path = of_text(tmp_path, "Tor,gate\n")
    assert "not of the encoding named" in refused(path, encoding="utf-16")


def test_a_file_that_is_not_there_is_refused(tmp_path):
    for name in ("nothing.csv", "nothing", "nothing.ifo", "nothing.dict.dz"):
        assert "no such file" in refused(tmp_path / name)
    assert "file name too long" in refused(tmp_path / ("a" * 300))


def test_a_folder_without_a_dictionary_or_with_two_is_refused(tmp_path):
    folder = tmp_path / "folder"
    folder.mkdir()
    assert "no dictionary in it" in refused(folder)
    write_dictd(folder, name="a"), write_dictd(folder, name="b")
    assert "several dictionaries in it" in refused(folder)


def test_what_is_no_file_is_refused(tmp_path):
    pipe = tmp_path / "pipe.csv"
    os.mkfifo(pipe)
    assert "it is no file" in refused(pipe)


def test_most_lines_must_be_usable(tmp_path):
    path = of_text(tmp_path, "a\tb\n" + "nothing\n" * 2)
    assert "2 of 3 lines can't be used: is it a dictionary" in refused(path)


def test_what_can_t_be_used_for_long_is_read_no_further(tmp_path, monkeypatch):
    monkeypatch.setattr(importing, "IN_VAIN", 3)
    assert "3 of 3 lines" in refused(of_text(tmp_path, "nothing\n" * 99))


def test_a_bomb_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(files, "INFLATED_ANYWAY", 1_000_000)
    bomb = gzip.compress(b"a\tb\n" * 1_000_000)
    path = of_text(tmp_path, bomb, "bomb.csv.gz")
    assert "unpacks to more than 200 times its size" in refused(path)
    write_dictd(tmp_path)
    of_text(tmp_path, gzip.compress(b"\0" * 4_000_000), "deu-eng.dict.dz")
    assert "unpacks to more than" in refused(tmp_path / "deu-eng.index")
