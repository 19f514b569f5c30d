"""Bars as the pages of the studio draw them, with a name for who does not see them; the figures stand in a table beside."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from nicegui import ui

from relance.studio.frame import shown

_COLOURS = ("#1565c0", "#78909c", "#2e7d32", "#c62828", "#b26a00")


def show_bars(title: str, names: Sequence[str], series: Mapping[str, Sequence[float]], colours: Sequence[str] = _COLOURS, height: int = 240) -> None:
    """Draw a bar for each name in each series, by the series' names; a single series needs no legend."""
    several = len(series) > 1
    ui.echart(
        {
            "xAxis": {"type": "category", "data": [shown(name, 30) for name in names]}, "yAxis": {"type": "value"}, "aria": {"enabled": True},
            "grid": {"left": 70, "right": 10, "top": 34 if several else 20, "bottom": 30}, **({"legend": {"data": list(series), "top": 0}} if several else {}),
            "series": [{"type": "bar", "name": name, "data": list(values), "itemStyle": {"color": colour}} for (name, values), colour in zip(series.items(), colours, strict=False)],
        }
    ).classes("w-full").style(f"height:{height}px;max-width:760px").props(f'role=img aria-label="{title}"')  # fmt: skip
