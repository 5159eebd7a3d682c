"""The page of one's saved words: filters, and forms that change a word."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from articles.text import clean
from learners.bookmarks import lists, saving
from learners.bookmarks.models import Bookmark
from learners.knowledge import store
from learners.knowledge.store import State
from learners.pages import paging
from learners.pages.answers import page, who
from learners.pages.reading import html_lang
from tokenization.searching import language_names

PAGE_SIZE = 50
STATES = [(state.value, state.value) for state in State]
KINDS = [("", "all"), ("starred", "with a star"), ("lost", "no longer in their text")]


class WordsFilter(forms.Form):
    """Which words are shown; each is left out at will."""

    q = forms.CharField(label="With", required=False, max_length=200)
    language = forms.ChoiceField(
        choices=lambda: [("", "all"), *language_names().items()], required=False
    )
    state = forms.ChoiceField(choices=[("", "any"), *STATES], required=False)
    only = forms.ChoiceField(label="Which", choices=KINDS, required=False)

    def clean_q(self) -> str:
        return clean(self.cleaned_data["q"])

    def apply(self, rows: QuerySet[Bookmark], learner: int) -> QuerySet[Bookmark]:
        """Those rows that are wanted; one query for a state."""
        wanted = self.cleaned_data
        if language := wanted["language"]:
            rows = rows.filter(language=language)
        if text := wanted["q"]:
            rows = lists.with_text(rows, text)
        if only := wanted["only"]:
            rows = rows.filter(**{f"is_{only}": True})
        if state := wanted["state"]:
            rows = lists.in_state(rows, learner, State(state))
        return rows


class ChangeForm(forms.Form):
    """What is changed of a word: what is not named stays as it is."""

    translation = forms.CharField(max_length=saving.LONGEST_TRANSLATION, required=False)
    star = forms.ChoiceField(choices=[("yes", "yes"), ("no", "no")], required=False)
    state = forms.ChoiceField(choices=STATES, required=False)

    def clean_translation(self) -> str:
        return clean(self.cleaned_data["translation"])


@dataclass(frozen=True)
class Row:
    """A saved word, the browser's code of its language, and how well it is known."""

    bookmark: Bookmark
    lang: str
    state: str


@require_safe
@login_required
def words(request: HttpRequest) -> HttpResponse:
    """The newest first; ``?after=`` is where the page before ended."""
    learner, form = who(request).pk, WordsFilter(request.GET)
    facts: dict[str, Any] = {"form": form, "states": STATES}
    if form.is_valid():
        try:
            rows, more = _rows(learner, form, request.GET.get("after"))
        except ValueError:
            message = "The parameter “after” must be one of a link to more words."
            return page(request, "400.html", {"message": message}, 400)
        query = request.GET.copy()
        query["after"] = more
        facts |= {"rows": rows, "more": more and query.urlencode()}
    return page(request, "learners/words.html", facts, 200 if form.is_valid() else 400)


@require_POST
@login_required
def change(request: HttpRequest, pk: int) -> HttpResponse:
    """``star=yes`` or ``no``, ``state=``, ``translation=``; then where one was."""
    learner, form = who(request).pk, ChangeForm(request.POST)
    bookmark = saving.stored(learner).filter(pk=pk).first()
    if bookmark is None:
        raise Http404
    if not form.is_valid():
        message = "The form can't be taken: a state or a length is wrong."
        return page(request, "400.html", {"message": message}, 400)
    named = request.POST.keys() & form.fields.keys()
    _change(bookmark, {name: form.cleaned_data[name] for name in named})
    return _back(request)


@require_POST
@login_required
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Delete a saved word; what was met stays met."""
    if not saving.delete(who(request).pk, pk):
        raise Http404
    return _back(request)


def _rows(learner: int, form: WordsFilter, start: str | None) -> tuple[list[Row], str]:
    """A page, and what the next one starts at or ""; raises ValueError."""
    found = form.apply(saving.stored(learner), learner)
    shown, more = paging.after(found, "created_at", PAGE_SIZE, start)
    states = lists.states(learner, shown)
    return [_row(one, states) for one in shown], more


def _row(bookmark: Bookmark, states: dict[int, State]) -> Row:
    state = states.get(bookmark.lexeme_id) if bookmark.lexeme_id else None
    lang = html_lang(bookmark.language_id)
    return Row(bookmark, lang, state.value if state else "")


def _change(bookmark: Bookmark, facts: dict[str, str]) -> None:
    columns: dict[str, Any] = {}
    if "translation" in facts:
        columns["translation"] = facts["translation"]
    if star := facts.get("star"):
        columns["is_starred"] = star == "yes"
    if columns:
        saving.edit(bookmark.learner_id, bookmark.pk, **columns)
    state = facts.get("state")
    if state and bookmark.lexeme_id:
        lexemes = {State(state): [bookmark.lexeme_id]}
        store.change(bookmark.learner_id, bookmark.language_id, lexemes)


def _back(request: HttpRequest) -> HttpResponse:
    """To ``next=``, where that is a page of ours, or to the list."""
    asked, host = request.POST.get("next", ""), {request.get_host()}
    is_own = url_has_allowed_host_and_scheme(
        asked, host, require_https=request.is_secure()
    )
    return redirect(asked if is_own else reverse("learners:words"))
