"""What the rules add to the models: with a made-up model, and with the real ones."""

import time
from hashlib import sha256

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from articles.languages import LANGUAGES, LanguageFacts
from articles.languages.facts import Abbreviations
from articles.tests.factories import OURS
from tokenization.stanza import abbreviations, rules
from tokenization.stanza.addresses import find_addresses
from tokenization.stanza.engine import Engine
from tokenization.stanza.network import PipelineTagger
from tokenization.stanza.tokens import to_block

pytestmark = pytest.mark.nodb

BUNDLED = settings.BASE_DIR / "tokenization" / "stanza_resources"
MODELS = Engine(BUNDLED).languages()
# VERSION of the rules, and by language the digest of its record's words.
WORDS_OF = (
    1,
    {
        "da": "c54dab52",
        "de": "6b5bea54",
        "el": "2c34713a",
        "en": "ae550cec",
        "es": "52a0d18d",
        "fr": "d8cc8d08",
        "hu": "4b28529d",
        "it": "f2c707fd",
        "nl": "06364e45",
        "no": "83dbed1a",
        "pl": "2145460d",
        "pt": "0845dcef",
        "ro": "e71aa797",
        "ru": "5c9f34d4",
        "sv": "fecf96d2",
    },
)
# Of these, odd texts are made up.
PARTS = (
    " ",
    "  ",
    "\n",
    "\n\n",
    "\u00a0",
    "\u200b",
    "😀",
    "👩‍👧",
    "e\u0301",
    "’",
    "'",
    "…",
    "https://x.example/a_(b)",
    "www.x.example",
    "a.b@x.example",
    "bbc.co.uk",
    "http://",
    "@",
    "://",
    "(",
    ")",
    "]",
    "»",
    "”",
    ",",
    ".",
    "..",
    ";",
    "!",
    "?",
    "U.S.",
    "z.B.",
    "etc.",
    "kl.",
    "т.д.",
    "Dr.",
    "ord",
    "Ord",
    "12",
    "3,5",
    "-",
)
ODD = st.lists(st.sampled_from(PARTS) | st.text(max_size=3), max_size=25).map("".join)


@pytest.fixture(scope="module")
def engine():
    return Engine(BUNDLED)


def show(text, sentences):
    """Sentences as text: tokens between strokes, sentences between double ones."""
    return " ‖ ".join("|".join(text[a:b] for a, b in spans) for spans in sentences)


@pytest.fixture(scope="module")
def tokens(engine):
    def tokens(language, text):
        [sentences] = engine.tokenize([text], language)
        return show(text, sentences)

    return tokens


# --- addresses


@pytest.mark.parametrize("mark", [*",.;:!?…)]}'’”»“", "),", ").", "”.", "!?", "\u037e"])
@pytest.mark.parametrize(
    "address",
    [
        "https://news.example/a1",
        "HTTPS://News.Example",
        "www.news.example/a?b=c",
        "http://localhost:8000/x",
        "https://пример.рф/путь",
        "ftp://x.example/a.gz",
        "anna.b@news.example",
        "Bo@Æ.example",
        "news.bbc.co.uk",
    ],
)
def test_marks_behind_an_address_are_no_part_of_it(address, mark):
    text = f"See {address}{mark} now"
    spans = [text[start:end] for start, end in find_addresses(text)]
    assert spans[0] == address
    assert "".join(spans[1:]) == mark


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("https://x.example/wiki/A_(b)", "https://x.example/wiki/A_(b)"),
        ("(https://x.example/wiki/A_(b))", "https://x.example/wiki/A_(b)"),
        ("[https://x.example/a[1]].", "https://x.example/a[1]"),
        ("«https://x.example/a»", "https://x.example/a"),
        ("„https://x.example/a“, sagt", "https://x.example/a"),
        ("https://x.example/a,b;c.d", "https://x.example/a,b;c.d"),
        ("https://x.example/l’été", "https://x.example/l’été"),
        ("https://x.example/a/.", "https://x.example/a/"),
        ("'anna@x.example'", "anna@x.example"),
        ("mailto:anna@x.example.", "mailto:anna@x.example"),
        ("<anna@x.example>", "anna@x.example"),
        ("example.com.", "example.com"),
    ],
)
def test_what_belongs_to_an_address_stays(text, address):
    start, end = find_addresses(text)[0]
    assert text[start:end] == address


@pytest.mark.parametrize(
    "text", ["@anna", "a@b", "https://", "www.", "http://.", "@.", "", "x://y", ".com."]
)
def test_what_only_looks_like_an_address_is_none(text):
    assert find_addresses(f"see {text} now") == []


@pytest.mark.parametrize("language", MODELS)
def test_addresses_are_one_token_each_in_all_languages(engine, language):
    text = "ok (https://x.example/a_(b)), www.y.example; anna@z.example: ok"
    [sentences] = engine.tokenize([text], language)
    [[*paragraph]] = to_block(text, sentences, one_sentence=True)
    flags = {t["text"]: t for t in paragraph[0]}
    assert flags["https://x.example/a_(b)"]["is_like_url"]
    assert flags["www.y.example"]["is_like_url"]
    assert flags["anna@z.example"]["is_like_email"]
    assert [t["text"] for t in paragraph[0]][3:7] == [")", ",", "www.y.example", ";"]


def test_a_sentence_ends_behind_an_address_with_its_stop(tokens):
    text = "We read https://x.example/a. Then we left."
    assert tokens("en", text) == "We|read|https://x.example/a|. ‖ Then|we|left|."


@pytest.mark.parametrize(
    "text",
    [
        "https://x" + ")" * 100_000,
        "a" * 200_000 + "@b.example",
        "@" * 200_000,
        "www." * 50_000,
        "a.com." * 30_000,
        "https://a " * 20_000,
        "a@b.c " * 30_000,
        "etc. " * 40_000,
        "." * 200_000,
        "z." * 100_000,
        "a.-" * 60_000,
    ],
)
def test_hostile_texts_take_no_longer_than_others(text):
    words = [(at, at + 9) for at in range(0, len(text) - 9, 10)]
    started = time.process_time()
    rules.mend(text, [words], "de")
    rules.straighten(text)
    assert time.process_time() - started < 3


# --- last stops


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_stop_glued_to_the_last_word_is_its_own_token(language):
    text = "Xu Ana."
    assert show(text, rules.mend(text, [[(0, 2), (3, 7)]], language)) == "Xu|Ana|."


def test_so_it_is_before_closing_quotes_and_at_sentences_ends_within():
    text = "Er mag Anna. Sie mag „Otto.“"
    found = [
        [(0, 2), (3, 6), (7, 12)],
        [(13, 16), (17, 20), (21, 22), (22, 27), (27, 28)],
    ]
    expected = "Er|mag|Anna|. ‖ Sie|mag|„|Otto|.|“"
    assert show(text, rules.mend(text, found, "de")) == expected


@pytest.mark.parametrize(
    ("language", "word"),
    [
        ("de", "usw."),
        ("de", "z.B."),
        ("en", "U.S."),
        ("en", "Inc."),
        ("it", "ecc."),
        ("hu", "stb."),
        ("da", "osv."),
        ("ru", "т.д."),
        ("nl", "enz."),
        ("ro", "etc."),
        ("en", "so..."),
        ("el", "κ.λπ."),
        ("sv", "m.m."),
        ("no", "m.fl."),
    ],
)
def test_a_known_abbreviations_stop_stays_at_the_texts_end(language, word):
    text = f"Xu {word}"
    assert rules.mend(text, [[(0, 2), (3, len(text))]], language) == [
        [(0, 2), (3, len(text))]
    ]


def test_polish_stops_stay_apart():
    text = "Jabłka itp. oraz"
    found = [[(0, 6), (7, 10), (10, 11)], [(12, 16)]]
    assert show(text, rules.mend(text, found, "pl")) == "Jabłka|itp|.|oraz"


def test_a_last_stop_within_an_address_is_left_to_it():
    text = "Xu https://x.example/a."
    found = [[(0, 2), (3, len(text))]]
    assert show(text, rules.mend(text, found, "en")) == "Xu|https://x.example/a|."


# --- what is glued to words


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("Ana;", "Ana|;"),
        ("dus:", "dus|:"),
        ("2019,", "2019|,"),
        ("Ana—", "Ana|—"),
        ("Ana—,", "Ana|—|,"),
        ("Ana—.", "Ana|—|."),
        ("—Ana", "—|Ana"),
        ("––Ana–:", "––|Ana|–|:"),
        ("Inc.,", "Inc.|,"),
        *((kept, kept) for kept in (":D", ";-)", "D:", "x;", "&#39;", "etc.", "so...")),
        *((kept, kept) for kept in ("—", "–5", ",,", "3,5", "10:30", "a—b")),
    ],
)
def test_marks_glued_to_a_word_are_tokens_of_their_own(language, word, expected):
    text = f"Xu {word} og"
    end = 3 + len(word)
    mended = rules.mend(text, [[(0, 2), (3, end), (end + 1, end + 3)]], language)
    assert show(text, mended) == f"Xu|{expected}|og"


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("es", "—Voy —susurró—. Y calló.", "—|Voy|—|susurró|—|. ‖ Y|calló|."),
        ("es", "—Ya —dijo Eva—, vamos.", "—|Ya|—|dijo|Eva|—|,|vamos|."),
        ("ro", "A venit Ion; a plecat.", "A|venit|Ion|;|a|plecat|."),
        ("en", "See https://x.example/a; Eva", "See|https://x.example/a|;|Eva"),
        ("sv", "Vi såg S:t Eriks bro.", "Vi|såg|S:t|Eriks|bro|."),
    ],
)
def test_glued_marks_with_the_models(tokens, language, text, expected):
    assert tokens(language, text) == expected


# --- abbreviations


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("de", "Äpfel usw. kaufen", "Äpfel|usw.|kaufen"),
        ("de", "Äpfel usw. Dann", "Äpfel|usw. ‖ Dann"),
        ("de", "Äpfel bzw. Birnen", "Äpfel|bzw.|Birnen"),
        ("de", "Eva sah Max. Dann", "Eva|sah|Max|. ‖ Dann"),
        ("de", "(bzw. zwei)", "(|bzw.|zwei|)"),
        ("de", "der dr.-titel", "der|dr|. ‖ -|titel"),
        ("it", "vino ecc. per tre", "vino|ecc.|per|tre"),
        ("hu", "alma stb. 25 nap", "alma|stb.|25|nap"),
        ("en", "the U.S. 25 days", "the|U.S.|25|days"),
        ("en", "the U.S. Army", "the|U.S.|Army"),
        ("en", "the U.S. The end", "the|U.S. ‖ The|end"),
        ("en", "met Sen. Smith", "met|Sen.|Smith"),
        ("en", "His rep. He", "His|rep|. ‖ He"),
        ("en", "on Jan. 5. Then", "on|Jan.|5|. ‖ Then"),
        ("en", "on Sept.\u00a03, (Dec. 24)", "on|Sept.|3|,|(|Dec.|24|)"),
        ("en", "I saw Jan. He", "I|saw|Jan|. ‖ He"),
        ("en", "see No. 5", "see|No.|5"),
        ("en", "She said no. 5 left", "She|said|no|. ‖ 5|left"),
        ("da", "den 5. okt. 2020", "den|5|. ‖ okt.|2020"),
        ("es", "el 5 ene. 2020", "el|5|ene.|2020"),
        ("es", "cae al mar. 20 más", "cae|al|mar|. ‖ 20|más"),
        ("fr", "ils sont sept. 20 autres", "ils|sont|sept|. ‖ 20|autres"),
        ("ru", "с 5 янв. 2020", "с|5|янв.|2020"),
        ("da", "Den er min. Han", "Den|er|min|. ‖ Han"),
        ("ru", "Он дал им. Потом", "Он|дал|им|. ‖ Потом"),
        ("el", "στις Η.Π.Α. και", "στις|Η.Π.Α.|και"),
    ],
)
def test_abbreviations_by_what_follows(language, text, expected):
    """The model, here, ends a sentence at each stop and cuts at each mark."""
    words = rules.re.finditer(r"\w+|[^\w\s]", text)
    found = [[]]
    for word in words:
        found[-1].append(word.span())
        if word[0] == ".":
            found.append([])
    found = [sentence for sentence in found if sentence]
    assert show(text, rules.mend(text, found, language)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("He met her on Jan. 5. It rained.", "He|met|her|on|Jan.|5|. ‖ It|rained|."),
        ("We left on Dec. 24, 2020.", "We|left|on|Dec.|24|,|2020|."),
        ("The shop opens Aug. 12. We wait.", "The|shop|opens|Aug.|12|. ‖ We|wait|."),
        ("We met in Jan. Then it rained.", "We|met|in|Jan|. ‖ Then|it|rained|."),
    ],
)
def test_english_dates(tokens, text, expected):
    assert tokens("en", text) == expected


def test_a_text_without_work_for_rules_is_given_back():
    found = [[(0, 2), (3, 6), (6, 7)]]
    assert rules.mend("Xu Ana!", found, "de") is found


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_lists_have_no_word_twice_and_none_too_long(language):
    assert not abbreviations.goes_on(language) & abbreviations.may_end(language)
    words = abbreviations.goes_on(language) | abbreviations.may_end(language)
    assert len(max(words, key=len)) <= rules.LONGEST


# --- apostrophes


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("l’été d´hier, qu`il", "l'été d'hier, qu'il"),
        ("’s avonds in ’s-Gravenhage", "'s avonds in 's-Gravenhage"),
        ("rock ’n’ roll", "rock 'n' roll"),
        ("‘s avonds in ‘s-Gravenhage", "'s avonds in 's-Gravenhage"),
        ("the letters ‘s’ and ‘t’", "the letters ‘s’ and ‘t’"),
        ("‘Hallo’, he said", "‘Hallo’, he said"),
        ("the players’ ball", "the players’ ball"),
        ("’Hej’, sa hon", "’Hej’, sa hon"),
    ],
)
def test_apostrophes_are_straight_for_the_model(text, shown):
    assert rules.straighten(text) == shown


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("nl", "Zij woont in ’s-Hertogenbosch.", "Zij|woont|in|’s-Hertogenbosch|."),
        ("nl", "Hij komt ’s avonds laat.", "Hij|komt|’s|avonds|laat|."),
        ("nl", "Koud in ’t bos en ’s avonds", "Koud|in|’t|bos|en|’s|avonds"),
        ("fr", "Quelqu’un chante.", "Quelqu’un|chante|."),
        ("fr", "Il part, c’est-à-dire demain.", "Il|part|,|c’est-à-dire|demain|."),
        ("fr", "QUELQU’UN, C’EST-À-DIRE LUI", "QUELQU’UN|,|C’EST-À-DIRE|LUI"),
        ("fr", "Les prud’hommes dorment.", "Les|prud’hommes|dorment|."),
        ("fr", "La presqu’île de l’élève.", "La|presqu’île|de|l’|élève|."),
        ("de", "Ich hab’s, geht’s?", "Ich|hab’s|,|geht’s|?"),
        ("en", "We like rock ’n’ roll.", "We|like|rock|’n’|roll|."),
        ("it", "L’amico dell’orso.", "L’|amico|dell’|orso|."),
    ],
)
def test_words_with_an_apostrophe(tokens, language, text, expected):
    assert tokens(language, text) == expected
    straight = text.replace("’", "'")
    assert tokens(language, straight) == expected.replace("’", "'")


def test_a_dutch_letter_behind_a_wrong_quote_is_one_token(tokens):
    text = "‘s-Hertogenbosch en ‘s avonds"
    assert tokens("nl", text) == "‘s-Hertogenbosch|en|‘s|avonds"


# --- all together


@hypothesis_settings(max_examples=150)
@given(texts=st.lists(ODD, max_size=4), language=st.sampled_from(MODELS))
def test_offsets_rebuild_any_text_in_any_language(engine, texts, language):
    found = engine.tokenize(texts, language)
    for text, sentences in zip(texts, found, strict=True):
        edges = [edge for spans in sentences for span in spans for edge in span]
        assert edges == sorted(edges)
        spans = [span for sentence in sentences for span in sentence]
        assert all(start < end for start, end in spans)
        seen = "".join(text[start:end] for start, end in spans)
        assert "".join(seen.split()) == "".join(text.split())
        assert all(sentences)


@hypothesis_settings(max_examples=100)
@given(text=ODD, language=st.sampled_from(sorted(LANGUAGES)), data=st.data())
def test_rules_only_move_edges_whatever_the_model_says(text, language, data):
    """However a model cuts: each visible character stays in one token, in order."""
    found = []
    for word in rules.re.finditer(r"\S+", text):
        cut = data.draw(st.integers(word.start() + 1, word.end()))
        parts = [(word.start(), cut), (cut, word.end())]
        found.append([part for part in parts if part[0] < part[1]])
    mended = rules.mend(text, found, language)
    assert all(mended)
    spans = [span for sentence in mended for span in sentence]
    assert [edge for span in spans for edge in span] == sorted(
        edge for span in spans for edge in span
    )
    assert all(start < end for start, end in spans)
    seen = [at for start, end in spans for at in range(start, end)]
    assert [text[at] for at in seen if not text[at].isspace()] == list(
        "".join(text.split())
    )
    assert len(seen) == len(set(seen))


@given(text=ODD)
def test_straightening_keeps_each_place(text):
    shown = rules.straighten(text)
    assert len(shown) == len(text)
    pairs = zip(text, shown, strict=True)
    assert all(new == old or new == "'" for old, new in pairs)


def test_stanzas_own_way_gets_the_same_rules(monkeypatch):
    def load(path, content):
        return PipelineTagger(path)

    monkeypatch.setattr("tokenization.stanza.network.load_tagger", load)
    text = "Siehe https://x.example/a, es geht’s usw."
    [sentences] = Engine(BUNDLED).tokenize([text], "de")
    expected = "Siehe|https://x.example/a|,|es|geht’s|usw."
    assert show(text, sentences) == expected


def digest(code):
    """Of the words in a language's record by which rules make its tokens."""
    known = LANGUAGES[code]
    lists = sorted(vars(known.abbreviations).items())
    words = [(name, sorted(str(listed).split())) for name, listed in lists]
    return sha256(repr((words, known.fixed_words.split())).encode()).hexdigest()[:8]


@pytest.mark.parametrize("code", WORDS_OF[1])
def test_other_words_in_a_record_are_another_version(code):
    version, digests = WORDS_OF
    assert (rules.VERSION, digest(code)) == (version, digests[code]), (
        "tokens made by other words are stale: raise VERSION in stanza/rules.py, and"
        " note it in WORDS_OF with the new digest"
    )


def test_a_word_more_is_another_digest(monkeypatch):
    more = Abbreviations(goes_on="hr. zkq.")
    monkeypatch.setitem(LANGUAGES, "xx", LanguageFacts("xx", abbreviations=more))
    found = digest("xx")
    fewer = Abbreviations(goes_on="hr.")
    monkeypatch.setitem(LANGUAGES, "xx", LanguageFacts("xx", abbreviations=fewer))
    assert digest("xx") != found


def test_all_our_languages_have_their_digest():
    assert set(OURS) <= WORDS_OF[1].keys()


def test_the_version_names_the_rules(engine, monkeypatch):
    before = engine.version("da")
    monkeypatch.setattr(rules, "VERSION", rules.VERSION + 1)
    assert engine.version("da") != before
