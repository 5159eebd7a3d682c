import importlib
import os
import sys
import threading
from functools import lru_cache, partial

import orjson
from django.http import JsonResponse
from django.urls import include, path
from rest_framework.response import Response
from rest_framework.views import APIView

from learners.api.articles import ArticleViewSet
from tokenization import services
from tokenization.stanza import tokens
from tokenization.stanza.separable import mark_verbs

stanza_lock = threading.Lock()


class OnTheFlyViewSet(ArticleViewSet):
    """Cards as if there were no cache: each text is tokenized in the request."""

    def list(self, request):
        response = super().list(request)
        response.data["results"] = [*map(with_tokens, response.data["results"])]
        return response

    def summary(self, request, pk=None):
        return Response(with_tokens(super().summary(request, pk).data))


class EmptyView(APIView):
    """The least that Django REST framework can do, to measure others against."""

    def get(self, request):
        return Response({})


def with_tokens(card):
    language = card["language"]
    return {
        **card,
        "title_tokens": tokenize(card["title"], language),
        "summary_tokens": tokenize(card["summary"], language),
    }


def tokenize(text, language):
    """Tokens as without this project's engine: one call of Stanza's pipeline a text.

    Lemmas are found as the cache has them found.
    """
    with stanza_lock:  # its pipelines are not thread-safe
        [sentences] = stanza_alone(language)([text])
    lemmatizer = services.lemmatizer()
    lemma_of = partial(lemmatizer.lemma, language=language)
    block = tokens.to_block(text, sentences, lemma_of)
    mark_verbs(block, language, lemmatizer)
    return orjson.Fragment(orjson.dumps(block))


@lru_cache
def stanza_alone(language):
    # Here, since a worker must not import PyTorch before it tokenizes.
    torch = importlib.import_module("torch")
    torch.set_num_threads(1)  # two would spin for each other
    return importlib.import_module("ops.benchmarks.f1_bench").stanza_alone(language)


def tokenize_here(request, language):
    """Tokenize ``?text=`` in this worker, and say which one it is."""
    [sentences] = services.engine().tokenize([request.GET["text"]], language)
    return JsonResponse({"pid": os.getpid(), "sentences": sentences})


def who(request):
    """Say which worker answers, and what of some modules it has imported."""
    names = request.GET.getlist("module")
    imported = [name for name in names if name in sys.modules]
    return JsonResponse({"pid": os.getpid(), "imported": imported})


on_the_fly = OnTheFlyViewSet.as_view

urlpatterns = [
    path("bench/on-the-fly/", on_the_fly({"get": "list"}, detail=False)),
    path("bench/on-the-fly/<pk>/summary/", on_the_fly({"get": "summary"}, detail=True)),
    path("bench/empty/", EmptyView.as_view()),
    path("bench/tokenize/<language>/", tokenize_here),
    path("bench/who/", who),
    path("", include("zeeguu.urls")),
]
