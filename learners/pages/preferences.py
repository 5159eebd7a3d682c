"""Forms of what a learner is like: languages and preferences."""

from typing import Any

from django import forms

from articles.models import LEVELS, Language
from learners.people import profiles
from learners.people.models import Profile
from tokenization.searching import language_names

MOST_A_DAY = 9999
LEVEL_CHOICES = [("", "not said"), *((one, one) for one in LEVELS)]


class LearnForm(forms.Form):
    """A language that is read here, and a level."""

    language = forms.ChoiceField(choices=lambda: [*language_names().items()])
    level = forms.ChoiceField(choices=LEVEL_CHOICES, required=False)


class PreferencesForm(forms.ModelForm):
    native = forms.ModelChoiceField(
        Language.objects.order_by("name"),
        label="Translate into",
        required=False,
        empty_label="as the browser says",
    )
    time_zone = forms.ChoiceField(
        label="Time zone",
        choices=lambda: [(one, one) for one in sorted(profiles.time_zones())],
    )
    new_a_day = forms.IntegerField(
        label="New words a day", min_value=0, max_value=MOST_A_DAY
    )
    reviews_a_day = forms.IntegerField(
        label="Reviews a day", min_value=0, max_value=MOST_A_DAY
    )
    shows_states = forms.BooleanField(
        label="Show how well I know the words of an article", required=False
    )

    class Meta:
        model = Profile
        fields = ["native", "time_zone", "new_a_day", "reviews_a_day", "shows_states"]

    def keep(self) -> None:
        """Store what is valid."""
        facts: dict[str, Any] = self.cleaned_data
        profiles.change(self.instance.user, facts)
