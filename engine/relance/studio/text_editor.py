"""The editor of a text: marks under its mistakes, what may stand at the cursor (Ctrl+I), where the cursor is, light or dark as the page is.

Lines and columns count from 1, offsets from 0, in characters of Python; the browser counts the cursor's place in units of UTF-16.
"""

from __future__ import annotations

import asyncio
import json
from bisect import bisect_right
from collections.abc import Awaitable, Callable, Sequence
from itertools import accumulate
from typing import Any, Final, NamedTuple

from nicegui import ui

from relance.editor.answers import Edit, Suggestion, changed
from relance.model import Diagnostic
from relance.sentences import sentence
from relance.studio.frame import PageReader, shown

#: The field is made in the browser: it is given a name for who does not see it, what scrolls is reached by keyboard, and it says when the page turns dark.
_DRESS = """
const editor = getElement({id}).$el;
editor.querySelector('.cm-content')?.setAttribute('aria-label', {name});
editor.querySelector('.cm-scroller')?.setAttribute('tabindex', '0');
const tell = () => emitEvent('relance-dark', document.body.classList.contains('body--dark'));
new MutationObserver(tell).observe(document.body, {{attributes: true, attributeFilter: ['class']}});
tell();
"""
_CURSOR = "getElement({id}).editor.state.selection.main.head"
_TEXT = "getElement({id}).editor.state.doc.toString()"
#: What is asked of the field once it and its editor stand; nothing where it is closed.
_WITH_EDITOR = """
(async () => {{
    for (let tries = 0; tries < 200 && !getElement({id}); tries++) await new Promise((next) => setTimeout(next, 25));
    const field = getElement({id});
    if (!field) return;
    await field.editorPromise;
    {ask}
}})();
"""
#: A change as if it had been typed, to the text that it was made for and no other (`null`: to whatever stands there).
_CHANGE = """
const one = field.editor, now = one.state.doc.toString(), made = {made}, cursor = {cursor};
if (made !== null && made !== now) return;
one.dispatch({{changes: {{from: {start}, to: {end} ?? now.length, insert: {inserted}}}}});
if (cursor !== null) {{ one.dispatch({{selection: {{anchor: cursor}}}}); one.focus(); }}
"""
#: Marks and what is said over lines, for the text that they were made for and no other.
_MARK = "if (field.editor.state.doc.toString() === {made}) {{ field.setDecorations({marks}); field.setLineTooltips({over}); }}"
_LIGHT: Final = "githubLight"
_DARK: Final = "githubDark"
#: Suggestions at most, and the seconds in which a browser says where its cursor is.
_MOST_OFFERED = 60
_CURSOR_WITHIN = 5.0


class Editing(NamedTuple):
    """What the page does when its author types, saves, asks for what may stand somewhere, or goes to a line."""

    typed: Callable[[str], Awaitable[None]]
    save: Callable[[], Awaitable[None]]
    offered: Callable[[str, int, int], Sequence[Suggestion]]
    at_line: Callable[[int], None]


class TextEditor:
    """An editor, made where the page is being built.

    Its text is the browser's: the server is told each change in turn and asks for changes of its own, so that nothing which is on its way is
    written over. To set a property of the field would send the whole text as the server has it, and what was typed meanwhile would be gone.
    """

    def __init__(self, reader: PageReader, text: str, name: str, editing: Editing) -> None:
        self.reader, self.text, self.editing = reader, text, editing
        yaml = name.endswith((".yaml", ".yml"))
        self.field = ui.codemirror(
            text, language="YAML" if yaml else "Jinja2", on_change=self._typed, line_wrapping=True, theme=_LIGHT, indent="  ",
            keymap={"Mod-s": lambda _: editing.save(), "Mod-i": self._offer},
        ).style("height:calc(100vh - 200px);min-height:20rem;border:1px solid var(--rl-line);font-size:14px")  # fmt: skip
        ui.button(reader.say(sentence("what may stand here (Ctrl+I)")), icon="lightbulb", on_click=self._offer).props("flat dense no-caps")
        moved = f"() => emit({_CURSOR.format(id=self.field.id)})"
        for event in ("keyup", "click"):
            self.field.on(event, self._moved, js_handler=moved, throttle=0.2)
        label = json.dumps(reader.say(sentence("text of {file}", file=shown(name))))
        ui.timer(0.5, lambda: ui.run_javascript(_DRESS.format(id=self.field.id, name=label)), once=True)
        ui.on("relance-dark", lambda event: self._ask(f"field.setTheme({json.dumps(_DARK if event.args else _LIGHT)})"))

    def put(self, text: str) -> None:
        """Let another text stand there, as if it had been typed; nothing is done where the one it was made for is no more there."""
        self._put(self.text, text, None)

    def put_whatever(self, text: str) -> None:
        """Let another text stand there, whatever was typed meanwhile."""
        self._change(None, 0, None, text, None)

    def _put(self, made: str, text: str, cursor: int | None) -> None:
        start = _alike(made, text)
        same = _alike(made[start:][::-1], text[start:][::-1])
        self._change(made, units(made[:start]), units(made[: len(made) - same]), text[start : len(text) - same], cursor)

    def _change(self, made: str | None, start: int, end: int | None, inserted: str, cursor: int | None) -> None:
        words = {"made": made, "start": start, "end": end, "inserted": inserted, "cursor": cursor}
        self._ask(_CHANGE.format(**{name: json.dumps(value) for name, value in words.items()}))

    def _ask(self, ask: str) -> None:
        self.field.client.run_javascript(_WITH_EDITOR.format(id=self.field.id, ask=ask))

    def go(self, line: int) -> None:
        """Bring a line into view."""
        self.field.reveal_line(line)

    def mark(self, findings: Sequence[Diagnostic], chosen: int | None) -> None:
        """Mark what is found, with what it says over its line, and the line that was chosen."""
        marks: list[dict[str, Any]] = []
        tips = dict[int, str]()
        starts = _starts(self.text)
        for each in findings:
            start = _offset(starts, each.line, each.column)
            end = _offset(starts, each.end_line or each.line, each.end_column or each.column + 1)
            if start < end:
                marks.append({"kind": "mark", "from": start, "to": end, "class": f"rl-{each.severity}"})
            above = f"{tips[each.line]}\n" if each.line in tips else ""
            tips[each.line] = f"{above}{self._said(each)}"
        if chosen is not None:
            marks.append({"kind": "line", "line": chosen, "class": "rl-line"})
        over = {line: text for line, text in tips.items() if line < len(starts)}
        self._ask(_MARK.format(made=json.dumps(self.text), marks=json.dumps(marks), over=json.dumps(over)))

    def _said(self, finding: Diagnostic) -> str:
        hint = f" — {self.reader.say(finding.hint)}" if finding.hint else ""
        return f"{self.reader.say(finding.message)}{hint} [{finding.code}]"

    async def _typed(self, event: Any) -> None:
        self.text = event.value
        await self.editing.typed(event.value)

    def _moved(self, event: Any) -> None:
        if isinstance(event.args, int):
            line, _ = cursor_place(self.text, event.args)
            self.editing.at_line(line)

    async def _offer(self, _: Any = None) -> None:
        """Offer what may stand at the cursor of the text as the browser has it now: typed on to narrow it, chosen with the arrows and Enter."""
        text, cursor = await ui.run_javascript(f"return [{_TEXT.format(id=self.field.id)}, {_CURSOR.format(id=self.field.id)}]", timeout=_CURSOR_WITHIN)
        line, column = cursor_place(text, int(cursor))
        found = await asyncio.to_thread(self.editing.offered, text, line, column)
        say = self.reader.say
        with ui.dialog() as dialog, ui.card().classes("w-96"):
            if not found:
                ui.label(say(sentence("nothing is known that may stand here")))
            else:
                names = {number: _name(each) for number, each in enumerate(found[:_MOST_OFFERED])}
                choice = ui.select(names, label=say(sentence("what may stand here")), with_input=True, on_change=lambda event: dialog.submit(event.value))
                choice.classes("w-full").props("dense outlined")
                dialog.on("show", lambda: choice.run_method("focus"))
        chosen = await dialog
        dialog.delete()
        if chosen is not None:
            self._take(text, found[chosen])

    def _take(self, text: str, chosen: Suggestion) -> None:
        """Let a suggestion stand where it belongs in the text it was made for, and the cursor behind it."""
        behind = _offset(_starts(text), chosen.span.line, chosen.span.column) + len(chosen.text)
        after = changed(text, [Edit(chosen.span, chosen.text)])
        self._put(text, after, units(after[:behind]))


def _name(suggestion: Suggestion) -> str:
    label = shown(suggestion.label, 60)
    return f"{label} — {shown(suggestion.title, 80)}" if suggestion.title else label


def cursor_place(text: str, cursor: int) -> tuple[int, int]:
    """Return the line and column of a cursor, which the browser counts in units of UTF-16."""
    at = len(text.encode("utf-16-le")[: 2 * cursor].decode("utf-16-le", "ignore"))
    starts = _starts(text)
    line = bisect_right(starts, at)
    return line, at - starts[line - 1] + 1


def units(text: str) -> int:
    """Return how long a text is in units of UTF-16, as the browser counts."""
    return len(text.encode("utf-16-le")) // 2


def _alike(one: str, other: str) -> int:
    """Return how many characters two texts have in common from their beginning."""
    return next((at for at, (left, right) in enumerate(zip(one, other, strict=False)) if left != right), min(len(one), len(other)))


def _starts(text: str) -> list[int]:
    """Return the offset at which each line begins, and at which one behind the last would."""
    return list(accumulate((len(line) + 1 for line in text.split("\n")), initial=0))


def _offset(starts: Sequence[int], line: int, column: int) -> int:
    """Return the offset of a place in a text whose lines begin at `starts`, at most the text's end."""
    return min(starts[min(line, len(starts)) - 1] + column - 1, starts[-1] - 1)
