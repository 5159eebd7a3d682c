"""The admin of feeds: what state they are in, and what can be done about it."""

from django.contrib import admin, messages
from django.utils import timezone
from django.utils.html import format_html
from django.utils.timesince import timeuntil

from articles import counts, services
from articles.admin.adding import AddByAddress, FeedForm
from articles.admin.columns import ArticleCountMixin, ago, linked_list
from articles.admin.deleting import DeletesMany
from articles.models import Article, Feed, FeedState, FeedVisit
from zeeguu.base.charts import badge
from zeeguu.base.wording import counted

LAST_VISITS = 20


class FeedStateFilter(admin.SimpleListFilter):
    title = parameter_name = "state"

    def lookups(self, request, model_admin):
        return FeedState.choices

    def queryset(self, request, feeds):
        if not self.value():
            return feeds
        known = self.value() in FeedState.values
        return feeds.in_state(self.value()) if known else feeds.none()


@admin.register(Feed)
class FeedAdmin(AddByAddress, DeletesMany, ArticleCountMixin, admin.ModelAdmin):
    list_display = (
        "name",
        "lang",
        "state",
        "last_new",
        "next_crawl",
        "article_count",
    )
    form = FeedForm
    list_filter = (FeedStateFilter, "language")
    search_fields = ("title", "url")
    autocomplete_fields = ("language",)
    actions = ("crawl_now", "pause", "resume")
    readonly_fields = (
        "state",
        "unlisted",
        "last_status",
        "last_error",
        "consecutive_failures",
        "last_new_at",
        "last_success_at",
        "last_fetched_at",
        "next_fetch_at",
        "moved_to",
    )

    count_articles = staticmethod(counts.by_feed)

    def get_fieldsets(self, request, feed=None):
        facts = [(None, {"fields": ("title", "url", "language", "active", "interval")})]
        if feed:
            hidden = set() if feed.moved_to else {"moved_to"}
            shown = [name for name in self.readonly_fields if name not in hidden]
            facts.append(("Crawl state", {"fields": shown}))
        return facts

    def render_change_form(self, request, context, obj=None, **options):
        if obj and request.user.has_perm("articles.view_feedvisit"):
            context["visits"] = obj.visits.all()[:LAST_VISITS]
            context["all_visits"] = linked_list(
                FeedVisit, "All visits", feed__id__exact=obj.pk
            )
        return super().render_change_form(request, context, obj=obj, **options)

    def save_model(self, request, feed, form, change):
        if not change:
            return super().save_model(request, feed, form, change)
        return services.save_feed_changes(feed, form.changed_data)

    def goes_along(self, rows):
        mine = {"feed__in": rows.values("pk")}
        return {
            "articles": Article.objects.filter(**mine).count(),
            "visits": FeedVisit.objects.filter(**mine).count(),
        }

    def lacking(self, request, counts):
        may_delete = request.user.has_perm("articles.delete_article")
        return {"article"} if "articles" in counts and not may_delete else set()

    def delete_rows(self, rows):
        if services.remove_feeds(rows):
            return ""
        return (
            "The deletion has started; until it is done the feeds are paused."
            " Reload this list to see what is left."
        )

    @admin.action(description="Crawl now", permissions=["change"])
    def crawl_now(self, request, feeds):
        active = [feed for feed in feeds if feed.active]
        if idle := [str(feed) for feed in feeds if not feed.active]:
            names = ", ".join(idle)
            self.message_user(
                request, f"Not crawled, because inactive: {names}.", messages.WARNING
            )
        if active:
            services.crawl_in_background([feed.pk for feed in active])
            self.message_user(request, _started(len(active)))

    @admin.action(description="Pause", permissions=["change"])
    def pause(self, request, feeds):
        number = services.pause(feeds)
        self.message_user(request, f"Paused: {counted(number, 'feed')}.")

    @admin.action(description="Resume", permissions=["change"])
    def resume(self, request, feeds):
        number = services.resume(feeds)
        self.message_user(request, f"Resumed, and due now: {counted(number, 'feed')}.")

    @admin.display(ordering="title", description="title")
    def name(self, feed):
        return str(feed)

    @admin.display(ordering="language")
    def lang(self, feed):
        return feed.language_id

    @admin.display(ordering="last_new_at")
    def last_new(self, feed):
        return ago(feed.last_new_at)

    @admin.display(ordering="consecutive_failures")
    def state(self, feed):
        times = feed.consecutive_failures
        more = f" {times}×" if times else ""
        if feed.state == FeedState.UNLISTED:
            more = f" {feed.unlisted}"
        return format_html("{}{}", badge(feed.state), more)

    @admin.display(description="newest articles")
    def unlisted(self, feed):
        return feed.unlisted or None

    @admin.display(ordering="next_fetch_at")
    def next_crawl(self, feed):
        if not feed.active:
            return None
        is_due = feed.next_fetch_at <= timezone.now()
        return "due" if is_due else f"in {timeuntil(feed.next_fetch_at, depth=1)}"


def _started(number):
    what = f"The crawl of {counted(number, 'feed')} has started."
    return f"{what} Reload this list to see the result."
