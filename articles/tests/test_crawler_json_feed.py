import json
from datetime import UTC, datetime

import pytest

from articles.crawler.feeds.parse import MOST_ITEMS, ParseError, parse_feed

URL = "https://news.example.com/feed.json"
VERSION = "https://jsonfeed.org/version/1.1"
ITEM = {
    "id": "eel-1",
    "url": "/eel?utm_source=feed",
    "title": "Ålen er tilbage",
    "summary": "Fiskerne jubler.",
    "content_html": "<p>En</p><p>to</p>",
    "authors": [{"name": "Ib Lund"}, {"name": "Bo"}, {"url": "https://bo.example/"}],
    "image": "/eel.jpg",
    "tags": ["Natur", "Sport"],
    "date_published": "2026-11-02T10:00:00+01:00",
    "date_modified": "2026-11-02T12:00:00Z",
}
# Each in place of what should be there.
WRONG = [None, True, 7, -1.5, "x", [], {}, [[]], [{}], {"x": []}, [None, 7, "x"]]


def feed(*items, **more):
    document = {"version": VERSION, "title": "Fjordbladet", "items": items, **more}
    return json.dumps(document).encode()


def only(**facts):
    (found,) = parse_feed(feed({"url": "/a", **facts}), URL).items
    return found


def test_an_item_is_read():
    (found,) = parse_feed(feed(ITEM), URL).items
    assert (found.url, found.guid) == ("https://news.example.com/eel", "eel-1")
    assert (found.title, found.summary) == ("Ålen er tilbage", "Fiskerne jubler.")
    assert (found.authors, found.categories) == ("Ib Lund, Bo", ("Natur", "Sport"))
    assert found.published_at == datetime(2026, 11, 2, 9, tzinfo=UTC)
    assert found.updated_at == datetime(2026, 11, 2, 12, tzinfo=UTC)
    assert found.image_url == "https://news.example.com/eel.jpg"


def test_the_feed_tells_its_title_and_language():
    body = feed(ITEM, language="da-DK")
    document = parse_feed(b"\xef\xbb\xbf \n" + body, URL, "application/feed+json")
    assert (document.title, document.language) == ("Fjordbladet", "da")
    assert document.ttl_s is None


def test_version_1_is_read():
    body = feed(
        {"id": 7, "url": "/a", "author": {"name": "Ib"}},
        version="https://jsonfeed.org/version/1",
    )
    (found,) = parse_feed(body, URL).items
    assert (found.guid, found.authors) == ("7", "Ib")


def test_an_address_elsewhere_or_an_id_serves_where_there_is_no_other():
    assert only(url=None, external_url="https://b.example/").url == "https://b.example/"
    assert only(url="", id="https://b.example/7").url == "https://b.example/7"


def test_text_alone_is_the_summary():
    found = only(content_text="En &\nto")
    assert found.summary == "En & to"


def test_an_attached_image_is_an_image():
    files = [{"url": "/a.mp3", "mime_type": "audio/mpeg"}]
    files += [{"url": "/a.jpg", "mime_type": "image/jpeg"}]
    assert only(attachments=files).image_url == "https://news.example.com/a.jpg"


@pytest.mark.parametrize("wrong", WRONG)
@pytest.mark.parametrize("name", ITEM)
def test_a_fact_of_the_wrong_type_does_not_lose_the_item(name, wrong):
    facts = {**ITEM, "external_url": "/eel", name: wrong}
    (found,) = parse_feed(feed(facts), URL).items
    assert found.url.startswith("https://news.example.com/")
    assert {type(found.title), type(found.guid), type(found.authors)} == {str}


@pytest.mark.parametrize("wrong", WRONG)
@pytest.mark.parametrize("name", ["title", "language"])
def test_a_fact_of_the_wrong_type_does_not_lose_the_feed(name, wrong):
    assert len(parse_feed(feed(ITEM, **{name: wrong}), URL).items) == 1


@pytest.mark.parametrize(
    "body",
    [
        *(json.dumps({"version": VERSION, "items": wrong}) for wrong in WRONG if wrong),
        *(json.dumps({"version": VERSION, "items": wrong}) for wrong in (None, {})),
        json.dumps({"version": VERSION}),
        *(json.dumps({"version": wrong, "items": [ITEM]}) for wrong in WRONG),
        *(json.dumps(wrong) for wrong in ([], {}, [ITEM])),
        '{"version"',
        "{",
        "[",
        '{"items": [{"url": "/a"}]}',
        "[" * 1_000_000,
        f'{{"version": "{VERSION}", "items": {"[" * 1_000_000}',
        f'{{"version": "{VERSION}", "x": {"9" * 100_000}, "items": []}}',
    ],
)
def test_what_is_no_json_feed_is_refused(body):
    with pytest.raises(ParseError):
        parse_feed(body.encode(), URL)


def test_odd_items_do_not_lose_the_others():
    items = parse_feed(feed(*WRONG, ITEM), URL).items
    assert [item.guid for item in items] == ["eel-1"]


def test_a_line_break_in_a_string_does_no_harm():
    body = feed({"url": "/a", "title": "En to"}).replace(b"En to", b"En\n\tto")
    assert parse_feed(body, URL).items[0].title == "En to"


def test_half_a_character_is_dropped():
    assert only(title="En\ud800 to\x07").title == "En to"


def test_the_items_that_are_too_many_are_counted():
    items = [{"url": f"/{number}"} for number in range(MOST_ITEMS + 7)]
    document = parse_feed(feed(*items), URL)
    assert (len(document.items), document.left_out) == (MOST_ITEMS, 7)


def test_a_feed_may_have_no_items():
    document = parse_feed(feed(), URL)
    assert (document.title, document.items) == ("Fjordbladet", ())


def test_items_without_an_address_are_counted():
    document = parse_feed(
        feed({"url": "/a"}, {"title": "Ål"}, None, {"url": "/a"}), URL
    )
    assert (len(document.items), document.without_address) == (1, 2)
    assert document.repeated == 1


def test_titles_are_plain_text():
    for title in ("Das <table>-Element", "vector<int>", "<b>En</b> &amp; to", "a < b"):
        assert only(title=title).title == title


def test_html_is_the_summary_s_text():
    assert only(content_html="<p>En</p><p>to &amp; tre").summary == "En to & tre"
