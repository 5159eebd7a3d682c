import re
from io import StringIO

import pytest
from django.contrib.auth import authenticate
from django.core.management import CommandError, call_command

from learners.models import User

pytestmark = pytest.mark.django_db


def run(*args):
    out = StringIO()
    call_command("ensure_admin", *args, stdout=out)
    return out.getvalue()


def test_it_creates_an_administrator_whose_printed_password_works(client):
    email, password = re.search(r"Administrator (\S+), password (\S+) ", run()).groups()
    admin = authenticate(email=email, password=password)
    assert admin.is_superuser
    client.post("/admin/login/", {"username": email, "password": password})
    assert client.get("/admin/").status_code == 200


def test_the_second_run_creates_nobody_and_prints_no_password():
    run()
    assert run() == "There is an administrator already.\n"
    assert User.objects.count() == 1


def test_each_machine_has_a_password_of_its_own():
    first = run()
    User.objects.all().delete()
    assert run() != first


def test_the_address_can_be_chosen():
    run("--email", "Ada@Example.com")
    assert User.objects.get().email == "ada@example.com"


def test_an_ordinary_user_is_no_administrator():
    User.objects.create_user("reader@example.com")
    assert "admin@example.com" in run()


def test_an_ordinary_user_with_the_address_is_not_overwritten():
    User.objects.create_user("admin@example.com", "mine")
    with pytest.raises(CommandError, match=r"admin@example\.com"):
        run()
    assert not User.objects.get().is_superuser


def test_an_address_that_nobody_could_sign_in_with_is_refused():
    with pytest.raises(CommandError, match="'nonsense' is not an e-mail address"):
        run("--email", "nonsense")
    assert not User.objects.exists()
