"""Articles as readers get them: rows of one query turned into ready-to-send dicts.

Rows instead of models and serializers make a page of cards three times as quick, and a
page of cards is what a home page waits for.
"""

from functools import lru_cache

import orjson

from articles.models import Article, Fragment
from tokenization import services
from tokenization.models import CacheState, state_of

CACHE = tuple(
    f"tokenization_cache__{column}"
    for column in (
        *("title", "summary", "text_hash", "tokenizer", "error", "pruned_at"),
        "retry_at",
    )
)
# Said of an article that is being tokenized: ask again in a moment.
PENDING = "pending"
SUMMARY = ("id", "language_id", "title", "summary", "text_hash", *CACHE)
CARD = (
    *("url", "feed_id", "feed__title", "authors", "image_url"),
    *("published_at", "crawled_at", "word_count", "difficulty"),
)


def summary_rows():
    """Listed articles with what ``to_summaries`` needs, without the large content."""
    return _rows(SUMMARY).all()


def card_rows():
    """Listed articles with what ``to_cards`` needs, without the large content."""
    return _rows(SUMMARY + CARD).all()


def article_rows():
    """Listed articles with all their tokens, for ``to_article``."""
    return _rows((*SUMMARY, *CARD, "tokenization_cache__content")).all()


@lru_cache(maxsize=3)
def _rows(columns):
    # Kept, since naming twenty columns of three tables costs more than reading them.
    return Article.objects.listed().values(*columns)


def to_summaries(rows):
    """Title and summary of each article and their tokens."""
    tokenizers = _tokenizers(rows)
    return [
        {
            "id": row["id"],
            "language": row["language_id"],
            "title": row["title"],
            "summary": row["summary"],
            **_tokens(row, tokenizers),
        }
        for row in rows
    ]


def to_cards(rows):
    """Cards of a page of rows, with one query for their topics."""
    topics = _topics([row["id"] for row in rows])
    tokenizers = _tokenizers(rows)
    return [_card(row, topics.get(row["id"], []), tokenizers) for row in rows]


def to_article(row):
    """An article with its body; without tokens its fragments come from their table."""
    [article] = to_cards([row])
    return {
        **article,
        "fragments": _splice(row["tokenization_cache__content"]) or _plain(row["id"]),
    }


def _card(row, topics, tokenizers):
    return {
        "id": row["id"],
        "url": row["url"],
        "title": row["title"],
        "summary": row["summary"],
        "language": row["language_id"],
        "feed": {"id": row["feed_id"], "title": row["feed__title"]},
        "topics": topics,
        "authors": row["authors"],
        "image_url": row["image_url"],
        "published_at": row["published_at"],
        "crawled_at": row["crawled_at"],
        "word_count": row["word_count"],
        "difficulty": row["difficulty"],
        **_tokens(row, tokenizers),
    }


def _tokenizers(rows):
    """The current tokenizer of each language among the rows: asked for once a page."""
    languages = {row["language_id"] for row in rows}
    return {code: services.tokenizer_version(code) for code in languages}


def _tokens(row, tokenizers):
    return {
        "tokenization": _state(row, tokenizers).value,
        "title_tokens": _splice(row["tokenization_cache__title"]),
        "summary_tokens": _splice(row["tokenization_cache__summary"]),
    }


def _state(row, tokenizers):
    if row["tokenization_cache__text_hash"] is None:
        return CacheState.MISSING
    wanted = (row["text_hash"], tokenizers[row["language_id"]])
    made_of = (
        row["tokenization_cache__text_hash"],
        row["tokenization_cache__tokenizer"],
    )
    error, pruned_at = (row[f"tokenization_cache__{n}"] for n in ("error", "pruned_at"))
    return state_of(error, pruned_at, made_of, wanted)


def _splice(text):
    """Token JSON as it is stored, put into the answer unparsed; None without any."""
    return orjson.Fragment(text) if text else None


def _topics(pks):
    pairs = Article.topics.through.objects.filter(article__in=pks)
    topics = {}
    for pk, slug in pairs.order_by("pk").values_list("article_id", "topic__slug"):
        topics.setdefault(pk, []).append(slug)
    return topics


def _plain(pk):
    rows = Fragment.objects.filter(article=pk)
    return [{**row, "tokens": None} for row in rows.values("id", "tag", "text")]
