from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from articles.crawler.feeds.parse import Item
from articles.crawler.judge.draft import Standards, make_draft, published, shortened

LONG = "Fiskerne ved fjorden har ventet længe på, at ålen skulle komme tilbage. "
URL = "http://news.example.com/a"


def drafted(title, heading):
    """The Draft of an item with this title, whose page has this heading."""
    item = Item(URL, "", title, "", "", "", None, ())
    page = f"<article><h1>{heading}</h1><p>{LONG * 3}</p></article>"
    return make_draft(item, page.encode(), URL, "text/html", Standards("da"))


@pytest.mark.parametrize(
    ("title", "heading", "expected"),
    [
        ("Sild", "Ål", "Sild"),
        ("&nbsp;", "Ål", "Ål"),
        ("&foo; &bar;", "Ål", "Ål"),
        ("", "&foo;", (LONG * 3).strip()),
        ("Ål &foo; sild", "Ål", "Ål &foo; sild"),
    ],
)
def test_a_title_without_words_is_none(title, heading, expected):
    assert drafted(title, heading).text.title == expected


def test_without_a_date_an_article_is_of_the_time_of_its_crawl():
    found = drafted("Ål", "Ål").published_at
    assert abs(found - timezone.now()) < timedelta(minutes=1)


def test_the_feed_says_when_an_article_was_published():
    moment = datetime(2026, 5, 1, 12, tzinfo=UTC)
    assert published(moment) == moment


@pytest.mark.parametrize(
    "moment",
    [None, datetime(1, 1, 1, tzinfo=UTC), timezone.now() + timedelta(days=400)],
)
def test_a_time_that_can_not_be_true_is_now(moment):
    assert abs(published(moment) - timezone.now()) < timedelta(minutes=1)


def test_a_long_summary_is_cut_between_words():
    short = shortened("ord " * 200)
    assert short.endswith("ord …")
    assert len(short) <= 300


def test_a_summary_of_one_long_word_keeps_its_beginning():
    assert shortened("x" * 400) == "x" * 299 + "…"
