import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from articles.crawler.feeds.parse import Item
from articles.crawler.store.articles import (
    count_hits,
    find_duplicates,
    known_items,
    note_unchanged,
    revise,
    store,
    stored_text,
    unlist_duplicates,
)
from articles.models import Address, Article, Fragment, JudgeRule, Topic
from articles.tests.factories import make_article, make_feed
from articles.tests.factories import make_draft as draft_of
from articles.text import ArticleText
from tokenization.models import TokenizationCache
from tokenization.services import Prepared

pytestmark = pytest.mark.django_db

BODY = (("p", "Et."), ("h2", "To"), ("p", "Tre."))


def make_draft(fragments=BODY, title="Titel", **facts):
    text = facts.pop("text", ArticleText(title, "Resumé", fragments))
    return draft_of(text, **{"guid": "1", "authors": "Ib Lund", **facts})


def make_item(url="https://news.example.com/a", **facts):
    facts = {"guid": "", "title": "Titel", "summary": "", "authors": "", **facts}
    facts = {"image_url": "", "published_at": None, "categories": (), **facts}
    return Item(url=url, **facts)


class Tokens:
    """Stands in for tokenization.services.Prepared; calls hook with what it gets."""

    def __init__(self, hook):
        self.save = hook


class Stop(Exception):
    pass


# --- storing


def test_an_article_is_stored_with_all_its_parts():
    topic = Topic.objects.get(slug="science")
    draft = make_draft(topics=(topic.pk,), language="sv")
    feed = make_feed("sv")
    article = store(feed, draft)
    assert (article.feed, article.language_id) == (feed, "sv")
    assert (article.text(), article.text_hash) == (draft.text, draft.text.hash)
    assert (article.word_count, list(article.topics.all())) == (3, [topic])


def test_tokens_are_saved_with_the_ids_of_the_fragments_in_order():
    saved = []
    store(make_feed(), make_draft(), Tokens(lambda *given: saved.append(given)))
    article = Article.objects.get()
    ids = [Fragment.objects.get(position=place).pk for place in range(3)]
    assert saved == [(article.pk, ids)]


def test_an_article_whose_tokens_are_not_saved_is_not_stored():
    def fail(article_id, fragment_ids):
        raise Stop

    with pytest.raises(Stop):
        store(make_feed(), make_draft(topics=(Topic.objects.first().pk,)), Tokens(fail))
    assert not Article.objects.exists()
    assert not Fragment.objects.exists()


def test_an_article_whose_fragments_fail_is_not_stored(monkeypatch):
    def fail(*args, **kwargs):
        raise Stop

    monkeypatch.setattr(Fragment.objects, "bulk_create", fail)
    with pytest.raises(Stop):
        store(make_feed(), make_draft())
    assert not Article.objects.exists()


def test_tokens_are_saved_inside_the_transaction_of_the_article():
    depths = []
    before = len(connection.savepoint_ids)
    store(
        make_feed(),
        make_draft(),
        Tokens(lambda *given: depths.append(len(connection.savepoint_ids) - before)),
    )
    assert depths == [1]


def test_a_failed_tokenization_is_stored_with_its_error():
    draft = make_draft()
    article = store(make_feed(), draft, Prepared(draft.text, error="no model"))
    assert TokenizationCache.objects.get(article=article).error == "no model"


def test_a_known_draft_changes_nothing():
    feed = make_feed()
    store(feed, make_draft())
    other = make_draft((("p", "Noget andet."),), authors="En anden")
    assert store(make_feed(), other, Tokens(pytest.fail)) is None
    article = Article.objects.get()
    assert (article.feed, article.authors) == (feed, "Ib Lund")
    assert article.text().fragments == BODY


def test_authors_longer_than_the_column_are_cut():
    article = store(make_feed(), make_draft(authors="Ø" * 600))
    article.refresh_from_db()
    assert article.authors == "Ø" * 500


def test_what_a_database_finds_hard_is_stored_as_it_is():
    body = (("p", "𝔄 a\u0301 'x' \\ %s {} " * 20_000),)
    draft = make_draft(body, title="😀" * 500, guid="😀" * 500)
    article = Article.objects.get(pk=store(make_feed(), draft).pk)
    assert article.text() == draft.text
    assert (article.title, article.guid) == ("😀" * 500, "😀" * 500)


def test_a_draft_without_text_is_stored_as_broken():
    article = store(make_feed(), make_draft((), broken=Article.Broken.NO_TEXT))
    assert article.broken == "no_text"
    assert not Article.objects.listed().exists()


def test_an_article_that_is_too_long_is_kept_without_its_body():
    body = tuple(("p", "ord") for _ in range(50))
    text = ArticleText("Langt", "", body)
    article = store(make_feed(), make_draft(text=text, broken=Article.Broken.TOO_LONG))
    assert (article.word_count, article.fragments.count()) == (50, 0)


@pytest.mark.django_db(transaction=True)
def test_two_threads_storing_one_draft_give_one_article():
    feed, draft = make_feed(), make_draft()
    start, results = threading.Barrier(2), []

    def run():
        try:
            start.wait(10)
            results.append(store(feed, draft, Prepared(draft.text, error="x")))
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(map(str, results)) == ["None", "Titel"]
    assert Article.objects.get().fragments.count() == 3
    assert TokenizationCache.objects.count() == 1


# --- what is known


def test_known_items_are_told_apart_from_new_ones():
    article = make_article(title="Titel")
    known = make_item(article.url)
    found = known_items(article.feed, [known, make_item("https://example.com/new")])
    assert {url: match.pk for url, match in found.items()} == {article.url: article.pk}


def test_an_article_is_known_by_every_address_that_leads_to_it():
    feed = make_feed()
    addresses = ("https://rss.example.com/1", "https://news.example.com/?from=1")
    article = store(feed, make_draft(addresses=addresses))
    items = [make_item(address) for address in (article.url, *addresses)]
    assert known_items(make_feed(), items).keys() == {article.url, *addresses}


def test_a_second_feed_s_address_is_remembered_though_nothing_is_stored():
    store(make_feed(), make_draft())
    other = make_feed()
    assert store(other, make_draft(addresses=("https://rss.example.com/2",))) is None
    assert known_items(other, [make_item("https://rss.example.com/2")])


@pytest.mark.parametrize(
    "facts, is_known",
    [
        ({"title": "Titel"}, True),
        ({"title": "En anden"}, False),
        ({"title": "En anden", "published_at": "same"}, True),
        ({"title": "", "published_at": None}, False),
    ],
)
def test_a_guid_is_believed_with_the_same_title_or_time(facts, is_known):
    feed = make_feed()
    article = store(feed, make_draft(guid="7"))
    if facts.get("published_at"):
        facts["published_at"] = article.published_at
    moved = make_item("https://news.example.com/moved", guid="7", **facts)
    assert bool(known_items(feed, [moved])) == is_known


def test_a_guid_and_a_title_of_every_day_swallow_no_news():
    feed, day = make_feed(), timedelta(days=1)
    article = store(feed, make_draft(guid="W", published_at=timezone.now() - day))
    url = "https://news.example.com/today"
    now = article.published_at + day
    assert not known_items(feed, [make_item(url, guid="W", published_at=now)])
    soon = article.published_at + day / 24
    assert known_items(feed, [make_item(url, guid="W", published_at=soon)])


def test_a_guid_says_nothing_of_another_feed_or_in_another_case():
    feed = make_feed()
    store(feed, make_draft(guid="x7"))
    moved = make_item("https://news.example.com/moved", guid="x7")
    assert not known_items(make_feed(), [moved])
    shouted = make_item("https://news.example.com/moved", guid="X7")
    assert not known_items(feed, [shouted])


def test_an_article_keeps_its_place_when_its_guid_changes():
    article = store(make_feed(), make_draft(guid="7"))
    assert known_items(article.feed, [make_item(article.url, guid="8")])


def test_the_same_text_from_the_same_feed_is_stored_once():
    feed = make_feed()
    store(feed, make_draft())
    elsewhere = "https://news.example.com/b"
    assert store(feed, make_draft(url=elsewhere, addresses=(elsewhere,))) is None
    assert known_items(feed, [make_item(elsewhere)])


def test_looking_for_what_is_known_costs_three_queries(django_assert_num_queries):
    feed = make_feed()
    items = [make_item(f"https://example.com/{n}", guid=str(n)) for n in range(500)]
    with django_assert_num_queries(3):
        known_items(feed, items)


def test_an_article_made_in_the_admin_is_known_too():
    article = make_article()
    article.url = "https://news.example.com/corrected"
    article.save()
    assert Address.objects.filter(article=article).count() == 2
    assert known_items(article.feed, [make_item(article.url)])


# --- articles that change


NEW_BODY = (("p", "Noget helt andet."), ("h2", "To"))


def test_a_new_version_takes_the_old_one_s_place():
    article = store(make_feed(), make_draft())
    ids = list(article.fragments.values_list("pk", flat=True))
    draft = make_draft(NEW_BODY, title="Nyt", item_hash="2", level="B1")
    saved = []
    assert revise(article.pk, draft, Tokens(lambda *given: saved.append(given)))
    article.refresh_from_db()
    assert (article.text(), article.text_hash) == (draft.text, draft.text.hash)
    assert (article.title, article.level, article.item_hash) == ("Nyt", "B1", "2")
    # What points at a paragraph still does, and at no other.
    [(pk, [new, same])] = saved
    assert (pk, same) == (article.pk, ids[1])
    assert new not in ids


def test_a_new_version_may_be_longer():
    article = store(make_feed(), make_draft((("p", "Et."),)))
    assert revise(article.pk, make_draft())
    assert stored_text(article.pk).fragments == BODY


def test_a_new_version_makes_the_tokens_stale():
    draft = make_draft()
    article = store(make_feed(), draft, Prepared(draft.text, blocks=(b"[]",) * 3))
    assert revise(article.pk, make_draft(NEW_BODY))
    article.refresh_from_db()
    assert TokenizationCache.objects.get().text_hash == draft.text.hash
    assert article.text_hash != draft.text.hash


def test_a_new_version_whose_tokens_are_not_saved_changes_nothing():
    def fail(article_id, fragment_ids):
        raise Stop

    article = store(make_feed(), make_draft())
    with pytest.raises(Stop):
        revise(article.pk, make_draft(NEW_BODY), Tokens(fail))
    assert stored_text(article.pk) == make_draft().text


@pytest.mark.parametrize(
    "before, after", [("too_short", ""), ("no_text", ""), ("hidden", "hidden")]
)
def test_a_stub_that_has_grown_is_listed(before, after):
    article = store(make_feed(), make_draft(broken=before))
    revise(article.pk, make_draft(NEW_BODY))
    article.refresh_from_db()
    assert article.broken == after


def test_a_new_version_of_an_article_that_is_gone_is_nothing():
    article = store(make_feed(), make_draft())
    pk = article.pk
    article.delete()
    assert (stored_text(pk), revise(pk, make_draft())) == (None, False)


def test_what_was_looked_at_is_not_looked_at_again():
    article = store(make_feed(), make_draft(item_hash="1"))
    note_unchanged(article.pk, "2")
    known = known_items(article.feed, [make_item(article.url)])[article.url]
    assert known.item_hash == "2"


@pytest.mark.parametrize(
    "age_h, broken, is_worth_it",
    [(1, "", True), (1, "too_short", True), (1, "paywall", False), (99, "", False)],
)
def test_only_news_that_readers_may_see_is_looked_at_again(age_h, broken, is_worth_it):
    at = timezone.now() - timedelta(hours=age_h)
    article = store(make_feed(), make_draft(published_at=at, broken=broken))
    known = known_items(article.feed, [make_item(article.url)])[article.url]
    assert known.may_change() == is_worth_it


# --- articles that are nearly the same

SIMHASH = -0x1234_5678_9ABC_DEF0
NEAR, FAR = SIMHASH ^ 0b11, ~SIMHASH


def store_one(simhash=SIMHASH, language="da", **facts):
    number = Article.objects.count()
    facts |= {"url": f"https://news.example.com/{number}", "language": language}
    draft = make_draft((("p", f"Nummer {number}."),), simhash=simhash, **facts)
    return store(make_feed(language), draft)


def test_of_two_papers_with_one_text_the_first_is_listed():
    first = store_one()
    [second, third] = find_duplicates(
        make_feed(), [make_draft(simhash=NEAR), make_draft(simhash=FAR)]
    )
    assert (second.broken, second.duplicate_of) == ("duplicate", first.pk)
    assert (third.broken, third.duplicate_of) == ("", None)


@pytest.mark.parametrize("facts", [{"language": "de"}, {"broken": "advert"}])
def test_only_listed_articles_of_the_language_stand_for_others(facts):
    store_one(**facts)
    [draft] = find_duplicates(make_feed(), [make_draft(simhash=NEAR)])
    assert draft.broken == ""


def test_what_is_nearly_the_same_as_a_hidden_article_is_not_listed():
    hidden = store_one(broken="hidden")
    [draft] = find_duplicates(make_feed(), [make_draft(simhash=NEAR)])
    assert (draft.broken, draft.duplicate_of) == ("duplicate", hidden.pk)


def test_an_old_text_may_come_back():
    article = store_one()
    Article.objects.update(crawled_at=timezone.now() - timedelta(days=9))
    [draft] = find_duplicates(make_feed(), [make_draft(simhash=article.simhash)])
    assert draft.broken == ""


def test_two_that_were_stored_at_once_are_told_apart_afterwards():
    first, second, third = (store_one() for _ in range(3))
    unlist_duplicates("da", [third, second])
    unlist_duplicates("da", [first])
    leaders = Article.objects.order_by("pk").values_list("broken", "duplicate_of")
    assert list(leaders) == [("", None), ("duplicate", first.pk)] + [
        ("duplicate", first.pk)
    ]


# --- hits


def test_the_judge_s_rules_tell_how_often_they_hit():
    rule = JudgeRule.objects.create(reason="advert", where="title", phrase="annonce")
    count_hits([make_draft(rules=(rule.pk,)), make_draft(rules=(rule.pk, 10**6))])
    rule.refresh_from_db()
    assert rule.hits == 2
    assert rule.last_hit_at is not None
