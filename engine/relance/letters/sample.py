"""A sample case, for authors: what `relance template vars` and `relance template show` fill a wording with.

The names, addresses, IBAN and amounts are invented; the sums are consistent with one another but no law was asked.
"""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from relance.letters.context import Writing
from relance.letters.letterhead import Letterhead
from relance.model import Action, Address, Channel, Claimed, Creditor, Debtor, Event, Facts, Invoice, Segment, StepKind, Tone

DAY = date(2026, 3, 6)
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
            terms={"legal_form": "SARL", "capital": "10 000 €", "rcs": "RCS Lyon 552 100 554", "signatory": "Claire Martin", "role": "Comptable"},
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


def action(
    case: Facts, *, channel: Channel, tone: Tone, language: str = "fr", template: str = "relance-1", kind: StepKind = StepKind.REMINDER
) -> Action:
    """Return an action of that channel and tone that asks for every invoice of a sample case, with interest from a business."""
    principal = sum((invoice.amount for invoice in case.invoices), Decimal(0)) - 200
    extras = case.debtor.kind != "consumer" and tone in (Tone.FIRM, Tone.FORMAL)
    indemnity = Decimal(40) * len(case.invoices) if extras else Decimal(0)
    segments = (
        Segment(date(2026, 2, 2), date(2026, 2, 20), 19, Decimal("12.15"), Decimal("1200.00"), Decimal("7.59"), "F-2026-001"),
        Segment(date(2026, 2, 21), date(2026, 3, 6), 14, Decimal("12.15"), Decimal("1000.00"), Decimal("4.66"), "F-2026-001"),
    )
    interest = sum((each.interest for each in segments), Decimal(0)) if extras else Decimal(0)
    claimed = Claimed(
        currency="EUR", principal=principal, late_interest=interest, fixed_indemnity=indemnity, total=principal + interest + indemnity,
        segments=segments if extras else (),
    )  # fmt: skip
    return Action(
        id=f"a{channel}-2b9d51e0", on=DAY, creditor=case.creditor.id, debtor=case.debtor.id, case=case.invoices[0].id, carrier=case.invoices[0].id,
        invoices=tuple(invoice.id for invoice in case.invoices), playbook="negligent", playbook_version=1, step=template, occurrence=1, kind=kind,
        channel=channel, tone=tone, template=template, language=language, draft=False, deadline=DAY + timedelta(10), claimed=claimed, reason="",
        message="2b9d51e0",
    )  # fmt: skip


def writing(*, agency: bool) -> Writing:
    """Return how the sample is written: the creditor on plain paper, or an agency on its own."""
    return Writing(letterhead=AGENCY, agency=True) if agency else Writing()
