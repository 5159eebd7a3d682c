"""The texts that words are met in, with the tokens that readers are served of them."""

from dataclasses import dataclass

import orjson
from django.db.models import Q

from articles.models import Article
from learners.bookmarks.models import Bookmark
from learners.bookmarks.places import Blocks, Finder
from learners.texts.models import Text
from tokenization import serving
from tokenization.serving import SummaryRow

Part = Bookmark.Part


class NotThere(Exception):
    """There is no such article or text, or none for this learner: ``name`` and id."""

    def __init__(self, name: str, pk: int) -> None:
        super().__init__(f"there is no {name} {pk}")
        self.name = name


@dataclass(frozen=True, slots=True)
class TokensRow(SummaryRow):
    """An article with all its tokens, and nothing else."""

    content: str | None


serving.add_kind(TokensRow)


@dataclass(frozen=True)
class Source:
    """A text in its language; ``finder`` is None as long as it has no tokens."""

    language: str
    finder: Finder | None = None
    article: int | None = None
    text: int | None = None


def of_article(pk: int) -> Source:
    """A listed article, by its tokens as ``serving.article`` serves them.

    One query, two where they are not of its text. Raises NotThere.
    """
    try:
        [row] = serving.one(TokensRow, pk).rows
    except Article.DoesNotExist:
        raise NotThere("article", pk) from None
    if not row.has_tokens:
        return Source(row.language, article=pk)
    if row.made_of == row.text_hash:
        body = orjson.loads(row.content or "[]")
    else:
        body = serving.fragments_of(pk, row.content)
    finder = Finder(_blocks(row.title_tokens, row.summary_tokens, body))
    return Source(row.language, finder, article=pk)


def of_text(learner: int, pk: int) -> Source:
    """A text of the learner's, or shared with a class of theirs; raises NotThere."""
    is_mine = Q(learner=learner) | Q(shared_with__memberships__learner=learner)
    texts = Text.objects.filter(is_mine, pk=pk).order_by()
    row = texts.values_list("language", "tokenizer", "title_tokens", "content").first()
    if row is None:
        raise NotThere("text", pk)
    language, tokenizer, title, content = row
    if not tokenizer:
        return Source(language, text=pk)
    finder = Finder(_blocks(title, None, orjson.loads(content or "[]")))
    return Source(language, finder, text=pk)


def _blocks(title: str | None, summary: str | None, body: list[dict]) -> Blocks:
    heads = {(Part.TITLE, None): title, (Part.SUMMARY, None): summary}
    blocks: Blocks = {
        (part.value, none): orjson.loads(tokens)
        for (part, none), tokens in heads.items()
        if tokens
    }
    for block in body:
        if block["tokens"]:
            blocks[Part.BODY.value, block["id"]] = block["tokens"]
    return blocks
