"""compose.yaml and what it names, as far as that can be known without Docker."""

import ipaddress
import os
import re
import shlex
import subprocess
import sys
from fnmatch import fnmatch
from pathlib import Path

import dj_database_url
import pytest
import yaml
from django.conf import settings
from dotenv import dotenv_values

ROOT = settings.BASE_DIR
# What may come from compose's own environment, and so from a .env that is there.
INTERPOLATED = {"PUBLISH", "INNODB_BUFFER_POOL_SIZE"}

pytestmark = pytest.mark.nodb


@pytest.fixture(scope="module")
def text():
    return (ROOT / "compose.yaml").read_text("utf-8")


@pytest.fixture(scope="module")
def services(text):
    defaults = re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", text)
    return yaml.safe_load(defaults)["services"]


@pytest.fixture(scope="module")
def apps(services):
    """The services that run our own image."""
    return {name: each for name, each in services.items() if "build" in each}


@pytest.fixture
def production(tmp_path):
    """Variables of a container, with production.env as docs/operations.md writes it."""
    page = (ROOT / "docs" / "operations.md").read_text("utf-8")
    script = re.search(r"umask 077; password=.*?\nEND\n", page, re.DOTALL)[0]
    subprocess.run(["bash", "-euc", script], cwd=tmp_path, check=True, timeout=30)
    written = tmp_path / "production.env"
    assert written.stat().st_mode & 0o777 == 0o600
    return {
        "PATH": os.environ["PATH"],
        **dotenv_values(ROOT / "ops" / "deploy" / "compose.env"),
        **dotenv_values(written),
    }


def test_no_setting_of_the_application_comes_from_a_dot_env(text, apps):
    assert set(re.findall(r"\$\{(\w+)", text)) == INTERPOLATED
    assert not re.search(r"\$[^{]", text)
    for service in apps.values():
        assert service["env_file"] == ["ops/deploy/compose.env", "production.env"]
        assert set(service.get("environment", ())) <= {"DATABASE_STATEMENT_TIMEOUT_S"}


def test_what_is_for_one_s_own_machine_is_not_in_the_image():
    ignored = (ROOT / ".dockerignore").read_text("utf-8").split()
    assert {".env", "production.env", "var", ".git"} <= set(ignored)


SHOW = (
    "from django.conf import settings as s;"
    " print(s.HTTPS, s.SECURE_SSL_REDIRECT, s.SESSION_COOKIE_SECURE, s.ALLOWED_HOSTS,"
    " s.REST_FRAMEWORK['NUM_PROXIES'], s.CELERY_BROKER_URL)"
)


def test_the_page_s_settings_are_production_s(production):
    shown = subprocess.run(
        [sys.executable, "-c", SHOW],
        cwd=ROOT,
        # Nothing there, as in the image, whatever the clone's own .env says.
        env={**production, "HTTPS": "", "DJANGO_SETTINGS_MODULE": "zeeguu.settings"},
        capture_output=True,
        text=True,
        timeout=60,
    )
    expected = "True True True ['news.example.com'] 1 redis://redis:6379/0\n"
    assert shown.stdout == expected, shown.stderr


def test_the_database_s_url_is_that_of_the_service(production, services):
    url = dj_database_url.parse(production["DATABASE_URL"])
    db = services["db"]["environment"]
    assert (url["HOST"], url["NAME"]) == ("db", db["MARIADB_DATABASE"])
    assert url["USER"] == db["MARIADB_USER"]
    assert url["PASSWORD"] == production["MARIADB_PASSWORD"]
    assert services["db"]["env_file"] == ["production.env"]


def test_proxies_on_docker_s_networks_are_believed_and_others_are_not(production):
    believed = production["FORWARDED_ALLOW_IPS"].split(",")
    networks = [ipaddress.ip_network(network) for network in believed]

    def is_believed(address):
        return any(ipaddress.ip_address(address) in network for network in networks)

    assert is_believed("172.18.0.5")
    assert is_believed("192.168.16.2")
    assert not is_believed("203.0.113.7")


def test_only_the_proxy_is_reached_from_outside_and_only_from_this_host(services):
    published = {name for name, service in services.items() if "ports" in service}
    assert published == {"proxy"}
    assert services["proxy"]["ports"] == ["127.0.0.1:8000:80"]


def test_only_containers_with_gunicorn_are_asked_whether_it_lives(apps):
    dockerfile = (ROOT / "Dockerfile").read_text("utf-8")
    assert not re.search(r"^HEALTHCHECK", dockerfile, re.MULTILINE)
    asked = {name for name, service in apps.items() if "healthcheck" in service}
    assert asked == {"web"}
    assert apps["web"]["healthcheck"]["test"] == ["CMD", "python", "ops/probe.py"]
    assert "command" not in apps["web"]  # the image's own: gunicorn


def test_services_come_back_and_their_logs_have_an_end(services):
    once = {"migrate", "dictionaries", "search"}
    for name, service in services.items():
        assert service["restart"] == ("no" if name in once else "unless-stopped")
        assert {"max-size", "max-file"} <= set(service["logging"]["options"])


def test_who_depends_on_whom_is_there(services):
    for service in services.values():
        for name, needs in service.get("depends_on", {}).items():
            if needs["condition"] == "service_healthy":
                assert "healthcheck" in services[name]


def test_what_is_mounted_is_there(services):
    for service in services.values():
        for volume in service.get("volumes", ()):
            source = volume.partition(":")[0]
            assert source == "database" or (ROOT / source).exists(), volume


def test_each_queue_has_a_worker(apps):
    commands = [shlex.split(app.get("command", "")) for app in apps.values()]
    served = {
        queue
        for command in commands
        if "--queues" in command
        for queue in command[command.index("--queues") + 1].split(",")
    }
    routes = settings.CELERY_TASK_ROUTES
    assert served == {route["queue"] for route in routes.values()}
    tasks = [entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()]
    for task in tasks:
        assert any(fnmatch(task, pattern) for pattern in routes), task


@pytest.mark.integration
def test_each_service_s_command_is_one_that_there_is(apps):
    for name, service in apps.items():
        command = shlex.split(service.get("command", ""))
        if command[:2] == ["python", "manage.py"]:
            asked = [sys.executable, "manage.py", "help", command[2]]
            options = [word for word in command[3:] if word.startswith("--")]
        elif command:
            binary = Path(sys.executable).with_name("celery")
            assert command[0] == "celery"
            asked = [str(binary), "-A", "zeeguu", command[3], "--help"]
            options = [word for word in command[4:] if word.startswith("--")]
        else:
            continue
        done = subprocess.run(
            asked,
            cwd=ROOT,
            env={**os.environ, "DJANGO_SETTINGS_MODULE": "zeeguu.settings_test"},
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert done.returncode == 0, done.stderr
        for option in options:
            assert option in done.stdout, (name, option)
