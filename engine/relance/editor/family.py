"""The files that name one another's steps: a playbook, those that build on it, and the tests and promises of all of them; and the files that a text names.

What an editor holds unsaved comes before what is on the disk: the caller reads.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from relance.data import shipped
from relance.editor.reading import around, kind_here, own_steps, parent_of
from relance.language import library
from relance.language.place import Span
from relance.letters.wording import Templates
from relance.model import CONTACT_CHANNELS, Channel
from relance.project import playbooks_around

#: What gives the text of a file, as it stands in the editor.
Read = Callable[[str], str]


def playbook_about(text: str, path: str, read: Read) -> tuple[str, str] | None:
    """Return path and text of the playbook that a file is about: itself, or the one that its `playbook` names. None: there is none."""
    if kind_here(text, path) == "playbook":
        return path, text
    held = around(text, path)
    found = _playbook(held.value.get("playbook"), path) if held is not None else None
    return None if found is None else (found, read(found))


def home(text: str, path: str, step: str, read: Read) -> str | None:
    """Return the playbook whose own text defines a step that a file names: the one it is about, or the one that this builds on."""
    found = playbook_about(text, path, read)
    if found is None:
        return None
    if not ships(found[0]) and (held := around(found[1], found[0])) is not None and (parent := parent_of(held)) is not None and _defines(read(parent.path), parent.path, step):
        return parent.path
    return found[0] if _defines(found[1], found[0], step) else None


def family(playbook: str, read: Read) -> Mapping[str, str]:
    """Return path and text of a playbook, of those that build on it, and of the tests and promises of each; the playbook itself first."""
    texts = {path: read(path) for path in _around(playbook)}
    found = {playbook: read(playbook)}
    found |= {path: text for path, text in texts.items() if (held := around(text, path)) is not None and (parent := parent_of(held)) is not None and _same(parent.path, playbook)}
    named = {path: text for path, text in texts.items() if path not in found and kind_here(text, path) in {"test", "promises"}}
    found |= {path: text for path, text in named.items() if (of := playbook_about(text, path, read)) is not None and any(_same(of[0], each) for each in found)}
    return found


def ships(path: str) -> bool:
    """Say whether a playbook is one that comes with relance: nobody names its steps anew from outside."""
    return path.startswith(str(shipped("playbooks")))


def _same(one: str, other: str) -> bool:
    return Path(one).absolute() == Path(other).absolute()


def _defines(text: str, path: str, step: str) -> bool:
    return any(each.id == step for each in own_steps(text, path))


def _around(playbook: str) -> Iterator[str]:
    """Name the YAML files beside a playbook, and in the folders of playbooks of its project."""
    path = Path(playbook)
    folders = [path.parent, *playbooks_around(path)]
    found = {each.absolute(): each for folder in folders for suffix in library.SUFFIXES for each in sorted(folder.rglob(f"*{suffix}") if folder != path.parent else folder.glob(f"*{suffix}"))}
    yield from (str(each) for absolute, each in found.items() if absolute != path.absolute())


def _playbook(name: Any, path: str) -> str | None:
    found = library.find(name, beside=Path(path).parent, folders=playbooks_around(Path(path))) if isinstance(name, str) else None
    return None if found is None else str(found)


# --------------------------------------------------------------------------- files that are named


def file_at(text: str, path: str, line: int, column: int, templates: Templates | None) -> Span | None:
    """Return the beginning of the file named at a place: a playbook, a case, a wording."""
    held = around(text, path)
    named = next((where for where, span in held.values.items() if where and span.line == line and span.column <= column <= span.end_column), None) if held is not None else None
    if held is None or named is None:
        return None
    value: Any = held.value
    for part in named:
        value = value[part]
    key = next((part for part in reversed(named) if isinstance(part, str)), "")
    if key == "extends":
        parent = parent_of(held)
        return Span(parent.path) if parent is not None else None
    if key == "playbook" and kind_here(text, path) != "playbook":
        found = _playbook(value, path)
        return Span(found) if found is not None else None
    if key == "case_file" and (case := Path(path).parent / str(value)).is_file():
        return Span(str(case))
    return _wording(held.value, named, str(value), templates) if key == "template" and templates is not None else None


def _wording(playbook: Mapping[str, Any], named: tuple[Any, ...], template: str, templates: Templates) -> Span | None:
    """Return the wording of a step's first channel that has one."""
    step = playbook["steps"][named[1]] if named[:1] == ("steps",) else {}
    channels = [Channel(each) for each in step.get("channels", ()) if each in set(CONTACT_CHANNELS)]
    language = str(playbook.get("language", "fr"))
    places = (place for channel in channels if (place := templates.locate(template, channel, language)) is not None)
    found = next((templates.read(place) for place in places), None)
    return Span(found[0]) if found is not None else None
