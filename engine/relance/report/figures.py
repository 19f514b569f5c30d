"""The figures of a period as JSON and as one HTML page with its charts drawn in it: no script, nothing loaded from elsewhere.

Readable on a dark screen, on paper and by a screen reader (each chart has its table). Computes nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from html import escape
from typing import Any

from relance.portfolio.fees import Fee
from relance.portfolio.metrics import Figures
from relance.portfolio.roll_rates import DebtAges
from relance.report import plain
from relance.report.words import head, many, spaced_amount, word
from relance.sentences import reader, tell, told

#: One hue a channel, told apart by people who see colours differently too (Okabe and Ito 2008).
_HUES = ("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#8c8c8c", "#f0e442", "#333333")
_STYLE = """
:root{color-scheme:light dark;--ink:#1a1a1a;--soft:#666;--line:#ddd;--paper:#fff;--bar:#0072b2}
@media(prefers-color-scheme:dark){:root{--ink:#eee;--soft:#aaa;--line:#444;--paper:#161616;--bar:#56b4e9}}
@media print{:root{--ink:#000;--soft:#444;--line:#bbb;--paper:#fff}section{break-inside:avoid}}
body{font:16px/1.5 system-ui,sans-serif;color:var(--ink);background:var(--paper);max-width:60rem;margin:2rem auto;padding:0 1rem}
h1{font-size:1.6rem;margin:0}h2{font-size:1.15rem;margin:2.5rem 0 .5rem}.soft{color:var(--soft)}
.tiles{display:flex;flex-wrap:wrap;gap:1rem;margin:1.5rem 0}.tile{flex:1 1 10rem;border:1px solid var(--line);border-radius:.5rem;padding:.75rem 1rem}
.tile b{display:block;font-size:1.5rem;font-variant-numeric:tabular-nums}
svg{width:100%;height:auto;display:block}svg text{fill:var(--ink);font:12px system-ui,sans-serif}svg .axis{stroke:var(--line)}
table{border-collapse:collapse;width:100%;margin-top:.75rem}th,td{text-align:left;padding:.3rem .75rem .3rem 0;border-bottom:1px solid var(--line)}
td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}.key{display:inline-block;width:.8em;height:.8em;border-radius:.15em;margin:0 .35em 0 1em}
"""


def as_json(figures: Figures) -> dict[str, Any]:
    """Return the figures as machine output, version 1."""
    return {
        "version": 1,
        "from": figures.start.isoformat(),
        "until": figures.end.isoformat(),
        "debtors": figures.debtors,
        "contacts": [{"month": month, "channel": channel, "contacts": count} for (month, channel), count in figures.contacts.items()],
        "recovered": [
            {"step": each.step, "currency": each.currency, "amount": plain.amount(each.amount, each.currency), "payments": each.payments}
            for each in figures.recovered
        ],
        "paid": [
            {"month": month, "currency": currency, "amount": plain.amount(amount, currency)} for (month, currency), amount in figures.paid_by_month.items()
        ],
        "promises": {
            "made": figures.promises.made,
            "kept": figures.promises.kept,
            "broken": figures.promises.broken,
            "running": figures.promises.running,
        },
        "days_to_pay": {
            "invoices": figures.days_to_pay.invoices,
            "median_from_issue": figures.days_to_pay.from_issue,
            "median_from_due": figures.days_to_pay.from_due,
        },
        "open": {currency: plain.amount(amount, currency) for currency, amount in figures.open.items()},
    }


def ages_json(ages: DebtAges) -> dict[str, Any]:
    """Return roll rates and days of sales as plain values."""
    return {
        "roll_rates": [{"currency": each.currency, "band": each.band, "before": plain.amount(each.before, each.currency), "after": plain.amount(each.after, each.currency), "percent": f"{each.percent}"} for each in ages.rates],
        "days_sales_outstanding": [{"currency": each.currency, "open": plain.amount(each.open, each.currency), "invoiced": plain.amount(each.invoiced, each.currency), "days": each.outstanding} for each in ages.sales],
    }  # fmt: skip


def fee_json(fee: Fee) -> dict[str, Any]:
    """Return what is billed to a creditor as plain values; sums are without tax."""
    sums = {"for_cases": fee.for_cases, "received": fee.received, "for_success": fee.for_success, "total": fee.total, "tax": fee.tax}
    return {
        "creditor": fee.creditor, "playbook": fee.playbook, "currency": fee.currency, "cases": fee.cases, **{name: format(amount, "f") for name, amount in sums.items()},
        "vat": format(fee.vat, "f"),
    }  # fmt: skip


def as_html(figures: Figures, title: str) -> str:
    """Return the page."""
    tiles = [(head("contacts"), str(sum(figures.contacts.values())))]
    received: dict[str, Decimal] = {}
    for each in figures.recovered:
        received[each.currency] = received.get(each.currency, Decimal(0)) + each.amount
    tiles += [(tell("received, {currency}", currency=currency), spaced_amount(amount, currency)) for currency, amount in received.items()]
    tiles += [(tell("open on {day}, {currency}", day=figures.end, currency=currency), spaced_amount(amount, currency)) for currency, amount in figures.open.items()]
    kept = figures.promises.share_kept
    tiles.append((tell("promises kept"), "–" if kept is None else f"{kept} %"))
    late = figures.days_to_pay.from_due
    tiles.append((tell("median days from due date to payment"), "–" if late is None else str(late)))
    sections = [_contacts(figures), *_money(figures), _promises(figures)]
    lead = tell("{first} to {last}, {debtors}", first=figures.start, last=figures.end, debtors=many(figures.debtors, "debtor"))
    return (
        f'<!doctype html><html lang="{reader()}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head><body><header><h1>{escape(title)}</h1>"
        f'<p class="soft">{escape(lead)}</p></header>'
        f'<div class="tiles">{"".join(f"<div class=tile><b>{escape(value)}</b>{escape(name)}</div>" for name, value in tiles)}</div>'
        f"{''.join(sections)}</body></html>\n"
    )


def _contacts(figures: Figures) -> str:
    if not figures.contacts:
        return f'<section><h2>{escape(tell("Contacts by channel"))}</h2><p class="soft">{escape(tell("Nobody was contacted."))}</p></section>'
    months = _months({month for month, _ in figures.contacts})
    channels = sorted({channel for _, channel in figures.contacts})
    hues = {channel: _HUES[place % len(_HUES)] for place, channel in enumerate(channels)}
    stacks = [(month, [(channel, figures.contacts.get((month, channel), 0)) for channel in channels]) for month in months]
    key = "".join(f'<span class="key" style="background:{hues[channel]}"></span>{escape(word(channel))}' for channel in channels)
    rows = [[month, *(str(count) for _, count in stack), str(sum(count for _, count in stack))] for month, stack in stacks]
    return (
        f'<section><h2>{escape(tell("Contacts by channel"))}</h2><p class="soft">{key}</p>{_columns(stacks, hues, tell("contacts by month and channel"))}'
        f"{_table([head('month'), *map(word, channels), head('all')], rows)}</section>"
    )


def _months(named: Collection[str]) -> list[str]:
    """List the months from the first of these to the last (`2026-02`): one in which nothing happened has its place too."""
    if not named:
        return []
    first, last = (int(month[:4]) * 12 + int(month[5:]) - 1 for month in (min(named), max(named)))
    return [f"{place // 12}-{place % 12 + 1:02}" for place in range(first, last + 1)]


def _money(figures: Figures) -> list[str]:
    sections = []
    for currency in dict.fromkeys(each.currency for each in figures.recovered):
        mine = [each for each in figures.recovered if each.currency == currency]
        bars = _bars([(told(each.step), each.amount) for each in mine], tell("received by step, {currency}", currency=currency))
        rows = [[told(each.step), str(each.payments), spaced_amount(each.amount, each.currency)] for each in mine]
        sections.append(
            f"<section><h2>{escape(tell('Received after each step, {currency}', currency=currency))}</h2>"
            f'<p class="soft">{escape(tell("A payment counts for the last step that had reached the debtor before it."))}</p>'
            f"{bars}{_table([head('step'), head('payments'), currency], rows)}</section>"
        )
        paid = {month: amount for (month, each), amount in figures.paid_by_month.items() if each == currency}
        months = [(month, paid.get(month, Decimal(0))) for month in _months(paid)]
        sections.append(
            f"<section><h2>{escape(tell('Received by month, {currency}', currency=currency))}</h2>{_bars(months, tell('received by month, {currency}', currency=currency))}"
            f"{_table([head('month'), currency], [[month, spaced_amount(amount, currency)] for month, amount in months])}</section>"
        )
    return sections


def _promises(figures: Figures) -> str:
    made = figures.promises
    paid = figures.days_to_pay
    became = [(tell("kept"), made.kept), (tell("broken"), made.broken), (tell("running"), made.running)]
    days = [
        [tell("invoices paid in full"), str(paid.invoices)],
        [tell("median days from issue"), "–" if paid.from_issue is None else str(paid.from_issue)],
        [tell("median days from the due date"), "–" if paid.from_due is None else str(paid.from_due)],
    ]
    bars = _bars([(name, Decimal(number)) for name, number in became], tell("promises"), whole=True)
    rows = [[name, str(number)] for name, number in (*became, (tell("made"), made.made))]
    return (
        f"<section><h2>{escape(tell('Promises'))}</h2>{bars if made.made else ''}{_table([tell('promises'), tell('number')], rows)}</section>"
        f"<section><h2>{escape(tell('Days to pay'))}</h2>{_table(['', ''], days)}</section>"
    )


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    cells = "".join(f"<th{' class=n' if place else ''}>{escape(name)}</th>" for place, name in enumerate(heads))
    body = "".join(
        "<tr>" + "".join(f"<td{' class=n' if place else ''}>{escape(cell)}</td>" for place, cell in enumerate(row)) + "</tr>"
        for row in rows
    )
    return f"<table><thead><tr>{cells}</tr></thead><tbody>{body}</tbody></table>"


def _bars(values: Sequence[tuple[str, Decimal]], label: str, *, whole: bool = False) -> str:
    """Draw one horizontal bar a value, 28 units high; negative values have none."""
    top = max([amount for _, amount in values] + [Decimal(1)])
    drawn = []
    for place, (name, amount) in enumerate(values):
        width = max(Decimal(0), amount) / top * 420
        y = place * 28
        drawn.append(
            f'<text x="190" y="{y + 18}" text-anchor="end">{escape(_short(name))}</text>'
            f'<rect x="200" y="{y + 4}" width="{width:.1f}" height="20" rx="3" fill="var(--bar)"/>'
            f'<text x="{206 + width:.1f}" y="{y + 18}">{int(amount) if whole else spaced_amount(amount)}</text>'
        )
    return f'<svg viewBox="0 0 760 {max(len(values), 1) * 28}" role="img" aria-label="{escape(label)}">{"".join(drawn)}</svg>'


def _columns(stacks: Sequence[tuple[str, Sequence[tuple[str, int]]]], hues: Mapping[str, str], label: str) -> str:
    """Draw one column a month, its channels stacked; the scale is the highest column."""
    top = max(sum(count for _, count in stack) for _, stack in stacks) or 1
    step = min(80.0, 740 / len(stacks))
    drawn = ['<line class="axis" x1="10" y1="200.5" x2="750" y2="200.5"/>']
    every = max(1, round(len(stacks) / 12))
    for place, (month, stack) in enumerate(stacks):
        x, y = 10 + place * step, 200.0
        for channel, count in stack:
            height = count / top * 170
            y -= height
            if count:
                drawn.append(
                    f'<rect x="{x + step * 0.15:.1f}" y="{y:.1f}" width="{step * 0.7:.1f}" height="{height:.1f}" fill="{hues[channel]}">'
                    f"<title>{escape(month)}, {escape(word(channel))}: {count}</title></rect>"
                )
        drawn.append(f'<text x="{x + step / 2:.1f}" y="{y - 5:.1f}" text-anchor="middle">{sum(count for _, count in stack)}</text>')
        if place % every == 0:
            drawn.append(f'<text x="{x + step / 2:.1f}" y="218" text-anchor="middle">{escape(month)}</text>')
    return f'<svg viewBox="0 0 760 226" role="img" aria-label="{escape(label)}">{"".join(drawn)}</svg>'


def _short(name: str) -> str:
    return name if len(name) <= 26 else name[:25] + "…"
