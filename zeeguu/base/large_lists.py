"""Admin lists of large tables: no list costs more because there is more of it."""

from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib import admin
from django.contrib.admin.views.main import (
    IGNORED_PARAMS,
    ORDER_VAR,
    PAGE_VAR,
    SEARCH_VAR,
    ChangeList,
)
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.db.models.expressions import Combinable
from django.http import HttpRequest

# Rows that are counted at most, and that pages of a list lead to.
MOST = 10_000
# From there on a page or two more or less is no matter.
EXACT = 1000


class MoreThan(int):
    """A number that is only known to be larger."""

    def __str__(self) -> str:
        return f"more than {int(self):,}"


if TYPE_CHECKING:
    MixedIn = admin.ModelAdmin
else:
    MixedIn = object


class LargePaginator(Paginator):
    """Counts to MOST at most, and reads only the rows of its page.

    These it finds by an index first, without what a page joins and sorts them with.
    ``hint``, where given, are other rows of which there are as many, give or take a
    few, and which are quicker to count.
    """

    object_list: QuerySet
    hint: QuerySet | None = None

    @cached_property
    def count(self) -> int:
        number = 0 if self.hint is None else _count(self.hint)
        if number <= EXACT:
            number = _count(self.object_list)
        return MoreThan(MOST) if number > MOST else number

    def page(self, number: int | str) -> Page:
        number = self.validate_number(number)
        first = (number - 1) * self.per_page
        pks = self.object_list.values_list("pk", flat=True)
        found = list(pks[first : first + self.per_page])
        return Page(self.object_list.filter(pk__in=found), number, self)


def _count(rows: QuerySet) -> int:
    return rows.order_by().values("pk")[: MOST + 1].count()


def filters_of(request: HttpRequest) -> set[str]:
    """The names of what keeps rows from a list: filters, and a search."""
    searched = {SEARCH_VAR} if request.GET.get(SEARCH_VAR) else set()
    return searched | request.GET.keys() - {*IGNORED_PARAMS, PAGE_VAR}


class LargeChangeList(ChangeList):
    """Sorts by one column of its ``sortable_by``, whatever the address asks for.

    Rows of which that says the same are in the order of ids, in the same direction: as
    an index of that column alone has them.
    """

    def get_ordering(
        self, request: HttpRequest, queryset: QuerySet
    ) -> list[str | Combinable]:
        columns = enumerate(self.list_display)
        sortable = self.sortable_by or ()
        places = {str(place) for place, name in columns if name in sortable}
        for asked in self.params.pop(ORDER_VAR, "").split("."):
            if asked.removeprefix("-") in places:
                self.params[ORDER_VAR] = asked
                break
        first, *_ = super().get_ordering(request, queryset)
        return [first, "-pk" if str(first).startswith("-") else "pk"]

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        if not filters_of(request):
            # Else the page offers to show all of what it shows already.
            self.full_result_count = self.result_count


class LargeListMixin(MixedIn):
    """For a ModelAdmin; see LargePaginator and LargeChangeList.

    ``sortable_by`` has the columns that an index of their own serves.
    """

    paginator = LargePaginator
    sortable_by: ClassVar[list[str] | tuple[str, ...] | None] = ()
    show_full_result_count = False
    # Facets count all rows for each choice of each filter.
    show_facets = admin.ShowFacets.NEVER

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return LargeChangeList


class LargeListAdmin(LargeListMixin, admin.ModelAdmin):
    """A ModelAdmin whose table may be large."""
