"""What prints tables and sentences for a person: as wide as the terminal is, or 80 columns where there is none, and no line that ends in blanks.

A line is broken at no no-break space: rich would, so while it lays out, a letter of nobody's stands in its place. Imports rich, so a command imports this only when it has something to show.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rich.console import Console, ConsoleOptions, ConsoleRenderable, Group, RenderHook, RenderResult
from rich.segment import Segment
from rich.text import Text

#: For the two no-break spaces: of the private use area, one column wide.
_KEPT = {"\u00a0": "\ue000", "\u202f": "\ue001"}
_HIDE, _SHOW = str.maketrans(_KEPT), str.maketrans({letter: space for space, letter in _KEPT.items()})


class _Trimmed:
    """Something rich prints, without the blanks at the ends of its lines."""

    def __init__(self, whole: ConsoleRenderable) -> None:
        self._whole = whole

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        for line in Segment.split_lines(console.render(self._whole, options)):
            while line and not line[-1].text.strip(" "):
                line.pop()
            for place, (text, style, control) in enumerate(line):
                yield Segment((text if place + 1 < len(line) else text.rstrip(" ")).translate(_SHOW), style, control)
            yield Segment.line()


class _Trims(RenderHook):
    def process_renderables(self, renderables: list[ConsoleRenderable]) -> list[ConsoleRenderable]:
        return [_Trimmed(part) for each in renderables for part in _parts(each)]


def _parts(whole: ConsoleRenderable) -> Iterator[ConsoleRenderable]:
    """Take groups apart, and hide the no-break spaces of texts that no console made of a string."""
    if isinstance(whole, Group):
        for each in whole.renderables:
            yield from _parts(each if isinstance(each, ConsoleRenderable) else Text(str(each)))
    elif isinstance(whole, Text):
        text = whole.copy()
        text.plain = text.plain.translate(_HIDE)
        yield text
    else:
        yield whole


class _Screen(Console):
    def render_str(self, text: str, **given: Any) -> Text:
        return super().render_str(text.translate(_HIDE), **given)


def screen(*, soft_wrap: bool = False) -> Console:
    """Return the console of a command; `soft_wrap`: a line longer than the terminal stays one."""
    made = _Screen(highlight=False, markup=False, emoji=False, soft_wrap=soft_wrap)
    made.push_render_hook(_Trims())
    return made
