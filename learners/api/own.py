"""Calls of a learner about what is the learner's own."""

from typing import Any, cast

from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from learners.models import User
from zeeguu.base.refusals import NamesRefused


class LearnerView(NamesRefused, APIView):
    """What somebody who is signed in may call; answers are for nobody else to keep."""

    permission_classes = (IsAuthenticated,)
    # Which budget of calls it is counted against; see ``learners.accounts.throttles``.
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
