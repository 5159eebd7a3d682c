"""README, CHANGELOG and docs/: one version, lines that fit, links that lead on."""

import re
import tomllib

import pytest
from django.conf import settings

ROOT = settings.BASE_DIR

pytestmark = pytest.mark.nodb


def text(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


def test_the_changelog_s_newest_version_is_the_project_s_and_the_api_s():
    newest = re.search(r"^## (\S+) - \d{4}-\d\d-\d\d$", text("CHANGELOG.md"), re.M)
    project = tomllib.loads(text("pyproject.toml"))["project"]["version"]
    assert newest[1] == project == settings.SPECTACULAR_SETTINGS["VERSION"]
