"""A step as a form, for whoever does not write YAML: each key of the schema is a field, named in his language.

What is filled in goes into the text at once, whose comments stay; `relance.editor.key_edit` writes it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import yaml
from nicegui import ui

from relance.editor import meaning
from relance.editor.key_edit import KeyNotEditedError, value_text, with_key
from relance.editor.reading import StepHere, own_steps
from relance.language import schema_walk, source
from relance.language.place import Span
from relance.language.schema_walk import Part
from relance.report.reference import yaml_of
from relance.report.words import word
from relance.sentences import sentence
from relance.studio.frame import PageReader, shown

#: What no form changes: an id is renamed in the editor, which writes `formerly` and names it anew wherever it stands.
_FIXED = ("id", "formerly")


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
        with self.place, self.reader.reading():
            if step is None:
                ui.label(self.reader.say(sentence("this part of the text cannot be read: mend it there first"))).classes("rl-soft")
            else:
                self._choice(steps, step)
                self._fields(step)

    def _choice(self, steps: Mapping[str, StepHere], step: StepHere) -> None:
        titles = {name: shown(each.value.get("title") or name) for name, each in steps.items()}
        choice = ui.select(titles, value=step.id, label=self.reader.say(sentence("step")), on_change=lambda event: self.show(self.text, self.path, event.value))
        choice.classes("w-full").props("dense outlined")

    def _fields(self, step: StepHere) -> None:
        """Make a field of each key: those that the step has, and apart those that it may have."""
        keys = _keys(step)
        for key, part in keys.items():
            if key in step.value and key not in _FIXED:
                self._field(step, key, part)
        with ui.expansion(self.reader.say(sentence("what else a step may say"))).classes("w-full"):
            for key, part in keys.items():
                if key not in step.value and key not in _FIXED:
                    self._field(step, key, part)

    def _field(self, step: StepHere, key: str, part: Part) -> None:
        """Make the field of a key: a choice where its words are known, a switch for yes or no, else a line to type."""
        label = f"{self.reader.say(str(part.node.get('title', key)))} ({key})"
        value, (words, listed), kinds = step.value.get(key), closed_words(part), schema_walk.types((part,))
        fill = partial(self._fill, step, key)

        def choose(event: Any) -> None:
            fill(one_line(event.value) if event.value else None)

        if words and kinds <= {"string"}:
            field: Any = ui.select({"": "", **_names(words)}, value=value or "", label=label, on_change=choose)
        elif listed and kinds <= {"array"}:
            field = ui.select(_names(listed), value=[each for each in value or [] if each in listed], label=label, multiple=True, on_change=choose).props("use-chips")
        elif kinds <= {"boolean"}:
            field = ui.switch(label, value=bool(value), on_change=choose)
        else:
            plain = kinds == {"string"}
            field = ui.input(label, value=self._standing(step, key, plain=plain))
            field.on("change", lambda: fill(typed_value(field.value or "", plain=plain)))
        if not isinstance(field, ui.switch):
            field.props("dense outlined stack-label").classes("w-full")
        field.tooltip(shown(meaning.of_part(part, self.reader.language).replace("**", ""), 400))

    def _standing(self, step: StepHere, key: str, *, plain: bool) -> str:
        """Return what stands in the line of a key: its text where it holds text alone (`plain`), else YAML on one line; nothing where it holds nothing."""
        value = step.value.get(key)
        if value is None:
            return ""
        if plain and isinstance(value, str):
            return value
        return yaml_of(yaml.safe_load(value_text(self.text, ("steps", step.number), key) or "null"))

    def _fill(self, step: StepHere, key: str, value: str | None) -> None:
        """Write a value, YAML on one line, into the text; None takes the key away."""
        order = tuple(_keys(step))
        try:
            after = with_key(self.text, ("steps", step.number), key, value, after=order[: order.index(key)])
        except KeyNotEditedError as error:
            self.refused(self.reader.say(error.args[0]))
            return
        if after != self.text:
            steps = _steps(after, self.path)
            self.text, self.shown = after, (steps.get(step.id), list(steps))
            self.put(after)


def _steps(text: str, path: str) -> dict[str, StepHere]:
    """Return a text's own steps by their ids, without their places: a line above one changes nothing of it."""
    return {each.id: each._replace(place=Span(path)) for each in own_steps(text, path)}


def _keys(step: StepHere) -> Mapping[str, Part]:
    """Return what the schema says of each key that a step may have, in its order."""
    return schema_walk.key_rules(schema_walk.parts_at("playbook", ("steps", step.number)))


def closed_words(part: Part) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the words that a value may be, and those that the items of a list may be."""
    items = schema_walk.allowed((schema_walk.resolved(part.root, part.node.get("items", {})),)) if "array" in schema_walk.types((part,)) else ()
    return schema_walk.allowed((part,)), items


def _names(words: Sequence[str]) -> dict[str, str]:
    """Name the words of a closed list as the reader calls them, beside the words themselves."""
    return {each: each if (name := word(each)) == each else f"{name} ({each})" for each in words}


def typed_value(typed: str, *, plain: bool) -> str | None:
    """Return what was typed as YAML on one line: text where the key holds text alone (`plain`), else YAML as it stands; None of nothing."""
    typed = typed.strip()
    if not typed:
        return None
    return one_line(typed) if plain else typed


def one_line(value: Any) -> str:
    """Write a value as YAML on one line."""
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str) and not _stands_alone(value) else yaml_of(value)


def _stands_alone(text: str) -> bool:
    """Say whether a text is read as itself without quotes: not `no`, `1.0`, `a: b`, `one, two`."""
    try:
        return bool(yaml.safe_load(f"[{text}]") == [text])
    except yaml.YAMLError:
        return False
