"""What stands in an article's page but is not its text, by signs that many sites share.

Markup is pruned before trafilatura sees it, short notices are told by their words.
"""

import re
from collections import defaultdict

from articles.crawler.titles import same
from articles.text import clean

# Parts of class and id names. Not "comment": trafilatura drops those, forums aside.
UNWANTED = re.compile(
    r"newsletter|sign-?up|subscri(be|ption)|read-?(more|also|next)|more-?(on|from)-|"
    r"recommend|related-?(article|content|link|post|stor|topic)|most-?(read|popular)|"
    r"(social|embed|video|consent|content)[-_]*(placeholder|overlay)|placeholder-|"
    r"recirculation|(show|view|load|post|leave)-?comments?|"
    r"advert|sponsor|outbrain|taboola|fact-?box|info-?box|(author|writer)-?(bio|box)|"
    r"biography|copyright|disclaimer|(image|photo|picture)[-_]*(caption|credit)",
    re.IGNORECASE,
)
BLOCKS = ("p", "li", "h2", "h3", "h4", "h5", "h6", "blockquote", "figcaption")
# Words that only announce a link to another article, in the languages we read.
READ_ALSO = re.compile(
    r"(?:"
    r"read (?:more|also|next)|also read|see also|more on this(?: story)?|"
    r"recommended(?: for you| reading| stories)?|you may also like|don't miss|"
    r"related(?: (?:articles?|stor(?:y|ies)|content|topics?|posts?))?|"
    r"lesen sie (?:auch|mehr|hierzu|dazu)|mehr (?:zum thema|dazu)|auch interessant|"
    r"passend zum thema|das könnte (?:sie|dich) auch interessieren|"
    r"(?:à )?lire (?:aussi|également|plus|la suite)|voir aussi|sur le même sujet|"
    r"le[ea] también|leer más|ver también|(?:también )?te puede interesar|"
    r"noticias relacionadas|le(?:ia|r) (?:também|mais)|veja também|"
    r"leggi (?:anche|tutto)|potrebbe interessarti(?: anche)?|"
    r"lees (?:ook|meer|verder)|bekijk ook|læs (?:også|mere)|les (?:også|mer)|"
    r"läs (?:även|också|mer|vidare)|s[ea] (?:også|även)|"
    r"(?:prze)?czytaj (?:więcej|także|również|też)|zobacz (?:także|też|również)|"
    r"olvass(?:a|on)? (?:el )?(?:is|tovább)|kapcsolódó cikk(?:ek)?|"
    r"cite(?:ș|ş|s)te (?:și|şi|si|mai mult)|vezi (?:și|şi|si)|"
    r"διαβάστε (?:επίσης|ακόμη|περισσότερα)|δείτε (?:επίσης|ακόμη)|"
    r"читайте (?:также|ещё|еще)|смотрите также|по теме|читайте також"
    r")\s*(?:$|[:»>→|])",
    re.IGNORECASE,
)
# Whole fragments that speak about the page, an advertisement or the reader's settings.
NOTICE = re.compile(
    r"advertisement|anzeige|werbung|publicité|publicidade?|pubblicità|advertentie|"
    r"annonce|annons|reklam[ae]?|реклама|hirdetés|διαφήμιση|publicitate|"
    r"(?:advertisement\W*)?(?:story|article) continues below.*|"
    r"(?:photo|image|foto|bild|фото)\s*: .{,80}|"
    r"(?:©|\(c\)|copyright (?:©|\(c\)|by\b|\d{4})).*|.*\ball rights reserved\.?|"
    r"(?:sign up|subscribe) (?:for|to) .*\b(?:newsletters?|news|e-?mails?|deals)\b.*|"
    r"join (?:our|the) (?:\w+ )?forum.*|"
    r"follow .* on (?:google news|facebook|twitter|x|instagram|whatsapp)\b.*|"
    r"click here to .*|please log ?(?:in|out) .*|(?:leave|post) a comment.*|"
    r"extern(?:e|er) inhalte?(?: .{,40})?|(?:contenu|contenido|conteúdo) externe?o?|"
    r"external content(?: (?:is )?(?:not available|unavailable|blocked).*)?|"
    r"link zum [\w-]+[- ]inhalt|"
    r"(?:your|deine|ihre) (?:privacy|cookie|privatsphäre|datenschutz)\W?"
    r"(?:settings|einstellungen) (?:prevent|verhindern) .*|"
    r"dies(?:er artikel)? ist eine (?:maschinelle|automatische) übersetzung\b.*|"
    r"this (?:article )?is an? (?:machine|automatic) translation\b.*|"
    r"(?:ceci|cet article) est une traduction automatique\b.*|"
    r"(?:read|lest|lesen sie|lire|lea) (?:the|den|l['’]|el) ?(?:article )?origin.*",
    re.IGNORECASE,
)
# Class names of containers of an article's text.
BODY = re.compile(r"(article|entry|post|story)[-_]*(content|body|text)", re.IGNORECASE)
BODY_MARK = ("itemprop", "articleBody")
WORD = re.compile(r"\w+")
NOTICE_CHARACTERS = 400
TEASER_CHARACTERS = 600
LINK_CHARACTERS = 1500
STANDFIRST_START = 30


def prune(tree, headlines):
    """Take boilerplate out of a page's lxml tree, in place."""
    for anchor in tree.xpath("//a[not(@href)]"):
        anchor.drop_tag()  # a place, no link: old pages put whole texts into it
    _drop_other_articles(tree, headlines)
    whole = paragraphs_length(tree)
    for element in [*_unwanted(tree), *_teasers(tree)]:
        # A name that fits much of the page says something else there.
        if paragraphs_length(element) * 4 <= whole:
            _drop(element)
    for element in list(tree.iter(*BLOCKS)):
        if _is_link(element):
            _drop(element)
    _mark_body(tree)


def standfirst(tree, descriptions):
    """The page's own summary where a reader sees it, below the headline, or ""."""
    known = [same(description) for description in descriptions]
    for element in tree.iter("p", "div", "h2", "h3", "h4", "strong", "span"):
        start = same((element.text or "").lstrip()[:STANDFIRST_START])
        if len(start) > STANDFIRST_START / 2 and any(
            text.startswith(start) for text in known
        ):
            text = clean(element.text_content())
            beside = next(element.iterancestors("footer", "nav", "aside"), None)
            if beside is None and any(_agree(same(text), known_) for known_ in known):
                return text
    return ""


def _agree(text, description):
    shorter, longer = sorted((text, description), key=len)
    return longer.startswith(shorter) and len(shorter) > len(longer) / 2


def is_notice(text):
    """Whether a block of text speaks of the page, not of the article's matter."""
    short = len(text) <= NOTICE_CHARACTERS
    return short and bool(NOTICE.fullmatch(text) or READ_ALSO.match(text))


def repeats(heading, headlines):
    """Whether a heading says what a headline does, perhaps in other words."""
    words = WORD.findall(heading.lower())
    for headline in headlines:
        known = WORD.findall(headline.lower())
        told = sum(word in known for word in words)
        if told >= 0.8 * len(words) and 2 * len(words) >= len(known):
            return True
    return False


def _unwanted(tree):
    verdicts = {}
    for name in ("class", "id"):
        for value in tree.xpath(f"./body//@{name}"):
            if value not in verdicts:
                verdicts[value] = bool(UNWANTED.search(value))
            if verdicts[value]:
                yield value.getparent()


def _teasers(tree):
    """Boxes that a label such as "Read also" opens: the widest ones with a link."""
    wide = set()
    for label in tree.iter(*BLOCKS, "div", "span", "strong", "a"):
        if READ_ALSO.match((label.text or "").strip()):
            box = None
            for element in (label, *label.iterancestors("p", "li", "div", "section")):
                if element in wide or len(element.text_content()) > TEASER_CHARACTERS:
                    wide.add(element)
                    break
                box = element if element.find(".//a") is not None else box
            if box is not None:
                yield box


def _drop(element):
    if element.getparent() is not None:
        element.drop_tree()


def paragraphs_length(element):
    return sum(len(paragraph.text_content()) for paragraph in element.iter("p"))


def _is_link(element):
    """Whether a block only leads to other pages: it is a link, or in one."""
    around = next(element.iterancestors("a"), None)
    if around is not None:
        # A longer one was not closed where it should have been.
        return len(around.text_content()) <= LINK_CHARACTERS
    text = element.text_content().strip()
    linked = sum(len(link.text_content().strip()) for link in element.iter("a"))
    return bool(text) and linked >= 0.9 * len(text)


def _drop_other_articles(tree, headlines):
    """Where one article has the page's headline, drop those with other ones."""
    known = {same(headline) for headline in headlines}
    own, others = [], []
    for article in tree.iter("article"):
        titles = {same(title.text_content()) for title in article.iter("h1")}
        if titles:
            (own if titles & known else others).append(article)
    for article in others if own else ():
        _drop(article)


def _mark_body(tree):
    """Where an article's body stands in several parts, mark what holds them all.

    trafilatura takes the first container that is named like a body.
    """
    parts = defaultdict(list)
    for part in tree.iterfind(".//article//div[@class]"):
        if BODY.search(part.get("class")) and part.find("p") is not None:
            article = next(part.iterancestors("article"))
            parts[article, part.get("class")].append(part)
    for first, *_, last in filter(lambda found: len(found) > 1, parts.values()):
        around = set(last.iterancestors())
        next(filter(around.__contains__, first.iterancestors())).set(*BODY_MARK)
