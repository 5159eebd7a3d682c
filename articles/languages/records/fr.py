"""French."""

from articles.languages.facts import (
    Abbreviations,
    LanguageFacts,
    LookUp,
    PageWords,
    Rules,
    WallWords,
)

LANGUAGE = LanguageFacts(
    code="fr",
    name="French",
    native_name="français",
    months="""
        janvier février mars avril mai juin juillet août septembre octobre novembre
        décembre
    """,
    encodings=(("cp1252", "éèêëàâçîïôûùœ"),),
    one_letter_words="aàyô",
    fixed_words=r"""
        quelqu['’]une?|c['’]est-à-dire|aujourd['’]hui|prud['’]hom\w+|presqu['’]îles?
    """,
    typical=(0.15, 21),
    abbreviations=Abbreviations(
        goes_on="""
            apr. av. boul. chap. dr. env. fig. Mgr. Mlle. MM. Mme. Mr. p.ex. prof. tél.
            vs.
        """,
        may_end="al. etc. J.-C.",
        before_number="janv. févr. avr. juil. oct. nov. déc.",
    ),
    page=PageWords(
        read_also="""
            (?:à )?lire (?:aussi|également|plus|la suite)|voir aussi|sur le même sujet
        """,
        last="dernière",
        written="publiée?|mise? à jour|modifiée?",
        at="le",
        changed="mise? à jour|modifi|actualis",
        notices=r"""
            publicité|annonce|contenu externe?
            (?:ceci|cet article) est une traduction automatique\b.*
            .*\bpercevoir une commission\b.*|lire l['’] ?(?:article )?origin.*
        """,
        earning_links="liens? affiliés?",
        we="nous|notre|nos",
        labels="""
            (?:les )?(?:plus lus|articles les plus lus)|le plus lu
            articles? (?:liés|similaires|connexes|recommandés|associés)
            sur le même (?:sujet|thème)|vous aimerez aussi|dans la même rubrique
            à ne pas manquer|nos derniers articles|commentaires?|laisser un commentaire
            partager.{,20}|à propos de l'auteur|soutenez.{,40}
        """,
    ),
    wall=WallWords(
        stems="""
            abonn|connectez vous|lire la suite|poursuivre la lecture
            poursuivre votre lecture|continuer la lecture|continuer à lire
            créez un compte|créer un compte|la suite est
        """,
        percent="pour cent",
        reading="articl|lire",
        letters="infolettre",
    ),
    look_up=LookUp(
        endings="""
            s/ e/ es/ x/ aux/al ales/al ée/er és/er ées/er é/er ant/er ants/ant ante/ant
            antes/ant euse/eur euses/eur trice/teur trices/teur ive/if ives/if ement/
            ment/ nne/n nnes/n lle/l lles/l
        """,
        capitals="e/é e/è e/ê a/â a/à c/ç i/î o/ô u/û u/ù i/ï e/ë",
        spellings="œ/oe oe/œ",
        elides=True,
        clitics="""
            je tu il elle on nous vous ils elles ce ci là moi toi lui leur y en le la
            les t même mêmes pas
        """,
        articles="""
            le la les l' un une des du au aux mon ma mes ton ta tes son sa ses notre nos
            votre vos leur leurs ce cet cette ces
        """,
        prepositions="""
            de d' en à avec sans sur sous par pour dans contre entre vers chez
        """,
        before_verbs="""
            je tu il elle on ils elles j' n' ne s' se a ont ai avait avaient est sont
            était
        """,
    ),
    rules=(
        Rules(
            "paywall",
            "text",
            """
                cet article est réservé aux abonnés
                article réservé aux abonnés
                la suite est réservée aux abonnés
                abonnez vous pour lire
                connectez vous pour lire
                il vous reste * % de cet article à lire
                pour lire la suite de cet article
                déjà abonné
                il vous reste * % de cet article
                il vous reste * % de l article
                la suite est réservée
                la suite de cet article est réservée
                réservé aux abonnés
                réservée aux abonnés
                réservé à nos abonnés
                réservée à nos abonnés
                le reste de l article est
                le reste de cet article est
                abonnez vous pour continuer
                abonnez vous pour découvrir
                pour lire l intégralité de
                connectez vous pour continuer
            """,
        ),
        Rules(
            "live_blog",
            "title",
            """
                en direct suivez
                suivez en direct
                minute par minute
            """,
        ),
        Rules("live_blog", "address", "/en-direct/"),
        Rules(
            "advert",
            "category",
            """
                contenu sponsorisé
                publireportage
                publi rédactionnel
                /publicité/
                publi reportage
                /bons plans/
            """,
        ),
        Rules(
            "advert",
            "title",
            """
                publireportage
                /publicité/
                /sponsorisé/
                /contenu sponsorisé/
                /contenu partenaire/
                /publi reportage/
                /publirreportage/
                /publi rédactionnel/
                /bon plan/
                /bons plans/
            """,
        ),
        Rules(
            "advert",
            "text",
            """
                contenu sponsorisé par
                contenu proposé par notre partenaire
                contient des liens affiliés
                contient des liens d affiliation
                liens sont affiliés
                nous percevons une commission
                nous touchons une commission
                nous pouvons percevoir une commission
                nous pouvons toucher une commission
                pouvons recevoir une commission
                ceci est un publireportage
                ceci est un publi reportage
                article sponsorisé
            """,
        ),
        Rules(
            "advert",
            "address",
            """
                /publireportage/
                /publi-reportage/
                /publi-redactionnel/
                /contenu-sponsorise/
                /sponsorise/
                /bons-plans/
                /bon-plan/
                /codes-promo/
            """,
        ),
        Rules(
            "not_article",
            "address",
            """
                /horoscope/
                /diaporama/
                /diaporamas/
                /mots-croises/
            """,
        ),
        Rules("not_article", "title", "horoscope du jour"),
    ),
    feeds=(
        ("Le Monde – À la une", "https://www.lemonde.fr/rss/une.xml"),
        ("franceinfo – Les titres", "https://www.francetvinfo.fr/titres.rss"),
        ("France 24", "https://www.france24.com/fr/rss"),
        ("RFI", "https://www.rfi.fr/fr/rss"),
        (
            "Libération – À la une",
            "https://www.liberation.fr/arc/outboundfeeds/rss-all/collection/accueil-une/?outputType=xml",
        ),
    ),
)
