"""A question's answer: from the cache, or from a provider, without a connection."""

import os
from collections.abc import Callable, Iterator
from functools import lru_cache

from django.conf import settings

from learners.dictionaries.providers import cache
from learners.dictionaries.providers.client import Client
from learners.dictionaries.providers.desk import Answer, Desk, Guarded
from learners.dictionaries.providers.errors import NoProvider
from learners.dictionaries.providers.libretranslate import LibreTranslate
from learners.dictionaries.providers.openai import OpenAI
from learners.dictionaries.providers.provider import Provider, Question
from learners.dictionaries.providers.trouble import Trouble
from zeeguu.base.breaker import Breaker
from zeeguu.base.connections import release

FOLDER = "providers"


def ask(question: Question, count: Callable[[], None]) -> Answer:
    """An answer, kept or new; count is called before somebody is asked, and may raise.

    Raises NoProvider and ProviderError. While a provider is asked, this thread has no
    connection to the database.
    """
    providers = desk().of_task(question.task)
    if not providers:
        raise NoProvider(f"Nobody is configured to {question.task} sentences.")
    found = cache.find(question, providers)
    if found:
        return found
    release()
    count()
    answer = desk().ask(question)
    cache.keep(question, providers, answer)
    return answer


def desk() -> Desk:
    """That of this process: none is shared by a fork."""
    return _desk(os.getpid())


@lru_cache(maxsize=1)
def _desk(pid: int) -> Desk:
    return Desk(map(_guarded, configured()), settings.PROVIDER_CONCURRENCY)


def configured() -> Iterator[Provider]:
    """Those that have an address, in the order in which they are asked."""
    if url := settings.LIBRETRANSLATE_URL:
        title, limit_s = LibreTranslate.title, settings.LIBRETRANSLATE_TIMEOUT_S
        yield LibreTranslate(Client(title, url, limit_s), settings.LIBRETRANSLATE_KEY)
    if url := settings.OPENAI_URL:
        client = Client(OpenAI.title, url, settings.OPENAI_TIMEOUT_S)
        yield OpenAI(client, settings.OPENAI_MODEL, settings.OPENAI_KEY)


def names() -> list[str]:
    """Of those that are configured."""
    addresses = {
        LibreTranslate.name: settings.LIBRETRANSLATE_URL,
        OpenAI.name: settings.OPENAI_URL,
    }
    return [name for name, url in addresses.items() if url]


def trouble() -> Trouble:
    return Trouble(settings.RUN_DIR / FOLDER)


def _guarded(provider: Provider) -> Guarded:
    breaker = Breaker(
        settings.PROVIDER_BREAKER_FAILURES, settings.PROVIDER_BREAKER_RETRY_S
    )
    return Guarded(provider, breaker, trouble())
