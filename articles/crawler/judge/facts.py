"""What follows from an article's text and language: worked out here, and only here.

The crawl, an update and an admin's edit all take it from ``facts_of``, so that none
forgets any of it.
"""

from dataclasses import dataclass, replace

from articles.text import ArticleText

# Why readers may see an article, or have seen it; what nobody reads is not measured.
FOR_READERS = {"", "duplicate", "hidden", "reported"}


@dataclass(frozen=True)
class TextFacts:
    """Columns of Article, by their names.

    difficulty, sentence_length and level are ``difficulty.measure``'s. simhash is
    signed, of 64 bits, None of a short text.
    """

    word_count: int
    text_hash: str
    difficulty: float | None = None
    sentence_length: float | None = None
    level: str = ""
    simhash: int | None = None


def facts_of(text: ArticleText, language: str, broken: str = "") -> TextFacts:
    """Return the TextFacts of an article; language is a code, broken its reason.

    The first call in a process, and in a language, loads 4 to 30 MB.
    """
    facts = TextFacts(text.word_count, text.hash)
    return _measured(facts, text, language) if broken in FOR_READERS else facts


def _measured(facts: TextFacts, text: ArticleText, language: str) -> TextFacts:
    # No web process should have these, but one in which an admin edits articles.
    from articles.crawler.judge.near_duplicates import fingerprint  # noqa: PLC0415
    from articles.difficulty import measure  # noqa: PLC0415

    facts = replace(facts, simhash=fingerprint(text))
    found = measure(text, language)
    if found is None:
        return facts
    return replace(
        facts,
        difficulty=found.rare_share,
        sentence_length=found.sentence_length,
        level=found.band,
    )
