"""The admin of what the crawl did: runs, visits and their statistics. To look at."""

from django.contrib import admin
from django.utils.html import format_html_join

from articles import crawl_page
from articles.admin.columns import ReadOnlyAdmin, linked, linked_list
from articles.admin.statistics import StatisticsPage
from articles.models import KINDS, Article, CrawlRun, FeedVisit, describe_reasons
from articles.statistics import OUTCOMES, crawl_statistics
from zeeguu.base.charts import badge

# Of a run's visits on its own page; the list has all.
MOST_VISITS = 100
MINUTE = "%Y-%m-%d %H:%M"


@admin.register(CrawlRun)
class CrawlRunAdmin(StatisticsPage, ReadOnlyAdmin):
    list_display = (
        "started",
        "command",
        "host",
        "duration",
        "visited",
        "failed_visits",
        "found",
        "items",
    )
    list_filter = ("host",)
    sortable_by = ("started",)
    search_fields = ("command", "host")
    fields = (
        "started_at",
        "finished_at",
        "duration",
        "command",
        "host",
        "visited",
        "failed_visits",
        "found",
        *KINDS,
        "tokenized",
    )
    readonly_fields = fields

    statistics_title = "Crawl statistics"

    def statistics(self):
        return crawl_statistics()

    def figures(self, numbers):
        return crawl_page.figures(numbers)

    def sections(self, numbers):
        return crawl_page.sections(numbers)

    def render_change_form(self, request, context, obj=None, **options):
        visits = obj.visits.select_related("feed").defer("feed__last_error")
        context["visits"] = visits[:MOST_VISITS]
        context["all_visits"] = linked_list(
            FeedVisit, "All visits", run__id__exact=obj.pk
        )
        return super().render_change_form(request, context, obj=obj, **options)

    @admin.display(ordering="started_at")
    def started(self, run):
        return f"{run.started_at:{MINUTE}}"

    @admin.display
    def duration(self, run):
        if not run.finished_at:
            return "killed or at work"
        return str(run.finished_at - run.started_at).partition(".")[0]

    @admin.display(description="of them")
    def items(self, run):
        return run.in_words()


class OutcomeFilter(admin.SimpleListFilter):
    """Knows its outcomes: to ask for those in use would cost a look at all visits."""

    title, parameter_name = "outcome", "status"

    def lookups(self, request, model_admin):
        return [(outcome, outcome) for outcome in OUTCOMES]

    def queryset(self, request, visits):
        return visits.filter(status=self.value()) if self.value() else visits


@admin.register(FeedVisit)
class FeedVisitAdmin(ReadOnlyAdmin):
    list_display = (
        "time",
        "feed_link",
        "outcome",
        "secs",
        "found",
        "items",
        "problems",
    )
    list_filter = (OutcomeFilter, "feed__language")
    sortable_by = ("time",)
    search_fields = ("feed__title", "feed__url")
    fields = (
        "at",
        "feed_link",
        "articles",
        "run_link",
        "outcome",
        "error",
        "seconds",
        "found",
        *KINDS,
        "tokenized",
        "why",
        "failures",
    )
    readonly_fields = fields

    def get_queryset(self, request):
        visits = super().get_queryset(request).select_related("feed", "run")
        return visits.defer("feed__last_error")

    @admin.display(ordering="at")
    def time(self, visit):
        return f"{visit.at:{MINUTE}}"

    @admin.display
    def secs(self, visit):
        return f"{visit.seconds:.1f}"

    @admin.display(description="feed")
    def feed_link(self, visit):
        return linked(visit.feed)

    @admin.display(description="run")
    def run_link(self, visit):
        return linked(visit.run) if visit.run else None

    @admin.display(description="articles")
    def articles(self, visit):
        return linked_list(
            Article, "Articles of this feed", feed__id__exact=visit.feed_id
        )

    @admin.display
    def outcome(self, visit):
        return badge(visit.status)

    @admin.display(description="of them")
    def items(self, visit):
        return visit.in_words()

    @admin.display(description="errors")
    def problems(self, visit):
        return len(visit.errors)

    @admin.display(description="reasons")
    def why(self, visit):
        told = ((k, describe_reasons(reasons)) for k, reasons in visit.reasons.items())
        return format_html_join("", "<p>{}: {}</p>", told)

    @admin.display(description="errors")
    def failures(self, visit):
        found = ((one.get("url"), one.get("error")) for one in visit.errors)
        return format_html_join("", "<p>{}: {}</p>", found)
