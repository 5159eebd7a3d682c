"""A feed that brings what is another publisher's: the real command, two web servers."""

import pytest

from articles.crawler.judge.sites import outranks, site_of
from articles.models import Article, Feed
from articles.tests.factories import make_feed
from articles.tests.news import page_of
from articles.tests.web import Web
from tokenization.models import TokenizationCache

LURE = "Klik her, og vind en bil"


@pytest.fixture
def other_web():
    with Web() as server:
        yield server


@pytest.fixture(autouse=True)
def allowed(settings, crawl, web, other_web):
    settings.CRAWLER_ALLOWED_HOSTS = frozenset({web.host_port, other_web.host_port})


def feed_of(link, title, more=""):
    item = f"<item><title>{title}</title><link>{link}</link>{more}</item>"
    return f"<rss version='2.0'><channel><title>Avis</title>{item}</channel></rss>"


def publish_both(paper, stranger, link=None, page=None, own_link="/a"):
    """The paper's feed with its own article, and the stranger's with a way to it."""
    paper.add("/a", page or page_of("a"))
    paper.add("/feed", feed_of(own_link, "Om a"))
    link = link or stranger.redirect("/lure", paper.url("/a"))
    facts = f"<description>{LURE}!</description><author>Svindler</author>"
    stranger.add("/feed", feed_of(link, LURE, facts))
    return make_feed(url=paper.url("/feed")), make_feed(url=stranger.url("/feed"))


def the_article():
    return Article.objects.listed().get()


@pytest.mark.django_db
@pytest.mark.parametrize("is_redirect", [True, False])
def test_a_stranger_s_item_has_the_page_s_title_and_address(
    crawl, web, other_web, is_redirect
):
    link = None if is_redirect else web.url("/a")
    _, stranger = publish_both(web, other_web, link)
    crawl(feed=[stranger.pk])
    article = the_article()
    assert (article.title, article.url) == ("Om a", web.url("/a"))
    assert LURE not in article.summary
    assert article.authors == "Svindler"  # the page names nobody


@pytest.mark.django_db
@pytest.mark.parametrize("link", [None, "/a", "/a?ref=lure"])
def test_the_paper_s_own_feed_takes_its_article_back(crawl, web, other_web, link):
    web.add("/a?ref=lure", page_of("a"))
    link = link and web.url(link)
    paper, stranger = publish_both(web, other_web, link)
    crawl(feed=[stranger.pk])
    before = the_article()
    done = crawl(feed=[paper.pk])
    article = the_article()
    assert done.counts == (1, 1, 0)
    assert (article.pk, article.feed, article.url) == (before.pk, paper, web.url("/a"))
    assert article.fragments.count() == before.fragments.count()
    cache = TokenizationCache.objects.get(article=article)
    assert cache.text_hash == article.text_hash
    # Neither fetches it again, and it stays where it belongs.
    Feed.objects.update(etag="", last_modified="", content_hash="")
    asked = len(web.paths())
    assert crawl().counts == (2, 0, 2)
    assert web.paths()[asked:].count("/a") == 0
    assert the_article().feed == paper


@pytest.mark.django_db
def test_a_stranger_takes_nothing_from_the_paper(crawl, web, other_web):
    paper, stranger = publish_both(web, other_web)
    crawl(feed=[paper.pk])
    before = vars(the_article())
    assert crawl(feed=[stranger.pk]).counts == (1, 0, 1)
    after = vars(the_article())
    assert {**after, "_state": 0} == {**before, "_state": 0}


@pytest.mark.django_db
def test_what_an_admin_has_hidden_stays_hidden(crawl, web, other_web):
    paper, stranger = publish_both(web, other_web)
    crawl(feed=[stranger.pk])
    Article.objects.update(broken=Article.Broken.HIDDEN)
    crawl(feed=[paper.pk])
    article = Article.objects.get()
    assert (article.feed, article.broken) == (paper, "hidden")


@pytest.mark.django_db
def test_a_feed_whose_server_redirects_to_the_paper_is_the_paper_s(
    crawl, web, other_web
):
    paper, _ = publish_both(web, other_web, own_link=web.url("/a"))
    Feed.objects.filter(pk=paper.pk).delete()
    hosted = make_feed(url=other_web.redirect("/hosted", web.url("/feed")))
    crawl()
    assert the_article().feed == hosted
    assert crawl(feed=[hosted.pk]).counts[1] == 0


@pytest.mark.django_db
def test_a_link_to_another_publisher_is_known_to_both(crawl, web, other_web):
    """It is not fetched again at each visit: it never was the linking site's."""
    paper, stranger = publish_both(web, other_web)
    crawl()
    Feed.objects.update(etag="", last_modified="", content_hash="")
    asked = len(other_web.paths())
    assert crawl().counts == (2, 0, 2)
    assert "/lure" not in other_web.paths()[asked:]


@pytest.mark.parametrize(
    "url, site",
    [
        ("https://www.news.example.co.uk/a", "example.co.uk"),
        ("https://rss.example.com:8080/feed", "example.com"),
        ("https://one.blogspot.com/", "one.blogspot.com"),
        ("http://127.0.0.1:8000/a", "127.0.0.1:8000"),
        ("http://localhost/a", "localhost"),
        ("https://www.intranet/a", "intranet"),
        ("https://user:pass@example.org@evil.com/", "evil.com"),
        ("https://[::1/", ""),
        ("nothing", ""),
        ("", ""),
    ],
)
def test_a_site_is_what_somebody_registered(url, site):
    assert site_of(url) == site


def test_giving_away_subdomains_makes_no_one_site():
    assert not outranks("https://a.github.io/x", ["https://b.github.io/feed"], [])
    assert not outranks("nothing", [""], [])
    assert outranks("https://www.a.com/x", ["https://rss.a.com/"], ["https://b.com/"])
    assert not outranks("https://a.com/x", ["https://a.com/"], ["https://news.a.com"])
