"""The statement of a claim on the estate of a debtor who has died, to the notary or the heirs (C. civ. 785, 870 and 873).

Owns the action that the wording `succession` is filled from: the principal that is due, and nothing beside it. Refuses to address
the deceased, and to ask an heir for the whole: each bears his share, once he has accepted.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from relance.interpreter.action_id import action_id
from relance.interpreter.amounts_asked import asked
from relance.interpreter.snapshot import Snapshot, case_today
from relance.law.recipients import estate
from relance.model import Action, Case, Channel, Facts, Playbook, StepKind, Tone, Unit

#: The name of the wording, and of what is done.
SUCCESSION = "succession"
_PLAIN = Playbook("", 0, "", (), unit=Unit.ACCOUNT, stop_when=(), hold_while=())


def statement_of(facts: Facts, case: str, names: Collection[str], on: date, language: str = "fr") -> Action | None:
    """Return the letter that states what of some invoices of one currency is due on a day; None where nobody of the estate is named, or nothing is due."""
    to, invoices = estate(facts, on), tuple(invoice for invoice in facts.invoices if invoice.id in names)
    unit = case_today(Case(case, facts, invoices, invoices[0].currency), Snapshot(_PLAIN, facts, on))
    due = tuple(each.invoice.id for each in unit.claims if each.outstanding and each.invoice.due <= on)
    if to is None or not due:
        return None
    identity = action_id(facts.creditor.id, facts.debtor.id, SUCCESSION, case, on, *due)
    return Action(
        id=identity, on=on, creditor=facts.creditor.id, debtor=facts.debtor.id, case=case, carrier=due[0], invoices=due, playbook="",
        playbook_version=0, step=SUCCESSION, occurrence=1, kind=StepKind.REMINDER, channel=Channel.LETTER, tone=Tone.NEUTRAL, template=SUCCESSION,
        language=facts.debtor.language or language, draft=False, deadline=None, claimed=asked(unit, (), of=due), reason="", message=identity,
        capacity=to.capacity,
    )  # fmt: skip
