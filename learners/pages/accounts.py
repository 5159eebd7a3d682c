"""Pages of an account: to sign in and out, and all that is the reader's own."""

from contextlib import suppress
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView, LogoutView
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST, require_safe

from articles.models import Language
from learners.pages.answers import page, reader_of, who
from learners.pages.preferences import LEVEL_CHOICES, LearnForm, PreferencesForm
from learners.people import languages, profiles
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


def _account(request: HttpRequest, **forms: BaseForm) -> HttpResponse:
    """The page, with the forms that could not be taken as they were filled in."""
    user = who(request)
    profile = profile_of(user)
    facts = {
        "profile": profile,
        "learned": languages.learned_by(user),
        "levels": LEVEL_CHOICES,
        "learn": LearnForm(),
        "preferences": PreferencesForm(instance=profile),
        **forms,
    }
    return page(request, "learners/account.html", facts, 400 if forms else 200)
