"""A large database, made quickly in the database itself: articles with token rows.

As a script it fills the MariaDB or MySQL of ``DATABASE_URL``, which has been migrated
and has no articles yet:

    export DATABASE_URL=mysql://root@127.0.0.1/many
    .venv/bin/python manage.py migrate
    .venv/bin/python -m ops.benchmarks.rows 1000000

A million articles take some minutes, and 6 GB of disk.
"""

import os
import sys
from datetime import timedelta

import django
from django.db import connection
from django.utils import timezone

# Rows of one statement, which must end within the server's time limit.
BATCH = 20_000
FEEDS, VISITS_A_FEED = 300, 300
# Tokens are in their row, as those of short texts are; those of long ones lie apart.
TOKENS = """CONCAT('[{"id":0,"tag":"p","text":"ord","tokens":[[[',
 REPEAT('{"text":"ord","has_space":true},', 60),
 '{"text":"ord","has_space":false}]]]}]')"""
YEAR_S = 365 * 86_400
# Numbers from first to last, both included.
NUMBERS = """(SELECT {first} + a.n + 1000 * b.n AS n FROM bench_numbers a
 JOIN bench_numbers b ON b.n <= ({last} - {first}) DIV 1000
 WHERE a.n + 1000 * b.n <= {last} - {first}) numbers"""
# Of ten articles one is broken, eight have fresh tokens, and the last one has stale,
# none, failed or pruned ones.
BROKEN = "n % 10 = 9"
STATE = """CASE WHEN n % 10 < 8 THEN 'fresh' WHEN n % 10 = 9 THEN 'missing'
 ELSE ELT(1 + n DIV 10 % 4, 'stale', 'missing', 'failed', 'pruned') END"""
HASH = "SHA2(n, 256)"


def make(number: int, first: int = 1) -> None:
    """Make the articles with these ids, from first on, and what belongs to them.

    The newest have the highest ids, and they are spread over a year.
    """
    if first == 1:
        _make_feeds()
    _execute("CREATE TABLE bench_numbers (n INT PRIMARY KEY)")
    values = ", ".join(f"({n})" for n in range(1000))
    _execute(f"INSERT INTO bench_numbers VALUES {values}")  # noqa: S608 - numbers
    for start in range(first, number + 1, BATCH):
        numbers = NUMBERS.format(first=start, last=min(start + BATCH - 1, number))
        _make_articles(numbers, number)
        _make_topics(numbers)
        _make_tokens(numbers, number)
    _execute("DROP TABLE bench_numbers")
    for table in connection.introspection.table_names():
        _execute(f"ANALYZE TABLE {table}")


def _make_feeds():
    from articles.models import Feed, FeedVisit, Language  # noqa: PLC0415

    codes = Language.objects.learnable().order_by("code").values_list("code", flat=True)
    now = timezone.now()
    Feed.objects.bulk_create(
        Feed(
            pk=number,
            title=f"Feed {number}",
            url=f"https://bench.example.com/{number}",
            language_id=codes[number % len(codes)],
            last_status="ok",
            last_fetched_at=now,
            last_new_at=now,
        )
        for number in range(1, FEEDS + 1)
    )
    FeedVisit.objects.bulk_create(
        (
            FeedVisit(
                feed_id=number,
                status="ok",
                seconds=1,
                found=10,
                at=now - timedelta(hours=2 * age),
            )
            for number in range(1, FEEDS + 1)
            for age in range(VISITS_A_FEED)
        ),
        batch_size=1000,
    )


def _make_articles(numbers, total):
    from articles.models import Article, Feed  # noqa: PLC0415

    at = f"UTC_TIMESTAMP(6) - INTERVAL ({total} - n) * {YEAR_S / total} SECOND"
    facts = {
        "id": "n",
        "language_id": "feed.language_id",
        "feed_id": "feed.id",
        "url": "CONCAT('https://bench.example.com/articles/', n)",
        "url_hash": HASH,
        "guid": "n",
        "title": "CONCAT('A title that is as long as titles are, number ', n)",
        "summary": "REPEAT('A summary of some words. ', 10)",
        "authors": "'Somebody'",
        "published_at": at,
        "crawled_at": at,
        "word_count": "400",
        "level": "ELT(1 + n % 6, 'A1', 'A2', 'B1', 'B2', 'C1', 'C2')",
        "simhash": "n",
        "broken": f"IF({BROKEN}, ELT(1 + n DIV 10 % 4, 'too_short', 'paywall',"
        " 'duplicate', 'hidden'), '')",
        "text_hash": HASH,
        "token_state": STATE,
    }
    feed = f"JOIN {Feed._meta.db_table} feed ON feed.id = 1 + n DIV 7 % {FEEDS}"
    _insert(Article, facts, f"{numbers} {feed}")


def _make_topics(numbers):
    from articles.models import Article, Topic  # noqa: PLC0415

    ids = list(Topic.objects.values_list("pk", flat=True))
    topics = Article.topics.through
    topic = f"ELT(1 + n DIV 3 % {len(ids)}, {', '.join(map(str, ids))})"
    _insert(
        topics, {"article_id": "n", "topic_id": topic}, f"{numbers} WHERE n % 3 > 0"
    )


def _make_tokens(numbers, total):
    from articles.models import Article  # noqa: PLC0415
    from tokenization.models import TokenizationCache  # noqa: PLC0415
    from tokenization.services import working_versions  # noqa: PLC0415

    versions = "".join(
        f" WHEN '{language}' THEN '{version}'"
        for language, version in working_versions().items()
    )
    state, has_tokens = f"({STATE})", f"({STATE}) IN ('fresh', 'stale')"
    facts = {
        "article_id": "n",
        **dict.fromkeys(("title", "summary"), f"IF({has_tokens}, '[[]]', '')"),
        "content": f"IF({has_tokens}, {TOKENS}, '')",
        "text_hash": f"CASE {state} WHEN 'fresh' THEN {HASH} WHEN 'stale'"
        " THEN SHA2(-n, 256) ELSE '' END",
        "tokenizer": f"IF({has_tokens}, CASE language_id{versions} ELSE '' END, '')",
        "token_count": f"IF({has_tokens}, 450, 0)",
        "bytes": f"IF({has_tokens}, 2000, 0)",
        "created_at": "crawled_at",
        "refreshed_at": "crawled_at",
        "error": f"IF({state} = 'failed', 'refused', '')",
        "failures": f"IF({state} = 'failed', 1, 0)",
        "retry_at": f"IF({state} = 'failed', UTC_TIMESTAMP(6) + INTERVAL 1 DAY, NULL)",
        "pruned_at": f"IF({state} = 'pruned', crawled_at, NULL)",
    }
    article = f"JOIN {Article._meta.db_table} article ON article.id = n"
    _insert(TokenizationCache, facts, f"{numbers} {article} WHERE {state} <> 'missing'")


def _insert(model, facts, source):
    """Insert a row for each row of a source; other columns get their default."""
    columns, values = [], []
    for field in model._meta.local_concrete_fields:
        if field.column in facts or not field.primary_key:
            columns.append(connection.ops.quote_name(field.column))
            values.append(facts.get(field.column) or _default(field))
    _execute(
        f"INSERT INTO {model._meta.db_table} ({', '.join(columns)})"  # noqa: S608 - ours
        f" SELECT {', '.join(values)} FROM {source} ORDER BY n"
    )


def _default(field):
    value = None if field.null else field.get_default()
    if value is None:
        return "NULL"
    return f"'{value}'" if isinstance(value, str) else str(int(value))


def _execute(statement):
    with connection.cursor() as cursor:
        cursor.execute(statement)
        if cursor.description:
            cursor.fetchall()


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "zeeguu.settings")
    django.setup()
    make(int(sys.argv[1]))
