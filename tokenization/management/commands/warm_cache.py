from datetime import timedelta

from django.core.management.base import CommandParser
from django.utils import timezone

from articles.commands import require_languages
from tokenization.backlog import waiting
from tokenization.commands import FillCommand, require_models
from tokenization.models import CacheState, TokenizationCache
from tokenization.states import ensure_marked
from zeeguu.base.commands import MOST, MOST_DAYS, require_numbers


class Command(FillCommand):
    help = (
        "Tokenize those of the most read articles whose tokens are missing, stale,"
        " pruned or due for another try."
        " Exit codes: 0 all done, 1 some failed, 2 not started, 130 stopped."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--popular",
            type=int,
            required=True,
            metavar="N",
            help="how many of the most read articles to look at",
        )
        parser.add_argument(
            "--days",
            type=int,
            default=30,
            metavar="D",
            help="only those read in the last D days (default 30)",
        )
        parser.add_argument(
            "--language", action="append", metavar="CODE", help="only this language"
        )

    def fill(self, *, popular, days, language, verbosity, **options):
        numbers = {"popular": popular, "days": days}
        require_numbers(numbers, popular=MOST, days=MOST_DAYS)
        require_models()
        require_languages(language or [])
        ensure_marked()
        todo = unready(popular, days, language)
        skipped = self.work_off(todo, verbosity)
        return f"{len(todo) - skipped} articles tokenized"


def unready(number, days, languages=None):
    """Ids and languages of those of the most read articles that need tokens.

    The most read one comes first. What has failed waits for its next try.
    """
    now = timezone.now()
    since = now - timedelta(days=days)
    rows = TokenizationCache.objects.filter(article__broken="", last_read_at__gte=since)
    if languages:
        rows = rows.filter(article__language__in=languages)
    most_read = rows.order_by("-reads", "-last_read_at", "pk")[:number]
    not_yet = set(waiting().values_list("pk", flat=True))
    return [
        (pk, language)
        for pk, language, state in most_read.values_list(
            "pk", "article__language", "article__token_state"
        )
        if state != CacheState.FRESH and pk not in not_yet
    ]
