from django.core.management.base import CommandParser

from articles.commands import require_languages
from articles.models import Feed
from tokenization import pruning
from tokenization.models import TokenizationCache
from tokenization.statistics import recount
from zeeguu.base.commands import (
    MOST,
    MOST_DAYS,
    BaseCommand,
    bar,
    database_failed,
    refusal,
    require_numbers,
)
from zeeguu.base.connections import DatabaseFailed

SELECTION = ("language", "feed", "tokenizer")
LIMITS = ("keep_days", "keep_mb")


class Command(BaseCommand):
    help = (
        "Empty rows of the token cache to save room; whoever reads the article fills"
        " them again. What somebody needs, or is filling, stays."
        " Exit codes: 0 done, 1 the database failed, 2 not started."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        for name, metavar, text in (
            ("--keep-days", "N", "prune what was last used more than N days ago"),
            ("--keep-mb", "M", "then the least recently used until M MB remain"),
        ):
            parser.add_argument(name, type=int, metavar=metavar, help=text)
        for name, kind, metavar, text in (
            ("--language", str, "CODE", "only this language"),
            ("--feed", int, "ID", "only articles of this feed"),
            ("--tokenizer", str, "VERSION", "only what it made; 'stanza 1.1*' too"),
        ):
            parser.add_argument(
                name, action="append", type=kind, metavar=metavar, help=text
            )
        parser.add_argument("--dry-run", action="store_true", help="only count")
        parser.add_argument("--all", action="store_true", help="everything; with --yes")
        parser.add_argument("--yes", action="store_true", help="all of it is meant")

    def handle(self, *, verbosity, **options):
        try:
            message = self._prune(verbosity=verbosity, **options)
        except DatabaseFailed as exc:
            raise database_failed(exc) from exc
        return message if verbosity else None

    def _prune(self, *, dry_run, verbosity, **options):
        require_choice(options)
        require_numbers(options, keep_days=MOST_DAYS, keep_mb=MOST)
        require_languages(options["language"] or [])
        require_feeds(options["feed"] or [])
        require_tokenizers(options["tokenizer"] or [])
        rows = pruning.selected(*(options[name] for name in SELECTION))
        plan = pruning.plan(rows, *(options[name] for name in LIMITS))
        if dry_run:
            return report(len(plan.ids), plan.bytes, plan.needed, "would be pruned")
        require_that_all_is_meant(plan, options)
        number = size = 0
        with bar(len(plan.ids), "rows", verbosity) as shown:
            for rows, freed in pruning.prune(plan):
                shown.update(rows)
                number, size = number + rows, size + freed
        recount()
        return report(number, size, plan.needed, "pruned")


def require_choice(options):
    """Raise CommandError (exit code 2) when it is not clear what to prune."""
    chosen = [name for name in (*SELECTION, *LIMITS) if options[name] is not None]
    if options["all"] and chosen:
        raise refusal("--all goes with no selection or limit")
    if options["all"] and not options["yes"]:
        raise refusal("--all empties the whole cache: say --all --yes if that is meant")
    if not chosen and not options["all"]:
        raise refusal(
            "say what to prune: --keep-days N, --keep-mb M, --language CODE, --feed ID,"
            " --tokenizer VERSION, or --all --yes"
        )


def require_that_all_is_meant(plan, options):
    """Raise CommandError (exit code 2) for a selection that is the whole cache."""
    has_limit = any(options[name] is not None for name in LIMITS)
    is_everything = 0 < pruning.selected().count() <= len(plan.ids) + plan.needed
    if is_everything and not has_limit and not options["yes"]:
        raise refusal("this selection is the whole cache: add --yes if that is meant")


def require_tokenizers(versions):
    """Raise CommandError (exit code 2) for one that has made nothing."""
    for version in versions:
        if not version or not pruning.selected(tokenizers=[version]).exists():
            made = TokenizationCache.objects.filled().order_by("tokenizer")
            known = made.values_list("tokenizer", flat=True).distinct()
            raise refusal(
                f"no row was made by tokenizer {version!r}; there are:"
                f" {'; '.join(known) or 'none'}"
            )


def require_feeds(ids):
    known = set(Feed.objects.values_list("pk", flat=True))
    if unknown := sorted(set(ids) - known):
        names = ", ".join(map(str, unknown))
        raise refusal(f"no feed {names}")


def report(rows, size, needed, done):
    megabytes = f"{size / pruning.MEGABYTE:.1f} MB"
    kept = f", {needed} kept because they are needed" if needed else ""
    return f"{rows} rows with {megabytes} {done}{kept}"
