"""What admins, monitors and readers look at, with few articles and with many."""

import os
import statistics
import time
from io import StringIO
from urllib.parse import urlencode

from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.test import Client, override_settings
from django.urls import reverse

from ops.benchmarks import rows, server

FEW = server.sized(10_000, 300)
MANY = int(os.environ.get("BENCH_ROWS") or server.sized(200_000, 600))
TIMES, WARM_UP = server.sized((15, 5), (1, 1))
GOAL, GOAL_MS = 3, 200
LATER = server.sized(50, 2)
LANGUAGE, FEED, TOPIC = "de", 5, "science"


def run():
    """figure and baseline are the milliseconds of the slowest page, many and few.

    ``ratio`` is the worst of a page's; ``pages`` has for each its median milliseconds
    with FEW articles and with MANY, and how many times as long that is. They come from
    gunicorn, and ``cache_stats`` from the command without its start.
    """
    rows.make(FEW)
    few = measure()
    rows.make(MANY, first=FEW + 1)
    many = measure()
    pages = {
        name: (few[name], many[name], ratio(few[name], many[name])) for name in few
    }
    worst = max(ratio for *_, ratio in pages.values())
    return {
        "figure": max(many.values()),
        "baseline": max(few.values()),
        "ratio": worst,
        "unit": "ms a page",
        "goal": f"{GOAL} times as long at most, {GOAL_MS} ms at most",
        "goal_reached": worst <= GOAL and max(many.values()) <= GOAL_MS,
        "articles": [FEW, MANY],
        "pages": {name: list(found) for name, found in pages.items()},
    }


def ratio(few, many):
    return round(many / few, 2)


def measure():
    """{name of a page: its median milliseconds}"""
    cookie = {"Cookie": f"sessionid={session()}"}
    with server.gunicorn(GUNICORN_WORKERS="1", TOKENIZER_PRELOAD="none") as web:
        found = {name: median_ms(web, path, cookie) for name, path in pages().items()}
    return {**found, "cache_stats": round(median_of_command_ms(), 1)}


def median_ms(web, path, cookie):
    web.client().get(path, **cookie)
    wait_for_counts()
    # Another connection: the server does not keep one for as long as a count may take.
    client = web.client()
    median = client.median_ms(path, TIMES, WARM_UP, **cookie)
    client.close()
    return round(median, 1)


@override_settings(ALLOWED_HOSTS=["testserver"])
def session():
    """The key of a session in which an administrator is signed in."""
    users = get_user_model().objects
    admin = users.filter(email="admin@example.com").first()
    client = Client()
    client.force_login(admin or users.create_superuser("admin@example.com"))
    return client.cookies["sessionid"].value


def wait_for_counts():
    """Until nothing is being counted: a page never waits for that, so it must here."""
    from articles.models import KeptCount  # noqa: PLC0415 - the server's, not the bench's

    deadline = time.monotonic() + 60
    while KeptCount.objects.filter(claimed_until__isnull=False).exists():
        if time.monotonic() > deadline:
            raise RuntimeError("a count did not end within a minute")
        time.sleep(0.1)


def median_of_command_ms():
    return 1000 * statistics.median(seconds_of_command() for _ in range(TIMES))


def seconds_of_command():
    started = time.perf_counter()
    call_command("cache_stats", stdout=StringIO())
    return time.perf_counter() - started


def pages():
    """{name: path} of what grows when articles do."""
    caches, api = list_of("tokenization_tokenizationcache"), "/api/tokenization/"
    articles = list_of("articles_article")
    of_language = "article__language__code__exact"
    states = ("fresh", "stale", "failed", "pruned")
    return {
        "caches": caches(),
        **{f"caches, {state}": caches(state=state) for state in states},
        "caches, language": caches(**{of_language: LANGUAGE}),
        "caches, language, fresh": caches(**{of_language: LANGUAGE}, state="fresh"),
        "caches, language, stale": caches(**{of_language: LANGUAGE}, state="stale"),
        "caches, a later page": caches(p=LATER),
        "caches, oldest first": caches(o="1"),
        "articles": articles(),
        "articles by date": articles(o="-4"),
        "articles by level": articles(o="6"),
        "articles by tokens": articles(o="8"),
        "articles, listed, by date": articles(broken="no", o="4"),
        "articles, language, by date": articles(language__code__exact=LANGUAGE, o="-4"),
        "articles, listed": articles(broken="no"),
        "articles, hidden": articles(broken="hidden"),
        "articles, level": articles(level="B1"),
        "articles, language": articles(language__code__exact=LANGUAGE),
        "articles, topic": articles(topic=TOPIC),
        "articles, feed": articles(feed__id__exact=FEED),
        "languages": list_of("articles_language")(),
        "topics": list_of("articles_topic")(),
        "feeds": list_of("articles_feed")(),
        "feeds by articles": list_of("articles_feed")(o="-6"),
        "visits": list_of("articles_feedvisit")(),
        "visits, oldest first": list_of("articles_feedvisit")(o="0"),
        "cache statistics": reverse("admin:tokenization_tokenizationcache_statistics"),
        "crawl statistics": reverse("admin:articles_crawlrun_statistics"),
        "admin": reverse("admin:index"),
        "api statistics": f"{api}statistics/",
        "api caches": api,
        "api caches, stale": f"{api}?state=stale",
        "api caches, language, fresh": f"{api}?state=fresh&language={LANGUAGE}",
        "api articles": "/api/articles/",
        "health": "/health/",
        "home": "/",
        "language": f"/read/{LANGUAGE}/",
    }


def list_of(name):
    """A function that makes paths of a list of the admin, from its filters."""
    path = reverse(f"admin:{name}_changelist")
    return lambda **filters: f"{path}?{urlencode(filters)}" if filters else path
