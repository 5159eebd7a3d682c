"""No visible word of an article is lost, glued, split, doubled or out of its order."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from articles.crawler.pages.extract import extract
from articles.tests.fuzz import fuzzing

URL = "http://news.example.com/bridge.html"
LONG = "Die alte Brücke am Hafen wird im Frühjahr erneuert, sagt die Stadt heute. " * 6

INSIDE = [
    "abbr",
    "b",
    "bdi",
    "bdo",
    "button",
    "cite",
    "code",
    "data",
    "del",
    "dfn",
    "em",
    "font",
    "i",
    "ins",
    "kbd",
    "label",
    "mark",
    "meter",
    "nobr",
    "output",
    "q",
    "progress",
    "ruby",
    "s",
    "samp",
    "small",
    "span",
    "strong",
    "sub",
    "sup",
    "time",
    "tt",
    "u",
    "var",
    "x-term",
    "unknown",
]
# What is around and between texts; each ~ is one.
AROUND = [
    "<p>~</p>",
    "<h2>~</h2>~",
    "~<br><br>~",
    "<div>~</div>~",
    "<p>~<br>~</p>",
    "~",
    "<ul><li>~</li><li>~<ul><li>~</li></ul></li></ul>",
    "<ol><li><p>~</p>~</li></ol>",
    "<blockquote>~<p>~</p>~</blockquote>",
    "<section>~<p>~</p>~</section>",
    "<x-part><p>~</p>~</x-part>",
    "<span><p>~</p>~</span>",
    "<p>~<br> <br>~</p>",
    "<dl><dt>~</dt><dd>~</dd></dl>",
    "<details><summary>~</summary>~</details>",
    "<div><b>~</b> ~</div>",
    "<figure><img src=x></figure>~",
    "<!-- x -->~<hr>~",
    "<pre>~</pre>",
    "<center>~</center>~",
    "<h3><div>~</div>~</h3><p>~</p>",
    "<p>~<p>~",
    "<article>~</article>~",
    "<div>~<script>x()</script>~<p>~</p></div>",
]


def sentences():
    """Texts of twelve words, ``{}`` each, some of them in elements."""
    word = st.sampled_from(
        ["{}"] * 8 + ["{}-<b>{}</b>", "{}-<wbr>{}", "<a href=/x>{}</a>"]
    )
    marked = st.sampled_from(INSIDE).map(lambda tag: f"<{tag}>{{}}</{tag}>")
    deep = st.tuples(*[st.sampled_from(INSIDE)] * 2).map(
        lambda tags: "<{0}>{{}} <{1}>{{}}</{1}></{0}>".format(*tags)
    )
    words = st.lists(word | marked | deep, min_size=11, max_size=11)
    return words.map(lambda found: f"{' '.join(['{}', *found])} {{}}.")


@st.composite
def articles(draw):
    """An article's inner HTML, and its words in order."""
    inner = ""
    for around in draw(st.lists(st.sampled_from(AROUND), min_size=1, max_size=6)):
        first, *rest = around.split("~")
        inner += first + "".join(f"{draw(sentences())}{after}" for after in rest)
    names = (f"wort{number}" for number in itertools.count())
    words = list(itertools.islice(names, inner.count("{}")))
    return inner.format(*words), words


def fragments(inner):
    page = f"<title>Hafen</title><body><article><h1>Hafen</h1><p>{LONG}</p>{inner}"
    page += f"<p>{LONG}Ende.</p></article></body>"
    return extract(page.encode(), URL).fragments[1:-1]


@fuzzing
@given(articles())
def test_every_visible_word_is_there_once_in_order(article):
    inner, words = article
    text = " ".join(text for _, text in fragments(inner))
    found = text.replace("-", " ").replace(".", " ").split()
    assert found == words


@pytest.mark.parametrize("tag", INSIDE)
def test_text_inside_a_line_is_text(tag):
    inner = f"<p>Beginn ist <{tag} title=x>Samstag um 18.30</{tag}> in der Halle.</p>"
    assert fragments(inner) == (("p", "Beginn ist Samstag um 18.30 in der Halle."),)


@pytest.mark.parametrize(
    ("inner", "texts"),
    [
        ("<h2>Kosten</h2>Es ist viel.<br><br>Ja?", ["Kosten", "Es ist viel.", "Ja?"]),
        ("<div>Am Montag so.</div>Auch heute", ["Am Montag so.", "Auch heute"]),
        ("<div><b>Berlin.</b> Die Stadt baut.</div>", ["Berlin. Die Stadt baut."]),
        ("<div>Erst.<p>Dann.</p>Am Ende.</div>", ["Erst.", "Dann.", "Am Ende."]),
        ("<p><b>Ei</b>land in <i>Sicht</i>, <u>ja</u>.</p>", ["Eiland in Sicht, ja."]),
        ("<div>Er kam.</div><div>Sie ging.</div>", ["Er kam.", "Sie ging."]),
        ("<div><i>Das sagt er so oft.</i></div>", ["Das sagt er so oft."]),
        ("<table role=none><tr><td>Er kam.</td></tr></table>", ["Er kam."]),
        ("<p>Eins<br>zwei<br/>drei.</p>", ["Eins zwei drei."]),
        ("<p><span style='display:block'>Oben.</span>Unten.</p>", ["Oben.", "Unten."]),
    ],
)  # fmt: skip
def test_loose_text_becomes_paragraphs(inner, texts):
    assert [text for _, text in fragments(inner)] == texts


def test_a_text_in_the_columns_of_a_table_is_read():
    cells = f"<td>Rand</td><td><p>{LONG}</p>Lose steht es da.<p>{LONG}x</p></td>"
    page = f"<html><body><table><tr>{cells}</tr></table></body></html>"
    texts = [text for _, text in extract(page.encode(), URL).fragments]
    assert "Lose steht es da." in texts


@pytest.mark.parametrize(
    "inner",
    [
        "<p><button>Teilen</button> <button>Merken</button></p>",
        "<div><time datetime=2026-01-01>1. Januar 2026</time></div>",
        "<p>Stand: <time datetime=2026-01-01>1. Januar 2026</time></p>",
        "<div><img src=x.jpg><div>Ein Bild der alten Brücke am Hafen.</div></div>",
        "<div>Themen:</div>",
    ],
)
def test_controls_and_labels_alone_are_no_text(inner):
    told = " ".join(text for _, text in fragments(inner))
    assert not any(word in told for word in ("Teilen", "Januar", "Bild", "Themen"))


@pytest.mark.parametrize(
    ("inner", "told"),
    [
        ("<p>Einlass: <time>18 Uhr</time></p>", "Einlass: 18 Uhr"),
        ("<p><b>Beginn:</b> <time>19</time> Uhr</p>", "Beginn: 19 Uhr"),
        ("<p>Ergebnis: <output>3:1</output></p>", "Ergebnis: 3:1"),
        ("<p>Offen: <time>9</time>–<time>18</time></p>", "Offen: 9–18"),
        ("<p>Mis à jour : <time>1er mai</time></p>", None),
        ("<p>Zuletzt aktualisiert: <time>1. Mai</time></p>", None),
        ("<p>Sist oppdatert: <time>1. mai</time></p>", None),
    ],
)
def test_the_value_of_a_label_is_text_but_a_pages_own_date_is_not(inner, told):
    assert [text for _, text in fragments(inner)] == ([told] if told else [])


@pytest.mark.parametrize(
    ("language", "start", "expected"),
    [
        ("de", '<span class="dropcap">D</span> ie Stadt', "Die Stadt"),
        ("de", "<b>D</b> ie Stadt", "Die Stadt"),
        ("de", "<span>D</span>ie Stadt", "Die Stadt"),
        ("de", "<span><b>D </b></span>\nie Stadt", "Die Stadt"),
        ("de", "<span>„D</span> ie Stadt", "„Die Stadt"),
        ("de", "<b>D</b><br>ie Stadt", "Die Stadt"),
        ("de", "<span><span>D</span> </span>ie Stadt", "Die Stadt"),
        ("de", "<b>D </b>ie Stadt", "Die Stadt"),
        ("en", "<b>A</b><br>man", "A man"),
        ("en", "<span><b>A</b> </span>man", "A man"),
        ("de", "<b>C</b> ist eine Sprache", "C ist eine Sprache"),
        ("en", "<span class=dropcap>A</span> bove the town", "Above the town"),
        ("en", "<span class=dropcap>A</span> man", "A man"),
        ("en", "<b>I</b> went", "I went"),
        ("en", "A <b>B</b> side", "A B side"),
        ("fr", "<span>L</span> ’homme", "L’homme"),
        ("fr", "<b>À</b> Paris", "À Paris"),
        ("pt", "<span class=dropcap>O</span> homem", "O homem"),
        ("it", "<span class=dropcap>E</span> così", "E così"),
        ("el", "<span>Η</span> πόλη", "Η πόλη"),
        ("ru", "<span>Г</span> ород", "Город"),
        ("", "<span>D</span> ie Stadt", "Die Stadt"),
        ("", "<span>A</span> man", "A man"),
    ],
)
def test_an_initial_that_is_set_apart_splits_no_word(language, start, expected):
    page = f"<html lang='{language}'><body><article><p>{LONG}</p><p>{start} {LONG}</p>"
    assert (
        extract(page.encode(), URL).fragments[1][1].startswith(f"{expected} Die alte")
    )
