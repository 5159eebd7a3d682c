import queue
import subprocess
import sys
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.contrib.admin import site
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from lxml import html

from articles import counts, services
from articles.admin import FeedAdmin, LanguageAdmin
from articles.models import Article, Feed, FeedVisit, Fragment, Language, Topic
from articles.tests.factories import make_article, make_feed
from learners.models import User
from zeeguu.base import large_lists

pytestmark = pytest.mark.django_db

LISTS = ["language", "topic", "feed", "article"]


def list_url(model):
    return reverse(f"admin:articles_{model}_changelist")


def change_url(row):
    name = f"admin:articles_{row._meta.model_name}_change"
    return reverse(name, args=[row.pk])


def listed(response):
    return list(response.context["cl"].result_list)


def messages(response):
    return [str(message) for message in response.context["messages"]]


def number_of_queries(client, url):
    with CaptureQueriesContext(connection) as queries:
        assert client.get(url).status_code == 200
    return len(queries)


def article_form(article, **changes):
    """What the browser sends for an article and its fragments, with some changes."""
    fragments = list(article.fragments.all())
    form = {
        "title": article.title,
        "summary": article.summary,
        "url": article.url,
        "feed": article.feed_id,
        "language": article.language_id,
        "published_at_0": "2026-01-02",
        "published_at_1": "03:04:05",
        "fragments-TOTAL_FORMS": len(fragments),
        "fragments-INITIAL_FORMS": len(fragments),
    }
    for number, fragment in enumerate(fragments):
        for name in ("id", "position", "tag", "text"):
            form[f"fragments-{number}-{name}"] = getattr(fragment, name)
    return {**form, **changes}


def feed_form(feed, **changes):
    return {
        "title": feed.title,
        "url": feed.url,
        "language": feed.language_id,
        "active": "on",
        "interval": "01:00:00",
        **changes,
    }


def crawl(client, *feeds):
    form = {"action": "crawl_now", "_selected_action": [feed.pk for feed in feeds]}
    return client.post(list_url("feed"), form, follow=True)


@pytest.fixture
def crawls(monkeypatch):
    """The commands that were run, as a queue: they are run by another thread."""
    commands = queue.Queue()
    monkeypatch.setattr(subprocess, "run", lambda command, **_: commands.put(command))
    return commands


@pytest.mark.parametrize("model", LISTS)
def test_more_rows_cost_no_more_queries(model, admin_client):
    make_article(topics=[Topic.objects.first()])
    number_of_queries(admin_client, list_url(model))  # fills Django's own caches
    few = number_of_queries(admin_client, list_url(model))
    for language in Language.objects.all():
        make_article(language=language, topics=Topic.objects.all())
        make_article(language=language)
    assert number_of_queries(admin_client, list_url(model)) == few


@pytest.mark.parametrize("model", LISTS)
def test_staff_without_permission_see_no_list(model, client):
    client.force_login(User.objects.create_user("clerk@example.com", is_staff=True))
    assert client.get(list_url(model)).status_code == 403


def test_languages_show_how_many_feeds_and_articles_they_have(admin_client):
    feed = make_feed(language="sv")
    make_article(feed=feed)
    make_article(feed=feed)
    rows = listed(admin_client.get(list_url("language"), {"q": "sv"}))
    assert [(row.feed_count, row.article_count) for row in rows] == [(1, 2)]


@pytest.mark.parametrize("order", ["5", "-5"])
def test_languages_are_sorted_by_their_articles(admin_client, order):
    make_article(language="sv")
    make_article(language="da")
    make_article(language="da")
    rows = listed(admin_client.get(list_url("language"), {"o": order}))
    numbers = [row.article_count for row in rows]
    assert numbers == sorted(numbers, reverse=order == "-5") and max(numbers) == 2


def test_the_list_counts_articles_once(admin_client, monkeypatch):
    made = []
    count = lambda: made.append(1) or counts.Counted({"da": len(made)}, timezone.now())  # noqa: E731
    monkeypatch.setattr(LanguageAdmin, "count_articles", staticmethod(count))
    rows = listed(admin_client.get(list_url("language"), {"q": "da", "o": "5"}))
    assert [row.article_count for row in rows if row.pk == "da"] == [1]


def test_the_code_of_a_language_can_not_be_changed(admin_client):
    language = Language.objects.get(pk="sv")
    form = {"code": "xx", "name": "Swedish", "native_name": "svenska"}
    admin_client.post(change_url(language), form)
    assert not Language.objects.filter(pk="xx").exists()


def test_topics_show_how_many_articles_they_have(admin_client):
    topic = Topic.objects.first()
    make_article(topics=[topic])
    rows = listed(admin_client.get(list_url("topic"), {"q": topic.slug}))
    assert [row.article_count for row in rows] == [1]


def test_keywords_are_edited_one_on_a_line(admin_client):
    topic = Topic.objects.first()
    keywords = "Politik \r\n\r\nVALG  2026\r\npolitik"
    form = {"name": topic.name, "slug": topic.slug, "keywords": keywords}
    admin_client.post(change_url(topic), form)
    topic.refresh_from_db()
    assert topic.keywords == ["politik", "valg 2026"]


def test_keywords_are_shown_one_on_a_line(admin_client):
    topic = Topic.objects.first()
    Topic.objects.filter(pk=topic.pk).update(keywords=["politik", "valg"])
    response = admin_client.get(change_url(topic))
    assert "politik\nvalg</textarea>" in response.content.decode()


def test_feeds_are_found_by_title(admin_client):
    wanted, _ = make_feed(title="Fjordavisen"), make_feed()
    response = admin_client.get(list_url("feed"), {"q": "fjord"})
    assert listed(response) == [wanted]


def test_feeds_are_found_by_url(admin_client):
    wanted, _ = make_feed(url="https://fjord.example.com/rss"), make_feed()
    response = admin_client.get(list_url("feed"), {"q": "fjord.example"})
    assert listed(response) == [wanted]


@pytest.mark.parametrize(
    ("facts", "filters"),
    [
        ({"language": "sv"}, {"language__code__exact": "sv"}),
        ({"active": False}, {"active__exact": "0"}),
        ({"last_status": "failed"}, {"last_status": "failed"}),
    ],
)
def test_feeds_are_filtered(facts, filters, admin_client):
    wanted, _ = make_feed(**facts), make_feed()
    assert listed(admin_client.get(list_url("feed"), filters)) == [wanted]


def test_a_feed_says_when_it_is_due(admin_client):
    make_feed()
    assert ">due<" in admin_client.get(list_url("feed")).content.decode()


def test_a_feed_says_how_long_it_waits(admin_client):
    make_feed(next_fetch_at=timezone.now() + timedelta(hours=2, minutes=5))
    page = admin_client.get(list_url("feed")).content.decode()
    assert "in 2\N{NO-BREAK SPACE}hours" in page


def test_the_last_error_of_a_feed_is_shown_escaped(admin_client):
    feed = make_feed(last_error="<script>answered 503</script>")
    page = admin_client.get(change_url(feed)).content.decode()
    assert "&lt;script&gt;answered 503" in page


def test_saving_a_feed_leaves_what_a_crawl_wrote_meanwhile():
    opened = make_feed()
    Feed.objects.filter(pk=opened.pk).update(last_status="ok", etag="new")
    opened.title = "Renamed"
    form = SimpleNamespace(changed_data=["title"])
    FeedAdmin(Feed, site).save_model(None, opened, form, change=True)
    saved = Feed.objects.get()
    assert (saved.title, saved.last_status, saved.etag) == ("Renamed", "ok", "new")


def test_a_feed_with_a_new_url_is_fetched_without_the_old_validators(admin_client):
    feed = make_feed(etag="old", last_modified="yesterday")
    url = "https://moved.example.com/rss"
    admin_client.post(change_url(feed), feed_form(feed, url=url))
    feed.refresh_from_db()
    assert (feed.url, feed.etag, feed.last_modified) == (url, "", "")


def test_a_feed_is_added(admin_client):
    form = {"url": "https://new.example.com/rss", "language": "da", "active": "on"}
    admin_client.post(reverse("admin:articles_feed_add"), {**form, "interval": "3600"})
    assert Feed.objects.get().interval == timedelta(hours=1)


def test_a_feed_is_added_by_an_address_without_its_scheme(admin_client):
    form = {"url": "new.example.com/rss", "language": "da", "interval": "3600"}
    admin_client.post(reverse("admin:articles_feed_add"), form)
    assert Feed.objects.get().url == "https://new.example.com/rss"


@pytest.mark.parametrize("url", ["http://127.0.0.1/feed", "http://news.invalid/feed"])
def test_an_address_that_is_never_fetched_is_refused(admin_client, url):
    feed = make_feed(title="Old")
    for page in (reverse("admin:articles_feed_add"), change_url(feed)):
        answer = admin_client.post(page, feed_form(feed, url=url)).content.decode()
        assert "private address" in answer or "can&#x27;t be found" in answer
    assert not Feed.objects.filter(url=url).exists()


def test_another_fact_of_a_feed_that_can_not_be_reached_is_changed(admin_client):
    feed = make_feed(url="http://127.0.0.1:1/feed", title="Old")
    admin_client.post(change_url(feed), feed_form(feed, title="New"))
    assert Feed.objects.get().title == "New"


def test_a_known_address_is_refused_in_any_spelling(admin_client):
    feed = make_feed(url="https://news.example.com/rss")
    form = feed_form(feed, url="HTTPS://NEWS.example.com:443/./rss#top")
    page = admin_client.post(reverse("admin:articles_feed_add"), form)
    assert "already exists" in page.content.decode()
    assert Feed.objects.get() == feed


def test_crawl_now_runs_the_command_with_the_selected_feeds(admin_client, crawls):
    first, second, _ = make_feed(), make_feed(), make_feed()
    crawl(admin_client, first, second)
    _, script, *arguments = crawls.get(timeout=60)
    assert script.endswith("manage.py")
    ids = ["--feed", str(first.pk), "--feed", str(second.pk)]
    assert sorted(arguments) == sorted(["crawl", *ids])


def test_crawl_now_says_how_to_see_the_result(admin_client, crawls):
    (message,) = messages(crawl(admin_client, make_feed()))
    assert message.startswith("The crawl of 1 feed has started. Reload")
    crawls.get(timeout=60)


def test_crawl_now_refuses_inactive_feeds_by_name(admin_client, crawls):
    feed = make_feed(title="<script>Sleepy</script>", active=False)
    response = crawl(admin_client, feed)
    assert messages(response) == [
        "Not crawled, because inactive: <script>Sleepy</script>."
    ]
    assert "<script>Sleepy" not in response.content.decode()
    assert crawls.empty()


def test_crawl_now_crawls_the_active_ones_of_a_mixed_choice(admin_client, crawls):
    active, idle = make_feed(), make_feed(active=False)
    assert len(messages(crawl(admin_client, active, idle))) == 2
    assert crawls.get(timeout=60)[-2:] == ["--feed", str(active.pk)]


def test_crawl_now_is_not_for_those_who_may_only_look(client, crawls):
    clerk = User.objects.create_user("clerk@example.com", is_staff=True)
    clerk.user_permissions.add(Permission.objects.get(codename="view_feed"))
    client.force_login(clerk)
    crawl(client, make_feed())
    assert crawls.empty()


def test_a_crawl_that_fails_is_logged_with_its_last_lines(monkeypatch, caplog):
    def fail(command, *, stdout, **options):
        stdout.write("".join(f"line {n}\n" for n in range(100)).encode())
        raise subprocess.CalledProcessError(2, command)

    monkeypatch.setattr(subprocess, "run", fail)
    services.crawl_in_background([7]).join(timeout=60)
    assert "--feed', '7']' returned non-zero exit status 2" in caplog.text
    assert caplog.text.rstrip().endswith("line 98\nline 99")
    assert "line 79\n" not in caplog.text


def test_a_crawl_that_can_not_start_is_logged(monkeypatch, caplog):
    def fail(command, **options):
        raise OSError("no more processes")

    monkeypatch.setattr(subprocess, "run", fail)
    services.crawl_in_background([7]).join(timeout=60)
    assert "no more processes" in caplog.text


def test_a_command_reads_what_it_is_given(tmp_path):
    copy = tmp_path / "copy"
    program = f"import sys; open({str(copy)!r}, 'wb').write(sys.stdin.buffer.read())"
    services._run([sys.executable, "-c", program], 20, b"1\n2\n")
    assert copy.read_bytes() == b"1\n2\n"


def test_articles_are_found_by_title(admin_client):
    wanted, _ = make_article(title="Meteorit i mosen"), make_article()
    response = admin_client.get(list_url("article"), {"q": "meteorit"})
    assert listed(response) == [wanted]


def test_articles_are_found_by_url(admin_client):
    wanted = make_article(url="https://news.example.com/meteorit")
    make_article()
    response = admin_client.get(list_url("article"), {"q": "/meteorit"})
    assert listed(response) == [wanted]


@pytest.mark.parametrize(
    ("facts", "filters"),
    [
        ({"language": "sv"}, {"language__code__exact": "sv"}),
        ({"broken": "too_short"}, {"broken": "too_short"}),
    ],
)
def test_articles_are_filtered(facts, filters, admin_client):
    wanted, _ = make_article(**facts), make_article()
    assert listed(admin_client.get(list_url("article"), filters)) == [wanted]


def test_articles_that_are_not_broken_are_filtered(admin_client):
    wanted, _ = make_article(), make_article(broken="too_short")
    response = admin_client.get(list_url("article"), {"broken": "no"})
    assert listed(response) == [wanted]


def test_articles_are_filtered_by_topic(admin_client):
    topic = Topic.objects.first()
    wanted, _ = make_article(topics=[topic]), make_article()
    response = admin_client.get(list_url("article"), {"topics__id__exact": topic.pk})
    assert listed(response) == [wanted]


@pytest.mark.parametrize(
    ("model", "name"),
    [
        ("article", "topic"),
        ("article", "broken"),
        ("article", "level"),
        ("feed", "state"),
        ("feedvisit", "status"),
    ],
)
def test_a_choice_that_a_filter_does_not_know_leaves_nothing(model, name, admin_client):
    FeedVisit.objects.create(feed=make_article().feed, status="ok")
    assert listed(admin_client.get(list_url(model), {name: "bogus"})) == []
    assert len(listed(admin_client.get(list_url(model), {name: ""}))) == 1


def test_a_search_in_a_topic_counts_what_it_finds(admin_client, monkeypatch):
    monkeypatch.setattr(large_lists, "EXACT", 0)
    topic = Topic.objects.first()
    for title in ("Comet", "Moon"):
        make_article(title=title, topics=[topic])
    page = admin_client.get(list_url("article"), {"topic": topic.slug, "q": "comet"})
    assert page.context["cl"].result_count == 1


def test_the_list_leaves_summaries_in_the_database(admin_client):
    make_article(summary="long")
    (article,) = listed(admin_client.get(list_url("article")))
    assert "summary" in article.get_deferred_fields()


@pytest.mark.parametrize(
    "page", [list_url, lambda _: change_url(Article.objects.get())]
)
def test_hostile_titles_are_escaped(page, admin_client):
    make_article(title="<script>alert(1)</script>")
    content = admin_client.get(page("article")).content.decode()
    assert "<script>alert" not in content
    assert "&lt;script&gt;alert" in content


def test_the_form_lists_no_other_feeds(admin_client):
    article, other = make_article(), make_feed(title="Another paper")
    page = admin_client.get(change_url(article)).content.decode()
    assert str(article.feed) in page
    assert other.title not in page


def test_saving_unchanged_keeps_the_text_hash(admin_client):
    article = make_article(summary="Kort.", fragments=[("h2", "Hej"), ("p", "Farvel")])
    admin_client.post(change_url(article), article_form(article))
    assert Article.objects.get().published_at.year == 2026
    assert Article.objects.get().text_hash == article.text_hash


def test_a_changed_title_changes_the_text_hash(admin_client):
    article = make_article()
    admin_client.post(change_url(article), article_form(article, title="Nyt"))
    saved = Article.objects.get()
    assert saved.text_hash == saved.text().hash != article.text_hash


def test_the_inputs_of_an_article_have_labels(admin_client):
    article = make_article()
    Fragment.objects.get_or_create(article=article, position=0, defaults={"text": "a"})
    page = html.fromstring(admin_client.get(change_url(article)).content)
    inputs = page.xpath(
        "//form[@id='article_form']//*[self::input or self::select or self::textarea]"
        "[not(@type='hidden' or @type='submit')]"
    )
    ids = {label.get("for") for label in page.xpath("//label")}
    unlabelled = [
        one.name
        for one in inputs
        if one.get("id") not in ids and not one.get("aria-label")
    ]
    assert not unlabelled
    assert page.get_element_by_id("id_published_at_1").get("aria-label") == "Time"
    position = page.get_element_by_id("id_fragments-0-position")
    assert position.get("aria-label") == "Position"


def test_a_changed_fragment_changes_hash_and_word_count(admin_client):
    article = make_article(fragments=[("p", "Hej")])
    changes = {"fragments-0-text": "Hej med dig"}
    admin_client.post(change_url(article), article_form(article, **changes))
    saved = Article.objects.get()
    assert saved.word_count == 3
    assert saved.text_hash == saved.text().hash != article.text_hash


def test_a_deleted_fragment_changes_hash_and_word_count(admin_client):
    article = make_article(fragments=[("p", "Hej"), ("p", "med dig")])
    changes = {"fragments-1-DELETE": "on"}
    admin_client.post(change_url(article), article_form(article, **changes))
    saved = Article.objects.get()
    assert saved.word_count == 1
    assert saved.text_hash == saved.text().hash != article.text_hash


def test_edited_texts_are_folded_as_the_crawler_does(admin_client):
    article = make_article()
    changes = {"summary": "To\r\nlinjer ", "fragments-0-text": "Hej\r\n\r\n  med\tdig"}
    admin_client.post(change_url(article), article_form(article, **changes))
    assert Article.objects.get().summary == "To linjer"
    assert Fragment.objects.get().text == "Hej med dig"


def test_an_article_is_added_with_its_fragments(admin_client):
    form = article_form(make_article(fragments=[]), url="https://new.example.com/")
    fragment = {"position": 0, "tag": "p", "text": "Hej med dig"}
    form |= {f"fragments-0-{name}": value for name, value in fragment.items()}
    form["fragments-TOTAL_FORMS"] = 1
    admin_client.post(reverse("admin:articles_article_add"), form)
    saved = Article.objects.latest("pk")
    assert (saved.url, saved.word_count) == ("https://new.example.com/", 3)
    assert saved.text_hash == saved.text().hash


def test_a_known_url_is_refused_with_a_message(admin_client):
    known, article = make_article(), make_article()
    form = article_form(article, url=known.url)
    response = admin_client.post(change_url(article), form)
    assert "There is an article with this URL already." in response.content.decode()


def test_addresses_of_an_article_may_lack_their_scheme(admin_client):
    article = make_article()
    changes = {"url": "example.com/a", "image_url": "example.com/a.png"}
    admin_client.post(change_url(article), article_form(article, **changes))
    article.refresh_from_db()
    assert article.url == "https://example.com/a"
    assert article.image_url == "https://example.com/a.png"


def test_a_script_url_is_refused(admin_client):
    article = make_article()
    form = article_form(article, url="javascript:alert(1)")
    response = admin_client.post(change_url(article), form)
    assert "Enter a valid URL." in response.content.decode()


def test_two_fragments_at_one_place_are_refused_with_a_message(admin_client):
    article = make_article(fragments=[("p", "Hej"), ("p", "med dig")])
    form = article_form(article, **{"fragments-1-position": 0})
    response = admin_client.post(change_url(article), form)
    assert response.context["errors"]


# --- what is hidden from readers, and shown again


def act(client, action, *articles, query=""):
    """Run an action on articles; return the messages it shows."""
    form = {"action": action, "_selected_action": [article.pk for article in articles]}
    response = client.post(list_url("article") + query, form, follow=True)
    return messages(response)


def broken(*articles):
    return [Article.objects.get(pk=article.pk).broken for article in articles]


def test_hidden_articles_are_shown_again(admin_client):
    articles = make_article(), make_article()
    assert act(admin_client, "hide", *articles) == ["Hidden from readers: 2 articles."]
    assert broken(*articles) == ["hidden", "hidden"]
    assert act(admin_client, "show_again", *articles) == [
        "Shown to readers again: 2 articles."
    ]
    assert broken(*articles) == ["", ""]


READERS = ["/", "/read/da/", "/read/da/{pk}/"]
READERS += ["/api/articles/", "/api/articles/{pk}/", "/api/articles/{pk}/summary/"]


@pytest.mark.parametrize("url", READERS)
def test_readers_miss_what_is_hidden_at_once(url, client, admin_user):
    article = make_article(title="Brevet")
    url = url.format(pk=article.pk)
    before = client.get(url)
    assert "Brevet" in before.content.decode()
    again = {"if-none-match": before.get("ETag", "none")}
    client.force_login(admin_user)
    act(client, "hide", article)
    hidden = client.get(url, headers=again)
    assert hidden.status_code == (404 if str(article.pk) in url else 200)
    assert "Brevet" not in hidden.content.decode()
    act(client, "show_again", article)
    assert "Brevet" in client.get(url).content.decode()


def test_only_what_an_admin_has_hidden_is_shown_again(admin_client):
    hidden, short = make_article(broken="hidden"), make_article(broken="too_short")
    shown, left = act(admin_client, "show_again", hidden, short, make_article())
    assert shown == "Shown to readers again: 1 article."
    assert left.startswith("Left as they were, since nobody had hidden them: ")
    assert f"“{short.title}” (too short)" in left
    assert "(seen by readers)" in left
    assert broken(hidden, short) == ["", "too_short"]


def test_what_readers_do_not_see_keeps_its_reason(admin_client):
    short = make_article(broken="too_short")
    nothing, left = act(admin_client, "hide", short)
    assert nothing == "Hidden from readers: 0 articles."
    assert f"“{short.title}” (too short)" in left
    assert broken(short) == ["too_short"]


def test_only_some_of_those_left_are_named(admin_client):
    short = [make_article(broken="too_short") for _ in range(7)]
    _, left = act(admin_client, "hide", *short)
    assert left.endswith("(too short), and 2 more.")


def test_what_is_nearly_the_same_as_a_hidden_article_stays_unlisted(admin_client):
    first = make_article()
    twin = make_article(broken="duplicate", duplicate_of=first)
    (message,) = act(admin_client, "hide", first)
    assert "1 article nearly the same stay" in message
    assert broken(first, twin) == ["hidden", "duplicate"]


def test_hide_takes_all_that_filters_and_a_search_leave(admin_client):
    topic = Topic.objects.first()
    wanted = make_article(title="Meteorit", topics=[topic])
    other = make_article(title="Meteorit")
    form = {"action": "hide", "select_across": "1", "_selected_action": [other.pk]}
    query = f"?topics__id__exact={topic.pk}&q=meteorit"
    admin_client.post(list_url("article") + query, form)
    assert broken(wanted, other) == ["hidden", ""]


@pytest.mark.parametrize("action", ["hide", "show_again"])
def test_hiding_is_not_for_those_who_may_only_look(action, client):
    clerk = User.objects.create_user("clerk@example.com", is_staff=True)
    clerk.user_permissions.add(Permission.objects.get(codename="view_article"))
    client.force_login(clerk)
    articles = make_article(), make_article(broken="hidden")
    act(client, action, *articles)
    assert broken(*articles) == ["", "hidden"]


# --- filters and links of articles


def test_articles_are_filtered_by_feed(admin_client):
    wanted, _ = make_article(), make_article()
    query = {"feed__id__exact": wanted.feed_id}
    assert listed(admin_client.get(list_url("article"), query)) == [wanted]


def test_the_filter_by_feed_keeps_the_others(admin_client):
    feeds = make_feed(title="Avisen"), make_feed(title="Posten")
    response = admin_client.get(
        list_url("article"), {"q": "x", "feed__id__exact": feeds[0].pk}
    )
    page = html.fromstring(response.content.decode())
    (form,) = page.xpath("//form[@class='choose']")
    assert dict(form.form_values()) == {"q": "x", "feed__id__exact": str(feeds[0].pk)}
    assert form.xpath(".//option/text()") == ["All", "Avisen", "Posten"]


def test_the_filter_by_feed_can_be_taken_away(admin_client):
    make_feed(), make_article()
    response = admin_client.get(list_url("article"), {"feed__id__exact": ""})
    assert len(listed(response)) == 1


@pytest.mark.parametrize("field", ["published_at", "crawled_at"])
def test_articles_are_filtered_by_date(field, admin_client):
    wanted, old = make_article(), make_article()
    last_year = timezone.now() - timedelta(days=400)
    Article.objects.filter(pk=old.pk).update(**{field: last_year})
    response = admin_client.get(list_url("article"))
    page = html.fromstring(response.content.decode())
    (link,) = page.xpath(f"//a[text()='Past 7 days'][contains(@href, '{field}')]/@href")
    assert listed(admin_client.get(list_url("article") + link)) == [wanted]


def links_of(client, article):
    page = html.fromstring(client.get(change_url(article)).content.decode())
    return {link.text: link for link in page.xpath("//ul[@class='object-tools']//a")}


def test_the_page_of_an_article_leads_to_readers_and_to_the_original(admin_client):
    article = make_article()
    links = links_of(admin_client, article)
    assert links["View on site"].get("href") == f"/read/da/{article.pk}/"
    original = links["Original page ↗"]
    assert original.get("href") == article.url
    assert original.get("target") == "_blank"
    assert original.get("rel") == "noopener noreferrer"


def test_what_readers_do_not_see_has_no_link_to_them(admin_client):
    assert "View on site" not in links_of(admin_client, make_article(broken="hidden"))
