"""The cache in numbers."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from articles.models import Article
from articles.tests.factories import make_article
from tokenization import pruning, services
from tokenization.models import CacheUse, TokenizationCache
from tokenization.statistics import languages, statistics
from tokenization.tests.factories import make_row

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("stub")]


def ago(**time):
    return timezone.now() - timedelta(**time)


def make_pruned(**facts):
    empty = dict.fromkeys(("title", "summary", "content", "tokenizer"), "")
    return make_row(pruned_at=timezone.now(), bytes=0, **empty, **facts)


def make_use(language="da", days_ago=0, hits=0, misses=0):
    day = timezone.now().date() - timedelta(days=days_ago)
    return CacheUse.objects.create(
        day=day, language_id=language, hits=hits, misses=misses
    )


def of(language, *names):
    [row] = [row for row in statistics()["languages"] if row["language"] == language]
    return [row[name] for name in names]


def total(*names):
    row = statistics()["total"]
    return [row[name] for name in names]


def test_rows_and_articles_are_counted_apart():
    make_row()
    make_row(tokenizer="", title="")  # claimed only
    make_article()
    assert of("da", "articles", "rows", "fresh", "missing") == [3, 1, 1, 2]


def test_what_was_pruned_is_not_covered():
    make_row()
    make_article()
    for _ in range(2):
        make_pruned()
    counts = ("articles", "pruned", "missing", "coverage")
    assert of("da", *counts) == total(*counts) == [4, 2, 1, 0.25]


def test_an_emptied_cache_covers_nothing():
    make_pruned()
    assert [row["coverage"] for row in languages().value] == [0.0]


def test_without_articles_there_is_no_coverage():
    assert languages().value == []
    assert of("da", "coverage") == total("coverage") == [None]


def test_the_hit_ratio_is_that_of_30_days():
    make_use(hits=2, misses=1)
    make_use(days_ago=29, hits=1)
    make_use(days_ago=30, misses=100)
    make_use("de", misses=4)
    assert of("da", "hits", "misses", "hit_ratio") == [3, 1, 0.75]
    assert total("hits", "misses", "hit_ratio") == [3, 5, 0.375]


def test_without_hits_and_misses_there_is_no_ratio():
    make_use("de", hits=1)
    assert of("da", "hit_ratio") == [None]


@pytest.mark.parametrize(
    ("age", "name"),
    [
        (timedelta(hours=23), "< 1 day"),
        (timedelta(hours=25), "< 7 days"),
        (timedelta(days=29), "< 30 days"),
        (timedelta(days=31), "< 90 days"),
        (timedelta(days=91), "< 365 days"),
        (timedelta(days=366), "older"),
    ],
)
def test_rows_are_counted_by_age(age, name):
    make_row(refreshed_at=timezone.now() - age, bytes=7)
    found = {group["age"]: group for group in statistics()["ages"]}
    assert found.pop(name) == {"age": name, "rows": 1, "bytes": 7}
    assert [group["rows"] for group in found.values()] == [0] * 5


def test_rows_without_tokens_have_no_age():
    make_pruned()
    assert sum(group["rows"] for group in statistics()["ages"]) == 0


def test_growth_is_told_for_each_of_30_days():
    today = timezone.now().date()
    growth = statistics()["growth"]
    assert [day["day"] for day in growth] == [
        today - timedelta(days=29 - number) for number in range(30)
    ]
    assert {(day["rows"], day["bytes"]) for day in growth} == {(0, 0)}


def test_growth_counts_rows_by_the_day_they_were_made_on():
    make_row(bytes=5)
    make_row(bytes=6)
    make_row(created_at=ago(days=29), bytes=7)
    make_row(created_at=ago(days=30), bytes=8)
    growth = [(day["rows"], day["bytes"]) for day in statistics()["growth"]]
    assert growth == [(1, 7), *[(0, 0)] * 28, (2, 11)]


def test_a_day_is_utcs(monkeypatch):
    noon = datetime(2026, 1, 15, 12, tzinfo=UTC)
    monkeypatch.setattr(timezone, "now", lambda: noon)
    make_row(created_at=datetime(2026, 1, 14, 23, 30, tzinfo=UTC))
    with timezone.override("Asia/Tokyo"):
        made = [day["day"].day for day in statistics()["growth"] if day["rows"]]
    assert made == [14]


def test_numbers_can_be_those_of_some_languages():
    make_row(bytes=5)
    make_row(make_article(language="de"), bytes=6)
    numbers = statistics(["de"])
    assert [row["language"] for row in numbers["languages"]] == ["de"]
    assert numbers["total"]["bytes"] == 6
    for groups in (numbers["ages"], numbers["growth"]):
        assert sum(group["bytes"] for group in groups) == 6


def test_broken_articles_are_not_counted_but_their_tokens_take_room():
    make_row(make_article(broken=Article.Broken.TOO_SHORT), bytes=7)
    numbers = statistics()
    assert total("articles", "rows", "fresh", "bytes") == [0, 0, 0, 7]
    assert numbers["ages"][0] == {"age": "< 1 day", "rows": 1, "bytes": 7}
    assert numbers["growth"][-1]["rows"] == 1


def test_tokens_of_a_tokenizer_no_longer_in_use_are_those_of_its_language():
    make_row(make_article(language="sv"), tokenizer="an old one", bytes=7)
    assert (of("sv", "bytes"), of("da", "bytes")) == ([7], [0])


def test_languages_have_their_own_ages_and_growth():
    make_row(bytes=7)
    make_row(make_article(language="de"), bytes=8)
    numbers = statistics(["de"])
    assert (numbers["ages"][0]["bytes"], numbers["growth"][-1]["bytes"]) == (8, 8)


def test_figures_are_exact_at_once(stub):
    pruned, hidden, filled = make_row(), make_row(), make_article()
    services.fill([filled])
    list(pruning.prune(pruning.plan(TokenizationCache.objects.filter(pk=pruned.pk))))
    Article.objects.filter(pk=hidden.pk).update(broken=Article.Broken.HIDDEN)
    names = ("articles", "fresh", "pruned", "missing", "coverage")
    assert total(*names) == [2, 1, 1, 0, 0.5]


def test_more_rows_cost_no_more_queries():
    def queries():
        with CaptureQueriesContext(connection) as captured:
            statistics()
        return len(captured)

    make_row()
    few = queries()
    for days, language in enumerate(("da", "de", "sv", "fr")):
        make_row(make_article(language=language), created_at=ago(days=days))
        make_use(language, hits=1)
    assert queries() == few == 7
