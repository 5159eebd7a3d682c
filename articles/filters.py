"""The list filters of the API; what they can't understand they name."""

import copy
from datetime import UTC, datetime

import django_filters
from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import Value
from rest_framework.exceptions import ValidationError

from articles.models import Article, Feed, FeedState, Language, Topic

PAGING = {"cursor", "page_size", "format"}
# Which row each parameter names.
TARGETS = {
    "language": (Language, "pk"),
    "feed": (Feed, "pk"),
    "topic": (Topic, "slug"),
}


# What every database can compare, whatever the time zone.
YEARS = [
    MinValueValidator(datetime(1900, 1, 1, tzinfo=UTC)),
    MaxValueValidator(datetime(9000, 1, 1, tzinfo=UTC)),
]
LARGEST_ID = 2**63 - 1


def is_id(text):
    """Whether a text is an id as we write them: int() also takes 1_0 and ٣."""
    is_number = text.isascii() and text.isdigit() and len(text) < 20
    return is_number and int(text) <= LARGEST_ID


class IdField(forms.IntegerField):
    def to_python(self, value):
        if value and not is_id(value):
            raise forms.ValidationError("Enter a whole number.")
        return super().to_python(value)


class IdFilter(django_filters.NumberFilter):
    field_class = IdField

    def __init__(self, **kwargs):
        super().__init__(min_value=1, max_value=LARGEST_ID, **kwargs)


def refuse_unknown(request, known):
    """Raise ValidationError naming each parameter that is not among the known."""
    if unknown := sorted(set(request.query_params) - known):
        message = f"unknown parameter; known are: {', '.join(sorted(known))}"
        raise ValidationError({name: [message] for name in unknown})


class KnownParametersBackend(django_filters.rest_framework.DjangoFilterBackend):
    """Refuses parameters nobody knows: a typo must not look like an empty filter."""

    def filter_queryset(self, request, queryset, view):
        filters = getattr(view, "filterset_class", None)
        refuse_unknown(request, PAGING | set(filters.base_filters if filters else ()))
        return super().filter_queryset(request, queryset, view)


class Filters(dict):
    """Filters by name, copied one level deep: each request has its own, unchanged."""

    def __deepcopy__(self, memo):
        return {name: copy.copy(filter_) for name, filter_ in self.items()}


class FilterSet(django_filters.FilterSet):
    """Makes at each request only what differs from the last: a fifth of a list's time.

    The form's class is made once, and the filters are not copied in depth.
    """

    @classmethod
    def get_filters(cls):
        return Filters(super().get_filters())

    def get_form_class(self):
        if "_form_class" not in vars(type(self)):
            type(self)._form_class = super().get_form_class()
        return self._form_class


class StateFilter(django_filters.ChoiceFilter):
    def filter(self, feeds, value):
        return feeds.in_state(value) if value else feeds


class FeedFilters(FilterSet):
    language = django_filters.CharFilter(field_name="language_id")
    active = django_filters.TypedChoiceFilter(
        choices=[("true", "true"), ("false", "false")],
        coerce=lambda value: value == "true",
    )
    state = StateFilter(choices=FeedState.choices)

    class Meta:
        model = Feed
        fields = ["language", "active", "state"]


class ArticleFilters(FilterSet):
    language = django_filters.CharFilter(
        field_name="language_id", help_text="Language code, such as da."
    )
    feed = IdFilter(field_name="feed_id", help_text="Feed id.")
    topic = django_filters.CharFilter(
        field_name="topics__slug", help_text="Topic slug, such as science."
    )
    published_after = django_filters.IsoDateTimeFilter(
        field_name="published_at",
        lookup_expr="gte",
        validators=YEARS,
        help_text="ISO 8601, inclusive.",
    )
    published_before = django_filters.IsoDateTimeFilter(
        field_name="published_at",
        lookup_expr="lt",
        validators=YEARS,
        help_text="ISO 8601, exclusive.",
    )

    class Meta:
        model = Article
        fields = ["language", "feed", "topic", "published_after", "published_before"]


class TargetsRequired:
    """A list view whose filters must name rows that exist."""

    def paginate_queryset(self, queryset):
        page = super().paginate_queryset(queryset)
        if not page:
            require_targets(self.request.query_params)
        return page


def require_targets(params):
    """Raise ValidationError naming each parameter whose row does not exist (one query).

    A page with rows proves that all its filters name something, so only empty pages
    need to ask.
    """
    given = {name: params[name] for name in TARGETS if params.get(name)}
    queries = [
        TARGETS[name][0]
        .objects.filter(**{TARGETS[name][1]: value})
        .order_by()
        .values_list(Value(name))
        for name, value in given.items()
    ]
    if not queries:
        return
    found = {name for (name,) in queries[0].union(*queries[1:])}
    if missing := set(given) - found:
        raise ValidationError(
            {name: [f"there is no {name} {given[name]!r}"] for name in sorted(missing)}
        )
