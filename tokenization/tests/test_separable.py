"""Verbs that stand at two places, with real lemmas and sentences made for this test."""

import hashlib
import re

import orjson
import pytest
from django.conf import settings

from articles.languages import LANGUAGES
from articles.text import ArticleText
from tokenization import services
from tokenization.stanza import lemmas
from tokenization.stanza.lemmas import Lemmatizer
from tokenization.stanza.separable import mark_verbs
from tokenization.stanza.tokens import to_block

pytestmark = pytest.mark.nodb

# VERSION of the lemmas, and the digest of what the records say of verbs that part.
KNOWN = (1, "07f9ab2369b7057e")


@pytest.fixture(scope="module")
def lemmatizer():
    return Lemmatizer(settings.LEMMAS_DIR)


def marked(lemmatizer, text, language):
    """The block of a text that is one sentence, its verbs marked."""
    spans = [mark.span() for mark in re.finditer(r"\w+|[^\w\s]", text)]
    block = to_block(text, [spans], lambda word: lemmatizer.lemma(word, language))
    mark_verbs(block, language, lemmatizer)
    return block


def verbs(lemmatizer, text, language):
    """[(lemma, its tokens' texts)] of the separated verbs of a sentence."""
    [[sentence]] = marked(lemmatizer, text, language)
    groups = {}
    for token in sentence:
        if "mwe_group_id" in token:
            groups.setdefault(token["mwe_group_id"], []).append(token)
    return [
        (
            next(t["lemma"] for t in group if t["mwe_role"] == "head"),
            " ".join(token["text"] for token in group),
        )
        for group in groups.values()
    ]


@pytest.mark.parametrize(
    ("language", "text", "found"),
    [
        ("de", "Der Hund greift den Boten an.", ("angreifen", "greift an")),
        ("de", "Morgen fängt die Schule wieder an.", ("anfangen", "fängt an")),
        ("de", "Greift er sie an?", ("angreifen", "Greift an")),
        ("de", "Sie gab auf und ging.", ("aufgeben", "gab auf")),
        ("de", "Er riss die Arme hoch.", ("hochreißen", "riss hoch")),
        ("de", "Er stellte, wie jeder weiß, viel her", None),
        ("de", "Sie bereitet ihn darauf vor, dass er geht.", ("vorbereiten", None)),
        ("de", "Die Truppen rückten an der Küste vor.", ("vorrücken", "rückten vor")),
        ("nl", "De trein komt om negen uur aan.", ("aankomen", "komt aan")),
        ("nl", "Zij drukt de foto af.", ("afdrukken", "drukt af")),
        ("nl", "Ga zitten en pas de tekst aan.", ("aanpassen", "pas aan")),
        ("nl", "Hij stelde zijn vertrek uit.", ("uitstellen", "stelde uit")),
        ("hu", "Nem ment el a bálba.", ("elmegy", "ment el")),
        ("hu", "Holnap el kell olvasni a levelet.", ("elolvas", "el olvasni")),
        ("hu", "Péter nyitotta meg az ajtót.", ("megnyit", "nyitotta meg")),
    ],
)
def test_a_verb_and_its_particle_are_found(lemmatizer, language, text, found):
    answer = verbs(lemmatizer, text, language)
    if found is None:
        assert answer == []
    else:
        [(lemma, words)] = answer
        assert lemma == found[0]
        assert found[1] in (None, words)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        # Prepositions and adverbs, not at a clause's end.
        ("de", "Er greift an der Küste nach dem Brot."),
        ("de", "Von Anfang an kam niemand."),
        ("de", "Sie kommt ab und zu."),
        ("de", "Kinder gehen ihren eigenen Weg, heißt es."),
        ("de", "Das gegriffene Kind, mit an Bord, lacht."),
        # Verbs that no dictionary has with this particle.
        ("de", "Der Hund bellt den Boten statt."),
        ("nl", "Daar denkt hij over."),
        ("nl", "Hij loopt van de brug af."),
        ("nl", "Zet de lamp in de kamer."),
        ("nl", "Het licht gaat aan of uit."),
        ("hu", "Az ember és a ház meg a kert."),
        # Where the two are written apart in the dictionary too.
        ("da", "Hun giver ikke op."),
        ("sv", "Hon ger inte upp."),
        ("en", "She does not give up."),
    ],
)
def test_what_is_no_such_verb_is_left_alone(lemmatizer, language, text):
    assert verbs(lemmatizer, text, language) == []


def test_a_group_s_tokens_say_so(lemmatizer):
    [[sentence]] = marked(lemmatizer, "Er gibt auf, sie fängt heute an.", "de")
    fields = [
        {name: value for name, value in token.items() if name.startswith("mwe_")}
        for token in sentence
    ]
    shared = {"mwe_type": "particle_verb"}
    beside = {**shared, "mwe_group_id": "0.1", "mwe_is_separated": False}
    apart = {**shared, "mwe_group_id": "0.5", "mwe_is_separated": True}
    assert fields == [
        {},
        {**beside, "mwe_role": "head"},
        {**beside, "mwe_role": "dependent"},
        {},
        {},
        {**apart, "mwe_role": "head"},
        {},
        {**apart, "mwe_role": "dependent"},
        {},
    ]
    assert sentence[7]["text"] == "an"
    assert "lemma" not in sentence[7]


def test_an_articles_tokens_have_them():
    text = ArticleText("Sie gibt nicht auf", "", ())
    [prepared] = services.prepare([text], "de")
    [[title]] = orjson.loads(prepared.title)
    assert [token.get("mwe_role") for token in title] == [
        None,
        "head",
        None,
        "dependent",
    ]
    assert title[1]["lemma"] == "aufgeben"


def test_other_records_make_another_version():
    records = [vars(LANGUAGES[code].separable) for code in sorted(LANGUAGES)]
    digest = hashlib.sha256(repr(records).encode()).hexdigest()[:16]
    assert (lemmas.VERSION, digest) == KNOWN, (
        "tokens made by other words are stale: raise VERSION in stanza/lemmas.py"
    )
