"""Small pages with an article of the demo site and what papers put around one."""

from articles import demo_site

# Of each language: most read, related, comment, support us, read also, a headline.
WORDS = {
    "da": ("Mest læste", "Relaterede artikler", "Skriv en kommentar", "Støt os",
           "LÆS OGSÅ", "Byrådet vil plante flere træer"),
    "de": ("Meistgelesen", "Ähnliche Artikel", "Kommentar abgeben",
           "Unterstützen Sie uns", "LESEN SIE AUCH", "Der Stadtrat will mehr Bäume"),
    "el": ("ΤΑ ΠΙΟ ΔΙΑΒΑΣΜΕΝΑ", "Σχετικά άρθρα", "ΣΧΟΛΙΑ", "ΣΤΗΡΙΞΤΕ ΜΑΣ",
           "ΔΙΑΒΑΣΤΕ ΕΠΙΣΗΣ", "Ο δήμος θέλει περισσότερα δέντρα"),
    "en": ("Most read", "Related stories", "Leave a comment", "Support us", "MORE",
           "The council wants more trees"),
    "es": ("Lo más leído", "Noticias relacionadas", "Deja un comentario",
           "Apóyanos", "MÁS", "El pleno quiere más árboles"),
    "fr": ("Les plus lus", "Sur le même sujet", "Laisser un commentaire",
           "Soutenez-nous", "A LIRE EGALEMENT", "La mairie veut plus d’arbres"),
    "hu": ("Legolvasottabb", "Kapcsolódó cikkek", "Hozzászólások",
           "Támogass minket", "OLVASTA MÁR", "Több fát akar a város"),
    "it": ("I PIU LETTI", "Articoli correlati", "Lascia un commento", "Sostienici",
           "LEGGI ANCHE", "Il consiglio vuole più alberi"),
    "nl": ("Meest gelezen", "Gerelateerde artikelen", "Plaats een reactie",
           "Steun ons", "LEES OOK", "De raad wil meer bomen"),
    "no": ("Mest lest", "Relaterte saker", "Skriv en kommentar", "Støtt oss",
           "LES OGSÅ", "Kommunen vil plante flere trær"),
    "pl": ("Najczęściej czytane", "Podobne artykuły", "Dodaj komentarz",
           "Wesprzyj nas", "CZYTAJ TAKZE", "Rada chce więcej drzew"),
    "pt": ("Mais lidas", "Artigos relacionados", "Deixe um comentário", "Apoie-nos",
           "LEIA TAMBEM", "A câmara quer mais árvores"),
    "ro": ("CELE MAI CITITE", "Articole similare", "Lasă un comentariu",
           "Susține-ne", "CITESTE SI", "Primăria vrea mai mulți copaci"),
    "ru": ("Самое читаемое", "Похожие статьи", "Оставить комментарий",
           "Поддержите нас", "ЧИТАЙТЕ ТАКЖЕ", "Город хочет больше деревьев"),
    "sv": ("Mest läst", "Relaterade artiklar", "Lämna en kommentar", "Stöd oss",
           "LÄS OCKSÅ", "Kommunen vill ha fler träd"),
}  # fmt: skip


def gold(code):
    """The (tag, text) pairs of a demo article in a language."""
    return [tuple(block) for block in demo_site.papers()[code]["articles"][0]["blocks"]]


def article(code, blocks=None, after="", amid=""):
    """A page with an article, something amid its text, and something after it."""
    title = demo_site.papers()[code]["articles"][0]["title"]
    inner = [f"<{tag}>{text}</{tag}>" for tag, text in blocks or gold(code)]
    half = len(inner) // 2
    return (
        f"<!DOCTYPE html><html lang={code}><head><title>{title}</title></head><body>"
        f"<main><article><h1>{title}</h1>{''.join(inner[:half])}{amid}"
        f"{''.join(inner[half:])}{after}</article></main></body></html>"
    )


def pointer(code):
    *_, also, headline = WORDS[code]
    return article(code, amid=f"<p>{also}: <a href='/trees'>{headline}</a></p>")


def most_read(code):
    most, *_, headline = WORDS[code]
    teaser = f"<h3>{headline}</h3><p>{headline} – 2 km.</p>"
    return article(code, after=f"<section><h2>{most}</h2>{teaser}</section>")


def related(code):
    """Teasers straight behind the text, in no box of their own."""
    _, related, *_, headline = WORDS[code]
    teaser = f"<h3>{headline}</h3><p>{headline}, {headline}.</p>"
    return article(code, after=f"<h2>{related}</h2>{teaser}")


def comments(code):
    _, _, comment, *_ = WORDS[code]
    return article(code, after=f"<div><h3>{comment}</h3></div><form><input></form>")


def appeal(code):
    *_, support, _, headline = WORDS[code]
    link = "<p><a href='/donate'>OK</a></p>"
    return article(code, amid=f"<div><h4>{support}</h4><p>{headline}.</p>{link}</div>")


def overlay(code):
    most, *_, headline = WORDS[code]
    box = (
        f"<div class='x-overlay__box'><p>{headline}!</p><p>{most} {headline}.</p></div>"
    )
    return article(code, amid=box)


def dialog(code):
    *_, headline = WORDS[code]
    box = (
        f"<div role=dialog aria-modal=true><h2>{headline}?</h2><p>{headline}!</p></div>"
    )
    return article(code, after=box)


def cards(code):
    """Teasers alike, each of which leads elsewhere."""
    *_, headline = WORDS[code]
    card = f"<div><a href='/t'>{headline}</a><p>{headline}!</p></div>"
    return article(code, amid=f"<div>{card * 3}</div>")


FURNISHED = [pointer, most_read, related, comments, appeal, overlay, dialog, cards]


def loose(code):
    """No paragraphs at all: two line breaks after each."""
    inner = "".join(
        f"<{tag}>{text}</{tag}>" if tag[0] in "hl" else f"{text}<br><br>"
        for tag, text in gold(code)
    )
    title = demo_site.papers()[code]["articles"][0]["title"]
    return f"<html lang={code}><title>{title}</title><body><h1>{title}</h1>{inner}"


def in_divisions(code):
    inner = [("div" if tag == "p" else tag, text) for tag, text in gold(code)]
    return article(code, inner)


def named_overlay(code):
    """A whole text in a box that is named like furniture."""
    inner = article(code)
    return inner.replace("<article>", "<article class=content-overlay id=newsletter>")


def linked(code):
    """The second and third words of each paragraph are a link."""
    found = [(tag, linking(text) if tag == "p" else text) for tag, text in gold(code)]
    return article(code, found)


def linking(text):
    first, second, third, *rest = text.split(" ")
    return " ".join([first, f"<a href='/x'>{second} {third}</a>", *rest])


def interview(code):
    """The first sentence of each paragraph is a question in bold."""
    found = [
        (tag, f"<strong>{text[:30]}</strong>{text[30:]}" if tag == "p" else text)
        for tag, text in gold(code)
    ]
    return article(code, found)


PLAIN = [loose, in_divisions, named_overlay, linked, interview]
