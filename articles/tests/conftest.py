import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from articles.tests.news import Crawled
from articles.tests.site import find_port


@pytest.fixture
def free_port():
    return find_port()


@pytest.fixture
def crawl(tmp_path, web, settings):
    """Run the command, allowed to visit the test's web; returns a Crawled."""
    settings.CRAWLER_ALLOWED_HOSTS = frozenset({web.host_port})

    def crawl(**options):
        out, report, code = StringIO(), tmp_path / "report.json", 0
        try:
            call_command("crawl", stdout=out, report=report, **options)
        except CommandError as exc:
            code = exc.returncode
        return Crawled(code, json.loads(report.read_text("utf-8")), out.getvalue())

    return crawl
