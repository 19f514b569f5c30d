"""What is claimed for the cases that are due: worked out by the law, case by case, from the case's own claims and words.

Only due cases come here. The facts of a case alone are enough, for what concerns other invoices of the debtor goes to the plain fold.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

import narwhals as nw
import polars as pl

from relance.ladder.asked import asked
from relance.ladder.today import Today, case_today, cases
from relance.ledger.fold.engines import Frame, stacked
from relance.ledger.fold.setting import CLAIM, STATES, WHO, Setting
from relance.ledger.fold.table import CASE, Folded
from relance.ledger.tables import Tables, dated, empty, minor, to_facts
from relance.model import Claimed, Facts, Step

PARTS = ("principal", "late_interest", "legal_interest", "fixed_indemnity", "contractual_penalty", "total")
#: Kinds that bear on what is asked for a claim.
_BEARING = (*STATES, "payment.received", "payment.reversed", "credit_note.issued", "promise.made", "invoice.cancelled")


def claimed_rows(folded: Folded, due: pl.DataFrame) -> pl.DataFrame:
    """Return one row per due case (who, case): the invoices it is about, and the parts of the claim in minor units.

    `due` has a column `step`. Where a step claims nothing beside the principal, the balance is the claim.
    """
    setting = folded.setting
    claims = {step.id: step.claim for step in setting.playbook.steps}
    asking = [step for step, kinds in claims.items() if kinds]
    zero = pl.lit(0, pl.Int64)
    involved = pl.col("step").is_in(asking) | pl.lit(setting.account)
    if (odd := _odd(setting)) is not None:
        due = due.join(odd, on=CLAIM, how="left", maintain_order="left")
        involved = involved | pl.col("odd").is_not_null()
    simple = due.filter(~involved)
    plain = simple.select(
        WHO, "case", pl.concat_list("carrier").alias("invoices"), pl.col("balance").alias("principal"),
        *(zero.alias(part) for part in PARTS[1:-1]), pl.col("balance").alias("total"),
    )  # fmt: skip
    rest = due.filter(involved)
    if not rest.height:
        return plain
    steps = {step.id: step for step in setting.playbook.steps}
    wanted = dict(zip(rest.select(CASE).rows(), rest.select("step", WHO).rows(), strict=True))
    rows = list(_asked(setting, _facts(setting, rest), wanted, steps))
    schema = {WHO: pl.Int64, "case": pl.String, "invoices": pl.List(pl.String)} | dict.fromkeys(PARTS, pl.Int64)
    return pl.concat([plain, pl.DataFrame(rows, schema=schema, orient="row")])


def _odd(setting: Setting) -> pl.DataFrame | None:
    """Name the claims of which money went back or that were cancelled: their principal is the law's affair."""
    kinds = ["payment.reversed", "invoice.cancelled"]
    if not setting.has(*kinds):
        return None
    said = [frame.filter(nw.col("kind").is_in(kinds) & ~nw.col(CLAIM).is_null()).select(CLAIM) for frame in (setting.seldom, setting.money)]
    return setting.engine.home(stacked(said).unique(CLAIM)).with_columns(odd=True)


def _asked(setting: Setting, portfolio: Iterable[Facts], wanted: dict[tuple[str, str, str], tuple[str, int]], steps: dict[str, Step]) -> Iterator[tuple[Any, ...]]:
    for facts in portfolio:
        today = Today(setting.playbook, facts, setting.on)
        for case in cases(setting.playbook, facts):
            key = (facts.creditor.id, facts.debtor.id, case.id)
            if key not in wanted:
                continue
            step, who = wanted[key]
            unit = case_today(case, today)
            claimed = asked(unit, steps[step].claim)
            about = [each.claim.id for each in (unit.left or unit.claims)] if setting.account else [unit.carrier.id]
            yield (who, case.id, about, *parts_of(claimed))


def parts_of(claimed: Claimed) -> tuple[int, ...]:
    """Give the parts of a claim in minor units, in the order of `PARTS`."""
    return tuple(minor(getattr(claimed, part), claimed.currency) for part in PARTS)


def _facts(setting: Setting, rest: pl.DataFrame) -> Iterator[Facts]:
    """Give the facts of due cases, one by one: their claims, what was said of those, and the formal notices."""
    engine = setting.engine
    debtors = engine.share(rest.select(WHO).unique())
    if setting.account:
        invoices = setting.invoices.join(debtors, on=WHO, how="semi")
        events = setting.events.filter(_bears(setting)).join(debtors, on=WHO, how="semi")
        return _whole(setting, invoices, events, debtors)
    chosen = engine.share(rest.select(CLAIM))
    invoices = setting.invoices.join(chosen, on=CLAIM, how="semi")
    events = setting.events.filter(_bears(setting)).join(chosen, on=CLAIM, how="semi")
    wide = setting.seldom.filter(nw.col(CLAIM).is_null()).join(debtors, on=WHO, how="semi")
    return _single(setting, invoices, events, wide, debtors)


def _bears(setting: Setting) -> nw.Expr:
    notice = (nw.col("step_kind") == "formal_notice").fill_null(value=False)
    notice = notice | nw.col("step").is_in([step.id for step in setting.playbook.steps if step.kind == "formal_notice"]).fill_null(value=False)
    words = nw.col("kind").is_in([f"action.{verb}" for verb in ("approved", "executed", "failed", "cancelled")])
    return nw.col("kind").is_in(list(_BEARING)) | ((nw.col("kind") == "action.emitted") & notice) | words


def _whole(setting: Setting, invoices: Frame, events: Frame, debtors: Frame) -> Iterator[Facts]:
    home = setting.engine.home
    return to_facts(
        Tables(
            invoices=dated(home(invoices), "invoices"),
            debtors=dated(home(setting.debtors.join(debtors, on=WHO, how="semi")), "debtors"),
            creditors=dated(home(setting.creditors), "creditors"),
            events=dated(home(events), "events"),
            elsewhere=empty("elsewhere"),
        )
    )


def _single(setting: Setting, invoices: Frame, events: Frame, wide: Frame, debtors: Frame) -> Iterator[Facts]:
    """Cut the facts of each debtor into those of single claims."""
    for facts in _whole(setting, invoices, nw.concat([events, wide.select(events.collect_schema().names())], how="vertical"), debtors):
        if len(facts.invoices) == 1:
            yield facts
            continue
        own: dict[str | None, list[Any]] = {}
        for event in facts.events:
            own.setdefault(event.invoice, []).append(event)
        for claim in facts.invoices:
            said = sorted([*own.get(None, ()), *own.get(claim.id, ())], key=lambda event: (event.on, event.seq))
            yield replace(facts, invoices=(claim,), events=tuple(said))

