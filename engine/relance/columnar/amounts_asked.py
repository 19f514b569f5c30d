"""What is claimed for the cases that are due: worked out by the law, case by case, from the case's own claims and words.

Only due cases come here. The facts of a case alone are enough, for what concerns other invoices of the debtor goes to the plain fold.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from operator import attrgetter
from typing import Any

import narwhals as nw
import polars as pl

from relance.columnar.engines import Frame, stacked
from relance.columnar.inputs import CLAIM, SEQ_BITS, STATES, TYPES, WHO, Setting, among, day_of
from relance.columnar.offers import offer_text
from relance.columnar.pipeline import CASE, Folded
from relance.columnar.schema import COLUMNS, Tables, creditor_of, dated, empty, to_facts
from relance.currencies import major, minor
from relance.interpreter.amounts_asked import demanded
from relance.interpreter.arrears import asked_by
from relance.interpreter.cases import cases
from relance.interpreter.compiled import at_place
from relance.interpreter.offers import offered
from relance.interpreter.snapshot import Snapshot, case_today
from relance.law.claims import Allocation, Movement, allocation_of, owed_of
from relance.law.claims import claimed as law
from relance.law.places import holiday_place
from relance.law.presentation import PRESENTED
from relance.law.regimes import foreign
from relance.model import Charge, Claimed, Creditor, Debtor, Facts, Invoice, Step

PARTS = ("principal", "late_interest", "legal_interest", "fixed_indemnity", "contractual_penalty", "complementary_indemnity", "total")
_PARTS = attrgetter(*PARTS)
#: What is given back of each due case.
_ASKED: Mapping[str, pl.DataType] = {
    WHO: pl.Int64(), "case": pl.String(), "invoices": pl.List(pl.String), **dict.fromkeys(PARTS, pl.Int64()), "offer": pl.String(),
}  # fmt: skip
#: Kinds that bear on what is asked for a claim.
_BEARING = (*STATES, "promise.made", "invoice.cancelled")
#: What runs from the formal notice, so that it must be known when that was.
_FROM_NOTICE = frozenset({Charge.LEGAL_INTEREST, Charge.CONTRACTUAL_PENALTY})


def claimed_rows(folded: Folded, due: pl.DataFrame) -> pl.DataFrame:
    """Return one row per due case (who, case): the invoices it is about, the parts of the claim in minor units, and what is offered (`offer_text`).

    `due` has columns `step` and `deadline`. Where a step claims nothing beside the principal and offers nothing, the balance is the claim.
    """
    setting = folded.setting
    asking = [step.id for step in setting.playbook.steps if step.claim or step.offer is not None]
    zero = pl.lit(0, pl.Int64)
    involved = pl.col("step").is_in(asking) | pl.lit(setting.account)
    if (odd := _odd(setting)) is not None:
        due = due.join(odd, on=CLAIM, how="left", maintain_order="left")
        involved = involved | pl.col("odd").is_not_null()
    simple = due.filter(~involved)
    plain = simple.select(
        WHO, "case", pl.concat_list("carrier").alias("invoices"), pl.col("balance").alias("principal"),
        *(zero.alias(part) for part in PARTS[1:-1]), pl.col("balance").alias("total"), pl.lit(None, pl.String).alias("offer"),
    )  # fmt: skip
    rest = due.filter(involved)
    if not rest.height:
        return plain
    steps = {step.id: step for step in setting.playbook.steps}
    bare = _bare(setting, rest, steps)
    told = rest.join(bare.select(CLAIM), on=CLAIM, how="anti")
    found = [plain, _of_law(setting, bare, steps)]
    if told.height:
        wanted = dict(zip(told.select(CASE).rows(), told.select("step", WHO, "deadline").rows(), strict=True))
        found.append(pl.DataFrame(list(_asked(setting, _facts(setting, told), wanted, steps)), schema=dict(_ASKED), orient="row"))
    return pl.concat(found)


# --------------------------------------------------------------------------- of which nothing was said


def _bare(setting: Setting, rest: pl.DataFrame, steps: Mapping[str, Step]) -> pl.DataFrame:
    """Return the due claims of which nothing but payments and credit notes was said, of which nothing is asked from a notice on and to whom nothing is offered."""
    simple = [step.id for step in steps.values() if step.offer is None and not _FROM_NOTICE.intersection(step.claim)]
    if setting.account or not simple:
        return rest.clear()
    said = setting.seldom.filter(nw.col("kind").is_in([*STATES, "invoice.cancelled"])).select(CLAIM, WHO)
    back = setting.money.filter(nw.col("kind") == "payment.reversed").select(CLAIM, WHO)
    words = setting.engine.home(stacked([said, back]).unique([CLAIM, WHO]))
    widely = words.filter(pl.col(CLAIM).is_null())
    found = rest.filter(pl.col("step").is_in(simple) & (pl.col("odd").is_null() if "odd" in rest.columns else pl.lit(value=True)))
    return found.join(words.select(CLAIM).drop_nulls(), on=CLAIM, how="anti").join(widely.select(WHO), on=WHO, how="anti")


def _of_law(setting: Setting, bare: pl.DataFrame, steps: Mapping[str, Step]) -> pl.DataFrame:
    """Ask the law of claims of which there is nothing but an amount, a due date and money that came in."""
    engine = setting.engine
    chosen = engine.share(bare.select(CLAIM))
    kinds = setting.debtors.select(WHO, nw.col("kind").alias("debtor_kind"), nw.coalesce("country", "address_country").alias("debtor_country"))
    rows = setting.invoices.join(chosen, on=CLAIM, how="semi").join(kinds, on=WHO, how="left")
    facts = engine.home(rows.select(CLAIM, "creditor", "id", "due", "amount", "currency", "rate", "terms", "debtor_kind", "debtor_country"))
    known = (creditor_of(row) for row in dated(engine.home(setting.creditors), "creditors").iter_rows(named=True))
    creditors = {one.id: one for one in known}
    paid: defaultdict[int, list[Movement]] = defaultdict(list)
    codes = dict(facts.select(CLAIM, "currency").iter_rows())
    money = engine.home(setting.money.join(chosen, on=CLAIM, how="semi").select(CLAIM, "at", "kind", "on", "amount"))
    for invoice, _, kind, on, amount in money.sort(CLAIM, "at").iter_rows():
        paid[invoice].append(Movement(day_of(on), major(amount, codes[invoice]), kind == "credit_note.issued"))
    joined = bare.select(WHO, "case", CLAIM, "step", "carrier").join(facts, on=CLAIM, how="inner", maintain_order="left")
    parts = []
    parties: dict[tuple[str, str | None], tuple[Creditor, str | None, Allocation]] = {}  # who asks, where the debtor is: few, and asked of every claim
    for invoice, step, owner, name, due, amount, code, rate, terms, debtor, country in joined.drop(WHO, "case", "carrier").iter_rows():
        one = Invoice(name, day_of(due), major(amount, code), code, rate=None if rate is None else Decimal(rate), terms=json.loads(terms) if terms else {})
        if (owner, country) not in parties:
            creditor = creditors.get(owner) or Creditor(owner)
            parties[owner, country] = creditor, foreign(creditor, Debtor("", country=country)), allocation_of(creditor)
        creditor, abroad, allocation = parties[owner, country]
        owed = owed_of(one, paid.get(invoice, ()))
        parts.append(parts_of(law(steps[step].claim, [owed], setting.on, currency=code, debtor_kind=debtor, creditor_kind=creditor.kind, abroad=abroad, allocation=allocation)))
    asked_ = pl.DataFrame(parts, schema=dict.fromkeys(PARTS, pl.Int64), orient="row")
    return pl.concat([joined.select(WHO, "case", pl.concat_list("carrier").alias("invoices")), asked_.with_columns(offer=pl.lit(None, pl.String))], how="horizontal")


# --------------------------------------------------------------------------- of which more was said


def _odd(setting: Setting) -> pl.DataFrame | None:
    """Name the claims of which money went back or that were cancelled: their principal is the law's affair."""
    kinds = ["payment.reversed", "invoice.cancelled"]
    if not setting.has(*kinds):
        return None
    said = [frame.filter(nw.col("kind").is_in(kinds) & ~nw.col(CLAIM).is_null()).select(CLAIM) for frame in (setting.seldom, setting.money)]
    return setting.engine.home(stacked(said).unique(CLAIM)).with_columns(odd=True)


def _asked(setting: Setting, portfolio: Iterable[Facts], wanted: dict[tuple[str, str, str], tuple[str, int, date | None]], steps: dict[str, Step]) -> Iterator[tuple[Any, ...]]:
    for facts in portfolio:
        today = Snapshot(setting.playbook, facts, setting.on)
        for case in cases(setting.playbook, facts):
            key = (facts.creditor.id, facts.debtor.id, case.id)
            if key not in wanted:
                continue
            step, who, deadline = wanted[key]
            unit = case_today(case, today)
            about = [each.invoice.id for each in demanded(unit, steps[step])] or [unit.carrier.id]
            claimed = asked_by(unit, steps[step], about)
            calendar = at_place(setting.playbook, holiday_place(facts.debtor.address)).calendar
            yield (who, case.id, about, *parts_of(claimed), offer_text(offered(steps[step].offer, claimed, deadline, calendar), claimed))


def parts_of(claimed: Claimed) -> tuple[int, ...]:
    """Give the parts of a claim in minor units, in the order of `PARTS`."""
    return tuple(minor(amount, claimed.currency) if amount else 0 for amount in _PARTS(claimed))


def _facts(setting: Setting, rest: pl.DataFrame) -> Iterator[Facts]:
    """Give the facts of due cases, one by one: their claims, what was said of those, and the formal notices where they matter."""
    engine = setting.engine
    debtors = engine.share(rest.select(WHO).unique())
    chosen = debtors if setting.account else engine.share(rest.select(CLAIM))
    by = WHO if setting.account else CLAIM
    invoices = setting.invoices.join(chosen, on=by, how="semi")
    words = setting.seldom.filter(among("kind", _BEARING))
    told = [words.join(chosen, on=by, how="semi"), setting.money.join(chosen, on=by, how="semi")]
    if not setting.account:
        told.append(words.filter(nw.col(CLAIM).is_null()).join(debtors, on=WHO, how="semi"))
    events = [_rows(frame, invoices) for frame in told]
    if setting.account:  # which messages named which of its invoices
        events.append(setting.events.filter(nw.col("kind").str.starts_with("action.") | among("kind", PRESENTED)).join(chosen, on=by, how="semi").select(list(COLUMNS["events"])))
    elif any(_FROM_NOTICE.intersection(step.claim) for step in setting.playbook.steps if step.id in set(rest["step"])):
        events.append(setting.events.filter(_notices(setting)).join(chosen, on=by, how="semi").select(list(COLUMNS["events"])))
        wide = setting.events.filter(among("kind", PRESENTED) & nw.col(CLAIM).is_null())
        events.append(wide.join(debtors, on=WHO, how="semi").select(list(COLUMNS["events"])))
    found = _whole(setting, invoices, stacked(events), debtors)
    return found if setting.account else _single(found)


def _rows(told: Frame, invoices: Frame) -> Frame:
    """Give what was told of some invoices, or of their debtors, as rows of the events table."""
    owners = invoices.select(WHO, "creditor", "debtor").unique(WHO)
    found = told.join(owners, on=WHO, how="inner").join(invoices.select(CLAIM, nw.col("id").alias("invoice")), on=CLAIM, how="left")
    found = found.filter(nw.col(CLAIM).is_null() | ~nw.col("invoice").is_null()).with_columns(seq=nw.col("at") % 2**SEQ_BITS)
    have = set(found.collect_schema().names())
    none = {name: nw.lit(None).cast(TYPES[kind]).alias(name) for name, kind in COLUMNS["events"].items() if name not in have}
    return found.select(*(none.get(name, nw.col(name)) for name in COLUMNS["events"]))


def _notices(setting: Setting) -> nw.Expr:
    notice = among("step_kind", ["formal_notice"]) | among("step", [step.id for step in setting.playbook.steps if step.kind == "formal_notice"])
    words = among("kind", [f"action.{verb}" for verb in ("approved", "executed", "failed", "cancelled")])
    return ((nw.col("kind") == "action.emitted") & notice) | words | among("kind", PRESENTED)


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


def _single(portfolio: Iterator[Facts]) -> Iterator[Facts]:
    """Cut the facts of each debtor into those of single claims."""
    for facts in portfolio:
        if len(facts.invoices) == 1:
            yield facts
            continue
        own: dict[str | None, list[Any]] = {}
        for event in facts.events:
            own.setdefault(event.invoice, []).append(event)
        for invoice in facts.invoices:
            said = sorted([*own.get(None, ()), *own.get(invoice.id, ())], key=lambda event: (event.on, event.seq))
            yield replace(facts, invoices=(invoice,), events=tuple(said))

