"""A journal as a house has it after some weeks: `python -m tests.benchmarks.studio_journal 100000 FILE|URL`.

Five invoices a debtor, due over three months; five runs of the playbook `negligent`, two weeks apart, whose messages are taken for sent but those of the last; in the end notices
wait for approval, calls to be made, and some have paid, promised or disputed.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from relance.journal.journal import Journal
from relance.language import library, load_playbook
from relance.model import Address, Creditor, Debtor, Event, Facts, Invoice, Sender
from relance.portfolio.routing import only
from relance.run import journal_run

#: Weeks before today on whose Monday the house ran; and today.
_WEEKS = (8, 6, 4, 2)
_EACH = 5
_CREDITORS = 4


def facts_of(number: int, today: datetime) -> Facts:
    """Make one debtor with what he owes and what he did."""
    creditor = Creditor(f"c{number % _CREDITORS}", f"Maison {number % _CREDITORS} SARL", siren="552100554", email="compta@maison.example", address=Address(("3 quai du Rhône", "69002 Lyon")))
    debtor = Debtor(f"D{number:06}", f"Société {number} SARL", kind="business", country="FR", email=f"compta@client{number}.example", phone="+33472000000", address=Address((f"{number % 90 + 1} rue de la Paix", "69001 Lyon")))
    invoices, events = [], []
    for place in range(_EACH):
        due = today.date() - timedelta((number * 7 + place * 17) % 95 - 30)
        name = f"F{number:06}-{place}"
        invoices.append(Invoice(name, due, Decimal(100 + (number * 13 + place * 311) % 9000), "EUR", due - timedelta(30)))
        day = min(due + timedelta(3), today.date() - timedelta(1))
        if due < today.date() - timedelta(5):
            match (number + place) % 20:
                case 0:
                    events.append(Event(day, "payment.received", name, data={"amount": Decimal(50)}))
                case 1:
                    events.append(Event(day, "dispute.opened", name, data={"reason": "goods damaged"}))
                case 2:
                    events.append(Event(day, "promise.made", name, data={"amount": Decimal(60), "by": today.date() + timedelta(9)}))
    return Facts(creditor, debtor, tuple(invoices), tuple(events))


def portfolio(cases: int, today: datetime) -> Iterator[Facts]:
    """Make so many cases."""
    return (facts_of(number, today) for number in range(cases // _EACH))


def lived(where: str, cases: int, today: datetime) -> None:
    """Write the journal."""
    path = library.find("negligent")
    assert path is not None
    playbook, _ = load_playbook(path)
    assert playbook is not None
    every = list(portfolio(cases, today))
    for moment in (*(today - timedelta(today.weekday() + 7 * weeks) for weeks in _WEEKS), today):
        known = [
            Facts(each.creditor, each.debtor, tuple(one for one in each.invoices if one.issued is not None and one.issued <= moment.date()), tuple(one for one in each.events if one.on <= moment.date()))
            for each in every
        ]  # fmt: skip
        with Journal.open(where, now=lambda moment=moment: moment) as journal:
            done = journal_run.run(journal, [each for each in known if each.invoices], only(playbook), moment.date(), actor="night", load=lambda _: None, sent_by=Sender.RELANCE if moment == today else Sender.OTHER)
        print(moment.date(), len(done.new), "actions", file=sys.stderr)


if __name__ == "__main__":
    lived(sys.argv[2], int(sys.argv[1]), datetime.now(UTC))
