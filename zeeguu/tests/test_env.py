"""Settings come from the environment; what is nonsense is refused by name."""

import traceback

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from zeeguu.base import env

PASSWORD = "correct-horse-battery"


@pytest.fixture
def given(monkeypatch):
    """Sets the variable that a test is about."""
    return lambda value: monkeypatch.setenv("THING", value)


def refused(read, *args, **kwargs):
    with pytest.raises(ImproperlyConfigured) as caught:
        read("THING", *args, **kwargs)
    assert str(caught.value).startswith("THING")
    return str(caught.value)


@pytest.mark.parametrize("value", ["", "   "])
def test_an_empty_variable_is_as_good_as_none(given, value):
    given(value)
    assert env.env_str("THING", "default") == "default"
    assert env.env_bool("THING", True) is True
    assert env.env_int("THING", 7) == 7
    assert env.env_list("THING", "a,b") == ["a", "b"]


def test_blanks_around_a_value_are_dropped(given):
    given("  value ")
    assert env.env_str("THING") == "value"


@pytest.mark.parametrize("value", ["True", "true", "1", "yes", "ON"])
def test_a_switch_is_on(given, value):
    given(value)
    assert env.env_bool("THING", False) is True


@pytest.mark.parametrize("value", ["False", "false", "0", "no", "Off"])
def test_a_switch_is_off(given, value):
    given(value)
    assert env.env_bool("THING", True) is False


@pytest.mark.parametrize("value", ["maybe", "2", "-1", "tru"])
def test_a_switch_that_is_neither_is_refused(given, value):
    given(value)
    assert value in refused(env.env_bool, False)


def test_a_number_is_read(given):
    given("12")
    assert env.env_int("THING", 0) == 12


@pytest.mark.parametrize("value", ["x", "1.5", "1e3", "²", "10s", "0x10", "9" * 5000])
def test_what_is_no_whole_number_is_refused(given, value):
    given(value)
    assert "use a whole number" in refused(env.env_int, 0)


@pytest.mark.parametrize("value", ["0", "11", "-5"])
def test_a_number_out_of_bounds_is_refused_with_the_bounds(given, value):
    given(value)
    assert "at least 1, at most 10" in refused(env.env_int, 5, minimum=1, maximum=10)


def test_the_bounds_themselves_are_fine(given):
    for value in ("1", "10"):
        given(value)
        assert env.env_int("THING", 5, minimum=1, maximum=10) == int(value)


def test_no_number_is_negative_unless_that_is_said(given):
    given("-1")
    assert "at least 0" in refused(env.env_int, 5)


def test_a_list_drops_blanks_and_empty_items(given):
    given(" a, b ,,c,")
    assert env.env_list("THING") == ["a", "b", "c"]


def test_a_choice_is_one_of_those_there_are(given):
    given("INFO")
    assert env.env_choice("THING", "DEBUG", ("DEBUG", "INFO")) == "INFO"
    given("info")
    assert "use one of DEBUG, INFO" in refused(
        env.env_choice, "DEBUG", ("DEBUG", "INFO")
    )


@pytest.mark.parametrize(
    ("value", "expected"), [("", ["a", "b"]), ("b", ["b"]), ("none", [])]
)
def test_choices_are_some_of_those_there_are(given, value, expected):
    given(value)
    assert env.env_choices("THING", "a,b", ("a", "b")) == expected


def test_what_is_none_of_the_choices_is_refused(given):
    given("a,c")
    message = refused(env.env_choices, "a,b", ("a", "b"))
    assert message == "THING: 'c': use some of a, b, or none"


def test_hosts_are_pairs_of_name_and_port(given):
    given("Localhost:8089, 127.0.0.1:80,[::1]:443")
    assert env.env_hosts("THING") == {
        ("localhost", 8089),
        ("127.0.0.1", 80),
        ("::1", 443),
    }


@pytest.mark.parametrize(
    "value",
    ["host", "host:", ":80", "host:x", "host:0", "host:65536", "host:²", "a:-1"],
)
def test_what_is_no_host_and_port_is_refused(given, value):
    given(f"good:80,{value}")
    assert repr(value) in refused(env.env_hosts)


def test_origins_are_as_browsers_send_them(given):
    given("https://App.example.com:443, http://localhost:3000,http://[::1]:80,http://a")
    assert env.env_origins("THING") == [
        "https://app.example.com",
        "http://localhost:3000",
        "http://[::1]",
        "http://a",
    ]


@pytest.mark.parametrize(
    "value",
    [
        "app.example.com",
        "*",
        "null",
        "https://*.example.com",
        "https://",
        "https://app.example.com/",
        "https://app.example.com/app",
        "ftp://a.com",
        "https://a.com:0",
        "https://a.com:65536",
        "https://a.com:²",
        "https://a.com:",
        "https://ada@a.com",
        "https://a.com?x",
        "https://a.com#x",
        "https://å.dk",
        "https://a..com",
        "https://-a.com",
        "https://a b.com",
        "//a.com",
    ],
)
def test_what_is_no_origin_is_refused(given, value):
    given(f"https://good.example.com,{value}")
    assert f"{value!r} is not an origin; use scheme and host" in refused(
        env.env_origins
    )


def test_sqlite_and_mysql_urls_name_a_database(given):
    given("sqlite:///var/db.sqlite3")
    database = env.env_database("THING", "")
    assert database["ENGINE"] == "django.db.backends.sqlite3"
    assert database["NAME"] == "var/db.sqlite3"
    given("mysql://ada:s%40crit@db.example.com:3307/zeeguu")
    database = env.env_database("THING", "")
    assert database["ENGINE"] == "ops.database.mysql"
    assert (database["USER"], database["PASSWORD"]) == ("ada", "s@crit")
    assert (database["HOST"], database["PORT"]) == ("db.example.com", 3307)


@pytest.mark.parametrize("scheme", settings.REDIS + settings.RABBITMQ)
def test_a_broker_is_redis_or_rabbitmq(given, scheme):
    given(f"{scheme}://127.0.0.1/0")
    schemes = settings.REDIS + settings.RABBITMQ
    assert env.env_url("THING", "", schemes) == f"{scheme}://127.0.0.1/0"


@pytest.mark.parametrize("url", ["127.0.0.1:6379", f"reddis://:{PASSWORD}@127.0.0.1"])
def test_a_bad_broker_is_refused_without_its_password(given, url):
    given(url)
    message = refused(env.env_url, "", settings.REDIS)
    assert "use redis or rediss://" in message
    assert PASSWORD not in message


@pytest.mark.parametrize(
    "end", ["zz", "0/1", "-1", "0#1", "0?db=zz", f"{PASSWORD}@b/0"]
)
def test_the_database_of_a_redis_is_a_number(given, end):
    given(f"redis://:{PASSWORD}@127.0.0.1/{end}")
    message = refused(env.env_url, "", settings.REDIS)
    assert "is a number: use redis://host:port/0" in message
    assert PASSWORD not in message


@pytest.mark.parametrize("end", ["", "/", "/15", "/0?socket_timeout=3"])
def test_a_redis_may_have_any_numbered_database(given, end):
    given(f"redis://127.0.0.1{end}")
    assert env.env_url("THING", "", settings.REDIS) == f"redis://127.0.0.1{end}"


@pytest.mark.parametrize(
    "url",
    [
        f"postgres://ada:{PASSWORD}@host/name",
        f"mysql://ada:{PASSWORD}@host:port/name",
        f"mysql://ada:{PASSWORD}@host:99999/name",
        f"mysql://ada:{PASSWORD}/x@host/name",
        f"mysql://ada:{PASSWORD}#x@host/name",
        f"mysql://ada:{PASSWORD}@[host/name",
        f"mysql://ada:{PASSWORD}@host",
        f"mysql://ada:{PASSWORD}@host/",
        f"mysql:ada:{PASSWORD}@host",
        f"{PASSWORD}@host/name",
        f"//ada:{PASSWORD}@host/name",
    ],
)
def test_a_bad_database_url_is_refused_without_its_password(given, url):
    given(url)
    with pytest.raises(ImproperlyConfigured, match="^THING ") as caught:
        env.env_database("THING", "")
    shown = traceback.format_exception(caught.value, limit=0)
    assert PASSWORD not in "".join(shown)


@pytest.mark.parametrize(
    ("value", "languages"), [("all", "all"), ("none", []), ("da, de", ["da", "de"])]
)
def test_languages_are_all_none_or_a_list(monkeypatch, value, languages):
    monkeypatch.setenv("THING", value)
    assert env.env_languages("THING", "all") == languages


@pytest.mark.parametrize("value", ["Danish", "da;de", "ALL", "../da"])
def test_what_is_no_language_code_is_named(monkeypatch, value):
    monkeypatch.setenv("THING", value)
    assert repr(value) in refused(lambda name: env.env_languages(name, "all"))


def test_host_limits_are_so_many_at_a_time_and_in_a_minute(given):
    given("News.example.com=2/60, 127.0.0.1=8/0,*=1/30")
    assert env.env_host_limits("THING") == {
        "news.example.com": (2, 60),
        "127.0.0.1": (8, 0),
        "*": (1, 30),
    }


@pytest.mark.parametrize(
    "value",
    [
        "a.example",
        "a.example=",
        "a.example=2",
        "a.example=2/",
        "=2/60",
        "2/60",
        "a.example=0/60",
        "a.example=-1/60",
        "a.example=2/-1",
        "a.example=2/6/0",
        "a.example=x/60",
        "a.example=²/60",
        "a.example=1.5/60",
        "a.example=2/999999",
        "http://a.example=2/60",
        "a.example/b=2/60",
        "*.a.example=2/60",
        "a b=1/1",
    ],
)
def test_what_is_no_host_limit_is_named(given, value):
    given(f"good.example=1/1,{value}")
    assert repr(value) in refused(env.env_host_limits)


def test_a_host_has_one_limit(given):
    given("a.example=1/1,A.example=2/2")
    assert "a.example has two limits" in refused(env.env_host_limits)


@pytest.mark.parametrize(
    "value", ["Bot/1 (+https://a.example/bot)", "Bot me@a.example"]
)
def test_a_user_agent_says_whom_to_write_to(given, value):
    given(value)
    assert env.env_user_agent("THING", "") == value


@pytest.mark.parametrize("value", ["Bot/1", "Mozilla/5.0 (https://a.example)"])
def test_a_user_agent_without_a_contact_is_refused(given, value):
    given(value)
    assert "put a contact address in it" in refused(env.env_user_agent, "")


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("mysql://host/name?foo=1", "there is no option 'foo'; there are: charset"),
        ("sqlite:///x.db?foo=1", "there is no option 'foo'; there are: timeout"),
        ("sqlite:///x.db?timeout=long", "timeout must be a whole number"),
        ("mysql://host/name?compress=1", "compress must be true or false"),
        ("mysql://host/name?ssl_mode=A&ssl_mode=B", "ssl_mode must be one text"),
    ],
)
def test_an_option_that_the_driver_does_not_take_is_refused(given, url, why):
    given(url)
    assert why in refused(env.env_database, "")


@pytest.mark.parametrize("option", ["ssl_mode=REQUIRED", "ssl-ca=/x", "charset=utf8"])
def test_options_of_the_driver_are_taken(given, option):
    given(f"mysql://host/name?{option}")
    assert env.env_database("THING", "")["OPTIONS"]
