from datetime import timedelta

import pytest
from django.utils import timezone

from learners.dictionaries import loading, store
from learners.dictionaries.models import Dictionary, Entry, Kind
from learners.dictionaries.rows import Row

pytestmark = pytest.mark.django_db
HOUSE = Row("hus", "n", "n", "house; home")
DOG = Row("hund", "n", "c", "dog")


def staged(digest="1", **facts):
    pair = {"from_language": "da", "to_language": "en"}
    facts = {"name": "da-en", "kind": Kind.CC_BY_SA, "digest": digest, **facts}
    return Dictionary(**pair, **facts)


def write(rows, *args, **facts):
    return sum(store.replace(staged(*args, **facts), rows))


def published():
    entries = Entry.objects.in_use("da", "en")
    return [(entry.headword, entry.translations) for entry in entries]


def edit(headword, translations):
    entry = Entry.objects.in_use("da", "en").get(headword=headword)
    entry.edited_from = f"{entry.pos}|{entry.gender}"
    entry.translations = translations
    entry.save()


def test_a_new_version_takes_the_place_of_the_old_one():
    write([HOUSE, DOG], "1")
    assert write([DOG], "2") == 1
    assert published() == [("hund", "dog")]
    assert Entry.objects.count() == Dictionary.objects.get().entry_count == 1


def test_rows_stay_in_the_order_of_the_file(monkeypatch):
    monkeypatch.setattr(store, "BATCH", 2)
    rows = [Row(word, "", "", "x") for word in ("c", "a", "b", "e", "d")]
    write(rows)
    assert [word for word, _ in published()] == ["c", "a", "b", "e", "d"]


def test_what_is_asked_first_is_told_by_its_kind():
    for kind in (Kind.GPL, Kind.CC_BY_SA, Kind.OWN, Kind.CORE):
        write([Row("hus", "", "", kind)], kind=kind, name=kind)
    told = [translations for _, translations in published()]
    assert told == [Kind.OWN, Kind.CORE, Kind.CC_BY_SA, Kind.GPL]


def test_a_load_that_fails_in_the_middle_leaves_the_old_version(monkeypatch):
    monkeypatch.setattr(store, "BATCH", 1)
    write([HOUSE], "1")

    def broken():
        yield DOG
        raise OSError("the disk is gone")

    with pytest.raises(OSError, match="gone"):
        write(broken(), "2")
    assert published() == [("hus", "house; home")]
    assert Entry.objects.count() == Dictionary.objects.count() == 1


def test_a_load_that_is_left_in_the_middle_leaves_nothing(monkeypatch):
    monkeypatch.setattr(store, "BATCH", 1)
    batches = store.replace(staged(), [HOUSE, DOG])
    next(batches)
    batches.close()
    assert not Dictionary.objects.exists() and not Entry.objects.exists()


def test_what_a_killed_load_has_left_is_removed_when_its_claim_is_over():
    killed = staged(name="killed", claimed_until=timezone.now() + timedelta(1))
    killed.save()
    write([HOUSE], "1")
    assert Dictionary.objects.filter(name="killed").exists()
    Dictionary.objects.filter(name="killed").update(claimed_until=timezone.now())
    write([HOUSE], "2")
    assert not Dictionary.objects.filter(name="killed").exists()


def test_whose_claim_was_lost_publishes_nothing(monkeypatch):
    monkeypatch.setattr(store, "BATCH", 1)
    batches = store.replace(staged(), [HOUSE, DOG])
    next(batches)
    Dictionary.objects.update(claimed_until=timezone.now())
    assert sum(store.remove_abandoned()) == 1
    with pytest.raises(store.ClaimLost, match="begin again"):
        list(batches)
    assert not Dictionary.objects.exists() and not Entry.objects.exists()


def test_of_two_who_write_the_same_file_the_second_leaves_it_at_that():
    first, second = (store.replace(staged("1"), [HOUSE]) for _ in range(2))
    next(first), next(second)
    assert [list(first), list(second)] == [[], []]
    assert published() == [("hus", "house; home")]
    assert Entry.objects.count() == Dictionary.objects.count() == 1


def test_what_an_admin_has_edited_stands_where_the_file_has_it():
    write([DOG, HOUSE], "1")
    edit("hund", "hound")
    write([Row("and", "n", "c", "duck"), DOG, HOUSE], "2")
    assert published() == [("and", "duck"), ("hund", "hound"), ("hus", "house; home")]


def test_an_edited_part_of_speech_stays_in_the_place_of_the_file_s():
    write([DOG], "1")
    Entry.objects.update(edited_from="n|c", pos="v", gender="")
    write([DOG], "2")
    assert list(Entry.objects.values_list("pos", "gender")) == [("v", "")]


def test_what_an_admin_has_edited_stays_when_the_file_has_it_no_more():
    write([DOG, HOUSE], "1")
    edit("hund", "hound")
    write([HOUSE], "2")
    assert ("hund", "hound") in published()


def test_one_that_is_left_out_is_gone_but_for_what_an_admin_has_edited():
    write([DOG, HOUSE], "1")
    edit("hund", "hound")
    store.leave_out(Dictionary.objects.get())
    assert published() == [] and Dictionary.objects.version("da", "en") == ""
    assert Entry.objects.count() == Dictionary.objects.get().entry_count == 1
    sum(store.remove_abandoned())
    write([DOG, HOUSE], "1")
    assert published() == [("hund", "hound"), ("hus", "house; home")]
    assert Dictionary.objects.count() == 1


def test_one_without_edits_is_wholly_gone_when_it_is_left_out():
    write([DOG], "1")
    store.leave_out(Dictionary.objects.get())
    assert not Dictionary.objects.exists() and not Entry.objects.exists()


def test_leaving_one_out_that_was_broken_off_is_begun_again(settings):
    write([DOG], "1")
    Dictionary.objects.update(is_published=False)
    (left,) = loading.plan([]).left_out
    store.leave_out(left)
    assert not Entry.objects.exists() and loading.plan([]).left_out == []


def test_a_pair_has_another_version_after_a_load_and_after_a_removal():
    versions = [Dictionary.objects.version("da", "en")]
    write([DOG], "1")
    versions.append(Dictionary.objects.version("da", "en"))
    write([DOG], "2")
    versions.append(Dictionary.objects.version("da", "en"))
    assert len(set(versions)) == 3
    store.remove(Dictionary.objects.get())
    assert Dictionary.objects.version("da", "en") == ""
