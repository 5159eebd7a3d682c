"""Polish."""

from articles.languages.facts import (
    Abbreviations,
    LanguageFacts,
    LookUp,
    PageWords,
    Rules,
    WallWords,
)

LANGUAGE = LanguageFacts(
    code="pl",
    name="Polish",
    native_name="polski",
    months="""
        styczeń/stycznia luty/lutego marzec/marca kwiecień/kwietnia maj/maja
        czerwiec/czerwca lipiec/lipca sierpień/sierpnia wrzesień/września
        październik/października listopad/listopada grudzień/grudnia
    """,
    encodings=(
        ("cp1250", "ąćęłńóśźż"),
        ("iso8859-2", "ąćęłńóśźż"),
    ),
    one_letter_words="aiouwz",
    typical=(0.36, 14),
    abbreviations=Abbreviations(
        goes_on="""
            al. ang. arch. art. bp. br. doc. dyr. gen. inż. kard. kpt. ks. lek. lic.
            łac. m.in. mgr. mjr. np. nr. pl. płk. pow. prof. przew. red. rtm. rys. sp.
            św. tel. tj. tzn. tzw. ul. ur. woj. zob.
        """,
        may_end="etc. godz. i.in. itd. itp. n.e. p.n.e. tys.",
        stops_apart=True,
    ),
    page=PageWords(
        read_also="""
            (?:prze)?czytaj (?:więcej|także|również|też)|zobacz (?:także|też|również)
        """,
        written="opublikowan[oay]|aktualizacja",
        changed="aktualiz|zmienion",
        notices="reklama",
        earning_links="linki afiliacyjne",
        we=r"otrzym\w+",
        labels="""
            najczęściej czytane|najpopularniejsze|(?:powiązane|podobne) .{,20}
            polecane.{,20}|więcej (?:na temat|o|z) .{,40}|komentarze|dodaj komentarz
            wesprzyj.{,30}
        """,
    ),
    wall=WallWords(
        stems="""
            abona|prenumer|zaloguj|czytaj dalej|czytać dalej|cały artykuł
            całego artykułu|wykup dostęp|kup dostęp|subskryp|załóż konto
        """,
        percent="procent",
        reading="artyk|tekst|czyt",
    ),
    look_up=LookUp(
        endings="""
            ego/y emu/y ym/y ych/y ymi/y a/y e/y ą/y ej/y iego/i iemu/i im/i ich/i imi/i
            iej/i u/ a/ em/ owi/ ie/ ów/ om/ ami/ ach/ y/a ę/a ą/a o/a i/a y/ i/ ł/ć
            ła/ć ło/ć li/ć ły/ć ąc/ć ący/ć ąca/ć ące/ć any/ać ana/ać ane/ać ani/ać
            anych/ać anym/ać anego/ać anej/ać aną/ać ania/ać aniu/ać aniem/ać anie/ać
            eniu/enie enia/enie eniem/enie ość/y ości/ość
        """,
        prepositions="w we z ze na do od po o u za przed przez dla bez pod nad między",
        before_verbs="nie się",
    ),
    rules=(
        Rules(
            "paywall",
            "text",
            """
                zaloguj się aby przeczytać
                zaloguj się aby czytać dalej
                wykup dostęp
                artykuł dostępny tylko dla prenumeratorów
                tylko dla subskrybentów
                pozostało * % artykułu
                dalsza część artykułu jest dostępna
                tylko dla prenumeratorów
                tylko dla abonentów
                dalsza część artykułu tylko dla
                dalsza część tylko dla
                reszta artykułu jest
                pozostała część artykułu jest
                pozostało ci * % artykułu
                pozostało * % tekstu
                dostępne dla subskrybentów
                dostępny dla subskrybentów
                zaloguj się aby czytać
                kup dostęp i czytaj
                czytaj dalej z prenumeratą
            """,
        ),
        Rules(
            "live_blog",
            "title",
            """
                relacja na żywo
                minuta po minucie
            """,
        ),
        Rules(
            "live_blog",
            "address",
            """
                /relacja-na-zywo/
                /na-zywo/
            """,
        ),
        Rules(
            "advert",
            "category",
            """
                artykuł sponsorowany
                materiał sponsorowany
                materiał partnera
                /reklama/
                materiał promocyjny
            """,
        ),
        Rules(
            "advert",
            "title",
            """
                artykuł sponsorowany
                /reklama/
                /sponsorowane/
                /materiał sponsorowany/
                /materiał partnera/
                /materiał promocyjny/
            """,
        ),
        Rules(
            "advert",
            "text",
            """
                artykuł sponsorowany
                materiał sponsorowany
                zawiera linki afiliacyjne
                linki w artykule są afiliacyjne
                otrzymujemy prowizję
                możemy otrzymać prowizję
                materiał promocyjny
                materiał powstał we współpracy z
                tekst sponsorowany
            """,
        ),
        Rules(
            "advert",
            "address",
            """
                /artykul-sponsorowany/
                /material-sponsorowany/
                /materialy-sponsorowane/
                /material-partnera/
                /artykuly-sponsorowane/
                /promocje/
            """,
        ),
        Rules(
            "not_article",
            "address",
            """
                /horoskop/
                /galeria/
                /wideo/
                /krzyzowki/
            """,
        ),
        Rules(
            "not_article",
            "title",
            """
                horoskop dzienny
                horoskop na dziś
            """,
        ),
    ),
    feeds=(
        ("RMF24 – Fakty", "https://www.rmf24.pl/fakty/feed"),
        ("TVN24 – Najnowsze", "https://tvn24.pl/najnowsze.xml"),
        ("Polsat News", "https://www.polsatnews.pl/rss/wszystkie.xml"),
        ("Rzeczpospolita", "https://www.rp.pl/rss_main"),
        ("Forsal.pl", "https://forsal.pl/.feed"),
    ),
)
