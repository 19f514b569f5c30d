"""What was offered, over tables: which claims a message with an offer was about, what a due step offers, and the text of an offer in a row.

What follows from an offer that was accepted or paid (`relance.interpreter.offers`) moves balances and promises by day: debtors with an answer, and those of whom
money came in since an offer that a payment accepts, are left to the plain fold. Of all others nothing follows, and it is enough that an offer was made.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

import narwhals as nw
import polars as pl

from relance.columnar.acts_one_by_one import acts_of, claims_named, debtors_named
from relance.columnar.engines import Frame
from relance.columnar.inputs import ACT, WHO, Setting, number
from relance.currencies import major, minor
from relance.interpreter.offers import as_data, from_data
from relance.model import Claimed, Offer


@dataclass(frozen=True)
class Offered:
    """The claims (claim, offered) that were made an offer, and the debtors (who) of whom the plain fold must say; None where there are none."""

    claims: Frame | None = None
    odd: Frame | None = None


def offers_made(setting: Setting) -> Offered:
    """Read the messages with an offer that left, of whatever playbook."""
    if not setting.has("action.emitted"):  # of emissions `seldom` keeps those with an offer
        return Offered()
    told = acts_of(setting, setting.seldom.filter(nw.col("kind") == "action.emitted").select(ACT))
    made = [(who, creditor, act, act.executed) for who, creditor, act in told if act.executed is not None]
    names = [(creditor, name) for _, creditor, act, _ in made for name in act.invoices]
    nameless = [who for who, _, act, _ in made if not act.invoices]
    open_to_payment: dict[int, date] = {}
    for who, _, act, left in made:
        if from_data(act.offer).by_payment:
            open_to_payment[who] = min(left, open_to_payment.get(who, left))
    odd = [*nameless, *_paid_since(setting, open_to_payment)]
    return Offered(claims_named(setting, names, "offered") if names else None, debtors_named(setting, odd) if odd else None)


def _paid_since(setting: Setting, since: dict[int, date]) -> list[int]:
    """Name the debtors of whom money came in on or after a day."""
    if not since:
        return []
    rows = setting.engine.share(pl.DataFrame({WHO: list(since), "since": [number(day) for day in since.values()]}, schema={WHO: pl.Int64, "since": pl.Int32}))
    found = setting.money.join(rows, on=WHO, how="inner").filter(nw.col("on") >= nw.col("since")).select(WHO).unique(WHO)
    return [int(who) for who in setting.engine.home(found)[WHO]]


def offer_text(offer: Offer | None, claimed: Claimed) -> str | None:
    """Write what a message offers, with what it asks and what had come in claim by claim, as the data of its emission has both; None where it offers nothing."""
    if offer is None:
        return None
    code = claimed.currency

    def plain(amount: Decimal) -> Decimal:
        return major(minor(amount, code), code)

    sums = replace(
        offer, amount=plain(offer.amount), sums=tuple((name, plain(part)) for name, part in offer.sums), instalments=tuple((on, plain(part)) for on, part in offer.instalments)
    )
    claims = [
        {"invoice": each.invoice, "principal": format(plain(each.principal), "f")}
        | {"received": [{"on": one.on.isoformat(), "amount": format(plain(one.amount), "f"), "credit_note": one.credit_note} for one in each.received]}
        for each in claimed.invoices
    ]
    return json.dumps({"offer": as_data(sums), "claimed": {"currency": code, "invoices": claims}}, ensure_ascii=False, sort_keys=True)
