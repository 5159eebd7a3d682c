"""Processes that store articles with many words in common, while readers read lists."""

import time
from itertools import chain

import pytest

from articles.models import Article
from articles.tests.factories import make_article
from tokenization import lexemes, serving
from tokenization.models import CacheState, Lexeme, TokenizationCache
from tokenization.serving import Wanted
from tokenization.tests.processes import start_python

pytestmark = [pytest.mark.integration, pytest.mark.django_db(transaction=True)]

WRITERS, LEMMAS = 4, 900
PATIENCE_S = 120
# A list takes some milliseconds; the machine may be busy.
LONGEST_READ_S = 2

# Each time a few words more, in an order of its own, and the article beside them. Who
# gave way in a deadlock would do it again, so that each is counted. Who comes second
# with the language's range has only to read it.
WRITER = f"""
import random, sys
import django
django.setup()
from django.db import IntegrityError, connection
from articles.text import ArticleText
from tokenization import services
from tokenization.services import Prepared, with_lexemes
from zeeguu.base.connections import DatabaseFailed

def noting(execute, *args):
    try:
        return execute(*args)
    except IntegrityError:
        raise
    except DatabaseFailed as exc:
        print(exc, file=sys.stderr)
        raise

language, seed, *ids = sys.argv[1:]
chance = random.Random(int(seed))
text = ArticleText("Title", "", ())
for place, pk in enumerate(map(int, ids)):
    words = [f"ord{{number:x}}" for number in range((place + 1) * {LEMMAS})]
    lemmas = dict.fromkeys(chance.sample(words, {LEMMAS}), 1)
    with connection.execute_wrapper(noting):
        made = Prepared(text, b"[]", b"[]", (), f"stub {{language}}", 1, lemmas)
        [ready] = with_lexemes([made], language)
        ready.save(pk, [])
"""


def start(language, seed, articles):
    return start_python("-c", WRITER, language, seed, *articles)


def read_until_all_end(writers):
    """Read lists; the seconds of each time."""
    until = time.monotonic() + PATIENCE_S
    while any(writer.poll() is None for writer in writers):
        assert time.monotonic() < until
        started = time.monotonic()
        assert len(serving.page(Wanted(languages=("da",)), 20).rows) == 20
        Lexeme.objects.filter(language="da").first()
        yield time.monotonic() - started


def test_many_who_make_the_same_lexemes_hold_up_nobody():
    articles = [make_article(title="Title", fragments=()) for _ in range(24)]
    ids = [article.pk for article in articles]
    mine = [ids[place::WRITERS] for place in range(WRITERS)]
    writers = [start("da", seed, pks) for seed, pks in enumerate(mine)]
    longest = max(read_until_all_end(writers))
    ended = [(*writer.communicate(), writer.returncode) for writer in writers]
    assert ended == [("", "", 0)] * WRITERS  # no error, no deadlock
    assert longest < LONGEST_READ_S
    assert set(Article.objects.values_list("token_state", flat=True)) <= {
        CacheState.FRESH,
        CacheState.STALE,
    }
    sets = TokenizationCache.objects.values_list("lexemes", flat=True)
    known = set(Lexeme.objects.values_list("pk", flat=True))
    found = [lexemes.unpacked(packed) for packed in sets]
    assert {len(one) for one in found} == {LEMMAS}
    assert set(chain.from_iterable(found)) == known
