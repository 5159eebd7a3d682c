"""Hungarian."""

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
    code="hu",
    name="Hungarian",
    native_name="magyar",
    months="""
        január február március április május június július augusztus szeptember október
        november december
    """,
    encodings=(("cp1250", "áéíóöőúüű"),),
    stand_ins=("õûÕÛ", "őűŐŰ"),
    one_letter_words="aőóés",
    typical=(0.36, 21),
    abbreviations=Abbreviations(
        goes_on="""
            ált. aug. bek. cca. dec. dr. febr. fszt. ifj. ill. isk. jan. júl. jún. kb.
            ker. ld. máj. márc. max. megj. nov. okl. okt. özv. pl. prof. rkp. szept.
            szerk. szt. tel. ún. vö.
        """,
        may_end="bt. kft. mrd. nyrt. rt. s.k. stb. zrt.",
    ),
    page=PageWords(
        read_also="olvass(?:a|on)? (?:el )?(?:is|tovább)|kapcsolódó cikk(?:ek)?",
        written="megjelent|publikálva|frissítve",
        changed="frissí|frissült|módosí",
        notices="hirdetés|reklám",
        we="mi",
        labels="""
            legolvasottabb(?:ak)?|legnépszerűbb(?:ek)?|kapcsolódó .{,20}|ajánlott.{,20}
            ezt is ajánljuk.{,20}|hozzászólások|szólj hozzá|további (?:cikkek|hírek)
            támogass.{,30}
        """,
    ),
    wall=WallWords(
        stems="""
            előfizet|fizessen elő|fizess elő|jelentkezzen be|jelentkezz be|bejelentkez
            teljes cikk|folytatáshoz|tovább olvas|továbbolvas|regisztráljon
        """,
        percent="százalék",
        reading="cikk|olvas",
        letters="hírlevél",
    ),
    separable=Separable(
        particles="""
            abba agyon alá be bele benn el elő előre fel fenn félre föl haza hátra hozzá
            ide ki körül közbe le meg mellé neki oda össze rá szét tovább tönkre túl
            újra utána végig vissza át
        """,
        between="""
            kell kellett kellene fog fogok fogja fogják fogunk fogjuk akar akarja
            akarják akarta akarták tud tudja tudják tudta tudták lehet lehetett lehetne
            szokta szokták szokott szoktak szabad szeretné szeretnék próbálja próbálták
            is
        """,
    ),
    look_up=LookUp(
        endings="""
            t/ ot/ et/ at/ öt/ k/ ok/ ek/ ak/ ök/ ban/ ben/ ba/ be/ ból/ ből/ ról/ ről/
            ra/ re/ tól/ től/ hoz/ hez/ höz/ nál/ nél/ val/ vel/ ért/ ig/ nak/ nek/ n/
            on/ en/ ön/ ja/ je/ a/ e/ i/ ként/ ává/a évé/e ában/a ében/e ához/a éhez/e
            án/a én/e át/a ét/e ára/a ére/e ával/a ével/e ának/a ének/e ából/a éből/e
            ák/a ék/e á/a é/e uk/ ük/ juk/ jük/ unk/ ünk/ ai/ ei/ jai/ jei/ aik/ eik/
            jaik/ jeik/ ott/ ett/ ött/ ó/ ő/ va/ ve/ ni/ ás/ és/ an/ ul/ ül/ tak/ tek/
            nak/ nek/ ják/ ik/ hat/ het/
        """,
        endings_pile_up=True,
        prefixes="""
            abba agyon alá be bele benn el elő előre fel fenn félre föl haza hátra hozzá
            ide ki körül közbe le meg mellé neki oda össze rá szét tovább tönkre túl
            újra utána végig vissza át
        """,
        compounds=True,
        articles="a az egy",
    ),
    rules=(
        Rules(
            "paywall",
            "text",
            """
                csak előfizetők számára
                csak előfizetőinknek
                fizessen elő a folytatáshoz
                jelentkezzen be a cikk elolvasásához
                a cikk folytatása előfizetőink
                a teljes cikk előfizetőknek
                csak előfizetőknek
                csak előfizetőink
                a cikk további része
                a folytatás előfizetőinknek
                a folytatást előfizetőink
                előfizetőink olvashatják
                a cikk * % a van hátra
                fizessen elő a teljes
                a folytatáshoz jelentkezzen be
                a folytatáshoz fizessen elő
            """,
        ),
        Rules("live_blog", "title", "percről percre"),
        Rules(
            "live_blog",
            "address",
            """
                /percrol-percre/
                /elo/
            """,
        ),
        Rules(
            "advert",
            "category",
            """
                támogatott tartalom
                szponzorált tartalom
                pr cikk
                /hirdetés/
                fizetett tartalom
            """,
        ),
        Rules(
            "advert",
            "text",
            """
                támogatott tartalom
                szponzorált tartalom
                /x/
                fizetett tartalom
                fizetett hirdetés
                a cikk megjelenését támogatta
                a cikk megjelenését a * támogatta
                affiliate linkeket tartalmaz
                jutalékot kapunk
            """,
        ),
        Rules(
            "advert",
            "title",
            """
                /hirdetés/
                /reklám/
                /szponzorált/
                /támogatott tartalom/
                /szponzorált tartalom/
                /pr cikk/
            """,
        ),
        Rules(
            "advert",
            "address",
            """
                /pr-cikk/
                /szponzoralt/
                /szponzoralt-tartalom/
                /tamogatott-tartalom/
                /hirdetes/
            """,
        ),
        Rules(
            "not_article",
            "address",
            """
                /horoszkop/
                /galeria/
                /kviz/
            """,
        ),
        Rules(
            "not_article",
            "title",
            """
                napi horoszkóp
                heti horoszkóp
            """,
        ),
    ),
    feeds=(
        ("Telex", "https://telex.hu/rss"),
        ("24.hu", "https://24.hu/feed/"),
        ("HVG", "https://hvg.hu/rss"),
        ("444", "https://444.hu/feed"),
        ("Index – 24 óra", "https://index.hu/24ora/rss/"),
    ),
)
