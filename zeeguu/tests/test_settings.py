"""What a start with given variables does; each test starts a process of its own."""

import os
import subprocess
import sys

import pytest
from django.conf import settings
from django.core.management import call_command

PRODUCTION = {
    "SECRET_KEY": "0123456789abcdefghij" * 3,
    "ALLOWED_HOSTS": "zeeguu.example.com",
    "DEBUG": "False",
    "HTTPS": "True",
}


def manage(*args, **variables):
    """Run manage.py in production mode, with some variables of another value."""
    return python("manage.py", *args, **variables)


def python(*args, **variables):
    # Empty beats unset: a developer's .env would fill in what is not there.
    given = {**PRODUCTION, "DJANGO_SETTINGS_MODULE": "zeeguu.settings", **variables}
    return subprocess.run(
        [sys.executable, "-W", "error", *args],
        cwd=settings.BASE_DIR,
        env={**os.environ, **given},
        capture_output=True,
        text=True,
    )


@pytest.mark.anydb
def test_production_is_fit_to_be_deployed():
    done = manage("check", "--deploy", "--fail-level", "WARNING")
    assert done.returncode == 0, done.stderr
    assert "no issues" in done.stdout


def test_hsts_speaks_for_this_host_alone_unless_told_otherwise():
    code = (
        "from zeeguu import settings as s; print(s.SECURE_HSTS_SECONDS,"
        " s.SECURE_HSTS_INCLUDE_SUBDOMAINS, s.SECURE_HSTS_PRELOAD)"
    )
    assert python("-c", code).stdout.split() == ["31536000", "False", "False"]
    both = {"HSTS_SUBDOMAINS": "True", "HSTS_PRELOAD": "True"}
    assert python("-c", code, **both).stdout.split() == ["31536000", "True", "True"]
    bare = python("-c", code, HTTPS="False", **both)
    assert bare.stdout.split() == ["0", "False", "False"]


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("SECRET_KEY", ""),
        ("SECRET_KEY", "short"),
        ("SECRET_KEY", "insecure-" * 10),
        ("SECRET_KEY", "a" * 70),
        ("ALLOWED_HOSTS", ""),
        ("DEBUG", "maybe"),
        ("DATABASE_URL", "postgres://ada:battery-staple@host/name"),
        ("CRAWLER_ALLOWED_HOSTS", "localhost"),
        ("LOG_LEVEL", "LOUD"),
        ("DEMO_SITE_PORT", "80"),
        ("ALLOWED_HOSTS", "http://news.example.com"),
        ("HSTS_PRELOAD", "True"),
        ("CORS_ALLOWED_ORIGINS", "*"),
        ("CORS_ALLOWED_ORIGINS", "app.example.com"),
        ("SIGN_IN_RATE", "banana"),
        ("SIGN_IN_RATE", "10/week"),
        ("CRAWLER_USER_AGENT", "Zeéguu/1"),
        ("CRAWLER_USER_AGENT", "Zeeguu\nX-Evil: 1"),
        ("CRAWLER_USER_AGENT", "Zeeguu/1"),
        ("CRAWLER_HOST_LIMITS", "news.example.com"),
    ],
)
def test_nonsense_stops_the_start_and_is_named(variable, value):
    done = manage("check", **{variable: value})
    assert done.returncode == 2
    assert done.stderr.startswith(f"wrong setting: {variable}")
    assert done.stderr.count("\n") == 1
    assert "battery-staple" not in done.stderr


def test_debugging_needs_no_variables():
    bare = {"SECRET_KEY": "", "ALLOWED_HOSTS": "", "HTTPS": "", "DEBUG": "True"}
    assert manage("check", **bare).returncode == 0


@pytest.mark.django_db
def test_there_is_a_migration_for_each_change_of_a_model():
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_the_openapi_schema_is_valid_and_complete(tmp_path):
    schema = tmp_path / "schema.yml"
    call_command("spectacular", validate=True, fail_on_warn=True, file=str(schema))
    assert "/api/articles/{id}/summary/:" in schema.read_text()


def test_options_of_the_driver_in_the_address_of_the_database_are_kept():
    url = "mysql://ada@127.0.0.1/zeeguu?ssl_mode=REQUIRED"
    # Only read, not set up: the driver may not be installed.
    code = "from zeeguu import settings; print(settings.DATABASES)"
    done = python("-c", code, DATABASE_URL=url)
    assert "'ssl_mode': 'REQUIRED'" in done.stdout
    assert "'charset': 'utf8mb4'" in done.stdout
