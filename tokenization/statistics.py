"""The cache in numbers, counted by the database in two queries."""

from django.db.models import Count, Q, Sum

from articles.models import Article, Language
from tokenization import services
from tokenization.models import CacheState, TokenizationCache

SUMS = ("articles", "fresh", "stale", "failed", "missing", "tokens", "bytes")


def statistics():
    """Return {"total": row, "languages": [row, …]}; see StatisticsSerializer."""
    articles = dict(
        Article.objects.listed()
        .order_by()
        .values_list("language")
        .annotate(Count("pk"))
    )
    caches = {row["article__language"]: row for row in _cache_rows()}
    languages = [
        _row(code, articles.get(code, 0), caches.get(code, {}))
        for code in Language.objects.values_list("code", flat=True)
    ]
    sums = {name: sum(row[name] for row in languages) for name in SUMS}
    total = {"language": "all", **sums, "coverage": _share(sums)}
    return {"total": total, "languages": languages}


def coverage():
    """{language code: share of listed articles that are fresh}, where there are any."""
    rows = statistics()["languages"]
    return {row["language"]: row["coverage"] for row in rows if row["articles"]}


def _cache_rows():
    rows = TokenizationCache.objects.with_state(services.tokenizer_versions())
    states = {
        state: Count("pk", filter=Q(state=state))
        for state in (CacheState.FRESH, CacheState.STALE, CacheState.FAILED)
    }
    listed = rows.filter(article__broken="").order_by().values("article__language")
    return listed.annotate(tokens=Sum("token_count"), bytes=Sum("bytes"), **states)


def _row(code, articles, cache):
    counts = {state: cache.get(state, 0) for state in ("fresh", "stale", "failed")}
    row = {
        "language": code,
        "articles": articles,
        **counts,
        "missing": max(articles - sum(counts.values()), 0),
        "tokens": cache.get("tokens") or 0,
        "bytes": cache.get("bytes") or 0,
    }
    return {**row, "coverage": _share(row)}


def _share(row):
    return round(row["fresh"] / row["articles"], 4) if row["articles"] else 1.0
