"""Readers say that a translation is wrong; admins see how often."""

from django.conf import settings
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from learners import rates
from learners.api.public import (
    CleanField,
    PairSerializer,
    PublicView,
    told,
)
from learners.backends import address_of
from learners.dictionaries import reports
from learners.dictionaries.models import LONGEST_HEADWORD, LONGEST_TRANSLATION

PROBLEMS = {
    404: "No dictionary translates that headword so, or no more.",
    429: "Too many reports; Retry-After says when there may be another.",
}


class ReportSerializer(PairSerializer):
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


class ReportView(PublicView):
    """Translations that readers say are wrong."""

    @extend_schema(
        summary="Say that a translation is wrong",
        tags=["translate"],
        auth=[],
        request=ReportSerializer,
        responses={204: None, **told(PROBLEMS)},
    )
    def post(self, request: Request) -> Response:
        """Say that a translation is wrong

        Admins see each such translation once, with how often it was said: once a day
        by readers of an address.
        """
        said = ReportSerializer(data=request.data)
        said.is_valid(raise_exception=True)
        rates.require("reports", address_of(request), settings.DICTIONARY_REPORT_RATE)
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
