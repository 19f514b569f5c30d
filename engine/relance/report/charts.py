"""Pages with charts for forecasts and for changes of a playbook: HTML that needs nothing else, with figures beside every chart.

Charts are inline SVG; nothing is loaded from anywhere. Computes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from html import escape
from typing import Any

_WIDE, _HIGH, _LEFT, _FOOT = 920, 240, 70, 28
_COLOURS = ("#1f5f8b", "#c8553d", "#588157", "#8d6a9f", "#b08900", "#4a4e69", "#2a9d8f", "#9a031e")
_STYLE = """
:root{color-scheme:light dark}body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}
h1{font-size:1.5rem}h2{font-size:1.15rem;margin-top:2.2rem}table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}
td,th{padding:.25rem .6rem;border-bottom:1px solid #8884;text-align:left}td.n,th.n{text-align:right}svg{width:100%;height:auto}
svg text{font:12px system-ui,sans-serif;fill:currentColor}.key span{display:inline-block;margin-right:1rem}.key i{display:inline-block;width:.8em;height:.8em;margin-right:.35em}
.note{color:#777}
"""


def page(title: str, parts: Iterable[str]) -> str:
    """Put parts together as one page."""
    body = "\n".join(parts)
    return (
        f'<!doctype html>\n<html lang="en">\n<head><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head>\n<body>\n<h1>{escape(title)}</h1>\n{body}\n</body>\n</html>\n"
    )


def bars(title: str, series: Mapping[str, Mapping[date, float]], *, stacked: bool = True) -> str:
    """Draw weeks as bars, one colour a series, stacked or side by side; the legend says which."""
    weeks = sorted({week for values in series.values() for week in values})
    if not weeks:
        return f"<h2>{escape(title)}</h2><p class=note>Nothing.</p>"
    totals = [sum(values.get(week, 0) for values in series.values()) for week in weeks]
    highest = max(totals) if stacked else max((max(values.values(), default=0) for values in series.values()), default=0)
    top = highest or 1
    step = (_WIDE - _LEFT) / len(weeks)
    marks = []
    for place, week in enumerate(weeks):
        base = 0.0
        for number, (name, values) in enumerate(series.items()):
            value = values.get(week, 0)
            tall = value / top * (_HIGH - _FOOT - 10)
            width = step * 0.8 / (1 if stacked else len(series))
            x = _LEFT + place * step + step * 0.1 + (0 if stacked else number * width)
            y = _HIGH - _FOOT - base - tall
            if value:
                tip = f"<title>{escape(name)}, week of {week}: {value:,.0f}</title>"
                marks.append(f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{tall:.1f}" fill="{_colour(number)}">{tip}</rect>')
            base += tall if stacked else 0
    return f"<h2>{escape(title)}</h2>{_svg(title, marks, weeks, top)}{_key(list(series))}"


def band(title: str, middle: Mapping[date, float], half: Mapping[date, float]) -> str:
    """Draw a line over weeks, with a band of so much above and below it."""
    weeks = sorted(middle)
    if not weeks:
        return f"<h2>{escape(title)}</h2><p class=note>Nothing.</p>"
    top = max(middle[week] + half.get(week, 0) for week in weeks) or 1
    step = (_WIDE - _LEFT) / max(len(weeks), 1)

    def at(place: int, value: float) -> str:
        return f"{_LEFT + (place + 0.5) * step:.1f},{_HIGH - _FOOT - max(value, 0) / top * (_HIGH - _FOOT - 10):.1f}"

    upper = [at(place, middle[week] + half.get(week, 0)) for place, week in enumerate(weeks)]
    lower = [at(place, middle[week] - half.get(week, 0)) for place, week in enumerate(weeks)]
    line = " ".join(at(place, middle[week]) for place, week in enumerate(weeks))
    marks = [
        f'<polygon points="{" ".join([*upper, *reversed(lower)])}" fill="{_COLOURS[0]}" opacity=".25"/>',
        f'<polyline points="{line}" fill="none" stroke="{_COLOURS[0]}" stroke-width="2"/>',
    ]
    return f"<h2>{escape(title)}</h2>{_svg(title, marks, weeks, top)}"


def _svg(title: str, marks: Sequence[str], weeks: Sequence[date], top: float) -> str:
    axis = [f'<text x="{_LEFT - 8}" y="{_HIGH - _FOOT - part * (_HIGH - _FOOT - 10) + 4:.0f}" text-anchor="end">{top * part:,.0f}</text>' for part in (0, 0.5, 1)]
    every = max(len(weeks) // 8, 1)
    step = (_WIDE - _LEFT) / len(weeks)
    labels = [
        f'<text x="{_LEFT + (place + 0.5) * step:.0f}" y="{_HIGH - 8}" text-anchor="middle">{week:%d/%m/%y}</text>'
        for place, week in enumerate(weeks)
        if place % every == 0 and (place + 1 < len(weeks) or len(weeks) == 1)
    ]
    ground = f'<line x1="{_LEFT}" x2="{_WIDE}" y1="{_HIGH - _FOOT}" y2="{_HIGH - _FOOT}" stroke="currentColor" opacity=".4"/>'
    inside = "".join([ground, *axis, *labels, *marks])
    return f'<svg viewBox="0 0 {_WIDE} {_HIGH}" role="img" aria-label="{escape(title, quote=True)}">{inside}</svg>'


def _colour(number: int) -> str:
    return _COLOURS[number % len(_COLOURS)]


def _key(names: Sequence[str]) -> str:
    spans = (f'<span><i style="background:{_colour(number)}"></i>{escape(name)}</span>' for number, name in enumerate(names))
    return f'<p class="key">{"".join(spans)}</p>'


def table(heads: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """Lay rows out; numbers go to the right."""

    def cell(value: Any) -> str:
        number = isinstance(value, int | float)
        text = f"{value:,.0f}" if isinstance(value, float) else f"{value:,}" if number else str(value)
        return f"<td{' class=n' if number else ''}>{escape(text)}</td>"

    held = [tuple(row) for row in rows]
    numbers = [isinstance(value, int | float) for value in held[0]] if held else [False] * len(heads)
    head = "".join(f"<th{' class=n' if number else ''}>{escape(name)}</th>" for name, number in zip(heads, numbers, strict=True))
    body = "".join(f"<tr>{''.join(cell(value) for value in row)}</tr>" for row in held)
    return f"<table><tr>{head}</tr>{body}</table>"
