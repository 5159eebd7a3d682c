"""Spanish."""

from articles.languages.facts import (
    Abbreviations,
    LanguageFacts,
    LookUp,
    PageWords,
    Rules,
    WallWords,
)

LANGUAGE = LanguageFacts(
    code="es",
    name="Spanish",
    native_name="español",
    months="""
        enero febrero marzo abril mayo junio julio agosto septiembre/setiembre octubre
        noviembre diciembre
    """,
    encodings=(("cp1252", "áéíóúñü¿¡"),),
    one_letter_words="aeouy",
    typical=(0.18, 28),
    abbreviations=Abbreviations(
        goes_on="""
            aprox. art. arts. av. avda. cap. cfr. dña. dr. dra. dres. excmo. fig. gral.
            ing. lic. máx. mín. mons. núm. núms. p.ej. pág. págs. pdte. prof. profa.
            prov. pza. sr. sra. sres. srs. srta. sta. sto. tel. tfno. vol. vs.
        """,
        may_end="a.C. d.C. EE.UU. JJ.OO. etc. ud. uds. vd. vds.",
        before_number="ene. feb. febr. abr. ago. sept. oct. nov. dic.",
    ),
    page=PageWords(
        read_also="""
            le[ea] también|leer más|ver también|(?:también )?te puede interesar
            noticias relacionadas
        """,
        last="última",
        written="publicad[oa]|actualizad[oa]|actualización",
        at="el",
        changed="actualiz|modifi",
        notices=r"""
            publicidad|contenido externo|.*\brecibir una comisión\b.*
            lea el ?(?:article )?origin.*
        """,
        earning_links=r"enlaces? de afiliad\w+",
        we=r"recib\w+|nuestr\w+",
        labels="""
            (?:lo|las) más (?:leíd[oa]s?|vist[oa]s?)|más (?:noticias|en|sobre|de) .{,40}
            (?:noticias|artículos) relacionad[oa]s|(?:también )?te puede interesar
            comentarios?|deja (?:un|tu) comentario|apóya(?:nos|) ?.{,40}
        """,
    ),
    wall=WallWords(
        stems="""
            suscri|inicia sesión|inicie sesión|seguir leyendo|sigue leyendo|siga leyendo
            continuar leyendo|artículo completo|regístrate|crea una cuenta
        """,
        percent="por ciento",
        reading="artícul|leer",
        letters="boletín",
    ),
    look_up=LookUp(
        endings="""
            s/ es/ a/o as/o os/o mente/ amente/o ado/ar ada/ar ados/ar adas/ar ido/er
            ido/ir ida/er ida/ir idos/er idos/ir ando/ar iendo/er iendo/ir se/ lo/ la/
            los/ las/ le/ les/ me/ ces/z ces/z ísimo/o ísima/o
        """,
        capitals="a/á e/é i/í o/ó u/ú n/ñ u/ü",
        articles="""
            el la los las un una unos unas al del mi mis tu tus su sus este esta estos
            estas ese esa esos esas cada
        """,
        prepositions="de a en con sin por para sobre entre contra hasta desde según",
        before_verbs="yo él ella no se ha han he hemos había habían que",
    ),
    rules=(
        Rules(
            "paywall",
            "text",
            """
                inicia sesión para leer
                inicia sesión para seguir leyendo
                suscríbete para seguir leyendo
                contenido exclusivo para suscriptores
                artículo solo para suscriptores
                este contenido es solo para suscriptores
                solo para suscriptores
                exclusivo para suscriptores
                reservado a suscriptores
                reservado para suscriptores
                reservado a los suscriptores
                el resto del artículo es
                el resto de este artículo es
                te queda * % de este artículo
                te queda el * % de este artículo
                le queda * % por leer
                suscríbete para leer
                te queda por leer
                le queda por leer
                hazte suscriptor para
            """,
        ),
        Rules(
            "live_blog",
            "title",
            """
                minuto a minuto
                en directo última hora
                última hora en directo
            """,
        ),
        Rules(
            "live_blog",
            "address",
            """
                /directo/
                /en-directo/
                /minuto-a-minuto/
            """,
        ),
        Rules(
            "advert",
            "category",
            """
                contenido patrocinado
                publirreportaje
                /publicidad/
                /patrocinado/
            """,
        ),
        Rules(
            "advert",
            "title",
            """
                contenido patrocinado
                publirreportaje
                /publicidad/
                /patrocinado/
                /contenido patrocinado/
                /contenido promocionado/
            """,
        ),
        Rules(
            "advert",
            "text",
            """
                este es un contenido patrocinado
                contiene enlaces de afiliad*
                contiene enlaces afiliad*
                contiene enlaces de afiliación
                incluye enlaces de afiliad*
                podemos recibir una comisión
                podríamos recibir una comisión
                recibimos una comisión
                nos llevamos una comisión
            """,
        ),
        Rules(
            "advert",
            "address",
            """
                /branded-content/
                /publirreportaje/
                /publirreportajes/
                /contenido-patrocinado/
                /patrocinado/
                /ofertas/
                /chollos/
            """,
        ),
        Rules(
            "not_article",
            "address",
            """
                /horoscopo/
                /fotogaleria/
                /fotogalerias/
                /fotos/
                /pasatiempos/
            """,
        ),
        Rules("not_article", "title", "horóscopo de hoy"),
    ),
    feeds=(
        (
            "EL PAÍS – Portada",
            "https://feeds.elpais.com/mrss-s/pages/ep/site/elpais.com/portada",
        ),
        ("BBC News Mundo", "https://feeds.bbci.co.uk/mundo/rss.xml"),
        ("La Vanguardia – Portada", "https://www.lavanguardia.com/rss/home.xml"),
        ("elDiario.es", "https://www.eldiario.es/rss"),
        ("Europa Press", "https://www.europapress.es/rss/rss.aspx"),
        ("RTVE Noticias", "https://www.rtve.es/api/temas/ultimas-noticias.rss"),
    ),
)
