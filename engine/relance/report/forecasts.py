"""A forecast, and what a change of a playbook changes, as plain values, as rows for a terminal, and as a page. Computes no futures."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

import polars as pl

from relance.currencies import decimals
from relance.model import CONTACT_CHANNELS
from relance.report.charts import band, bars, html_table, page, points, section, tiles
from relance.report.words import grouped, head, word
from relance.sentences import marked, tell, tell_number, tell_part, told
from relance.simulation.by_view import Coming
from relance.simulation.forecast import Forecast, Line, week
from relance.simulation.playbook_diff import PlaybookChange

#: Four in five outcomes lie within so many standard deviations.
BAND = 1.2816
GRANTED = (
    marked("Approvals are given and calls made on the day they are asked for; a hold ends on its last known day, and one without an end stays."),
    marked("A promise that runs is broken; nobody disputes, pays or pays in part, unless a payment behaviour says so; no new invoices come in."),
    marked("Cases of one debtor leave each other the room the contact rules ask for; one that has paid still takes that room."),
)


class Month(NamedTuple):
    """What a month comes to. `cash` is by currency, in minor units."""

    month: str
    messages: float
    notices: float
    handovers: float
    cost: float
    cash: Mapping[str, float]


class Sent(NamedTuple):
    """What a step comes to on a channel."""

    step: str
    channel: str
    messages: float
    actions: float
    cost: float


# --------------------------------------------------------------------------- forecast


def forecast_values(made: Forecast) -> dict[str, Any]:
    """Give a forecast as machine output, version 1."""
    lines = sorted(made.actions.keys() | made.messages.keys())
    return {
        "version": 1, "playbook": made.playbook, "from": made.on.isoformat(), "until": made.until.isoformat(), "cases": made.cases,
        "lines": [
            {"on": line.on.isoformat(), "step": line.step, "channel": line.channel, "messages": _rounded(made.messages, line), "actions": _rounded(made.actions, line),
             "cost": f"{made.cost.get(line, 0):.2f}"} for line in lines
        ],
        "formal_notices": [{"on": day.isoformat(), "expected": round(number, 2)} for day, number in sorted(made.notices.items())],
        "handovers": [{"on": day.isoformat(), "expected": round(number, 2)} for day, number in sorted(made.handovers.items())],
        "cost": f"{sum(made.cost.values()):.2f}",
        "cash": [
            {"week": monday.isoformat(), "currency": code, "expected": minor_amount(middle, code), "low": minor_amount(low, code), "high": minor_amount(high, code)}
            for monday, code, low, middle, high in bands(made)
        ],
    }  # fmt: skip


def _rounded(found: Mapping[Line, float], line: Line) -> float:
    return round(found.get(line, 0.0), 2)


def bands(made: Forecast) -> list[tuple[date, str, float, float, float]]:
    """Return what is expected in each week and currency, with the ends of its band: between nothing and all that is owed."""
    return [(*key, *_between(made, key[1], amount, made.spread[key])) for key, amount in sorted(made.cash.items())]


def _between(made: Forecast, code: str, amount: float, spread: float) -> tuple[float, float, float]:
    half = float(BAND * spread**0.5)
    return max(amount - half, 0.0), amount, min(amount + half, made.owed[code])


def minor_amount(amount: float, code: str, *, grouped: bool = False) -> str:
    """Write an amount of minor units with its currency's own decimals."""
    places = decimals(code)
    return f"{amount / 10**places:{',' if grouped else ''}.{places}f}"


def by_step(made: Forecast) -> list[Sent]:
    """Add up by step and channel, in the order of the playbook."""
    keys = sorted({(made.steps.index(line.step), line.step, line.channel) for line in made.actions.keys() | made.messages.keys()})
    sums = {name: _summed(found, lambda line: (line.step, line.channel)) for name, found in _columns(made).items()}
    return [Sent(step, by, *(sums[name].get((step, by), 0.0) for name in ("messages", "actions", "cost"))) for _, step, by in keys]


def by_month(made: Forecast) -> list[Month]:
    """Add up by month."""
    columns = {"messages": to_debtors(made), "cost": made.cost}
    sums = {name: _summed(found, lambda line: f"{line.on:%Y-%m}") for name, found in columns.items()}
    notices, handovers = (_summed(found, lambda day: f"{day:%Y-%m}") for found in (made.notices, made.handovers))
    cash: defaultdict[str, defaultdict[str, float]] = defaultdict(lambda: defaultdict(float))
    for (monday, code), amount in made.cash.items():
        cash[f"{max(monday, made.on):%Y-%m}"][code] += amount
    months = sorted({*sums["messages"], *notices, *handovers, *cash})
    return [Month(m, sums["messages"].get(m, 0.0), notices.get(m, 0.0), handovers.get(m, 0.0), sums["cost"].get(m, 0.0), cash[m]) for m in months]


def to_debtors(made: Forecast) -> dict[Line, float]:
    """Keep the messages and calls: a task or a hand-over reaches no debtor."""
    return {line: number for line, number in made.messages.items() if line.channel in CONTACT_CHANNELS}


def _columns(made: Forecast) -> dict[str, Mapping[Line, float]]:
    return {"messages": made.messages, "actions": made.actions, "cost": made.cost}


def _summed(found: Mapping[Any, float], key: Any) -> dict[Any, float]:
    sums: defaultdict[Any, float] = defaultdict(float)
    for each, number in sorted(found.items()):
        sums[key(each)] += number
    return dict(sums)


def cash_in_all(made: Forecast) -> dict[str, tuple[float, float, float]]:
    """Return what is expected in each currency, between the ends of its band."""
    expected = _summed({(code, monday): amount for (monday, code), amount in made.cash.items()}, lambda key: key[0])
    return {code: _between(made, code, amount, made.spread_in_all[code]) for code, amount in sorted(expected.items())}


def forecast_page(made: Forecast, title: str, reaching: pl.DataFrame) -> str:
    """Draw a forecast. `reaching` are the cases that come to a notice or a hand-over."""
    figures = [
        (tell("Messages and calls"), grouped(sum(to_debtors(made).values())), tell_number("of {cases} case", "of {cases} cases", made.cases, cases=grouped(made.cases))),
        (tell("Formal notices"), grouped(sum(made.notices.values())), head("cases")),
        (tell("Hand-overs"), grouped(sum(made.handovers.values())), head("cases")),
    ]
    if any(made.cost.values()):
        figures.append((tell("Postage and the like"), grouped(sum(made.cost.values()), 2), tell("as the playbook prices its steps")))
    for code, amounts in cash_in_all(made).items():
        low, expected, high = (grouped(value / 10 ** decimals(code)) for value in amounts)
        figures.append((tell("Expected cash, {code}", code=code), expected, tell("{low} to {high}, four times in five", low=low, high=high)))
    parts = [
        tiles(figures),
        bars(tell("Messages and calls by week, by channel"), _weekly(to_debtors(made), lambda line: word(line.channel))),
        bars(tell("Messages and calls by week, by step"), _weekly(to_debtors(made), lambda line: line.step, made.steps), note=tell("A message that several cases share counts under its highest step.")),
        bars(tell("Formal notices and hand-overs by week"), {head("formal notices"): _by_week(made.notices), head("hand-overs"): _by_week(made.handovers)}, stacked=False),
    ]
    if any(made.cost.values()):
        parts.append(bars(tell("Cost by week"), _weekly(made.cost, lambda line: word(line.channel))))
    for code in sorted({code for _, code in made.cash}):
        unit = 10 ** decimals(code)
        rows = {monday: (low / unit, middle / unit, high / unit) for monday, held, low, middle, high in bands(made) if held == code}
        parts.append(band(tell("Expected cash by week, {code}", code=code), rows, note=tell("Four outcomes in five lie in the band, if cases pay independently of each other.")))
    parts += [
        section(tell("By step"), html_table(("step", "by", "messages", "actions", "cost"), [(row.step, word(row.channel), *row[2:4], _price(row.cost)) for row in by_step(made)])),
        section(tell("By month"), html_table(("month", "messages", "formal notices", "hand-overs", "cost"), [(*row[:4], _price(row.cost)) for row in by_month(made) if max(row[1:5]) >= 0.5])),
        section(tell("The largest cases that come to a formal notice or a hand-over"), html_table(("case", "debtor", "owed", "formal notice", "hand-over"), _largest(reaching))),
        section(tell("What this takes for granted"), points([told(each) for each in GRANTED])),
    ]  # fmt: skip
    return page(tell("Forecast: {title}", title=title), tell_number("{cases} case, {on} to {until}, with what was known on the first day.", "{cases} cases, {on} to {until}, with what was known on the first day.", made.cases, cases=grouped(made.cases), on=made.on, until=made.until), parts)


def _price(amount: float) -> Decimal:
    return Decimal(f"{amount:.2f}")


def _largest(reaching: pl.DataFrame) -> Iterable[tuple[str, ...]]:
    """Name the ten cases that owe most."""
    chosen = reaching.sort("balance", "creditor", "debtor", "case", descending=[True, False, False, False]).head(10)
    for row in chosen.iter_rows(named=True):
        owed = f"{minor_amount(row['balance'], row['currency'], grouped=True)} {row['currency']}"
        yield row["case"], row["debtor"], owed, *(tell_part(row[name]) if row[name] else "" for name in ("formal_notice", "handover"))


def _weekly(found: Mapping[Line, float], name: Any, names: Iterable[str] = ()) -> dict[str, dict[date, float]]:
    series: dict[str, dict[date, float]] = {each: {} for each in names}
    for line, number in sorted(found.items()):
        weeks = series.setdefault(str(name(line)).replace("_", " "), {})
        weeks[week(line.on)] = weeks.get(week(line.on), 0.0) + number
    return series


def _by_week(days: Mapping[date, float]) -> dict[date, float]:
    return _summed(days, week)


# --------------------------------------------------------------------------- change


def steps_of(made: PlaybookChange) -> list[tuple[str, int, int, int, int]]:
    """Give one row a step that changes: added, removed, earlier, later."""
    names = sorted({*made.removed, *made.added, *made.earlier, *made.later})
    return [(name, made.added[name], made.removed[name], made.earlier[name], made.later[name]) for name in names]


def one_line(play: tuple[Coming, ...]) -> str:
    """Write a future on one line."""
    return ", ".join(f"{tell_part(one.on)} {one.step.id}" for one in play) or head("nothing")


def _lines(play: tuple[Coming, ...]) -> tuple[str, ...]:
    return tuple(f"{tell_part(one.on)} {one.step.id}" for one in play) or (head("nothing"),)


def change_values(made: PlaybookChange) -> dict[str, Any]:
    """Give a change as machine output, version 1."""
    return {
        "version": 1, "old": made.old, "new": made.new, "cases": made.cases, "changed": made.changed, "lost_steps": list(made.lost),
        "steps": [{"step": step, "added": added, "removed": removed, "earlier": earlier, "later": later} for step, added, removed, earlier, later in steps_of(made)],
        "messages": {"old": sum(made.before.values()), "new": sum(made.after.values())},
        "cost": {"old": f"{made.cost_before:.2f}", "new": f"{made.cost_after:.2f}"},
        "cases_that_change_most": [
            {"creditor": row["creditor"], "debtor": row["debtor"], "case": row["case"], "old": _list(before), "new": _list(after)} for row, before, after in made.worst
        ],
    }  # fmt: skip


def _list(play: tuple[Coming, ...]) -> list[dict[str, Any]]:
    return [{"on": one.on.isoformat(), "step": one.step.id, "occurrence": one.occurrence, "channels": [str(channel) for channel in one.channels]} for one in play]


def change_page(made: PlaybookChange) -> str:
    """Draw a change."""
    before = {monday: float(number) for monday, number in made.before.items()}
    after = {monday: float(number) for monday, number in made.after.items()}
    old, new = (made.old, made.new) if made.old != made.new else (tell("{old} (old)", old=made.old), tell("{new} (new)", new=made.new))
    figures = [
        (tell("Cases that change"), grouped(made.changed), tell("of {cases}", cases=grouped(made.cases))),
        (tell("Messages and calls"), grouped(sum(after.values())), tell("{total} before ({signed})", total=grouped(sum(before.values())), signed=_signed(sum(after.values()) - sum(before.values()), 0))),
        (tell("Steps added"), grouped(made.added.total()), tell("{total} taken away", total=grouped(made.removed.total()))),
        (tell("Steps moved"), grouped(made.earlier.total() + made.later.total()), tell("{earlier} earlier, {later} later", earlier=grouped(made.earlier.total()), later=grouped(made.later.total()))),
    ]
    if made.cost_before or made.cost_after:
        figures.append((head("Cost"), grouped(made.cost_after, 2), tell("{cost_before} before ({signed})", cost_before=grouped(made.cost_before, 2), signed=_signed(float(made.cost_after - made.cost_before), 2))))
    worst = [((row["case"], row["debtor"]), _lines(was), _lines(now)) for row, was, now in made.worst]
    return page(
        f"{made.old} → {made.new}",
        tell_number("The same portfolio of {cases} case played forward under both.", "The same portfolio of {cases} cases played forward under both.", made.cases, cases=grouped(made.cases)),
        [
            tiles(figures),
            bars(tell("Messages and calls by week"), {old: before, new: after}, stacked=False),
            section(tell("By step"), html_table(("step", "added", "removed", "earlier", "later"), steps_of(made))),
            section(tell("The cases that change most"), html_table(("case", "old", "new"), worst)),
            section(tell("What this takes for granted"), points([told(each) for each in GRANTED])),
        ],
    )


def _signed(number: float, places: int) -> str:
    return ("−" if number < 0 else "+") + grouped(abs(number), places)
