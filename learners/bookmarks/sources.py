"""The texts that words are met in, with the tokens that readers are served of them."""

from collections.abc import ItemsView, Iterator
from dataclasses import dataclass
from functools import cached_property

import orjson

from articles.models import Article
from learners.bookmarks.models import Bookmark
from learners.bookmarks.places import Block, BlockKey, Blocks, Finder
from learners.texts.sharing import readable
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
    heads = {Part.TITLE.value: row.title_tokens, Part.SUMMARY.value: row.summary_tokens}
    content = row.content or "[]"
    if row.made_of != row.text_hash:
        content = orjson.dumps(serving.fragments_of(pk, content)).decode()
    return Source(row.language, Finder(StoredBlocks(heads, content)), article=pk)


def of_text(learner: int, pk: int) -> Source:
    """A text of the learner's, or shared with a class of theirs; raises NotThere."""
    texts = readable(learner).filter(pk=pk).order_by()
    row = texts.values_list("language", "tokenizer", "title_tokens", "content").first()
    if row is None:
        raise NotThere("text", pk)
    language, tokenizer, title, content = row
    if not tokenizer:
        return Source(language, text=pk)
    blocks = StoredBlocks({Part.TITLE.value: title}, content or "[]")
    return Source(language, Finder(blocks), text=pk)


class StoredBlocks(Blocks):
    """Blocks of tokens that are JSON, read as far as they are asked for.

    A tap is in one paragraph, and to read those of a whole article takes a millisecond.
    """

    def __init__(self, heads: dict[str, str | None], content: str) -> None:
        self.heads, self.content = heads, content

    def __getitem__(self, key: BlockKey) -> Block:
        part, fragment = key
        stored = self.heads.get(part) if fragment is None else self._cut(fragment)
        if not stored:
            raise KeyError(key)
        found: Block = orjson.loads(stored)
        return found

    def __iter__(self) -> Iterator[BlockKey]:
        return iter(self._every)

    def __len__(self) -> int:
        return len(self._every)

    def items(self) -> ItemsView[BlockKey, Block]:
        return self._every.items()

    def _cut(self, fragment: int) -> str | None:
        """The tokens of a paragraph, as JSON.

        Between quotes, JSON has no quote without a backslash: so what is looked for is
        no part of any text.
        """
        _, start, rest = self.content.partition(f'{{"id":{fragment},')
        _, key, tokens = rest.partition(',"tokens":')
        block, next_one, _ = tokens.partition(',{"id":')
        ends = "}" if next_one else "}]"
        return block.removesuffix(ends) if start and key else None

    @cached_property
    def _every(self) -> dict[BlockKey, Block]:
        heads = ((part, orjson.loads(one)) for part, one in self.heads.items() if one)
        body = ((block["id"], block["tokens"]) for block in orjson.loads(self.content))
        return {
            **{(part, None): block for part, block in heads},
            **{(Part.BODY.value, pk): block for pk, block in body if block},
        }
