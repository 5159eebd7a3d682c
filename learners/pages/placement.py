"""The page for who begins with some knowledge: forty words, or "the first thousand"."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from articles.models import Language
from learners.knowledge import placement
from learners.knowledge.placement import Test
from learners.pages.answers import page, who
from learners.pages.reading import html_lang
from learners.people.profiles import profile_of

FIRST = (0, 250, 500, 1000, 1500, 2000, 3000, 4000, 5000, 7500, 10_000, 15_000)


class PlacementForm(forms.Form):
    """Words that are known, or how many of the most frequent ones are."""

    yes = forms.MultipleChoiceField(required=False)
    first = forms.TypedChoiceField(
        choices=[(one, f"{one:,}") for one in FIRST],
        coerce=int,
        empty_value=None,
        required=False,
        label="I know the most frequent words, this many",
    )

    def __init__(self, test: Test, *args: Any, **facts: Any) -> None:
        super().__init__(*args, **facts)
        yes: Any = self.fields["yes"]
        yes.choices = [(word, word) for word in test.shown]

    def rank(self, test: Test) -> int:
        """How many of the most frequent words are known, as was said or by the test."""
        first: int | None = self.cleaned_data["first"]
        said = self.cleaned_data["yes"]
        return placement.estimate(test, said).rank if first is None else first


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def place(request: HttpRequest) -> HttpResponse:
    """A POST takes the place of the last one; what else was said of words stays."""
    active = profile_of(who(request)).active
    if active is None:
        messages.info(request, "Say first which language you learn.")
        return redirect("learners:account")
    test = placement.make_test(active.code)
    form = PlacementForm(test, request.POST or None)
    if request.method == "POST" and form.is_valid():
        return _placed(request, active, form.rank(test))
    lang = html_lang(active.code)
    facts = {"form": form, "test": test, "language": active, "lang": lang}
    status = 400 if request.method == "POST" else 200
    return page(request, "learners/placement.html", facts, status)


def _placed(request: HttpRequest, language: Language, rank: int) -> HttpResponse:
    number = placement.place(who(request).pk, language.code, rank)
    messages.success(
        request,
        f"The {rank:,} most frequent words of {language.name} count as known"
        f" now, {number:,} in all that nothing else was said of.",
    )
    return redirect("learners:home")
