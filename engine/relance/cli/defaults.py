"""What `relance.yaml` says, as defaults of options: an option that is given, or its variable, comes before it.

Owns which option a key of the project fills, whatever the command. A project with mistakes stops every command but those that
read files to tell of their mistakes.
"""

from __future__ import annotations

import copy
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from relance.cli.common import Stop, echo_filled, today
from relance.files import PROJECT, find_above
from relance.sentences import sentence, tell, told

if TYPE_CHECKING:
    from relance.journal.journal import Journal
    from relance.project import ApprovalRule, Project

#: Commands that a project with mistakes does not stop.
_READERS = frozenset({"validate", "explain", "schema", "template", "new", "fmt", "lsp"})


def project_here(folder: Path | None = None) -> Project | None:
    """Return the project of a folder, the working directory's by default, or None where there is none. Stops where it has mistakes."""
    path = find_above(folder or Path.cwd(), PROJECT)
    return None if path is None else _sound(path)


def project_of(journal: Journal) -> Project | None:
    """Return the project whose rules a journal is kept by: that of the folder it lies in, wherever one stands; else that of the working directory."""
    place = journal.engine.url.database if journal.engine.dialect.name == "sqlite" else None
    beside = find_above(Path(place).resolve().parent, PROJECT) if place else None
    return project_here() if beside is None else _sound(beside)


def approvals_of(journal: Journal, actor: str) -> tuple[ApprovalRule, ...]:
    """Return the rules of approval that a journal is kept by; those of its project are declared on the way and said, where `actor`, whom the system names, may."""
    from relance.delivery.approval_rules import declare_rules, rules_of_house

    project = project_of(journal)
    written, why_not = declare_rules(journal, project, on=today(), actor=actor)
    if written:
        click.echo(tell("the approvals of relance.yaml are written into the journal"), err=True)
    if why_not is not None:
        echo_filled(told(why_not), err=True)
    return rules_of_house(journal, project)


def rules_here(journal: Journal) -> tuple[ApprovalRule, ...]:
    """Return the rules of approval that a journal is kept by, and declare nothing."""
    from relance.delivery.approval_rules import rules_of_house

    return rules_of_house(journal, project_of(journal))


def _sound(path: Path) -> Project:
    from relance.project import load

    project, findings = load(path)
    if project is None:
        first = findings[0]
        raise Stop(sentence("{path}:{line}: {message} (`relance validate {path}` shows all)", path=path, line=first.line, message=first.message))
    return project


def root_here() -> Path:
    """Return the root of the project one is in, as counted from here where it is above or below; the working directory where there is none."""
    path = find_above(Path.cwd(), PROJECT)
    return Path() if path is None or path.parent == Path.cwd() else path.parent


def defaults_of(name: str, command: click.Command, path: Path) -> dict[str, Any]:
    """Return the defaults that a project gives a command's options, as click's `default_map` holds them."""
    try:
        return _filled(command, _sound(path))
    except Stop:
        if name in _READERS:
            return {}
        raise


def only_its_help(command: click.Command, why: Stop) -> click.Command:
    """Return a command that tells its help and completes its words, and stops where it would run: a project with mistakes gives it no defaults."""
    copied = copy.copy(command)
    if isinstance(copied, click.Group):
        copied.commands = {name: only_its_help(below, why) for name, below in copied.commands.items()}
        if not copied.invoke_without_command:
            return copied

    def stop(*_: Any, **__: Any) -> None:
        if click.get_current_context().invoked_subcommand is None:
            raise why

    copied.callback = stop
    return copied


def _filled(command: click.Command, project: Project) -> dict[str, Any]:
    filled: dict[str, Any] = {
        "--templates": [str(each) for each in project.templates],
        "--letterhead": project.letterhead and str(project.letterhead),
        "--routing": project.routing and str(project.routing) if command.name == "run" else None,  # elsewhere it stands in for what runs applied
        "--journal": project.journal,
        "--fail-on": str(project.fail_on),
        "--require-signed": project.require_signed,
    }
    found: dict[str, Any] = {}
    for each in command.params:
        value = next((filled[option] for option in each.opts if option in filled and isinstance(each, click.Option)), None)
        if value and each.name is not None:
            found[each.name] = value
    if isinstance(command, click.Group):
        found |= {name: _filled(below, project) for name, below in command.commands.items()}
    return found
