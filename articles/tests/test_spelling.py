import pytest

from articles.spelling import bare, one_encoding


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ΔΙΑΦΗΜΙΣΗ", "διαφήμιση"),
        ("ΝΕΟΣ ΔΡΟΜΟΣ", "νέος δρόμος"),
        ("\u1f71", "\u03ac"),
        ("STRASSE", "Straße"),
        ("GROẞ", "groß"),
        ("ISTANBUL", "ıstanbul"),
        ("İSTANBUL", "istanbul"),
        ("OEUVRE", "œuvre"),
        ("ZIJN", "zĳn"),
        ("ŞTIRI", "știri"),
        ("ABONNES", "abonne\u0301s"),
        ("ЕЩЕ", "ещё"),
        ("Artykul", "artykuł"),
        ("ﬁn", "fin"),
    ],
)
def test_all_ways_to_write_a_word_are_one_without_accents_and_case(one, other):
    assert bare(one) == bare(other)


def test_other_words_stay_others():
    assert bare("är") != bare("er")
    assert bare("50,5%") == "50,5%"


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("ro", "Şi ţara", "Și țara"),
        ("tr", "Şimdi", "Şimdi"),
        ("hu", "nõk tûz", "nők tűz"),
        ("pt", "põe", "põe"),
        ("nl", "Ĳs en ĳs", "IJs en ijs"),
        ("fr", "e\u0301te\u0301", "été"),
        ("en", "plain", "plain"),
    ],
)
def test_each_letter_is_its_languages_own(language, text, expected):
    assert one_encoding(text, language) == expected
