"""The admin of the phrases that tell unfit articles."""

import pytest
from django.urls import reverse

from articles.models import JudgeRule
from articles.tests.factories import make_rule
from articles.tests.test_admin import change_url, list_url

pytestmark = pytest.mark.django_db

HOSTILE = "<script>alert(1)</script>"


@pytest.fixture(autouse=True)
def no_default_rules(db):
    JudgeRule.objects.all().delete()


def rule_form(phrase, **changes):
    form = {"phrase": phrase, "reason": "advert", "where": "title", "active": "on"}
    return {**form, **changes}


def add_rule(client, *args, **changes):
    return client.post(
        reverse("admin:articles_judgerule_add"), rule_form(*args, **changes)
    )


def test_a_rule_is_added_with_its_phrase_folded(admin_client):
    add_rule(admin_client, "  Sponset \t INDHOLD\u200b", language="da")
    rule = JudgeRule.objects.get()
    assert (rule.phrase, rule.language_id) == ("sponset indhold", "da")


@pytest.mark.parametrize("phrase", ["ad", "***", "a**", "/-/", "*a*", "  x "])
def test_a_phrase_that_is_in_every_article_is_refused(admin_client, phrase):
    page = add_rule(admin_client, phrase).content.decode()
    assert "less is found in too many articles" in page
    assert not JudgeRule.objects.exists()


@pytest.mark.parametrize("language", [None, "da"])
def test_a_second_rule_of_the_same_phrase_is_refused_by_name(admin_client, language):
    make_rule("liveblog", language)
    response = add_rule(admin_client, "LiveBlog", language=language or "")
    assert "There is a rule with this phrase already" in response.content.decode()
    assert JudgeRule.objects.count() == 1


def test_the_same_phrase_may_be_elsewhere_and_be_saved_again(admin_client):
    rule = make_rule("liveblog", hits=7)
    add_rule(admin_client, "liveblog", where="address")
    add_rule(admin_client, "liveblog", language="da")
    assert JudgeRule.objects.count() == 3
    admin_client.post(change_url(rule), rule_form("liveblog", reason="advert"))
    rule.refresh_from_db()
    assert (rule.reason, rule.hits) == ("advert", 7)


def test_rules_are_listed_with_their_hits(admin_client):
    make_rule(HOSTILE, "da", hits=4711)
    page = admin_client.get(list_url("judgerule")).content.decode()
    assert '<td class="field-hits">4711</td>' in page
    assert HOSTILE not in page


def test_rules_are_switched_off_and_on(admin_client):
    rule, other = make_rule(), make_rule("ticker")
    for action, active in (("switch_off", False), ("switch_on", True)):
        form = {"action": action, "_selected_action": [rule.pk]}
        admin_client.post(list_url("judgerule"), form)
        rule.refresh_from_db()
        assert rule.active is active
    assert other.active
