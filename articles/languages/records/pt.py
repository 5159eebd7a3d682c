"""Portuguese."""

from articles.languages.facts import (
    Abbreviations,
    LanguageFacts,
    LookUp,
    PageWords,
    Rules,
    WallWords,
)

LANGUAGE = LanguageFacts(
    code="pt",
    name="Portuguese",
    native_name="português",
    months="""
        janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro
        dezembro
    """,
    encodings=(("cp1252", "ãõáéíóúâêôçà"),),
    one_letter_words="aàeéoó",
    typical=(0.18, 22),
    abbreviations=Abbreviations(
        goes_on="""
            aprox. art. arts. av. cap. cel. dr. dra. drs. eng. exma. exmo. fig. gen.
            máx. mín. mons. núm. p.ex. pág. págs. pe. prof. profa. profs. sr. sra. sras.
            srs. srta. sta. sto. tel. ten. vol. vs.
        """,
        may_end="a.C. d.C. etc. ltda.",
        before_number="jan. fev. abr. ago. out. nov.",
    ),
    page=PageWords(
        read_also="le(?:ia|r) (?:também|mais)|veja também",
        last="última",
        written="publicad[oa]|atualizad[oa]|atualização",
        at="em",
        changed="atualiz|alterad|modifi",
        notices="publicidade|conteúdo externo",
        earning_links=r"links? (?:de )?afiliad\w+",
        we=r"recebe\w*",
        labels="""
            (?:notícias|artigos) relacionad[oa]s|(?:as )?mais (?:lid[ao]s|vist[ao]s)
            mais (?:notícias|em|sobre|de) .{,40}|comentários?
            deixe (?:um|o seu) comentário|apoie.{,40}
        """,
    ),
    wall=WallWords(
        stems="""
            subscri|inicie sessão|faça login|assine|assinante|continuar a ler
            continuar lendo|continue a ler|continue lendo|artigo completo|crie uma conta
        """,
        percent="por cento",
        reading="artig|ler",
    ),
    look_up=LookUp(
        endings="""
            s/ es/ a/o as/o os/o mente/ amente/o ado/ar ada/ar ados/ar adas/ar ido/er
            ido/ir ida/er ida/ir idos/er idos/ir ando/ar endo/er indo/ir ões/ão ães/ão
            ais/al eis/el óis/ol is/il ns/m res/r
        """,
        capitals="a/ã c/ç a/á e/é i/í o/ó u/ú e/ê o/õ a/â o/ô a/à",
        spellings="ct/t pt/t",
        clitics="""
            se me te nos vos lo la los las no na nos nas o a os as lhe lhes á ão ia
        """,
        articles="""
            o a os as um uma uns umas ao à aos às do da dos das no na nos nas pelo pela
            pelos pelas num numa meu minha seu sua seus suas este esta estes estas esse
            essa cada
        """,
        prepositions="de a em com sem por para sobre entre contra até desde",
        before_verbs="eu ele ela não se tem têm tinha tinham foi foram que",
    ),
    rules=(
        Rules(
            "paywall",
            "text",
            """
                faça login para ler
                inicie sessão para ler
                conteúdo exclusivo para assinantes
                artigo exclusivo para assinantes
                exclusivo para assinantes
                assine para continuar lendo
                para continuar a ler este artigo
                já é assinante
                só para assinantes
                apenas para assinantes
                somente para assinantes
                reservado a assinantes
                reservado aos assinantes
                exclusivo dos assinantes
                o resto deste artigo é
                o restante deste artigo é
                o resto do artigo é
                falta * % deste artigo
                faltam * % deste artigo
                assine para continuar
                exclusivo para subscritores
                subscreva para continuar
            """,
        ),
        Rules(
            "live_blog",
            "title",
            """
                acompanhe ao minuto
                minuto a minuto
                acompanhe ao vivo
            """,
        ),
        Rules(
            "live_blog",
            "address",
            """
                /ao-vivo/
                /ao-minuto/
            """,
        ),
        Rules(
            "advert",
            "category",
            """
                conteúdo patrocinado
                publieditorial
                /publicidade/
                publirreportagem
                /patrocinado/
            """,
        ),
        Rules(
            "advert",
            "title",
            """
                conteúdo patrocinado
                publieditorial
                /publicidade/
                /patrocinado/
                /publirreportagem/
                /conteúdo de marca/
                /publi/
            """,
        ),
        Rules(
            "advert",
            "text",
            """
                este é um conteúdo patrocinado
                contém links de afiliados
                contém links afiliados
                podemos receber uma comissão
                podemos ganhar uma comissão
                recebemos uma comissão
                este artigo é patrocinado
                artigo patrocinado por
            """,
        ),
        Rules(
            "advert",
            "address",
            """
                /conteudo-patrocinado/
                /publieditorial/
                /publirreportagem/
                /patrocinado/
                /conteudo-de-marca/
                /ofertas/
            """,
        ),
        Rules(
            "not_article",
            "address",
            """
                /horoscopo/
                /fotogaleria/
                /fotogalerias/
                /palavras-cruzadas/
            """,
        ),
        Rules(
            "not_article",
            "title",
            """
                horóscopo do dia
                horóscopo de hoje
            """,
        ),
    ),
    feeds=(
        ("Público", "https://feeds.feedburner.com/PublicoRSS"),
        ("RTP Notícias", "https://www.rtp.pt/noticias/rss"),
        ("Observador", "https://observador.pt/rss/"),
        ("BBC News Brasil", "https://feeds.bbci.co.uk/portuguese/rss.xml"),
        (
            "Folha de S.Paulo – Em cima da hora",
            "https://feeds.folha.uol.com.br/emcimadahora/rss091.xml",
        ),
        (
            "Agência Brasil",
            "https://agenciabrasil.ebc.com.br/rss/ultimasnoticias/feed.xml",
        ),
    ),
)
