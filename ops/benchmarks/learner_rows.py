"""Learners with words and a memory, quickly made, on any database.

They learn LANGUAGE, whose articles ``lexeme_sets.store`` has made before.
"""

from collections.abc import Iterable
from datetime import timedelta

from django.contrib.auth.hashers import make_password
from django.db import connection, models
from django.utils import timezone

from articles.models import Article
from learners.models import (
    Bookmark,
    Knowledge,
    LearnedLanguage,
    PracticeCard,
    Profile,
    Reading,
    User,
)
from ops.benchmarks import lexeme_sets, server
from tokenization import lexemes
from tokenization.models import Lexeme, LexemeRange

LANGUAGE, NATIVE = "da", "en"
# What each learner has: lexemes known, words saved and practised, articles read.
KNOWN, WORDS, READ = server.sized((6000, 100, 100), (200, 5, 5))
PASSWORD = "of-the-bench"  # noqa: S105 - of accounts that live for a bench
# For servers that are to answer all that they can.
UNBOUNDED = {
    "SIGN_IN_RATE": "1000/min",
    "LEARNER_RATE": "100000/sec",
    "LEARNER_BURST": "100000",
    "LEARNER_HEAVY_RATE": "100000/sec",
    "LEARNER_HEAVY_BURST": "100000",
}
# Learners of one statement, which must end within the server's time limit.
AT_ONCE = 200
# What belongs to a learner, and the column that says whose it is.
OWN: dict[type[models.Model], str] = {
    Profile: "user",
    LearnedLanguage: "learner",
    Knowledge: "learner",
    Bookmark: "learner",
    PracticeCard: "learner",
    Reading: "learner",
}


def store(number: int) -> list[str]:
    """Store so many learners, all alike; return their e-mail addresses.

    The first is made by the models, and the others are copied in the database.
    """
    password = make_password(PASSWORD)
    emails = [f"learner{place}@bench.example.com" for place in range(number)]
    User.objects.bulk_create(
        (User(email=email, password=password) for email in emails), batch_size=1000
    )
    users = User.objects.filter(email__endswith="@bench.example.com")
    first, *others = users.order_by("pk").values_list("pk", flat=True)
    _make(first)
    for model, owner in OWN.items():
        for start in range(0, len(others), AT_ONCE):
            _copy(model, owner, first, others[start : start + AT_ONCE])
    return emails


def token_of(client: server.Client, email: str) -> str:
    """Sign a learner in; what the header Authorization says then."""
    facts = {"email": email, "password": PASSWORD}
    return f"Token {client.post('/api/token/', facts)['token']}"


def _make(learner: int) -> None:
    words = _make_lexemes()
    facts = {"learner_id": learner, "language_id": LANGUAGE}
    Profile.objects.create(user_id=learner, active_id=LANGUAGE, native_id=NATIVE)
    LearnedLanguage.objects.create(**facts)
    known = lexemes.packed(words[:KNOWN])
    Knowledge.objects.create(**facts, known=known, version=1)
    articles = Article.objects.filter(language=LANGUAGE).order_by("-pk")
    read = list(articles.values_list("pk", flat=True)[: 4 * READ : 4])
    now = timezone.now()
    Reading.objects.bulk_create(
        Reading(learner_id=learner, article_id=pk, opened_at=now, read_at=now)
        for pk in read
    )
    saved = words[KNOWN : KNOWN + WORDS]
    Bookmark.objects.bulk_create(
        _bookmark(facts, lexeme, read[place % len(read)])
        for place, lexeme in enumerate(saved)
    )
    PracticeCard.objects.bulk_create(
        PracticeCard(**facts, **_term(lexeme), due=now + timedelta(hours=place - 20))
        for place, lexeme in enumerate(saved)
    )


def _make_lexemes() -> list[int]:
    """The ids of the language's lexemes, those of the frequent words first."""
    _, words = lexeme_sets.make_sets(lexeme_sets.SETS)
    LexemeRange.objects.create(language_id=LANGUAGE, number=1, used=len(words))
    Lexeme.objects.bulk_create(
        (
            Lexeme(pk=pk, language_id=LANGUAGE, lemma=f"ord{pk}", rank=rank)
            for rank, pk in enumerate(words, 1)
        ),
        batch_size=5000,
    )
    return words


def _bookmark(facts: dict, lexeme: int, article: int) -> Bookmark:
    return Bookmark(
        **facts,
        **_term(lexeme),
        key=str(lexeme),
        to_id=NATIVE,
        translation="word",
        context=f"En sætning, i hvilken ord{lexeme} står mellem andre ord.",
        article_id=article,
        part=Bookmark.Part.SUMMARY,
        sentence=0,
        token=4,
    )


def _term(lexeme: int) -> dict[str, object]:
    return {"lexeme_id": lexeme, "term": str(lexeme), "word": f"ord{lexeme}"}


def _copy(
    model: type[models.Model], owner: str, first: int, others: Iterable[int]
) -> None:
    """Give others the rows that the first learner has of a model."""
    meta, quote = model._meta, connection.ops.quote_name
    mine = f"{owner}_id"
    columns = [
        f"{quote(field.column)}"
        for field in meta.local_concrete_fields
        if field.column != mine and not isinstance(field, models.AutoField)
    ]
    table, names = quote(meta.db_table), ", ".join(columns)
    users = quote(User._meta.db_table)
    read = ", ".join(f"one.{column}" for column in columns)
    statement = (
        f"INSERT INTO {table} ({mine}, {names}) SELECT other.id, {read}"  # noqa: S608
        f" FROM {table} one JOIN {users} other ON other.id BETWEEN %s AND %s"
        f" WHERE one.{mine} = %s"
    )
    ids = list(others)
    with connection.cursor() as cursor:
        cursor.execute(statement, [ids[0], ids[-1], first])
