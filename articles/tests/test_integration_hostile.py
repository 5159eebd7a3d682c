"""A real crawl, with all its processes, of a server that means harm."""

import json
import subprocess
import threading
import time
from pathlib import Path

import pytest

from articles.tests.hostile import HostileServer
from articles.tests.site import Site, find_port

# On a database of its own, whatever the run's is.
pytestmark = [pytest.mark.integration, pytest.mark.nodb]

DOWNLOAD_S, READ_S, FEED_S = 3, 10, 60
# Where a limit is over, something still has to notice: a process to be killed, a page
# in hand to be stored; and two cores serve the server and the crawl.
GRACE_S = 15
MEMORY = 300_000_000
REASONS = {
    "/loop": "more than 5 redirects",
    "/chain": "private address 169.254.169.254",
    "/mapped": "private address ::ffff:10.0.0.1",
    "/nat64": "private address 64:ff9b::7f00:1",
    "/decimal": "private address 127.0.0.1",
    "/file": "not an http or https address",
    "/nowhere": "redirect",
    "/bomb-gzip": "larger than",
    "/bomb-deflate": "larger than",
    "/bomb-br": "larger than",
    "/bomb-twice": "larger than 5000000 bytes",
    "/bomb-redirect": "redirect",
    "/no-gzip": "gzip",
    "/longer": "larger than",
    "/shorter": "",
    "/drip-header": "no full answer in 3 s",
    "/drip-body": "no full answer in 3 s",
    "/endless": "larger than",
    "/later": "HTTP status 429",
    "/never": "HTTP status 503",
    "/unchanged": "HTTP status 304",
    "/deep": "",
    "/nul": "RSS, Atom or JSON Feed expected",
    "/noise": "RSS, Atom or JSON Feed expected",
    "/no-links": "no items with a link",
    "/laughs": "entity bomb",
}
# Under other names: a host that says that it is busy is left alone altogether.
OTHERS = {"localhost": "/later", "127.0.0.2": "/never"}
# These can be read, and nothing of the trick may be left.
HARMLESS = ("/entities", "/many", "/title", "/scripts", "/pages", "/fine")


@pytest.fixture(scope="module")
def server():
    with (
        HostileServer() as server,
        HostileServer("127.0.0.2", server.server_port) as two,
    ):
        for one in (server, two):
            threading.Thread(target=one.serve_forever, args=[0.05]).start()
        yield server
        for one in (server, two):
            one.shutdown()


@pytest.fixture(scope="module")
def crawled(server, migrated, tmp_path_factory):
    """The report of one crawl of all tricks, its exit code, and its most memory."""
    folder = tmp_path_factory.mktemp("hostile")
    site = Site(folder, find_port(), migrated)
    site.env |= {
        "CRAWLER_ALLOWED_HOSTS": ",".join(
            f"{host}:{server.server_address[1]}" for host in ("127.0.0.1", *OTHERS)
        ),
        "CRAWLER_HOST_LIMITS": "127.0.0.1=8/0",
        "CRAWLER_TIMEOUT_S": str(DOWNLOAD_S),
        "CRAWLER_PARSE_TIMEOUT_S": str(READ_S),
        "CRAWLER_FEED_TIMEOUT_S": str(FEED_S),
        "RUN_DIR": str(folder),
    }
    add(site, server, ["/fine"])
    idle = watched(site, folder / "idle.json")
    add(site, server, [*REASONS, *HARMLESS])
    hostile = watched(site, folder / "hostile.json")
    return {"idle": idle, "site": site, **hostile}


def address(server, path):
    for host, of_host in OTHERS.items():
        if path == of_host:
            return f"http://{host}:{server.server_address[1]}{path}"
    return server.base + path


def add(site, server, paths):
    urls = [address(server, path) for path in paths]
    code = (
        f"from articles.models import Feed\nfor url in {urls!r}:\n"
        "    Feed.objects.get_or_create(url=url, defaults={'language_id': 'da'})"
    )
    assert site.run("shell", "-c", code)[0] == 0


def watched(site, report):
    """Crawl; return its exit code, report, and the most memory of all its processes."""
    with subprocess.Popen(
        [*site.command("crawl", "--workers", "4", "--report", str(report))],
        env=site.env,
        stdout=subprocess.DEVNULL,
    ) as process:
        most = 0
        while process.poll() is None:
            most = max(most, memory_of(process.pid))
            time.sleep(0.05)
    found = json.loads(report.read_text("utf-8"))
    return {"code": process.returncode, "report": found, "memory": most}


def memory_of(pid):
    """Proportional set size of a process and its children, in bytes."""
    tasks = Path(f"/proc/{pid}/task/{pid}/children")
    try:
        children = tasks.read_text().split()
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:  # it has just ended
        return 0
    own = sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return own * 1024 + sum(map(memory_of, children))


def feed_report(crawled, server, path):
    feeds = crawled["report"]["feeds"]
    return next(feed for feed in feeds if feed["url"] == address(server, path))


@pytest.mark.parametrize("path", REASONS)
def test_each_trick_is_reported_with_its_reason_within_its_limit(crawled, server, path):
    report = feed_report(crawled, server, path)
    assert [error["url"] for error in report["errors"]] == [address(server, path)]
    assert REASONS[path] in report["errors"][0]["error"]
    assert report["seconds"] < DOWNLOAD_S + READ_S + GRACE_S


@pytest.mark.parametrize("path", HARMLESS)
def test_a_feed_that_can_be_read_takes_no_longer_than_it_may(crawled, server, path):
    report = feed_report(crawled, server, path)
    assert report["found"] > 0 or path == "/fine"  # seen before
    assert report["seconds"] < FEED_S + READ_S + GRACE_S


def test_the_memory_stays_within_300_mb_of_a_harmless_crawl(crawled):
    more = crawled["memory"] - crawled["idle"]["memory"]
    assert more < MEMORY, f"{more / 1e6:.0f} MB"


def test_other_feeds_are_unharmed(crawled, server):
    assert crawled["idle"]["report"]["listed"] == 1
    assert feed_report(crawled, server, "/fine")["errors"] == []
    assert crawled["code"] == 1


def test_nothing_was_fetched_that_a_document_names(crawled, server):
    assert "/dtd" not in server.asked
    text = json.dumps(crawled["site"].query("SELECT * FROM articles_article"))
    assert "root:" not in text


def test_no_markup_and_no_script_is_stored(crawled):
    site = crawled["site"]
    columns = "title || summary || authors || image_url || url"
    rows = site.query(f"SELECT {columns} FROM articles_article")
    rows += site.query("SELECT text FROM articles_fragment")
    rows += site.query("SELECT title FROM articles_feed")
    assert len(rows) > 10
    for (text,) in rows:
        for trace in ("<script", "onerror", "javascript:", "\0", "data:text"):
            assert trace not in text.lower()


def test_a_title_of_megabytes_is_cut(crawled, server):
    site = crawled["site"]
    lengths = site.query("SELECT max(length(title)) FROM articles_article")
    assert lengths == [(500,)]


def test_the_database_is_whole(crawled):
    crawled["site"].check_database()
