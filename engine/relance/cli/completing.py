"""What the shell completes besides commands and options: playbooks of the project and those that ship, codes, keys, wordings, files.

What an argument takes is told by the name that the help calls it by, so that a command need not say it twice.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

import click
from click.shell_completion import CompletionItem


def _playbooks() -> Iterable[str]:
    from relance.cli.loading import folders_here
    from relance.language import library

    return dict.fromkeys([*library.playbooks_in(folders_here("")), *library.shipped_ids()])


def _shipped() -> Iterable[str]:
    from relance.language import library

    return library.shipped_ids()


def _codes() -> Iterable[str]:
    from relance.report.reference import explained

    return explained()


def _keys() -> Iterable[str]:
    from relance.report.reference import key_entries

    return [entry.path for entry in key_entries("playbook")]


def _wordings() -> Iterable[str]:
    from relance.cli.defaults import project_here
    from relance.letters.wording import Templates

    project = project_here()
    return Templates(*(project.templates if project is not None else ())).names("fr")


#: Command, or none for all of them, and what the help calls an argument → the words it takes.
_WORDS: dict[tuple[str | None, str], Callable[[], Iterable[str]]] = {
    (None, "PLAYBOOK"): _playbooks, (None, "PLAYBOOKS"): _playbooks, (None, "ID|FILE"): _playbooks, ("diff", "OLD"): _playbooks, ("diff", "NEW"): _playbooks,
    ("new", "ID"): _shipped, ("explain", "CODE"): _codes, ("schema", "KEY"): _keys, ("template", "NAME"): _wordings,
}  # fmt: skip


def completing(command: click.Command, name: str) -> click.Command:
    """Let the shell complete what the arguments of a command take; the command is one of the reader's own, as `in_language` makes it."""
    for parameter in command.params:
        called = re.sub(r"[\[\]. ]", "", parameter.metavar or (parameter.name or "").upper())
        words = _WORDS.get((name, called)) or _WORDS.get((None, called))
        if words is not None:
            vars(parameter)["shell_complete"] = _among(words)
        elif re.search(r"FILE|DIR|PATH", called) and parameter.type is click.STRING:
            vars(parameter)["shell_complete"] = lambda _, begun: [CompletionItem(begun, type="file")]
    if isinstance(command, click.Group):
        for below in command.commands.values():
            completing(below, name)
    return command


def _among(words: Callable[[], Iterable[str]]) -> Callable[[click.Context, str], list[CompletionItem]]:
    """Complete one of some words, or a file where none of them begins so."""

    def complete(_: click.Context, begun: str) -> list[CompletionItem]:
        found = [CompletionItem(word) for word in words() if word.startswith(begun)]
        return found or [CompletionItem(begun, type="file")]

    return complete
