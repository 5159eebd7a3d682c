import json
import os
from datetime import UTC, datetime

import pytest
from django.template.loader import render_to_string
from hypothesis import given
from hypothesis import strategies as st

from articles import demo_site
from articles.crawler.pages.extract import ExtractError, extract
from articles.tests.fuzz import fuzzing
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


def texts(inner, head=""):
    """The texts of a page whose article has this between its headline and its end."""
    page = f"<html><head>{head}</head><body><article>{inner}</article></body></html>"
    return [text for _, text in extract(page.encode(), URL).fragments]


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


def test_the_page_tells_title_author_and_time():
    found = extract(demo_page(BLOCKS, author="Ib Lund"), URL)
    assert (found.title, found.authors) == ("Ålen er tilbage", "Ib Lund")
    assert found.published_at == datetime(2026, 11, 11, 6, 50, tzinfo=UTC)


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
    assert [(tag, text[:5]) for tag, text in fragments(inner)] == [
        ("blockquote", "Løst."),
        ("blockquote", "Fast."),
    ]


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
        b"",
        b" ",
        b"\0",
        b"<",
        b"{}",
        b"hej",
        b"<!DOCTYPE html>",
        b"<html></html>",
        b"\x00\xff\xfe",
        b"%PDF-1.7 \x00\x01",
        b"\x89PNG\r\n\x1a\n",
        bytes(256),
        b"\x1f\x8b\x08\x00nope",
        b"<html>" + b"<div>" * 20_000,
        b"<html><body><h1>Kun en overskrift</h1><img src='a.jpg'></body></html>",
    ],
    ids=lambda body: repr(body[:12]),
)
def test_a_page_without_text_has_no_fragments(body):
    assert extract(body, URL).fragments == ()


def test_random_bytes_are_no_error():
    for _ in range(20):
        assert extract(os.urandom(2000), URL) is not None


def told(head, body=f"<article><p>{LONG}</p></article>", url=URL):
    """What is found on a page with this head."""
    return extract(f"<html><head>{head}</head><body>{body}</body>".encode(), url)


def ld(*nodes, **facts):
    """JSON-LD: the nodes given, or a news article with these facts."""
    about = nodes or [{"@type": "NewsArticle", "headline": "Ålen er her", **facts}]
    return f'<script type="application/ld+json">{json.dumps(list(about))}</script>'


def og(name, value):
    return f'<meta property="{name}" content="{value}">'


@pytest.mark.parametrize(
    ("head", "heading", "title"),
    [
        (ld(headline="Ålen er her"), "Fisk", "Ålen er her"),
        (ld(headline=" Ålen &amp;\n&#8216;ven&#8217; "), "", "Ålen & ‘ven’"),
        (ld({"@graph": [{"@type": ["Article"], "headline": "I graf"}]}), "", "I graf"),
        (ld({"@type": "WebPage", "mainEntity": {"@type": "http://schema.org/Report",
         "headline": "Inde"}}), "", "Inde"),
        (ld({"@type": "Product", "headline": "Net"}) + og("og:title", "Ål"), "", "Ål"),
        (og("og:title", "Ålen er her - Fjordposten"), "Ålen er her", "Ålen er her"),
        (og("og:title", "Ål - ven | Fjord Posten") + og("og:site_name", "Fjordposten"),
         "", "Ål - ven"),
        (og("og:title", "Ål - ven | Fjordposten"), "", "Ål - ven | Fjordposten"),
        (og("og:title", "Fisk: 'Ålen' er her"), "Fisk: ‘Ålen’ er her",
         "Fisk: ‘Ålen’ er her"),
        (og("og:title", "Fisk: Ålen"), "<b>Fisk</b><i>: Ålen</i>", "Fisk: Ålen"),
        (og("og:title", "Ålen er her"), "<b>Ålen</b> er her <i></i>", "Ålen er her"),
        ("<title>Ålen er her | Fjordposten</title>", "Ålen er her", "Ålen er her"),
    ],
)  # fmt: skip
def test_the_title_is_the_headline_without_the_site(head, heading, title):
    page = f"<article><h1>{heading}</h1><p>{LONG}</p></article>"
    assert told(head, page).title == title


def title_of(headline="", shared="", window="", heading="", site=""):
    """A page's title from what the page calls itself in these places."""
    head = ld(headline=headline) if headline else ""
    head += og("og:title", shared) + og("twitter:title", shared) if shared else ""
    head += f"<title>{window}</title>{og('og:site_name', site)}"
    return told(head, f"<article><h1>{heading}</h1><p>{LONG}</p></article>").title


@pytest.mark.parametrize(
    ("given", "title"),
    [
        ({"headline": "Fisk", "shared": "Ål", "window": "Ål", "heading": "Ål"}, "Ål"),
        ({"headline": "Fisk", "window": "Ål | By", "heading": "Ål"}, "Ål"),
        ({"headline": "Fisk", "shared": "Ål", "window": "Ål - By"}, "Ål"),
        ({"headline": "Fisk", "window": "Ål - By", "site": "By", "shared": "Ål"}, "Ål"),
        ({"headline": "Fisk", "shared": "Ål", "heading": "Fisk"}, "Fisk"),
        ({"headline": "Fisk", "shared": "Ål", "heading": "Sild"}, "Fisk"),
        ({"headline": "Ål", "shared": "By", "window": "By", "heading": "Ål"}, "Ål"),
        ({"headline": "Fisk", "heading": "Ål"}, "Fisk"),
        ({"shared": "Fisk", "window": "Ål", "heading": "Ål"}, "Ål"),
        # A kicker inside the heading is no part of the title, where a source says so.
        ({"headline": "Fisk", "window": "Her er ålen | By",
          "heading": "<span>Fjord</span> Her er ålen"}, "Her er ålen"),
        ({"headline": "Fisk", "window": "Her er ålen",
          "heading": "<small>Fjord:</small><br>Her er ålen"}, "Her er ålen"),
        ({"headline": "Fisk", "window": "Fjord: Her er ålen | By",
          "heading": "<span>Fjord</span> Her er ålen"}, "Fjord Her er ålen"),
        ({"window": "By", "heading": "<b>Fjord</b> Ål"}, "By"),
        # The same words in another order are no other title.
        ({"headline": "Byens ål er her", "shared": "Her er byens ål",
          "window": "Her er byens ål"}, "Byens ål er her"),
        ({"headline": "Ål", "shared": "By", "window": "By", "site": "By"}, "Ål"),
        ({"headline": "&nbsp;", "shared": "&foo;", "heading": "Ål"}, "Ål"),
        ({"headline": "undefined", "window": "Ål"}, "Ål"),
    ],
)  # fmt: skip
def test_the_title_is_what_most_of_the_pages_sources_agree_on(given, title):
    assert title_of(**given) == title


def test_a_headline_that_lost_is_not_in_the_text_either():
    head = ld(headline="Fisk i fjorden") + "<title>Ål - By</title>"
    page = f"<article><h1>Ål</h1><h2>Fisk i fjorden</h2><p>{LONG}</p></article>"
    found = told(head, page)
    assert (found.title, len(found.fragments)) == ("Ål", 1)


def test_a_heading_with_a_kicker_is_not_in_the_text_either():
    head = ld(headline="Fisk i fjorden") + "<title>Ålen er her - By</title>"
    heading = "<h1><span>Fjord</span> Ålen er her</h1>"
    found = told(head, f"<article>{heading}<p>{LONG}</p></article>")
    assert (found.title, len(found.fragments)) == ("Ålen er her", 1)


def test_an_article_that_is_linked_to_is_not_the_page_itself():
    other = {"@type": "Article", "headline": "En anden", "datePublished": "2020-02-02"}
    own = {"@type": "Article", "headline": "Ålen", "datePublished": "2021-01-01"}
    found = told(ld(other, own) + og("og:title", "Ålen"))
    assert (found.title, found.published_at.year) == ("Ålen", 2021)


def test_a_live_ticker_is_told_from_its_updates():
    update = {
        "@type": "BlogPosting",
        "headline": "Kl. 9",
        "datePublished": "2020-01-01",
    }
    ticker = {"@type": "LiveBlogPosting", "headline": "Nu", "liveBlogUpdate": [update]}
    found = told(ld(ticker))
    assert (found.title, found.kind) == ("Nu", "LiveBlogPosting")


@pytest.mark.parametrize(
    ("published", "expected"),
    [
        ("2024-03-05T07:39:18.5+0200", datetime(2024, 3, 5, 5, 39, 18, 500_000, UTC)),
        ("2024-03-05 07:39", datetime(2024, 3, 5, 7, 39, tzinfo=UTC)),
        ("2024-03-05T07:39Z", datetime(2024, 3, 5, 7, 39, tzinfo=UTC)),
        ("Tue, 05 Mar 2024 07:39:00 +0200", datetime(2024, 3, 5, 5, 39, tzinfo=UTC)),
        ("2024-03-05", datetime(2024, 3, 5, tzinfo=UTC)),
    ],
)
def test_the_time_of_publication_is_in_utc(published, expected):
    modified = "2025-01-01T12:00:00Z"
    found = told(ld(dateModified=modified, datePublished=published))
    assert found.published_at == expected
    head = og("article:modified_time", modified)
    head += og("article:published_time", published)
    assert told(head).published_at == expected
    page = {"@type": "WebPage", "datePublished": published}
    assert told(ld(page)).published_at == expected


@pytest.mark.parametrize("wrong", ["0001-01-01T00:00:00", "9999-12-31T23:59-12:00", 7])
def test_a_time_that_is_none_gives_way_to_the_next(wrong):
    head = ld(datePublished=wrong) + og("article:published_time", "2024-03-05T07:39Z")
    assert told(head).published_at == datetime(2024, 3, 5, 7, 39, tzinfo=UTC)


def test_a_date_gets_its_time_of_day_from_elsewhere_on_the_page():
    head = ld(datePublished="2024-03-05")
    for time in ("2024-03-06T08:00Z", "2024-03-05T07:39Z"):
        expected = 7 if "05T" in time else 0
        found = told(head + og("article:published_time", time))
        assert found.published_at == datetime(
            2024, 3, 5, expected, 39 if expected else 0, tzinfo=UTC
        )


def test_the_time_that_readers_see_is_taken_when_it_is_not_of_a_change():
    times = "<time itemprop=dateModified datetime=2025-01-01T09:00Z>I dag</time>"
    times += "<time datetime=2024-03-05T07:39Z>5. marts</time>"
    found = told("", f"<article>{times}<p>{LONG}</p></article>")
    assert found.published_at == datetime(2024, 3, 5, 7, 39, tzinfo=UTC)


@pytest.mark.parametrize(
    "author",
    [
        "Ib Lund, Bo Å",
        ["Ib Lund", "Bo Å", "Ib Lund", "https://example.com/ib"],
        [{"name": "Ib Lund", "url": 7}, {"name": ["Bo Å"]}, {"@id": "#x"}, None],
    ],
)
def test_authors_are_joined_names(author):
    assert told(ld(author=author)).authors == "Ib Lund, Bo Å"


def test_the_author_may_stand_in_a_meta_tag():
    assert told('<meta name="Author" content="Ritzau">').authors == "Ritzau"


@pytest.mark.parametrize(
    ("head", "image_url"),
    [
        (ld(image=["/a.jpg", "/b.jpg"]), "http://news.example.com/a.jpg"),
        (ld(image={"url": "//cdn.example/a.jpg"}), "http://cdn.example/a.jpg"),
        (og("og:image", "data:image/png;x") + ld(image="http://a.b/c"), "http://a.b/c"),
        (ld(image="javascript:alert(1)"), ""),
        (ld(image={"url": {"url": []}}), ""),
    ],
)
def test_the_image_is_one_on_the_web(head, image_url):
    assert told(head).image_url == image_url


@pytest.mark.parametrize(
    ("head", "canonical"),
    [
        ('<link rel="canonical" href="/da/aal?utm_source=x#top">', "/da/aal"),
        ("<link rel='shortlink Canonical' href=//m.news.example.com/aal>", "//m/aal"),
        (og("og:url", "http://www.news.example.com/aal?a=1"), "//www/aal?a=1"),
        ("<link rel=canonical href=https://other.example/aal>", ""),
        ("<link rel=canonical href=http://news.example.com>", ""),
        ("<link rel=canonical href=http://[x>", ""),
        ("<link rel=canonical href=javascript:x>", ""),
        ("<link rel=stylesheet href=/aal>", ""),
    ],
)
def test_the_canonical_address_is_of_the_same_site(head, canonical):
    host = "http://news.example.com"
    for short in ("m", "www"):
        canonical = canonical.replace(
            f"//{short}/", f"http://{short}.news.example.com/"
        )
    expected = host + canonical if canonical.startswith("/") else canonical
    assert told(head).canonical_url == expected


@pytest.mark.parametrize(
    ("attribute", "language"),
    [
        ("lang=nb-NO", "nb"),
        ("lang='DA'", "da"),
        ("xml:lang=en_GB", "en"),
        ("lang=fil", ""),
        ("lang=''", ""),
        ("", ""),
    ],
)
def test_the_language_is_what_the_page_declares(attribute, language):
    page = f"<html {attribute}><body><article><p>{LONG}</p></article></body></html>"
    assert extract(page.encode(), URL).language == language


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (ld({"@type": "Organization"}, {"@type": ["NewsArticle"]}), "NewsArticle"),
        (ld({"@type": "AdvertiserContentArticle"}), "AdvertiserContentArticle"),
        (ld({"@type": "VideoObject"}) + og("og:type", "website"), "VideoObject"),
        (ld({"@type": "VideoObject"}) + og("og:type", "article"), "article"),
        (ld({"@type": "WebPage"}) + og("og:type", "website"), "website"),
        (ld({"@type": "NewsMediaOrganization"}), ""),
        (ld({"@type": {"@type": 1}}), ""),
    ],
)
def test_the_kind_says_what_the_page_is(head, kind):
    assert told(head).kind == kind


@pytest.mark.parametrize("value", [False, "False", "false", "http://schema.org/False"])
def test_a_page_that_says_so_is_not_free(value):
    assert not told(ld(isAccessibleForFree=value)).is_free
    assert not told(ld({"@type": "WebPage", "isAccessibleForFree": value})).is_free


@pytest.mark.parametrize("value", [True, "True", None, 0, [], "?"])
def test_other_pages_are_free(value):
    assert told(ld(isAccessibleForFree=value)).is_free


@pytest.mark.parametrize(
    "head",
    [
        ld(hasPart={"@type": "WebPageElement", "isAccessibleForFree": False}),
        ld(hasPart=[{"isAccessibleForFree": "False", "cssSelector": ".rest"}]),
        ld({"@graph": [{"@type": "WebPage", "isAccessibleForFree": False}]}),
        og("article:content_tier", "locked"),
        og("article:content_tier", "Metered"),
        '<meta itemprop="isAccessibleForFree" content="false">',
        '<meta name="paywall" content="true">',
    ],
)
def test_a_page_may_say_elsewhere_that_it_is_not_free(head):
    assert not told(head).is_free


@pytest.mark.parametrize(
    "head",
    [
        ld({"@type": "Event", "isAccessibleForFree": False}),
        ld(isAccessibleForFree=True, hasPart={"isAccessibleForFree": False}),
        og("article:content_tier", "free"),
        '<meta name="paywall" content="false">',
        '<meta itemprop="isAccessibleForFree" content="true">',
    ],
)
def test_what_else_is_not_free_says_nothing_of_the_page(head):
    assert told(head).is_free


@pytest.mark.parametrize(
    "script",
    [
        '<!-- {"@type": "Article", "headline": "Ål"} -->',
        '//<![CDATA[\n{"@type": "Article", "headline": "Ål"}\n//]]>',
        '/*<![CDATA[*/[{"@type": "Article", "headline": "Ål"}];/*]]>*/',
        '{"@type": "Article", "headline": "Ål", "description": "a\tb\nc"}',
    ],
)
def test_json_is_found_in_what_stands_around_it(script):
    assert told(f'<script type="application/ld+json">{script}</script>').title == "Ål"


@pytest.mark.parametrize(
    "script",
    [
        "",
        "{",
        "null",
        "7",
        '"text"',
        "[" * 99_999 + "]" * 99_999,
        '{"headline": ' + "9" * 5000 + "}",
        "NaN",
        "\\u12",
        '{"@type": "Article",}',
        '{"@type": "Article", "headline": {"a": 1}, "author": {"name": {}}}',
        '{"@type": "Article", "image": 3, "description": [], "datePublished": {}}',
    ],
    ids=lambda script: script[:12],
)
def test_json_that_can_not_be_read_is_passed_over(script):
    head = f'<script type="application/ld+json">{script}</script>'
    assert told(head + og("og:title", "Ål")).title == "Ål"


def test_the_standfirst_is_the_first_paragraph():
    lead = "Efter mange år er ålen igen at se i fjorden, siger fiskerne."
    page = f"<header><h1>Ålen</h1><h2> {lead}</h2></header>"
    page += f"<article><h1>Ålen</h1><p>{LONG}</p></article>"
    assert told(og("og:description", lead), page).fragments[0] == ("p", lead)


def test_a_standfirst_that_is_in_the_text_is_there_once():
    lead = "Efter mange år er ålen igen at se i fjorden, siger fiskerne."
    page = f"<article><p>{LONG}</p><p>{lead}</p><p>{LONG}x</p></article>"
    fragments = told(og("og:description", lead), page).fragments
    assert [text for _, text in fragments] == [clean(LONG), lead, clean(f"{LONG}x")]


@pytest.mark.parametrize(
    "page",
    [
        "<article><p>{lead} {long}</p><p>{long}</p></article>",
        "<article><p>{long}</p></article><footer><p>{lead}</p></footer>",
        "<article><p>{long}</p></article>",
    ],
    ids=["in the text", "in the footer", "nowhere"],
)
def test_a_description_is_not_added_to_the_text(page):
    lead = "Efter mange år er ålen igen at se i fjorden, siger fiskerne."
    page = page.format(lead=lead, long=LONG)
    found = told(og("description", lead), page).fragments
    assert ("p", lead) not in found


UNWANTED = [
    '<div class="box Newsletter-form">{}</div>',
    '<div id="read-more-list">{}</div>',
    '<section class="factBox">{}</section>',
    '<p class="c-article__disclaimer">{}</p>',
    '<div class="embed-placeholder">{}</div>',
    "<p><a href='/x'>{}</a></p>",
    "<h3><a href='/x'>{}</a></h3>",
    "<a href='/x'><h3>{}</h3></a>",
    "<ul><li><a href='/x'>{}</a></li></ul>",
    "<p>Læs også: <a href='/x'>{}</a></p>",
    "<div><p>Czytaj więcej</p><div><h4><a href='/x'>Ryba</a></h4><p>{}</p></div></div>",
]


@pytest.mark.parametrize("markup", UNWANTED)
def test_what_is_not_the_article_is_left_out(markup):
    rest = f"<p>Først. {LONG}</p><p>Så. {LONG}</p>"
    unwanted = "Her er noget helt andet, som ikke hører til artiklen om fjorden."
    found = texts(rest + markup.format(unwanted) + f"<p>Til sidst. {LONG}</p>")
    assert len(found) == 3
    assert unwanted not in " ".join(found)


@pytest.mark.parametrize(
    "markup",
    [
        "<div class='newsletter-page'>{}</div>",
        "<a name='top'>{}</a>",
        "<a href='/x'>{}",
    ],
)
def test_the_article_itself_is_never_left_out(markup):
    text = "".join(f"<p>{start} {LONG}</p>" for start in ("Først.", "Så.") * 5)
    assert len(texts(markup.format(text))) >= 10


@pytest.mark.parametrize(
    "markup", ["<a name='x'><p>{}</p></a>", "<p><a id='x'>{}</a></p>"]
)
def test_an_anchor_is_no_link(markup):
    assert len(texts(f"<p>{LONG}</p>{markup.format('Så. ' + LONG)}<p>{LONG}x</p>")) == 3


NOTICES = [
    "Advertisement",
    "ANZEIGE",
    "Foto: Ib Lund",
    "© 2024 Fjordposten",
    "Lees ook:",
    "Story continues below",
    "Sign up for our daily newsletter and more.",
    "Реклама",
    "Externer Inhalt nicht verfügbar",
    "All text © us. All rights reserved.",
    "Follow Fjordposten on Google News and make us a preferred source.",
    "This is a machine translation of an article in our other edition.",
    "Deine Privatsphäre-Einstellungen verhindern das Laden aller externen Inhalte.",
]


@pytest.mark.parametrize("notice", NOTICES)
def test_a_notice_is_no_text(notice):
    assert len(texts(f"<p>{LONG}</p><p>{notice}</p><p>{LONG}x</p>")) == 2


@pytest.mark.parametrize(
    "text",
    [
        "Copyright law has changed, say lawyers who read the new act.",
        "Privacy settings have changed again, and nobody knows how they work.",
        "External content moderators are paid less than the firm's own.",
        "A machine translation of the speech was read out by mistake.",
        "Related questions were asked by the members of the committee.",
        "Advertisements on the radio cost more than they did last year.",
        "Sign up for a doctor near you, the ministry tells its citizens.",
        f"Click here to see what a long text is. {clean(LONG * 2)}",
    ],
)
def test_a_text_about_such_things_is_one(text):
    assert text in texts(f"<p>{LONG}</p><p>{text}</p><p>{LONG}x</p>")


@pytest.mark.parametrize(
    "heading",
    [
        "<h2>Ålen er igen tilbage i fjorden</h2>",
        "<p>ÅLEN ER TILBAGE I FJORDEN</p>",
        "<h2><span>Natur</span> Ålen er tilbage i fjorden</h2>",
    ],
)
def test_the_headline_in_other_words_is_no_text(heading):
    head = og("og:title", "Ålen er tilbage i fjorden")
    assert len(texts(f"{heading}<p>{LONG}</p><p>{LONG}x</p>", head)) == 2


def test_a_heading_with_some_words_of_the_headline_stays():
    head = og("og:title", "Ålen er tilbage i fjorden, og fiskerne er glade")
    assert "Ålen er tilbage" in texts(
        f"<p>{LONG}</p><h2>Ålen er tilbage</h2><p>{LONG}x</p>", head
    )


def test_another_article_on_the_page_is_left_out():
    own = f"<article><h1>Ålen er tilbage</h1><p>{LONG}</p><p>{LONG}x</p></article>"
    other = f"<article><h1>Torsken</h1><p>Torsk. {LONG}</p><p>{LONG}y</p></article>"
    for page in (own + other, other + own):
        found = told(og("og:title", "Ålen er tilbage"), page)
        assert [text for _, text in found.fragments] == [clean(LONG), clean(f"{LONG}x")]


def test_articles_with_other_headlines_stay_where_none_has_the_own_one():
    page = f"<h1>Fjordposten</h1><article><h1>Nyt</h1><p>{LONG}</p></article>"
    assert told(og("og:title", "Ålen er tilbage"), page).fragments[-1][1] == clean(LONG)


def test_the_text_ends_where_another_headline_stands():
    inner = (
        f"<h1>Ålen</h1><p>{LONG}</p><p>{LONG}x</p><h1>Støt os</h1><p>Giv! {LONG}</p>"
    )
    assert texts(inner) == [clean(LONG), clean(f"{LONG}x")]


def test_headlines_all_over_an_article_are_its_sections():
    sections = "".join(f"<h1>Del {n}</h1><p>{LONG}{n}</p>" for n in range(4))
    assert len(texts(f"<h1>Ålen</h1><p>{LONG * 9}</p>{sections}")) == 9


def test_a_body_in_several_parts_is_read_in_order():
    part = (
        "<div><div class='article__content'><p>{0} {1}</p><p>Mere. {1}</p></div></div>"
    )
    parts = [part.format(start, LONG) for start in ("Først.", "Så.")]
    found = texts("<h2>Midt i det hele</h2>".join(parts), og("og:title", "Ålen"))
    starts = [text.split()[0] for text in found]
    assert starts == ["Først.", "Mere.", "Midt", "Så.", "Mere."]


def test_a_text_that_came_out_short_is_looked_for_by_other_means():
    teaser = f"<div class='article-body'><p>{LONG * 2}</p><p>Mere. {LONG}</p></div>"
    text = "".join(f"<p>Afsnit {n}. {LONG}</p>" for n in range(12))
    page = f"<div>{teaser}</div><div class='unnamed'>{text}</div>"
    found = [text.split(" Fisk")[0] for _, text in told("", page).fragments]
    assert found == [f"Afsnit {n}." for n in range(12)]


RUSSIAN = "Рыбаки у залива долго ждали, когда вернётся угорь. "


@pytest.mark.parametrize(
    ("encoding", "declared"),
    [
        ("koi8-r", "KOI8-R"),
        ("windows-1251", "cp1251"),
        ("utf-16", "utf-8"),
        ("utf-8", "windows-1251"),
        ("iso-8859-5", "iso-8859-5"),
        ("utf-16-le", ""),
    ],
)
def test_a_page_is_decoded_as_it_says(encoding, declared):
    late = f"<script>{'x' * 3000}</script><meta charset='{declared}'>"
    page = f"<html><head>{late}</head><body><article><p>{RUSSIAN}</p></article></body>"
    mark = "\ufeff" if encoding == "utf-16-le" else ""
    found = extract((mark + page).encode(encoding), URL).fragments
    assert found == (("p", clean(RUSSIAN)),)


@pytest.mark.parametrize("declared", ["", "unicode_escape", "rot13", "hex", "nonesuch"])
def test_an_encoding_that_no_page_has_is_guessed(declared):
    page = f"<html><head><meta charset='{declared}'></head><body><article>"
    page += f"<p>{RUSSIAN * 5}</p></article></body></html>"
    found = extract(page.encode("windows-1251"), URL).fragments
    assert found == (("p", clean(RUSSIAN * 5)),)


def test_one_broken_byte_costs_one_character():
    page = f"<html><meta charset=utf-8><body><article><p>{LONG}".encode()
    ((_, text),) = extract(page.replace("å".encode(), b"\xc3", 1), URL).fragments
    assert text.count("\ufffd") == 1
    assert "længe på" in text


def test_latin_1_means_windows_1252():
    late = f"<script>{'x' * 3000}</script>"
    page = f"<html>{late}<meta charset=iso-8859-1><body><article><p>„Ja“ – {LONG}"
    ((_, text),) = extract(page.encode("windows-1252"), URL).fragments
    assert text.startswith("„Ja“ – Fiskerne")


def arbitrary_pages():
    """HTML put together from pieces that parsers and readers stumble over."""
    values = st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=9) | st.floats(),
        lambda inner: st.lists(inner, max_size=3) | objects(inner),
        max_leaves=12,
    )
    scripts = values.map(
        lambda value: f'<script type="application/ld+json">{json.dumps(value)}</script>'
    )
    pieces = st.sampled_from(NASTY) | scripts | st.text(max_size=30)
    return st.lists(pieces, max_size=25).map("".join)


def objects(inner):
    return st.dictionaries(st.sampled_from(NAMES), inner, max_size=6)


NAMES = [
    "@graph",
    "@type",
    "headline",
    "datePublished",
    "author",
    "name",
    "image",
    "description",
    "isAccessibleForFree",
    "mainEntity",
    "mainEntityOfPage",
    "url",
]
NASTY = [
    "<article>",
    "</article>",
    "<h1>Ål",
    "<h1></h1>",
    "<p>",
    "</p>",
    "\0",
    "\ufeff",
    "<div class='newsletter'>",
    "</div>",
    "<ul><li>",
    "<blockquote>",
    "<a href='/'>",
    "<!--",
    "-->",
    "<![CDATA[",
    "<svg><title>",
    "<body>",
    "</html>",
    "<frameset>",
    "<meta charset='utf-7'>",
    "<meta property='og:title' content='&#0;|'>",
    "<link rel=canonical href='http://[x'>",
    "<time datetime='0001-01-01T00:00Z'>",
    "<meta name=date content='9999-12-31T23:59-12:00'>",
    "<html lang='\u0130'>",
    '<script type="application/ld+json">',
    "</script>",
    "[" * 5000,
    '{"a":' * 99,
    "<p>Læs også: <a href='/'>",
    f"<p>{LONG}</p>",
    "<div>" * 300,
    "&#xD800;",
]


def expect_right_types(body):
    try:
        found = extract(body, URL)
    except ExtractError:
        return
    texts = (found.title, found.authors, found.image_url, found.canonical_url)
    texts += (found.language, found.kind)
    assert all(type(text) is str for text in texts)
    assert found.published_at is None or found.published_at.tzinfo is UTC
    assert type(found.is_free) is bool
    assert all(type(part) is str for pair in found.fragments for part in pair)


@fuzzing
@given(arbitrary_pages(), st.sampled_from(["utf-8", "utf-16", "windows-1251"]))
def test_no_page_breaks_the_extractor(page, encoding):
    expect_right_types(page.encode(encoding, "replace"))


@fuzzing
@given(st.binary(max_size=400), st.sampled_from([b"", b"<html><meta charset=koi8-r>"]))
def test_no_bytes_break_the_extractor(body, start):
    expect_right_types(start + body)
