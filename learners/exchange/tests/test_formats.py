"""Lists of other programs, as these write them."""

import time

import pytest

from learners.exchange import formats, tables
from learners.exchange.formats import Rejected, Row
from learners.exchange.tables import Unreadable
from learners.knowledge.store import State

LUTE = """language,term,translation,parent,status,tags,pronunciation
Danish,hus,"house, home",,W,"noun, building",
Danish,gå i gang,start,,1,,
Danish,bil,"A car.
A vehicle.",,3,,
"""
LWT = (
    "huset\tthe house\tSe {huset} der.\t\t2\tDanish\t17\tnoun,a\r\n"
    'bil\t*\tHan sagde "{bil}.\t\t99\tDanish\t18\t\r\n'
    "og\tand\t\t\t98\tDanish\t19\t\r\n"
)
LINGUACAFE = "hus,house,hus,,,learned\nbil,,,,,3\nog,and,,,,ignored\n"
LINGQ = (
    "term,phrase,tag1,tag2,tag3,tag4,meaninglanguage1,meaning1,meaninglanguage2,meaning2\n"
    "huset,Se huset der.,noun,,,,en,the house,,\n"
)
READLANG = "Se [[huset]] der\\; det er nyt.;the house\nEn [[bil]].;car\n"
ANKI = (
    "#separator:tab\n#html:true\n#guid column:1\n#notetype column:2\n"
    "#deck column:3\n#tags column:6\n"
    'a1\tBasic\tDansk\t<b>hus</b>[sound:hus.mp3]\t"house &amp; ""home"""\tnoun\n'
    "a2\tCloze\tDansk\tEn {{c1::bil::car}}\tcar\t\n"
)
ZEEGUU = "\ufeffword,translation,state,due\nhus,house,known,\n'=bil,car,met,\n"


def read(text, name=None, language="da"):
    data = text if isinstance(text, bytes) else text.encode()
    found, rows = formats.rows(tables.read(data, language), name)
    return found, list(rows)


def facts(rows):
    return [(row.line, row.word, row.translation, row.state) for row in rows]


def test_lute():
    name, rows = read(LUTE)
    assert name == "lute"
    assert facts(rows) == [
        (2, "hus", "house, home", State.KNOWN),
        (3, "gå i gang", "start", State.MET),
        (4, "bil", "A car. A vehicle.", State.LEARNING),
    ]
    assert {row.language for row in rows} == {"Danish"}


def test_lutes_columns_in_another_order_and_without_a_state():
    _, [row] = read("status, term, language\n,hus,Danish\n")
    assert row == Row(2, "hus", language="Danish")


def test_lwt():
    name, rows = read(LWT)
    assert name == "lwt"
    assert facts(rows) == [
        (1, "huset", "the house", State.LEARNING),
        (2, "bil", "", State.KNOWN),
        (3, "og", "and", State.IGNORED),
    ]
    assert [row.context for row in rows[:2]] == ["Se huset der.", 'Han sagde "bil.']


def test_linguacafe():
    name, rows = read(LINGUACAFE)
    assert name == "linguacafe"
    assert facts(rows) == [
        (1, "hus", "house", State.KNOWN),
        (2, "bil", "", State.LEARNING),
        (3, "og", "and", State.IGNORED),
    ]


def test_lingq():
    name, [row] = read(LINGQ)
    assert name == "lingq"
    assert row == Row(2, "huset", "the house", "Se huset der.")


def test_lingqs_states():
    _, rows = read("term,meaning1,status\nhus,house,0\nbil,car,3\n")
    assert [row.state for row in rows] == [State.MET, State.KNOWN]


def test_readlang():
    name, rows = read(READLANG)
    assert name == "readlang"
    assert rows[0] == Row(1, "huset", "the house", "Se huset der; det er nyt.")
    assert rows[1].word == "bil"


def test_readlangs_other_export():
    name, [row] = read("Word,Translation,Context\nhuset,the house,Se huset der.\n")
    assert name == "readlang"
    assert (row.word, row.context) == ("huset", "Se huset der.")


def test_anki():
    name, rows = read(ANKI)
    assert name == "anki"
    assert facts(rows) == [
        (7, "hus", 'house & "home"', State.MET),
        (8, "En bil", "car", State.MET),
    ]


def test_ankis_columns_may_have_names():
    text = "#separator:semicolon\n#columns:Back;Front\n".replace(";", "\t", 1)
    _, [row] = read(text + "house;hus\n")
    assert (row.word, row.translation) == ("hus", "house")


def test_our_own_with_what_guards_it_from_spreadsheets():
    name, rows = read(ZEEGUU)
    assert name == "zeeguu"
    assert facts(rows) == [
        (2, "hus", "house", State.KNOWN),
        (3, "=bil", "car", State.MET),
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_encodings_are_told_from_the_bytes(encoding):
    _, rows = read(LUTE.encode(encoding))
    assert rows[1].word == "gå i gang"


def test_an_old_encoding_is_that_of_the_language():
    data = "word,translation,context\nσπίτι,house,\n".encode("cp1253")
    _, [row] = read(data, None, "el")
    assert row.word == "σπίτι"


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_separators_and_line_ends_are_told_from_the_text(mark, end):
    lines = ["language,term,translation,status", "Danish,hus,house,5"]
    _, [row] = read(end.join(lines).replace(",", mark))
    assert facts([row]) == [(2, "hus", "house", State.KNOWN)]


def test_a_quote_too_many_costs_no_other_rows():
    lines = [f"Danish,ord{n},word,1" for n in range(30)]
    lines[3] = 'Danish,"hus,house,1'
    _, rows = read("\n".join(["language,term,translation,status", *lines]), "lute")
    assert len(rows) == 30
    assert rows[4].word == "ord4"


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("Danish,,house,1", "it has no word"),
        ("Danish,!?,house,1", "there is no letter in it"),
        ("Danish,hus,house,7", "'7' is no state of Lute"),
        (f"Danish,{'x' * 201},house,1", "it is longer than 200 characters"),
        (f"Danish,hus,{'x' * 501},1", "its translation is longer than 500 characters"),
    ],
)
def test_why_a_row_is_none(line, reason):
    _, [row] = read(f"language,term,translation,status\n{line}\n")
    assert isinstance(row, Rejected)
    assert (row.line, row.reason) == (2, reason)


@pytest.mark.parametrize("text", ["", "hus\nbil\n", "a,b\nc,d\n", "<html>\n</html>"])
def test_what_nothing_tells_has_to_be_named(text):
    with pytest.raises(Unreadable, match="name it: zeeguu, lute"):
        read(text)


def test_a_list_of_words_alone_is_read_where_it_is_named():
    _, rows = read("hus\nbil\n", "anki")
    assert [row.word for row in rows] == ["hus", "bil"]


@pytest.mark.parametrize("data", [b"PK\x03\x04\x00\x00" * 50, bytes(range(256)) * 9])
def test_what_is_no_text_is_said_so(data):
    with pytest.raises(Unreadable, match="UTF-8"):
        read(data)


@pytest.mark.parametrize("place", ["²", "٣", "9" * 5000, "-1", "0", ""])
def test_a_place_of_ankis_that_is_none_takes_no_column(place):
    _, [row] = read(f"#separator:tab\n#tags column:{place}\nhus\thouse\n")
    assert (row.word, row.translation) == ("hus", "house")


@pytest.mark.parametrize("mark", ["[[", "{", "{{c1::", "{{c1::a::", "[sound:", "<"])
def test_marks_without_an_end_cost_no_more_than_other_text(mark):
    text = f"#separator:tab\n#html:true\nhus\t{mark * (1_000_000 // len(mark))}\n"
    began = time.process_time()
    [rejected] = read(text)[1]
    assert "translation is longer" in rejected.reason
    assert time.process_time() - began < 2
