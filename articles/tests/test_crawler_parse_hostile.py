"""Feeds that were made to do harm, and feeds that nobody made."""

import time
import tracemalloc
import unicodedata
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from articles.crawler.feeds.parse import (
    MOST_ITEMS,
    FeedDocument,
    ParseError,
    parse_feed,
)
from articles.crawler.feeds.xml_feed import DEEPEST
from articles.tests.fuzz import fuzzing

URL = "https://news.example.com/feed"
PROLOG = '<?xml version="1.0" encoding="utf-8"?>'
CONTENT = "xmlns:content='http://purl.org/rss/1.0/modules/content/'"
ITEM = "<item><link>/a</link><title>{}</title></item>"
LAUGHS = "".join(
    f'<!ENTITY l{number} "{f"&l{number - 1};" * 10}">' for number in range(1, 20)
)


def rss(content, subset=""):
    return f"{PROLOG}{subset}<rss {CONTENT}><channel>{content}</channel></rss>".encode()


def quickly(body):
    """What parse_feed makes of body, in little time; None if it refuses."""
    began = time.process_time()
    try:
        return parse_feed(body, URL)
    except ParseError:
        return None
    finally:
        assert time.process_time() - began < 5


def frugally(body):
    """What parse_feed makes of body, in little memory; None if it refuses."""
    tracemalloc.start()
    try:
        return parse_feed(body, URL)
    except ParseError:
        return None
    finally:
        assert tracemalloc.get_traced_memory()[1] < 150_000_000
        tracemalloc.stop()


# --- entities


@pytest.mark.parametrize(
    "subset, entity",
    [
        (f'<!DOCTYPE rss [<!ENTITY l0 "lol">{LAUGHS}]>', "&l19;"),
        (f'<!DOCTYPE rss [<!ENTITY a "{"a" * 50_000}">]>', "&a;" * 50_000),
        (f'<!-- <a> --><!DOCTYPE rss [<!ENTITY l0 "lol">{LAUGHS}]>', "&l19;"),
        (f'<!DOCTYPE rss [<!ENTITY x "<rss>"><!ENTITY l0 "l">{LAUGHS}]>', "&l19;"),
    ],
)
@pytest.mark.parametrize("end", ["", "<broken"])
def test_entities_are_not_expanded(subset, entity, end):
    document = frugally(rss(ITEM.format(f"En{entity}") + end, subset))
    assert document is None or len(document.items[0].title) <= 5000


def test_a_feed_with_an_entity_bomb_is_refused_and_says_why():
    subset = f'<!DOCTYPE rss [<!ENTITY l0 "lol">{LAUGHS}]>'
    with pytest.raises(ParseError, match=f"{URL}: refused: .*billion laughs"):
        parse_feed(rss(ITEM.format("&l19;"), subset), URL)


def test_an_entity_of_the_document_s_own_is_left_as_it_is():
    body = rss(ITEM.format("&eel; &aring;l"), '<!DOCTYPE rss [<!ENTITY eel "x">]>')
    assert parse_feed(body, URL).items[0].title == "&eel; ål"


@pytest.mark.parametrize(
    "subset",
    [
        '<!DOCTYPE rss [<!ENTITY x SYSTEM "{}">]>',
        '<!DOCTYPE rss SYSTEM "{}">',
        '<!DOCTYPE rss PUBLIC "x" "{}">',
        '<!DOCTYPE rss [<!ENTITY % d SYSTEM "{}">%d;]>',
        '<?xml-stylesheet href="{}"?>',
    ],
)
@pytest.mark.parametrize("end", ["", "<broken"])
def test_nothing_outside_is_read(subset, end, web, tmp_path):
    file = tmp_path / "secret.dtd"
    file.write_text('<!ENTITY x "hemmelig">')
    for address in (web.add("/secret.dtd", "hemmelig"), file.as_uri()):
        body = rss(ITEM.format("En &x;") + end, subset.format(address))
        assert "hemmelig" not in parse_feed(body, URL).items[0].title
    assert web.requests == []


# --- amounts


@pytest.mark.parametrize("parse, end", [(frugally, ""), (quickly, "<broken &")])
def test_ten_thousand_items_are_counted_but_not_all_read(parse, end):
    items = "".join(
        f"<item><link>/{number}</link><guid>{number}</guid><title>En to</title>"
        f"<description>{'&lt;p&gt;Fiskerne jubler.&lt;/p&gt;' * 4}</description></item>"
        for number in range(10_000)
    )
    document = parse(rss(items) + end.encode())
    assert [item.guid for item in document.items] == list(map(str, range(MOST_ITEMS)))
    assert document.left_out == 10_000 - MOST_ITEMS


def test_entries_are_counted_too():
    entries = "<entry><link href='/a'/></entry>" * (MOST_ITEMS + 7)
    body = f"<feed xmlns='http://www.w3.org/2005/Atom'>{entries}</feed>"
    assert parse_feed(body.encode(), URL).left_out == 7


@pytest.mark.parametrize(
    "nested",
    [
        "<x>" * 100_000 + "</x>" * 100_000,
        "<x>" * 1_000_000,
        ITEM.format("<b>" * 100_000),
        ITEM.format("<x/>" * 5000 + "<x>" * (DEEPEST + 1)),
    ],
)
def test_elements_that_are_nested_too_deeply_are_refused(nested):
    assert quickly(rss(ITEM.format("En") + nested)) is None


def test_many_elements_side_by_side_are_not_nested():
    body = rss("<x></x><y/>" * DEEPEST * 2 + ITEM.format("En"))
    assert parse_feed(body, URL).items[0].title == "En"


@pytest.mark.parametrize(
    "markup",
    [
        "<ul><li>",
        "<div><b>",
        "<b><i></b>",
        "<table><tr><td>",
        "<blockquote>",
        "<svg>",
        "<template>",
        "<select>",
        "<script>",
        "<!--",
        "<a ",
        "<",
        "&",
        "]]",
        "&lt;b&gt;",
        "&amp;amp;",
        "x\0",
        "</p>",
    ],
)
@pytest.mark.parametrize("element", ["title", "content:encoded"])
def test_much_markup_is_quick(markup, element):
    text = markup * (600_000 // len(markup))
    more = f"<{element}><![CDATA[{text}]]></{element}>"
    document = quickly(rss(f"<item><link>/a</link>{more}</item>"))
    assert document.items[0].url == "https://news.example.com/a"


@pytest.mark.parametrize("part", ["<", "<a ", "<!--", "<![CDATA[", "<?", "<!DOCTYPE "])
def test_megabytes_of_what_is_no_feed_are_quick(part):
    assert quickly(part.encode() * (4_000_000 // len(part))) is None


# --- anything at all

PIECES = st.sampled_from(
    [
        "<item>",
        "</item>",
        "<entry>",
        "</entry>",
        "<link>",
        "</link>",
        "<title>",
        "</title>",
        "<description>",
        "</description>",
        "<guid>",
        "</guid>",
        "<x>",
        "<pubDate>",
        "</pubDate>",
        "<author>",
        "</author>",
        "<category term='&#1;'/>",
        "<![CDATA[",
        "]]>",
        "<!--",
        "-->",
        "<?x?>",
        "<!DOCTYPE x [",
        "]>",
        "</x>",
        "&amp;",
        "&#xD800;",
        "&nbsp;",
        "&x;",
        "&#",
        "&",
        "<",
        ">",
        "'",
        '"',
        "\0",
        "javascript:alert(1)",
        "https://a.example/?b=c&d",
        "//",
        "../a",
        "http://[",
        "<link href='/a'/>",
        "<media:content url='data:,x'/>",
        "\ufffe",
        "\x1b",
        "æ",
        "<enclosure type='image/x' url='/b'/>",
        "<content type='xhtml'>",
        "<source>",
        "<links>",
        "<tags a='b'>",
        "<authors>",
        "<updated_parsed>",
        "<content a='b'>",
        "<image>",
        "<textInput>",
        "<ttl>",
        "<language>",
        "2 Nov 2026",
        "99:99",
        "7",
    ]
)
SOUP = st.lists(PIECES | st.text(max_size=5), max_size=40).map("".join)
FEEDS = st.sampled_from(
    [
        "<rss><channel><item><link>/a</link>{}</item>{}</channel></rss>",
        "<feed xmlns='http://www.w3.org/2005/Atom'><entry>{}</entry>{}</feed>",
        "{}<rss version='2.0'><channel>{}",
        '{{"version": "https://jsonfeed.org/version/1", "items": [{}{}]}}',
    ]
)


def check(body, content_type=""):
    try:
        document = parse_feed(body, URL, content_type)
    except ParseError:
        return
    assert isinstance(document, FeedDocument)
    texts, links = [document.title], []
    for item in document.items:
        texts += [item.title, item.summary, item.authors, item.guid]
        texts += item.categories
        links += [item.url, item.image_url]
        for at in (item.published_at, item.updated_at):
            assert at is None or (isinstance(at, datetime) and at.tzinfo)
    for text in texts + links:
        assert not {"Cc", "Cs"} & set(map(unicodedata.category, text))
    assert all(link.startswith(("http://", "https://")) for link in links if link)
    assert all(item.url for item in document.items)


@fuzzing
@given(st.binary(max_size=300), st.text(max_size=30))
def test_bytes_are_a_feed_or_refused(body, content_type):
    check(body, content_type)


@fuzzing
@given(FEEDS, SOUP, SOUP, st.sampled_from(["utf-8", "utf-16", "cp1251", "utf-7"]))
def test_soup_is_a_feed_or_refused(feed, first, second, encoding):
    check(feed.format(first, second).encode(encoding, "replace"))
