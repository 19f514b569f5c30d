"""Sentences for people as data: an English template, its parts, and one sentence a language in a catalogue.

`sentence("the key {key} is written twice", key="at")` is the English text, and keeps what it was made of; `said(text, "fr")`
says it in French, with its parts said in French too. English is what stands in the code; every other language stands in
`locales/<language>/LC_MESSAGES/relance.po`, which Babel reads (`pybabel compile` makes the `.mo` of an installed package).
How to add one: CONTRIBUTING.md, "… a sentence".

Which language a person reads is decided where it is printed: `tell`, `tell_number` and `told` are for `report` and `cli`
alone, and ask the reader's language; whatever is below them makes sentences and leaves them as they are.
"""

from __future__ import annotations

import errno
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal, Self, SupportsIndex

if TYPE_CHECKING:
    from gettext import NullTranslations

#: The languages that sentences are written in; the first is that of the code.
LANGUAGES = ("en", "fr")
_HOLE = re.compile(r"(?<!\{)\{(\w+)\}(?!\})")
#: Letters that a template has beside its parts to be known again in what was kept.
_TELLING = 10
#: A hole alone between quotes: `'{name}'`.
_IN_QUOTES = re.compile(r"""(?<=['"`])\{(\w+)\}(?=['"`])""")
_FRENCH_NUMBER = str.maketrans({",": "\N{NO-BREAK SPACE}", ".": ","})


class Phrase(str):
    """An English sentence that another language can say: its template with named holes, and what fills them.

    A part is text, a number, a day, a sum (`AmountPart`), another sentence, or a list of those. `many` and `number` stand where the sentence differs by a number.
    Joined to another text by `+` or an f-string it is no more than text: a longer sentence has a template of its own.
    """

    __slots__ = ("many", "number", "parts", "template")
    template: str
    parts: Mapping[str, Any]
    many: str | None
    number: int

    def __new__(cls, template: str, parts: Mapping[str, Any], many: str | None = None, number: int = 1) -> Self:
        """Fill the English template, and keep what it was filled with."""
        chosen = template if many is None or number == 1 else many
        made = super().__new__(cls, chosen.format_map({name: _shown(part, "en") for name, part in parts.items()}))
        made.template, made.parts, made.many, made.number = template, parts, many, number
        return made

    def __reduce_ex__(self, _: SupportsIndex) -> tuple[Any, ...]:
        """Travel to another process whole."""
        return Phrase, (self.template, self.parts, self.many, self.number)


def sentence(template: str, /, **parts: Any) -> Phrase:
    """Make a sentence. `template` is written out where this is called, so that Babel finds it; a brace that is text is doubled."""
    return Phrase(template, parts)


def marked(template: str) -> str:
    """Return a template that stands in a table and is filled later, so that Babel finds it."""
    return template


def numbered(one: str, many: str) -> tuple[str, str]:
    """Return both forms of a template that stands in a table and is counted later, so that Babel finds them."""
    return one, many


def plural(one: str, many: str, count: int, /, **parts: Any) -> Phrase:
    """Make a sentence that differs by a number, which both templates may show as `{count}`."""
    return Phrase(one, {"count": count, **parts}, many, count)


_TIMES: Mapping[str, tuple[str, str]] = {
    "day": numbered("{count} day", "{count} days"),
    "business day": numbered("{count} business day", "{count} business days"),
    "week": numbered("{count} week", "{count} weeks"),
    "month": numbered("{count} month", "{count} months"),
}


def lasting(number: int, unit: str) -> Phrase:
    """Say a length of time, `5 business days`, in a unit of the language's durations."""
    return plural(*_TIMES[unit], number)


def joined(words: Sequence[Any], by: Literal["and", "or"]) -> str:
    """List words as a sentence does: `email, letter and sms`."""
    if len(words) == 1:
        return words[0] if isinstance(words[0], Phrase) else str(words[0])
    both = {"first": list(words[:-1]), "last": words[-1]}
    return sentence("{first} and {last}", **both) if by == "and" else sentence("{first} or {last}", **both)


def in_turn(words: Sequence[str]) -> str:
    """Put sentences one after the other: `counted from the due date; interrupted on 2026-03-01`."""
    made = words[0] if words else ""
    for more in words[1:]:
        made = sentence("{first}; {second}", first=made, second=more)
    return made


def shipped_text(text: str) -> Phrase:
    """Make a sentence of a text that stands in a file of data that ships, such as the name of a mapping in a schema."""
    return Phrase(text.replace("{", "{{").replace("}", "}}"), {})


def sentence_of(error: Exception) -> str:
    """Return what an error says: the sentence that it was made of, where it was."""
    made = error.args[0] if error.args else None
    return made if isinstance(made, Phrase) else str(error)


#: What the system says most often when a file cannot be opened, read or written, or another machine is not reached.
_SAID = (
    marked("No such file or directory"), marked("Permission denied"), marked("Is a directory"), marked("Not a directory"), marked("File exists"),
    marked("No space left on device"), marked("Read-only file system"), marked("Too many levels of symbolic links"), marked("File name too long"),
    marked("Input/output error"), marked("Operation not permitted"), marked("Disk quota exceeded"),
    marked("Connection refused"), marked("Connection reset by peer"), marked("Connection timed out"), marked("Network is unreachable"), marked("No route to host"),
    marked("Name or service not known"), marked("Temporary failure in name resolution"), marked("Broken pipe"), marked("timed out"),
)  # fmt: skip


def system_words(error: Exception) -> str:
    """Return what the system says of an error, as a sentence that has other languages; of another error, what it says."""
    if not isinstance(error, OSError):
        return sentence_of(error)
    if error.errno == errno.ELOOP:
        return sentence("it is a link, and what is written follows none")
    said = error.strerror or str(error)
    return shipped_text(said) if said in _SAID or error.strerror else sentence_of(error)


def said(text: str, language: str) -> str:
    """Say a sentence in a language. Of plain text, such as a description of a schema, the catalogue has the whole; what it lacks stays English."""
    if language == LANGUAGES[0] or not text:
        return str(text)
    catalogue = _catalogue(language)
    if not isinstance(text, Phrase):
        return catalogue.gettext(text)
    chosen = catalogue.gettext(text.template) if text.many is None else catalogue.ngettext(text.template, text.many, text.number)
    return chosen.format_map({name: _shown(part, language) for name, part in text.parts.items()})


@dataclass(frozen=True, slots=True)
class AmountPart:
    """A sum of money as a part of a sentence: `1234.50 EUR`, `1 234,50 EUR`."""

    amount: Decimal
    currency: str

    def said(self, language: str) -> str:
        """Write it as a language does, cents at least and no decimal of it lost; thousands are kept together by no-break spaces."""
        places = 2 if self.amount == round(self.amount, 2) else 3  # no currency has more
        number = f"{self.amount:,.{places}f}".translate(_FRENCH_NUMBER) if language == "fr" else f"{self.amount:.{places}f}"
        return f"{number} {self.currency}"


@dataclass(frozen=True, slots=True)
class NamePart:
    """A name that data has in both languages, such as an article, as a part of a sentence."""

    english: str
    french: str

    def said(self, language: str) -> str:
        """Return it in a language; in English where data has no French."""
        return self.french if language == "fr" and self.french else self.english


def _shown(part: Any, language: str) -> str:
    """Write a part as a language does: sentences in it, days and sums as it has them."""
    if isinstance(part, list | tuple):
        return ", ".join(_shown(each, language) for each in part)
    if isinstance(part, AmountPart | NamePart):
        return part.said(language)
    if isinstance(part, date) and not isinstance(part, datetime):
        return f"{part:%d/%m/%Y}" if language == "fr" else part.isoformat()
    if isinstance(part, Decimal):
        return f"{part:f}".replace(".", ",") if language == "fr" else str(part)
    if isinstance(part, Exception) and len(part.args) == 1 and isinstance(part.args[0], Phrase):
        return said(part.args[0], language)
    if isinstance(part, Phrase):
        return said(part, language)
    return quoted_anew(str(part)) if language == "fr" else str(part)


#: What `repr` writes of a word; of one that has an apostrophe.
_WORD = re.compile("'([^']*)'|\"([^\"]*'[^\"]*)\"")
#: One of them, or several with commas between.
_QUOTED = re.compile(f"(?:{_WORD.pattern})(?:, (?:{_WORD.pattern}))*")


def quoted_anew(text: str) -> str:
    """Write words that a program put between quotes, `'a', 'b'`, as French does; other text stays as it is."""
    if text[:1] not in {"'", '"'} or not _QUOTED.fullmatch(text):
        return text
    return _WORD.sub(lambda word: f"«\N{NO-BREAK SPACE}{word[1] or word[2] or ''}\N{NO-BREAK SPACE}»", text)


def tell_part(part: Any) -> str:
    """Write a day, a sum, a sentence or text in the language of the reader. For what prints alone."""
    return _shown(part, reader())


_reader: ContextVar[str] = ContextVar("_reader", default=LANGUAGES[0])


def reader() -> str:
    """Return the language of whoever reads what is printed now; the command line sets it."""
    return _reader.get()


@contextmanager
def read_in(language: str) -> Iterator[None]:
    """Print in a language for a while."""
    token = _reader.set(language)
    try:
        yield
    finally:
        _reader.reset(token)


def told(text: str) -> str:
    """Say a sentence in the language of the reader. For what prints alone: `report` and `cli`."""
    return said(text, reader())


def tell(template: str, /, **parts: Any) -> str:
    """Make a sentence and say it in the language of the reader. For what prints alone."""
    return told(Phrase(template, parts))


def tell_number(one: str, many: str, count: int, /, **parts: Any) -> str:
    """Say a sentence that differs by a number in the language of the reader. For what prints alone."""
    return told(plural(one, many, count, **parts))


def retold(text: str) -> str:
    """Say in the language of the reader a sentence that was kept as its English, such as a reason in a journal; what none made stays as it is."""
    return said_again(text, reader())


def said_again(text: str, language: str) -> str:
    """Say in a language a sentence that was kept as its English; what none made stays as it is."""
    return str(text) if language == LANGUAGES[0] else _retold(text, language, 3)


def _retold(text: str, language: str, depth: int) -> str:
    """Find the template that a text was made of, the one that says most of it, and fill it anew; of a sentence, do so with its parts."""
    if isinstance(text, Phrase):
        kept = _as_written(text.template)
        parts = {name: _retold(part, language, depth - 1) if isinstance(part, Phrase) or (isinstance(part, str) and name not in kept) else part for name, part in text.parts.items()}
        return said(Phrase(text.template, parts, text.many, text.number), language)
    if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        return _shown(date.fromisoformat(text), language)
    if sum_ := re.fullmatch(r"(-?\d+\.\d{2,3}) ([A-Z]{3})", text):
        return AmountPart(Decimal(sum_[1]), sum_[2]).said(language)
    if (known := said(text, language)) != text or not depth:
        return known
    listed = text.split(", ")
    if all(again != each for each in listed if (again := said(each, language))):  # words alone, such as names of channels
        return ", ".join(said(each, language) for each in listed)
    if text.endswith(")") and (named := _with_article(text, language)) is not None:
        return named
    if (several := _in_turn_again(text, language, depth)) is not None:
        return several
    if (found := _made_of(text, language)) is not None:
        template, filled = found
        kept = _as_written(template)
        return said(Phrase(template, {name: part if name in kept else _retold(part, language, depth - 1) for name, part in filled.items()}), language)
    basis = re.fullmatch(r"(.+?) \((.+)\)", text)
    return text if basis is None else f"{_retold(basis[1], language, depth - 1)} ({said(basis[2], language)})"


@lru_cache(maxsize=2048)
def _as_written(template: str) -> frozenset[str]:
    """Return the holes of a template that stand between quotes: what fills them is a word of a file, such as the name of a column, and no sentence."""
    return frozenset(_IN_QUOTES.findall(template))


def _with_article(text: str, language: str) -> str | None:
    """Say what is to be done, maybe to whom, and the article that says so, `Write to the counsel: Me Roy (RIN 8.2)`; None where it is no such text."""
    for cut in re.finditer(r" \(", text):
        if _opened_more(text[cut.end() : -1]):
            continue  # the bracket is of the person's name, or of the article's
        words = text[: cut.start()].split(": ")
        for place in range(len(words), 0, -1):  # a title may have a colon of its own
            what, whom = ": ".join(words[:place]), ": ".join(words[place:])
            if (known := said(what, language)) != what:
                shown = said(sentence("{what}: {why}", what=known, why=whom), language) if whom else known
                return f"{shown} ({said(text[cut.end() : -1], language)})"
    return None


def _made_of(text: str, language: str, *, alone: bool = False) -> tuple[str, dict[str, str]] | None:
    """Return the template that a text was made of and what fills it; `alone`: no part of it may hold two sentences."""
    for longest, template in _longest_first(language):
        if longest in text and (found := _pattern(template).fullmatch(text)) and not (alone and any("; " in part for part in found.groupdict().values())):
            return template, found.groupdict()
    return None


def _opened_more(text: str) -> bool:
    """Say whether a text closes a bracket that it did not open."""
    depth = 0
    for letter in text:
        depth += (letter == "(") - (letter == ")")
        if depth < 0:
            return True
    return False


def _in_turn_again(text: str, language: str, depth: int) -> str | None:
    """Say sentences that were put one after the other, what a person wrote among them as it is; None where it is one, with two in one of its parts."""
    if "; " not in text or _made_of(text, language, alone=True) is not None:
        return None
    one_by_one = [(each, _retold(each, language, depth - 1)) for each in text.split("; ")]
    if any(again == each and re.search(r"[a-z]{3}", each) for each, again in one_by_one) and _made_of(text, language) is not None:
        return None
    return said(in_turn([again for _, again in one_by_one]), language)


@lru_cache(maxsize=4)
def _longest_first(language: str) -> tuple[tuple[str, str], ...]:
    """Return the templates with holes that say something between them, each after its longest piece; who says most comes first."""
    catalogue = getattr(_catalogue(language), "_catalog", {})
    pieces = {template: [piece for piece in _HOLE.split(template)[::2] if piece] for template in catalogue if isinstance(template, str) and _HOLE.search(template)}
    telling = [(sum(map(len, found)), max(found, key=len), template) for template, found in pieces.items() if sum(map(len, found)) >= _TELLING]
    return tuple((longest, template) for _, longest, template in sorted(telling, reverse=True))


@lru_cache(maxsize=256)
def _pattern(template: str) -> re.Pattern[str]:
    """Make of a template what finds its parts again."""
    made, seen = "", set[str]()
    for place, piece in enumerate(_HOLE.split(template)):
        if not place % 2:
            made += re.escape(piece.replace("{{", "{").replace("}}", "}"))
        else:
            made += f"(?P={piece})" if piece in seen else f"(?P<{piece}>.+)"
            seen.add(piece)
    return re.compile(made, re.DOTALL)


@lru_cache(maxsize=4)
def _catalogue(language: str) -> NullTranslations:
    """Read a catalogue: compiled where the package was built, else as its translator wrote it."""
    from gettext import GNUTranslations, NullTranslations
    from importlib.resources import files

    folder = files("relance").joinpath("locales", language, "LC_MESSAGES")
    made, written = folder.joinpath("relance.mo"), folder.joinpath("relance.po")
    if made.is_file():
        with made.open("rb") as stream:
            return GNUTranslations(stream)
    return _compiled(written.read_bytes()) if written.is_file() else NullTranslations()


def _compiled(written: bytes) -> NullTranslations:
    from gettext import GNUTranslations
    from io import BytesIO

    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    stream = BytesIO()
    write_mo(stream, read_po(BytesIO(written)))
    stream.seek(0)
    return GNUTranslations(stream)
