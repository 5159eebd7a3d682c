"""The reader pages: plain HTML, readable without any script."""

from contextlib import suppress
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST, require_safe

from articles.models import Article, Language
from articles.text import clean
from learners.feed.pages import NoLanguage
from learners.knowledge import store
from learners.knowledge.articles import know_the_rest
from learners.knowledge.store import State
from learners.pages import reading
from learners.pages.answers import page, reader_of, who
from learners.readings import actions
from learners.readings.actions import Said
from zeeguu.base.ids import is_id

# In a session: the article whose rest was marked as known last, its language, and which
# lexemes these were, to take it back.
KNOWN = "known"


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The own feed; for strangers, and who learns no language yet, what is newest."""
    if reader := reader_of(request):
        with suppress(NoLanguage):
            return feed(request, reader.pk)
    languages = reading.languages()
    names = {language.code: language.name for language, *_ in languages}
    cards = reading.newest_cards(names)
    facts = {"languages": languages, "cards": cards, "names": names}
    return page(request, "learners/home.html", facts)


def feed(request: HttpRequest, reader: int) -> HttpResponse:
    """Articles in the order of what one can read; raises NoLanguage."""
    after = _given(request, "after")
    try:
        cards, more = reading.feed_cards(reader, after)
    except ValueError:
        return bad_more(request)
    facts = {
        "cards": cards,
        "more": more,
        "is_first": after is None,
        "names": reading.language_names(),
    }
    return page(request, "learners/feed.html", facts)


@require_safe
def language(request: HttpRequest, code: str) -> HttpResponse:
    """Articles of one language, newest first; ``?before=<article id>`` for older."""
    before = _given(request, "before")
    before_id = int(before) if before and is_id(before) else None
    try:
        language = reading.find_language(code, before_id)
    except Language.DoesNotExist:
        return unknown_language(request, code)
    if before is not None and language.before_at is None:
        return bad_before(request, language, before)
    cards, older = reading.cards_before(language, before_id)
    facts = {
        "language": language,
        "lang": reading.html_lang(language.code),
        "cards": cards,
        "is_first": before is None,
        "older": older,
    }
    return page(request, "learners/language.html", facts)


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Articles with the words ``?q=``, the best first; ``&language=`` of one alone."""
    words, code = _given(request, "q") or "", _given(request, "language") or ""
    after = _given(request, "after")
    if code and code not in reading.language_names():
        return unknown_language(request, code)
    try:
        found = reading.search(words, code, after)
    except ValueError:
        return bad_after(request, words)
    return page(request, "learners/search.html", {"found": found, "after": after})


@require_safe
def article(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    reader = reader_of(request)
    try:
        found = reading.find_article(code, pk, reader.pk if reader else None)
    except Article.DoesNotExist:
        return unknown_article(request, pk)
    just_known = _just_known(request, pk) if reader else 0
    facts = {"page": found, "just_known": just_known}
    return page(request, "learners/article.html", facts)


@require_safe
@login_required
def articles(request: HttpRequest) -> HttpResponse:
    """What one did with articles: ``?list=saved``, the latest first."""
    name = request.GET.get("list", "saved")
    if name not in actions.LISTS:
        message = f"There is no such list; there are {', '.join(actions.LISTS)}."
        return page(request, "400.html", {"message": message}, 400)
    try:
        cards, more = reading.own_cards(who(request).pk, name, _given(request, "after"))
    except ValueError:
        return bad_more(request)
    facts = {"name": name, "names": actions.LISTS, "cards": cards, "more": more}
    return page(request, "learners/articles.html", facts)


@require_POST
@login_required
def mine(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """``read=yes`` or ``no``, saved, liked, hidden; then the article again."""
    told = {name: request.POST.get(name) for name in actions.LISTS}
    said: Any = {name: answer == "yes" for name, answer in told.items() if answer}
    try:
        actions.change(who(request).pk, pk, Said(**said))
    except Article.DoesNotExist:
        return unknown_article(request, pk)
    return redirect("learners:article", code, pk)


@require_POST
@login_required
def known(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """Mark all new words of an article as known; ``undo=yes`` takes that back."""
    if request.POST.get("undo") == "yes":
        _undo_known(request)
        return redirect("learners:article", code, pk)
    try:
        language, lexemes = know_the_rest(who(request).pk, pk)
    except Article.DoesNotExist:
        return unknown_article(request, pk)
    request.session[KNOWN] = [pk, language, lexemes]
    return redirect("learners:article", code, pk)


def _undo_known(request: HttpRequest) -> None:
    _, language, lexemes = request.session.pop(KNOWN, (0, "", []))
    if lexemes:
        to_new = {State.NEW: lexemes}
        store.change(who(request).pk, language, to_new, only_from=[State.KNOWN])


def _just_known(request: HttpRequest, pk: int) -> int:
    """How many words of an article were marked as known by the last such call."""
    article, _, lexemes = request.session.get(KNOWN, (0, "", []))
    return len(lexemes) if article == pk else 0


def _given(request: HttpRequest, name: str) -> str | None:
    """A parameter's text as it can be shown: what nobody can see is no part of it."""
    text = request.GET.get(name)
    return None if text is None else clean(text)


def unknown_language(request: HttpRequest, code: str) -> HttpResponse:
    name = clean(code)
    message = f"There is no language “{name}” here. These are the languages there are:"
    facts = {"message": message, "languages": Language.objects.learnable()}
    return page(request, "404.html", facts, status=404)


def unknown_article(request: HttpRequest, pk: int) -> HttpResponse:
    message = f"There is no article {pk} to read at this address."
    return page(request, "404.html", {"message": message}, status=404)


def bad_more(request: HttpRequest) -> HttpResponse:
    message = "The parameter “after” must be one of a link to more articles."
    return page(request, "400.html", {"message": message}, status=400)


def bad_after(request: HttpRequest, words: str) -> HttpResponse:
    message = (
        "The parameter “after” must be one of a link to more of what was found for"
        f" “{words}”."
    )
    return page(request, "400.html", {"message": message}, status=400)


def bad_before(request: HttpRequest, language: Any, before: str) -> HttpResponse:
    message = (
        f"The parameter “before” must be the id of an article in {language.name};"
        f" “{before}” is not one."
    )
    return page(request, "400.html", {"message": message}, status=400)
