"""How feeds go, with all that they have brought."""

from collections.abc import Iterator

from django.db import transaction

from articles import deletion
from articles.crawler.store.claims import BEING_DELETED
from articles.crawler.store.history import delete_visits
from articles.models import Article, Feed


def remove_if_empty(feed: Feed) -> bool:
    """Delete a feed without articles; False, and nothing is changed, if it has some."""
    if Article.objects.filter(feed=feed).exists():
        return False
    return _remove_rest(feed)


def remove(feed: Feed) -> Iterator[int]:
    """Delete a feed with its articles; yields how many went, batch by batch.

    They are forgotten: a feed that is added again begins anew. It is paused first, and
    a visit under way stores nothing more; whoever kills this can run it again.
    """
    rows = Feed.objects.filter(pk=feed.pk)
    rows.update(active=False, claimed_until=BEING_DELETED)
    while not remove_if_empty(feed):  # somebody may have brought some more
        articles = Article.objects.filter(feed=feed)
        for gone in deletion.in_batches(articles, remember=False):
            yield gone[Article._meta.label]


def _remove_rest(feed: Feed) -> bool:
    """Delete the feed's history, and the feed, unless it got an article meanwhile."""
    deletion.forget(feed.pk)
    delete_visits(feed.pk)
    with transaction.atomic():
        # Who stores an article of it waits here, and finds it gone.
        locked = Feed.objects.select_for_update().filter(pk=feed.pk)
        if locked.exists() and Article.objects.filter(feed=feed).exists():
            return False
        Feed.objects.filter(pk=feed.pk).delete()
    return True
