"""Short texts that speak about the page, in the languages that we read.

The patterns are for texts without accents (spelling.unaccented), in any case.
"""

import re

from articles.languages import Records, alternatives, over_all
from articles.spelling import unaccented

# In any language; more of each are in its record.
NOTICES = r"(?:©|\(c\)|copyright (?:©|\(c\)|by\b|\d{4})).*"


@over_all
def read_also(languages: Records) -> re.Pattern[str]:
    """Words that only announce a link to another article."""
    words = alternatives(one.page.read_also for one in languages)
    return _pattern(rf"(?:{words})\s*(?:[–—-]?\s*$|[:»>→|])")


@over_all
def dated(languages: Records) -> re.Pattern[str]:
    """What stands before the time at which the page itself was written or changed."""
    last = alternatives(one.page.last for one in languages)
    written = alternatives(one.page.written for one in languages)
    at = alternatives(one.page.at for one in languages)
    return _pattern(rf"(?:(?:{last}) )?(?:{written})(?: (?:{at}))?\s*:?")


@over_all
def notice(languages: Records) -> re.Pattern[str]:
    """Paragraphs that speak about the page, an advert or the reader's settings."""
    links = alternatives(one.page.earning_links for one in languages)
    we = alternatives(one.page.we for one in languages)
    earning = rf".*\b(?:{links})\b.*\b(?:{we})\b.*"
    listed = (one.page.notices for one in languages)
    return _pattern(alternatives((NOTICES, earning, *listed)))


@over_all
def label(languages: Records) -> re.Pattern[str]:
    """Headings of boxes beside a text."""
    return _pattern(alternatives(one.page.labels for one in languages))


def _pattern(source: str) -> re.Pattern[str]:
    return re.compile(unaccented(source), re.IGNORECASE)
