"""Pages with charts: HTML that loads nothing, readable on a dark screen, on paper and by a screen reader. Computes nothing.

Charts are inline SVG over weeks; every chart has its figures in a table under it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from html import escape
from typing import Any

from relance.report.words import grouped
from relance.report.words import head as head_of
from relance.sentences import reader, tell, tell_part

_WIDE, _HIGH, _LEFT, _FOOT, _TOP = 920, 260, 84, 26, 12
_DEEP = _HIGH - _FOOT - _TOP
#: Hues told apart by people who see colours differently too (Okabe and Ito 2008), in an order in which neighbours differ in brightness.
_HUES = 8
_STYLE = """
:root{color-scheme:light dark;--ink:#1a1a1a;--soft:#666;--line:#ddd;--paper:#fff;--h0:#0072b2;--h1:#e69f00;--h2:#009e73;--h3:#cc79a7;--h4:#56b4e9;--h5:#d55e00;--h6:#8c8c8c;--h7:#7a5195}
@media(prefers-color-scheme:dark){:root{--ink:#eee;--soft:#aaa;--line:#444;--paper:#161616;--h0:#4ea3d8;--h1:#f0b53c;--h2:#3dbb96;--h3:#dd9cbe;--h4:#8fd0f4;--h5:#ee7f3a;--h6:#a8a8a8;--h7:#a98bc4}}
@media print{:root{--ink:#000;--soft:#444;--line:#bbb;--paper:#fff}section{break-inside:avoid}}
body{font:16px/1.5 system-ui,sans-serif;color:var(--ink);background:var(--paper);max-width:60rem;margin:2rem auto;padding:0 1rem}
h1{font-size:1.6rem;margin:0}h2{font-size:1.15rem;margin:2.5rem 0 .5rem}.soft{color:var(--soft)}
.tiles{display:flex;flex-wrap:wrap;gap:1rem;margin:1.5rem 0}.tile{flex:1 1 9rem;border:1px solid var(--line);border-radius:.5rem;padding:.75rem 1rem}
.tile b{display:block;font-size:1.4rem;line-height:1.3;font-variant-numeric:tabular-nums;white-space:nowrap}.tile small{color:var(--soft);display:block}
svg{width:100%;height:auto;display:block}svg text{fill:var(--soft);font:12px system-ui,sans-serif}svg .axis{stroke:var(--line)}
.key{margin:.25rem 0;font-size:.9rem}.key span{display:inline-block;margin-right:1.1rem;white-space:nowrap}.key i{display:inline-block;width:.8em;height:.8em;border-radius:.15em;margin-right:.4em}
table{border-collapse:collapse;width:100%;margin-top:.75rem}th,td{text-align:left;vertical-align:top;padding:.3rem .75rem .3rem 0;border-bottom:1px solid var(--line)}
td.n,th.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}details{margin-top:.5rem}summary{color:var(--soft);cursor:pointer;font-size:.9rem}
td.lines{white-space:nowrap;font-variant-numeric:tabular-nums}
ul{padding-left:1.2rem}pre{overflow-x:auto;padding:.5rem;border:1px solid var(--line);border-radius:.3rem;font-size:.85rem}
"""
_NUMBERS = (int, float, Decimal)
Series = Mapping[str, Mapping[date, float]]


def page(title: str, lead: str, parts: Iterable[str]) -> str:
    """Put parts together as one page; `lead` is the line under its title."""
    body = "\n".join(parts)
    return (
        f'<!doctype html>\n<html lang="{reader()}">\n<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head>\n<body>\n<h1>{escape(title)}</h1>\n"
        f'<p class="soft">{escape(lead)}</p>\n{body}\n</body>\n</html>\n'
    )


def tiles(told: Iterable[tuple[str, str, str]]) -> str:
    """Show the figures that matter most: a name, a figure, and what to know of it."""
    shown = "".join(
        f'<div class="tile">{escape(name)}<b>{escape(figure)}</b>{f"<small>{escape(more)}</small>" if more else ""}</div>'
        for name, figure, more in told
    )
    return f'<div class="tiles">{shown}</div>'


def section(title: str, *parts: str) -> str:
    """Head some parts."""
    return f"<section><h2>{escape(title)}</h2>\n{''.join(parts)}</section>"


def points(said: Iterable[str]) -> str:
    """List sentences."""
    return f'<ul class="soft">{"".join(f"<li>{escape(each)}</li>" for each in said)}</ul>'


def bars(title: str, series: Series, *, stacked: bool = True, note: str = "") -> str:
    """Draw weeks as bars, a colour a series, stacked or side by side, with the legend and a table of the same figures."""
    held = {name: values for name, values in series.items() if any(values.values())}
    weeks = _weeks(held.values())
    if not weeks:
        return section(title, '<p class="soft">' + escape(tell("None.")) + "</p>")
    totals = [sum(values.get(week, 0) for values in held.values()) for week in weeks]
    top, ticks = _scale(max(totals) if stacked else max(max(values.values()) for values in held.values()))
    step = (_WIDE - _LEFT) / len(weeks)
    marks = []
    for place, week in enumerate(weeks):
        base = 0.0
        for number, (name, values) in enumerate(held.items()):
            value = values.get(week, 0)
            tall = value / top * _DEEP
            width = step * 0.78 / (1 if stacked else len(held))
            x = _LEFT + place * step + step * 0.11 + (0 if stacked else number * width)
            if value:
                tip = f"<title>{escape(name)}, {escape(head_of('week of'))} {tell_part(week)}: {grouped(value)}</title>"
                marks.append(f'<rect x="{x:.1f}" y="{_HIGH - _FOOT - base - tall:.1f}" width="{width:.1f}" height="{max(tall, 0.5):.1f}" fill="{_hue(number)}">{tip}</rect>')
            base += tall if stacked else 0
    figures = html_table(("week of", *held), [(tell_part(week), *(float(values.get(week, 0)) for values in held.values())) for week in weeks if any(values.get(week) for values in held.values())])
    return section(title, _note(note), _svg(title, marks, weeks, ticks, top), _key(list(held)), _folded(figures))


def band(title: str, told: Mapping[date, tuple[float, float, float]], *, note: str = "") -> str:
    """Draw a line over weeks within a band: of each week the low end, the middle and the high end."""
    weeks = _weeks([{week: high for week, (*_, high) in told.items()}])
    if not weeks:
        return section(title, '<p class="soft">' + escape(tell("None.")) + "</p>")
    top, ticks = _scale(max(high for *_, high in told.values()))
    step = (_WIDE - _LEFT) / len(weeks)

    def at(place: int, value: float) -> str:
        return f"{_LEFT + (place + 0.5) * step:.1f},{_HIGH - _FOOT - max(value, 0) / top * _DEEP:.1f}"

    values = [told.get(week, (0.0, 0.0, 0.0)) for week in weeks]
    lower, line, upper = ([at(place, each[end]) for place, each in enumerate(values)] for end in range(3))
    marks = [
        f'<polygon points="{" ".join([*upper, *reversed(lower)])}" fill="{_hue(0)}" opacity=".25"/>',
        f'<polyline points="{" ".join(line)}" fill="none" stroke="{_hue(0)}" stroke-width="2"/>',
    ]
    rows = [(tell_part(week), *each) for week, each in zip(weeks, values, strict=True)]
    return section(title, _note(note), _svg(title, marks, weeks, ticks, top), _folded(html_table(("week of", "low", "expected", "high"), rows)))


def _weeks(series: Iterable[Mapping[date, float]]) -> list[date]:
    """List every week from the first to the last of which something is said, those of nothing among them."""
    known = sorted({week for values in series for week, value in values.items() if value})
    if not known:
        return []
    return [known[0] + timedelta(days=7 * count) for count in range((known[-1] - known[0]).days // 7 + 1)]


def _scale(highest: float) -> tuple[float, list[float]]:
    """Choose the top of an axis and its marks: whole steps of 1, 2 or 5."""
    unit = 1.0
    while unit * 10 <= highest:
        unit *= 10
    step = next(step for step in (unit / 5, unit / 2, unit, 2 * unit) if step * 5 >= highest)
    step = max(step, 1.0)
    count = int(-(-highest // step)) or 1
    return count * step, [step * number for number in range(count + 1)]


def _svg(title: str, marks: Sequence[str], weeks: Sequence[date], ticks: Sequence[float], top: float) -> str:
    step = (_WIDE - _LEFT) / len(weeks)
    axis = []
    for tick in ticks:
        y = _HIGH - _FOOT - tick / top * _DEEP
        axis.append(f'<line class="axis" x1="{_LEFT}" x2="{_WIDE}" y1="{y:.1f}" y2="{y:.1f}"/>')
        axis.append(f'<text x="{_LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{grouped(tick)}</text>')
    labels = [
        f'<text x="{_LEFT + (place + 0.5) * step:.0f}" y="{_HIGH - 8}" text-anchor="middle">{text}</text>' for place, text in _labels(weeks)
    ]
    return f'<svg viewBox="0 0 {_WIDE} {_HIGH}" role="img" aria-label="{escape(title, quote=True)}">{"".join([*axis, *labels, *marks])}</svg>'


def _labels(weeks: Sequence[date]) -> list[tuple[int, str]]:
    """Name the first week of each month where there are many weeks, else every week."""
    if len(weeks) <= 10:
        return [(place, _dated(week, "d MMM")) for place, week in enumerate(weeks)]
    firsts = [place for place, week in enumerate(weeks) if place and week.month != weeks[place - 1].month]
    every = -(-len(firsts) // 13)
    return [(place, _dated(weeks[place], "MMM y" if weeks[place].month == 1 or place == firsts[0] else "MMM")) for place in firsts[::every]]


def _dated(day: date, form: str) -> str:
    from babel.dates import format_date

    return format_date(day, form, locale=reader())


def _hue(number: int) -> str:
    return f"var(--h{number % _HUES})"


def _key(names: Sequence[str]) -> str:
    spans = (f'<span><i style="background:{_hue(number)}"></i>{escape(name)}</span>' for number, name in enumerate(names))
    return f'<p class="key">{"".join(spans)}</p>'


def _note(text: str) -> str:
    return f'<p class="soft">{escape(text)}</p>' if text else ""


def _folded(inside: str) -> str:
    return f"<details><summary>{escape(tell('The figures'))}</summary>{inside}</details>"


def html_table(heads: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """Lay rows out; numbers go to the right, the parts of a tuple one below the other."""
    held = [tuple(row) for row in rows]
    if not held:
        return '<p class="soft">' + escape(tell("None.")) + "</p>"
    numbers = [isinstance(value, _NUMBERS) for value in held[0]]
    head = "".join(f"<th{' class=n' if number else ''}>{escape(head_of(name))}</th>" for name, number in zip(heads, numbers, strict=True))
    body = "".join(f"<tr>{''.join(map(_cell, row))}</tr>" for row in held)
    return f"<table><tr>{head}</tr>{body}</table>"


def _cell(value: Any) -> str:
    if isinstance(value, tuple):
        return f'<td class="lines">{"<br>".join(escape(str(line)) for line in value)}</td>'
    text = grouped(value) if isinstance(value, float | int) else grouped(value, max(-int(value.as_tuple().exponent), 0)) if isinstance(value, Decimal) else str(value)
    return f"<td{' class=n' if isinstance(value, _NUMBERS) else ''}>{escape(text)}</td>"
