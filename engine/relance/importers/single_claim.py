"""One unpaid invoice to a case: what it needs, whether the claim is certain, liquidated and due, which playbook fits.

Owns the questions and the reasons to stop. It says what is missing; it does not qualify a claim nor recommend a lawsuit.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

from relance.iban import compact, mistake
from relance.importers.columns import ColumnMapping
from relance.importers.import_settings import Settings
from relance.importers.intake import Form, SourceFile, rehearsal, take
from relance.interpreter.balance import balances
from relance.law.limitation import barred_on
from relance.model import Address, Creditor, Debtor, Facts, Invoice
from relance.sentences import in_turn, marked, sentence

#: Profile of the debtor → shipped playbook, and what the profile means.
PROFILES: Mapping[str, tuple[str, str]] = {
    "forgetful": ("declic", marked("has forgotten, one friendly reminder will do")),
    "negligent": ("negligent", marked("pays late, again and again")),
    "struggling": ("en-difficulte", marked("has no cash, a plan would help")),
    "bad-faith": ("mauvaise-foi", marked("finds excuses and does not mean to pay")),
    "standard": ("systematique", marked("not known yet")),
}
CONSUMER_PLAYBOOK = "consommateur"
_POSTCODE = re.compile(r"(?:^|\s)\d{5}\s+\S")


class Wanted(NamedTuple):
    """One thing that is asked: its name, the question, how it is read (ValueError says what is wrong), whether it is needed."""

    name: str
    question: str
    read: Callable[[str], Any]
    needed: bool = True


@dataclass(frozen=True, slots=True)
class Answers:
    """What a person says of the claim: where it comes from, whether the amount was agreed, whether it is disputed."""

    basis: str
    agreed: bool
    disputed: bool


def siren(text: str) -> str:
    """Read a SIREN: nine digits whose key is right."""
    from stdnum.exceptions import ValidationError
    from stdnum.fr import siren as number

    try:
        return str(number.validate(text))
    except ValidationError as error:
        raise ValueError(sentence("'{text}' is no SIREN: nine digits, the last of which is a key", text=text)) from error


def iban(text: str) -> str:
    """Read an IBAN whose keys are right."""
    if wrong := mistake(text):
        raise ValueError(wrong)
    return compact(text)


def day(text: str) -> date:
    """Read a day, as 2026-03-02 or 02/03/2026."""
    if found := re.fullmatch(r"(\d{1,2})/(\d{1,2})/(\d{4})", text.strip()):
        text = f"{found[3]}-{int(found[2]):02}-{int(found[1]):02}"
    try:
        if len(text.strip()) == 10:
            return date.fromisoformat(text.strip())
    except ValueError:
        pass
    raise ValueError(sentence("'{text}' is no day: write 2026-03-02 or 02/03/2026", text=text))


def read_amount(text: str) -> Decimal:
    """Read an amount of more than nothing, as 1200.00, 1 200,00 or 1200."""
    compact = re.sub(r"[\s\u00a0\u202f€]", "", text).replace(",", ".")
    if not re.fullmatch(r"\d{1,12}(?:\.\d{1,2})?", compact) or not Decimal(compact):
        raise ValueError(sentence("'{text}' is no amount: write 1200.00", text=text))
    return Decimal(compact).quantize(Decimal("0.01"))


def postal_address(text: str) -> tuple[str, ...]:
    """Read a postal address, its lines separated by commas, with a postcode and a town."""
    found = tuple(part.strip() for part in text.split(",") if part.strip())
    if not any(_POSTCODE.search(line) for line in found):
        raise ValueError(sentence("an address has a postcode and a town: 12 rue de la Paix, 69001 Lyon"))
    return found


def address_of_mail(text: str) -> str:
    """Read an e-mail address."""
    if not re.fullmatch(r"[^@\s,;<>]+@[^@\s,;<>]+\.[A-Za-z0-9-]{2,}", text.strip()):
        raise ValueError(sentence("'{text}' is no e-mail address", text=text))
    return text.strip()


def word(text: str) -> str:
    """Read a text of at least one character."""
    if not text.strip():
        raise ValueError(sentence("something is needed here"))
    return text.strip()


#: What is asked, in this order, where neither an option nor the invoice's file has said it.
WANTED: tuple[Wanted, ...] = (
    Wanted("creditor", marked("Your company's name"), word),
    Wanted("creditor_siren", marked("Your SIREN"), siren, needed=False),
    Wanted("creditor_address", marked("Your address, lines separated by commas"), postal_address),
    Wanted("creditor_email", marked("Your e-mail address"), address_of_mail),
    Wanted("iban", marked("Your IBAN"), iban),
    Wanted("debtor", marked("Who owes"), word),
    Wanted("debtor_siren", marked("Their SIREN"), siren, needed=False),
    Wanted("debtor_address", marked("Their address, lines separated by commas"), postal_address),
    Wanted("debtor_email", marked("Their e-mail address"), address_of_mail),
    Wanted("number", marked("Number of the invoice"), word),
    Wanted("issued", marked("Day it was issued"), day),
    Wanted("due", marked("Day it fell due"), day),
    Wanted("amount", marked("Amount still owed, tax included"), read_amount),
)


def from_file(path: Path, folder: Path, on: date, now: Callable[[], Any]) -> tuple[dict[str, Any], str]:
    """Read an electronic invoice (Factur-X, CII or UBL) through a journal of its own in `folder`: what it says, by the names of `WANTED`.

    A due date it does not give (the smallest profile has none) is not among what it says. The text tells why it cannot be read, or what of it
    was left out.
    """
    found, why = _read(path, folder / "as-it-is", on, now, "")
    if found is not None:
        return said_by(found, on), why
    undated, remarks = _read(path, folder / "undated", on, now, "0 days")
    if undated is None:
        return {}, why
    return {name: value for name, value in said_by(undated, on).items() if name != "due"}, remarks


def _read(path: Path, folder: Path, on: date, now: Callable[[], Any], terms: str) -> tuple[Facts | None, str]:
    folder.mkdir()
    with rehearsal(None, folder, now) as journal:
        outcome = take(journal, [SourceFile(path, Form.E_INVOICE)], Settings(ColumnMapping(terms=terms), not_after=on))
        found = next(iter(journal.facts()), None)
    if found is None or not found.invoices:
        return None, in_turn([each.reason for each in outcome.rejects]) or sentence("it holds no invoice that is owed")
    return found, in_turn([each.text for each in outcome.remarks])


def doubts(known: Mapping[str, Any]) -> dict[str, str]:
    """Say what of an invoice's file cannot be right (a wrong IBAN, SIREN or e-mail address), by the names of `WANTED`."""
    found = {}
    for wanted in WANTED:
        if isinstance(value := known.get(wanted.name), str):
            try:
                wanted.read(value)
            except ValueError as error:
                found[wanted.name] = error.args[0]
    return found


def said_by(facts: Facts, on: date) -> dict[str, Any]:
    """Return what an invoice's file says already, by the names of `WANTED`; what was paid before is taken off."""
    creditor, debtor, claim = facts.creditor, facts.debtor, facts.invoices[0]
    open_ = balances(facts, on).outstanding.get(claim.id, claim.amount)
    known = {
        "creditor": creditor.name, "creditor_siren": creditor.siren, "creditor_address": creditor.address.lines if creditor.address else None,
        "creditor_email": creditor.email, "iban": creditor.iban, "debtor": debtor.name, "debtor_siren": debtor.siren,
        "debtor_address": debtor.address.lines if debtor.address else None, "debtor_email": debtor.email, "number": claim.id, "issued": claim.issued,
        "due": claim.due, "amount": open_,
        "creditor_id": creditor.id, "debtor_id": debtor.id,
    }  # fmt: skip
    return {name: value for name, value in known.items() if value}


def facts_of(known: Mapping[str, Any], *, kind: str, profile: str) -> Facts:
    """Make the case of one invoice out of what was said, by the names of `WANTED`."""

    def named(text: str) -> str:
        return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:40] or "x"

    return Facts(
        Creditor(
            id=known.get("creditor_id") or known.get("creditor_siren") or named(known["creditor"]), name=known["creditor"],
            siren=known.get("creditor_siren"), address=Address(known["creditor_address"]), email=known["creditor_email"], iban=known["iban"],
        ),
        Debtor(
            id=known.get("debtor_id") or known.get("debtor_siren") or named(known["debtor"]), name=known["debtor"], kind=kind,
            profile=profile if kind == "business" else "consumer", country="FR", language="fr", siren=known.get("debtor_siren"),
            address=Address(known["debtor_address"]), email=known["debtor_email"],
        ),
        (Invoice(known["number"], known["due"], known["amount"], issued=known["issued"]),),
    )  # fmt: skip


def obstacles(facts: Facts, answers: Answers, on: date) -> tuple[str, ...]:
    """Say why the claim is not certain, liquidated and due on a day, one reason a sentence; none: it may be chased."""
    claim, found = facts.invoices[0], []
    if not answers.basis.strip():
        found.append(sentence("it is not certain: no contract, order or accepted quotation is named"))
    if answers.disputed:
        found.append(sentence("it is not certain: it is disputed; answer the dispute first (playbook 'litige')"))
    if not answers.agreed:
        found.append(sentence("it is not liquidated: the amount was not agreed, nor can it be worked out from what was"))
    if claim.issued is not None and claim.issued > claim.due:
        found.append(sentence("the invoice was issued on {issued}, after it is said to have fallen due on {due}", issued=claim.issued, due=claim.due))
    if on <= claim.due:
        found.append(sentence("it is not due: its due date is {due}, and late from the day after", due=claim.due))
    barred = barred_on(
        claim.due, debtor_kind=facts.debtor.kind, creditor_kind=facts.creditor.kind, nature=claim.nature, issued=claim.issued,
        delivered=claim.delivered, performed=claim.performed,
    )  # fmt: skip
    if on >= barred.on:
        found.append(sentence("it is time-barred since {on} ({basis})", on=barred.on, basis=barred.basis))
    return tuple(found)


def playbook_for(kind: str, profile: str) -> str:
    """Return the shipped playbook that fits a debtor."""
    return CONSUMER_PLAYBOOK if kind == "consumer" else PROFILES[profile][0]
