"""One process at a time fills a row, and none holds it for ever."""

from datetime import timedelta

import pytest
from django.db import OperationalError
from django.db.models import QuerySet
from django.utils import timezone

from articles.models import Article
from articles.tests.factories import make_article
from tokenization import claims, services
from tokenization.backlog import backlog, fill_in_batches, fill_unclaimed
from tokenization.models import CacheState, TokenizationCache

pytestmark = pytest.mark.django_db


def claim(*articles):
    """Claim articles as somebody who has just seen that they need it."""
    pks = [getattr(article, "pk", article) for article in articles]
    return claims.claim(pks, timezone.now(), claims.new_lease())


def test_of_two_claims_one_wins():
    article = make_article()
    assert claim(article) == [article.pk]
    assert claim(article) == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("method", ["bulk_create", "update"])
def test_who_gives_way_in_a_deadlock_tries_again(method, monkeypatch):
    article, tries = make_article(), []
    work = getattr(QuerySet, method)

    def deadlocked_once(rows, *args, **kwargs):
        tries.append(args)
        if len(tries) == 1:
            raise OperationalError(1213, "Deadlock found when trying to get lock")
        return work(rows, *args, **kwargs)

    monkeypatch.setattr(QuerySet, method, deadlocked_once)
    assert claim(article) == [article.pk]
    assert len(tries) == 2


def test_a_claim_ends_by_itself(monkeypatch):
    article = make_article()
    monkeypatch.setattr(claims, "LEASE", timedelta(seconds=-1))
    claim(article)
    assert claim(article) == [article.pk]


def test_a_claim_ends_when_the_row_is_filled_or_has_failed(stub):
    filled, failed = make_article(), make_article(title="bad")
    stub.bad.add("bad")
    assert fill_unclaimed([filled.pk, failed.pk], timezone.now(), "da").filled == 2
    assert claim(filled, failed) == [filled.pk, failed.pk]


@pytest.mark.parametrize("title", ["Titel", "bad"])
def test_who_is_late_leaves_what_somebody_else_has_claimed_by_now(
    title, stub, monkeypatch
):
    article, tokenize = make_article(title=title), stub.tokenize
    stub.bad.add("bad")

    def overtaken(texts, language):
        past = timezone.now() - timedelta(seconds=1)
        TokenizationCache.objects.update(claimed_until=past)
        assert claim(article) == [article.pk]
        return tokenize(texts, language)

    monkeypatch.setattr(stub, "tokenize", overtaken)
    fill_unclaimed([article.pk], timezone.now(), "da")
    assert claim(article) == []
    row = TokenizationCache.objects.get()
    assert (row.has_tokens, bool(row.error)) == (title != "bad", title == "bad")


def test_what_was_filled_meanwhile_is_not_claimed(stub):
    filled, failed = make_article(), make_article(title="bad")
    stub.bad.add("bad")
    seen_at = timezone.now()
    services.fill([filled, failed])
    assert claims.claim([filled.pk, failed.pk], seen_at, claims.new_lease()) == []


def test_a_claim_keeps_the_order_and_leaves_out_what_is_gone():
    old, new = make_article(), make_article()
    assert claim(new, 999_999, old) == [new.pk, old.pk]


def test_a_row_that_was_only_claimed_is_missing(stub):
    article = make_article()
    claim(article)
    article = Article.objects.select_related("tokenization_cache").get(pk=article.pk)
    assert services.state_of(article) == CacheState.MISSING
    [row] = TokenizationCache.objects.select_related("article")
    assert row.article.token_state == CacheState.MISSING


def test_what_is_claimed_is_in_nobodys_backlog(stub):
    article = make_article()
    claim(article)
    assert list(backlog([CacheState.MISSING])) == []
    past = timezone.now() - timedelta(seconds=1)
    TokenizationCache.objects.update(claimed_until=past)
    assert list(backlog([CacheState.MISSING])) == [(article.pk, "da")]


def test_a_batch_skips_what_somebody_else_has_claimed(stub):
    taken, free = make_article(), make_article()
    claim(taken)
    [done] = fill_in_batches([(taken.pk, "da"), (free.pk, "da")])
    assert (done.filled, done.skipped) == (1, 1)
    assert len(stub.calls) == 1


def test_a_batch_that_breaks_gives_its_claims_up(stub, monkeypatch):
    article = make_article()

    def stop(articles):
        raise KeyboardInterrupt

    monkeypatch.setattr(services, "fill", stop)
    with pytest.raises(KeyboardInterrupt):
        list(fill_in_batches([(article.pk, "da")]))
    assert claim(article) == [article.pk]
