"""The outline of a file, what folds, and the small print above each step: when it comes for the example invoice, and what comes next."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from relance.editor.answers import Lens, Symbol
from relance.editor.example import ExampleInvoice, days_in_words, days_of, example_in_words, played_for, why_not
from relance.editor.reading import around, own_steps
from relance.language.source import Path, Source, lines
from relance.sentences import said, sentence


def symbols_of(text: str, path: str) -> tuple[Symbol, ...]:
    """Return the keys of the top of a file, and below `steps`, `tests` and other lists of named things what they are called."""
    read = around(text, path)
    if read is None:
        return ()
    keys = list(read.value)
    ends = [read.key((key,)).line - 1 for key in keys[1:]] + [len(lines(text))]
    return tuple(_symbol(text, read, key, end) for key, end in zip(keys, ends, strict=True))


def _symbol(text: str, read: Source, key: str, end: int) -> Symbol:
    value = read.value[key]
    last = _last(text, end)
    children = tuple(_children(text, read, key, last)) if isinstance(value, list) else ()
    detail = value if isinstance(value, str | int) and not isinstance(value, bool) else ""
    return Symbol(key, str(detail)[:60], "key", read.key((key,)), max(last, read.key((key,)).line), children)


def _children(text: str, read: Source, key: str, end: int) -> Iterator[Symbol]:
    items = [(index, item) for index, item in enumerate(read.value[key]) if isinstance(item, dict) and item]
    for place, (index, item) in enumerate(items):
        name = next((each for each in ("id", "name", "code", "playbook") if isinstance(item.get(each), str)), None)
        if name is None:
            continue
        where = read.at((key, index, name))
        below = _line(read, (key, items[place + 1][0])) - 1 if place + 1 < len(items) else end
        yield Symbol(item[name], str(item.get("title") or item.get("at") or ""), "step", where, max(_last(text, below), where.line))


def _line(read: Source, path: Path) -> int:
    return min([span.line for where, span in read.keys.items() if where[: len(path)] == path], default=read.at(path).line)


def _last(text: str, line: int) -> int:
    """Go up from a line to the last one that says something."""
    rows = lines(text)
    while line > 1 and (not rows[line - 1].strip() or rows[line - 1].lstrip().startswith("#")):
        line -= 1
    return line


def folds(text: str, path: str) -> tuple[tuple[int, int], ...]:
    """Return the stretches of lines that fold, first and last."""
    every = [symbol for top in symbols_of(text, path) for symbol in (top, *top.children)]
    return tuple(sorted({(each.span.line, each.last_line) for each in every if each.last_line > each.span.line}))


def lenses(text: str, path: str, example: ExampleInvoice, language: str) -> tuple[Lens, ...]:
    """Say above each step of a playbook when it would leave for the example, and which comes next; above the first line, what the example is."""
    timeline = played_for(text, path, example)
    if timeline is None:
        return ()
    days = days_of(timeline)
    order = [(entry.on, entry.first.step) for entry in timeline.entries]
    said_of = ((step.place.line, _when(step.id, days.get(step.id, ()), order, why_not(timeline, step.id), language)) for step in own_steps(text, path))
    return (Lens(1, said(example_in_words(example, language), language)), *(Lens(line, said(shown, language)) for line, shown in said_of))


def _when(step: str, days: tuple[date, ...], order: list[tuple[date, str]], reason: str | None, language: str) -> str:
    if not days:
        return sentence("would not leave: {reason}", reason=reason) if reason else sentence("would not be reached")
    later = next(((on, other) for on, other in order if on > days[-1] and other != step), None)
    shown = days_in_words(days, language)
    if later is None:
        return sentence("{days} · next: nothing", days=shown)
    return sentence("{days} · next: {step}, {day}", days=shown, step=later[1], day=days_in_words((later[0],), language))
