import re
import threading
import time

import pytest

from articles.crawler.extract import ExtractError, extract
from articles.crawler.limit import TimeIsUp, time_limit
from articles.crawler.parse import ParseError, parse_feed

# What feedparser's pattern for e-mail addresses needs minutes for.
AUTHOR = "x" * 200_000
HOSTILE = (
    '<rss version="2.0"><channel><item><link>http://example.com/</link>'
    f"<author>{AUTHOR}</author></item></channel></rss>"
)


def test_a_body_in_time_is_left_alone():
    with time_limit(5):
        found = "done"
    assert found == "done"


def test_a_regular_expression_without_end_is_ended():
    with pytest.raises(TimeIsUp), time_limit(0.2):
        re.match(r"(a+)+$", "a" * 40 + "b")


def test_code_that_catches_everything_is_ended():
    with pytest.raises(TimeIsUp), time_limit(0.2):
        for _ in range(1000):
            try:
                time.sleep(0.05)
            except Exception:  # noqa: BLE001 - as some parsers do
                continue


def test_the_next_body_has_its_own_time():
    with time_limit(0.2):
        pass
    assert not threading.Event().wait(0.3)


def test_a_feed_that_takes_too_long_is_named(settings):
    settings.CRAWLER_PARSE_TIMEOUT_S = 1
    started = time.monotonic()
    with pytest.raises(ParseError, match="feed: took longer than 1 s"):
        parse_feed(HOSTILE.encode(), "http://example.com/feed")
    assert time.monotonic() - started < 5


def test_a_page_that_takes_too_long_is_named(settings):
    settings.CRAWLER_PARSE_TIMEOUT_S = 1
    page = b"<html><body><article>" + b"<p>kurz</p>" * 400_000
    with pytest.raises(ExtractError, match="page: took longer than 1 s"):
        extract(page, "http://example.com/page")
