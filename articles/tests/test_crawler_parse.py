from datetime import UTC, datetime

import pytest

from articles.addresses import canonical_url
from articles.crawler.feeds.markup import plain
from articles.crawler.feeds.parse import ParseError, parse_feed

URL = "https://news.example.com/rss/feed.xml"
RSS = """<?xml version="1.0" encoding="{encoding}"?>
<rss version="2.0" xmlns:media="http://search.yahoo.com/mrss/"
     xmlns:dc="http://purl.org/dc/elements/1.1/"
     xmlns:content="http://purl.org/rss/1.0/modules/content/"
     xmlns:sy="http://purl.org/rss/1.0/modules/syndication/"
     xmlns:feedburner="http://rssnamespace.org/feedburner/ext/1.0"
     xmlns:atom="http://www.w3.org/2005/Atom">
<channel><title>Fjordbladet</title><link>https://news.example.com/</link>
<description>Nyt</description>{items}</channel></rss>"""
RDF = """<?xml version="1.0" encoding="utf-8"?>
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
         xmlns="{namespace}" xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel rdf:about="https://news.example.com/"><title>Fjordbladet</title>
<link>https://news.example.com/</link><description>Nyt</description></channel>
<item rdf:about="https://news.example.com/eel"><title>Ålen er tilbage</title>
<link>https://news.example.com/eel</link><dc:date>2026-11-02T10:00:00+01:00</dc:date>
</item></rdf:RDF>"""
ATOM_03 = """<feed version="0.3" xmlns="http://purl.org/atom/ns#"><title>Fjordbladet</title>
<link rel="alternate" type="text/html" href="https://news.example.com/"/>
<entry><title>Ålen er tilbage</title><id>urn:eel</id>
<link rel="alternate" type="text/html" href="https://news.example.com/eel"/>
<issued>2026-11-02T10:00:00+01:00</issued><modified>2026-11-02T12:00:00Z</modified>
</entry></feed>"""
RSS_091 = """<?xml version="1.0"?>
<!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD RSS 0.91//EN"
 "http://my.netscape.com/publish/formats/rss-0.91.dtd">
<rss version="{version}"><channel><title>Fjordbladet</title>
<link>https://news.example.com/</link><item><title>&Aring;len er&nbsp;tilbage</title>
<link>https://news.example.com/eel</link></item></channel></rss>"""
ATOM = """<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom"><title>Fjordbladet</title>
<id>urn:feed</id><updated>2026-11-02T10:00:00Z</updated>{entries}</feed>"""
ITEM = """<item><title>Ålen er tilbage</title><link>https://news.example.com/eel</link>
<guid isPermaLink="false">eel-1</guid><description>Fiskerne jubler.</description>
<author>red@example.com (Ib Lund)</author><category>Natur</category>
<category>Sport</category><pubDate>Mon, 02 Nov 2026 10:00:00 +0100</pubDate></item>"""
ENTRY = """<entry><title>Ålen er tilbage</title><id>urn:eel</id>
<link rel="alternate" href="https://news.example.com/eel"/>
<link rel="self" href="https://news.example.com/eel.atom"/>
<updated>2026-11-02T12:00:00Z</updated><published>2026-11-02T10:00:00+01:00</published>
<author><name>Ib Lund</name></author><author><name>Bo</name></author>
<summary>Fiskerne jubler.</summary><category term="Natur"/></entry>"""


def rss(*items, encoding="utf-8"):
    return RSS.format(items="".join(items), encoding=encoding).encode(encoding)


def item(link="https://news.example.com/eel", more=""):
    return f"<item><link>{link}</link>{more}</item>"


def only(body, **options):
    """The one item of a feed."""
    (found,) = parse_feed(body, URL, **options).items
    return found


def published(element):
    return only(rss(item(more=element))).published_at


def links(*links):
    items = parse_feed(rss(*map(item, links)), URL).items
    return [found.url.removeprefix("https://news.example.com") for found in items]


# --- the formats


def test_an_rss_item_is_read():
    found = only(rss(ITEM))
    assert (found.url, found.guid) == ("https://news.example.com/eel", "eel-1")
    assert (found.title, found.summary) == ("Ålen er tilbage", "Fiskerne jubler.")
    assert (found.authors, found.categories) == ("Ib Lund", ("Natur", "Sport"))
    assert found.published_at == datetime(2026, 11, 2, 9, tzinfo=UTC)


def test_an_atom_entry_is_read():
    found = only(ATOM.format(entries=ENTRY).encode())
    assert (found.url, found.guid) == ("https://news.example.com/eel", "urn:eel")
    assert (found.title, found.summary) == ("Ålen er tilbage", "Fiskerne jubler.")
    assert (found.authors, found.categories) == ("Ib Lund, Bo", ("Natur",))
    assert found.published_at == datetime(2026, 11, 2, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    "body",
    [
        RDF.format(namespace="http://purl.org/rss/1.0/"),
        RDF.format(namespace="http://my.netscape.com/rdf/simple/0.9/"),
        ATOM_03,
        *(RSS_091.format(version=version) for version in ("0.91", "0.92", "0.94")),
    ],
)
def test_old_formats_are_read(body):
    document = parse_feed(body.encode(), URL)
    (found,) = document.items
    assert document.title == "Fjordbladet"
    assert (found.url, found.title) == (
        "https://news.example.com/eel",
        "Ålen er tilbage",
    )
    if "10:00:00" in body:
        assert found.published_at == datetime(2026, 11, 2, 9, tzinfo=UTC)


def test_the_feed_tells_its_title():
    assert parse_feed(rss(ITEM), URL).title == "Fjordbladet"


@pytest.mark.parametrize(
    "element, language",
    [
        ("", ""),
        ("<language>da</language>", "da"),
        ("<language> DA-dk </language>", "da"),
        ("<language>pt_BR</language>", "pt"),
        ("<dc:language>sv</dc:language>", "sv"),
        ("<language>nb-NO</language>", "no"),
        ("<language>Dansk</language>", "dansk"),
        ("<language>fao</language>", "fao"),
        ("<language>the language of Denmark</language>", ""),
        ("<language/>", ""),
        ("<language a='b'>", ""),
        ("<language>дк</language>", ""),
    ],
)
def test_the_feed_tells_its_language(element, language):
    assert parse_feed(rss(element, ITEM), URL).language == language


def test_an_atom_feed_tells_its_language():
    body = ATOM.format(entries=ENTRY).replace("<feed", "<feed xml:lang='da-DK'")
    assert parse_feed(body.encode(), URL).language == "da"


@pytest.mark.parametrize(
    "elements, seconds",
    [
        ("", None),
        ("<ttl>60</ttl>", 3600),
        ("<ttl>0</ttl>", 0),
        ("<ttl> 999999999999 </ttl>", 86_400),
        ("<ttl>-1</ttl>", None),
        ("<ttl>²</ttl>", None),
        ("<ttl>soon</ttl>", None),
        ("<ttl a='b'>60</ttl>", None),
        ("<sy:updatePeriod>hourly</sy:updatePeriod>", 3600),
        (
            "<sy:updatePeriod> hourly </sy:updatePeriod>"
            "<sy:updateFrequency>4</sy:updateFrequency>",
            900,
        ),
        (
            "<sy:updatePeriod>daily</sy:updatePeriod>"
            "<sy:updateFrequency>0</sy:updateFrequency>",
            86_400,
        ),
        ("<sy:updatePeriod>weekly</sy:updatePeriod>", 86_400),
        ("<sy:updatePeriod>never</sy:updatePeriod>", None),
        ("<ttl>60</ttl><sy:updatePeriod>daily</sy:updatePeriod>", 3600),
    ],
)
def test_the_feed_tells_when_to_come_back(elements, seconds):
    assert parse_feed(rss(elements, ITEM), URL).ttl_s == seconds


def test_items_keep_their_order():
    assert links("/b", "/a", "/c") == ["/b", "/a", "/c"]


# --- links


def test_relative_links_start_from_the_feed():
    assert links("/a", "b", "../c?id=1") == ["/a", "/rss/b", "/c?id=1"]


def test_of_items_with_the_same_link_the_first_counts():
    body = rss(item("/a", "<title>Et</title>"), item("/a", "<title>To</title>"))
    assert only(body).title == "Et"


def test_fragment_identifiers_are_dropped():
    assert links("/a#top", "/a#comments") == ["/a"]


@pytest.mark.parametrize(
    "tracking",
    [
        "utm_source=rss",
        "utm_medium=x&amp;utm_campaign=y",
        "fbclid=1",
        "at_medium=RSS",
        "GCLID=1",
        "wbraid=1",
        "mkt_tok=1",
        "_hsenc=1",
        "igsh=1",
        "guce_referrer=a&amp;guce_referrer_sig=b",
        "twclid=1",
        "_ga=1",
    ],
)
def test_tracking_parameters_are_dropped(tracking):
    assert links(f"/a?{tracking}", f"/a?id=7&amp;{tracking}") == ["/a", "/a?id=7"]


@pytest.mark.parametrize(
    "link",
    [
        "/?12345",
        "/story?gallery=7",
        "/story?cid=5",
        "/story?session=3&references=2",
        "/story?ref=1&s=2&from=3&gaa=4&clid=5",
        "/a?b=2&a=1&a=3",
        "/a?empty=",
        "/x;v=1?q=a%26b",
        "/a//b/",
        "/a,b:c~(d)'e!f",
        "/caf%C3%A9",
        "/%e6%f8",
        "/q?u=http://b.example/?c=1",
    ],
)
def test_nothing_else_of_a_link_is_touched(link):
    # The link is also what is fetched, and what tells one article from another.
    url = f"https://news.example.com{link}"
    assert canonical_url(url, URL) == url


@pytest.mark.parametrize(
    "link, canonical",
    [
        ("HTTPS://News.Example.COM:443/A", "https://news.example.com/A"),
        ("http://news.example.com:80/a", "http://news.example.com/a"),
        ("http://news.example.com:8080/a", "http://news.example.com:8080/a"),
        ("https://news.example.com", "https://news.example.com/"),
        ("https://news.example.com/æ b", "https://news.example.com/%C3%A6%20b"),
        (
            "https://news.example.com/a?x=1&amp;y=2",
            "https://news.example.com/a?x=1&y=2",
        ),
        (" \n/a\t", "https://news.example.com/a"),
        ("https://news.example.com/\n  a", "https://news.example.com/%20a"),
        ("//other.example/a", "https://other.example/a"),
    ],
)
def test_one_address_has_one_form(link, canonical):
    assert canonical_url(link, URL) == canonical
    assert canonical_url(canonical, URL) == canonical


@pytest.mark.parametrize(
    "link",
    [
        None,
        "",
        " ",
        "javascript:alert(1)",
        "mailto:a@example.com",
        "data:,x",
        "JaVaScRiPt:alert(1)",
        "java\tscript:alert(1)",
        "java\r\nscript:alert(1)",
        "\x01javascript:alert(1)",
        " \x0cjavascript:alert(1)",
        "java\0script:x",
        "data:text/html,<script>",
        "DATA:,x",
        "vbscript:x",
        "blob:https://a.example/",
        "ftp://example.com/a",
        "file:///etc/passwd",
        "http://[::1",
        "urn:isbn:1",
    ],
)
def test_what_is_no_web_address_is_no_link(link):
    assert canonical_url(link, URL) == ""


def test_an_item_without_a_link_is_left_out():
    assert links("/a", "", "javascript:alert(1)") == ["/a"]


def test_a_feed_whose_items_have_no_link_is_refused():
    with pytest.raises(ParseError, match="no items with a link: none of its 2 items"):
        parse_feed(rss("<item><title>Kun en titel</title></item>" * 2), URL)


def test_items_that_are_left_out_are_counted():
    bare = "<item><title>Kun en titel</title></item>"
    document = parse_feed(rss(item("/a"), bare, item("/a#b"), bare), URL)
    assert (len(document.items), document.without_address) == (1, 2)
    assert document.repeated == 1


def test_a_permanent_guid_is_a_link():
    assert only(rss("<item><guid>https://news.example.com/g</guid></item>")).url == (
        "https://news.example.com/g"
    )


@pytest.mark.parametrize("word", ["True", "TRUE", " true ", "yes", "1"])
def test_a_permanent_guid_is_a_link_in_all_spellings(word):
    guid = f"<guid isPermaLink='{word}'>https://news.example.com/g</guid>"
    assert only(rss(f"<item>{guid}</item>")).url == "https://news.example.com/g"


@pytest.mark.parametrize(
    "element",
    [
        "<atom:link href='/eel'/>",
        "<link href='/eel'/>",
        "<media:player url='https://news.example.com/eel'/>",
        "<media:content type='text/html' url='https://news.example.com/eel'/>",
        "<enclosure type='text/html' url='https://news.example.com/eel'/>",
        "<comments>https://news.example.com/eel#comments</comments>",
    ],
)
def test_other_elements_name_a_page_too(element):
    found = only(rss(f"<item><title>Ålen</title>{element}</item>"))
    assert found.url == "https://news.example.com/eel"


@pytest.mark.parametrize(
    "element",
    [
        "<enclosure type='audio/mpeg' url='https://news.example.com/eel.mp3'/>",
        "<comments>https://forum.example/7</comments>",
        "<guid isPermaLink='False'>https://news.example.com/eel</guid>",
    ],
)
def test_what_is_no_page_of_the_item_s_own_is_no_link(element):
    assert parse_feed(rss(item("/a"), f"<item>{element}</item>"), URL).items[1:] == ()


def test_the_subject_of_an_rdf_item_is_its_link():
    body = RDF.format(namespace="http://purl.org/rss/1.0/").replace(
        "<link>https://news.example.com/eel</link>", ""
    )
    assert only(body.encode()).url == "https://news.example.com/eel"


AMPERSANDS = ["&amp;amp;", "&amp;#38;", "&amp;#038;", "&amp;#x26;", "&amp;amp;#X026;"]
LOOKALIKES = "?a=1&copy=3&lang=de&reg=1&para=2&sect=3&not=4&times=5&copyright=1"


@pytest.mark.parametrize(
    "query", [*(f"?a=1{escaped}lang=de" for escaped in AMPERSANDS), LOOKALIKES]
)
@pytest.mark.parametrize("end", ["", "<broken>"])
def test_ampersands_of_addresses_are_read_as_they_are_meant(query, end):
    plain_query = "?a=1&lang=de" if ";" in query else query
    url = f"https://news.example.com/eel{plain_query}"
    guid = f"<item><guid>https://news.example.com/eel{query}</guid></item>"
    cdata = query.replace("&amp;", "&")
    assert only(rss(item(f"/eel{query}") + end)).url == url
    assert only(rss(item(f"<![CDATA[/eel{cdata}]]>") + end)).url == url
    if not end:
        assert only(rss(guid)).url == url
    image = f"<enclosure type='image/x' url='/eel{query}'/>"
    assert only(rss(item(more=image) + end)).image_url == url
    entry = f"<entry><link href='/eel{query}'/></entry>"
    assert only(ATOM.format(entries=entry).encode()).url == url


def test_an_ampersand_that_belongs_to_a_value_stays():
    for link in ("/a?q=AT%26T", "/a?q=a%26amp%3Bb", "/a?amp=1&amp2=x"):
        assert links(link.replace("&", "&amp;")) == [link]


def test_a_feed_reader_s_scheme_is_the_web_s():
    for link in ("feed://a.example/b", "feed:http://a.example/b", "FEED:a.example/b"):
        assert canonical_url(link, URL) == "http://a.example/b"
    assert canonical_url("feed:https://a.example/b", URL) == "https://a.example/b"


def test_a_guid_that_is_no_address_is_no_link():
    bare = "<item><guid>12345</guid></item>"
    with pytest.raises(ParseError, match="no items with a link"):
        parse_feed(rss(bare), URL)
    assert links("/a") == [
        found.url[-2:] for found in parse_feed(rss(item("/a"), bare), URL).items
    ]


def test_a_guid_that_is_no_permanent_link_is_no_link():
    guid = "<guid isPermaLink='false'>https://news.example.com/g</guid>"
    with pytest.raises(ParseError, match="no items with a link"):
        parse_feed(rss(f"<item>{guid}</item>"), URL)


def test_a_guid_does_not_replace_a_link():
    more = "<guid>https://news.example.com/g</guid>"
    assert only(rss(item("/a", more))).url == "https://news.example.com/a"


def test_a_guid_that_several_items_have_identifies_none():
    guids = [f"<guid isPermaLink='false'>{guid}</guid>" for guid in ("x", "y", "x")]
    body = rss(*(item(f"/{number}", guid) for number, guid in enumerate(guids)))
    assert [found.guid for found in parse_feed(body, URL).items] == ["", "y", ""]


def test_an_item_that_comes_twice_keeps_its_guid():
    assert only(rss(ITEM, ITEM)).guid == "eel-1"


def test_an_id_is_kept_as_it_is():
    assert only(rss(item("/a", "<guid>a 7</guid>"))).guid == "a 7"


def test_the_address_behind_feedburner_is_taken():
    more = "<feedburner:origLink>https://news.example.com/eel</feedburner:origLink>"
    found = only(rss(item("https://feeds.example.org/~r/1", more)))
    assert found.url == "https://news.example.com/eel"


@pytest.mark.parametrize(
    "elements",
    [
        "<link rel='self' href='/x'/><link href='/eel'/><link rel='edit' href='/y'/>",
        "<link rel='alternate' type='text/plain' href='/x'/><link href='/eel'/>",
        "<link rel='alternate' type='application/pdf' href='/eel'/>",
        "<link href='/eel'/><link rel='alternate' hreflang='en' href='/x'/>",
        "<link href='javascript:x'/><link href='/eel'/>",
        "<link rel='related' href='/x'/><id>https://news.example.com/eel</id>",
    ],
)
def test_the_page_of_an_atom_entry_is_its_alternate(elements):
    body = ATOM.format(entries=f"<entry>{elements}</entry>").encode()
    assert only(body).url == "https://news.example.com/eel"


@pytest.mark.parametrize(
    "elements",
    [
        "<link hreflang='en' href='/x'/><link hreflang='de' href='/eel'/>",
        "<link hreflang='en' href='/x'/><link href='/eel'/>",
        "<link hreflang='x-default' href='/x'/><link hreflang='de-AT' href='/eel'/>",
        "<link href='/amp/eel'/><link href='/eel'/>",
        "<link href='/eel.amp.html'/><link href='/eel'/>",
        "<link href='/eel?amp=1'/><link href='/eel'/>",
        "<link href='https://m.news.example.com/eel'/><link href='/eel'/>",
        "<link href='/eel/print'/><link href='/eel'/>",
        "<link media='print' href='/x'/><link href='/eel'/>",
        "<link type='application/json' hreflang='de' href='/x'/><link href='/eel'/>",
        "<link rel='replies' href='/x'/><link rel='via' href='/x'/><link href='/eel'/>",
        "<link href='/eel'/><link href='/x'/>",
    ],
)
def test_of_several_alternates_the_readers_one_is_taken(elements):
    body = ATOM.format(entries=f"<entry>{elements}</entry>")
    body = body.replace("<feed", "<feed xml:lang='de'")
    assert only(body.encode()).url == "https://news.example.com/eel"


def test_an_entry_s_own_language_tells_its_alternate():
    alternates = "<link hreflang='de' href='/x'/><link hreflang='fr' href='/eel'/>"
    entry = f"<entry xml:lang='fr'><title>Anguille</title>{alternates}</entry>"
    body = ATOM.format(entries=entry).replace("<feed", "<feed xml:lang='de'")
    assert only(body.encode()).url == "https://news.example.com/eel"


def test_links_start_from_xml_base():
    entry = "<entry xml:base='/nyt/'><link href='eel'/></entry>"
    body = ATOM.format(entries=entry).encode()
    assert only(body).url == "https://news.example.com/nyt/eel"


# --- texts


@pytest.mark.parametrize(
    "markup, text",
    [
        ("Is &amp; sne", "Is & sne"),
        ("Is &amp;amp; sne", "Is & sne"),
        ("R&amp;oslash;dgr&amp;oslash;d", "Rødgrød"),
        ("&lt;p&gt;En &lt;b&gt;to&lt;/b&gt;&lt;/p&gt;", "En to"),
        ("&amp;lt;p&amp;gt;En &amp;lt;b&amp;gt;to&amp;lt;/b&amp;gt;", "En to"),
        ("<![CDATA[<p>En</p><p>to</p>]]>", "En to"),
        ("<![CDATA[En<br/>to]]>", "En to"),
        ("<![CDATA[<b>En</b>, <i>to</i>!]]>", "En, to!"),
        ("<![CDATA[<span>E</span>n to]]>", "En to"),
        ("<![CDATA[En <script>alert('x')</script><style>p{}</style>to]]>", "En to"),
        ("<![CDATA[En</div>to <!-- tre -->]]>", "En to"),
        ("AT&amp;T", "AT&T"),
        ("AT&amp;amp;T og B&amp;O", "AT&T og B&O"),
        ("a &lt; b", "a < b"),
        ("a &amp;lt; b", "a < b"),
        ("x&lt;y er sandt", "x<y er sandt"),
        ("&amp;amp;", "&"),
        ("<![CDATA[<a title='1 > 0' href='javascript:x'>En</a> to]]>", "En to"),
        ("<![CDATA[<ukendt>En</ukendt><o:p>to</o:p>]]>", "En to"),
        ("<![CDATA[<SCRIPT>En</SCRIPT>En <STYLE>x</STYLE>to]]>", "En to"),
        ("1 &lt; 2 &amp; 3 &gt; 2", "1 < 2 & 3 > 2"),
        ("I &lt;3 Aarhus", "I <3 Aarhus"),
        ("<![CDATA[<img src='a.jpg'>]]>", ""),
        ("&#0;En&#x7;&#xFFFE;", "En"),
        ("&#x1F;En&#12;&#146;&#x92;\x92 &#133;", "En ’’’ …"),
        ("En\n\t to", "En to"),
        ("", ""),
    ],
)
def test_titles_and_summaries_are_plain_text(markup, text):
    more = f"<title>{markup}</title><description>{markup}</description>"
    found = only(rss(item(more=more)))
    assert (found.title, found.summary) == (text, text)


def atom_title(markup, kind=""):
    title = f"<title{kind}>{markup}</title><link href='/a'/>"
    return only(ATOM.format(entries=f"<entry>{title}</entry>").encode()).title


@pytest.mark.parametrize(
    "text",
    [
        "Das &lt;table&gt;-Element und &lt;em&gt;",
        "C++ vector&lt;int&gt;",
        "Map&lt;String, List&lt;b&gt;&gt;",
        "if x&lt;y and y&gt;z",
        "&lt;title&gt; ok",
        "Et &lt;br-x&gt; to",
        "&lt;script&gt; ok",
        "I &lt;3 R&D",
        "AT&T &lt;i&gt;",
    ],
)
def test_what_only_looks_like_a_tag_stays_in_a_title(text):
    expected = text.replace("&lt;", "<").replace("&gt;", ">")
    assert only(rss(item(more=f"<title>{text}</title>"))).title == expected
    assert atom_title(text) == atom_title(text, " type='text'") == expected
    assert atom_title(text, " type='html'") == expected


@pytest.mark.parametrize(
    "markup, text, kind",
    [
        ("&lt;b&gt;En&lt;/b&gt; to &amp;amp; tre", "<b>En</b> to &amp; tre", "text"),
        ("&lt;b&gt;En&lt;/b&gt; to &amp;amp; tre", "En to & tre", "html"),
        ("<div><b>En</b> to &amp; tre &lt;em&gt;</div>", "En to & tre <em>", "xhtml"),
        ("&lt;p&gt;En to", "En to", "html"),
        ("En&lt;br&gt;to&lt;img src='x'&gt;", "En to", "html"),
    ],
)
def test_a_title_is_html_where_the_feed_says_so(markup, text, kind):
    assert atom_title(markup, f" type='{kind}'") == text


def test_a_summary_without_a_type_may_be_html():
    entry = "<entry><link href='/a'/><summary>{}</summary></entry>"
    entry = entry.format("&lt;p&gt;En &lt;b&gt;to&lt;/b&gt;&lt;/p&gt;")
    assert only(ATOM.format(entries=entry).encode()).summary == "En to"


def test_a_word_that_is_no_tag_stays_in_a_summary():
    found = only(
        rss(item(more="<description>vector&lt;int&gt; &lt;p>to</description>"))
    )
    assert found.summary == "vector<int> to"


@pytest.mark.parametrize(
    "nothing",
    ["&nosuch;", "&amp;nosuch;", "&nbsp;", "&amp;nbsp;", "&hellip;", "…", "- &x; &y;"],
)
def test_an_entity_that_nobody_knows_is_no_title(nothing):
    assert only(rss(item(more=f"<title>{nothing}</title>"))).title == ""
    assert atom_title(nothing) == ""


def test_text_without_markup_is_left_alone():
    assert plain("Fru Å's 50 % – »ja«") == "Fru Å's 50 % – »ja«"


def test_only_the_start_of_a_long_text_is_looked_at():
    assert plain("<p>" + "en to " * 10, 8) == "en to"


def test_nothing_is_plain_too():
    assert plain(None) == ""


# --- dates


@pytest.mark.parametrize(
    "date, hour",
    [
        ("Mon, 02 Nov 2026 10:00:00 +0200", 8),
        ("Mon, 02 Nov 2026 10:00:00 GMT", 10),
        ("Mon, 02 Nov 2026 10:00:00 EST", 15),
        ("Mon, 02 Nov 2026 10:00:00", 10),
        ("02 Nov 2026 10:00:00", 10),
        ("Mo, 02 Nov 2026 10:00:00 +0100", 9),
        ("02.11.2026 10:00", 10),
        ("Mon, 02 Nov 2026 10:00:00 CET", 9),
        ("Mon Nov 02 10:00:00 2026", 10),
        ("2026-11-02T10:00:00+02:00", 8),
        ("2026-11-02T10:00:00", 10),
        ("2026-11-02", 0),
    ],
)
def test_dates_become_utc_whether_they_name_a_zone_or_not(date, hour):
    found = published(f"<pubDate>{date}</pubDate>")
    assert found.astimezone(UTC) == datetime(2026, 11, 2, hour, tzinfo=UTC)


@pytest.mark.parametrize(
    "element",
    [
        "",
        "<pubDate></pubDate>",
        "<pubDate>i går</pubDate>",
        "<pubDate>Mon, 99 Nov 2026 10:00:00</pubDate>",
        "<pubDate>0000-00-00T00:00:00Z</pubDate>",
        "<pubDate>9999-12-31T23:59:59-14:00</pubDate>",
    ],
)
def test_a_missing_or_impossible_date_is_none(element):
    assert published(element) is None


def test_the_date_of_an_update_serves_where_there_is_no_other():
    entry = ENTRY.replace("published>", "ignored>")
    found = only(ATOM.format(entries=entry).encode())
    assert found.published_at == datetime(2026, 11, 2, 12, tzinfo=UTC)


def test_the_date_of_an_update_is_kept():
    found = only(ATOM.format(entries=ENTRY).encode())
    assert found.published_at == datetime(2026, 11, 2, 9, tzinfo=UTC)
    assert found.updated_at == datetime(2026, 11, 2, 12, tzinfo=UTC)


def test_what_was_never_updated_says_so():
    assert only(rss(ITEM)).updated_at is None


# --- images


@pytest.mark.parametrize(
    "element",
    [
        "<media:content url='/a.jpg' medium='image'/>",
        "<media:content url='https://news.example.com/a.jpg'/>",
        "<media:thumbnail url='/a.jpg'/>",
        "<enclosure url='/a.jpg' type='image/jpeg' length='9'/>",
        "<media:content url='/a.mp4' medium='video'/><media:thumbnail url='/a.jpg'/>",
        "<media:content/><enclosure url='/a.jpg' type='image/jpeg'/>",
    ],
)
def test_an_image_is_found(element):
    found = only(rss(item(more=element)))
    assert found.image_url == "https://news.example.com/a.jpg"


@pytest.mark.parametrize(
    "element",
    [
        "<enclosure url='/a.mp3' type='audio/mpeg'/>",
        "<enclosure url='/a.jpg'/>",
        "<media:content url='javascript:alert(1)' medium='image'/>",
        "<media:content url='/a.mp4' type='video/mp4'/>",
    ],
)
def test_what_is_no_image_is_not_taken_for_one(element):
    assert only(rss(item(more=element))).image_url == ""


# --- encodings


@pytest.mark.parametrize("encoding", ["utf-8", "iso-8859-1", "windows-1252", "utf-16"])
def test_the_encoding_that_a_feed_names_is_used(encoding):
    body = rss(item(more="<title>Rødgrød på ø</title>"), encoding=encoding)
    assert only(body).title == "Rødgrød på ø"


def test_a_byte_order_mark_is_no_text():
    assert only(b"\xef\xbb\xbf" + rss(ITEM)).title == "Ålen er tilbage"


def test_the_encoding_of_the_http_header_is_used():
    body = rss(ITEM).decode().replace(' encoding="utf-8"', "").encode("windows-1252")
    found = only(body, content_type="application/xml; charset=windows-1252")
    assert found.title == "Ålen er tilbage"


def test_a_wrong_encoding_does_not_lose_the_feed():
    body = rss(ITEM).decode().encode("windows-1252")
    assert only(body).title == "Ålen er tilbage"


# --- what is no feed


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b" ",
        b"\0",
        b"<",
        b"hej",
        b"\xff\xfe\x00",
        bytes(range(256)),
        b'{"items": []}',
        b"<html><body><h1>Nyt</h1></body></html>",
        b"%PDF-1.7 \x00\x01",
        b"\x89PNG\r\n\x1a\n\x00",
        b"\x1f\x8b\x08\x00nope",
        b"<?xml version='1.0' encoding='\xe9\xff'?><a/>",
    ],
)
def test_what_is_not_a_feed_is_refused(body):
    with pytest.raises(ParseError, match=f"{URL}: not a"):
        parse_feed(body, URL)


def test_the_name_of_a_file_for_a_body_is_not_read(tmp_path):
    file = tmp_path / "feed.xml"
    file.write_bytes(rss(ITEM))
    with pytest.raises(ParseError):
        parse_feed(bytes(file), URL)


@pytest.mark.parametrize(
    "body",
    [
        rss(),
        ATOM.format(entries="").encode(),
        ATOM_03[: ATOM_03.index("<entry")].encode() + b"</feed>\n<!-- end -->",
        RDF.partition("<item")[0].format(namespace="x").encode() + b"</rdf:RDF>",
        b"<rss><channel><title>Fjordbladet</title></channel></rss>",
    ],
)
def test_a_feed_may_have_no_items(body):
    document = parse_feed(body, URL)
    assert (document.title, document.items) == ("Fjordbladet", ())


@pytest.mark.parametrize(
    "body",
    [
        b"<html><feed-card><title>x</title></feed-card><channel></channel></html>",
        b"<!DOCTYPE html><title>x</title><rss></rss>",
        b"<rdf:RDF xmlns:rdf='x'><Person/></rdf:RDF>",
        b"<urlset><channel/></urlset>",
        b"<rss></rss>",
        b"<feed></feed>",
        b"<feed/>",
        rss()[:-16],
    ],
)
def test_what_only_looks_like_a_feed_without_items_is_refused(body):
    with pytest.raises(ParseError, match=f"{URL}: not a feed: "):
        parse_feed(body, URL)


def test_an_address_for_a_body_is_not_fetched(web):
    url = web.add("/feed", rss(ITEM))
    with pytest.raises(ParseError):
        parse_feed(url.encode(), url)
    assert web.requests == []


def test_a_feed_that_breaks_off_gives_what_came():
    body = rss(ITEM, item("/b"), item("/c"))
    items = parse_feed(body[: body.index(b"/c<")], URL).items
    assert [found.url[-2:] for found in items[:2]] == ["el", "/b"]


@pytest.mark.parametrize(
    "element",
    [
        "<author/>",
        "<category/>",
        "<title/>",
        "<description/>",
        "<enclosure/>",
        "<media:content/>",
        "<media:thumbnail/>",
        "<dc:creator/>",
        "<pubDate/>",
        "<title>&#xD83D;&#56832;</title>",
        "<title>&nosuch;</title>",
        "<author>(</author>",
        "<description><![CDATA[<]]></description>",
        "<enclosure type='image/x'/>",
        # feedparser keeps unknown elements beside what it has made itself.
        "<authors a='b'/>",
        "<tags a='b'/>",
        "<content a='b'/>",
        "<media_content>x</media_content>",
        "<media_thumbnail a='b'/>",
        "<published_parsed a='b'/>",
        "<updated_parsed>x</updated_parsed>",
        "<feedburner_origlink a='b'/>",
        "<summary_detail>x</summary_detail>",
        "<guidislink>x</guidislink>",
    ],
)
def test_an_odd_element_does_not_lose_the_item(element):
    assert only(rss(item(more=element))).url == "https://news.example.com/eel"


def test_halves_of_a_character_are_dropped_and_whole_ones_stay():
    found = only(rss(item(more="<title>&#xD83D;&#56832;&#128512;&#xE6;</title>")))
    assert found.title == "😀æ"


def test_an_author_named_twice_is_one_author():
    more = "<author>Ib Lund</author><dc:creator>Ib Lund</dc:creator>"
    assert only(rss(item(more=more))).authors == "Ib Lund"


def test_names_are_plain_text():
    author = "<author>Ib &amp;amp; Bo</author>"
    category = "<category>Kunst &amp;amp; &lt;b>Natur</category>"
    found = only(rss(item(more=author + category)))
    assert (found.authors, found.categories) == ("Ib & Bo", ("Kunst & Natur",))


def test_an_author_without_a_name_is_no_author():
    entry = ENTRY.replace("<name>Bo</name>", "<uri>https://bo.example/</uri>")
    assert only(ATOM.format(entries=entry).encode()).authors == "Ib Lund"
