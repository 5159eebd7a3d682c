"""Which date of a page is its article's, and that no other is taken for it."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from articles.crawler.pages.extract import extract

URL = "http://news.example.com/da/nature/eel.html"
TEXT = "<p>Fiskerne ved fjorden har ventet længe på, at ålen skulle komme tilbage. </p>"
MORE = "<p>Nu er den her, og hele byen vil se den, før den svømmer videre i morgen.</p>"
TIME = "<time datetime=2024-03-05T07:39Z>5. marts</time>"
TOLD = datetime(2024, 3, 5, 7, 39, tzinfo=UTC)
DAY = datetime(2024, 3, 5, tzinfo=UTC)


def told(body="", head="", url=URL):
    page = f"<html><head>{head}</head><body>{body}</body></html>"
    return extract(page.encode(), url).published_at


def article(before="", after="", attributes=""):
    """An article with these between its headline and text, and below the text."""
    inner = f"<h1>Ålen er her</h1>{before}{TEXT}{MORE}{after}"
    return f"<article {attributes}>{inner}</article>"


def ld(**facts):
    return f'<script type="application/ld+json">{json.dumps(facts)}</script>'


@pytest.mark.parametrize(
    "body",
    [
        f"{article()}<div>© 2024 Fjordposten</div>",
        f"{article()}<footer>Copyright 05.03.2024 {TIME}</footer>",
        article("<p>© <span class=date>5. marts 2024</span></p>"),
        article("<p>12.03.2024 er en dag, som byen husker</p>"),
        article("<div>Foto: 5. marts 2024</div>"),
        article("<p class=meta>Sag nr. 20240305, 12345678</p>"),
        article("<span class=date>5. marts</span><span class=date>2024</span>"),
        article("<span class=date>05/03/2024</span>"),  # of March, or of May
        article(f"<p>Festen begynder {TIME}.</p>"),
        article(after=f"<p>Festen begynder {TIME}</p>"),
        article(after="<div class=date>5. marts 2024</div>"),
        article(f"{TEXT}<div>{TIME}</div>"),
        article(after=f"<div class=event><h3>Fest</h3>{TIME}</div>"),
        article(f"<div class=event-date>{TIME}</div>"),
        article(f"<div itemscope itemtype=http://schema.org/Event>{TIME}</div>"),
        article(f"<aside>{TIME}</aside>"),
        article(f"<figure><figcaption>{TIME}</figcaption></figure>"),
        article(f"<article class=tip><h3>Andet</h3>{TIME}</article>"),
        article(after=f"<div id=comments><p class=date>{TIME}</p></div>"),
        article(after="<ol class=comments><li><time pubdate datetime=2024-03-05></ol>"),
        article(f"<p>Updated: {TIME}</p>"),
        article(f"<p>Aktualisiert am {TIME}</p>"),
        article(f"<p>Mis à jour le {TIME}</p>"),
        article(f"<p>Обновлено {TIME}</p>"),
        article("<p class=byline>Ενημερώθηκε: 05.03.2024</p>"),
        article(f"<div>Opdateret</div><div>{TIME}</div>"),
        article(f"<span class=last-update>{TIME}</span>"),
        article("<time class=modified datetime=2024-03-05>I dag</time>"),
        article("<meta itemprop=dateModified content=2024-03-05>"),
        f"{article()}<article><time pubdate datetime=2024-03-05></article>",
        f"{article()}<article><h2>Sild</h2>"
        "<meta itemprop=datePublished content=2024-03-05></article>",
        f"<nav>{TIME}</nav>{TIME}{article()}",
        f"<header><div class=date>5. marts 2024</div></header>{article()}",
    ],
)
def test_a_date_of_something_else_is_not_taken(body):
    assert told(body) is None


END = "<time datetime=1995-05-08>8. Mai 1995</time>"


@pytest.mark.parametrize(
    "told_of",
    [
        f"<div>{END} endete der Krieg in Europa</div>",
        f"<div>Am {END} endete der Krieg.</div>",
        f"<div>{END}: Ende des Krieges in ganz Europa.</div>",
        f"<div><b>{END}</b> <i>endete</i> der Krieg</div>",
        f"<p>{END} endete der Krieg</p>",
        f"<ul><li>{END} Ende</li><li>1996</li></ul>",
        f"<ul><li><b>{END}</b>: <span>Ende</span></li></ul>",
        f"<h2>Konzert am {END}</h2>",
        f"<h3>{END} Ende</h3>",
        f"<dl><dt>{END}</dt><dd>Ende</dd></dl>",
        f"<dl><dt>Beginn</dt><dd>{END}</dd></dl>",
        f"<table><tr><td>{END}</td><td>Ende</td></tr></table>",
        f"<table><tr><th>{END}</th><td>Ende</td></tr></table>",
        f"<div class=calendar>{END}</div>",
        f"<section id=chronik>{END}</section>",
    ],
)
def test_a_time_that_a_line_tells_of_is_not_taken(told_of):
    assert told(article(told_of)) is None
    assert told(f"<h1>Krieg</h1>{told_of}{TEXT}") is None


@pytest.mark.parametrize(
    "line",
    [
        f"<div>{TIME} von Ib Lund</div>",
        f"<div>Von Ib Lund am {TIME} · 5 Min.</div>",
        f"<div><span>Ib Lund</span> | {TIME} <span>| Ausland</span></div>",
        f"<ul><li>Ib Lund</li><li>Veröffentlicht {TIME}</li></ul>",
        f"<ul class=meta><li>{TIME} Ib Lund</li></ul>",
        f"<h2>{TIME}</h2>",
        f"<dl><dt>Veröffentlicht</dt><dd class=date>{TIME}</dd></dl>",
        f"<div>{TIME}<br>endlich ist der Aal wieder da.</div>",
        TIME.replace("5. marts", "March 5, 7:39 a.m.").join(("<p>", "</p>")),
    ],
)
def test_a_line_about_the_article_may_have_words_beside_its_time(line):
    assert told(article(line)) == TOLD


@pytest.mark.parametrize("head", [ld(**facts) for facts in (
    {"@type": "Event", "name": "Fest", "datePublished": "2024-03-05"},
    {"@type": "Book", "name": "Ål", "datePublished": "1999-03-05"},
    {"@type": "NewsArticle", "headline": "Ål", "dateModified": "2024-03-05"},
    {"@type": "Article", "comment": {"datePublished": "2024-01-01"}},
)])  # fmt: skip
def test_an_objects_own_date_is_not_the_pages(head):
    assert told(article(), head) is None


@pytest.mark.parametrize(
    "wrong",
    [
        "2024-13-05", "2024-00-00", "0000-00-00", "0000-00-00T00:00:00Z", "0", "TBD",
        "2024-02-30T10:00:00Z", "1970-01-01T00:00:00Z", "2024", "20241305",
        "31.11.2023", "05 Foo 2024 10:00",
        "32 Nov 2024 10:00:00 GMT", "05 Foo 2024", "2999-01-01", "", "null",
    ],
)  # fmt: skip
def test_a_date_that_is_none_gives_none(wrong):
    head = ld(**{"@type": "NewsArticle", "headline": "Ål", "datePublished": wrong})
    assert (
        told(article(f"<time pubdate datetime='{wrong}'>{wrong}</time>"), head) is None
    )


def test_a_date_still_to_come_is_no_publication():
    later = timezone.now() + timedelta(days=2)
    soon = timezone.now() + timedelta(hours=9)  # a zone's clock that names no zone
    meta = "<meta property=article:published_time content='{}'>"
    assert told(article(), meta.format(later.isoformat())) is None
    assert told(article(), meta.format(soon.isoformat())) == soon
    assert told(article(TIME), meta.format(later.isoformat())) == TOLD


@pytest.mark.parametrize(
    "body",
    [
        article(TIME),
        article(f"<p>{TIME}</p>"),
        article(f"<p>Af Ib Lund, {TIME}</p>"),
        article(f"{TEXT}<div class=byline>{TIME}</div>"),
        article("<p>Updated: <time datetime=2024-04-04T09:00Z>4. april 2024</time></p>"
                f"<p>Published: {TIME}</p>"),
        article(f"<p>Udgivet {TIME}. Opdateret <time datetime=2024-04-04></p>"),
        article("<p>Opdateret <time datetime=2024-04-04>4.4.</time>, udgivet {TIME}</p>"
                .replace("{TIME}", TIME)),
        article("<time class='published updated' datetime=2024-03-05T07:39Z></time>"),
        article(after="<footer>Udgivet <time class=entry-date-published "
                      "datetime=2024-03-05T07:39Z></footer>"),
        article(after="<meta itemprop=datePublished content=2024-03-05T07:39Z>"),
        article("<abbr class=published title=2024-03-05T07:39Z>for længe siden</abbr>"),
        article(TIME, attributes="itemscope itemtype=https://schema.org/NewsArticle"),
        f"<main><header><h1>Ålen er her</h1>{TIME}</header><div>{TEXT}</div></main>",
        f"<h1>Ålen er her</h1><div>{TIME}</div>{TEXT}",
        f"<article><p>{TIME}</p><h1>Ålen er her</h1>{TEXT}</article>",
        f"<article class=teaser><h3>Sild</h3><time datetime=2020-01-01></article>"
        f"{article(TIME)}",
    ],
)  # fmt: skip
def test_the_time_beside_the_headline_is_the_articles(body):
    assert told(body) == TOLD


@pytest.mark.parametrize(
    "line",
    [
        "<p class=byline>Af Ib Lund, 5. marts 2024</p>",
        "<div class=infoDateTime><span>05.03.2024</span>, <span>5 Min.</span></div>",
        "<span class=date>Publicat pe 5 martie 2024</span>",
        "<span class=date>Publié le 5 mars 2024 | Mis à jour le 7 avril 2024</span>",
        "<i class=date>Updated 7 April 2024</i> <i class=date>5 March 2024</i>",
        "<time>5 March 2024</time>",
        "<p id=pubdate>March 5, 2024</p>",
    ],
)
def test_a_date_may_be_written_for_readers(line):
    assert told(article(line)) == DAY


@pytest.mark.parametrize(
    "written", ["March 5, 2024 07:39", "05.03.2024 07:39", "5 marzo 2024, 07:39"]
)
def test_a_date_for_machines_may_be_written_for_readers(written):
    head = ld(**{"@type": "NewsArticle", "headline": "Ål", "datePublished": written})
    assert told(article(), head) == TOLD


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/2024/03/05/ål", DAY),
        ("/2024/3/5/ål", DAY),
        ("/da/2024-03-05-ål.html", DAY),
        ("/20240305/ål", DAY),
        ("/2024/13/05/ål", None),
        ("/2999/03/05/ål", None),
        ("/2024/03/ål", None),
        ("/a/20240305123/ål", None),
        ("/a/12024/03/05/ål", None),
        ("/ål?d=/2024/03/05/", None),
    ],
)
def test_the_address_may_tell_the_day(path, expected):
    assert told(article(), url=f"http://news.example.com{path}") == expected


def test_what_the_page_tells_counts_before_its_address():
    assert told(article(TIME), url="http://a.example/2020/01/01/ål") == TOLD
