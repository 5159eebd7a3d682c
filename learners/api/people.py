"""What a learner is like: the account, preferences and languages."""

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from articles.models import Language
from learners.api.own import LearnerView
from learners.api.people_serializers import (
    LearnedSerializer,
    LevelSerializer,
    MeSerializer,
    PreferencesSerializer,
    learned,
    learned_by,
    me_of,
)
from learners.people import languages


class MeView(LearnerView):
    """The account."""

    @extend_schema(tags=["me"], responses=MeSerializer)
    def get(self, request: Request) -> Response:
        """Account, preferences and languages"""
        return Response(me_of(self.learner))

    @extend_schema(tags=["me"], request=PreferencesSerializer, responses=MeSerializer)
    def patch(self, request: Request) -> Response:
        """Change the name or preferences"""
        said = PreferencesSerializer(data=request.data)
        said.is_valid(raise_exception=True)
        said.keep(self.learner)
        return Response(me_of(self.learner))


class MyLanguagesView(LearnerView):
    """The languages that are learned."""

    @extend_schema(tags=["me"], responses=LearnedSerializer(many=True))
    def get(self, request: Request) -> Response:
        """The languages that are learned, in the order in which they were begun"""
        return Response(learned_by(self.learner))


class MyLanguageView(LearnerView):
    """One of the languages that are learned."""

    @extend_schema(
        tags=["me"],
        request=LevelSerializer,
        responses={200: LearnedSerializer, 201: LearnedSerializer},
    )
    def put(self, request: Request, code: str) -> Response:
        """Learn a language, or say another level of it

        The first becomes the active one.
        """
        said = LevelSerializer(data=request.data)
        said.is_valid(raise_exception=True)
        if not Language.objects.learnable().filter(pk=code).exists():
            raise Http404(f"There is no language {code} to learn.")
        level = said.validated_data.get("level", "")
        is_new = languages.learn(self.learner, code, level)
        return Response(learned(self.learner, code), status=201 if is_new else 200)

    @extend_schema(tags=["me"], responses={204: None})
    def delete(self, request: Request, code: str) -> Response:
        """Learn a language no longer

        Words, bookmarks and cards stay. If it was active, the one begun last is that.
        """
        if not languages.leave(self.learner, code):
            raise Http404(f"The language {code} is not learned.")
        return Response(status=204)
