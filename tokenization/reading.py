"""Articles as readers get them: rows of one query turned into ready-to-send dicts.

Rows instead of models and serializers make a page of cards three times as quick, and a
page of cards is what a home page waits for.
"""

import hashlib
from functools import lru_cache

import orjson
from django.db.models import OuterRef, Subquery

from articles.models import Article, Feed, Fragment
from tokenization import services
from tokenization.models import CacheState, state_of

TITLE, SUMMARY, CONTENT = TOKENS = tuple(
    f"tokenization_cache__{column}" for column in ("title", "summary", "content")
)
TOKENIZER = "tokenization_cache__tokenizer"
# Small columns that tell the state of the tokens, and change when these do.
STATE = (
    *(f"tokenization_cache__{column}" for column in ("text_hash", "error")),
    *(f"tokenization_cache__{column}" for column in ("pruned_at", "refreshed_at")),
    TOKENIZER,
)
TEXT = ("id", "language_id", "title", "summary", "text_hash", *STATE)
# What tells whether a miss may be filled; lists do not ask.
RETRY = ("tokenization_cache__retry_at", "tokenization_cache__failed_with")
CARD = (
    "url",
    "feed_id",
    "feed_title",
    "authors",
    "image_url",
    "published_at",
    "crawled_at",
    "word_count",
    "difficulty",
    "level",
)
# No join: the database could begin with the feeds, which are few, and sort all.
FEED_TITLE = Subquery(
    Feed.objects.filter(pk=OuterRef("feed")).order_by().values("title")
)
# Said of an article that is being tokenized: ask again in a moment.
PENDING = "pending"


def summary_rows(tokens=True):
    """Listed articles for ``to_summaries``; without tokens, for ``etag``."""
    return _rows(TEXT + RETRY + ((TITLE, SUMMARY) if tokens else ())).all()


def card_rows(tokens=True):
    """Listed articles for ``to_cards``; without tokens, for ``etag``."""
    return _rows(TEXT + CARD + ((TITLE, SUMMARY) if tokens else ())).all()


def article_rows(tokens=True):
    """Listed articles for ``to_article``; without tokens, for ``etag``."""
    return _rows(TEXT + RETRY + CARD + (TOKENS if tokens else ())).all()


@lru_cache(maxsize=6)
def _rows(columns):
    # Kept, since naming twenty columns of three tables costs more than reading them.
    articles = Article.objects.listed()
    if "feed_title" in columns:
        articles = articles.annotate(feed_title=FEED_TITLE)
    return articles.values(*columns)


def again(seen):
    """The cards of rows that were read without their tokens, in the same order.

    By their ids: what the list's filters cost, and where its page begins, is known.
    """
    if not seen:
        return []
    ids = [row["id"] for row in seen]
    rows = {row["id"]: row for row in card_rows().filter(pk__in=ids)}
    return [rows[pk] for pk in ids if pk in rows]


def with_topics(rows, seen=None):
    """Rows of a page as a list, each with the slugs of its ``topics``.

    One query, or none where the same rows have been seen with their topics.
    """
    rows = list(rows)
    if seen is None:
        topics = _topics([row["id"] for row in rows])
    else:
        topics = {row["id"]: row["topics"] for row in seen}
    return [{**row, "topics": topics.get(row["id"], [])} for row in rows]


def etag(rows, *more):
    """A weak ETag of what is answered with these rows, whether they have the tokens.

    The tokens themselves need not be looked at: hashes and times stand for them.
    """
    facts = [
        [value for name, value in row.items() if name not in TOKENS] for row in rows
    ]
    text = orjson.dumps([facts, _tokenizers(rows), more], option=orjson.OPT_SORT_KEYS)
    return f'W/"{hashlib.blake2b(text, digest_size=16).hexdigest()}"'


def has_tokens(row):
    return bool(row[TOKENIZER])


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
    """Cards of a page of rows that have their topics."""
    tokenizers = _tokenizers(rows)
    return [_card(row, tokenizers) for row in rows]


def to_article(row):
    """An article with its body; unless its tokens are of this text, from its table."""
    [article] = to_cards([row])
    is_of_text = row["tokenization_cache__text_hash"] == row["text_hash"]
    stored = _splice(row[CONTENT]) if is_of_text else None
    return {**article, "fragments": stored or body_now(row["id"], row[CONTENT])}


def _card(row, tokenizers):
    return {
        "id": row["id"],
        "url": row["url"],
        "title": row["title"],
        "summary": row["summary"],
        "language": row["language_id"],
        "feed": {"id": row["feed_id"], "title": row["feed_title"]},
        "topics": row["topics"],
        "authors": row["authors"],
        "image_url": row["image_url"],
        "published_at": row["published_at"],
        "crawled_at": row["crawled_at"],
        "word_count": row["word_count"],
        "difficulty": row["difficulty"],
        "level": row["level"],
        **_tokens(row, tokenizers),
    }


def _tokenizers(rows):
    """The current tokenizer of each language among the rows: asked for once a page."""
    languages = {row["language_id"] for row in rows}
    return {code: services.tokenizer_version(code) for code in languages}


def _tokens(row, tokenizers):
    return {
        "tokenization": _state(row, tokenizers),
        "title_tokens": _splice(row[TITLE]),
        "summary_tokens": _splice(row[SUMMARY]),
    }


def _state(row, tokenizers):
    if row.get("is_pending"):
        return PENDING
    return _cache_state(row, tokenizers).value


def _cache_state(row, tokenizers):
    if row["tokenization_cache__text_hash"] is None:
        return CacheState.MISSING
    wanted = (row["text_hash"], tokenizers[row["language_id"]])
    made_of = (row["tokenization_cache__text_hash"], row[TOKENIZER])
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


def body_now(pk, content):
    """The fragments of an article as they are stored, each with its tokens or None.

    Of content, the JSON of a cache row that may be stale, the tokens of an unchanged
    text are taken: nobody must be shown a text that the article has no longer.
    """
    blocks = orjson.loads(content) if content else []
    tokens = {(block["id"], block["text"]): block["tokens"] for block in blocks}
    rows = Fragment.objects.filter(article=pk).values("id", "tag", "text")
    return [{**row, "tokens": tokens.get((row["id"], row["text"]))} for row in rows]
