"""Where the apps are put together."""

from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView

from learners.api.account import AccountExportView, AccountView
from learners.api.accounts import (
    AccountsView,
    AnonymousView,
    ConfirmView,
    ForgottenView,
    PasswordView,
    ResendView,
    ResetView,
    SessionsView,
    SessionView,
    UpgradeView,
)
from learners.api.articles import ArticleViewSet
from learners.api.bookmarks import ArticleBookmarksView, BookmarkViewSet
from learners.api.caches import CacheViewSet
from learners.api.cohorts import (
    CohortsView,
    CohortView,
    JoinView,
    MembershipView,
    MembersView,
    MemberView,
)
from learners.api.exchange import ExportView, ImportView
from learners.api.feed import FeedView
from learners.api.feeds import (
    CrawlRunViewSet,
    CrawlStatisticsView,
    FeedViewSet,
    LanguageViewSet,
    TopicViewSet,
)
from learners.api.knowledge import (
    ArticleKnownView,
    ArticleStatesView,
    KnowledgeView,
    PlacementView,
    WordsView,
)
from learners.api.people import MeView, MyLanguagesView, MyLanguageView
from learners.api.practice import (
    CardsView,
    CardView,
    DueView,
    ReviewsView,
    StatisticsView,
    UndoView,
)
from learners.api.providers import ExplanationView, TranslationView
from learners.api.readings import (
    ActivitiesView,
    BrokenView,
    MineView,
    MyArticlesView,
    SittingsView,
    SittingView,
)
from learners.api.reports import ReportView
from learners.api.signin import AllTokensView, SignInView
from learners.api.speech import SpeechView
from learners.api.texts import (
    TextBookmarksView,
    TextGlossesView,
    TextKnownView,
    TextStatesView,
    TextsView,
    TextView,
)
from learners.api.words import TranslateView
from zeeguu.base.docs import DocsView, SchemaView
from zeeguu.base.refusals import Router

admin.site.site_header = admin.site.site_title = "Zeeguu"
admin.site.index_title = "Administration"

# What is asked for most stands first: addresses are tried one after the other.
router = Router()
router.register("articles", ArticleViewSet, basename="article")
router.register("bookmarks", BookmarkViewSet, basename="bookmark")
router.register("languages", LanguageViewSet)
router.register("topics", TopicViewSet)
router.register("feeds", FeedViewSet)
router.register("crawl-runs", CrawlRunViewSet, basename="crawl-run")
router.register("tokenization", CacheViewSet, basename="tokenization")

api = [
    *router.urls,
    path("feed/", FeedView.as_view(), name="feed"),
    path("articles/<str:article>/mine/", MineView.as_view(), name="mine"),
    path("articles/<str:article>/broken/", BrokenView.as_view(), name="broken"),
    path("speech/", SpeechView.as_view(), name="speech"),
    path("sittings/", SittingsView.as_view(), name="sittings"),
    path("sittings/<str:sitting>/", SittingView.as_view(), name="sitting"),
    path("activities/", ActivitiesView.as_view(), name="activities"),
    path("me/articles/", MyArticlesView.as_view(), name="my-articles"),
    path(
        "articles/<int:article>/bookmarks/",
        ArticleBookmarksView.as_view(),
        name="article-bookmarks",
    ),
    path("translate/", TranslateView.as_view(), name="translate"),
    path("schema/", SchemaView.as_view(), name="schema"),
    path("docs/", DocsView.as_view(url_name="schema"), name="docs"),
    path("token/", SignInView.as_view(), name="token"),
    path("token/all/", AllTokensView.as_view(), name="all-tokens"),
    path("translate/sentence/", TranslationView.as_view(), name="sentence-translation"),
    path("translations/reports/", ReportView.as_view(), name="report"),
    path("explain/", ExplanationView.as_view(), name="explanation"),
    path("crawl-statistics/", CrawlStatisticsView.as_view(), name="crawl-statistics"),
]

api += [
    path("knowledge/", KnowledgeView.as_view(), name="knowledge"),
    path("articles/<str:article>/states/", ArticleStatesView.as_view(), name="states"),
    path("articles/<str:article>/known/", ArticleKnownView.as_view(), name="known"),
    path("placement/", PlacementView.as_view(), name="placement"),
    path("words/", WordsView.as_view(), name="words"),
]

api += [
    path("words/export/", ExportView.as_view(), name="words-export"),
    path("words/import/", ImportView.as_view(), name="words-import"),
    path("practice/due/", DueView.as_view(), name="practice-due"),
    path("practice/reviews/", ReviewsView.as_view(), name="practice-reviews"),
    path("practice/undo/", UndoView.as_view(), name="practice-undo"),
    path("practice/statistics/", StatisticsView.as_view(), name="practice-statistics"),
    path("practice/cards/", CardsView.as_view(), name="practice-cards"),
    path("practice/cards/<int:card>/", CardView.as_view(), name="practice-card"),
]

api += [
    path("account/", AccountView.as_view(), name="account"),
    path("account/export/", AccountExportView.as_view(), name="account-export"),
    path("me/", MeView.as_view(), name="me"),
    path("me/languages/", MyLanguagesView.as_view(), name="my-languages"),
    path("me/languages/<str:code>/", MyLanguageView.as_view(), name="my-language"),
    path("cohorts/", CohortsView.as_view(), name="cohorts"),
    path("cohorts/join/", JoinView.as_view(), name="cohorts-join"),
    path("cohorts/<str:cohort>/", CohortView.as_view(), name="cohort"),
    path("cohorts/<str:cohort>/members/", MembersView.as_view(), name="members"),
    path(
        "cohorts/<str:cohort>/members/<str:membership>/",
        MemberView.as_view(),
        name="member",
    ),
    path(
        "cohorts/<str:cohort>/membership/", MembershipView.as_view(), name="membership"
    ),
    path("accounts/", AccountsView.as_view(), name="accounts"),
    path("accounts/anonymous/", AnonymousView.as_view(), name="anonymous"),
    path("account/upgrade/", UpgradeView.as_view(), name="upgrade"),
    path("account/confirm/", ConfirmView.as_view(), name="confirm"),
    path("account/resend/", ResendView.as_view(), name="resend"),
    path("account/password/", PasswordView.as_view(), name="change-password"),
    path("password/forgotten/", ForgottenView.as_view(), name="forgotten"),
    path("password/reset/", ResetView.as_view(), name="reset"),
    path("sessions/", SessionsView.as_view(), name="sessions"),
    path("sessions/<str:session>/", SessionView.as_view(), name="session"),
]

api += [
    path("texts/", TextsView.as_view(), name="texts"),
    path("texts/<str:text>/", TextView.as_view(), name="text"),
    path("texts/<str:text>/states/", TextStatesView.as_view(), name="text-states"),
    path("texts/<str:text>/known/", TextKnownView.as_view(), name="text-known"),
    path("texts/<str:text>/glosses/", TextGlossesView.as_view(), name="text-glosses"),
    path(
        "texts/<str:text>/bookmarks/",
        TextBookmarksView.as_view(),
        name="text-bookmarks",
    ),
]

urlpatterns = [
    path("api/", include(api)),
    path("", include("learners.pages.urls")),
    # Browsers ask for it wherever a page names no icon.
    path("favicon.ico", RedirectView.as_view(url="/static/favicon.svg")),
    path("admin/", admin.site.urls),
    path("health/", include("ops.urls")),
]

handler400 = "zeeguu.base.errors.bad_request"
handler403 = "zeeguu.base.errors.permission_denied"
handler404 = "zeeguu.base.errors.not_found"
handler500 = "ops.outage.server_error"
