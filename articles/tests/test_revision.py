import random

import pytest

from articles import demo_site
from articles.crawler.judge.revision import FEW_WORDS, is_new_version
from articles.text import ArticleText

TITLE = "Ny færge til øerne »i foråret«"
WORDS = [f"ord{number}" for number in range(100)]


def text_of(words, title=TITLE):
    return ArticleText(title, "Resumé", (("p", " ".join(words)),))


def edited(words, count):
    return [f"nyt{number}" for number in range(count)] + words[count:]


def changes_the_title(title, old=TITLE):
    return is_new_version(text_of(WORDS, old), text_of(WORDS, title))


def changes_the_body(new, old=WORDS):
    return is_new_version(text_of(old), text_of(new))


# --- the title


@pytest.mark.parametrize(
    "title",
    [
        TITLE,
        TITLE.upper(),
        "Ny færge til øerne 'i foråret'!",
        "  Ny  færge til øerne – i foråret",
        "Nyfærge til øerne i foråret",
    ],
)
def test_case_punctuation_and_whitespace_of_the_title_are_no_new_version(title):
    assert not changes_the_title(title)


@pytest.mark.parametrize(
    "title",
    ["Nye færger til øerne »i foråret«", "Ny færge til øerne", ""],
)
def test_other_letters_in_the_title_are_a_new_version(title):
    assert changes_the_title(title)


def test_other_digits_in_the_title_are_a_new_version():
    assert changes_the_title("7 døde", "6 døde")


@pytest.mark.parametrize(
    "old, new",
    [("Новый паром", "Новый порт"), ("Νέο πλοίο", "Νέο λιμάνι"), ("Mit", "Mît")],
)
def test_letters_of_all_scripts_count(old, new):
    assert changes_the_title(new, old)


# --- the body


def test_the_same_text_is_no_new_version():
    assert not changes_the_body(WORDS)


def test_a_few_other_words_are_no_new_version():
    assert not changes_the_body(edited(WORDS, FEW_WORDS))
    assert changes_the_body(edited(WORDS, FEW_WORDS + 1))


def test_words_put_in_or_taken_out_count_alike():
    assert not changes_the_body(WORDS[FEW_WORDS:])
    assert changes_the_body(WORDS[FEW_WORDS + 1 :])
    assert not changes_the_body(WORDS, old=WORDS[FEW_WORDS:])
    assert changes_the_body(WORDS, old=WORDS[FEW_WORDS + 1 :])


def test_of_a_long_text_two_in_a_hundred_words_are_few():
    words = WORDS * 10
    assert not changes_the_body(edited(words, 20), old=words)
    assert changes_the_body(edited(words, 21), old=words)


def test_case_punctuation_paragraphs_and_order_of_the_body_are_no_new_version():
    half = len(WORDS) // 2
    moved = (
        ("h2", "„" + ", ".join(WORDS[half:]).upper() + "“"),
        ("p", " – ".join(WORDS[:half])),
    )
    assert not is_new_version(text_of(WORDS), ArticleText(TITLE, "", moved))


def test_the_summary_does_not_count():
    new = ArticleText(TITLE, "Et helt andet", text_of(WORDS).fragments)
    assert not is_new_version(text_of(WORDS), new)


@pytest.mark.parametrize("fragments", [(), (("p", "…"),)])
def test_a_text_without_a_body_is_never_a_new_version(fragments):
    assert not is_new_version(text_of(WORDS), ArticleText("Andet", "", fragments))


def test_a_body_where_there_was_none_is_a_new_version():
    assert is_new_version(ArticleText(TITLE, "", ()), text_of(WORDS))


@pytest.mark.parametrize("code", demo_site.papers())
def test_a_slip_in_any_language_is_no_new_version_but_a_paragraph_is(code):
    article = demo_site.papers()[code]["articles"][0]
    blocks = [tuple(block) for block in article["blocks"]]
    dice = random.Random(7)
    slipped = list(blocks)
    place = dice.randrange(len(blocks))
    tag, text = blocks[place]
    slipped[place] = (tag, text[:-2] + text[-1] + text[-2])
    paragraph = max(blocks, key=lambda block: len(block[1]))
    shorter = [block for block in blocks if block != paragraph]
    old = ArticleText(article["title"], "", tuple(blocks))
    assert not is_new_version(old, ArticleText(article["title"], "", tuple(slipped)))
    assert is_new_version(old, ArticleText(article["title"], "", tuple(shorter)))
