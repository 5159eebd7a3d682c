"""Articles with tokens for tests, without a tokenizer."""

import re

import orjson

from articles.tests.factories import make_article
from tokenization.stanza.tokens import Block, to_block
from tokenization.tests.factories import make_row

PIECE = re.compile(r"\w+|[^\w\s]")
LEMMAS = {"huse": "hus", "løber": "løbe", "greift": "greifen"}


def block_of(text: str) -> Block:
    """Tokens of sentences that end with a stop."""
    sentences: list[list[tuple[int, int]]] = [[]]
    for piece in PIECE.finditer(text):
        sentences[-1].append(piece.span())
        if piece[0] == ".":
            sentences.append([])
    lemma_of = {**LEMMAS}
    return to_block(
        text,
        [one for one in sentences if one],
        lambda word: lemma_of.get(word.lower(), word.lower()),
    )


def make_read(*paragraphs: str, **facts):
    """Create an article with fresh tokens for the stub tokenizer."""
    facts = {"title": "Nyt.", "summary": "Kort.", **facts}
    article = make_article([("p", text) for text in paragraphs], **facts)
    make_row(article, **columns_of(article))
    return article


def columns_of(article) -> dict[str, str]:
    """The tokens of an article as its cache row has them."""
    body = [
        {**fragment, "tokens": block_of(fragment["text"])}
        for fragment in article.fragments.values("id", "tag", "text")
    ]
    return {
        "title": orjson.dumps(block_of(article.title)).decode(),
        "summary": orjson.dumps(block_of(article.summary)).decode(),
        "content": orjson.dumps(body).decode(),
    }


def retokenize(article) -> None:
    """Give the article's row the tokens of its text as it is now."""
    article.refresh_from_db()
    row = article.tokenization_cache
    for name, value in columns_of(article).items():
        setattr(row, name, value)
    row.text_hash = article.text_hash
    row.save()


def place(article, sentence: int, token: int, paragraph: int = 0, **facts) -> dict:
    """What a front end tells of a word in the body."""
    fragment = article.fragments.all()[paragraph].pk
    return {
        "article": article.pk,
        "part": "body",
        "fragment": fragment,
        "sentence": sentence,
        "token": token,
        **facts,
    }
