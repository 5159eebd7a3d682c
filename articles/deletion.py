"""How articles go: a few at a time, with all that hangs on them, and remembered.

Crawls take in no article again that was deleted; those of a feed that is removed are
forgotten instead (``articles.removal``).
"""

from collections import Counter
from collections.abc import Callable, Iterator

from django.db import transaction
from django.db.models import Case, F, Min, Q, QuerySet, When

from articles.models import WITHDRAWN, Address, Article, DeletedArticle
from zeeguu.base.batches import id_batches
from zeeguu.base.connections import again_after_deadlock

# Articles of one transaction: few enough that nobody waits long for its locks.
BATCH = 100
# Of small rows, on which nothing hangs.
SMALL_BATCH = 1000
# Between two batches, so that who waits for SQLite's only lock gets it.
PAUSE_S = 0.01
REMEMBERED = (
    "feed_id",
    "guid",
    "title",
    "published_at",
    "text_hash",
    "simhash",
    "crawled_at",
)
# What is nearly the same as one of these is not for readers.
LEADERS = ("", *WITHDRAWN)


def delete(articles: QuerySet, *, remember: bool = True) -> tuple[int, dict[str, int]]:
    """Delete articles; return the number of rows, and {model: number}, as Django."""
    rows: Counter[str] = Counter()
    for batch in in_batches(articles, remember=remember):
        rows.update(batch)
    return rows.total(), dict(rows)


def in_batches(articles: QuerySet, *, remember: bool = True) -> Iterator[Counter]:
    """Delete articles; yields the rows of each batch, by model.

    What was deleted until somebody kills it stays so, and running it again goes on.
    """
    for ids in id_batches(articles, BATCH, PAUSE_S):
        yield delete_batch(ids, remember=remember)


@again_after_deadlock
@transaction.atomic
def delete_batch(
    ids: list[int], *, remember: bool = True, keep: Callable[[], Q] | None = None
) -> Counter:
    """Delete these few articles in one transaction; return the rows, by model.

    keep tells which of them stay. Where one was listed, the oldest of those nearly the
    same takes its place.
    """
    articles = Article.objects.filter(pk__in=ids)
    locked = articles.order_by("pk").select_for_update()
    facts = list(locked.values("pk", "broken", *REMEMBERED))
    if keep is not None:
        # Asked when they are locked: nobody can come to need one any more.
        kept = set(articles.filter(keep()).values_list("pk", flat=True))
        facts = [row for row in facts if row["pk"] not in kept]
    broken = {row["pk"]: row.pop("broken") for row in facts}
    list_heirs(broken)
    for row in facts:
        if broken[row["pk"]] not in LEADERS:
            row["simhash"] = None
    if remember:
        _remember(facts)
    # Django finds what hangs on them, and loads nothing: no signal wants it.
    rows = Article._base_manager.filter(pk__in=[row["pk"] for row in facts])
    return Counter(rows.only("pk").delete()[1])


def _remember(facts: list[dict]) -> None:
    DeletedArticle.objects.bulk_create(DeletedArticle(**row) for row in facts)
    addresses = Address.objects.filter(article__in=[row["pk"] for row in facts])
    # In this order: MySQL computes a column from what those before it have become.
    addresses.update(deleted_id=F("article_id"), article=None)


def list_heirs(leaders: dict[int, str]) -> None:
    """Let the oldest of those nearly the same be listed as each leader was.

    leaders are articles that will not be listed any more: {id: broken until now}.
    """
    others = Article.objects.filter(duplicate_of__in=leaders).exclude(pk__in=leaders)
    unlisted = others.filter(broken=Article.Broken.DUPLICATE).order_by()
    heirs = dict(unlisted.values_list("duplicate_of").annotate(Min("pk")))
    if not heirs:
        return
    for broken in {leaders[leader] for leader in heirs}:
        same = [heir for leader, heir in heirs.items() if leaders[leader] == broken]
        Article.objects.filter(pk__in=same).update(broken=broken, duplicate_of=None)
    whens = [When(duplicate_of=leader, then=heir) for leader, heir in heirs.items()]
    others.filter(duplicate_of__in=heirs).update(duplicate_of=Case(*whens))


def forget(feed_id: int) -> None:
    """Forget what was deleted of a feed: it may come again."""
    deleted = DeletedArticle.objects.filter(feed=feed_id)
    for ids in id_batches(deleted, BATCH, PAUSE_S):
        with transaction.atomic():
            Address.objects.filter(deleted__in=ids).delete()
            DeletedArticle.objects.filter(pk__in=ids).delete()


def delete_rows(rows: QuerySet) -> int:
    """Delete rows of any model, some at a time; return how many there were.

    None is loaded, unless something hangs on it.
    """
    deleted = 0
    for pks in id_batches(rows, SMALL_BATCH, PAUSE_S):
        rows.model._base_manager.filter(pk__in=pks).delete()
        deleted += len(pks)
    return deleted
