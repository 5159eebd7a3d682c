import re
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs

import orjson
import pytest
from django.urls import reverse
from django.utils import timezone
from lxml import html

from articles.languages import LANGUAGES
from articles.models import Article, Topic
from articles.search import index
from articles.search.terms import terms_of
from articles.services import refresh_text_facts
from articles.tests.factories import make_article, make_feed
from learners.dictionaries.tests.factories import make_dictionary
from learners.pages import reading
from tokenization import services
from tokenization.models import TokenizationCache
from tokenization.stanza import tokens
from tokenization.stanza.engine import Engine

pytestmark = pytest.mark.django_db

HOSTILE = '<script>alert("1")</script><img src=x onerror=alert(2)> {{ 7 }}'


def block(text, *, one_sentence=False):
    """A block of tokens as the tokenizer would make it, by a rule of thumb."""
    sentences = [
        [word.span() for word in re.compile(r"[\w-]+|\S").finditer(text, *part.span())]
        for part in re.finditer(r"[^.!?]+[.!?»]*", text)
    ]
    return orjson.dumps(tokens.to_block(text, sentences, one_sentence=one_sentence))


def add_tokens(article):
    text = article.text()
    body = tuple(block(part) for _, part in text.fragments)
    title = block(text.title, one_sentence=True)
    prepared = services.Prepared(text, title, block(text.summary), body, "fake", 1)
    prepared.save(article.pk, list(article.fragments.values_list("pk", flat=True)))


def make_articles(number, **facts):
    """Articles of one feed, the first the newest."""
    feed, now = make_feed(**facts), timezone.now()
    times = (now - timedelta(hours=n) for n in range(number))
    return [make_article(feed=feed, published_at=time) for time in times]


@pytest.fixture
def open_page(client):
    """Get a page, which must answer 200, as an lxml tree."""

    def get(name, *args, **query):
        response = client.get(reverse(f"learners:{name}", args=args, query=query))
        assert response.status_code == 200
        return html.fromstring(response.content.decode())

    return get


@pytest.fixture
def open_article(open_page):
    return lambda article: open_page("article", article.language_id, article.pk)


def by_class(page, name):
    return page.xpath(f"//*[contains(concat(' ', @class, ' '), ' {name} ')]")


def texts(elements):
    return [" ".join(element.text_content().split()) for element in elements]


def titles(page):
    return texts(page.xpath("//h3"))


def blocks(page):
    leaves = "self::p or self::h2 or self::h3 or self::h4 or self::li"
    return page.xpath(f"//div[@class='body']//*[{leaves} or self::blockquote]")


# --- home -------------------------------------------------------------------


def test_home_counts_the_listed_articles_of_each_language(open_page):
    make_articles(2, language="da")
    make_article(language="sv")
    make_article(language="sv", broken="no_text")
    tiles = texts(by_class(open_page("home"), "tile"))
    assert len(tiles) == len(LANGUAGES)
    assert "dansk Danish 2 articles" in tiles
    assert "svenska Swedish 1 article" in tiles


def test_home_dims_languages_without_articles(open_page):
    make_article(language="da")
    empty = by_class(open_page("home"), "empty")
    assert len(empty) == len(LANGUAGES) - 1
    assert "no articles yet" in empty[0].text_content()


def test_home_shows_the_20_newest_articles_of_all_languages(open_page):
    articles = make_articles(15, language="da") + make_articles(15, language="sv")
    articles.sort(key=lambda article: article.published_at, reverse=True)
    assert titles(open_page("home")) == [article.title for article in articles[:20]]


def test_home_says_so_when_there_is_nothing(open_page):
    assert by_class(open_page("home"), "nothing")


def test_home_takes_three_queries_however_much_there_is(
    client, django_assert_num_queries
):
    for article in make_articles(5, language="da") + make_articles(5, language="el"):
        article.topics.set(Topic.objects.all()[:2])
    with django_assert_num_queries(3):
        client.get(reverse("learners:home"))


# --- search -----------------------------------------------------------------


@pytest.fixture
def find(open_page):
    """The titles of a page of what is found."""
    return lambda words, **query: titles(open_page("search", q=words, **query))


def findable(**facts):
    article = make_article(**facts)
    terms = terms_of(article.text(), article.language_id)
    index.save(article.pk, article.text_hash, terms)
    return article


def test_every_list_has_a_search_field_that_needs_no_script(open_page):
    for page in (open_page("home"), open_page("language", "da"), open_page("search")):
        [form] = page.xpath("//form[@role='search']")
        assert form.get("action") == reverse("learners:search")
        assert form.xpath(".//input[@name='q'][@id=//label/@for]")
        assert form.xpath(".//button[@type='submit']")


def test_the_field_of_a_language_searches_in_that_language(open_page):
    [field] = open_page("language", "da").xpath("//input[@name='language']")
    assert field.get("value") == "da"


def test_what_is_found_is_shown_with_what_was_typed(open_page):
    findable(title="Hund & kat")
    findable(title="Ulv")
    page = open_page("search", q='"hund & kat"', language="da")
    assert titles(page) == ["Hund & kat"]
    [field] = page.xpath("//input[@name='q']")
    assert field.get("value") == '"hund & kat"'
    [chosen] = page.xpath("//option[@selected]")
    assert chosen.get("value") == "da"


def test_a_search_in_one_language_finds_no_other(find):
    findable(title="Hund")
    findable(title="Der Hund", language="de")
    assert find("hund", language="de") == ["Der Hund"]


def test_nothing_found_is_told_with_what_to_do(open_page):
    [text] = texts(by_class(open_page("search", q="findesikke"), "nothing"))
    assert "in all their forms" in text
    page = open_page("search", q="100% x", language="da")
    assert page.xpath("//a[@href='?q=100%25%20x']")


# MySQL's index knows what was committed, and nothing else.
@pytest.mark.django_db(transaction=True)
def test_what_has_only_most_of_the_words_is_told_as_that(open_page):
    findable(title="Hund")
    [text] = texts(by_class(open_page("search", q="hund findesikke"), "note"))
    assert text == "No article has all of this. These have most of it."
    assert not by_class(open_page("search", q="hund"), "note")


@pytest.mark.parametrize("words", ["!!!", "%", "()"])
def test_what_has_no_word_in_it_is_told(open_page, words):
    [text] = texts(by_class(open_page("search", q=words), "nothing"))
    assert "no word in this" in text


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("/search/", {"q": "\0hund\x1b"}),
        ("/search/", {"q": "hund\0", "after": "x\0"}),
        ("/search/", {"q": "hund", "language": "\0xx"}),
        ("/read/da/", {"before": "\0x\x7f"}),
        ("/read/%00xx/", {}),
    ],
)
def test_what_nobody_can_see_is_no_part_of_a_page(client, path, query):
    response = client.get(path, query)
    assert not re.search(r"[\0-\x08\x0e-\x1f\x7f]", response.text)


def test_what_was_found_goes_on_over_the_page(open_page):
    pks = [findable(title=f"Hund {n}").pk for n in range(25)]
    page = open_page("search", q="hund")
    findable(title="Hund og ny", published_at=datetime(2000, 1, 1, tzinfo=UTC))
    [more] = page.xpath("//a[@rel='next']/@href")
    after = parse_qs(more.removeprefix("?"))["after"][0]
    rest = open_page("search", q="hund", after=after)
    assert len({*titles(page), *titles(rest)}) == len(pks)
    assert not rest.xpath("//a[@rel='next']")


@pytest.mark.parametrize("after", ["x", "1", "1_", "9" * 18 + "_1", "1_1_1", "_"])
def test_a_wrong_place_to_go_on_from_is_refused_by_name(client, after):
    response = client.get(reverse("learners:search"), {"q": "hund", "after": after})
    assert response.status_code == 400
    assert "after" in response.text


def test_search_in_an_unknown_language_is_not_found(client):
    response = client.get(reverse("learners:search"), {"q": "hund", "language": "xx"})
    assert response.status_code == 404


def test_a_page_of_what_was_found_takes_five_queries(
    client, django_assert_max_num_queries
):
    for _ in range(3):
        findable(title="Hund")
    client.get(reverse("learners:search"))
    with django_assert_max_num_queries(5):
        client.get(reverse("learners:search"), {"q": "hund"})


def test_hostile_words_are_shown_as_text(open_page):
    page = open_page("search", q=HOSTILE)
    assert not page.xpath("//script[not(@src)] | //img[@src='x']")


# --- language ---------------------------------------------------------------


def test_a_language_shows_its_articles_newest_first(open_page):
    newest, older = make_articles(2, language="da")
    make_article(language="sv")
    assert titles(open_page("language", "da")) == [newest.title, older.title]


def test_broken_articles_are_never_listed(open_page):
    make_article(broken="too_short")
    assert titles(open_page("language", "da")) == []
    assert titles(open_page("home")) == []


def test_older_links_lead_through_all_articles_once(client, open_page):
    # All at the same moment: then the id decides.
    moment = timezone.now()
    made = [make_article(published_at=moment).title for _ in range(45)]
    page, seen = open_page("language", "da"), []
    while older := page.xpath("//a[@rel='next']/@href"):
        seen += titles(page)
        page = html.fromstring(client.get(f"/read/da/{older[0]}").content.decode())
    assert seen + titles(page) == made[::-1]


def test_a_page_shows_20_articles(open_page):
    make_articles(21)
    assert len(titles(open_page("language", "da"))) == 20


def test_there_is_no_older_link_when_nothing_is_older(open_page):
    make_articles(20)
    assert not open_page("language", "da").xpath("//a[@rel='next']")


@pytest.mark.parametrize("value", ["", "abc", "-1", "1.5", "9" * 5000, "٣", "987654"])
def test_a_before_that_is_no_article_is_named_in_a_400_page(client, value):
    url = reverse("learners:language", args=["da"], query={"before": value})
    response = client.get(url)
    assert response.status_code == 400
    assert "The parameter “before” must be" in response.content.decode()


def test_before_takes_articles_of_the_language_only(client):
    swedish = make_article(language="sv")
    url = reverse("learners:language", args=["da"], query={"before": swedish.pk})
    assert client.get(url).status_code == 400


def test_a_language_that_nothing_is_in_has_no_page(client):
    answer = client.get("/tr/")
    assert answer.status_code == 404
    assert "Turkish" not in answer.text


def test_an_unknown_language_answers_404_and_says_which_there_are(client):
    response = client.get(reverse("learners:language", args=["xx"]))
    assert response.status_code == 404
    page = html.fromstring(response.content.decode())
    assert "no language “xx”" in page.text_content()
    assert "/read/no/" in page.xpath("//main//a/@href")


@pytest.mark.parametrize("number", [3, 25])
def test_a_language_takes_two_queries_however_long_it_is(
    client, django_assert_num_queries, number
):
    articles = make_articles(number)
    for article in articles:
        article.topics.set(Topic.objects.all()[:3])
    query = {"before": articles[0].pk}
    with django_assert_num_queries(2):
        client.get(reverse("learners:language", args=["da"]))
    with django_assert_num_queries(2):
        client.get(reverse("learners:language", args=["da"], query=query))


@pytest.mark.parametrize(("name", "args"), [("home", []), ("language", ["da"])])
def test_lists_do_not_touch_the_token_cache(
    client, django_assert_max_num_queries, name, args
):
    add_tokens(make_article())
    with django_assert_max_num_queries(4) as captured:
        client.get(reverse(f"learners:{name}", args=args))
    sql = " ".join(query["sql"] for query in captured.captured_queries)
    assert "articles_article" in sql
    assert "tokenizationcache" not in sql


def test_a_language_counts_no_articles(client, django_assert_num_queries):
    make_article()
    with django_assert_num_queries(2) as captured:
        client.get(reverse("learners:language", args=["da"]))
    assert not any("COUNT(" in query["sql"] for query in captured.captured_queries)


# --- cards ------------------------------------------------------------------


def test_a_card_tells_source_age_and_reading_time(open_page):
    feed = make_feed(title="Avisen")
    moment = timezone.now() - timedelta(days=3)
    make_article(feed=feed, published_at=moment, word_count=400)
    (meta,) = texts(by_class(open_page("language", "da"), "meta"))
    assert meta == "Avisen 3 days ago 3 min"


def test_a_card_has_the_full_time_for_people_and_machines(open_page):
    moment = datetime(2026, 5, 4, 13, 7, tzinfo=UTC)
    make_article(published_at=moment)
    (time,) = open_page("language", "da").xpath("//time")
    assert time.get("datetime") == "2026-05-04T13:07:00+00:00"
    assert time.get("title") == "4 May 2026, 13:07 UTC"


def test_an_article_from_the_future_is_just_now(open_page):
    make_article(published_at=timezone.now() + timedelta(days=2))
    assert texts(open_page("language", "da").xpath("//time")) == ["just now"]


def test_a_card_shows_summary_and_topics(open_page):
    make_article(summary="Kort.", topics=[Topic.objects.get(slug="science")])
    page = open_page("language", "da")
    assert texts(by_class(page, "summary")) == ["Kort."]
    assert texts(page.xpath("//ul[@class='topics']/li")) == ["Science"]


def test_a_card_loads_its_image_late_and_tells_nobody_where(open_page):
    make_article(image_url="https://img.example.com/1.jpg")
    (image,) = open_page("language", "da").xpath("//main//img")
    assert image.get("src") == "https://img.example.com/1.jpg"
    assert (image.get("loading"), image.get("referrerpolicy")) == (
        "lazy",
        "no-referrer",
    )


def test_a_card_names_the_language_of_its_texts(open_page):
    make_article(language="no", summary="Kort.")
    page = open_page("home")
    assert page.xpath("//h3/@lang") == ["nb"]
    assert by_class(page, "summary")[0].get("lang") == "nb"


def test_markup_of_a_feed_is_shown_as_text_in_lists(open_page):
    make_article(title=HOSTILE, summary=HOSTILE, feed=make_feed(title=HOSTILE))
    page = open_page("home")
    assert titles(page) == [HOSTILE]
    assert not page.xpath("//main//script | //main//img")


# --- article ----------------------------------------------------------------

BODY = [
    ("p", "»Hej!« sagde hun. Kl. 8.10 (ca.) kom 3 børn – og så?"),
    ("h2", "Et godt råd"),
    ("li", "Brød, smør"),
    ("li", "Æg"),
    ("p", "Så er der mad."),
    ("blockquote", "Det smager, siger han."),
]


@pytest.fixture
def prepared():
    article = make_article(BODY, title="Mad, nu!", summary="Børn laver mad.")
    add_tokens(article)
    return article


def test_each_block_has_exactly_the_stored_text(open_article, prepared):
    found = [element.text_content() for element in blocks(open_article(prepared))]
    assert found == [text for _, text in BODY]


def test_each_block_is_the_element_it_was(open_article, prepared):
    found = [element.tag for element in blocks(open_article(prepared))]
    assert found == ["p", "h2", "li", "li", "p", "blockquote"]


def test_list_items_in_a_row_share_a_list(open_article, prepared):
    lists = open_article(prepared).xpath("//div[@class='body']/ul")
    assert [texts(ul.xpath("li")) for ul in lists] == [["Brød, smør", "Æg"]]


def test_each_word_has_an_element_inside_its_sentence(open_article, prepared):
    (block,) = open_article(prepared).xpath("//blockquote")
    assert texts(block.xpath("span[@class='s']/span[@class='w']")) == [
        "Det",
        "smager",
        "siger",
        "han",
    ]
    assert texts(block.xpath("span[@class='s']/span[@class='p']")) == [",", "."]


def test_numbers_are_not_words(open_article, prepared):
    numbers = by_class(open_article(prepared), "n")
    assert "3" in texts(numbers)


def test_title_and_summary_have_words_too(open_article, prepared):
    page = open_article(prepared)
    (title,), (lead,) = page.xpath("//h1"), by_class(page, "lead")
    assert title.text_content() == "Mad, nu!"
    assert texts(title.xpath(".//span[@class='w']")) == ["Mad", "nu"]
    assert texts(lead.xpath(".//span[@class='w']")) == ["Børn", "laver", "mad"]


def test_heading_levels_are_never_skipped(open_article):
    tags = ["h4", "h6", "h1", "h3", "p"]
    page = open_article(make_article([(tag, "Tekst") for tag in tags]))
    assert [element.tag for element in blocks(page)] == ["h2", "h3", "h2", "h3", "p"]


def test_texts_are_in_the_language_of_the_article(open_article):
    page = open_article(make_article(language="no"))
    assert page.xpath("//h1/@lang") == ["nb"]
    assert by_class(page, "body")[0].get("lang") == "nb"


def test_without_tokens_the_text_is_plain_and_a_note_says_why(open_article):
    page = open_article(make_article(BODY))
    assert [element.text_content() for element in blocks(page)] == [t for _, t in BODY]
    assert not by_class(page, "w")
    assert "once this article has been prepared" in by_class(page, "note")[0].text


def test_with_tokens_there_is_no_note(open_article, prepared):
    assert not by_class(open_article(prepared), "note")


def test_no_request_waits_for_the_tokenizer(open_article, monkeypatch):
    monkeypatch.setattr(Engine, "tokenize", lambda *_: pytest.fail("tokenizer used"))
    open_article(make_article(BODY))


def test_tokens_of_an_older_title_do_not_replace_the_title(open_article, prepared):
    TokenizationCache.objects.update(title=block("Gammel titel").decode())
    assert texts(open_article(prepared).xpath("//h1")) == ["Mad, nu!"]


def test_an_edited_body_is_shown_at_once(open_article, prepared):
    prepared.fragments.filter(position=4).update(text="Så er der ikke mad.")
    refresh_text_facts(prepared)
    page = open_article(prepared)
    found = [element.text_content() for element in blocks(page)]
    assert found[4] == "Så er der ikke mad."
    assert len(found) == len(BODY)
    # What has not changed keeps its words.
    assert texts(page.xpath("//blockquote//span[@class='w']"))[0] == "Det"


@pytest.mark.parametrize("tokenized", [True, False])
def test_markup_of_a_feed_is_shown_as_text_in_an_article(open_article, tokenized):
    article = make_article([("p", HOSTILE)], title=HOSTILE, authors=HOSTILE)
    if tokenized:
        add_tokens(article)
    page = open_article(article)
    assert blocks(page)[0].text_content() == HOSTILE
    assert page.xpath("//title")[0].text_content() == f"{HOSTILE} · Zeeguu"
    assert not page.xpath("//main//script | //main//img")


def test_the_byline_names_authors_and_source(open_article):
    article = make_article(authors="Ida Holm", feed=make_feed(title="Avisen"))
    (meta,) = texts(by_class(open_article(article), "meta"))
    assert meta == "Ida Holm Avisen just now 1 min"


def test_the_original_opens_apart_and_learns_nothing_of_us(open_article, prepared):
    url = prepared.url
    (link,) = open_article(prepared).xpath("//main//a[@href=$url]", url=url)
    assert link.get("rel") == "noopener noreferrer"
    assert link.get("target") == "_blank"


def test_an_article_takes_one_query_and_those_like_it_three(
    client, prepared, stub, django_assert_max_num_queries
):
    url = reverse("learners:article", args=["da", prepared.pk])
    others = [make_article(fragments=[("p", "Hej med dig.")]) for _ in range(3)]
    services.fill([prepared, *others])
    with django_assert_max_num_queries(4):
        client.get(url)
    with django_assert_max_num_queries(2):  # those like it are known for a while
        client.get(url)


def test_an_article_leads_to_others_like_it(open_article, stub):
    words = [f"ord{letter}" for letter in "abcdefghi"]
    texts = [words[:6], words[3:], ["noget", "helt", "andet"]]
    one, like_it, other = (
        make_article(fragments=[("p", " ".join(text))], title=text[0]) for text in texts
    )
    services.fill([one, like_it, other])
    links = by_class(open_article(one), "similar")[0].xpath(".//a")
    assert [link.get("href") for link in links] == [
        reverse("learners:article", args=["da", like_it.pk])
    ]
    assert [link.text for link in links] == [like_it.title]
    assert not by_class(open_article(other), "similar")


def test_words_can_be_translated_into_the_languages_that_have_dictionaries(
    open_article, prepared
):
    make_dictionary(target="en")
    make_dictionary(target="en", name="another")
    make_dictionary(target="no")
    make_dictionary(target="sv", is_published=None)
    make_dictionary(source="sv", target="de")
    [menu] = open_article(prepared).xpath("//main//select")
    offered = {one.get("value"): one.text for one in menu.xpath("option[@lang]")}
    assert offered == {"en": "English", "no": "norsk"}
    assert menu.xpath("option/@lang") == ["en", "nb"]


def test_members_of_a_group_are_marked(open_article, prepared):
    verb = {"text": "Læg", "has_space": True, "lemma": "lægge"}
    particle = {"text": "væk", "has_space": False, "lemma": "lægge væk"}
    group = {"mwe_group_id": 3, "lemma": "lægge væk"}
    sentence = [{**verb, **group}, {**particle, **group}]
    TokenizationCache.objects.update(title=orjson.dumps([[sentence]]).decode())
    Article.objects.update(title="Læg væk")
    words = open_article(prepared).xpath("//h1//span[@class='w']")
    assert [word.get("data-group") for word in words] == ["3", "3"]
    assert [word.get("data-lemma") for word in words] == ["lægge væk"] * 2


@pytest.mark.parametrize("facts", [{"broken": "no_text"}, {"language": "sv"}])
def test_broken_articles_and_those_of_other_languages_are_not_found(client, facts):
    article = make_article(**facts)
    response = client.get(reverse("learners:article", args=["da", article.pk]))
    assert response.status_code == 404


@pytest.mark.parametrize("pk", [4711, 10**30])
def test_an_unknown_article_is_not_found(client, pk):
    response = client.get(reverse("learners:article", args=["da", pk]))
    assert response.status_code == 404
    assert f"There is no article {pk}" in response.content.decode()


# --- all pages --------------------------------------------------------------


def test_pages_load_nothing_from_other_hosts(open_article, prepared):
    page = open_article(prepared)
    loaded = page.xpath("//script/@src | //link/@href | //img/@src")
    assert all(url.startswith("/static/") for url in loaded)


def test_pages_have_no_inline_scripts_or_styles(open_article, prepared):
    page = open_article(prepared)
    assert not page.xpath("//script[not(@src)] | //style | //@style | //@onclick")


def test_an_unknown_address_gets_the_404_page(client):
    response = client.get("/nowhere/")
    assert response.status_code == 404
    assert "There is nothing at this address" in response.content.decode()


def test_a_bug_gets_the_500_page(client, monkeypatch):
    client.raise_request_exception = False
    monkeypatch.setattr(reading, "newest_cards", lambda: 1 / 0)
    response = client.get(reverse("learners:home"))
    assert response.status_code == 500
    assert "Something broke" in response.content.decode()


def test_pages_only_read(client):
    assert client.post(reverse("learners:home")).status_code == 405
