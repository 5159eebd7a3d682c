"""What broken and hostile feeds bring, all the way from an article to its tokens."""

import resource
import time

import orjson
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from articles.models import Article
from articles.tests.factories import make_article
from articles.text import ArticleText, clean
from tokenization import services
from tokenization.models import CacheState, TokenizationCache

FAMILY = "\U0001f469\u200d\U0001f469\u200d\U0001f467"
FLAG = "\U0001f1e9\U0001f1f0"
TEXTS = {
    "nothing": "",
    "blanks": " \t\n\u00a0\u2028 ",
    "control characters": "Hej\x00 med\x07 dig\x1b[31m.\x85 Ja\x9f.",
    "emoji sequences": f"Hej {FAMILY} og {FLAG}! \u2764\ufe0f\U0001f44d\U0001f3fd.",
    "right to left in Latin": "Han sagde \u202bשלום עולם\u202c (مرحبا) til dem.",
    "another language than claimed": "Он сказал: «Да». 今日はいい天気です。",
    "lone surrogates": "Hej \ud800 med \udfff dig.",
    "combining marks": "e\u0301a\u030a " + "o" + "\u0301" * 50,
    "a word of 100 kB": "Hej " + "x" * 100_000 + " du.",
    "HTML": "<script>alert('Hej')</script> &lt;b&gt; & &amp;",
    "JSON": '"}],"tokens":[[[{"text":"\\u0000"',
}
# One character in many is odd, as in feeds, or all are.
ANY_TEXT = st.one_of(
    st.text(st.characters(), max_size=80),
    st.text("ab .!\x00\x85\u200d\u202e\ud800\U0001f469\u0301«»-0", max_size=80),
)
some = hypothesis_settings(
    max_examples=60, suppress_health_check=[HealthCheck.too_slow]
)


def rebuild(block):
    """The text that a block's tokens spell."""
    return "".join(
        token["text"] + " " * token["has_space"]
        for paragraph in orjson.loads(block)
        for sentence in paragraph
        for token in sentence
    )


def prepare(text):
    """Tokens of a title, summary and body that are the same text, as a crawl has it."""
    text = clean(text)
    [prepared] = services.prepare([ArticleText(text, text, (("p", text),))], "da")
    return text, prepared


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_tokens_rebuild_the_text(text):
    cleaned, prepared = prepare(text)
    assert prepared.error == ""
    for block in (prepared.title, prepared.summary, *prepared.blocks):
        assert rebuild(block) == cleaned


@some
@given(text=ANY_TEXT)
def test_tokens_rebuild_any_text(text):
    cleaned, prepared = prepare(text)
    assert prepared.error == ""
    assert rebuild(prepared.summary) == cleaned


@pytest.mark.django_db
@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_an_article_is_stored_with_its_tokens(text):
    text = clean(text)
    article = make_article(title=text[:500], summary=text, fragments=[("p", text)])
    assert services.fill([article]) == {}
    [row] = TokenizationCache.objects.select_related("article")
    assert row.article.token_state == CacheState.FRESH
    assert rebuild(row.summary) == Article.objects.get().summary


@pytest.mark.django_db
def test_one_article_that_cannot_be_tokenized_harms_no_other(stub):
    stub.bad.add("bad")
    good, bad = make_article(), make_article(title="bad")
    errors = services.fill([good, bad])
    assert errors == {bad.pk: "refused: bad"}
    assert TokenizationCache.objects.get(pk=bad.pk).error == "refused: bad"
    assert TokenizationCache.objects.get(pk=good.pk).error == ""


@pytest.mark.nodb
@pytest.mark.parametrize(
    "text",
    ["Rødgrød med fløde er godt. " * 37_000, "x" * 1_000_000],
    ids=["sentences", "one word"],
)
def test_a_megabyte_ends_in_bounded_time_and_memory(text):
    services.engine().load("da")
    before, started = peak_mb(), time.monotonic()
    [spans] = services.engine().tokenize([text], "da")
    assert time.monotonic() - started < 120
    assert peak_mb() - before < 500
    assert spans[0][0][0] == 0
    assert spans[-1][-1][1] == len(text.rstrip())


def peak_mb():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
