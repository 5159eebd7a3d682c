"""A learner's way in a real Chromium and gunicorn: from signing up to deletion."""

import json
import re

import pytest
from selenium.common.exceptions import (
    StaleElementReferenceException,
    WebDriverException,
)
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import Select, WebDriverWait

from ops.tests.serving import bring_demo_news, installation, manage, serving

pytestmark = [pytest.mark.integration, pytest.mark.nodb]

EMAIL, PASSWORD = "ada@example.com", "correct horse battery"
# A word of the demo's first article, and what a dictionary of the test's has for it.
WORD, MEANS = "gulerødder", "carrot"
TITLE = "Eleverne laver selv frokosten"
EXPORT = """
const done = arguments[1];
fetch(arguments[0]).then((got) => got.text()).then(done, String);
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory, migrated):
    folder = tmp_path_factory.mktemp("learner")
    static = str(folder / "static")
    env = installation(folder, migrated, GUNICORN_WORKERS="1", STATIC_ROOT=static)
    manage(env, "collectstatic", "--noinput")
    bring_demo_news(env)
    table = folder / "words.tsv"
    table.write_text(f"{WORD}\tn\t\t{MEANS}\n")
    manage(env, "import_dictionary", "--from", "da", "--to", "en", str(table))
    with serving(env) as server:
        yield server


class Visitor:
    """Somebody at a browser, on the pages of a server."""

    def __init__(self, browser, server):
        self.browser = browser
        self.base = f"http://127.0.0.1:{server.port}"
        self.wait = WebDriverWait(browser, 20)

    def open(self, path):
        self.browser.get(self.base + path)

    @property
    def path(self):
        return self.browser.current_url.removeprefix(self.base)

    @property
    def text(self):
        return self.browser.find_element(By.TAG_NAME, "main").text

    def find(self, css, text=None):
        """The first element that is shown, of those with a text if one is given."""

        def found(browser):
            for one in browser.find_elements(By.CSS_SELECTOR, css):
                if one.is_displayed() and (text is None or text in one.text):
                    return one
            return None

        return self.wait.until(found, f"{css} {text} at {self.path}: {self.text}")

    def fill(self, **fields):
        for name, value in fields.items():
            field = self.find(f"main [name={name}]")
            if field.tag_name == "select":
                Select(field).select_by_value(value)
            else:
                field.clear()
                field.send_keys(value)

    def press(self, label):
        """Press a button that leads to another page."""
        old = self.browser.find_element(By.TAG_NAME, "html")
        self.find("button, a, summary", label).click()
        self.wait.until(lambda _: _is_gone(old))


def _is_gone(element):
    try:
        element.is_enabled()
    except StaleElementReferenceException:
        return True
    except WebDriverException as exc:  # asked just when the next page takes over
        return "does not belong to the document" in str(exc)
    return False


@pytest.fixture
def visitor(browser, server):
    size = {"width": 360, "height": 800, "deviceScaleFactor": 1, "mobile": False}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    still = {"features": [{"name": "prefers-reduced-motion", "value": "reduce"}]}
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", still)
    browser.get_log("browser")
    yield Visitor(browser, server)
    browser.delete_all_cookies()


def test_from_signing_up_to_the_end_of_the_account(visitor, browser):
    sign_up(visitor)
    own_feed(visitor)
    read_and_save(visitor)
    know_the_rest(visitor)
    practise(visitor)
    export(visitor)
    delete(visitor)
    assert [entry["message"] for entry in browser.get_log("browser")] == []


def sign_up(visitor):
    visitor.open("/")
    visitor.press("Sign up")
    visitor.fill(email=EMAIL, password=PASSWORD, language="da", native="en")
    visitor.press("Sign up")
    assert visitor.path == "/account/confirm/"
    visitor.press("Mail another code")
    visitor.find("[role=status]", "on its way")


def own_feed(visitor):
    visitor.open("/")
    visitor.find("h1", "For you")
    visitor.find(".card h3", TITLE)


def read_and_save(visitor):
    visitor.open("/read/da/")
    visitor.press(TITLE)
    visitor.find(".body .w", WORD).click()
    visitor.find(".gloss .save").click()
    visitor.find(".gloss .kept", f"Saved: {MEANS}")
    visitor.browser.refresh()
    visitor.find(".body .w.saved[data-state=met]", WORD).click()
    visitor.find(".gloss .choice", "Learning").click()
    visitor.find(".body .w.saved[data-state=learning]", WORD)
    visitor.find(".gloss .close").click()


def know_the_rest(visitor):
    visitor.press("Mark the rest as known")
    visitor.find("[role=status]", "marked as known")
    share = int(re.search(r"You know (\d+) %", visitor.text)[1])
    assert 95 < share < 100  # all but the word that is learned
    visitor.press("I have read it")


def practise(visitor):
    visitor.open("/practice/")
    visitor.find(".ask", WORD)
    visitor.find("summary").click()
    visitor.find(".means", MEANS)
    visitor.press("Good")
    assert "Today 1 answer, 1 new word." in visitor.text


def export(visitor):
    visitor.open("/words/")
    link = visitor.find("a", "JSON").get_attribute("href")
    exported = json.loads(visitor.browser.execute_async_script(EXPORT, link))
    states = {word["word"]: word["state"] for word in exported["words"]}
    assert states[WORD] == "learning"


def delete(visitor):
    visitor.open("/account/")
    visitor.press("Delete the account")
    visitor.fill(password=PASSWORD)
    visitor.press("Delete everything")
    assert "1 bookmark" in visitor.text
    visitor.find("header a", "Sign in").click()
    visitor.fill(username=EMAIL, password=PASSWORD)
    visitor.press("Sign in")
    visitor.find(".errorlist")
