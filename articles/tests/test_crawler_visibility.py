import pytest

from articles.crawler.extract import extract

URL = "http://news.example.com/bridge.html"
LONG = "Die alte Brücke am Hafen wird im Frühjahr erneuert, sagt die Stadt heute. " * 3


def text_with(inner):
    page = f"<html><body><article><p>{LONG}</p>{inner}<p>{LONG}</p></article></body>"
    return " ".join(text for _, text in extract(page.encode(), URL).fragments)


HIDDEN = [
    *("<p hidden>{}</p>", "<p hidden=''>{}</p>", "<div hidden=hidden><p>{}</p></div>"),
    *("<p style='display:none'>{}</p>", "<p style='color:red;DISPLAY : None'>{}</p>"),
    *("<p style='display: none !important;'>{}</p>", "<template><p>{}</p></template>"),
    *("<p style='visibility:hidden'>{}</p>", "<p style='visibility: collapse'>{}</p>"),
    *("<p style='display:/* */none'>{}</p>", "<p class='sr-only'>{}</p>"),
    *("<p class='x visually-hidden'>{}</p>", "<p class='screen-reader-text'>{}</p>"),
    "<p class='c-visuallyhidden'>{}</p>",
    "<p class='VisuallyHidden_root__x1'>{}</p>",
    *("<noscript><p>{}</p></noscript>", "<dialog><p>{}</p></dialog>"),
    *("<style>{}</style>", "<svg><text>{}</text></svg>"),
    "<p>Ja. <span hidden>{}</span></p>",
    "<p>Ja. <span class='sr-only'>{}</span></p>",
]  # fmt: skip
SHOWN = [
    "<p hidden='until-found'>{}</p>",
    "<details><summary>Ja</summary><p>{}</p></details>",
    "<p style='display:none;display:block'>{}</p>",
    "<p style='display:block'>{}</p>",
    *("<p class='not-sr-only'>{}</p>", "<p style='overflow:hidden'>{}</p>"),
    *("<p style='background:url(none.png)'>{}</p>", "<p data-hidden=1>{}</p>"),
    "<div><template shadowrootmode=open><p>{}</p></template></div>",
]  # fmt: skip
SECRET = "Diesen Satz sieht niemand, der die Seite aufmacht."


@pytest.mark.parametrize("markup", HIDDEN)
def test_what_nobody_sees_is_no_text(markup):
    assert SECRET not in text_with(markup.format(SECRET))


@pytest.mark.parametrize("markup", SHOWN)
def test_what_everybody_sees_is_text(markup):
    assert SECRET in text_with(markup.format(SECRET))


def test_text_behind_something_hidden_stays():
    assert "Davor. Dahinter." in text_with("<p>Davor. <i hidden>X</i>Dahinter.</p>")


def test_a_text_that_is_hidden_as_a_whole_is_shown_by_a_script():
    page = f"<html><body><article hidden><p>{LONG}</p><p>{LONG}x</p></article></body>"
    assert len(extract(page.encode(), URL).fragments) == 2
