"""Dutch."""

from articles.languages.facts import (
    Abbreviations,
    LanguageFacts,
    LookUp,
    PageWords,
    Rules,
    Separable,
    WallWords,
)

LANGUAGE = LanguageFacts(
    code="nl",
    name="Dutch",
    native_name="Nederlands",
    months="""
        januari februari maart/mrt april mei juni juli augustus september oktober
        november december
    """,
    encodings=(("cp1252", "ëïéèöüóáê"),),
    one_letter_words="u",
    typical=(0.17, 18),
    abbreviations=Abbreviations(
        goes_on="""
            afd. alg. bijv. blz. ca. cfr. d.d. d.m.v. d.w.z. dhr. drs. dr. evt. excl.
            fam. i.p.v. i.v.m. incl. ing. ir. jhr. m.b.t. m.b.v. m.i.v. mej. mevr. mgr.
            mr. mw. n.a.v. nr. o.b.v. o.l.v. prof. resp. St. t.a.v. t.b.v. t.g.v. t.o.v.
            tel. vgl. vs. zgn.
        """,
        may_end="c.s. e.a. e.d. enz. etc. jl. m.m. mld. mln. n.Chr. o.a. v.Chr.",
        before_number="jan. feb. febr. mrt. apr. aug. sep. sept. okt. nov. dec.",
    ),
    page=PageWords(
        read_also="lees (?:ook|meer|verder)|bekijk ook",
        last="laatst",
        written="gepubliceerd|geplaatst|bijgewerkt",
        at="op",
        changed="bijgewerkt|gewijzigd",
        notices="advertentie",
        we="wij?|ons",
        labels="""
            meest gelezen|meer (?:over|van|uit|in) .{,40}|gerelateerde .{,20}
            aanbevolen.{,20}|ook interessant|reacties?|plaats een reactie
            deel dit artikel|steun (?:ons|onze).{,30}
        """,
    ),
    wall=WallWords(
        stems="""
            abonn|inloggen|lees verder|verder lezen|verder te lezen|lees het hele
            hele artikel|maak een account
        """,
        percent="procent",
        reading="artik|tekst|lezen",
        letters="nieuwsbrief",
    ),
    separable=Separable(
        particles="""
            aan achter af bij binnen bijeen deel door heen in langs mee mis na neer om
            onder op over plaats rond samen stand tegen tegemoet terecht terug thuis toe
            tussen uit vast voor voorbij voort vooruit vrij weg weer
        """,
        ends="en of maar als",
        no_verb_after="""
            de het een 't geen mijn zijn haar hun ons onze deze dit die elke elk ieder
            iedere te zeer zo
        """,
        no_verbs="zijn hebben kunnen zullen",
        other_halves=(
            (
                """
                aan achter af bij binnen door heen in langs mee na om onder op over
                rond tegen toe tussen uit voor
                """,
                "er daar waar hier",
            ),
            ("af uit aan op", "van vanaf"),
        ),
        infinitive="n",
        participle="ge",
    ),
    look_up=LookUp(
        endings="""
            en/ e/ s/ 's/ n/ t/en de/en te/en den/en ten/en d/en end/en ende/en er/ ere/
            ste/ st/ tje/ je/ jes/ tjes/ schap/ heid/ heden/ baar/ bare/ lijk/ lijke/
            elijk/ elijke/ loos/ loze/
        """,
        prefixes="""
            aan achter af bij binnen door heen in langs mee na neer om onder op over
            rond samen tegen terug toe tussen uit vast voor voort vrij weg weer
        """,
        inner="te ge",
        compounds=True,
        links="s en e n er",
        suffixes="""
            baar bare loos loze schap lijk lijke ring lering heid heden achtig enteren
            roken tje spot
        """,
        articles="""
            de het een 't geen mijn zijn haar hun ons onze deze dit die elke elk ieder
            iedere
        """,
        prepositions="""
            in met van uit bij naar op voor aan over onder tegen zonder om door sinds
            tussen
        """,
        before_verbs="te ik hij wij we heeft hebben had hadden is was werd wordt",
    ),
    rules=(
        Rules(
            "paywall",
            "text",
            """
                log in om verder te lezen
                log in om dit artikel te lezen
                word abonnee om verder te lezen
                dit artikel is alleen voor abonnees
                exclusief voor abonnees
                al abonnee
                alleen voor abonnees
                enkel voor abonnees
                voorbehouden aan abonnees
                de rest van dit artikel is
                de rest van het artikel is
                nog * % van dit artikel
                lees verder met een abonnement
                verder lezen word abonnee
                verder lezen log in
                word abonnee en lees
            """,
        ),
        Rules(
            "live_blog",
            "title",
            """
                volg hier live
                minuut tot minuut
            """,
        ),
        Rules("live_blog", "address", "/liveblogs/"),
        Rules(
            "advert",
            "category",
            """
                gesponsord
                gesponsorde inhoud
                /advertentie/
                partnerbijdrage
            """,
        ),
        Rules(
            "advert",
            "title",
            """
                gesponsord bericht
                /advertentie/
                /gesponsord/
                /partnerbijdrage/
                /betaalde samenwerking/
                /betaalde content/
            """,
        ),
        Rules(
            "advert",
            "text",
            """
                dit is een gesponsord
                dit is een advertorial
                bevat affiliate links
                bevat affiliatelinks
                bevat affiliate link
                ontvangen wij een commissie
                ontvangen we een commissie
                ontvangen wij een kleine commissie
                krijgen wij een commissie
                krijgen we een commissie
                krijgen we een kleine commissie
                betaalde partnerbijdrage
            """,
        ),
        Rules(
            "advert",
            "address",
            """
                /branded-content/
                /advertentie/
                /gesponsord/
                /partnerbijdrage/
                /partnercontent/
                /aanbiedingen/
            """,
        ),
        Rules(
            "not_article",
            "address",
            """
                /horoscoop/
                /fotos/
                /fotoserie/
                /puzzels/
            """,
        ),
        Rules(
            "not_article",
            "title",
            """
                je horoscoop
                dagelijkse horoscoop
            """,
        ),
    ),
    feeds=(
        ("NOS Nieuws – Algemeen", "https://feeds.nos.nl/nosnieuwsalgemeen"),
        ("NU.nl – Algemeen", "https://www.nu.nl/rss/Algemeen"),
        ("de Volkskrant – Voorpagina", "https://www.volkskrant.nl/voorpagina/rss.xml"),
        ("Trouw – Voorpagina", "https://www.trouw.nl/voorpagina/rss.xml"),
        ("NRC", "https://www.nrc.nl/rss/"),
        ("VRT NWS", "https://www.vrt.be/vrtnws/nl.rss.articles.xml"),
    ),
)
