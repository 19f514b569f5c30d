"""A whole portfolio played forward: the cases of each debtor together, every distinct debtor once.

Cases that can do nothing are left out; those of one debtor that cannot get in each other's way are played apart. Debtors of whom a
view does not tell how they age (docs/forecast.md) are played from what is known of them. Adds nothing up; `forecast` and `change` do.
Why so, and what was refused: docs/decisions/057.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from itertools import groupby
from typing import Any, NamedTuple

import narwhals as nw
import polars as pl

from relance.columnar.action_state import channel_of, contact_days
from relance.columnar.conditions import NotInTables
from relance.columnar.engines import Engine, Frame, TableSource, stacked
from relance.columnar.evaluation import facts_of
from relance.columnar.gc_pause import uncollected
from relance.columnar.habit import lately_paid
from relance.columnar.inputs import WHO, Setting, day_of, number, opened
from relance.columnar.invoices_and_cases import runs_from
from relance.columnar.newcomers import joined_since
from relance.columnar.packed_view import contact_packs, packs, unpacked
from relance.columnar.pipeline import CASE, Folded, fold
from relance.columnar.schema import creditor_of, dated
from relance.currencies import minor
from relance.dates import add, add_months
from relance.interpreter.action_state import in_order
from relance.interpreter.cases import cases
from relance.interpreter.compiled import ASKED, PREVIOUS, CompiledPlaybook
from relance.interpreter.conditions import leaves
from relance.interpreter.debtor import is_early, voices
from relance.interpreter.decision import decide
from relance.interpreter.newcomers import unheard
from relance.interpreter.snapshot import Snapshot, case_today
from relance.interpreter.view import observe
from relance.law.duties import mandate_end
from relance.law.limitation import period
from relance.model import (
    CONTACT_CHANNELS,
    WORD_FACTS,
    Case,
    Channel,
    Combine,
    ContactDay,
    Duration,
    Facts,
    OnResume,
    Playbook,
    Status,
    Step,
    Test,
    Unit,
    View,
    makes_offers,
)
from relance.simulation.by_facts import foretell
from relance.simulation.by_view import Coming, Course, Member, begin, together
from relance.simulation.change_days import stirs

#: What a case may be stopped on and never come back by the calendar alone.
_FINAL = ("paid", "written_off", "insolvent", "time_barred", "handed_over", "disputed", *WORD_FACTS, "score", "reachable_by")
_ROWS = {**dict.fromkeys(CASE, pl.String), "currency": pl.String, "balance": pl.Int64, "play": pl.Int64, "slot": pl.Int64}


@dataclass(frozen=True)
class Play:
    """What leaves of the cases of a debtor, case by case, with the currency and the creditor of each (by their places)."""

    comings: tuple[tuple[Coming, ...], ...]
    currencies: tuple[str, ...]
    creditors: tuple[int, ...]


@dataclass(frozen=True)
class Foreseen:
    """A portfolio played from `on` to `until`: each case's row (creditor, debtor, case, currency, balance) names its play and its slot in it.

    `play` is null where nothing leaves. `settled` cases are paid and have no row; of `views`, `plays` were distinct; `told` debtors were played one by one.
    """

    playbook: Playbook
    on: date
    until: date
    rows: pl.DataFrame
    plays: tuple[Play, ...]
    settled: int
    views: int
    told: int

    def of(self, play: int | None, slot: int | None) -> tuple[Coming, ...]:
        """Return what leaves of a case, by its play and slot."""
        return () if play is None or slot is None else self.plays[play].comings[slot]


@dataclass(slots=True)
class _Plays:
    """The distinct plays found so far."""

    setting: Setting
    until: date
    views: list[View]
    found: list[Play] = field(default_factory=list)
    places: dict[tuple[object, ...], int] = field(default_factory=dict)
    alone: dict[int, tuple[Coming, ...]] = field(default_factory=dict)
    courses: dict[int, Course] = field(default_factory=dict)

    def course(self, view: int) -> Course:
        """Set out from a view, or join those who did."""
        if view not in self.courses:
            self.courses[view] = begin(self.setting.playbook, self.views[view], self.setting.on, self.until)
        return self.courses[view]

    def solo(self, view: int) -> tuple[Coming, ...]:
        """Play a view by itself, without contacts."""
        if view not in self.alone:
            self.alone[view] = together(self.setting.playbook, (Member(self.course(view)),), (), self.setting.on, self.until)[0]
        return self.alone[view]


@uncollected()
def foresee(engine: Engine, sources: Mapping[str, TableSource | Frame], playbook: Playbook, on: date, until: date) -> Foreseen:
    """Fold a portfolio and play it forward."""
    setting = opened(engine, sources, playbook, on, whole=True)
    plays = _Plays(setting, until, [])
    folded = _folded(setting)
    if folded is not None:
        setting = plays.setting = folded.setting  # the fold may have found more debtors that are rare
    told, rows, settled, left_out = 0, pl.DataFrame(schema=_ROWS), 0, 0
    away = pl.DataFrame(schema={WHO: pl.Int64})
    apart: Frame | None = None
    if folded is not None:
        rows, away, left_out = _by_view(folded, plays)
        settled, apart = folded.settled, _apart(setting, away)
    if folded is None or apart is not None:
        more, told = _by_facts(setting, plays, apart)
        if folded is not None:  # a paid case of a debtor that was set aside has a row after all
            settled -= more.join(_named(setting, away), on=["creditor", "debtor"], how="semi").height - left_out
        rows = pl.concat([rows, more])
    return Foreseen(playbook, on, until, rows.sort(CASE), tuple(plays.found), settled, len(plays.views), told)


def _named(setting: Setting, debtors: pl.DataFrame) -> pl.DataFrame:
    """Give the names of some debtors."""
    there = setting.all_invoices.join(setting.engine.share(debtors), on=WHO, how="semi")
    return setting.engine.home(there.select("creditor", "debtor").unique())


def _folded(setting: Setting) -> Folded | None:
    """Fold the tables; None where views tell too little of any case."""
    if _comes_back(setting.plan) or makes_offers(setting.playbook):
        return None
    try:
        return fold(setting)
    except NotInTables:
        return None


class PlayedMessage(NamedTuple):
    """A message of a play: the step it goes out at, by a channel, and what it carries (slot, step)."""

    on: date
    step: Step
    channel: Channel
    carries: tuple[tuple[int, Coming], ...]


def played_messages(playbook: Playbook, play: Play) -> Iterator[PlayedMessage]:
    """Put together what leaves of a debtor's cases on one day as the playbook combines it; the highest step leads."""
    order = {step.id: place for place, step in enumerate(playbook.steps)}
    together_: defaultdict[tuple[Any, ...], list[tuple[int, Coming]]] = defaultdict(list)
    for slot, comings in enumerate(play.comings):
        own = {Combine.NONE: (slot,), Combine.STEP: (), Combine.DEBTOR: ()}[playbook.combine]
        for coming in comings:
            step = coming.step
            rest = (*own, step.id) if playbook.combine is Combine.STEP else own
            together_[coming.on, play.creditors[slot], play.currencies[slot], step.approval, is_early(step), *rest].append((slot, coming))
    for (on, *_), group in together_.items():
        for voice in voices({place: (order[coming.step.id], coming.channels) for place, (_, coming) in enumerate(group)}):
            spoken = [each for place, each in enumerate(group) if place in voice]
            for channel in dict.fromkeys(channel for _, coming in spoken for channel in coming.channels):
                carries = tuple(each for each in spoken if channel in each[1].channels)
                yield PlayedMessage(on, max((coming.step for _, coming in carries), key=lambda step: order[step.id]), channel, carries)


# --------------------------------------------------------------------------- by view


def _by_view(folded: Folded, plays: _Plays) -> tuple[pl.DataFrame, pl.DataFrame, int]:
    """Play the cases of the table fold; return their rows, and the debtors (with how many cases) that have to be played from what is known of them."""
    setting, engine = folded.setting, folded.setting.engine
    contacts = contact_packs(setting.plan)
    names = [name for name in packs(setting.plan) if name not in contacts]
    home = engine.home(folded.named(folded.cases).select(WHO, *CASE, "currency", nw.col("balance").cast(nw.Int64), *names))
    bare = home.select(names).unique(maintain_order=True)
    zero = [pl.lit(0, pl.Int64).alias(name) for name in contacts]
    plays.views = list(unpacked(setting.plan, setting.on, bare.with_columns(*zero)))
    moves = [_moves(plays, place) for place in range(bare.height)]
    blind = [moving and _blind(setting, view) for view, moving in zip(plays.views, moves, strict=True)]
    bare = bare.with_columns(
        view=pl.int_range(bare.height, dtype=pl.Int64),
        moves=pl.Series(moves, dtype=pl.Boolean),
        blind=pl.Series(blind, dtype=pl.Boolean),
        due=pl.Series([view.due for view in plays.views], dtype=pl.Date),
    )
    rows = home.join(bare, on=names, how="left").drop(names)
    pending = _pending(setting, plays.until).join(rows.select(WHO), on=WHO, how="semi")  # who has nothing but paid claims has no future
    odd = pl.concat([rows.filter("blind").select(WHO), pending]).unique(maintain_order=True)
    count = rows.height
    rows = rows.join(odd, on=WHO, how="anti")
    moving = rows.filter("moves").sort("creditor", "debtor", "due", "case")
    placed = _placed(moving, _contacts(folded, moving), plays)
    placed = rows.join(placed, on=CASE, how="left")
    return placed.select(pl.col(name).cast(kind) for name, kind in _ROWS.items()), odd, count - rows.height


def _waits(view: View) -> bool:
    """Say whether something of a case waits for approval or to leave, which is taken as given on the first day."""
    return view.draft is not None or view.pending is not None


def _moves(plays: _Plays, place: int) -> bool:
    """Say whether a case may ever send anything, is about to be approved or has not left yet, whatever its debtor's other cases do."""
    setting = plays.setting
    if plays.solo(place) or _waits(plays.views[place]):
        return True
    if not any(kind == PREVIOUS for rung in setting.plan.rungs for kind, _ in rung.counted):
        return False
    return decide(setting.playbook, plays.views[place], setting.on).status not in (Status.STOPPED, Status.FINISHED)


def _placed(moving: pl.DataFrame, contacts: Mapping[int, tuple[ContactDay, ...]], plays: _Plays) -> pl.DataFrame:
    """Give each moving case its play and its slot in it."""
    rows = moving.select(WHO, "currency", "view").rows()
    places: list[int] = []
    slots: list[int] = []
    for debtor, cases_ in groupby(rows, key=lambda row: row[0]):
        held = list(cases_)
        places += [_play(plays, [row[2] for row in held], [row[1] for row in held], contacts.get(debtor, ()))] * len(held)
        slots += range(len(held))
    return moving.select(CASE).with_columns(play=pl.Series(places, dtype=pl.Int64), slot=pl.Series(slots, dtype=pl.Int64))


def _play(plays: _Plays, views: Sequence[int], currencies: Sequence[str], contacts: tuple[ContactDay, ...]) -> int:
    """Play the cases of a debtor, unless a debtor like him was."""
    plan, setting = plays.setting.plan, plays.setting
    apart = [plays.solo(view) for view in views]
    drafts = any(_waits(plays.views[view]) for view in views)
    first = setting.on if drafts else min((play[0].on for play in apart if play), default=setting.on)
    contacts = tuple(each for each in contacts if _binds(plan, each, first))
    key = (*views, *currencies, *contacts)
    if (place := plays.places.get(key)) is not None:
        return place
    if not _free(plan, apart, contacts, drafts=drafts and len(views) > 1):
        members = [Member(plays.course(view)) for view in views]
        apart = list(together(setting.playbook, members, contacts, setting.on, plays.until))
    plays.found.append(Play(tuple(apart), tuple(currencies), (0,) * len(views)))
    plays.places[key] = len(plays.found) - 1
    return plays.places[key]


def _binds(plan: CompiledPlaybook, contact: ContactDay, first: date) -> bool:
    """Say whether a contact of the past may put off a message on or after a day."""
    return any(limit.counts(contact) and limit.opens(contact.on) > first for limit in plan.limits)


def _free(plan: CompiledPlaybook, apart: Sequence[tuple[Coming, ...]], contacts: tuple[ContactDay, ...], *, drafts: bool) -> bool:
    """Say whether the cases of a debtor, each played by itself, leave each other the room that the contact rules ask for."""
    if not plan.limits:
        return True
    if drafts or contacts:
        return False
    if len(apart) == 1:
        return True
    left = {ContactDay(coming.on, channel) for play in apart for coming in play for channel in coming.channels if channel in CONTACT_CHANNELS}
    for limit in plan.limits:
        days = sorted({each.on for each in left if limit.counts(each)})
        if any(limit.opens(first) > day for first, day in zip(days, days[limit.most :], strict=False)):
            return False
    if plan.playbook.combine is Combine.DEBTOR:
        return True
    sent = [coming.on for play in apart for coming in play if coming.contact]
    return len(sent) == len(set(sent))


def _contacts(folded: Folded, moving: pl.DataFrame) -> dict[int, tuple[ContactDay, ...]]:
    """Return the days on which the debtors of some cases were contacted, as far back as a contact rule may still look."""
    setting, made = folded.setting, folded.acts
    limits = setting.plan.limits
    if not limits or not moving.height:
        return {}
    oldest = setting.on
    while any(limit.opens(oldest) > setting.on for limit in limits):
        oldest -= timedelta(1)
    debtors = setting.engine.share(moving.select(WHO).unique())
    found = contact_days(setting, made, debtors, apart=any(limit.channels for limit in limits)).filter(nw.col("on") >= number(oldest))
    days = setting.engine.home(found.select(WHO, nw.col("on").cast(nw.Int64), "channel"))
    grouped = days.sort(WHO, "on", "channel").group_by(WHO, maintain_order=True).agg("on", "channel")
    return {who: tuple(ContactDay(day_of(count), channel_of(code)) for count, code in zip(*told, strict=True)) for who, *told in grouped.rows()}


# --------------------------------------------------------------------------- what a view cannot tell


def _comes_back(plan: CompiledPlaybook) -> bool:
    """Say whether a case that the playbook stops may come back by the calendar alone: the views of stopped cases tell too little."""
    return any(test.fact not in _FINAL for condition in plan.playbook.stop_when for test in leaves(condition))


def _plain_words(playbook: Playbook) -> set[str]:
    return {test.fact for test in playbook.hold_while if isinstance(test, Test) and test.op == "is" and test.value is True}


def _blind(setting: Setting, view: View) -> bool:
    """Say whether a view does not tell how its case ages."""
    plan = setting.plan
    tested = {test.fact for test in plan.tests}
    if _waits(view) and (setting.account or any(limit.channels for limit in plan.limits)):  # of whom it was, by what it goes
        return True
    if view.held_until is not None:
        held = {test.fact for test, truth in zip(plan.tests, view.truths, strict=True) if test.op == "is" and truth is (test.value is True)}
        if len(held & {"on_hold", "promised", "plan_running"}) > 1 or tested & {"overdue_balance", "limitation_within"}:
            return True
    return "overdue_balance" in tested and view.due >= setting.on


def _horizon(setting: Setting, until: date) -> date:
    """Return the last day to which a test of limitation looks ahead."""
    within = [test.value for test in setting.plan.tests if isinstance(test.value, Duration)]
    return max([until, *(add(until, each, setting.playbook.calendar) for each in within)])


def _periods(setting: Setting) -> set[int]:
    """Return after how many years claims of this portfolio may be barred, at the shortest."""
    kind = "business" if setting.playbook.debtor == "business" else None
    return {period(debtor_kind=kind, nature=nature).years for nature in setting.natures}


def _pending(setting: Setting, until: date) -> pl.DataFrame:
    """List the debtors of whom something changes by itself in a way that no view tells: an empty frame where there is none."""
    playbook, tested = setting.playbook, {test.fact for test in setting.plan.tests}
    anchors, plain = set(setting.plan.anchors), _plain_words(setting.playbook)
    found: list[Frame] = []
    promises = tested & {"promised", "promise_broken", "broken_promises"} or "promise.broken" in anchors or setting.account
    if promises and (setting.account or "promised" not in plain or "broken_promises" in tested):
        limit = setting.on
        while add(limit, playbook.grace, playbook.calendar) >= setting.on:
            limit -= timedelta(1)
        found.append(_said(setting, "promise.made", limit))
    restarts = playbook.on_resume is OnResume.RESTART
    holds = "on_hold" in tested or "hold.lifted" in anchors or restarts or setting.account
    if holds and (setting.account or "on_hold" not in plain):
        found.append(_said(setting, "hold.placed", setting.on))
    if setting.account:
        coming = nw.col("issued") > setting.today
        hands_over = "handed_over" in tested and any(Channel.HANDOVER in step.channels for step in playbook.steps)
        if "overdue_balance" in tested or ASKED in tested or hands_over or playbook.collector == "agency":
            coming = coming | (nw.col("due") >= setting.today)  # it joins by a letter of its own, or is not handed over with the rest
        if hands_over:
            every = setting.invoices.with_columns(is_left=nw.lit(value=True))
            found.append(joined_since(setting, every, setting.plan.by_id, shared=False))
        found.append(setting.invoices.filter(coming.fill_null(value=False)).select(WHO))
    if "usual_delay" in tested:  # a payment leaves the twelve months
        found.append(lately_paid(setting).select(WHO))
    if tested & {"time_barred", "limitation_within"}:
        for years in _periods(setting):
            first, last = add_months(setting.on, -12 * years), add_months(_horizon(setting, until), -12 * years)
            nearly = (runs_from() >= number(first) - 3) & (runs_from() <= number(last))
            found.append(setting.invoices.filter(nearly.fill_null(value=False)).select(WHO))
    if playbook.collector == "agency":
        rows = dated(setting.engine.home(setting.creditors), "creditors").iter_rows(named=True)
        ending = [one.id for one in map(creditor_of, rows) if (end := mandate_end(one)) is not None and setting.on <= end < until]
        changing = (nw.col("mandate") > setting.today).fill_null(value=False) | nw.col("id").is_in(ending)
        given = setting.creditors.filter(changing).select(nw.col("id").alias("creditor"))
        found.append(setting.invoices.join(given, on="creditor", how="semi").select(WHO))
    if not found:
        return pl.DataFrame(schema={WHO: pl.Int64})
    return setting.engine.home(stacked(found).unique(WHO))


def _said(setting: Setting, kind: str, since: date) -> Frame:
    """List the debtors of whom a word was said that ends on or after a day."""
    ends = setting.seldom.filter((nw.col("kind") == kind) & (nw.col("day") >= number(since)).fill_null(value=False))
    return ends.select(WHO)


# --------------------------------------------------------------------------- by what is known


def _apart(setting: Setting, away: pl.DataFrame) -> Frame | None:
    """Put the debtors that views do not tell of beside those of the plain fold."""
    found = [] if setting.rare is None else [setting.rare.select(WHO)]
    if away.height:
        found.append(setting.engine.share(away))
    return stacked(found).unique(WHO) if found else None


def _by_facts(setting: Setting, plays: _Plays, some: Frame | None) -> tuple[pl.DataFrame, int]:
    """Play debtors from what is known of them: exactly where something stirs, by their views where nothing does."""
    playbook = setting.playbook
    routed = (facts for facts in facts_of(setting, some) if playbook.debtor in ("any", facts.debtor.kind or playbook.debtor))
    rows: list[tuple[object, ...]] = []
    told = 0
    for household in _households(playbook, routed):
        told += 1
        slots = [(place, case) for place, facts in enumerate(household) for case in cases(playbook, facts)]
        comings = _household(setting, plays.until, household)
        play = len(plays.found)
        plays.found.append(
            Play(
                tuple(comings.get((place, case.id), ()) for place, case in slots),
                tuple(case.currency for _, case in slots),
                tuple(place for place, _ in slots),
            )
        )
        rows += [
            (case.facts.creditor.id, case.facts.debtor.id, case.id, case.currency, _owed(playbook, case, plays.until), play, slot)
            for slot, (_, case) in enumerate(slots)
        ]
    return pl.DataFrame(rows, schema=_ROWS, orient="row"), told


def _households(playbook: Playbook, portfolio: Iterable[Facts]) -> Iterator[list[Facts]]:
    """Bring together what several creditors of an agency know of one debtor; creditors in their own names do not share their room."""
    if playbook.collector != "agency":
        yield from ([facts] for facts in portfolio)
        return
    by_debtor: defaultdict[str, list[Facts]] = defaultdict(list)
    for facts in portfolio:
        by_debtor[facts.debtor.id].append(facts)
    yield from by_debtor.values()


def _household(setting: Setting, until: date, household: Sequence[Facts]) -> Mapping[tuple[int, str], tuple[Coming, ...]]:
    playbook, on = setting.playbook, setting.on
    exactly = _comes_back(setting.plan) or any(stirs(playbook, facts, on, until) or _goes_two_ways(playbook, facts, on) for facts in household)
    found: list[tuple[tuple[int, str], View]] = []
    contacts: set[ContactDay] = set()
    for place, facts in enumerate(household):
        today = Snapshot(playbook, facts, on)
        contacts |= set(today.contacts)
        found += [((place, case.id), observe(playbook, case, on, today)) for case in cases(playbook, facts)]
    if exactly or any(_blind(setting, view) for _, view in found):
        return foretell(playbook, household, on, until)
    found.sort(key=lambda each: each[0][1])
    members = [Member(begin(playbook, view, on, until), place) for (place, _), view in found]
    comings = together(playbook, members, in_order(contacts), on, until)
    return {key: coming for (key, _), coming in zip(found, comings, strict=True)}


def _goes_two_ways(playbook: Playbook, facts: Facts, on: date) -> bool:
    """Say whether some invoices of an account go another way than its view tells: they have a letter of their own to come, or are not handed over with the rest."""
    if playbook.unit is not Unit.ACCOUNT:
        return False
    today = Snapshot(playbook, facts, on)
    accounts = [case_today(case, today) for case in cases(playbook, facts)]
    hands_over = any(Channel.HANDOVER in step.channels for step in playbook.steps)
    return any(unheard(account) or (hands_over and len(account.claims) > 1) for account in accounts)


def _owed(playbook: Playbook, case: Case, day: date) -> int:
    """Sum what may be chased of a case, once every claim of it is issued."""
    unit = case_today(case, Snapshot(playbook, case.facts, day))
    return minor(sum((each.undisputed for each in (unit.left or unit.claims)), Decimal(0)), case.currency)
