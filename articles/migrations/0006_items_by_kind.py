"""Items of feeds are counted in kinds that add up; what was counted before is sorted."""

from collections import Counter

from django.db import migrations, models
from django.db.models import Count, Max, Q, Sum

KINDS = {
    "listed": "new, and readers see it",
    "hidden": "new and stored, but not for readers",
    "updated": "known, and its new version took the old one's place",
    "known": "here already",
    "skipped": "left out, and nothing of it stored",
    "failed": "tried in vain, and nothing of it stored",
    "left": "left for the next visit",
}
HIDDEN = {
    "no_text", "too_short", "too_long", "paywall", "live_blog", "advert",
    "not_article", "wrong_language", "broken_markup", "duplicate",
}
LEFT = {"over the limit", "out of time", "host busy"}
BATCH = 1000


def sort_visits(apps, schema_editor):
    """Say of which kinds the items of old visits were, as far as was told."""
    visits = apps.get_model("articles", "FeedVisit").objects.order_by("pk")
    names = [*KINDS, "found", "reasons"]
    last = 0
    while batch := list(visits.filter(pk__gt=last)[:BATCH]):
        for visit in batch:
            sort_visit(visit)
        visits.model.objects.bulk_update(batch, names, batch_size=50)
        last = batch[-1].pk


def sort_visit(visit):
    """What was stored was listed, or "skipped" for a reason; updates were known too."""
    reasons = {"hidden": Counter(), "left": Counter(), "skipped": Counter()}
    for reason, number in visit.skipped_items.items():
        # Of these the feed itself was not read, or nothing came of an update.
        if reason not in ("being visited", "update not fetched") and visit.found:
            kind = "hidden" if reason in HIDDEN else "skipped"
            reasons["left" if reason in LEFT else kind][reason] += number
    for kind, counts in reasons.items():
        setattr(visit, kind, sum(counts.values()))
    visit.hidden = min(visit.hidden, visit.stored)
    visit.listed = visit.stored - visit.hidden
    visit.known = max(visit.duplicates - visit.updated, 0)
    told = sum(getattr(visit, kind) for kind in KINDS if kind != "failed")
    visit.failed = max(visit.found - told, 0)
    visit.found = told + visit.failed
    visit.reasons = {kind: dict(counts) for kind, counts in reasons.items() if counts}


def sum_runs(apps, schema_editor):
    visits = apps.get_model("articles", "FeedVisit").objects.exclude(run=None)
    failed = Count("pk", filter=Q(status__in=("failed", "gone")))
    sums = {name: Sum(name) for name in ("found", *KINDS, "tokenized")}
    groups = visits.order_by().values("run")
    groups = groups.annotate(visited=Count("pk"), failed_visits=failed, **sums)
    runs = apps.get_model("articles", "CrawlRun").objects
    for group in list(groups):
        runs.filter(pk=group.pop("run")).update(**group)


def note_listed(apps, schema_editor):
    """A feed's last new article is one that readers see; a statement for each feed."""
    feeds = apps.get_model("articles", "Feed").objects
    for feed in feeds.exclude(last_new_at=None).only("pk"):
        at = feed.articles.filter(broken="").aggregate(at=Max("crawled_at"))["at"]
        feeds.filter(pk=feed.pk).update(last_new_at=at)


def sort_all(apps, schema_editor):
    sort_visits(apps, schema_editor)
    sum_runs(apps, schema_editor)
    note_listed(apps, schema_editor)


def count(help_text):
    return models.PositiveIntegerField(default=0, help_text=help_text)


def counts(model, names):
    return [migrations.AddField(model, name, count(KINDS[name])) for name in names]


FOUND = "Items of feeds."
TOKENIZED = "Listed or updated ones that got their tokens."


class Migration(migrations.Migration):
    dependencies = [("articles", "0005_deleted_articles")]

    operations = [
        migrations.AddField(
            "feed",
            "hidden_in_a_row",
            models.PositiveIntegerField(default=0, editable=False),
        ),
        migrations.AddField(
            "feed", "hidden_why", models.JSONField(default=dict, editable=False)
        ),
        *counts("crawlrun", KINDS),
        migrations.AddField("crawlrun", "found", count(FOUND)),
        migrations.AddField("crawlrun", "tokenized", count(TOKENIZED)),
        migrations.AddField("crawlrun", "visited", count("Visits of feeds.")),
        migrations.AddField("crawlrun", "failed_visits", count("Visits that failed.")),
        migrations.RenameField("feedvisit", "failed", "errors"),
        migrations.RenameField("feedvisit", "skipped", "skipped_items"),
        *counts("feedvisit", [kind for kind in KINDS if kind != "updated"]),
        migrations.AddField("feedvisit", "reasons", models.JSONField(default=dict)),
        migrations.RunPython(sort_all, migrations.RunPython.noop),
        migrations.RemoveField("feedvisit", "skipped_items"),
        migrations.RemoveField("feedvisit", "stored"),
        migrations.RemoveField("feedvisit", "duplicates"),
        migrations.AlterField("feedvisit", "found", count(FOUND)),
        migrations.AlterField("feedvisit", "updated", count(KINDS["updated"])),
        migrations.AlterField("feedvisit", "tokenized", count(TOKENIZED)),
    ]
