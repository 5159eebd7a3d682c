"""The page of an article, for somebody who is signed in."""

import pytest
from django.urls import reverse
from lxml import html

from articles.tests.factories import make_article
from learners.knowledge.store import State, change
from learners.models import Reading
from tokenization import services
from tokenization.models import Lexeme

pytestmark = pytest.mark.django_db


@pytest.fixture
def article(stub):
    fragments = [("p", "Hunden og katten sover nu"), ("p", "I 1999.")]
    article = make_article(fragments, title="En hund", summary="Om dyr.")
    services.fill([article])
    return article


def path(article, name="article"):
    return reverse(f"learners:{name}", args=[article.language_id, article.pk])


def open_page(client, article):
    response = client.get(path(article))
    assert response.status_code == 200
    return html.fromstring(response.content.decode())


def states(page):
    words = page.xpath("//div[@class='body']//*[@data-lexeme]")
    return {word.text: word.get("data-state") for word in words}


def lexeme(word):
    return Lexeme.objects.get(language="da", lemma=word).pk


def test_each_word_says_how_well_the_reader_knows_it(own, learner, article):
    facts = {State.KNOWN: [lexeme("og")], State.LEARNING: [lexeme("sover")]}
    change(learner.pk, "da", facts)
    found = states(open_page(own, article))
    assert found["og"] == "known"
    assert found["sover"] == "learning"
    assert found["katten"] == "new"
    assert "1999" not in found


def test_the_page_says_how_much_of_it_is_known(own, learner, article):
    words = ["hunden", "og", "katten", "sover", "nu", "en", "hund", "om", "dyr.", "i"]
    found = dict(Lexeme.objects.filter(lemma__in=words).values_list("lemma", "pk"))
    known = [pk for lemma, pk in found.items() if lemma not in ("hund", "nu")]
    change(learner.pk, "da", {State.KNOWN: known})
    [note] = open_page(own, article).xpath("//div[contains(@class, 'known')]")
    told = " ".join(note.text_content().split())
    percent = 100 * len(known) // (len(known) + 2)
    assert told.startswith(f"You know {percent} % of the words; 2 are new.")
    assert told.endswith("Worth learning: nu, hund.")


def test_each_block_says_where_a_word_of_it_is(own, article):
    page = open_page(own, article)
    parts = page.xpath("//*[@data-part]")
    assert [one.get("data-part") for one in parts] == [
        *("title", "summary", "body", "body")
    ]
    fragments = article.fragments.values_list("pk", flat=True)
    assert [one.get("data-fragment") for one in parts[2:]] == [*map(str, fragments)]


def test_strangers_see_nothing_of_it(client, article):
    page = open_page(client, article)
    assert not page.xpath("//*[@data-state or @data-part or @data-fragment]")
    assert not page.xpath("//form[@method='post']")
    assert "learner" not in "".join(page.xpath("//script/@src"))


def test_a_reader_costs_no_more_queries_for_more_words(
    own, article, stub, django_assert_num_queries
):
    longer = make_article([("p", "Ord og flere ord. " * 50)] * 20)
    services.fill([longer])
    for one in (article, longer):
        # Session, account, the article, lexemes, states, what was done, three like it.
        with django_assert_num_queries(9):
            own.get(path(one))


@pytest.mark.parametrize("name", ["read", "saved", "liked", "hidden"])
def test_a_button_says_what_was_done_and_takes_it_back(own, learner, article, name):
    own.post(path(article, "mine"), {name: "yes"})
    row = Reading.objects.get(learner=learner, article=article)
    assert getattr(row, f"{name}_at") is not None
    button = open_page(own, article).xpath(f"//button[@name='{name}']")[0]
    assert button.get("value") == "no"
    own.post(path(article, "mine"), {name: "no"})
    row.refresh_from_db()
    assert getattr(row, f"{name}_at") is None


def test_what_was_done_leads_back_to_the_article(own, article):
    response = own.post(path(article, "mine"), {"saved": "yes"})
    assert response["Location"] == path(article)


def test_an_article_that_nobody_can_see_is_not_found(own):
    article = make_article(broken="no_text")
    assert own.post(path(article, "mine"), {"saved": "yes"}).status_code == 404


def test_strangers_are_asked_to_sign_in(client, article):
    response = client.post(path(article, "mine"), {"saved": "yes"})
    assert response["Location"].startswith(reverse("learners:sign-in"))
    assert not Reading.objects.exists()


# --- the rest is known ------------------------------------------------------


def test_the_rest_is_marked_as_known_and_taken_back(own, learner, article):
    change(learner.pk, "da", {State.LEARNING: [lexeme("sover")]})
    response = own.post(path(article, "known"))
    assert response["Location"] == path(article)
    page = open_page(own, article)
    assert set(states(page).values()) == {"known", "learning"}
    assert page.xpath("//button[@name='undo']")
    own.post(path(article, "known"), {"undo": "yes"})
    assert states(open_page(own, article))["og"] == "new"


def test_taking_back_leaves_what_was_said_since(own, learner, article):
    own.post(path(article, "known"))
    change(learner.pk, "da", {State.LEARNING: [lexeme("og")]})
    own.post(path(article, "known"), {"undo": "yes"})
    own.post(path(article, "known"), {"undo": "yes"})
    assert states(open_page(own, article))["og"] == "learning"


def test_of_an_article_that_nobody_can_see_nothing_is_known(own):
    article = make_article(broken="no_text")
    assert own.post(path(article, "known")).status_code == 404
