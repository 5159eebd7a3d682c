"""The admin of the crawl: states of feeds, runs, visits and statistics."""

import re
from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse
from django.utils import timezone
from lxml import html

from articles.crawler.store.history import record_visit
from articles.models import Feed
from articles.tests.factories import (
    make_article,
    make_feed,
    make_report,
    make_run,
    make_visit,
)
from articles.tests.test_admin import change_url, list_url, listed, messages
from learners.models import User

pytestmark = pytest.mark.django_db

STATISTICS = "/admin/articles/crawlrun/statistics/"
HOSTILE = "<script>alert(1)</script>"


def ago(**time):
    return timezone.now() - timedelta(**time)


def page_of(client, url, data=None):
    response = client.get(url, data)
    assert response.status_code == 200
    return response.content.decode()


def act(client, action, *feeds):
    form = {"action": action, "_selected_action": [feed.pk for feed in feeds]}
    return client.post(list_url("feed"), form, follow=True)


def clerk_with(*codenames):
    clerk = User.objects.create_user("clerk@example.com", is_staff=True)
    permissions = Permission.objects.filter(codename__in=codenames)
    clerk.user_permissions.set(permissions)
    return clerk


def texts(elements):
    return [" ".join(element.text_content().split()) for element in elements]


# --- feeds

STATES = {
    "active": {},
    "failing": {"consecutive_failures": 1},
    "gone": {"active": False, "last_status": "gone"},
    "paused": {"active": False},
}


@pytest.mark.parametrize("state", STATES)
def test_a_feed_shows_its_state_and_is_found_by_it(admin_client, state):
    feeds = {name: make_feed(**facts) for name, facts in STATES.items()}
    response = admin_client.get(list_url("feed"), {"state": state})
    assert listed(response) == [feeds[state]]
    assert f'<span class="state state-{state}">{state}<' in response.content.decode()


def test_a_feed_shows_its_last_new_article(admin_client):
    make_feed(last_new_at=ago(days=3, minutes=5))
    assert "3\N{NO-BREAK SPACE}days ago" in page_of(admin_client, list_url("feed"))


def test_a_feed_shows_where_it_has_moved_to_if_it_has(admin_client):
    page = page_of(admin_client, change_url(make_feed()))
    assert "Moved to" not in page
    feed = make_feed(moved_to=f"https://example.com/{HOSTILE}")
    page = page_of(admin_client, change_url(feed))
    assert "Moved to" in page
    assert HOSTILE not in page


def test_pausing_takes_a_feed_out_of_the_rounds(admin_client):
    feed, other = make_feed(), make_feed()
    assert messages(act(admin_client, "pause", feed)) == ["Paused: 1 feed."]
    assert list(Feed.objects.active()) == [other]


@pytest.mark.parametrize("state", STATES)
def test_resuming_makes_a_feed_active_and_due(admin_client, state):
    facts = {"next_fetch_at": ago(days=-1), **STATES[state]}
    feed = make_feed(**facts)
    response = act(admin_client, "resume", feed)
    assert messages(response) == ["Resumed, and due now: 1 feed."]
    feed.refresh_from_db()
    assert feed.state == "active"
    assert feed.last_status != "gone"
    assert list(Feed.objects.active().due()) == [feed]


@pytest.mark.parametrize("action", ["pause", "resume"])
def test_looking_is_not_enough_to_pause_or_resume(client, action):
    client.force_login(clerk_with("view_feed"))
    active, paused = make_feed(), make_feed(active=False)
    act(client, action, active, paused)
    assert list(Feed.objects.active()) == [active]


def test_a_feed_shows_its_last_20_visits(admin_client):
    feed = make_feed()
    for number in range(21):
        make_visit(feed, at=ago(days=number), error=f"{HOSTILE} {number}.")
    make_visit(error="of another feed")
    page = page_of(admin_client, change_url(feed))
    shown = re.findall(r"&lt;/script&gt; (\d+)\.", page)
    assert shown == [str(number) for number in range(20)]
    assert HOSTILE not in page
    assert "of another feed" not in page
    assert f"/admin/articles/feedvisit/?feed__id__exact={feed.pk}" in page


def test_who_may_not_look_at_visits_does_not_see_them_on_the_feed(client):
    client.force_login(clerk_with("view_feed"))
    visit = make_visit(error="a secret")
    assert "a secret" not in page_of(client, change_url(visit.feed))


def test_a_new_address_forgets_where_the_old_one_had_moved(admin_client):
    feed = make_feed(moved_to="https://a.example/", moved_sightings=2, content_hash="x")
    form = {"url": "https://new.example.com/rss", "language": "da", "active": "on"}
    admin_client.post(change_url(feed), {**form, "interval": "3600"})
    feed.refresh_from_db()
    assert (feed.moved_to, feed.moved_sightings, feed.content_hash) == ("", 0, "")


# --- articles


def test_articles_are_filtered_by_level(admin_client):
    wanted, _ = make_article(level="B1"), make_article(level="A2")
    assert listed(admin_client.get(list_url("article"), {"level": "B1"})) == [wanted]


def test_an_article_leads_to_the_one_that_it_repeats(admin_client):
    first = make_article(title=HOSTILE)
    article = make_article(duplicate_of=first, broken="duplicate")
    page = page_of(admin_client, change_url(article))
    assert f'<a href="{change_url(first)}">&lt;script&gt;' in page
    assert HOSTILE not in page


# --- runs and visits


def test_a_run_sums_its_visits_up(admin_client):
    run = make_run(started_at=ago(minutes=3), finished_at=timezone.now())
    for facts in ({"status": "ok", "listed": 2}, {"status": "failed", "hidden": 3}):
        record_visit(make_report(**facts, found=4), run=run)
    make_run()
    response = admin_client.get(list_url("crawlrun"))
    rows = [(r.visited, r.failed_visits, r.found) for r in listed(response)]
    assert rows == [(0, 0, 0), (2, 1, 8)]
    page = response.content.decode()
    assert "2 listed, 3 hidden<" in page
    assert ">0:03:00<" in page
    assert ">killed or at work<" in page


def test_a_run_shows_its_visits(admin_client):
    run = make_run(command=HOSTILE)
    visit = make_visit(make_feed(title=HOSTILE), run=run, error=HOSTILE)
    page = page_of(admin_client, change_url(run))
    assert HOSTILE not in page
    assert f'<a href="{change_url(visit.feed)}">&lt;script&gt;' in page


@pytest.mark.parametrize(
    ("facts", "filters"),
    [
        ({"status": "failed"}, {"status": "failed"}),
        ({"feed": "sv"}, {"feed__language__code__exact": "sv"}),
    ],
)
def test_visits_are_filtered(admin_client, facts, filters):
    if "feed" in facts:
        facts = {"feed": make_feed(facts["feed"])}
    wanted, _ = make_visit(**facts), make_visit()
    assert listed(admin_client.get(list_url("feedvisit"), filters)) == [wanted]


@pytest.mark.parametrize("page", [lambda visit: list_url("feedvisit"), change_url])
def test_what_comes_from_feeds_is_escaped(admin_client, page):
    errors = [{"url": f"https://example.com/{HOSTILE}", "error": HOSTILE}]
    facts = {"error": HOSTILE, "errors": errors, "reasons": {"left": {HOSTILE: 1}}}
    visit = make_visit(make_feed(title=HOSTILE), status=HOSTILE[:20], **facts)
    content = page_of(admin_client, page(visit))
    assert "<script>alert" not in content
    assert "&lt;script&gt;alert" in content


def test_a_visit_leads_to_the_feed_and_its_articles(admin_client):
    visit = make_visit(run=make_run())
    article, _ = make_article(feed=visit.feed), make_article()
    tree = html.fromstring(page_of(admin_client, change_url(visit)))
    links = tree.xpath("//fieldset//a/@href")
    articles = f"{list_url('article')}?feed__id__exact={visit.feed_id}"
    assert links == [change_url(visit.feed), articles, change_url(visit.run)]
    assert listed(admin_client.get(articles)) == [article]


@pytest.mark.parametrize("make", [make_run, make_visit])
def test_runs_and_visits_are_only_looked_at(admin_client, make):
    row = make()
    name = row._meta.model_name
    assert admin_client.get(reverse(f"admin:articles_{name}_add")).status_code == 403
    delete = reverse(f"admin:articles_{name}_delete", args=[row.pk])
    assert admin_client.post(delete, {"post": "yes"}).status_code == 403
    assert admin_client.post(change_url(row), {}).status_code == 403


@pytest.mark.parametrize("model", ["judgerule", "crawlrun", "feedvisit"])
def test_staff_without_permission_see_no_list(client, model):
    client.force_login(clerk_with())
    assert client.get(list_url(model)).status_code == 403


# --- statistics


def test_the_statistics_show_each_number_in_a_table(admin_client):
    feed = make_feed(title=HOSTILE, last_new_at=ago(hours=2))
    make_article(feed=feed)
    make_article(feed=feed, broken="paywall")
    reasons = {"hidden": {"paywall": 1}, "skipped": {HOSTILE: 1}}
    facts = {"found": 2, "seconds": 2.5, "hidden": 1, "skipped": 1, "reasons": reasons}
    make_visit(feed, **facts)
    make_visit(feed, status="failed")
    page = page_of(admin_client, STATISTICS)
    assert HOSTILE not in page
    tables = [
        [texts(line.xpath("th|td")) for line in table.xpath(".//tbody/tr")]
        for table in html.fromstring(page).find_class("numbers")
    ]
    delivery, articles, visits, states, items, why, broken, slowest, failing = tables
    today = f"{timezone.now():%d %b}"
    assert delivery == [["da", "1", "0", "2 hours ago", "1"]]
    assert articles[-1] == [today, "1"]
    assert visits[-1] == [today, "2", "1", "1"]
    assert ["active", "1"] in states
    assert ["hidden", "1"] in items
    assert why == [["hidden", "behind a paywall", "1"], ["skipped", HOSTILE, "1"]]
    assert broken == [["da", "1", "1"]]
    assert slowest == failing == [[HOSTILE, "2", "1", "1.2", "2.5"]]


def test_each_chart_has_a_title(admin_client):
    for language in ("da", "sv"):
        make_visit(make_feed(language), found=1, hidden=1)
        make_article(language=language)
    tree = html.fromstring(page_of(admin_client, STATISTICS))
    titles = texts(tree.xpath("//*[name()='svg'][@role='img']/*[name()='title']"))
    assert titles == [
        "New articles a day: all",
        "New articles a day: da",
        "New articles a day: sv",
        "Visits a day: ok",
        "Feeds by state",
        "What became of items in the last 7 days",
    ]


def test_without_any_crawl_the_statistics_say_so(admin_client):
    page = page_of(admin_client, STATISTICS)
    assert "There are no active feeds besides those of the demo site." in page
    assert "There is nothing to draw yet." in page


@pytest.mark.parametrize(
    ("permissions", "status"), [(["view_crawlrun"], 200), (["view_feed"], 403)]
)
def test_the_statistics_are_for_those_who_may_look(client, permissions, status):
    client.force_login(clerk_with(*permissions))
    assert client.get(STATISTICS).status_code == status
    assert (STATISTICS in page_of(client, "/admin/")) is (status == 200)


def test_the_list_of_runs_leads_to_the_statistics(admin_client):
    assert STATISTICS in page_of(admin_client, list_url("crawlrun"))
