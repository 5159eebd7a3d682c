"""What a learner knows of an article's words."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from articles.models import Article
from learners.knowledge import store
from learners.knowledge.coverage import Coverage, Measure, Worth, worth_learning
from learners.knowledge.store import State
from tokenization.lexemes import packed, unpacked, words_of
from zeeguu.base.connections import again_after_deadlock

if TYPE_CHECKING:
    from pyroaring import BitMap


@dataclass(frozen=True)
class ArticleWords:
    """The words of an article, or of another text, by lemma, each with its state.

    ``likely`` are those of the new ones that were read before and not tapped.
    """

    language: str
    coverage: Coverage | None
    words: dict[str, State]
    likely: list[str]
    worth_learning: list[Worth]


def words_in(learner: int, article: int) -> ArticleWords:
    """The ArticleWords of an article for a learner, both by their ids; three queries.

    Raises Article.DoesNotExist where readers can't see it.
    """
    return words_among(learner, *_lexemes(article))


def words_among(
    learner: int, language: str, lexemes: "BitMap", counts: bytes | None
) -> ArticleWords:
    """The same of a text's lexemes, and how often it has each; two queries."""
    sets, words = store.read(learner, language), words_of(lexemes)
    measure = Measure(sets)
    return ArticleWords(
        language,
        measure.of(lexemes),
        {word.lemma: sets.state(pk) for pk, word in words.items()},
        sorted(words[pk].lemma for pk in sets.likely & lexemes if pk in words),
        worth_learning(measure, lexemes, counts, words),
    )


def know_the_rest(learner: int, article: int) -> tuple[str, list[int]]:
    """Put an article's new words into KNOWN; (its language, the lexemes' ids).

    Those that others change meanwhile are not among them. Raises Article.DoesNotExist.
    """
    language, lexemes, _ = _lexemes(article)
    return language, know_new(learner, language, lexemes)


@again_after_deadlock
def know_new(learner: int, language: str, lexemes: "BitMap") -> list[int]:
    """Put the new ones among lexemes into KNOWN; returns their ids."""
    with store.changing(learner, language) as sets:
        new = lexemes - sets.seen
        sets.known.update(new)
    return sorted(new)


def _lexemes(article: int) -> "tuple[str, BitMap, bytes | None]":
    """An article's language, its lexemes, none before it has tokens, their counts."""
    columns = ("lexemes", "lexeme_counts")
    rows = Article.objects.listed().filter(pk=article)
    found = rows.values_list("language", *(f"tokenization_cache__{c}" for c in columns))
    language, lexemes, counts = found.get()
    return language, unpacked(lexemes or packed([])), counts
