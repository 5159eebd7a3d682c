"""Norwegian."""

from articles.languages.facts import (
    Abbreviations,
    LanguageFacts,
    LookUp,
    PageWords,
    Rules,
    WallWords,
)

LANGUAGE = LanguageFacts(
    code="no",
    name="Norwegian",
    native_name="norsk",
    # Our Norwegian is bokmål, by which others know it; nynorsk is the same to us.
    forms=("nb", "nn"),
    stanza="nb",
    html="nb",
    wordfreq="nb",
    simplemma="nb",
    langid=("no", "nn"),
    group="Scandinavian",
    months="""
        januar februar mars april mai juni juli august september oktober november
        desember
    """,
    encodings=(("cp1252", "æøåéó"),),
    one_letter_words="iåø",
    typical=(0.17, 15),
    abbreviations=Abbreviations(
        goes_on="""
            adm. alm. ang. avd. bl.a. ca. cand. dir. dr. ekskl. evt. f.eks. fhv. frk.
            hhv. hr. ifm. ift. iht. inkl. jf. kap. kgl. kl. m.t.p. mht. nr. p.g.a. pga.
            prof. St. tidl. tlf. vedr. vs.
        """,
        may_end="etc. m.fl. m.m. m.v. mfl. mill. mrd. mv. o.a. osv.",
        before_number="jan. feb. febr. mar. apr. aug. sep. sept. okt. nov. des.",
    ),
    page=PageWords(
        read_also="les (?:også|mer)|s[ea] også",
        last="sist",
        written="publisere?[td]|oppdatere?t",
        at="den",
        changed="oppdater|endret",
        notices="annonce|reklame",
        we=r"vi|os|vår\w*",
        labels="""
            mest lest[ae]?|mer (?:om|fra) .{,40}|relaterte .{,20}
            flere (?:saker|nyheter|artikler)|anbefal(?:et|t|de).{,20}|kommentarer
            skriv en kommentar|støtt? oss
        """,
    ),
    wall=WallWords(
        stems="""
            abonn|logg inn|logg deg inn|les videre|lese videre|les hele|lese hele
            kjøp tilgang|resten av sak|resten av artikk|opprett en konto
        """,
        percent="prosent",
        reading="artik|tekst|lese",
        letters="nyhetsbrev",
    ),
    look_up=LookUp(
        endings="""
            en/ en/e et/ et/e a/ a/e er/ er/e ene/ ene/e e/ s/ ens/ ets/ enes/ enes/e
            es/e r/ te/e t/ t/e dde/ dd/ de/ de/e ende/e het/ heten/ heter/ est/ este/
            ede/e et/e mene/m mer/m skap/ skapet/ dom/ lig/ lige/
        """,
        prefixes="""
            av an bort etter for fra fram frem inn med mot ned om opp over på til
            tilbake ut under ved
        """,
        compounds=True,
        links="s e er n",
        suffixes="""
            het lig skap dom ring ning ane flere ende som bar løs ler lede rende ling
            else
        """,
        articles="""
            en ei et min mitt mine din ditt dine hans hennes vår vårt våre deres sin
            sitt sine denne dette disse ingen noen
        """,
        prepositions="""
            i på av til med for fra om ved under etter hos mot over uten mellom gjennom
        """,
        before_verbs="""
            å jeg du han det hun vi har hadde er var ble blir kan vil skal må ikke som
        """,
    ),
    rules=(
        Rules(
            "paywall",
            "text",
            """
                logg inn for å lese
                bli abonnent for å lese
                kjøp tilgang for å lese
                denne saken er kun for abonnenter
                saken er forbeholdt abonnenter
                allerede abonnent
                kun for abonnenter
                bare for abonnenter
                forbeholdt abonnenter
                forbeholdt våre abonnenter
                resten av saken er
                resten av artikkelen er
                du har * % igjen av saken
                for å lese hele saken
                logg inn eller bli abonnent
                les hele saken med
            """,
        ),
        Rules(
            "live_blog",
            "title",
            """
                minutt for minutt
                følg direkte
            """,
        ),
        Rules(
            "live_blog",
            "address",
            """
                /direkte/
                /livestudio/
            """,
        ),
        Rules(
            "advert",
            "category",
            """
                annonse
                annonsørinnhold
                betalt innhold
                /reklame/
            """,
        ),
        Rules(
            "advert",
            "text",
            """
                annonsørinnhold
                inneholder annonselenker
                inneholder reklamelenker
                inneholder affiliate lenker
                inneholder affiliatelenker
                vi får provisjon
                vi mottar provisjon
                vi kan få provisjon
                vi kan motta provisjon
                betalt innhold fra
            """,
        ),
        Rules(
            "advert",
            "title",
            """
                annonsørinnhold
                /annonse/
                /reklame/
                /sponset/
                /betalt innhold/
            """,
        ),
        Rules(
            "advert",
            "address",
            """
                /annonsorinnhold/
                /annonse/
                /reklame/
                /sponset/
                /betalt-innhold/
            """,
        ),
        Rules(
            "not_article",
            "address",
            """
                /horoskop/
                /bildeserie/
                /tv-guide/
            """,
        ),
        Rules(
            "not_article",
            "title",
            """
                dagens horoskop
                ukens quiz
            """,
        ),
    ),
    feeds=(
        ("NRK – Toppsaker", "https://www.nrk.no/toppsaker.rss"),
        ("NRK – Siste nytt", "https://www.nrk.no/nyheter/siste.rss"),
        ("Aftenposten", "https://www.aftenposten.no/rss"),
        ("VG", "https://www.vg.no/rss/feed"),
        ("Bergens Tidende", "https://www.bt.no/rss"),
        ("Stavanger Aftenblad", "https://www.aftenbladet.no/rss"),
    ),
)
