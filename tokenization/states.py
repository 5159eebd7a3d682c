"""States of tokens that change all at once, noted down where lists look for them.

``Article.token_state`` is what lists, counts and the backlog go by. Who changes a cache
row keeps it true (``services.changing``), but a tokenizer that has changed makes all
tokens stale without a word. A process with another tokenizer than the marked one takes
the mark away when it has changed a row.
"""

import logging
from secrets import token_hex

from django.db import connection
from django.db.models import F, QuerySet

from articles.models import Article, Language
from tokenization import services
from tokenization.models import UNDER_WAY, MarkedTokenizer
from zeeguu.base.batches import id_batches, in_slices
from zeeguu.base.connections import again_after_deadlock

logger = logging.getLogger(__name__)

# Articles compared in one statement, and those that are locked and changed together.
COMPARED, CHANGED = 5000, 500


def ensure_marked(anew: bool = False) -> int:
    """Note the states of all articles whose tokenizer has changed since the last time.

    anew: of all articles, as if nothing were known of them.
    Returns how many states were not as noted. Reads every row of such a language, in
    short statements: for commands and tasks, never for a request.
    """
    marked = dict(MarkedTokenizer.objects.values_list("language", "tokenizer"))
    known = services.tokenizer_versions()
    changed = 0
    learnable = Language.objects.learnable().order_by("code")
    for language in learnable.values_list("code", flat=True):
        tokenizer = known.get(language, "")
        # Without an index of the models nobody knows what is stale.
        if known and (anew or marked.get(language) != tokenizer):
            under_way = _begin(language, tokenizer)
            changed += mark_language(language, tokenizer)
            # Unless somebody with another tokenizer has saved, or begun, meanwhile.
            begun = MarkedTokenizer.objects.filter(pk=language, tokenizer=under_way)
            begun.update(tokenizer=tokenizer)
    return changed


@again_after_deadlock
def _begin(language: str, tokenizer: str) -> str:
    """Mark a language as being noted, before it is read; return the mark."""
    mark = f"{tokenizer}{UNDER_WAY}{token_hex(4)}"
    target = connection.features.supports_update_conflicts_with_target
    # One statement: two who find no row, and add it, would wait for each other.
    MarkedTokenizer.objects.bulk_create(
        [MarkedTokenizer(language_id=language, tokenizer=mark)],
        update_conflicts=True,
        update_fields=["tokenizer"],
        unique_fields=["language"] if target else None,
    )
    return mark


def mark_language(language: str, tokenizer: str) -> int:
    """Note the states of a language's articles; return how many were not as noted."""
    changed = 0
    articles = Article.objects.filter(language=language)
    for pks in id_batches(articles, COMPARED):
        differing = _differing(articles.filter(pk__range=(pks[0], pks[-1])), tokenizer)
        for few in in_slices(differing, CHANGED):
            services.mark(few)
        changed += len(differing)
    if changed:
        logger.info("%s: noted the tokens' state of %s articles", language, changed)
    return changed


def _differing(articles: QuerySet, tokenizer: str) -> list[int]:
    truth = articles.annotate(truth=services.true_state(tokenizer))
    differing = truth.exclude(token_state=F("truth"))
    return list(differing.values_list("pk", flat=True))
