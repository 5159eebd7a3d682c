"""Short paragraphs in which a paywall speaks, in the languages that we read.

They prove nothing alone: only below a text whose page says that it is not free.
"""

import re

from articles.crawler.judge.rules import WORD
from articles.spelling import bare

# What words of subscribing and of signing in to read begin with. Words that mean
# signing a treaty as well (assinou, подписал) are no stems.
STEMS = """
abonn|abbona|abona|abone|subscri|suscri|prenumer|premium|paywall
log in|login|sign in to|continue reading|keep reading|the full article|the full story
the rest of this|to read more
einloggen|loggen sie sich|melden sie sich an|melde dich an|jetzt anmelden
anmelden und|weiterlesen|weiterzulesen|ganzen artikel|vollständigen artikel
log ind|læs videre|læse videre|læs hele|læse hele|køb adgang|resten af artikl
logg inn|logg deg inn|les videre|lese videre|les hele|lese hele|kjøp tilgang
resten av sak|resten av artikk|logga in|läs vidare|läsa vidare|läs hela|läsa hela
fortsätt läsa|fortsätta läsa|resten av artikel|inloggen|lees verder|verder lezen
verder te lezen|lees het hele|hele artikel|connectez vous|lire la suite
poursuivre la lecture|poursuivre votre lecture|continuer la lecture|continuer à lire
inicia sesión|inicie sesión|seguir leyendo|sigue leyendo|siga leyendo
continuar leyendo|artículo completo|regístrate|inicie sessão|faça login
assine|assinante|continuar a ler|continuar lendo|continue a ler|continue lendo
artigo completo|accedi|registrati|continua a leggere|continuare a leggere
l articolo completo|tutto l articolo|előfizet|fizessen elő|fizess elő|jelentkezzen be
jelentkezz be|bejelentkez|teljes cikk|folytatáshoz|tovább olvas|továbbolvas
zaloguj|czytaj dalej|czytać dalej|cały artykuł|całego artykułu|wykup dostęp
autentific|conectează te|citește mai departe|citi mai departe|continua lectura
citi tot articolul|articolul complet|articolul integral|restul articolului
συνδρομη|συνδεθείτε|εγγραφείτε|συνεχίστε την ανάγνωση|συνεχίσετε την ανάγνωση
ολόκληρο το άρθρο|подписк|подписч|подпишит|подпишис|войдите|авториз
create an account to|is for members|unlock this|unlock the full|artikel freischalten
registrieren sie sich um|opret en konto for|opprett en konto|skapa ett konto|lås upp
köp tillgång|lås op|créez un compte|créer un compte|la suite est|crea una cuenta
crie uma conta|crea un account|maak een account|regisztráljon|kup dostęp|subskryp
załóż konto|creează un cont|δημιουργήστε λογαριασμό|αποκτήστε πρόσβαση|зарегистрируй
читать дальше|читать далее|дочитать|полный текст|полную версию
"""
# As spelling.bare writes them, as are the words of READING and LETTERS.
SHARE = re.compile(
    r"\d ?(?:%|(?:percent|per cent|prozent|procent|prosent|por cento|por ciento|"
    r"per cento|pour cent|szazalek|τοισ εκατο|процент))"
)
# Of an article, or to read.
READING = (
    "artik|articl|articul|articol|artig|artyk|cikk|this piece|tekst|"
    "αρθρ|стат|reading|to read|lesen|lire|"
    "leer|ler|leggere|lezen|laese|lese|lasa|citi|czyt|olvas|διαβασ|чита"
)
# Letters and channels that one subscribes to below articles which are complete.
LETTERS = "newsletter|nyhedsbrev|nyhetsbrev|nieuwsbrief|hirlevel|podcast|whatsapp|"
LETTERS += "telegram|youtube|infolettre|boletin|рассыл|канал|ενημερωτικο δελτιο"


def _beginnings(stems: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{bare(stems)})")


STEM = _beginnings("|".join(STEMS.split("\n")[1:-1]))
ABO = re.compile(r"\babos?\b")
ABOUT_READING = _beginnings(READING)
ABOUT_LETTERS = re.compile(LETTERS)


def speaks_of_a_wall(paragraph: str) -> bool:
    """Whether it has words of subscribing or signing in, or tells the share left."""
    text = bare(paragraph)
    words = " ".join(WORD.findall(text))
    if ABOUT_LETTERS.search(words):
        return False
    left = SHARE.search(text) and ABOUT_READING.search(words)
    return bool(STEM.search(words) or ABO.search(words) or left)
