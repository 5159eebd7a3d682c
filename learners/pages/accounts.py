"""Pages of an account: to sign in and out, and all that is the reader's own."""

from typing import Any

from django import forms
from django.contrib.auth.decorators import login_required
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView, LogoutView
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from learners.pages.answers import page, reader_of


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
    return page(request, "learners/account.html")
