"""The admin of the phrases that tell unfit articles."""

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError

from articles.admin.columns import ago
from articles.models import JudgeRule
from articles.text import clean

SHORTEST, FEWEST_LETTERS = 3, 2


class JudgeRuleForm(forms.ModelForm):
    def clean_phrase(self):
        """Refuse what would be found in nearly every article."""
        phrase = clean(self.cleaned_data["phrase"]).lower()
        letters = sum(map(str.isalnum, phrase))
        if len(phrase) < SHORTEST or letters < FEWEST_LETTERS:
            raise ValidationError(
                f"Enter at least {SHORTEST} characters, of which {FEWEST_LETTERS} are"
                " letters or digits: less is found in too many articles."
            )
        return phrase

    def clean(self):
        facts = super().clean()
        if {"where", "phrase"} <= facts.keys():
            self._refuse_twin(facts)
        return facts

    def _refuse_twin(self, facts):
        rules = JudgeRule.objects.exclude(pk=self.instance.pk)
        twin = rules.filter(
            language=facts.get("language"),
            where=facts["where"],
            phrase__iexact=facts["phrase"],
        ).first()
        if twin:
            self.add_error(
                "phrase",
                f"There is a rule with this phrase already: {twin}. Change that one.",
            )


@admin.register(JudgeRule)
class JudgeRuleAdmin(admin.ModelAdmin):
    form = JudgeRuleForm
    list_display = (
        "phrase",
        "language_or_all",
        "reason",
        "where",
        "active",
        "hits",
        "last_hit",
    )
    list_filter = ("active", "reason", "where", "language")
    list_select_related = ("language",)
    search_fields = ("phrase",)
    autocomplete_fields = ("language",)
    readonly_fields = ("hits", "last_hit_at")
    actions = ("switch_on", "switch_off")

    @admin.display(ordering="language__name", description="language")
    def language_or_all(self, rule):
        return rule.language or "all"

    @admin.display(ordering="last_hit_at")
    def last_hit(self, rule):
        return ago(rule.last_hit_at)

    @admin.action(description="Switch on", permissions=["change"])
    def switch_on(self, request, rules):
        self._switch(request, rules, active=True)

    @admin.action(description="Switch off", permissions=["change"])
    def switch_off(self, request, rules):
        self._switch(request, rules, active=False)

    def _switch(self, request, rules, active):
        pks = list(rules.values_list("pk", flat=True))
        JudgeRule.objects.filter(pk__in=pks).update(active=active)
        done = "on" if active else "off"
        self.message_user(request, f"Switched {done}: {len(pks)}.")
