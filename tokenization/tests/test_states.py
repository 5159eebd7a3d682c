"""The state that articles keep of their tokens: whoever changes one keeps the other."""

import threading

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from articles.crawler.store.articles import revise
from articles.models import Article
from articles.services import hide as hide_articles
from articles.services import refresh_text_facts
from articles.services import show_again as show_articles_again
from articles.tests.factories import make_article, make_draft
from articles.text import ArticleText
from tokenization import claims, pruning, services, states
from tokenization.models import MarkedTokenizer, TokenizationCache
from tokenization.states import ensure_marked, mark_language
from tokenization.tests.factories import make_row

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("stub")]

# Whether two who change the same rows at once get in each other's way.
ROUNDS = 15


def state(article):
    return Article.objects.values_list("token_state", flat=True).get(pk=article.pk)


def draft_of(title):
    text = ArticleText(title, "", (("p", "Noget nyt."),))
    return make_draft(text)


def test_a_fill_notes_that_tokens_are_fresh():
    article = make_article()
    services.fill([article])
    assert state(article) == "fresh"


def test_a_fill_that_fails_is_noted(stub):
    article = make_article(title="bad")
    stub.bad.add("bad")
    services.fill([article])
    assert state(article) == "failed"


def test_a_text_that_the_crawl_renews_leaves_stale_tokens():
    article = make_row().article
    revise(article.pk, draft_of("Nyt"))
    assert state(article) == "stale"


def test_a_text_that_is_renewed_with_its_tokens_is_fresh():
    article, draft = make_row().article, draft_of("Nyt")
    [tokens] = services.prepare([draft.text], "da")
    revise(article.pk, draft, tokens)
    assert state(article) == "fresh"


def test_an_edit_leaves_stale_tokens():
    article = make_row().article
    Article.objects.filter(pk=article.pk).update(title="Rettet")
    refresh_text_facts(article)
    assert state(article) == "stale"


def test_an_edit_of_an_article_without_tokens_leaves_them_missing():
    article = make_article()
    Article.objects.filter(pk=article.pk).update(title="Rettet")
    refresh_text_facts(article)
    assert state(article) == "missing"


def test_a_whole_save_brings_no_old_state_back():
    article = make_article()
    services.fill([Article.objects.get(pk=article.pk)])
    article.authors = "Rettet"
    article.save()
    found = Article.objects.get(pk=article.pk)
    assert (found.authors, found.token_state) == ("Rettet", "fresh")


def test_pruning_invalidating_and_deleting_are_noted():
    pruned, invalidated, deleted = (make_row() for _ in range(3))
    rows = TokenizationCache.objects.filter
    list(pruning.prune(pruning.plan(rows(pk=pruned.pk))))
    services.invalidate(rows(pk=invalidated.pk))
    services.delete(rows(pk=deleted.pk))
    found = [state(row.article) for row in (pruned, invalidated, deleted)]
    assert found == ["pruned", "stale", "missing"]


def test_another_tokenizer_is_noted_once(stub):
    article = make_row().article
    ensure_marked()
    stub.release = 2
    assert ensure_marked() == 1
    assert state(article) == "stale"
    with CaptureQueriesContext(connection) as queries:
        assert ensure_marked() == 0
    assert len(queries) == 2


def test_only_the_language_whose_tokenizer_changed_is_looked_at(stub):
    ensure_marked()
    danish, german = make_row().article, make_row(make_article(language="de")).article
    Article.objects.update(token_state="missing")
    MarkedTokenizer.objects.filter(pk="de").update(tokenizer="another one")
    ensure_marked()
    assert (state(danish), state(german)) == ("missing", "fresh")


def test_anew_all_are_looked_at():
    article = make_row().article
    ensure_marked()
    Article.objects.update(token_state="pruned")
    assert ensure_marked(anew=True) == 1
    assert state(article) == "fresh"


def test_without_an_index_of_the_models_nothing_is_noted(models, monkeypatch):
    article = make_row().article
    monkeypatch.undo()
    (models / "resources.json").unlink()
    ensure_marked()
    assert state(article) == "fresh"


# --- an old process that is still up when a new tokenizer is deployed


@pytest.fixture
def fill_as_old(stub, django_capture_on_commit_callbacks):
    """Fills articles as a process does that has the tokenizer before."""

    def fill_as_old(articles):
        stub.release = 1
        with django_capture_on_commit_callbacks(execute=True):
            services.fill(articles)
        stub.release = 2

    return fill_as_old


def during_the_look(monkeypatch, act):
    """Do something when a language's articles were read, and before that is marked."""

    def looked(language, tokenizer):
        number = mark_language(language, tokenizer)
        if language == "da":
            act()
        return number

    monkeypatch.setattr(states, "mark_language", looked)


def test_what_an_old_process_fills_after_the_deploy_is_stale(stub, fill_as_old):
    article = make_article()
    stub.release = 2
    ensure_marked()
    fill_as_old([article])
    assert ensure_marked() == 1
    assert state(article) == "stale"


def test_what_an_old_process_fills_while_it_is_looked_at_is_stale(
    stub, fill_as_old, monkeypatch
):
    article = make_article()
    stub.release = 2
    with monkeypatch.context() as patch:
        during_the_look(patch, lambda: fill_as_old([article]))
        ensure_marked()
    assert ensure_marked() == 1
    assert state(article) == "stale"


def test_who_has_the_same_tokenizer_leaves_the_marks(
    monkeypatch, django_capture_on_commit_callbacks
):
    def refill():
        with django_capture_on_commit_callbacks(execute=True):
            services.fill([article])

    article = make_article()
    during_the_look(monkeypatch, refill)
    ensure_marked()
    refill()
    assert MarkedTokenizer.objects.get(pk="da").tokenizer == "stub 1 da"


def test_only_who_began_last_says_that_all_is_noted(monkeypatch):
    during_the_look(monkeypatch, lambda: states._begin("da", "stub 1 da"))
    ensure_marked()
    mark = MarkedTokenizer.objects.get(pk="da")
    assert mark.tokenizer.startswith("stub 1 da…")
    assert mark.version == "stub 1 da"


# --- at once


def fill(pks):
    claimed = claims.claim(pks, timezone.now(), claims.new_lease())
    found = Article.objects.in_bulk(claimed)
    assert services.fill(list(found.values())) == {}


def prune(pks):
    list(pruning.prune(pruning.plan(TokenizationCache.objects.filter(pk__in=pks))))


def edit(pks):
    for pk in pks[:-2]:
        revise(pk, draft_of(f"{timezone.now()}"))


def delete(pks):
    Article.objects.filter(pk__in=pks[-2:]).delete()


def repeat(work, pks, failures):
    try:
        for _ in range(ROUNDS):
            work(pks)
    except Exception as exc:  # noqa: BLE001 - whatever it is, it fails the test
        failures.append(exc)
    finally:
        connection.close()


def invalidate(pks):
    services.invalidate(TokenizationCache.objects.filter(pk__in=pks))


def hide(pks):
    hide_articles(newest_first(pks))


def show_again(pks):
    show_articles_again(newest_first(pks))


def fill_some(pks):
    fill(pks[::5])


def newest_first(pks):
    """Articles as an admin selects them."""
    return Article.objects.filter(pk__in=sorted(pks, reverse=True)).order_by("-pk")


def failures_of(works, pks):
    """What those raise who do each of these again and again, all at once."""
    failures = []
    threads = [
        threading.Thread(target=repeat, args=(work, pks, failures)) for work in works
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return failures


@pytest.mark.django_db(transaction=True)
def test_those_who_fill_prune_edit_and_delete_at_once_never_block_each_other():
    pks = [make_row().article_id for _ in range(10)]
    assert failures_of((fill, prune, edit, fill, delete), pks) == []
    rows = TokenizationCache.objects.select_related("article")
    assert all(row.state_for("stub 1 da") == row.article.token_state for row in rows)
    assert len(rows) == 8


@pytest.mark.django_db(transaction=True)
def test_admins_who_hide_and_show_many_never_block_those_who_fill_and_prune():
    pks = [make_row().article_id for _ in range(40)]
    works = (hide, show_again, invalidate, invalidate, fill_some, prune)
    assert failures_of(works, pks) == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("act", "broken"),
    [(hide, ""), (show_again, "hidden"), (invalidate, ""), (prune, "")],
)
def test_who_changes_many_locks_the_oldest_first(act, broken):
    # Few of many, so that the database finds them by their ids.
    pks, failures = [make_row().article_id for _ in range(100)][-8:], []
    Article.objects.update(broken=broken)
    with transaction.atomic():
        Article.objects.select_for_update().get(pk=pks[0])
        thread = threading.Thread(target=repeat, args=(act, pks, failures))
        thread.start()
        thread.join(1)  # it waits for the first one
        Article.objects.select_for_update(nowait=True).get(pk=pks[-1])
    thread.join()
    assert failures == []
