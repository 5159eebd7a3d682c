"""Whether the health page tells of missing dictionaries."""

import pytest

from learners.dictionaries.tests.factories import make_dictionary

# Each check has a connection of its own.
pytestmark = pytest.mark.django_db(transaction=True)


def told(client):
    page = client.get("/health/", headers={"accept": "application/json"})
    assert client.get("/health/ready").status_code == 200
    [told] = [text for name, text in page.json().items() if "Dictionaries" in name]
    return told


def test_no_dictionary_is_a_warning_with_the_remedy(client, settings):
    settings.DICTIONARY_LICENCES = ["core"]
    make_dictionary(is_published=None)
    assert "load them with: manage.py load_dictionaries" in told(client)
    make_dictionary()
    assert told(client) == "OK"


def test_who_wants_none_is_not_told(client, settings):
    settings.DICTIONARY_LICENCES = []
    assert told(client) == "OK"
