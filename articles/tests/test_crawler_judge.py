import threading

import pytest

from articles import defaults, demo_site
from articles.crawler.judge import language
from articles.crawler.judge.fitness import COMPLETE_WORDS, Verdict, judge, topics_for
from articles.crawler.judge.language import other_language
from articles.crawler.judge.rules import END_WORDS, Rule, hits
from articles.languages import LANGUAGES
from articles.models import Article, Topic
from articles.tests.factories import OURS
from articles.text import ArticleText

TOPICS = [
    Topic(slug="sport", keywords=["sport", "idræt"]),
    Topic(slug="science", keywords=["science", "natur & teknik"]),
]
DEFAULT_RULES = list(defaults.judge_rules(None, *LANGUAGES))
DEMO_ARTICLES = [
    pytest.param(code, article, id=f"{code}-{article['slug']}")
    for code, paper in demo_site.papers().items()
    for article in paper["articles"]
]


def text_of(words, fragments=2):
    first = ("p", "ord " * (words - fragments + 1))
    return ArticleText("Titel", "", (first, *[("p", "ord")] * (fragments - 1)))


def text_with(*paragraphs, title="Titel"):
    return ArticleText(title, "", tuple(("p", text) for text in paragraphs))


def reason_of(text, **facts):
    return judge(text, **facts).reason


def found(phrase, where, text=None, url="", categories=()):
    rules = [Rule(1, "advert", where, phrase)]
    return bool(hits(rules, text or text_of(5), url, categories))


def demo_text(article):
    return ArticleText(
        article["title"], article["summary"], tuple(map(tuple, article["blocks"]))
    )


def demo_of(code):
    """A newspaper's first article, as a text of some 150 words or more."""
    return demo_text(demo_site.papers()[code]["articles"][0])


def start_of(text, words):
    return text_with(" ".join(text.body.split()[:words]), title=text.title)


# --- length


@pytest.mark.parametrize(
    "words, reason",
    [
        (89, Article.Broken.TOO_SHORT),
        (90, ""),
        (10_000, ""),
        (10_001, Article.Broken.TOO_LONG),
    ],
)
def test_an_article_has_90_to_10000_words(words, reason):
    text = text_of(words)
    assert text.word_count == words
    assert reason_of(text) == reason


def test_the_title_and_summary_do_not_count():
    text = ArticleText("ord " * 90, "ord " * 90, (("p", "ord"),))
    assert judge(text) == Verdict("too_short", detail="1 words")


def test_an_article_without_fragments_has_no_text():
    assert reason_of(ArticleText("Titel", "Resumé", ())) == Article.Broken.NO_TEXT


# --- what a page says it is


@pytest.mark.parametrize(
    "kind, reason",
    [
        ("", ""),
        ("NewsArticle", ""),
        ("website", ""),
        ("CollectionPage", "not_article"),
        ("LiveBlogPosting", "live_blog"),
        ("AdvertiserContentArticle", "advert"),
    ],
)
def test_a_pages_kind_may_tell(kind, reason):
    assert reason_of(text_of(COMPLETE_WORDS), kind=kind) == reason


@pytest.mark.parametrize("kind", ["VideoObject", "ImageGallery", "video.other"])
def test_the_page_of_a_film_or_gallery_is_an_article_when_it_has_a_whole_text(kind):
    assert reason_of(text_of(COMPLETE_WORDS - 1), kind=kind) == "not_article"
    assert reason_of(text_of(COMPLETE_WORDS), kind=kind) == ""


def test_a_page_without_a_text_may_still_say_what_it_is():
    assert reason_of(ArticleText("T", "", ()), kind="VideoObject") == "not_article"


def test_a_page_of_links_is_no_article():
    links = [("li", "Kommunen bygger en ny skole i Birkesund til efteråret")] * 20
    assert reason_of(ArticleText("T", "", tuple(links))) == "not_article"


@pytest.mark.parametrize(
    "fragments",
    [
        [("li", "ord " * 40)] * 20,  # a text told in points
        [("p", "ord " * 30), *[("li", "ord " * 9)] * 20],  # one with its ingredients
        [("li", "ord " * 14)] * 9,
    ],
)
def test_an_article_may_have_long_lists(fragments):
    assert reason_of(ArticleText("T", "", tuple(fragments))) == ""


# --- markup and garbled letters


@pytest.mark.parametrize(
    "debris",
    [
        '<div class="teaser"><span></span></div>',
        ".teaser { margin: 0 auto; color: #333 }",
        'window.dataLayer.push({"page": "article", "user": null});',
        "&nbsp;&quot;&#8222;&lt;br&gt;",
    ],
)
def test_a_text_of_markup_is_broken(debris):
    text = text_with(*[f"Kommunen bygger en skole. {debris}"] * 30)
    assert reason_of(text) == "broken_markup"


def test_an_article_about_programs_is_none():
    line = "So sieht es aus: if (a < b) { return a; } oder <br> in der ersten Zeile."
    prose = "Wer programmiert, liest viel mehr, als er schreibt. " * 5
    assert reason_of(text_with(*[prose, line] * 6)) == ""


@pytest.mark.parametrize(
    "sentence",
    [
        "Blåbærgrød er øernes egen ret, sagde fru Ågård på mødet.",
        "Είναι μια ωραία μέρα για το χωριό.",
        "Сегодня в городе открылась новая школа.",
    ],
)
def test_utf8_read_as_windows_1252_is_broken(sentence):
    garbled = "".join(
        bytes([byte]).decode("cp1252", "ignore") for byte in sentence.encode()
    )
    assert reason_of(text_with(*[sentence] * 20)) == ""
    assert reason_of(text_with(*[garbled] * 20)) == "broken_markup"


def test_unreadable_letters_are_broken_but_one_is_not():
    sentence = "Bl�b�r er �ernes egen ret, siger borgmesteren p� m�det."
    assert reason_of(text_with(*[sentence] * 20)) == "broken_markup"
    assert reason_of(text_with("ord " * 100, sentence[:20])) == ""


def test_portuguese_capitals_are_not_garbled():
    assert reason_of(text_with(*["“NÃO” À “CAMPEÔ, DIZ A IRMÃ. ÂMBITO"] * 20)) == ""


# --- paywalls


def test_the_beginning_of_an_article_that_is_not_free_is_no_article():
    assert reason_of(text_of(COMPLETE_WORDS - 1), is_free=False) == "paywall"
    assert reason_of(text_of(COMPLETE_WORDS), is_free=False) == ""


def test_a_paywall_tells_more_than_the_length():
    assert reason_of(text_of(20), is_free=False) == "paywall"


def test_a_paywalls_notice_counts_below_a_short_text_only():
    notice = "Log ind for at læse resten."
    rules = [Rule(7, "paywall", "text", "log ind for at læse")]
    verdict = judge(text_with("ord " * 100, notice), rules=rules)
    assert (verdict.reason, verdict.rules) == ("paywall", (7,))
    assert reason_of(text_with("ord " * COMPLETE_WORDS, notice), rules=rules) == ""


NOTICE = "Il vous reste 57.09% de cet article à lire. La suite est réservée."


def wall(*paragraphs, is_free):
    """The reason of a long French article with these paragraphs at its end."""
    text = text_with("mot " * 2 * COMPLETE_WORDS, *paragraphs)
    return reason_of(text, is_free=is_free, rules=default_rules("fr"))


def test_a_page_that_is_not_free_and_says_so_at_its_end_is_cut_whatever_its_length():
    assert wall(NOTICE, is_free=False) == "paywall"
    assert wall(NOTICE, "Offre : un mois. " * 5, is_free=False) == "paywall"
    assert wall(is_free=False) == ""
    assert wall(NOTICE, is_free=True) == ""
    assert wall(NOTICE, "mot " * 100, is_free=False) == ""


def test_a_notice_at_the_beginning_says_nothing_of_a_long_text():
    text = text_with(NOTICE, "mot " * 2 * COMPLETE_WORDS)
    assert reason_of(text, is_free=False, rules=default_rules("fr")) == ""


NOTICES = [
    "Log ind eller bliv abonnent.",
    "Køb adgang til hele artiklen.",
    "Mit Abo lesen.",
    "Jetzt weiterlesen für 1 Euro.",
    "Es bleiben 67 Prozent des Artikels.",
    "Συνδεθείτε ή γίνετε συνδρομητής.",
    "ΓΙΝΕ ΣΥΝΔΡΟΜΗΤΗΣ",
    "Sign in to continue.",
    "Subscribe today.",
    "Aún le falta el 57,09 % del artículo.",
    "Suscríbase ya.",
    "Abonnez-vous dès 1 €.",
    "Connectez-vous.",
    "Fizessen elő még ma!",
    "A folytatáshoz jelentkezzen be.",
    "Manca il 60% da leggere.",
    "Abbònati ora.",
    "Verder lezen? Kies een pakket.",
    "Les hele saken: logg inn.",
    "Zaloguj się.",
    "Wybierz prenumeratę.",
    "Assine por 1 euro.",
    "Só os subscritores o leem.",
    "Abonează-te acum.",
    "Оформите подписку.",
    "Войдите, чтобы читать дальше.",
    "Απομένει το 40 τοις εκατό του άρθρου.",
    "Create an account to go on.",
    "Bli prenumerant.",
    "Logga in och läs vidare.",
]


@pytest.mark.parametrize("notice", NOTICES)
@pytest.mark.parametrize("below", [(), ("1 / 1",)])
def test_a_short_end_about_subscribing_is_a_notice_where_a_page_is_not_free(
    notice, below
):
    text = text_with("ord " * 500, notice, *below)
    assert reason_of(text, is_free=False) == "paywall"
    assert reason_of(text, is_free=True) == ""


@pytest.mark.parametrize(
    "ends",
    [
        ("Subscribe today. " + "word " * 25,),
        ("Subscribe today.", "word " * 30),
        ("Subscribe today.", "One.", "Two."),
        ("Abonnieren Sie unseren Newsletter.",),
        ("O ministro assinou o acordo.", "Президент подписал закон."),
        ("Das Syndrom (σύνδρομο) trifft 5 Prozent.",),
    ],
)
def test_an_ordinary_end_is_no_notice(ends):
    assert reason_of(text_with("ord " * 500, *ends), is_free=False) == ""


def test_a_paywalls_label_counts_at_any_length():
    rules = [Rule(7, "paywall", "address", "/plus/")]
    facts = {"url": "https://news.example.com/plus/a", "rules": rules}
    assert reason_of(text_of(600), **facts) == "paywall"


# --- rules


def test_a_verdict_names_all_rules_that_said_so():
    rules = [
        Rule(1, "advert", "title", "betalt indhold"),
        Rule(2, "advert", "text", "findes ikke"),
        Rule(3, "advert", "category", "annonce"),
        Rule(4, "live_blog", "title", "betalt"),
    ]
    text = text_with("ord " * 100, title="Betalt indhold: Ny skole")
    verdict = judge(text, categories=["Annonce"], rules=rules)
    assert (verdict.reason, verdict.rules) == ("advert", (1, 3))
    assert verdict.detail == "title: betalt indhold; category: annonce"


@pytest.mark.parametrize(
    "phrase, title, expected",
    [
        ("live blog", "LIVE-BLOG: Valget", True),
        ("live blog", "Valget i vores live blog", True),
        ("live blog", "Olive blog", False),
        ("live blog", "Live blogger", False),
        ("live blog*", "Live blogger", True),
        ("*ticker", "Der Liveticker zur Wahl", True),
        ("*ticker", "Der Tickerdienst", False),
        ("l*t*r", "Ein Liveticker", True),
        ("s'abonner ici", "Pour s’abonner, ici", True),
        ("STRASSE", "Auf der Straße", True),
        ("ΔΙΑΦΗΜΙΣΗ", "Διαφήμιση: νέο σπίτι", True),
        ("διαφήμιση", "ΔΙΑΦΗΜΙΣΗ", True),
        ("réservé aux abonnés", "RESERVE AUX ABONNES", True),
        ("doar pentru abonaților", "Doar pentru abonaţilor", True),
        ("czytać dalej", "CZYTAC\u0301 DALEJ", True),
        ("dienst", "dĳenst", False),
        ("nog * % over", "Nog 57.09% over", True),
        ("nog * % over", "Nog 57,09 % over", True),
        ("nog * % over", "Nog 7 % over", True),
        ("nog * % over", "Nog 57. 9 over", False),
        ("nog 5.9 over", "Nog 5.9 over", True),
        ("nog 5.9 over", "Nog 5x9 over", False),
        ("*zeit", "3,5-Tage-Zeit", True),
        ("/anzeige/", "Anzeige: Neue Matratze", True),
        ("/anzeige/", "Neue Matratze | ANZEIGE", True),
        ("/anzeige/", "[Anzeige] Neue Matratze", True),
        ("/anzeige/", "+++ Anzeige +++ Neue Matratze", True),
        ("/anzeige/", "Anzeige – Neue Matratze", True),
        ("/anzeige/", "Anzeige", True),
        ("/anzeige/", "Anzeige gegen den Trainer", False),
        ("/anzeige/", "Polizei: Anzeige gegen den Trainer", False),
        ("/anzeige/", "Online-Anzeige: Betrug mit Matratzen", False),
        ("/anzeige", "Anzeige gegen den Trainer", True),
        ("/p/", "(P) O saltea nouă", True),
        ("/p/", "P are dreptate", False),
        ("a.c", "abc", False),
        ("", "Titel", False),
        ("***", "Titel", False),
        ("* titel", "En titel", True),
        ("* titel", "Titel", False),
        ("+ +", "Titel", False),
    ],
)
def test_a_phrase_is_words_in_any_case_with_stars_for_letters(phrase, title, expected):
    assert found(phrase, "title", text_with("ord", title=title)) == expected


@pytest.mark.parametrize(
    "phrase, path, expected",
    [
        ("/video/", "/video/a", True),
        ("/video/", "/a/VIDEO", True),
        ("/video/", "/a/video?b=c", True),
        ("/video/", "/a/a-video-of-it", False),
        ("/video/", "/a?b=/video/", False),
        ("video", "/a/a-video_of.it", True),
        ("video", "/a/videos", False),
        ("minuto a minuto", "/a/minuto-a-minuto-b", True),
        ("/minuto", "/a/b-minuto-c", False),
        ("/kvíz/", "/kv%C3%ADz/a", True),
        ("/kvíz/", "/kviz/a", True),
        ("/video/", "/a/1.5/video/", True),
        ("example", "/a", False),
    ],
)
def test_a_phrase_is_parts_of_an_addresss_path(phrase, path, expected):
    url = f"https://news.example.com{path}"
    assert found(phrase, "address", url=url) == expected


def test_an_edge_is_a_paragraphs_or_a_categorys_too():
    text = text_with("Egy cikk x és y", "(X)", "vége")
    assert found("/x/", "text", text)
    assert not found("/x/", "text", text_with("Egy cikk x és y"))
    assert found("/deals/", "category", categories=["News", "Deals"])
    assert not found("/deals/", "category", categories=["Arms deals"])


def test_an_address_without_a_path_has_no_part():
    assert not found("news", "address", url="https://news.example.com")
    assert not found("news", "address", url="https://[news")


def test_a_phrase_does_not_go_on_from_one_category_to_the_next():
    assert found("betalt indhold", "category", categories=["Nyt", "Betalt indhold"])
    assert not found("betalt indhold", "category", categories=["Betalt", "Indhold"])


def test_only_the_ends_of_a_text_are_searched():
    words = ["ord"] * (3 * END_WORDS)
    for place, expected in {0: True, END_WORDS: False, -1: True}.items():
        text = text_with(" ".join([*words[:place], "annonce", *words[place:]]))
        assert found("annonce", "text", text) == expected


def test_a_phrase_does_not_go_on_across_the_middle_left_out():
    words = ["ord"] * (3 * END_WORDS)
    words[END_WORDS - 1], words[-END_WORDS] = "betalt", "indhold"
    assert not found("betalt indhold", "text", text_with(" ".join(words)))


def test_a_phrase_of_stars_is_searched_in_no_time():
    # A regex that goes back would need years.
    assert not found("*a*a*a*a*a*a*a*a*b", "text", text_with("a" * 100_000))


# --- the default rules


def test_the_default_rules_are_well_formed():
    for row in DEFAULT_RULES:
        assert row.keys() == {"language_id", "reason", "where", "phrase"}
        assert row["reason"] in {"paywall", "live_blog", "advert", "not_article"}
        assert row["where"] in {"title", "address", "category", "text"}
        assert row["phrase"] == row["phrase"].lower().strip() != ""
    assert {row["language_id"] for row in DEFAULT_RULES} >= {None, *OURS}


def test_no_default_rule_is_there_twice():
    rows = [tuple(row.values()) for row in DEFAULT_RULES]
    assert len(rows) == len(set(rows))


def default_rules(code):
    return [
        Rule(number, row["reason"], row["where"], row["phrase"])
        for number, row in enumerate(DEFAULT_RULES)
        if row["language_id"] in {None, code}
    ]


@pytest.mark.parametrize("code, article", DEMO_ARTICLES)
def test_no_default_rule_is_broken_by_a_demo_article(code, article):
    url = f"http://127.0.0.1/{code}/{article['topic']}/{article['slug']}.html"
    categories = [article["category"]]
    assert hits(default_rules(code), demo_text(article), url, categories) == []


@pytest.mark.parametrize(
    "code, text, url, reason",
    [
        ("en", text_with("ord " * 90, "Log in to read more."), "", "paywall"),
        (
            "de",
            text_with("Wort " * 90, "Dieser Artikel ist nur für Abonnenten."),
            "",
            "paywall",
        ),
        (
            "fr",
            text_with("mot " * 90, "Il vous reste 72 % de cet article à lire."),
            "",
            "paywall",
        ),
        (
            "de",
            text_with("Wort " * 99, title="Die Wahl im Liveticker"),
            "",
            "live_blog",
        ),
        ("es", text_with("voz " * 99, title="Minuto a minuto"), "", "live_blog"),
        ("sv", text_of(99), "https://news.example.com/live/a", "live_blog"),
        ("da", text_of(99), "https://news.example.com/horoskop/a", "not_article"),
        ("pl", text_of(99), "https://news.example.com/a/video/b", "not_article"),
    ],
)
def test_the_default_rules_find(code, text, url, reason):
    assert reason_of(text, url=url, rules=default_rules(code)) == reason


@pytest.mark.parametrize(
    ("code", "notice"),
    [
        ("da", "Resten af artiklen er kun for abonnenter."),
        ("da", "DENNE ARTIKEL ER FORBEHOLDT ABONNENTER"),
        ("de", "Der Rest des Artikels ist unseren Abonnenten vorbehalten."),
        ("de", "Noch 43,5 % des Artikels: nur für Abonnenten"),
        ("el", "Η συνέχεια είναι για συνδρομητές."),
        ("el", "ΜΟΝΟ ΓΙΑ ΣΥΝΔΡΟΜΗΤΕΣ"),
        ("en", "The rest of this article is for subscribers."),
        ("en", "You have 57.09% of this article left."),
        ("es", "El resto de este artículo es exclusivo para suscriptores."),
        ("es", "CONTENIDO SOLO PARA SUSCRIPTORES"),
        ("fr", "Il vous reste 57.09% de cet article à découvrir."),
        ("fr", "La suite est réservée à nos abonnés."),
        ("hu", "A cikk további része csak elõfizetõknek."),
        ("it", "Il resto dell’articolo è riservato agli abbonati."),
        ("nl", "De rest van dit artikel is alleen voor abonnees."),
        ("no", "Resten av saken er forbeholdt våre abonnenter."),
        ("pl", "Pozostało 57,09% artykułu"),
        ("pl", "Dalsza część tylko dla prenumeratorów."),
        ("pt", "O restante deste artigo é exclusivo para assinantes."),
        ("ro", "Restul articolului este rezervat abonaţilor."),
        ("ru", "Остальная часть статьи доступна только подписчикам."),
        ("sv", "Resten av artikeln är endast för prenumeranter."),
    ],
)
def test_each_language_has_rules_for_the_rest_that_is_for_subscribers(code, notice):
    text = text_with("ord " * 500, notice)
    rules = default_rules(code)
    assert reason_of(text, is_free=False, rules=rules) == "paywall"
    assert reason_of(text, rules=rules) == ""
    assert reason_of(text_with("ord " * 100, notice), rules=rules) == "paywall"


@pytest.mark.parametrize(
    ("code", "title", "notice", "path"),
    [
        ("da", "Annonce: Ny sofa", "Teksten indeholder annoncelinks.", "/annonce/a"),
        ("de", "Anzeige: Neues Sofa", "Kaufen Sie über diesen Link, erhalten wir eine "
         "Provision.", "/gutscheine/a"),
        ("el", "ΔΙΑΦΗΜΙΣΗ: Νέος καναπές", "Χορηγούμενο άρθρο", "/diafimisi/a"),
        ("en", "Sponsored: A new sofa", "We may earn a commission from these links.",
         "/deals/a"),
        ("es", "Nuevo sofá | Publicidad", "Este texto contiene enlaces de afiliados.",
         "/patrocinado/a"),
        ("fr", "Publi-reportage : le canapé", "Ce texte contient des liens affiliés.",
         "/bons-plans/a"),
        ("hu", "Hirdetés: új kanapé", "(x)", "/pr-cikk/a"),
        ("it", "Pubblicità: il divano", "Potremmo ricevere una commissione.",
         "/sponsorizzato/a"),
        ("nl", "Advertentie: nieuwe bank", "Dit artikel bevat affiliate-links.",
         "/partnercontent/a"),
        ("no", "Annonse: Ny sofa", "Saken inneholder annonselenker.", "/annonse/a"),
        ("pl", "Reklama: nowa sofa", "Tekst zawiera linki afiliacyjne.", "/promocje/a"),
        ("pt", "Publirreportagem: o sofá", "O texto contém links de afiliados.",
         "/patrocinado/a"),
        ("ro", "(P) O canapea nouă", "Textul conţine linkuri afiliate.",
         "/publicitate/a"),
        ("ru", "Реклама: новый диван", "Реклама. ООО «Диван», erid: 2Vt", "/promo/a"),
        ("sv", "Annons: Ny soffa", "Texten innehåller annonslänkar.", "/annons/a"),
    ],
)  # fmt: skip
def test_each_language_knows_adverts_by_title_text_and_address(
    code, title, notice, path
):
    rules, words = default_rules(code), "ord " * 300
    url = f"http://news.example.com{path}"
    assert reason_of(text_with(words, title=title), rules=rules) == "advert"
    assert reason_of(text_with(notice, words), rules=rules) == "advert"
    assert reason_of(text_with(words, notice), rules=rules) == "advert"
    assert reason_of(text_with(words), rules=rules, url=url) == "advert"


@pytest.mark.parametrize(
    ("code", "title", "sentence"),
    [
        ("de", "Minister unter Druck: Anzeige gegen Berater",
         "Der Berater erhielt eine Provision von zwei Millionen Euro für die Masken."),
        ("de", "Mehr Werbung im Stadtbild", "Die Bank zahlt weniger Provision."),
        ("en", "Arms deals: who earns what", "The broker earned a commission of 5%."),
        ("en", "How sponsored posts work", "Affiliate links make money for bloggers."),
        ("fr", "La publicité en ligne recule", "Il aurait perçu une commission."),
        ("es", "La publicidad crece", "El intermediario pidió recibir una comisión."),
        ("it", "Tangenti e pubblicità", "Accusato di ricevere una commissione."),
        ("pt", "Publicidade em queda", "O deputado pode receber uma comissão."),
        ("sv", "Reklam på bussarna ökar", "Säljaren fick provision på affären."),
        ("da", "Reklamen fra 1950 er her", "Sælgeren fik provision af handlen."),
        ("no", "Reklame på bussen", "Megleren fikk provisjon av salget."),
        ("nl", "De advertentie die alles veranderde", "Hij kreeg een commissie."),
        ("pl", "Reklama w mieście", "Pośrednik otrzymał prowizję."),
        ("ru", "Реклама на улицах города", "Посредник получил комиссию."),
        ("ro", "Publicitate pe străzi", "Intermediarul a primit un comision."),
        ("hu", "Reklám az utcán", "Az X csatornán írta, hogy jutalékot kapott."),
        ("el", "Η διαφήμιση στους δρόμους", "Ο μεσίτης έλαβε προμήθεια."),
    ],
)  # fmt: skip
def test_an_article_about_adverts_and_commissions_is_none(code, title, sentence):
    text = text_with("ord " * 100, sentence, "ord " * 200, title=title)
    assert reason_of(text, rules=default_rules(code)) == ""


# --- language


@pytest.mark.parametrize("code, article", DEMO_ARTICLES)
def test_a_demo_article_is_in_its_papers_language(code, article):
    assert reason_of(demo_text(article), language=code) == ""


@pytest.mark.parametrize("code", OURS)
def test_an_article_in_another_language_is_refused(code):
    expected = "sv" if code == "en" else "en"
    verdict = judge(demo_of(code), language=expected)
    assert verdict.reason == "wrong_language"
    assert verdict.detail.startswith(f"{code}, ")


def test_a_short_text_in_a_neighbours_language_is_not_refused():
    text = demo_of("da")
    assert other_language(start_of(text, 100).body, "no") is None
    assert other_language(text.body, "no")[0] == "da"


def test_a_norwegian_paper_may_be_in_nynorsk():
    sentence = (
        "Eg veit ikkje kvifor dei ikkje kjem, seier ho, men kommunen har sagt at det "
        "skal byggjast eit nytt bibliotek, og då må nokon vere til stades frå byrjinga."
    )
    assert judge(text_with(*[sentence] * 8), language="no") == Verdict()


def test_an_article_that_quotes_another_language_is_not_refused():
    own, other = start_of(demo_of("fr"), 120), start_of(demo_of("en"), 70)
    assert other_language(f"{own.body} {other.body}", "fr") is None


@pytest.mark.parametrize("code", ["", "xx"])
def test_of_an_unknown_language_nothing_is_said(code):
    assert judge(demo_of("en"), language=code) == Verdict()


def test_the_title_counts():
    text = text_with(demo_of("en").body, title=demo_of("ru").body)
    assert reason_of(text, language="en") == "wrong_language"


def test_threads_load_the_model_once(monkeypatch):
    loads = []
    load = language.LanguageIdentifier.from_model_file

    def counting(*args, **options):
        loads.append(args)
        return load(*args, **options)

    language._load.cache_clear()
    monkeypatch.setattr(language.LanguageIdentifier, "from_model_file", counting)
    threads = [
        threading.Thread(target=other_language, args=("Et brev", "da"))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(loads) == 1


# --- topics


def topics(categories=(), url="https://news.example.com/a"):
    return [topic.slug for topic in topics_for(categories, url, TOPICS)]


@pytest.mark.parametrize("category", ["sport", "Sport", "IDRÆT", "Ídraet"])
def test_a_category_of_the_feed_names_a_topic(category):
    assert topics([category, "Lokalt"]) == ["sport"]


@pytest.mark.parametrize(
    "url", ["https://news.example.com/Sport/a", "https://news.example.com/sport"]
)
def test_a_part_of_the_url_names_a_topic(url):
    assert topics(url=url) == ["sport"]


@pytest.mark.parametrize(
    "url",
    [
        "https://sport/a",
        "https://news.example.com/transport/a",
        "https://news.example.com/a?section=/sport/",
    ],
)
def test_a_host_a_part_of_a_word_and_a_parameter_name_none(url):
    assert topics(url=url) == []


def test_an_article_may_have_several_topics():
    assert topics(["Natur & Teknik", "Idræt"]) == ["sport", "science"]


def test_without_a_keyword_there_is_no_topic():
    assert topics(["", "Lokalt"]) == []


def test_rules_find_capitals_without_accents():
    rule = Rule(pk=1, reason="advert", where="title", phrase="χορηγούμενο άρθρο")
    text = ArticleText(title="ΧΟΡΗΓΟΥΜΕΝΟ ΑΡΘΡΟ", summary="", fragments=())
    assert hits([rule], text) == [rule]
