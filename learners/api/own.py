"""Calls of a learner about what is the learner's own."""

from typing import Any, cast

from django.http import Http404
from rest_framework.exceptions import APIException
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import BaseThrottle
from rest_framework.views import APIView

from articles.models import Article
from learners.accounts import budgets
from learners.models import User
from zeeguu.base.ids import is_id
from zeeguu.base.refusals import NamesRefused


class Conflict(APIException):
    """What is asked for does not fit what is there by now."""

    status_code = 409
    default_code = "conflict"


class WithinBudget(BaseThrottle):
    """Refuses a learner's calls of a view's scope that are too many, with 429."""

    def allow_request(self, request: Request, view: "LearnerView") -> bool:  # type: ignore[override]
        self._wait_s = budgets.spend(view.scope, str(request.user.pk))
        return not self._wait_s

    def wait(self) -> float:
        return self._wait_s


class LearnerView(NamesRefused, APIView):
    """What somebody who is signed in may call; answers are for nobody else to keep."""

    permission_classes = (IsAuthenticated,)
    throttle_classes = (WithinBudget,)
    # Which of settings.BUDGETS its calls are counted against.
    scope = "reading"

    @property
    def learner(self) -> User:
        """Who asks."""
        return cast(User, self.request.user)  # nobody else gets here

    def finalize_response(
        self, request: Request, response: Response, *args: Any, **kwargs: Any
    ) -> Response:
        done = super().finalize_response(request, response, *args, **kwargs)
        done.setdefault("Cache-Control", "private, no-store")
        return done


class ArticleView(LearnerView):
    """What is of an article too, which the address names.

    Its services may raise Article.DoesNotExist.
    """

    @property
    def article(self) -> int:
        """Its id; raises Http404 for what can be none."""
        return id_of(self.kwargs["article"], "article")

    def handle_exception(self, exc: Exception) -> Response:
        if isinstance(exc, Article.DoesNotExist):
            exc = Http404(str(exc))
        return super().handle_exception(exc)


def id_of(text: str, what: str) -> int:
    """The id in an address; raises Http404, naming what it would be of."""
    if not is_id(text):
        raise Http404(f"There is no {what} {text}.")
    return int(text)
