from django.db import models

from articles.collation import IS_MYSQL

# Terms are compared as they are.
ASCII = "ascii_bin" if IS_MYSQL else None


class SearchText(models.Model):
    """What an article is found by: terms, see ``articles.search.terms``.

    SQLite's FTS5 table and MariaDB's FULLTEXT index stand on these columns.
    """

    article = models.OneToOneField(
        "articles.Article",
        models.CASCADE,
        primary_key=True,
        related_name="search_text",
    )
    # What the terms were made of, and by which version of the rules. They come before
    # the texts, so that SQLite need not read these to tell.
    text_hash = models.CharField(max_length=64)
    version = models.PositiveIntegerField()
    # The language's tag, with which all its terms begin.
    language = models.CharField(max_length=5, db_collation=ASCII)
    title = models.TextField(db_collation=ASCII)
    body = models.TextField(db_collation=ASCII)
    lemmas = models.TextField(db_collation=ASCII)

    def __str__(self) -> str:
        return str(self.article_id)
