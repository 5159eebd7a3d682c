import pytest
from django.contrib.auth import authenticate
from django.db import connection
from django.test.utils import CaptureQueriesContext

from learners.models import User

pytestmark = pytest.mark.django_db

LIST = "/admin/learners/user/"
PASSWORD = "correct-horse-7-staple"


def add(client, email, password2=PASSWORD):
    form = {"email": email, "password1": PASSWORD, "password2": password2}
    return client.post(f"{LIST}add/", form)


def listed(response):
    return list(response.context["cl"].result_list)


def number_of_queries(client, url):
    with CaptureQueriesContext(connection) as queries:
        assert client.get(url).status_code == 200
    return len(queries)


def test_more_users_cost_no_more_queries(admin_client):
    few = number_of_queries(admin_client, LIST)
    for number in range(20):
        User.objects.create_user(f"reader{number}@example.com")
    assert number_of_queries(admin_client, LIST) == few


def test_staff_without_permission_see_no_users(client):
    client.force_login(User.objects.create_user("clerk@example.com", is_staff=True))
    assert client.get(LIST).status_code == 403


@pytest.mark.parametrize("query", ["ada@", "lovelace"])
def test_users_are_found_by_email_and_name(query, admin_client):
    wanted = User.objects.create_user("ada@example.com", name="Ada Lovelace")
    assert listed(admin_client.get(LIST, {"q": query})) == [wanted]


def test_staff_are_filtered(admin_client, admin_user):
    User.objects.create_user("reader@example.com")
    assert listed(admin_client.get(LIST, {"is_staff__exact": "1"})) == [admin_user]


def test_hostile_names_are_escaped(admin_client):
    User.objects.create_user("ada@example.com", name="<script>alert(1)</script>")
    page = admin_client.get(LIST).content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page


def test_a_user_is_added_and_can_sign_in(admin_client):
    add(admin_client, "ada@example.com")
    user = authenticate(username="ada@example.com", password=PASSWORD)
    assert user == User.objects.get(email="ada@example.com")
    assert not user.is_staff


def test_the_email_of_an_added_user_is_lower_cased(admin_client):
    add(admin_client, "Ada@Example.COM")
    assert User.objects.filter(email="ada@example.com").exists()


def test_an_email_that_differs_only_in_case_is_refused(admin_client):
    User.objects.create_user("ada@example.com")
    response = add(admin_client, "ADA@example.com")
    assert "already exists" in response.content.decode()


def test_two_different_passwords_are_refused(admin_client):
    add(admin_client, "ada@example.com", password2="another")
    assert not User.objects.filter(email="ada@example.com").exists()


def test_a_user_is_edited(admin_client):
    user = User.objects.create_user("ada@example.com")
    form = {"email": "Ada@Lovelace.example", "name": "Ada", "is_active": "on"}
    admin_client.post(f"{LIST}{user.pk}/change/", form)
    user.refresh_from_db()
    assert (user.email, user.name) == ("ada@lovelace.example", "Ada")


def test_the_page_of_a_user_leads_to_the_password_form(admin_client):
    user = User.objects.create_user("ada@example.com", PASSWORD)
    page = admin_client.get(f"{LIST}{user.pk}/change/").content.decode()
    assert "../password/" in page
    assert admin_client.get(f"{LIST}{user.pk}/password/").status_code == 200
