"""Learners report articles that are broken; enough of them, and nobody sees one."""

from django.conf import settings
from django.db.models import F, Q
from django.utils import timezone

from articles import services
from articles.models import Article
from learners.readings.actions import since, update
from learners.readings.models import Reading


def report(learner: int, article: int, reason: str) -> None:
    """Put down that an article is broken: its reporter sees it no more, in no list.

    Nobody does once BROKEN_REPORTS learners have reported it. Raises
    Article.DoesNotExist.
    """
    changes = {
        "report": reason,
        # A learner counts once: also who repeats what staff found to be wrong.
        "reported_at": since("reported_at"),
        "hidden_at": since("hidden_at"),
        "updated_at": timezone.now(),
    }
    update(learner, article, changes)
    if 0 < settings.BROKEN_REPORTS <= _count(article):
        articles = Article.objects.filter(pk=article)
        services.hide(articles, Article.Broken.REPORTED)


def reasons(article: int, most: int) -> list[str]:
    """What the latest reporters say is broken."""
    reported = Reading.objects.filter(article=article, reported_at__isnull=False)
    latest = reported.order_by("-reported_at", "-pk").values_list("report", flat=True)
    return list(latest[:most])


def _count(article: int) -> int:
    """The learners who reported it since staff last found it fit."""
    never_judged = Q(article__judged_at=None)
    counts = never_judged | Q(reported_at__gt=F("article__judged_at"))
    rows = Reading.objects.filter(article=article, reported_at__isnull=False)
    return rows.filter(counts).count()
