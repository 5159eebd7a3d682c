import os
import sys
from io import BytesIO, StringIO, TextIOWrapper

import pytest
from django.core.management import CommandError, call_command
from lxml import etree

from articles import opml
from articles.models import Feed, Language
from articles.opml import OpmlError, Outline
from articles.tests.factories import make_feed

PROLOG = '<?xml version="1.0" encoding="utf-8"?>\n'
OPML = '<opml version="2.0"><body>{}</body></opml>'
URL = "https://news.example.com/feed.xml"
HOSTILE = """<b>"Ål" & 'fjord'</b> ]]> &lt; &#0; \\ ☃ 😀"""


def document(*outlines):
    return OPML.format("".join(outlines)).encode()


def outline(url=URL, **facts):
    facts = "".join(f' {name}="{value}"' for name, value in facts.items())
    return f'<outline type="rss" xmlUrl="{url}"{facts}/>'


def folder(text, *outlines, **facts):
    facts = "".join(f' {name}="{value}"' for name, value in facts.items())
    return f'<outline text="{text}"{facts}>{"".join(outlines)}</outline>'


# --- reading


def test_an_outline_is_read():
    body = document(outline(text="Fjordbladet &amp; Ål"))
    assert opml.read(body) == [Outline(URL, "Fjordbladet & Ål", ())]


def test_a_title_counts_more_than_a_text():
    body = document(outline(text="a", title="b"), outline(text="a", title=""))
    assert [found.title for found in opml.read(body)] == ["b", ""]


def test_the_nearest_label_comes_first():
    inner = folder("Nyheder", outline(language="da", category="no,sv"), title="N")
    (found,) = opml.read(document(folder("Danish", inner, language="de")))
    assert found.labels == ("da", "no", "sv", "Nyheder", "N", "de", "Danish")


def test_what_is_no_feed_is_passed_over():
    link = '<outline type="link" url="https://news.example.com/"/>'
    assert opml.read(document(folder("Danish"), link, outline(""))) == []


def test_other_encodings_are_read():
    body = PROLOG.replace("utf-8", "koi8-r") + OPML.format(outline(text="Рыбаки"))
    assert opml.read(body.encode("koi8-r"))[0].title == "Рыбаки"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\0",
        b"hej",
        b"<opml>",
        b"<opml/><opml/>",
        b"<rss/>",
        b"<html><p>",
        b"[" * 1000,
        b"<x>" * 100_000,
        b"<opml>" * 100_000,
        b"<opml>&x;</opml>",
    ],
)
def test_what_is_no_opml_is_refused(body):
    with pytest.raises(OpmlError, match="not an OPML document: "):
        opml.read(body)


def test_nothing_is_expanded_or_fetched(web, tmp_path):
    file = tmp_path / "secret"
    file.write_text("hemmelig")
    for address in (web.add("/secret", "hemmelig"), file.as_uri()):
        subset = f'<!DOCTYPE opml SYSTEM "{address}" [<!ENTITY x SYSTEM "{address}">]>'
        body = subset.encode() + document(outline(text="&x;"))
        with pytest.raises(OpmlError):
            opml.read(body)
    assert web.requests == []


def test_entities_of_the_document_s_own_are_not_expanded():
    subset = b'<!DOCTYPE opml [<!ENTITY x "Fjordbladet">]>'
    with pytest.raises(OpmlError):
        opml.read(subset + document(outline(text="&x;")))


@pytest.mark.parametrize(
    "facts",
    [
        'xmlUrl="{}" text="R&D"',
        'xmlurl="{}" text="&nosuch;"',
        'XMLURL="{}"',
        'xml_url="{}"',
        'feedUrl="{}"',
        'url="{}"',
        'type="rss" URL="{}"',
        'xmlUrl="{}" text="a" text="b"',
        'xmlUrl="{}" text="<b>a</b> <3"',
        'xmlUrl="{}" text="&#1;a&#xFFFE;"',
        "xmlUrl=' {} '",
        'x:xmlUrl="{}"',
    ],
)
def test_slips_of_other_readers_are_passed_over(facts):
    lines = (f"<outline {facts.format(URL)}/>", outline("https://a.example/b"))
    found = [feed.url for feed in opml.read(document(*lines))]
    assert found == [URL, "https://a.example/b"]


@pytest.mark.parametrize(
    "written, url",
    [
        (
            "https://a.example/f?x=1&copy=2&lang=de",
            "https://a.example/f?x=1&copy=2&lang=de",
        ),
        ("https://a.example/f?x=1&amp;amp;y=2", "https://a.example/f?x=1&y=2"),
        ("https://a.example/f?x=1&amp;#038;y=2", "https://a.example/f?x=1&y=2"),
        ("feed://a.example/f", "http://a.example/f"),
        ("feed:https://a.example/f", "https://a.example/f"),
    ],
)
def test_addresses_are_read_as_they_are_meant(written, url):
    (found,) = opml.read(document(outline(written)))
    assert found.url == url


@pytest.mark.parametrize(
    "body",
    [
        "\ufeff" + PROLOG + OPML,
        PROLOG.replace("utf-8", "utf-16") + OPML,
        "<!DOCTYPE opml>" + OPML,
        OPML.upper().replace("{}", "{0}"),
        "\n\n" + OPML,
        "<opml>{}</opml>",
        "<opml xmlns='x'><body>{}</body></opml>",
        "<opml><body><outline text='da'>{}</body></opml>",
        OPML + "<!-- & -->",
    ],
)
def test_lists_are_read_as_other_readers_write_them(body):
    assert opml.read(body.format(outline(text="Ål")).encode())[0] == Outline(
        URL, "Ål", ("da",) if "'da'" in body else ()
    )


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-8-sig", "cp1252"])
def test_a_wrong_declaration_loses_no_letters(encoding):
    body = (PROLOG + OPML.format(outline(text="Ål på øen"))).encode(encoding)
    assert opml.read(body)[0].title == "Ål på øen"


def test_a_list_that_is_cut_off_is_refused():
    with pytest.raises(OpmlError, match="its end is missing"):
        opml.read(document(outline(), outline())[:-30])


@pytest.mark.parametrize(
    "subset, reason",
    [
        ('<!ENTITY a "ha"><!ENTITY x "&a;&a;">', "an entity bomb"),
        ('<!ENTITY x SYSTEM "file:///etc/hostname">', "entities, such as x, which are"),
    ],
)
def test_entities_are_refused_by_their_name(subset, reason):
    body = f"<!DOCTYPE opml [{subset}]>".encode() + document(outline(text="&x;"))
    with pytest.raises(OpmlError, match=reason):
        opml.read(body)


# --- the commands

pytestmark = pytest.mark.django_db


def run(command, *arguments, **options):
    out = StringIO()
    call_command(command, *arguments, stdout=out, **options)
    return out.getvalue()


def failed(*arguments, **options):
    """(exit code, message, output) of a command that has to fail."""
    out = StringIO()
    with pytest.raises(CommandError) as caught:
        call_command(*arguments, stdout=out, **options)
    return caught.value.returncode, str(caught.value), out.getvalue()


@pytest.fixture
def file(tmp_path):
    return tmp_path / "feeds.opml"


def test_feeds_are_added_once_and_nothing_is_fetched(file, web, settings):
    settings.CRAWLER_ALLOWED_HOSTS = {web.host_port}
    url = web.url("/feed.xml")
    file.write_bytes(document(folder("Danish", outline(url, text="Fjordbladet"))))
    assert run("import_opml", file) == (
        f"added: {url} (da)\n1 added, 0 known already, 0 refused\n"
    )
    assert run("import_opml", file) == (
        f"known: {url}\n0 added, 1 known already, 0 refused\n"
    )
    feed = Feed.objects.get()
    assert (feed.url, feed.title, feed.language_id) == (url, "Fjordbladet", "da")
    assert web.requests == []


@pytest.mark.parametrize(
    "made, language",
    [
        (outline(language="sv"), "sv"),
        (outline(language="da-DK"), "da"),
        (folder("Danish", outline(language="sv")), "sv"),
        *(
            (folder(name, outline()), "da")
            for name in (
                "da",
                "DANSK",
                " danish ",
                "Dansk (Danmark)",
                "da-dk",
                "Dänisch",
            )
        ),
        (folder("Sport", outline(), language="da"), "da"),
        (folder("Danish", folder("Sport", outline())), "da"),
        (folder("Danish", folder("Swedish", outline())), "sv"),
        (folder("Sport", outline()), "el"),
        (folder("IT & web", outline()), "el"),
        *((folder(name, outline()), "el") for name in ("No", "It", "IT", "hi-fi")),
        (folder("Deutsch", folder("IT", outline())), "de"),
        (folder("Deutsch", folder("it", outline())), "it"),
        *((outline(language=code), "no") for code in ("nb-NO", "nn", "NB", "nor")),
        *(
            (folder(name, outline()), "no")
            for name in ("nb", "Norsk bokmål", "Norwegian Bokmål", "nynorsk", "nn-NO")
        ),
        *(
            (folder(name, outline()), "pt")
            for name in ("Português (Brasil)", "Brazilian Portuguese", "pt-BR")
        ),
        (outline(category="/Italiano/Sport"), "it"),
        (outline(category="/News/x,/Deutsch/Politik"), "de"),
        (outline(**{"xml:lang": "sv"}), "sv"),
        (folder("Danish", outline(), lang="sv-SE"), "sv"),
    ],
)
def test_the_file_tells_the_language_or_the_option_does(file, made, language):
    file.write_bytes(document(made))
    run("import_opml", file, language="el")
    assert Feed.objects.get().language_id == language


def test_what_can_not_be_added_is_refused_with_the_reason(file):
    file.write_bytes(
        document(
            outline("javascript:alert(1)", language="da"),
            outline("https://a:b@news.example.com/", language="da"),
            outline("https://a.example/x"),
            outline(language="da", text="x" * 300),
        )
    )
    code, message, out = failed("import_opml", file)
    assert (code, message) == (1, "1 added, 0 known already, 3 refused")
    assert "refused: javascript:alert(1): url: Enter a valid URL." in out
    assert "refused: https://a:b@news.example.com/: url: " in out
    assert "refused: https://a.example/x: its language is not told" in out
    assert Feed.objects.get().title == "x" * 200


@pytest.mark.parametrize(
    ("made", "name"),
    [
        (outline(language="xx"), "xx"),
        (outline(language="fi-FI"), "fi-FI"),
        (folder("Danish", outline(language="xx")), "xx"),
        (folder("Danish", folder("Sport", outline(), language="sq")), "sq"),
        *((folder(name, outline()), name) for name in ("Finnish", "suomi", "Albanian")),
        *((folder(name, outline()), name) for name in ("fi", "ja", "zh-CN", "zh-Hans")),
        *((folder(name, outline()), name) for name in ("Chinese", "中文", "Finnisch")),
        (outline(category="fi"), "fi"),
        (outline(category="/Finnish,Sport"), "Finnish"),
        (outline(**{"xml:lang": "fi"}), "fi"),
        (outline(category="News,Finnish"), "Finnish"),
    ],
)
def test_a_language_that_we_do_not_have_is_refused_by_its_name(file, made, name):
    file.write_bytes(document(made, outline("https://a.example/b", language="da")))
    code, message, out = failed("import_opml", file, language="el")
    assert (code, message) == (1, "1 added, 0 known already, 1 refused")
    assert f"{URL}: language {name} is not known; known are da, de, el" in out
    assert Feed.objects.get().language_id == "da"


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("<outline text=Avisen xmlUrl=https://a.example/f />", "https://a.example/f"),
        ('<outline text="a" xmlUrl="https://a.example/f/>', "https://a.example/f"),
        ("<outline xmlUrl='https://a.example/f\"/>", "https://a.example/f"),
        ('<outline type="rss" text="Avisen"/>', "Avisen: it has no address (xmlUrl)"),
        ('<outline type="rss" text="Avisen" xmlUrl=""/>', "Avisen: it has no address"),
    ],
)
def test_a_line_that_is_broken_is_named(file, line, shown):
    good = outline("https://a.example/b", language="da")
    file.write_bytes(document(f"{good}\n", f"{line}\n", good))
    code, message, out = failed("import_opml", file)
    assert (code, message.endswith(" 0 refused")) == (1, False)
    assert any(r.startswith("refused: ") and shown in r for r in out.splitlines())
    assert Feed.objects.get().url == "https://a.example/b"


def test_what_is_commented_out_is_not_missed(file):
    file.write_bytes(document(outline(language="da"), f"<!-- {outline('x://y')} -->"))
    assert run("import_opml", file).endswith("1 added, 0 known already, 0 refused\n")


def test_a_list_comes_from_standard_input_too(monkeypatch):
    body = document(outline(language="da"))
    monkeypatch.setattr(sys, "stdin", TextIOWrapper(BytesIO(body)))
    assert run("import_opml", "-").startswith(f"added: {URL} (da)")
    monkeypatch.setattr(sys, "stdin", TextIOWrapper(BytesIO(b"")))
    code, message, _ = failed("import_opml", "-")
    assert (code, message.startswith("standard input: ")) == (2, True)


def test_where_it_is_quiet_only_what_was_refused_is_said(file, capsys):
    file.write_bytes(document(outline(language="da"), outline("x://y", language="da")))
    code, _, out = failed("import_opml", file, verbosity=0)
    assert (code, out) == (1, "")
    assert capsys.readouterr().err.startswith("refused: x://y: ")


@pytest.mark.parametrize("content", [None, b"", b"<rss/>", b"\xff\xfe"])
def test_a_file_that_is_none_can_not_be_imported(file, content):
    if content is not None:
        file.write_bytes(content)
    code, message, _ = failed("import_opml", file)
    assert code == 2
    assert message.startswith(f"{file}: ")


@pytest.mark.parametrize("made", [folder("Danish"), '<outline type="link" url="x"/>'])
def test_a_list_without_feeds_says_so(file, made):
    file.write_bytes(document(made))
    code, message, _ = failed("import_opml", file, language="da")
    assert code == 2
    assert message.startswith(f"{file}: there are no feeds in it")


def test_an_unknown_language_can_not_be_imported_or_exported(file):
    assert failed("import_opml", file, language="xx")[0] == 2
    assert failed("export_opml", file, language=["xx"])[0] == 2
    assert not file.exists()


def test_what_was_exported_can_be_imported(file):
    for number, title in enumerate((HOSTILE, "", "Fjordbladet", "x" * 200)):
        for code in ("da", "sv"):
            url = f"https://news.example.com/{code}?a={number}&b=';!"
            make_feed(code, url=url, title=title)
    facts = ("url", "title", "language_id")
    before = set(Feed.objects.values_list(*facts))
    assert run("export_opml", file) == f"8 feeds written to {file}\n"
    Feed.objects.all().delete()
    run("import_opml", file)
    assert set(Feed.objects.values_list(*facts)) == before


def test_private_addresses_are_refused_and_known_ones_known_in_any_spelling(file):
    make_feed(url="https://news.example.com/rss")
    private, known = "http://127.0.0.1/feed", "HTTPS://News.example.com:443/rss#x"
    outlines = outline(private) + outline(known)
    file.write_bytes(document(folder("Danish", outlines)))
    _, message, out = failed("import_opml", file)
    assert "private address" in out
    assert "0 added, 1 known already, 1 refused" in message
    assert Feed.objects.count() == 1


def test_titles_are_escaped():
    make_feed("da", title=HOSTILE)
    root = etree.fromstring(run("export_opml").encode())
    assert root.find(".//outline[@xmlUrl]").get("title") == HOSTILE


def test_control_characters_do_not_break_the_file():
    make_feed("da", title="En\x07\x0b to\ufffe")
    root = etree.fromstring(run("export_opml").encode())
    assert root.find(".//outline[@xmlUrl]").get("text") == "En to"


def test_only_what_is_asked_for_is_exported():
    make_feed("da", url=f"{URL}?on")
    make_feed("da", url=f"{URL}?off", active=False)
    make_feed("sv", url=f"{URL}?sv")

    def exported(**options):
        body = run("export_opml", **options).encode()
        return [found.url.partition("?")[2] for found in opml.read(body)]

    assert exported() == ["on", "sv"]
    assert exported(language=["sv"]) == ["sv"]
    assert sorted(exported(all=True)) == ["off", "on", "sv"]


def test_a_language_is_one_folder():
    Language.objects.create(code="xx", name="A & B", native_name="x")
    for code in ("xx", "da", "xx"):
        make_feed(code)
    folders = etree.fromstring(run("export_opml").encode()).findall("body/outline")
    assert [folder.get("text") for folder in folders] == ["A & B", "Danish"]


def test_a_file_that_can_not_be_written_is_said(tmp_path):
    code, message, _ = failed("export_opml", tmp_path)
    assert code == 2
    assert message.startswith(f"{tmp_path}: ")
    assert os.listdir(tmp_path) == []
