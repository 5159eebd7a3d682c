"""What admins see and change of dictionaries."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from learners.dictionaries import editing, store
from learners.dictionaries.models import Dictionary, Entry, Kind, Report
from learners.dictionaries.rows import Row
from learners.dictionaries.tests.test_reports import make_report

pytestmark = pytest.mark.django_db

ENTRIES = "/admin/learners/entry/"
HOUSE = Row("hus", "n", "n", "house; home")
DOG = Row("hund", "n", "c", "dog")


def load(*rows, digest="1", **facts):
    facts = {"name": "da-en", "kind": Kind.CC_BY_SA, "digest": digest, **facts}
    facts = {"from_language": "da", "to_language": "en", **facts}
    sum(store.replace(Dictionary(**facts), rows))


def told(source="da", target="en"):
    rows = Entry.objects.in_use(source, target)
    return list(rows.values_list("headword", "pos", "gender", "translations"))


def edit(client, headword, **changes):
    entry = Entry.objects.get(headword=headword)
    form = {"pos": entry.pos, "gender": entry.gender}
    form |= {"translations": entry.translations, **changes}
    return client.post(f"{ENTRIES}{entry.pk}/change/", form)


def listed(client, **params):
    result = client.get(ENTRIES, params).context["cl"].result_list
    return [entry.headword for entry in result]


def test_an_edited_entry_outlives_the_next_version_of_its_file(admin_client):
    load(HOUSE, DOG)
    edit(admin_client, "hus", translations="building;  house", pos="v", gender="")
    assert told()[0] == ("hus", "v", "", "building; house")
    load(HOUSE, digest="2")
    edit(admin_client, "hus", gender="c")
    load(HOUSE, DOG, digest="3")
    assert told() == [("hus", "v", "c", "building; house"), tuple(DOG)]


def test_an_edit_gives_the_pair_another_version(admin_client):
    load(HOUSE)
    before = Dictionary.objects.version("da", "en")
    edit(admin_client, "hus", translations="building")
    assert Dictionary.objects.version("da", "en") != before


@pytest.mark.parametrize("translations", ["", " ; ", "<b></b>", "x" * 201])
def test_translations_that_are_none_are_refused(admin_client, translations):
    load(HOUSE)
    assert edit(admin_client, "hus", translations=translations).status_code == 200
    assert told() == [tuple(HOUSE)]


def test_a_new_entry_is_one_s_own_and_asked_first(admin_client):
    load(HOUSE)
    pair = {"from_language": "da", "to_language": "en"}
    new = {**pair, "headword": "hus ", "pos": "n", "translations": "palace"}
    for _ in range(2):
        admin_client.post(f"{ENTRIES}add/", new)
    palace = ("hus", "n", "", "palace")
    assert told() == [palace, palace, tuple(HOUSE)]
    own = Dictionary.objects.get(kind=Kind.OWN)
    assert (own.name, own.entry_count) == ("by hand", 2)


def test_an_entry_from_a_language_to_itself_is_refused(admin_client):
    new = {"from_language": "da", "to_language": "da", "headword": "a"}
    response = admin_client.post(f"{ENTRIES}add/", {**new, "translations": "b"})
    assert "The languages are the same." in response.content.decode()


def test_entries_are_hidden_and_shown_again(admin_client):
    load(HOUSE, DOG)
    chosen = [Entry.objects.get(headword="hus").pk]
    act = {"_selected_action": chosen}
    admin_client.post(ENTRIES, {**act, "action": "hide"})
    assert told() == [tuple(DOG)]
    load(HOUSE, DOG, digest="2")
    assert told() == [tuple(DOG)]
    act["_selected_action"] = [Entry.objects.get(headword="hus").pk]
    admin_client.post(ENTRIES, {**act, "action": "show"})
    assert told() == [tuple(HOUSE), tuple(DOG)]


def test_what_was_loaded_anew_meanwhile_is_not_saved(admin_client, monkeypatch):
    load(HOUSE)
    old = Dictionary.objects.get()
    Dictionary.objects.update(is_published=None)
    entry = Entry.objects.select_related("dictionary").get()
    entry.translations = "building"
    with pytest.raises(editing.Gone, match="look the entry up again"):
        editing.save(entry)
    Dictionary.objects.filter(pk=old.pk).update(is_published=True)
    monkeypatch.setattr(editing, "_lock", gone)
    response = edit(admin_client, "hus", translations="building")
    assert response.headers["Location"] == ENTRIES
    assert told() == [tuple(HOUSE)]


def gone(dictionaries):
    raise editing.Gone("it went")


def test_entries_are_found_by_the_beginning_of_a_headword(admin_client):
    load(HOUSE, DOG, Row("Hus", "pn", "", "Huss"))
    assert listed(admin_client, q="hu") == ["hus", "hund"]
    assert listed(admin_client, q="hus") == ["hus"]
    assert listed(admin_client, q="us") == listed(admin_client, q="x") == []


def test_entries_are_filtered_by_pair_kind_and_edits(admin_client):
    load(HOUSE, DOG)
    other = {"from_language": "de", "kind": Kind.GPL, "name": "de-en.gpl"}
    load(Row("Haus", "n", "n", "house"), **other)
    edit(admin_client, "hund", translations="hound")
    assert listed(admin_client, pair="de-en") == ["Haus"]
    assert listed(admin_client, dictionary__kind__exact="gpl") == ["Haus"]
    assert listed(admin_client, edited="yes") == ["hund"]
    assert listed(admin_client, edited="hidden") == []


def test_more_entries_cost_no_more_queries_and_are_not_all_counted(admin_client):
    def queries():
        with CaptureQueriesContext(connection) as found:
            admin_client.get(ENTRIES)
        return [query["sql"] for query in found]

    load(*(Row(f"ord{n}", "", "", "word") for n in range(250)))
    few = queries()
    load(*(Row(f"ord{n}", "", "", "word") for n in range(500)), digest="2")
    many = queries()
    assert len(few) == len(many) < 10
    counts = [sql for sql in many if "COUNT(" in sql and "learners_entry" in sql]
    assert counts and all("LIMIT 10001" in sql for sql in counts)


def test_dictionaries_are_shown_and_their_order_is_changed(admin_client):
    load(HOUSE), load(DOG, name="other", kind=Kind.GPL)
    page = admin_client.get("/admin/learners/dictionary/").content.decode()
    assert "da → en" in page
    other = Dictionary.objects.get(name="other")
    url = f"/admin/learners/dictionary/{other.pk}/change/"
    admin_client.post(url, {"priority": 1})
    assert [row[0] for row in told()] == ["hund", "hus"]
    load(DOG, name="other", kind=Kind.GPL, digest="2")
    assert [row[0] for row in told()] == ["hund", "hus"]


# --- what readers say is wrong

REPORTS = "/admin/learners/report/"


def test_reports_lead_to_their_entries_the_most_frequent_first(admin_client):
    load(HOUSE)
    make_report("hus", "home", count=2, word="huset"), make_report("hus", "house")
    make_report("hund", "dog", count=9, is_done=True)
    response = admin_client.get(REPORTS, follow=True)
    rows = response.context["cl"].result_list
    assert [row.translation for row in rows] == ["home", "house"]
    link = f"{ENTRIES}?pair=da-en&amp;headword__exact=hus"
    assert f'<a href="{link}">hus</a> (huset)' in response.content.decode()
    assert listed(admin_client, pair="da-en", headword__exact="hus") == ["hus"]


def test_reports_are_marked_as_done(admin_client):
    report = make_report("hus", "house")
    act = {"_selected_action": [report.pk]}
    admin_client.post(REPORTS, {**act, "action": "mark_done"})
    assert Report.objects.get().is_done
    admin_client.post(REPORTS, {**act, "action": "open_again"})
    assert not Report.objects.get().is_done


def test_what_was_tapped_is_escaped(admin_client):
    make_report("hus", "house", word="<script>alert(1)</script>")
    page = admin_client.get(REPORTS, follow=True).content.decode()
    assert "<script>alert(1)" not in page and "&lt;script&gt;alert" in page
