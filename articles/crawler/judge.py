"""Which articles are fit for readers. Decisions only: no database, no network."""

from articles.models import Article

MIN_WORDS = 90
MAX_WORDS = 10_000


def judge(text):
    """Return the Article.Broken reason of an ArticleText, or "" when it is fit."""
    if not text.fragments:
        return Article.Broken.NO_TEXT
    if text.word_count < MIN_WORDS:
        return Article.Broken.TOO_SHORT
    if text.word_count > MAX_WORDS:
        return Article.Broken.TOO_LONG
    return ""


def topics_for(categories, url, topics):
    """Return the topics whose keywords are among a feed's categories or URL's parts."""
    path = url.lower().split("//", 1)[-1].split("?")[0]
    words = {category.lower() for category in categories} | set(path.split("/")[1:])
    return [topic for topic in topics if words & set(topic.keywords)]
