"""The admin of the token cache: to look at, to refill, to invalidate; not to edit."""

from functools import partial

import orjson
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect
from django.template.defaultfilters import filesizeformat
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.timesince import timesince
from django.views.decorators.http import require_POST

from articles import counts
from articles.admin import ArticleAdmin
from articles.admin.columns import ReadOnlyAdmin
from articles.admin.deleting import DeletesMany
from articles.admin.statistics import StatisticsPage
from articles.models import Article
from tokenization import charts, services
from tokenization.backlog import fill_in_batches
from tokenization.models import CacheState, Lexeme, LexemeRange, TokenizationCache
from tokenization.statistics import statistics
from zeeguu.base.charts import badge
from zeeguu.base.large_lists import LargeChangeList, LargeListAdmin, filters_of

REFILL_AT_MOST = 200
# A second's work, or two.
INVALIDATE_AT_MOST = 2000
STALE_NOW = (
    "The text or its language has changed, so its tokens are stale. Readers get the new"
    " text at once, without words to tap where it differs, until Celery's next refill"
    " or manage.py pretokenize makes new tokens. To have them now, refill them on"
    ' <a href="{}">their page</a>.'
)
LANGUAGE = "article__language__code__exact"
HAVE_ROWS = [state for state in CacheState if state != CacheState.MISSING]


class StateFilter(admin.SimpleListFilter):
    title = parameter_name = "state"

    def lookups(self, request, model_admin):
        # What is missing has no row here: the list of articles shows it.
        return [(s.value, s.label) for s in CacheState if s != CacheState.MISSING]

    def queryset(self, request, caches):
        if self.value() is None:
            return caches
        has_rows = self.value() in HAVE_ROWS
        return caches.in_state(self.value()) if has_rows else caches.none()


class CacheChangeList(LargeChangeList):
    """Leaves tokens and texts, which are large, in the database."""

    def get_queryset(self, request, **kwargs):
        caches = super().get_queryset(request, **kwargs)
        return caches.defer("title", "summary", "content", "article__summary")


@admin.register(TokenizationCache)
class TokenizationCacheAdmin(StatisticsPage, DeletesMany, LargeListAdmin):
    statistics_title = "Statistics of the token cache"
    list_display = (
        "article",
        "language",
        "state",
        "tokens",
        "size",
        "age",
        "tokenizer",
    )
    list_filter = (StateFilter, "article__language")
    list_select_related = ("article__language",)
    # Of all that is listed an index serves the ids alone, which are the articles'.
    sortable_by = ("article",)
    search_fields = ("article__title",)
    actions = ("refill", "invalidate")
    readonly_fields = (
        "article",
        "language",
        "explained_state",
        "tokens",
        "size",
        "tokenizer",
        "created_at",
        "refreshed_at",
        "age",
        "error",
        "failures",
        "retry_at",
    )
    facts = (
        "article",
        "language",
        "explained_state",
        ("tokens", "size", "tokenizer"),
        ("created_at", "refreshed_at", "age"),
    )
    failure = ("error", ("failures", "retry_at"))

    def delete_rows(self, rows):
        services.delete(rows)
        return ""

    def get_changelist(self, request, **kwargs):
        return CacheChangeList

    def get_paginator(self, request, caches, per_page, *args, **kwargs):
        paginator = super().get_paginator(request, caches, per_page, *args, **kwargs)
        paginator.hint = articles_like(request)
        return paginator

    def get_fieldsets(self, request, obj=None):
        fieldsets = [(None, {"fields": self.facts})]
        if obj and obj.error:
            fieldsets.append(("Last failure", {"fields": self.failure}))
        return fieldsets

    def get_object(self, request, object_id, from_field=None):
        # Longer numbers are no ids, and break the database driver.
        short = len(object_id) < 19
        return super().get_object(request, object_id, from_field) if short else None

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_refill_permission(self, request):
        return super().has_change_permission(request)

    def changelist_view(self, request, extra_context=None):
        states = counts.by_state()
        missing = sum(
            row["articles"]
            for row in states.value or ()
            if row["token_state"] == CacheState.MISSING and not row["broken"]
        )
        context = {
            **(extra_context or {}),
            "missing": missing,
            "states": states,
            "sees_articles": request.user.has_perm("articles.view_article")
            or request.user.has_perm("articles.change_article"),
        }
        return super().changelist_view(request, context)

    def get_urls(self):
        checked, name = self.admin_site.admin_view, "tokenization_tokenizationcache"
        acts = [
            path(
                f"<path:object_id>/{act}/",
                checked(require_POST(partial(self.act_view, act=act))),
                name=f"{name}_{act}",
            )
            for act in self.actions
        ]
        return [*acts, *super().get_urls()]

    def act_view(self, request, object_id, act):
        """Do to one row, from its own page, what an action of the list does."""
        if not self.has_refill_permission(request):
            raise PermissionDenied
        cache = self.get_object(request, unquote(object_id))
        if cache is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        getattr(self, act)(request, self.get_queryset(request).filter(pk=cache.pk))
        return redirect("admin:tokenization_tokenizationcache_change", cache.pk)

    def statistics(self):
        return statistics()

    def figures(self, numbers):
        return charts.figures(numbers["total"])

    def sections(self, numbers):
        return charts.sections(numbers) if numbers["total"]["rows"] else []

    def render_change_form(self, request, context, **kwargs):
        context["blocks"] = stored_blocks(kwargs["obj"])
        context["may_refill"] = self.has_refill_permission(request)
        return super().render_change_form(request, context, **kwargs)

    @admin.action(description="Refill now", permissions=["refill"])
    def refill(self, request, caches):
        pks = list(caches.values_list("pk", flat=True)[: REFILL_AT_MOST + 1])
        if len(pks) > REFILL_AT_MOST:
            message = (
                f"At most {REFILL_AT_MOST} rows at once here;"
                " for more, run: manage.py pretokenize"
            )
            return self.message_user(request, message, messages.ERROR)
        done = refill(pks)
        failed = sum(len(batch.errors) for batch in done)
        skipped = sum(batch.skipped for batch in done)
        message = f"Refilled: {len(pks) - failed - skipped} done, {failed} failed."
        if skipped:
            message += f" {skipped} are being filled by another process."
        level = messages.WARNING if failed or skipped else messages.SUCCESS
        return self.message_user(request, message, level)

    @admin.action(description="Invalidate", permissions=["refill"])
    def invalidate(self, request, caches):
        if caches.order_by()[: INVALIDATE_AT_MOST + 1].count() > INVALIDATE_AT_MOST:
            message = (
                f"At most {INVALIDATE_AT_MOST} rows at once here;"
                " for new tokens of all, run: manage.py pretokenize --all"
            )
            return self.message_user(request, message, messages.ERROR)
        number = services.invalidate(caches)
        message = f"Invalidated: {number}. They are served until they are refilled."
        return self.message_user(request, message)

    @admin.display
    def language(self, cache):
        return cache.article.language

    @admin.display
    def state(self, cache):
        return badge(state_now(cache))

    @admin.display(description="state")
    def explained_state(self, cache):
        return format_html("{} {}", badge(state_now(cache)), why(cache))

    @admin.display
    def tokens(self, cache):
        return cache.token_count

    @admin.display
    def size(self, cache):
        return filesizeformat(cache.bytes)

    @admin.display
    def age(self, cache):
        return timesince(cache.refreshed_at, depth=1)


def articles_like(request):
    """The articles whose rows are listed, where that is easily said; or None.

    An index counts them, and rows of tokens, which are large, need not be looked for.
    """
    if filters_of(request) - {"state", LANGUAGE}:
        return None
    states = [request.GET.get("state")] if "state" in request.GET else HAVE_ROWS
    articles = Article.objects.filter(token_state__in=set(states) & set(HAVE_ROWS))
    languages = request.GET.getlist(LANGUAGE)
    return articles.filter(language__in=languages) if languages else articles


def refill(pks):
    """Tokenize articles again, by language and in batches."""
    todo = Article.objects.filter(pk__in=pks).values_list("pk", "language_id")
    return list(fill_in_batches(todo))


def state_now(cache):
    """The CacheState of a row, from its hashes."""
    return cache.state_for(services.tokenizer_version(cache.article.language_id))


def why(cache):
    """Why a row is not fresh."""
    if state_now(cache) != CacheState.STALE:
        return ""
    if not cache.text_hash:
        return "It was invalidated."
    if cache.text_hash != cache.article.text_hash:
        return "The article's text or language has changed since."
    return "Another tokenizer is in use now."


def stored_blocks(cache):
    """The row's tokens as a list of {"tag", "tokens"} in reading order."""
    if not cache.has_tokens:
        return []
    return [
        {"tag": "title", "tokens": orjson.loads(cache.title)},
        {"tag": "summary", "tokens": orjson.loads(cache.summary)},
        *orjson.loads(cache.content),
    ]


admin.site.unregister(Article)


class TokenStateFilter(admin.SimpleListFilter):
    title, parameter_name = "tokens", "token_state"

    def lookups(self, request, model_admin):
        return CacheState.choices

    def queryset(self, request, articles):
        return articles.filter(token_state=self.value()) if self.value() else articles


@admin.register(Article)
class ArticleWithTokensAdmin(ArticleAdmin):
    """Adds the tokens' state here, because articles know nothing of tokenization."""

    list_filter = (*ArticleAdmin.list_filter, TokenStateFilter)
    sortable_by = (*ArticleAdmin.sortable_by, "tokens", "tokens_unlinked")

    def get_list_display(self, request):
        return (*super().get_list_display(request), column(request))

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        services.mark([form.instance.pk])

    def get_fieldsets(self, request, obj=None):
        tokens = [("Tokens", {"fields": (column(request),)})] if obj else []
        return [*super().get_fieldsets(request, obj), *tokens]

    def get_readonly_fields(self, request, obj=None):
        return (*super().get_readonly_fields(request, obj), column(request))

    def render_change_form(self, request, context, obj=None, **kwargs):
        if obj and obj.token_state != CacheState.MISSING and may_see_tokens(request):
            context["tokens_page"] = page_of(obj.pk)
        return super().render_change_form(request, context, obj=obj, **kwargs)

    def text_changed(self, request, article):
        if not TokenizationCache.objects.filled().filter(pk=article.pk).exists():
            return
        if not may_see_tokens(request):
            return
        message = format_html(STALE_NOW, page_of(article.pk))
        self.message_user(request, message, messages.WARNING)

    @admin.display(ordering="token_state")
    def tokens(self, article):
        state = self.tokens_unlinked(article)
        if article.token_state == CacheState.MISSING:
            return state
        return format_html('<a href="{}">{}</a>', page_of(article.pk), state)

    @admin.display(ordering="token_state", description="tokens")
    def tokens_unlinked(self, article):
        # A broken article is never read, so that it gets no tokens.
        if article.token_state == CacheState.MISSING and article.broken:
            return None
        return badge(article.token_state)


class RangeFilter(admin.SimpleListFilter):
    """By the ids that a language's lexemes have: these are the list's order too."""

    title = parameter_name = "language"

    def lookups(self, request, model_admin):
        rows = LexemeRange.objects.select_related("language")
        return [(row.language_id, row.language.name) for row in rows]

    def queryset(self, request, lexemes):
        if self.value() is None:
            return lexemes
        found = LexemeRange.objects.filter(pk=self.value()).first()
        return lexemes.filter(pk__range=found.ids) if found else lexemes.none()


@admin.register(Lexeme)
class LexemeAdmin(ReadOnlyAdmin):
    list_display = ("lemma", "language", "rank")
    list_filter = (RangeFilter,)
    list_select_related = ("language",)
    # Only says that there is a search; see get_search_results.
    search_fields = ("lemma",)
    search_help_text = "Beginnings of lemmas, in small letters."
    fields = ("lemma", "language", "rank", "id")

    def get_search_results(self, request, queryset, search_term):
        term = search_term.strip().replace("\0", "")
        if not term:
            return queryset, False
        # The index begins with the language.
        codes = list(LexemeRange.objects.values_list("pk", flat=True))
        begin = {"lemma__gte": term, "lemma__lt": f"{term}\U0010ffff"}
        return queryset.filter(language__in=codes, **begin), False


def may_see_tokens(request):
    """Whether a link to an article's tokens leads anywhere for this user."""
    names = ("view", "change")
    user = request.user
    return any(user.has_perm(f"tokenization.{n}_tokenizationcache") for n in names)


def column(request):
    """The column of the tokens' state, linked or not."""
    return "tokens" if may_see_tokens(request) else "tokens_unlinked"


def page_of(pk):
    """The page of an article's tokens."""
    return reverse("admin:tokenization_tokenizationcache_change", args=[pk])
