"""What every view of the API refuses, by name: parameters and rows nobody knows."""

from typing import TYPE_CHECKING, Any

from django.http import Http404, QueryDict
from rest_framework.exceptions import ValidationError
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.routers import APIRootView, DefaultRouter

ONCE, SEVERAL = False, True


if TYPE_CHECKING:
    MixedIn = GenericAPIView
else:
    MixedIn = object


class NamesRefused(MixedIn):
    """A view that names each parameter it doesn't know, or was given too often.

    A typo must not look like a filter that was left out, and of two values only one
    would count. ``own_parameters`` are those that no filter and no page has: for an
    action or a method, whether they may be given several times.
    """

    own_parameters: dict[str, dict[str, bool]] = {}

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        self.parameters = self.known_parameters()
        if request.method != "OPTIONS":  # which reads none
            refuse_parameters(request.query_params, self.parameters)

    def known_parameters(self) -> dict[str, bool]:
        """Whether it may be given several times, by name, for this call."""
        known = {"format": ONCE}
        if getattr(self, "detail", None) is False and self.request.method != "POST":
            known |= _of_list(self)
        method = str(self.request.method).lower()
        does = getattr(self, "action", None) or ("get" if method == "head" else method)
        return known | self.own_parameters.get(does, {})

    def get_object(self) -> Any:
        try:
            return super().get_object()
        except Http404:
            name = self.get_queryset().model._meta.verbose_name
            key = self.kwargs[self.lookup_url_kwarg or self.lookup_field]
            raise Http404(f"There is no {name} {key}.") from None


def _of_list(view: GenericAPIView) -> dict[str, bool]:
    filters = getattr(view, "filterset_class", None)
    known = {
        name: getattr(one, "takes_several", ONCE)
        for name, one in (filters.base_filters if filters else {}).items()
    }
    pages: Any = view.paginator
    if pages:
        known |= {pages.cursor_query_param: ONCE, pages.page_size_query_param: ONCE}
    return known


def refuse_parameters(params: QueryDict, known: dict[str, bool]) -> None:
    """Raise ValidationError naming each parameter unknown, or given twice in vain."""
    unknown = f"unknown parameter; known are: {', '.join(sorted(known))}"
    wrong = {name: [unknown] for name in sorted(params) if name not in known}
    for name in sorted(set(params) & set(known)):
        if len(params.getlist(name)) > 1 and known[name] is ONCE:
            wrong[name] = ["give it once"]
    if wrong:
        raise ValidationError(wrong)


class RootView(NamesRefused, APIRootView):
    """The addresses of the API's lists."""


class Router(DefaultRouter):
    """Formats are asked for by ?format=, which all views know, and no suffix."""

    include_format_suffixes = False
    APIRootView = RootView
