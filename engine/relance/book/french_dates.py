"""Durations, dates and lists as French says them: « 5 jours ouvrés après « Première relance » ».

Owns the words, and nothing of what a date means. `titles` gives the title of a step by its id.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from relance.model import Duration, Pause, TimeUnit, When

NBSP = "\u00a0"
_UNITS: Mapping[TimeUnit, tuple[str, str]] = MappingProxyType(
    {
        TimeUnit.DAY: ("jour", "jours"),
        TimeUnit.BUSINESS_DAY: ("jour ouvré", "jours ouvrés"),
        TimeUnit.WEEK: ("semaine", "semaines"),
        TimeUnit.MONTH: ("mois", "mois"),
    }
)
MONTHS = ("janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre", "décembre")
WEEKDAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
#: Anchors → « … après X », and « X » where there is no distance.
_ANCHORS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "due": ("l’échéance", "le jour de l’échéance"),
        "issued": ("l’émission de la facture", "le jour de l’émission de la facture"),
        "placed": ("la remise du dossier", "le jour de la remise du dossier"),
        "mandate": ("le mandat du créancier", "le jour du mandat du créancier"),
        "previous": ("la dernière étape exécutée", "le jour de la dernière étape exécutée"),
        "promise.broken": ("la promesse de payer non tenue", "dès qu’une promesse de payer n’est pas tenue"),
        "plan.broken": ("l’échéancier non tenu", "dès qu’un échéancier n’est pas tenu"),
        "dispute.closed": ("la clôture de la contestation", "dès qu’une contestation est close"),
        "hold.lifted": ("la levée de la suspension", "dès que la suspension est levée"),
        "payment.received": ("le paiement reçu", "dès qu’un paiement est reçu"),
        "payment.reversed": ("le rejet du paiement", "dès qu’un paiement est rejeté ou annulé"),
        "letter.presented": ("la première présentation de la lettre recommandée", "le jour où la lettre recommandée est présentée"),
        "letter.refused": ("le refus de la lettre recommandée", "dès que la lettre recommandée est refusée"),
        "letter.unclaimed": ("le retour de la lettre recommandée non réclamée", "dès que la lettre recommandée revient non réclamée"),
        "letter.returned": ("le retour de la lettre recommandée", "dès que la lettre recommandée est retournée"),
        "contact.inbound": ("la réponse du débiteur", "dès que le débiteur prend contact"),
        "call.reached": ("l’appel qui a joint le débiteur", "dès qu’un appel a joint le débiteur"),
        "call.refused": ("l’appel où le débiteur a refusé de payer", "dès que le débiteur refuse de payer au téléphone"),
        "call.no_answer": ("l’appel resté sans réponse", "dès qu’un appel reste sans réponse"),
        "call.wrong_number": ("l’appel à un numéro erroné", "dès qu’un numéro se révèle erroné"),
        "order.filed": ("le dépôt de la requête en injonction de payer", "le jour du dépôt de la requête en injonction de payer"),
        "order.made": ("l’ordonnance portant injonction de payer", "le jour de l’ordonnance portant injonction de payer"),
        "order.served": ("la signification de l’ordonnance", "le jour de la signification de l’ordonnance"),
        "order.opposed": ("l’opposition à l’ordonnance", "dès que le débiteur forme opposition à l’ordonnance"),
    }
)


def duration_said(value: Duration) -> str:
    """Write a distance without its sign: `15 jours`, `1 jour ouvré`, `2 mois`."""
    one, several = _UNITS[value.unit]
    number = abs(value.number)
    return f"{number}{NBSP}{one if number < 2 else several}"


def every_said(value: Duration) -> str:
    """Say how often something comes: `tous les 15 jours`, `tous les mois`, `toutes les 2 semaines`."""
    all_of = "toutes les" if value.unit is TimeUnit.WEEK else "tous les"
    return f"{all_of} {_UNITS[value.unit][1] if value.number == 1 else duration_said(value)}"


def when_said(value: When, titles: Mapping[str, str]) -> str:
    """Write a date of the ladder out: « 14 jours après l’échéance », « dès qu’un échéancier n’est pas tenu »."""
    after, on = _anchor(value.anchor, titles)
    said = on
    if value.offset is not None and value.offset.number:
        said = f"{duration_said(value.offset)} {'après' if value.offset.number > 0 else 'avant'} {after}"
    return f"{said}, reporté à la fin de ce mois" if value.end_of_month else said


def _anchor(name: str, titles: Mapping[str, str]) -> tuple[str, str]:
    if name in _ANCHORS:
        return _ANCHORS[name]
    step = name.removesuffix(".deadline")
    title = quoted(titles.get(step, step))
    if name != step:
        return f"le terme du délai accordé par {title}", f"le dernier jour du délai accordé par {title}"
    return title, f"le jour de {title}"


def pause_said(value: Pause) -> str:
    """Write the days of a pause: « du 1er août au 31 août inclus »."""
    return f"du {_day_of_year(value.start)} au {_day_of_year(value.end)} inclus"


def _day_of_year(value: tuple[int, int]) -> str:
    month, day = value
    return f"{'1er' if day == 1 else day}{NBSP}{MONTHS[month - 1]}"


def weekdays(numbers: Iterable[int]) -> str:
    """Name days of the week: « le samedi et le dimanche »."""
    return listing([f"le {WEEKDAYS[number]}" for number in numbers])


def listing(parts: Iterable[str], last: str = "et") -> str:
    """Join words: « a, b et c »."""
    held = list(parts)
    return f"{', '.join(held[:-1])} {last} {held[-1]}" if len(held) > 1 else "".join(held)


def quoted(text: str) -> str:
    """Put a title between French quotation marks."""
    return f"«{NBSP}{text}{NBSP}»"


def that(before: str, clause: str) -> str:
    """Join a clause by « que », elided before a vowel: « tant qu’un échéancier est en cours »."""
    return f"{before} qu’{clause}" if clause[0] in "aeiouéè" else f"{before} que {clause}"
