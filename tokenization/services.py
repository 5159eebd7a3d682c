"""Fill the cache: articles in, rows of tokens out. Nothing here knows HTTP."""

import logging
from collections import Counter, defaultdict
from collections.abc import (
    Callable,
    Collection,
    Iterable,
    Iterator,
    Mapping,
    Sequence,
)
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial
from itertools import chain
from typing import Any

import orjson
from django.conf import settings
from django.db import close_old_connections, connection, transaction
from django.db.models import OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from articles.crawler.judge.facts import facts_of
from articles.models import Article, Fragment
from articles.search import index
from articles.search.terms import Terms, terms_of
from articles.text import ArticleText
from tokenization import lexemes
from tokenization.freshness import state_by
from tokenization.models import CacheState, MarkedTokenizer, TokenizationCache
from tokenization.stanza import tokens
from tokenization.stanza.engine import Engine, NoModel, TokenizerError, shared_engine
from tokenization.stanza.lemmas import Lemmatizer, shared_lemmatizer
from tokenization.stanza.separable import mark_verbs
from tokenization.words import forget_guesses, names_in, words_of
from zeeguu.base.batches import in_slices
from zeeguu.base.connections import DatabaseFailed, again_after_deadlock, release
from zeeguu.base.process_pool import KillablePool, Killed, described

logger = logging.getLogger(__name__)

RETRY_AFTER = timedelta(minutes=5)
RETRY_AT_MOST = timedelta(days=1)
# What a refill writes; created_at stays what it was, and so does a claim: whoever has
# made it gives it up, and somebody else may have the row in hand by now.
REFRESHED = [
    "title",
    "summary",
    "content",
    "text_hash",
    "tokenizer",
    "token_count",
    "bytes",
    "lexemes",
    "lexeme_counts",
    "card_lexemes",
    "refreshed_at",
    "error",
    "failures",
    "retry_at",
    "pruned_at",
]
FAILED = ["refreshed_at", "error", "failures", "retry_at", "failed_with"]
# Rows that are locked and changed in one transaction.
AT_ONCE = 500
# An article that readers get to see has a tenth of it at most.
MOST_CHARACTERS = 500_000
# The largest article that readers get to see takes two or three.
SECONDS_A_TEXT = 30


def engine() -> Engine:
    """The process's one tokenizer; it loads nothing until it is used."""
    return shared_engine(
        settings.STANZA_RESOURCES_DIR, settings.TOKENIZER_MAX_LANGUAGES
    )


def lemmatizer() -> Lemmatizer:
    """The process's one source of lemmas; it loads nothing until it is used."""
    return shared_lemmatizer(settings.LEMMAS_DIR)


def tokenizer_version(language: str) -> str:
    """What makes a language's fresh tokens, or "" when there is no such thing.

    It does not change when its model gets damaged: the tokens are as good as before.
    """
    try:
        return _version(language)
    except NoModel:
        return ""


def _version(language: str) -> str:
    return f"{engine().version(language)} {lemmatizer().version(language)}".rstrip()


def working_version(language: str) -> str:
    """What can tokenize a language now, or "": a damaged model can't."""
    return tokenizer_version(language) if _is_well(language) else ""


def working_versions() -> dict[str, str]:
    """{language: version} of all that can be tokenized now."""
    return _by_language(working_version)


def tokenizer_versions() -> dict[str, str]:
    """{language: version} of all that have a model here; none without an index."""
    return _by_language(tokenizer_version)


def _by_language(version_of: Callable[[str], str]) -> dict[str, str]:
    try:
        languages = engine().languages()
    except (OSError, ValueError):
        return {}
    versions = {language: version_of(language) for language in languages}
    return {language: version for language, version in versions.items() if version}


def broken_models(languages: Iterable[str]) -> list[str]:
    """Those of the languages, and of all that have a model here, whose model is bad.

    Reads files, loads nothing. Raises OSError and ValueError when the index of the
    models can't be read.
    """
    return [
        language
        for language in sorted({*languages, *engine().languages()})
        if not _is_well(language)
    ]


def broken_lemmas(languages: Iterable[str]) -> list[str]:
    """Those of the languages whose file of lemmas is missing or damaged.

    Imports nothing, and reads a file once.
    """
    return [code for code in sorted(languages) if lemmatizer().trouble(code)]


def _is_well(language: str) -> bool:
    try:
        engine().verify(language)
    except TokenizerError:
        return False
    return True


def state_of(article: Article) -> CacheState:
    """CacheState of an article whose cache row, if any, is loaded."""
    cache: TokenizationCache | None = getattr(article, "tokenization_cache", None)
    if cache is None:
        return CacheState.MISSING
    return cache.state_for(tokenizer_version(article.language_id))


@dataclass(frozen=True)
class Prepared:
    """Tokens of one article before they are stored, or the error instead of them.

    ``lemmas`` are those of its lexemes, each with how often it occurs; ``card`` has
    those of the title's tokens and of the summary's, "" for a token that is none.
    ``lexemes``, ``lexeme_counts`` and ``card_lexemes`` are the same by ids, packed:
    None until ``with_lexemes`` has looked these up.
    """

    text: ArticleText
    title: bytes = b""
    summary: bytes = b""
    blocks: tuple[bytes, ...] = ()
    tokenizer: str = ""
    token_count: int = 0
    lemmas: Mapping[str, int] = field(default_factory=dict)
    card: tuple[Sequence[str], Sequence[str]] = ((), ())
    lexemes: bytes | None = None
    lexeme_counts: bytes | None = None
    card_lexemes: bytes | None = None
    terms: Terms | None = None
    error: str = ""
    # Nothing could tokenize the language, whatever the text.
    lacks_model: bool = False

    @again_after_deadlock
    def save(self, article_id: int, fragment_ids: Sequence[int]) -> None:
        """Upsert the article's cache row, and note the state of its tokens.

        Nothing is done when the article is gone. A fresh row stays as it is when there
        was no usable model: that says nothing against its tokens. fragment_ids are
        those of ``text.fragments``, in order.
        """
        with changing([article_id]) as found:
            if found and not (self.lacks_model and _is_fresh(article_id)):
                self._upsert(article_id, fragment_ids)
                self._save_search(article_id)

    def _upsert(self, article_id: int, fragment_ids: Sequence[int]) -> None:
        now = timezone.now()
        row = TokenizationCache(
            article_id=article_id, created_at=now, refreshed_at=now, error=self.error
        )
        if self.error:
            row.failed_with = self.tokenizer
            self._remember_failure(row)
        else:
            row.title, row.summary = self.title.decode(), self.summary.decode()
            row.content = self._content(fragment_ids).decode()
            row.text_hash, row.tokenizer = self.text.hash, self.tokenizer
            row.token_count, row.lexemes = self.token_count, self.lexemes
            row.lexeme_counts = self.lexeme_counts
            row.card_lexemes = self.card_lexemes
            row.bytes = sum(
                len(text.encode()) for text in (row.title, row.summary, row.content)
            )
        _upsert(row, FAILED if self.error else REFRESHED)

    def _save_search(self, article_id: int) -> None:
        """Have the article found by its words; without tokens, by no others of them."""
        if self.terms:
            index.save(article_id, self.text.hash, self.terms)
            return
        language = Article.objects.values_list("language", flat=True).get(pk=article_id)
        index.save_text(article_id, language, self.text)

    def _content(self, fragment_ids: Sequence[int]) -> bytes:
        fragments = zip(fragment_ids, self.text.fragments, self.blocks, strict=True)
        return orjson.dumps(
            [
                {"id": pk, "tag": tag, "text": text, "tokens": orjson.Fragment(block)}
                for pk, (tag, text), block in fragments
            ]
        )

    def _remember_failure(self, row: TokenizationCache) -> None:
        earlier = TokenizationCache.objects.filter(pk=row.article_id)
        row.failures = 1 + sum(earlier.values_list("failures", flat=True))
        wait = RETRY_AFTER * 2 ** min(row.failures - 1, 10)
        row.retry_at = row.refreshed_at + min(wait, RETRY_AT_MOST)


def prepare(texts: Iterable[ArticleText], language: str) -> list[Prepared]:
    """Tokenize many ArticleTexts of one language in one go; return their Prepared.

    A failing text fails alone: the batch is then tried again one by one. Never raises
    TokenizerError; what failed says so in ``error``, and its ``tokenizer`` is what
    failed on it: "" where a missing or damaged model did.
    """
    texts = list(texts)
    version = working_version(language)
    try:
        return _prepare(texts, language)
    except TokenizerError as exc:
        lacks_model = isinstance(exc, NoModel)
        if len(texts) == 1 or lacks_model:
            error = str(exc)
            return [
                Prepared(t, tokenizer=version, error=error, lacks_model=lacks_model)
                for t in texts
            ]
    return [prepared for text in texts for prepared in prepare([text], language)]


def prepare_in(
    pool: KillablePool,
) -> Callable[[Sequence[ArticleText], str], list[Prepared]]:
    """A ``prepare`` that works in a KillablePool; whatever happens there is an error.

    What nobody foresaw costs the text that causes it: the others are tried again alone.
    What it returns has its lexemes: it is to be called outside of transactions.
    """

    def prepare(texts: Sequence[ArticleText], language: str) -> list[Prepared]:
        return with_lexemes(_prepare_in(pool, texts, language), language)

    return prepare


def _prepare_in(
    pool: KillablePool, texts: Sequence[ArticleText], language: str
) -> list[Prepared]:
    if not texts:
        return []
    try:
        timeout_s = SECONDS_A_TEXT * len(texts)
        found: list[Prepared] = pool.run(prepare, texts, language, timeout_s=timeout_s)
        return found
    except Killed as exc:
        error = f"tokenizing {exc}"
    except Exception as exc:
        if len(texts) > 1:
            alone = [_prepare_in(pool, [text], language) for text in texts]
            return [prepared for (prepared,) in alone]
        logger.exception("%r was not tokenized", texts[0].title[:50])
        error = f"tokenizing failed: {described(exc)}"
    version = working_version(language)
    return [
        Prepared(text, tokenizer=version, error=error, lacks_model=not version)
        for text in texts
    ]


def _prepare(texts: Sequence[ArticleText], language: str) -> list[Prepared]:
    parts = [[t.title, t.summary, *(body for _, body in t.fragments)] for t in texts]
    flat = [part for article in parts for part in article]
    for text, article in zip(texts, parts, strict=True):
        _require_size(text, article)
    # First: a model that is replaced meanwhile leaves stale rows, not mislabelled ones.
    tokenizer = _version(language)
    lemma_of = partial(lemmatizer().lemma, language=language)
    offsets = iter(engine().tokenize(flat, language))
    prepared = []
    for text, article in zip(texts, parts, strict=True):
        blocks = [
            tokens.to_block(part, next(offsets), lemma_of, one_sentence=place == 0)
            for place, part in enumerate(article)
        ]
        for block in blocks:
            mark_verbs(block, language, lemmatizer())
        names = names_in(blocks, language, lemmatizer())
        forget_guesses(blocks, names, language, lemmatizer())
        title, summary, *body = map(orjson.dumps, blocks)
        total = sum(map(tokens.count, blocks))
        words = [words_of(block, names) for block in blocks]
        lemmas = Counter(filter(None, chain.from_iterable(words)))
        terms = terms_of(text, language, *tokens.lemmas(blocks))
        for_row = (title, summary, tuple(body), tokenizer, total)
        for_lists = (lemmas, (words[0], words[1]))
        prepared.append(Prepared(text, *for_row, *for_lists, terms=terms))
    return prepared


def with_lexemes(prepared: Sequence[Prepared], language: str) -> list[Prepared]:
    """The same, each with the ids of its lexemes; those that are new are made.

    Where the database refuses, that is the error of all.
    """
    lemmas = frozenset().union(*(each.lemmas for each in prepared))
    try:
        ids = lexemes.ids_of(language, lemmas) if lemmas else {}
    except DatabaseFailed as exc:
        logger.exception("Lexemes of %r were not stored", language)
        error = f"the lexemes can't be stored: {exc}"
        return [each if each.error else replace(each, error=error) for each in prepared]
    return [each if each.error else _with_lexemes(each, ids) for each in prepared]


def _with_lexemes(prepared: Prepared, ids: Mapping[str, int]) -> Prepared:
    counts: Counter[int] = Counter()
    for lemma, count in prepared.lemmas.items():
        if lemma in ids:
            counts[ids[lemma]] += count
    title, summary = ([ids.get(lemma, 0) for lemma in part] for part in prepared.card)
    return replace(
        prepared,
        lexemes=lexemes.packed(counts),
        lexeme_counts=lexemes.packed_counts(counts),
        card_lexemes=lexemes.packed_card(title, summary),
    )


def _require_size(text: ArticleText, parts: Iterable[str]) -> None:
    size = sum(map(len, parts))
    if size > MOST_CHARACTERS:
        raise TokenizerError(
            f"{text.title[:50]!r} has {size} characters; at most {MOST_CHARACTERS} are"
            " tokenized, so shorten the article"
        )


def fill(articles: Sequence[Article]) -> dict[int, str]:
    """Tokenize stored articles in bulk, by language, and store the tokens.

    Returns the error of each article that failed, by its id. No transaction is open
    while the tokenizer works, and outside of one no connection is held.
    """
    errors: dict[int, str] = {}
    for language, mine in _by_language_of(articles).items():
        errors |= _fill(mine, language)
    return errors


def _by_language_of(articles: Iterable[Article]) -> dict[str, list[Article]]:
    found = defaultdict(list)
    for article in articles:
        found[article.language_id].append(article)
    return found


def _fill(articles: list[Article], language: str) -> dict[int, str]:
    bodies: dict[int, list[list[Any]]] = {article.pk: [] for article in articles}
    fragments = Fragment.objects.filter(article__in=bodies).order_by("position")
    for article_id, *fragment in fragments.values_list("article", "pk", "tag", "text"):
        bodies[article_id].append(fragment)
    texts = [_text_of(article, bodies[article.pk]) for article in articles]
    release()
    errors = {}
    prepared = with_lexemes(prepare(texts, language), language)
    for article, tokens_of_it in zip(articles, prepared, strict=True):
        _correct_facts(article, tokens_of_it.text)
        ids = [pk for pk, _, _ in bodies[article.pk]]
        if error := _save(tokens_of_it, article.pk, ids):
            errors[article.pk] = error
    return errors


def _text_of(article: Article, fragments: Iterable[Sequence[Any]]) -> ArticleText:
    body = tuple((tag, text) for _, tag, text in fragments)
    return ArticleText(article.title, article.summary, body)


def _correct_facts(article: Article, text: ArticleText) -> None:
    """Heal what a direct edit of the database left behind.

    Otherwise the tokens would count as stale after every refill.
    """
    if article.text_hash != text.hash:
        facts = facts_of(text, article.language_id, article.broken)
        unchanged = Article.objects.filter(pk=article.pk, text_hash=article.text_hash)
        unchanged.update(**vars(facts))


def _save(prepared: Prepared, article_id: int, fragment_ids: Sequence[int]) -> str:
    """Store an article's tokens, or what the database has against them.

    Raises DatabaseFailed when that can't be stored either.
    """
    try:
        prepared.save(article_id, fragment_ids)
    except DatabaseFailed as exc:
        logger.exception("The tokens of article %s were not stored", article_id)
        if not connection.in_atomic_block:
            close_old_connections()  # it may have hung up on us
        failed = replace(prepared, error=f"the tokens can't be stored: {exc}")
        failed.save(article_id, fragment_ids)
        return failed.error
    return prepared.error


def _is_fresh(article_id: int) -> bool:
    articles = Article.objects.select_related("tokenization_cache")
    return state_of(articles.get(pk=article_id)) == CacheState.FRESH


def invalidate(caches: QuerySet) -> int:
    """Make rows stale: they are served until a refill replaces them."""
    return sum(map(_invalidate, _batches(caches)))


@again_after_deadlock
def _invalidate(pks: Collection[int]) -> int:
    with changing(pks) as found:
        rows = TokenizationCache.objects.filter(pk__in=found)
        return rows.update(text_hash="", error="", failures=0, retry_at=None)


def delete(caches: QuerySet) -> None:
    """Delete rows; their articles have no tokens then."""
    for pks in _batches(caches):
        _delete(pks)


@again_after_deadlock
def _delete(pks: Collection[int]) -> None:
    with changing(pks) as found:
        TokenizationCache.objects.filter(pk__in=found).delete()


def _batches(caches: QuerySet) -> Iterable[list[int]]:
    pks = sorted(caches.values_list("pk", flat=True))
    return in_slices(pks, AT_ONCE)


def _upsert(row: TokenizationCache, fields: list[str]) -> None:
    target = connection.features.supports_update_conflicts_with_target
    TokenizationCache.objects.bulk_create(
        [row],
        update_conflicts=True,
        update_fields=fields,
        unique_fields=["article"] if target else None,
    )


# --- the states that articles keep


@contextmanager
def changing(article_ids: Collection[int]) -> Iterator[set[int]]:
    """A transaction in which the cache rows of articles may be changed.

    Yields the ids of those articles that exist. They are locked, before any of their
    rows, so that nobody else changes or deletes these; at the end their state is noted.
    """
    with transaction.atomic():
        languages = _lock(article_ids)
        yield set(languages)
        if languages:
            transaction.on_commit(partial(_doubt_marks, _note(languages)))


@again_after_deadlock
def mark(article_ids: Collection[int]) -> int:
    """Note the state of articles as it is; return how many of them there are."""
    with changing(article_ids) as found:
        return len(found)


def _lock(article_ids: Collection[int]) -> dict[int, str]:
    """{id: language} of those that exist."""
    # In this order, so that two who lock many never wait for each other.
    articles = Article.objects.filter(pk__in=list(article_ids)).order_by("pk")
    return dict(articles.select_for_update().values_list("pk", "language"))


def _note(languages: dict[int, str]) -> dict[str, str]:
    """Note their state; return {language: the tokenizer that decided it}."""
    by_language = defaultdict(list)
    for pk, language in languages.items():
        by_language[language].append(pk)
    tokenizers = {language: tokenizer_version(language) for language in by_language}
    for language, pks in by_language.items():
        # A statement of its own, after the lock: it sees what others have committed.
        state = true_state(tokenizers[language])
        Article.objects.filter(pk__in=pks).update(token_state=state)
    return tokenizers


@again_after_deadlock
def _doubt_marks(tokenizers: dict[str, str]) -> None:
    """Have a language compared anew where another tokenizer than ours is marked.

    While a new version is deployed, old processes go on, and note by their tokenizer
    what is fresh. After their commit: whoever compares meanwhile has marked before.
    """
    marks = MarkedTokenizer.objects.filter(language__in=tokenizers)
    ours = tokenizers.items()
    if other := [m.pk for m in marks if (m.pk, m.version) not in ours]:
        MarkedTokenizer.objects.filter(pk__in=other).delete()


def true_state(tokenizer: str) -> Coalesce:
    """The CacheState of articles, for the database to work out.

    tokenizer is their language's.
    """
    caches = TokenizationCache.objects.filter(pk=OuterRef("pk")).order_by()
    state = Subquery(caches.values(state=state_by(tokenizer)))
    return Coalesce(state, Value(CacheState.MISSING))
