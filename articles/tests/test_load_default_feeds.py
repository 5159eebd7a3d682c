from collections import Counter
from datetime import datetime
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.core.validators import URLValidator

from articles import defaults, demo_site
from articles.crawler.judge.fitness import judge, topics_for
from articles.languages import LANGUAGES
from articles.models import Feed, JudgeRule, Language, Topic
from articles.tests.factories import OURS
from articles.text import ArticleText, clean

pytestmark = pytest.mark.django_db

DEMO_ARTICLES = [
    pytest.param(code, article, id=f"{code}-{article['slug']}")
    for code, paper in demo_site.papers().items()
    for article in paper["articles"]
]


def load(**options):
    out = StringIO()
    call_command("load_default_feeds", stdout=out, **options)
    return out.getvalue().strip()


# --- the command


def test_it_loads_the_public_feeds():
    load()
    assert Feed.objects.count() == len(defaults.public_feeds())
    assert not any(map(demo_site.is_demo, Feed.objects.all()))


def test_it_loads_a_demo_feed_for_each_language():
    papers = demo_site.papers()
    assert load(demo=True) == f"{len(papers)} feeds added, 0 were there already"
    assert sorted(Feed.objects.values_list("language", flat=True)) == sorted(papers)
    assert all(map(demo_site.is_demo, Feed.objects.all()))


def test_loading_twice_is_harmless():
    load(demo=True)
    Feed.objects.update(title="Mit navn", active=False)
    number = Feed.objects.count()
    assert load(demo=True) == f"0 feeds added, {number} were there already"
    assert Feed.objects.filter(title="Mit navn", active=False).count() == number


def test_it_loads_only_the_languages_asked_for():
    load(language=["da", "sv"])
    assert set(Feed.objects.values_list("language", flat=True)) == {"da", "sv"}


@pytest.mark.parametrize("demo", [False, True])
def test_languages_that_are_not_there_yet_come_with_the_feeds_of_all(demo):
    Language.objects.filter(pk__in=["hu", "sv"]).delete()
    load(demo=demo)
    assert set(Feed.objects.values_list("language", flat=True)) >= set(OURS)
    assert Language.objects.learnable().count() == len(LANGUAGES)
    assert JudgeRule.objects.filter(language="hu").exists()


def test_an_unknown_language_is_refused_before_a_new_one_is_written():
    Language.objects.filter(pk="hu").delete()
    with pytest.raises(CommandError, match="unknown language xx; known: .*hu") as error:
        load(language=["hu", "xx"])
    assert error.value.returncode == 2
    assert not Language.objects.filter(pk="hu").exists()
    assert not Feed.objects.exists()


def test_a_newspaper_of_an_unknown_language_is_refused(monkeypatch):
    papers = {**demo_site.papers(), "xx": demo_site.papers()["da"]}
    monkeypatch.setattr(demo_site, "papers", lambda: papers)
    with pytest.raises(CommandError, match="unknown language xx"):
        load(demo=True)
    assert not Feed.objects.exists()


# --- the public feeds


def test_each_of_our_languages_has_three_public_feeds_or_more():
    counts = Counter(feed["language"] for feed in defaults.public_feeds())
    assert all(counts[code] >= 3 for code in OURS)


def test_the_addresses_of_the_public_feeds_are_valid():
    valid = URLValidator(schemes=["http", "https"])
    for feed in defaults.public_feeds():
        valid(feed["url"])
        Feed(title=feed["title"], url=feed["url"], language_id="da").full_clean()


def test_no_public_feed_is_listed_twice():
    urls = [feed["url"].lower().rstrip("/") for feed in defaults.public_feeds()]
    assert len(urls) == len(set(urls))


# --- topics and languages


def test_every_default_language_and_topic_is_valid():
    topics = [Topic(**row) for row in defaults.read("topics")]
    for row in [*map(defaults.language, LANGUAGES), *topics]:
        row.full_clean(validate_unique=False)


def test_keywords_can_match():
    for topic in defaults.read("topics"):
        assert topic["keywords"] == sorted(
            {k.strip().lower() for k in topic["keywords"]}
        )


def test_a_keyword_belongs_to_one_topic():
    words = Counter(k for topic in defaults.read("topics") for k in topic["keywords"])
    assert [word for word, topics in words.items() if topics > 1] == []


# --- the demo site


def test_there_is_a_demo_newspaper_for_each_of_our_languages():
    assert set(OURS) <= demo_site.papers().keys() <= LANGUAGES.keys()


def test_a_demo_newspaper_has_three_articles_or_more_under_their_own_addresses():
    for paper in demo_site.papers().values():
        places = {(article["topic"], article["slug"]) for article in paper["articles"]}
        assert len(places) == len(paper["articles"]) >= 3


def test_demo_feeds_come_in_both_formats():
    formats = {paper["format"] for paper in demo_site.papers().values()}
    assert formats == {"rss", "atom"}


@pytest.mark.parametrize("code, article", DEMO_ARTICLES)
def test_a_demo_article_is_worth_reading(code, article):
    tags = {tag for tag, _ in article["blocks"]}
    text = ArticleText("", "", tuple(map(tuple, article["blocks"])))
    assert text.word_count >= 120
    assert {"p", "h2", "blockquote"} <= tags
    assert judge(text, language=code).reason == ""


@pytest.mark.parametrize("code, article", DEMO_ARTICLES)
def test_a_demo_article_is_clean_and_dated(code, article):
    texts = [article["title"], article["summary"], article["author"]]
    texts += [text for _, text in article["blocks"]]
    # French and others put no-break spaces before units and punctuation.
    texts = [text.replace("\u00a0", " ").replace("\u202f", " ") for text in texts]
    assert texts == [clean(text) for text in texts]
    assert datetime.fromisoformat(article["published"]).tzinfo


@pytest.mark.parametrize("code, article", DEMO_ARTICLES)
def test_a_demo_article_has_its_own_topic_and_no_other(code, article):
    topics = list(Topic.objects.all())
    url = f"{demo_site.base_url()}/{code}/{article['topic']}/{article['slug']}.html"
    for categories in ([article["category"]], []):
        found = topics_for(categories, url, topics)
        assert [topic.slug for topic in found] == [article["topic"]]


@pytest.mark.parametrize("code, article", DEMO_ARTICLES)
def test_the_category_of_a_demo_article_alone_names_its_topic(code, article):
    topics = list(Topic.objects.all())
    found = topics_for([article["category"]], "https://news.example.com/a", topics)
    assert [topic.slug for topic in found] == [article["topic"]]


@pytest.mark.django_db
def test_the_demo_feeds_follow_the_site_to_another_port(settings):
    call_command("load_default_feeds", demo=True, stdout=StringIO())
    settings.DEMO_SITE_PORT += 1
    call_command("load_default_feeds", demo=True, stdout=StringIO())
    urls = set(Feed.objects.values_list("url", flat=True))
    assert urls == {feed["url"] for feed in demo_site.feeds()}
