"""What a word is found under, in which order, and what is told of how."""

from typing import NamedTuple

import pytest

from learners.dictionaries.lookup import Answer, Step, Word, look_up

pytestmark = pytest.mark.nodb


class Row(NamedTuple):
    headword: str
    pos: str
    gender: str
    translations: str
    source: str


def dictionary(*rows: str):
    """A fetch from rows "headword|part of speech|translations", in their order.

    The source is core, or stands at a row's end.
    """
    entries = [_row(*row.split("|")) for row in rows]
    return lambda wanted: [one for one in entries if one.headword in wanted]


def _row(word: str, pos: str, text: str, source: str = "core") -> Row:
    return Row(word, pos, "", text, source)


def found(word: Word | str, language: str, *rows: str) -> Answer | None:
    word = Word(word) if isinstance(word, str) else word
    return look_up([word], language, "en", dictionary(*rows)).get(word.form)


def told(answer: Answer | None) -> tuple[str, str]:
    assert answer
    return answer.step.value, answer.headword


def test_a_form_is_looked_for_before_its_lemma() -> None:
    rows = "gik|v|walked", "gå|v|go"
    assert told(found(Word("gik", "gå"), "da", *rows)) == ("exact", "gik")


@pytest.mark.parametrize(
    ("word", "language", "row"),
    [
        ("ΕΛΛΑΔΑ", "el", "Ελλάδα|pn|Greece"),
        ("ΛΟΓΟΣ", "el", "λόγος|n|speech"),
        ("ΚΥΒΕΡΝΗΣΗ", "el", "κυβέρνηση|n|government"),
        ("ETAT", "fr", "état|n|state"),
        ("ELEVE", "fr", "élève|n|pupil"),
        ("FRANÇAIS", "fr", "français|adj|French"),
        ("EDUCACION", "es", "educación|n|education"),
        ("EDUCACAO", "pt", "educação|n|education"),
        ("CITTA", "it", "città|n|town"),
    ],
)
def test_capitals_need_no_accents(word: str, language: str, row: str) -> None:
    answer = found(word, language, row)
    assert answer
    assert (answer.headword, answer.is_guess) == (row.partition("|")[0], False)
    assert not found(word.capitalize(), language, row) or "Ç" in word


def test_a_word_with_a_capital_and_without_is_one_and_no_guess() -> None:
    answer = found("ETAT", "fr", "état|n|state", "État|n|country")
    assert answer
    assert len(answer.senses) == 2
    assert not answer.is_guess


def test_a_form_in_capitals_without_accents_is_a_guess() -> None:
    answer = found("ΚΥΒΕΡΝΗΣΗΣ", "el", "κυβέρνηση|n|government")
    assert answer
    assert told(answer) == ("ending", "κυβέρνηση")
    assert answer.is_guess


def test_where_several_words_are_the_same_in_capitals_all_are_told() -> None:
    answer = found("ΝΟΜΟΣ", "el", "νόμος|n|law", "νομός|n|prefecture")
    assert answer
    assert {sense.headword for sense in answer.senses} == {"νόμος", "νομός"}
    assert answer.is_guess


def test_a_verb_is_told_too_where_the_lemma_may_be_another_word() -> None:
    rows = "voks|n|wax", "vokse|v|grow", "vokse|n|what is no verb"
    open_ = found(Word("vokser", "voks", "Byen"), "da", *rows)
    decided = found(Word("vokser", "voks", "hun"), "da", *rows)
    assert open_
    assert decided
    assert [one.translations for one in open_.senses] == [["wax"], ["grow"]]
    assert [one.translations for one in decided.senses] == [["grow"]]
    assert (told(decided), decided.is_guess) == (("ending", "vokse"), True)


def test_that_a_headword_is_known_changes_no_verb() -> None:
    fetch = dictionary("voks|n|wax", "vokse|v|grow")
    answers = [
        look_up([Word("vokser", "voks")], "da", "en", fetch, known)
        for known in (frozenset(), frozenset({"voks"}))
    ]
    assert answers[0] == answers[1]


def test_what_the_lemma_means_is_told_too() -> None:
    answer = found(Word("gik", "gå"), "da", "gå|v|go", "gik|v|walked")
    assert answer
    assert [sense.translations for sense in answer.senses] == [["walked"], ["go"]]


@pytest.mark.parametrize(
    ("word", "language", "row", "step"),
    [
        (Word("Huset", "hus"), "da", "hus|n|house", "lemma"),
        (Word("Nu"), "da", "nu|adv|now", "lower"),
        (Word("Häuser", "haus", "", True), "de", "Haus|n|house", "lemma"),
        (Word("nato"), "da", "NATO|pn|NATO", "folded"),
        (Word("daß"), "de", "dass|conj|that", "folded"),
        (Word("Strasse", "", "", True), "de", "Straße|n|street", "folded"),
        (Word("еще"), "ru", "ещё|adv|still", "folded"),
        (Word("ёлка"), "ru", "елка|n|fir", "folded"),
        (Word("l’école"), "fr", "école|n|school", "elision"),
        (Word("dell’"), "it", "dell|prep|of the", "elision"),
        (Word("restauratørene"), "no", "restauratør|n|restaurateur", "ending"),
        (Word("megyei"), "hu", "megye|n|county", "ending"),
        (Word("mondhatnak"), "hu", "mond|v|say", "ending"),
        (Word("anzugreifen"), "de", "angreifen|v|attack", "prefix"),
        (Word("aangevallen", "aangevallen"), "nl", "aanvallen|v|attack", "prefix"),
        (Word("start-up"), "fr", "up|adv|up", "hyphen"),
        (Word("dit-il"), "fr", "dit|v|says", "hyphen"),
        (Word("şi"), "ro", "și|conj|and", "exact"),
        (Word("χιλιόμετρά"), "el", "χιλιόμετρα|n|kilometres", "exact"),
        (Word("ΛΟΓΟΣ"), "el", "λογος|n|speech", "lower"),
        (Word("Landgericht", "", "", True), "de", "Gericht|n|court", "compound"),
    ],
)
def test_steps(word: Word, language: str, row: str, step: str) -> None:
    assert told(found(word, language, row)) == (step, row.partition("|")[0])


def test_nothing_is_made_up() -> None:
    assert found("sprxl", "de", "Tür|n|door") is None


def test_only_guessing_steps_are_guesses() -> None:
    guesses = {step.value for step in Step if step.is_guess}
    assert guesses == {"ending", "prefix", "hyphen", "compound"}


def test_a_compound_tells_its_first_part() -> None:
    answer = found("tungeskader", "da", "tunge|n|tongue", "skade|n|injury")
    assert answer
    assert answer.before
    assert answer.is_guess
    assert (answer.before.headword, answer.headword) == ("tunge", "skade")


def test_a_link_joins_a_compound() -> None:
    word = Word("Arbeitslosigkeit", "", "", True)
    rows = "Arbeit|n|work", "Losigkeit|n|lessness"
    assert told(found(word, "de", *rows)) == ("compound", "Losigkeit")


def test_a_tail_as_it_is_comes_before_a_longer_one_without_its_ending() -> None:
    word = Word("Staatstreue", "", "", True)
    rows = "Staat|n|state", "Streuen|n|littering", "Treue|n|loyalty"
    assert told(found(word, "de", *rows)) == ("compound", "Treue")


def test_a_compound_is_split_where_no_part_is_short() -> None:
    word, rows = Word("Gastraum", "", "", True), ("Gas|n|gas", "Traum|n|dream")
    answer = found(word, "de", *rows, "Gast|n|guest", "Raum|n|room")
    assert answer
    assert answer.before
    assert (answer.before.headword, answer.headword) == ("Gast", "Raum")


@pytest.mark.parametrize("word", ["verdonnern", "Jobcenter"])
def test_a_mere_prefix_or_a_short_stem_makes_no_compound(word: str) -> None:
    rows = "donnern|v|thunder", "Job|n|job", "Cent|n|cent"
    assert found(Word(word, "", "", word.istitle()), "de", *rows) is None


def test_what_looks_like_a_word_but_is_an_ending_is_no_part() -> None:
    assert found("sygdom", "da", "syg|adj|ill", "dom|n|judgment") == found(
        "sygdom", "da", "syg|adj|ill"
    )


def test_no_compound_ends_with_a_pronoun() -> None:
    assert found("ligesom", "da", "lige|adj|even", "som|pron|who") is None


def test_languages_without_compounds_have_none() -> None:
    assert found("portacarta", "it", "carta|n|paper", "porta|n|door") is None


def test_a_phrase_is_found_by_its_lemmas() -> None:
    word = Word("cartes d'identité", "carte d'identité")
    rows = ("carte d'identité|n|identity card",)
    assert told(found(word, "fr", *rows)) == ("phrase", "carte d'identité")


def test_a_capital_makes_a_german_noun() -> None:
    rows = "essen|v|eat", "Essen|n|meal"
    inside, begins = Word("Essen", "", "das", True), Word("Essen")
    assert told(found(inside, "de", *rows)) == ("exact", "Essen")
    assert told(found(begins, "de", *rows)) == ("lower", "essen")


@pytest.mark.parametrize(
    ("before", "pos"), [("the", ["n"]), ("to", ["v"]), ("often", ["n", "v"])]
)
def test_the_word_before_decides(before: str, pos: list[str]) -> None:
    answer = found(Word("run", "", before), "en", "run|n|Lauf", "run|v|laufen")
    assert answer
    assert [sense.pos for sense in answer.senses] == pos


@pytest.mark.parametrize(
    ("word", "language", "rows", "first"),
    [
        (Word("nueva", "nuevo"), "es", ("nueva|n|news", "nuevo|adj|new"), "nuevo"),
        (
            Word("skriver", "skrive"),
            "no",
            ("skriver|n|printer", "skrive|v|write"),
            "skrive",
        ),
        (
            Word("skriver", "skrive", "en"),
            "no",
            ("skriver|n|printer", "skrive|v|write"),
            "skriver",
        ),
        (
            Word("conta", "contar", "se"),
            "pt",
            ("conta|n|account", "contar|v|count"),
            "contar",
        ),
        (
            Word("conta", "contar", "de"),
            "pt",
            ("conta|n|account", "contar|v|count"),
            "conta",
        ),
        (Word("weken", "week", "3"), "nl", ("weken|v|soak", "week|n|week"), "week"),
        (
            Word("stimmt", "stimmen"),
            "de",
            ("stimmt||votes|gpl", "stimmen|v|be right|cc-by-sa"),
            "stimmen",
        ),
    ],
)
def test_a_form_may_be_rather_its_lemma(
    word: Word, language: str, rows: tuple[str, ...], first: str
) -> None:
    answer = found(word, language, *rows)
    assert answer
    assert answer.headword == first
    assert {sense.headword for sense in answer.senses} == {
        row.partition("|")[0] for row in rows
    } or word.before


def test_what_is_no_noun_verb_or_adjective_is_never_ruled_out() -> None:
    answer = found(Word("la", "le", "sur"), "fr", "la|art|the", "le|art|the; it")
    assert answer
    assert [sense.pos for sense in answer.senses] == ["art", "art"]
    answer = found(Word("la", "le", "sur"), "fr", "la|art|the", "la|n|A (note)")
    assert answer
    assert answer.senses[0].pos == "art"


def test_a_letter_comes_after_its_lemma_but_for_those_by_hand() -> None:
    word, lemma = Word("n-", "nu"), "nu|adv|not|gpl"
    assert told(found(word, "ro", "n|n|nitrogen|gpl", lemma)) == ("lemma", "nu")
    assert told(found(word, "ro", "n|adv|not", lemma)) == ("exact", "n")


def test_an_idiom_of_a_form_comes_after_its_lemma() -> None:
    rows = "döntött||one`s mind is up|gpl", "dönt|v|decide|gpl"
    assert told(found(Word("döntött", "dönt"), "hu", *rows)) == ("lemma", "dönt")


def test_places_that_differ_are_both_shown() -> None:
    words = [Word("run", "", "the"), Word("run", "", "to"), Word("run", "", "to")]
    rows = dictionary("run|n|Lauf", "run|v|laufen", "run|adj|flüssig")
    answer = look_up(words, "en", "de", rows)["run"]
    assert [sense.pos for sense in answer.senses] == ["v", "n"]


def test_dictionaries_add_to_each_other() -> None:
    rows = "hus|n|house", "hus|n|house; home", "hus||block", "hus|v|house"
    answer = found("hus", "da", *rows)
    assert answer
    [sense] = answer.senses
    assert sense.translations == ["house", "home", "block"]


def test_everything_is_fetched_at_once() -> None:
    calls = []
    words = [Word("Haustür"), Word("anzugreifen"), Word("das"), Word("auf das")]
    look_up(words, "de", "en", lambda wanted: calls.append(wanted) or [])
    assert len(calls) == 1


def test_nothing_is_fetched_for_nothing() -> None:
    assert look_up([Word(""), Word("x" * 65)], "de", "en", pytest.fail) == {}
