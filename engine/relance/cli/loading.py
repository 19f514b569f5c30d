"""A playbook off the command line, or by the name that a case or a message bears: found, read, and its mistakes shown, in one way."""

from __future__ import annotations

from collections.abc import Callable
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING

from relance.cli.casefiles import broken
from relance.cli.common import Stop
from relance.cli.defaults import project_here
from relance.language.findings import errors
from relance.sentences import tell

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

    from relance.model import Playbook


def file_of(name: str) -> Path | Traversable:
    """Find a playbook's file by path, or by id in the project and among those that ship; or stop."""
    from relance.language import library

    folders = folders_here(name)
    path = library.find(name, folders=folders) or (Path(name) if Path(name).is_file() else None)
    if path is None:
        known = dict.fromkeys([*library.playbooks_in(folders), *library.shipped_ids()])
        if near := get_close_matches(Path(name).name.removesuffix(".yaml"), known, 1):
            raise Stop(tell("there is no playbook '{name}'; did you mean '{near}'?", name=name, near=near[0]))
        raise Stop(tell("there is no playbook '{name}': give a path, or one of {playbooks}", name=name, playbooks=list(known)))
    return path


def folders_here(name: str) -> tuple[Path, ...]:
    """Return the folders of the project's playbooks, where a name is no path: only then does a project say anything about it."""
    from relance.language import library

    by_path = "/" in name or name.endswith(library.SUFFIXES)
    project = None if by_path else project_here()
    return () if project is None else project.playbooks


def playbook_of(name: str, *, checks: bool = True) -> Playbook:
    """Load a playbook by path or id; its errors are shown and end the command.

    Without `checks` a mistake of coherence or law ends nothing: what was decided by a playbook is explained by it, whatever a check says now.
    """
    from relance.language import load_playbook

    playbook, findings = load_playbook(file_of(name), checks=checks)
    if playbook is None:
        broken(errors(findings), tell("the playbook '{name}' has mistakes; `relance validate {name}` shows them all", name=name))
    return playbook


def playbook_near(name: str, *, checks: bool = False) -> Playbook | None:
    """Find a playbook that a case was moved to or a message was made by: here, in the project, else among those that ship; None where it cannot be read."""
    from relance.language import library, load_playbook

    path = library.find(name, beside=Path(), folders=folders_here(name))
    return None if path is None else load_playbook(path, checks=checks)[0]


def playbooks_by_id(given: tuple[str, ...]) -> Callable[[str], Playbook | None]:
    """Return what finds a playbook by its id: those given by path first, then as `playbook_near`; each is read once."""
    known: dict[str, Playbook | None] = {}
    for name in given:
        playbook = playbook_of(name, checks=False)
        known[playbook.id] = playbook

    def find(name: str) -> Playbook | None:
        if name not in known:
            known[name] = playbook_near(name)
        return known[name]

    return find
