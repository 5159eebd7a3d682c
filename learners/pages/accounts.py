"""Pages of an account: to sign in and out, and all that is the reader's own."""

from contextlib import suppress
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm
from django.contrib.auth.mixins import LoginRequiredMixin
from django.contrib.auth.views import LoginView, LogoutView, PasswordChangeView
from django.forms import BaseForm
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse_lazy
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from articles.models import Language
from learners.accounts import sessions
from learners.backends import is_password_of
from learners.pages.answers import PRIVATE, page, reader_of, who
from learners.pages.preferences import LEVEL_CHOICES, LearnForm, PreferencesForm
from learners.people import deletion, languages, profiles
from learners.people.owned import tables
from learners.people.profiles import profile_of


class SignInForm(AuthenticationForm):
    username = forms.EmailField(
        label="E-mail",
        widget=forms.EmailInput(attrs={"autocomplete": "username", "autofocus": True}),
    )


class SignIn(LoginView):
    """By e-mail and password; then to ``?next=``, where that is a page of ours."""

    template_name = "learners/sign_in.html"
    authentication_form = SignInForm

    def get_context_data(self, **facts: Any) -> dict[str, Any]:
        return super().get_context_data(reader=reader_of(self.request), **facts)


def require_password(request: HttpRequest, password: str) -> None:
    """Raise ValidationError for another than the account's.

    It is tried as often as who signs in may try.
    """
    if not is_password_of(request, who(request), password):
        raise forms.ValidationError("That is not the password of this account.")


class PasswordForm(forms.Form):
    """The account's password; nothing of one that has none."""

    password = forms.CharField(
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def __init__(self, request: HttpRequest) -> None:
        super().__init__(request.POST if request.method == "POST" else None)
        self._request = request
        if not who(request).has_usable_password():
            del self.fields["password"]

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        require_password(self._request, password)
        return password


class ChangePasswordForm(PasswordChangeForm):
    def __init__(self, *args: Any, request: HttpRequest, **facts: Any) -> None:
        super().__init__(*args, **facts)
        self._request = request

    def clean_old_password(self) -> str:
        password: str = self.cleaned_data["old_password"]
        require_password(self._request, password)
        return password


class ChangePassword(LoginRequiredMixin, PasswordChangeView):
    """By the old one; all sessions but this one end, and so do the API's tokens."""

    template_name = "learners/password.html"
    form_class = ChangePasswordForm
    success_url = reverse_lazy("learners:account")

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "request": self.request}

    def get_context_data(self, **facts: Any) -> dict[str, Any]:
        return super().get_context_data(reader=who(self.request), **facts)

    def form_valid(self, form: Any) -> HttpResponse:
        messages.success(self.request, "Your password is changed.")
        return super().form_valid(form)

    def dispatch(self, *args: Any, **kwargs: Any) -> Any:
        response = super().dispatch(*args, **kwargs)
        response["Cache-Control"] = PRIVATE
        return response


class SignOut(LogoutView):
    """A POST, which no link of another site can make."""


@login_required
@require_safe
def account(request: HttpRequest) -> HttpResponse:
    return _account(request)


@require_POST
@login_required
def preferences(request: HttpRequest) -> HttpResponse:
    form = PreferencesForm(request.POST, instance=profile_of(who(request)))
    if not form.is_valid():
        return _account(request, preferences=form)
    form.keep()
    messages.success(request, "Your preferences are kept.")
    return redirect("learners:account")


@require_POST
@login_required
def learn(request: HttpRequest) -> HttpResponse:
    """Learn a language, or say another level of it."""
    form = LearnForm(request.POST)
    if not form.is_valid():
        return _account(request, learn=form)
    code, level = form.cleaned_data["language"], form.cleaned_data["level"]
    languages.learn(who(request), code, level)
    return redirect("learners:account")


@require_POST
@login_required
def leave(request: HttpRequest, code: str) -> HttpResponse:
    """Learn a language no longer."""
    languages.leave(who(request), code)
    return redirect("learners:account")


@require_POST
@login_required
def activate(request: HttpRequest, code: str) -> HttpResponse:
    """Let lists and practice be of a language, unless it isn't learned."""
    with suppress(profiles.NotLearned):
        profiles.change(who(request), {"active": get_object_or_404(Language, pk=code)})
    return redirect("learners:account")


@require_POST
@login_required
def end_session(request: HttpRequest, pk: int) -> HttpResponse:
    """Sign out of another browser or program; also of this one, if it is that."""
    if not sessions.of(who(request)).filter(pk=pk).delete()[0]:
        raise Http404
    return redirect("learners:account")


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def delete(request: HttpRequest) -> HttpResponse:
    """Delete the account and all that is the learner's own, by the password."""
    form = PasswordForm(request)
    if request.method != "POST" or not form.is_valid():
        status = 400 if request.method == "POST" else 200
        return page(request, "learners/delete_account.html", {"form": form}, status)
    deleted = deletion.delete(who(request))
    logout(request)
    return page(request, "learners/deleted.html", {"deleted": _named(deleted)})


def _named(rows: dict[str, int]) -> list[tuple[int, str]]:
    """(how many, what they were) of the rows that somebody knows to have."""
    models = {table.model for table in tables()}
    named = {model._meta.model_name: model._meta for model in models}
    told = []
    for name, number in sorted(rows.items()):
        meta = named.get(name)
        if meta and not meta.auto_created:
            one, several = str(meta.verbose_name), str(meta.verbose_name_plural)
            told.append((number, one if number == 1 else several))
    return told


def _account(request: HttpRequest, **forms: BaseForm) -> HttpResponse:
    """The page, with the forms that could not be taken as they were filled in."""
    user = who(request)
    profile = profile_of(user)
    facts = {
        "profile": profile,
        "learned": languages.learned_by(user),
        "levels": LEVEL_CHOICES,
        "sessions": sessions.of(user),
        "this": sessions.digest_of(request.session.session_key or ""),
        "learn": LearnForm(),
        "preferences": PreferencesForm(instance=profile),
        **forms,
    }
    return page(request, "learners/account.html", facts, 400 if forms else 200)
