"""Words are found where the text says, whatever became of the tokens."""

import orjson
import pytest

from learners.bookmarks.places import Finder, Place
from learners.bookmarks.sources import StoredBlocks
from learners.bookmarks.tests.reading import block_of

SENTENCE = "Et hus er rødt."


def finder(*paragraphs, title=""):
    blocks = {("body", number): block_of(one) for number, one in enumerate(paragraphs)}
    return Finder({("title", None): block_of(title), **blocks})


def at(sentence, token, length=1, fragment=0):
    return Place("body", fragment, sentence, token, length)


def test_a_word_that_stands_there_is_there():
    found = finder(SENTENCE).find("hus", SENTENCE, at(0, 1))
    assert found == at(0, 1)


def test_case_and_marks_do_not_count_and_the_length_is_worked_out():
    text = finder("Et rødt hus, siger de.")
    found = text.find("Rødt hus,", "ET RØDT HUS - siger de", at(0, 1, length=7))
    assert found == at(0, 1, length=2)


def test_a_word_cut_into_several_tokens_is_one():
    found = finder("Det er C-17 nu.").find("C-17", "Det er C-17 nu.", at(0, 2))
    assert found == at(0, 2, length=3)


def test_the_same_word_in_another_sentence_is_not_meant():
    text = finder("Der er hus nok her. Ingen ved hvor hus to ligger.")
    assert text.find("hus", "Han købte sig et hus i går.", at(0, 2)) is None


def test_a_word_is_found_where_its_sentence_went():
    text = finder("Noget nyt.", f"Ja. {SENTENCE}")
    assert text.find("hus", SENTENCE, at(0, 1)) == at(1, 1, fragment=1)


def test_of_two_the_nearest_is_meant():
    text = finder(f"{SENTENCE} Hus og hus og hus igen.")
    found = text.find("hus", "Hus og hus og hus igen.", at(0, 5))
    assert found == at(1, 4)


def test_the_block_where_it_was_comes_first():
    text = finder(SENTENCE, SENTENCE)
    assert text.find("hus", SENTENCE, at(3, 1, fragment=1)) == at(0, 1, fragment=1)


def test_a_sentence_that_is_cut_otherwise_is_known():
    whole = "Han bor i nr. 5 i byen."
    text = finder(whole)  # two sentences: "Han bor i nr." and "5 i byen."
    assert text.find("bor", whole, at(0, 1)) == at(0, 1)
    assert text.find("byen", whole, at(0, 6)) == at(1, 2)


def test_a_window_of_a_long_sentence_is_enough():
    text = finder("I dag, siger de alle sammen, løber hunden langt.")
    assert text.find("løber", "alle sammen, løber hunden", None) == at(0, 8)


def test_a_short_sentence_is_no_part_of_any_other():
    assert finder("Ja.").find("ja", "Han sagde ja til det hele.", at(0, 0)) is None


def test_a_sentence_edited_a_little_is_known_in_its_block_alone():
    before, after = "Et hus er helt rødt nu.", "Et hus er helt blåt nu."
    assert finder(after).find("hus", before, at(0, 1)) == at(0, 1)
    assert finder("Ny.", after).find("hus", before, at(0, 1)) is None


def test_without_a_context_one_place_alone_is_meant():
    text = finder("Et hus.", "To hus og hus.")
    assert text.find("hus", "", at(5, 5)) == at(0, 1)
    assert text.find("hus", "hus", None) is None
    assert text.find("hus", "", at(0, 3, fragment=1)) == at(0, 3, fragment=1)


def test_verbs_at_two_places_are_found_by_either():
    blocks = {("body", 0): block_of("Er greift sie wieder an.")}
    [[sentence]] = blocks["body", 0]
    for token, role in ((1, "head"), (4, "dependent")):
        sentence[token] |= {"mwe_group_id": "0.1", "mwe_role": role}
    text = Finder(blocks)
    for told in (1, 4):
        found = text.find("greift … an", "Er greift sie wieder an.", at(0, told))
        assert found == at(0, 1)


@pytest.mark.parametrize(
    "told",
    [at(9, 9), at(0, 99), Place("body", 7, 0, 1), Place("summary", None, 0, 0)],
)
def test_nonsense_leads_nowhere(told):
    assert finder(SENTENCE).find("bil", SENTENCE, told) is None
    assert finder(SENTENCE).find("...", SENTENCE, told) is None
    assert Finder({}).find("hus", SENTENCE, told) is None


def test_a_paragraph_is_cut_out_of_all_the_json():
    blocks = [
        {"id": pk, "tag": "p", "text": text, "tokens": tokens}
        for pk, text, tokens in (
            (7, '{"id":9,"tokens":[]}', block_of('"id":9 ,{"id":9,')),
            (9, "]}", block_of("]}")),
            (99, "}]", None),
        )
    ]
    stored = StoredBlocks({"title": None}, orjson.dumps(blocks).decode())
    assert [stored.get(("body", one["id"])) for one in blocks] == [
        one["tokens"] for one in blocks
    ]
    assert stored.get(("body", 8)) is None
    assert stored.get(("title", None)) is None
    assert [key for key, _ in stored.items()] == [("body", 7), ("body", 9)]


def test_titles_are_looked_through_too():
    text = finder(title="Et hus brænder.")
    found = text.find("hus", "Et hus brænder", None)
    assert found == Place("title", None, 0, 1)
