"""More rows cost no more queries: every list and page, with 2 rows and with 12."""

from itertools import count

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import Group, Permission
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from articles import counts
from articles.models import (
    Article,
    CrawlRun,
    Feed,
    FeedVisit,
    Fragment,
    JudgeRule,
    Language,
    Topic,
)
from articles.tests.factories import (
    make_article,
    make_feed,
    make_rule,
    make_run,
    make_visit,
)
from learners.accounts import sessions
from learners.models import (
    Activity,
    Bookmark,
    Cohort,
    Dictionary,
    Entry,
    Knowledge,
    LearnedLanguage,
    Membership,
    PracticeCard,
    Profile,
    ProviderAnswer,
    Reading,
    Report,
    Review,
    Session,
    Sitting,
    Text,
    User,
)
from learners.tests.test_ownership import Somebody
from tokenization import services
from tokenization.lexemes import ids_of
from tokenization.models import CacheUse, Lexeme, TokenizationCache
from tokenization.tests.factories import make_row
from tokenization.tests.stubs import StubEngine
from zeeguu.urls import router

pytestmark = pytest.mark.django_db

FEW, MANY = 2, 12
HTML, JSON = "text/html", "application/json"
BODY = [("h2", "En overskrift"), ("p", "Hej med dig."), ("li", "Et punkt")]
_numbers = count(1)


def add_rows(number):
    """Some of everything: each article has its own language, feed and topics."""
    for n in (next(_numbers) for _ in range(number)):
        code = f"x{chr(97 + n // 26 % 26)}{chr(97 + n % 26)}"
        language = Language.objects.create(code=code, name=f"Language {n}")
        topics = [Topic.objects.create(slug=f"t{n}-{i}", name=f"T {i}") for i in (1, 2)]
        feed = make_feed(language, last_status="ok", last_fetched_at=timezone.now())
        facts = {"feed": feed, "topics": topics, "summary": "Kort sagt."}
        make_row(make_article(BODY, **facts))
        make_article(BODY, **facts)
        make_article(BODY, **facts, broken="too_long")
        make_row(make_article(BODY, **facts), error="refused", failures=1)
        danish = make_article(BODY, language="da", topics=topics)
        make_row(danish, tokenizer="another one")
        make_rule(f"live {n}", language)
        make_visit(feed, run=make_run(), hidden=2, found=2, seconds=1)
        add_account(n)
        add_words(n)
        ids_of(code, [f"ord{n}"])
        CacheUse.objects.create(day=timezone.now().date(), language=language, hits=n)


def add_words(n):
    pair, now = {"from_language": "da", "to_language": "en"}, timezone.now()
    dictionary = Dictionary.objects.create(name=f"mine-{n}", is_published=True, **pair)
    word = {"headword": f"hej{n}", **pair}
    Entry.objects.create(dictionary=dictionary, translations="hello", **word)
    Report.objects.create(translation="hell", first_seen=now, last_seen=now, **word)
    ProviderAnswer.objects.create(
        text="Hello", text_hash=f"{n:032}", created_at=now, **pair
    )


def add_account(n):
    article = make_article(language="da")
    user = Somebody(article, f"word{n}").user
    user.is_staff = True
    user.save()
    sessions.begin(user)
    group = Group.objects.create(name=f"Group {n}")
    group.permissions.set(Permission.objects.all()[:2])
    user.groups.add(group)


def lengthen(article, number):
    """Give one article more fragments and topics."""
    start = article.fragments.count()
    for n in range(start, start + number):
        Fragment.objects.create(article=article, position=n, text=f"Afsnit {n}.")
        slug = f"long-{next(_numbers)}"
        article.topics.add(Topic.objects.create(slug=slug, name=f"Long {n}"))


@pytest.fixture(scope="module", autouse=True)
def extra(django_db_setup, django_db_blocker):
    """MANY rows, made once for all tests; yields which of them are beyond FEW."""
    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(services, "engine", StubEngine)
        before = keys()
        add_rows(FEW)
        few = keys()
        add_rows(MANY - FEW)
        many = keys()
    yield {model: many[model] - few[model] for model in many}
    with django_db_blocker.unblock():
        remove({model: many[model] - before[model] for model in many})


def keys():
    """The keys of all rows, by model."""
    models = apps.get_models(include_auto_created=True)
    return {
        model: set(model._base_manager.values_list("pk", flat=True)) for model in models
    }


def remove(rows):
    """Delete rows, keys by model, without a look at what belongs to them."""
    with connection.constraint_checks_disabled():
        for model, found in rows.items():
            model._base_manager.filter(pk__in=found)._raw_delete(connection.alias)


@pytest.fixture
def leave_few(extra):
    """A function that deletes all rows but FEW, until the test is over."""

    def leave_few():
        remove(extra)
        counts.quick.clear()

    return leave_few


def queries(client, url, accept=JSON):
    """The SQL of a request that answers 200, with what a process remembers known."""
    headers = {"Accept": accept}
    # Some lists lead to what is open in them.
    assert client.get(url, headers=headers, follow=True).status_code == 200, url
    cache.clear()
    with CaptureQueriesContext(connection) as captured:
        client.get(url, headers=headers, follow=True)
    return [query["sql"] for query in captured]


@pytest.fixture
def require_no_more(leave_few):
    """A function: as many queries with MANY rows as with FEW; url is a function."""

    def require_no_more(client, url, accept=JSON):
        many = queries(client, url(), accept)
        leave_few()
        few = queries(client, url(), accept)
        assert len(many) == len(few) > 0, "\n".join(many)

    return require_no_more


def require_no_more_grown(client, url, grow, accept=JSON):
    """The same where the rows are what ``grow`` adds; url is an address."""
    grow(FEW)
    few = queries(client, url, accept)
    grow(MANY - FEW)
    many = queries(client, url, accept)
    assert len(many) == len(few) > 0, "\n".join(many)


# --- the API

LISTS = [
    "/api/languages/",
    "/api/topics/",
    "/api/feeds/",
    "/api/articles/",
    "/api/feeds/?language=da&active=true",
    "/api/articles/?language=da",
    "/api/articles/?page_size=100",
    "/api/articles/?published_after=2000-01-01",
    "/api/feeds/?page_size=100",
    "/api/feeds/?state=active",
]
STAFF_LISTS = [
    "/api/tokenization/",
    "/api/tokenization/?page_size=100",
    "/api/tokenization/?state=failed",
    "/api/tokenization/?language=da",
    "/api/tokenization/statistics/",
    "/api/crawl-runs/",
    "/api/crawl-statistics/",
]


def test_all_lists_of_the_api_are_looked_at():
    # Learners' own have rows of theirs, and tests beside them.
    names = {f"/api/{prefix}/" for prefix, *_ in router.registry} - {"/api/bookmarks/"}
    assert names <= {*LISTS, *STAFF_LISTS}


@pytest.mark.parametrize("accept", [JSON, HTML])
@pytest.mark.parametrize("url", LISTS)
def test_lists(require_no_more, client, stub, url, accept):
    require_no_more(client, lambda: url, accept)


@pytest.mark.parametrize("accept", [JSON, HTML])
@pytest.mark.parametrize("url", LISTS + STAFF_LISTS)
def test_lists_for_staff(require_no_more, admin_client, stub, url, accept):
    require_no_more(admin_client, lambda: url, accept)


@pytest.mark.parametrize("url", STAFF_LISTS)
def test_lists_for_a_token(require_no_more, staff_api, stub, url):
    require_no_more(staff_api, lambda: url)


def test_the_articles_of_a_topic(client, stub):
    science = Topic.objects.get(slug="science")

    def grow(number):
        for _ in range(number):
            make_row(make_article(BODY, topics=[science]))

    require_no_more_grown(client, "/api/articles/?topic=science", grow)


def test_the_articles_of_a_feed(client, stub):
    feed = make_feed()

    def grow(number):
        for _ in range(number):
            make_row(make_article(BODY, feed=feed))

    require_no_more_grown(client, f"/api/articles/?feed={feed.pk}", grow)


@pytest.mark.parametrize("accept", [JSON, HTML])
def test_summaries(require_no_more, client, stub, accept):
    def url():
        ids = ",".join(str(pk) for pk in Article.objects.values_list("pk", flat=True))
        return f"/api/articles/summaries/?ids={ids}"

    require_no_more(client, url, accept)


def test_a_page_that_the_client_has(client, stub, leave_few):
    def not_modified():
        tag = client.get("/api/articles/")["ETag"]
        with CaptureQueriesContext(connection) as captured:
            again = client.get("/api/articles/", headers={"If-None-Match": tag})
        assert again.status_code == 304
        return len(captured)

    many = not_modified()
    leave_few()
    assert not_modified() == many


OLD = '"0123456789abcdef0123456789abcdef"'
OUTDATED = {"one": OLD, "weak": f"W/{OLD}", "several": f'{OLD}, W/"b", "c"'}
PAGES = [
    "/api/articles/",
    "/api/articles/?language=da",
    "/api/articles/?page_size=2",
    "/api/articles/?topic={topic}",
    "/api/articles/?language=sv",
    "{one}",
    "{one}summary/",
    "/api/articles/summaries/?ids={ids}",
]


@pytest.fixture
def conditional(client, stub, leave_few):
    """A function: the status and the number of queries with an If-None-Match."""
    leave_few()
    ids = list(Article.objects.listed().values_list("pk", flat=True))
    tokenized = TokenizationCache.objects.filter(error="").first()
    facts = {
        "one": f"/api/articles/{tokenized.pk}/",
        "ids": ",".join(map(str, ids)),
        "topic": tokenized.article.topics.first().slug,
    }

    def ask(url, tag):
        with CaptureQueriesContext(connection) as captured:
            response = client.get(url.format(**facts), headers={"If-None-Match": tag})
        return response, len(captured)

    return ask


@pytest.mark.parametrize("tag", OUTDATED.values(), ids=OUTDATED)
@pytest.mark.parametrize("url", PAGES)
def test_a_page_of_which_the_client_has_an_older_one(client, conditional, url, tag):
    response, number = conditional(url, tag)
    assert (response.status_code, number <= 3) == (200, True), number
    plain, _ = conditional(url, "")
    assert response.content == plain.content
    assert response["ETag"] == plain["ETag"]


@pytest.mark.parametrize("url", PAGES)
def test_a_page_that_the_client_has_among_others_or_any(conditional, url):
    tag = conditional(url, "")[0]["ETag"]
    for known in (tag, tag.removeprefix("W/"), f"{OLD}, {tag}", "*"):
        response, number = conditional(url, known)
        assert (response.status_code, number <= 2) == (304, True), known


# --- one thing of it


@pytest.mark.parametrize("accept", [JSON, HTML])
@pytest.mark.parametrize("tokenized", [True, False])
@pytest.mark.parametrize("url", ["/api/articles/{}/", "/api/articles/{}/summary/"])
def test_a_long_article(client, stub, url, tokenized, accept):
    article = make_row().article if tokenized else make_article()
    url = url.format(article.pk)
    require_no_more_grown(client, url, lambda n: lengthen(article, n), accept)


@pytest.mark.parametrize("accept", [JSON, HTML])
@pytest.mark.parametrize("kind", ["languages", "topics", "feeds", "tokenization"])
def test_one_of_many(require_no_more, admin_client, stub, kind, accept):
    row = make_row()
    key = {"languages": "da", "topics": "science", "feeds": row.article.feed_id}
    url = f"/api/{kind}/{key.get(kind, row.pk)}/"
    require_no_more(admin_client, lambda: url, accept)


@pytest.mark.parametrize("accept", [JSON, HTML])
def test_a_run_with_many_visits(admin_client, accept):
    run = make_run()

    def grow(number):
        for _ in range(number):
            make_visit(run=run)

    require_no_more_grown(admin_client, f"/api/crawl-runs/{run.pk}/", grow, accept)


# --- the reader's pages


@pytest.mark.parametrize("url", ["/", "/read/da/"])
def test_reader_pages(require_no_more, client, stub, url):
    require_no_more(client, lambda: url, HTML)


def test_older_articles(require_no_more, client, stub):
    def url():
        newest = Article.objects.filter(language="da").newest_first().first()
        return f"/read/da/?before={newest.pk}"

    require_no_more(client, url, HTML)


@pytest.mark.parametrize("tokenized", [True, False])
def test_a_long_article_to_read(client, stub, tokenized):
    article = make_row().article if tokenized else make_article()
    url = f"/read/da/{article.pk}/"
    require_no_more_grown(client, url, lambda n: lengthen(article, n), HTML)


def test_the_page_of_an_unknown_language_names_all(client, leave_few):
    def number():
        with CaptureQueriesContext(connection) as captured:
            assert client.get("/read/yy/").status_code == 404
        return len(captured)

    many = number()
    leave_few()
    assert number() == many


# --- the admin


def labels():
    return sorted(model._meta.label_lower for model in admin.site._registry)


def list_url(label):
    options = apps.get_model(label)._meta
    return reverse(f"admin:{options.app_label}_{options.model_name}_changelist")


def test_all_models_of_the_admin_have_rows_here():
    made = {Language, Topic, Feed, Article, TokenizationCache, User, Group, Session}
    made |= {JudgeRule, CrawlRun, FeedVisit, ProviderAnswer}
    made |= {Dictionary, Entry, Report, Lexeme}
    # Of these Somebody has one each.
    made |= {Activity, Bookmark, Cohort, Knowledge, LearnedLanguage, Membership}
    made |= {PracticeCard, Profile, Reading, Review, Sitting, Text}
    assert set(admin.site._registry) == made


@pytest.mark.parametrize("label", labels())
def test_lists_of_the_admin(require_no_more, admin_client, stub, label):
    require_no_more(admin_client, lambda: list_url(label), HTML)


@pytest.mark.parametrize("label", labels())
def test_searches_of_the_admin(require_no_more, admin_client, stub, label):
    url = f"{list_url(label)}?q=e"
    require_no_more(admin_client, lambda: url, HTML)


@pytest.mark.parametrize(
    "name",
    [
        "index",
        "tokenization_tokenizationcache_statistics",
        "articles_crawlrun_statistics",
        "articles_feed_preview",
    ],
)
def test_other_pages_of_the_admin(require_no_more, admin_client, stub, name):
    url = reverse(f"admin:{name}")
    require_no_more(admin_client, lambda: url, HTML)


def test_a_long_article_in_the_admin(admin_client):
    article = make_article()
    url = f"{list_url('articles.article')}{article.pk}/change/"
    require_no_more_grown(admin_client, url, lambda n: lengthen(article, n), HTML)


def test_a_run_and_a_feed_with_many_visits_in_the_admin(admin_client):
    run, feed = make_run(), make_feed()

    def grow(number):
        for _ in range(number):
            make_visit(feed, run=run)
            make_visit(run=run)

    for row in (run, feed):
        name = f"admin:articles_{row._meta.model_name}_change"
        url = reverse(name, args=[row.pk])
        require_no_more_grown(admin_client, url, grow, HTML)
