"""Distinct views decided once each, and what is due joined back to its cases: one row per action, columns of docs/language.md 8.

The rules are `relance.ladder.decide`'s alone. Debtors of whom something rare was said are decided one by one by the same function.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

import narwhals as nw
import polars as pl

from relance.ladder.acts import DUTY
from relance.ladder.duties import LOOK_BACK, duties_of
from relance.ladder.look import is_early
from relance.ladder.names import action_id
from relance.ladder.today import Today
from relance.law.duties import ARISING
from relance.ledger.evaluate import Count, evaluate
from relance.ledger.fold.acts import CODES, Acts
from relance.ledger.fold.claimed import PARTS, claimed_rows
from relance.ledger.fold.deciding import Outcome, decide_all
from relance.ledger.fold.engines import Engine, Frame, Source
from relance.ledger.fold.setting import CLAIM, WHO, Setting, opened, size
from relance.ledger.fold.table import Folded, fold
from relance.ledger.fold.truths import NotInTables
from relance.ledger.fold.views import packs
from relance.ledger.routing import only
from relance.ledger.tables import Tables, dated, empty, minor, to_facts
from relance.model import CONTACT_CHANNELS, Action, Combine, Facts, Playbook, Status

#: What an action table holds, in this order. Amounts are minor units of `currency`.
ACTIONS: Mapping[str, pl.DataType] = {
    "id": pl.String(), "on": pl.Date(), "creditor": pl.String(), "debtor": pl.String(), "case": pl.String(), "carrier": pl.String(),
    "invoices": pl.List(pl.String()), "playbook": pl.String(), "playbook_version": pl.Int64(), "step": pl.String(),
    "occurrence": pl.Int64(), "kind": pl.String(), "channel": pl.String(), "tone": pl.String(), "template": pl.String(),
    "language": pl.String(), "status": pl.String(), "deadline": pl.Date(), "currency": pl.String(), "principal": pl.Int64(),
    "late_interest": pl.Int64(), "legal_interest": pl.Int64(), "fixed_indemnity": pl.Int64(), "contractual_penalty": pl.Int64(),
    "total": pl.Int64(), "reason": pl.String(), "message": pl.String(), "missing": pl.String(), "to": pl.String(),
}  # fmt: skip


@dataclass(slots=True)
class Decided:
    """A portfolio on a day. `counts` add up to the cases; `actions` is a frame of `ACTIONS`.

    Of `distinct` views `views` had to be decided, for `folded` cases; `plain` cases were decided one by one. `unrouted` counts invoices
    of debtors the playbook is not for.
    """

    on: date
    counts: Counter[Count] = field(default_factory=Counter)
    actions: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=dict(ACTIONS)))
    duties: list[Action] = field(default_factory=list)
    distinct: int = 0
    views: int = 0
    folded: int = 0
    plain: int = 0
    unrouted: int = 0


def evaluate_tables(
    engine: Engine, sources: Mapping[str, Source | Frame], playbook: Playbook, on: date, *, said: Callable[[str], None] = lambda _: None
) -> Decided:
    """Decide every case of a portfolio in tables. `said` is told the name of each stage as it begins."""
    said("open")
    setting = opened(engine, sources, playbook, on)
    done = Decided(on)
    try:
        said("fold")
        folded = fold(setting)
    except NotInTables:
        _plainly(facts_of(setting, None), playbook, on, done)
        return done
    setting = folded.setting  # the fold may have found more debtors that are rare
    if setting.unrouted is not None:
        invoices = setting.all_invoices.join(setting.unrouted, on=WHO, how="semi")
        done.unrouted = size(engine, invoices if setting.rare is None else invoices.join(setting.rare, on=WHO, how="anti"))
    said("distinct")
    names = packs(setting.plan)
    distinct = engine.home(folded.cases.group_by(*names).agg(nw.len().alias("cases")))
    said("decide")
    made = decide_all(setting, distinct)
    done.views, done.distinct = made.decided, distinct.height
    said("join")
    _count(done, playbook, made.outcomes, distinct.select("cases", outcome=made.outcome), folded)
    due = _due(folded, distinct.select(names).with_columns(outcome=made.outcome), made.outcomes)
    if due.height:
        rows = _room(playbook, due, made.outcomes, done)
        said("actions")
        done.actions = _combined(playbook, _actions(folded, rows, made.outcomes))
    said("duties")
    done.duties += _duties(setting)
    if setting.rare is not None:
        said("rare")
        _plainly(facts_of(setting, setting.rare), playbook, on, done)
    return done


def _count(done: Decided, playbook: Playbook, outcomes: list[Outcome], sizes: pl.DataFrame, folded: Folded) -> None:
    """Count every outcome with its cases."""
    for place, cases in sizes.group_by("outcome").agg(pl.col("cases").sum()).rows():
        done.counts[Count(playbook.id, outcomes[place].status, outcomes[place].about)] += int(cases)
    if folded.settled:
        done.counts[Count(playbook.id, Status.STOPPED, "paid")] += folded.settled
    done.folded = int(sizes["cases"].sum()) + folded.settled


def _due(folded: Folded, distinct: pl.DataFrame, outcomes: list[Outcome]) -> pl.DataFrame:
    """Bring home the cases whose view is due, with the place of its outcome."""
    engine = folded.setting.engine
    due = [place for place, outcome in enumerate(outcomes) if outcome.status is Status.DUE]
    wanted = distinct.filter(pl.col("outcome").is_in(due))
    found = folded.cases.join(engine.share(wanted), on=packs(folded.setting.plan), how="inner")
    return engine.home(folded.named(found.select(WHO, "case", "carrier", "due", "balance", "outcome")))


# --------------------------------------------------------------------------- room


def _room(playbook: Playbook, due: pl.DataFrame, outcomes: list[Outcome], done: Decided) -> pl.DataFrame:
    """Where the contact rules leave room for one message of a debtor only, keep the highest step, then the oldest; count the rest as waiting."""
    contact = playbook.contact
    if playbook.combine is Combine.DEBTOR or (contact.min_gap is None and (contact.max_contacts is None or contact.within is None)):
        return due
    order = {step.id: place for place, step in enumerate(playbook.steps)}
    ranks = [(place, order.get(one.step, -1), any(way.channel in CONTACT_CHANNELS for way in one.ways)) for place, one in enumerate(outcomes)]
    table = pl.DataFrame(ranks, schema={"outcome": pl.Int64, "rank": pl.Int64, "contact": pl.Boolean}, orient="row")
    ranked = due.join(table, on="outcome", how="left").with_row_index("row")
    sent = ranked.filter("contact")
    group = pl.col("rank").cast(pl.String) if playbook.combine is Combine.STEP else pl.col("case")
    sent = sent.with_columns(group=group).sort(-pl.col("rank"), "due", "case")
    first = sent.group_by(WHO).agg(pl.col("group").first().alias("first"))
    later = sent.join(first, on=WHO).filter(pl.col("group") != pl.col("first"))
    for place in later["outcome"]:
        done.counts[Count(playbook.id, Status.DUE, outcomes[place].step)] -= 1
        done.counts[Count(playbook.id, Status.WAITING, outcomes[place].step)] += 1
    done.counts += Counter()  # drops what fell to nothing
    return ranked.join(later.select("row"), on="row", how="anti").drop("row", "rank", "contact")


# --------------------------------------------------------------------------- actions


def _actions(folded: Folded, due: pl.DataFrame, outcomes: list[Outcome]) -> pl.DataFrame:
    """Turn due cases into rows, one a channel, with what is claimed."""
    setting = folded.setting
    playbook = setting.playbook
    places = due["outcome"].unique().sort().to_list()
    steps = {place: outcomes[place].step for place in places}
    due = due.with_columns(step=pl.col("outcome").replace_strict(steps, return_dtype=pl.String))
    money = claimed_rows(folded, due)
    rows = due.drop("step").join(money, on=[WHO, "case"], how="left", maintain_order="left")
    rows = rows.join(_ways(playbook, {place: outcomes[place] for place in places}), on="outcome", how="inner", maintain_order="left")
    rows = rows.join(_again(folded.acts, setting), on=[CLAIM, "step", "occurrence", "channel"], how="left")
    parts = rows.select("creditor", "case", "carrier", "step", "occurrence", "channel", "again").rows()
    ids = [action_id(creditor, playbook.id, *parts, again or "") for creditor, *parts, again in parts]
    return rows.with_columns(
        pl.Series("id", ids, dtype=pl.String),
        on=pl.lit(setting.on),
        playbook=pl.lit(playbook.id),
        playbook_version=pl.lit(playbook.version, pl.Int64),
        language=pl.coalesce("language", pl.lit(playbook.language)),
    ).with_columns(message=pl.col("id"))


def _ways(playbook: Playbook, outcomes: Mapping[int, Outcome]) -> pl.DataFrame:
    """Lay out the channels of each due outcome, with what its step says."""
    steps = {step.id: step for step in playbook.steps}
    rows = []
    for place, made in outcomes.items():
        step = steps[made.step]
        for number, way in enumerate(made.ways):
            rows.append((
                place, number, step.id, made.occurrence, str(step.kind), str(way.channel), None if step.tone is None else str(step.tone),
                step.template or step.id, "draft" if step.approval else "emitted", made.deadline, made.reason, way.missing, step.to,
            ))  # fmt: skip
    schema = {
        "outcome": pl.Int64, "way": pl.Int64, "step": pl.String, "occurrence": pl.Int64, "kind": pl.String, "channel": pl.String,
        "tone": pl.String, "template": pl.String, "status": pl.String, "deadline": pl.Date, "reason": pl.String, "missing": pl.String,
        "to": pl.String,
    }  # fmt: skip
    return pl.DataFrame(rows, schema=schema, orient="row")


def _again(made: Acts, setting: Setting) -> pl.DataFrame:
    """Count how often each action was withdrawn or failed, so that the next one has a name of its own."""
    key = [CLAIM, "step", "occurrence", "channel"]
    schema = {CLAIM: pl.Int64, "step": pl.String, "occurrence": pl.Int64, "channel": pl.String, "again": pl.Int64}
    if not setting.has("action.failed", "action.cancelled"):
        return pl.DataFrame(schema=schema)
    found = setting.engine.home(made.undone.group_by("carrier", "known", "occurrence", "channel").agg(nw.len().alias("again")))
    steps = {place: step.id for place, step in enumerate(setting.playbook.steps)}
    channels = {code: str(channel) for channel, code in CODES.items()}
    return found.select(
        pl.col("carrier").alias(CLAIM), pl.col("known").replace_strict(steps, return_dtype=pl.String).alias("step"), "occurrence",
        pl.col("channel").replace_strict(channels, return_dtype=pl.String), "again",
    ).cast(schema).select(*key, "again")  # type: ignore[arg-type]  # fmt: skip


def _combined(playbook: Playbook, rows: pl.DataFrame) -> pl.DataFrame:
    """Name the message that carries each action: the one at the highest step, then of the smaller case, of those that go together."""
    if playbook.combine is not Combine.NONE:
        order = {step.id: place for place, step in enumerate(playbook.steps)}
        early = {step.id: is_early(step) for step in playbook.steps}
        rows = rows.with_columns(early=pl.col("step").replace_strict(early, return_dtype=pl.Boolean))
        envelope = [WHO, "channel", "status", "early", "currency", *(["step"] if playbook.combine is Combine.STEP else [])]
        ranked = rows.with_columns(rank=-pl.col("step").replace_strict(order, return_dtype=pl.Int64)).sort("rank", "case", maintain_order=True)
        lead = ranked.group_by(envelope, maintain_order=True).agg(pl.col("id").first().alias("lead"))
        rows = rows.join(lead, on=envelope, how="left").with_columns(message=pl.col("lead"))
    return rows.select(pl.col(name).cast(kind) for name, kind in ACTIONS.items())


# --------------------------------------------------------------------------- the rare rest, one by one


def _plainly(portfolio: Iterator[Facts], playbook: Playbook, on: date, done: Decided) -> None:
    found = evaluate(portfolio, only(playbook), on)
    done.counts += found.counts
    done.plain += found.cases
    done.unrouted += len(found.unrouted)
    done.duties += found.duties
    if found.actions:
        done.actions = pl.concat([done.actions, from_actions(found.actions)])


def facts_of(setting: Setting, some: Frame | None) -> Iterator[Facts]:
    """Give the facts of some debtors (or of all), out of the tables."""
    engine = setting.engine
    frames = {"invoices": setting.all_invoices, "debtors": setting.debtors, "events": setting.events, "elsewhere": setting.elsewhere}
    home: dict[str, pl.DataFrame] = {"creditors": dated(engine.home(setting.creditors), "creditors")}
    for name, frame in frames.items():
        if frame is None:
            home[name] = empty(name)
            continue
        if some is not None:
            frame = frame.join(some, on=WHO, how="semi")  # noqa: PLW2901
        home[name] = dated(engine.home(frame), name)
    return to_facts(Tables(**home))


def _duties(setting: Setting) -> list[Action]:
    """Return what the law adds: of debtors of whom something was said that gives rise to a task in the last month."""
    playbook, engine = setting.playbook, setting.engine
    agency = playbook.collector == "agency"
    kinds = [kind for kind, tasks in ARISING.items() if agency or any(not task.agency for task in tasks)]
    recent = setting.events.filter(nw.col("kind").is_in(kinds) & (nw.col("on") > setting.today - LOOK_BACK.days))
    debtors = recent.select(WHO).unique(WHO)
    for away in (setting.rare, setting.unrouted):
        debtors = debtors if away is None else debtors.join(away, on=WHO, how="anti")
    debtors = engine.keep(debtors)
    if not size(engine, debtors):
        return []
    given = setting.events.filter((nw.col("kind") == "action.emitted") & nw.col("step").str.starts_with(DUTY))
    chosen = replace(setting, events=nw.concat([recent, given], how="vertical"))
    return [duty for facts in facts_of(chosen, debtors) for duty in duties_of(Today(playbook, facts, setting.on))]


def from_actions(actions: list[Action]) -> pl.DataFrame:
    """Lay actions out as rows of `ACTIONS`."""
    rows = []
    for one in actions:
        row = {name: getattr(one, name) for name in ACTIONS if hasattr(one, name)}
        code = one.claimed.currency
        row |= {name: minor(getattr(one.claimed, name), code) for name in PARTS} | {"currency": code, "status": "draft" if one.draft else "emitted"}
        row |= {name: str(row[name]) for name in ("kind", "channel")} | {"tone": None if one.tone is None else str(one.tone)}
        rows.append(row | {"invoices": list(one.invoices)})
    return pl.DataFrame(rows, schema=dict(ACTIONS), orient="row")
