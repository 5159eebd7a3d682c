import time

import pytest

from articles.crawler.feeds.encoding import as_xml, decode

DANISH = "Rødgrød på øen: børnene får ål"
RUSSIAN = "Рыбаки на севере страны довольны: угорь вернулся"
POLISH = "Rybacy są zadowoleni, że łosoś wrócił na północ"
GREEK = "Οι ψαράδες του βορρά είναι ευχαριστημένοι"
HUNGARIAN = "A halászok örülnek: erősebb a hűség"
ROMANIAN = "Locuitorii sunt mulţumiţi şi speră mai mult de la ţară"


@pytest.mark.parametrize(
    "text, encoding",
    [
        *((DANISH, name) for name in ("iso-8859-1", "windows-1252", "iso-8859-15")),
        *((RUSSIAN, name) for name in ("windows-1251", "koi8-r", "iso-8859-5")),
        *((POLISH, name) for name in ("windows-1250", "iso-8859-2")),
        *((GREEK, name) for name in ("windows-1253", "iso-8859-7")),
        ("Şehir ağaçları", "windows-1254"),
        ("日本の漁師", "shift_jis"),
        ("北方渔民", "gb2312"),
    ],
)
@pytest.mark.parametrize(
    "prolog, header",
    [
        ('<?xml version="1.0" encoding="{}"?>', ""),
        ("<?xml version='1.0' encoding = '{}' ?>", "text/xml"),
        ("", "application/xml; charset={}"),
        ("", 'text/html; Charset="{}"'),
        ('<meta charset="{}">', ""),
        ("<meta charset={} >", "text/html"),
        ('<meta http-equiv="Content-Type" content="text/html; charset={}">', ""),
    ],
)
def test_what_is_declared_is_used(text, encoding, prolog, header):
    text = f"{prolog.format(encoding)}<p>{text}</p>"
    assert decode(text.encode(encoding), header.format(encoding)) == text


@pytest.mark.parametrize("declared", ["iso-8859-1", "windows-1251", "utf-16", "nope"])
def test_valid_utf_8_wins_over_what_is_declared(declared):
    text = f'<?xml version="1.0" encoding="{declared}"?><p>{DANISH}</p>'
    assert decode(text.encode(), f"text/xml; charset={declared}") == text


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
def test_a_byte_order_mark_wins_and_goes(encoding):
    assert decode(DANISH.encode(encoding), "text/xml; charset=koi8-r") == DANISH


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-32-le"])
def test_wide_characters_are_known_without_a_mark(encoding):
    text = f"<p>{RUSSIAN}</p>"
    assert decode(text.encode(encoding)) == text


def test_latin_1_is_what_windows_makes_of_it():
    body = "<p>„på fjorden“ – 5 €</p>".encode("windows-1252")
    assert decode(body, "text/html; charset=iso-8859-1") == body.decode("windows-1252")
    assert "–" in decode(b'<?xml encoding="us-ascii"?><p>\x96\x96\x96</p>')


def test_the_header_comes_before_the_prolog_and_that_before_a_meta_element():
    text = f'<?xml encoding="koi8-r"?><meta charset="windows-1252">{RUSSIAN}'
    assert decode(text.encode("cp1251"), "text/xml; charset=windows-1251") == text
    assert decode(text.encode("koi8-r")) == text


def test_a_meta_element_may_come_late_and_not_in_a_comment():
    start = f"<!-- <meta charset=windows-1252> -->{' ' * 50_000}"
    text = f"{start}<meta charset=windows-1251>{RUSSIAN}"
    assert decode(text.encode("cp1251")) == text


def test_a_meta_element_after_64_kib_is_not_looked_for():
    text = f"{' ' * 66_000}<meta charset=windows-1252>{RUSSIAN}"
    assert decode(text.encode("koi8-r")) == text


@pytest.mark.parametrize(
    "text, encoding",
    [
        (RUSSIAN, "windows-1251"),
        (RUSSIAN, "koi8-r"),
        (GREEK, "windows-1253"),
        (DANISH, "windows-1252"),
        (POLISH, "windows-1250"),
        (POLISH, "iso-8859-2"),
        (HUNGARIAN, "windows-1250"),
        (ROMANIAN, "windows-1250"),
        ("Größere Fänge für Süßwasserfischer – „ja“", "windows-1252"),
        ("Les pêcheurs se réjouissent du retour à l’étang", "windows-1252"),
        ("El señor anunció más ayudas mañana. ¿Qué dirán?", "windows-1252"),
        ("Ações para pescadores; não há razões", "windows-1252"),
        ("Ålen er tilbage", "windows-1252"),
    ],
)
@pytest.mark.parametrize("declared", ["", "utf-8", "us-asci", "punycode"])
def test_letters_tell_the_encoding_where_nothing_else_does(text, encoding, declared):
    text = f'<?xml version="1.0" encoding="{declared}"?><p>{text}</p>'
    assert decode(text.encode(encoding)) == text


def test_a_stray_byte_does_not_turn_utf_8_into_something_else():
    text = DANISH * 3
    body = text.encode() + b"\xe6 end"
    assert decode(body, "text/xml; charset=windows-1252") == f"{text}\ufffd end"


@pytest.mark.parametrize("declared", ["utf-7", "punycode", "unicode_escape", "rot13"])
def test_an_encoding_that_is_none_of_the_web_is_not_used(declared):
    body = b"+ADw-script+AD4- \\u003c \xe6"
    assert decode(body, f"text/html; charset={declared}") == body.decode("cp1252")


def test_characters_that_no_document_may_hold_are_dropped():
    body = "\0E\x07n\x0cto\uffff \ufffe\tt\x1fre\r\n".encode()
    assert decode(body) == "En to \tt re\r\n"


@pytest.mark.parametrize(
    "reference, expected",
    [
        ("&#1;", ""),
        ("&#0;", ""),
        ("&#xFFFE;", ""),
        ("&#65535", ""),
        ("&#x1F;", " "),
        ("&#xD800;", ""),
        ("&#99999999999;", ""),
        ("&#x110000;", ""),
        ("&#12;", " "),
        ("&#128;", "€"),
        ("&#x92;", "’"),
        ("&#0150;", "–"),
        ("&#x81;", ""),
        ("&#228;", "&#228;"),
        ("&#x1F600;", "&#x1F600;"),
        ("&#65 ", "&#65 "),
    ],
)
def test_references_to_what_no_document_may_hold_go_too(reference, expected):
    assert decode(f"<p>A{reference}B</p>".encode()) == f"<p>A{expected}B</p>"


def test_c1_controls_are_windows_1252():
    body = "L\x92\xe9t\xe9 \x93enfin\x94\x85 c\x9cur\x81".encode()
    assert decode(body) == "L’été “enfin”… cœur"


@pytest.mark.parametrize("unit", [b"&#1;", b"&#", b"&#146;", b"\xc2\x92", b"&#x"])
def test_megabytes_of_references_are_quick(unit):
    began = time.process_time()
    decode(unit * (4_000_000 // len(unit)))
    assert time.process_time() - began < 5


@pytest.mark.parametrize(
    "body",
    [
        b"<meta " * 800_000 + b"\xff",
        b"<!--" * 1_000_000 + b"\xff",
        b"\xe9a" * 2_000_000,
    ],
)
def test_five_hostile_megabytes_are_quick(body):
    began = time.process_time()
    decode(body)
    assert time.process_time() - began < 3


# --- for XML parsers

DECLARED = b'<?xml version="1.0" encoding="utf-8"?>\n'


@pytest.mark.parametrize(
    "before",
    [
        "",
        " \n",
        "<?xml version='1.0' encoding='koi8-r'?>",
        "<?x-y <a>?>\n",
        "<!-- <b> -->",
        "<!DOCTYPE a>",
        "<!doctype a>",
        "Warning: no such file\n",
        "<!DOCTYPE a SYSTEM 'http://dtd.example/a.dtd'>",
        "<!DOCTYPE a [<!ENTITY b 'c'><!ENTITY % d SYSTEM 'file:///etc/passwd'>%d;]>",
        "<?xml version='1.0'?><!-- <b> --><?c?><!DOCTYPE a [ <!-- ]> --> ]>",
    ],
)
def test_nothing_is_left_of_what_comes_before_the_root_element(before):
    assert as_xml(f"{before}<a>æ</a>") == DECLARED + "<a>æ</a>".encode()


def test_a_document_type_that_hides_an_element_is_broken():
    found = as_xml("<!DOCTYPE a [<!ENTITY b '<a>'>]><a>&b;</a>")
    assert b"DOCTYPE" not in found and b"ENTITY" not in found


@pytest.mark.parametrize(
    "text, expected",
    [
        ("&eacute;&nbsp;&hellip;", "é\xa0…"),
        ("&amp;&lt;&gt;&quot;&apos;", "&amp;&lt;&gt;&quot;&apos;"),
        ("&LT;&nvlt;&QUOT;", "&LT;&nvlt;&QUOT;"),
        ("&nosuch;&amp;eacute;&", "&nosuch;&amp;eacute;&"),
        ("&#65;&#x42;&#x1F600;&#0067;", "&#65;&#66;&#128512;&#67;"),
        ("&#0;&#x7;&#xD83D;&#xdfff;&#xFFFE;&#x110000;&#99999999999;&#xD83D", ""),
    ],
)
def test_references_are_those_of_xml(text, expected):
    assert as_xml(f"<a>{text}</a>") == DECLARED + f"<a>{expected}</a>".encode()


def test_what_has_no_element_is_refused():
    with pytest.raises(ValueError, match="no element"):
        as_xml("<!DOCTYPE html> 1 < 2")
