"""The cache in numbers, counted by the database in six queries."""

from datetime import UTC, datetime, timedelta

from django.db.models import Case, Count, F, Q, Sum, Value, When
from django.db.models.functions import TruncDate
from django.utils import timezone

from articles.models import Article, Language
from tokenization import services
from tokenization.models import CacheState, CacheUse, TokenizationCache

# Those of rows; what is missing most often has none.
STATES = [state for state in CacheState.values if state != CacheState.MISSING]
SIZES = ("tokens", "bytes", "hits", "misses")
SUMS = ("articles", "rows", *STATES, "missing", *SIZES)
# The histogram's names, and the ages in days that they end at.
AGES = {
    "< 1 day": 1,
    "< 7 days": 7,
    "< 30 days": 30,
    "< 90 days": 90,
    "< 365 days": 365,
}
OLDER = "older"
# For growth, hits and misses; the last one is today, UTC.
DAYS = 30
NOTHING = {"rows": 0, "bytes": 0}


def statistics(languages=None):
    """Return the numbers of some languages, or of all; see StatisticsSerializer."""
    rows = _rows(languages, _uses())
    sums = {name: sum(row[name] for row in rows) for name in SUMS}
    caches = _caches(languages)
    return {
        "total": {"language": "all", **_with_shares(sums)},
        "languages": rows,
        "ages": _ages(caches),
        "growth": _growth(caches),
    }


def languages():
    """The rows of those languages that have articles; three queries."""
    return [row for row in _rows() if row["articles"]]


def _rows(languages=None, uses=None):
    codes = Language.objects.order_by("code").values_list("code", flat=True)
    counts = (_articles(), _states(), uses or {})
    return [
        _row(code, *(of_language.get(code, {}) for of_language in counts))
        for code in codes
        if not languages or code in languages
    ]


def _articles():
    articles = Article.objects.listed()
    return _by_language(articles, "language", articles=Count("pk"))


def _states():
    states = {state: Count("pk", filter=Q(state=state)) for state in STATES}
    sums = {"tokens": Sum("token_count"), "bytes": Sum("bytes")}
    rows = _caches().with_state(services.tokenizer_versions())
    return _by_language(rows, "article__language", rows=Count("pk"), **states, **sums)


def _uses():
    uses = CacheUse.objects.filter(day__gte=_first_day())
    return _by_language(uses, "language", hits=Sum("hits"), misses=Sum("misses"))


def _by_language(rows, language, /, **counts):
    """{language code: {name of a count: its number}}"""
    found = rows.order_by().values(code=F(language)).annotate(**counts)
    return {row.pop("code"): row for row in found}


def _row(code, *counts):
    row = dict.fromkeys(SUMS, 0)
    for of_language in counts:
        row |= of_language
    row["missing"] = max(row["articles"] - sum(row[state] for state in STATES), 0)
    return {"language": code, **_with_shares(row)}


def _with_shares(row):
    # What was pruned is missing on purpose.
    due, asked = row["articles"] - row["pruned"], row["hits"] + row["misses"]
    return {
        **row,
        "coverage": round(row["fresh"] / due, 4) if due > 0 else 1.0,
        "hit_ratio": round(row["hits"] / asked, 4) if asked else None,
    }


def _caches(languages=None):
    caches = TokenizationCache.objects.filter(article__broken="")
    return caches.filter(article__language__in=languages) if languages else caches


def _ages(caches):
    now = timezone.now()
    age = Case(
        *(
            When(refreshed_at__gt=now - timedelta(days=days), then=Value(name))
            for name, days in AGES.items()
        ),
        default=Value(OLDER),
    )
    filled = _sizes(caches.filled().values(key=age))
    return [{"age": name, **filled.get(name, NOTHING)} for name in (*AGES, OLDER)]


def _growth(caches):
    first = _first_day()
    midnight = datetime(first.year, first.month, first.day, tzinfo=UTC)
    day = TruncDate("created_at", tzinfo=UTC)
    made = _sizes(caches.filter(created_at__gte=midnight).values(key=day))
    days = [first + timedelta(days=number) for number in range(DAYS)]
    return [{"day": day, **made.get(day, NOTHING)} for day in days]


def _sizes(groups):
    """{key: {"rows": …, "bytes": …}} of cache rows that are grouped by their key"""
    groups = groups.order_by().annotate(rows=Count("pk"), bytes=Sum("bytes"))
    return {group.pop("key"): group for group in groups}


def _first_day():
    return timezone.now().date() - timedelta(days=DAYS - 1)
