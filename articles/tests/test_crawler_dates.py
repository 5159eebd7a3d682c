from datetime import UTC, datetime

import pytest

from articles.crawler.dates import LONGEST, moment


@pytest.mark.parametrize(
    "text, hour",
    [
        ("Mon, 02 Nov 2026 10:00:00 +0200", 8),
        ("Fri, 2 Nov 2026 10:00 GMT", 10),  # a Monday
        ("Mon, 02 Nov 26 10:00:00 GMT", 10),
        ("Mon, 02 Nov 2026 10:00:00", 10),
        ("Mon, 02 Nov 2026 10:00:00 CET", 9),
        ("Mon, 02 Nov 2026 10:00:00 EDT", 14),
        ("Mon, 02 Nov 2026 10:00:00 МСК", 7),
        ("Mon, 02 Nov 2026 10:00:00 GMT+0300", 7),
        ("Mon, 02 Nov 2026 10:00:60 UTC+1", 9),
        ("Mon, 02 Nov 2026 10:00:00 XYZ", 10),
        ("02-Nov-2026 10:00:00 -0330", 13),
        ("2026-11-02T10:00:00Z", 10),
        ("2026-11-02T10:00:00.123456789+01:00", 9),
        ("2026-11-02 10:00", 10),
        ("2026/11/02 10:00", 10),
        ("2026. 11. 02. 10:00", 10),
        ("2026-11-02", 0),
        ("02.11.2026 10:00", 10),
        ("2.11.2026 kl. 10.00", 10),
        ("November 2, 2026 3:05 PM", 15),
        ("Nov 2nd, 2026 12:05 a.m.", 0),
        ("mandag den 2. november 2026 kl. 10.00", 10),
        ("måndag 2 nov. 2026 10:00", 10),
        ("lundi 2 novembre 2026 à 10h00", 10),
        ("lun, 02 nov 2026 10:00:00 +0100", 9),
        ("2 de noviembre de 2026 10:00", 10),
        ("Montag, 2. November 2026, 10:00 Uhr MEZ", 9),
        ("2 noiembrie 2026 10:00", 10),
        ("2026. november 2. 10:00", 10),
        ("Пн, 2 ноября 2026 10:00", 10),
        ("2 Νοεμβρίου 2026 10:00", 10),
        ("poniedziałek, 2 listopada 2026 10:00", 10),
        ("  02\xa0Nov\n2026 10:00 ", 10),
    ],
)
def test_dates_are_read_as_they_come(text, hour):
    assert moment(text).replace(minute=0, second=0) == datetime(
        2026, 11, 2, hour, tzinfo=UTC
    )


@pytest.mark.parametrize(
    "names",
    [
        "januar februar marts april maj juni juli august september oktober november"
        " december",
        "Januar Februar März April Mai Juni Juli August September Oktober November"
        " Dezember",
        "Ιανουαρίου Φεβρουαρίου Μαρτίου Απριλίου Μαΐου Ιουνίου Ιουλίου Αυγούστου"
        " Σεπτεμβρίου Οκτωβρίου Νοεμβρίου Δεκεμβρίου",
        "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre"
        " diciembre",
        "janvier février mars avril mai juin juillet août septembre octobre novembre"
        " décembre",
        "január február március április május június július augusztus szeptember"
        " október november december",
        "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre"
        " novembre dicembre",
        "januari februari maart april mei juni juli augustus september oktober november"
        " december",
        "januar februar mars april mai juni juli august september oktober november"
        " desember",
        "stycznia lutego marca kwietnia maja czerwca lipca sierpnia września"
        " października listopada grudnia",
        "janeiro fevereiro março abril maio junho julho agosto setembro outubro"
        " novembro dezembro",
        "ianuarie februarie martie aprilie mai iunie iulie august septembrie octombrie"
        " noiembrie decembrie",
        "января февраля марта апреля мая июня июля августа сентября октября ноября"
        " декабря",
        "januari februari mars april maj juni juli augusti september oktober november"
        " december",
        "Jan Feb Mar Apr May Jun Jul Aug Sept Oct Nov Dec",
    ],
)
def test_months_are_known_in_our_languages(names):
    months = [moment(f"2 {name} 2026").month for name in names.split()]
    assert months == list(range(1, 13))


@pytest.mark.parametrize("text, day", [("25/11/2026", 25), ("11/25/2026", 25)])
def test_slashes_are_read_where_the_day_can_be_told(text, day):
    assert moment(text) == datetime(2026, 11, day, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        *("", "i går", "02/11/2026", "31 Jun 2026", "99 Nov 2026", "2 Foo 2026"),
        *("0000-00-00T00:00:00Z", "9999-12-31T23:59:59-14:00", "2026-11-02T99:00"),
        *("2026-11-02T10:00+99:00", "12345", "2026", "1.2.3", "x" * 5_000_000),
        f"{'x' * LONGEST} 2 Nov 2026",
    ],
)
def test_what_can_not_be_told_is_none(text):
    assert moment(text) is None


def test_a_zone_is_no_time():
    assert moment("2026-11-02+01:00") == datetime(2026, 11, 1, 23, tzinfo=UTC)


def test_two_digits_are_a_year_of_ours_or_of_the_last_century():
    assert [moment(f"2 Nov {year}").year for year in ("26", "99")] == [2026, 1999]
