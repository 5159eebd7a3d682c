from typing import Any

import django.db.models.deletion
from django.db import migrations, models

from articles.search.models import ASCII

TABLE, INDEX = "articles_searchtext", "articles_searchindex"
COLUMNS = ("title", "body", "lemmas")
NAMES = ", ".join(COLUMNS)
NEW = f"new.article_id, {', '.join(f'new.{name}' for name in COLUMNS)}"
OLD = f"'delete', old.article_id, {', '.join(f'old.{name}' for name in COLUMNS)}"
# What is told to the index, whoever writes or deletes a row, and by which way.
ADD = f"INSERT INTO {INDEX}(rowid, {NAMES}) VALUES ({NEW});"
REMOVE = f"INSERT INTO {INDEX}({INDEX}, rowid, {NAMES}) VALUES ({OLD});"
ON_SQLITE = [
    f"CREATE VIRTUAL TABLE {INDEX} USING fts5({NAMES}, content='{TABLE}',"
    " content_rowid='article_id', tokenize='ascii')",
    f"CREATE TRIGGER {INDEX}_add AFTER INSERT ON {TABLE} BEGIN {ADD} END",
    f"CREATE TRIGGER {INDEX}_remove AFTER DELETE ON {TABLE} BEGIN {REMOVE} END",
    f"CREATE TRIGGER {INDEX}_change AFTER UPDATE ON {TABLE} BEGIN {REMOVE} {ADD} END",
]
OFF_SQLITE = [
    *(f"DROP TRIGGER {INDEX}_{name}" for name in ("add", "remove", "change")),
    f"DROP TABLE {INDEX}",
]
# An index keeps for good how stop words were set when it was made.
ON_MYSQL = [
    "SET SESSION innodb_ft_enable_stopword = OFF",
    f"CREATE FULLTEXT INDEX {INDEX} ON {TABLE} ({NAMES})",
    "SET SESSION innodb_ft_enable_stopword = DEFAULT",
]
OFF_MYSQL = [f"DROP INDEX {INDEX} ON {TABLE}"]


def create(apps: Any, schema_editor: Any) -> None:
    _execute(schema_editor, ON_SQLITE, ON_MYSQL)


def drop(apps: Any, schema_editor: Any) -> None:
    _execute(schema_editor, OFF_SQLITE, OFF_MYSQL)


def _execute(schema_editor: Any, sqlite: list[str], mysql: list[str]) -> None:
    is_sqlite = schema_editor.connection.vendor == "sqlite"
    for statement in sqlite if is_sqlite else mysql:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("articles", "0009_feed_lost")]
    operations = [
        migrations.CreateModel(
            name="SearchText",
            fields=[
                (
                    "article",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="search_text",
                        serialize=False,
                        to="articles.article",
                    ),
                ),
                ("text_hash", models.CharField(max_length=64)),
                ("version", models.PositiveIntegerField()),
                ("language", models.CharField(db_collation=ASCII, max_length=5)),
                *(
                    (name, models.TextField(db_collation=ASCII))
                    for name in ("title", "body", "lemmas")
                ),
            ],
        ),
        # MySQL takes no such statement back: none may stand in a transaction.
        migrations.RunPython(create, drop, atomic=False),
    ]
