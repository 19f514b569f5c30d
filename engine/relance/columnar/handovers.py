"""Which claims of accounts a hand-over of the ladder was about, by their keys.

Hand-overs are few: what became of each is read by `relance.interpreter.action_state` itself. A debtor of one that does not name its
invoices (a journal of before) is left to the plain fold.
"""

from __future__ import annotations

from dataclasses import dataclass

import narwhals as nw

from relance.columnar.acts_one_by_one import acts_of, claims_named, debtors_named
from relance.columnar.engines import Frame, stacked
from relance.columnar.inputs import WHO, Setting, among
from relance.model import Channel


@dataclass(frozen=True)
class HandedOver:
    """The claims (claim, gone) that a hand-over named, and the debtors (who) of whom the plain fold must say; None where there are none."""

    claims: Frame | None = None
    odd: Frame | None = None


def handed_over(setting: Setting) -> HandedOver:
    """Read the hand-overs of a playbook's accounts; an invoice that climbs by itself is handed over as its case is. The plain fold reads what was reopened."""
    tested = any(test.fact == "handed_over" for test in setting.plan.tests)
    if not tested or not setting.plan.rungs:
        return HandedOver()
    ours = among("playbook", ["", setting.playbook.id]) | nw.col("playbook").is_null()
    over = (nw.col("kind") == "action.emitted") & among("channel", [str(Channel.HANDOVER)]) & among("step", setting.plan.by_id) & ours
    back = _reopened(setting, setting.events.filter(over))
    if not setting.account:
        return HandedOver(odd=back)
    gone = [each for each in acts_of(setting, setting.events.filter(over)) if each[2].executed is not None]
    names = [(creditor, name) for _, creditor, act in gone for name in act.invoices]
    lost = [who for who, _, act in gone if not act.invoices]
    odd = [each for each in (back, debtors_named(setting, lost) if lost else None) if each is not None]
    return HandedOver(claims_named(setting, names, "gone") if names else None, stacked(odd) if odd else None)


def _reopened(setting: Setting, over: Frame) -> Frame | None:
    """Find the debtors of whom something was handed over and something reopened."""
    if not any(("case.reopened", named) in setting.kinds for named in (True, False)):
        return None
    return over.select(WHO).join(setting.seldom.filter(nw.col("kind") == "case.reopened").select(WHO), on=WHO, how="semi").unique(WHO)
