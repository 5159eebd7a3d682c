"""Words taken along from other programs, and to them."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import asdict
from typing import IO, Any

from django.http import StreamingHttpResponse
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from articles.languages import LANGUAGES
from learners import rates
from learners.api.own import LearnerView
from learners.api.public import LanguageField, TargetField, told
from learners.exchange import exporting, importing
from learners.exchange.formats import FORMATS
from learners.exchange.importing import Wanted
from learners.exchange.tables import Unreadable
from learners.people.profiles import profile_of
from zeeguu.base.api import JSONRenderer
from zeeguu.base.refusals import ONCE
from zeeguu.base.serializers import Serializer

DEFAULT_TARGET = "en"
# Files of a learner in an hour.
IMPORTS, EXPORTS = (30, 3600), (60, 3600)
TOO_MANY = "Too many files; Retry-After says when there may be another."
PIECE_BYTES = 64 * 1024
LANGUAGE = OpenApiParameter("language", str, description="Its code.")
CSV_TYPE, ANKI_TYPE = "text/csv", "application/vnd.anki"


class FileParser(BaseParser):
    """A body that is a file, whatever its type says; its size is bounded before."""

    media_type = "*/*"

    def parse(
        self,
        stream: IO[bytes],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        return stream.read()


class FileRenderer(BaseRenderer):
    """Has a format told by ?format=; the view itself makes the file."""

    charset = None

    def render(self, data: Any, *args: Any, **kwargs: Any) -> bytes:
        return b""


class CSVRenderer(FileRenderer):
    media_type, format = CSV_TYPE, "csv"


class AnkiRenderer(FileRenderer):
    media_type, format = ANKI_TYPE, "anki"


class ExportedSerializer(serializers.Serializer):
    """A word that was saved, or is in a state though it was not."""

    language = serializers.CharField()
    word = serializers.CharField()
    lemma = serializers.CharField(help_text="Empty of a phrase.")
    state = serializers.CharField(help_text="Empty of a phrase.")
    translation = serializers.CharField()
    to = serializers.CharField()
    context = serializers.CharField()
    starred = serializers.BooleanField()
    saved_at = serializers.DateTimeField(allow_null=True)
    stage = serializers.CharField(help_text="Empty without a card to practise.")
    due = serializers.DateTimeField(allow_null=True)
    stability = serializers.FloatField(allow_null=True)
    difficulty = serializers.FloatField(allow_null=True)
    last_review = serializers.DateTimeField(allow_null=True)


class ExportSerializer(serializers.Serializer):
    words = ExportedSerializer(many=True)


class WantedSerializer(Serializer):
    """Parameters; views refuse others by name before."""

    language = LanguageField(required=False)
    to = TargetField(required=False)

    def get_fields(self) -> dict[str, serializers.Field]:
        named = serializers.ChoiceField([*FORMATS], required=False)
        return {**super().get_fields(), "from": named}


class RejectedSerializer(serializers.Serializer):
    line = serializers.IntegerField()
    word = serializers.CharField()
    reason = serializers.CharField()


class ImportReportSerializer(serializers.Serializer):
    """What became of a file's rows."""

    format = serializers.CharField()
    rows = serializers.IntegerField()
    saved = serializers.IntegerField(help_text="Words that are saved now.")
    saved_before = serializers.IntegerField(help_text="Words that were.")
    states = serializers.DictField(
        child=serializers.IntegerField(),
        help_text="How many words are in another state now, by their state.",
    )
    unmatched = serializers.IntegerField(help_text="Rows that came to naught.")
    first_unmatched = RejectedSerializer(many=True)


class ExportView(LearnerView):
    """The learner's words as a file."""

    scope = "heavy"
    renderer_classes = (JSONRenderer, CSVRenderer, AnkiRenderer)
    own_parameters = {"get": {"language": ONCE}}

    @extend_schema(
        tags=["words"],
        parameters=[LANGUAGE],
        responses={
            (200, "application/json"): ExportSerializer,
            (200, CSV_TYPE): OpenApiTypes.STR,
            (200, ANKI_TYPE): OpenApiTypes.BINARY,
            **told({429: TOO_MANY}),
        },
    )
    def get(self, request: Request) -> StreamingHttpResponse:
        """The learner's words as a file

        `?format=` is `json`, `csv` (for spreadsheets, in UTF-8) or `anki`: a package
        with the words that have a translation, and their schedule. Imported again it
        changes the notes that are there.
        """
        language = _wanted(request).get("language")
        renderer: Any = request.accepted_renderer
        rates.require("exports", str(self.learner.pk), EXPORTS)
        content, end = self._content(renderer.format, language)
        day = timezone.now().date().isoformat()
        name = f"words-{language or 'all'}-{day}.{end}"
        return StreamingHttpResponse(
            content,
            content_type=renderer.media_type,
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
        )

    def _content(
        self, format: str, language: str | None
    ) -> tuple[Iterable[str | bytes], str]:
        learner = self.learner.pk
        if format == "anki":
            # Most processes make none: it takes 10 MB.
            from learners.exchange import anki  # noqa: PLC0415 - 28 MB, for few

            return _pieces(anki.package(learner, language)), "apkg"
        words = exporting.words(learner, language)
        if format == "csv":
            return exporting.as_csv(words), "csv"
        return exporting.as_json(words), "json"


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    with closing(file):
        while piece := file.read(PIECE_BYTES):
            yield piece


class ImportView(LearnerView):
    """Words of a file of another program."""

    scope = "heavy"
    parser_classes = (FileParser,)
    own_parameters = {"post": dict.fromkeys(("language", "to", "from"), ONCE)}

    @extend_schema(
        tags=["words"],
        parameters=[
            OpenApiParameter(
                "from",
                str,
                enum=[*FORMATS],
                description="Whose file it is, where nothing in it tells.",
            ),
            OpenApiParameter(
                "language",
                str,
                description="Of rows that name none; the active one unless given.",
            ),
            OpenApiParameter(
                "to",
                str,
                description="What they are translated into, or en.",
            ),
        ],
        request={"text/csv": OpenApiTypes.BINARY},
        responses={
            200: ImportReportSerializer,
            **told({429: TOO_MANY}),
        },
    )
    def post(self, request: Request) -> Response:
        """Take words over from another program

        The body is a file of Lute, LinguaCafe, LWT, LingQ, Readlang or Anki (notes as
        text), or an export of ours as CSV. What has a translation is saved, states go
        on and never back, and a file sent again changes nothing more.
        """
        given, profile = _wanted(request), profile_of(self.learner)
        language = given.get("language") or profile.active_id
        if language not in LANGUAGES:
            raise ValidationError({"language": ["missing: no language is active"]})
        if not isinstance(request.data, bytes):
            raise ValidationError({"request": ["it is empty; send a file as the body"]})
        if str(request.content_type).startswith("multipart/"):
            wrong = "it is a form; send the file alone, as the body (--data-binary)"
            raise ValidationError({"request": [wrong]})
        rates.require("imports", str(self.learner.pk), IMPORTS)
        to = given.get("to") or profile.native_id or DEFAULT_TARGET
        wanted = Wanted(self.learner.pk, language, to, given.get("from"))
        try:
            report = importing.import_words(request.data, wanted)
        except Unreadable as exc:
            raise ValidationError({"request": [str(exc)]}) from exc
        return Response(asdict(report))


def _wanted(request: Request) -> dict[str, Any]:
    params = request.query_params.dict()
    params.pop("format", None)
    given = WantedSerializer(data=params)
    given.is_valid(raise_exception=True)
    facts: dict[str, Any] = given.validated_data
    return facts
