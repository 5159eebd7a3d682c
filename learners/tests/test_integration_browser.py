"""The reader pages in a real Chromium: what only a browser can tell."""

import pytest
from django.urls import reverse
from selenium.webdriver.common.by import By

from articles.tests.factories import make_article
from tokenization import services

pytestmark = [pytest.mark.integration, pytest.mark.django_db(transaction=True)]

LONG_WORD = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamten"


@pytest.fixture
def article():
    article = make_article(
        language="de",
        title=f"Über den {LONG_WORD}",
        summary=f"„So ein {LONG_WORD}!“, sagt Frau Krüger.",
        fragments=[("h2", "Ein Wort"), ("p", f"Das Wort {LONG_WORD} ist lang.")],
    )
    services.fill([article])
    return article


def show(browser, live_server, width, path):
    size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    browser.get(live_server.url + path)


def article_path(article):
    return reverse("learners:article", args=[article.language_id, article.pk])


@pytest.mark.parametrize("width", [360, 1280])
def test_no_page_is_wider_than_the_screen(browser, live_server, article, width):
    language = reverse("learners:language", args=["de"])
    for path in (reverse("learners:home"), language, article_path(article)):
        show(browser, live_server, width, path)
        page = browser.execute_script("return document.documentElement.scrollWidth")
        assert page <= width, path


def test_a_tap_marks_the_word(browser, live_server, article):
    show(browser, live_server, 360, article_path(article))
    word = browser.find_element(By.CSS_SELECTOR, ".body p .w")
    before = word.get_attribute("class")
    word.click()
    assert word.text == "Das"
    assert word.get_attribute("class") != before


def test_the_page_reads_as_the_article_was_written(browser, live_server, article):
    show(browser, live_server, 1280, article_path(article))
    paragraph = browser.find_element(By.CSS_SELECTOR, ".body p")
    assert paragraph.text == f"Das Wort {LONG_WORD} ist lang."


def test_the_browser_reports_no_errors(browser, live_server, article):
    show(browser, live_server, 1280, article_path(article))
    assert [entry["message"] for entry in browser.get_log("browser")] == []
