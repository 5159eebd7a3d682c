"""Articles by their words, on whichever database runs the tests."""

from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from articles import deletion
from articles.models import Article, Fragment, Topic
from articles.search import engines, hints, index
from articles.search.models import SearchText
from articles.search.terms import terms_of
from articles.tests.factories import make_article, make_feed
from tokenization import searching, services
from tokenization.listing import Start, Wanted

# MySQL's index knows what was committed, and nothing else.
pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("stub"),
]
NOW = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture(params=["scanned", "asked"], autouse=True)
def way(request, monkeypatch):
    """Both ways in which articles are found: few are found by the first alone."""
    searching._language_names.cache_clear()
    if request.param == "asked":
        monkeypatch.setattr(searching, "SCANNED", 0)


def put(title="En titel", body="Hej.", lemmas=(), age=0, **facts):
    """The id of a new article that can be found; age in days."""
    published_at = NOW - timedelta(days=age)
    article = make_article(
        [("p", body)], title=title, summary="", published_at=published_at, **facts
    )
    terms = terms_of(article.text(), article.language_id, (), lemmas)
    index.save(article.pk, article.text_hash, terms)
    return article.pk


def find(words, **wanted):
    return [*searching.find(Wanted(words=words, **wanted), 20).standings]


TYPED = [
    "hunden",
    "HUNDEN",
    "eu",
    "C++",
    "c",
    "a-b",
    "fodgænger",
    "fodgaenger",
    "uber",
    "ueber",
    "über",
    "ελλαδα",
    "Ελλάδα",
    "100%",
    '"nach hause"',
    "“nach Hause”",
    'hunden "nach hause',
    "\x00hunden",
    "*hunden*",
    "-hunden +eu ~og <i> (og)",
    "og",
    "i",
    "løber lober loeber",
    "AND",
    "🎉",
    "the",
    "gehen",
]


def test_whatever_is_typed_finds_the_words_that_are_there():
    body = "Hunden løber og ging C++ nach Hause. Fodgænger a-b 100% über Ελλάδα and the"
    pk = put("EU i 🎉", body, ["gehen"])
    put("Andet", "Ikke noget.")
    assert {words: find(words) for words in TYPED} == dict.fromkeys(TYPED, [pk])


@pytest.mark.parametrize(
    "words",
    [
        "findesikke",
        '"hause nach"',
        "!!!",
        "%",
        "_",
        '"',
        "x" * 500,
    ],
)
def test_what_is_not_there_is_not_found(words):
    put("Hunden", "nach Hause")
    assert find(words) == []


@pytest.mark.parametrize(
    "words",
    ["NEAR(", "a AND", "(hund", '+-<>()~*"@', "hund " * 100, "\\'\"", "💥" * 99],
)
def test_no_input_is_an_error(words):
    put()
    assert find(words) == []


def test_what_has_most_of_the_words_is_found_where_nothing_has_all():
    put(body="Hunden kom.", age=1)
    pk = put(body="Hunden kom med toget.", age=2)
    assert find("hunden med findesikke") == [pk]
    whole = put("Hunden findesikke med", age=3)
    assert find("hunden med findesikke") == [whole]


def test_who_finds_only_most_of_the_words_is_told():
    put(body="Hunden kom.")
    for words, is_whole in (("hunden kom", True), ("hunden findesikke", False)):
        found = searching.find(Wanted(words=words), 20)
        assert (len(found.standings), found.is_whole) == (1, is_whole)


def give_at_most(number, monkeypatch):
    """Have the index give few, and nothing be scanned."""
    for name in ("MOST", "MOST_PHRASES", "MOST_OF_WINDOW", "MOST_ALONE"):
        monkeypatch.setattr(searching, name, number)
    monkeypatch.setattr(searching, "SCANNED", 0)


def test_an_old_article_with_what_only_it_has_of_common_words(monkeypatch):
    give_at_most(3, monkeypatch)
    together = put(body="Den gamle hund.", age=99)
    phrase = put(body="Hunden kom. Gamle den.", age=98)
    for age in range(9):
        put(body="Den kom, hunden. Gamle.", age=age)
        put(body="Den hund", age=age)
    assert find('"gamle den"') == [phrase]
    assert find('"gamle den"', languages=("da",)) == [phrase]
    assert find("hund gamle") == [together]


def test_all_of_many_words_are_asked_for_before_most_of_them(monkeypatch):
    give_at_most(3, monkeypatch)
    many = " ".join(f"{letter * 9}hund" for letter in "abcdefghijklmn")
    whole = put(body=f"{many} eu", age=99)
    for age in range(9):
        put(body=many, age=age)
    put(body="eu")
    assert find(f"{many} eu") == [whole]


@pytest.mark.parametrize("words", ["hund", "hund kat", '"hund kat"', "hund findesikke"])
def test_an_old_article_that_alone_meets_the_filters(words, monkeypatch):
    give_at_most(3, monkeypatch)
    feed, topic = make_feed(), Topic.objects.create(slug="dyr", name="Dyr")
    pk = put("Hund kat", feed=feed, topics=[topic], level="A1", age=99)
    for age in range(9):
        put("Hund kat", level="C1", age=age)
    filters = [
        {"feed": feed.pk},
        {"topics": ("dyr", "ingen")},
        {"levels": ("A1",)},
        {"until": NOW - timedelta(days=50)},
    ]
    assert [find(words, **one) for one in filters] == [[pk]] * len(filters)
    assert find(words, **filters[0], languages=("da", "de")) == [pk]


@pytest.mark.parametrize(("number", "is_asked"), [(2, False), (5, True)])
def test_where_filters_leave_few_the_index_is_not_asked(number, is_asked, monkeypatch):
    monkeypatch.setattr(searching, "SCANNED", 5)
    asked = []
    for name in ("with_all", "with_most"):
        ask = partial(note, getattr(engines, name), asked)
        monkeypatch.setattr(engines, name, ask)
    feed = make_feed()
    pks = [put("Hund", feed=feed, age=age) for age in range(number)]
    for words in ("hund", "hund findesikke"):
        assert find(words, feed=feed.pk) == pks
    assert bool(asked) == is_asked


def note(ask, asked, *given):
    asked.append(given)
    return ask(*given)


def test_of_too_many_the_newest_are_found(monkeypatch):
    monkeypatch.setattr(searching, "MOST", 3)
    monkeypatch.setattr(searching, "MOST_OF_WINDOW", 3)
    monkeypatch.setattr(hints, "ERA", 1)
    monkeypatch.setattr(searching, "ERA", 1)
    monkeypatch.setattr(searching, "WINDOW", 3)
    monkeypatch.setattr(searching, "PAGEFUL", 3)
    for age in reversed(range(20)):
        pk = put(body="Hund" + " hund" * age, age=age)
    assert find("hund")[0] == pk


def test_an_exact_phrase_is_told_from_its_words():
    pk = put(body="Den gule bil kørte.")
    put(body="Bil, den gule.")
    assert find('"den gule bil"') == [pk]


def test_other_filters_hold_too():
    feed = make_feed()
    topic = Topic.objects.create(slug="dyr", name="Dyr")
    pk = put("Hund", feed=feed, topics=[topic], age=1)
    put("Hund", language="de")
    put("Hund", age=9)
    wanted = {"topics": (topic.slug,), "since": NOW - timedelta(days=5)}
    assert find("hund", languages=("da", "sv"), feed=feed.pk, **wanted) == [pk]
    assert find("hund", languages=("sv",)) == []


def test_only_listed_articles_are_found():
    put("Hund", broken="hidden")
    assert find("hund") == []


def test_newer_ones_come_first_and_titles_make_up_for_some_age():
    old, new = put(body="Hund", age=9), put(body="Hund", age=1)
    title, too_old = put("Hund", age=30), put("Hund", age=90)
    assert find("hund") == [title, new, old, too_old]


def test_pages_go_on_where_they_ended_and_back_again():
    pks = [put("Hund", age=age) for age in range(5)]
    wanted = Wanted(words="hund")
    first = searching.find(wanted, 2)
    assert [*first.standings] == pks[:2]
    assert (first.has_older, first.has_newer) == (True, False)
    put("Hund", age=-1)
    second = searching.find(wanted, 2, start_of(first, pks[1]))
    assert [*second.standings] == pks[2:4]
    back = searching.find(wanted, 2, start_of(second, pks[2]), backwards=True)
    assert [*back.standings] == pks[:2]
    assert (back.has_older, back.has_newer) == (True, False)


@pytest.mark.parametrize(("newest", "number"), [("Hund", 5), ("Kat", 12)])
@pytest.mark.parametrize("arriving", ["Hund", "Kat"])
def test_pages_have_what_was_there_whatever_arrives(
    arriving, newest, number, monkeypatch
):
    monkeypatch.setattr(searching, "SCANNED", 5)
    monkeypatch.setattr(searching, "ENOUGH", 3)
    for _ in range(3):
        put(newest)
    for age in range(12 if newest == "Kat" else 9):
        put("Hund", age=age + 1)
    wanted = Wanted(words="hund")
    there = [*searching.find(wanted, 20).standings]
    assert len(there) == number
    page, seen = searching.find(wanted, 2), []
    for age in range(8):
        put(arriving, age=age - 9)
    while page.has_older:
        seen += page.standings
        page = searching.find(wanted, 2, start_of(page, seen[-1]))
    assert [*seen, *page.standings] == there


def start_of(found, pk):
    return Start(found.standings[pk], pk, found.seen)


def test_a_new_text_takes_the_old_ones_place():
    pk = put("Hund")
    article = Article.objects.get(pk=pk)
    text = article.text()
    index.save(pk, "another", terms_of(text.__class__("Kat", "", ()), "da"))
    assert (find("hund"), find("kat")) == ([], [pk])


def test_deleted_articles_are_gone():
    pks = [put("Hund") for _ in range(3)]
    deletion.delete(Article.objects.filter(pk__in=pks[:2]))
    assert find("hund") == pks[2:]
    Article.objects.get(pk=pks[2]).delete()
    assert find("hund") == []
    assert not SearchText.objects.exists()


def test_tokens_bring_what_articles_are_found_by():
    pk = put_nothing("Hunden", "Den løb.")
    services.fill([Article.objects.get(pk=pk)])
    assert find("hunden løb") == [pk]
    Fragment.objects.filter(article=pk).first().delete()
    services.fill([Article.objects.get(pk=pk)])
    assert find("løb") == []


def test_a_text_that_could_not_be_tokenized_is_found(stub):
    pk = put_nothing("Hunden", "Den løb.")
    stub.bad = {"Hunden"}
    services.fill([Article.objects.get(pk=pk)])
    assert find("hunden løb") == [pk]


def put_nothing(title, body):
    return make_article([("p", body)], title=title).pk
