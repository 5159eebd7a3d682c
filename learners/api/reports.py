"""Readers say that a translation is wrong; admins see how often."""

from math import ceil

from django.conf import settings
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import NotFound, Throttled
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from learners import rates
from learners.api.providers import SHAPE, CleanField, LanguageField
from learners.backends import address_of
from learners.dictionaries import reports
from learners.dictionaries.models import LONGEST_HEADWORD, LONGEST_TRANSLATION
from zeeguu.base.problems import PROBLEM
from zeeguu.base.refusals import NamesRefused
from zeeguu.base.serializers import Serializer

PROBLEMS = {
    404: "No dictionary translates that headword so, or no more.",
    429: "Too many reports; Retry-After says when there may be another.",
}


class ReportSerializer(Serializer):
    """A translation, as a gloss has it, that somebody says is wrong."""

    headword = serializers.CharField(
        max_length=LONGEST_HEADWORD, help_text="As the gloss has it, or its sense."
    )
    translation = serializers.CharField(max_length=LONGEST_TRANSLATION)
    word = CleanField(
        max_length=LONGEST_HEADWORD,
        required=False,
        allow_blank=True,
        default="",
        help_text="What was tapped, as it stands in the text.",
    )

    def get_fields(self) -> dict[str, serializers.Field]:
        # Which are no names to Python.
        ends = {"from": LanguageField(), "to": LanguageField()}
        return {**ends, **super().get_fields()}


class ReportView(NamesRefused, APIView):
    """Translations that readers say are wrong. Open to anybody: nobody is asked who."""

    authentication_classes = ()
    permission_classes = (AllowAny,)

    @extend_schema(
        summary="Say that a translation is wrong",
        tags=["translate"],
        auth=[],
        request=ReportSerializer,
        responses={
            204: None,
            **{
                (status, PROBLEM): OpenApiResponse(SHAPE, description=why)
                for status, why in PROBLEMS.items()
            },
        },
    )
    def post(self, request: Request) -> Response:
        """Say that a translation is wrong

        Admins see each such translation once, with how often it was said: once a day
        by readers of an address.
        """
        said = ReportSerializer(data=request.data)
        said.is_valid(raise_exception=True)
        require_rate(request)
        facts = said.validated_data
        wrong = reports.Wrong(
            facts["from"],
            facts["to"],
            facts["headword"],
            facts["translation"],
            facts["word"],
        )
        try:
            reports.report(wrong, address_of(request))
        except reports.NotTranslated as exc:
            raise NotFound(str(exc)) from exc
        return Response(status=204)


def require_rate(request: Request) -> None:
    """Count a report; raises Throttled."""
    rate = settings.DICTIONARY_REPORT_RATE
    if wait_s := rates.wait_s("reports", address_of(request), rate):
        raise Throttled(max(1, ceil(wait_s)))
