"""Who may read a text: its learner, and the classes that it is shared with.

A class has its members and its teacher. Whoever leaves it reads no longer what is
shared with it, and what they shared themselves is read there no longer.
"""

from collections.abc import Collection

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from learners.people.models import Cohort, Membership
from learners.texts.models import Text
from zeeguu.base.connections import again_after_deadlock

Share = Text.shared_with.through


class NotIn(Exception):
    """The learner is in no class with an id; the message names it."""


def cohorts_of(learner: int) -> set[int]:
    """The ids of the classes that somebody is in or teaches; one query."""
    taught = Cohort.objects.filter(teacher=learner).order_by().values_list("pk")
    joined = Membership.objects.filter(learner=learner).order_by()
    return {pk for (pk,) in taught.union(joined.values_list("cohort"))}


def readable(learner: int) -> QuerySet[Text]:
    """The texts that somebody may read; two queries before it is run itself."""
    cohorts = cohorts_of(learner)
    found = Q(learner=learner)
    if cohorts:
        is_in = Membership.objects.filter(
            cohort=OuterRef("cohort"), learner=OuterRef("text__learner")
        )
        shares = Share.objects.filter(
            Q(cohort__teacher=F("text__learner")) | Exists(is_in), cohort__in=cohorts
        )
        # By their ids: the database would look at every text there is.
        found |= Q(pk__in=list(shares.values_list("text", flat=True)))
    return Text.objects.filter(found)


@again_after_deadlock
@transaction.atomic
def change(
    learner: int,
    pk: int,
    title: str | None = None,
    cohorts: Collection[int] | None = None,
) -> None:
    """Give a learner's text another title, and share it with these classes alone.

    What is None stays. Raises Text.DoesNotExist, and NotIn for a class that the learner
    neither teaches nor is in.
    """
    mine = Text.objects.filter(learner=learner).order_by()
    text = mine.select_for_update().only("pk", "title").get(pk=pk)
    if cohorts is not None:
        if others := set(cohorts) - cohorts_of(learner):
            raise NotIn(f"there is no class {min(others)} that you are in")
        text.shared_with.set(cohorts)
    if title is not None and title != text.title:
        # What is left of its tokens is stale.
        mine.filter(pk=pk).update(title=title, title_tokens="", text_hash="")


def shared_with(texts: Collection[Text], learner: int) -> dict[int, list[int]]:
    """{id: the ids of the classes} of those of the texts that are the learner's own."""
    own = [text.pk for text in texts if text.learner_id == learner]
    found: dict[int, list[int]] = {pk: [] for pk in own}
    if own:
        shares = Share.objects.filter(text__in=own).order_by("cohort")
        for pk, cohort in shares.values_list("text", "cohort"):
            found[pk].append(cohort)
    return found


def delete(learner: int, pk: int) -> bool:
    """Delete a learner's text; words met in it stay. False where there is none."""
    with transaction.atomic():
        _, found = Text.objects.filter(learner=learner, pk=pk).delete()
    return bool(found)
