import logging
from urllib.parse import unquote, urlencode

import pytest
from django.contrib.admin import site
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.contenttypes.models import ContentType
from django.db import OperationalError, transaction
from django.test import RequestFactory
from django.urls import reverse

from articles.tests.factories import make_article
from learners.models import User
from zeeguu.admin_site import Site

pytestmark = pytest.mark.django_db

BIG = "9" * 23


@pytest.mark.parametrize(
    "page",
    [
        "articles/article/?published_at__year=99999",
        "articles/article/?published_at__year=0",
        f"articles/article/?published_at__year__gt={BIG}",
        "articles/article/?published_at__iso_year=99999",
        f"articles/article/?id__in={BIG},1",
        "articles/article/?difficulty__gt=nan",
        f"articles/feed/?interval={BIG}",
        "articles/crawlrun/?started_at__year=99999",
        "tokenization/tokenizationcache/?created_at__year=99999",
        "learners/user/?date_joined__year=-1",
        "learners/session/?created_at__year=99999",
    ],
)
def test_a_filter_that_no_database_can_answer_shows_the_list(admin_client, page):
    url = f"/admin/{page}"
    answer = admin_client.get(url)
    if answer.status_code == 302:
        assert answer["Location"] == f"{url.partition('?')[0]}?e=1"
        answer = admin_client.get(answer["Location"])
    assert answer.status_code == 200


# --- every list, with every field and lookup

LOOKUPS = [
    ("", "\x00"),
    ("", "x" * 10_000),
    ("__exact", BIG),
    ("__exact", "abc"),
    ("__in", f"{BIG},x"),
    ("__in", ""),
    ("__range", "1"),
    ("__range", "x,y"),
    ("__isnull", "maybe"),
    ("__gt", "nan"),
    ("__gte", "-1e400"),
    ("__lt", "2026-13-45"),
    ("__lte", "9999-12-31 23:59:59+14:00"),
    ("__year", "99999"),
    ("__year__gte", BIG),
    ("__iso_year", "0"),
    ("__month", "13"),
    ("__week_day", "-1"),
    ("__hour__lt", "x"),
    ("__date", "0001-01-01"),
    ("__time", "25:00"),
    ("__regex", "("),
    ("__contains", "\x00"),
    ("__icontains", '"'),
    ("__has_keys", ""),
    ("__has_any_keys", "x"),
    ("__id", BIG),
    ("__pk__in", "x"),
    ("__nothing", "1"),
    ("__id__exact", "-1"),
    ("__code__exact", "\x00"),
]
OF_LISTS = [
    ("p", "999999"),
    ("p", "x"),
    ("p", BIG),
    ("p", "-1"),
    ("o", "99"),
    ("o", "1.x"),
    ("o", f"-{BIG}"),
    ("q", "x" * 10_000),
    ("q", "\x00"),
    ("q", "'\"("),
    ("q", BIG),
    ("e", "1"),
    ("all", "x"),
    ("_to_field", "nothing"),
    ("_popup", "x"),
    ("_facets", "x"),
    ("pk", BIG),
    ("pk__in", "x,\x00"),
    ("nothing", "1"),
]
IDS = [BIG, "9" * 19, "-1", "abc", "%00", "_00", "a" * 3000, "%F0%9F%98%80", "1.5"]
models = pytest.mark.parametrize(
    "model", list(site._registry), ids=lambda m: m.__name__
)


def list_of(model):
    name = f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist"
    return reverse(name)


def one_of_each_kind(model) -> set[str]:
    """The names of a model's fields, of which one stands for all of its kind."""
    kinds = {
        (type(field), field.related_model, bool(getattr(field, "choices", ()))): field
        for field in model._meta.get_fields()
    }
    return {field.name for field in kinds.values()}


def bad_look_ups(model):
    """(name, value) of an address's parameters, for all that a list knows."""
    names = one_of_each_kind(model)
    for chosen in site.get_model_admin(model).list_filter:
        if isinstance(chosen, str | tuple):
            names.add(chosen if isinstance(chosen, str) else chosen[0])
        else:
            names.add(chosen.parameter_name)
    pairs = [
        (f"{name}{lookup}", value)
        for name in sorted(names)
        for lookup, value in LOOKUPS
    ]
    return pairs + OF_LISTS


def statuses(ask, cases):
    """{case: status} of what is answered as it should not be."""
    answers = {}
    for case in cases:
        # Apart, as in production: one that breaks its transaction breaks no other.
        with transaction.atomic():
            answers[case] = ask(case).status_code
            transaction.set_rollback(True)
    return {case: status for case, status in answers.items() if status >= 500}


@pytest.fixture
def asking(admin_client):
    make_article()
    admin_client.raise_request_exception = False
    return admin_client


@models
def test_no_look_up_in_a_list_is_an_error(asking, model):
    url = list_of(model)
    assert not statuses(lambda pair: asking.get(url, dict([pair])), bad_look_ups(model))


@models
def test_no_id_in_an_address_is_an_error(asking, model):
    pages = ["", "change/", "delete/", "history/", "password/", "refill/"]
    urls = [f"{list_of(model)}{pk}/{page}" for pk in IDS for page in pages]
    type_id = ContentType.objects.get_for_model(model).pk
    urls += [f"/admin/r/{type_id}/{pk}/" for pk in IDS]
    urls += [f"/admin/r/{pk}/1/" for pk in IDS]
    assert not statuses(asking.get, urls)
    assert not statuses(asking.post, urls)


@models
def test_no_choice_of_rows_is_an_error(asking, model):
    actions = [
        *(site.get_model_admin(model).actions or ()),
        "delete_selected",
        "nonsense",
    ]
    forms = [(action, unquote(pk)) for action in actions for pk in IDS]

    def post(case):
        action, pk = case
        form = {"action": action, ACTION_CHECKBOX_NAME: ["1", pk], "index": pk}
        return asking.post(list_of(model), form)

    assert not statuses(post, forms)


@models
def test_no_action_on_a_list_with_a_bad_look_up_is_an_error(asking, model):
    def post(pair):
        form = {"action": "delete_selected", ACTION_CHECKBOX_NAME: ["1"], "index": 0}
        return asking.post(f"{list_of(model)}?{urlencode([pair])}", form)

    # A fifth of them: a list's GET has tried them all.
    assert not statuses(post, list(bad_look_ups(model))[::5])


@models
def test_no_last_row_to_delete_is_an_error(asking, model):
    def post(pk):
        form = {"action": "delete_selected", ACTION_CHECKBOX_NAME: ["1"], "up_to": pk}
        return asking.post(list_of(model), form)

    assert not statuses(post, map(unquote, IDS))


@models
def test_nothing_that_a_form_begins_with_is_an_error(asking, model):
    names = one_of_each_kind(model) | {"_to_field", "_popup", "_changelist_filters"}
    pairs = [(name, unquote(value)) for name in names for value in IDS]
    url = f"{list_of(model)}add/"
    assert not statuses(lambda pair: asking.get(url, dict([pair])), pairs)


def test_no_search_for_a_choice_is_an_error(asking):
    fields = [("article", "feed"), ("article", "topics"), ("judgerule", "language")]
    cases = [(*field, *pair) for field in fields for pair in OF_LISTS]

    def search(case):
        model, field, _, value = case
        names = {"app_label": "articles", "model_name": model, "field_name": field}
        return asking.get(
            "/admin/autocomplete/", {**names, "term": value, "page": value}
        )

    assert not statuses(search, cases)


def test_an_outage_is_no_bad_look_up():
    def view(request):
        raise OperationalError(2006, "Server has gone away")

    request = RequestFactory().get("/admin/x/?year=2026")
    request.user = User(is_staff=True, is_active=True)
    with pytest.raises(OperationalError):
        Site().admin_view(view)(request)


def view_that_fails(request):
    raise ValueError("a fault of ours")


@pytest.mark.parametrize(
    "method, query", [("get", ""), ("get", "?e=1"), ("post", "?year=99999")]
)
def test_other_faults_are_not_hidden(method, query):
    request = getattr(RequestFactory(), method)(f"/admin/x/{query}")
    request.user = User(is_staff=True, is_active=True)
    request._dont_enforce_csrf_checks = True
    with pytest.raises(ValueError, match="ours"):
        Site().admin_view(view_that_fails)(request)


def test_what_is_redirected_is_logged_as_one_line(admin_client, caplog):
    with caplog.at_level(logging.WARNING, "zeeguu.admin_site"):
        admin_client.get("/admin/articles/article/?published_at__year=99999")
    (record,) = caplog.records
    assert (record.levelname, record.exc_info) == ("WARNING", None)
    assert "?published_at__year=99999 was not answered: " in record.getMessage()


def test_a_line_of_the_log_stays_one_whatever_the_fault_says(caplog):
    def view(request):
        raise ValueError("one\ntwo")

    request = RequestFactory().get("/admin/x/?year=99999")
    request.user = User(is_staff=True, is_active=True)
    Site().admin_view(view)(request)
    (record,) = caplog.records
    assert record.getMessage() == (
        r"/admin/x/?year=99999 was not answered: ValueError('one\ntwo')"
    )
