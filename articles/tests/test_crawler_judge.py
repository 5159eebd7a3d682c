import pytest

from articles.crawler.judge import judge, topics_for
from articles.models import Article, Topic
from articles.text import ArticleText

TOPICS = [
    Topic(slug="sport", keywords=["sport", "idræt"]),
    Topic(slug="science", keywords=["science", "natur & teknik"]),
]


def text_of(words, fragments=2):
    first = ("p", "ord " * (words - fragments + 1))
    return ArticleText("Titel", "", (first, *[("p", "ord")] * (fragments - 1)))


def topics(categories=(), url="https://news.example.com/a"):
    return [topic.slug for topic in topics_for(categories, url, TOPICS)]


@pytest.mark.parametrize(
    "words, reason",
    [
        (89, Article.Broken.TOO_SHORT),
        (90, ""),
        (10_000, ""),
        (10_001, Article.Broken.TOO_LONG),
    ],
)
def test_an_article_has_90_to_10000_words(words, reason):
    text = text_of(words)
    assert text.word_count == words
    assert judge(text) == reason


def test_the_title_and_summary_do_not_count():
    text = ArticleText("ord " * 90, "ord " * 90, (("p", "ord"),))
    assert judge(text) == Article.Broken.TOO_SHORT


def test_an_article_without_fragments_has_no_text():
    assert judge(ArticleText("Titel", "Resumé", ())) == Article.Broken.NO_TEXT


@pytest.mark.parametrize("category", ["sport", "Sport", "IDRÆT"])
def test_a_category_of_the_feed_names_a_topic(category):
    assert topics([category, "Lokalt"]) == ["sport"]


@pytest.mark.parametrize(
    "url", ["https://news.example.com/Sport/a", "https://news.example.com/sport"]
)
def test_a_part_of_the_url_names_a_topic(url):
    assert topics(url=url) == ["sport"]


@pytest.mark.parametrize(
    "url",
    [
        "https://sport/a",
        "https://news.example.com/transport/a",
        "https://news.example.com/a?section=/sport/",
    ],
)
def test_a_host_a_part_of_a_word_and_a_parameter_name_none(url):
    assert topics(url=url) == []


def test_an_article_may_have_several_topics():
    assert topics(["Natur & Teknik", "Idræt"]) == ["sport", "science"]


def test_without_a_keyword_there_is_no_topic():
    assert topics(["", "Lokalt"]) == []
