"""Italian."""

from articles.languages.facts import (
    Abbreviations,
    LanguageFacts,
    LookUp,
    PageWords,
    Rules,
    WallWords,
)

LANGUAGE = LanguageFacts(
    code="it",
    name="Italian",
    native_name="italiano",
    months="""
        gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre
        novembre dicembre
    """,
    encodings=(("cp1252", "àèéìòù"),),
    one_letter_words="aeèiouéo",
    typical=(0.19, 21),
    abbreviations=Abbreviations(
        goes_on="""
            arch. avv. ca. cap. cav. cfr. dott. dr. fig. geom. ing. mons. p.es. pag.
            pagg. prof. proff. rag. sig. sigg. spett. tel. vol. vs.
        """,
        may_end="ecc. etc. a.C. d.C. S.p.A. S.r.l.",
        before_number="genn. febbr. sett. ott. nov. dic.",
    ),
    page=PageWords(
        read_also="leggi (?:anche|tutto)|potrebbe interessarti(?: anche)?",
        last="ultimo",
        written="pubblicat[oa]|aggiornat[oa]|aggiornamento",
        at="il",
        changed="aggiornat|modifi",
        notices="pubblicità",
        earning_links="affiliazione",
        we=r"riceve\w*|noi",
        labels="""
            (?:i|le)? ?più lett[ie]|articoli (?:correlati|simili|consigliati)
            altr[ie] (?:articoli|notizie).{,40}|notizie correlate
            (?:ti )?potrebbe interessar.{,20}|commenti?|lascia un commento|condividi
            sostien(?:i|ici).{,40}
        """,
    ),
    wall=WallWords(
        stems="""
            abbona|accedi|registrati|continua a leggere|continuare a leggere
            l articolo completo|tutto l articolo|crea un account
        """,
        percent="per cento",
        reading="articol|leggere",
    ),
    look_up=LookUp(
        endings="""
            i/o i/e e/a he/a hi/o a/o i/a mente/e mente/o ato/are ata/are ati/are
            ate/are uto/ere uta/ere uti/ere ute/ere ito/ire ita/ire iti/ire ite/ire
            ando/are endo/ere endo/ire lo/e la/e li/e le/e si/e ci/e ne/e gli/e mi/e
            ti/e vi/e '/o '/a '/e issimo/o issima/o
        """,
        capitals="a/à e/è e/é i/ì o/ò u/ù",
        elides=True,
        articles="""
            il lo la i gli le l' un uno una un' del dello della dei degli delle dell' al
            allo alla ai agli alle all' dal dallo dalla dai dagli dalle dall' nel nello
            nella nei negli nelle nell' sul sullo sulla sui sugli sulle sull' questo
            questa questi queste quel quello quella quei
        """,
        prepositions="di d' a da in con su per tra fra senza",
        before_verbs="""
            io tu lui lei noi voi non si ho hai ha abbiamo hanno aveva avevano è sono
        """,
    ),
    rules=(
        Rules(
            "paywall",
            "text",
            """
                accedi per leggere
                abbonati per continuare a leggere
                contenuto riservato agli abbonati
                articolo riservato agli abbonati
                questo contenuto è riservato
                per continuare a leggere questo articolo
                riservato agli abbonati
                riservata agli abbonati
                solo per abbonati
                solo per gli abbonati
                il resto dell articolo è
                il resto di questo articolo è
                il seguito è riservato
                ti resta il * % dell articolo
                ti resta il * % di questo articolo
                hai ancora il * % da leggere
                abbonati per leggere
                accedi per continuare
            """,
        ),
        Rules(
            "live_blog",
            "title",
            """
                segui la diretta
                la diretta minuto
                minuto per minuto
            """,
        ),
        Rules("live_blog", "address", "/diretta/"),
        Rules(
            "advert",
            "category",
            """
                contenuto sponsorizzato
                informazione pubblicitaria
                /pubblicità/
                publiredazionale
            """,
        ),
        Rules(
            "advert",
            "title",
            """
                contenuto sponsorizzato
                publiredazionale
                /pubblicità/
                /sponsorizzato/
                /contenuto sponsorizzato/
                /messaggio promozionale/
            """,
        ),
        Rules(
            "advert",
            "text",
            """
                informazione pubblicitaria
                messaggio promozionale
                contiene link di affiliazione
                contiene link affiliati
                contenere link di affiliazione
                potremmo ricevere una commissione
                riceviamo una commissione
                potremmo guadagnare una commissione
                articolo sponsorizzato
            """,
        ),
        Rules(
            "advert",
            "address",
            """
                /sponsorizzato/
                /contenuto-sponsorizzato/
                /publiredazionale/
                /publiredazionali/
                /offerte/
            """,
        ),
        Rules(
            "not_article",
            "address",
            """
                /oroscopo/
                /fotogallery/
                /photogallery/
                /foto/
            """,
        ),
        Rules(
            "not_article",
            "title",
            """
                oroscopo di oggi
                oroscopo della settimana
            """,
        ),
    ),
    feeds=(
        ("ANSA", "https://www.ansa.it/sito/ansait_rss.xml"),
        ("la Repubblica", "https://www.repubblica.it/rss/homepage/rss2.0.xml"),
        ("Corriere della Sera", "https://www.corriere.it/rss/homepage.xml"),
        ("Il Post", "https://www.ilpost.it/feed/"),
        ("La Stampa", "https://www.lastampa.it/rss.xml"),
    ),
)
