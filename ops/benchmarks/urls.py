import os

import orjson
from django.http import JsonResponse
from django.urls import include, path
from rest_framework.response import Response
from rest_framework.views import APIView

from tokenization import reading, services, tokens
from tokenization.views import ArticleViewSet


class OnTheFlyViewSet(ArticleViewSet):
    """The list as if there were no cache: each text is tokenized in the request."""

    def list(self, request):
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        cards = reading.to_cards(page)
        for card in cards:
            card["title_tokens"] = tokenize(card["title"], card["language"])
            card["summary_tokens"] = tokenize(card["summary"], card["language"])
        return self.get_paginated_response(cards)


class EmptyView(APIView):
    """The least that Django REST framework can do, to measure others against."""

    def get(self, request):
        return Response({})


def tokenize(text, language):
    [sentences] = services.engine().tokenize([text], language)
    return orjson.Fragment(orjson.dumps(tokens.to_block(text, sentences)))


def tokenize_here(request, language):
    """Tokenize ``?text=`` in this worker, and say which one it is."""
    [sentences] = services.engine().tokenize([request.GET["text"]], language)
    return JsonResponse({"pid": os.getpid(), "sentences": sentences})


urlpatterns = [
    path("bench/on-the-fly/", OnTheFlyViewSet.as_view({"get": "list"})),
    path("bench/empty/", EmptyView.as_view()),
    path("bench/tokenize/<language>/", tokenize_here),
    path("", include("zeeguu.urls")),
]
