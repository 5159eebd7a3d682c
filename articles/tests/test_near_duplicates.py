import random

import pytest

from articles import demo_site
from articles.crawler.judge.near_duplicates import (
    MIN_WORDS,
    MOST_DIFFERENT_BITS,
    fingerprint,
    nearest,
)
from articles.text import ArticleText

LOWEST, HIGHEST = -(2**63), 2**63 - 1
LAUNCH = ArticleText(
    "Ny færge til øerne er sat i søen",
    "",
    (
        (
            "p",
            "Lørdag formiddag gled den nye elfærge i vandet på værftet i Birkesund. "
            "Flere hundrede tilskuere var mødt op for at se skibet, der fra foråret "
            "skal sejle mellem byen og de fire øer uden at udlede røg.",
        ),
        (
            "p",
            "Borgmester Karen Holm døbte skibet og kaldte dagen en milepæl. Færgen "
            "kan tage 120 passagerer og 18 biler, og den lades op på elleve minutter.",
        ),
    ),
)
# The same event in another paper's words.
SAME_LAUNCH = ArticleText(
    "Borgmesteren døbte elfærge",
    "",
    (
        (
            "p",
            "Så kom dagen, som øboerne har ventet på i seks år: Den nye elfærge blev "
            "lørdag døbt i Birkesund. Karen Holm, byens borgmester, knuste flasken "
            "mod stævnen foran flere hundrede mennesker.",
        ),
        (
            "p",
            "På en opladning, der varer elleve minutter, når skibet alle fire øer. "
            "Der er plads til 18 biler og 120 passagerer om bord, oplyser værftet.",
        ),
    ),
)


def texts():
    for paper in demo_site.papers().values():
        for article in paper["articles"]:
            fragments = tuple(map(tuple, article["blocks"]))
            yield ArticleText(article["title"], article["summary"], fragments)


TEXTS = list(texts())


def apart(a, b):
    """In how many of their 64 bits the fingerprints of two texts differ."""
    return ((fingerprint(a) ^ fingerprint(b)) & (2**64 - 1)).bit_count()


def edited(text, share):
    """The text with a share of its words replaced, the same ones in each run."""
    dice = random.Random(7)
    fragments = []
    for tag, paragraph in text.fragments:
        words = paragraph.split()
        for place in dice.sample(range(len(words)), round(share * len(words))):
            words[place] = f"andet{place}"
        fragments.append((tag, " ".join(words)))
    return ArticleText(text.title, text.summary, tuple(fragments))


def share_near(edit):
    near = [apart(text, edit(text)) <= MOST_DIFFERENT_BITS for text in TEXTS]
    return sum(near) / len(near)


# --- fingerprints


def test_a_fingerprint_is_a_signed_64_bit_integer():
    fingerprints = [fingerprint(text) for text in TEXTS]
    assert all(LOWEST <= value <= HIGHEST for value in fingerprints)
    assert min(fingerprints) < 0 < max(fingerprints)


def test_a_fingerprint_stays_the_same_over_releases():
    assert fingerprint(LAUNCH) == -8587445791264496114


def test_a_short_text_has_none():
    words = [f"ord{number}" for number in range(MIN_WORDS - 1)]
    text = ArticleText(words[0], "", (("p", " ".join(words[1:])),))
    assert fingerprint(text) is None
    assert fingerprint(ArticleText("og", "", (("p", " ".join(words)),))) is not None


def test_case_punctuation_paragraphs_and_the_summary_do_not_count():
    loud = ArticleText(LAUNCH.title.upper(), "Resumé", (("p", f"»{LAUNCH.body}«!"),))
    assert apart(LAUNCH, loud) == 0


@pytest.mark.parametrize(
    "a, b, bits",
    [
        (0, 0, 0),
        (0, 1, 1),
        (0, -1, 64),
        (LOWEST, 0, 1),
        (LOWEST, HIGHEST, 64),
        (-1, -2, 1),
    ],
)
def test_near_is_who_differs_in_few_bits_the_sign_s_included(a, b, bits):
    expected = "b" if bits <= MOST_DIFFERENT_BITS else None
    assert nearest(a, [("b", b)]) == expected
    assert nearest(b, [("b", a)]) == expected


# --- what is near


def test_the_same_text_with_another_headline_is_near():
    def renamed(text):
        return ArticleText("En helt anden overskrift på det hele", "", text.fragments)

    assert share_near(renamed) >= 0.95


def test_the_same_text_without_a_paragraph_is_near():
    def shortened(text):
        shortest = min(text.fragments, key=lambda fragment: len(fragment[1]))
        rest = tuple(part for part in text.fragments if part != shortest)
        return ArticleText(text.title, "", rest)

    assert share_near(shortened) >= 0.95


def test_a_text_with_a_few_words_edited_is_near():
    assert share_near(lambda text: edited(text, 0.03)) >= 0.9


def test_a_text_with_a_third_of_the_words_edited_is_not_near():
    assert share_near(lambda text: edited(text, 0.33)) <= 0.05


def test_different_articles_are_not_near():
    pairs = [(a, b) for number, a in enumerate(TEXTS) for b in TEXTS[:number]]
    assert all(apart(a, b) > MOST_DIFFERENT_BITS for a, b in pairs)


def test_another_papers_article_on_the_same_event_is_not_near():
    assert apart(LAUNCH, SAME_LAUNCH) > MOST_DIFFERENT_BITS


# --- the nearest


def test_nothing_is_near_when_nothing_is_known():
    assert nearest(0, []) is None


def test_the_nearest_of_several_is_found():
    known = iter([(1, 0b111), (2, 0b1), (3, 0b11)])
    assert nearest(0, known) == 2


@pytest.mark.parametrize("sign", [0, LOWEST])
def test_what_differs_in_more_bits_is_not_near(sign):
    most = sign + 2**MOST_DIFFERENT_BITS - 1
    assert nearest(sign, [(1, most)]) == 1
    assert nearest(sign, [(1, most + 2**MOST_DIFFERENT_BITS)]) is None


def test_the_sign_is_a_bit_like_the_others():
    # As numbers they are far apart, or the same size.
    assert nearest(LOWEST, [(1, 0)]) == 1
    assert nearest(-1, [(1, 0)]) is None
    assert nearest(HIGHEST, [(1, LOWEST)]) is None
