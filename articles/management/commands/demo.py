from typing import Any

from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.core.management.base import CommandParser

from articles import demo_site
from articles.commands import remove_feeds
from articles.models import Article, Feed
from tokenization.commands import require_models
from zeeguu.base.commands import BaseCommand, add_consent, refusal, require_consent
from zeeguu.base.wording import counted


class Command(BaseCommand):
    help = (
        "Bring the demo's feeds and crawl them, or take them away with their articles"
        " and crawl runs; all else stays. Exit codes: those of crawl; with --remove"
        " those of remove_feed."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--if-new",
            action="store_true",
            help="bring them only into a database without feeds and accounts, and crawl"
            " what there is of them",
        )
        parser.add_argument("--remove", action="store_true", help="take them away")
        add_consent(parser)

    def handle(
        self,
        *,
        if_new: bool,
        remove: bool,
        dry_run: bool,
        yes: bool,
        verbosity: int,
        **options: Any,
    ) -> str | None:
        if (dry_run or yes) and not remove:
            raise refusal("--dry-run and --yes go with --remove")
        if if_new and remove:
            raise refusal("--if-new and --remove are opposites")
        if remove:
            return self._remove(dry_run, yes, verbosity)
        if not if_new or is_new():
            require_models()  # before feeds are brought that could not be crawled
            options = {"verbosity": verbosity, "stdout": self.stdout}
            call_command("load_default_feeds", demo=True, **options)
        if demo_site.stored_feeds().active().exists():
            call_command("crawl", demo=True, verbosity=verbosity, stdout=self.stdout)
            return None
        return "no demo here; bring it back with: manage.py demo"

    def _remove(self, dry_run: bool, yes: bool, verbosity: int) -> str | None:
        feeds = list(demo_site.stored_anywhere())
        number = Article.objects.filter(feed__in=feeds).count()
        those = counted(len(feeds), "feed")
        what = f"the demo's {those} with {counted(number, 'article')}"
        if dry_run:
            return f"{what} would be deleted"
        if feeds:
            require_consent(f"delete {what}", yes)
        gone = remove_feeds(feeds, number, verbosity)
        done = f"the demo's {those} with {counted(gone, 'article')} deleted"
        return done if verbosity else None


def is_new() -> bool:
    """Whether nobody has used this database: whoever took the demo away has."""
    accounts = get_user_model().objects
    return not Feed.objects.exists() and not accounts.exists()
