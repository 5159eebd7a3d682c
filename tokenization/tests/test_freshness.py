"""When tokens are fresh, stale or else: Python and the database never disagree."""

from collections import Counter
from datetime import timedelta
from itertools import product

import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from articles.models import Article
from articles.tests.factories import make_article, make_feed
from articles.tests.test_admin import article_form, change_url
from tokenization import backlog, on_miss, services, statistics
from tokenization.admin import state_now
from tokenization.models import CacheState, TokenizationCache
from tokenization.states import ensure_marked

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("stub")]

NOW = timezone.now()
SOON, PAST = NOW + timedelta(hours=1), NOW - timedelta(hours=1)
# The stub has no model of the last one.
LANGUAGES = ("da", "de", "sv")
FACTS = {
    "language": LANGUAGES,
    # With the others of one article in three languages: what made the tokens before
    # its language was changed, and before the tokenizer was.
    "tokenizer": ("", "stub 1 da", "stub 0 da"),
    "text_hash": ("", "its own", "another text's"),
    "error": ("", "refused"),
    "pruned_at": (None, PAST),
    "claimed_until": (None, PAST, SOON),
}
WAITS = {
    "language": LANGUAGES,
    "retry_at": (None, PAST, SOON),
    "failed_with": ("", "stub 1 da", "stub 1 de", "stub 0 da"),
}


def every(facts):
    """A dict for each combination of the facts' values."""
    return [
        dict(zip(facts, values, strict=True)) for values in product(*facts.values())
    ]


def make_articles(facts):
    """One article for each of these combinations, in order, with their facts."""
    feed = make_feed()
    Article.objects.bulk_create(
        Article(
            feed=feed,
            url=f"https://news.example.com/{number}",
            url_hash=str(number),
            title="Titel" * (number % 2),
            language_id=one["language"],
            broken="" if number % 5 else "advert",
            published_at=NOW,
            text_hash=f"text of {number}",
        )
        for number, one in enumerate(facts)
    )
    return list(Article.objects.order_by("pk"))


def without_language(facts):
    return {name: value for name, value in facts.items() if name != "language"}


def make_rows(articles, facts):
    """A cache row with these facts for each of the articles."""
    TokenizationCache.objects.bulk_create(
        TokenizationCache(article=article, created_at=NOW, refreshed_at=NOW, **one)
        for article, one in zip(articles, facts, strict=True)
    )
    services.mark([article.pk for article in articles])


@pytest.fixture
def articles():
    """An article for each combination of FACTS, and some without a row."""
    facts = every(FACTS)
    found = make_articles(facts + every({"language": LANGUAGES}))
    rows = [without_language(one) for one in facts]
    for article, row in zip(found, rows, strict=False):
        row["title"] = row["summary"] = row["content"] = "[]" * bool(row["tokenizer"])
        if row["text_hash"] == "its own":
            row["text_hash"] = article.text_hash
    make_rows(found[: len(rows)], rows)
    return Article.objects.select_related("tokenization_cache").order_by("pk")


def test_the_combinations_have_every_state(articles):
    assert {services.state_of(article) for article in articles} == set(CacheState)


def test_what_articles_note_is_what_python_says(articles):
    said = {article.pk: services.state_of(article) for article in articles}
    assert dict(articles.values_list("pk", "token_state")) == said
    assert ensure_marked(anew=True) == 0


@pytest.mark.parametrize("change", [str.upper, "{} ".format, "{}\u0301".format])
@pytest.mark.parametrize("column", ["tokenizer", "text_hash"])
def test_the_database_compares_as_exactly_as_python(column, change):
    [article] = make_articles([{"language": "da"}])
    facts = {"tokenizer": "stub 1 da", "text_hash": article.text_hash}
    make_rows([article], [facts | {column: change(facts[column])}])
    [row] = TokenizationCache.objects.select_related("article")
    assert state_now(row) == row.article.token_state == "stale"


def test_only_tokens_of_the_article_s_own_language_are_fresh(articles):
    fresh = articles.filter(token_state="fresh")
    assert set(fresh.values_list("language", flat=True)) == {"da"}
    assert set(fresh.values_list("tokenization_cache__tokenizer", flat=True)) == {
        "stub 1 da"
    }


def test_what_the_api_and_the_admin_tell_is_what_articles_note(articles, api):
    noted = dict(articles.filter(broken="").values_list("pk", "token_state"))
    told, page = {}, "/api/articles/?page_size=100"
    while page:
        answer = api.get(page).json()
        told |= {card["id"]: card["tokenization"] for card in answer["results"]}
        page = answer["next"]
    assert told == noted
    rows = TokenizationCache.objects.select_related("article")
    assert all(state_now(row) == row.article.token_state for row in rows)


def test_the_statistics_count_as_python_does(articles):
    listed = [article for article in articles if not article.broken]
    counts = Counter(services.state_of(article) for article in listed)
    numbers = statistics.statistics(anew=True)["total"]
    assert {state: numbers[state] for state in CacheState} == dict(counts)


def test_the_admin_s_list_of_a_state_has_those_in_it(articles, admin_client):
    url = reverse("admin:tokenization_tokenizationcache_changelist")
    for state in set(CacheState) - {CacheState.MISSING}:
        changes = admin_client.get(url, {"state": state}).context["cl"]
        said = [row for row in articles if services.state_of(row) == state]
        assert changes.result_count == len(said)


def test_the_backlog_is_what_is_not_fresh_and_in_nobody_s_hands(articles):
    def is_to_be_done(article):
        row = getattr(article, "tokenization_cache", None)
        is_free = row is None or row.claimed_until != SOON
        return (
            not article.broken
            and is_free
            and services.state_of(article) in backlog.BACKLOG
        )

    found = [pk for pk, _ in backlog.backlog(backlog.BACKLOG)]
    assert sorted(found) == [a.pk for a in articles if is_to_be_done(a)]


def test_the_backlog_filled_is_fresh_or_failed_for_want_of_a_model(articles):
    TokenizationCache.objects.update(claimed_until=None)
    todo = backlog.backlog(backlog.BACKLOG)
    list(backlog.fill_in_batches(todo))
    left = Article.objects.filter(pk__in=[pk for pk, _ in todo])
    states = left.values_list("language", "token_state")
    assert set(states) == {("da", "fresh"), ("de", "fresh"), ("sv", "failed")}
    assert not backlog.backlog(backlog.BACKLOG).exists()


def test_what_has_tokens_is_what_the_database_calls_filled():
    facts = every({"title": ("", "[]"), "tokenizer": ("", "stub 1 da")})
    make_rows(make_articles([{"language": "da"} for _ in facts]), facts)
    rows, filled = TokenizationCache.objects, TokenizationCache.objects.filled()
    assert [row for row in rows.order_by("pk") if row.has_tokens] == list(
        filled.order_by("pk")
    )


def test_what_waits_for_another_try_is_left_alone_by_readers_too(monkeypatch):
    monkeypatch.setattr(on_miss, "filler", object)
    facts = every(WAITS)
    found = make_articles(facts)
    make_rows(found, [{**without_language(one), "error": "no"} for one in facts])
    left_alone = [
        article.pk
        for article, one in zip(found, facts, strict=True)
        if not on_miss.is_wanted(has_tokens=False, **one)
    ]
    waiting = backlog.waiting().order_by("pk").values_list("pk", flat=True)
    # One for each language: by what tokenizes it now, and soon.
    assert list(waiting) == left_alone
    assert len(left_alone) == len(LANGUAGES)


# --- an article whose language changes


def in_german(client, article):
    form = article_form(article, language="de")
    assert client.post(change_url(article), form).status_code == 302


def detail(api, article):
    return api.get(f"/api/articles/{article.pk}/").json()["tokenization"]


def test_an_article_whose_language_an_admin_changes_gets_its_tokens(
    admin_client, api, stub
):
    article = make_article(title="Titel")
    services.fill([article])
    assert detail(api, article) == "fresh"
    in_german(admin_client, article)
    assert detail(api, article) == "stale"
    assert list(backlog.backlog(backlog.BACKLOG)) == [(article.pk, "de")]
    call_command("pretokenize", verbosity=0)
    assert detail(api, article) == "fresh"
    assert TokenizationCache.objects.get().tokenizer == "stub 1 de"
    assert not backlog.backlog(backlog.BACKLOG).exists()


def test_a_language_that_code_changes_leaves_stale_tokens():
    article = make_article()
    services.fill([article])
    article = Article.objects.get()
    article.language_id = "de"
    article.save()
    assert list(backlog.backlog(backlog.BACKLOG)) == [(article.pk, "de")]


def test_a_save_that_changes_neither_text_nor_language_leaves_fresh_tokens():
    services.fill([make_article()])
    article = Article.objects.get()
    article.authors = "Ib Lund"
    article.save()
    assert Article.objects.get().token_state == "fresh"


def test_what_failed_in_another_language_is_tried_at_once(admin_client, stub):
    article = make_article(title="bad")
    stub.bad.add("bad")
    services.fill([article])
    assert not backlog.backlog(backlog.BACKLOG).exists()
    in_german(admin_client, article)
    assert list(backlog.backlog(backlog.BACKLOG)) == [(article.pk, "de")]


def test_articles_of_several_languages_are_filled_each_by_its_own():
    articles = [make_article(language=code) for code in ("de", "da", "de")]
    services.fill(articles)
    made_by = TokenizationCache.objects.order_by("pk").values_list(
        "tokenizer", flat=True
    )
    assert list(made_by) == ["stub 1 de", "stub 1 da", "stub 1 de"]
    assert set(Article.objects.values_list("token_state", flat=True)) == {"fresh"}
