"""Texts to hear."""

import re

from django.conf import settings
from django.http import HttpResponse, HttpResponseNotModified
from django.utils.cache import get_conditional_response
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import NotFound, Throttled, ValidationError
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

from articles.languages import LANGUAGES, code_of
from learners import rates
from learners.api.own import LearnerView
from learners.api.public import told
from learners.api.words import CODE, text_of
from learners.speech.speaking import LONGEST_TEXT, Busy, Speech, Unspoken, speech_of
from learners.speech.voices import NoVoice
from zeeguu.base.api import JSONRenderer, PageRenderer
from zeeguu.base.connections import release
from zeeguu.base.refusals import ONCE

WAV = "audio/wav"
RANGE = re.compile("bytes=([0-9]{1,9})-([0-9]{0,9})")
KEPT_FOR_S = 7 * 24 * 60 * 60
PROBLEMS = {
    404: "Nothing here speaks the language; the detail says why.",
    429: "Too many texts that nobody had heard; Retry-After says when to come again.",
}
PARAMETERS = [
    OpenApiParameter("language", CODE, required=True),
    OpenApiParameter(
        "text",
        {"type": "string", "minLength": 1, "maxLength": LONGEST_TEXT},
        required=True,
        description="A word or a sentence.",
    ),
]


class SoundRenderer(BaseRenderer):
    """For who accepts sound alone; the answers are made without it."""

    media_type = WAV
    format = "wav"


class SpeechView(LearnerView):
    """Words and sentences to hear."""

    own_parameters = {"get": dict.fromkeys(("language", "text"), ONCE)}
    renderer_classes = (JSONRenderer, PageRenderer, SoundRenderer)

    @extend_schema(
        parameters=PARAMETERS,
        responses={(200, WAV): OpenApiTypes.BINARY, **told(PROBLEMS)},
    )
    def get(self, request: Request) -> HttpResponse:
        """Hear a word or a sentence

        A WAV file. The same text sounds the same for a week, and need not be asked for
        again.
        """
        speech = _asked(request)
        etag = f'"{speech.version}"'
        if get_conditional_response(request, etag=etag):
            response: HttpResponse = HttpResponseNotModified()
        else:
            response = _part(self._sound(speech), request.headers.get("Range", ""))
        response["ETag"] = etag
        response["Cache-Control"] = f"private, max-age={KEPT_FOR_S}, immutable"
        return response

    def _sound(self, speech: Speech) -> bytes:
        who = str(self.learner.pk)
        if sound := speech.kept():
            return sound
        rates.require("speech", who, settings.SPEECH_RATE)
        release()
        try:
            return speech.speak()
        except Unspoken as exc:
            raise ValidationError({"text": [str(exc)]}) from exc
        except Busy as exc:
            raise Throttled(1, str(exc)) from exc


def _part(sound: bytes, wanted: str) -> HttpResponse:
    """The sound, or its one range that is wanted: Safari plays nothing without."""
    found = RANGE.fullmatch(wanted)
    if not found:
        return HttpResponse(sound, content_type=WAV, headers={"Accept-Ranges": "bytes"})
    first, last = int(found[1]), min(int(found[2] or len(sound)), len(sound) - 1)
    is_there = first <= last
    response = HttpResponse(
        sound[first : last + 1] if is_there else b"",
        content_type=WAV,
        status=206 if is_there else 416,
    )
    span = f"{first}-{last}" if is_there else "*"
    response["Content-Range"] = f"bytes {span}/{len(sound)}"
    return response


def _asked(request: Request) -> Speech:
    """What is to be heard; raises ValidationError and NotFound."""
    language = code_of(request.query_params.get("language", ""))
    text = text_of(request.query_params, "text", LONGEST_TEXT)
    if language not in LANGUAGES:
        wrong = repr(language[:20]) if language else "missing"
        known = ", ".join(LANGUAGES)
        raise ValidationError({"language": [f"{wrong}: use one of {known}"]})
    if not text:
        raise ValidationError({"text": ["missing; give a word, such as text=hus"]})
    try:
        return speech_of(language, text)
    except NoVoice as exc:
        raise NotFound(str(exc)) from exc
