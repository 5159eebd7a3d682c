"""The command that writes what articles are found by."""

from io import StringIO

import orjson
import pytest
from django.core.management import CommandError, call_command

from articles.models import Article
from articles.search import index
from articles.search.models import SearchText
from articles.tests.factories import make_article
from tokenization import searching
from tokenization.listing import Wanted
from tokenization.models import TokenizationCache
from tokenization.tests.factories import make_row

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("stub"),
]


def run(*args):
    out = StringIO()
    call_command("rebuild_search", *args, stdout=out)
    return out.getvalue().strip()


def find(words):
    return [*searching.find(Wanted(words=words, languages=("da", "de")), 20).standings]


def test_it_writes_what_is_missing_once():
    pk = make_article(title="Hund").pk
    assert find("hund") == []
    assert run() == "1 articles written"
    assert find("hund") == [pk]
    assert run() == "0 articles written"


def test_it_writes_anew_what_is_of_another_text():
    pk = make_article(title="Hund").pk
    run()
    Article.objects.get(pk=pk).fragments.update(text="Ulv")
    Article.objects.filter(pk=pk).update(title="Kat")
    assert [*index.outdated()] == [Article.objects.get(pk=pk)]
    run()
    assert (find("hund"), find("kat ulv")) == ([], [pk])


def test_lemmas_are_those_of_the_tokens_of_this_text():
    token = {"text": "gik", "has_space": False, "lemma": "gå"}
    content = orjson.dumps([{"tokens": [[[token]]]}]).decode()
    pk, old = make_row(content=content).pk, make_row(content=content).pk
    TokenizationCache.objects.filter(pk=old).update(text_hash="another")
    run()
    assert find("gå") == [pk]


def test_all_are_written_when_that_is_asked_for_and_only_of_a_language():
    make_article()
    make_article(language="de")
    run()
    assert run("--all", "--language", "de") == "1 articles written"


def test_what_is_hidden_is_left_out():
    make_article(broken="hidden")
    assert run() == "0 articles written"


def test_the_index_can_be_made_anew(monkeypatch):
    monkeypatch.setattr(searching, "SCANNED", 0)
    pk = make_article(title="Hund").pk
    run("--optimize")
    assert find("hund") == [pk]
    assert SearchText.objects.count() == 1


def test_unknown_languages_are_refused():
    with pytest.raises(CommandError) as caught:
        run("--language", "xx")
    assert caught.value.returncode == 2
