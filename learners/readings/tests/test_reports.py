"""Articles that learners report as broken."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.urls import reverse

from articles import services
from articles.models import Article
from articles.tests.factories import make_article
from articles.tests.test_admin import article_form
from learners.readings.actions import mine
from learners.readings.reports import report
from learners.tests.learning import make_learner

pytestmark = pytest.mark.django_db


def reported_by(number, article):
    learners = [make_learner() for _ in range(number)]
    for learner in learners:
        report(learner.pk, article.pk, "no text")
    return learners


def broken(article):
    return Article.objects.get(pk=article.pk).broken


def all_are(article):
    return Article.objects.filter(pk=article.pk)


def test_its_reporter_sees_it_no_more_and_others_do():
    article = make_article()
    [learner] = reported_by(1, article)
    found = mine(learner.pk, article.pk)
    assert (found.hidden, found.reported) == (True, True)
    assert broken(article) == ""


def test_once_some_learners_have_reported_it_nobody_sees_it():
    article = make_article()
    [first, *_] = reported_by(2, article)
    for _ in range(3):  # who says it again is no other
        report(first.pk, article.pk, "still no text")
    assert broken(article) == ""
    reported_by(1, article)
    assert broken(article) == "reported"


def test_how_many_it_takes_is_a_setting(settings):
    settings.BROKEN_REPORTS = 1
    article = make_article()
    reported_by(1, article)
    assert broken(article) == "reported"
    settings.BROKEN_REPORTS = 0
    other = make_article()
    reported_by(5, other)
    assert broken(other) == ""


def test_what_is_hidden_for_another_reason_stays_so():
    article = make_article()
    reported_by(2, article)
    all_are(article).update(broken="paywall")
    learner = make_learner()
    with pytest.raises(Article.DoesNotExist):
        report(learner.pk, article.pk, "no text")
    assert broken(article) == "paywall"


def test_who_reported_before_staff_found_it_fit_counts_no_longer():
    article = make_article()
    learners = reported_by(3, article)
    assert services.show_again(all_are(article)) == 1
    for learner in learners:
        report(learner.pk, article.pk, "but it is")
    reported_by(2, article)
    assert broken(article) == ""
    reported_by(1, article)
    assert broken(article) == "reported"


def test_staff_finds_it_fit_on_its_page_too_and_sees_there_why(admin_client):
    article = make_article()
    learners = reported_by(3, article)
    url = reverse("admin:articles_article_change", args=[article.pk])
    text = admin_client.get(url).content.decode()
    assert text.count("no text<br>") == 3
    assert not any(learner.email in text for learner in learners)
    facts = article_form(article, broken="")
    assert admin_client.post(url, facts).status_code == 302
    assert Article.objects.get().judged_at
    report(learners[0].pk, article.pk, "no text")
    reported_by(2, article)
    assert broken(article) == ""


@pytest.mark.django_db(transaction=True)
def test_reports_at_the_same_time_are_all_counted():
    article, learners = make_article(), [make_learner() for _ in range(3)]

    def say(learner):
        try:
            report(learner.pk, article.pk, "no text")
        finally:
            connection.close()

    with ThreadPoolExecutor(3) as pool:
        list(pool.map(say, learners))
    assert broken(article) == "reported"
