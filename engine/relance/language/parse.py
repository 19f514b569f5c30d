"""The small languages inside values: `at`, durations, amounts, hours, conditions.

Each function takes what an author wrote and gives a noun of the model, or raises ValueError with a sentence for the
author. It knows no file and no position.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable, Collection, Mapping
from datetime import date, time
from decimal import Decimal
from typing import Any

from relance.dates import iso_duration
from relance.language import phrases, when_meant
from relance.language.vocabulary import folded, in_figures, meant, numbers
from relance.model import (
    BOUNDS,
    COUNT_FACTS,
    DATE_BOUNDS,
    DATE_FACTS,
    INVOICE_ANCHORS,
    MONEY_FACTS,
    OWN,
    STATE_FACTS,
    WORD_FACTS,
    WORLD_ANCHORS,
    AllOf,
    AnyOf,
    Condition,
    Duration,
    Not,
    Test,
    TimeUnit,
    When,
)
from relance.sentences import sentence

UNITS = phrases.UNITS
#: Names no step may have, because they are anchors.
RESERVED = frozenset({*INVOICE_ANCHORS, "previous"})
_DURATION = re.compile(r"(\d{1,4}) *([a-z]+(?: +[a-z]+)?)")
_MONEY = re.compile(r"\d{1,15}(?:\.\d{1,4})?")
_PLACE = re.compile(r"[A-Z]{2}(-[A-Z0-9]{1,3})?")
_HOURS = re.compile(r"(\d\d:\d\d)-(\d\d:\d\d)")


def unit(text: str, number: int | None = None) -> TimeUnit:
    """Read a unit of time, of which there are so many."""
    found = UNITS.get(" ".join(text.split()))
    if found is None:
        raise ValueError(sentence('"{text}" is no unit of time; {known}', text=text, known=_unit_meant(text, number)))
    return found


def _unit_meant(text: str, number: int | None) -> str:
    """Say what to write for a unit that is none, or of which nobody counts here."""
    if number is not None and (span := phrases.span_meant(number, text)) is not None:
        return sentence('write "{span}"', span=span)
    if number is not None and folded(text).startswith("jour") and "ouvrable" in folded(text):
        return sentence('from Monday to Friday they are business days: write "{span}"; Saturdays count where the calendar has `weekend: [sunday]`', span=phrases.counted_span(number, "business day"))
    if folded(text).startswith("jour") and "ouvrable" in folded(text):
        return sentence('from Monday to Friday they are "business days", Saturdays are never counted alone')
    if folded(text).removesuffix("s") in {"h", "heure", "hour"} and number is not None:
        return sentence('a step falls on a day, at no hour: write "{span}"', span=phrases.counted_span(-(-number // 24) or 1, "day"))
    if folded(text).removesuffix("s") in {"h", "heure", "hour"}:
        return sentence("a step falls on a day, at no hour: write whole days")
    if number is not None and folded(text).startswith("jour") and "franc" in folded(text):
        return sentence('of clear days (jours francs) neither the first nor the last counts: write "{span}"', span=phrases.counted_span(number + 1, "day"))
    bare = re.sub(r",? +(?:au )?(?:minimum|maximum|mini|maxi|min|max|moins|plus|environ)\.?$", "", text)
    near = meant(bare, UNITS) or meant(bare.removesuffix("s"), ("day", "business day", "week", "month"))
    if near and number is not None:
        return sentence('write "{span}"', span=phrases.counted_span(number, near))
    return sentence('did you mean "{near}"?', near=near) if near else sentence("it is days, business days, weeks or months")


def duration(text: str, *, least: int = 1) -> Duration:
    """Read `5 days`, `3 business days`, `2w`, or as ISO 8601 writes it `P5D`. Always positive, unless nothing is allowed."""
    if text.startswith("P"):
        number, kind = iso_duration(text)
    elif (found := _DURATION.fullmatch(text.strip())) is not None:
        number, kind = int(found[1]), unit(found[2], int(found[1]))
    else:
        plain = re.sub(r"^(?:(?:sous|dans|d'ici|de|à|within|in) +|[-+] *(?=\d))", "", text.strip(), flags=re.IGNORECASE)
        plain = re.sub(r"^[^\W\d]+(?:[ -][^\W\d]+)* *\((\d+)\)", r"\1", plain)  # quinze (15) jours
        loose = re.fullmatch(r"(\d{1,4})\s*([^\W\d_][^\d]*)", in_figures(plain if plain[:1].isdigit() or " " in plain else f"1 {plain}"))
        near = meant(loose[2], UNITS) if loose else None
        span = phrases.span_meant(int(loose[1]), loose[2]) if loose and near is None else None
        way = sentence('write "{span}"', span=span) if span else sentence('write "{number} {near}"', number=loose[1], near=phrases.unit_of(loose[1], near)) if loose and near else sentence('write a number and a unit, such as "5 days" or "3 business days"')
        if (range_ := re.fullmatch(r"(\d{1,4}) *(?:-|–|/|à|ou|to|or) *(\d{1,4}) *([^\W\d_][^\d]*)", plain)) is not None and (kind_ := meant(range_[3], UNITS)) is not None:
            way = sentence('it is one length: write "{first}" or "{second}"', first=phrases.counted_span(range_[1], kind_), second=phrases.counted_span(range_[2], kind_))
        elif span is None and near is None and (length := when_meant.length_of(text)) is not None:
            way = sentence('write "{span}"', span=phrases.counted_span(*length))
            if re.search(r"pr[eé]sent|r[eé]cept|distrib", text):
                way = sentence("write {written}, and beside it `grants_from: presentation`", written=phrases.counted_span(*length))
        if (at_most := phrases.cap(re.sub(r",? *(?:au )?(?:maximum|max|plus|minimum)\.?$", "", text.strip()))) is not None and at_most["contacts"] == 1:
            way = sentence('write "{span}"', span=at_most["within"])
        if loose is None and (when_meant.DAY.fullmatch(text) or phrases.day_of_year_meant(re.sub(r"^(?:jusqu'au|jusqu’au|avant le|le|au|until|by) +", "", text))):
            way = sentence('a length of time stands here, not a day: write a number and a unit, such as "15 days"')
        raise ValueError(sentence('"{text}" is no duration; {way}', text=text, way=way))
    if number < least:
        raise ValueError(sentence("a duration of nothing; the least is one"))
    return Duration(number, kind)


def grace(text: str) -> Duration:
    """Read a duration that may be nothing."""
    return duration(text, least=0)


def calendar_days(text: str) -> Duration:
    """Read a duration of whole calendar days: days or weeks."""
    try:
        found = duration(text)
    except ValueError:
        length = when_meant.length_of(text) or when_meant.length_of(f"1 {text}")
        if length is None or length[1] != "month":
            raise
        raise ValueError(_no_length(text, length[0])) from None
    if found.unit not in {TimeUnit.DAY, TimeUnit.WEEK}:
        raise ValueError(_no_length(text, found.number if found.unit is TimeUnit.MONTH else None))
    return found


def _no_length(text: str, months: int | None) -> str:
    return sentence('"{text}" has no fixed length; write days or weeks, such as "{span}"', text=text, span=phrases.counted_span(30 * (months or 1), "day"))


def when(text: str, steps: Collection[str] | None = None) -> When:
    """Read an `at`: `J+14`, `due - 7 days`, `mise-en-demeure.deadline + 1 business day`, `due + 1 month, end of month`. The names of the steps are for what to say of none."""
    text = text.strip()
    if (short := when_meant.SHORT.fullmatch(text)) is not None:
        sign, number, end = short.groups()
        return When("due", _signed(sign, number, TimeUnit.DAY), bool(end), text)
    found = when_meant.ANCHORED.fullmatch(text)
    if found is None:
        raise ValueError(when_meant.no_date(text, steps))
    anchor, plus, minus, number, kind, end = found.groups()
    _known_anchor(anchor)
    offset = _signed(plus or minus, number, unit(kind, int(number))) if number else None
    return When(anchor, offset, bool(end), text)


def _signed(sign: str | None, number: str | None, kind: TimeUnit) -> Duration | None:
    if number is None or int(number) == 0:
        return None
    return Duration(-int(number) if sign == "-" else int(number), kind)


def _known_anchor(anchor: str) -> None:
    if "." in anchor and not anchor.endswith(".deadline") and anchor not in WORLD_ANCHORS:
        near = meant(anchor, WORLD_ANCHORS)
        known = sentence('did you mean "{near}"?', near=near) if near else sentence("the events are {events}", events=WORLD_ANCHORS)
        raise ValueError(sentence('"{anchor}" is no event a step can count from; {known}', anchor=anchor, known=known))


def decimal_amount(text: str) -> Decimal:
    """Read an amount: digits, with a point before the decimals. Never negative."""
    if _MONEY.fullmatch(text) is None:
        guess = phrases.thousands(text) or numbers().get(folded(re.sub(r"(?:€|EUR|euros?)$", "", text.strip())).strip()) or re.sub(r"[\s€“”«»„’‘\"']|EUR|euros?", "", text).replace(",", ".")
        guess = re.sub(r"\.(?=\d{3}\b.*\.)|(?<=^\d)\.(?=\d{3}$)", "", guess)
        if (net := re.search(r" *(?:TTC|T\.T\.C\.)$", text.strip(), re.IGNORECASE)) is not None:
            guess = re.sub(r"[\s€]|EUR|euros?", "", text.strip()[: net.start()]).replace(",", ".")
        if (bounded := re.match(r"(?:moins d[e']|au moins|au[- ]dess(?:us|ous) d[e']|plus d[e']|jusqu'à|minimum|maximum|environ|à partir d[e'])\s*(?=\d)", text.strip(), re.IGNORECASE)) is not None:
            guess = re.sub(r"[\s€]|EUR|euros?|TTC", "", text.strip()[bounded.end() :]).replace(",", ".")
        if text.rstrip().endswith("%"):
            raise ValueError(sentence('"{text}" is no amount; a share of one cannot be written: write the amount itself, such as "600.00"', text=text))
        help_ = sentence('write "{guess}"', guess=guess) if _MONEY.fullmatch(guess) else sentence('write digits and a point, such as "1200.50"')
        raise ValueError(sentence('"{text}" is no amount; {help}', text=text, help=help_))
    return Decimal(text)


def share_in_percent(text: str) -> Decimal:
    """Read a share in percent, `70` or `5.5`."""
    if _MONEY.fullmatch(text) is None:
        guess = re.sub(r"[\s%]|pour ?cent|percent", "", text).replace(",", ".")
        help_ = sentence('write "{guess}"', guess=guess) if _MONEY.fullmatch(guess) else sentence('write the percent alone, such as "70"')
        raise ValueError(sentence('"{text}" is no share; {help}', text=text, help=help_))
    return Decimal(text)


def day(text: str) -> date:
    """Read a day of the calendar, `2026-02-20`."""
    if when_meant.DAY.fullmatch(text) is None:
        french = re.fullmatch(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{2}(?:\d\d)?)", text)
        year = re.search(r"\d{4}$", text)
        named = phrases.day_of_year_meant(text) if year is not None and french is None else None
        if when_meant.SHORT.fullmatch(text) is not None:
            raise ValueError(sentence('"{text}" is no day of the calendar: a day stands here, worked out from the due date and written year-month-day, such as 2026-02-20', text=text))
        guess = f"{french[3] if len(french[3]) == 4 else '20' + french[3]}-{int(french[2]):02}-{int(french[1]):02}" if french else f"{year[0]}-{named}" if year is not None and named is not None else "2026-02-20"
        raise ValueError(sentence('"{text}" is no date; write year-month-day: {guess}', text=text, guess=guess))
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError(_no_such_day(text)) from None


def _no_such_day(text: str) -> str:
    """Say of a day that no month has which is the last that it has."""
    year, month, number = (int(part) for part in text.split("-"))
    if year and 1 <= month <= 12 and number > 28:
        last = monthrange(year, month)[1]
        return sentence('"{text}" is no day of the calendar; the last of that month is {last}', text=text, last=f"{year:04}-{month:02}-{last:02}")
    return sentence('"{text}" is no day of the calendar', text=text)


def day_of_year(text: str) -> tuple[int, int]:
    """Read a day of every year, month and day: `08-31`."""
    guess = phrases.day_of_year_meant(text) or "08-31"
    try:
        found = date.fromisoformat(f"2024-{text}")  # a leap year
    except ValueError:
        raise ValueError(sentence('"{text}" is no day of the year; write month-day: "{guess}"', text=text, guess=guess)) from None
    return found.month, found.day


def hours(text: str) -> tuple[time, time]:
    """Read opening hours, `09:00-18:00`, the end excluded. The end comes after the start."""
    found = _HOURS.fullmatch(text)
    if found is None:
        if len(ranges := phrases.clock_ranges(text)) > 1:
            raise ValueError(sentence('"{text}" are no hours; write a list: {guess}', text=text, guess="[" + ", ".join(f'"{each}"' for each in ranges) + "]"))
        if (since := re.fullmatch(r"(?:après|apres|dès|à partir de|après|from|after) *(\d{1,2}) *(?:h|:|heures?)? *(\d\d)?", text.strip(), re.IGNORECASE)) is not None and int(since[1]) < 18:
            raise ValueError(sentence('"{text}" are no hours; write both ends, such as "{guess}"', text=text, guess=f"{int(since[1]):02}:{since[2] or '00'}-18:00"))
        inside = re.search(r"\d{1,2} *[hH:] *(?:\d\d)? *(?:-|–|à|a|to) *\d{1,2} *(?:[hH:] *(?:\d\d)?)?", text)
        if phrases.clock_range(text) is None and inside is not None and (only := phrases.clock_range(inside[0].strip())) is not None:
            raise ValueError(sentence('"{text}" are no hours; write "{guess}" alone; the days are the `weekdays` of a step', text=text, guess=only))
        raise ValueError(sentence('"{text}" are no hours; write "{guess}"', text=text, guess=phrases.clock_range(text) or "09:00-18:00"))
    try:
        start, end = time.fromisoformat(found[1]), time.fromisoformat(found[2])
    except ValueError:
        raise ValueError(sentence('"{text}" are no hours of a day', text=text)) from None
    if end <= start:
        raise ValueError(sentence('"{text}" ends before it starts; write the earlier hour first', text=text))
    return start, end


def condition(value: Any) -> Condition:
    """Build a condition from what the schema has let through: a word, or a mapping, which is a conjunction."""
    if isinstance(value, str):
        return Test(value, "is", value=True)
    parts = tuple(part for key, inner in value.items() for part in _parts(key, inner))
    if not parts:
        raise ValueError(sentence("a condition names at least one fact"))
    return parts[0] if len(parts) == 1 else AllOf(parts)


def _parts(key: str, value: Any) -> tuple[Condition, ...]:
    if key == "any_of":
        return (AnyOf(tuple(condition(part) for part in value)),)
    if key == "not":
        return (Not(condition(value)),)
    if key == "field":
        return tuple(part for name, inner in value.items() for part in _own(f"{OWN}{name}", inner))
    if key == "limitation_within":
        return (Test(key, "within", duration(value)),)
    if key in STATE_FACTS:
        return (Test(key, "is", bool(value)),)
    if key in WORD_FACTS or key in ("reachable_by", "done"):
        words = (value,) if isinstance(value, str) else tuple(value)
        return (Test(key, "in", words),)
    if key in MONEY_FACTS:
        return tuple(Test(key, bound, _amounts(value[bound])) for bound in BOUNDS if bound in value)
    if key in DATE_FACTS:
        return tuple(Test(key, bound, day(value[bound])) for bound in DATE_BOUNDS if bound in value)
    if key in COUNT_FACTS:
        return tuple(Test(key, bound, int(value[bound])) for bound in BOUNDS if bound in value)
    raise ValueError(sentence('"{key}" is no fact a condition knows', key=key))


def _own(fact: str, value: Any) -> tuple[Condition, ...]:
    """Build what is asked of a creditor's own field: a word or several, true or false, bounds of a number or of a day."""
    if isinstance(value, bool):
        return (Test(fact, "is", value),)
    if isinstance(value, Mapping):
        days = tuple(Test(fact, bound, day(value[bound])) for bound in DATE_BOUNDS if bound in value)
        return days + tuple(Test(fact, bound, Decimal(str(value[bound]))) for bound in BOUNDS if bound in value)
    return (Test(fact, "in", (value,) if isinstance(value, str) else tuple(value)),)


def _amounts(value: str | Mapping[str, str]) -> Decimal | tuple[tuple[str, Decimal], ...]:
    return decimal_amount(value) if isinstance(value, str) else tuple((currency, decimal_amount(amount)) for currency, amount in value.items())


def country(text: str) -> str:
    """Read an ISO country or subdivision code whose public holidays are known, such as FR or FR-57."""
    from relance.dates import holidays_of

    if _PLACE.fullmatch(text) is None:
        number = re.fullmatch(r"\d{2,3}", text)
        near = f"FR-{number[0]}" if number is not None else meant(text, ("FR", "FR-57", "FR-67"))
        known = sentence('did you mean "{near}"?', near=near) if near else sentence("write a country such as FR, or a department such as FR-57")
        raise ValueError(sentence('"{text}" is no country and no department; {known}', text=text, known=known))
    try:
        holidays_of(text, 2026)
    except LookupError:
        raise ValueError(sentence('the public holidays of "{text}" are not known; write a country such as FR, or a department such as FR-57', text=text)) from None
    return text


def currency(text: str) -> str:
    """Read an ISO 4217 currency code."""
    if re.fullmatch(r"[A-Z]{3}", text) is None:
        raise ValueError(sentence('"{text}" is no currency; write its three letters, such as EUR', text=text))
    return text


def fact_word(text: str) -> str:
    """Read a word that a file has of a debtor or an invoice; one that denies stands under `not`."""
    if (but := phrases.word_denied(text)) is not None:
        raise ValueError(sentence('"{text}" denies a word, and is read as one; write the word alone, "{word}", under `not`', text=text, word=but))
    return text


#: What `x-form` may name in a schema.
FORMS: Mapping[str, Callable[[str], Any]] = {
    "duration": duration,
    "grace": grace,
    "days": calendar_days,
    "when": when,
    "money": decimal_amount,
    "share": share_in_percent,
    "date": day,
    "day_of_year": day_of_year,
    "hours": hours,
    "holidays": country,
    "currency": currency,
    "fact_word": fact_word,
}
