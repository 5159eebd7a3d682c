"""The cache in numbers, counted by the database from indexes alone."""

from collections import defaultdict
from datetime import UTC, datetime, timedelta

from django.db.models import Count, F, Max, Q, Sum
from django.db.models.functions import TruncDate
from django.utils import timezone

from articles import counts
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


def statistics(languages=None, anew=False):
    """Return the numbers of some languages, or of all; see StatisticsSerializer.

    They may be some minutes old where there is much to count, and ``counted_at`` says
    so; it is None while they are counted for the first time. anew: count now, however
    long it takes.
    """
    states, sizes = counts.by_state(anew), _sizes(anew)
    is_known = states.at is not None and sizes.at is not None
    found = {} if sizes.value is None else sizes.value
    if languages:
        found = {code: found[code] for code in languages if code in found}
    rows = _rows(states.value or [], found, _uses(), languages)
    sums = {name: sum(row[name] for row in rows) for name in SUMS}
    return {
        "counted_at": min(states.at, sizes.at) if is_known else None,
        "total": {"language": "all", **_with_shares(sums)},
        "languages": rows,
        "ages": _ages(found.values()),
        "growth": _growth(found.values()),
    }


def languages():
    """The states of those languages that have articles, as a Counted."""
    states = counts.by_state()
    rows = _rows(states.value or [], {}, {})
    return counts.Counted([row for row in rows if row["articles"]], states.at)


def recount():
    """Count anew what is remembered; after much has changed."""
    statistics(anew=True)


def _rows(states, sizes, uses, languages=None):
    codes = Language.objects.order_by("code").values_list("code", flat=True)
    of_states = _of_states(states)
    return [
        _row(code, *(found.get(code, {}) for found in (of_states, sizes, uses)))
        for code in codes
        if not languages or code in languages
    ]


def _of_states(states):
    """{language code: {"articles" and each state: listed articles}}"""
    found = defaultdict(lambda: dict.fromkeys(("articles", *CacheState.values), 0))
    for row in states:
        if not row["broken"]:
            for name in ("articles", row["token_state"]):
                found[row["language"]][name] += row["articles"]
    return found


def _row(code, states, sizes, uses):
    row = {**dict.fromkeys(SUMS, 0), **states, **uses}
    row |= {name: sizes.get(name, 0) for name in ("tokens", "bytes")}
    row["rows"] = sum(row[state] for state in STATES)
    return {"language": code, **_with_shares(row)}


def _with_shares(row):
    articles, asked = row["articles"], row["hits"] + row["misses"]
    return {
        **row,
        "coverage": round(row["fresh"] / articles, 4) if articles else None,
        "hit_ratio": round(row["hits"] / asked, 4) if asked else None,
    }


def _uses():
    """{language code: {"hits": …, "misses": …}}; a small table."""
    uses = CacheUse.objects.filter(day__gte=_first_day()).order_by()
    found = uses.values(code=F("language")).annotate(
        hits=Sum("hits"), misses=Sum("misses")
    )
    return {row.pop("code"): row for row in found}


# --- sizes


def _sizes(anew):
    """{language code: {"tokens", "bytes", "ages", "days"}} of rows with tokens.

    Hidden articles' too: they take up room.
    """
    return counts.counted("sizes of tokens", _count_sizes, anew)


def _count_sizes():
    """Summed up by tokenizer: the index begins with it, and it has one language."""
    rows = TokenizationCache.objects.filled().order_by()
    found = list(rows.values("tokenizer").annotate(**_sums_of_ages(), sample=Max("pk")))
    language_of = _languages_of(found)
    sums = defaultdict(lambda: {"tokens": 0, "bytes": 0, "ages": {}, "days": {}})
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


def _sums_of_ages():
    """The sums of a group of rows, in all and by age."""
    sums = {"tokens": Sum("token_count"), "total": Sum("bytes")}
    before = timezone.now() + timedelta(days=DAYS)
    for place, days in enumerate([*AGES.values(), 10**5]):
        since = timezone.now() - timedelta(days=days)
        is_of_age = Q(refreshed_at__gt=since, refreshed_at__lte=before)
        sums[f"rows_{place}"] = Count("pk", filter=is_of_age)
        sums[f"bytes_{place}"] = Sum("bytes", filter=is_of_age, default=0)
        before = since
    return sums


def _languages_of(found):
    """{tokenizer: its language}; of those no longer in use, that of an article."""
    samples = Article.objects.filter(pk__in=[row["sample"] for row in found])
    languages = dict(samples.values_list("pk", "language"))
    of_samples = {row["tokenizer"]: languages.get(row["sample"]) for row in found}
    todays = {name: code for code, name in services.tokenizer_versions().items()}
    return {name: todays.get(name, code) for name, code in of_samples.items()}


def _add(groups, key, rows, size):
    group = groups.setdefault(key, dict(NOTHING))
    group["rows"] += rows
    group["bytes"] += size


def _days(rows):
    """(tokenizer, day, rows, bytes) of those made in the last DAYS days."""
    first = _first_day()
    midnight = datetime(first.year, first.month, first.day, tzinfo=UTC)
    made = rows.filter(created_at__gte=midnight)
    groups = made.values_list("tokenizer", TruncDate("created_at", tzinfo=UTC))
    return groups.annotate(n=Count("pk"), size=Sum("bytes"))


def _ages(sizes):
    return [{"age": name, **_merged(sizes, "ages", name)} for name in (*AGES, OLDER)]


def _growth(sizes):
    days = [_first_day() + timedelta(days=number) for number in range(DAYS)]
    return [{"day": day, **_merged(sizes, "days", f"{day}")} for day in days]


def _merged(sizes, kind, key):
    """{"rows", "bytes"} of a group, over all languages."""
    groups = [of_language[kind].get(key, NOTHING) for of_language in sizes]
    return {name: sum(group[name] for group in groups) for name in NOTHING}


def _first_day():
    return timezone.now().date() - timedelta(days=DAYS - 1)
