"""A sample case, for authors: what `relance template vars` and `relance template show` fill a wording with.

The names, addresses, IBAN and what happened are invented; every sum is worked out from them by the interpreter, as that of a real case is.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from relance.interpreter.arrears import asked_as
from relance.interpreter.offers import offered
from relance.interpreter.snapshot import Snapshot, case_today
from relance.letters.context import Writing
from relance.letters.letterhead import Letterhead
from relance.model import (
    Action,
    Address,
    Asks,
    Calendar,
    Case,
    Channel,
    Charge,
    Claimed,
    Creditor,
    Debtor,
    Event,
    Facts,
    Invoice,
    OfferTerms,
    Playbook,
    StepKind,
    Tone,
)

DAY = date(2026, 3, 6)
#: Rules that hold nothing back and take nothing out: a sample is read whatever happened.
_NO_RULES = Playbook(id="sample", version=1, title="", steps=(), stop_when=(), hold_while=())
AGENCY = Letterhead(
    sender={
        "name": "Recouvrement du Rhône SAS", "legal_form": "SAS", "capital": "50 000 €", "siren": "732829320", "rcs": "RCS Lyon 732 829 320",
        "address": ["8 cours Lafayette", "69003 Lyon"], "email": "dossiers@rdr.example", "phone": "04 78 00 00 00", "signatory": "Paul Morel",
        "role": "Chargé de recouvrement", "place": "Lyon", "activity": "recouvrement amiable de créances pour le compte d'autrui",
    },
    payment={"iban": "FR7630006000011234567890189", "bic": "AGRIFRPP", "beneficiary": "Recouvrement du Rhône – fonds de tiers"},
)  # fmt: skip


def facts(*, consumer: bool = False, invoices: int = 1) -> Facts:
    """Return a sample debtor with so many invoices, a payment on the oldest and an earlier reminder."""
    claims = tuple(
        Invoice(
            id=f"F-2026-{number:03}",
            issued=date(2026, 1, 2) + timedelta(number - 1),
            due=date(2026, 2, 1) + timedelta(number - 1),
            amount=Decimal("1200.00") + 100 * (number - 1),
        )
        for number in range(1, invoices + 1)
    )
    emitted = {
        "id": "b81f2c90d4",
        "playbook": "negligent",
        "step": "rappel-avant-echeance",
        "occurrence": 1,
        "channel": Channel.EMAIL,
        "draft": False,
    }
    return Facts(
        creditor=Creditor(
            id="atelier", name="Atelier du Rhône SARL", siren="552100554", address=Address(("3 quai du Rhône", "69002 Lyon")),
            email="compta@atelier-rhone.example", phone="04 72 00 00 00", iban="FR7630006000011234567890189", bic="AGRIFRPP", mandate=date(2026, 1, 5),
            terms={"legal_form": "SARL", "capital": "10 000 €", "rcs": "RCS Lyon 552 100 554", "signatory": "Claire Martin", "role": "Comptable",
                "mediator": "Médiation Exemple, 1 rue Exemple, 75001 Paris"},
        ),
        debtor=Debtor(
            id="dupont", name="Camille Dupont" if consumer else "Dupont SA", kind="consumer" if consumer else "business", country="FR", language="fr",
            siren=None if consumer else "443061841", address=Address(("12 rue de la République", "69001 Lyon")), email="compta@dupont.example",
            phone="+33612345678",
        ),
        invoices=claims,
        events=(
            Event(on=date(2026, 1, 26), kind="action.emitted", invoice="F-2026-001", data=emitted),
            Event(on=date(2026, 2, 20), kind="payment.received", invoice="F-2026-001", seq=1, data={"amount": Decimal("200.00")}),
        ),
    )  # fmt: skip


def rich(case: Facts) -> Facts:
    """Return a sample case of at least three invoices with what may stand beside the two that are asked.

    Of the first, a promise failed and a plan is broken; of the second, a credit note was given; the third is in dispute. One invoice is in
    another currency, one is not due yet.
    """
    first, second, third = case.invoices[:3]
    told: tuple[tuple[Invoice, str, dict[str, Any]], ...] = (
        (first, "promise.made", {"by": date(2026, 1, 24), "amount": Decimal(100)}),
        (first, "plan.agreed", {"instalments": ({"on": date(2026, 1, 24), "amount": Decimal(50)}, {"on": date(2026, 2, 27), "amount": Decimal(450)})}),
        (second, "credit_note.issued", {"amount": Decimal(30)}),
        (third, "dispute.opened", {"reason": "deux caisses manquaient"}),
    )
    events = (*case.events, *(Event(date(2026, 1, 20), kind, about.id, data=data) for about, kind, data in told))
    beside = (replace(first, id=f"{first.id}-USD", currency="USD"), replace(first, id=f"{first.id}-B", due=date(2026, 4, 30)))
    ordered = tuple(replace(event, seq=number) for number, event in enumerate(sorted(events, key=lambda event: event.on)))
    return replace(case, invoices=(*case.invoices, *beside), events=ordered)


def asked_of(case: Facts, names: Collection[str], on: date, kinds: Collection[Charge], asks: Asks = Asks.WHOLE) -> Claimed:
    """Return what may be asked on a day of some invoices of a debtor (of one currency, at least one), under no playbook's rules."""
    invoices = tuple(invoice for invoice in case.invoices if invoice.id in names)
    unit = Case(case.debtor.id, case, invoices, invoices[0].currency)
    return asked_as(case_today(unit, Snapshot(_NO_RULES, case, on)), asks, kinds, of=names)


def action(
    case: Facts, *, channel: Channel, tone: Tone, language: str = "fr", template: str = "relance-1", kind: StepKind = StepKind.REMINDER,
    about: Sequence[Invoice] = (), asks: Asks = Asks.WHOLE, offer: OfferTerms | None = None,
) -> Action:
    """Return an action of that channel and tone that asks for these invoices of a sample case (for all of them by default), with interest from a business."""
    names = tuple(invoice.id for invoice in about or case.invoices)
    claimed = asked_of(case, names, DAY, (Charge.LATE_INTEREST, Charge.FIXED_INDEMNITY) if tone in (Tone.FIRM, Tone.FORMAL) else (), asks)
    return Action(
        id=f"a{channel}-2b9d51e0", on=DAY, creditor=case.creditor.id, debtor=case.debtor.id, case=names[0], carrier=names[0], invoices=names,
        playbook="negligent", playbook_version=1, step=template, occurrence=1, kind=kind, channel=channel, tone=tone, template=template,
        language=language, draft=False, deadline=DAY + timedelta(10), claimed=claimed, reason="", message="2b9d51e0",
        registered=kind is StepKind.FORMAL_NOTICE, offer=offered(offer, claimed, DAY + timedelta(10), Calendar()),
    )  # fmt: skip


def writing(*, agency: bool) -> Writing:
    """Return how the sample is written: the creditor on plain paper, or an agency on its own."""
    return Writing(letterhead=AGENCY, agency=True) if agency else Writing()
