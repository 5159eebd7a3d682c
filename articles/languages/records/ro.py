"""Romanian."""

from articles.languages.facts import (
    Abbreviations,
    LanguageFacts,
    LookUp,
    PageWords,
    Rules,
    WallWords,
)

LANGUAGE = LanguageFacts(
    code="ro",
    name="Romanian",
    native_name="română",
    months="""
        ianuarie februarie martie aprilie mai iunie iulie august septembrie octombrie
        noiembrie decembrie
    """,
    encodings=(("cp1250", "ăâîşţ"),),
    stand_ins=("şţŞŢ", "șțȘȚ"),
    one_letter_words="aeoă",
    typical=(0.26, 20),
    abbreviations=Abbreviations(
        goes_on="""
            alin. aprox. art. bd. bul. cca. cf. d-l. d-na. dl. dna. dr. dvs. fig. ing.
            jud. lt. nr. pag. pct. prof. Sf. str. tel. univ. vs.
        """,
        may_end="etc. mil. mld. ș.a. ş.a. ș.a.m.d. ş.a.m.d.",
        before_number="ian. feb. febr. apr. aug. sept. oct. nov. dec.",
    ),
    page=PageWords(
        read_also="citește (?:și|mai mult)|vezi și",
        written="publicat|actualizat",
        changed="actualiz|modifi",
        notices="publicitate",
        we="noi",
        labels="""
            cele mai citite|articole (?:similare|recomandate|asemănătoare)
            mai multe (?:despre|din|știri).{,40}|recomandări|comentarii
            lasă un comentariu|susține.{,30}
        """,
    ),
    wall=WallWords(
        stems="""
            abona|abone|autentific|conectează te|citește mai departe|citi mai departe
            continua lectura|citi tot articolul|articolul complet|articolul integral
            restul articolului|creează un cont
        """,
        reading="articol|citi",
    ),
    look_up=LookUp(
        endings="""
            ul/ ului/ ii/ ii/ie ilor/ ilor/e lor/ a/ă a/e ei/ă ei/e e/ă e/ le/ uri/
            urile/ urilor/ i/ i/e i/ă elor/ă elor/e at/a ată/a ate/a ați/a ând/a ind/i
            it/i ită/i ite/i iți/i ut/ea ută/ea l/ u/ lui/ ile/e ile/ă ește/i ează/a
            esc/i
        """,
        capitals="a/ă a/â i/î s/ș t/ț",
        spellings="î/â â/î",
        articles="un o niște unui unei acest această acești aceste acel acea",
        prepositions="de la în cu din pe pentru prin fără între spre despre",
        before_verbs="să a am ai au nu se va vor s-",
    ),
    rules=(
        Rules(
            "paywall",
            "text",
            """
                autentifică te pentru a citi
                conectează te pentru a citi
                abonează te pentru a citi
                articol disponibil doar abonaților
                doar pentru abonați
                conținut exclusiv pentru abonați
                exclusiv pentru abonați
                numai pentru abonați
                rezervat abonaților
                rezervată abonaților
                restul articolului este
                continuarea este rezervată
                continuarea articolului este
                mai ai de citit * % din articol
                abonează te ca să citești
            """,
        ),
        Rules("live_blog", "title", "minut cu minut"),
        Rules(
            "live_blog",
            "address",
            """
                /live-text/
                /live-video/
            """,
        ),
        Rules(
            "advert",
            "category",
            """
                conținut sponsorizat
                articol sponsorizat
                /publicitate/
            """,
        ),
        Rules(
            "advert",
            "title",
            """
                articol sponsorizat
                /publicitate/
                /p/
                /reclamă/
                /conținut sponsorizat/
                /sponsorizat/
            """,
        ),
        Rules(
            "advert",
            "text",
            """
                articol susținut de
                acest articol este publicitar
                conține linkuri afiliate
                conține link uri afiliate
                conține linkuri de afiliere
                primim un comision
                putem primi un comision
                putem câștiga un comision
                articol sponsorizat
                /p/
            """,
        ),
        Rules(
            "advert",
            "address",
            """
                /publicitate/
                /advertoriale/
                /articol-sponsorizat/
                /sponsorizat/
            """,
        ),
        Rules(
            "not_article",
            "address",
            """
                /horoscop/
                /galerie-foto/
                /foto/
            """,
        ),
        Rules(
            "not_article",
            "title",
            """
                horoscop zilnic
                horoscopul zilei
            """,
        ),
    ),
    feeds=(
        ("Digi24", "https://www.digi24.ro/rss"),
        ("HotNews.ro", "https://hotnews.ro/feed"),
        ("Adevărul", "https://adevarul.ro/rss/"),
        ("G4Media", "https://www.g4media.ro/feed"),
        ("Știrile ProTV", "https://rss.stirileprotv.ro/"),
        ("Biziday", "https://www.biziday.ro/feed/"),
    ),
)
