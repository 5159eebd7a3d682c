"""Danish."""

from articles.languages.facts import (
    Abbreviations,
    LanguageFacts,
    LookUp,
    PageWords,
    Rules,
    WallWords,
)

LANGUAGE = LanguageFacts(
    code="da",
    name="Danish",
    native_name="dansk",
    group="Scandinavian",
    months="""
        januar februar marts april maj juni juli august september oktober november
        december
    """,
    encodings=(("cp1252", "æøåéó"),),
    one_letter_words="iå",
    typical=(0.19, 16),
    abbreviations=Abbreviations(
        goes_on="""
            adm. afd. alm. ang. bl.a. ca. cand. dir. dr. ekskl. evt. f.eks. fhv. forb.
            frk. gl. hhv. hr. ifm. ift. iht. inkl. jf. kgl. kl. mht. nr. p.g.a. pga.
            prof. s.å. sml. skt. str. tel. tidl. tlf. vedr. vha. vs.
        """,
        may_end="etc. kr. m.fl. m.m. m.v. mfl. mia. mio. mill. mv. o.a. osv.",
        before_number="jan. feb. febr. mar. apr. aug. sep. sept. okt. nov. dec.",
    ),
    page=PageWords(
        read_also="læs (?:også|mere)|se også",
        last="senest",
        written="publicere?[td]|offentliggjort|opdateret",
        at="den",
        changed="opdater|ændret",
        notices="annonce|reklame",
        we="vi|os",
        labels="""
            mest læst[ae]?|mere (?:om|fra) .{,40}|relaterede .{,20}|flere artikler
            anbefal(?:et|t|de).{,20}|kommentarer|skriv en kommentar|støtt? os
        """,
    ),
    wall=WallWords(
        stems="""
            abonn|log ind|læs videre|læse videre|læs hele|læse hele|køb adgang
            resten af artikl|opret en konto for|lås op
        """,
        percent="procent",
        reading="artik|tekst|læse",
        letters="nyhedsbrev",
    ),
    look_up=LookUp(
        endings="""
            en/ en/e et/ et/e er/ er/e ene/ ene/e erne/ erne/e ne/ ne/e e/ s/ ens/ ets/
            ers/ ernes/ ernes/e r/ ede/ ede/e te/ te/e t/ t/e de/ de/e ende/e hed/
            heden/ heder/ est/ este/ nes/ skab/ skabet/ skaber/ dom/ lig/ lige/ ligt/
        """,
        verbs="er/e es/e",
        prefixes="""
            af an bi bort efter for fra frem ind med mod ned om op over på til tilbage
            ud under ved
        """,
        compounds=True,
        links="s e er n",
        suffixes="""
            hed lig skab dom ring ning ende isk som bar løs ler lede rende slavisk ende
            ling else
        """,
        articles="""
            en et min mit mine din dit dine hans hendes vores deres sin sit sine denne
            dette disse ingen intet nogle
        """,
        prepositions="""
            i på af til med for fra om ved under efter hos mod over uden mellem gennem
        """,
        before_verbs="""
            at jeg du han det hun vi de har havde er var blev bliver kan vil skal må
            ikke
        """,
    ),
    rules=(
        Rules(
            "paywall",
            "text",
            """
                log ind for at læse
                køb abonnement for at læse
                bliv abonnent og læs
                denne artikel er kun for abonnenter
                artiklen er forbeholdt abonnenter
                læs videre med et abonnement
                kun for abonnenter
                forbeholdt abonnenter
                forbeholdt vores abonnenter
                resten af artiklen er
                resten er for abonnenter
                få adgang til hele artiklen
                du mangler * % af artiklen
                log ind eller bliv abonnent
                køb adgang og læs
                læs hele artiklen med
            """,
        ),
        Rules(
            "live_blog",
            "title",
            """
                følg med live
                minut for minut
            """,
        ),
        Rules(
            "advert",
            "category",
            """
                annonce
                betalt indhold
                annoncørbetalt indhold
                /reklame/
            """,
        ),
        Rules(
            "advert",
            "text",
            """
                annoncørbetalt indhold
                indeholder affiliate links
                indeholder affiliatelinks
                indeholder reklamelinks
                indeholder annoncelinks
                så får vi provision
                får vi en provision
                vi modtager provision
                vi får en kommission
            """,
        ),
        Rules(
            "advert",
            "title",
            """
                sponsoreret indhold
                /annonce/
                /reklame/
                /sponsoreret/
                /betalt indhold/
                /annoncørbetalt indhold/
            """,
        ),
        Rules(
            "advert",
            "address",
            """
                /annonce/
                /reklame/
                /sponsoreret/
                /annoncorbetalt/
            """,
        ),
        Rules(
            "not_article",
            "address",
            """
                /horoskop/
                /tv-guide/
                /billedserie/
            """,
        ),
        Rules("not_article", "title", "dagens horoskop"),
    ),
    feeds=(
        ("DR – Seneste nyt", "https://www.dr.dk/nyheder/service/feeds/senestenyt"),
        ("DR – Alle nyheder", "https://www.dr.dk/nyheder/service/feeds/allenyheder"),
        ("Politiken – Seneste nyt", "https://politiken.dk/rss/senestenyt.rss"),
        ("Information", "https://www.information.dk/feed"),
        ("Børsen", "https://borsen.dk/rss"),
    ),
)
