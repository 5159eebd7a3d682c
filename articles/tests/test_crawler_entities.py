import time

import pytest
from lxml import etree

from articles.crawler.feeds.encoding import as_xml
from articles.crawler.feeds.entities import (
    EntityBomb,
    check_entities,
    declared_entities,
    with_ampersands,
)

DOCTYPE = "<?xml version='1.0'?><!-- x --><!DOCTYPE a [{}]><a/>"


@pytest.mark.parametrize(
    "text, expected",
    [
        ("R&D & AT&T", "R&D & AT&T"),
        ("?a=1&b=2&copy=3&lang=de&amp;x", "?a=1&b=2&copy=3&lang=de&x"),
        ("&nosuch; &eacute; &LT; &nvlt;", "&nosuch; é < <\u20d2"),
        ("&#65;&#x42;&#67", "ABC"),
        ("<![CDATA[R&D &amp; &x;]]>&", "R&D &amp; &x;&"),
        ("&#;&#x;&;", "&#;&#x;&;"),
    ],
)
def test_each_ampersand_is_one_that_xml_knows(text, expected):
    root = etree.fromstring(as_xml(with_ampersands(f"<a>{text}</a>")))
    assert root.text == expected


def test_comments_stay():
    assert with_ampersands("<a><!-- & --></a>") == "<a><!-- & --></a>"


@pytest.mark.parametrize(
    "subset",
    [
        '<!ENTITY a "ha"><!ENTITY b "&a;&a;">',
        "<!ENTITY b '&a;&a;'><!ENTITY a 'ha'>",
        '<!ENTITY a "&a;">',
        f'<!ENTITY a "{"ha" * 6000}">',
        '<!ENTITY % a "ha"><!ENTITY b "%a;%a;">',
        '<!-- "]> --><!ENTITY x "]>"><!ENTITY a "ha"><!ENTITY b "&a;&a;">',
    ],
)
def test_entities_that_grow_are_refused_by_their_name(subset):
    with pytest.raises(EntityBomb, match="an entity bomb"):
        check_entities(DOCTYPE.format(subset))


@pytest.mark.parametrize(
    "text",
    [
        "<a/>",
        "<!DOCTYPE a><a/>",
        '<!DOCTYPE rss PUBLIC "x" "http://x/y.dtd"><rss/>',
        DOCTYPE.format('<!ENTITY nbsp "&#160;"><!ENTITY b "&amp;c;">'),
        DOCTYPE.format('<!ENTITY x SYSTEM "file:///x">'),
        # Of an article about such things.
        '<!DOCTYPE a><a><![CDATA[<!ENTITY a "ha"><!ENTITY b "&a;">]]></a>',
    ],
)
def test_other_entities_do_no_harm(text):
    check_entities(text)


def test_entities_of_a_document_s_own_are_told():
    subset = '<!ENTITY nbsp "x"><!ENTITY eel "ål"><!ENTITY x SYSTEM "file:///x">'
    assert declared_entities(DOCTYPE.format(subset)) == ["eel", "x"]


@pytest.mark.parametrize("unit", ["<!ENTITY ", "<!ENTITY a '", '"', "<!--", "&", "]"])
def test_megabytes_of_a_document_type_are_quick(unit):
    began = time.process_time()
    text = "<!DOCTYPE a [" + unit * (1_000_000 // len(unit))
    check_entities(text)
    with_ampersands(text)
    assert time.process_time() - began < 5
