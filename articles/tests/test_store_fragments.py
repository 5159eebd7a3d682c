import pytest

from articles.crawler.store import fragments
from articles.crawler.store.articles import revise, store
from articles.crawler.store.fragments import aligned
from articles.models import Fragment
from articles.tests.factories import make_draft, make_feed
from articles.text import ArticleText

pytestmark = pytest.mark.django_db

FIRST = "Broen over fjorden åbner på lørdag for biler og cykler."
SECOND = "Den har kostet mere end to milliarder kroner at bygge."
THIRD = "Færgen sejler for sidste gang natten til søndag."
NEWS = "Opdateret: åbningen er udsat på grund af storm."
OTHER = "Ministeren vil ikke svare på spørgsmål om regningen."
BODY = [FIRST, SECOND, THIRD]


def draft_of(*texts):
    return make_draft(ArticleText("Titel", "", tuple(("p", text) for text in texts)))


@pytest.fixture
def article():
    return store(make_feed(), draft_of(*BODY))


def ids(article):
    return dict(article.fragments.values_list("text", "pk"))


def revised(article, *texts):
    """{text: id} before and after a revision to these texts, in which all is told."""
    before = ids(article)
    assert revise(article.pk, draft_of(*texts))
    assert list(article.fragments.values_list("text", flat=True)) == list(texts)
    assert list(article.fragments.values_list("position", flat=True)) == [
        *range(len(texts))
    ]
    return before, ids(article)


@pytest.mark.parametrize(
    "texts",
    [
        [NEWS, *BODY],
        [FIRST, NEWS, SECOND, THIRD],
        [*BODY, NEWS],
        [NEWS, FIRST, OTHER, SECOND, THIRD],
        [THIRD, FIRST, SECOND],
        [THIRD, SECOND, FIRST],
        [NEWS, THIRD],
    ],
)
def test_a_paragraph_that_stays_keeps_its_id_wherever_it_stands(article, texts):
    before, after = revised(article, *texts)
    stayed = before.keys() & after.keys()
    assert {text: after[text] for text in stayed} == {t: before[t] for t in stayed}
    assert not {after[text] for text in after.keys() - stayed} & {*before.values()}


def test_another_text_in_a_paragraph_s_place_gets_another_id(article):
    before, after = revised(article, FIRST, OTHER, THIRD)
    assert after[OTHER] not in before.values()


def test_a_paragraph_in_which_a_slip_was_put_right_keeps_its_id(article):
    mended = SECOND.replace("to milliarder", "tre milliarder")
    before, after = revised(article, NEWS, FIRST, mended, THIRD)
    assert after[mended] == before[SECOND]


def test_ids_of_what_is_gone_are_not_used_again(article):
    last = max(ids(article).values())
    revised(article, FIRST)
    _, after = revised(article, FIRST, OTHER)
    assert after[OTHER] > last


def test_a_tag_may_change_alone(article):
    text = ArticleText("Titel", "", (("h2", FIRST), ("p", SECOND), ("p", THIRD)))
    before = ids(article)
    revise(article.pk, make_draft(text))
    assert ids(article) == before
    assert article.fragments.first().tag == "h2"


def test_who_needs_a_fragment_hears_of_its_end_before(article, monkeypatch):
    heard = []

    def tell(pk, gone):
        heard.append((pk, gone, Fragment.objects.filter(pk__in=gone).count()))

    monkeypatch.setattr(fragments, "before_they_go", [tell])
    before, _ = revised(article, SECOND)
    revised(article, SECOND, OTHER)
    assert heard == [(article.pk, {before[FIRST], before[THIRD]}, 2)]


def test_one_that_moves_across_edited_ones_costs_none_its_id():
    edited = [text.replace("til", "mod").replace("for", "til") for text in BODY]
    assert aligned([NEWS, *BODY], [*edited, NEWS]) == {0: 1, 1: 2, 2: 3, 3: 0}
    assert aligned([*edited, NEWS], [NEWS, *BODY]) == {0: 3, 1: 0, 2: 1, 3: 2}


def test_repeated_paragraphs_are_taken_in_order():
    assert aligned(["*", "a", "*"], ["*", "b", "*", "a", "*"])[4] == 2
    assert aligned(["x", "x"], ["x"]) == {0: 0}
    assert aligned([], ["a"]) == {}


def test_thousands_of_blocks_are_aligned_at_once():
    old = [f"{number % 70}" for number in range(9000)]
    new = [f"{number % 90} {number % 7}" for number in range(9000)]
    assert len(aligned(old, old[::-1])) == 9000
    assert aligned(old, new) == {}
