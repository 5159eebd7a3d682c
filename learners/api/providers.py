"""Sentences translated and explained by providers, where there are any."""

from collections.abc import Callable
from math import ceil
from typing import TypeVar

from django.conf import settings
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import APIException, NotFound, ValidationError
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
from learners.dictionaries.providers import asking
from learners.dictionaries.providers.errors import (
    Busy,
    NoProvider,
    ProviderError,
    Unanswered,
)
from learners.dictionaries.providers.provider import (
    LONGEST_CONTEXT,
    LONGEST_TEXT,
    Question,
    Task,
)
from zeeguu.base.serializers import Serializer

# For who fails without saying for how long, seconds.
RETRY_AFTER_S = 10
Post = TypeVar("Post", bound=Callable[..., Response])


class ProviderAway(APIException):
    """Nobody answers just now; DRF makes Retry-After of ``wait``."""

    status_code = 503
    default_code = "service_unavailable"

    def __init__(self, exc: ProviderError) -> None:
        wait_s = exc.wait_s if isinstance(exc, Busy) else RETRY_AFTER_S
        self.wait = max(1, ceil(wait_s))
        super().__init__(f"{exc}. Try again in {self.wait} s.")


class QuestionSerializer(PairSerializer):
    """A sentence, in what language it is, and in what the answer is to be."""

    text = CleanField(max_length=LONGEST_TEXT)
    context = CleanField(
        max_length=LONGEST_CONTEXT,
        required=False,
        allow_blank=True,
        default="",
        help_text="What stands around the text, for whoever can make use of it.",
    )

    def validate_text(self, value: str) -> str:
        if not value:
            raise ValidationError("there is nothing to be seen in it")
        return value


class TranslationSerializer(QuestionSerializer):
    """A question in which the languages differ."""

    def validate(self, attrs: dict[str, str]) -> dict[str, str]:
        if attrs["from"] == attrs["to"]:
            raise ValidationError({"to": ["the text is in that language"]})
        return attrs


class AnswerSerializer(serializers.Serializer):
    text = serializers.CharField(
        help_text="Plain text, whatever it looks like; lines end with a line feed."
    )
    provider = serializers.CharField(help_text="Who said it.")


def described(summary: str, asked: type[Serializer]) -> Callable[[Post], Post]:
    """What the schema tells of both calls."""
    problems = {
        404: "Nobody is configured for this, or nobody takes this text.",
        429: "Too many questions; Retry-After says when to ask again.",
        503: "Whoever could answer does not just now; Retry-After says when to ask.",
    }
    decorator: Callable[[Post], Post] = extend_schema(
        summary=summary,
        auth=[],
        request=asked,
        responses={200: AnswerSerializer, **told(problems)},
    )
    return decorator


class QuestionView(PublicView):
    """A question in the body: too long for an address, and private."""

    task: Task
    serializer_class: type[Serializer] = QuestionSerializer

    def answer(self, request: Request) -> Response:
        asked = self.serializer_class(data=request.data)
        asked.is_valid(raise_exception=True)
        facts = asked.validated_data
        question = Question(
            self.task, facts["text"], facts["from"], facts["to"], facts["context"]
        )
        try:
            answer = asking.ask(question, lambda: require_rates(request))
        except (NoProvider, Unanswered) as exc:
            raise NotFound(str(exc)) from exc
        except ProviderError as exc:
            raise ProviderAway(exc) from exc
        return Response(AnswerSerializer(answer._asdict()).data)


class TranslationView(QuestionView):
    """Sentences in another language."""

    task, serializer_class = Task.TRANSLATE, TranslationSerializer

    @described("Translate a sentence", TranslationSerializer)
    def post(self, request: Request) -> Response:
        """A sentence's translation by a provider, kept or new.

        Words are in the dictionaries, which need no provider.
        """
        return self.answer(request)


class ExplanationView(QuestionView):
    """Sentences explained to who learns the language."""

    task = Task.EXPLAIN

    @described("Explain a sentence", QuestionSerializer)
    def post(self, request: Request) -> Response:
        """What a sentence means and what is hard about it, in the language ``to``."""
        return self.answer(request)


def require_rates(request: Request) -> None:
    """Count a question that somebody is to be asked; raises Throttled."""
    rates.require("questions", address_of(request), settings.PROVIDER_RATE)
    rates.require("all-questions", "all", settings.PROVIDER_TOTAL_RATE)
