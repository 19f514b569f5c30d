"""Conditions in French: « il est dû 500,00 € ou plus et le débiteur est un particulier »."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from relance.book.french_dates import duration_said, listing, quoted, that
from relance.book.sayings import name_keys
from relance.model import OWN, AllOf, AnyOf, Condition, Duration, Not, Test
from relance.report.french import CHANNELS, day_in_french, french_amount

#: States → what is so, and what is not so.
STATES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "paid": ("tout est payé", "tout n’est pas payé"),
        "disputed": ("la créance est contestée", "la créance n’est pas contestée"),
        "promised": ("une promesse de payer est en cours", "aucune promesse de payer n’est en cours"),
        "promise_broken": ("la dernière promesse de payer n’a pas été tenue", "aucune promesse de payer n’a été manquée"),
        "plan_running": ("un échéancier est en cours", "aucun échéancier n’est en cours"),
        "plan_broken": ("le dernier échéancier n’a pas été tenu", "aucun échéancier n’a été manqué"),
        "insolvent": ("une procédure collective est ouverte", "aucune procédure collective n’est ouverte"),
        "on_hold": ("une personne a suspendu le dossier", "le dossier n’est pas suspendu"),
        "unmatched_money": ("un paiement reçu du débiteur reste à rapprocher", "aucun paiement du débiteur ne reste à rapprocher"),
        "written_off": ("la créance est passée en perte", "la créance n’est pas passée en perte"),
        "time_barred": ("la créance est prescrite", "la créance n’est pas prescrite"),
        "handed_over": ("le dossier a été transmis", "le dossier n’a pas été transmis"),
    }
)
_MONEY = {"balance": "le reste dû non contesté est", "overdue_balance": "le reste dû échu est", "original_amount": "le montant d’origine des factures est", "total_claimed": "le total réclamé, accessoires compris, est"}
_COUNTS = {
    "days_overdue": "le nombre de jours de retard est", "unpaid_invoices": "le nombre de factures impayées du débiteur est",
    "broken_promises": "le nombre de promesses non tenues est", "usual_delay": "le retard habituel de ce payeur, en jours, est", "score": "la note du débiteur est",
}  # fmt: skip
#: Counts → what is so when there is none, where that reads better than « nul ».
_NONE: Mapping[str, str] = MappingProxyType({"broken_promises": "aucune promesse n’a encore été manquée", "unpaid_invoices": "le débiteur n’a aucune facture impayée"})
_BOUNDS: Mapping[str, str] = MappingProxyType(
    {"at_least": "supérieur ou égal à", "more_than": "supérieur à", "at_most": "inférieur ou égal à", "less_than": "inférieur à"}
)
_DAYS = {"due_on": "l’échéance de la facture est", "issued_on": "la date de la facture est"}
_DEBTORS = {"business": "un professionnel", "consumer": "un particulier", "public": "une personne publique", "any": "quelconque"}
#: What the shipped playbooks and `relance claim` call a debtor by; a profile of one's own is said as it is written.
_PROFILES: Mapping[str, str] = MappingProxyType(
    {
        "bad-faith": "mauvaise foi", "consumer": "consommateur", "dispute": "litige", "forgetful": "distrait", "litigation": "contentieux",
        "negligent": "négligent", "standard": "courant", "struggling": "en difficulté", "valued": "client à garder",
    }
)  # fmt: skip


def profile_said(profile: str) -> str:
    """Name a profile in French, with the word of the file where it is another: `« mauvaise foi » (bad-faith)`."""
    name = _PROFILES.get(profile, profile)
    return quoted(name) if name == profile else f"{quoted(name)} ({profile})"


_WORDS: Mapping[str, Callable[[tuple[str, ...]], str]] = MappingProxyType(
    {
        "debtor": lambda found: f"le débiteur est {listing([_DEBTORS[each] for each in found], 'ou')}",
        "profile": lambda found: f"le profil du débiteur est {listing(map(profile_said, found), 'ou')}",
        "country": lambda found: f"le pays du débiteur est {listing(found, 'ou')}",
        "language": lambda found: f"la langue du débiteur est {listing(found, 'ou')}",
        "creditor": lambda found: f"le créancier est {listing(map(quoted, found), 'ou')}",
        "tag": lambda found: f"le débiteur ou la facture porte l’étiquette {listing(map(quoted, found), 'ou')}",
        "postcode": lambda found: f"le code postal du débiteur commence par {listing(found, 'ou')}",
        "done": lambda found: f"l’étape {listing(map(quoted, found), 'ou')} a été exécutée",
        "reachable_by": lambda found: f"le débiteur peut être joint par {listing([CHANNELS[each] for each in found], 'ou')}",
    }
)
name_keys(*(f"condition.{state}" for state in STATES), *(f"condition.{fact}" for fact in (*_MONEY, *_COUNTS, *_WORDS, *_DAYS)), by="_test")
name_keys("condition.field", *(f"field_bounds.{bound}" for bound in (*_BOUNDS, "from", "before")), by="_own")
name_keys(*(f"day_bounds.{bound}" for bound in ("from", "before")), by="_test")
name_keys(*(f"{kind}_bounds.{bound}" for kind in ("amount", "number") for bound in _BOUNDS), by="_bound")
name_keys("condition.any_of", "condition.not", "condition.limitation_within", by="condition_said")


def if_said(value: Condition) -> str:
    """Write a condition with its « si », which loses its vowel before « il »."""
    said = condition_said(value)
    return f"s’{said}" if said.startswith(("il ", "ils ")) else f"si {said}"


def condition_said(value: Condition) -> str:
    """Write a condition out, as what is so when it holds."""
    match value:
        case AllOf(parts):
            return _joined([f"({said})" if isinstance(part, AnyOf) else said for part in parts for said in [condition_said(part)]], "et")
        case AnyOf(parts):
            return _joined([condition_said(part) for part in parts], "ou")
        case Not(Test(fact, _, truth)) if fact in STATES:
            return STATES[fact][1 if truth else 0]
        case Not(Test(fact, "is", truth)) if fact.startswith(OWN):
            return f"le champ {quoted(fact.removeprefix(OWN))} ne dit pas {'oui' if truth else 'non'}"
        case Not(Test(fact)) if fact in _WORDS and (said := _denied(condition_said(value.part))):
            return said
        case Not(part):
            return that("il n’est pas vrai", condition_said(part))
        case Test():
            return _test(value)


#: How what is said of a debtor, an invoice or a step is denied.
_DENIALS = (
    ("le débiteur ou la facture porte", "ni le débiteur ni la facture ne porte"), (" commence ", " ne commence pas "),
    (" est ", " n’est pas "), (" peut ", " ne peut pas "), (" a été ", " n’a pas été "),
)  # fmt: skip


def _denied(said: str) -> str:
    """Deny a clause; "" where it names several things, of which « ne … pas … ou » would say too little."""
    found = next((each for each in _DENIALS if each[0] in said), None)
    return said.replace(*found, 1) if found and " ou " not in said.replace("le débiteur ou la facture", "") else ""


def _joined(said: Sequence[str], last: str) -> str:
    """Join clauses that follow « si », « quand » or « que », each after the first with its own « que »: « si a, que b et que c »."""
    return listing([*said[:1], *(that("", each).lstrip() for each in said[1:])], last)


def _own(test: Test) -> str:
    """Say what a field of the creditor's own must be."""
    name, value = f"le champ {quoted(test.fact.removeprefix(OWN))}", test.value
    match value:
        case bool():
            return f"{name} dit {'oui' if value else 'non'}"
        case tuple():
            return f"{name} est {listing(map(quoted, map(str, value)), 'ou')}"
        case date():
            return f"{name} est {'antérieur au' if test.op == 'before' else 'postérieur ou égal au'} {day_in_french(value)}"
        case _:
            return f"{name} est {_BOUNDS[test.op]} {str(value).replace('.', ',')}"


def _test(test: Test) -> str:
    if test.fact.startswith(OWN):
        return _own(test)
    if test.fact in STATES:
        return STATES[test.fact][0 if test.value else 1]
    if test.fact in _WORDS:
        found: Any = test.value
        return _WORDS[test.fact](tuple(found))
    if isinstance(test.value, Duration):
        return f"la créance se prescrit dans les {duration_said(test.value)}"
    if isinstance(test.value, date):
        when = f"antérieure au {day_in_french(test.value)}" if test.op == "before" else f"le {day_in_french(test.value)} ou postérieure"
        return f"{_DAYS[test.fact]} {when}"
    if test.fact in _COUNTS and (test.op, test.value) in (("less_than", 1), ("at_most", 0)):
        return _NONE.get(test.fact, f"{_COUNTS[test.fact]} nul")
    return f"{(_MONEY | _COUNTS)[test.fact]} {_bound(test)}"


def _bound(test: Test) -> str:
    value: Any = test.value
    if isinstance(value, tuple):
        return listing([f"{_BOUNDS[test.op]} {french_amount(amount, currency)}" for currency, amount in value], "ou")
    said = f"{_BOUNDS[test.op]} {french_amount(value) if isinstance(value, Decimal) else value}"
    return f"{said} (dans la devise du dossier)" if isinstance(value, Decimal) else said
