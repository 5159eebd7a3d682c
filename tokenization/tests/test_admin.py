from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from lxml import html

from articles.models import Article, Language
from articles.tests.factories import make_article
from learners.models import User
from tokenization import admin, backlog, services
from tokenization.lexemes import ids_of
from tokenization.models import CacheState, TokenizationCache
from zeeguu.base import large_lists

pytestmark = pytest.mark.django_db

LIST = "/admin/tokenization/tokenizationcache/"
TITLE = '[[[{"text":"Hej","has_space":false},{"text":"!","is_punct":true}]]]'


def make_cache(article=None, **facts):
    """A fresh row of an article, without the tokenizer's having run."""
    article = article or make_article()
    now = timezone.now()
    defaults = {
        "title": TITLE,
        "summary": "[[]]",
        "content": "[]",
        "text_hash": article.text_hash,
        "tokenizer": services.tokenizer_version(article.language_id),
        "created_at": now,
        "refreshed_at": now,
    }
    row = TokenizationCache.objects.create(article=article, **{**defaults, **facts})
    services.mark([article.pk])
    return row


def detail_url(cache):
    return f"{LIST}{cache.pk}/change/"


def listed(response):
    return list(response.context["cl"].result_list)


def number_of_queries(client, url):
    with CaptureQueriesContext(connection) as queries:
        assert client.get(url).status_code == 200
    return len(queries)


def act(client, action, caches, **form):
    """Run an action on rows; return the messages it shows."""
    form |= {"action": action, "_selected_action": [cache.pk for cache in caches]}
    response = client.post(LIST, form, follow=True)
    return [str(message) for message in response.context["messages"]]


def page_of(client, url):
    return client.get(url).content.decode()


@pytest.fixture
def clerk(client):
    """Signs in as staff; returns the user, who may do nothing yet."""
    clerk = User.objects.create_user("clerk@example.com", is_staff=True)
    client.force_login(clerk)
    return clerk


@pytest.mark.parametrize("url", [LIST, "/admin/articles/article/"])
def test_25_rows_cost_as_many_queries_as_5(url, admin_client):
    codes = Language.objects.values_list("code", flat=True)[:5]
    for code in codes:
        make_cache(make_article(language=code))
    number_of_queries(admin_client, url)  # fills Django's own caches
    five = number_of_queries(admin_client, url)
    for code in [*codes] * 4:
        make_cache(make_article(language=code))
    assert number_of_queries(admin_client, url) == five


def test_the_list_leaves_the_tokens_in_the_database(admin_client):
    make_cache()
    (cache,) = listed(admin_client.get(LIST))
    assert cache.get_deferred_fields() == {"title", "summary", "content"}
    assert "summary" in cache.article.get_deferred_fields()


def test_the_list_shows_size_and_age(admin_client):
    then = timezone.now() - timedelta(days=3)
    make_cache(bytes=2048, token_count=17, refreshed_at=then)
    page = page_of(admin_client, LIST)
    for text in ("2.0\N{NO-BREAK SPACE}KB", "3\N{NO-BREAK SPACE}days", ">17<"):
        assert text in page


@pytest.mark.parametrize(
    ("facts", "state"),
    [
        ({}, CacheState.FRESH),
        ({"text_hash": "old"}, CacheState.STALE),
        ({"tokenizer": "old"}, CacheState.STALE),
        ({"error": "too long"}, CacheState.FAILED),
    ],
)
def test_the_list_shows_the_state(facts, state, admin_client):
    make_cache(**facts)
    badge = f'<span class="state state-{state}">{state}</span>'
    assert badge in page_of(admin_client, LIST)


@pytest.mark.parametrize("state", ["fresh", "stale", "failed"])
def test_rows_are_filtered_by_state(state, admin_client):
    rows = {
        "fresh": make_cache(),
        "stale": make_cache(text_hash="old"),
        "failed": make_cache(error="too long"),
    }
    assert listed(admin_client.get(LIST, {"state": state})) == [rows[state]]


def test_rows_are_filtered_by_language(admin_client):
    wanted, _ = make_cache(make_article(language="sv")), make_cache()
    response = admin_client.get(LIST, {"article__language__code__exact": "sv"})
    assert listed(response) == [wanted]


def test_rows_of_several_languages_are_counted_as_listed(admin_client, monkeypatch):
    monkeypatch.setattr(large_lists, "EXACT", 0)
    for language in ("de", "da", "sv"):
        make_cache(make_article(language=language))
    for listing in ({admin.LANGUAGE: ["de", "da"]}, {admin.LANGUAGE: ["de"]}):
        changes = admin_client.get(LIST, listing).context["cl"]
        assert (
            changes.result_count == len(changes.result_list) == len(*listing.values())
        )


def test_a_search_in_a_state_counts_what_it_finds(admin_client, monkeypatch):
    monkeypatch.setattr(large_lists, "EXACT", 0)
    for title in ("Comet", "Moon"):
        make_cache(make_article(title=title))
    page = admin_client.get(LIST, {"state": "fresh", "q": "comet"})
    assert page.context["cl"].result_count == 1


def test_a_state_that_there_is_not_has_no_rows(admin_client):
    make_cache()
    assert listed(admin_client.get(LIST, {"state": "bogus"})) == []


def test_rows_are_found_by_the_title_of_their_article(admin_client):
    wanted, _ = make_cache(make_article(title="Meteorit i mosen")), make_cache()
    assert listed(admin_client.get(LIST, {"q": "meteorit"})) == [wanted]


def test_hostile_titles_are_escaped_in_the_list(admin_client):
    make_cache(make_article(title="<script>alert(1)</script>"))
    page = page_of(admin_client, LIST)
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page


def test_the_list_says_how_many_articles_have_no_row(admin_client):
    make_cache()
    make_article()
    make_article(broken="too_short")
    page = " ".join(page_of(admin_client, LIST).split())
    assert "1 listed article without a row here" in page
    assert "manage.py pretokenize" in page


def test_no_row_is_missing_and_none_is_counted(admin_client, monkeypatch):
    monkeypatch.setattr(large_lists, "EXACT", 0)
    make_article()
    page = admin_client.get(LIST, {"state": "missing"})
    assert (listed(page), page.context["cl"].result_count) == ([], 0)


def test_articles_without_tokens_are_a_link_away(admin_client):
    missing = make_article()
    make_article(broken="too_short")
    make_cache()
    tree = html.fromstring(page_of(admin_client, LIST))
    (link,) = tree.xpath('//p[@class="missing-tokens"]/a/@href')
    assert listed(admin_client.get(link)) == [missing]


def test_the_list_says_when_no_article_is_missing(admin_client):
    make_cache()
    assert "Every listed article has a row here" in page_of(admin_client, LIST)


def test_the_tokens_are_shown_as_words_and_punctuation(admin_client):
    page = page_of(admin_client, detail_url(make_cache()))
    words = '<span class="word">Hej</span><span class="punct">!</span>'
    assert words in page


def test_each_block_is_shown_with_its_tag_in_order(admin_client):
    article = make_article(fragments=[("h2", "Overskrift"), ("p", "En. To.")])
    services.fill([article])
    response = admin_client.get(f"{LIST}{article.pk}/change/")
    tags = [block["tag"] for block in response.context["blocks"]]
    assert tags == ["title", "summary", "h2", "p"]


def test_sentences_are_shown_as_lines(admin_client):
    article = make_article(fragments=[("p", "Han sover i huset. Hun spiser et æble.")])
    services.fill([article])
    page = page_of(admin_client, f"{LIST}{article.pk}/change/")
    # One of the title, "no text" of the summary, and two of the paragraph.
    assert page.split('class="module tokens"')[1].count("<li") == 4


def test_hostile_tokens_are_escaped(admin_client):
    content = '[{"tag":"<b>","tokens":[[[{"text":"<script>","has_space":true}]]]}]'
    page = page_of(admin_client, detail_url(make_cache(content=content)))
    assert '<span class="word">&lt;script&gt;</span>' in page
    assert "<h3>&lt;b&gt;</h3>" in page


def test_a_row_without_tokens_says_so_and_why(admin_client):
    cache = make_cache(
        **dict.fromkeys(("title", "summary", "content", "tokenizer"), ""),
        error="<b>no model</b>",
    )
    page = page_of(admin_client, detail_url(cache))
    assert "There are no tokens yet." in page
    assert "&lt;b&gt;no model&lt;/b&gt;" in page


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        ({"text_hash": ""}, "It was invalidated."),
        (
            {"text_hash": "old"},
            "The article&#x27;s text or language has changed since.",
        ),
        ({"tokenizer": "old"}, "Another tokenizer is in use now."),
    ],
)
def test_the_page_says_why_a_row_is_stale(facts, reason, admin_client):
    assert reason in page_of(admin_client, detail_url(make_cache(**facts)))


def test_the_page_links_to_the_article(admin_client):
    cache = make_cache()
    url = reverse("admin:articles_article_change", args=[cache.pk])
    assert f'<a href="{url}">' in page_of(admin_client, detail_url(cache))


def test_rows_can_not_be_added(admin_client):
    assert admin_client.get(f"{LIST}add/").status_code == 403


def test_rows_can_not_be_edited(admin_client):
    cache = make_cache()
    response = admin_client.post(detail_url(cache), {"tokenizer": "mine"})
    assert response.status_code == 403


def test_refill_now_tokenizes_the_selected_articles(admin_client):
    cache = make_cache(make_article(title="Vi spiser frokost"), text_hash="old")
    assert act(admin_client, "refill", [cache]) == ["Refilled: 1 done, 0 failed."]
    (row,) = listed(admin_client.get(LIST))
    assert row.article.token_state == CacheState.FRESH
    assert '"text":"frokost"' in row.title


def test_refill_now_goes_language_by_language(admin_client, monkeypatch):
    batches = []
    monkeypatch.setattr(
        services, "fill", lambda articles: batches.append(articles) or {}
    )
    monkeypatch.setattr(backlog, "BATCH", 2)
    rows = [make_cache(make_article(language=code)) for code in ("da", "sv") * 3]
    act(admin_client, "refill", rows)
    codes = [[article.language_id for article in batch] for batch in batches]
    assert codes == [["da", "da"], ["da"], ["sv", "sv"], ["sv"]]


def test_refill_now_counts_what_failed(admin_client, monkeypatch):
    monkeypatch.setattr(services, "fill", lambda articles: {articles[0].pk: "too long"})
    rows = [make_cache(), make_cache()]
    assert act(admin_client, "refill", rows) == ["Refilled: 1 done, 1 failed."]


def test_refill_now_names_the_command_when_there_are_too_many(
    admin_client, monkeypatch
):
    monkeypatch.setattr(admin, "REFILL_AT_MOST", 1)
    rows = [make_cache(text_hash="old"), make_cache(text_hash="old")]
    (message,) = act(admin_client, "refill", rows)
    assert "manage.py pretokenize" in message
    assert set(TokenizationCache.objects.values_list("text_hash")) == {("old",)}


def test_invalidate_makes_rows_stale_and_keeps_their_tokens(admin_client):
    (message,) = act(admin_client, "invalidate", [make_cache()])
    (row,) = listed(admin_client.get(LIST))
    assert message.startswith("Invalidated: 1.")
    assert (row.article.token_state, row.title) == (CacheState.STALE, TITLE)


def test_invalidate_takes_all_rows_a_filter_and_a_search_leave(admin_client):
    kept, gone = make_cache(), make_cache(make_article(title="Meteorit"))
    form = {"action": "invalidate", "select_across": "1", "_selected_action": [gone.pk]}
    admin_client.post(f"{LIST}?state=fresh&q=meteorit", form)
    fresh = TokenizationCache.objects.in_state(CacheState.FRESH)
    assert list(fresh) == [kept]


def test_invalidate_names_the_command_when_there_are_too_many(
    admin_client, monkeypatch
):
    monkeypatch.setattr(admin, "INVALIDATE_AT_MOST", 1)
    rows = [make_cache(), make_cache()]
    (message,) = act(admin_client, "invalidate", rows)
    assert message.startswith("At most 1 rows at once")
    assert "manage.py pretokenize --all" in message
    assert TokenizationCache.objects.in_state(CacheState.FRESH).count() == 2


def test_staff_without_permission_see_no_rows(client, clerk):
    cache = make_cache()
    assert client.get(LIST).status_code == 403
    assert client.get(detail_url(cache)).status_code == 403


@pytest.mark.parametrize("action", ["refill", "invalidate"])
def test_actions_are_not_for_those_who_may_only_look(action, client, clerk):
    clerk.user_permissions.add(
        Permission.objects.get(codename="view_tokenizationcache")
    )
    cache = make_cache(text_hash="old")
    act(client, action, [cache])
    cache.refresh_from_db()
    assert cache.text_hash == "old"


def test_the_article_list_links_the_state_to_the_tokens(admin_client):
    cache = make_cache()
    link = f'<a href="{detail_url(cache)}"><span class="state state-fresh">'
    assert link in page_of(admin_client, "/admin/articles/article/")


def test_no_link_leads_to_tokens_that_the_user_may_not_see(client, clerk):
    clerk.user_permissions.add(Permission.objects.get(codename="change_article"))
    cache = make_cache()
    for url in ("/admin/articles/article/", f"/admin/articles/article/{cache.pk}/"):
        page = client.get(url, follow=True).content.decode()
        assert '<span class="state state-fresh">' in page
        assert detail_url(cache) not in page


def test_the_article_list_shows_missing_tokens(admin_client):
    make_article()
    assert "state-missing" in page_of(admin_client, "/admin/articles/article/")


def test_a_broken_article_misses_no_tokens(admin_client):
    make_article(broken="too_short")
    assert "state-missing" not in page_of(admin_client, "/admin/articles/article/")


def test_the_page_of_an_article_tells_and_links_its_tokens(admin_client):
    cache = make_cache(text_hash="old")
    url = reverse("admin:articles_article_change", args=[cache.pk])
    page = html.fromstring(page_of(admin_client, url))
    (tool,) = page.xpath("//ul[@class='object-tools']//a[text()='Tokens']/@href")
    (badge,) = page.xpath("//span[@class='state state-stale']/parent::a/@href")
    assert tool == badge == detail_url(cache)


def test_the_page_of_an_article_tells_that_it_has_no_tokens(admin_client):
    url = reverse("admin:articles_article_change", args=[make_article().pk])
    page = page_of(admin_client, url)
    assert "state-missing" in page
    assert ">Tokens</a></li>" not in page


def edit(client, article, title, **changes):
    """Give an article without fragments another title; return what is said of it."""
    form = {
        "title": title,
        "url": article.url,
        "feed": article.feed_id,
        "language": article.language_id,
        "published_at_0": "2026-01-02",
        "published_at_1": "03:04:05",
        "fragments-TOTAL_FORMS": 0,
        "fragments-INITIAL_FORMS": 0,
        **changes,
    }
    url = reverse("admin:articles_article_change", args=[article.pk])
    response = client.post(url, form, follow=True)
    return [str(message) for message in response.context["messages"]]


def test_editing_an_article_makes_its_tokens_stale(admin_client):
    cache = make_cache(make_article(fragments=[]))
    edit(admin_client, cache.article, "Changed")
    assert Article.objects.get().title == "Changed"
    assert listed(admin_client.get(LIST, {"state": "stale"})) == [cache]


def test_after_an_edit_it_is_said_that_the_tokens_are_stale(admin_client):
    cache = make_cache(make_article(fragments=[]))
    stale, _ = edit(admin_client, cache.article, "Changed")
    assert "its tokens are stale" in stale
    assert f'<a href="{detail_url(cache)}">' in stale


def test_after_a_change_of_language_alone_it_is_said_too(admin_client):
    article = make_cache(make_article(fragments=[])).article
    stale, _ = edit(admin_client, article, article.title, language="de")
    assert "its tokens are stale" in stale


def test_an_edit_that_leaves_the_text_says_nothing_of_tokens(admin_client):
    cache = make_cache(make_article(fragments=[]))
    assert len(edit(admin_client, cache.article, cache.article.title)) == 1


def test_where_there_are_no_tokens_none_are_stale(admin_client):
    assert len(edit(admin_client, make_article(fragments=[]), "Changed")) == 1


# --- the page of a row


def test_the_page_leads_to_the_article_and_its_readers(admin_client):
    cache = make_cache()
    page = html.fromstring(page_of(admin_client, detail_url(cache)))
    links = {a.text: a for a in page.xpath("//ul[@class='object-tools']//a")}
    article_page = reverse("admin:articles_article_change", args=[cache.pk])
    assert links["Article"].get("href") == article_page
    assert links["View on site"].get("href") == f"/read/da/{cache.pk}/"
    assert links["Original page ↗"].get("rel") == "noopener noreferrer"


def press(client, cache, button):
    """Press a button of a row's page, as a browser does; return the messages."""
    page = html.fromstring(page_of(client, detail_url(cache)))
    (form,) = [f for f in page.forms if f.action == f"{LIST}{cache.pk}/{button}/"]
    response = client.post(form.action, dict(form.form_values()), follow=True)
    assert response.redirect_chain == [(detail_url(cache), 302)]
    return [str(message) for message in response.context["messages"]]


def test_a_row_is_refilled_from_its_page(client, admin_user):
    checking = Client(enforce_csrf_checks=True)
    checking.force_login(admin_user)
    cache = make_cache(make_article(title="Vi spiser frokost"), text_hash="old")
    assert press(checking, cache, "refill") == ["Refilled: 1 done, 0 failed."]
    (row,) = listed(checking.get(LIST))
    assert row.article.token_state == CacheState.FRESH


def test_a_row_is_invalidated_from_its_page(admin_client):
    cache, _ = make_cache(), make_cache()
    (message,) = press(admin_client, cache, "invalidate")
    assert message.startswith("Invalidated: 1.")
    assert listed(admin_client.get(LIST, {"state": "stale"})) == [cache]


@pytest.mark.parametrize("button", ["refill", "invalidate"])
def test_buttons_need_permission_a_token_and_a_post(button, client, clerk, admin_user):
    cache = make_cache()
    url = f"{LIST}{cache.pk}/{button}/"
    clerk.user_permissions.add(
        Permission.objects.get(codename="view_tokenizationcache")
    )
    assert f"/{button}/" not in page_of(client, detail_url(cache))
    assert client.post(url).status_code == 403
    client.force_login(admin_user)
    assert client.get(url).status_code == 405
    checking = Client(enforce_csrf_checks=True)
    checking.force_login(admin_user)
    assert checking.post(url).status_code == 403
    cache.refresh_from_db()
    assert cache.text_hash == cache.article.text_hash


@pytest.mark.parametrize("pk", ["4711", "abc", "9" * 23, "%00"])
def test_a_button_of_no_row_leads_to_the_index(pk, admin_client):
    response = admin_client.post(f"{LIST}{pk}/refill/")
    assert (response.status_code, response["Location"]) == (302, "/admin/")


# --- lexemes

LEXEMES = "/admin/tokenization/lexeme/"


@pytest.fixture
def lexemes(db):
    ids_of("da", ["hund", "hunde", "kat"])
    return ids_of("de", ["hund", "zebra"])


def lemmas_of(admin_client, **query):
    page = admin_client.get(LEXEMES, query)
    assert page.status_code == 200
    return [lexeme.lemma for lexeme in page.context["cl"].result_list]


def test_lexemes_are_listed_by_language_and_found_by_their_beginning(
    admin_client, lexemes
):
    assert len(lemmas_of(admin_client)) == 5
    assert lemmas_of(admin_client, language="de") == ["zebra", "hund"]
    assert lemmas_of(admin_client, language="xx") == []
    assert sorted(lemmas_of(admin_client, q="hun")) == ["hund", "hund", "hunde"]
    assert lemmas_of(admin_client, q="hun", language="de") == ["hund"]
    assert lemmas_of(admin_client, q="%_") == []


def test_lexemes_are_to_look_at_only(admin_client, lexemes):
    page = f"{LEXEMES}{lexemes['zebra']}/change/"
    assert "zebra" in admin_client.get(page).content.decode()
    assert admin_client.post(page, {"lemma": "x"}).status_code == 403
    assert admin_client.get(f"{LEXEMES}add/").status_code == 403
    for pk in ("9" * 10, "9" * 30, "x"):
        assert admin_client.get(f"{LEXEMES}{pk}/change/").status_code == 302
