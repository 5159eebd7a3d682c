import orjson
from django.urls import include, path

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


def tokenize(text, language):
    [sentences] = services.engine().tokenize([text], language)
    return orjson.Fragment(orjson.dumps(tokens.to_block(text, sentences)))


urlpatterns = [
    path("bench/on-the-fly/", OnTheFlyViewSet.as_view({"get": "list"})),
    path("", include("zeeguu.urls")),
]
