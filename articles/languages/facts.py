"""The shape of a language's record. What a record leaves out has a neutral default."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal, get_args

from articles.languages import checks

Reason = Literal["paywall", "live_blog", "advert", "not_article"]
Place = Literal["title", "address", "category", "text"]


@dataclass(frozen=True, eq=False)
class Abbreviations:
    """Common abbreviations, for what the tokenizer's models still get wrong.

    Closed lists, written for this project, with blanks between them. Each is also
    looked for with a capital first, but those that are written with one here only so:
    "Rep." is one, a "rep." is not. Left out is what is a word too, since a sentence may
    end with it: Danish "min.", Russian "им.", German "Max.", English "no.". So are
    single letters, which the models know, and those of several words ("z. B."), of
    which each part is one.
    """

    # Before something: a title before a name, "nr." before a number. No sentence ends
    # there, whatever follows.
    goes_on: str = ""
    # End sentences too ("etc."): what follows decides.
    may_end: str = ""
    # Only before a number, months mostly: "on Jan. 5", though "I saw Jan." ends. Left
    # out is what is a word before a number too: "mar" (sea), "sept" and "dez" (7, 10).
    before_number: str = ""
    # Mostly before a name or a noun ("U.S. Army"): a sentence ends there when the next
    # one begins as sentences do, with one of beginnings, which are seldom names.
    countries: str = ""
    beginnings: str = ""
    # The treebank keeps an abbreviation's stop apart, and so does the model.
    stops_apart: bool = False


@dataclass(frozen=True, eq=False)
class PageWords:
    """How pages speak of themselves: alternatives of regular expressions, in any case.

    They may have accents, or not: pages are read without. Those of all languages are
    looked for on each page, as many sites mix them.
    """

    # Before a link to another article, and nothing else.
    read_also: str = ""
    # Before the time at which the page was written or changed: "last", "updated", "at".
    last: str = ""
    written: str = ""
    at: str = ""
    # Before a time that is of a change: these are looked for with their accents.
    changed: str = ""
    # Whole paragraphs that speak about the page, adverts or the reader's settings.
    notices: str = ""
    # A paragraph with both is about links that the paper earns by.
    earning_links: str = ""
    we: str = ""
    # Headings of boxes beside a text: most read, more from, comments, support us.
    labels: str = ""


@dataclass(frozen=True, eq=False)
class WallWords:
    """Beginnings of words in which a paywall speaks: alternatives, in any spelling."""

    # Of subscribing and of signing in to read. Words that mean signing a treaty as well
    # (assinou, подписал) are none.
    stems: str = ""
    # Behind a number: how much of an article is left.
    percent: str = ""
    # Of an article, or to read.
    reading: str = ""
    # Letters and channels that one subscribes to below articles which are complete.
    letters: str = ""


@dataclass(frozen=True, eq=False)
class LookUp:
    """How a dictionary's word is found from a form of it, beside its lemma.

    Words and rules with blanks between them, all in lower case. A rule "old/new" says
    what stands in a form, and in the dictionary's word instead.
    """

    # Ends of forms: "ene/ ene/e". For what the lemmatizer does not know.
    endings: str = ""
    # Whether a word may have two of them.
    endings_pile_up: bool = False
    # Of verbs alone: "er/e" is told beside another lemma, which may be wrong.
    verbs: str = ""
    # Spellings of the same word, at any place of it: "ß/ss", "ё/е".
    spellings: str = ""
    # What capitals without accents may stand for: ETAT is état: "e/é".
    capitals: str = ""
    # Prefixes that part from their verbs, and what stands between the two: "zu ge".
    prefixes: str = ""
    inner: str = ""
    # Whether short words melt into the next one at an apostrophe: l'école, dell'anno.
    elides: bool = False
    # Pronouns behind a hyphen, which are not what is meant: dit-il, dar-se.
    clitics: str = ""
    # Whether words are written together to make one, and what may join them: "s es".
    compounds: bool = False
    links: str = ""
    # Ends of words that are no part of a compound, though they look like a word: -dom.
    suffixes: str = ""
    # Words before a noun or its adjective, before a noun or a verb's own form, and
    # before a verb: articles, prepositions, pronouns that are subjects and auxiliaries.
    articles: str = ""
    prepositions: str = ""
    before_verbs: str = ""
    # An accented letter more than one is by the next word: χιλιόμετρά μου.
    one_accent: bool = False


@dataclass(frozen=True, eq=False)
class Separable:
    """How verbs part: "er greift … an" is angreifen. Words with blanks between them.

    All in lower case. A particle stands at the end of a clause, behind its verb; or,
    where there are words that may stand between the two, right beside it.
    """

    particles: str = ""
    # "el fogja mondani": elmond.
    between: str = ""
    # Words that end a clause as a comma does.
    ends: str = ""
    # Before nouns and adjectives, participles and infinitives, not before what parts.
    no_verb_after: str = ""
    # Lemmas of what is no such verb.
    no_verbs: str = ""
    # Particles, and words of which they are the other halves: "von … an", "er … over".
    other_halves: tuple[tuple[str, str], ...] = ()
    # How lemmas of verbs end, and how participles begin.
    infinitive: str = ""
    participle: str = ""


@dataclass(frozen=True, eq=False)
class Rules:
    """Default rules of what is unfit for readers (JudgeRule), one phrase a line."""

    reason: Reason
    where: Place
    phrases: str


@dataclass(frozen=True, eq=False)
class LanguageFacts:
    """All that the code knows of one language, by the code that we have for it.

    Codes of others (stanza, html, wordfreq, simplemma, langid) are ours unless given.
    Compared by identity: a record stands for its language. Raises ValueError, naming
    the language and the field, for what would break a table or match everything.
    """

    code: str
    name: str = ""
    native_name: str = ""
    # Codes of its written forms, which are this language to us.
    forms: tuple[str, ...] = ()
    stanza: str = ""
    html: str = ""
    wordfreq: str = ""
    simplemma: str = ""
    langid: tuple[str, ...] = ()
    # Languages of one group are read by each other's readers, and alike enough to be
    # mixed up in a short text.
    group: str = ""
    # The twelve months: names, genitives, abbreviations that are no beginnings of them;
    # a blank between months, "/" between names of one.
    months: str = ""
    # Encodings of texts from before UTF-8, as Python names them, each with the
    # language's letters outside ASCII.
    encodings: tuple[tuple[str, str], ...] = ()
    is_latin: bool = True
    # Letters that stood in for the language's own in old encodings, which lacked these.
    stand_ins: tuple[str, str] = ("", "")
    # Letters that are words; None where nobody has said.
    one_letter_words: str | None = None
    # Words with an apostrophe that are one, for which a model takes the commoner
    # halves: alternatives of a regular expression.
    fixed_words: str = ""
    # What newspapers have: (share of rare words, words per sentence). Medians of texts
    # of 300 words from the treebanks of news (Universal Dependencies), rounded; English
    # after papers, as its treebank is of blogs and reviews. None: nothing is measured,
    # and neither is it where wordfreq has no list of the language: no level.
    typical: tuple[float, float] | None = None
    # All nouns have capitals, so these tell no names.
    nouns_have_capitals: bool = False
    # Words with a capital, here in small letters, that are no names: days, where the
    # dictionary has them with a capital alone. Months need not be among them.
    capitals: str = ""
    abbreviations: Abbreviations = field(default_factory=Abbreviations)
    page: PageWords = field(default_factory=PageWords)
    wall: WallWords = field(default_factory=WallWords)
    look_up: LookUp = field(default_factory=LookUp)
    separable: Separable = field(default_factory=Separable)
    rules: tuple[Rules, ...] = ()
    # Well-known public news feeds: (title, address).
    feeds: tuple[tuple[str, str], ...] = ()

    def __post_init__(self) -> None:
        for name in ("stanza", "html", "wordfreq", "simplemma"):
            object.__setattr__(self, name, getattr(self, name) or self.code)
        object.__setattr__(self, "langid", self.langid or (self.code,))
        for name, wrong in self._checked():
            if wrong:
                raise ValueError(f"language {self.code!r}, {name}: {wrong}")

    def __repr__(self) -> str:
        return f"LanguageFacts({self.code!r})"

    def _checked(self) -> Iterator[tuple[str, str]]:
        """(field, what is wrong with it) of each that can be checked."""
        yield "months", checks.wrong_months(self.months)
        yield "encodings", checks.wrong_encodings(self.encodings)
        yield "stand_ins", checks.wrong_stand_ins(self.stand_ins)
        yield "typical", checks.wrong_typical(self.typical)
        yield "fixed_words", checks.wrong_patterns(self.fixed_words)
        for name in ("goes_on", "may_end", "before_number", "countries"):
            words = getattr(self.abbreviations, name)
            yield f"abbreviations.{name}", checks.wrong_abbreviations(words)
        for part in ("page", "wall"):
            for name, text in vars(getattr(self, part)).items():
                yield f"{part}.{name}", checks.wrong_patterns(text)
        for name in ("endings", "spellings"):
            text = getattr(self.look_up, name)
            yield f"look_up.{name}", checks.wrong_replacements(text)
        for field_name in ("look_up", "separable"):
            for name, value in vars(getattr(self, field_name)).items():
                if isinstance(value, str):
                    yield f"{field_name}.{name}", checks.wrong_case(value)
        for rules in self.rules:
            yield "rules", checks.wrong_choice(rules.reason, get_args(Reason))
            yield "rules", checks.wrong_choice(rules.where, get_args(Place))
