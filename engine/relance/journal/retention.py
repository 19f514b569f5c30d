"""How long each kind of personal data is kept, and what stands against erasing it earlier.

The periods are declared in the chains, over safe defaults, each with its source. Erasing is `Journal.forget`; the
right to erasure yields to legal duties and claims (GDPR art. 17(3)(b) and (e)).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import NamedTuple

from relance.dates import add_months
from relance.interpreter.balance import balances
from relance.journal.chain_writer import DATA_KINDS
from relance.journal.journal import Journal
from relance.sentences import AmountPart, sentence


@dataclass(frozen=True, slots=True)
class RetentionPeriod:
    """How many months a kind of data is kept after the last entry of a debtor who owes nothing, and why."""

    months: int
    source: str


#: Kind of data → its period.
DEFAULTS: Mapping[str, RetentionPeriod] = MappingProxyType(
    {
        "identity": RetentionPeriod(120, sentence("invoices name their debtor and are kept ten years, C. com. L123-22")),
        "documents": RetentionPeriod(120, sentence("accounting documents are kept ten years, C. com. L123-22")),
        "notes": RetentionPeriod(60, sentence("claims can be brought for five years, C. civ. 2224")),
    }
)
assert set(DEFAULTS) == set(DATA_KINDS)
#: What is declared beside the periods: whether erasing runs by itself (1) or not (0).
BY_ITSELF = "run"


class Kept(NamedTuple):
    """A kind of data of a debtor: the day its period ends, and why it is kept today (None: it may go)."""

    kind: str
    until: date
    obstacle: str | None


def periods(journal: Journal) -> dict[str, RetentionPeriod]:
    """Return the periods in force: what the journal's chains declare over the defaults."""
    declared = journal.periods()
    return {kind: replace(period, months=declared.get(kind, period.months)) for kind, period in DEFAULTS.items()}


def set_period(journal: Journal, kind: str, months: str, *, on: date, actor: str) -> str | None:
    """Declare the period of a kind of data in months, in the chains; return what is wrong with it, if anything."""
    if kind not in (*DEFAULTS, BY_ITSELF):
        return sentence("there is no kind of data '{kind}'; one of {names}, and {by_itself}", kind=kind, names=list(DEFAULTS), by_itself=BY_ITSELF)
    if kind == BY_ITSELF and months not in ("0", "1"):
        return sentence("'{months}' is neither 1 (erasing runs by itself) nor 0", months=months)
    if kind != BY_ITSELF and not (months.isascii() and months.isdigit() and 1 <= int(months) <= 1200):
        return sentence("'{months}' is no number of months from 1 to 1200", months=months)
    if not journal.declare_period(kind, int(months), on=on, actor=actor):
        return sentence("the journal knows no creditor yet: periods are written down in their chains")
    return None


def kept_until(journal: Journal, creditor: str, debtor: str, today: date) -> tuple[Kept, ...]:
    """Say for each kind of data of a debtor that was not erased until when it is kept, and why."""
    facts = next(journal.facts(creditor, debtor), None)
    told = list(journal.entries(creditor=creditor, debtor=debtor))
    last = max((entry.on for entry in told if entry.kind != "debtor.forgotten"), default=today)  # erasing one kind keeps no other longer
    gone = {kind for entry in told if entry.kind == "debtor.forgotten" and entry.on >= last for kind in entry.data.get("kinds") or DEFAULTS}
    owed = {name: amount for name, amount in balances(facts, today).outstanding.items() if amount} if facts else {}
    found = []
    for kind, period in periods(journal).items():
        until = add_months(last, period.months)
        if kind in gone:
            continue
        obstacle = sentence("it is kept until {until}: {source}", until=until, source=period.source) if today < until else None
        if owed and facts:
            currency = facts.invoices[0].currency
            obstacle = sentence("{sum} are still owed on {invoices}", sum=AmountPart(sum(owed.values(), Decimal(0)), currency), invoices=sorted(owed)[:3])
        found.append(Kept(kind, until, obstacle))
    return tuple(found)
