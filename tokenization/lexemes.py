"""Lexemes, a row a word of a language, and the sets of them that articles keep.

pyroaring, which packs the sets, is loaded by whoever has to do with one: most processes
that serve readers have not.
"""

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.db.models import Max

from tokenization.models import Lexeme, LexemeRange
from zeeguu.base.batches import in_slices
from zeeguu.base.connections import again_after_deadlock

if TYPE_CHECKING:
    from pyroaring import BitMap

# Lemmas of one statement.
AT_ONCE = 500


def ids_of(language: str, lemmas: Collection[str]) -> dict[str, int]:
    """{lemma: id of its Lexeme}; those that are missing are made.

    Lemmas are no longer than the column. None is left out, unless the language has more
    lexemes than its LexemeRange, or a lemma is blank. Blanks around one do not count:
    to MariaDB those behind it are nothing. Raises DatabaseFailed, as when the language
    is gone.

    To be called outside of transactions: in one, whoever else makes lexemes of the
    language would wait for its end.
    """
    without_blanks = {lemma: lemma.strip() for lemma in lemmas}
    wanted = sorted(set(without_blanks.values()) - {""})
    found = _stored(language, wanted)
    missing = [lemma for lemma in wanted if lemma not in found]
    for some in in_slices(missing, AT_ONCE):
        found |= _add(language, some)
    return {lemma: found[own] for lemma, own in without_blanks.items() if own in found}


def _stored(language: str, lemmas: list[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for some in in_slices(lemmas, AT_ONCE):
        rows = Lexeme.objects.filter(language=language, lemma__in=some)
        found.update(rows.values_list("lemma", "pk"))
    return found


def _add(language: str, lemmas: list[str]) -> dict[str, int]:
    """Make what is still missing of some lemmas; return the ids of all of them."""
    from articles.ranks import word_ranks  # noqa: PLC0415 - most readers' need none

    ranks = word_ranks(lemmas, language)
    _ensure_range(language)
    return _insert(language, ranks)


@again_after_deadlock
def _ensure_range(language: str, tries: int = 50) -> None:
    if LexemeRange.objects.filter(pk=language).exists():
        return
    last = LexemeRange.objects.aggregate(last=Max("number"))["last"] or 0
    try:
        with transaction.atomic():
            LexemeRange.objects.create(language_id=language, number=last + 1)
    except IntegrityError:  # somebody has made it, or one of that number
        if not tries:
            raise
        _ensure_range(language, tries - 1)


@again_after_deadlock
@transaction.atomic
def _insert(language: str, ranks: dict[str, int | None]) -> dict[str, int]:
    """Lock the language's range, and nothing else first: one after the other inserts.

    So no two can wait for each other. Readers wait for nobody.
    """
    ids = LexemeRange.objects.select_for_update().get(language=language)
    found = _stored(language, list(ranks))  # others may have made some
    missing = [lemma for lemma in ranks if lemma not in found]
    made = dict(zip(missing, ids.next_ids(len(missing)), strict=False))
    Lexeme.objects.bulk_create(
        Lexeme(pk=pk, language_id=language, lemma=lemma, rank=ranks[lemma])
        for lemma, pk in made.items()
    )
    ids.used += len(made)
    ids.save(update_fields=["used"])
    return found | made


def packed(ids: Iterable[int]) -> bytes:
    """A set of ids of lexemes as a cache row keeps it."""
    from pyroaring import BitMap  # noqa: PLC0415 - see above

    packed: bytes = BitMap(ids).serialize()
    return packed


def unpacked(lexemes: bytes) -> "BitMap":
    """The set that a cache row keeps."""
    from pyroaring import BitMap  # noqa: PLC0415 - see above

    return BitMap.deserialize(lexemes)


def coverage(articles: Iterable[bytes | None], known: bytes) -> list[float | None]:
    """What share of each article's lexemes is known, 0 to 1; all sets are packed.

    None of an article that has none. It asks no database: a list reads its articles'
    sets with what else it shows of them.
    """
    mine = unpacked(known)
    return [_share(lexemes, mine) for lexemes in articles]


def _share(lexemes: bytes | None, known: "BitMap") -> float | None:
    mine = unpacked(lexemes) if lexemes else None
    return known.intersection_cardinality(mine) / len(mine) if mine else None
