"""Lexemes, a row a word of a language, and the sets of them that articles keep.

pyroaring, which packs the sets, is loaded by whoever has to do with one: most processes
that serve readers have not.
"""

import struct
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from django.db import IntegrityError, transaction
from django.db.models import Max

from tokenization.models import Lexeme, LexemeRange
from zeeguu.base.batches import in_slices
from zeeguu.base.connections import again_after_deadlock

if TYPE_CHECKING:
    from pyroaring import BitMap

# Lemmas of one statement.
AT_ONCE = 500
# What occurs more often in an article is counted so.
MOST_COUNTED = 255


class Word(NamedTuple):
    """What a lexeme stands for, and its rank; None for a rare one."""

    lemma: str
    rank: int | None


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
    found = stored(language, wanted)
    missing = [lemma for lemma in wanted if lemma not in found]
    for some in in_slices(missing, AT_ONCE):
        found |= _add(language, some)
    return {lemma: found[own] for lemma, own in without_blanks.items() if own in found}


def stored(language: str, lemmas: list[str]) -> dict[str, int]:
    """{lemma: id of its Lexeme} of those that there are."""
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
    found = stored(language, list(ranks))  # others may have made some
    missing = [lemma for lemma in ranks if lemma not in found]
    made = dict(zip(missing, ids.next_ids(len(missing)), strict=False))
    Lexeme.objects.bulk_create(
        Lexeme(pk=pk, language_id=language, lemma=lemma, rank=ranks[lemma])
        for lemma, pk in made.items()
    )
    ids.used += len(made)
    ids.save(update_fields=["used"])
    return found | made


def words_of(ids: Iterable[int]) -> dict[int, Word]:
    """{id: its Word} of those that exist; one query."""
    rows = Lexeme.objects.filter(pk__in=list(ids)).values_list("pk", "lemma", "rank")
    return {pk: Word(lemma, rank) for pk, lemma, rank in rows}


def packed(ids: Iterable[int]) -> bytes:
    """A set of ids of lexemes as a cache row keeps it."""
    from pyroaring import BitMap  # noqa: PLC0415 - see above

    packed: bytes = BitMap(ids).serialize()
    return packed


def unpacked(lexemes: bytes) -> "BitMap":
    """The set that a cache row keeps."""
    from pyroaring import BitMap  # noqa: PLC0415 - see above

    return BitMap.deserialize(lexemes)


def packed_counts(counts: Mapping[int, int]) -> bytes:
    """How often each lexeme occurs: a byte each, in the order of their ids."""
    return bytes(min(counts[lexeme], MOST_COUNTED) for lexeme in sorted(counts))


def packed_card(title: Sequence[int], summary: Sequence[int]) -> bytes:
    """The lexemes of a card's tokens, by id, 0 for a token that is none.

    Numbers of 32 bits, of which the first says how many tokens the title has.
    """
    numbers = (len(title), *title, *summary)
    return struct.pack(f"<{len(numbers)}I", *numbers)


def unpacked_card(card: bytes) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Of each token of the title, and of the summary, its lexeme's id, or 0."""
    in_title, *tokens = struct.unpack(f"<{len(card) // 4}I", card)
    return tuple(tokens[:in_title]), tuple(tokens[in_title:])
