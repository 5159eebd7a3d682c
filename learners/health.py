"""Whether those answer who translate sentences, where there are any."""

import dataclasses

from health_check.base import HealthCheck
from health_check.exceptions import ServiceWarning

from learners.dictionaries.providers import asking


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


CHECKS = (Providers,)
