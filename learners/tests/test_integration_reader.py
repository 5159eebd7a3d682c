"""What a tap on a word shows, in a real Chromium: by mouse, finger and keys."""

import pytest
from django.urls import reverse
from selenium.webdriver import ActionChains, Keys
from selenium.webdriver.common.actions.action_builder import ActionBuilder
from selenium.webdriver.common.actions.interaction import POINTER_TOUCH
from selenium.webdriver.common.actions.pointer_input import PointerInput
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import Select, WebDriverWait

from articles.tests.factories import make_article
from learners.dictionaries import glosses
from learners.dictionaries.models import Report
from learners.dictionaries.tests.factories import make_dictionary
from tokenization import services

pytestmark = [pytest.mark.integration, pytest.mark.django_db(transaction=True)]

# A sentence, one of its words as it is tapped, and what the dictionary has for it.
SENTENCES = {
    "da": ("De gik hjem.", "hjem", "hjem|adv||home"),
    "de": ("Das Haus ist alt.", "Haus", "Haus|n|n|house"),
    "el": ("Το σπίτι είναι παλιό.", "σπίτι", "σπίτι|n|n|house"),
    "en": ("The house is old.", "house", "house|n||hus"),
    "es": ("La casa es vieja.", "casa", "casa|n|f|house"),
    "fr": ("L’eau est froide.", "eau", "eau|n|f|water"),
    "hu": ("A ház régi.", "ház", "ház|n||house; home; building"),
    "it": ("La casa è vecchia.", "casa", "casa|n|f|house"),
    "nl": ("Het huis is oud.", "huis", "huis|n|n|house"),
    "no": ("Huset er gammelt.", "gammelt", "gammelt|adj||old"),
    "pl": ("Dom jest stary.", "Dom", "dom|n|m|house"),
    "pt": ("A casa é velha.", "casa", "casa|n|f|house"),
    "ro": ("Casa este veche.", "veche", "veche|adj|f|old"),
    "ru": ("Дом ещё стоит.", "ещё", "ещё|adv||still"),
    "sv": ("Huset är gammalt.", "är", "är|v||is"),
}
HTML = {"no": "nb"}
REQUESTS = "return performance.getEntriesByType('resource').length"
# Nothing glides, so that a word is where it was when the click comes.
STILL = {"features": [{"name": "prefers-reduced-motion", "value": "reduce"}]}
FOCUSED = "return document.activeElement.textContent"


@pytest.fixture(autouse=True)
def nothing_ready(browser):
    glosses.ready.cache_clear()
    yield
    browser.execute_script("localStorage.clear()")


@pytest.fixture
def show(browser, live_server):
    """A function that opens an article's page at a width, with its glosses there."""

    def show(article, width=360, query=""):
        size = {"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": False}
        browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", STILL)
        path = reverse("learners:article", args=[article.language_id, article.pk])
        browser.get(live_server.url + path + query)
        browser.execute_async_script("answer.then(arguments[0])")

    return show


@pytest.fixture
def danish(show):
    """The page of a Danish article with a few words that the dictionary has."""
    rows = ["hund|n|c|dog", "løb|v||ran", "løb|n|n|run; race", "hjem|adv||home"]
    make_dictionary(*rows)
    article = make("da", "En hund løb hjem i går.")
    show(article)
    return article


def make(language, text):
    article = make_article([("p", text)], language=language, title="x")
    services.fill([article])
    return article


def word(browser, text, place=0):
    found = browser.find_elements(By.CSS_SELECTOR, ".body .w")
    return [one for one in found if one.text == text][place]


def box(browser):
    return browser.find_element(By.CSS_SELECTOR, ".gloss")


def wait(browser, done):
    return WebDriverWait(browser, 5).until(lambda _: done())


def shown(browser, text):
    return wait(browser, lambda: text in box(browser).text and box(browser).text)


def press(browser, *keys):
    ActionChains(browser).send_keys(*keys).perform()


# --- what is shown ---------------------------------------------------------------


@pytest.mark.parametrize("language", SENTENCES)
def test_a_tap_shows_what_a_word_means_without_a_request(browser, show, language):
    sentence, tapped, row = SENTENCES[language]
    target = "da" if language == "en" else "en"
    make_dictionary(row, source=language, target=target)
    show(make(language, sentence))
    before = browser.execute_script(REQUESTS)
    word(browser, tapped).click()
    shown(browser, row.rpartition("|")[2].split(";")[0])
    assert browser.execute_script(REQUESTS) == before
    heading = box(browser).find_element(By.TAG_NAME, "h2")
    assert heading.text == tapped
    assert heading.get_attribute("lang") == HTML.get(language, language)
    means = box(browser).find_element(By.CSS_SELECTOR, ".means")
    assert means.get_attribute("lang") == target
    assert browser.get_log("browser") == []


def test_part_of_speech_and_gender_are_told_in_words(browser, danish):
    word(browser, "hund").click()
    assert "noun, common gender\ndog" in shown(browser, "dog")


def test_a_word_of_several_parts_of_speech_shows_each(browser, danish):
    word(browser, "løb").click()
    text = shown(browser, "run, race")
    assert "verb\nran" in text


def test_a_word_that_is_in_no_dictionary_says_so(browser, danish):
    word(browser, "går").click()
    shown(browser, "Not in the dictionary")


def test_a_lemma_is_shown(browser, show):
    make_dictionary("hund|n|c|dog")
    show(make("da", "To hunde løb."))
    word(browser, "hunde").click()
    shown(browser, "dog")
    origin = box(browser).find_element(By.CSS_SELECTOR, ".from")
    assert (origin.text, origin.get_attribute("lang")) == ("hund", "da")


def test_a_guess_is_marked_and_its_parts_are_told(browser, show):
    make_dictionary("metro|n||subway", "station|n|c|station")
    show(make("da", "En metrostation."))
    word(browser, "metrostation").click()
    text = shown(browser, "A guess")
    assert "metro + station" in text
    assert "metro: subway" in text


def test_a_word_in_capitals_is_told_with_all_that_it_may_be(browser, show):
    make_dictionary("νόμος|n|m|law", "νομός|n|m|prefecture", source="el")
    show(make("el", "ΝΕΟΣ ΝΟΜΟΣ ΣΗΜΕΡΑ"))
    word(browser, "ΝΟΜΟΣ").click()
    text = shown(browser, "A guess, from words with accents")
    assert "law" in text
    assert "prefecture" in text


@pytest.mark.parametrize("tapped", ["greift", "an"])
def test_a_tap_on_a_verb_at_two_places_marks_and_tells_all_of_it(browser, show, tapped):
    make_dictionary("angreifen|v||attack", source="de")
    show(make("de", "Er greift die Stadt an."))
    word(browser, tapped).click()
    text = shown(browser, "attack")
    assert text.startswith("greift … an")
    assert "angreifen" in text
    marked = browser.find_elements(By.CSS_SELECTOR, ".tapped")
    assert [one.text for one in marked] == ["greift", "an"]


@pytest.mark.parametrize("tapped", ["På", "grund", "af"])
def test_a_phrase_is_told_whichever_of_its_words_is_tapped(browser, show, tapped):
    make_dictionary("på grund af|prep||because of", "grund|n|c|reason")
    show(make("da", "På grund af vejret."))
    word(browser, tapped).click()
    assert "På grund af\npreposition\nbecause of" in shown(browser, "because of")


def test_every_word_of_an_article_can_be_tapped(browser, danish):
    for one in browser.find_elements(By.CSS_SELECTOR, ".w"):
        one.click()
        wait(browser, lambda: "\n" in box(browser).text.replace("\n×", ""))
        press(browser, Keys.ESCAPE)
    assert browser.get_log("browser") == []


def test_words_with_a_mark_between_them_are_no_phrase(browser, show):
    make_dictionary("på grund|prep||aground", "grund|n|c|reason")
    show(make("da", "Den er på, grund er der. Den er på grund."))
    word(browser, "grund").click()
    assert "aground" not in shown(browser, "reason")
    word(browser, "grund", 1).click()
    shown(browser, "aground")


def test_glosses_that_do_not_come_are_told_and_asked_for_again(browser, danish):
    address = browser.execute_script("return page.dataset.glosses")
    browser.execute_script("page.dataset.glosses = '/nowhere/'; load()")
    word(browser, "hund").click()
    shown(browser, "could not be loaded")
    browser.execute_script("page.dataset.glosses = arguments[0]", address)
    box(browser).find_element(By.CSS_SELECTOR, ".again").click()
    shown(browser, "dog")
    browser.get_log("browser")  # the 404 is in it, as it should be


# No request is answered any more.
HANG = "Fetch.enable", {"patterns": [{"urlPattern": "*"}]}
IMPATIENT = """
    const wait = AbortSignal.timeout.bind(AbortSignal);
    AbortSignal.timeout = (ms) => wait(ms / 5);"""


@pytest.fixture
def hang(browser):
    """A function after which nothing is answered, and is waited for briefly."""

    def hang():
        browser.execute_script(IMPATIENT)
        browser.execute_cdp_cmd(*HANG)

    yield hang
    browser.execute_cdp_cmd("Fetch.disable", {})


def test_glosses_that_never_come_are_not_waited_for_for_ever(browser, danish, hang):
    hang()
    browser.execute_script("load()")
    word(browser, "hund").click()
    shown(browser, "Loading")
    shown(browser, "could not be loaded")
    browser.execute_cdp_cmd("Fetch.disable", {})
    box(browser).find_element(By.CSS_SELECTOR, ".again").click()
    shown(browser, "dog")
    browser.get_log("browser")


def test_without_any_dictionary_that_is_told(browser, show):
    show(make("da", "En hund."))
    word(browser, "hund").click()
    shown(browser, "There is no dictionary")


# --- what is wrong -----------------------------------------------------------------


@pytest.fixture
def own_rate(settings, tmp_path):
    settings.RUN_DIR = tmp_path / "run"


def reported(browser):
    """What admins see, once the reader has been thanked."""
    shown(browser, "noted, thank you")
    facts = ("headword", "translation", "word", "from_language", "to_language")
    return list(Report.objects.values_list(*facts))


def test_a_wrong_translation_is_reported(browser, danish, own_rate):
    word(browser, "hund").click()
    shown(browser, "dog")
    box(browser).find_element(By.CSS_SELECTOR, ".wrong").click()
    assert reported(browser) == [("hund", "dog", "hund", "da", "en")]


def test_of_several_translations_the_wrong_one_is_chosen(browser, danish, own_rate):
    word(browser, "løb").click()
    shown(browser, "run, race")
    box(browser).find_elements(By.CSS_SELECTOR, ".wrong")[-1].click()
    shown(browser, "Which one?")
    choices = box(browser).find_elements(By.CSS_SELECTOR, ".which button")
    assert [one.text for one in choices] == ["run", "race"]
    choices[1].click()
    assert reported(browser) == [("løb", "race", "løb", "da", "en")]


def test_a_report_that_cannot_be_sent_says_so(browser, danish, own_rate, settings):
    settings.DICTIONARY_REPORT_RATE = 1, 60
    for tapped in ("hund", "hjem"):
        word(browser, tapped).click()
        wait(browser, lambda: box(browser).find_elements(By.CSS_SELECTOR, ".wrong"))
        box(browser).find_element(By.CSS_SELECTOR, ".wrong").click()
        shown(browser, "noted" if tapped == "hund" else "not sent")
    assert Report.objects.get().headword == "hund"
    browser.get_log("browser")  # the 429 is in it, as it should be


def test_a_report_that_is_never_answered_says_so(browser, danish, hang):
    word(browser, "hund").click()
    shown(browser, "dog")
    hang()
    box(browser).find_element(By.CSS_SELECTOR, ".wrong").click()
    shown(browser, "not sent")
    browser.get_log("browser")


def test_a_button_is_read_as_what_it_says(browser, danish, own_rate, settings):
    settings.DICTIONARY_REPORT_RATE = 1, 60
    for tapped, name in (
        ("hund", "noted, thank you"),
        ("hjem", "not sent, try again later: Report as wrong: home"),
    ):
        word(browser, tapped).click()
        wait(browser, lambda: box(browser).find_elements(By.CSS_SELECTOR, ".wrong"))
        button = box(browser).find_element(By.CSS_SELECTOR, ".wrong")
        assert button.accessible_name.startswith("Report as wrong")
        button.click()
        shown(browser, name.partition(",")[0])
        assert button.accessible_name == name
    browser.get_log("browser")


# --- by which hand ----------------------------------------------------------------


def test_a_finger_does_what_the_mouse_does(browser, danish):
    finger = ActionBuilder(browser, mouse=PointerInput(POINTER_TOUCH, "finger"))
    finger.pointer_action.move_to(word(browser, "hund")).pointer_down().pointer_up()
    finger.perform()
    shown(browser, "dog")


def test_another_tap_moves_the_box_and_one_beside_closes_it(browser, danish):
    word(browser, "hund").click()
    shown(browser, "dog")
    word(browser, "En").click()
    shown(browser, "En")
    tapped = browser.find_elements(By.CSS_SELECTOR, ".tapped")
    assert [one.text for one in tapped] == ["En"]
    browser.find_element(By.TAG_NAME, "footer").click()
    assert not box(browser).is_displayed()
    assert not browser.find_elements(By.CSS_SELECTOR, ".tapped")


def test_a_second_tap_on_a_word_closes_the_box(browser, danish):
    word(browser, "hund").click()
    shown(browser, "dog")
    word(browser, "hund").click()
    assert not box(browser).is_displayed()


def test_one_word_is_a_stop_for_tab_and_the_arrows_lead_to_the_others(browser, danish):
    stops = browser.find_elements(By.CSS_SELECTOR, ".w[tabindex]")
    assert [one.text for one in stops] == ["x"]
    browser.execute_script("arguments[0].focus()", stops[0])
    press(browser, Keys.ARROW_RIGHT, Keys.ARROW_RIGHT)
    assert browser.execute_script(FOCUSED) == "hund"
    press(browser, Keys.ARROW_RIGHT, Keys.ARROW_LEFT)
    assert browser.execute_script(FOCUSED) == "hund"
    assert len(browser.find_elements(By.CSS_SELECTOR, ".w[tabindex]")) == 1


@pytest.mark.parametrize("key", [Keys.ENTER, Keys.SPACE])
def test_keys_open_the_box_and_escape_leads_back(browser, danish, key):
    browser.execute_script("words[2].focus(); words[0].focus()")
    press(browser, Keys.ARROW_RIGHT, Keys.ARROW_RIGHT, key)
    shown(browser, "dog")
    assert browser.execute_script("return document.activeElement === box")
    press(browser, Keys.ESCAPE)
    assert not box(browser).is_displayed()
    assert browser.execute_script(FOCUSED) == "hund"


def test_arrows_in_the_box_lead_to_the_next_word(browser, danish):
    word(browser, "hund").click()
    shown(browser, "dog")
    press(browser, Keys.ARROW_RIGHT)
    shown(browser, "ran")
    press(browser, Keys.ESCAPE)
    assert browser.execute_script(FOCUSED) == "løb"


def test_tab_past_the_end_of_the_box_leads_back_to_the_word(browser, danish):
    word(browser, "hund").click()
    shown(browser, "dog")
    buttons = box(browser).find_elements(By.TAG_NAME, "button")
    press(browser, *[Keys.TAB] * (len(buttons) + 1))
    assert not box(browser).is_displayed()
    assert browser.execute_script(FOCUSED) == "hund"


def test_the_box_is_a_dialog_named_by_the_word(browser, danish):
    word(browser, "hund").click()
    shown(browser, "dog")
    found = browser.execute_cdp_cmd("Accessibility.getFullAXTree", {})["nodes"]
    [dialog] = [node for node in found if node.get("role", {}).get("value") == "dialog"]
    assert dialog["name"]["value"] == "hund"


@pytest.mark.parametrize("width", [360, 1280])
def test_the_box_is_inside_the_window_wherever_the_word_is(browser, show, width):
    make_dictionary("ord|n|n|" + "; ".join(["word"] * 5))
    show(make("da", "ord " * 400), width)
    inside = """
        const { left, right, top, bottom } = box.getBoundingClientRect();
        return left >= 0 && right <= document.documentElement.clientWidth
            && top >= 0 && bottom <= innerHeight"""
    words = browser.find_elements(By.CSS_SELECTOR, ".body .w")
    for place in (0, 1, 4, 5, 6, 7, 150, 399):
        words[place].click()
        shown(browser, "word")
        assert browser.execute_script(inside), place
        press(browser, Keys.ESCAPE)


# --- into which language -------------------------------------------------------------


def test_where_there_is_one_language_there_is_no_menu(browser, danish):
    assert not browser.find_element(By.CSS_SELECTOR, ".into").is_displayed()


@pytest.fixture
def english():
    make_dictionary("house|n||hus", source="en", target="da")
    make_dictionary("house|n||Haus", source="en", target="de")
    return make("en", "The house is old.")


def test_an_english_article_lets_its_reader_choose_and_remembers(
    browser, show, english
):
    show(english)
    word(browser, "house").click()
    shown(browser, "Translate into")
    copy = box(browser).find_element(By.TAG_NAME, "select")
    Select(copy).select_by_value("de")
    shown(browser, "Haus")
    show(english)
    word(browser, "house").click()
    shown(browser, "Haus")


def test_the_menu_of_the_page_changes_the_language(browser, show, english):
    show(english, query="?to=da")
    word(browser, "house").click()
    shown(browser, "hus")
    menu = browser.find_element(By.CSS_SELECTOR, ".into select")
    Select(menu).select_by_visible_text("Deutsch")
    word(browser, "house").click()
    shown(browser, "Haus")


@pytest.fixture
def norwegian():
    make_dictionary("house|n||hus", source="en", target="no")
    make_dictionary("house|n||Haus", source="en", target="de")
    return make("en", "The house is old.")


@pytest.mark.parametrize("code", ["no", "nb", "nn", "nb-NO", "NN-no"])
def test_a_written_form_in_the_address_names_its_language(
    browser, show, norwegian, code
):
    show(norwegian, query=f"?to={code}")
    word(browser, "house").click()
    shown(browser, "hus")


@pytest.mark.parametrize("code", ["nb-NO", "nn", "no-NO", "de-AT"])
def test_the_browsers_language_is_the_first_choice(browser, show, norwegian, code):
    agent = browser.execute_script("return navigator.userAgent")
    override = {"userAgent": agent, "acceptLanguage": code}
    browser.execute_cdp_cmd("Network.setUserAgentOverride", override)
    show(norwegian)
    chosen = browser.execute_script("return menu.value")
    override["acceptLanguage"] = "en-US"
    browser.execute_cdp_cmd("Network.setUserAgentOverride", override)
    assert chosen == ("de" if code == "de-AT" else "no")


def test_what_the_address_asks_for_goes_before_what_is_remembered(
    browser, show, english
):
    browser.execute_script("localStorage.setItem('translate-into', 'de')")
    show(english, query="?to=da")
    word(browser, "house").click()
    shown(browser, "hus")
