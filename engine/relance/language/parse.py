"""The small languages inside values: `at`, durations, amounts, hours, conditions.

Each function takes what an author wrote and gives a noun of the model, or raises ValueError with a sentence for the
author. It knows no file and no position.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable, Mapping
from datetime import date, time
from decimal import Decimal
from typing import Any

from relance.dates import iso_duration
from relance.language import phrases
from relance.language.vocabulary import folded, in_figures, known, meant
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

UNITS: Mapping[str, TimeUnit] = {
    "day": TimeUnit.DAY,
    "days": TimeUnit.DAY,
    "d": TimeUnit.DAY,
    "business day": TimeUnit.BUSINESS_DAY,
    "business days": TimeUnit.BUSINESS_DAY,
    "bd": TimeUnit.BUSINESS_DAY,
    "week": TimeUnit.WEEK,
    "weeks": TimeUnit.WEEK,
    "w": TimeUnit.WEEK,
    "month": TimeUnit.MONTH,
    "months": TimeUnit.MONTH,
    "m": TimeUnit.MONTH,
}
#: Names no step may have, because they are anchors.
RESERVED = frozenset({*INVOICE_ANCHORS, "previous"})
_ID = r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*"
_DURATION = re.compile(r"(\d{1,4}) *([a-z]+(?: +[a-z]+)?)")
_J = re.compile(r"J(?: *([+-]) *(\d{1,4}))?(?: *(, *end of month))?")
_AT = re.compile(rf"({_ID}(?:\.[a-z_]+)?)(?:(?: *(\+) *| +(-) *)(\d{{1,4}}) *([a-z]+(?: +[a-z]+)?))?(?: *(, *end of month))?")
_MONEY = re.compile(r"\d{1,15}(?:\.\d{1,4})?")
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
#: An `at` as people write it: an anchor, perhaps a sign, a number and a unit, perhaps the end of the month.
_LOOSE = re.compile(r"([^\d+-][^+]*?)(?: *([+-]) *(\d{1,4}) *([^\W\d_][^\d+,-]*?)??)?(?: *,? *(end of month|fin de mois))?")
#: The same the other way round: a number, a unit, after or before, an anchor.
_TURNED = re.compile(r"(\d{1,4}) *([^\W\d_][^\d]*?) +(après|apres|avant|after|before|à compter de|depuis|from) *(?:l'|l’|les? |la |the )?(\S.*)")
#: The day before or after something: `veille de l'échéance`, `le lendemain du rappel`.
_EVE = re.compile(r"(?:le |la |au |à la |dès le )?(?:(?P<eve>veille)|(?P<later>sur)?lendemain) (?:de la |de l'|de l’|du |de |d')(?P<of>.+)")
#: The end of the time that a step grants: `mise-en-demeure.échéance`, `fin du délai de la mise en demeure + 3 jours`.
_DEADLINE = re.compile(r"([a-z0-9-]+)\.(?:échéance|echeance|délai|delai|date limite|limite|terme|fin)(?=$| *[+-])")
_OF_DEADLINE = re.compile(r"(?:(?:à |a )?(?:l'|la )?(?:fin|expiration|terme|issue) +(?:du |des )?)?délais? +(?:accordés? +)?(?:par |de |du |à )(?:la |l'|le )?([^+]+?)( *[+-] *\d.*)?$")
#: Signs that look like plus and minus, and spaces that do not break.
_SIGNS = str.maketrans({"\u2212": "-", "\u2013": "-", "\u2014": "-", "\u2011": "-", "\u2010": "-", "\uff0b": "+", "\u00a0": " ", "\u202f": " "})
#: An hour behind a date.
_HOUR = re.compile(r",? *(?:à|vers|at|@)? +\d{1,2} *(?:h(?: *\d\d)?|:\d\d|heures?(?: *\d\d)?)$", re.IGNORECASE)
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
    if folded(text).removesuffix("s") in {"h", "heure", "hour"}:
        return sentence("a step falls on a day, at no hour: write whole days")
    if number is not None and folded(text).startswith("jour") and "franc" in folded(text):
        return sentence('of clear days (jours francs) neither the first nor the last counts: write "{span}"', span=phrases.counted_span(number + 1, "day"))
    near = meant(text, UNITS) or meant(text.removesuffix("s"), ("day", "business day", "week", "month"))
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
        plain = re.sub(r"^(?:sous|dans|d'ici|de|à|within|in) +", "", text.strip(), flags=re.IGNORECASE)
        loose = re.fullmatch(r"(\d{1,4})\s*([^\W\d_][^\d]*)", in_figures(plain if plain[:1].isdigit() or " " in plain else f"1 {plain}"))
        near = meant(loose[2], UNITS) if loose else None
        span = phrases.span_meant(int(loose[1]), loose[2]) if loose and near is None else None
        way = sentence('write "{span}"', span=span) if span else sentence('write "{number} {near}"', number=loose[1], near=phrases.unit_of(loose[1], near)) if loose and near else sentence('write a number and a unit, such as "5 days" or "3 business days"')
        if (range_ := re.fullmatch(r"(\d{1,4}) *(?:-|–|/|à|ou|to|or) *(\d{1,4}) *([^\W\d_][^\d]*)", plain)) is not None and (kind_ := meant(range_[3], UNITS)) is not None:
            way = sentence('it is one length: write "{first}" or "{second}"', first=phrases.counted_span(range_[1], kind_), second=phrases.counted_span(range_[2], kind_))
        if loose is None and (_DATE.fullmatch(text) or phrases.day_of_year_meant(text)):
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
    found = duration(text)
    if found.unit not in {TimeUnit.DAY, TimeUnit.WEEK}:
        raise ValueError(sentence('"{text}" has no fixed length; write days or weeks, such as "30 days"', text=text))
    return found


def when(text: str) -> When:
    """Read an `at`: `J+14`, `due - 7 days`, `mise-en-demeure.deadline + 1 business day`, `due + 1 month, end of month`."""
    text = text.strip()
    if (short := _J.fullmatch(text)) is not None:
        sign, number, end = short.groups()
        return When("due", _signed(sign, number, TimeUnit.DAY), bool(end), text)
    found = _AT.fullmatch(text)
    if found is None:
        raise ValueError(_no_date(text))
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


def _rewritten(text: str) -> str | None:
    """Write an `at` again in the words of the language, where an author took others; None where that makes no date."""
    plain = " ".join(in_figures(re.sub(r"^(?:à|a|au|dès|le|from|at) +(?=[JjDd]\b)", "", text.translate(_SIGNS).strip())).split())
    plain = re.sub(r"^([JjDd])(?:[ +/:=]*| *-+ *(-))(?=\d)", lambda found: f"{found[1]}{found[2] or '+'}", plain)
    plain = re.sub(r"^([SsMm]) *\+ *(\d+)$", lambda found: f"due + {found[2]} {'weeks' if found[1] in 'Ss' else 'months'}", plain)
    plain = _DEADLINE.sub(r"\1.deadline", _OF_DEADLINE.sub(lambda found: f"{folded(found[1]).replace(' ', '-')}.deadline{found[2] or ''}", plain))
    plain = re.sub(r"\b(plus|moins)\b(?= *\d)", lambda found: "+" if found[1] == "plus" else "-", plain)
    if (behind := re.fullmatch(r"(?:juste )?(?:après|apres|after|à la suite de|suite à) +(?:la |le |l'|l’|les )?([^+\d]+?(?:-\d+)?)", plain)) is not None:
        plain = f"{behind[1]} + 1 jour"
    if re.match(r"(?:juste )?(?:avant|before) ", plain):
        return None
    plain = _EVE.sub(lambda found: f"{2 if found['later'] else 1} jour {'avant' if found['eve'] else 'après'} {found['of']}", plain)
    if (turned := _TURNED.fullmatch(plain)) is not None:
        sign_ = "-" if turned[3] in {"avant", "before"} else "+"
        plain = f"{turned[4]} {sign_} {turned[1]} {turned[2]}"
    found = _LOOSE.fullmatch(plain)
    if found is None:
        return None
    anchor, sign, number, kind, end = found.groups()
    if anchor in {"J", "j", "D", "d"}:
        kind = None if kind and UNITS.get(meant(kind, UNITS) or "") is TimeUnit.DAY else kind
        anchor = "due" if kind else "J"
    elif re.fullmatch(rf"{_ID}(\.deadline)?", anchor) is None:
        anchor = _anchor_meant(anchor) or (folded(anchor).replace(" ", "-") if number and not re.search(r" (?:(?:du|de|des) |d')", anchor) else "")
    span = phrases.span_meant(int(number), kind) if number and kind else None
    number, unit_ = span.split() if span else (number, meant(kind, UNITS) if kind else "days" if number else None)
    if number and anchor != "J" and unit_ is None:
        return None
    unit_ = unit_.removesuffix("s") if unit_ and number == "1" else unit_
    distance = "" if number is None else f"{sign}{number}" if anchor == "J" else f" {sign} {number} {unit_}"
    written = f"{anchor}{distance}{', end of month' if end else ''}"
    good = _J.fullmatch(written) or re.fullmatch(rf"({_ID}|{'|'.join(map(re.escape, WORLD_ANCHORS))})(\.deadline)?( [+-] .*)?(, end of month)?", written)
    return written if good and written != text and (len(anchor) > 1 or anchor == "J") else None


def _anchor_meant(text: str) -> str | None:
    """Return the anchor that a phrase means, or what it says of another thing does: `mise en demeure présentée` is `letter.presented`."""
    among = (*INVOICE_ANCHORS, "previous", *WORLD_ANCHORS)
    if (whole := meant(text, among)) is not None:
        return whole
    words = folded(text).split()
    for start in range(1, len(words)):
        if (found := next((word for word in known(" ".join(words[start:])) or () if word in WORLD_ANCHORS), None)) is not None:
            return found
    return None


def _no_date(text: str) -> str:
    if (again := _rewritten(text)) is not None:
        return sentence('"{text}" is no date; write "{again}"', text=text, again=again)
    if (found := re.fullmatch(rf"({_ID})-(\d+) *([a-z ]+)", text)) is not None:
        return sentence('"{text}" is no date; put spaces around the sign: "{anchor} - {number} {unit}"', text=text, anchor=found[1], number=found[2], unit=found[3])
    if re.fullmatch(r"[+-]? *\d+ *[^\W\d_]*(?: [^\W\d_]+)*", text):
        distance = text.lstrip("+- ")
        distance = (_rewritten(f"due + {distance}") or f"due + {distance}").removeprefix("due + ")
        return sentence('"{text}" does not say from when to count; write for example "due + {distance}" or "previous + {distance}"', text=text, distance=distance)
    if (said := phrases.of_at(text)) is not None:
        return said
    if (two := re.fullmatch(r"(.+?) (?:ou|or|sinon) (?:à |au |le )?(.+)", text)) is not None and (first := _dated(two[1])) is not None and (second := _dated(two[2])) is not None:
        return sentence('"{text}" are two dates; for the earlier of them write `at: {first}` and `or_at: {second}`', text=text, first=first, second=second)
    if (bare := re.split(r"\s*(?://|--|;)", text)[0].strip()) != text and (remarked := _dated(bare)) is not None:
        return sentence('"{text}" is no date; a remark stands behind "#": write {again}', text=text, again=remarked)
    if (tenth := re.search(r",? *(?:,|et)? *le \d{1,2}(?: du mois)?$", text)) is not None and (whole := _dated(text[: tenth.start()]) or _rewritten(f"due + {text[: tenth.start()]}")) is not None:
        return sentence('"{text}" is no date; no step falls on a day of the month: write "{again}"', text=text, again=whole)
    if (hour := _HOUR.search(text)) is not None and (day_alone := _dated(text[: hour.start()])) is not None:
        return sentence('"{text}" is no date: a step falls on a day, at no hour; write "{again}"', text=text, again=day_alone)
    if _DATE.fullmatch(text):
        return sentence('"{text}" is a day of the calendar; a step counts from the invoice or from another step, such as "J+14"', text=text)
    return sentence('"{text}" is no date; write an anchor and a distance, such as "J+14", "due - 7 days" or "relance-1 + 5 business days"', text=text)


def _dated(text: str) -> str | None:
    """Return an `at` where a text is one, or the one that it means."""
    return text if _J.fullmatch(text) or _AT.fullmatch(text) else _rewritten(text)


def decimal_amount(text: str) -> Decimal:
    """Read an amount: digits, with a point before the decimals. Never negative."""
    if _MONEY.fullmatch(text) is None:
        guess = phrases.thousands(text) or re.sub(r"[\s€“”«»„’‘\"']|EUR|euros?", "", text).replace(",", ".")
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
    if _DATE.fullmatch(text) is None:
        french = re.fullmatch(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})", text)
        year = re.search(r"\d{4}$", text)
        named = phrases.day_of_year_meant(text) if year is not None and french is None else None
        guess = f"{french[3]}-{int(french[2]):02}-{int(french[1]):02}" if french else f"{year[0]}-{named}" if year is not None and named is not None else "2026-02-20"
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
}
