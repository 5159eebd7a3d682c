"""All that is a learner's: taken along in a file, and deleted."""

from django.http import StreamingHttpResponse
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from learners import rates
from learners.api.own import LearnerView
from learners.api.public import told
from learners.backends import is_password_of
from learners.people import deletion, export
from zeeguu.base.serializers import Serializer

# Files of a learner in an hour.
EXPORTS = (20, 3600)


class LeaveSerializer(Serializer):
    password = serializers.CharField(
        required=False,
        trim_whitespace=False,
        write_only=True,
        help_text="Required of an account that has one.",
    )


class LeftSerializer(serializers.Serializer):
    deleted = serializers.DictField(
        child=serializers.IntegerField(), help_text="Rows by what they were."
    )


class AccountView(LearnerView):
    """The account."""

    scope = "heavy"

    @extend_schema(
        tags=["account"],
        request=LeaveSerializer,
        responses={200: LeftSerializer, **told({429: "Too many passwords."})},
    )
    def delete(self, request: Request) -> Response:
        """Delete the account and all that is the learner's

        It can't be brought back. Classes that the learner teaches go too; articles
        stay.
        """
        said = LeaveSerializer(data=request.data)
        said.is_valid(raise_exception=True)
        self._require_password(request, said.validated_data.get("password", ""))
        return Response({"deleted": deletion.delete(self.learner)})

    def _require_password(self, request: Request, password: str) -> None:
        if not self.learner.has_usable_password():
            return
        if not is_password_of(request, self.learner, password):
            wrong = "it is not that of the account" if password else "give it"
            raise ValidationError({"password": [wrong]})


class AccountExportView(LearnerView):
    """All that is the learner's, as a file."""

    scope = "heavy"

    @extend_schema(
        tags=["account"],
        responses={
            (200, "application/json"): OpenApiTypes.OBJECT,
            **told({429: "Too many files."}),
        },
    )
    def get(self, request: Request) -> StreamingHttpResponse:
        """All that is the learner's, as one JSON file

        Lists of rows by what they are; `left_out` says what is not in it, and why.
        """
        rates.require("account-exports", str(self.learner.pk), EXPORTS)
        name = f"account-{timezone.now().date().isoformat()}.json"
        return StreamingHttpResponse(
            export.pieces(self.learner),
            content_type="application/json",
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
        )
