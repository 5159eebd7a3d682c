"""Short texts that speak about the page, in the languages that we read.

The patterns are for texts without accents (spelling.unaccented), in any case.
"""

import re

from articles.spelling import unaccented


def _pattern(source: str) -> re.Pattern[str]:
    return re.compile(unaccented(source), re.IGNORECASE)


# Words that only announce a link to another article, in the languages we read.
READ_ALSO = _pattern(
    r"(?:"
    r"read (?:more|also|next)|also read|see also|more on this(?: story)?|"
    r"recommended(?: for you| reading| stories)?|you may also like|don't miss|"
    r"related(?: (?:articles?|stor(?:y|ies)|content|topics?|posts?))?|"
    r"lesen sie (?:auch|mehr|hierzu|dazu)|mehr (?:zum thema|dazu)|auch interessant|"
    r"passend zum thema|das könnte (?:sie|dich) auch interessieren|"
    r"(?:à )?lire (?:aussi|également|plus|la suite)|voir aussi|sur le même sujet|"
    r"le[ea] también|leer más|ver también|(?:también )?te puede interesar|"
    r"noticias relacionadas|le(?:ia|r) (?:também|mais)|veja também|"
    r"leggi (?:anche|tutto)|potrebbe interessarti(?: anche)?|"
    r"lees (?:ook|meer|verder)|bekijk ook|læs (?:også|mere)|les (?:også|mer)|"
    r"läs (?:även|också|mer|vidare)|s[ea] (?:også|även)|"
    r"(?:prze)?czytaj (?:więcej|także|również|też)|zobacz (?:także|też|również)|"
    r"olvass(?:a|on)? (?:el )?(?:is|tovább)|kapcsolódó cikk(?:ek)?|"
    r"cite(?:ș|ş|s)te (?:și|şi|si|mai mult)|vezi (?:și|şi|si)|"
    r"διαβάστε (?:επίσης|ακόμη|περισσότερα)|δείτε (?:επίσης|ακόμη)|"
    r"читайте (?:также|ещё|еще)|смотрите также|по теме|читайте також"
    r")\s*(?:[–—-]?\s*$|[:»>→|])"
)
# What stands before the time at which the page itself was written or changed.
DATED = _pattern(
    r"(?:(?:last|zuletzt|letzte|dernière|última|ultimo|laatst|sist|senest|senast) )?"
    r"(?:published|posted|updated?|modified|stand|veröffentlicht|erstellt|"
    r"aktualisiert|aktualisierung|publiée?|mise? à jour|modifiée?|publicad[oa]|"
    r"actualizad[oa]|actualización|atualizad[oa]|atualização|pubblicat[oa]|"
    r"aggiornat[oa]|aggiornamento|gepubliceerd|geplaatst|bijgewerkt|publi[cs]ere?[td]|"
    r"offentliggjort|op?pdater[et]t|uppdaterad|opublikowan[oay]|aktualizacja|"
    r"megjelent|publikálva|frissítve|publicat|actualizat|δημοσι[εέ]υ(?:τηκε|ση)|"
    r"ενημ[εέ]ρωση|опубликовано|обновлено|дата публикации)"
    r"(?: (?:on|at|am|um|le|el|em|il|op|den|на))?\s*:?"
)
# Whole fragments that speak about the page, an advertisement or the reader's settings.
NOTICE = _pattern(
    r"advertisement|anzeige|werbung|publicité|publicidade?|pubblicità|advertentie|"
    r"annonce|annons|reklam[ae]?|реклама|hirdetés|διαφήμιση|publicitate|"
    r"(?:advertisement\W*)?(?:story|article) continues below.*|"
    r"(?:photo|image|foto|bild|фото)\s*: .{,80}|"
    r"(?:©|\(c\)|copyright (?:©|\(c\)|by\b|\d{4})).*|.*\ball rights reserved\.?|"
    r"(?:sign up|subscribe) (?:for|to) .*\b(?:newsletters?|news|e-?mails?|deals)\b.*|"
    r"join (?:our|the) (?:\w+ )?forum.*|"
    r"follow .* on (?:google news|facebook|twitter|x|instagram|whatsapp)\b.*|"
    r"click here to .*|please log ?(?:in|out) .*|(?:leave|post) a comment.*|"
    r"extern(?:e|er) inhalte?(?: .{,40})?|(?:contenu|contenido|conteúdo) externe?o?|"
    r"external content(?: (?:is )?(?:not available|unavailable|blocked).*)?|"
    r"link zum [\w-]+[- ]inhalt|"
    r"(?:your|deine|ihre) (?:privacy|cookie|privatsphäre|datenschutz)\W?"
    r"(?:settings|einstellungen) (?:prevent|verhindern) .*|"
    r"dies(?:er artikel)? ist eine (?:maschinelle|automatische) übersetzung\b.*|"
    r"this (?:article )?is an? (?:machine|automatic) translation\b.*|"
    r"(?:ceci|cet article) est une traduction automatique\b.*|"
    r".*\b(?:affiliate[- ]?links?|affiliazione|liens? affiliés?|enlaces? de afiliad\w+|"
    r"links? (?:de )?afiliad\w+|affiliatelinks?|linki afiliacyjne)\b.*"
    r"\b(?:we|us|our|wir|uns|nous|notre|nos|recib\w+|nuestr\w+|recebe\w*|riceve\w*|"
    r"wij?|ons|vi|os|vår\w*|otrzym\w+|mi|noi|мы|нам)\b.*|"
    r".*\blinks?\b.*\b(?:erhalten wir|bekommen wir|erhält .{,40}) .*provision.*|"
    r".*\bwe (?:may )?(?:earn|receive|get) (?:an? )?(?:\w+ )?commission.*|"
    r".*\bpercevoir une commission\b.*|.*\brecibir una comisión\b.*|"
    r"(?:read|lest|lesen sie|lire|lea) (?:the|den|l['’]|el) ?(?:article )?origin.*"
)
# Headings of boxes beside a text: most read, more from, comments, support us.
LABEL = _pattern(
    r"most (?:read|popular|viewed|shared)|trending(?: now)?|"
    r"more (?:from|on|in) .{,50}|more (?:stories|news|articles)|"
    r"latest (?:news|stories)|(?:read|up|what to read) next|recommended.{,40}|"
    r"related.{,30}|you (?:may|might) .{,40}|editors?'?s? picks?|"
    r"from our partners|sponsored.{,20}|around the web|popular now|top stories|"
    r"comments?|(?:leave|post) a comment|join the (?:conversation|discussion)|"
    r"share this.{,20}|about the authors?|support (?:us|our .{,40})|"
    r"meistgelesen.{,30}|am meisten gelesen|mehr (?:aus|von|zum) .{,50}|"
    r"(?:ähnliche|weitere|neueste|empfohlene) "
    r"(?:artikel|beiträge|meldungen|themen|nachrichten).{,40}|"
    r"das könnte .{,40}|auch interessant|kommentare?|"
    r"kommentar (?:abgeben|schreiben|verfassen|hinterlassen)|"
    r"diskutieren sie mit|(?:artikel )?teilen|über (?:den autor|die autorin)|"
    r"unterstützen sie .{,40}|(?:les )?(?:plus lus|articles les plus lus)|"
    r"le plus lu|articles? (?:liés|similaires|connexes|recommandés|associés)|"
    r"sur le même (?:sujet|thème)|vous aimerez aussi|dans la même rubrique|"
    r"à ne pas manquer|nos derniers articles|commentaires?|"
    r"laisser un commentaire|partager.{,20}|à propos de l'auteur|"
    r"soutenez.{,40}|(?:lo|las) más (?:leíd[oa]s?|vist[oa]s?)|"
    r"más (?:noticias|en|sobre|de) .{,40}|"
    r"(?:noticias|artículos|notícias|artigos) relacionad[oa]s|"
    r"(?:también )?te puede interesar|comentarios?|deja (?:un|tu) comentario|"
    r"apóya(?:nos|) ?.{,40}|(?:as )?mais (?:lid[ao]s|vist[ao]s)|"
    r"mais (?:notícias|em|sobre|de) .{,40}|comentários?|"
    r"deixe (?:um|o seu) comentário|apoie.{,40}|(?:i|le)? ?più lett[ie]|"
    r"articoli (?:correlati|simili|consigliati)|"
    r"altr[ie] (?:articoli|notizie).{,40}|notizie correlate|"
    r"(?:ti )?potrebbe interessar.{,20}|commenti?|lascia un commento|condividi|"
    r"sostien(?:i|ici).{,40}|meest gelezen|meer (?:over|van|uit|in) .{,40}|"
    r"gerelateerde .{,20}|aanbevolen.{,20}|ook interessant|reacties?|"
    r"plaats een reactie|deel dit artikel|steun (?:ons|onze).{,30}|"
    r"mest (?:læst|lest|läst)[ae]?|(?:mere|mer) (?:om|fra|från) .{,40}|"
    r"relat(?:erede|erte|erade) .{,20}|"
    r"(?:flere|fler) (?:saker|nyheter|artikler|artiklar)|"
    r"(?:anbefal|rekommendera)(?:et|t|de).{,20}|kommentarer|"
    r"(?:skriv|lämna) en kommentar|stø(?:t|tt) (?:os|oss)|stöd oss|"
    r"najczęściej czytane|najpopularniejsze|(?:powiązane|podobne) .{,20}|"
    r"polecane.{,20}|więcej (?:na temat|o|z) .{,40}|komentarze|dodaj komentarz|"
    r"wesprzyj.{,30}|legolvasottabb(?:ak)?|legnépszerűbb(?:ek)?|"
    r"kapcsolódó .{,20}|ajánlott.{,20}|ezt is ajánljuk.{,20}|hozzászólások|"
    r"szólj hozzá|további (?:cikkek|hírek)|támogass.{,30}|cele mai citite|"
    r"articole (?:similare|recomandate|asemănătoare)|"
    r"mai multe (?:despre|din|știri).{,40}|recomandări|comentarii|"
    r"lasă un comentariu|susține.{,30}|(?:τα )?(?:πιο διαβασμένα|δημοφιλή)|"
    r"περισσότερα (?:για|από) .{,40}|σχετικά άρθρα|προτεινόμενα|σχόλια|"
    r"αφήστε (?:ένα )?σχόλιο|στηρίξτε .{,30}|"
    r"(?:самое )?(?:читаемое|популярное)|похожие .{,20}|материалы по теме|"
    r"ещё по теме|рекомендуем.{,20}|комментарии|оставить комментарий|"
    r"поддержите .{,30}"
)
