import unicodedata

import pytest

from articles import demo_site, difficulty
from articles.difficulty import measure
from articles.languages import LANGUAGES, LanguageFacts, facts
from articles.tests.factories import OURS
from articles.text import ArticleText

EASY = "The dog is in the house. It is a good dog. We like it very much."
HARD = (
    "Notwithstanding jurisprudential objections, the plenipotentiaries ratified "
    "cumbersome amendments, whose ambiguous phraseology bewildered even seasoned "
    "parliamentarians, and adjourned the acrimonious deliberations indefinitely."
)
PAPERS = demo_site.papers()


def text_of(*paragraphs):
    return ArticleText("Title", "", tuple(("p", text) for text in paragraphs))


def rare_share(paragraph, language="en"):
    return measure(text_of(paragraph), language).rare_share


def sentence_length(*paragraphs, language="en"):
    return measure(text_of(*paragraphs), language).sentence_length


def demo_measures(code):
    for article in PAPERS[code]["articles"]:
        fragments = tuple(map(tuple, article["blocks"]))
        yield measure(ArticleText(article["title"], "", fragments), code)


# --- words


@pytest.mark.parametrize(
    "language, paragraph, share",
    [
        ("en", "The dog saw a quokka", 1 / 5),
        ("en", "They don’t know that it's good", 0),
        ("en", "In 2026 the 3rd dog came", 0),
        ("da", "Hunden spiste rabarbergrød", 1 / 3),
        ("de", "Das ist eine große Straße", 0),
        ("el", "Ο δρόμος της πόλης", 0),
        ("fr", "l’année et l’amour", 0),
        ("no", "Jeg vet ikke hvorfor", 0),
        ("ro", "Și acum știu", 0),
    ],
)
def test_rare_words_are_those_not_among_the_most_frequent(language, paragraph, share):
    assert rare_share(paragraph, language) == pytest.approx(share)


def test_a_probable_name_does_not_count():
    assert rare_share("We saw Quokka and the dog") == 0
    assert rare_share("Quokka and dog") == pytest.approx(1 / 3)
    assert rare_share("We saw it. Quokka and dog") == pytest.approx(1 / 6)
    assert rare_share("Wir sehen Quokka", "de") == pytest.approx(1 / 3)


# --- sentences


@pytest.mark.parametrize(
    "paragraphs, length",
    [
        (["It is so. It is so! Is it so? It is so…"], 3),
        (["He said “it is so.” Then he left."], 4),
        (["It costs approx. ten pounds."], 5),
        (["We meet on the 3. of May, at 8. 30 o'clock"], 11),
        (["It is so", "It is"], 2.5),
        (["«Είναι έτσι.» Τότε έφυγε."], 2),
    ],
)
def test_sentences_end_at_their_punctuation_and_with_their_paragraph(
    paragraphs, length
):
    language = "el" if "«" in paragraphs[0] else "en"
    assert sentence_length(*paragraphs, language=language) == length


def test_a_tokenizers_count_of_sentences_is_used_instead():
    assert measure(text_of(EASY), "en", sentences=1).sentence_length == 16


# --- bands


def test_rare_words_and_long_sentences_are_hard():
    assert measure(text_of(EASY), "en").band == "A1"
    assert measure(text_of(HARD), "en").band == "C2"


@pytest.mark.parametrize("language", OURS)
def test_a_typical_newspapers_article_is_b2(language):
    typical = facts(language).typical
    assert difficulty.score_of(*typical, typical) == pytest.approx(1)
    assert difficulty.band_of(1) == "B2"


@pytest.mark.parametrize(
    "score, band",
    [(0, "A1"), (0.59, "A1"), (0.6, "A2"), (1.09, "B2"), (1.1, "C1"), (9, "C2")],
)
def test_a_band_begins_at_its_least_score(score, band):
    assert difficulty.band_of(score) == band


@pytest.mark.parametrize("code", OURS)
def test_the_demo_papers_are_for_learners(code):
    bands = [measured.band for measured in demo_measures(code)]
    assert set(bands) <= {"A2", "B1", "B2"}
    assert bands.count("B2") <= len(bands) / 2


@pytest.mark.parametrize("language", ["xx", "", "fi"])
def test_a_language_without_typical_values_has_no_difficulty(language):
    assert measure(text_of(EASY), language) is None


def test_a_language_without_a_list_of_words_has_no_difficulty(monkeypatch):
    fjordish = LanguageFacts("xx", typical=(0.2, 16))
    monkeypatch.setitem(LANGUAGES, "xx", fjordish)
    assert measure(text_of(EASY), "xx") is None


@pytest.mark.parametrize("paragraphs", [[], ["1 2 3"], ["…"]])
def test_a_text_without_words_has_no_difficulty(paragraphs):
    assert measure(text_of(*paragraphs), "en") is None


def test_a_text_in_an_old_encoding_is_no_harder():
    text = "Şi aşa, după o săptămână, oraşul aşteaptă o soluţie pentru toţi cetăţenii."
    today = text.translate(str.maketrans("şţŞ", "șțȘ"))
    assert rare_share(text, "ro") == rare_share(today, "ro") < 0.5
    apart = unicodedata.normalize("NFD", today)
    assert measure(text_of(apart), "ro") == measure(text_of(today), "ro")
