"""The page to practise on: a word at a time, revealed and answered without scripts."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.timesince import timesince
from django.views.decorators.http import require_POST, require_safe

from learners.pages.answers import page, who
from learners.pages.reading import html_lang
from learners.people.profiles import profile_of
from learners.practice import cards, reviews, statistics
from learners.practice.cards import Shown
from learners.practice.models import PracticeCard, Review
from learners.practice.reviews import Answer
from learners.practice.scheduling import intervals, schedule_of
from zeeguu.base.ids import LARGEST_ID, is_id

# Days that are told of.
DAYS = 7


class IdField(forms.IntegerField):
    def __init__(self) -> None:
        super().__init__(min_value=1, max_value=LARGEST_ID)


class AnswerForm(forms.Form):
    """What was answered to which card, and when that one was answered before."""

    card = IdField()
    rating = forms.TypedChoiceField(choices=Review.Rating.choices, coerce=int)
    # As the page had it, to the microsecond: Django's own field cuts that off.
    last_review = forms.CharField(required=False)

    def clean_last_review(self) -> datetime | None:
        text = self.cleaned_data["last_review"]
        try:
            return datetime.fromisoformat(text) if text else None
        except ValueError:
            raise forms.ValidationError("no time of an answer") from None


@dataclass(frozen=True)
class Question:
    """A word in its sentence, with what it means and after how long it may come again.

    The sentence is in parts: before the word, the word as it stands there, and behind;
    all is before where that can't be told. ``answers`` are (rating, name, how long).
    """

    shown: Shown
    lang: str
    context: tuple[str, str, str]
    answers: list[tuple[int, str, str]]

    @property
    def last_review(self) -> str:
        last = self.shown.card.last_review
        return last.isoformat() if last else ""


@require_safe
@login_required
def practice(request: HttpRequest) -> HttpResponse:
    """The next word; ``?done=`` is the answer that may be taken back."""
    profile, now = profile_of(who(request)), timezone.now()
    facts: dict[str, object] = {"profile": profile}
    if profile.active_id:
        due = cards.due(profile, profile.active_id, 1, now)
        done = statistics.statistics(profile, profile.active_id, DAYS, now)
        question = _question(due.cards[0], now) if due.cards else None
        left = sum(due.counts.values())
        facts |= {"question": question, "left": left, "next_due": due.next_due}
        facts |= {"done": done, "today": done.days[-1]}
    review = request.GET.get("done", "")
    facts["review"] = review if is_id(review) else ""
    return page(request, "learners/practice.html", facts)


@require_POST
@login_required
def answer(request: HttpRequest) -> HttpResponse:
    form = AnswerForm(request.POST)
    if not form.is_valid():
        message = "That is no answer to a card of this page."
        return page(request, "400.html", {"message": message}, 400)
    try:
        told = Answer(**form.cleaned_data)
        _, done = reviews.review(who(request).pk, told, timezone.now())
    except PracticeCard.DoesNotExist:
        messages.info(request, "That word is no longer practised.")
        return redirect("learners:practice")
    except reviews.Changed:
        messages.info(request, "That word was answered already.")
        return redirect("learners:practice")
    return redirect(reverse("learners:practice", query={"done": done.pk}))


@require_POST
@login_required
def undo(request: HttpRequest) -> HttpResponse:
    """Take the answer ``review=`` back, if it is the last."""
    review = request.POST.get("review", "")
    try:
        last = int(review) if is_id(review) else None
        card = reviews.undo(who(request).pk, timezone.now(), last)
    except (Review.DoesNotExist, reviews.Changed):
        messages.info(request, "There is no such answer to take back.")
    else:
        messages.success(request, f"The answer to “{card.word}” was taken back.")
    return redirect("learners:practice")


def _question(shown: Shown, now: datetime) -> Question:
    bookmark, card = shown.bookmark, shown.card
    context = _parts(bookmark.context, bookmark.word) if bookmark else ("", "", "")
    after_each = intervals(schedule_of(card), now)
    answers = [
        (rating.value, rating.label, _told(after_each[rating], now))
        for rating in Review.Rating
    ]
    return Question(shown, html_lang(card.language_id), context, answers)


def _parts(context: str, word: str) -> tuple[str, str, str]:
    match = re.search(rf"\b{re.escape(word)}\b", context)
    if match is None:
        return context, "", ""
    return context[: match.start()], match[0], context[match.end() :]


def _told(interval: timedelta, now: datetime) -> str:
    """How long, in the largest unit."""
    return timesince(now, now + max(interval, timedelta(minutes=1)), depth=1)
