"""What readers say is wrong: counted, bounded, and open to anybody."""

from datetime import timedelta

import pytest
from django.utils import timezone

from articles import cleaning
from learners.dictionaries import reports
from learners.dictionaries.models import Report
from learners.dictionaries.tests.test_models import make_dictionary, make_entry

pytestmark = pytest.mark.django_db

URL = "/api/translations/reports/"
OTHER = "198.51.100.7"
WRONG = {"from": "da", "to": "en", "headword": "hus", "translation": "home"}


def make_report(headword, translation, **facts):
    now = timezone.now()
    facts = {"from_language": "da", "to_language": "en", **facts}
    facts |= {"headword": headword, "translation": translation}
    return Report.objects.create(first_seen=now, last_seen=now, **facts)


@pytest.fixture(autouse=True)
def dictionary(settings, tmp_path):
    settings.RUN_DIR = tmp_path / "run"
    settings.DICTIONARY_REPORT_RATE = 10, 60
    dictionary = make_dictionary()
    make_entry(dictionary, "hus", "house; home")
    return dictionary


def say(api, status=204, address="192.0.2.1", **facts):
    response = api.post(URL, {**WRONG, **facts}, REMOTE_ADDR=address)
    assert response.status_code == status, response.content
    return response


def test_what_is_said_twice_is_one_row_that_counts(api):
    say(api, word="huset"), say(api, address=OTHER)
    report = Report.objects.get()
    assert (report.headword, report.translation) == ("hus", "home")
    assert (report.count, report.word) == (2, "huset")
    assert report.first_seen < report.last_seen


def test_what_is_said_again_is_open_again(api):
    say(api)
    Report.objects.update(is_done=True)
    say(api, address=OTHER)
    assert not Report.objects.get().is_done


def test_each_translation_is_a_row_of_its_own(api):
    say(api), say(api, translation="house")
    assert Report.objects.count() == 2


def test_nobody_need_say_who_it_is_and_no_cookie_counts(api, client, admin_user):
    api.credentials(HTTP_AUTHORIZATION="Token nobody")
    say(api)
    client.force_login(admin_user)
    assert client.post(URL, WRONG, "application/json").status_code == 204


@pytest.mark.parametrize(
    "facts",
    [
        {"headword": "Hus"},
        {"headword": "hund"},
        {"translation": "hom"},
        {"translation": "house; home"},
        {"to": "de"},
        {"from": "no"},
    ],
)
def test_only_what_a_dictionary_says_can_be_wrong(api, facts):
    say(api, 404, **facts)
    assert not Report.objects.exists()


def test_what_is_hidden_can_t_be_wrong(api, dictionary):
    dictionary.entries.update(is_hidden=True)
    say(api, 404)


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"from": "xx"}, "from"),
        ({"to": ["en"]}, "to"),
        ({"headword": ""}, "headword"),
        ({"headword": "x" * 101}, "headword"),
        ({"headword": "a\0b"}, "headword"),
        ({"translation": "x" * 201}, "translation"),
        ({"translation": None}, "translation"),
        ({"word": "x" * 101}, "word"),
        ({"name": "me"}, "name"),
    ],
)
def test_what_is_malformed_is_named(api, facts, field):
    assert field in say(api, 400, **facts).json()["errors"]


def test_forms_of_other_pages_are_refused(client):
    assert client.post(URL, WRONG).status_code == 415
    assert client.get(URL).status_code == 405


def test_pages_of_listed_origins_may_report(client, settings):
    settings.CORS_ALLOWED_ORIGINS = ["https://reader.example.com"]
    asked = {
        "HTTP_ORIGIN": "https://reader.example.com",
        "HTTP_ACCESS_CONTROL_REQUEST_METHOD": "POST",
        "HTTP_ACCESS_CONTROL_REQUEST_HEADERS": "content-type",
    }
    answer = client.options(URL, **asked)
    assert answer["access-control-allow-origin"] == "https://reader.example.com"
    assert "content-type" in answer["access-control-allow-headers"]


def test_who_reports_too_often_has_to_wait(api, settings):
    settings.DICTIONARY_REPORT_RATE = 2, 60
    say(api), say(api, translation="house")
    assert 0 < int(say(api, 429)["Retry-After"]) <= 60
    assert Report.objects.count() == 2


def test_who_says_the_same_again_counts_once_a_day(api, settings, tmp_path):
    for _ in range(5):
        say(api)
    assert Report.objects.get().count == 1
    say(api, translation="house"), say(api, address="2001:db8::1")
    say(api, address="2001:db8::2")
    assert sorted(Report.objects.values_list("count", flat=True)) == [1, 2]
    kept = b"".join(path.read_bytes() for path in settings.RUN_DIR.iterdir())
    assert b"192.0.2.1" not in kept and b"2001:db8" not in kept


def test_what_is_done_or_forgotten_is_deleted(monkeypatch):
    ages = {"new": 0, "done": 0, "done long ago": 91, "open": 364, "forgotten": 366}
    for headword, days in ages.items():
        make_report(headword, "x", is_done=headword.startswith("done"))
        seen = timezone.now() - timedelta(days=days)
        Report.objects.filter(headword=headword).update(last_seen=seen)
    cleaning.clean()
    left = Report.objects.values_list("headword", flat=True)
    assert set(left) == {"new", "done", "open"}


def test_of_too_many_reports_those_said_least_are_deleted(monkeypatch):
    monkeypatch.setattr(reports, "MOST_ROWS", 2)
    monkeypatch.setattr(reports, "BATCH", 1)
    for headword, count in {"a": 1, "b": 9, "c": 1, "d": 2}.items():
        make_report(headword, "x", count=count)
    assert reports.prune() == 2
    assert set(Report.objects.values_list("headword", flat=True)) == {"b", "d"}


def test_of_two_who_say_it_first_both_count(monkeypatch):
    wrong = reports.Wrong("da", "en", "hus", "home", "")
    count, others = reports._count, iter([True])

    def beaten(wrong):
        if next(others, False):
            reports._create(wrong)
            return 0
        return count(wrong)

    monkeypatch.setattr(reports, "_count", beaten)
    reports.report(wrong, OTHER)
    assert Report.objects.get().count == 2
