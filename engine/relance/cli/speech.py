"""Which language the person at the command line reads, and the help and the errors of commands in it.

`--lang`, else `RELANCE_LANG`, else the project (`relance.yaml`), else the locale (`LC_ALL`, `LC_MESSAGES`, `LANG`); English where
none names a language that there is. Only this module reads those. What commands print asks `relance.sentences` for the language.
"""

from __future__ import annotations

import copy
import os
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import click

from relance.files import PROJECT, find_above
from relance.sentences import LANGUAGES, marked, reader, told

#: Asked in this order; the first that is set decides.
_LOCALES = ("LC_ALL", "LC_MESSAGES", "LANG")


def language_of(environment: Mapping[str, str], arguments: Sequence[str] = (), project: Callable[[], str | None] = lambda: None) -> str:
    """Return the language that a call asks for. `arguments` are searched for `--lang`, so that help knows it before anything is read."""
    for place, word in enumerate(arguments):
        if word == "--lang" and place + 1 < len(arguments) and arguments[place + 1] in LANGUAGES:
            return arguments[place + 1]
        if word.startswith("--lang=") and word.removeprefix("--lang=") in LANGUAGES:
            return word.removeprefix("--lang=")
    asked = environment.get("RELANCE_LANG") or project() or next((found for name in _LOCALES if (found := environment.get(name))), "")
    spoken = asked[:2].lower()
    return spoken if spoken in LANGUAGES and not asked[2:3].isalpha() else LANGUAGES[0]


def language_here(arguments: Sequence[str] | None) -> str:
    """Return the language that this call asks for."""
    return language_of(os.environ, sys.argv[1:] if arguments is None else arguments, _of_project)


def _of_project() -> str | None:
    if (path := find_above(Path.cwd(), PROJECT)) is None:
        return None
    from relance.project import load

    project, _ = load(path)
    return None if project is None else project.language


def lang_option(*, hidden: bool) -> click.Option:
    """Make the option `--lang`. It was read before the command was: here it is checked and shown in the help."""
    return click.Option(
        ["--lang"], type=click.Choice(LANGUAGES), expose_value=False, hidden=hidden,
        help="The language of what is printed.  [default: RELANCE_LANG, or the locale]",
    )  # fmt: skip


def in_language(command: click.Command) -> click.Command:
    """Return a command that takes `--lang`, with its help in the language of the reader; the command itself stays as it is."""
    made = copy.copy(command)
    made.help = told(command.help) if command.help else command.help
    made.params = [option_in_language(each) for each in command.params]
    if isinstance(command, click.Group) and isinstance(made, click.Group):
        made.subcommand_metavar = placeholder(command.subcommand_metavar)
        made.commands = {name: in_language(each) for name, each in command.commands.items()}
    if not any("--lang" in each.opts for each in made.params):
        made.params.append(lang_option(hidden=True))
    return made


def option_in_language(parameter: click.Parameter) -> click.Parameter:
    """Return a parameter with its help, and what click calls a path in it, in the language of the reader: click names it where the command is first read."""
    made = copy.copy(parameter)
    if isinstance(made, click.Option) and made.help:
        made.help = told(made.help)
    if isinstance(made.type, click.Path):
        named = copy.copy(made.type)
        named.name = told(("file" if named.file_okay else "directory") if named.file_okay != named.dir_okay else "path")
        made.type = named
    elif made.type.name in {"integer", "integer range"}:
        whole = copy.copy(made.type)
        whole.name = told(whole.name)
        made.type = whole
    called = made.make_metavar
    vars(made)["make_metavar"] = lambda *given, **named: placeholder(called(*given, **named))
    return made


#: What the help calls that which a person puts in its place.
_PLACEHOLDERS = frozenset((
    marked("ADDRESS"), marked("AMOUNT"), marked("ARGS"), marked("BOOK"), marked("CASE"), marked("CHANNEL"), marked("CODE"), marked("COMMAND"), marked("CREDITOR"), marked("D"), marked("DAY"),
    marked("DAYS"), marked("DEBTOR"), marked("DIR"), marked("DIRECTORY"), marked("DURATION"), marked("ENTRIES"), marked("EVENT"), marked("FIELD"), marked("FILE"), marked("FILES"), marked("FOLDER"),
    marked("HASH"), marked("HOST"), marked("ID"), marked("INTO"), marked("INVOICE"), marked("KEY"), marked("KIND"), marked("LANG"), marked("LINES"), marked("NAME"), marked("NEW"), marked("NUMBER"),
    marked("OLD"), marked("OTHER"), marked("PATH"), marked("PAYMENT"), marked("PERCENT"), marked("PLACE"), marked("PLAYBOOK"), marked("PLAYBOOKS"), marked("PROFILE"), marked("REASON"), marked("TERMS"),
    marked("TEXT"), marked("VALUE"), marked("WHAT"), marked("WORDS"),
))  # fmt: skip


def placeholder(text: str) -> str:
    """Write what the help calls an argument, `FILE|DIR` or `[PLAYBOOK]...`, in the language of the reader."""
    return re.sub(r"\b[A-Z]+\b", lambda word: told(word[0]) if word[0] in _PLACEHOLDERS else word[0], text)


def click_speaks() -> None:
    """Let click's own words ("Usage", "Missing argument") come from our catalogue too. It takes them from the system's, where nobody puts any."""
    from click import core, decorators, exceptions, formatting, parser, termui, types

    for module in (core, decorators, exceptions, formatting, parser, termui, types):
        for name, says in (("_", _spoken), ("ngettext", _number)):
            if hasattr(module, name):
                setattr(module, name, says)


class _French(str):
    """A sentence of click's in French: what click puts between quotes has French ones."""

    __slots__ = ()

    def format(self, *words: object, **parts: object) -> str:
        return re.sub(r"(?<![\w'])'([^']+)'(?![\w'])", "«\N{NO-BREAK SPACE}\\1\N{NO-BREAK SPACE}»", super().format(*words, **parts))


def _spoken(text: str) -> str:
    return _French(told(text)) if reader() == "fr" else told(text)


def _number(one: str, many: str, count: int) -> str:
    return _spoken(one if count == 1 else many)
