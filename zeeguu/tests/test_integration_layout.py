"""Every page in a real Chromium, narrow and wide, light and dark: nothing is cut.

With ``SCREENSHOTS=folder`` each page is also kept there as a picture, to be looked at.
"""

import base64
import os
from datetime import timedelta
from itertools import count, cycle
from pathlib import Path

import pytest
from django.contrib.admin import site
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import Group, Permission
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify

from articles.models import Article, Topic
from articles.tests.factories import (
    make_article,
    make_feed,
    make_rule,
    make_run,
    make_visit,
)
from learners.models import User
from tokenization import services
from tokenization.models import CacheUse, TokenizationCache
from tokenization.tests.factories import make_row

pytestmark = [pytest.mark.integration, pytest.mark.django_db(transaction=True)]

LONG_WORD = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamten"
TITLES = [
    ("da", "Kommunen vil bygge 1.200 boliger ved havnen, men naboerne siger nej"),
    ("de", f"Die Gesellschaft der {LONG_WORD} feiert, und alle feiern mit"),
    ("el", "Η κυβέρνηση ανακοίνωσε νέα μέτρα για τη στήριξη των νοικοκυριών φέτος"),
    ("ru", "Правительство объявило о дополнительных мерах поддержки малого бизнеса"),
    ("hu", "Megszentségteleníthetetlenségeskedéseitekért újra tüntettek a fővárosban"),
    ("fr", "Voici"),
]
ERROR = (
    "https://www.a-long-name-of-a-newspaper.example.com/section/politik/2026/rss.xml:"
    " answered 503 Service Unavailable (text/html; charset=windows-1252), and its"
    " server asks for 86400 s; /" + "path" * 30
)
URL = "https://www.a-long-name-of-a-newspaper.example.com/" + "politik-og-samfund/" * 9
PARAGRAPH = f"Det skete i går. {LONG_WORD} sagde nej, og så gik de hjem. " * 4
_numbers = count(1)

STATES = {
    "articles/feed": "state",
    "articles/feedvisit": "outcome",
    "articles/article": "tokens",
    "tokenization/tokenizationcache": "state",
}
# Whether the state in each of these cells is on the screen without a move to the side,
# and nothing covers it.
VISIBLE = """
return [...document.querySelectorAll(arguments[0])].map((cell) => {
  const state = cell.querySelector(".state");
  if (!state) return true;
  state.scrollIntoView({block: "center", inline: "nearest"});
  const box = state.getBoundingClientRect();
  const points = [[box.left + 2, box.top + 9], [box.right - 2, box.top + 9]];
  let beside = window.scrollX;
  for (let e = state; e; e = e.parentElement) beside += e.scrollLeft;
  return beside === 0
    && points.every(([x, y]) => state.contains(document.elementFromPoint(x, y)));
});
"""
# What leaves the screen or is cut, as texts. Buttons of Django's that show a picture
# instead of their text, and select2, which ends a long choice with dots, are left out.
LOOK = """
const room = document.documentElement.clientWidth;
const faults = [];
const tell = (e, what) =>
  faults.push(`${e.tagName}.${e.className} ${e.innerText.slice(0, 30)}: ${what}`);
const apart = ".unseen, .visually-hidden, .skip, .skip-to-content-link, svg, select,"
  + " .selector-add, .selector-remove, .select2, input, textarea";
const wide = document.documentElement.scrollWidth;
if (wide > room) faults.push(`the page is ${wide} px wide`);
for (const e of document.querySelectorAll("body *")) {
  const box = e.getBoundingClientRect();
  if (!box.width || !e.checkVisibility() || e.closest(apart)) continue;
  if (box.right > room + 1 || box.left < -1) tell(e, `${box.left} to ${box.right}`);
  const clips = getComputedStyle(e).overflowX !== "visible";
  if (clips && e.scrollWidth > e.clientWidth + 1)
    tell(e, `${e.scrollWidth} in ${e.clientWidth}`);
}
const state = document.querySelector("#result_list .state");
if (state && state.getBoundingClientRect().bottom > window.innerHeight)
  tell(state, "the first row's state is below the screen");
return faults;
"""


def add_feeds():
    """Feeds in each state; returns one for each title."""
    now, feeds = timezone.now(), []
    states = [
        {"last_new_at": now, "last_success_at": now, "last_status": "ok"},
        {"consecutive_failures": 7, "last_error": ERROR, "last_status": "failed"},
        {"active": False, "last_status": "gone", "last_error": ERROR},
        {"active": False},
    ]
    for (language, title), state in zip(TITLES, cycle(states), strict=False):
        number = next(_numbers)
        feeds.append(
            make_feed(
                language,
                title=f"{title}: Nyheder",
                url=f"{URL}{number}.xml",
                last_fetched_at=now,
                **state,
            )
        )
    return feeds


def add_articles(feeds):
    now, reasons = timezone.now(), cycle(["", "", "", *Article.Broken.values])
    topics = list(Topic.objects.all()[:3])
    states = cycle(
        [
            {},
            {"text_hash": "old"},
            {"error": ERROR, "failures": 3, "retry_at": now},
            {"pruned_at": now},
            {"tokenizer": ""},
        ]
    )
    for number in range(36):
        _, title = TITLES[number % len(TITLES)]
        article = make_article(
            [("h2", title), ("p", PARAGRAPH), ("li", title), ("blockquote", PARAGRAPH)],
            feed=feeds[number % len(feeds)],
            title=f"{title} {number}",
            summary=PARAGRAPH,
            url=f"{URL}{number}",
            authors="Ida Holm, J.-C. Østergaard-Vestergård, Μαρία Παπαδοπούλου",
            published_at=now - timedelta(hours=number),
            broken=next(reasons),
            topics=topics,
            level="B2",
            difficulty=0.3456,
        )
        language = article.language_id
        version = services.tokenizer_version(language)
        facts = {"tokenizer": version, "token_count": 12_345, "bytes": 1_234_567}
        if number % 6:
            make_row(article, **{**facts, **next(states)})


def add_rest(feeds, user):
    now = timezone.now()
    host = "crawler-17.internal.example.com"
    begun = now - timedelta(minutes=9)
    run = make_run(host=host, started_at=begun, finished_at=now)
    reasons = {"hidden": {"advert": 3, "wrong_language": 12, "duplicate": 4}}
    outcomes = cycle(["ok", "failed", "unchanged", "gone", "deferred"])
    for number in range(30):
        make_visit(
            feeds[number % len(feeds)],
            run=run if number % 2 else make_run(started_at=begun, finished_at=now),
            status=next(outcomes),
            error=ERROR,
            seconds=123.4,
            found=1234,
            listed=567,
            hidden=123,
            updated=89,
            known=321,
            skipped=19,
            failed=3,
            reasons=reasons,
            errors=[{"url": f"{URL}{n}", "error": ERROR} for n in range(3)],
        )
        make_rule(
            f"{TITLES[number % 6][1].lower()} {number}"[:200], TITLES[number % 6][0]
        )
        CacheUse.objects.create(
            day=now.date() - timedelta(days=number),
            language=feeds[0].language,
            hits=12_345 * number,
            misses=678,
        )
        User.objects.create_user(
            f"a.rather.long.name.of.somebody.{number}@newsroom.example.com",
            name="Jens-Christian Østergaard-Vestergård",
        )
    group = Group.objects.create(name="Those who may look at everything, and no more")
    group.permissions.set(Permission.objects.all()[:20])
    LogEntry.objects.log_actions(user.pk, feeds[:1], CHANGE, ERROR, single_object=True)


def paths():
    """Of every page: lists, rows, forms, histories, figures, readers, errors."""
    found = ["/", "/read/de/", "/read/it/", "/read/xx/", "/nowhere/"]
    found += ["/read/de/?before=x", "/health/", "/health/pool"]
    found += ["/account/", "/account/sign-in/", "/placement/", "/articles/"]
    found += ["/practice/", "/words/", "/account/password/", "/account/delete/"]
    found += [f"/error/{code}/" for code in (400, 403, 413, 429, 500, 503)]
    found += [article.get_absolute_url() for article in _of_both_kinds()]
    found += ["/admin/", "/admin/password_change/", "/admin/articles/feed/preview/"]
    for model in site._registry:
        names = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        found.append(reverse(f"{names}_changelist"))
        found.append(reverse(f"{names}_add"))
        if row := model._default_manager.first():
            for page in ("change", "history", "delete"):
                found.append(reverse(f"{names}_{page}", args=[row.pk]))
    for name in ("articles_crawlrun", "tokenization_tokenizationcache"):
        found.append(reverse(f"admin:{name}_statistics"))
    for pk in _of_each_state():
        found.append(reverse("admin:tokenization_tokenizationcache_change", args=[pk]))
    return found


def _of_both_kinds():
    """An article with words to tap, and one without."""
    listed, last = Article.objects.listed(), Article.objects.listed().last()
    services.fill([last])
    return listed.filter(tokenization_cache=None).first(), last


def _of_each_state():
    rows = TokenizationCache.objects.values_list("pk", "article__token_state")
    return {state: pk for pk, state in rows}.values()


@pytest.fixture
def pages(live_server, browser, settings):
    settings.ROOT_URLCONF = "zeeguu.tests.page_urls"
    user = User.objects.create_superuser("admin@example.com", "x")
    feeds = add_feeds()
    add_articles(feeds)
    add_rest(feeds, user)
    client = Client()
    client.force_login(user)
    browser.get(f"{live_server.url}/static/favicon.svg")
    name = settings.SESSION_COOKIE_NAME
    browser.add_cookie({"name": name, "value": client.cookies[name].value, "path": "/"})
    yield paths()
    for command in ("clearDeviceMetricsOverride", "setEmulatedMedia"):
        browser.execute_cdp_cmd(f"Emulation.{command}", {})
    browser.delete_all_cookies()


def screen(browser, width, scheme):
    size = {"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": False}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    browser.execute_cdp_cmd("Emulation.setScrollbarsHidden", {"hidden": True})
    features = [{"name": "prefers-color-scheme", "value": scheme}]
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})


def keep(browser, path, screen_name):
    if folder := os.environ.get("SCREENSHOTS"):
        whole = {"captureBeyondViewport": True}
        picture = browser.execute_cdp_cmd("Page.captureScreenshot", whole)["data"]
        name = slugify(path.replace("/", "-")) or "home"
        Path(folder, f"{name}-{screen_name}.png").write_bytes(base64.b64decode(picture))


def reported(browser):
    """The console's errors, but for the status of the page itself, which is meant."""
    page = browser.current_url
    entries = [entry["message"] for entry in browser.get_log("browser")]
    return [text for text in entries if not text.startswith(f"{page} - Failed to load")]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_nothing_is_cut(browser, live_server, pages, width, scheme):
    screen(browser, width, scheme)
    faults = {}
    for path in pages:
        browser.get(live_server.url + path)
        keep(browser, path, f"{width}-{scheme}")
        faults[path] = browser.execute_script(LOOK) + reported(browser)
    assert {path: found for path, found in faults.items() if found} == {}


@pytest.mark.parametrize("width", [360, 1280])
def test_each_list_says_the_state_of_its_rows(browser, live_server, pages, width):
    screen(browser, width, "light")
    for model, column in STATES.items():
        browser.get(f"{live_server.url}/admin/{model}/")
        shown = browser.execute_script(VISIBLE, f"#result_list tbody .field-{column}")
        assert shown
        assert all(shown), model
