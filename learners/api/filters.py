"""The list filters of the API; what they can't understand they name."""

import copy
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

import django_filters
from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import QuerySet, TextField, Value
from django.db.models.functions import Cast
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict
from django_filters.utils import translate_validation
from drf_spectacular.utils import extend_schema_field
from rest_framework.exceptions import ValidationError

from articles.models import (
    LEVELS,
    Article,
    Feed,
    FeedQuerySet,
    FeedState,
    Language,
    Topic,
)
from tokenization.listing import Wanted
from zeeguu.base.ids import LARGEST_ID, is_id
from zeeguu.base.refusals import SEVERAL, NamesRefused

# Which row each parameter names.
TARGETS: dict[str, tuple[QuerySet, str]] = {
    "language": (Language.objects.learnable(), "pk"),
    "feed": (Feed.objects.all(), "pk"),
    "topic": (Topic.objects.all(), "slug"),
}


SEARCH_HELP = (
    "Words that an article has all of, in any form (*gehen* finds *ging*), any case and"
    ' with or without accents; "in quotes" a phrase, as it is written. The best come'
    " first: newer ones, and those whose title has the words."
)
# What every database can compare, whatever the time zone.
YEARS = [
    MinValueValidator(datetime(1900, 1, 1, tzinfo=UTC)),
    MaxValueValidator(datetime(9000, 1, 1, tzinfo=UTC)),
]
# Values of one parameter: more than there are languages or topics.
MOST_VALUES = 50


class IdField(forms.IntegerField):
    def to_python(self, value: Any) -> int | None:
        if value and not is_id(value):
            raise forms.ValidationError("Enter a whole number.")
        return super().to_python(value)


class IdFilter(django_filters.NumberFilter):
    field_class = IdField

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(min_value=1, max_value=LARGEST_ID, **kwargs)


def listed(params: QueryDict, name: str) -> list[str]:
    """The values of a parameter, repeated or with commas, each once."""
    values = [part.strip() for text in params.getlist(name) for part in text.split(",")]
    return list(dict.fromkeys(filter(None, values)))


class ListWidget(forms.TextInput):
    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[str]:
        return listed(data, name)


class ListField(forms.Field):
    """Several texts; those that are none of the choices, if any, are named."""

    widget = ListWidget

    def __init__(self, *, choices: Sequence[str] = (), **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.choices = choices

    def validate(self, values: Any) -> None:
        if len(values) > MOST_VALUES:
            raise forms.ValidationError(f"at most {MOST_VALUES} values")
        wrong = [
            value for value in values if self.choices and value not in self.choices
        ]
        if wrong:
            # What was sent is no part of the message: it may hold percent signs.
            message, known = "%(value)r: use %(known)s", ", ".join(self.choices)
            raise forms.ValidationError(
                [
                    forms.ValidationError(message, params={"value": v, "known": known})
                    for v in wrong
                ]
            )
        if any("\x00" in value for value in values):
            raise forms.ValidationError("Null characters are not allowed.")


class ListFilter(django_filters.Filter):
    """Rows that have any of several values."""

    field_class = ListField
    takes_several = True

    def filter(self, rows: QuerySet, values: Sequence[str] | None) -> QuerySet:
        if values and len(values) == 1:
            return rows.filter(**{self.field_name: values[0]})
        return rows.filter(**{f"{self.field_name}__in": values}) if values else rows


def list_filter(help_text: str, choices: Sequence[str] = (), **kwargs: Any) -> Any:
    """A ListFilter that the API's schema tells of as a list of texts."""
    item = {"type": "string", **({"enum": list(choices)} if choices else {})}
    schema = {"type": "array", "items": item, "maxItems": MOST_VALUES}
    help_text = f"{help_text} Several: with commas, or the parameter repeated."
    made = ListFilter(
        **kwargs, help_text=help_text, **({"choices": choices} if choices else {})
    )
    return extend_schema_field(schema)(made)


class WordsField(forms.CharField):
    """Whatever somebody types; what no text has in it is left out of it."""

    def clean(self, value: Any) -> str:
        return str(value or "").strip()


class WordsFilter(django_filters.CharFilter):
    """Only notes what is searched for, see ``wanted``."""

    field_class = WordsField

    def filter(self, rows: QuerySet, value: str) -> QuerySet:
        return rows


class Filters(dict):
    """Filters by name, copied one level deep: each request has its own, unchanged."""

    def __deepcopy__(self, memo: Any) -> dict[str, Any]:
        return {name: copy.copy(filter_) for name, filter_ in self.items()}


class FilterSet(django_filters.FilterSet):
    """Makes at each request only what differs from the last: a fifth of a list's time.

    The form's class is made once, and the filters are not copied in depth.
    """

    @classmethod
    def get_filters(cls) -> Filters:
        return Filters(super().get_filters())

    def get_form_class(self) -> Any:
        if "_form_class" not in vars(type(self)):
            type(self)._form_class = super().get_form_class()
        return self._form_class


class StateFilter(django_filters.ChoiceFilter):
    def filter(self, feeds: FeedQuerySet, value: Any) -> QuerySet:
        return feeds.in_state(value) if value else feeds


class FeedFilters(FilterSet):
    language = list_filter("Language code, such as da.", field_name="language_id")
    active = extend_schema_field({"type": "boolean"})(
        django_filters.TypedChoiceFilter(
            choices=[("true", "true"), ("false", "false")],
            coerce=lambda value: value == "true",
        )
    )
    state = StateFilter(choices=FeedState.choices)

    class Meta:
        model = Feed
        fields = ["language", "active", "state"]


class ArticleFilters(FilterSet):
    language = list_filter("Language code, such as da.", field_name="language_id")
    feed = extend_schema_field(
        {"type": "integer", "minimum": 1, "maximum": LARGEST_ID}
    )(IdFilter(field_name="feed_id", help_text="Feed id."))
    topic = list_filter("Topic slug, such as science.", field_name="topics__slug")
    level = list_filter("Like CEFR's.", choices=LEVELS, field_name="level")
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
    q = WordsFilter(help_text=SEARCH_HELP)

    class Meta:
        model = Article
        fields = [
            "q",
            "language",
            "feed",
            "topic",
            "level",
            "published_after",
            "published_before",
        ]


def wanted(params: QueryDict) -> Wanted:
    """What a list's parameters ask for; raises ValidationError that names wrong ones.

    The filters only check: the articles are chosen by tokenization.listing.
    """
    given = ((name, params.getlist(name)) for name in ArticleFilters.base_filters)
    return _wanted(tuple((name, *values) for name, values in given if values))


# Its forms would take a quarter of a list's time, and most readers ask for the same.
@lru_cache(maxsize=1024)
def _wanted(given: tuple[tuple[str, ...], ...]) -> Wanted:
    filters = ArticleFilters(MultiValueDict({name: list(v) for name, *v in given}))
    if not filters.is_valid():
        raise translate_validation(filters.errors)
    found = filters.form.cleaned_data
    return Wanted(
        languages=tuple(found["language"]),
        feed=found["feed"],
        topics=tuple(found["topic"]),
        levels=tuple(found["level"]),
        since=found["published_after"],
        until=found["published_before"],
        words=found["q"],
    )


class TargetsRequired(NamesRefused):
    """A list view whose filters must name rows that exist.

    A page with rows proves the only value of a parameter; of several values, each is
    asked for once and remembered.
    """

    def paginate_queryset(self, queryset: Any) -> Any:
        page = super().paginate_queryset(queryset)
        params, known = self.request.query_params, self.parameters
        given = {
            name: listed(params, name) if known[name] is SEVERAL else [params[name]]
            for name in TARGETS
            if params.get(name)
        }
        if page:
            given = {name: _unproven(name, values) for name, values in given.items()}
        require_targets({name: values for name, values in given.items() if values})
        return page


# (parameter, value) of rows that were there. One that is deleted meanwhile is then a
# value that fits nothing, until the process ends; an only one is still refused.
proven: set[tuple[str, str]] = set()


def _unproven(name: str, values: list[str]) -> list[str]:
    return [v for v in values if (name, v) not in proven] if len(values) > 1 else []


def require_targets(given: dict[str, list[str]]) -> None:
    """Raise ValidationError naming each value whose row does not exist (one query).

    given holds lists of values by parameter.
    """
    queries = [
        TARGETS[name][0]
        .filter(**{f"{TARGETS[name][1]}__in": values})
        .order_by()
        .values_list(Value(name), Cast(TARGETS[name][1], TextField()))
        for name, values in given.items()
    ]
    if not queries:
        return
    found = set(queries[0].union(*queries[1:]))
    proven.update(found)
    missing = {
        name: [f"there is no {name} {v!r}" for v in values if (name, v) not in found]
        for name, values in sorted(given.items())
    }
    if errors := {name: messages for name, messages in missing.items() if messages}:
        raise ValidationError(errors)
