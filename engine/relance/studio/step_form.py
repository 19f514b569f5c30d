"""A step as a form, for whoever does not write YAML: each key of the schema a field, in his language; what is filled in goes into the text, whose comments stay."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import yaml
from nicegui import ui

from relance.editor import meaning
from relance.editor.key_edit import KeyNotEditedError, value_text, with_key
from relance.editor.reading import StepHere, steps_here
from relance.language import schema_walk, source
from relance.language.place import Span
from relance.language.schema_walk import Part
from relance.report.reference import yaml_of
from relance.report.words import word
from relance.sentences import marked, said, sentence
from relance.studio.frame import PageReader, shown

#: What no form changes: an id is renamed in the editor, which writes `formerly` and names it anew wherever it stands.
_FIXED = ("id", "formerly")
_PLAIN = ("string", "integer", "number")
#: Words of closed lists of a step that no table says elsewhere.
_WORDS = (
    marked("reminder"), marked("legal"), marked("posting"), marked("presentation"), marked("late interest"), marked("legal interest"), marked("contractual penalty"),
    marked("complementary indemnity"), marked("whole"), marked("arrears"), marked("previous"), marked("keep"), marked("monday"), marked("tuesday"), marked("wednesday"),
    marked("thursday"), marked("friday"), marked("saturday"), marked("sunday"), marked("agency"), marked("bailiff"), marked("lawyer"), marked("court"), marked("accounting"),
)  # fmt: skip


class StepForm:
    """The form of one step of a text. `put` takes the text as it is once a field is filled in."""

    def __init__(self, reader: PageReader, put: Callable[[str], None], refused: Callable[[str], None]) -> None:
        self.reader, self.put, self.refused = reader, put, refused
        self.text, self.path = "", ""
        self.shown: Any = None  # what the fields say: they are made anew only where the text says otherwise

    def build(self) -> None:
        """Make the place of the form, where one stands."""
        self.place = ui.column().classes("w-full").props("aria-live=polite")

    def show(self, text: str, path: str, chosen: str | None) -> None:
        """Show the step that was chosen, or the first; what stands is left as it is where the text says the same of it."""
        steps = _steps(text, path) if source.read(text, path)[0] is not None else {}
        step = steps.get(chosen or "") or next(iter(steps.values()), None)
        self.text, self.path = text, path
        if (step, list(steps)) == self.shown:
            return
        self.shown = step, list(steps)
        self.place.clear()
        if step is None:
            with self.place:
                ui.label(self.reader.say(sentence("this part of the text cannot be read: mend it there first"))).classes("rl-soft")
            return
        with self.place, self.reader.reading():
            ui.select({name: shown(each.value.get("title") or name) for name, each in steps.items()}, value=step.id, label=self.reader.say(sentence("step")),
                      on_change=lambda event: self.show(self.text, self.path, event.value)).classes("w-full").props("dense outlined")  # fmt: skip
            rules = schema_walk.key_rules(schema_walk.parts_at("playbook", ("steps", step.number)))
            written = [key for key in rules if key in step.value]
            for key in written:
                if key not in _FIXED:
                    self._field(step, key, rules[key])
            with ui.expansion(self.reader.say(sentence("what else a step may say"))).classes("w-full"):
                for key in rules:
                    if key not in step.value and key not in _FIXED:
                        self._field(step, key, rules[key])

    def _field(self, step: StepHere, key: str, part: Part) -> None:
        say = self.reader.say
        label = f"{say(str(part.node.get('title', key)))} ({key})"
        value, (words, listed), kinds = step.value.get(key), closed_words(part), schema_walk.types((part,))
        fill = partial(self._fill, step, key)
        if words and kinds <= {"string"}:
            field: Any = ui.select({"": "", **_names(words)}, value=value or "", label=label, on_change=lambda event: fill(event.value or None))
        elif listed and kinds <= {"array"}:
            field = ui.select(_names(listed), value=[each for each in value or [] if each in listed], label=label, multiple=True, on_change=lambda event: fill(event.value or None)).props("use-chips")
        elif kinds <= {"boolean"}:
            field = ui.switch(label, value=bool(value), on_change=lambda event: fill(event.value or None))
        else:
            plain = bool(kinds) and kinds <= frozenset(_PLAIN)
            written = "" if value is None else str(value) if plain and isinstance(value, str) else self._written(step, key)
            field = ui.input(label, value=written)
            field.on("change", lambda: fill(self._read(field.value, plain=plain)))
        if not isinstance(field, ui.switch):
            field.props("dense outlined stack-label").classes("w-full")
        told = meaning.of_part(part, self.reader.language).replace("**", "")
        field.tooltip(shown(told, 400))

    def _written(self, step: StepHere, key: str) -> str:
        """Return a value as it is written, on one line."""
        return yaml_of(yaml.safe_load(value_text(self.text, ("steps", step.number), key) or "null"))

    @staticmethod
    def _read(typed: str | None, *, plain: bool) -> Any:
        """Return what was typed: text of a text, YAML of anything else; None of nothing."""
        if not (typed or "").strip():
            return None
        return typed.strip() if plain and typed is not None else _Yaml((typed or "").strip())

    def _fill(self, step: StepHere, key: str, value: Any) -> None:
        written = None if value is None else value.text if isinstance(value, _Yaml) else _one_line(value)
        order = tuple(schema_walk.key_rules(schema_walk.parts_at("playbook", ("steps", step.number))))
        try:
            after = with_key(self.text, ("steps", step.number), key, written, after=order[: order.index(key)])
        except KeyNotEditedError as error:
            self.refused(said(str(error.args[0]), self.reader.language))
            return
        if after != self.text:
            steps = _steps(after, self.path)
            self.text, self.shown = after, (steps.get(step.id), list(steps))
            self.put(after)


def _steps(text: str, path: str) -> dict[str, StepHere]:
    return {each.id: each._replace(place=Span(path)) for each in steps_here(text, path) if not each.inherited}


def closed_words(part: Part) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the words that a value may be, and those that the items of a list may be."""
    items = schema_walk.allowed((schema_walk.resolved(part.root, part.node.get("items", {})),)) if "array" in schema_walk.types((part,)) else ()
    return schema_walk.allowed((part,)), items


def _names(words: Sequence[str]) -> dict[str, str]:
    """Name the words of a closed list as the reader calls them, beside the words themselves."""
    return {each: each if (name := word(each)) == each else f"{name} ({each})" for each in words}


class _Yaml:
    """A value that was typed as YAML."""

    def __init__(self, text: str) -> None:
        self.text = text


def _one_line(value: Any) -> str:
    """Write a value as YAML on one line."""
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str) and not _stands_alone(value) else yaml_of(value)


def _stands_alone(text: str) -> bool:
    """Say whether a text is read as itself without quotes: not `no`, `1.0`, `a: b`, `one, two`."""
    try:
        return bool(yaml.safe_load(f"[{text}]") == [text])
    except yaml.YAMLError:
        return False
