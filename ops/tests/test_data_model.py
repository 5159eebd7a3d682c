"""docs/data-model.md is what the models are."""

import pytest
from django.conf import settings
from django.core.management import call_command

from articles.models import Article, Feed
from ops.management.commands import data_model

pytestmark = pytest.mark.nodb


def test_the_document_is_what_the_command_writes(capsys):
    call_command("data_model")
    kept = (settings.BASE_DIR / "docs" / "data-model.md").read_text("utf-8")
    said = "run: manage.py data_model > docs/data-model.md"
    assert kept == capsys.readouterr().out, said


def test_every_table_of_ours_is_there_with_every_column_and_index():
    tables = [model for found in data_model.our_models().values() for model in found]
    assert {"articles", "tokenization", "learners"} == data_model.our_models().keys()
    assert len(tables) > 12
    for model in tables:
        section = data_model.section(model)
        rules = [*model._meta.indexes, *model._meta.constraints]
        for each in (*model._meta.fields, *rules):
            assert f"\n- `{each.name}`: " in section


def test_a_field_is_told_by_its_type_its_help_or_the_comment_above():
    feed, article = map(data_model.section, (Feed, Article))
    assert "- `language`: to Language (PROTECT)\n" in feed
    assert "- `url`: text of 500, unique\n" in feed
    assert (
        "- `last_new_at`: date time, may be null. Of those that readers see.\n" in feed
    )
    assert "- `sentence_length`: float, may be null. Words a sentence.\n" in article
    assert (
        "- `article_age`: index of published_at. For retention: the oldest" in article
    )
    assert "  Feed ||--o{ Article : feed\n" in data_model.diagram()
    assert "  Article ||--o| TokenizationCache : article\n" in data_model.diagram()
