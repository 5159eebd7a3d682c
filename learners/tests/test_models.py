import pytest
from django.contrib.auth import authenticate
from django.core.exceptions import ValidationError
from django.db import IntegrityError

from learners.models import User

pytestmark = pytest.mark.django_db


def test_an_address_is_stored_in_lower_case():
    assert User.objects.create_user("Ada@Example.COM").email == "ada@example.com"


def test_an_address_belongs_to_one_user_however_it_is_written():
    User.objects.create_user("ada@example.com")
    with pytest.raises(IntegrityError):
        User.objects.create_user("ADA@example.com")


def test_a_form_notices_an_address_that_is_taken_however_it_is_written():
    User.objects.create_user("ada@example.com")
    with pytest.raises(ValidationError, match="already exists"):
        User(email="ADA@example.com", password="x").full_clean()


@pytest.mark.parametrize("email", ["", None])
def test_a_user_needs_an_address(email):
    with pytest.raises(ValueError, match="e-mail"):
        User.objects.create_user(email)


def test_the_password_is_not_stored_as_it_is():
    user = User.objects.create_user("ada@example.com", "secret")
    assert "secret" not in user.password
    assert user.check_password("secret")


def test_a_user_without_a_password_cannot_sign_in():
    user = User.objects.create_user("ada@example.com")
    assert not user.has_usable_password()
    assert authenticate(email="ada@example.com", password="") is None


def test_a_user_signs_in_however_the_address_is_written():
    user = User.objects.create_user("ada@example.com", "secret")
    assert authenticate(email="ADA@Example.com", password="secret") == user


def test_an_ordinary_user_has_no_rights():
    user = User.objects.create_user("ada@example.com")
    assert (user.is_staff, user.is_superuser, user.is_active) == (False, False, True)


def test_a_superuser_may_use_the_admin():
    user = User.objects.create_superuser("ada@example.com", "secret")
    assert (user.is_staff, user.is_superuser) == (True, True)


def test_a_user_is_shown_by_number():
    assert str(User(pk=7, email="ada@example.com")) == "account 7"
