"""Who may not see personal data sees numbers, on whatever page of the admin."""

from itertools import count

import pytest
from django.contrib import admin
from django.contrib.auth.models import Permission
from django.test import Client

from articles.tests.factories import make_article
from learners.admin import GONE_AT_ONCE
from learners.models import Bookmark, Cohort, Session, User
from learners.people.personal import PERMISSION, LearnerRowsAdmin
from learners.tests.test_ownership import Somebody

pytestmark = pytest.mark.django_db

WORD = "hemmelighed7"
numbers = count()
MODELS = [
    model
    for model, page in admin.site._registry.items()
    if model is User or isinstance(page, LearnerRowsAdmin)
]


@pytest.fixture
def somebody():
    found = Somebody(make_article(title="Noget andet"), WORD)
    found.user.email = f"{WORD}@example.com"
    found.user.save()
    return found


def staff(*permissions):
    name = f"clerk{next(numbers)}@example.com"
    user = User.objects.create_user(name, is_staff=True)
    rights = Permission.objects.filter(content_type__app_label="learners")
    user.user_permissions.set(rights.exclude(codename="view_personal_data"))
    for name in permissions:
        user.user_permissions.add(rights.get(codename=name.partition(".")[2]))
    client = Client()
    client.force_login(user)
    return client


def address(model, page=""):
    return f"/admin/learners/{model._meta.model_name}/{page}"


def pages(model, pk):
    """Every page of a model with its row, as the admin has them."""
    yield address(model)
    yield address(model, f"?q={WORD}")
    yield address(model, f"?q={WORD}@example.com")
    for page in ("change", "history", "delete"):
        yield address(model, f"{pk}/{page}/")
    yield f"/admin/autocomplete/?app_label=learners&model_name={model._meta.model_name}"


def rows(somebody):
    """{model: a row of somebody's}."""
    found = {User: somebody.user, Session: somebody.user.sessions.first()}
    for model in MODELS:
        if model not in found:
            owner = admin.site.get_model_admin(model).owner
            found[model] = model.objects.filter(**{owner: somebody.user}).first()
    return found


def test_all_tables_of_learners_are_in_the_admin(somebody):
    assert len(MODELS) >= 14
    assert all(rows(somebody).values())


def test_nothing_personal_is_on_any_page_without_the_permission(somebody):
    client = staff()
    for model, row in rows(somebody).items():
        for url in pages(model, row.pk):
            answer = client.get(url)
            assert answer.status_code in {200, 403}, url
            # What was searched for stands in its field, and in links.
            shown = answer.text.replace(f'value="{WORD}', "")
            shown = shown.replace(f"q={WORD}", "")
            assert WORD not in shown, url


def test_it_is_there_with_the_permission(somebody):
    client = staff(PERMISSION)
    for model in (User, Bookmark, Cohort):
        assert WORD in client.get(address(model)).text
        page = address(model, f"{rows(somebody)[model].pk}/change/")
        assert WORD in client.get(page).text


def listed(client, model, **query):
    answer = client.get(address(model), query)
    return [] if answer.status_code != 200 else list(answer.context["cl"].result_list)


@pytest.mark.parametrize("lookup", ["email__startswith", "name__exact", "uuid"])
def test_no_filter_tells_what_is_hidden(lookup, somebody):
    facts = {"email__startswith": WORD, "name__exact": WORD, "uuid": somebody.user.uuid}
    answer = staff().get(address(User), {lookup: facts[lookup]})
    assert answer.status_code == 400


def test_rows_are_found_by_the_account_s_number(somebody):
    assert len(listed(staff(), Bookmark, q=str(somebody.user.pk))) == 1
    assert listed(staff(PERMISSION), User, q=f"#{somebody.user.pk}") == [somebody.user]


def test_rows_are_found_by_the_address_with_the_permission(somebody):
    client = staff(PERMISSION)
    assert len(listed(client, Bookmark, q=f"{WORD.upper()}@example.com")) == 1
    assert not listed(client, Bookmark, q="nobody@example.com")


def test_history_keeps_and_shows_no_address(somebody, admin_client):
    url = address(User, f"{somebody.user.pk}/")
    admin_client.post(
        f"{url}change/", {"email": somebody.user.email, "name": "B", "_save": "1"}
    )
    page = staff().get(f"{url}history/").text
    assert "Changed Name" in page
    assert "B@" not in page
    assert "admin@example.com" not in page


def test_passwords_are_changed_and_accounts_added_with_the_permission_alone(somebody):
    client = staff()
    for page in (f"{somebody.user.pk}/password/", "add/"):
        assert client.get(address(User, page)).status_code == 403
        assert WORD not in client.get(address(User, page)).text


def test_rows_are_neither_added_nor_changed(somebody, admin_client):
    for model, row in rows(somebody).items():
        if model is not User:
            assert admin_client.get(address(model, "add/")).status_code == 403
            url = address(model, f"{row.pk}/change/")
            assert admin_client.post(url, {}).status_code == 403, url


def test_an_account_is_deleted_with_all_that_is_its_own(somebody, admin_client):
    url = address(User, f"{somebody.user.pk}/delete/")
    assert admin_client.post(url, {"post": "yes"}).status_code == 302
    assert not Bookmark.objects.exists()
    assert not User.objects.filter(pk=somebody.user.pk).exists()


def test_many_accounts_are_closed_and_go_later(admin_client, admin_user):
    many = [
        User.objects.create_user(f"{n}@example.com") for n in range(GONE_AT_ONCE + 1)
    ]
    chosen = {"action": "delete_selected", "_selected_action": [u.pk for u in many]}
    answer = admin_client.post(address(User), {**chosen, "post": "yes"}, follow=True)
    assert f"Closed {GONE_AT_ONCE + 1} accounts" in answer.text
    assert User.objects.filter(leaving_at=None).get() == admin_user


@pytest.mark.parametrize("name", ["article", "lexeme", "text"])
def test_no_filter_tells_it_by_the_other_name_of_a_foreign_key(name, somebody):
    for lookup in (name, f"{name}_id", f"{name}_id__in", f"{name}_id__gte"):
        assert staff().get(address(Bookmark), {lookup: 1}).status_code == 400
        assert staff(PERMISSION).get(address(Bookmark), {lookup: 1}).status_code == 200
