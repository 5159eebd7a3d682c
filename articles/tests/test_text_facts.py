"""What follows from a text and its language follows it, whoever changes them."""

import pytest
from django.urls import reverse

from articles.crawler.judge.facts import TextFacts, facts_of
from articles.crawler.store.articles import find_duplicates, revise, store
from articles.models import Article
from articles.search import index
from articles.search.models import SearchText
from articles.search.terms import terms_of
from articles.services import hide, refresh_text_facts, show_again
from articles.tests.factories import make_article, make_draft, make_feed
from articles.tests.test_admin import article_form, change_url
from articles.text import ArticleText
from tokenization import services
from tokenization.backlog import backlog, fill_in_batches

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("stub")]

OLD = (
    (
        "p",
        "Regeringen vil bygge en ny bro over vandet, og den skal være færdig om ti år."
        " Broen bliver dyr, siger ministeren, men alle vil få glæde af den i mange år.",
    ),
)
NEW = (
    (
        "p",
        "Forskerne undersøgte saltholdigheden langs kysten. Fiskebestanden skrumper."
        " Havforureningen bekymrer biologerne. De kræver indgreb. Kommunerne tøver."
        " Erhvervslivet protesterer. Borgmesteren afviser kritikken. Sagen fortsætter"
        " i landsretten. Dommerne udspørger vidnerne. Ingen tilstår. Alle venter nu.",
    ),
)


def text_of(fragments):
    return ArticleText("Titel", "Resumé", fragments)


def stored(article):
    """The TextFacts that an article's row has."""
    names = TextFacts.__dataclass_fields__
    return TextFacts(**Article.objects.values(*names).get(pk=article.pk))


def due(article):
    """The TextFacts that it should have, by what is stored."""
    article = Article.objects.get(pk=article.pk)
    return facts_of(article.text(), article.language_id, article.broken)


@pytest.fixture
def article():
    """An article as the crawl stores it."""
    return store(make_feed(url="https://agency.example/"), make_draft(text_of(OLD)))


def differing(one, other):
    """The names of those facts in which the two differ."""
    before, after = vars(one), vars(other)
    return {name for name in before if before[name] != after[name]}


def saved(article, fields=None, **changes):
    """Saved directly, as in a shell: nobody has worked anything out."""
    article = Article.objects.get(pk=article.pk)
    for name, value in changes.items():
        setattr(article, name, value)
    article.save(update_fields=fields)


def bulk_updated(article, field, value):
    article = Article.objects.get(pk=article.pk)
    setattr(article, field, value)
    Article.objects.bulk_update([article], [field])


def fragment_saved(article):
    fragment = article.fragments.get()
    fragment.text = NEW[0][1]
    fragment.save()


def old_one_saved(article):
    old = Article.objects.get(pk=article.pk)
    fragment_saved(article)
    old.authors = "En anden"
    old.save()


DIRECT_EDITS = {
    "language": lambda article: saved(article, language_id="de"),
    "language alone": lambda article: saved(article, ["language"], language_id="de"),
    "language_id alone": lambda article: saved(
        article, ["language_id"], language_id="de"
    ),
    "title": lambda article: saved(article, title="titel"),
    "title alone": lambda article: saved(article, ["title"], title="Ny titel"),
    "summary": lambda article: saved(article, summary=""),
    "languages": lambda _: Article.objects.update(language="de"),
    "language_ids": lambda _: Article.objects.update(language_id="de"),
    "titles": lambda _: Article.objects.filter(broken="").update(title="Ny titel"),
    "many titles": lambda article: bulk_updated(article, "title", "Ny titel"),
    "many languages": lambda article: bulk_updated(article, "language_id", "de"),
    "fragment": fragment_saved,
    "new fragment": lambda article: article.fragments.create(position=9, text="Ny."),
    "no fragment": lambda article: article.fragments.get().delete(),
    "fragment, and an article of before": old_one_saved,
}


@pytest.mark.parametrize("edit", DIRECT_EDITS.values(), ids=DIRECT_EDITS)
def test_a_direct_edit_outdates_the_tokens_and_a_refill_all_that_follows(
    article, api, edit
):
    before = Article.objects.get(pk=article.pk)
    services.fill([before])
    edit(article)
    edited = Article.objects.select_related("tokenization_cache").get(pk=article.pk)
    assert services.state_of(edited) == edited.token_state == "stale"
    assert api.get(f"/api/articles/{article.pk}/").json()["tokenization"] == "stale"
    assert services.mark([article.pk]) == 1
    [done] = fill_in_batches(backlog(["stale"]))
    assert (done.filled, done.errors) == (1, {})
    assert stored(article) == due(article)
    told = api.get(f"/api/articles/{article.pk}/").json()
    assert told["tokenization"] == "fresh"
    [sentence] = told["title_tokens"][0]
    assert [token["text"] for token in sentence] == told["title"].split()


def test_a_whole_save_that_changes_nothing_leaves_tokens_fresh(article):
    services.fill([Article.objects.get(pk=article.pk)])
    saved(article, authors="En anden")
    saved(article, ["title", "language_id"])
    assert Article.objects.get().token_state == "fresh"
    assert stored(article) == due(article)


def test_a_text_that_is_edited_twice_while_it_is_filled_is_healed_later(article):
    Article.objects.update(title="Den ene")
    seen = Article.objects.get()
    Article.objects.update(title="Den anden")
    services.fill([seen])
    assert Article.objects.get().token_state == "stale"
    services.fill([Article.objects.get()])
    assert Article.objects.get().token_state == "fresh"
    assert stored(article) == due(article)


ALL = set(TextFacts.__dataclass_fields__)


def revised(article, client):
    assert revise(article.pk, make_draft(text_of(NEW)))


def taken_over(article, client):
    draft = make_draft(text_of(NEW))
    store(make_feed(url="https://news.example.com/feed"), draft)


def edited(article, client):
    changes = {"fragments-0-text": NEW[0][1]}
    client.post(change_url(article), article_form(article, **changes))


def healed(article, client):
    """By the next fill, after an edit of the database itself."""
    article.fragments.update(text=NEW[0][1])
    services.fill([Article.objects.get(pk=article.pk)])


@pytest.mark.parametrize("change", [revised, taken_over, edited, healed])
def test_whoever_changes_the_text_changes_all_that_follows(
    article, admin_client, change
):
    before = stored(article)
    change(article, admin_client)
    assert stored(article) == due(article)
    assert stored(article).text_hash == text_of(NEW).hash
    assert differing(before, stored(article)) == ALL


def test_all_that_follows_is_stored_with_a_new_article(article):
    assert stored(article) == due(article) == facts_of(text_of(OLD), "da")
    assert None not in vars(stored(article)).values()
    assert stored(article).level


def test_another_language_alone_makes_it_as_hard_as_it_is_there(article, admin_client):
    before = stored(article)
    form = article_form(article, language="de")
    admin_client.post(change_url(article), form)
    assert stored(article) == facts_of(text_of(OLD), "de")
    assert differing(before, stored(article)) == {"difficulty", "level"}


def test_a_language_that_nothing_is_known_of_has_no_level(article, admin_client):
    Article.objects.update(language="da", level="B1", difficulty=0.5)
    admin_client.post(
        reverse("admin:articles_language_add"),
        {
            "code": "eo",
            "name": "Esperanto",
            "native_name": "Esperanto",
            "learnable": "on",
        },
    )
    admin_client.post(change_url(article), article_form(article, language="eo"))
    found = stored(article)
    assert (found.level, found.difficulty, found.sentence_length) == ("", None, None)


def test_an_article_that_an_admin_writes_is_measured(admin_client):
    form = article_form(make_article(OLD), url="https://new.example.com/")
    fragment = {"id": "", "position": 0, "tag": "p", "text": OLD[0][1]}
    form |= {f"fragments-0-{name}": value for name, value in fragment.items()}
    form["fragments-INITIAL_FORMS"] = 0
    admin_client.post(reverse("admin:articles_article_add"), form)
    article = Article.objects.get(url="https://new.example.com/")
    assert stored(article) == due(article)
    assert stored(article).level


def test_what_nobody_reads_is_measured_when_an_admin_shows_it(admin_client):
    draft = make_draft(text_of(OLD), broken=Article.Broken.PAYWALL)
    article = store(make_feed(), draft)
    assert stored(article) == TextFacts(draft.text.word_count, draft.text.hash)
    admin_client.post(change_url(article), article_form(article, broken=""))
    assert stored(article) == facts_of(text_of(OLD), "da")


@pytest.mark.parametrize("broken", ["", "paywall", "advert"])
def test_what_is_hidden_is_measured_when_it_is_taken_over(article, broken):
    Article.objects.update(broken="hidden")
    draft = make_draft(text_of(NEW), broken=broken)
    owner = make_feed(url="https://news.example.com/feed")
    assert store(owner, draft).pk == article.pk
    assert stored(article) == facts_of(text_of(NEW), "da")
    copy = make_draft(text_of(NEW), url="https://other.example/")
    [copy] = find_duplicates(make_feed(), [copy])
    assert (copy.broken, copy.duplicate_of) == ("duplicate", article.pk)
    assert show_again(Article.objects.all()) == 1
    assert stored(article) == due(article) == facts_of(text_of(NEW), "da")


NOT_MEASURED = [
    {"level": "", "difficulty": None, "sentence_length": None, "simhash": None},
    {"language": "de"},
    {"title": "En helt anden titel"},
]


@pytest.mark.parametrize("edit", NOT_MEASURED)
@pytest.mark.parametrize("change, broken", [(hide, ""), (show_again, "hidden")])
def test_what_is_hidden_or_shown_again_is_measured(article, change, broken, edit):
    Article.objects.update(broken=broken, **edit)
    assert change(Article.objects.all())
    assert stored(article) == due(article)
    assert stored(article).simhash is not None


def found(api, word):
    return [
        one["id"] for one in api.get("/api/articles/", {"q": word}).json()["results"]
    ]


@pytest.mark.django_db(transaction=True)
def test_an_edit_is_found_by_its_words_at_once_and_no_longer_by_old_ones(
    article, api, admin_client
):
    services.fill([Article.objects.get(pk=article.pk)])
    assert found(api, "ministeren") == found(api, "Titel") == [article.pk]
    form = article_form(article, title="Saltkrisen", **{"fragments-0-text": NEW[0][1]})
    assert admin_client.post(change_url(article), form).status_code == 302
    for word in ("Saltkrisen", "biologerne"):
        assert found(api, word) == [article.pk]
    assert found(api, "ministeren") == found(api, "Titel") == []


@pytest.mark.django_db(transaction=True)
def test_an_edit_of_something_else_leaves_what_it_is_found_by(
    article, api, admin_client
):
    index.save(article.pk, article.text_hash, terms_of(article.text(), "da", ["bro"]))
    row = SearchText.objects.values().get()
    form = article_form(article, authors="En anden")
    assert admin_client.post(change_url(article), form).status_code == 302
    assert SearchText.objects.values().get() == row


@pytest.mark.django_db(transaction=True)
def test_a_new_version_without_tokens_is_found_by_its_words_at_once(article, api):
    assert found(api, "ministeren") == [article.pk]
    assert revise(article.pk, make_draft(text_of(NEW)))
    assert found(api, "biologerne") == [article.pk]
    assert found(api, "ministeren") == []


@pytest.mark.parametrize("broken", ["", "hidden", "duplicate"])
def test_what_readers_may_see_or_saw_is_measured(broken):
    assert facts_of(text_of(OLD), "da", broken) == facts_of(text_of(OLD), "da")


def test_an_update_in_the_language_that_it_had_before_is_refused(article):
    Article.objects.update(language="de")
    refresh_text_facts(article)
    assert not revise(article.pk, make_draft(text_of(NEW), "da"))
    assert stored(article) == facts_of(text_of(OLD), "de")
    assert revise(article.pk, make_draft(text_of(NEW), "de"))
    assert stored(article) == facts_of(text_of(NEW), "de")
