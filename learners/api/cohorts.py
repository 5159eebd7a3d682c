"""Classes: of those who teach them, and of their members."""

from typing import Any

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import PermissionDenied, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from learners import rates
from learners.api.feed_serializers import LanguageField
from learners.api.own import LearnerView, id_of
from learners.api.public import CleanField, told
from learners.people import cohorts
from learners.people.models import Cohort, Membership
from zeeguu.base.serializers import Serializer

# Codes of a learner in an hour.
JOINS = (30, 3600)
NAME: dict[str, Any] = {"max_length": Cohort._meta.get_field("name").max_length}
LANGUAGE: dict[str, Any] = {"required": False, "allow_null": True}


class NewCohortSerializer(Serializer):
    name = CleanField(**NAME)
    language = LanguageField(**LANGUAGE)


class ChangedCohortSerializer(Serializer):
    name = CleanField(required=False, **NAME)
    language = LanguageField(**LANGUAGE)
    new_code = serializers.BooleanField(
        default=False, help_text="The old one opens nothing any more."
    )


class CodeSerializer(Serializer):
    code = serializers.CharField(max_length=50)


class CohortSerializer(serializers.Serializer):
    """A class; code and number of members are for its teacher."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    language = serializers.CharField(allow_null=True)
    role = serializers.ChoiceField(["teacher", "member"])
    teacher = serializers.CharField(help_text="How the teacher calls themselves.")
    code = serializers.CharField(allow_null=True)
    members = serializers.IntegerField(allow_null=True)
    joined_at = serializers.DateTimeField(allow_null=True)


class MemberSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    name = serializers.CharField(source="learner.name", help_text="May be empty.")
    joined_at = serializers.DateTimeField()


class CohortsView(LearnerView):
    """The learner's classes."""

    @extend_schema(tags=["cohorts"], responses=CohortSerializer(many=True))
    def get(self, request: Request) -> Response:
        """The classes that one teaches, and those that one is in"""
        taught = [taught_one(one) for one in cohorts.taught_by(self.learner)]
        joined = [joined_one(one) for one in cohorts.joined_by(self.learner)]
        return Response(taught + joined)

    @extend_schema(
        tags=["cohorts"],
        request=NewCohortSerializer,
        responses={201: CohortSerializer, **told({403: "No address, or enough."})},
    )
    def post(self, request: Request) -> Response:
        """Make a class, to teach it

        Whoever has an e-mail address may; learners join by its `code`.
        """
        said = _valid(NewCohortSerializer(data=request.data))
        try:
            made = cohorts.create(self.learner, said["name"], _code(said))
        except cohorts.Refused as exc:
            raise PermissionDenied(str(exc)) from exc
        found = cohorts.taught_by(self.learner).get(pk=made.pk)
        return Response(taught_one(found), status=201)


class JoinView(LearnerView):
    """Joining a class."""

    @extend_schema(
        tags=["cohorts"],
        request=CodeSerializer,
        responses={200: CohortSerializer, **told({429: "Too many codes."})},
    )
    def post(self, request: Request) -> Response:
        """Join a class by its code"""
        code = _valid(CodeSerializer(data=request.data))["code"]
        rates.require("joins", str(self.learner.pk), JOINS)
        try:
            return Response(joined_one(cohorts.join(self.learner, code)))
        except cohorts.Refused as exc:
            raise ValidationError({"code": [str(exc)]}) from exc


class TaughtView(LearnerView):
    """A class of the teacher who asks."""

    def cohort(self) -> Any:
        """Raises Http404 where another teaches it."""
        pk = id_of(self.kwargs["cohort"], "class")
        found = cohorts.taught_by(self.learner).filter(pk=pk).first()
        if found is None:
            raise Http404(f"You teach no class {pk}.")
        return found


class CohortView(TaughtView):
    """A class that one teaches."""

    @extend_schema(tags=["cohorts"], responses=CohortSerializer)
    def get(self, request: Request, cohort: str) -> Response:
        """A class that one teaches"""
        return Response(taught_one(self.cohort()))

    @extend_schema(
        tags=["cohorts"], request=ChangedCohortSerializer, responses=CohortSerializer
    )
    def patch(self, request: Request, cohort: str) -> Response:
        """Change a class that one teaches"""
        found = self.cohort()
        said = _valid(ChangedCohortSerializer(data=request.data))
        cohorts.change(found, said, said.pop("new_code"))
        return Response(taught_one(found))

    @extend_schema(tags=["cohorts"], responses={204: None})
    def delete(self, request: Request, cohort: str) -> Response:
        """Delete a class that one teaches; its members keep all that is theirs"""
        self.cohort().delete()
        return Response(status=204)


class MembersView(TaughtView):
    """Who is in a class."""

    @extend_schema(tags=["cohorts"], responses=MemberSerializer(many=True))
    def get(self, request: Request, cohort: str) -> Response:
        """Who is in a class that one teaches, by name"""
        members = cohorts.members_of(self.cohort())
        return Response(MemberSerializer(members, many=True).data)


class MemberView(TaughtView):
    """One who is in a class."""

    @extend_schema(tags=["cohorts"], responses={204: None})
    def delete(self, request: Request, cohort: str, membership: str) -> Response:
        """Take somebody out of a class that one teaches"""
        pk = id_of(membership, "member")
        if not cohorts.end(cohorts.members_of(self.cohort()).filter(pk=pk)):
            raise Http404(f"The class has no member {pk}.")
        return Response(status=204)


class MembershipView(LearnerView):
    """The learner's own membership."""

    @extend_schema(tags=["cohorts"], responses={204: None})
    def delete(self, request: Request, cohort: str) -> Response:
        """Leave a class"""
        pk = id_of(cohort, "class")
        if not cohorts.end(cohorts.joined_by(self.learner).filter(cohort=pk)):
            raise Http404(f"You are in no class {pk}.")
        return Response(status=204)


def taught_one(cohort: Any) -> dict[str, Any]:
    """A class with ``members``, as its teacher sees it."""
    return {
        "id": cohort.pk,
        "name": cohort.name,
        "language": cohort.language_id,
        "role": "teacher",
        "teacher": cohort.teacher.name,
        "code": cohort.code,
        "members": cohort.members,
        "joined_at": None,
    }


def joined_one(membership: Membership) -> dict[str, Any]:
    cohort = membership.cohort
    return {
        "id": cohort.pk,
        "name": cohort.name,
        "language": cohort.language_id,
        "role": "member",
        "teacher": cohort.teacher.name,
        "code": None,
        "members": None,
        "joined_at": membership.joined_at,
    }


def _valid(said: Serializer) -> dict[str, Any]:
    said.is_valid(raise_exception=True)
    return dict(said.validated_data)


def _code(said: dict[str, Any]) -> str | None:
    language = said.get("language")
    return language.pk if language else None
