"""Dictionaries, their entries, and what readers say is wrong in them."""

import hashlib
from collections.abc import Collection
from typing import Self

from django.db import models
from django.db.models import F

from articles.collation import EXACT
from zeeguu.base.leases import LeaseQuerySet

LONGEST_HEADWORD, LONGEST_TRANSLATIONS, LONGEST_TRANSLATION = 100, 1000, 200


class Kind(models.TextChoices):
    """Where a dictionary comes from, and so under which licence it is."""

    OWN = "own", "the operator's own"
    CORE = "core", "core, by hand"
    CC_BY_SA = "cc-by-sa", "CC BY-SA"
    GPL = "gpl", "GPL"


# Those with a lower number are asked first.
PRIORITIES = {Kind.OWN: 10, Kind.CORE: 20, Kind.CC_BY_SA: 30, Kind.GPL: 40}


class DictionaryQuerySet(LeaseQuerySet):
    def published(self) -> Self:
        """Those that words are looked up in."""
        return self.filter(is_published=True)

    def of_name(self, source: str, target: str, name: str) -> Self:
        """What is kept of one that was left out, and last the published one."""
        rows = self.of_pair(source, target).filter(name=name)
        return rows.exclude(is_published=None).order_by("is_published")

    def of_pair(self, source: str, target: str) -> Self:
        return self.filter(from_language=source, to_language=target)

    def touch(self) -> int:
        """Give the rows, and so their pairs, another version; return how many."""
        return self.update(revision=F("revision") + 1)

    def version(self, source: str, target: str) -> str:
        """What changes with any entry of the pair, in one query; "" without any."""
        rows = self.published().of_pair(source, target).order_by("pk")
        facts = list(rows.values_list("pk", "digest", "revision", "priority"))
        text = repr(facts).encode()
        return hashlib.blake2b(text, digest_size=8).hexdigest() if facts else ""


class Dictionary(models.Model):
    """One file's entries from one language to another, such as da-en.core.

    It is published when all its entries are there. Until then it is whose claim lasts,
    and it is nobody's, to be removed, when that is over.
    """

    from_language = models.CharField(max_length=5, db_collation=EXACT)
    to_language = models.CharField(max_length=5, db_collation=EXACT)
    name = models.CharField(max_length=100, db_collation=EXACT)
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.OWN)
    licence = models.CharField(max_length=200, blank=True)
    priority = models.PositiveSmallIntegerField(
        default=PRIORITIES[Kind.OWN], help_text="The lower, the earlier it is asked."
    )
    # SHA-256 of its file.
    digest = models.CharField(max_length=64, blank=True, editable=False)
    revision = models.PositiveIntegerField(default=0, editable=False)
    entry_count = models.PositiveIntegerField("entries", default=0, editable=False)
    # Null, not False, while it is written: as often as you like of the same name. False
    # is one that is left out, of which only what admins said is there, and not asked.
    is_published = models.BooleanField(null=True, default=None, editable=False)
    claimed_until = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = DictionaryQuerySet.as_manager()

    class Meta:
        ordering = ["from_language", "to_language", "priority", "name"]
        verbose_name_plural = "dictionaries"
        constraints = [
            models.UniqueConstraint(
                fields=["from_language", "to_language", "name", "is_published"],
                name="one_dictionary_of_a_name",
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.from_language}-{self.to_language})"


class EntryQuerySet(models.QuerySet):
    def in_use(self, source: str, target: str) -> Self:
        """What may be answered for a pair of languages, first what stands first."""
        rows = self.filter(
            from_language=source,
            to_language=target,
            is_hidden=False,
            dictionary__is_published=True,
        )
        return rows.order_by("dictionary__priority", "dictionary_id", "position")

    def with_headwords(self, headwords: Collection[str]) -> Self:
        return self.filter(headword__in=headwords)

    def delete_bare(self) -> None:
        """Delete entries without a look for what hangs on them: nothing does."""
        self._raw_delete(self.db)


class Entry(models.Model):
    """A headword as one part of speech; best translations first, joined by "; "."""

    dictionary = models.ForeignKey(
        Dictionary, models.CASCADE, related_name="entries", db_index=False
    )
    from_language = models.CharField(max_length=5, db_collation=EXACT)
    to_language = models.CharField(max_length=5, db_collation=EXACT)
    headword = models.CharField(max_length=LONGEST_HEADWORD, db_collation=EXACT)
    pos = models.CharField("part of speech", max_length=5, blank=True)
    gender = models.CharField(max_length=2, blank=True)
    translations = models.TextField(help_text='The best first, separated by "; ".')
    position = models.PositiveIntegerField(default=0, editable=False)
    is_hidden = models.BooleanField(
        "hidden", default=False, help_text="As if it were not there."
    )
    # Part of speech and gender that the file gives, "n|m", where an admin has edited
    # the entry: what the file's next version says there does not count.
    edited_from = models.CharField(
        max_length=8, blank=True, editable=False, db_collation=EXACT
    )

    objects = EntryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "entries"
        indexes = [
            # For the look-up, and for who searches in the admin.
            models.Index(
                fields=["from_language", "to_language", "headword"], name="entry_word"
            ),
            # For what belongs to a dictionary, the edited ones of it first of all.
            models.Index(fields=["dictionary", "edited_from"], name="entry_dictionary"),
        ]

    def __str__(self) -> str:
        return f"{self.headword}: {self.translations}"


class Report(models.Model):
    """A translation that readers say is wrong, and how many times they have."""

    from_language = models.CharField(max_length=5, db_collation=EXACT)
    to_language = models.CharField(max_length=5, db_collation=EXACT)
    headword = models.CharField(max_length=LONGEST_HEADWORD, db_collation=EXACT)
    translation = models.CharField(max_length=LONGEST_TRANSLATION, db_collation=EXACT)
    word = models.CharField(
        max_length=LONGEST_HEADWORD, blank=True, help_text="As it stood in the text."
    )
    count = models.PositiveIntegerField("reports", default=1)
    first_seen = models.DateTimeField()
    last_seen = models.DateTimeField()
    is_done = models.BooleanField("done", default=False)

    class Meta:
        verbose_name = "report of a wrong translation"
        verbose_name_plural = "reports of wrong translations"
        constraints = [
            models.UniqueConstraint(
                fields=["from_language", "to_language", "headword", "translation"],
                name="one_report_of_a_translation",
            )
        ]
        indexes = [
            # For the admin: what is open, and what was said most often first.
            models.Index(fields=["is_done", "-count"], name="report_open"),
        ]

    def __str__(self) -> str:
        return f"{self.headword}: {self.translation}"
