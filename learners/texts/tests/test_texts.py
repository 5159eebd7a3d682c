"""Own texts are listed, read, shared and deleted, by those alone who may."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from learners.knowledge.store import State, change
from learners.models import Bookmark, Cohort, Membership, Text
from learners.tests.learning import client_of, make_learner
from learners.texts import tokens
from tokenization import on_miss
from tokenization.models import Lexeme

URL = "/api/texts/"
pytestmark = pytest.mark.django_db


def make_text(learner, *paragraphs, **facts):
    """A text without tokens."""
    parts = paragraphs or ("Hej med dig.", "Farvel og tak.")
    facts = {"title": "En titel", "source_hash": str(Text.objects.count()), **facts}
    return Text.objects.create(
        learner=learner,
        language_id="da",
        fragments=[["p", part] for part in parts],
        word_count=6,
        **facts,
    )


def address(text, call=""):
    return f"{URL}{text.pk}/{call}"


def make_class(teacher, *members):
    cohort = Cohort.objects.create(name="7b", code=f"c{teacher.pk}", teacher=teacher)
    for member in members:
        Membership.objects.create(cohort=cohort, learner=member)
    return cohort


@pytest.fixture
def text(learner):
    made = make_text(learner)
    tokens.fill(made.pk)
    return made


@pytest.fixture
def filling(settings):
    settings.TOKENIZE_ON_MISS_CONCURRENCY = 1
    settings.TOKENIZE_ON_MISS_BUDGET_MS = 10_000
    on_miss.filler.cache_clear()
    yield settings
    on_miss.filler()._threads.shutdown()
    on_miss.filler.cache_clear()


# --- reading


def test_a_text_has_tokens(me, text):
    told = me.get(address(text)).json()
    assert told["tokenization"] == "fresh"
    words = [token["text"] for token in told["title_tokens"][0][0]]
    assert words == ["En", "titel"]
    assert [one["id"] for one in told["fragments"]] == [1, 2]
    assert told["fragments"][1]["tokens"][0][0][0]["text"] == "Farvel"


def test_answers_are_for_nobody_to_keep(me, text):
    assert me.get(address(text))["Cache-Control"] == "private, no-store"


def test_a_text_without_tokens_is_shown_without(me, learner):
    told = me.get(address(make_text(learner))).json()
    assert told["tokenization"] == "missing"
    assert told["title_tokens"] is None
    assert [one["tokens"] for one in told["fragments"]] == [None, None]
    assert told["coverage"] is None


@pytest.mark.django_db(transaction=True)
def test_who_reads_has_it_tokenized(stub, filling):
    learner = make_learner()
    told = client_of(learner).get(address(make_text(learner))).json()
    assert told["tokenization"] == "fresh"
    assert told["fragments"][0]["tokens"]


@pytest.mark.django_db(transaction=True)
def test_it_is_pending_beyond_the_budget(stub, filling):
    filling.TOKENIZE_ON_MISS_BUDGET_MS = 0
    learner = make_learner()
    text = make_text(learner)
    first = client_of(learner).get(address(text)).json()
    on_miss.filler()._threads.shutdown()  # which waits for what is underway
    assert first["tokenization"] == "pending"
    on_miss.filler.cache_clear()
    assert client_of(learner).get(address(text)).json()["tokenization"] == "fresh"


@pytest.mark.django_db(transaction=True)
def test_stale_tokens_are_made_anew(stub, filling):
    learner = make_learner()
    text = make_text(learner)
    tokens.fill(text.pk)
    stub.release = 2
    assert tokens.state_of(Text.objects.get()) == "stale"
    assert client_of(learner).get(address(text)).json()["tokenization"] == "fresh"
    assert Text.objects.get().tokenizer == "stub 2 da"


@pytest.mark.django_db(transaction=True)
def test_what_failed_is_left_alone_for_a_while(stub, filling):
    learner = make_learner()
    text = make_text(learner)
    stub.bad = {"Hej med dig."}
    for _ in range(3):
        told = client_of(learner).get(address(text)).json()
        assert told["tokenization"] == "failed"
    assert len(stub.calls) == 1


def test_places_of_words_are_found_again(me, learner, text):
    Bookmark.objects.create(
        learner=learner,
        language_id="da",
        term="x",
        word="tak",
        context="Farvel og tak.",
        key="x",
        text=text,
        part="body",
        fragment=1,
        sentence=0,
        token=0,
    )
    [told] = me.get(address(text, "bookmarks/")).json()["results"]
    assert (told["fragment"], told["token"], told["lost"]) == (2, 2, False)


def test_states_and_coverage(me, learner, text):
    ids = dict(Lexeme.objects.values_list("lemma", "pk"))
    change(learner.pk, "da", {State.KNOWN: [ids["hej"], ids["med"]]})
    told = me.get(address(text, "states/")).json()
    assert told["words"]["hej"] == "known"
    assert told["words"]["farvel"] == "new"
    assert told["coverage"]["known"] == 2
    [listed] = me.get(URL).json()["results"]
    assert listed["coverage"] == told["coverage"]


def test_the_rest_is_known(me, text):
    told = me.post(address(text, "known/")).json()
    assert told["known"] > 5
    assert me.get(address(text, "states/")).json()["coverage"]["share"] == 1
    me.patch("/api/knowledge/", told["undo"], format="json")
    assert me.get(address(text, "states/")).json()["coverage"]["known"] == 0


def test_glosses(me, text):
    told = me.get(address(text, "glosses/?to=en")).json()
    assert told["has_dictionary"] is False
    assert me.get(address(text, "glosses/?to=xx")).status_code == 400


# --- lists


def test_lists_are_cut_into_pages(me, learner):
    made = [make_text(learner).pk for _ in range(5)]
    page = me.get(f"{URL}?page_size=3").json()
    rest = me.get(page["next"]).json()
    listed = [one["id"] for one in page["results"] + rest["results"]]
    assert listed == made[::-1]
    assert "fragments" not in page["results"][0]


def test_lists_take_as_many_queries_however_long(me, learner):
    make_text(learner)
    with CaptureQueriesContext(
        connection,
    ) as few:
        me.get(URL)
    for _ in range(10):
        make_text(learner)
    with CaptureQueriesContext(connection) as many:
        me.get(URL)
    assert len(few) == len(many) <= 4


# --- sharing


def test_nobody_else_has_it(text):
    other = client_of(make_learner())
    assert other.get(URL).json()["results"] == []
    for call in ("", "states/", "glosses/", "bookmarks/"):
        assert other.get(address(text, call)).status_code == 404
    assert other.post(address(text, "known/")).status_code == 404
    assert other.patch(address(text), {"title": "B"}).status_code == 404
    assert other.delete(address(text)).status_code == 404
    assert Text.objects.filter(pk=text.pk, title="En titel").exists()


def share(api, text, *cohorts):
    told = {"shared_with": [cohort.pk for cohort in cohorts]}
    return api.patch(address(text), told, format="json")


@pytest.mark.parametrize("is_teacher", [True, False])
def test_a_class_reads_what_is_shared_with_it(learner, me, text, is_teacher):
    mate, teacher = make_learner(), make_learner()
    if is_teacher:
        cohort = make_class(learner, mate)
    else:
        cohort = make_class(teacher, mate, learner)
    assert share(me, text, cohort).json()["shared_with"] == [cohort.pk]
    for somebody in (mate, cohort.teacher):
        their = client_of(somebody)
        told = their.get(address(text)).json()
        assert told["is_mine"] is (somebody == learner)
        assert [one["id"] for one in their.get(URL).json()["results"]] == [text.pk]
    # And does no more than that.
    assert client_of(mate).get(address(text)).json()["shared_with"] == []
    assert client_of(mate).delete(address(text)).status_code == 404
    assert client_of(mate).patch(address(text), {"title": "B"}).status_code == 404


def test_who_leaves_the_class_reads_it_no_longer(learner, me, text):
    mate = make_learner()
    share(me, text, make_class(learner, mate))
    mate.memberships.all().delete()
    assert client_of(mate).get(address(text)).status_code == 404


def test_who_left_the_class_shares_no_longer(learner, me, text):
    mate = make_learner()
    share(me, text, make_class(make_learner(), mate, learner))
    learner.memberships.all().delete()
    assert client_of(mate).get(address(text)).status_code == 404
    assert me.get(address(text)).status_code == 200


def test_a_text_is_shared_with_one_s_own_classes_alone(me, text):
    answer = share(me, text, make_class(make_learner()))
    assert answer.status_code == 400
    assert [*answer.json()["errors"]] == ["shared_with"]


def test_another_title_has_tokens_of_its_own(me, text):
    told = me.patch(address(text), {"title": "Ny"}, format="json").json()
    assert (told["title"], told["title_tokens"]) == ("Ny", None)
    assert told["tokenization"] == "stale"
    tokens.fill(text.pk)
    [[token]] = me.get(address(text)).json()["title_tokens"][0]
    assert token["text"] == "Ny"


def test_tokens_of_an_older_title_are_not_stored(stub, learner, text, monkeypatch):
    prepare = tokens.services.prepare

    def slow(*given):
        Text.objects.update(title="Ny", title_tokens="", text_hash="")
        return prepare(*given)

    monkeypatch.setattr(tokens.services, "prepare", slow)
    assert not tokens.fill(text.pk)
    assert not Text.objects.get().text_hash


def test_deleted_is_deleted(me, learner, text):
    bookmark = Bookmark.objects.create(
        learner=learner, language_id="da", term="x", word="tak", key="x", text=text
    )
    assert me.delete(address(text)).status_code == 204
    assert me.get(address(text)).status_code == 404
    bookmark.refresh_from_db()
    assert bookmark.text_id is None
