"""A language more is one record and a model, with nothing else to be told of it."""

import json
import shutil
import subprocess
import sys
from io import StringIO
from typing import get_args

import pytest
from django.core.management import call_command

from articles import languages
from articles.crawler.feeds.encoding import decode
from articles.crawler.feeds.months import month_number
from articles.crawler.judge.walls import speaks_of_a_wall
from articles.crawler.pages.boilerplate import is_notice
from articles.languages import LANGUAGES, LanguageFacts, facts
from articles.languages.facts import (
    Abbreviations,
    LookUp,
    PageWords,
    Place,
    Reason,
    Rules,
    WallWords,
)
from articles.models import Article, Feed, JudgeRule, Language
from articles.tests.factories import OURS
from articles.tests.news import page_of

# Danish in all but its names, its months, its encoding and its notices.
RECORD = '''
"""Fjordish, which nobody speaks."""

from articles.languages.facts import (
    Abbreviations,
    LanguageFacts,
    PageWords,
    Rules,
    WallWords,
)

LANGUAGE = LanguageFacts(
    code="xx",
    name="Fjordish",
    native_name="fjordisk",
    forms=("xb",),
    stanza="xf",
    html="da",
    wordfreq="da",
    months="un deux glummar quatre cinq six sept huit neuf dix onze douze",
    encodings=(("cp1257", "āčēģīķļņšūž"),),
    typical=(0.19, 16),
    abbreviations=Abbreviations(goes_on="zkq."),
    page=PageWords(notices="klik fjorden.*"),
    wall=WallWords(stems="fjordabo"),
    rules=(Rules("advert", "title", "/fjordreklame/"),),
    feeds=(("Fjordavisen", "{feed}"),),
)
'''
FEED = """
<rss version='2.0'><channel><title>Fjordavisen</title><language>{code}</language>
<item><title>Om a</title><link>/a</link><pubDate>5. glummar 2026 10:00</pubDate></item>
<item><title>Fjordreklame: Om b</title><link>/b</link></item></channel></rss>
"""


@pytest.fixture
def fjordish(tmp_path, web, models, monkeypatch):
    """Add the language as one does: its record's file, and its model."""
    record = RECORD.replace("{feed}", web.url("/feed"))
    (tmp_path / "xx.py").write_text(record, "utf-8")
    path = [*languages.records.__path__, str(tmp_path)]
    monkeypatch.setattr(languages.records, "__path__", path)
    monkeypatch.setitem(LANGUAGES, "xx", languages.read_records()["xx"])
    add_model(models)
    yield
    del sys.modules["articles.languages.records.xx"]  # the next one has another feed


def add_model(folder):
    shutil.copytree(folder / "da", folder / "xf")
    index = folder / "resources.json"
    known = json.loads(index.read_text("utf-8"))
    index.write_text(json.dumps({**known, "xf": known["da"]}), "utf-8")


def article_page(slug):
    """A page of Danish words, with an abbreviation of its own and a notice."""
    more = "<p>Det siger zkq. Hansen ved fjorden.</p><p>Klik fjorden for mere</p>"
    return page_of(slug).replace("</article>", f"{more}</article>")


@pytest.mark.django_db
@pytest.mark.usefixtures("fjordish")
def test_a_new_language_is_crawled_tokenized_and_read(web, crawl, api, client):
    for slug in ("a", "b"):
        web.add(f"/{slug}", article_page(slug))
    web.add("/feed", FEED.format(code="xx"))
    call_command("load_default_feeds", language=["xx"], stdout=StringIO())
    report = crawl(language=["xx"]).report
    assert (report["listed"], report["hidden"], report["errors"]) == (1, 1, [])

    article = Article.objects.get(broken="")
    assert article.published_at.isoformat() == "2026-03-05T10:00:00+00:00"
    assert article.level
    assert Article.objects.get(broken="advert").title == "Fjordreklame: Om b"

    [card] = api.get("/api/articles/", {"language": "xx"}).json()["results"]
    assert card["title"] == "Om a"
    assert card["tokenization"] == "fresh"
    found = api.get(f"/api/articles/{article.pk}/").json()
    assert found["tokenization"] == "fresh"
    [part] = [part for part in found["fragments"] if "zkq" in part["text"]]
    [[sentence]] = part["tokens"]
    assert [token["text"] for token in sentence][:3] == ["Det", "siger", "zkq."]
    assert "Klik" not in str(found["fragments"])

    page = client.get(f"/read/xx/{article.pk}/").content.decode()
    assert '<div class="body" lang="da">' in page
    assert '<span class="w">fjorden</span>' in page
    assert "fjordisk" in client.get("/").content.decode()
    [language] = [
        one for one in api.get("/api/languages/").json() if one["code"] == "xx"
    ]
    assert language == {"code": "xx", "name": "Fjordish", "native_name": "fjordisk"}


@pytest.mark.django_db
@pytest.mark.usefixtures("fjordish")
def test_a_feed_tells_its_own_new_language_in_any_of_its_forms(web, settings):
    settings.CRAWLER_ALLOWED_HOSTS = frozenset({web.host_port})
    call_command("load_default_feeds", language=["xx"], stdout=StringIO())
    url = web.add("/other", FEED.format(code="xb-NO"))
    call_command("add_feed", url, stdout=StringIO())
    assert Feed.objects.get(url=url).language_id == "xx"


@pytest.mark.django_db
@pytest.mark.usefixtures("fjordish")
def test_a_languages_rules_come_with_it_once():
    for _ in range(2):
        call_command("load_default_feeds", language=["xx"], stdout=StringIO())
    [rule] = JudgeRule.objects.filter(language="xx")
    assert (rule.reason, rule.phrase) == ("advert", "/fjordreklame/")


@pytest.mark.usefixtures("fjordish")
def test_tables_of_all_languages_have_a_new_one_at_once():
    assert month_number("glummar") == 3
    assert is_notice("Klik fjorden for mere")
    assert speaks_of_a_wall("Få et fjordabonnement")
    assert decode("<p>ģimene ķēniņš šūpoļu</p>".encode("cp1257")).endswith("šūpoļu</p>")


def test_those_tables_know_nothing_of_it_else():
    assert month_number("glummar") is None
    assert not is_notice("Klik fjorden for mere")
    assert not speaks_of_a_wall("Få et fjordabonnement")


def test_a_record_of_names_alone_changes_nothing_for_others(monkeypatch):
    named = LanguageFacts("xx", name="Fjordish", native_name="fjordisk")
    monkeypatch.setitem(LANGUAGES, "xx", named)
    assert (month_number("marts"), month_number("fjord")) == (3, None)
    assert is_notice("Reklame") and not is_notice("Klik fjorden for mere")
    assert speaks_of_a_wall("Få et abonnement")
    assert not speaks_of_a_wall("Klik fjorden for mere")


@pytest.mark.django_db
def test_a_language_that_was_deleted_comes_back_when_it_is_named():
    Language.objects.filter(pk="hu").delete()
    call_command("load_default_feeds", stdout=StringIO(), language=["hu"])
    assert Language.objects.get(pk="hu").native_name == "magyar"
    assert JudgeRule.objects.filter(language="hu").exists()


# --- records


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_record_has_names(code):
    known = LANGUAGES[code]
    assert known.code == code
    assert known.name and known.native_name


@pytest.mark.parametrize("code", OURS)
def test_the_records_of_this_project_are_complete(code):
    known = LANGUAGES[code]
    assert known.typical and known.months and len(known.feeds) >= 3
    assert known.abbreviations.goes_on and known.page.labels and known.wall.stems


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (
            {"look_up": LookUp(endings="en")},
            "look_up.endings: 'en' is no old/new; write both sides",
        ),
        (
            {"look_up": LookUp(spellings="ß/ss/s")},
            "look_up.spellings: 'ß/ss/s' is no old/new",
        ),
        (
            {"look_up": LookUp(articles="Der")},
            "look_up.articles: capitals in Der; write small letters",
        ),
        ({"months": "a b"}, "months: 2 months, not 12; a blank stands between"),
        ({"months": "a b c d e f g h i j k l/"}, "months: an empty name of a month"),
        ({"wall": WallWords(stems="abo|")}, r"wall.stems: 'abo\|' matches an empty"),
        ({"wall": WallWords(stems="abo|\nlog ind")}, r"wall.stems: 'abo\|' matches"),
        (
            {"wall": WallWords(reading="læs||artik")},
            "wall.reading: .* matches an empty",
        ),
        ({"page": PageWords(notices="(?:reklame)?")}, "page.notices: .* an empty text"),
        ({"page": PageWords(labels="mest (læst")}, "page.labels: .* no regular expr"),
        ({"page": PageWords(labels="læst)|(?:set")}, "page.labels: .* no regular expr"),
        ({"page": PageWords(last="(?i)sidst")}, "page.last: .* no regular expression"),
        ({"page": PageWords(we="(vi|os)")}, r"page.we: .* captures; write \(\?:…\)"),
        ({"fixed_words": "a'n|"}, "fixed_words: .* matches an empty text"),
        ({"abbreviations": Abbreviations(goes_on="hr. fr")}, "goes_on: no stop .* fr;"),
        ({"encodings": (("cp12520", "æ"),)}, "encodings: .* no encoding 'cp12520'"),
        ({"encodings": (("cp1252", ""),)}, "encodings: 'cp1252' has no letters"),
        ({"stand_ins": ("õû", "ő")}, "stand_ins: 2 letters for 1; write pairs"),
        ({"typical": (0, 16)}, r"typical: \(0, 16\) is no share"),
        ({"typical": (0.2, 0)}, r"typical: \(0.2, 0\) is no share"),
        ({"rules": (Rules("ad", "title", "a"),)}, "rules: 'ad' is none of advert, "),
        (
            {"rules": (Rules("advert", "body", "a"),)},
            "rules: 'body' is none of address",
        ),
    ],
)
def test_a_record_that_is_not_right_is_refused(given, said):
    with pytest.raises(ValueError, match=f"language 'xx', .*{said}"):
        LanguageFacts("xx", **given)


def test_a_records_rules_are_those_that_an_admin_can_make():
    fields = map(JudgeRule._meta.get_field, ("reason", "where"))
    choices = [{value for value, _ in field.choices} for field in fields]
    assert choices == [set(get_args(Reason)), set(get_args(Place))]


@pytest.mark.usefixtures("fjordish")
def test_a_record_in_a_file_of_another_name_is_refused(tmp_path):
    (tmp_path / "xz.py").write_text(RECORD, "utf-8")
    with pytest.raises(ValueError, match=r"'xx' is in xz\.py; make them the same"):
        languages.read_records()
    del sys.modules["articles.languages.records.xz"]


def test_a_language_without_a_record_is_called_alike_everywhere():
    known = facts("fi")
    assert known is facts("fi")
    assert (known.stanza, known.html, known.wordfreq) == ("fi", "fi", "fi")
    assert known.langid == ("fi",)
    assert known.typical is None


def test_norwegian_has_its_codes_from_its_record():
    known = LANGUAGES["no"]
    assert (known.stanza, known.html, known.wordfreq) == ("nb", "nb", "nb")
    assert [languages.code_of(code) for code in ("no", "nb", "nn")] == ["no"] * 3
    assert languages.code_of("da") == "da"


def test_a_table_of_all_is_made_once_for_each_set_of_languages(monkeypatch):
    made = []
    table = languages.over_all(lambda known: made.append(len(known)) or len(made))
    assert (table(), table()) == (1, 1)
    monkeypatch.setitem(LANGUAGES, "xx", LanguageFacts("xx"))
    assert table() == 2
    assert made == [len(LANGUAGES) - 1, len(LANGUAGES)]


def test_records_know_no_django():
    code = "import sys, articles.languages; sys.exit('django' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)
