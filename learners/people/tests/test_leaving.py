"""All that is a learner's: in the exported file, and gone when the account is."""

import json
from datetime import timedelta

import pytest
from django.contrib.auth.models import Group, Permission
from django.db import connection
from django.db.models import BinaryField
from django.utils import timezone

from articles.models import Article
from articles.tests.factories import make_article
from learners.models import Activity, Bookmark, Cohort, Membership, Text, User
from learners.people import deletion, export
from learners.people.deletion import finish
from learners.people.owned import own_tables, tables
from learners.tests.learning import client_of, knows, make_learner
from learners.tests.test_ownership import Somebody
from learners.tests.test_ownership import tables as direct_tables
from tokenization.lexemes import ids_of

pytestmark = pytest.mark.django_db

ACCOUNT, EXPORT = "/api/account/", "/api/account/export/"
PASSWORD = "correct-horse-7-staple"


@pytest.fixture
def somebody():
    found = Somebody(make_article(), "mit ord")
    user = found.user
    user.groups.add(Group.objects.create(name="testers"))
    user.user_permissions.add(Permission.objects.first())
    text = Text.objects.get(learner=user)
    text.shared_with.add(Cohort.objects.get(teacher=user))
    return found


def exported(user):
    answer = client_of(user).get(EXPORT)
    assert answer.status_code == 200
    return json.loads(b"".join(answer.streaming_content))


def in_the_file(field):
    """The name of a field in the file, or None for one that is left out."""
    label = f"{field.model._meta.label}.{field.name}"
    return None if label in export.LEFT_OUT else field.attname


def test_each_model_that_points_to_an_account_is_walked():
    direct = {*direct_tables().values()}
    assert direct <= {table.model for table in tables()}
    assert direct <= {*own_tables()} | {Cohort}
    # Those that hang on what is the learner's, too.
    assert Text.shared_with.through in own_tables()


def test_the_file_has_every_field_of_every_row(somebody):
    file = exported(somebody.user)
    for model, path in own_tables().items():
        if model._meta.label in export.LEFT_OUT:
            assert model._meta.model_name not in file
            continue
        rows = model._base_manager.filter(**{path: somebody.user.pk})
        told = file[model._meta.model_name]
        assert len(told) == rows.count() > 0, model
        for field in model._meta.concrete_fields:
            if name := in_the_file(field):
                assert name in told[0], field


def test_what_is_left_out_is_there_and_told_with_the_reason(somebody):
    models = {model._meta.label: model for model in [User, *own_tables()]}
    for label, why in export.LEFT_OUT.items():
        model, _, field = label.partition(".")[2].partition(".")
        assert why
        name = label if not field else label.rpartition(".")[0]
        assert name in models, model
        assert not field or models[name]._meta.get_field(field)
    assert exported(somebody.user)["left_out"] == export.LEFT_OUT


def test_the_file_has_words_and_articles_by_name(somebody):
    known = ids_of("da", ["hus", "kat"])
    knows(somebody.user, list(known.values()))
    file = exported(somebody.user)
    assert {"hus", "kat"} <= set(file["knowledge"][0]["known"])
    assert file["bookmark"][0]["article__title"] == Article.objects.get().title
    assert file["user"][0]["email"] == somebody.user.email


def test_the_file_has_nobody_else_s(somebody):
    other = Somebody(make_article(), "fremmed")
    Membership.objects.create(
        cohort=Cohort.objects.get(teacher=somebody.user), learner=other.user
    )
    assert "fremmed" not in json.dumps(exported(somebody.user))


def test_no_secret_is_in_the_file(somebody):
    somebody.user.set_password(PASSWORD)
    somebody.user.save()
    text = json.dumps(exported(somebody.user))
    assert somebody.user.password not in text


def test_many_rows_come_in_slices(somebody, monkeypatch, django_assert_max_num_queries):
    monkeypatch.setattr(export, "AT_ONCE", 2)
    Activity.objects.bulk_create(
        Activity(learner=somebody.user, event=f"e{n}") for n in range(5)
    )
    assert len(exported(somebody.user)["activity"]) == 6
    monkeypatch.undo()
    with django_assert_max_num_queries(70):
        exported(somebody.user)


def test_all_packed_sets_are_of_lexemes():
    packed = {
        field.name
        for model in own_tables()
        for field in model._meta.concrete_fields
        if isinstance(field, BinaryField) and in_the_file(field)
    }
    knowledge = {"met", "learning", "known", "ignored", "read_once", "read_often"}
    assert packed <= knowledge | {"placed"}


# --- deleting


def test_nothing_is_left_of_a_deleted_account(somebody):
    other = Somebody(make_article(), "fremmed")
    before = other.rows()
    numbers = {
        model._meta.model_name: model._base_manager.filter(
            **{path: somebody.user.pk}
        ).count()
        for model, path in own_tables().items()
        if model._meta.model_name != "logentry"
    }
    answer = client_of(somebody.user).delete(ACCOUNT)
    assert answer.status_code == 200
    assert all(numbers.values())
    assert answer.json()["deleted"] == numbers | {"user": 1}
    for table in tables():
        assert not table.rows(somebody.user.pk).exists(), table
    assert not User.objects.filter(pk=somebody.user.pk).exists()
    assert other.rows() == before
    assert Article.objects.count() == 2


def test_a_class_goes_with_its_teacher_and_its_members_stay(somebody):
    member = make_learner()
    cohort = Cohort.objects.get(teacher=somebody.user)
    Membership.objects.create(cohort=cohort, learner=member)
    text = Text.objects.create(learner=member, language_id="da", title="x")
    text.shared_with.add(cohort)
    deletion.delete(somebody.user)
    assert not Membership.objects.exists()
    assert Text.objects.get() == text


def test_an_account_with_a_password_is_deleted_by_it_alone():
    user = make_learner()
    user.set_password(PASSWORD)
    user.save()
    api = client_of(user)
    for facts in ({}, {"password": "wrong"}):
        answer = api.delete(ACCOUNT, facts, format="json")
        assert list(answer.json()["errors"]) == ["password"]
    assert api.delete(ACCOUNT, {"password": PASSWORD}, format="json").status_code == 200
    assert not User.objects.exists()


def test_who_tries_too_many_passwords_has_to_wait(settings):
    settings.SIGN_IN_RATE = (2, 60)
    user = make_learner()
    user.set_password(PASSWORD)
    user.save()
    api = client_of(user)
    facts = {"password": "wrong"}
    change = {"old_password": "wrong", "password": "whatever it may be"}
    assert api.post("/api/account/password/", change).status_code == 400
    # One budget for all that takes the password: each would give as many tries more.
    answers = [api.delete(ACCOUNT, facts, format="json").status_code for _ in range(2)]
    assert answers == [400, 429]


class Killed(BaseException):
    """As if the process were."""


def test_who_is_interrupted_leaves_a_closed_account_that_goes_later(
    somebody, monkeypatch
):
    def killed(pk):
        raise Killed

    user, email = somebody.user, somebody.user.email
    with monkeypatch.context() as patch:
        patch.setattr(deletion, "_delete_account", killed)
        with pytest.raises(Killed):
            deletion.delete(user)
    user.refresh_from_db()
    assert (user.is_active, user.email, user.name) == (False, None, "")
    assert not user.sessions.exists()
    assert User.objects.create_user(email)  # which is free again
    finish()
    assert User.objects.filter(pk=user.pk).exists()  # it may be under way
    User.objects.filter(pk=user.pk).update(
        leaving_at=timezone.now() - timedelta(hours=2)
    )
    finish()
    assert not User.objects.filter(pk=user.pk).exists()


def test_an_account_that_was_only_switched_off_stays():
    user = make_learner()
    user.is_active = False
    user.save()
    finish()
    assert User.objects.filter(pk=user.pk).exists()


def test_a_row_that_comes_meanwhile_goes_too(somebody, monkeypatch):
    rows = deletion.deletion.delete_rows
    late = []

    def delete_rows(found):
        number = rows(found)
        if found.model is Bookmark and not late:
            late.append(Activity.objects.create(learner=somebody.user, event="late"))
        return number

    monkeypatch.setattr(deletion.deletion, "delete_rows", delete_rows)
    deletion.delete(somebody.user)
    assert late
    assert not Activity.objects.filter(learner=somebody.user.pk).exists()


def test_many_rows_go_in_slices_of_short_transactions(somebody, monkeypatch):
    monkeypatch.setattr("articles.deletion.SMALL_BATCH", 2)
    Activity.objects.bulk_create(
        Activity(learner=somebody.user, event=f"e{n}") for n in range(5)
    )
    largest = []

    def watch(execute, sql, params, many, context):
        if sql.startswith("DELETE") and "activity" in sql:
            largest.append(len(params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(watch):
        deletion.delete(somebody.user)
    assert max(largest) == 2
