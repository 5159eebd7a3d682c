"""Nobody reads or changes what is another learner's, whatever is called, and how.

All addresses of the project are walked, with all methods, by somebody who is signed in
and names what is another's. An address whose objects nobody has said the owner of fails
here, and so does a table of learners that nobody has put a row into.
"""

import re
from datetime import date
from functools import cache

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.contrib.auth import get_user_model
from django.db.models import ForeignKey
from django.urls import URLPattern, get_resolver, reverse
from drf_spectacular.generators import SchemaGenerator
from rest_framework.test import APIClient

from articles.tests.factories import make_article
from learners.accounts import sessions
from learners.bookmarks.terms import term_of
from learners.models import (
    Activity,
    Bookmark,
    Code,
    Cohort,
    Membership,
    PracticeCard,
    Reading,
    Review,
    Session,
    Sitting,
    Text,
)
from learners.tests.learning import knows, make_learner

pytestmark = pytest.mark.django_db

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
# In every text of the other's: whoever gets an answer with it has read too much.
SECRET = "hemmelighed7"
REFUSED = {403, 404, 405}
# Whose objects an address names, by the part before the parameter, and that. Those of
# learners, which only their owners, or whoever they let, may call:
OWNED = {
    "bookmarks/bookmark": Bookmark,
    "cards/card": PracticeCard,
    "cohorts/cohort": Cohort,
    "members/membership": Membership,
    "sessions/pk": Session,
    "sessions/session": Session,
    "sittings/sitting": Sitting,
    "texts/text": Text,
    "words/pk": Bookmark,
}
# And those that are nobody's own.
ARTICLE, CODE, ONE = "article", "da", "1"
OF_ALL = {
    "articles/article": ARTICLE,
    "articles/pk": ARTICLE,
    "crawl-runs/pk": ONE,
    "feeds/pk": ONE,
    "languages/pk": CODE,
    "languages/code": CODE,
    "read/code": CODE,
    "da/pk": ARTICLE,
    "tokenization/pk": ARTICLE,
    "tokenization/article": ARTICLE,
    "topics/slug": "science",
}
# Fields of bodies by what they name of the other's.
NAMED = {
    "bookmark": Bookmark,
    "card": PracticeCard,
    "cohort": Cohort,
    "review": Review,
    "sitting": Sitting,
    "text": Text,
}
# What else the pages' forms send.
FORM = {
    "language": "da",
    "last_review": "",
    "level": "A1",
    "rating": "3",
    "saved": "1",
    "translation": "x",
}


def routes(patterns=None, prefix="/"):
    """The route of each address that is the project's own."""
    for found in patterns or get_resolver("zeeguu.urls").url_patterns:
        part = re.sub(r"^\^|\$$|\\(?=[./-])", "", str(found.pattern))
        if isinstance(found, URLPattern):
            yield prefix + part
        else:
            yield from routes(found.url_patterns, prefix + part)


ALL = [*dict.fromkeys(routes())]
ADMIN = [route for route in ALL if route.startswith("/admin/")]
OPEN_PAGES = {"/admin/login/", "/admin/jsi18n/"}
ROUTES = [route for route in ALL if route not in ADMIN]
PARAMETER = re.compile(r"\(\?P<(\w+)>(?:\[[^]]*\]|[^)])*\)|<(?:\w+:)?(\w+)>")


def kinds_of(route):
    """What the parameters of an address name, in order; OWNED's are models."""
    kinds = []
    while found := PARAMETER.search(route):
        before = route[: found.start()].rstrip("/").rpartition("/")[2]
        name = f"{before}/{found[1] or found[2]}"
        kind = OWNED.get(name, OF_ALL.get(name))
        assert kind, f"{route}: say in OWNED or OF_ALL whose {name} is"
        kinds.append(kind)
        sample = kind if isinstance(kind, str) else "-"
        route = route[: found.start()] + sample + route[found.end() :]
    return kinds


def address(route, of):
    """The address of somebody's objects."""
    for kind in kinds_of(route):
        value = of.objects[kind].pk if kind in of.objects else kind
        route = PARAMETER.sub(str(value), route, count=1)
    return route


class Somebody:
    """A learner with a row in each table, and who calls as that learner."""

    def __init__(self, article, word=SECRET):
        self.user = user = make_learner(keywords_wanted=[word])
        user.name = word
        user.save()
        mine = {"learner": user, "language_id": "da"}
        term = term_of("da", None, word)
        cohort = Cohort.objects.create(name=word, code=f"code-{word}", teacher=user)
        member = Membership.objects.create(cohort=cohort, learner=user)
        text = Text.objects.create(**mine, title=word, source_hash="1")
        bookmark = Bookmark.objects.create(
            **mine, term=term, word=word, context=word, key=word, article=article
        )
        card = PracticeCard.objects.create(**mine, term=term, word=word)
        review = Review.objects.create(
            learner=user, card=card, rating=3, day=date(2026, 1, 1)
        )
        sitting = Sitting.objects.create(learner=user, kind="reading", article=article)
        Activity.objects.create(learner=user, event=word, value=word)
        Reading.objects.create(
            learner=user, article=article, report=word, difficulty="hard", seconds=4
        )
        knows(user, [1])
        session, _ = sessions.begin(user)
        Code.objects.create(
            purpose="confirm",
            whose=str(user.uuid),
            user=user,
            digest=word,
            tries_left=5,
            expires_at=user.date_joined,
        )
        made = (cohort, member, text, bookmark, card, review, sitting, session)
        self.objects = {type(row): row for row in made} | {ARTICLE: article}

    def rows(self):
        """All rows of the learner's, in every table."""
        found = {
            (label, name): [*model._base_manager.filter(**{name: self.user}).values()]
            for (label, name), model in tables().items()
        }
        accounts = get_user_model().objects.filter(pk=self.user.pk)
        return found | {"account": [*accounts.values()]}


@cache
def tables():
    """The models of learners' rows, by their names and that of what leads there."""
    user = get_user_model()
    return {
        (model._meta.label, field.name): model
        for model in apps.get_models()
        for field in model._meta.fields
        if isinstance(field, ForeignKey)
        and field.related_model is user
        and not model._meta.proxy
        and model is not LogEntry
    }


@cache
def schema():
    return SchemaGenerator().get_schema(public=True)


def operation_of(route, method):
    """What the schema tells of a call; {} for none."""
    return operations().get(PARAMETER.sub("{}", route), {}).get(method.lower(), {})


def body(route, method, of):
    """A body for a call, that names somebody's objects: the schema's, or a form's."""
    if not route.startswith("/api/"):
        return FORM | {name: of.objects[model].pk for name, model in NAMED.items()}
    operation = operation_of(route, method)
    content = operation.get("requestBody", {}).get("content", {})
    shape = content.get("application/json", {}).get("schema")
    return sample("", shape, of) if shape else {}


@cache
def operations():
    """The schema's calls by their paths, in which parameters have no names."""
    return {re.sub("{.*?}", "{}", path): of for path, of in schema()["paths"].items()}


def calls_of(route, of):
    """Methods with addresses: plain, and with each parameter that names an object."""
    url = address(route, of)
    calls = [(method, url) for method in METHODS]
    for told in operation_of(route, "GET").get("parameters", ()):
        if told["in"] == "query" and (model := NAMED.get(told["name"])):
            calls.append(("GET", f"{url}?{told['name']}={of.objects[model].pk}"))
    return calls


def sample(name, shape, of):
    if "$ref" in shape:
        shape = schema()["components"]["schemas"][shape["$ref"].rpartition("/")[2]]
    for several in ("allOf", "oneOf", "anyOf"):
        if several in shape:
            return sample(name, shape[several][0], of)
    if name in NAMED or name == ARTICLE:
        return of.objects[NAMED.get(name, ARTICLE)].pk
    if shape.get("nullable"):
        return None
    if "enum" in shape:
        return shape["enum"][0]
    kind = shape.get("type")
    if kind == "object":
        parts = shape.get("properties", {}).items()
        return {
            name: sample(name, part, of)
            for name, part in parts
            if not part.get("readOnly")
        }
    if kind == "array":
        return [sample(name.removesuffix("s"), shape.get("items", {}), of)]
    plain = {"integer": 1, "number": 1, "boolean": True}
    return plain.get(kind, "da" if name in ("language", "to") else "x")


def content(response):
    """What somebody reads of an answer."""
    parts = response.streaming_content if response.streaming else [response.content]
    return b"".join(parts).decode(errors="replace")


def clients_of(user):
    """Who calls by a token, and by a browser's cookie."""
    by_token, by_cookie = APIClient(), APIClient()
    token = sessions.begin(user)[1]
    by_token.credentials(HTTP_AUTHORIZATION=f"Token {token}")
    by_cookie.force_login(user)
    for client in (by_token, by_cookie):
        client.raise_request_exception = False
    return [by_token, by_cookie]


def call(client, method, url, facts):
    given = {} if method == "GET" else facts
    kind = "json" if url.startswith("/api/") else "multipart"
    asks = {} if method == "GET" else {"format": kind}
    return getattr(client, method.lower())(url, given, **asks)


def is_refused(answer):
    """Pages know nobody by a token, and lead to where one signs in."""
    asks_who = answer.headers.get("Location", "").startswith(
        reverse(settings.LOGIN_URL)
    )
    return answer.status_code in REFUSED or asks_who


@pytest.fixture
def other():
    return Somebody(make_article())


def test_everybody_has_a_row_in_each_table(other):
    assert not [name for name, rows in other.rows().items() if not rows]


@pytest.mark.parametrize("route", ROUTES)
def test_no_call_reads_or_changes_what_is_another_s(route, other):
    before = other.rows()
    is_owned = any(kind in OWNED.values() for kind in kinds_of(route))
    is_page = not route.startswith("/api/")
    for method, url in calls_of(route, other):
        facts = body(route, method, other)
        # Pages lead to where one goes on, whatever became of it.
        is_named = not is_page and not NAMED.keys().isdisjoint(facts)
        # Anew for each: some of them end sessions, or the account.
        for client in clients_of(make_learner()):
            answer = call(client, method, url, facts)
            told = f"{method} {url} {facts}: {answer.status_code}"
            assert answer.status_code < 500, told
            assert SECRET not in content(answer), told
            assert not is_named or answer.status_code >= 400, told
            assert not is_owned or is_refused(answer), told
            assert other.rows() == before, told
    if is_owned:
        # And it is that of something: its owner may do something with it.
        mine = clients_of(other.user)[is_page]
        facts = {method: body(route, method, other) for method in METHODS}
        url = address(route, other)
        answers = [call(mine, method, url, facts[method]) for method in METHODS]
        assert any(answer.status_code < 400 for answer in answers), url


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_the_admin_is_for_staff_alone(method, other):
    before = other.rows()
    client = clients_of(make_learner())[1]
    for route in {*ADMIN} - OPEN_PAGES:
        answer = call(client, method, PARAMETER.sub("1", route), {})
        told = f"{method} {route}: {answer.status_code}"
        assert answer.status_code in {302, 403, 404, 405}, told
        assert SECRET not in content(answer), told
    assert other.rows() == before
