from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from articles.models import Feed
from articles.tests.factories import make_feed

pytestmark = pytest.mark.django_db

URL = "https://news.example.com/feed.xml"


def add_feed(url=URL, language="da", **options):
    out = StringIO()
    call_command("add_feed", url, language=language, stdout=out, **options)
    return out.getvalue()


def refused(*args, **options):
    """The message of an add_feed that has to be refused with exit code 2."""
    with pytest.raises(CommandError) as caught:
        add_feed(*args, **options)
    assert caught.value.returncode == 2
    assert not Feed.objects.exists()
    return str(caught.value)


def test_it_adds_a_feed_and_says_how_to_crawl_it():
    out = add_feed(title="Fjordbladet")
    feed = Feed.objects.get(url=URL)
    assert (feed.title, feed.language_id, feed.active) == ("Fjordbladet", "da", True)
    assert f"manage.py crawl --feed {feed.pk}" in out


def test_adding_a_feed_twice_is_harmless():
    add_feed(title="Fjordbladet")
    out = add_feed(title="Et andet navn", language="sv")
    feed = Feed.objects.get()
    assert (feed.title, feed.language_id) == ("Fjordbladet", "da")
    assert f"Feed {feed.pk} has this address already" in out


def test_a_feed_that_was_switched_off_stays_off():
    make_feed(url=URL, active=False)
    add_feed()
    assert not Feed.objects.get().active


@pytest.mark.parametrize(
    "url",
    [
        *("javascript:alert(1)", "ftp://news.example.com/feed", "file:///etc/passwd"),
        *("news.example.com/feed", "http://", "https://no spaces/", "nonsense", ""),
        f"https://news.example.com/{'x' * 500}",
    ],
)
def test_what_is_no_web_address_is_refused_with_the_reason(url):
    assert refused(url).startswith(f"{url}: url: ")


def test_an_unknown_language_is_refused_with_the_known_ones():
    message = refused(language="xx")
    assert "unknown language xx" in message
    assert "da, de, el" in message


def test_a_title_that_is_too_long_is_refused():
    assert "title: " in refused(title="x" * 201)


def test_a_language_has_to_be_given():
    with pytest.raises(CommandError, match="--language"):
        call_command("add_feed", URL)
