"""The dated figures of the law: what each was on a day, since when, and where it was read.

Owns the files of `playbooks/law/fr` and their look-up by bisection. Refuses to guess: a day before the first value,
or after the last day known, is an `UnknownParameter` that names the parameter and what to add.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache, reduce
from itertools import pairwise
from operator import add, mul
from pathlib import Path
from typing import TYPE_CHECKING, Any

from relance.data import shipped
from relance.errors import RelanceError
from relance.sentences import NamePart, sentence, shipped_text

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

#: A figure not read again for so many days is old.
STALE_AFTER = timedelta(days=120)


class UnknownParameter(RelanceError, LookupError):  # noqa: N818 - named as the author reads it
    """The law has no figure on that day, or none that is known here. `parameter` and `day` say which and when."""

    def __init__(self, message: str, parameter: str, day: date | None = None) -> None:
        super().__init__(message)
        self.parameter = parameter
        self.day = day


@dataclass(frozen=True, slots=True)
class Value:
    """A figure and the first day it is in force. `published` is None where that day is not known."""

    start: date
    value: Decimal
    title: str
    url: str
    published: date | None
    verified: bool


@dataclass(frozen=True, slots=True)
class Parameter:
    """One figure of the law with all its values, oldest first; or one worked out from others (`operation` over `parts`)."""

    name: str
    title: str
    unit: str
    law: str
    checked_on: date
    values: tuple[Value, ...] = ()
    note: str = ""
    half_yearly: bool = False
    until: date | None = None
    text_until: date | None = None
    operation: str = ""
    parts: tuple[str, ...] = ()
    starts: tuple[date, ...] = field(default=(), repr=False)
    french_title: str = ""
    french_law: str = ""

    @property
    def article(self) -> NamePart:
        """Name the article that fixes it, in both languages."""
        return NamePart(self.law, self.french_law)

    @property
    def named(self) -> NamePart:
        """Say what it is, in both languages."""
        return NamePart(self.title, self.french_title)

    def on(self, day: date) -> Value:
        """Return the value in force on a day; UnknownParameter before the first and after the last day known."""
        at = bisect_right(self.starts, day) - 1
        if at < 0:
            raise UnknownParameter(
                sentence("{name} is not known on {day}: its first value is of {starts}; add an older value to law/fr/{name}.yaml", name=self.name, day=day, starts=self.starts[0]),
                self.name,
                day,
            )
        hole = self.half_yearly and half_year(day) != half_year(self.starts[at])
        if hole or (self.until is not None and day > self.until):
            raise UnknownParameter(
                sentence(
                    "{name} is not known on {day}: {why}; add the value of {start} to law/fr/{name}.yaml and move `until`",
                    name=self.name, day=day, start=half_year(day)[0] if self.half_yearly else day,
                    why=sentence("no value is given for that half-year") if hole else sentence("its values end on {until}", until=self.until),
                ),
                self.name,
                day,
            )
        return self.values[at]


@dataclass(frozen=True, slots=True, eq=False)
class Law:
    """A set of parameters by name. Compared by identity, so that what is worked out from it can be kept beside it."""

    parameters: Mapping[str, Parameter]

    def __getitem__(self, name: str) -> Parameter:
        """Return a parameter, or raise UnknownParameter."""
        try:
            return self.parameters[name]
        except KeyError:
            raise UnknownParameter(sentence("no parameter of the law is named '{name}'", name=name), name) from None

    def values_on(self, name: str, day: date) -> tuple[tuple[Parameter, Value], ...]:
        """Return every stated value that makes up a parameter on a day, each with its parameter: one, or one for each part."""
        return tuple((part, part.on(day)) for part in self.stated(name))

    def value_on(self, name: str, day: date) -> Decimal:
        """Return a figure on a day, in its parameter's unit. Raises UnknownParameter."""
        return _worked_out(self, name, day)

    def stated(self, name: str) -> tuple[Parameter, ...]:
        """Return the parameters with values of their own that a parameter is made of: itself, or its parts, one level deep."""
        parameter = self[name]
        if not parameter.parts:
            return (parameter,)
        parts = tuple(self[part] for part in parameter.parts)
        if nested := next((part for part in parts if part.parts), None):
            raise UnknownParameter(sentence("{name} is worked out from {nested}, which is worked out itself: name its parts instead", name=name, nested=nested.name), name)
        return parts

    def overlaid(self, other: Law) -> Law:
        """Return these parameters with another set's in place of those of the same name."""
        return replace(self, parameters={**self.parameters, **other.parameters})


@lru_cache(maxsize=65536)
def _worked_out(law: Law, name: str, day: date) -> Decimal:
    combine = mul if law[name].operation == "product_of" else add
    return reduce(combine, (part.on(day).value for part in law.stated(name)))


@lru_cache(maxsize=1)
def french() -> Law:
    """Return the law of France as shipped."""
    return read(shipped("playbooks").joinpath("law").joinpath("fr"))


def value_on(name: str, day: date) -> Decimal:
    """Return a shipped figure on a day: `value_on("late-interest", date(2026, 7, 1))` is 12.40 (percent). Raises UnknownParameter."""
    return french().value_on(name, day)


def half_year(day: date) -> tuple[date, date]:
    """Return the first and last day of a day's half-year."""
    return (date(day.year, 1, 1), date(day.year, 6, 30)) if day.month <= 6 else (date(day.year, 7, 1), date(day.year, 12, 31))


def read(folder: Traversable | Path) -> Law:
    """Read every parameter of a folder. Raises ValueError that names the file where one is no parameter."""
    found = (read_parameter(entry) for entry in sorted(folder.iterdir(), key=lambda entry: entry.name) if entry.name.endswith(".yaml"))
    return Law({parameter.name: parameter for parameter in found})


def read_parameter(entry: Traversable | Path) -> Parameter:
    """Read one parameter. Raises ValueError that names the file where it is none."""
    import yaml

    try:
        loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)  # strings, lists and mappings alone
        raw = yaml.load(entry.read_text(encoding="utf-8"), Loader=loader)  # noqa: S506
        parameter = _build(raw)
    except (AttributeError, KeyError, TypeError, ValueError, ArithmeticError, yaml.YAMLError) as error:
        raise ValueError(sentence("{file} is no parameter of the law: {error}", file=entry.name, error=error.args[0] if isinstance(error, ValueError) else error)) from error
    if f"{parameter.name}.yaml" != entry.name:
        raise ValueError(sentence("{file} holds the parameter '{parameter}'; name it {parameter}.yaml", file=entry.name, parameter=parameter.name))
    return parameter


def _build(raw: Any) -> Parameter:
    values = tuple(
        Value(
            start=date.fromisoformat(value["from"]),
            value=Decimal(value["value"]),
            title=value["reference"]["title"],
            url=value["reference"]["url"],
            published=None if value["published"] == "unknown" else date.fromisoformat(value["published"]),
            verified=value["verified"] == "true",
        )
        for value in raw.get("values", ())
    )
    starts = tuple(value.start for value in values)
    if any(later <= earlier for earlier, later in pairwise(starts)):
        raise ValueError(sentence("its values must go from the oldest to the newest"))
    operation = next((key for key in ("sum_of", "product_of") if key in raw), "")
    parameter = Parameter(
        name=raw["parameter"],
        title=raw["title"],
        unit=raw["unit"],
        law=raw["law"],
        checked_on=date.fromisoformat(raw["checked_on"]),
        values=values,
        note=raw.get("note", ""),
        half_yearly=raw.get("every") == "half-year",
        until=_day(raw.get("until")),
        text_until=_day(raw.get("text_until")),
        operation=operation,
        parts=tuple(raw.get(operation, ())) if operation else (),
        starts=starts,
        french_title=raw.get("fr", {}).get("title", ""),
        french_law=raw.get("fr", {}).get("law", ""),
    )
    if bool(operation) == bool(values):
        raise ValueError(sentence("give either `values`, or `sum_of` or `product_of`"))
    return parameter


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


@dataclass(frozen=True, slots=True)
class Concern:
    """Something to look at in a parameter: `kind` is `old`, `unverified`, `missing` or `superseded`."""

    parameter: str
    kind: str
    message: str


def concerns(law: Law, on: date) -> tuple[Concern, ...]:
    """Name what is older than 120 days, unverified among the values in force since a year, missing for the half-year to come, or superseded."""
    return tuple(concern for parameter in law.parameters.values() for concern in _concerns(parameter, on))


def _concerns(parameter: Parameter, on: date) -> list[Concern]:
    found: list[Concern] = []

    def say(kind: str, message: str) -> None:
        found.append(Concern(parameter.name, kind, message))

    age = (on - parameter.checked_on).days
    if age > STALE_AFTER.days:
        say("old", sentence("last checked on {checked_on}, {age} days ago; read the source again and move `checked_on`", checked_on=parameter.checked_on, age=age))
    for value in parameter.values:
        if not value.verified:
            say("unverified", sentence("{value} from {start} is not verified: {title} <{url}>", value=value.value, start=value.start, title=shipped_text(value.title), url=value.url))
    if parameter.half_yearly and parameter.until is not None:
        coming, last = half_year(half_year(on)[1] + timedelta(days=1))
        if parameter.until < half_year(on)[1]:
            say("missing", sentence("no value for the running half-year, from {half_year}", half_year=half_year(on)[0]))
        if parameter.until < last:
            say("missing", sentence("no value yet for the half-year from {coming}; add it when it is published and move `until` to {last}", coming=coming, last=last))
    if parameter.text_until is not None and on > parameter.text_until:
        say("superseded", sentence("the version of {law} read here ended on {text_until}; read the one in force", law=parameter.article, text_until=parameter.text_until))
    return found
