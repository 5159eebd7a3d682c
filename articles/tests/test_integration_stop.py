"""Commands that are told to stop: by a signal, by two, and where one is ignored."""

import http.server
import signal
import socket
import subprocess
import threading
import time

import pytest

from articles.tests.news import page_of
from articles.tests.site import Site, find_port, pause

pytestmark = [pytest.mark.integration, pytest.mark.nodb]

ITEMS = 6
SLOW_S = 2
ITEM = "<item><title>Om {0}</title><link>/{0}</link></item>"


class Slowly(http.server.BaseHTTPRequestHandler):
    """A feed at once, its pages slowly."""

    def do_GET(self):
        if self.path.startswith("/feed"):
            items = "".join(ITEM.format(f"{self.path[5:]}{n}") for n in range(ITEMS))
            body = f"<rss version='2.0'><channel>{items}</channel></rss>"
        else:
            self.server.was_asked.set()
            time.sleep(SLOW_S)
            body = page_of(self.path)
        self.send_response(404 if self.path == "/robots.txt" else 200)
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *args):
        pass


@pytest.fixture(scope="module")
def server():
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Slowly) as server:
        server.daemon_threads, server.was_asked = True, threading.Event()
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture
def web(server):
    server.was_asked.clear()
    return server


@pytest.fixture(scope="module")
def database(migrated, server, tmp_path_factory):
    """A database with two feeds: to make it takes longer than most tests."""
    site = Site(tmp_path_factory.mktemp("site"), find_port(), migrated)
    site.env["CRAWLER_ALLOWED_HOSTS"] = f"127.0.0.1:{server.server_port}"
    for n in range(2):
        url = f"http://127.0.0.1:{server.server_port}/feed{n}"
        done = site.run("add_feed", url, "--language", "da", "--unchecked")
        assert done[0] == 0, done
    return site.database


@pytest.fixture
def site(tmp_path, web, database):
    site = Site(tmp_path, find_port(), database)
    site.env |= {
        "CRAWLER_ALLOWED_HOSTS": f"127.0.0.1:{web.server_port}",
        "RUN_DIR": str(tmp_path / "run"),
    }
    return site


def start(site, *command, ignoring=False):
    """Start a command, as a shell script starts what it has in the background."""
    if ignoring:
        shell = ["sh", "-c", 'trap "" INT; exec "$@"', "sh"]
        site_command = [*shell, *site.command(*command)]
    else:
        site_command = site.command(*command)
    return subprocess.Popen(
        site_command,
        env=site.env,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def finish(process, *numbers):
    """Send signals, one after the other; return code, output, errors and seconds."""
    started = time.monotonic()
    for number in numbers:
        process.send_signal(number)
        pause(process, 0.1)
    out, err = process.communicate(timeout=60)
    return process.returncode, out, err, time.monotonic() - started


SIGNALS = [(signal.SIGTERM, False), (signal.SIGINT, False), (signal.SIGINT, True)]


@pytest.mark.parametrize(("number", "ignoring"), SIGNALS)
def test_a_crawl_ends_with_its_table(site, web, number, ignoring):
    process = start(site, "crawl", "--workers", "1", ignoring=ignoring)
    assert web.was_asked.wait(60)
    code, out, err, _ = finish(process, number)
    assert code == 130, (out, err)
    assert "listed" in out
    assert "left: stopped " in out
    assert "6 found: " in out
    assert err.splitlines()[-1] == (
        "CommandError: stopped; start again, and what is left will be done"
    )
    assert "Traceback" not in err
    assert 0 < site.count() < ITEMS
    [run] = site.query("SELECT found, listed, left FROM articles_crawlrun")
    assert run[0] == run[1] + run[2] == ITEMS


def test_a_second_signal_ends_a_crawl_at_once(site, web):
    process = start(site, "crawl", "--workers", "2")
    assert web.was_asked.wait(60)
    code, out, err, seconds = finish(process, signal.SIGTERM, signal.SIGTERM)
    assert code == 130
    assert err.splitlines()[-1] == "ended at once"
    assert seconds < 5


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGTERM, 0), (signal.SIGINT, 130)]
)
def test_a_service_ends_as_documented(site, web, number, code):
    process = start(site, "crawl", "--forever")
    assert web.was_asked.wait(60)
    found, out, err, _ = finish(process, number)
    assert (found, "Traceback" in err) == (code, False), err


@pytest.mark.parametrize(("number", "ignoring"), SIGNALS)
def test_a_command_that_waits_ends(site, number, ignoring):
    process = start(site, "import_opml", "-", ignoring=ignoring)
    pause(process, 4)  # until it waits for its standard input
    code, _, err, _ = finish(process, number)
    assert (code, err) == (130, "stopped\n")


@pytest.mark.parametrize("command", ["add_feed", "preview_feed"])
def test_a_command_that_looks_at_a_silent_server_ends(site, command):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        site.env["CRAWLER_ALLOWED_HOSTS"] = f"127.0.0.1:{port}"
        process = start(site, command, f"http://127.0.0.1:{port}/")
        connection, _ = server.accept()
        code, _, err, _ = finish(process, signal.SIGTERM)
        connection.close()
    assert (code, err) == (130, "stopped\n")


def test_a_crawl_that_sends_feeds_to_a_silent_broker_ends(site):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        site.env["CELERY_BROKER_URL"] = f"redis://127.0.0.1:{port}/0"
        process = start(site, "crawl", "--distributed")
        connection, _ = server.accept()
        code, _, err, _ = finish(process, signal.SIGTERM)
        connection.close()
    assert (code, err) == (130, "stopped\n")
    claims = site.query("SELECT claimed_until FROM articles_feed")
    assert claims == [(None,), (None,)]
