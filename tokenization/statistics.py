"""The cache in numbers, counted by the database from indexes alone."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.db.models import Count, F, Max, Q, QuerySet, Sum
from django.db.models.functions import TruncDate
from django.utils import timezone

from articles import counts
from articles.counts import Counted
from articles.models import Article, Language
from articles.search import index
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

Numbers = dict[str, Any]


def statistics(languages: Collection[str] | None = None, anew: bool = False) -> Numbers:
    """Return the numbers of some languages, or of all; see StatisticsSerializer.

    They may be some minutes old where there is much to count, and ``counted_at`` says
    so; it is None while they are counted for the first time. anew: count now, however
    long it takes.
    """
    states, sizes = counts.by_state(anew), _sizes(anew)
    found = {} if sizes.value is None else sizes.value
    if languages:
        found = {code: found[code] for code in languages if code in found}
    rows = _rows(states.value or [], found, _uses(), languages)
    sums = {name: sum(row[name] for row in rows) for name in SUMS}
    return {
        "counted_at": states.at and sizes.at and min(states.at, sizes.at),
        "total": {"language": "all", **_with_shares(sums)},
        "languages": rows,
        "ages": _ages(found.values()),
        "growth": _growth(found.values()),
        "search": _search(sums["articles"], languages, anew),
    }


def _search(articles: int, languages: Collection[str] | None, anew: bool) -> Numbers:
    """How many listed articles are found by their words, of how many."""
    outdated = counts.counted("articles not found", _count_outdated, anew).value or {}
    number = sum(outdated.get(code, 0) for code in languages or outdated)
    return {"articles": articles, "outdated": number}


def _count_outdated() -> dict[str, int]:
    """{language code: listed articles that search does not know as they are}"""
    rows = index.outdated().order_by().values_list("language")
    return dict(rows.annotate(n=Count("pk")))


def languages() -> Counted:
    """The states of those languages that have articles, as a Counted."""
    states = counts.by_state()
    rows = _rows(states.value or [], {}, {})
    return counts.Counted([row for row in rows if row["articles"]], states.at)


def recount() -> None:
    """Count anew what is remembered; after much has changed."""
    statistics(anew=True)


def _rows(
    states: Iterable[Numbers],
    sizes: dict[str, Any],
    uses: dict[str, Any],
    languages: Collection[str] | None = None,
) -> list[Numbers]:
    codes = Language.objects.learnable().order_by("code").values_list("code", flat=True)
    of_states = _of_states(states)
    return [
        _row(code, *(found.get(code, {}) for found in (of_states, sizes, uses)))
        for code in codes
        if not languages or code in languages
    ]


def _of_states(states: Iterable[Numbers]) -> dict[str, dict[str, int]]:
    """{language code: {"articles" and each state: listed articles}}"""
    found: defaultdict[str, dict[str, int]] = defaultdict(
        lambda: dict.fromkeys(("articles", *CacheState.values), 0)
    )
    for row in states:
        if not row["broken"]:
            for name in ("articles", row["token_state"]):
                found[row["language"]][name] += row["articles"]
    return found


def _row(code: str, states: Numbers, sizes: Numbers, uses: Numbers) -> Numbers:
    row = {**dict.fromkeys(SUMS, 0), **states, **uses}
    row |= {name: sizes.get(name, 0) for name in ("tokens", "bytes")}
    row["rows"] = sum(row[state] for state in STATES)
    return {"language": code, **_with_shares(row)}


def _with_shares(row: Numbers) -> Numbers:
    articles, asked = row["articles"], row["hits"] + row["misses"]
    return {
        **row,
        "coverage": round(row["fresh"] / articles, 4) if articles else None,
        "hit_ratio": round(row["hits"] / asked, 4) if asked else None,
    }


def _uses() -> dict[str, Numbers]:
    """{language code: {"hits": …, "misses": …}}; a small table."""
    uses = CacheUse.objects.filter(day__gte=_first_day()).order_by()
    found: Any = uses.values(code=F("language")).annotate(
        hits=Sum("hits"), misses=Sum("misses")
    )
    return {row.pop("code"): row for row in found}


# --- sizes


def _sizes(anew: bool) -> Counted:
    """{language code: {"tokens", "bytes", "ages", "days"}} of rows with tokens.

    Hidden articles' too: they take up room.
    """
    return counts.counted("sizes of tokens", _count_sizes, anew)


def _count_sizes() -> dict[Any, dict[str, Any]]:
    """Summed up by tokenizer: the index begins with it, and it has one language."""
    rows = TokenizationCache.objects.filled().order_by()
    found: list[Any] = list(
        rows.values("tokenizer").annotate(**_sums_of_ages(), sample=Max("pk"))
    )
    language_of = _languages_of(found)
    sums: defaultdict[str | None, dict[str, Any]] = defaultdict(
        lambda: {"tokens": 0, "bytes": 0, "ages": {}, "days": {}}
    )
    for row in found:
        of_language = sums[language_of[row["tokenizer"]]]
        of_language["tokens"] += row["tokens"]
        of_language["bytes"] += row["total"]
        for place, name in enumerate((*AGES, OLDER)):
            _add(of_language["ages"], name, row[f"rows_{place}"], row[f"bytes_{place}"])
    for tokenizer, day, number, size in _days(rows):
        if tokenizer in language_of:
            _add(sums[language_of[tokenizer]]["days"], f"{day}", number, size)
    return sums


def _sums_of_ages() -> dict[str, Any]:
    """The sums of a group of rows, in all and by age."""
    sums: dict[str, Any] = {"tokens": Sum("token_count"), "total": Sum("bytes")}
    before = timezone.now() + timedelta(days=DAYS)
    for place, days in enumerate([*AGES.values(), 10**5]):
        since = timezone.now() - timedelta(days=days)
        is_of_age = Q(refreshed_at__gt=since, refreshed_at__lte=before)
        sums[f"rows_{place}"] = Count("pk", filter=is_of_age)
        sums[f"bytes_{place}"] = Sum("bytes", filter=is_of_age, default=0)
        before = since
    return sums


def _languages_of(found: Iterable[Numbers]) -> dict[str, str | None]:
    """{tokenizer: its language}; of those no longer in use, that of an article."""
    samples = Article.objects.filter(pk__in=[row["sample"] for row in found])
    languages = dict(samples.values_list("pk", "language"))
    of_samples = {row["tokenizer"]: languages.get(row["sample"]) for row in found}
    todays = {name: code for code, name in services.tokenizer_versions().items()}
    return {name: todays.get(name, code) for name, code in of_samples.items()}


def _add(groups: dict[str, dict[str, int]], key: str, rows: int, size: int) -> None:
    group = groups.setdefault(key, dict(NOTHING))
    group["rows"] += rows
    group["bytes"] += size


def _days(rows: QuerySet) -> Iterable[Any]:
    """(tokenizer, day, rows, bytes) of those made in the last DAYS days."""
    first = _first_day()
    midnight = datetime(first.year, first.month, first.day, tzinfo=UTC)
    made = rows.filter(created_at__gte=midnight)
    groups = made.values_list("tokenizer", TruncDate("created_at", tzinfo=UTC))
    found: Iterable[Any] = groups.annotate(n=Count("pk"), size=Sum("bytes"))
    return found


def _ages(sizes: Collection[Numbers]) -> list[Numbers]:
    return [{"age": name, **_merged(sizes, "ages", name)} for name in (*AGES, OLDER)]


def _growth(sizes: Collection[Numbers]) -> list[Numbers]:
    days = [_first_day() + timedelta(days=number) for number in range(DAYS)]
    return [{"day": day, **_merged(sizes, "days", f"{day}")} for day in days]


def _merged(sizes: Collection[Numbers], kind: str, key: str) -> dict[str, int]:
    """{"rows", "bytes"} of a group, over all languages."""
    groups = [of_language[kind].get(key, NOTHING) for of_language in sizes]
    return {name: sum(group[name] for group in groups) for name in NOTHING}


def _first_day() -> date:
    return timezone.now().date() - timedelta(days=DAYS - 1)
