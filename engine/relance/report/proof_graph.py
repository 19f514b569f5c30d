"""The picture of what a ladder can come to: its steps, which of them may come next whatever the days, what stops and what holds it, as Mermaid or SVG. Computes nothing."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Collection, Iterator, Sequence
from html import escape
from typing import NamedTuple

from relance.interpreter.conditions import describe
from relance.model import WORLD_ANCHORS, Playbook, Step, StepKind
from relance.sentences import sentence, tell, told

#: Pairs of steps of which the second may leave next after the first; "" is the beginning.
Follows = Collection[tuple[str, str]]


def mermaid(playbook: Playbook, follows: Follows) -> str:
    """Return a flowchart: an arrow for each step that some history lets leave next. From where nothing may come, the ladder has run out."""
    return "\n".join(("flowchart TD", *_lines(playbook, follows), ""))


def _lines(playbook: Playbook, follows: Follows) -> Iterator[str]:
    names = {step.id: f"s{place}" for place, step in enumerate(playbook.steps)}
    yield f'  begin(["{_quoted(playbook.title)}"])'
    for step in playbook.steps:
        left, right = ("[[", "]]") if step.kind is StepKind.FORMAL_NOTICE else ("[/", "/]") if step.kind in (StepKind.HANDOVER, StepKind.LEGAL) else ("[", "]")
        yield f'  {names[step.id]}{left}"{_quoted(step.title or step.id)}"{right}'
    for before, after in _arrows(playbook, follows):
        yield f"  {names.get(before, 'begin')} --> {names[after]}"
    for before in _last(playbook, follows):
        yield f'  {names[before]} --> run_out(["{_quoted(tell("the ladder has run out"))}"])'
    for sign, text in _conditions(playbook):
        yield f'  {sign}{{{{"{_quoted(text)}"}}}}'


def _arrows(playbook: Playbook, follows: Follows) -> tuple[tuple[str, str], ...]:
    """Return which step may come after which, in the order of the file; the beginning is no step's name."""
    order = {"": -1} | {step.id: place for place, step in enumerate(playbook.steps)}
    return tuple((before, after) for before, after in sorted(follows, key=lambda each: (order[each[0]], order[each[1]])) if before != after)


def _last(playbook: Playbook, follows: Follows) -> tuple[str, ...]:
    """Return the steps after which none may come."""
    onward = {before for before, after in follows if before != after}
    return tuple(step.id for step in playbook.steps if step.id not in onward)


def _conditions(playbook: Playbook) -> Iterator[tuple[str, str]]:
    for word, members, sign in ((tell("stopped by"), playbook.stop_when, "stop"), (tell("held by"), playbook.hold_while, "hold")):
        if members:
            yield sign, f"{word}: {', '.join(describe(each) for each in members)}"


def _quoted(text: str) -> str:
    return text.replace('"', "#quot;").replace("<", "#lt;").replace(">", "#gt;")


# --------------------------------------------------------------------------- SVG

_WIDE, _BOX, _LEFT, _GAP, _LINE, _PAD = 760, 330, 210, 34, 18, 12
#: How far an arrow that passes over steps swings out, by how many it passes over.
_SWING = 26
_STYLE = (
    "text{font:14px 'Source Sans 3','Source Sans Pro',sans-serif;fill:#1a1a1a}.box{fill:#f3f5f8;stroke:#8a94a3}.strong{fill:#e8edf4;stroke:#1f3a5f;stroke-width:1.6}"
    ".answer{stroke-dasharray:5 3}.edge{fill:none;stroke:#5b6b80}.end{fill:#fff;stroke:#8a94a3}.tip{fill:#5b6b80}"
)


class _Box(NamedTuple):
    """A box of the picture: its lines, its top, its height."""

    lines: tuple[str, ...]
    top: int
    high: int
    look: str

    @property
    def middle(self) -> int:
        return self.top + self.high // 2


def svg(playbook: Playbook, follows: Follows, say: Callable[[str], str] = told, *, notes: bool = True) -> str:
    """Return the picture as SVG that loads nothing: the steps from top to bottom, an arrow to the next on the line and to any other beside it. `notes`: what stops and holds, under it."""
    told = [(_wrapped(playbook.title), "end"), *((_wrapped(step.title or step.id), _look(step)) for step in playbook.steps)]
    boxes = _stacked([*told, *((((say(sentence("the ladder has run out")),), "end"),) if _last(playbook, follows) else ())])
    place = {"": 0} | {step.id: number for number, step in enumerate(playbook.steps, 1)}
    pairs = [(place[before], place[after]) for before, after in _arrows(playbook, follows)] + [(place[before], len(boxes) - 1) for before in _last(playbook, follows)]
    lines = [line for _, text in _conditions(playbook) for line in textwrap.wrap(text, 96)] if notes else []
    high = boxes[-1].top + boxes[-1].high + _GAP + _LINE * len(lines)
    shown = [_drawn(each) for each in boxes] + [_edge(boxes, *pair) for pair in pairs]
    under = boxes[-1].top + boxes[-1].high + _GAP
    shown += [f'<text x="20" y="{under + _LINE * number}">{escape(line)}</text>' for number, line in enumerate(lines)]
    title = escape(say(sentence("what may come after what in {playbook}", playbook=playbook.title or playbook.id)))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDE} {high}" width="{_WIDE}" height="{high}" role="img" aria-label="{title}">'
        f"<title>{title}</title><style>{_STYLE}</style>{''.join(shown)}</svg>\n"
    )


def _stacked(told: Sequence[tuple[tuple[str, ...], str]]) -> list[_Box]:
    boxes, top = [], 10
    for lines, look in told:
        high = _LINE * len(lines) + 2 * _PAD - 4
        boxes.append(_Box(lines, top, high, look))
        top += high + _GAP
    return boxes


def _wrapped(text: str) -> tuple[str, ...]:
    return tuple(textwrap.wrap(text, 44)) or (text,)


def _look(step: Step) -> str:
    look = "box strong" if step.kind in (StepKind.FORMAL_NOTICE, StepKind.HANDOVER, StepKind.LEGAL) else "box"
    return f"{look} answer" if step.at.anchor in WORLD_ANCHORS else look


def _drawn(box: _Box) -> str:
    middle = _LEFT + _BOX // 2
    first = box.top + _PAD + 11
    rows = "".join(f'<text x="{middle}" y="{first + _LINE * number}" text-anchor="middle">{escape(line)}</text>' for number, line in enumerate(box.lines))
    return f'<rect class="{box.look}" x="{_LEFT}" y="{box.top}" width="{_BOX}" height="{box.high}" rx="{18 if box.look == "end" else 5}"/>{rows}'


def _edge(boxes: Sequence[_Box], before: int, after: int) -> str:
    """Draw an arrow: straight to the next box, in an arc on the right to one further down, on the left to one above."""
    if after == before + 1:
        x, from_y, to_y = _LEFT + _BOX // 2, boxes[before].top + boxes[before].high, boxes[after].top
        return f'<path class="edge" d="M{x} {from_y}V{to_y - 6}"/>{_tip(x, to_y, "down")}'
    down = after > before
    edge, sign = (_LEFT + _BOX, 1) if down else (_LEFT, -1)
    swing = edge + sign * (12 + min(_SWING * abs(after - before), 180))
    y, to_y = boxes[before].middle + 4 * sign, boxes[after].middle - 4 * sign
    return f'<path class="edge" d="M{edge} {y}C{swing} {y} {swing} {to_y} {edge + sign * 7} {to_y}"/>{_tip(edge, to_y, "left" if down else "right")}'


def _tip(x: int, y: int, to: str) -> str:
    points = {"down": ((-4, -7), (4, -7)), "left": ((7, -4), (7, 4)), "right": ((-7, -4), (-7, 4))}[to]
    return f'<path class="tip" d="M{x} {y}{"".join(f"L{x + right} {y + under}" for right, under in points)}Z"/>'
