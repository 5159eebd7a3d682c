"""An article's paragraphs keep their ids from version to version, by what they say.

Readers' bookmarks point at them.
"""

from collections import defaultdict, deque
from collections.abc import Callable, Iterator
from difflib import SequenceMatcher

from django.db.models import F

from articles.crawler.judge.revision import SMALL_EDIT, differing_share
from articles.models import Article, Fragment
from articles.text import ArticleText

# Functions that are told, inside the transaction, of fragments about to be deleted:
# called with the article's id and the set of theirs. Other apps add theirs, for what
# points at them.
before_they_go: list[Callable[[int, set[int]], None]] = []

# Pairs of old and new blocks that are compared by their words; after more changes than
# that it is another text.
MOST_COMPARED = 2500
# Beyond all places: out of the way of those that move.
ASIDE = 1_000_000


def fragments_of(article: Article, text: ArticleText) -> list[Fragment]:
    """The Fragments of an ArticleText, unsaved, without ids."""
    return [
        Fragment(article=article, position=position, tag=tag, text=part)
        for position, (tag, part) in enumerate(text.fragments)
    ]


def replace_fragments(article: Article, text: ArticleText) -> None:
    """Put an ArticleText's fragments in the old ones' place; in a transaction.

    What stayed the same, was moved, or was edited a little keeps its id; ids of what is
    gone are never used for another text.
    """
    old, new = list(article.fragments.all()), fragments_of(article, text)
    stays = aligned([f.text for f in old], [f.text for f in new])
    for place, before in stays.items():
        new[place].pk = old[before].pk
    _delete(article, {f.pk for f in old} - {f.pk for f in new})
    facts = {f.pk: (f.position, f.tag, f.text) for f in old}
    changed = [f for f in new if f.pk and facts[f.pk] != (f.position, f.tag, f.text)]
    # Two fragments may not have one place, not even between two statements.
    places = article.fragments.filter(pk__in=[f.pk for f in changed])
    places.update(position=F("position") + ASIDE)
    Fragment.objects.bulk_update(changed, ["position", "tag", "text"], 500)
    Fragment.objects.bulk_create(f for f in new if not f.pk)


def _delete(article: Article, gone: set[int]) -> None:
    if gone:
        for tell in before_they_go:
            tell(article.pk, gone)
        article.fragments.filter(pk__in=gone).delete()


def aligned(old: list[str], new: list[str]) -> dict[int, int]:
    """Which place of new holds what stood at which place of old.

    Blocks that are equal, in order as far as they are; then equal ones that were moved;
    then those edited a little, wherever they stand.
    """
    steps = SequenceMatcher(None, old, new).get_opcodes()
    found = {
        place: before
        for step, start, end, first, _ in steps
        if step == "equal"
        for place, before in enumerate(range(start, end), first)
    }
    found |= _moved(old, new, found)
    taken = set(found.values())
    olds = [place for place in range(len(old)) if place not in taken]
    news = [place for place in range(len(new)) if place not in found]
    return found | dict(_edited(old, new, olds, news))


def _moved(old: list[str], new: list[str], found: dict[int, int]) -> dict[int, int]:
    left: defaultdict[str, deque[int]] = defaultdict(deque)
    taken = set(found.values())
    for place, text in enumerate(old):
        if place not in taken:
            left[text].append(place)
    return {
        place: left[text].popleft()
        for place, text in enumerate(new)
        if place not in found and left[text]
    }


def _edited(
    old: list[str], new: list[str], olds: list[int], news: list[int]
) -> Iterator[tuple[int, int]]:
    """Pairs (place in new, place in old) of blocks that say nearly the same."""
    if len(olds) * len(news) > MOST_COMPARED:
        return
    for place in news:
        for before in olds:
            if differing_share(old[before], new[place]) <= SMALL_EDIT:
                yield place, before
                olds.remove(before)
                break
