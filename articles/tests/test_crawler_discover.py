import time

import pytest

from articles.crawler.feeds.discover import MOST_LINKS, FeedLink, feed_links

URL = "https://news.example.com/nyt/"
RSS = "application/rss+xml"


def page(*links):
    return f"<!DOCTYPE html><html><head>{''.join(links)}".encode()


def link(href="/feed.xml", kind=RSS, more=""):
    return f'<link rel="alternate" type="{kind}" href="{href}" {more}>'


def urls(*links):
    found = feed_links(page(*links), URL)
    return [one.url.removeprefix("https://news.example.com") for one in found]


def test_a_declared_feed_is_found():
    body = page(link(more='title="Ål &amp; fjord"'))
    url = "https://news.example.com/feed.xml"
    assert feed_links(body, URL) == [FeedLink(url, "Ål & fjord", RSS)]


@pytest.mark.parametrize(
    "kind",
    [
        "application/atom+xml",
        "application/rdf+xml",
        "application/feed+json",
        "Application/RSS+XML",
        " application/rss+xml; charset=utf-8",
    ],
)
def test_all_formats_are_found(kind):
    assert urls(link(kind=kind)) == ["/feed.xml"]


@pytest.mark.parametrize(
    "element",
    [
        '<link rel="stylesheet" type="application/rss+xml" href="/a">',
        '<link rel="alternate" type="text/html" href="/a">',
        '<link rel="alternate" href="/a">',
        '<link type="application/rss+xml" href="/a">',
        '<link rel="alternate" type="application/rss+xml">',
        *(link(href) for href in ("", "javascript:x", "ftp://a.example/", "http://[")),
        '<a href="/about">Feed</a>',
        '<a href="javascript:feed.xml">x</a>',
        '<a href="http://[/feed.xml">x</a>',
        '<a name="x">Feed</a>',
    ],
)
def test_nothing_else_is_a_feed(element):
    assert urls(element) == []


def test_links_start_from_the_page_or_its_base():
    assert urls(link("feed.xml")) == ["/nyt/feed.xml"]
    assert urls('<base href="/a/">', link("feed.xml")) == ["/a/feed.xml"]
    assert urls('<base href="http://[">', link("feed.xml")) == ["/nyt/feed.xml"]
    assert urls('<base target="x"><base href="/b/">', link("c")) == ["/b/c"]


@pytest.mark.parametrize(
    "href",
    [
        "/feed",
        "/feed/",
        "/rss",
        "/RSS/",
        "/rss2",
        "/nyt/atom",
        "/a.rss",
        "/a.rdf",
        "/rss.xml",
        "/rss-nyt.xml?a=1",
        "/feed.json",
        "/atom.xml",
        "/index.xml",
    ],
)
def test_a_link_that_looks_like_a_feed_is_found(href):
    (found,) = feed_links(page(f'<a href="{href}"><b>Vores</b>\nfeed</a>'), URL)
    assert found == FeedLink(f"https://news.example.com{href}", "Vores feed", "")


def test_what_is_declared_comes_first_and_nothing_twice():
    anchors = ['<a href="/feed.xml">x</a>', '<a href="/rss">y</a>']
    assert urls(*anchors, link("/b"), link(), link()) == ["/b", "/feed.xml", "/rss"]


def test_of_many_links_the_first_are_enough():
    declared = [link(f"/{number}") for number in range(100)]
    named = [f'<a href="/{number}.rss">x</a>' for number in range(100)]
    found = urls(*named, *declared)
    assert found[:MOST_LINKS] == [f"/{number}" for number in range(MOST_LINKS)]
    assert found[MOST_LINKS:] == [f"/{number}.rss" for number in range(MOST_LINKS)]


@pytest.mark.parametrize(
    "body", [b"", b" ", b"\0", b"<", b"hej", b"<?xml version='1.0'?>", b"\xff\xfe\x00"]
)
def test_what_is_no_page_has_no_feeds(body):
    assert feed_links(body, URL) == []


def test_a_page_in_another_encoding_is_read():
    body = page('<meta charset="windows-1251">', link(more='title="Рыбаки"'))
    body = body.decode().encode("windows-1251")
    assert feed_links(body, URL)[0].title == "Рыбаки"


@pytest.mark.parametrize("part", ["<a href='/feed'>", "<div>", "<link rel=alternate>"])
def test_a_large_page_is_quick(part):
    began = time.process_time()
    feed_links(page(part * (5_000_000 // len(part))), URL)
    assert time.process_time() - began < 5
