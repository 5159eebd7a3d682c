"""Pages by which accounts begin, get their address, and a new password by a mail.

None tells whether an address has an account: the mail alone does.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from math import ceil
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST
from rest_framework.exceptions import Throttled

from articles.models import Language
from learners import backends
from learners.accounts import joining, passwords
from learners.backends import count_try
from learners.models import User
from learners.pages.answers import page, reader_of, who
from learners.people import languages, profiles
from learners.people.cohorts import Refused
from tokenization.searching import language_names

get_or_post = require_http_methods(["GET", "HEAD", "POST"])


def email_field() -> forms.EmailField:
    attrs = {"autocomplete": "username"}
    return forms.EmailField(
        label="E-mail", max_length=254, widget=forms.EmailInput(attrs)
    )


def password_field() -> forms.CharField:
    attrs = {"autocomplete": "new-password"}
    widget = forms.PasswordInput(attrs)
    return forms.CharField(strip=False, max_length=1000, widget=widget)


def code_field() -> forms.CharField:
    attrs = {"autocomplete": "one-time-code", "autocapitalize": "characters"}
    return forms.CharField(
        label="Code of the mail", max_length=20, widget=forms.TextInput(attrs)
    )


class AddressForm(forms.Form):
    email = email_field()
    password = password_field()


class SignUpForm(AddressForm):
    """is_trying: without address and password, which may be left out then."""

    language = forms.ChoiceField(
        label="I am learning", choices=lambda: [("", "—"), *language_names().items()]
    )
    native = forms.ModelChoiceField(
        Language.objects.order_by("name"), label="I speak", empty_label="—"
    )
    invite = forms.CharField(label="Code of a class", max_length=50, required=False)

    def __init__(self, *args: Any, is_trying: bool = False, **facts: Any) -> None:
        super().__init__(*args, **facts)
        if is_trying:
            self.fields["email"].required = self.fields["password"].required = False
        if settings.SIGN_UP == "invite":
            self.fields["invite"].required = True
        else:
            self.fields["invite"].help_text = "If a teacher gave you one."


class CodeForm(forms.Form):
    code = code_field()


class ForgottenForm(forms.Form):
    email = email_field()


class ResetForm(forms.Form):
    email = email_field()
    code = code_field()
    password = password_field()


@contextmanager
def refusals(form: forms.Form) -> Iterator[None]:
    """What services refuse, as errors of a form."""
    try:
        yield
    except ValidationError as exc:
        form.add_error("password", exc)
    except Refused as exc:
        form.add_error("invite", str(exc))
    except joining.HasAddress:
        form.add_error(None, "This account has an address already.")
    except joining.WrongCode as exc:
        form.add_error("code", str(exc))
    except joining.Taken:
        form.add_error(None, "Another account has this address; sign in with it.")
    except Throttled as exc:
        form.add_error(None, ValidationError(_to_wait(exc), "throttled"))


def _to_wait(exc: Throttled) -> str:
    wait_s = max(1, ceil(exc.wait or 0))  # type: ignore[attr-defined]
    return f"Too many tries. Please try again in {wait_s} seconds."


def refused(
    request: HttpRequest, template: str, form: forms.Form, **facts: Any
) -> HttpResponse:
    """A page with a form: as it begins, or with what is wrong with it."""
    status = 400 if form.errors else 200
    if form.has_error("__all__", "throttled"):
        status = 429
    return page(request, template, {"form": form, **facts}, status)


@never_cache
@sensitive_post_parameters()
@get_or_post
def sign_up(request: HttpRequest) -> HttpResponse:
    """A new account, which is signed in; ``try=yes`` makes one without address."""
    if reader_of(request):
        return redirect("learners:account")
    is_trying = request.POST.get("try") == "yes"
    form = SignUpForm(request.POST or None, is_trying=is_trying)
    if form.is_valid():
        with refusals(form):
            _begin(request, form.cleaned_data, is_trying)
    if not form.is_valid():
        return refused(request, "learners/sign_up.html", form)
    return redirect("learners:home" if is_trying else "learners:confirm")


def _begin(request: HttpRequest, told: dict[str, Any], is_trying: bool) -> None:
    backends.require_sign_up(request)
    if is_trying:
        user = joining.anonymous(told["invite"])
    else:
        backends.require_mail(told["email"].lower())
        user = joining.sign_up(told["email"], told["password"], told["invite"])
    languages.learn(user, told["language"])
    profiles.change(user, {"native": told["native"]})
    login(request, user)


@get_or_post
@login_required
def confirm(request: HttpRequest) -> HttpResponse:
    """Type in the code that was mailed."""
    user = who(request)
    if not user.pending_email:
        return redirect("learners:account")
    form = CodeForm(request.POST or None)
    if form.is_valid():
        with refusals(form):
            joining.confirm(user, form.cleaned_data["code"])
    if not form.is_valid():
        return refused(request, "learners/confirm.html", form)
    messages.success(request, "Your address is confirmed.")
    return redirect("learners:home")


@require_POST
@login_required
def another_code(request: HttpRequest) -> HttpResponse:
    """Mail another code; the one of before is good for nothing more."""
    user = who(request)
    if user.pending_email:
        try:
            backends.require_mail(user.pending_email)
            joining.ask_to_confirm(user)
        except Throttled as exc:
            messages.error(request, _to_wait(exc))
        else:
            messages.success(request, "Another mail is on its way.")
    return redirect("learners:confirm")


@sensitive_post_parameters()
@get_or_post
@login_required
def address(request: HttpRequest) -> HttpResponse:
    """An address and a password for an account without, or with one to be confirmed."""
    user = who(request)
    if user.email:
        return redirect("learners:account")
    form = AddressForm(request.POST or None)
    if form.is_valid():
        with refusals(form):
            _upgrade(request, user, **form.cleaned_data)
    if not form.is_valid():
        return refused(request, "learners/address.html", form)
    return redirect("learners:confirm")


def _upgrade(request: HttpRequest, user: User, email: str, password: str) -> None:
    backends.require_sign_up(request)
    backends.require_mail(email.lower())
    joining.upgrade(user, email, password)


@never_cache
@get_or_post
def forgotten(request: HttpRequest) -> HttpResponse:
    """Have a code mailed; then the form that takes it, whoever has the address."""
    form = ForgottenForm(request.POST or None)
    if form.is_valid():
        with refusals(form):
            email = form.cleaned_data["email"].lower()
            backends.require_sign_up(request)
            backends.require_mail(email)
            passwords.forgotten(email)
    if not form.is_valid():
        return refused(request, "learners/forgotten.html", form)
    # Not by way of another address: logs would have the e-mail's.
    reset = ResetForm(initial={"email": email})
    return refused(request, "learners/reset.html", reset, is_mailed=True)


@never_cache
@sensitive_post_parameters()
@get_or_post
def reset(request: HttpRequest) -> HttpResponse:
    """A new password by the mailed code; all sessions end."""
    form = ResetForm(request.POST or None)
    if form.is_valid():
        with refusals(form):
            count_try(request, form.cleaned_data["email"])
            told = form.cleaned_data
            passwords.reset(told["email"], told["code"], told["password"])
    if not form.is_valid():
        return refused(request, "learners/reset.html", form)
    return page(request, "learners/reset_done.html")
