from datetime import UTC, datetime

import pytest
from babel.dates import format_date, format_datetime, format_time, get_timezone
from hypothesis import given
from hypothesis import strategies as st

from articles.crawler.feeds.dates import LONGEST, moment
from articles.languages import LANGUAGES


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
        "январь февраль март апрель май июнь июль август сентябрь октябрь ноябрь"
        " декабрь",
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
        "",
        "i går",
        "02/11/2026",
        "31 Jun 2026",
        "99 Nov 2026",
        "2 Foo 2026",
        "0000-00-00T00:00:00Z",
        "9999-12-31T23:59:59-14:00",
        "2026-11-02T99:00",
        "2026-11-02T10:00+99:00",
        "12345",
        "2026",
        "1.2.3",
        "x" * 5_000_000,
        f"{'x' * LONGEST} 2 Nov 2026",
    ],
)
def test_what_can_not_be_told_is_none(text):
    assert moment(text) is None


def test_a_zone_is_no_time():
    assert moment("2026-11-02+01:00") == datetime(2026, 11, 1, 23, tzinfo=UTC)


def test_two_digits_are_a_year_of_ours_or_of_the_last_century():
    assert [moment(f"2 Nov {year}").year for year in ("26", "99")] == [2026, 1999]


# --- as the locales of our languages write them

LOCALES = [language.html for language in LANGUAGES.values() if language.months]
TIMES = st.datetimes(
    datetime(1991, 1, 2),  # noqa: DTZ001
    datetime(2049, 12, 30),  # noqa: DTZ001
    timezones=st.just(UTC),
).map(lambda at: at.replace(microsecond=0))


@pytest.mark.parametrize("locale", LOCALES)
@given(TIMES, st.sampled_from(["medium", "long", "full"]))
def test_dates_of_all_locales_are_read(locale, at, form):
    day = at.replace(hour=0, minute=0, second=0)
    assert moment(format_date(at, form, locale=locale)) == day
    assert moment(format_datetime(at, form, locale=locale)) == at
    half = format_time(at, "h:mm:ss a", locale=locale)
    assert moment(f"{format_date(at, 'long', locale=locale)} {half}") == at


@pytest.mark.parametrize("locale", LOCALES)
@given(TIMES)
def test_zones_of_all_locales_are_read(locale, at):
    berlin = get_timezone("Europe/Berlin")
    assert moment(format_datetime(at, "long", berlin, locale)) == at


# --- parts of a date that look like others


@pytest.mark.parametrize(
    "text",
    [
        # Days of the week that begin like months.
        "2026. november 3., szerda 10:00",
        "2026. nov. 3. szerda, 10:00",
        "mar. 3 nov. 2026 10:00",
        "mardi 3 novembre 2026, 10 h 00",
        "maandag 3 november 2026 10:00",
        "marți, 3 noiembrie 2026, 10:00",
        "martedì 3 novembre 2026 10:00",
        "martes 3 nov 2026 10:00",
        # Ordinals, and words between.
        "3rd of November, 2026 10:00",
        "3º de noviembre del 2026 10:00",
        "3.º de novembro de 2026 10:00",
        "3ème nov. 2026 10:00",
        "3-го ноября 2026 10:00",
        "2026. november 3-án 10:00",
        "3η Νοεμβρίου 2026 10:00",
        "3:e november 2026 10:00",
        # Other spellings of months.
        "3 XI 2026 10:00",
        "3nov2026 10:00",
        "Nov 3 2026 10:00",
        # Times of day in front of the date, and inside it.
        "10:00 Uhr, 3. November 2026",
        "10:00 - 03.11.2026",
        "kl. 10.00 den 3. nov 2026",
        "Tue Nov  3 10:00:00 2026",
        "Tue Nov 03 2026 11:00:00 GMT+0100 (CET)",
        "Tue Nov  3 05:00:00 EST 2026",
        "3 nov 2026, 10 h 00 min 59 s",
        # Halves of the day.
        "3 Nov 2026 10 AM",
        "3 Nov 2026 10:00 a. m.",
        "3 Nov 2026 10:00 π.μ.",
        "2026. november 3. de. 10:00",
        "3 nov 2026 10:00 fm",
        "3 nov 2026 10:00 PM-5",
        # Numbers.
        "1793700000",
        "1793700000000",
        "1793700000.123",
        "20261103T100000Z",
        "20261103100000",
        "3.11.26 10:00",
    ],
)
def test_parts_of_a_date_are_told_apart(text):
    at = datetime(2026, 11, 3, 10, tzinfo=UTC)
    if text.endswith("PM-5"):  # ten at night, five zones further
        at = datetime(2026, 11, 4, 3, tzinfo=UTC)
    assert moment(text).replace(second=0) == at


@pytest.mark.parametrize(
    "text",
    [
        "3 Nov 2026 8:28 PM",
        "Nov 3, 2026 8:28pm",
        "3 de nov de 2026, 8:28 p. m.",
        "3 Νοε 2026 8:28 μ.μ.",
        "2026. nov. 3. du. 8:28",
        "3 nov 2026 8:28 em",
        "3 Nov 2026 20:28 PM",
        "3. nov 2026 8.28 e.m.",
    ],
)
def test_the_second_half_of_the_day_is_not_lost(text):
    assert moment(text) == datetime(2026, 11, 3, 20, 28, tzinfo=UTC)


@pytest.mark.parametrize(
    "text, hour",
    [
        ("3 Nov 2026 10:00 Europe/Berlin", 9),
        ("3 Jul 2026 10:00 Europe/Berlin", 8),
        ("3 Nov 2026 10:00 ET", 15),
        ("3 Jul 2026 10:00 ET", 14),
        ("3 Jul 2026 10:00 CT", 15),
        ("3 Jul 2026 10:00 (PT)", 17),
        ("3 Jul 2026 10:00 MT", 16),
        ("3 Jul 2026 10:00 AT", 13),
        ("3 Jul 2026 10:00 am Pacific Time", 17),
        ("3 Jul 2026 10:00 Etc/GMT+3", 13),
        ("2026-07-03T10:00:00+02:00[America/New_York]", 8),
        ("2026-07-03 10:00 America/Argentina/Buenos_Aires", 13),
        ("3 Jul 2026 10:00 \u221205:00", 15),
        ("3 Jul 2026 10:00 Uhr MESZ", 8),
        # Words, and places that are none.
        ("3 Jul 2026, at 10:00 by PT Jones", 10),
        ("3 Jul 2026 10:00 Europe/Atlantis", 10),
        ("3 Jul 2026 10:00 Europe", 10),
    ],
)
def test_zones_may_be_places(text, hour):
    assert moment(text).hour == hour


@pytest.mark.parametrize(
    "text, hour",
    [
        ("Nov. 3, 2026, 3:15 p.m. ET", 20),
        ("Nov. 3, 2026, 3:15 p.m. PT", 23),
        ("Nov. 3, 2026 at 3:15 p.m. CT", 21),
        ("Jul 3, 2026 3:15pm, ET", 19),
        ("Jul 3, 2026 3 p.m. (ET)", 19),
        ("Jul 3, 2026 3:15 PM E.T.", 19),
        ("Jul 3, 2026 3:15 P.M. Eastern Time", 19),
        ("Jul 3, 2026 3 PM E.D.T.", 19),
        ("3:15 p.m. ET, July 3, 2026", 19),
        ("3 p.m. PT on July 3, 2026", 22),
        ("July 3, 2026 3:15 p.m. U.S. Central Daylight Time", 20),
        ("3:15 p.m. Eastern, July 3, 2026", 19),
        ("Jul 3, 2026 3 p.m. PACIFIC", 22),
        # Words.
        ("Jul 3, 2026 3:15 p.m. Central Bank", 15),
        ("Teil 3 am 5.7.2026", 0),
        ("Edição 3 em 5 de julho de 2026", 0),
    ],
)
def test_zones_stand_behind_halves_of_the_day(text, hour):
    assert moment(text).hour == hour


@pytest.mark.parametrize(
    "text",
    [
        "31 June 2026",
        "30.02.2026",
        "2026-13-05",
        "13/13/2026",
        "2026-02-30",
        "3 Nov 2026 25:00",
        "3 Nov 2026 10:75",
        "2026-11-03T24:30",
        "3 Nov 10:00",
        "© 2026",
        "3 szerda 2026",
        "3 mardi 2026",
        "Tuesday",
        "May 5",
        "2026-11",
        "99999999999",
        "0000000000",
        "123456789",
        "9999999999999999",
    ],
)
def test_what_is_no_date_is_none(text):
    assert moment(text) is None


def test_the_end_of_a_day_is_the_next_one():
    assert moment("2026-11-03T24:00Z") == datetime(2026, 11, 4, tzinfo=UTC)


def test_both_orders_of_slashes_are_read_where_they_say_the_same():
    assert moment("11/11/26 10:00") == datetime(2026, 11, 11, 10, tzinfo=UTC)
