"""Distinct views decided once each, and what is due joined back to its cases: one row per action, columns of docs/language.md 8.

The rules are `relance.interpreter.decision`'s alone. Debtors of whom something rare was said are decided one by one by the same function.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import groupby

import narwhals as nw
import polars as pl

from relance.columnar.action_state import CODES, Acts
from relance.columnar.amounts_asked import PARTS, claimed_rows
from relance.columnar.distinct_views import DecidedView, decide_all
from relance.columnar.engines import Engine, Frame, TableSource, stacked
from relance.columnar.gc_pause import uncollected
from relance.columnar.inputs import CLAIM, WHO, Setting, base, size
from relance.columnar.offers import offer_text
from relance.columnar.packed_view import packs
from relance.columnar.pipeline import Folded, folds
from relance.columnar.routing import routed, unrouted
from relance.columnar.schema import Tables, dated, empty, to_facts
from relance.currencies import minor
from relance.interpreter.action_id import action_id
from relance.interpreter.action_state import DUTY
from relance.interpreter.compiled import compile_playbook
from relance.interpreter.contact_slot import has_rules, is_limited
from relance.interpreter.debtor import is_early
from relance.interpreter.duties import LOOK_BACK, duties_of
from relance.interpreter.emission import approvers_as_data
from relance.interpreter.snapshot import Snapshot
from relance.law.duties import ARISING
from relance.model import CONTACT_CHANNELS, Action, Approvers, Combine, Facts, Playbook, Status, makes_offers
from relance.portfolio.evaluation import Count, evaluate
from relance.portfolio.routing import Routing, Unrouted, only

#: What an action table holds, in this order. Amounts are minor units of `currency`; `approvers` and `offer` are JSON, as an emission has them.
ACTIONS: Mapping[str, pl.DataType] = {
    "id": pl.String(), "on": pl.Date(), "creditor": pl.String(), "debtor": pl.String(), "case": pl.String(), "carrier": pl.String(),
    "invoices": pl.List(pl.String()), "playbook": pl.String(), "playbook_version": pl.Int64(), "step": pl.String(),
    "occurrence": pl.Int64(), "kind": pl.String(), "channel": pl.String(), "tone": pl.String(), "template": pl.String(),
    "language": pl.String(), "status": pl.String(), "deadline": pl.Date(), "currency": pl.String(), "principal": pl.Int64(),
    "late_interest": pl.Int64(), "legal_interest": pl.Int64(), "fixed_indemnity": pl.Int64(), "contractual_penalty": pl.Int64(),
    "complementary_indemnity": pl.Int64(), "total": pl.Int64(), "reason": pl.String(), "message": pl.String(), "missing": pl.String(), "to": pl.String(),
    "to_role": pl.String(), "cc": pl.List(pl.String()), "approvers": pl.String(), "offer": pl.String(),
}  # fmt: skip


@dataclass(slots=True)
class Decided:
    """A portfolio on a day. `counts` add up to the cases; `actions` is a frame of `ACTIONS`.

    Of `distinct` views `views` had to be decided, for `folded` cases; `plain` cases were decided one by one. `unrouted` are the
    invoices no playbook takes.
    """

    on: date
    counts: Counter[Count] = field(default_factory=Counter)
    actions: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=dict(ACTIONS)))
    duties: list[Action] = field(default_factory=list)
    distinct: int = 0
    views: int = 0
    folded: int = 0
    plain: int = 0
    unrouted: list[Unrouted] = field(default_factory=list)


@dataclass
class _Part:
    """The cases of one playbook: what was folded, of the claims of what is due alone, in the setting of all; the outcomes of their views, and the cases that are due (with the place of theirs)."""

    folded: Folded
    setting: Setting
    outcomes: list[DecidedView]
    due: pl.DataFrame

    @property
    def playbook(self) -> Playbook:
        return self.folded.setting.playbook


@uncollected()
def evaluate_tables(
    engine: Engine, sources: Mapping[str, TableSource | Frame], routing: Routing | Playbook, on: date, *, said: Callable[[str], None] = lambda _: None
) -> Decided:
    """Decide every case of a portfolio in tables. `said` is told the name of each stage as it begins."""
    rules = only(routing) if isinstance(routing, Playbook) else routing
    done = Decided(on)
    said("open")
    shares = routed(base(engine, sources, tuple(rules.playbooks.values()), on), rules)
    said("fold")
    folded = folds(shares.settings)
    rare = folded[0].setting.rare if folded else shares.base.rare
    parts = []
    for each in folded:
        said("decide")
        parts.append(_part(each, done))
    said("join")
    _room(parts, done)
    said("actions")
    done.actions = pl.concat([done.actions, *(_combined(part.playbook, _actions(part)) for part in parts if part.due.height)])
    said("duties")
    done.duties += {duty.id: duty for part in parts for duty in _duties(part.setting)}.values()
    left = shares.left if rare is None else shares.left.join(rare, on=WHO, how="anti")
    done.unrouted += unrouted(replace(shares, left=left), rules)
    if rare is not None:
        said("rare")
        _plainly(facts_of(shares.base, rare), rules, on, done)
    return done


def _part(folded: Folded, done: Decided) -> _Part:
    """Decide the distinct views of a playbook's cases, count every outcome, and bring home the cases that are due."""
    setting, names = folded.setting, packs(folded.setting.plan)
    distinct = setting.engine.home(folded.cases.group_by(*names).agg(nw.len().alias("cases")))
    made = decide_all(setting, distinct)
    done.views += made.decided
    done.distinct += distinct.height
    for place, cases in distinct.select("cases", outcome=made.places).group_by("outcome").agg(pl.col("cases").sum()).rows():
        done.counts[Count(setting.playbook.id, made.outcomes[place].status, made.outcomes[place].about)] += int(cases)
    if folded.settled:
        done.counts[Count(setting.playbook.id, Status.STOPPED, "paid")] += folded.settled
    done.folded += int(distinct["cases"].sum()) + folded.settled
    due = [place for place, outcome in enumerate(made.outcomes) if outcome.status is Status.DUE]
    wanted = distinct.select(names).with_columns(outcome=made.places).filter(pl.col("outcome").is_in(due))
    found = folded.cases.join(setting.engine.share(wanted), on=names, how="inner")
    found = setting.engine.keep(found.select(WHO, "case", "carrier", "due", "balance", "outcome"))
    few = folded.of(found)
    return _Part(few, setting, made.outcomes, setting.engine.home(few.named(found)))


# --------------------------------------------------------------------------- room


def _room(parts: Sequence[_Part], done: Decided) -> None:
    """Where the contact rules leave a debtor room for one message, let the highest step, then the oldest due date, go; the rest waits.

    The same as `relance.interpreter.contact_slot.waiting`: the rules of every playbook a debtor is under apply.
    """
    if not any(has_rules(compile_playbook(part.playbook)) for part in parts) or (len(parts) == 1 and parts[0].playbook.combine is Combine.DEBTOR):
        return
    rows = pl.concat([_messages(place, part) for place, part in enumerate(parts) if part.due.height] or [pl.DataFrame(schema=_MESSAGE)])
    key = [WHO, "agency"]
    crowded = rows.unique([*key, "part", "group"]).group_by(key).len().filter(pl.col("len") > 1)
    rows = rows.join(crowded.select(key), on=key, how="semi").sort(*key, "rank", "due", "case")
    waiting: defaultdict[int, list[int]] = defaultdict(list)
    for _, rivals in groupby(rows.iter_rows(named=True), key=lambda row: (row[WHO], row["agency"])):
        messages: defaultdict[tuple[int, str], list[int]] = defaultdict(list)
        limited: set[tuple[int, str]] = set()
        for row in rivals:
            messages[row["part"], row["group"]].append(row["row"])
            if row["limited"]:
                limited.add((row["part"], row["group"]))
        going: list[tuple[int, str]] = []
        for message, cases in messages.items():
            if going and not limited.isdisjoint((message, *going)):
                waiting[message[0]] += cases
            else:
                going.append(message)
    for place, later in waiting.items():
        part = parts[place]
        for outcome in part.due["outcome"].gather(later):
            step = part.outcomes[outcome].step
            done.counts[Count(part.playbook.id, Status.DUE, step)] -= 1
            done.counts[Count(part.playbook.id, Status.WAITING, step)] += 1
        part.due = part.due.with_row_index("row").filter(~pl.col("row").is_in(later)).drop("row")
    done.counts += Counter()  # drops what fell to nothing


_MESSAGE = {
    "part": pl.Int64, "row": pl.Int64, WHO: pl.Int64, "agency": pl.Boolean, "group": pl.String, "rank": pl.Int64, "due": pl.Int32, "case": pl.String,
    "limited": pl.Boolean,
}  # fmt: skip


def _messages(place: int, part: _Part) -> pl.DataFrame:
    """Give the due cases that contact their debtor, with the message each travels in; `rank` is smallest for the highest step."""
    playbook, plan = part.playbook, part.folded.setting.plan
    order = {step.id: number for number, step in enumerate(playbook.steps)}
    ranks = {which: -order.get(one.step, 0) for which, one in enumerate(part.outcomes)}
    contact = [which for which, one in enumerate(part.outcomes) if any(way.channel in CONTACT_CHANNELS for way in one.ways)]
    limited = [which for which in contact if is_limited(plan, (way.channel for way in part.outcomes[which].ways))]
    rank = pl.col("outcome").replace_strict(ranks, return_dtype=pl.Int64)
    group = {Combine.DEBTOR: pl.lit(""), Combine.STEP: rank.cast(pl.String), Combine.NONE: pl.col("case")}[playbook.combine]
    rows = part.due.with_row_index("row").filter(pl.col("outcome").is_in(contact))
    return rows.select(
        pl.lit(place, pl.Int64).alias("part"), pl.col("row").cast(pl.Int64), WHO, pl.lit(playbook.collector == "agency").alias("agency"),
        group.alias("group"), rank.alias("rank"), pl.col("due").cast(pl.Int32), "case",
        pl.col("outcome").is_in(limited).alias("limited"),
    )  # fmt: skip


# --------------------------------------------------------------------------- actions


def _actions(part: _Part) -> pl.DataFrame:
    """Turn due cases into rows, one a channel, with what is claimed."""
    folded, due, outcomes = part.folded, part.due, part.outcomes
    setting, playbook = folded.setting, folded.setting.playbook
    places = due["outcome"].unique().sort().to_list()
    steps = {place: outcomes[place].step for place in places}
    until = {place: outcomes[place].deadline for place in places}
    due = due.with_columns(step=pl.col("outcome").replace_strict(steps, return_dtype=pl.String), deadline=pl.col("outcome").replace_strict(until, return_dtype=pl.Date))
    money = claimed_rows(folded, due)
    rows = due.drop("step", "deadline").join(money, on=[WHO, "case"], how="left", maintain_order="left")
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


def _ways(playbook: Playbook, outcomes: Mapping[int, DecidedView]) -> pl.DataFrame:
    """Lay out the channels of each due outcome, with what its step says."""
    steps = {step.id: step for step in playbook.steps}
    rows = []
    for place, made in outcomes.items():
        step = steps[made.step]
        for number, way in enumerate(made.ways):
            rows.append((
                place, number, step.id, made.occurrence, str(step.kind), str(way.channel), None if step.tone is None else str(step.tone),
                step.template or step.id, "draft" if step.approval else "emitted", made.deadline, made.reason, way.missing, step.to, step.to_role or None, list(step.cc), _approvers(step.approvers),
            ))  # fmt: skip
    schema: dict[str, pl.DataType | type[pl.DataType]] = {
        "outcome": pl.Int64, "way": pl.Int64, "step": pl.String, "occurrence": pl.Int64, "kind": pl.String, "channel": pl.String,
        "tone": pl.String, "template": pl.String, "status": pl.String, "deadline": pl.Date, "reason": pl.String, "missing": pl.String,
        "to": pl.String, "to_role": pl.String, "cc": pl.List(pl.String), "approvers": pl.String,
    }  # fmt: skip
    return pl.DataFrame(rows, schema=schema, orient="row")


def _approvers(approvers: Approvers) -> str | None:
    found = approvers_as_data(approvers)
    return None if found is None else json.dumps(found, sort_keys=True)


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
        envelope = [WHO, "status", "early", "currency", *(["step"] if playbook.combine is Combine.STEP else [])]
        if any(step.to_role or step.cc for step in playbook.steps):
            envelope += ["to_role", "cc"]
        if makes_offers(playbook):
            rows, envelope = rows.with_columns(alone=pl.when(pl.col("offer").is_not_null()).then("case")), [*envelope, "alone"]
        ranked = rows.with_columns(rank=-pl.col("step").replace_strict(order, return_dtype=pl.Int64)).sort("rank", "case", maintain_order=True)
        voices = [voice.with_columns(message=pl.col("id").first().over(*envelope, "channel")) for voice in _voices(ranked, envelope)]
        rows = rows.drop("message").join(pl.concat(voices).select("id", "message"), on="id", how="left")
    return rows.select(pl.col(name).cast(kind) for name, kind in ACTIONS.items())


def _voices(ranked: pl.DataFrame, envelope: Sequence[str]) -> Iterator[pl.DataFrame]:
    """Part what could go together: a case whose step also goes by a way that the highest step does not take keeps to its own step by every way."""
    while ranked.height:
        ways = ranked.filter(pl.col("rank") == pl.col("rank").min().over(envelope)).select(*envelope, "channel").unique()
        others = ranked.filter(pl.col("channel").is_in([each.value for each in CONTACT_CHANNELS]))
        own = others.join(ways, on=[*envelope, "channel"], how="anti", nulls_equal=True).select(*dict.fromkeys([*envelope, "case", "step"])).unique()
        yield ranked.join(own, on=own.columns, how="anti", nulls_equal=True) if own.height else ranked
        ranked = ranked.join(own, on=own.columns, how="semi", nulls_equal=True) if own.height else ranked.clear()


# --------------------------------------------------------------------------- the rare rest, one by one


def _plainly(portfolio: Iterator[Facts], routing: Routing, on: date, done: Decided) -> None:
    found = evaluate(portfolio, routing, on)
    done.counts += found.counts
    done.plain += found.cases
    done.unrouted += found.unrouted
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
    lately = nw.col("kind").is_in(kinds) & (nw.col("on") > setting.today - LOOK_BACK.days)
    told = stacked([frame.filter(lately).select(WHO) for frame in (setting.seldom, setting.money)]).unique(WHO)
    debtors = engine.keep(told)
    if size(engine, debtors):
        debtors = engine.keep(debtors.join(setting.invoices.select(WHO), on=WHO, how="semi"))
    if not size(engine, debtors):
        return []
    went_back = (nw.col("kind") == "payment.reversed") & (nw.col("on") > setting.today - LOOK_BACK.days)
    recent = setting.events.filter(lately | went_back)
    given = setting.events.filter((nw.col("kind") == "action.emitted") & nw.col("step").str.starts_with(DUTY))
    chosen = replace(setting, events=nw.concat([recent, given], how="vertical"))
    return [duty for facts in facts_of(chosen, debtors) for duty in duties_of(Snapshot(playbook, facts, setting.on))]


def from_actions(actions: list[Action]) -> pl.DataFrame:
    """Lay actions out as rows of `ACTIONS`."""
    rows = []
    for one in actions:
        row = {name: getattr(one, name) for name in ACTIONS if hasattr(one, name)}
        code = one.claimed.currency
        row |= {name: minor(getattr(one.claimed, name), code) for name in PARTS} | {"currency": code, "status": "draft" if one.draft else "emitted", "template": one.template or one.step}
        row |= {name: str(row[name]) for name in ("kind", "channel")} | {"tone": None if one.tone is None else str(one.tone)}
        rows.append(row | {"invoices": list(one.invoices), "to_role": one.to_role or None, "cc": list(one.cc), "approvers": _approvers(one.approvers), "offer": offer_text(one.offer, one.claimed)})
    return pl.DataFrame(rows, schema=dict(ACTIONS), orient="row")
