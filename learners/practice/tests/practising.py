"""Words to practise, for tests."""

from itertools import count

from learners.bookmarks.models import Bookmark
from learners.bookmarks.terms import term_of
from learners.models import User
from learners.practice import cards
from learners.practice.models import PracticeCard
from tokenization.lexemes import ids_of

numbers = count(1)


def make_bookmark(user: User, word: str = "hus", **facts: object) -> Bookmark:
    """A saved word, with the lexeme of it; facts are other columns."""
    language = facts.pop("language_id", "da")
    lexeme = ids_of(language, [word])[word]
    given = {"translation": "house", "context": f"Se {word}.", "to_id": "en", **facts}
    return Bookmark.objects.create(
        learner=user,
        language_id=language,
        lexeme_id=lexeme,
        term=term_of(language, lexeme),
        word=word,
        key=f"{next(numbers):064}",
        **given,
    )


def make_card(user: User, word: str = "hus", **facts: object) -> PracticeCard:
    """A card of a saved word; facts are columns of the card."""
    bookmark = make_bookmark(user, word)
    cards.ensure(bookmark)
    own = PracticeCard.objects.filter(learner=user, term=bookmark.term)
    if facts:
        own.update(**facts)
    return own.get()
