"""What words mean: what is asked for, what is answered, and what is refused."""

from django.http import QueryDict
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from articles.languages import LANGUAGES, code_of, targets
from articles.text import clean
from learners.api.gloss_serializers import WordSerializer
from learners.dictionaries import glosses
from learners.dictionaries.glosses import Glosses
from learners.dictionaries.translations import Question
from tokenization.serving import IsKnown
from zeeguu.base.refusals import ONCE, NamesRefused

NAMES = ("from", "to", "word", "lemma", "context")
DEFAULT_TARGET = "en"
LONGEST_WORD, LONGEST_CONTEXT = 100, 1000
CODE = {"type": "string", "minLength": 2, "maxLength": 5}
TO = OpenApiParameter(
    "to",
    CODE,
    description="The language to translate into, en unless given; never the text's.",
)
PARAMETERS = [
    OpenApiParameter("from", CODE, required=True, description="The word's language."),
    TO,
    OpenApiParameter(
        "word",
        {"type": "string", "minLength": 1, "maxLength": LONGEST_WORD},
        required=True,
        description="As it stands in the text; also several words that are one phrase.",
    ),
    OpenApiParameter(
        "lemma",
        {"type": "string", "maxLength": LONGEST_WORD},
        description="The token's lemma; without it, it is worked out.",
    ),
    OpenApiParameter(
        "context",
        {"type": "string", "maxLength": LONGEST_CONTEXT},
        description="The sentence around it, which may tell its part of speech.",
    ),
]


class TranslateView(NamesRefused, APIView):
    """What one word or phrase means, by the dictionaries that are here."""

    own_parameters = {"get": dict.fromkeys(NAMES, ONCE)}

    @extend_schema(parameters=PARAMETERS, responses=WordSerializer)
    def get(self, request: Request) -> Response:
        """What one word or phrase means

        By the dictionaries that are here alone: nobody else is asked.
        """
        question, to = to_question(request.query_params)
        has_dictionary = question.has_dictionary()
        refuse_target(question.source, to, has_dictionary)
        facts = {
            "language": question.source,
            "to": question.target,
            "word": question.word,
            "has_dictionary": has_dictionary,
        }
        return Response(facts | question.answer())


def glosses_of(to: str | None, pk: int, is_known: IsKnown | None) -> Glosses:
    """Glosses of an article in the language that ``to`` names, if any.

    Raises Article.DoesNotExist, and ValidationError for a wrong language.
    """
    found = glosses.of_article(pk, target_of(to), is_known)
    refuse_target(found.row.language, to, found.has_dictionary)
    return found


def to_question(params: QueryDict) -> tuple[Question, str | None]:
    """What is asked, and the parameter ``to`` as it is; raises ValidationError."""
    word = text_of(params, "word", LONGEST_WORD)
    lemma = text_of(params, "lemma", LONGEST_WORD)
    context = text_of(params, "context", LONGEST_CONTEXT)
    source, to = code_of(params.get("from", "")), params.get("to")
    if not word:
        raise ValidationError({"word": ["missing; give a word, such as word=hus"]})
    if source not in LANGUAGES:
        known = ", ".join(LANGUAGES)
        wrong = repr(source[:20]) if source else "missing"
        raise ValidationError({"from": [f"{wrong}: use one of {known}"]})
    return Question(word, lemma, context, source, target_of(to)), to


def text_of(params: QueryDict, name: str, longest: int) -> str:
    """A parameter's text as articles have it, "" where it is not given.

    Raises ValidationError.
    """
    text = clean(params.get(name, ""))
    if len(text) > longest:
        wrong = f"{len(text)} characters; give {longest} at most"
        raise ValidationError({name: [wrong]})
    return text


def target_of(to: str | None) -> str:
    return DEFAULT_TARGET if to is None else code_of(to)


def refuse_target(source: str, to: str | None, has_dictionary: bool) -> None:
    """Raise ValidationError unless there may be a dictionary to that language."""
    target = target_of(to)
    if has_dictionary or (target in targets() and target != source):
        return
    known = ", ".join(sorted(targets().keys() - {source}))
    is_own = target == source
    wrong = "the text's own language is no target" if is_own else repr(target[:20])
    raise ValidationError({"to": [f"{wrong}: use one of {known}"]})
