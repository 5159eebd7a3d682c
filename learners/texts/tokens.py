"""The tokens of learners' own texts: made for who reads them, and never for long."""

from dataclasses import dataclass
from datetime import datetime
from functools import partial

import orjson
from django.db.models import QuerySet
from django.utils import timezone

from articles.text import ArticleText
from learners.texts.models import Text
from tokenization import on_miss, services
from tokenization.backlog import is_waiting
from tokenization.models import CacheState
from tokenization.serving import PENDING
from zeeguu.base.connections import release

# What lists do without.
LARGE = ("fragments", "content", "title_tokens", "lexeme_counts")


@dataclass(frozen=True)
class Read:
    """A text as it is read; ``is_pending`` when tokens of it are being made."""

    text: Text
    is_pending: bool = False

    @property
    def tokenization(self) -> str:
        """A CacheState's value, or PENDING."""
        return PENDING if self.is_pending else state_of(self.text).value

    def stored_content(self) -> str:
        """The JSON of its blocks, each with its tokens or null."""
        return self.text.content or orjson.dumps(blocks(self.text)).decode()


def blocks(text: Text, tokens: tuple[bytes, ...] = ()) -> list[dict]:
    """A text's fragments with ids, which are their places from 1, and their tokens."""
    every = tokens or (b"null",) * len(text.fragments)
    return [
        {"id": place, "tag": tag, "text": part, "tokens": orjson.Fragment(block)}
        for place, ((tag, part), block) in enumerate(
            zip(text.fragments, every, strict=True), 1
        )
    ]


def state_of(text: Text) -> CacheState:
    """What its tokens are worth, as far as is known without its paragraphs."""
    if not text.tokenizer:
        return CacheState.FAILED if text.retry_at else CacheState.MISSING
    current = services.tokenizer_version(text.language_id)
    is_fresh = bool(text.text_hash) and text.tokenizer == current
    return CacheState.FRESH if is_fresh else CacheState.STALE


def read(texts: QuerySet[Text], pk: int) -> Read:
    """One of the texts; tokens that it lacks, or that are stale, are made now.

    Within the budget of those who read; what takes longer goes on, and is there when it
    is read again. Until then stale ones serve. Raises Text.DoesNotExist.
    """
    text = texts.get(pk=pk)
    filler = on_miss.filler()
    if filler is None or not _is_wanted(text):
        return Read(text)
    if filler.do(("text", pk), partial(fill, pk)):
        return Read(texts.get(pk=pk))
    return Read(text, is_pending=not text.tokenizer)


def _is_wanted(text: Text) -> bool:
    if state_of(text) == CacheState.FRESH:
        return False
    is_left_alone = is_waiting(text.language_id, text.retry_at, text.failed_with)
    return not is_left_alone


def fill(pk: int) -> bool:
    """Make the tokens of a text, and store them or that it failed.

    No transaction is open while the tokenizer works. False where it is gone, or has
    another title since.
    """
    text = Text.objects.only("language", "title", "fragments").filter(pk=pk).first()
    if text is None:
        return False
    parts = tuple((tag, part) for tag, part in text.fragments)
    whole = ArticleText(text.title, "", parts)
    release()
    language = text.language_id
    [made] = services.with_lexemes(services.prepare([whole], language), language)
    facts: dict[str, str | bytes | datetime | None]
    if made.error:
        retry_at = timezone.now() + services.RETRY_AFTER
        facts = {"failed_with": made.tokenizer, "retry_at": retry_at}
    else:
        facts = {
            "title_tokens": made.title.decode(),
            "content": orjson.dumps(blocks(text, made.blocks)).decode(),
            "text_hash": whole.hash,
            "tokenizer": made.tokenizer,
            "lexemes": made.lexemes,
            "lexeme_counts": made.lexeme_counts,
            "failed_with": "",
            "retry_at": None,
        }
    return bool(Text.objects.filter(pk=pk, title=text.title).update(**facts))
