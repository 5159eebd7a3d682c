"""Swedish."""

from articles.languages.facts import (
    Abbreviations,
    LanguageFacts,
    LookUp,
    PageWords,
    Rules,
    WallWords,
)

LANGUAGE = LanguageFacts(
    code="sv",
    name="Swedish",
    native_name="svenska",
    group="Scandinavian",
    months="""
        januari februari mars april maj juni juli augusti september oktober november
        december
    """,
    encodings=(("cp1252", "åäöéü"),),
    one_letter_words="iåöo",
    typical=(0.22, 16),
    abbreviations=Abbreviations(
        goes_on="""
            adm. ang. avd. bl.a. ca. d.v.s. dir. dr. dvs. ekon. enl. ev. exkl. f.d.
            fr.o.m. förf. hr. inkl. jfr. kap. kl. kungl. m.a.o. nr. p.g.a. pga. prof.
            resp. s.k. sid. S:t. t.ex. t.o.m. tel. tfn. ung. vs.
        """,
        may_end="""
            etc. f.Kr. e.Kr. m.fl. m.m. m.v. mdr. mfl. milj. mkr. o.d. o.s.v. osv.
        """,
        before_number="jan. feb. febr. apr. aug. sep. sept. okt. nov. dec.",
    ),
    page=PageWords(
        read_also="läs (?:även|också|mer|vidare)|s[ea] även",
        last="senast",
        written="uppdaterad",
        at="den",
        changed="uppdater|ändrad",
        notices="annons|reklam",
        we=r"vi|vår\w*",
        labels="""
            mest läst[ae]?|mer (?:om|från) .{,40}|relaterade .{,20}
            fler (?:saker|nyheter|artiklar)|rekommendera(?:et|t|de).{,20}|kommentarer
            (?:skriv|lämna) en kommentar|stöd oss
        """,
    ),
    wall=WallWords(
        stems="""
            abonn|prenumer|logga in|läs vidare|läsa vidare|läs hela|läsa hela
            fortsätt läsa|fortsätta läsa|resten av artikel|skapa ett konto|lås upp
            köp tillgång
        """,
        percent="procent",
        reading="artik|läsa",
        letters="nyhetsbrev",
    ),
    look_up=LookUp(
        endings="""
            en/ en/e et/ et/e n/ t/ ar/ ar/e er/ or/a na/ arna/ erna/ orna/a s/ ens/
            ets/ arnas/ ernas/ ornas/a a/ a/e ade/a at/a ad/a ande/a het/ heten/ heter/
            ast/ aste/ te/a de/a r/ de/ skap/ skapet/ dom/ lig/ liga/ ligt/
        """,
        prefixes="""
            av an bort efter för från fram in med mot ned ner om upp över på till
            tillbaka ut under vid
        """,
        compounds=True,
        links="s e o u a",
        suffixes="""
            het lig skap dom ring ning öring ler riven ande som bar lös ling else are
        """,
        articles="""
            en ett min mitt mina din ditt dina hans hennes vår vårt våra deras sin sitt
            sina denna detta dessa ingen inget några
        """,
        prepositions="""
            i på av till med för från om vid under efter hos mot över utan mellan genom
        """,
        before_verbs="""
            att jag du han det hon vi har hade är var blev blir kan vill ska måste inte
            som
        """,
    ),
    rules=(
        Rules(
            "paywall",
            "text",
            """
                logga in för att läsa
                bli prenumerant för att läsa
                prenumerera för att läsa
                artikeln är bara för prenumeranter
                denna artikel är endast för prenumeranter
                redan prenumerant
                endast för prenumeranter
                bara för prenumeranter
                förbehållen prenumeranter
                förbehållet prenumeranter
                resten av artikeln är
                resten är för prenumeranter
                du har * % kvar av artikeln
                för att läsa hela artikeln
                logga in eller bli prenumerant
                läs hela artikeln med
            """,
        ),
        Rules(
            "live_blog",
            "title",
            """
                minut för minut
                följ direktrapporten
                direktrapport
            """,
        ),
        Rules("live_blog", "address", "/direktrapport/"),
        Rules(
            "advert",
            "category",
            """
                annons
                betalt innehåll
                sponsrat innehåll
                /reklam/
            """,
        ),
        Rules(
            "advert",
            "text",
            """
                hela den här sidan är en annons
                innehållet är sponsrat
                innehåller annonslänkar
                innehåller reklamlänkar
                innehåller affiliatelänkar
                innehåller affiliate länkar
                vi får provision
                vi kan få provision
                får vi en provision
                i betalt samarbete med
            """,
        ),
        Rules(
            "advert",
            "title",
            """
                sponsrat innehåll
                /annons/
                /reklam/
                /sponsrat/
                /betalt samarbete/
            """,
        ),
        Rules(
            "advert",
            "address",
            """
                /annons/
                /reklam/
                /sponsrat/
                /betalt-samarbete/
            """,
        ),
        Rules(
            "not_article",
            "address",
            """
                /horoskop/
                /bildspel/
                /tv-guide/
                /korsord/
            """,
        ),
        Rules(
            "not_article",
            "title",
            """
                dagens horoskop
                veckans horoskop
            """,
        ),
    ),
    feeds=(
        ("SVT Nyheter", "https://www.svt.se/nyheter/rss.xml"),
        ("Dagens Nyheter", "https://www.dn.se/rss/"),
        ("Svenska Dagbladet", "https://www.svd.se/feed/articles.rss"),
        ("Sydsvenskan", "https://www.sydsvenskan.se/feeds/feed.xml"),
        ("Sveriges Radio – Ekot", "https://api.sr.se/api/rss/program/83?format=145"),
    ),
)
