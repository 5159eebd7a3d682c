"""Weak evidence: words of articles that were read to the end, and were not tapped."""

from django.db import transaction

from learners.bookmarks.models import Bookmark
from learners.knowledge import store
from learners.readings.models import Reading
from tokenization.lexemes import packed, unpacked
from tokenization.models import TokenizationCache
from zeeguu.base.connections import again_after_deadlock


@again_after_deadlock
@transaction.atomic
def read_to_end(learner: int, article: int) -> None:
    """Note the words of an article that a learner has read, both by their ids.

    Once for the two, however often and by how many it is called: of a Reading that says
    it was read, and is no evidence yet. Words that are not new, or that the learner
    saved there, are not noted. An article without lexemes is none until it has some.
    """
    caches = TokenizationCache.objects.filter(article=article).exclude(lexemes=None)
    row = caches.values_list("article__language", "lexemes").first()
    if row is None or not _is_first(learner, article):
        return
    language, lexemes = row
    saved = Bookmark.objects.filter(learner=learner, article=article)
    tapped = saved.exclude(lexeme=None).values_list("lexeme", flat=True)
    read = unpacked(bytes(lexemes or packed([]))) - unpacked(packed(tapped))
    with store.changing(learner, language) as sets:
        new = read - sets.seen
        again = new & sets.read_once
        sets.read_often.update(again)
        sets.read_once.difference_update(again)
        sets.read_once.update(new - sets.read_often)


def _is_first(learner: int, article: int) -> bool:
    """Whether it was not counted before; from now on it is."""
    readings = Reading.objects.filter(learner=learner, article=article)
    is_new = readings.filter(is_evidence=False).exclude(read_at=None)
    return bool(is_new.update(is_evidence=True))
