"""What learners did with articles."""

from django.http import Http404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import ParseError, UnsupportedMediaType, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from articles.models import Article
from learners.api import reading_serializers as serializers
from learners.api.article_serializers import to_card
from learners.api.own import ArticleView, LearnerView, id_of
from learners.readings import actions, activities, reports, sittings
from learners.readings.models import Sitting
from tokenization import serving
from zeeguu.base.api import CursorPages
from zeeguu.base.refusals import ONCE


class MineView(ArticleView):
    """What the learner did with an article."""

    @extend_schema(responses=serializers.MineSerializer)
    def get(self, request: Request, article: str) -> Response:
        """What the learner did with an article

        Of one that nothing was done with, all of it is false, 0 or empty.
        """
        return Response(actions.mine(self.learner.pk, self.article))

    @extend_schema(
        request=serializers.SaidSerializer, responses=serializers.MineSerializer
    )
    def patch(self, request: Request, article: str) -> Response:
        """Put down what the learner does with an article

        Only what is named changes. Calls at the same time lose nothing: seconds add up,
        and completion only goes up.
        """
        said = serializers.SaidSerializer(data=request.data)
        said.is_valid(raise_exception=True)
        actions.change(self.learner.pk, self.article, said.said())
        return Response(actions.mine(self.learner.pk, self.article))


class BrokenView(ArticleView):
    """Articles that are broken, as learners say."""

    @extend_schema(request=serializers.BrokenReasonSerializer, responses={204: None})
    def post(self, request: Request, article: str) -> Response:
        """Say that an article is broken

        It is in no feed of the learner's any more, and in nobody's once some learners
        have said so. Staff sees why, and may show it again.
        """
        broken = serializers.BrokenReasonSerializer(data=request.data)
        broken.is_valid(raise_exception=True)
        reason = broken.validated_data["reason"]
        reports.report(self.learner.pk, self.article, reason)
        return Response(status=204)


class MyArticlesView(LearnerView):
    """Articles by what the learner did with them."""

    pagination_class = CursorPages
    own_parameters = {"get": dict.fromkeys(("list", "cursor", "page_size"), ONCE)}

    @extend_schema(
        operation_id="me_articles_list",
        parameters=[
            OpenApiParameter("list", enum=actions.LISTS, required=True),
            OpenApiParameter("cursor", str, description="Of next and previous."),
            OpenApiParameter("page_size", {"type": "integer", "maximum": 100}),
        ],
        responses=serializers.MyCardSerializer(many=True),
    )
    def get(self, request: Request) -> Response:
        """Articles that the learner saved, hid, read, liked or opened

        The latest first. Those that readers can't see any more are left out.
        """
        name = request.query_params.get("list", "")
        if name not in actions.LISTS:
            wrong = f"{name[:20]!r}: " if name else "missing: "
            known = ", ".join(actions.LISTS)
            raise ValidationError({"list": [f"{wrong}use one of {known}"]})
        pages = CursorPages()
        pages.ordering = (f"-{actions.TIMES[name]}", "-pk")
        rows = pages.paginate_queryset(actions.listed(self.learner.pk, name), request)
        ids = [row.article_id for row in rows]
        mine = actions.flags(self.learner.pk, ids)
        cards = [to_card(card) | {"mine": mine[card.id]} for card in serving.cards(ids)]
        return pages.get_paginated_response(cards)


class SittingsView(LearnerView):
    """Times spent reading or browsing."""

    @extend_schema(
        request=serializers.NewSittingSerializer,
        responses={201: serializers.SittingSerializer},
    )
    def post(self, request: Request) -> Response:
        """Begin to read an article, or to browse lists"""
        new = serializers.NewSittingSerializer(data=request.data)
        new.is_valid(raise_exception=True)
        try:
            sitting = sittings.begin(self.learner.pk, **new.validated_data)
        except Article.DoesNotExist as exc:
            raise ValidationError({"article": [str(exc)]}) from exc
        return Response(serializers.SittingSerializer(sitting).data, status=201)


class SittingView(LearnerView):
    """One of them."""

    @extend_schema(
        request=serializers.LongerSerializer, responses=serializers.SittingSerializer
    )
    def patch(self, request: Request, sitting: str) -> Response:
        """Say how long it is by now, or that it is over"""
        longer = serializers.LongerSerializer(data=request.data)
        longer.is_valid(raise_exception=True)
        milliseconds = longer.validated_data.get("milliseconds", 0)
        is_over = longer.validated_data.get("ended", False)
        pk = id_of(sitting, "sitting")
        try:
            found = sittings.go_on(self.learner.pk, pk, milliseconds, is_over)
        except Sitting.DoesNotExist as exc:
            raise Http404(str(exc)) from exc
        return Response(serializers.SittingSerializer(found).data)


class ActivitiesView(LearnerView):
    """What front ends say has happened."""

    @extend_schema(request=serializers.ActivitySerializer, responses={204: None})
    def post(self, request: Request) -> Response:
        """Say that something has happened, or a list of such

        Nothing is refused: what can't be stored is cut or dropped, and of a list what
        is beyond 100.
        """
        activities.store(self.learner.pk, request.data)
        return Response(status=204)

    def handle_exception(self, exc: Exception) -> Response:
        # Raised where the body is first read: for a session's CSRF check, before post.
        if isinstance(exc, ParseError | UnsupportedMediaType):
            return Response(status=204)
        return super().handle_exception(exc)
