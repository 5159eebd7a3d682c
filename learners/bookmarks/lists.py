"""A learner's bookmarks in lists, and those of one text where they stand in it now."""

from collections.abc import Iterable

from django.db.models import Q, QuerySet

from learners.bookmarks import sources
from learners.bookmarks.models import Bookmark
from learners.bookmarks.places import Finder, Place
from learners.bookmarks.saving import facts_of, stored
from learners.knowledge.models import Knowledge
from learners.knowledge.store import KEPT, State
from tokenization.lexemes import unpacked
from zeeguu.base.connections import again_after_deadlock

# Of one text, the newest.
MOST_OF_TEXT = 1000
PLACE = ("part", "fragment", "sentence", "token", "length", "is_lost")


def with_text(bookmarks: QuerySet[Bookmark], text: str) -> QuerySet[Bookmark]:
    """Those whose word or translation has a text in it."""
    return bookmarks.filter(Q(word__icontains=text) | Q(translation__icontains=text))


def in_state(
    bookmarks: QuerySet[Bookmark], learner: int, state: State
) -> QuerySet[Bookmark]:
    """Those whose lexeme a learner has in a state; phrases have none. One query."""
    kept = KEPT if state is State.NEW else (state,)
    rows = Knowledge.objects.filter(learner=learner).values_list(*kept)
    packed = [bytes(one) for row in rows for one in row if one]
    ids = [pk for one in packed for pk in unpacked(one)]
    if state is State.NEW:
        return bookmarks.filter(lexeme__isnull=False).exclude(lexeme__in=ids)
    return bookmarks.filter(lexeme__in=ids)


def states(learner: int, bookmarks: Iterable[Bookmark]) -> dict[int, State]:
    """{id: state} of the bookmarks' lexemes; one query, none without a lexeme."""
    with_one = [one for one in bookmarks if one.lexeme_id is not None]
    languages = {one.language_id for one in with_one}
    if not languages:
        return {}
    rows = Knowledge.objects.filter(learner=learner, language__in=languages)
    found = {one.lexeme_id: State.NEW for one in with_one if one.lexeme_id}
    for row in rows.values_list(*KEPT):
        for state, packed in zip(KEPT, row, strict=True):
            lexemes = unpacked(bytes(packed)) if packed else ()
            found |= {pk: state for pk in found if pk in lexemes}
    return found


def of_article(learner: int, pk: int) -> list[Bookmark]:
    """Bookmarks in a listed article, the newest first, at most MOST_OF_TEXT.

    They stand where they say, by the tokens that readers are served, or are lost; what
    that changes is stored. Five queries at most, however many. Raises NotThere.
    """
    source = sources.of_article(pk)
    mine = stored(learner).filter(article=pk)
    return _where_they_are(list(mine[:MOST_OF_TEXT]), source.finder)


def of_text(learner: int, pk: int) -> list[Bookmark]:
    """Bookmarks in an own or shared text, as ``of_article``; raises NotThere."""
    source = sources.of_text(learner, pk)
    mine = stored(learner).filter(text=pk)
    return _where_they_are(list(mine[:MOST_OF_TEXT]), source.finder)


def _where_they_are(bookmarks: list[Bookmark], finder: Finder | None) -> list[Bookmark]:
    changed = [one for one in bookmarks if finder and _correct(one, finder)]
    if changed:
        _store(changed)
    return bookmarks


def _correct(bookmark: Bookmark, finder: Finder) -> bool:
    """Put a bookmark where its word is now; whether that is another place."""
    before = [getattr(bookmark, name) for name in PLACE]
    near = place_of(bookmark)
    found = finder.find(bookmark.word, bookmark.context, near)
    if found is None and not bookmark.is_lost:
        # The old place stays, to look near it should the word come back.
        bookmark.is_lost = True
    elif found is not None:
        bookmark.is_lost = False
        for name, value in facts_of(found).items():
            setattr(bookmark, name, value)
    return before != [getattr(bookmark, name) for name in PLACE]


def place_of(bookmark: Bookmark) -> Place | None:
    """The place that a row has, right or not."""
    if bookmark.sentence is None or bookmark.token is None:
        return None
    return Place(
        bookmark.part,
        bookmark.fragment,
        bookmark.sentence,
        bookmark.token,
        bookmark.length,
    )


@again_after_deadlock
def _store(changed: list[Bookmark]) -> None:
    """Only rows that are there still are changed: none comes back."""
    Bookmark.objects.bulk_update(changed, PLACE)
