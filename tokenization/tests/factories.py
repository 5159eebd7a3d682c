"""Cache rows for tests, without the tokenizer's having run."""

from django.utils import timezone

from articles.tests.factories import make_article
from tokenization import services
from tokenization.models import TokenizationCache


def make_row(article=None, **facts):
    """Create a row with tokens, fresh for the stub tokenizer; its state is noted."""
    article = article or make_article()
    now = timezone.now()
    facts = {
        **dict.fromkeys(("title", "summary", "content"), "[]"),
        "text_hash": article.text_hash,
        "tokenizer": f"stub 1 {article.language_id}",
        "token_count": 3,
        "bytes": 6,
        "created_at": now,
        "refreshed_at": now,
        **facts,
    }
    row = TokenizationCache.objects.create(article=article, **facts)
    services.mark([article.pk])
    return row
