"""Filling the cache: what is stored, what is remembered, what is left to do."""

from datetime import timedelta

import orjson
import pytest
from django.db import IntegrityError, OperationalError, transaction
from django.utils import timezone

from articles.models import Article
from articles.tests.factories import make_article, make_feed
from articles.text import ArticleText
from tokenization import backlog as bulk
from tokenization import on_miss, services, statistics
from tokenization.models import CacheState, TokenizationCache
from tokenization.stanza.engine import TokenizerError
from tokenization.states import ensure_marked

pytestmark = pytest.mark.django_db

FRESH, STALE = CacheState.FRESH, CacheState.STALE
MISSING, FAILED = CacheState.MISSING, CacheState.FAILED
BACKLOG = [MISSING, STALE, FAILED]


def make_filled(**facts):
    article = make_article(**facts)
    assert services.fill([article]) == {}
    return article


def make_failed(stub, **facts):
    """An article whose first tokenizing failed just now."""
    article = make_article(**facts)
    stub.bad.add(article.title)
    assert services.fill([article]).keys() == {article.pk}
    return article


def cache_of(article):
    return TokenizationCache.objects.select_related("article").get(pk=article.pk)


def state_of(article):
    return services.state_of(Article.objects.get(pk=article.pk))


def texts_of(block):
    return [token["text"] for [sentence] in block for token in sentence]


def backlog(states=BACKLOG, languages=None):
    return [pk for pk, _ in bulk.backlog(states, languages)]


def be_due(article):
    now = timezone.now()
    TokenizationCache.objects.filter(pk=article.pk).update(retry_at=now)


# --- what is stored


def test_fill_stores_fresh_rows(stub):
    article = make_filled()
    assert state_of(article) == FRESH
    assert cache_of(article).tokenizer == "stub 1 da"


def test_fill_stores_the_blocks_of_title_summary_and_body(stub):
    body = [("h2", "Om vejret"), ("p", "Det regner.")]
    article = make_filled(title="Vejret i dag", summary="Regn igen", fragments=body)
    cache = cache_of(article)
    assert texts_of(orjson.loads(cache.title)) == ["Vejret", "i", "dag"]
    assert texts_of(orjson.loads(cache.summary)) == ["Regn", "igen"]
    content = orjson.loads(cache.content)
    assert [(block["tag"], block["text"]) for block in content] == body
    assert texts_of(content[1]["tokens"]) == ["Det", "regner."]


def test_the_body_names_the_fragments_it_was_made_of(stub):
    article = make_filled(fragments=[("p", "En"), ("li", "To"), ("p", "Tre")])
    content = orjson.loads(cache_of(article).content)
    fragments = article.fragments.values_list("pk", flat=True)
    assert [block["id"] for block in content] == list(fragments)


def test_an_article_without_summary_and_body_is_stored_too(stub):
    cache = cache_of(make_filled(title="Kun titel", fragments=[]))
    assert (cache.summary, cache.content) == ("[[]]", "[]")
    assert cache.has_tokens


def test_tokens_and_bytes_are_counted(stub):
    article = make_filled(title="Blå bær", summary="Ja", fragments=[("p", "En to tre")])
    cache = cache_of(article)
    json = cache.title + cache.summary + cache.content
    assert cache.token_count == 6
    assert cache.bytes == len(json.encode()) > len(json)


def test_a_title_is_one_sentence_with_real_stanza():
    article = make_filled(title="Hej. Hvordan går det?", summary="Hej. Hvordan nu?")
    [[title]] = orjson.loads(cache_of(article).title)
    [summary] = orjson.loads(cache_of(article).summary)
    assert (len(title), len(summary)) == (6, 2)


def test_articles_are_tokenized_in_one_call(stub):
    services.fill([make_article(summary="Hej"), make_article()])
    assert len(stub.calls) == 1


def test_filling_nothing_does_nothing(stub):
    assert services.fill([]) == {}
    assert stub.calls in ([], [[]])


def test_created_at_survives_a_refill_and_refreshed_at_does_not(stub):
    article = make_filled()
    before = cache_of(article)
    services.fill([article])
    after = cache_of(article)
    assert after.created_at == before.created_at
    assert after.refreshed_at > before.refreshed_at


def test_no_transaction_is_open_while_the_tokenizer_works(
    stub, monkeypatch, transactional_db
):
    open_then, tokenize = [], stub.tokenize

    def watched(texts, language):
        open_then.append(transaction.get_connection().in_atomic_block)
        return tokenize(texts, language)

    monkeypatch.setattr(stub, "tokenize", watched)
    services.fill([make_article()])
    assert open_then == [False]


# --- states


def test_an_article_without_a_row_is_missing(stub):
    assert state_of(make_article()) == MISSING


def test_another_text_makes_a_row_stale(stub):
    article = make_filled()
    Article.objects.filter(pk=article.pk).update(text_hash="other")
    assert state_of(article) == STALE


def test_another_tokenizer_makes_a_row_stale(stub):
    article = make_filled()
    stub.release = 2
    assert state_of(article) == STALE


def test_a_language_that_lost_its_model_makes_a_row_stale(stub):
    article = make_filled()
    stub.known = ("de",)
    assert state_of(article) == STALE


def test_the_database_tells_the_same_states(stub):
    fresh, stale = make_filled(), make_filled()
    failed = make_failed(stub)
    Article.objects.filter(pk=stale.pk).update(text_hash="other")
    assert services.mark([fresh.pk, stale.pk, failed.pk]) == 3
    states = dict(Article.objects.values_list("pk", "token_state"))
    assert states == {fresh.pk: "fresh", stale.pk: "stale", failed.pk: "failed"}


def test_fill_mends_a_hash_that_is_not_the_texts(stub):
    article = make_article()
    Article.objects.filter(pk=article.pk).update(title="Rettet uden om alting")
    services.fill([Article.objects.get(pk=article.pk)])
    assert state_of(article) == FRESH


def test_a_text_that_was_edited_during_the_fill_stays_stale(stub, monkeypatch):
    article, tokenize = make_article(), stub.tokenize

    def edited(texts, language):
        edit = {"title": "Nyt", "text_hash": "of the new text"}
        Article.objects.filter(pk=article.pk).update(**edit)
        return tokenize(texts, language)

    monkeypatch.setattr(stub, "tokenize", edited)
    services.fill([article])
    assert state_of(article) == STALE


def test_a_model_that_was_replaced_during_the_fill_leaves_a_stale_row(
    stub, monkeypatch
):
    article, tokenize = make_article(), stub.tokenize

    def replaced(texts, language):
        stub.release += 1
        return tokenize(texts, language)

    monkeypatch.setattr(stub, "tokenize", replaced)
    services.fill([article])
    assert state_of(article) == STALE


def test_without_readable_models_nothing_is_fresh(models):
    article = make_filled()
    (models / "resources.json").unlink()
    assert state_of(article) == STALE


# --- a model that gets damaged


@pytest.fixture
def danish(models):
    """The Danish model's file, to be damaged."""
    return models / "da" / "tokenize" / "compact.pt"


def spoil(path):
    """Replace one byte: Stanza alone would go on with such a model."""
    content = bytearray(path.read_bytes())
    content[300_000] ^= 255
    path.write_bytes(content)


def test_a_damaged_model_leaves_good_tokens_fresh(danish):
    article = make_filled()
    spoil(danish)
    assert state_of(article) == FRESH
    ensure_marked()
    assert Article.objects.get().token_state == FRESH
    assert [row["coverage"] for row in statistics.languages().value] == [1.0]
    assert backlog() == []


def test_a_damaged_model_makes_no_tokens_and_the_error_names_file_and_remedy(danish):
    spoil(danish)
    article = make_article()
    [error] = services.fill([article]).values()
    assert "da/tokenize/compact.pt" in error
    assert "stanza_models download da" in error
    assert not cache_of(article).has_tokens
    assert state_of(article) == FAILED


def cut_short(path):
    path.write_bytes(path.read_bytes()[:1000])


def columns(article):
    """All that is stored of an article's tokens."""
    return TokenizationCache.objects.filter(pk=article.pk).values().get()


@pytest.mark.parametrize("harm", [spoil, cut_short])
def test_a_refill_with_a_damaged_model_touches_no_fresh_row(danish, harm):
    article = make_filled()
    before = columns(article)
    harm(danish)
    assert services.fill([article]).keys() == {article.pk}
    assert columns(article) == before
    assert state_of(article) == FRESH


def test_nor_does_one_with_a_model_that_cannot_be_loaded(models, monkeypatch):
    def load(path, content):
        raise MemoryError

    article = make_filled()
    before = columns(article)
    services.engine()._taggers.clear()
    monkeypatch.setattr("tokenization.stanza.network.load_tagger", load)
    assert "MemoryError" in services.fill([article])[article.pk]
    assert columns(article) == before


def test_a_refill_of_an_older_text_notes_that_its_model_is_damaged(danish):
    article = make_filled()
    services.invalidate(TokenizationCache.objects.all())
    spoil(danish)
    services.fill([article])
    assert (state_of(article), cache_of(article).has_tokens) == (FAILED, True)


def test_a_damaged_model_is_asked_once_for_many_texts(danish, monkeypatch):
    spoil(danish)
    loads, engine = [], services.engine()
    load = engine._load
    monkeypatch.setattr(engine, "_load", lambda code: loads.append(code) or load(code))
    prepared = services.prepare([ArticleText("a", "", ())] * 20, "da")
    assert all(p.error for p in prepared)
    assert loads == ["da"]


def test_what_failed_on_a_damaged_model_waits_until_it_is_mended(danish, monkeypatch):
    monkeypatch.setattr(on_miss, "filler", object)
    whole = danish.read_bytes()
    spoil(danish)
    article = make_article()
    services.fill([article])
    cache = cache_of(article)
    facts = ("da", cache.has_tokens, cache.retry_at, cache.failed_with)
    assert backlog() == []
    assert not on_miss.is_wanted(*facts)
    danish.write_bytes(whole)
    assert backlog() == [article.pk]
    assert on_miss.is_wanted(*facts)


# --- failures


def test_a_failure_is_remembered_with_its_error(stub):
    cache = cache_of(make_failed(stub, title="Umulig"))
    assert (cache.error, cache.failures) == ("refused: Umulig", 1)
    assert not cache.has_tokens


def test_fill_tells_the_error_of_each_article_that_failed(stub):
    good, bad = make_article(), make_article(title="Umulig")
    stub.bad.add("Umulig")
    assert services.fill([good, bad]) == {bad.pk: "refused: Umulig"}
    assert (state_of(good), state_of(bad)) == (FRESH, FAILED)


def test_a_failing_text_fails_alone(stub):
    texts = [ArticleText(title, "", (("p", "Hej"),)) for title in ("a", "b", "c")]
    stub.bad.add("b")
    prepared = services.prepare(texts, "da")
    assert [p.error for p in prepared] == ["", "refused: b", ""]
    assert [p.text for p in prepared] == texts


def test_an_unknown_language_fails_each_text_at_once(stub):
    prepared = services.prepare([ArticleText("a", "", ())] * 3, "xx")
    assert ["'xx'" in p.error for p in prepared] == [True] * 3
    assert stub.calls == []


def test_a_text_that_breaks_stanza_itself_is_a_failure_with_a_message(monkeypatch):
    tagger = services.engine().load("da")

    def broken(*args):
        raise KeyError("no such character")

    monkeypatch.setattr(tagger, "model", broken)
    [prepared] = services.prepare([ArticleText("Hej", "", ())], "da")
    assert "no such character" in prepared.error


def test_each_failure_doubles_the_wait_up_to_a_day(stub):
    article = make_failed(stub)
    waits = []
    for _ in range(12):
        cache = cache_of(article)
        waits.append((cache.retry_at - cache.refreshed_at) / timedelta(minutes=1))
        services.fill([article])
    assert waits[:4] == [5, 10, 20, 40]
    assert waits[-1] == 24 * 60
    assert cache_of(article).failures == 13


def test_old_tokens_are_kept_when_a_refill_fails(stub):
    article = make_filled(title="Umulig")
    before = cache_of(article)
    stub.bad.add("Umulig")
    services.fill([article])
    after = cache_of(article)
    assert state_of(article) == FAILED
    for column in ("title", "content", "text_hash", "tokenizer", "token_count"):
        assert getattr(after, column) == getattr(before, column)


def test_a_good_fill_clears_the_failure(stub):
    article = make_failed(stub)
    stub.bad.clear()
    services.fill([article])
    cache = cache_of(article)
    assert state_of(article) == FRESH
    assert (cache.error, cache.failures, cache.retry_at) == ("", 0, None)


# --- in company


@pytest.mark.django_db(transaction=True)
def test_an_article_deleted_meanwhile_is_passed_over(stub, monkeypatch):
    gone, kept, tokenize = make_article(), make_article(), stub.tokenize

    def deleting(texts, language):
        Article.objects.filter(pk=gone.pk).delete()
        return tokenize(texts, language)

    monkeypatch.setattr(stub, "tokenize", deleting)
    assert services.fill([gone, kept]) == {}
    assert list(TokenizationCache.objects.values_list("pk", flat=True)) == [kept.pk]


@pytest.mark.django_db(transaction=True)
def test_a_deleted_article_does_not_disturb_its_callers_transaction(stub):
    gone = make_article()
    Article.objects.filter(pk=gone.pk).delete()
    with transaction.atomic():
        kept = make_article()
        services.fill([gone, kept])
    assert list(TokenizationCache.objects.values_list("pk", flat=True)) == [kept.pk]


def test_a_row_that_cannot_be_written_leaves_its_callers_transaction_usable(
    stub, monkeypatch
):
    def upsert(row, fields):
        with transaction.atomic(savepoint=False):
            raise IntegrityError("no such article")

    monkeypatch.setattr(services, "_upsert", upsert)
    article = make_article()
    with transaction.atomic():
        with pytest.raises(IntegrityError):
            services.fill([article])
        assert Article.objects.filter(pk=article.pk).exists()


def test_what_the_database_refuses_is_a_failure_and_others_are_stored(
    stub, monkeypatch
):
    real = services._upsert
    large, small = make_article(title="large"), make_article()

    def upsert(row, fields):
        if "large" in row.title:
            raise OperationalError("got a packet bigger than 'max_allowed_packet'")
        real(row, fields)

    monkeypatch.setattr(services, "_upsert", upsert)
    errors = services.fill([large, small])
    assert "bigger than 'max_allowed_packet'" in errors[large.pk]
    assert state_of(large) == FAILED
    assert cache_of(large).retry_at > timezone.now()
    assert state_of(small) == FRESH


def test_a_text_beyond_all_measure_is_a_failure_that_says_so(stub, monkeypatch):
    monkeypatch.setattr(services, "MOST_CHARACTERS", 20)
    huge, small = make_article(summary="x" * 30), make_article(fragments=[])
    errors = services.fill([huge, small])
    assert errors.keys() == {huge.pk}
    assert "characters; at most 20 are tokenized" in errors[huge.pk]


@pytest.mark.django_db(transaction=True)
def test_a_fill_goes_back_with_its_callers_transaction(stub):
    article = make_filled()
    before = cache_of(article).refreshed_at
    with pytest.raises(TokenizerError), transaction.atomic():
        services.fill([article])
        raise TokenizerError("the caller changed its mind")
    assert cache_of(article).refreshed_at == before


# --- the backlog


def edit(article):
    Article.objects.filter(pk=article.pk).update(text_hash="other")
    services.mark([article.pk])


def test_the_backlog_is_what_is_missing_stale_or_due_newest_first(stub):
    now = timezone.now()
    ages = [timedelta(days=days) for days in (4, 3, 2, 1)]
    fresh, stale, failed, missing = (
        make_article(published_at=now - age, title=f"Nr. {age.days}") for age in ages
    )
    stub.bad.add("Nr. 2")
    services.fill([fresh, stale, failed])
    edit(stale)
    be_due(failed)
    assert backlog() == [missing.pk, failed.pk, stale.pk]


@pytest.mark.parametrize("state", BACKLOG)
def test_the_backlog_of_one_state_has_no_other(stub, state):
    articles = {
        MISSING: make_article(),
        STALE: make_filled(),
        FAILED: make_failed(stub),
        FRESH: make_filled(),
    }
    edit(articles[STALE])
    be_due(articles[FAILED])
    assert backlog([state]) == [articles[state].pk]


def test_all_articles_are_in_the_backlog_of_fresh_ones(stub):
    waiting = make_failed(stub)
    filled = make_filled()
    assert backlog(list(CacheState)) == [filled.pk, waiting.pk]


def test_broken_articles_are_never_in_the_backlog(stub):
    make_article(broken=Article.Broken.NO_TEXT)
    assert backlog() == backlog(list(CacheState)) == []


def test_a_failure_waits_for_its_time(stub):
    article = make_failed(stub)
    assert backlog() == []
    be_due(article)
    assert backlog() == [article.pk]


def test_the_backlog_can_be_of_some_languages(stub):
    make_article()
    german = make_article(feed=make_feed("de"))
    rows = bulk.backlog(BACKLOG, ["de", "sv"])
    assert list(rows) == [(german.pk, "de")]


def test_invalidated_rows_are_stale_and_keep_their_tokens(stub):
    article = make_filled()
    before = cache_of(article).content
    assert services.invalidate(TokenizationCache.objects.all()) == 1
    assert state_of(article) == STALE
    assert cache_of(article).content == before
    assert backlog([STALE]) == [article.pk]


def test_an_invalidated_failure_is_due_at_once(stub):
    article = make_failed(stub)
    services.invalidate(TokenizationCache.objects.all())
    assert backlog() == [article.pk]
    assert cache_of(article).failures == 0
