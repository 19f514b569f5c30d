"""Payment terms: the due date they give, and the longest the law allows.

Owns C. com. L441-10 I and L441-11 II. Refuses to choose between the two lawful ways of counting "45 days end of
month": without a method it is an error that explains both. A contractual due date never moves off a holiday.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from relance.dates import end_of_month
from relance.errors import RelanceError
from relance.law.parameters import Law, french
from relance.sentences import sentence


class Method(StrEnum):
    """Where the days of "N days end of month" are counted: before the month's end is taken, or after it."""

    BEFORE = "before"
    AFTER = "after"


class Sector(StrEnum):
    """Goods and services with a cap of their own (C. com. L441-11 II), and whatever a public purchaser buys (public procurement code R2192-10)."""

    GENERAL = "general"
    PERIODIC = "periodic"
    TRANSPORT = "transport"
    PERISHABLE = "perishable"
    LIVESTOCK = "livestock"
    ALCOHOL = "alcohol"
    WINE = "wine"
    PUBLIC = "public"


@dataclass(frozen=True, slots=True)
class Terms:
    """So many days, perhaps with the end of a month and a day of the month after it; `days` 0 alone is payment on receipt."""

    days: int
    end_of_month: bool = False
    on_day: int | None = None
    text: str = ""


class TermsError(RelanceError, ValueError):
    """Terms that cannot be read, or that do not say enough; the message is for the person who wrote them."""


_RECEIPT = r"a (?:la )?reception(?: de (?:la )?(?:presente )?facture| de la presente)?"
_ON_RECEIPT = re.compile(
    rf"(?:{_RECEIPT}|immediate?(?:ment|ly| payment)?|de suite|(?:au |net )?comptant(?: {_RECEIPT})?|(?:due )?(?:up)?on receipt(?: of (?:(?:the|this) )?invoice)?|cash)"
)
_TERMS = re.compile(
    r"(?:net\s+)?(?:(?:a|at|net)\s+)?(?:(?P<days>\d{1,3})\s*(?:jours?|jrs?|j|days?|d)\b)?"
    r"(?:\s*(?:nets?|calendaires?|calendar))?"
    r"(?P<issue>\s*(?:(?:a compter de la |de la |apres la |from (?:the )?|of (?:the )?)?(?:date (?:de (?:la )?facture|d'emission(?: de la facture)?)|(?:date of )?(?:the )?invoice(?: date)?)|after invoice))?"
    r"(?P<eom>\s*,?\s*(?:fin (?:de|du) mois|fin mois|fdm|end of (?:the )?month|eom))?"
    r"(?:\s*,?\s*(?:le|on the|the)\s+(?P<day>\d{1,2})(?:er|st|nd|rd|th)?)?"
)


def parse(text: str) -> Terms:
    """Read terms in English or French: "30 days", "45 jours fin de mois", "60 jours fin de mois le 15", "à réception".

    Raises TermsError with what is understood.
    """
    plain = "".join(mark for mark in unicodedata.normalize("NFKD", text.replace("’", "'")) if not unicodedata.combining(mark))
    plain = " ".join(plain.casefold().split()).rstrip(".")
    if _ON_RECEIPT.fullmatch(plain):
        return Terms(0, text=text)
    match = _TERMS.fullmatch(plain)
    if match is None or not (match["days"] or match["eom"]):
        raise TermsError(
            sentence('{text} is no payment terms: write "30 days", "45 days end of month", "30 jours fin de mois le 10" or "on receipt"', text=repr(text))
        )
    on_day = int(match["day"]) if match["day"] else None
    if on_day is not None and not (match["eom"] and 1 <= on_day <= 31):
        raise TermsError(sentence('{text}: a day of the month, 1 to 31, follows an end of month, as in "30 days end of month on the 10"', text=repr(text)))
    return Terms(int(match["days"] or 0), end_of_month=bool(match["eom"]), on_day=on_day, text=text)


#: What may stand before terms, and after them, on an invoice, in French, English and German.
_BEFORE = re.compile(
    r"^(?:date (?:d'echeance|limite de (?:paiement|reglement))|due date|f(?:ae|a)lligkeit(?:sdatum)?|(?:merci de|veuillez|nous vous remercions de) (?:bien vouloir )?(?:nous )?(?:regler|payer)(?: (?:la|cette) facture)?|bitte zahlen sie|conditions?(?: (?:de (?:paiement|reglement)|generales))?|modalites? de (?:paiement|reglement)|delai (?:de (?:paiement|reglement))?|echeance|"
    r"(?:le )?(?:reglement|paiement)|payable|a regler|a payer|exigible|(?:par )?(?:virement|cheque|prelevement|traite|lcr)|payment(?: terms?)?|terms?|due|please pay|to be paid|"
    r"zahlbar|zahlungsziel|zahlungsbedingungen?|zahlung|faellig|fallig)\b[\s:,-]*"
)
_LINKS = re.compile(r"^(?:est |is |sont )?(?:du|due|dus)?\s*(?:par (?:virement|cheque|prelevement|lcr|traite|carte)(?: bancaire)?|by (?:bank )?transfer|per ueberweisung)?\s*"
                    r"(?:sous|dans (?:les|un delai de)?|within|innerhalb(?: von)?|binnen|in)?(?= |$|\d)\s*", re.IGNORECASE)
_NO_DISCOUNT = re.compile(
    r"\b(?:(?:pas d'|sans |aucun )escompte|escompte ?: ?(?:neant|aucun|non|0 ?%)|ohne skonto|(?:no|without) discount)\b"
    r"(?:(?: (?:en cas de|pour))? (?:paiement|reglement) anticipe(?: (?:a|sous) \d+ jours)?)?"
)
_WITH_DISCOUNT = re.compile(r"(.+?)\s(?:avec|with)\s(?:(?:un|a)\s)?(?:\d+(?:[.,]\d+)? ?% ?(?:d'|of )?)?(?:escompte|discount)\b.*")
_AFTER = re.compile(r"\s*(?:par (?:virement|cheque|prelevement|lcr|traite|carte)(?: bancaire)?|by (?:bank )?transfer|rein netto|netto|ohne abzug|nets?|sans escompte|franco)$")
_GERMAN = (("tagen", "days"), ("tage", "days"), ("sofort(?: (?:fallig|zahlbar))?", "on receipt"), ("nach rechnungsdatum", "from invoice date"), ("ab rechnungsdatum", "from invoice date"), ("nach (?:rechnungserhalt|rechnungseingang|erhalt der rechnung)", ""),
           ("(?:bis )?(?:zum )?monatsende", "end of month"))
_NET_FIRST = re.compile(r"(?:net[- ]?|n/?)(\d{1,3})( (?:eom|fdm|end of month|fin de mois))?|(\d{1,3}) ?(?:net|( ?(?:eom|fdm)))")
_INVOICING = r"(?: (?:la (?:date de (?:la )?)?factur(?:e|ation)|l'emission de la facture|celui de la facture))?"
_NEXT_MONTH = re.compile(
    rf"(?:(?:le|au|on the|by the|the|am|bis zum|zum)\s)?(?P<day>\d{{1,2}})(?:er|st|nd|rd|th|\.)?\s(?:du mois (?:suivant|prochain){_INVOICING}|of (?:the )?(?:following|next) month|des folgemonats)"
    rf"|(?:(?:le|au|a la|by|by the|at the)\s)?(?:fin (?:(?:de|du) )?mois (?:suivant|prochain){_INVOICING}|end of (?:the )?(?:following|next) month|ende (?:des )?folgemonats?)"
)
_ON_DAY = re.compile(r"^(?:le |on |am |au |bis (?:zum |spatestens )?|au plus tard le |avant le |no later than |by )?(\d{1,2})[./-](\d{1,2})[./-](\d{4}|\d{2})$|^(?:le |on |by )?(20\d{2})(?P<sign>-?)(\d{2})(?P=sign)(\d{2})$")
#: Numbers of days in words, and what stands for some, in French, English and German without accents.
_NUMBERS = {
    "huit": 8, "dix": 10, "quinze": 15, "vingt": 20, "trente": 30, "quarante-cinq": 45, "quarante cinq": 45, "soixante": 60, "fourteen": 14, "fifteen": 15, "thirty": 30, "forty-five": 45, "sixty": 60,
    "acht": 8, "vierzehn": 14, "dreissig": 30, "dreißig": 30,
}  # fmt: skip
_NUMBER_OF_DAYS = re.compile(rf"\b({'|'.join(_NUMBERS)})(?= (?:jours?|days?|tagen?)\b)")
_SPANS = (("huitaine", "8 jours"), ("quinzaine", "15 jours"), ("des reception", "a reception"))
_MONTHS = {
    name: place for names in (
        ("janvier", "fevrier", "mars", "avril", "mai", "juin", "juillet", "aout", "septembre", "octobre", "novembre", "decembre"),
        ("january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december"),
        ("januar", "februar", "marz", "april", "mai", "juni", "juli", "august", "september", "oktober", "november", "dezember"),
    ) for place, name in enumerate(names, 1)
}  # fmt: skip
_SHORT = {
    "janv": 1, "jan": 1, "fevr": 2, "fev": 2, "feb": 2, "mar": 3, "mrz": 3, "avr": 4, "apr": 4, "jun": 6, "juil": 7, "jul": 7, "aug": 8, "sept": 9, "sep": 9, "oct": 10, "okt": 10, "nov": 11, "dec": 12,
    "dez": 12,
}  # fmt: skip
_MONTHS |= _SHORT
_ANY_MONTH = "|".join(sorted(_MONTHS, key=len, reverse=True))
_DAY_IN_WORDS = re.compile(rf"\b(\d{{1,2}})(?:er|st|nd|rd|th|\.)? ({_ANY_MONTH})\.? (\d{{4}})\b")
_MONTH_FIRST = re.compile(rf"\b({_ANY_MONTH}) (\d{{1,2}})(?:st|nd|rd|th)?,? (\d{{4}})\b")
_DISCOUNT_NET = re.compile(r"\b\d+(?:[.,]\d+)? ?(?:% ?/?|/) ?\d{1,3},? ((?:net |n/)\d{1,3})\b")
_IN_WORDS_TOO = re.compile(rf"\b(?:{'|'.join(_NUMBERS)}) \((\d{{1,3}})\)|\b(\d{{1,3}}) \((?:{'|'.join(_NUMBERS)})\)")
#: "30 jours date de facture, soit le 15/03/2026": the day is what is meant.
_THAT_IS = re.compile(r"[^;\n]*?\b\d{1,3} ?(?:jours?|j)\b[^;\n]*?[ (]soit (?:au plus tard )?(?:le |au )?(\d{1,2}[./-]\d{1,2}[./-]\d{2,4})\b\)?")
#: A number of days, a day or a month of the calendar, what money is paid against: words that speak of when to pay.
_OF_TIME = re.compile(
    r"\d{1,3}\s*(?:jours?|jrs?|j|days?|tagen?|mois|semaines?|months?|weeks?|monate?n?|wochen?|giorni|dias|dagen)\b|\d{1,2}[./-]\d{1,2}[./-](?:\d{4}|\d{2})\b|\d{4}-\d{2}-\d{2}|\b20\d{6}\b|"
    r"\b(?:le|on|by|am|zum|before) \d{1,2}[./]\d{1,2}\b|fin de mois|end of month|quelques jours|\b(?:un|deux|trois|one|two|three) (?:mois|months?)\b|mois (?:suivant|prochain)|(?:following|next) month|"
    r"folgemonat|monatsende|\beom\b|\bfdm\b|\bcod\b|\ba vue\b|\bnet ?\d{1,3}\b(?![.,]\d)|^\d{1,3} ?(?:nets?)?$|"
    rf"(?:^|\b(?:pai|pay|regl|exigible|echeance|due\b|zahl|virement).{{0,30}}\b)(?:(?:au|avant|before|by|courant|fin|debut|mi|end|of|ende|de)[ -])*(?:{_ANY_MONTH})\.?(?: \d{{4}})?$|"
    r"\b(?:sous|dans|within|in|innerhalb|binnen)\s(?:\S+\s){1,2}(?:jours?|days?|tagen?|mois|semaines?|months?|weeks?|monat\w*|wochen?)\b|"
    r"\b(?:pai|pay|regl|comptant|exigible|due\b|cash\b|\d+ ?%|solde\b|zahl|^).{0,30}(?:\ba la (?:livraison|commande|signature)|\bd'avance|\bin advance|\bon (?:delivery|order)|\bbei lieferung|\bvorkasse|\ben (?:\d{1,2}|deux|trois|quatre) (?:fois|versements?|echeances?))\b|"
    r"(?:\b(?:pai|pay|regl|zahl|exigible|due\b|virement|echeance).{0,40}|^)\b(?:a (?:la )?|des |upon |on |at |nach |bei )(?:reception|receipt|erhalt|sight)\b"
)


def stated(text: str) -> Terms | date | None:
    """Return when an invoice's own words say that it is to be paid: terms, or a day; None where they do not speak of it.

    "Règlement à 60 jours date de facture", "payable le 15/03/2026", "Net 30", "zahlbar innerhalb von 30 Tagen"; other sentences
    (penalties, discount) may stand beside. Raises TermsError where they speak of a time that cannot be read, or of two.
    """
    plain = "".join(mark for mark in unicodedata.normalize("NFKD", text.replace("’", "'")) if not unicodedata.combining(mark)).casefold()
    plain = _IN_WORDS_TOO.sub(lambda match: match[1] or match[2], _NO_DISCOUNT.sub("", plain))
    plain = _NUMBER_OF_DAYS.sub(lambda match: str(_NUMBERS[match[1]]), plain)
    plain = _DAY_IN_WORDS.sub(lambda match: f"{match[1]}/{_MONTHS[match[2]]}/{match[3]}", _DISCOUNT_NET.sub(r"\1", plain))
    plain = _THAT_IS.sub(r"le \1", _MONTH_FIRST.sub(lambda match: f"{match[2]}/{_MONTHS[match[1]]}/{match[3]}", plain))
    for written, meant in _SPANS:
        plain = re.sub(rf"\b{written}\b", meant, plain)
    found: list[Terms | date] = []
    unread: list[str] = []
    besides: list[Terms | date] = []  # what stands before a discount in one clause, unless another clause says it
    if (read := _clause(" ".join(plain.split()).strip(" .:"))) is not None:
        return read
    for clause in re.split(r"[;\n]|\.(?!\d)|,(?!\d)|\s[-–]\s", plain):
        if (read := _clause(" ".join(clause.split()).strip(" .:"))) is not None:
            found.append(read)
        elif (match := _WITH_DISCOUNT.fullmatch(clause)) and (read := _clause(match[1])) is not None:
            besides.append(read)
        elif _OF_TIME.search(clause) and not re.search(r"escompte|penalite|retard|discount|skonto|late|verzug", clause):
            unread.append(clause.strip())
    found = found or besides
    kinds = {(one if isinstance(one, date) else (one.days, one.end_of_month, one.on_day)) for one in found}
    if len(kinds) > 1 or unread:
        raise TermsError(sentence("its terms cannot be read: {what}; give the due date in a table, or correct the invoice", what=repr(text.strip())))
    return found[0] if found else None


def _clause(clause: str) -> Terms | date | None:
    for german, english in _GERMAN:
        clause = re.sub(rf"\b{german}\b", english, clause)
    for _ in range(3):
        clause = _AFTER.sub("", _LINKS.sub("", _BEFORE.sub("", clause, count=1), count=1)).strip(" :,/")
    if match := _ON_DAY.fullmatch(clause):
        day, month, year, iso_year, _, iso_month, iso_day = match.groups()
        try:
            return date(int(f"20{year}" if year and len(year) == 2 else year or iso_year), int(month or iso_month), int(day or iso_day))
        except ValueError:
            return None
    if (match := _NEXT_MONTH.fullmatch(clause)) and 1 <= int(match["day"] or 31) <= 31:
        return Terms(0, end_of_month=True, on_day=int(match["day"] or 31), text=clause)
    if match := _NET_FIRST.fullmatch(clause):
        clause = f"{match[1] or match[3]} days{' end of month' if match[2] or match[4] else ''}"
    try:
        return parse(clause)
    except TermsError:
        return None


#: The days that the law gives professionals who agreed none, from delivery or performance (C. com. L441-10 I, first sentence).
UNAGREED = "30 days"


def due_date(issued: date, terms: Terms | str, method: Method | str | None = None) -> date:
    """Return the day on which an invoice issued on a day falls due.

    Days count from the day after the invoice's. "End of month" with days needs a method: `before` counts the days before the
    month's end is taken, `after` counts them after the end of the invoice's month. Raises TermsError without one.
    """
    terms = parse(terms) if isinstance(terms, str) else terms
    days = timedelta(terms.days)
    if not terms.end_of_month:
        return issued + days
    if method is None and terms.days:
        first, second = end_of_month(issued + days), end_of_month(issued) + days
        raise TermsError(
            sentence("{what} is counted in two lawful ways, and the terms of sale say which: `before` counts the {days} days first, then goes to the end of that month ({first}); `after` goes to the end of the invoice's month first, then counts {days} days ({second})", what=repr(terms.text or "end of month"), days=terms.days, first=first, second=second)
        )
    last = end_of_month(issued) + days if method is not None and Method(method) is Method.AFTER else end_of_month(issued + days)
    return last if terms.on_day is None else _next(last, terms.on_day)


def _next(after: date, day: int) -> date:
    """Return the first such day of a month after a date; the month's last where it has no such day."""
    month = after + timedelta(1)
    while True:
        found = min(month.replace(day=1) + timedelta(day - 1), end_of_month(month))
        if found > after:
            return found
        month = end_of_month(month) + timedelta(1)


@dataclass(frozen=True, slots=True)
class OverCap:
    """Terms longer than the law allows: the sentence and the article."""

    message: str
    law: str


def over_cap(terms: Terms | str, on: date, sector: Sector | str = Sector.GENERAL, *, law: Law | None = None) -> OverCap | None:
    """Return what is wrong with terms agreed between professionals, or None. `on` is the day of the invoice."""
    terms = parse(terms) if isinstance(terms, str) else terms
    law, sector = law or french(), Sector(sector)
    name, allows_end = _cap(sector, end=terms.end_of_month)
    parameter = law[name]
    cap = int(law.value_on(name, on))
    days = terms.days + (terms.on_day or 0)
    told = f"{terms.text or 'these terms'!r}"
    if terms.end_of_month and not allows_end:
        return OverCap(f"{told}: an end of month is not allowed here; at most {cap} days {_from(sector)}", parameter.law)
    if days > cap:
        shape = "days end of month" if terms.end_of_month else f"days {_from(sector)}"
        return OverCap(f"{told} is longer than the law allows: at most {cap} {shape}", parameter.law)
    return None


def _cap(sector: Sector, *, end: bool) -> tuple[str, bool]:
    """Return the parameter that caps a sector's terms, and whether an end of month is lawful there."""
    if sector is Sector.GENERAL:
        return ("terms-cap-end-of-month" if end else "terms-cap"), True
    if sector is Sector.WINE:
        return ("terms-cap-wine" if end else "terms-cap"), True
    return f"terms-cap-{sector}", sector is Sector.ALCOHOL


def _from(sector: Sector) -> str:
    if sector is Sector.PUBLIC:
        return "from the day the public purchaser received the invoice"
    return "from delivery" if sector in (Sector.PERISHABLE, Sector.LIVESTOCK) else "from the date of the invoice"
