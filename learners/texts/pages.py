"""A page of the web, or text without a word of what it is in, as a text to read.

It fetches hostile documents and loads large models: for a process of its own, which
knows no database.
"""

from dataclasses import dataclass

from articles.addresses import HTML_TYPES
from articles.crawler import apart
from articles.crawler.judge.language import SURE, other_language, recognised
from articles.crawler.pages.extract import ExtractError
from articles.crawler.web.errors import PrivateAddress
from articles.crawler.web.fetch import Fetcher, FetchError
from articles.languages import LANGUAGES, code_of
from learners.texts.fit import Fragments, NotFit
from zeeguu.base.process_pool import KillablePool

# Shorter ones are too little to contradict whoever says what language they are in.
TELLING = 200
SAY_IT = "say it as language"


@dataclass(frozen=True)
class Found:
    """A text as ``Text`` has it."""

    language: str
    title: str
    fragments: Fragments


def look(url: str, language: str = "") -> Found:
    """Fetch the page at url, as far as robots.txt allows, and read it; raises NotFit.

    language is what somebody says that it is in, "" where it is to be recognised.
    """
    try:
        with KillablePool(1) as pool, Fetcher() as fetcher:
            page = fetcher.get_article(url)
            kind = page.content_type.partition(";")[0].strip().lower()
            if kind and kind not in HTML_TYPES:
                raise NotFit("url", f"{url}: it is {kind}, and not HTML")
            found = apart.text(pool, page)
    except PrivateAddress as exc:
        # Not which one: learners need not find out how our network is laid out.
        raise NotFit("url", f"host {exc.host} has a private address") from exc
    except (FetchError, ExtractError) as exc:
        raise NotFit("url", str(exc)) from exc
    body = "\n".join(text for _, text in found.fragments)
    if not body:
        raise NotFit("url", f"{url}: no text was found on the page")
    told = language or _known(found.language)
    if not told or (not language and _other(body, told)):
        told = language_of(body, url)
    elif other := _other(body, told):
        raise NotFit("language", f"{url}: the text is in {other}, and not in {told}")
    return Found(told, found.title or url, found.fragments)


def language_of(body: str, url: str = "") -> str:
    """The code of the language of ours that a text is in; raises NotFit."""
    place = f"{url}: " if url else ""
    code, probability = recognised(body)
    if probability < SURE:
        message = f"{place}the language of the text can't be told; {SAY_IT}"
        raise NotFit("language", message)
    if code not in LANGUAGES:
        known = ", ".join(sorted(LANGUAGES))
        message = f"{place}the text is in {code}; languages here are {known}"
        raise NotFit("language", message)
    return code


def _known(declared: str) -> str:
    """Our code of the language that a page declares, "" for others."""
    code = code_of(declared.lower().partition("-")[0])
    return code if code in LANGUAGES else ""


def _other(body: str, language: str) -> str:
    other = other_language(body, language) if len(body) >= TELLING else None
    return other[0] if other else ""
