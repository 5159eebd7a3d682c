"""The names of months in our languages, as dates have them: whole or shortened."""

import unicodedata

# Without accents, in lower case: names and genitives in Danish, Dutch, English, French,
# German, Greek, Hungarian, Italian, Norwegian, Polish, Portuguese, Romanian, Russian,
# Spanish and Swedish; and abbreviations that are no beginnings of them.
NAMES = (
    "january januar januari janvier janner enero gennaio janeiro ianuarie styczen"
    " stycznia январь января ιανουαριος ιανουαριου γεναρης",
    "february februar februari fevrier feber febrero febbraio fevereiro februarie luty"
    " lutego февраль февраля φεβρουαριος φεβρουαριου",
    "march marts mars marz mrz maart mrt marzo marco marcius martie marzec marca март"
    " марта μαρτιος μαρτιου",
    "april avril abril aprile aprilis aprilie kwiecien kwietnia апрель апреля απριλιος"
    " απριλιου",
    "may maj mai mei mayo maggio maio majus maja май мая μαιος μαιου",
    "june juni juin junio giugno junho junius iunie czerwiec czerwca июнь июня ιουνιος"
    " ιουνιου",
    "july juli juillet julio luglio julho julius iulie lipiec lipca июль июля ιουλιος"
    " ιουλιου",
    "august augustus augusti aout agosto augusztus sierpien sierpnia август августа"
    " αυγουστος αυγουστου",
    "september septembre septiembre setiembre settembre setembro szeptember septembrie"
    " wrzesien wrzesnia сентябрь сентября σεπτεμβριος σεπτεμβριου",
    "october oktober octobre octubre ottobre outubro octombrie pazdziernik pazdziernika"
    " октябрь октября οκτωβριος οκτωβριου",
    "november novembre noviembre novembro noiembrie listopad listopada ноябрь ноября"
    " νοεμβριος νοεμβριου",
    "december dezember desember decembre diciembre dicembre dezembro decembrie grudzien"
    " grudnia декабрь декабря δεκεμβριος δεκεμβριου",
)
ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII")
SHORTEST = 3
# Of a name that may have an ending of its own: Hungarian's novemberben.
LONG = 5
NUMBERS = {name: month for month, row in enumerate(NAMES, 1) for name in row.split()}


def month_number(word: str) -> int | None:
    """1 to 12 for a month's name, or a beginning that only one has; None for others."""
    if word in ROMAN:
        return ROMAN.index(word) + 1
    name = plain_letters(word)
    if len(name) < SHORTEST:
        return None
    found = {number for known, number in NUMBERS.items() if known.startswith(name)}
    found |= {
        number
        for known, number in NUMBERS.items()
        if len(known) >= LONG and name.startswith(known)
    }
    return found.pop() if len(found) == 1 else None


def plain_letters(word: str) -> str:
    """A word in lower case, without accents; Polish ł, which has none, as l."""
    letters = unicodedata.normalize("NFD", word.lower())
    return "".join(c for c in letters if not unicodedata.combining(c))
