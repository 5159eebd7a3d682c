"""Nothing but the article comes out of a page, and all of it."""

import re
import time

import pytest

from articles.crawler.pages.extract import extract
from articles.tests import pages

URL = "http://news.example.com/trees.html"
LONG = "The council met on Monday and talked about the old bridge for hours. " * 5


def words(texts):
    return re.findall(r"\w+", " ".join(texts))


def read(page):
    return [text for _, text in extract(page.encode(), URL).fragments]


def around(inner):
    """The texts between the two long paragraphs of an article."""
    page = f"<title>Bridge</title><body><article><h1>Bridge</h1><p>{LONG}</p>{inner}"
    return read(f"{page}<p>{LONG}Done.</p></article></body>")[1:-1]


@pytest.mark.parametrize("build", pages.FURNISHED, ids=lambda build: build.__name__)
@pytest.mark.parametrize("code", sorted(pages.WORDS))
def test_furniture_is_left_out_and_nothing_else(code, build):
    expected = [text for _, text in pages.gold(code)]
    assert words(read(build(code))) == words(expected)


@pytest.mark.parametrize("build", pages.PLAIN, ids=lambda build: build.__name__)
@pytest.mark.parametrize("code", sorted(pages.WORDS))
def test_an_article_comes_out_whole_however_it_is_set(code, build):
    expected = [text for _, text in pages.gold(code)]
    assert words(read(build(code))) == words(expected)


@pytest.mark.parametrize(
    "notice",
    [
        "<p>ΔΙΑΦΗΜΙΣΗ</p>",
        "<p>ΔΙΑΒΑΣΤΕ ΕΠΙΣΗΣ: Κάτι άλλο</p>",
        "<p>PUBLICITE</p>",
        "<p>A LIRE AUSSI :</p>",
        "<p>LAS OCKSA</p>",
        "<p>PUBBLICITA</p>",
        "<p>Διαφήμιση</p>",
        "<p>- ANZEIGE -</p>",
        "<p>[Advertisement]</p>",
        "<div><h3>Each morning</h3><p>All that counts.</p>"
        "<form><input type=email></form></div>",
        "<p>Wer über Links mit * kauft: dafür erhalten wir eine Provision.</p>",
        "<p>We may earn a commission when you buy through links here.</p>",
        "<p>MORE: <a href='/x'>The council wants trees</a></p>",
        "<p>Lire aussi – <a href='/x'>Titre</a></p>",
        "<p>Read more - <a href='/x'>Title</a></p>",
        "<p><strong>Les mer —</strong> <a href='/x'>Tittel</a></p>",
        "<p>Analyse – <a href='/x'>Was die Stadt nun will</a></p>",
        "<section class=login-modal><p>Who are you?</p></section>",
        "<div class=popover><p>Saved to your list</p></div>",
        "<div><h3>Stay in touch</h3><p>All that counts, each day.</p>"
        "<p><a href='/newsletter/signup'>Yes please</a></p></div>",
    ],
)
def test_a_notice_is_no_text(notice):
    assert around(notice) == []


LINKS = "<a href='/1'>Et hus er brændt</a>", "<a href='/2'>En by er blevet større</a>"


@pytest.mark.parametrize("label", ["<h3>{}</h3>", "<p><b>{}</b></p>"])
@pytest.mark.parametrize(
    "links",
    [
        "<ul><li>{}</li><li>{}</li></ul>",
        "<p>{}</p><p>{}</p>",
        "<div><div>{}<p>1. maj</p></div><div>{}<p>2. maj</p></div>"
        "<div><a href='/3'>En tredje nyhed</a><p>3. maj</p></div></div>",
        "<div><div>{}</div><div>{}</div></div>",
        "<ul><li>{} i går</li><li>{} i dag</li><li><a href='/3'>Nu</a></li></ul>",
    ],
)
def test_the_label_of_a_list_of_links_goes_with_it(label, links):
    found = label.format("Últimas nyheder") + links.format(*LINKS)
    assert around(found) == []
    whole = f"{label.format('Træer')}<p>Alt er godt.</p>{links.format(*LINKS)}"
    assert around(whole) == ["Træer", "Alt er godt."]
    assert around(f"<div>{found}</div><p>{LONG}x</p>") == [f"{LONG}x"]


@pytest.mark.parametrize(
    "inner",
    [
        "<h2>Comments</h2><p>{0}</p><h2>Trees</h2>",
        "<p>More from the north came later to see it.</p>",
        "<p>The town earned a commission from the bank, it said.</p>",
        "<p>A newsletter about trees has 400 readers, each of whom pays.</p>",
        "<ul><li><a href='/a'>Oak</a>: grows old and wide in any garden.</li>"
        "<li><a href='/b'>Elm</a>: grows fast, and has become rare since.</li>"
        "<li><a href='/c'>Ash</a>: grows well, though it needs more water.</li></ul>",
        "<p>See what <a href='/x'>the paper</a> wrote about it: nothing at all.</p>",
        "<p>Paris – <a href='/x'>Le Monde</a></p>",
        "<p>Read more – that is what <a href='/x'>she</a> says.</p>",
        "<h3>Trees</h3><ul><li><a href='/a'>Oak</a> grows old and wide.</li>"
        "<li><a href='/b'>Elm</a> grows fast, and is rare.</li></ul>",
        "<p>Hours: nine to five, says <a href='/x'>the shop</a>.</p>",
        "<p><strong>Who pays?</strong></p><p>We all do.</p>",
        "<ol><li>Take two eggs.</li><li>Add milk.</li><li>Stir.</li></ol>",
        "<blockquote><p>The council met on Monday.</p></blockquote>",
        "<div class=paywall><p>{0}y</p></div><div class=paywall><p>{0}x</p></div>",
        "<ul><li>Told by <a href='/b'>BBC</a>, <a href='/c'>CNN</a> too.</li></ul>",
        "<p>Subscribe, they said. <a href='/subscribe'>Many did</a> in May.</p>",
    ],
)
def test_a_text_about_such_things_is_one(inner):
    inner = inner.format(LONG)
    expected = re.sub("<[^<>]+>", " ", inner)
    assert words(around(inner)) == words([expected])


def test_a_heading_that_is_there_twice_is_read_once():
    assert around("<h2>Costs</h2><h2>Costs</h2><p>It costs much.</p>") == [
        "Costs",
        "It costs much.",
    ]


def test_a_name_that_marks_all_paragraphs_marks_none():
    text = "".join(f"<p class=sponsor>{LONG}{n}.</p>" for n in range(8))
    assert len(around(text)) == 8


def test_thousands_of_labels_take_no_minutes():
    page = f"<article>{'<h2>Most read</h2><p>x</p>' * 2000}<p>{LONG}</p></article>"
    started = time.process_time()
    read(page)
    assert time.process_time() - started < 5


def test_a_text_beside_the_article_is_none_of_it():
    for tag in ("nav", "footer", "aside", "dialog open"):
        assert around(f"<{tag}><p>Something else.</p></{tag.split()[0]}>") == []


def test_a_page_that_sets_its_text_in_an_aside_is_read():
    page = f"<title>Bridge</title><body><aside><p>{LONG}</p><p>{LONG}x</p></aside>"
    assert len(read(page)) == 2
