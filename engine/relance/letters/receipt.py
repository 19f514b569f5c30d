"""The receipt (quittance) for what a debtor paid, with what each payment served (CPCE, enforcement, R124-6; C. civ. 1342-8).

Owns the action that the wording `quittance` is filled from. Refuses to say what was received: the journal does.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from relance.interpreter.action_id import action_id
from relance.interpreter.amounts_asked import IN_FULL, asked
from relance.interpreter.snapshot import Snapshot, case_today
from relance.model import Action, Case, Channel, Charge, Facts, Playbook, StepKind, Tone, Unit

#: The name of the wording, and of what is done.
QUITTANCE = "quittance"
_PLAIN = Playbook("", 0, "", (), unit=Unit.ACCOUNT)


def receipt_of(facts: Facts, case: str, names: Collection[str], on: date, language: str = "fr") -> Action | None:
    """Return the receipt for all that came in on some invoices of one currency up to a day, as a letter; None where nothing did."""
    invoices = tuple(invoice for invoice in facts.invoices if invoice.id in names)
    unit = case_today(Case(case, facts, invoices, invoices[0].currency), Snapshot(_PLAIN, facts, on))
    kinds = (Charge.LEGAL_INTEREST,) if facts.debtor.kind == "consumer" else IN_FULL
    claimed = asked(unit, kinds, of=[invoice.id for invoice in invoices])
    paid = tuple(each.invoice for each in claimed.invoices if any(not part.credit_note and part.amount > 0 for part in each.received))
    if not paid:
        return None
    claimed = asked(unit, kinds, of=paid)
    identity = action_id(facts.creditor.id, facts.debtor.id, QUITTANCE, case, on, *paid)
    return Action(
        id=identity, on=on, creditor=facts.creditor.id, debtor=facts.debtor.id, case=case, carrier=paid[0], invoices=paid, playbook="",
        playbook_version=0, step=QUITTANCE, occurrence=1, kind=StepKind.TASK, channel=Channel.LETTER, tone=Tone.NEUTRAL, template=QUITTANCE,
        language=facts.debtor.language or language, draft=False, deadline=None, claimed=claimed, reason="", message=identity,
    )  # fmt: skip
