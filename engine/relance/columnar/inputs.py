"""What a fold works with: the opened tables, the compiled playbook, the day, and which rows need the plain fold.

Owns the columns every part of the fold relies on (`who` and `claim` stand for a debtor's and an invoice's names, `at` orders
the events of a debtor) and the list of what is rare.
Why so, and what was refused: docs/decisions/048 and 049.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

import narwhals as nw
import polars as pl

from relance.columnar.engines import Engine, Frame, TableSource
from relance.columnar.schema import COLUMNS, REQUIRED, empty
from relance.interpreter.compiled import CompiledPlaybook, compile_playbook
from relance.law.duties import ARISING
from relance.model import Playbook, Unit

EPOCH = date(1970, 1, 1)
#: A place in the order of a debtor's events: the day, then `seq` below 2^36.
SEQ_BITS = 36
#: Whole numbers instead of names, so that joins and groups cost a tenth: a creditor's debtor, his invoice, an action.
WHO, CLAIM, ACT = "who", "claim", "act"
#: The columns of the texts they stand for, by table.
KEYS: Mapping[str, Mapping[str, Sequence[str]]] = {
    "invoices": {WHO: ("creditor", "debtor"), CLAIM: ("creditor", "id")},
    "debtors": {WHO: ("creditor", "id")},
    "creditors": {},
    "events": {WHO: ("creditor", "debtor"), CLAIM: ("creditor", "invoice"), ACT: ("creditor", "debtor", "id")},
    "elsewhere": {WHO: ("creditor", "debtor")},
}

#: The types of tables, as engines have them.
TYPES: Mapping[pl.DataType, nw.dtypes.DType] = {
    pl.String(): nw.String(), pl.Int64(): nw.Int64(), pl.Boolean(): nw.Boolean(), pl.Date(): nw.Int32(),
}  # fmt: skip
MONEY = ("payment.received", "payment.reversed", "credit_note.issued")
#: Kinds whose last word, or whose mere presence, is a state of a claim.
STATES = (
    "dispute.opened", "dispute.closed", "hold.placed", "hold.lifted", "insolvency.opened", "insolvency.closed",
    "written_off", "handed_over", "case.closed", "case.reopened",
)  # fmt: skip
#: Events that are anchors and nothing else: looked at only where the playbook counts from them.
ANCHORS = (
    "letter.presented", "letter.refused", "letter.unclaimed", "letter.returned", "contact.inbound",
    "call.reached", "call.refused", "call.no_answer", "call.wrong_number",
    "order.filed", "order.made", "order.served", "order.opposed",
    "offer.refused",
)  # fmt: skip
#: Kinds for which a debtor's rows go through the plain fold.
RARE = ("plan.agreed", "plan.cancelled", "playbook.changed", "limitation.interrupted", "limitation.suspended", "limitation.resumed", "judgment.given", "person.known", "person.ended", "action.skipped", "payment.unmatched", "payment.matched", "offer.accepted", "offer.refused")
#: What is kept of them, and of movements of money.
_TOLD = (WHO, CLAIM, ACT, "kind", "at", "on", "amount", "day", "currency", "channel", "data")
#: How the data of an emission says that it makes an offer; a quote within a text would be escaped.
OFFER = '"offer":'
#: Words of who has a role in the debtor's house.
NAMING = ("addressee.named", "addressee.ended")
OTHERS = (*NAMING, "invoice.cancelled", "promise.made", "profile.changed", "channel.refused", "action.failed", "action.cancelled")


def number(day: date) -> int:
    """Count the days since 1970-01-01."""
    return (day - EPOCH).days


def day_of(count: int) -> date:
    """Give back a day."""
    return EPOCH + timedelta(count)


def anchor(name: str) -> str:
    """Name the column of a world anchor; no dots, for they mean something to Spark."""
    return "a_" + name.replace(".", "_")


def masked(condition: nw.Expr, value: nw.Expr | str) -> nw.Expr:
    """Return a value where a condition holds, and null elsewhere."""
    return nw.when(condition).then(nw.col(value) if isinstance(value, str) else value)


def among(column: str, wanted: Iterable[str]) -> nw.Expr:
    """Say whether a text column holds one of some words; null counts as none."""
    return nw.col(column).is_in(list(wanted)).fill_null(value=False)


@dataclass(frozen=True, eq=False)
class Setting:
    """The opened tables of a portfolio, up to a day, for a playbook.

    `seldom` are the few words about states, promises and failures, and the emissions that make an offer (`_TOLD`), `money` the movements (who, claim, kind, at, on, amount);
    `kinds` counts both by (kind, names an invoice). `rare` are the debtors of the plain fold.
    """

    engine: Engine
    playbook: Playbook
    plan: CompiledPlaybook
    on: date
    today: int
    all_invoices: Frame
    invoices: Frame
    debtors: Frame
    creditors: Frame
    events: Frame
    elsewhere: Frame | None
    seldom: Frame
    money: Frame
    kinds: Mapping[tuple[str, bool], int]
    currencies: tuple[str, ...]
    natures: tuple[str, ...]
    sorts: frozenset[str | None]  # kinds of debtor there are
    rare: Frame | None
    whole: bool = False  # keep the view of cases that are held, for they will go on

    @property
    def account(self) -> bool:
        """Say whether accounts climb the ladder, not invoices."""
        return self.playbook.unit is Unit.ACCOUNT

    def has(self, *kinds: str) -> bool:
        """Say whether the portfolio has one event of these seldom kinds."""
        return any((kind, named) in self.kinds for kind in kinds for named in (True, False))


def opened(engine: Engine, sources: Mapping[str, TableSource | Frame], playbook: Playbook, on: date, *, whole: bool = False) -> Setting:
    """Open the tables for one playbook that takes every invoice of the debtors it is for."""
    found = base(engine, sources, (playbook,), on, whole=whole)
    return replace(found, invoices=fitting(found, playbook, found.invoices))


def base(engine: Engine, sources: Mapping[str, TableSource | Frame], playbooks: Sequence[Playbook], on: date, *, whole: bool = False) -> Setting:
    """Open the tables, look which seldom events there are, and sort out the debtors that need the plain fold.

    The setting is the first playbook's, with every invoice; those of the others are made of it by `under`.
    """
    frames = _keyed(engine, sources)
    while _alike(engine, frames):
        engine.salt += 1
        frames = _keyed(engine, sources)
    today, playbook = number(on), playbooks[0]
    events = frames["events"].filter(nw.col("on") <= today)
    events = events.with_columns(at=nw.col("on").cast(nw.Int64) * 2**SEQ_BITS + nw.coalesce(nw.col("seq"), nw.lit(0)).cast(nw.Int64))
    wanted = nw.col("kind").is_in([*MONEY, *_seldom(playbooks)])
    if _brings(engine, sources.get("events"), "data"):
        wanted = wanted | ((nw.col("kind") == "action.emitted") & nw.col("data").str.contains(OFFER, literal=True).fill_null(value=False))
    told = engine.keep(events.filter(wanted).select(*_TOLD))
    paid = nw.col("kind").is_in(list(MONEY))
    money, seldom = told.filter(paid).select(WHO, CLAIM, "kind", "at", "on", "amount"), engine.keep(told.filter(~paid))
    named = told.with_columns(named=~nw.col(CLAIM).is_null())
    kinds = {(kind, bool(names)): count for kind, names, count in engine.home(named.group_by("kind", "named").agg(nw.len().alias("count"))).rows()}
    profile = engine.home(frames["invoices"].group_by("currency", "nature").agg(nw.col("document").count().alias("documents")))
    elsewhere = None
    if _given(sources.get("elsewhere")):
        elsewhere = engine.keyed(typed(engine, "elsewhere", sources["elsewhere"]), **KEYS["elsewhere"]).filter(nw.col("on") <= today)
    agency = any(one.collector == "agency" for one in playbooks)
    made = Setting(
        engine=engine, playbook=playbook, plan=compile_playbook(playbook), on=on, today=today, all_invoices=frames["invoices"], invoices=frames["invoices"],
        debtors=frames["debtors"], creditors=frames["creditors"], events=events, elsewhere=elsewhere, seldom=seldom, money=money, kinds=kinds,
        currencies=tuple(sorted(code for code in set(profile["currency"]) if code is not None)),
        natures=tuple(sorted({nature or "general" for nature in profile["nature"]})),
        sorts=frozenset(engine.home(frames["debtors"].select("kind").unique("kind"))["kind"]), rare=None, whole=whole,
    )  # fmt: skip
    return apart(made, _rare(seldom, money, kinds, frames, agency=agency, documents=bool(profile["documents"].sum())))


def under(setting: Setting, playbook: Playbook, invoices: Frame) -> Setting:
    """Return the setting of a playbook and the invoices it takes."""
    return replace(setting, playbook=playbook, plan=compile_playbook(playbook), invoices=invoices)


def fitting(setting: Setting, playbook: Playbook, invoices: Frame) -> Frame:
    """Leave of some invoices those of debtors a playbook is for; one whose kind nobody knows is anyone's."""
    others = _others(setting, playbook)
    return invoices if others is None else invoices.join(others, on=WHO, how="anti")


def unfitting(setting: Setting, playbook: Playbook, invoices: Frame) -> Frame:
    """Leave of some invoices those of debtors a playbook is not for."""
    others = _others(setting, playbook)
    return invoices.head(0) if others is None else invoices.join(others, on=WHO, how="semi")


def _others(setting: Setting, playbook: Playbook) -> Frame | None:
    """Return the debtors a playbook is not for; None where there is none."""
    if playbook.debtor == "any" or not setting.sorts - {None, playbook.debtor}:
        return None
    return setting.debtors.filter(~among("kind", [playbook.debtor]) & ~nw.col("kind").is_null()).select(WHO)


def apart(setting: Setting, debtors: Frame | None) -> Setting:
    """Leave some more debtors to the plain fold."""
    if debtors is None:
        return setting
    more = setting.engine.keep(debtors.select(WHO).unique(WHO))
    if not size(setting.engine, more):
        return setting
    rare = more if setting.rare is None else setting.engine.keep(nw.concat([setting.rare, more], how="vertical").unique(WHO))
    return replace(setting, rare=rare, invoices=setting.invoices.join(more, on=WHO, how="anti"))


def _keyed(engine: Engine, sources: Mapping[str, TableSource | Frame]) -> dict[str, Frame]:
    return {name: engine.keyed(typed(engine, name, sources.get(name)), **KEYS[name]) for name in COLUMNS if name != "elsewhere"}


def _alike(engine: Engine, frames: Mapping[str, Frame]) -> bool:
    """Say whether two names have the same key: of ten million, about three portfolios in a million have such a pair."""
    for name, key in (("invoices", CLAIM), ("debtors", WHO)):
        rows, keys = engine.home(frames[name].select(rows=nw.len(), keys=nw.col(key).n_unique())).row(0)
        if keys < rows and keys < size(engine, frames[name].select(*KEYS[name][key]).unique(list(KEYS[name][key]))):
            return True
    return False


def size(engine: Engine, frame: Frame) -> int:
    """Count the rows of a frame."""
    return int(engine.home(frame.select(nw.len().alias("count"))).item())


def _given(source: TableSource | Frame | None) -> bool:
    return source is not None and not (isinstance(source, pl.DataFrame) and source.height == 0)


def _brings(engine: Engine, source: TableSource | Frame | None, column: str) -> bool:
    """Say whether a table has a column of its own."""
    if source is None:
        return False
    frame = source if isinstance(source, nw.LazyFrame) else engine.table(source)
    return column in frame.collect_schema().names()


def typed(engine: Engine, name: str, source: TableSource | Frame | None) -> Frame:
    """Open a table with every column of its own, null where the file has none."""
    frame = source if isinstance(source, nw.LazyFrame) else engine.table(empty(name) if source is None else source)
    have = set(frame.collect_schema().names())
    chosen = []
    for column, kind in COLUMNS[name].items():
        if column in have:
            chosen.append(nw.col(column))
        elif column in REQUIRED[name]:
            raise KeyError(f"{name}.{column}")
        else:
            chosen.append(nw.lit(None).cast(TYPES[kind]).alias(column))
    return frame.select(*chosen)


def _seldom(playbooks: Iterable[Playbook]) -> tuple[str, ...]:
    """List the kinds of event that are few: words about states, promises, failures, and what a playbook counts from."""
    counted = {name for playbook in playbooks for name in compile_playbook(playbook).anchors}
    return tuple(dict.fromkeys((*STATES, *RARE, *OTHERS, *(kind for kind in ARISING if kind not in MONEY), *(kind for kind in ANCHORS if kind in counted))))


def _rare(
    seldom: Frame, money: Frame, kinds: Mapping[tuple[str, bool], int], frames: Mapping[str, Frame], *, agency: bool, documents: bool
) -> Frame | None:
    """Find the debtors whose rows the plain fold reads: movements and promises that name no invoice, plans, instalments and the like."""
    kind, nameless = nw.col("kind"), nw.col(CLAIM).is_null()
    found: list[Frame] = []
    if any((each, False) in kinds for each in MONEY):
        found.append(money.filter(nameless).select(WHO))
    if any((each, named) in kinds for each in (*RARE, "action.failed", "action.cancelled", "promise.made") for named in (True, False)):
        lost = kind.is_in(["action.failed", "action.cancelled"]) & nw.col(ACT).is_null()
        found.append(seldom.filter(kind.is_in(list(RARE)) | lost | ((kind == "promise.made") & nameless)).select(WHO))
    if ("dispute.opened", False) in kinds:  # a part that is contested of several is shared among them
        found.append(seldom.filter((kind == "dispute.opened") & nameless & ~nw.col("amount").is_null()).select(WHO))
    if any(("written_off", named) in kinds for named in (True, False)):  # a part written off is no state, it moves the balance
        found.append(seldom.filter((kind == "written_off") & ~nw.col("amount").is_null()).select(WHO))
    if ("payment.reversed", True) in kinds and ("promise.made", True) in kinds:
        back = money.filter(kind == "payment.reversed").select(WHO)
        found.append(back.join(seldom.filter(kind == "promise.made").select(WHO), on=WHO, how="semi"))
    if documents:
        found.append(frames["invoices"].filter(~nw.col("document").is_null() & (nw.col("document") != nw.col("id"))).select(WHO))
    if agency:  # its letters for several creditors share their room
        accounts = frames["invoices"].select(WHO, "debtor").unique(WHO)
        shared = accounts.group_by("debtor").agg(nw.len().alias("creditors")).filter(nw.col("creditors") > 1)
        found.append(accounts.join(shared.select("debtor"), on="debtor", how="semi").select(WHO))
    return nw.concat(found, how="vertical") if len(found) > 1 else found[0] if found else None
