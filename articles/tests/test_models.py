import hashlib
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.db.models import ProtectedError
from django.utils import timezone

from articles import defaults
from articles.languages import LANGUAGES, NATIVES
from articles.models import Article, Feed, Fragment, Language, Topic
from articles.tests.factories import make_article, make_feed
from tokenization.models import TokenizationCache

pytestmark = pytest.mark.django_db


def make_cache(article):
    now = timezone.now()
    return TokenizationCache.objects.create(
        article=article, created_at=now, refreshed_at=now
    )


def test_saving_an_article_sets_its_url_hash():
    article = make_article(url="https://news.example.com/æ")
    expected = hashlib.sha256("https://news.example.com/æ".encode()).hexdigest()
    assert article.url_hash == expected


def test_the_url_hash_follows_a_changed_url():
    article = make_article()
    before = article.url_hash
    article.url = "https://news.example.com/moved"
    article.save()
    article.refresh_from_db()
    assert article.url_hash != before


def test_the_url_hash_follows_when_only_the_url_is_saved():
    article = make_article()
    article.url = "https://news.example.com/moved"
    article.save(update_fields=["url"])
    stored = Article.objects.get(pk=article.pk)
    assert stored.url_hash == hashlib.sha256(stored.url.encode()).hexdigest()


def test_two_articles_cannot_have_one_url():
    article = make_article()
    with pytest.raises(IntegrityError), transaction.atomic():
        make_article(url=article.url)


def test_urls_that_differ_in_case_are_two_articles():
    make_article(url="https://news.example.com/Abe")
    make_article(url="https://news.example.com/abe")
    assert Article.objects.count() == 2


def test_two_feeds_cannot_have_one_url():
    feed = make_feed()
    with pytest.raises(IntegrityError), transaction.atomic():
        make_feed(url=feed.url)


def test_a_feed_with_articles_is_protected():
    article = make_article()
    with pytest.raises(ProtectedError):
        article.feed.delete()


def test_a_language_with_feeds_is_protected():
    feed = make_feed("sv")
    with pytest.raises(ProtectedError):
        feed.language.delete()


def test_the_database_itself_refuses_an_article_without_its_feed():
    article = make_article()
    with pytest.raises(IntegrityError), transaction.atomic():
        Article.objects.filter(pk=article.pk).update(feed=article.feed_id + 1)
        connection.check_constraints()


def test_fragments_go_with_their_article():
    article = make_article([("p", "Et."), ("p", "To.")])
    article.delete()
    assert not Fragment.objects.exists()


def test_cached_tokens_go_with_their_article():
    article = make_article()
    make_cache(article)
    article.delete()
    assert not TokenizationCache.objects.exists()


def test_an_article_has_one_cache_row():
    article = make_article()
    make_cache(article)
    with pytest.raises(IntegrityError), transaction.atomic():
        make_cache(article)


def test_a_place_in_an_article_holds_one_fragment():
    article = make_article([("p", "Et.")])
    with pytest.raises(IntegrityError), transaction.atomic():
        Fragment.objects.create(article=article, position=0, text="Også et.")


def test_a_body_is_read_in_order_whatever_the_order_of_its_rows():
    article = make_article([])
    for position, text in ((2, "c"), (0, "a"), (1, "b")):
        Fragment.objects.create(article=article, position=position, text=text)
    assert article.text().body == "a\nb\nc"


def test_broken_articles_are_not_listed():
    fit = make_article()
    make_article(broken=Article.Broken.TOO_SHORT)
    assert list(Article.objects.listed()) == [fit]


def test_all_our_languages_are_there_after_migrating():
    learnable = Language.objects.learnable()
    assert sorted(learnable.values_list("pk", flat=True)) == sorted(LANGUAGES)


def test_native_languages_are_there_after_migrating():
    defaults.load_tables()
    natives = Language.objects.filter(learnable=False)
    assert set(natives.values_list("pk", flat=True)) == set(NATIVES)
    assert natives.get(pk="tr").native_name == "Türkçe"


def test_a_language_that_an_admin_has_added_can_still_be_read():
    Language.objects.filter(learnable=False).delete()
    Language.objects.create(code="uk", name="Ukrainian", native_name="мова")
    defaults.load_tables()
    assert Language.objects.learnable().get(pk="uk").native_name == "мова"
    assert Language.objects.filter(learnable=False).count() == len(NATIVES) - 1


def test_a_native_language_with_a_record_becomes_one_to_read(monkeypatch):
    monkeypatch.setitem(LANGUAGES, "tr", NATIVES["tr"])
    defaults.load_languages(["tr"])
    assert Language.objects.learnable().filter(pk="tr").exists()


def test_ten_topics_with_keywords_are_there_after_migrating():
    topics = list(Topic.objects.all())
    assert len(topics) == 10
    assert all(topic.keywords for topic in topics)


def test_what_an_admin_made_of_the_topics_survives_the_next_migrate():
    Topic.objects.filter(slug="sport").update(name="Ball games")
    Topic.objects.filter(slug="travel").delete()
    defaults.load_tables()
    assert Topic.objects.get(slug="sport").name == "Ball games"
    assert Topic.objects.count() == 9


def test_what_an_admin_made_of_the_languages_survives_the_next_migrate():
    Language.objects.filter(pk="da").update(native_name="Dansk")
    Language.objects.filter(pk="hu").delete()
    defaults.load_tables()
    assert Language.objects.get(pk="da").native_name == "Dansk"
    assert Language.objects.learnable().count() == len(LANGUAGES) - 1


@pytest.mark.parametrize("code", ["a/b", "..", "DA", "<b>", "x y", "", "d", "da\n"])
def test_a_language_code_is_a_part_of_addresses(code):
    language = Language(code=code, name="Test", native_name="Test")
    with pytest.raises(ValidationError, match="code"):
        language.full_clean()


@pytest.mark.parametrize(
    "url",
    [
        "http://ada:secret@example.com/feed",
        "http://ada@example.com/feed",
        "http://example.com:99999/feed",
    ],
)
def test_an_address_that_must_not_be_shown_is_refused(url):
    with pytest.raises(ValidationError, match="url"):
        Feed(url=url, language_id="da").full_clean()


@pytest.mark.parametrize("seconds", [-60, 0, 59, 86_401, 10**12])
def test_an_interval_is_a_minute_to_a_day(seconds):
    feed = Feed(url="https://example.com/feed", language_id="da")
    feed.interval = timedelta(seconds=seconds)
    with pytest.raises(ValidationError, match="interval"):
        feed.full_clean()


def test_addresses_that_differ_in_case_or_accent_are_different_feeds():
    for path in ("One", "one", "oné"):
        make_feed(url=f"https://example.com/{path}")
    assert Feed.objects.count() == 3


# --- articles that are nearly the same


@pytest.mark.django_db
@pytest.mark.parametrize("broken", ["", "advert"])
def test_when_the_listed_one_is_deleted_the_oldest_takes_its_place(broken):
    leader = make_article(broken=broken)
    heir, other = (
        make_article(broken="duplicate", duplicate_of=leader) for _ in range(2)
    )
    Article.objects.filter(pk=leader.pk).delete()  # as the admin does in bulk
    heir.refresh_from_db(), other.refresh_from_db()
    assert (heir.broken, heir.duplicate_of) == (broken, None)
    assert (other.broken, other.duplicate_of) == ("duplicate", heir)
