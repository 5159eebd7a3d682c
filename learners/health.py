"""Whether there are dictionaries, and those answer who translate sentences, if any."""

import dataclasses

from django.conf import settings
from health_check.base import HealthCheck
from health_check.exceptions import ServiceWarning

from learners.dictionaries.models import Dictionary
from learners.dictionaries.providers import asking
from zeeguu.base.health import releasing_connection


@dataclasses.dataclass
class Dictionaries(HealthCheck):
    """There is a dictionary, unless the operator wants none of those that come along.

    Without one readers are told nothing of any word, and all else works.
    """

    @releasing_connection
    def run(self) -> None:
        is_wanted = bool(settings.DICTIONARY_LICENCES)
        if is_wanted and not Dictionary.objects.published().exists():
            raise ServiceWarning(
                "no dictionary is loaded; load them with: manage.py load_dictionaries"
            )


@dataclasses.dataclass
class Providers(HealthCheck):
    """No provider of translations fails: nobody needs one, so that is no outage.

    None is asked for this: it is told what became of readers' questions.
    """

    def run(self) -> None:
        if told := asking.trouble().told(asking.names()):
            raise ServiceWarning(
                f"asked now and then only: {'; '.join(told)};"
                " the dictionaries answer without"
            )


CHECKS = (Dictionaries, Providers)
