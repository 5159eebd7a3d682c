"""Articles with sets of lexemes as texts have them, quickly made, on any database."""

import hashlib
import json
import random
from bisect import bisect
from datetime import timedelta
from itertools import accumulate

from django.utils import timezone

from articles.models import Article, Feed, Language
from ops.benchmarks import server
from tokenization import lexemes
from tokenization.models import LexemeRange, TokenizationCache

# Words of a text, most of which come back, and words of a language.
WORDS, VOCABULARY = 420, server.sized(200_000, 20_000)
# By Zipf's law, as Mandelbrot put it.
SHARES = list(accumulate((rank + 2.7) ** -1.05 for rank in range(VOCABULARY)))
SETS = server.sized(2000, 50)
BATCH = 1000
# A long article's tokens, and a short one's: the former lie apart from their row.
LONG, SHORT = "x" * 40_000, "x" * 500
TITLE = "A title that is as long as titles are, number {}"
SUMMARY = "A summary of some words. " * 10


def make_sets(number: int, language_number: int = 1) -> tuple[list[bytes], list[int]]:
    """Packed sets of that many texts, and all ids, those of the frequent words first.

    In the order of their first use, as ids are given.
    """
    chance = random.Random(7)
    first = language_number * LexemeRange.LENGTH
    ids: dict[int, int] = {}
    sets = []
    for _ in range(number):
        words = {bisect(SHARES, chance.random() * SHARES[-1]) for _ in range(WORDS)}
        mine = [ids.setdefault(word, first + len(ids)) for word in words]
        sets.append(lexemes.packed(mine))
    return sets, [ids[word] for word in sorted(ids)]


def store(number: int, long: int) -> None:
    """Store articles with ids from 1 on, of all languages by turns, the last newest.

    Each has a set and tokens, those of the last ones long and their cards' too.
    """
    codes = list(
        Language.objects.learnable().order_by("code").values_list("code", flat=True)
    )
    feeds = [
        Feed.objects.create(url=f"https://bench.example.com/{code}", language_id=code)
        for code in codes
    ]
    sets, _ = make_sets(SETS)
    for start in range(1, number + 1, BATCH):
        numbers = range(start, min(start + BATCH, number + 1))
        Article.objects.bulk_create(
            _article(n, feeds[n % len(feeds)], number - n) for n in numbers
        )
        TokenizationCache.objects.bulk_create(
            (
                _tokens(n, sets[n % SETS], LONG if number - n < long else SHORT)
                for n in numbers
            ),
            batch_size=100,  # servers take no statement of more than 16 MB
        )


def _article(number: int, feed: Feed, age: int) -> Article:
    at = timezone.now() - timedelta(minutes=age)
    return Article(
        pk=number,
        language_id=feed.language_id,
        feed=feed,
        url=f"https://bench.example.com/articles/{number}",
        url_hash=_hash(number),
        title=TITLE.format(number),
        summary=SUMMARY,
        published_at=at,
        crawled_at=at,
        word_count=WORDS,
        text_hash=_hash(number),
        token_state="fresh",  # noqa: S106 - a state
    )


def _tokens(number: int, packed: bytes, content: str) -> TokenizationCache:
    now = timezone.now()
    return TokenizationCache(
        article_id=number,
        title=TITLE_TOKENS if content is LONG else NO_TOKENS,
        summary=SUMMARY_TOKENS if content is LONG else NO_TOKENS,
        content=content,
        text_hash=_hash(number),
        tokenizer="bench",
        created_at=now,
        refreshed_at=now,
        lexemes=packed,
        lexeme_counts=bytes([1]) * WORDS,
        card_lexemes=CARD_LEXEMES if content is LONG else None,
    )


def _block(text: str) -> str:
    """The tokens of a text of one sentence, as many and as long as real ones."""
    tokens = [
        {"text": word, "sent_i": 0, "token_i": place, "paragraph_i": 0}
        | {"has_space": True, "lemma": word}
        for place, word in enumerate(text.split())
    ]
    return json.dumps([[tokens]], separators=(",", ":"))


NO_TOKENS = "[[]]"
TITLE_TOKENS = _block(TITLE.format(12345))
SUMMARY_TOKENS = _block(SUMMARY)
CARD_LEXEMES = lexemes.packed_card(
    *(
        [LexemeRange.LENGTH + place for place, _ in enumerate(text.split())]
        for text in (TITLE, SUMMARY)
    )
)


def _hash(number: int) -> str:
    return hashlib.sha256(str(number).encode()).hexdigest()
