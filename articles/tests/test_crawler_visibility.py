import pytest

from articles.crawler.pages.extract import extract

URL = "http://news.example.com/bridge.html"
LONG = "Die alte Brücke am Hafen wird im Frühjahr erneuert, sagt die Stadt heute. " * 3


def text_with(inner):
    page = f"<html><body><article><p>{LONG}</p>{inner}<p>{LONG}</p></article></body>"
    return " ".join(text for _, text in extract(page.encode(), URL).fragments)


HIDDEN = [
    "<p hidden>{}</p>", "<p hidden=''>{}</p>", "<div hidden=hidden><p>{}</p></div>",
    "<p style='display:none'>{}</p>", "<p style='color:red;DISPLAY : None'>{}</p>",
    "<p style='display: none !important;'>{}</p>", "<template><p>{}</p></template>",
    "<p style='visibility:hidden'>{}</p>", "<p style='visibility: collapse'>{}</p>",
    "<p style='display:/* */none'>{}</p>", "<p class='sr-only'>{}</p>",
    "<p class='x visually-hidden'>{}</p>", "<p class='screen-reader-text'>{}</p>",
    "<p class='c-visuallyhidden'>{}</p>",
    "<p class='VisuallyHidden_root__x1'>{}</p>",
    "<noscript><p>{}</p></noscript>", "<dialog><p>{}</p></dialog>",
    "<style>{}</style>", "<svg><text>{}</text></svg>",
    "<p style='font-size:0'>{}</p>", "<p style='opacity: 0.0'>{}</p>",
    "<p style='position:absolute;left:-9999px'>{}</p>",
    "<p style='text-indent:-9999px'>{}</p>",
    "<p style='position:absolute; top:-10000em'>{}</p>",
    "<p style='position:absolute;clip:rect(0, 0, 0, 0)'>{}</p>",
    "<p style='position:absolute;clip:rect(1px 1px 1px 1px)'>{}</p>",
    "<div style='height:0;overflow:hidden'><p>{}</p></div>",
    "<div style='max-height:0px;overflow:hidden'><p>{}</p></div>",
    "<div style='position:fixed;bottom:0'><p>{}</p></div>",
    "<p class=hidden>{}</p>", "<div class='x d-none'><p>{}</p></div>",
    "<p class=is-hidden>{}</p>", "<p class=print-only>{}</p>",
    "<p class='d-none d-print-block'>{}</p>", "<p class=visuallyhidden>{}</p>",
    "<p>Ja. <span style='font-size:0px'>{}</span></p>",
    "<p>Ja. <span hidden>{}</span></p>",
    "<p>Ja. <span class='sr-only'>{}</span></p>",
]  # fmt: skip
SHOWN = [
    "<p hidden='until-found'>{}</p>",
    "<details><summary>Ja</summary><p>{}</p></details>",
    "<p style='display:none;display:block'>{}</p>",
    "<p style='display:block'>{}</p>",
    "<p class='not-sr-only'>{}</p>", "<p style='overflow:hidden'>{}</p>",
    "<p style='background:url(none.png)'>{}</p>", "<p data-hidden=1>{}</p>",
    "<p style='font-size:0.9em'>{}</p>", "<p style='opacity:0.5'>{}</p>",
    "<p style='position:absolute;left:-5px'>{}</p>", "<p style='height:0'>{}</p>",
    "<p class='hidden md:block'>{}</p>", "<p class='d-none d-md-block'>{}</p>",
    "<p class=d-print-none>{}</p>", "<p class=overflow-hidden>{}</p>",
    "<div style='left:-9999px'><p>{}</p></div>",
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


def test_a_text_that_fades_in_by_paragraphs_is_read():
    texts = "".join(f"<p style='opacity:0'>{LONG}{number}</p>" for number in "abcd")
    page = f"<html><body><article>{texts}</article></body></html>"
    assert len(extract(page.encode(), URL).fragments) == 4
