"""Findings for a person: `path:line:col: message [CODE]`, the source line, `^~~~` as wide as the token is on screen, the way out."""

from __future__ import annotations

from collections.abc import Callable

import click
from rich.cells import cell_len

from relance.escaping import shown
from relance.language.source import lines
from relance.model import Diagnostic, Severity
from relance.report.diagnostics.findings import Report, named

_TAB = 4
_MOST = 120  # columns of a source line that are shown
_BEFORE = 40  # of them in front of the place, where a line is cut
_COLOURS = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.HINT: "cyan"}


def render(report: Report) -> str:
    """Write every finding, then the count."""
    split: dict[str, list[str]] = {}
    paint: Callable[..., str] = click.style if report.colour else _plain
    parts = []
    for raw, finding in zip(report.found, report.findings, strict=True):
        if raw.path not in split:
            split[raw.path] = lines(report.texts[raw.path]) if raw.path in report.texts else []
        parts.append(_finding(finding, split[raw.path], paint))
    if not report.quiet:
        parts.append(f"{report.summary}\n")
    return "\n".join(parts) if parts else ""


def _plain(text: str, **_: object) -> str:
    return text


def _finding(one: Diagnostic, source: list[str], paint: Callable[..., str]) -> str:
    colour = _COLOURS[one.severity]
    severity = "" if one.severity is Severity.ERROR else f"{named(one.severity)}: "
    place = f"{one.path}:{one.line}:{one.column}:"
    said = [f"{paint(place, bold=True)} {paint(severity, fg=colour)}{one.message} {paint(f'[{one.code}]', fg=colour)}"]
    if 0 < one.line <= len(source) and source[one.line - 1].strip():
        line, before, width = _window(source[one.line - 1], one)
        number = str(one.line)
        margin = " " * len(number)
        mark = "^" + "~" * (width - 1)
        said += [f"{margin} |", f"{number} | {line}".rstrip(), f"{margin} | {' ' * before}{paint(mark, fg=colour, bold=True)}"]
    if one.hint:
        said.append(f"  = {one.hint}")
    return "\n".join(said) + "\n"


def _window(line: str, one: Diagnostic) -> tuple[str, int, int]:
    """Return what is shown of a line, and in columns of the screen where the token starts in it and how wide it is."""
    start = min(max(one.column - 1, 0), len(line))
    end = len(line) if one.end_line > one.line else max(one.end_column - 1, start)
    first = _screen(line[:start])
    token = _screen(line[start:end], cell_len(first))
    rest = _screen(line[end:], cell_len(first) + cell_len(token))
    if cell_len(first) + cell_len(token) + cell_len(rest) > _MOST:
        if cell_len(first) > _BEFORE:
            first = "…" + first[-_BEFORE:]
        room = _MOST - cell_len(first)
        token, rest = (token[: room - 1], "…") if cell_len(token) >= room else (token, _cut(rest, room - cell_len(token)))
    return first + token + rest, cell_len(first), max(1, cell_len(token))


def _cut(text: str, room: int) -> str:
    return text if len(text) <= room else text[: room - 1] + "…"


def _screen(text: str, column: int = 0) -> str:
    """Write a piece of a line that starts in a column as it is shown, tabs as spaces up to the next stop."""
    made = ""
    for number, part in enumerate(text.split("\t")):
        if number:
            made += " " * (_TAB - (column + cell_len(made)) % _TAB)
        made += shown(part)
    return made
