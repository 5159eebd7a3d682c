"""Pages and pasted texts become texts of who brings them, and what does not is told."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from articles.models import Article, Fragment
from learners.models import Text
from learners.tests.learning import client_of, make_learner
from learners.texts import bringing
from learners.texts.tests.conftest import DANISH, page

URL = "/api/texts/"
pytestmark = pytest.mark.django_db


def bring(api, **facts):
    return api.post(URL, facts, format="json")


def why_not(api, **facts):
    """What is wrong with a field, by its name."""
    answer = bring(api, **facts)
    assert answer.status_code == 400, answer.content
    assert not Text.objects.exists()
    return {name: why for name, [why] in answer.json()["errors"].items()}


# --- pages


def test_the_page_at_an_address_is_a_text(me, site):
    url = site.add("/eel", page(), headers={"Content-Type": "text/html"})
    answer = bring(me, url=url)
    assert answer.status_code == 201
    told = answer.json()
    assert told["title"] == "Træer ved fjorden"
    assert told["language"] == "da"
    assert [one["text"] for one in told["fragments"]] == list(DANISH)
    assert told["url"] == url
    assert told["is_mine"]


def test_it_is_no_article(me, site):
    assert bring(me, url=site.add("/eel", page())).status_code == 201
    assert not Article.objects.exists()
    assert not Fragment.objects.exists()


def test_the_same_address_is_the_same_text_and_is_not_fetched_again(me, site, looks):
    url = site.add("/eel", page())
    first, again = bring(me, url=url), bring(me, url=f"{url}#top")
    assert again.status_code == 200
    assert again.json()["id"] == first.json()["id"]
    assert len(looks) == 1


def test_two_learners_have_two_texts(me, site):
    url = site.add("/eel", page())
    bring(me, url=url)
    assert bring(client_of(make_learner()), url=url).status_code == 201
    assert Text.objects.count() == 2


def test_a_process_of_its_own_looks(me, web, monkeypatch):
    host, port = web.host_port
    monkeypatch.setenv("CRAWLER_ALLOWED_HOSTS", f"{host}:{port}")
    answer = bring(me, url=web.add("/eel", page()))
    assert answer.status_code == 201, answer.content
    assert "/robots.txt" in web.paths()


def test_pages_that_robots_txt_forbids_are_left_alone(me, site):
    site.add("/robots.txt", "User-agent: *\nDisallow: /eel")
    url = site.add("/eel", page())
    assert url in why_not(me, url=url)["url"]
    assert "/eel" not in site.paths()


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:8000/",
        "http://localhost/",
        "http://[::1]/",
        "http://169.254.169.254/latest/meta-data/",
        "http://10.0.0.1/",
        "http://0x7f.1/",
    ],
)
def test_private_addresses_are_refused(me, looks, url):
    [why] = why_not(me, url=url).values()
    assert "private address" in why


@pytest.mark.parametrize("url", ["ftp://example.com/", "file:///etc/passwd", "http:"])
def test_what_is_no_web_address_is_refused(me, looks, url):
    assert "address" in why_not(me, url=url)["url"]


def test_redirects_to_private_addresses_are_refused(me, site):
    url = site.redirect("/eel", "http://169.254.169.254/latest/")
    assert "private address" in why_not(me, url=url)["url"]


def test_nobody_is_told_which_private_address_a_host_has(me, looks):
    why = why_not(me, url="http://localhost/")["url"]
    assert why == "host localhost has a private address"


def test_an_option_is_no_address(me, looks):
    assert "url" in why_not(me, url="--language=da")


def test_pages_that_are_not_there_are_told(me, site):
    assert "404" in why_not(me, url=site.url("/nothing"))["url"]


def test_what_is_not_html_is_told(me, site):
    url = site.add("/eel.pdf", "%PDF", headers={"Content-Type": "application/pdf"})
    assert why_not(me, url=url)["url"] == f"{url}: it is application/pdf, and not HTML"


def test_pages_without_text_are_told(me, site):
    url = site.add("/eel", "<html><body><nav>Menu</nav></body></html>")
    assert why_not(me, url=url)["url"] == f"{url}: no text was found on the page"


def test_large_pages_are_refused(me, site, settings):
    settings.CRAWLER_MAX_BYTES = 1000
    url = site.add("/eel", page(*DANISH * 10))
    assert "larger than 1000 bytes" in why_not(me, url=url)["url"]


def test_long_texts_are_refused(me, site, monkeypatch):
    monkeypatch.setattr(bringing, "LONGEST", 100)
    url = site.add("/eel", page())
    assert "at most 100 are taken" in why_not(me, url=url)["url"]


def test_languages_that_are_not_here_are_told(me, site):
    finnish = (
        "Kaupunki aikoo istuttaa lisää puita vuonon rannalle ensi vuonna, kertoo"
        " kaupunginjohtaja. Asukkaat ovat tyytyväisiä suunnitelmaan, mutta he haluavat"
        " myös parempia pyöräteitä ja vähemmän autoja kapeille kaduille."
    )
    url = site.add("/fi", page(finnish, language="fi"))
    told = why_not(me, url=url)["language"]
    assert told.startswith(f"{url}: the text is in fi; languages here are da, ")


def test_a_wrong_language_is_told(me, site):
    url = site.add("/eel", page())
    told = why_not(me, url=url, language="de")["language"]
    assert told == f"{url}: the text is in da, and not in de"


def test_what_a_page_says_of_its_language_is_not_believed_blindly(me, site):
    url = site.add("/eel", page(language="en"))
    assert bring(me, url=url).json()["language"] == "da"


# --- pasted texts


def test_pasted_text_has_paragraphs_between_empty_lines(me, looks):
    text = "Hej med\ndig.\r\n\r\n \u202e<b>Farvel</b> nu.\n\n\n"
    answer = bring(me, title=" En  titel ", text=text, language="da")
    assert answer.status_code == 201
    told = answer.json()
    assert told["title"] == "En titel"
    shown = [(one["tag"], one["text"]) for one in told["fragments"]]
    assert shown == [("p", "Hej med dig."), ("p", "<b>Farvel</b> nu.")]
    assert looks == []


def test_the_same_text_pasted_twice_is_one(me, looks):
    first = bring(me, title="A", text="Hej  med dig.", language="da")
    again = bring(me, title="B", text="Hej med dig.\n\n", language="da")
    assert again.status_code == 200
    assert again.json()["id"] == first.json()["id"]


def test_the_language_of_pasted_text_is_recognised(me, looks):
    answer = bring(me, title="A", text="\n\n".join(DANISH))
    assert answer.json()["language"] == "da"


def test_a_language_that_can_t_be_told_is_asked_for(me, looks):
    assert "language" in why_not(me, title="A", text="Hmm.")


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({}, "url"),
        ({"title": "A"}, "text"),
        ({"text": "Hej."}, "title"),
        ({"url": "https://example.com/", "title": "A"}, "url"),
        ({"title": "A", "text": "... 123", "language": "da"}, "text"),
        ({"title": "A", "text": "x" * 50_001, "language": "da"}, "text"),
        ({"title": "A", "text": "Hej.", "language": "xx"}, "language"),
        ({"title": "A", "text": "Hej.", "tags": []}, "tags"),
    ],
)
def test_what_is_wrong_is_named(me, facts, field):
    assert [*why_not(me, **facts)] == [field]


# --- quotas


def paste(api, text):
    return bring(api, title="A", text=text, language="da")


def test_a_day_has_so_many_texts(me, settings):
    settings.TEXTS_PER_DAY = 2
    assert paste(me, "Et.").status_code == 201
    pk = paste(me, "To.").json()["id"]
    me.delete(f"{URL}{pk}/")  # that does not give it back
    answer = paste(me, "Tre.")
    assert answer.status_code == 429
    assert int(answer["Retry-After"]) > 80_000
    assert paste(me, "Et.").status_code == 200
    assert paste(client_of(make_learner()), "Tre.").status_code == 201


def test_a_learner_has_so_many_texts(me, settings):
    settings.TEXTS_PER_LEARNER = 1
    pk = paste(me, "Et.").json()["id"]
    answer = paste(me, "To.")
    assert answer.status_code == 400
    assert "delete one first" in answer.content.decode()
    me.delete(f"{URL}{pk}/")
    assert paste(me, "To.").status_code == 201


def at_once(work, number):
    """What work answers to several threads that begin together."""
    start = threading.Barrier(number)

    def run(place):
        try:
            start.wait(10)
            return work(place)
        finally:
            connection.close()

    with ThreadPoolExecutor(number) as threads:
        return list(threads.map(run, range(number)))


@pytest.mark.django_db(transaction=True)
def test_quotas_hold_under_races(stub, settings):
    settings.TEXTS_PER_LEARNER = 3
    learner = make_learner()

    def work(number):
        return paste(client_of(learner), f"Nummer {number}.").status_code

    assert sorted(at_once(work, 8)) == [201] * 3 + [400] * 5
    assert Text.objects.count() == 3


@pytest.mark.django_db(transaction=True)
def test_the_same_text_at_once_is_one(stub):
    learner = make_learner()

    def work(number):
        return paste(client_of(learner), "Hej.").status_code

    assert sorted(at_once(work, 6)) == [200] * 5 + [201]
    assert Text.objects.count() == 1
