"""Words as files."""

import csv
import io
import json
import sqlite3
import zipfile
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from learners.bookmarks import saving
from learners.bookmarks.saving import Met
from learners.exchange import exporting
from learners.exchange.importing import Wanted, import_words
from learners.knowledge import store
from learners.knowledge.store import State
from learners.models import Bookmark
from learners.practice.models import Stage
from learners.practice.tests.practising import make_bookmark, make_card
from learners.tests.learning import client_of, make_learner
from tokenization.lexemes import ids_of

pytestmark = pytest.mark.django_db

EXPORT, IMPORT = "/api/words/export/", "/api/words/import/"


@pytest.fixture
def learner():
    return make_learner()


@pytest.fixture
def mine(learner):
    return client_of(learner)


def body(client, query):
    return b"".join(client.get(f"{EXPORT}?{query}").streaming_content)


def table(client, query=""):
    text = body(client, f"format=csv{query}").decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def collection(client, path):
    """The database of a package."""
    with zipfile.ZipFile(io.BytesIO(body(client, "format=anki"))) as package:
        package.extract("collection.anki2", path)
    return sqlite3.connect(path / "collection.anki2")


def reviewed(learner, word="hus"):
    now = timezone.now()
    return make_card(
        learner,
        word,
        state=Stage.REVIEW,
        last_review=now,
        due=now + timedelta(days=9),
        stability=9.5,
        difficulty=4.2,
    )


def test_a_word_has_its_context_state_and_schedule(learner, mine):
    card = reviewed(learner)
    store.change(learner.pk, "da", {State.LEARNING: [card.lexeme_id]})
    [row] = json.loads(body(mine, "format=json"))["words"]
    assert (row["word"], row["lemma"], row["translation"]) == ("hus", "hus", "house")
    assert (row["context"], row["state"], row["stage"]) == (
        "Se hus.",
        "learning",
        "review",
    )
    assert row["stability"] == 9.5
    [line] = table(mine)
    assert line["difficulty"] == "4.2"


def test_words_with_a_state_alone_follow(learner, mine):
    make_bookmark(learner)
    ids = ids_of("da", ["bil", "kat"])
    store.change(learner.pk, "da", {State.KNOWN: [ids["bil"]], State.MET: [ids["kat"]]})
    rows = [(row["word"], row["state"]) for row in table(mine)]
    assert rows == [("hus", "new"), ("kat", "met"), ("bil", "known")]


def test_others_words_and_languages_are_left_out(learner, mine):
    make_bookmark(make_learner())
    make_bookmark(learner, "Haus", language_id="de")
    assert [row["word"] for row in table(mine)] == ["Haus"]
    assert table(mine, "&language=da") == []
    assert json.loads(body(mine, "format=json&language=da")) == {"words": []}


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "=cmd|'/c calc'!A1"])
def test_spreadsheets_get_no_formulas(learner, mine, text):
    make_bookmark(learner, translation=text, context=text)
    [row] = table(mine)
    assert (row["translation"], row["context"]) == (f"'{text}", f"'{text}")


def test_what_is_exported_can_be_imported(learner, mine):
    make_bookmark(learner, translation='=a "house", or\ttwo')
    phrase = make_bookmark(learner, "gå i gang")
    phrase.lexeme = None
    phrase.save()
    ids = ids_of("da", ["hus", "bil"])
    store.change(learner.pk, "da", {State.KNOWN: [ids["bil"]], State.MET: [ids["hus"]]})
    file = body(mine, "format=csv")
    other = make_learner(language="de")
    report = import_words(file, Wanted(other.pk, "de", "en"))
    assert (report.format, report.unmatched) == ("zeeguu", 0)
    assert store.read(other.pk, "da").state(ids["bil"]) is State.KNOWN
    columns = ("word", "translation", "context", "key")
    theirs = other.bookmarks.order_by("pk").values_list(*columns)
    mine_ = learner.bookmarks.order_by("pk").values_list(*columns)
    assert [row[:2] for row in theirs][0] == ("hus", '=a "house", or two')
    assert [row[0] for row in theirs] == [row[0] for row in mine_]


@pytest.mark.parametrize(
    "text",
    ["- Se hus.", "'-hus", "''=hus", "'hus'", "{hus} [[hus]]", "{{c1::hus::a}}"]
    + ['"hus", sagde han;\\', "#hus:1"],
)
def test_ones_own_file_changes_nothing(learner, mine, text):
    saving.save(learner.pk, Met("hus", text, "da", translation=text))
    file = body(mine, "format=csv")
    report = import_words(file, Wanted(learner.pk, "da", "en"))
    assert (report.rows, report.saved, report.saved_before) == (1, 0, 1)
    found = Bookmark.objects.values_list("word", "translation", "context").get()
    assert found == ("hus", text, text)


def test_more_words_cost_no_more_queries_until_a_batch_is_full(learner, mine):
    def queries():
        with CaptureQueriesContext(connection) as found:
            body(mine, "format=csv")
        return len(found)

    make_card(learner)
    few = queries()
    for number in range(10):
        make_card(learner, f"ord{number}")
    assert queries() == few


def test_batches_are_one_list(learner, mine, monkeypatch):
    monkeypatch.setattr(exporting, "AT_ONCE", 2)
    for number in range(5):
        make_bookmark(learner, f"ord{number}")
    assert len(json.loads(body(mine, "format=json"))["words"]) == 5
    assert len(table(mine)) == 5


def test_a_file_has_a_name(mine):
    response = mine.get(f"{EXPORT}?format=csv&language=da")
    assert response.headers["Content-Disposition"].startswith(
        'attachment; filename="words-da-'
    )
    assert response.headers["Cache-Control"] == "private, no-store"
    assert response.headers["Content-Type"] == "text/csv"


def test_a_wrong_format_is_named(mine):
    response = mine.get(f"{EXPORT}?format=xlsx")
    assert response.status_code == 400
    assert "json or csv or anki" in response.json()["detail"]


# --- Anki


def test_a_package_has_notes_with_their_schedule(learner, mine, tmp_path):
    reviewed(learner)
    make_card(learner, "bil")
    make_bookmark(learner, "kat", translation="")
    with collection(mine, tmp_path) as found:
        notes = found.execute("SELECT flds FROM notes ORDER BY sfld").fetchall()
        cards = found.execute("SELECT type, queue, ivl, data FROM cards ORDER BY type")
        new, due = cards.fetchall()
    assert [row[0].split("\x1f")[:3] for row in notes] == [
        ["bil", "house", "Se <b>bil</b>."],
        ["hus", "house", "Se <b>hus</b>."],
    ]
    assert new == (0, 0, 0, "")
    assert due[:3] == (2, 2, 9)
    assert json.loads(due[3])["s"] == 9.5


def test_a_note_has_the_same_id_each_time_and_for_everybody(learner, mine, tmp_path):
    make_bookmark(learner)
    other = make_learner()
    make_bookmark(other, translation="a house", context="Et hus.")
    ids = set()
    for number, client in enumerate((mine, mine, client_of(other))):
        path = tmp_path / str(number)
        path.mkdir()
        with collection(client, path) as found:
            ids.update(found.execute("SELECT guid FROM notes").fetchall())
    assert len(ids) == 1


def test_a_word_of_many_contexts_is_one_note(learner, mine, tmp_path):
    make_bookmark(learner, context="Et hus.")
    make_bookmark(learner, context="<i>Mit</i> hus.")
    with collection(mine, tmp_path) as found:
        [(fields,)] = found.execute("SELECT flds FROM notes").fetchall()
    assert fields.split("\x1f")[2] == "&lt;i&gt;Mit&lt;/i&gt; <b>hus</b>."


@pytest.mark.parametrize(
    ("word", "context", "shown"),
    [
        ("en", "Hendes kat er en løve.", "Hendes kat er <b>en</b> løve."),
        ("27", "L'été, 27 ans", "L&#x27;été, <b>27</b> ans"),
        ("amp", "A & B, amp", "A &amp; B, <b>amp</b>"),
        ("x & y", "Kun x & y.", "Kun <b>x &amp; y</b>."),
        ("hus", "Husene.", "Husene."),
    ],
)
def test_the_word_alone_is_bold(learner, mine, tmp_path, word, context, shown):
    make_bookmark(learner, word, context=context)
    with collection(mine, tmp_path) as found:
        [(fields,)] = found.execute("SELECT flds FROM notes").fetchall()
    assert fields.split("\x1f")[2] == shown


def test_who_has_no_words_gets_an_empty_package(mine, tmp_path):
    with collection(mine, tmp_path) as found:
        assert found.execute("SELECT count(*) FROM notes").fetchone() == (0,)


# --- the call that imports


def send(client, data, query=""):
    return client.post(f"{IMPORT}{query}", data, content_type="text/csv")


def test_a_file_is_sent_as_the_body(learner, mine):
    text = "language,term,translation,status\nDanish,hus,house,1\nDanish,,x,1\n"
    found = send(mine, text.encode()).json()
    assert (found["format"], found["saved"], found["states"]) == (
        "lute",
        1,
        {"met": 1},
    )
    [row] = found["first_unmatched"]
    assert row == {"line": 3, "word": "", "reason": "it has no word"}
    assert Bookmark.objects.get().learner == learner


@pytest.mark.parametrize(
    ("data", "query", "name"),
    [
        (b"", "", "request"),
        (b"a,b\n", "", "request"),
        (b"a,b\n", "?from=duolingo", "from"),
        (b"a,b\n", "?language=xx", "language"),
        (b"a,b\n", "?lang=da", "lang"),
        (b"\0" * 100, "", "request"),
    ],
)
def test_what_is_wrong_is_named(mine, data, query, name):
    response = send(mine, data, query)
    assert response.status_code == 400
    assert name in response.json()["errors"]


def test_a_form_is_none(mine):
    response = mine.post(IMPORT, {"file": io.BytesIO(b"hus\n")}, "multipart")
    assert "a form" in response.json()["errors"]["request"][0]


def test_whose_file_it_is_may_be_said(mine):
    found = send(mine, b"hus\nbil\n", "?from=anki&language=da&to=de").json()
    assert (found["rows"], found["states"]) == (2, {"met": 2})


def test_there_are_so_many_an_hour(mine, monkeypatch):
    monkeypatch.setattr("learners.api.exchange.IMPORTS", (1, 3600))
    send(mine, b"hus\n", "?from=anki")
    response = send(mine, b"hus\n", "?from=anki")
    assert response.status_code == 429
    assert int(response.headers["Retry-After"]) > 0


def test_strangers_are_asked_who_they_are(api):
    assert api.get(EXPORT).status_code in (401, 403)
    assert api.post(IMPORT).status_code in (401, 403)
