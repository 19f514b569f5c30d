"""Phrases of time and number as people write them, in French above all: a range of days, an hour with its letter, so many times a month, a sum in thousands.

Each function reads what an author wrote and returns what the language says for it, or None where that cannot be told.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from relance.language.vocabulary import folded, in_figures, meant
from relance.model import CONTACT_CHANNELS, TimeUnit
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
WEEK = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
#: What parts the words of a list that was written as one text.
LISTED = re.compile(r"\s*(?:[,;+&]|(?<!\bA)/(?!R\b))\s*|\s+(?:et|and|puis|mais)\s+")
_MONTHS = ("janvier", "fevrier", "mars", "avril", "mai", "juin", "juillet", "aout", "septembre", "octobre", "novembre", "decembre")
#: What people call several days of the week.
_OF_THE_WEEK: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(("jours ouvres", "jour ouvre", "semaine", "business days", "weekdays", "jours de semaine"), WEEK[:5]),
    **dict.fromkeys(("jours ouvrables", "jour ouvrable"), WEEK[:6]),
    **dict.fromkeys(("tous les jours", "tous", "tous jours", "every day"), WEEK),
    **dict.fromkeys(("week end", "weekend", "samedi dimanche"), WEEK[5:]),
}
#: Feasts that fall on the same day each year.
_FEASTS = {"noel": "12-25", "jour de noel": "12-25", "jour de l'an": "01-01", "nouvel an": "01-01", "toussaint": "11-01", "assomption": "08-15", "fete nationale": "07-14", "fete du travail": "05-01", "armistice": "11-11"}


def week_range(text: str) -> tuple[str, ...] | None:
    """Return the days of `lundi-vendredi`, `du lundi au vendredi`, `lun. à ven.`, and of `sauf le vendredi` what is left from Monday to Friday."""
    if (named := _OF_THE_WEEK.get(folded(text).removeprefix("les ").removeprefix("en "))) is not None:
        return named
    if (but := re.fullmatch(r"(?:tous les jours )?(?:sauf|hors|except[eé]*|pas|but) (?:les? )?(.+)", text.strip(), re.IGNORECASE)) is not None:
        left = [meant(re.sub(r"^les? |s$", "", part), WEEK) for part in LISTED.split(but[1])]
        return None if None in left else tuple(day for day in WEEK[:5] if day not in left)
    found = re.fullmatch(r"(?:du )?([^\W\d_]{3,9})\.? *(?:-|–|à|a|au|to) *([^\W\d_]{3,9})\.?", text.strip(), re.IGNORECASE)
    days = [meant(part, WEEK) for part in found.groups()] if found is not None else []
    if not days or None in days:
        return None
    first, last = (WEEK.index(str(each)) for each in days)
    return WEEK[first : last + 1] if first <= last else None


def clock_range(text: str) -> str | None:
    """Return `09:00-12:00` for `9h-12h`, `de 9 h 30 à 12 h`, `9:00 - 18:00`."""
    text = re.sub(r",? +(?:seulement|uniquement|only|de préférence|exclusivement)\.?$", "", text.strip(), flags=re.IGNORECASE)
    if (named := {"matin": "09:00-12:00", "le matin": "09:00-12:00", "apres midi": "14:00-18:00", "l'apres midi": "14:00-18:00", "journee": "09:00-18:00", "toute la journee": "09:00-18:00"}.get(folded(text))) is not None:
        return named
    plain = re.sub(r"\bmidi\b", "12h", text.strip(), flags=re.IGNORECASE)
    found = re.fullmatch(r"(?:de )?(\d{1,2}) *(?:h|:|H)? *(\d\d)? *(?:-|–|à|a|to) *(\d{1,2}) *(?:h|:|H)? *(\d\d)?", plain)
    if found is None:
        return None
    start, begun, end, ended = (int(part or 0) for part in found.groups())
    return f"{start:02}:{begun:02}-{end:02}:{ended:02}" if (start, begun) < (end, ended) and max(start, end) < 24 and max(begun, ended) < 60 else None


def clock_ranges(text: str) -> list[str]:
    """Return each range of `de 9h à 12h et de 14h à 18h`; none where a part is no range."""
    found = [clock_range(part.strip()) for part in LISTED.split(text.strip())]
    return [] if None in found else [str(each) for each in found]


def day_of_year_meant(text: str) -> str | None:
    """Return `08-01` for `2026-08-01`, `01/08`, `1er août`."""
    plain = folded(text)
    if (iso := re.fullmatch(r"\d{4} (\d\d) (\d\d)", plain)) is not None:
        return f"{iso[1]}-{iso[2]}"
    if (slashed := re.fullmatch(r"(\d{1,2})[/.](\d{1,2})(?:[/.]\d{2,4})?", plain)) is not None:
        return f"{int(slashed[2]):02}-{int(slashed[1]):02}" if 0 < int(slashed[2]) < 13 else None
    named = re.fullmatch(r"(\d{1,2})(?:er)? ([a-z]+)(?: \d{4})?", plain)
    month = next((number for number, name in enumerate(_MONTHS, 1) if named is not None and name.startswith(named[2]) and len(named[2]) > 2), None)
    return f"{month:02}-{int(named[1]):02}" if named is not None and month is not None else None


def days_of_year(text: str) -> dict[str, str] | None:
    """Return the days of `du 1er au 31 août`, `du 1er août au 15 septembre`, `août`."""
    plain = re.sub(r"^(?:du |le |en |mois d[e'] ?)", "", folded(text))
    if plain in _MONTHS:
        month = _MONTHS.index(plain) + 1
        return {"from": f"{month:02}-01", "to": f"{month:02}-{(31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)[month - 1]}"}
    if plain in _FEASTS:
        return {"from": _FEASTS[plain], "to": _FEASTS[plain]}
    first, parted, last = plain.partition(" au ")
    until = day_of_year_meant(last) if parted else None
    since = day_of_year_meant(first) or (day_of_year_meant(f"{first} {last.split(' ')[-1]}") if until else None)
    return {"from": since, "to": until} if since and until else None


def repetition(text: str, units: Sequence[str]) -> dict[str, Any] | None:
    """Return the keys of `3 fois tous les 7 jours`, `tous les 15 jours, 3 fois`, `chaque semaine`."""
    plain = folded(text)
    times = re.search(r"(\d+|deux|trois|quatre|cinq|six) (?:fois|times)", plain)
    every = re.search(r"(?:tous les|toutes les|every|chaque) (?:(\d+) )?([a-z]+(?: ouvr\w+)?)", plain) or re.search(r"(\d+) ([a-z]+(?: ouvr\w+)?) (?:d'intervalle|d'ecart|entre)", plain)
    unit = meant(every[2], units) if every is not None else None
    if unit is None and re.match(r"(?:jusqu'(?:au|a)|tant que|indefiniment|sans fin|sans limite|toujours|until|forever)\b", plain):
        return {"every": "14 days", "times": "unlimited"}
    if every is None or unit is None:
        return None
    count = in_figures(f"{times[1]} x").split()[0] if times is not None else "3"
    return {"every": f"{every[1] or 1} {unit}", "times": int(count)} if count.isdigit() else None


#: What counts contacts of every channel.
_ANY_CONTACT = frozenset({"contact", "message", "relance", "foi", "fois", "time"})


def cap(text: str) -> dict[str, Any] | None:
    """Return the keys of `3 par mois`, `2 appels par semaine`, `3 en 30 jours`, `4 fois par trimestre`."""
    plain = in_figures(folded(text))
    found = re.fullmatch(r"(?:max\w*|au plus|pas plus de)? ?(\d+) ?(contacts?|messages?|relances?|appels?|sms|textos?|mails?|courriels?|e mails?|courriers?|lettres?|fois|times)? (?:par|/|en|sur|dans|per|in|every|tous les) ?(?:(\d+) )?([a-z]+)s?", plain)
    days = {"jour": 1, "day": 1, "semaine": 7, "week": 7, "quinzaine": 15, "mois": 30, "moi": 30, "month": 30, "trimestre": 90, "an": 365, "annee": 365}.get(found[4].removesuffix("s") if found else "")
    if found is None or days is None:
        return None
    what = (found[2] or "fois").removesuffix("s")
    channel = None if what in _ANY_CONTACT else meant("sms" if what == "sm" else what, CONTACT_CHANNELS)
    return {"contacts": int(found[1]), "within": counted_span(days * int(found[3] or 1), "day"), **({"channels": [str(channel)]} if channel is not None else {})}


def span_meant(number: int, unit: str) -> str | None:
    """Return the span that is meant by units nobody counts in here: `2 days` for 48 hours, `3 months` for a quarter."""
    plain = folded(unit).removesuffix("s")
    if plain in {"h", "heure", "hour"}:
        return counted_span(number // 24, "day") if number and number % 24 == 0 else None
    times, one = {"huitaine": (8, "day"), "quinzaine": (15, "day"), "fortnight": (2, "week"), "trimestre": (3, "month"), "quarter": (3, "month"), "semestre": (6, "month"), "an": (12, "month"), "annee": (12, "month"), "year": (12, "month")}.get(plain, (0, ""))
    return counted_span(times * number, one) if times else None


def unit_of(number: int | str, unit: str) -> str:
    """Write a unit as one of it, or several, are written: `day`, `days`; `unit` may be in the plural, or short (`d`, `bd`)."""
    one = unit.removesuffix("s")
    return one if str(number) == "1" or len(one) < 3 else f"{one}s"


def counted_span(number: int | str, unit: str) -> str:
    """Write a span as the language does: `1 day`, `2 days`."""
    return f"{number} {unit_of(number, unit)}"


def bound_of(text: str, words: Sequence[str]) -> str | None:
    """Return the approval that is asked above a sum: `au-dessus de 5000 €`."""
    found = re.fullmatch(r"(?:si )?(?:(?:le |la )?(?:solde|montant|total|creance|dette|facture|somme|principal) (?:est )?)?(?:superieure? a|au dessus de|au dela de|plus de|si plus de|>|des|a partir de|above|over) ?(\d+(?:[.,]\d+)?) ?(?:€|eur|euros)?", re.sub(r"(?<=\d) (?=\d{3}\b)", "", folded(text)))
    return sentence("write {written}: two people above it, one below", written=f'{{by: 2, above: "{found[1].replace(",", ".")}"}}') if found is not None and "required" in words else None


def word_denied(text: str) -> str | None:
    """Return the word that a text denies: `vip` of `sauf vip`, `France` of `hors France`."""
    found = re.fullmatch(r"(?:tous |toutes |tout )?(?:sauf|hors|pas|non|not|except\w*|all but)(?: (?:en|de|les?|la|du|the))? +(\S.*)", text.strip(), re.IGNORECASE)
    return None if found is None else found[1]


def thousands(text: str) -> str | None:
    """Return `1500` for `1,5 k€` and `1500€`: thousands written short."""
    found = re.fullmatch(r"(\d+)(?:[.,](\d))? *[kK] *(?:€|EUR|euros?)?", text.strip())
    return None if found is None else f"{int(found[1]) * 1000 + int(found[2] or 0) * 100}"


def of_at(text: str) -> str | None:
    """Say what a step's `at` that names no anchor wants: each Monday, the fifteenth of the month."""
    plain = folded(text)
    if (day := next((each for word in re.findall(r"[a-z]+", plain) if (each := meant(word.removesuffix("s"), WEEK))), None)) is not None:
        return sentence('"{text}" is no date; write when to begin, such as "J+14", and `weekdays: [{day}]` beside it', text=text, day=day)
    if re.fullmatch(r"(?:a |en |la )?fin (?:de |du )?mois|end of month", plain):
        return sentence('"{text}" is no date; write "due, end of month", or a distance before it: "due + 30 days, end of month"', text=text)
    if re.fullmatch(r"(?:le )?jour j|(?:tout de suite|immediatement|aussitot|des (?:que possible|l'echeance)|asap|now|aujourd'hui|a reception)", plain):
        return sentence('"{text}" is no date; write "J+0" for the due date, or "previous + 1 business day" to follow the step above', text=text)
    if re.search(r"\b(?:du|de chaque|chaque) mois\b", plain):
        return sentence('"{text}" is no date; no step falls on a day of the month: write "J+14", or "due + 1 month, end of month"', text=text)
    return None
