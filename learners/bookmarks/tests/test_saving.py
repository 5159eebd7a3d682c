"""Words are saved once, with what they are and mean, and change only when asked."""

from datetime import timedelta

import pytest
from django.utils import timezone

from articles.deletion import delete
from articles.models import Article, Fragment
from learners.bookmarks import saving
from learners.bookmarks.models import Bookmark
from learners.bookmarks.places import Place
from learners.bookmarks.saving import Met
from learners.bookmarks.sources import NotThere
from learners.bookmarks.tests.reading import make_read
from learners.dictionaries.tests.factories import make_dictionary
from learners.knowledge import store
from learners.knowledge.store import State
from learners.models import Cohort, Membership, PracticeCard, Text
from learners.tests.learning import make_learner
from tokenization.models import Lexeme, TokenizationCache

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("stub")]
SENTENCE = "To huse er røde."


@pytest.fixture
def learner():
    return make_learner().pk


def met(article, word="huse", sentence=0, token=1, **facts):
    fragment = article.fragments.first().pk
    place = Place("body", fragment, sentence, token)
    return Met(word, article=article.pk, place=place, **facts)


def save(learner, met):
    saved = saving.save(learner, met)
    return saved.bookmark, saved.is_new


def test_a_tap_is_enough(learner):
    made, is_new = save(learner, met(make_read(SENTENCE)))
    lexeme = Lexeme.objects.get(language="da", lemma="hus")
    assert is_new
    assert (made.lexeme_id, made.term) == (lexeme.pk, str(lexeme.pk))
    assert (made.language_id, made.context, made.to_id) == ("da", SENTENCE, "en")
    assert not made.is_lost
    assert store.read(learner, "da").state(lexeme.pk) is State.MET


def test_the_same_in_the_same_context_is_one(learner):
    article = make_read(SENTENCE)
    first, _ = save(learner, met(article, translation="houses"))
    again, is_new = save(learner, met(article, translation="buildings"))
    assert (again.pk, again.translation, is_new) == (first.pk, "houses", False)
    other, is_new = save(learner, met(article, context="To huse er røde, ja"))
    assert is_new


def test_what_is_known_stays_known(learner):
    made, _ = save(learner, met(make_read(SENTENCE)))
    store.change(learner, "da", {State.KNOWN: [made.lexeme_id]})
    saving.save(learner, met(make_read("To huse er grå.")))
    assert store.read(learner, "da").state(made.lexeme_id) is State.KNOWN


def test_the_dictionary_translates_into_the_native_language():
    make_dictionary("hus|n|n|Haus", source="da", target="de")
    learner = make_learner(native="de").pk
    made, _ = save(learner, met(make_read(SENTENCE)))
    assert (made.to_id, made.translation, made.source) == ("de", "Haus", "dictionary")


def test_what_has_a_translation_is_practised(learner):
    article = make_read(SENTENCE)
    bare, _ = save(learner, met(article))
    saving.save(learner, met(article, "To", token=0, translation="Two"))
    assert [one.word for one in PracticeCard.objects.all()] == ["To"]
    saving.edit(learner, bare.pk, translation="houses")
    assert PracticeCard.objects.filter(term=bare.term).count() == 1


def test_phrases_have_a_term_and_no_lexeme(learner):
    article = make_read(SENTENCE)
    made, _ = save(learner, met(article, word="huse er"))
    assert made.lexeme is None
    assert made.term.startswith("~")
    assert made.length == 2
    assert not store.read(learner, "da").version


def test_parts_of_a_verb_at_two_places_are_of_the_verb(learner):
    article = make_read("Er greift sie an.", language="de")
    row = article.tokenization_cache
    row.content = row.content.replace(
        '"lemma":"greifen"',
        '"lemma":"angreifen","mwe_group_id":"0.1","mwe_role":"head"',
    ).replace('"text":"an",', '"text":"an","mwe_group_id":"0.1",')
    row.save()
    words = {"greift": 1, "an": 3, "greift an": 1}
    made = [
        save(learner, met(article, word, token=token))[0]
        for word, token in words.items()
    ]
    assert {one.lexeme.lemma for one in made} == {"angreifen"}


@pytest.mark.parametrize(
    ("word", "text"),
    [
        ("17", "Der er 17 her."),
        ("a@b.dk", "Skriv til a@b.dk nu."),
        ("...", "Ja ... nej"),
    ],
)
def test_what_is_no_word_has_no_lexeme(learner, word, text):
    made, _ = save(learner, Met(word, text, article=make_read(text).pk))
    assert made.lexeme is None


def test_a_word_that_is_told_alone_makes_no_lexeme(learner):
    made, _ = save(learner, Met("xyzzy", language="da"))
    assert made.lexeme is None
    Lexeme.objects.create(pk=1, language_id="da", lemma="plugh")
    made, _ = save(learner, Met("plugh", language="da"))
    assert made.lexeme_id == 1


def test_a_wrong_place_is_put_right_or_lost(learner):
    article = make_read("Ja. " + SENTENCE)
    made, _ = save(learner, met(article, context=SENTENCE))
    assert (made.sentence, made.token, made.is_lost) == (1, 1, False)
    made, _ = save(learner, met(article, context="Tre andre huse brænder nu."))
    assert made.is_lost


def test_without_tokens_the_place_is_kept_as_told(learner):
    article = make_read(SENTENCE)
    later = timezone.now() + timedelta(days=1)
    failed = {"tokenizer": "", "failed_with": "stub 1 da", "retry_at": later}
    TokenizationCache.objects.update(content="", **failed)
    made, _ = save(learner, met(article, context=SENTENCE))
    assert (made.sentence, made.token, made.is_lost) == (0, 1, False)


def test_a_long_context_is_cut_around_the_word(learner):
    long = "ord " * 1000 + "huse" + " mere" * 1000
    made, _ = save(learner, Met("huse", long, language="da"))
    assert len(made.context) <= saving.LONGEST_CONTEXT
    assert "ord huse mere" in made.context
    assert long.startswith(made.context[:20], long.index(made.context))
    again, is_new = save(learner, Met("huse", long, language="da"))
    assert not is_new


def test_there_is_nothing_in_articles_that_are_not_there(learner):
    with pytest.raises(NotThere, match="no article 7"):
        saving.save(learner, Met("hus", article=7))


def make_text(learner, **facts):
    block = '[{"id":0,"tag":"p","text":"Et hus.","tokens":[[[%s]]]}]'
    token = '{"text":"hus","sent_i":0,"token_i":0,"paragraph_i":0,"has_space":false}'
    facts = {"title": "T", "source_hash": "h", "tokenizer": "stub", **facts}
    made = Text(learner_id=learner, language_id="da", content=block % token, **facts)
    made.save()
    return made


def test_own_texts_have_places_too(learner):
    text = make_text(learner)
    place = Place("body", 0, 0, 0)
    made, _ = save(learner, Met("hus", text=text.pk, place=place))
    assert (made.text_id, made.fragment, made.is_lost) == (text.pk, 0, False)


def test_only_ones_own_texts_and_those_of_ones_classes_are_there(learner):
    other = make_learner().pk
    text = make_text(other)
    with pytest.raises(NotThere):
        saving.save(learner, Met("hus", text=text.pk))
    cohort = Cohort.objects.create(name="1a", code="c", teacher_id=other)
    Membership.objects.create(cohort=cohort, learner_id=learner)
    text.shared_with.add(cohort)
    made, _ = save(learner, Met("hus", text=text.pk))
    assert made.text_id == text.pk


def test_an_article_goes_and_its_words_stay(learner):
    made, _ = save(learner, met(make_read(SENTENCE)))
    delete(Article.objects.all())
    made.refresh_from_db()
    assert (made.article_id, made.context) == (None, SENTENCE)
    assert not Fragment.objects.exists()


def test_what_is_deleted_stays_deleted(learner):
    made, _ = save(learner, met(make_read(SENTENCE)))
    assert saving.delete(learner, made.pk)
    assert not saving.delete(learner, made.pk)
    assert saving.edit(learner, made.pk, is_starred=True) is None
    assert not Bookmark.objects.exists()


def test_nobody_changes_what_is_not_theirs(learner):
    made, _ = save(learner, met(make_read(SENTENCE)))
    other = make_learner().pk
    assert saving.edit(other, made.pk, translation="x") is None
    assert not saving.delete(other, made.pk)


def test_the_same_word_is_saved_in_few_queries(learner, django_assert_num_queries):
    tapped = met(make_read(SENTENCE))
    saving.save(learner, tapped)
    with django_assert_num_queries(3):
        saving.save(learner, tapped)
