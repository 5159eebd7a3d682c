"""German."""

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
    code="de",
    name="German",
    native_name="Deutsch",
    months="""
        januar/jänner februar/feber märz/mrz april mai juni juli august september
        oktober november dezember
    """,
    encodings=(("cp1252", "äöüß"),),
    one_letter_words="",
    typical=(0.25, 16),
    nouns_have_capitals=True,
    abbreviations=Abbreviations(
        goes_on="""
            a.d. abs. bes. bspw. bzgl. bzw. ca. d.h. dipl. dr. ebd. ehem. einschl. evtl.
            exkl. ggf. ggü. hl. hrsg. i.d.r. i.h.v. inkl. insb. insbes. jg. jh. lfd. lt.
            mind. mio. mrd. nr. o.g. prof. rd. s.o. s.u. sog. St. stellv. str. tel. tsd.
            urspr. v.a. vgl. vs. z.B. z.b. z.T. z.t. z.Zt. z.zt. zz. zzgl. zzt. i.d.R.
            i.H.v.
        """,
        may_end="""
            d.j. etc. ff. jun. Co. n.chr. n.Chr. sen. u.a. u.a.m. u.ä. u.s.w. u.v.m.
            usf. usw. uvm. v.chr. v.Chr.
        """,
        before_number="Jan. Jän. Feb. Febr. Apr. Aug. Sep. Sept. Okt. Nov. Dez.",
    ),
    page=PageWords(
        read_also="""
            lesen sie (?:auch|mehr|hierzu|dazu)|mehr (?:zum thema|dazu)|auch interessant
            passend zum thema|das könnte (?:sie|dich) auch interessieren
        """,
        last="zuletzt|letzte",
        written="stand|veröffentlicht|erstellt|aktualisiert|aktualisierung",
        at="am|um",
        changed="aktualis|geändert|stand:",
        notices=r"""
            anzeige|werbung|(?:foto|bild)\s*: .{,80}|extern(?:e|er) inhalte?(?: .{,40})?
            link zum [\w-]+[- ]inhalt
            (?:deine|ihre) cookie\W?einstellungen verhindern .*
            (?:deine|ihre) (?:privatsphäre|datenschutz)\W?einstellungen verhindern .*
            dies(?:er artikel)? ist eine (?:maschinelle|automatische) übersetzung\b.*
            .*\blinks?\b.*\b(?:erhalten wir|bekommen wir|erhält .{,40}) .*provision.*
            (?:lest|lesen sie) den ?(?:article )?origin.*
        """,
        we="wir|uns",
        labels="""
            meistgelesen.{,30}|am meisten gelesen|mehr (?:aus|von|zum) .{,50}
            (?:ähnliche|weitere|neueste|empfohlene) (?:artikel|beiträge|meldungen).{,40}
            (?:ähnliche|weitere|neueste|empfohlene) (?:themen|nachrichten).{,40}
            das könnte .{,40}|auch interessant|kommentare?
            kommentar (?:abgeben|schreiben|verfassen|hinterlassen)|diskutieren sie mit
            (?:artikel )?teilen|über (?:den autor|die autorin)|unterstützen sie .{,40}
        """,
    ),
    wall=WallWords(
        stems=r"""
            abonn|abos?\b|einloggen|loggen sie sich|melden sie sich an|melde dich an
            jetzt anmelden|anmelden und|weiterlesen|weiterzulesen|ganzen artikel
            vollständigen artikel|artikel freischalten|registrieren sie sich um
        """,
        percent="prozent",
        reading="artik|lesen",
    ),
    separable=Separable(
        particles="""
            ab an auf aus bei bereit bevor da dar davon durch ein entgegen fern fest
            fort frei her heran heraus herbei herein herum herunter herüber hervor hin
            hinaus hinein hinunter hinweg hinzu hoch kennen klar los mit nach nieder
            statt teil um unter voran voraus vorbei vor vorwärts weg weiter wider wieder
            zurecht zurück zusammen zu zuvor über überein
        """,
        ends="und oder aber sondern wie",
        no_verb_after="""
            der die das den dem des ein eine einen einem einer eines kein keine keinen
            keinem keiner keines mein meine meinen meiner seine seinen seinem seiner
            ihre ihren ihrem ihrer unser unsere unseren diese dieser diesen diesem
            dieses jede jeder jeden jedem jedes am im beim vom zum zur ins ans zu sehr
            so
        """,
        no_verbs="sein",
        other_halves=(("an aus ab auf her", "von vom"),),
        infinitive="n",
        participle="ge",
    ),
    look_up=LookUp(
        endings="""
            en/ en/e e/ n/ es/ s/ er/ er/e em/ ern/ ens/ innen/in in/ ste/ sten/ ster/
            stes/ t/en te/en ten/en et/en end/en ende/en enden/en ender/en endes/en
            eren/ erer/ eres/ st/en schaft/ schaften/ bar/ bare/ baren/ lich/ liche/
            lichen/ isch/ ische/ ischen/
        """,
        spellings="ß/ss ss/ß",
        prefixes="""
            ab an auf aus bei dar durch ein empor entgegen fern fest fort frei gegenüber
            her heran heraus herein herum herunter hervor hin hinaus hinein hinunter
            hinzu hoch klar los mit nach nieder statt teil um unter voran voraus vorbei
            vor weg weiter wieder zurecht zurück zusammen zu
        """,
        inner="zu ge",
        compounds=True,
        links="s es n en er e",
        suffixes="""
            lich bar haft heit keit schaft ung isch ling los endlich sein ende ender
        """,
        articles="""
            der die das den dem des ein eine einen einem einer eines kein keine keinen
            keinem keiner keines mein meine meinen seine seinen seinem seiner ihre ihren
            ihrem ihrer unser unsere diese dieser diesen diesem dieses jede jeder jeden
            jedem jedes am im beim vom zum zur ins ans
        """,
        prepositions="""
            in mit von aus bei nach auf für an über unter gegen ohne um durch seit
            zwischen vor
        """,
        before_verbs="zu ich du er wir man",
    ),
    rules=(
        Rules(
            "paywall",
            "text",
            """
                dieser artikel ist nur für abonnenten
                jetzt abonnieren und weiterlesen
                um weiterzulesen
                den vollständigen artikel lesen sie
                exklusiv für abonnenten
                bitte melden sie sich an um den artikel
                weiterlesen mit * plus
                nur für abonnenten
                abonnenten vorbehalten
                der rest des artikels
                der restliche artikel
                den ganzen artikel lesen sie
                noch * % des artikels
                noch * % dieses artikels
                nur mit abo
                weiterlesen mit plus
                * prozent des artikels zu lesen
                melden sie sich an um den
                jetzt weiterlesen mit
            """,
        ),
        Rules(
            "live_blog",
            "title",
            """
                liveticker
                live ticker
                newsticker
                newsblog
            """,
        ),
        Rules(
            "advert",
            "category",
            """
                anzeige
                /werbung/
                bezahlter inhalt
                /gesponsert/
            """,
        ),
        Rules(
            "advert",
            "address",
            """
                /anzeige/
                /anzeigen/
                /werbung/
                /bezahlter-inhalt/
                /gutscheine/
                /schnaeppchen/
                /angebote/
            """,
        ),
        Rules(
            "advert",
            "text",
            """
                dieser beitrag ist eine anzeige
                bezahlter inhalt
                enthält affiliate link*
                sogenannte affiliate link*
                um affiliate link*
                sind affiliate link*
                mit affiliate links
                erhalten wir eine provision
                erhalten wir eine kleine provision
                erhalten wir ggf eine provision
                erhalten wir gegebenenfalls eine provision
                bekommen wir eine provision
                bekommen wir eine kleine provision
                wir erhalten eine provision
                wir erhalten dafür eine provision
                erhält der verlag eine provision
                erhält die redaktion eine provision
                provision vom händler
                provision vom anbieter
            """,
        ),
        Rules(
            "advert",
            "title",
            """
                bezahlte partnerschaft
                /anzeige/
                /werbung/
                /gesponsert/
                /bezahlter inhalt/
                /verlagsangebot/
            """,
        ),
        Rules(
            "not_article",
            "address",
            """
                /bildergalerie/
                /bilderstrecke/
                /fotostrecke/
                /horoskop/
                /raetsel/
            """,
        ),
        Rules("not_article", "title", "tageshoroskop"),
    ),
    feeds=(
        ("tagesschau.de", "https://www.tagesschau.de/index~rss2.xml"),
        (
            "Deutschlandfunk – Nachrichten",
            "https://www.deutschlandfunk.de/nachrichten-100.rss",
        ),
        ("DER SPIEGEL – Schlagzeilen", "https://www.spiegel.de/schlagzeilen/index.rss"),
        ("ZEIT ONLINE", "https://newsfeed.zeit.de/index"),
        (
            "Süddeutsche Zeitung – Topthemen",
            "https://rss.sueddeutsche.de/rss/Topthemen",
        ),
        ("FAZ.NET – Aktuell", "https://www.faz.net/rss/aktuell/"),
    ),
)
