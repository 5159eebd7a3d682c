import os
from datetime import UTC, datetime

import pytest
from django.template.loader import render_to_string

from articles import demo_site
from articles.crawler.extract import extract
from articles.text import clean

URL = "http://news.example.com/da/nature/eel.html"
LONG = "Fiskerne ved fjorden har ventet længe på, at ålen skulle komme tilbage. " * 3
BLOCKS = [
    ("p", f"Først. {LONG}"),
    ("h2", "Hvad der skete"),
    ("p", f"Så. {LONG}"),
    ("li", f"Et punkt. {LONG}"),
    ("li", f"Et til. {LONG}"),
    ("blockquote", f"»Endelig,« sagde en fisker. {LONG}"),
    ("p", f"Til sidst. {LONG}"),
]


def demo_page(blocks, **facts):
    """A page of the demo site, as bytes."""
    paper = demo_site.papers()["da"]
    article = {**paper["articles"][0], "title": "Ålen er tilbage", **facts}
    context = {"paper": paper, "article": {**article, "blocks": blocks}, "code": "da"}
    return render_to_string("demo_site/article.html", context).encode()


def fragments(inner):
    """The fragments between two paragraphs of a page."""
    page = f"<html><body><article><p>{LONG}</p>{inner}<p>{LONG}</p></article></body>"
    return extract(page.encode(), URL).fragments[1:-1]


def test_fragments_come_in_order_with_their_tags():
    expected = [(tag, clean(text)) for tag, text in BLOCKS]
    assert list(extract(demo_page(BLOCKS), URL).fragments) == expected


@pytest.mark.parametrize("code", sorted(demo_site.papers()))
def test_demo_articles_come_out_whole(code):
    paper = demo_site.papers()[code]
    for article in paper["articles"]:
        context = {"paper": paper, "article": article, "code": code}
        page = render_to_string("demo_site/article.html", context).encode()
        expected = [(tag, clean(text)) for tag, text in article["blocks"]]
        assert list(extract(page, URL).fragments) == expected


def test_the_page_tells_title_author_and_day():
    found = extract(demo_page(BLOCKS, author="Ib Lund"), URL)
    assert (found.title, found.authors) == ("Ålen er tilbage", "Ib Lund")
    assert found.published_at == datetime(2026, 11, 11, tzinfo=UTC)


def test_the_headline_is_not_repeated_in_the_body():
    found = extract(demo_page(BLOCKS), URL)
    assert "Ålen er tilbage" not in [text for _, text in found.fragments]


def test_a_heading_that_is_not_the_headline_stays_first():
    found = extract(demo_page([("h2", "Ålens år"), *BLOCKS]), URL)
    assert found.fragments[0] == ("h2", "Ålens år")


def test_a_relative_image_gets_its_address():
    page = demo_page(BLOCKS).replace(
        b"</head>", b'<meta property="og:image" content="/eel.jpg?w=9"></head>'
    )
    assert extract(page, URL).image_url == "http://news.example.com/eel.jpg?w=9"


def test_inline_markup_is_no_gap_in_a_word():
    inner = f"<p>Å<b>len</b>, <a href='/x'>fisken</a>, er <i>her</i>. {LONG}</p>"
    assert fragments(inner)[0][1].startswith("Ålen, fisken, er her. Fiskerne")


def test_a_line_break_ends_a_word():
    assert fragments(f"<p>Hej<br>du<br/>der. {LONG}</p>")[0][1].startswith("Hej du der")


def test_paragraphs_in_a_list_item_stay_apart():
    inner = f"<ul><li><p>{LONG}Slut</p><p>Start {LONG}</p></li></ul>"
    ((tag, text),) = fragments(inner)
    assert (tag, "Slut Start" in text) == ("li", True)


def test_an_inner_list_is_read_once_after_its_item():
    inner = f"<ul><li>Ydre. {LONG}<ul><li>Indre. {LONG}</li></ul></li></ul>"
    outer, inner = fragments(inner)
    assert outer == ("li", clean(f"Ydre. {LONG}"))
    assert inner == ("li", clean(f"Indre. {LONG}"))


def test_each_paragraph_of_a_quote_is_a_fragment():
    inner = f"<blockquote><p>Et. {LONG}</p><p>To. {LONG}</p></blockquote>"
    assert [tag for tag, _ in fragments(inner)] == ["blockquote", "blockquote"]


def test_text_beside_the_paragraphs_of_a_quote_is_kept():
    inner = f"<blockquote>Løst. {LONG}<p>Fast. {LONG}</p></blockquote>"
    ((tag, text),) = fragments(inner)
    assert tag == "blockquote"
    assert "Løst." in text
    assert "Fast." in text


def test_script_and_style_are_no_text():
    page = demo_page(BLOCKS).replace(
        b"<article>", b"<article><script>var x = 'y';</script><style>p{}</style>"
    )
    assert extract(page, URL).fragments == extract(demo_page(BLOCKS), URL).fragments


@pytest.mark.parametrize("encoding", ["iso-8859-1", "windows-1252", "utf-8-sig"])
def test_the_encoding_that_a_page_names_is_used(encoding):
    blocks = [("p", "Rødgrød på ø. " * 20), ("p", f"Å, {LONG}")]
    page = demo_page(blocks).decode().replace("utf-8", encoding.removesuffix("-sig"))
    found = extract(page.replace("–", "-").replace("·", "-").encode(encoding), URL)
    assert [text for _, text in found.fragments] == [clean(text) for _, text in blocks]


@pytest.mark.parametrize(
    "body",
    [
        *(b"", b" ", b"\0", b"<", b"{}", b"hej", b"<!DOCTYPE html>", b"<html></html>"),
        *(b"\x00\xff\xfe", b"%PDF-1.7 \x00\x01", b"\x89PNG\r\n\x1a\n", bytes(256)),
        *(b"\x1f\x8b\x08\x00nope", b"<html>" + b"<div>" * 20_000),
        b"<html><body><h1>Kun en overskrift</h1><img src='a.jpg'></body></html>",
    ],
    ids=lambda body: repr(body[:12]),
)
def test_a_page_without_text_has_no_fragments(body):
    assert extract(body, URL).fragments == ()


def test_random_bytes_are_no_error():
    for _ in range(20):
        assert extract(os.urandom(2000), URL) is not None
