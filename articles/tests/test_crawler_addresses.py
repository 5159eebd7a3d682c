"""Addresses as people type them."""

import pytest

from articles.addresses import typed_address


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("example.com/feed.xml", "https://example.com/feed.xml"),
        (" www.example.com ", "https://www.example.com"),
        ("example.com:8080/feed", "https://example.com:8080/feed"),
        ("//example.com/feed", "https://example.com/feed"),
        ("example.com/?next=http://b.com", "https://example.com/?next=http://b.com"),
        ("http://example.com/feed", "http://example.com/feed"),
        ("HTTPS://example.com/feed", "HTTPS://example.com/feed"),
        ("feed://example.com/rss", "http://example.com/rss"),
        ("javascript:alert(1)", "javascript:alert(1)"),
        ("ftp://example.com", "ftp://example.com"),
        ("", ""),
    ],
)
def test_a_scheme_that_was_left_out_is_https(typed, address):
    assert typed_address(typed) == address
