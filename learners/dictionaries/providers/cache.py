"""Answers in the database: found by question, and gone when they are old or many."""

import hashlib
import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from articles.deletion import delete_rows
from learners.dictionaries.providers.desk import Answer
from learners.dictionaries.providers.models import ProviderAnswer
from learners.dictionaries.providers.provider import Provider, Question
from zeeguu.base.connections import DatabaseFailed, again_after_deadlock

logger = logging.getLogger(__name__)

# Between two looks whether there are too many, where nobody else cleans up.
KEPT_BETWEEN = 1000


def key(question: Question, provider: Provider) -> str:
    """A hash of all that a provider's answer depends on, the languages apart."""
    context = question.context if provider.uses_context else ""
    parts = (question.task, question.text, context, provider.version)
    digest = hashlib.blake2b(digest_size=16)
    for part in parts:
        digest.update(hashlib.blake2b(part.encode()).digest())
    return digest.hexdigest()


def find(question: Question, providers: Sequence[Provider]) -> Answer | None:
    """The answer of the first of these that has given one lately; one query."""
    keys = {provider.name: key(question, provider) for provider in providers}
    rows = ProviderAnswer.objects.filter(
        from_language=question.source,
        to_language=question.target,
        text_hash__in=keys.values(),
        provider__in=keys,
        created_at__gt=_oldest(),
    )
    texts = {
        row.provider: row.text for row in rows if keys[row.provider] == row.text_hash
    }
    return next((Answer(texts[name], name) for name in keys if name in texts), None)


def keep(question: Question, providers: Sequence[Provider], answer: Answer) -> None:
    """Store an answer. Where that fails it is given all the same, so it is logged."""
    provider = next(one for one in providers if one.name == answer.provider)
    try:
        if _keep(question, key(question, provider), answer) % KEPT_BETWEEN == 0:
            prune()
    except DatabaseFailed as exc:
        logger.warning("An answer of %s was not kept: %s", answer.provider, exc)


@again_after_deadlock
@transaction.atomic
def _keep(question: Question, text_hash: str, answer: Answer) -> int:
    row, _ = ProviderAnswer.objects.update_or_create(
        from_language=question.source,
        to_language=question.target,
        text_hash=text_hash,
        provider=answer.provider,
        defaults={"text": answer.text, "created_at": timezone.now()},
    )
    return int(row.pk)


def prune() -> int:
    """Delete answers that are too old, and the oldest of too many; return how many."""
    gone = delete_rows(ProviderAnswer.objects.filter(created_at__lte=_oldest()))
    newest = ProviderAnswer.objects.order_by("-created_at", "-pk")
    most = settings.PROVIDER_CACHE_ROWS
    last = newest.values_list("created_at", flat=True)[most : most + 1].first()
    if last is not None:
        gone += delete_rows(ProviderAnswer.objects.filter(created_at__lte=last))
    return gone


def _oldest() -> datetime:
    return timezone.now() - timedelta(days=settings.PROVIDER_CACHE_DAYS)
