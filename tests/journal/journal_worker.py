"""A process that works on a journal until it is done or killed; run by the crash and concurrency tests.

`python journal_worker.py URL DAYS DEBTORS` emits one action per debtor and day, writing each that was new to standard output
only after the journal gave it, as a sender would.
"""

import sys
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from relance.journal.journal import Journal
from relance.model import Action, Channel, Claimed, Creditor, Debtor, Facts, Invoice, StepKind, Tone

DUE = date(2026, 2, 1)


def facts(debtors: int) -> list[Facts]:
    return [
        Facts(Creditor(f"c{index % 2}"), Debtor(f"d{index}", name=f"Débiteur {index}"), (Invoice(f"F-{index}", DUE, Decimal(100)),))
        for index in range(debtors)
    ]


def actions(on: date, debtors: int) -> list[Action]:
    return [
        Action(
            id=f"{on}-{index}", on=on, creditor=f"c{index % 2}", debtor=f"d{index}", case=f"F-{index}", carrier=f"F-{index}",
            invoices=(f"F-{index}",), playbook="p", playbook_version=1, step="s", occurrence=1, kind=StepKind.REMINDER,
            channel=Channel.EMAIL, tone=Tone.FIRM, template="s", language="fr", draft=False, deadline=None,
            claimed=Claimed("EUR", Decimal(100)), reason="",
        )
        for index in range(debtors)
    ]  # fmt: skip


def main(url: str, days: int, debtors: int) -> None:
    with Journal.open(url, now=lambda: datetime.now(UTC)) as journal:
        journal.take_in(facts(debtors), actor="worker")
        for day in range(days):
            on = DUE + timedelta(day)
            for action in journal.emit(actions(on, debtors), on=on, actor="worker"):
                sys.stdout.write(f"{action.id}\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
