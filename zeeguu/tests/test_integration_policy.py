"""All pages in a real Chromium, which reports what our policy has stopped."""

import pytest
from django.contrib import admin
from django.urls import reverse
from selenium.common.exceptions import NoSuchElementException
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

from articles.models import Topic
from articles.tests.factories import make_article, make_rule, make_run, make_visit
from learners.models import User
from tokenization import services

pytestmark = [pytest.mark.integration, pytest.mark.django_db(transaction=True)]

PATIENCE_S = 20


@pytest.fixture
def article(stub):
    """An article with all that the admin's pages can show beside it."""
    article = make_article(language="da", summary="Kort.")
    article.topics.add(Topic.objects.first())
    make_rule()
    make_visit(article.feed, run=make_run())
    services.fill([article])
    return article


def sign_in(browser, live_server, client):
    boss = User.objects.create_superuser("boss@example.com")
    client.force_login(boss)
    browser.get(live_server.url + "/static/favicon.svg")
    browser.add_cookie(
        {"name": "sessionid", "value": client.cookies["sessionid"].value}
    )


def complaints(browser, live_server, path):
    """What the browser says of a page, but for its status."""
    browser.get(live_server.url + path)
    entries = [entry["message"] for entry in browser.get_log("browser")]
    return [entry for entry in entries if "server responded with" not in entry]


def admin_pages(article):
    yield from (reverse("admin:index"), reverse("admin:password_change"))
    yield reverse("admin:articles_crawlrun_statistics")
    yield reverse("admin:tokenization_tokenizationcache_statistics")
    yield reverse("admin:articles_feed_preview")
    yield reverse("admin:auth_user_password_change", args=[User.objects.get().pk])
    for model in admin.site._registry:
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        yield from (reverse(f"{name}_changelist"), reverse(f"{name}_add"))
        if (row := model._default_manager.first()) is not None:
            for page in ("change", "delete", "history"):
                yield reverse(f"{name}_{page}", args=[row.pk])


def test_no_page_asks_for_what_the_policy_forbids(
    browser, live_server, client, article
):
    pages = ["/", "/read/da/", f"/read/da/{article.pk}/", "/nowhere/"]
    pages += ["/health/", "/admin/login/", "/api/docs/", "/api/feeds/"]
    pages += [f"/api/articles/{article.pk}/", "/api/articles/?format=api"]
    found = {path: complaints(browser, live_server, path) for path in pages}
    sign_in(browser, live_server, client)
    pages = [*admin_pages(article), "/health/pool", "/api/feeds/", "/api/crawl-runs/"]
    found |= {path: complaints(browser, live_server, path) for path in pages}
    assert {path: said for path, said in found.items() if said} == {}
    assert len(found) > 40


def test_what_the_policy_forbids_is_reported(browser, live_server, article):
    browser.get(live_server.url + "/")
    browser.execute_script(
        "document.body.insertAdjacentHTML('beforeend', '<p style=\"color:red\">a</p>')"
    )
    [entry] = browser.get_log("browser")
    assert "Content Security Policy" in entry["message"]


def test_the_documentation_can_be_tried_out(browser, live_server, article):
    browser.get(live_server.url + "/api/docs/")
    operation = patient(browser, ".opblock[id$='languages_list']")
    for selector in (".opblock-summary-control", ".try-out__btn", ".execute"):
        patient(operation, selector).click()
    answer = patient(operation, ".live-responses-table tbody .response-col_status")
    assert answer.text.startswith("200")
    assert browser.get_log("browser") == []


def patient(parent, selector):
    """An element of a page that its scripts still make."""
    wait = WebDriverWait(
        parent, PATIENCE_S, ignored_exceptions=[NoSuchElementException]
    )
    return wait.until(lambda inside: inside.find_element(By.CSS_SELECTOR, selector))


def test_an_admin_list_still_selects_its_rows(browser, live_server, client, article):
    sign_in(browser, live_server, client)
    browser.get(live_server.url + reverse("admin:articles_feed_changelist"))
    browser.find_element(By.ID, "action-toggle").click()
    counter = browser.find_element(By.CSS_SELECTOR, ".action-counter")
    assert counter.text.startswith("1 of 1")


def test_the_filters_of_an_api_page_open(browser, live_server, article):
    browser.get(live_server.url + "/api/feeds/")
    browser.find_element(By.CSS_SELECTOR, "[data-target='#filtersModal']").click()
    modal = browser.find_element(By.ID, "filtersModal")
    WebDriverWait(browser, PATIENCE_S).until(lambda _: modal.is_displayed())
    assert browser.get_log("browser") == []
