"""Every sentence that a person may read, wherever it stands: calls in the code, help of commands, schemas, codes, the rules of law.

`python tests/sentences/collect.py` brings the French catalogue up to date: a new sentence stands in it with an empty `msgstr`,
to be filled; one that is said nowhere any more goes.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import click
import yaml
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

from relance.editor import schema_file
from relance.report import reference

ROOT = Path(__file__).parents[2]
ENGINE = ROOT / "engine" / "relance"
CATALOGUE = ENGINE / "locales" / "fr" / "LC_MESSAGES" / "relance.po"
#: What makes a sentence in the code, and how many of its first arguments are the English: one, or that of one and that of many.
CALLS = {"sentence": 1, "Phrase": 1, "tell": 1, "marked": 1, "plural": 2, "tell_number": 2, "numbered": 2, "says": 1, "says_amount": 1, "says_day": 1}
#: Click's own words, as far as a person meets them.
CLICK = (
    "Usage:", "Options", "Commands", "Error: {message}", "Show this message and exit.", "Show the version and exit.",
    "Try '{command} {option}' for help.", "Missing argument", "Missing option", "Missing parameter", "Missing command.", "No such command {name!r}.",
    "No such option {name!r}.", "Did you mean {possibility}?", "(Did you mean one of: {possibilities}?)", "Invalid value: {message}",
    "Invalid value for {param_hint}: {message}", "{value!r} is not {choice}.", "{value!r} is not one of {choices}.", "{value!r} is not a valid {number_type}.",
    "{value} is not in the range {range}.", "{name} {filename!r} does not exist.", "{name} {filename!r} is a directory.", "{name} {filename!r} is a file.",
    "{name} {filename!r} is not readable.", "{name} {filename!r} is not writable.", "Option {name!r} does not take a value.",
    "Option {name!r} requires an argument.", "Option {name!r} requires {nargs} arguments.", "Argument {name!r} takes {nargs} values.",
    "Got unexpected extra argument ({args})", "Got unexpected extra arguments ({args})", "default: {default}", "env var: {var}", "required",
    "Could not open file {filename!r}: {message}", "Aborted!", "directory", "file", "path", "integer", "integer range", "%(prog)s, version %(version)s", "Choose from:\n\t{choices}", "Error: invalid input",
)  # fmt: skip


def collected() -> Catalog:
    """Gather them all."""
    found = Catalog(locale="fr", fuzzy=False)
    for text in (*in_code(), *CLICK, *in_commands(), *in_schemas(), *in_codes(), *in_figures()):
        if any(re.search(r"[^\W\d_]|[\":;“]", re.sub(r"\{\w*\}", "", part)) for part in ([text] if isinstance(text, str) else text)):
            found.add(text)
    return found


@cache
def nodes(path: Path) -> tuple[ast.AST, ...]:
    """Read a module of the engine once, whatever test asks; the first is the module."""
    return tuple(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))


def in_code() -> Iterator[str | tuple[str, ...]]:
    """Name what stands in the code, in the order of the files; in an f-string too, where Babel's own reader does not look."""
    for path in sorted(ENGINE.rglob("*.py")):
        for node in nodes(path):
            name = node.func.attr if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) else getattr(getattr(node, "func", None), "id", None)
            if isinstance(node, ast.Call) and name in CALLS:
                texts = [list(_constants(each)) for each in node.args[: CALLS[name]]]
                yield from (each if len(each) > 1 else each[0] for each in zip(*texts, strict=False)) if len(texts) == CALLS[name] else ()


def _constants(argument: ast.expr) -> Iterator[str]:
    """Name the texts that an argument may be: one, or either side of a choice."""
    if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
        yield argument.value
    elif isinstance(argument, ast.IfExp):
        yield from (*_constants(argument.body), *_constants(argument.orelse))


def in_commands() -> Iterator[str]:
    """Name the help of every command and option."""
    from relance.cli import COMMANDS, main

    yield str(main.help)
    for module, line in COMMANDS.values():
        yield line
        yield from _helps(import_module(f"relance.cli.{module}").command)
    yield from (each.help for each in main.params if isinstance(each, click.Option) and each.help)


def _helps(command: click.Command) -> Iterator[str]:
    if command.help:
        yield command.help
    yield from (each.help for each in command.params if isinstance(each, click.Option) and each.help)
    if isinstance(command, click.Group):
        for each in command.commands.values():
            yield from _helps(each)


def in_schemas() -> Iterator[str]:
    """Name what the schemas say, and of what kind their keys are; `a step` is said as `the step` too."""
    for path in sorted((ROOT / "schemas").glob("*.json")):
        for text in _texts(json.loads(path.read_text("utf-8"))):
            escaped = text.replace("{", "{{").replace("}", "}}")
            yield from dict.fromkeys((escaped, text) if "{" in text else (text,))
            if re.match(r"an? ", text) and len(text) < 60:
                yield "the " + text.split(" ", 1)[1]
        yield from (entry.kind for entry in reference.key_entries(path.name.removesuffix(".schema.json")))


def _texts(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        for key, value in node.items():
            if key in schema_file.READ and isinstance(value, str):
                yield value
            else:
                yield from _texts(value)
    elif isinstance(node, list):
        for value in node:
            yield from _texts(value)


def in_codes() -> Iterator[str]:
    """Name what is said of a code, by the engine and by the law, and of the words and sentences that the law looks for."""
    from relance.language.codes import codes

    for code in codes().values():
        yield from (text for text in (code.title, code.what, code.why, str(code.severity), re.sub("^LANGUAGE (?=[0-9]$)", "docs/language.md, section ", code.source)) if text)
    checks = ROOT / "playbooks" / "law" / "fr" / "checks"
    for rule in yaml.safe_load((checks / "sentences.yaml").read_text("utf-8")).get("rules", ()):
        yield from (text for text in (rule.get("says"), rule.get("law")) if text)
    for term in yaml.safe_load((checks / "terms.yaml").read_text("utf-8"))["terms"]:
        if term.get("language") == "en" and term.get("instead"):
            yield term["instead"]


def in_figures() -> Iterator[str]:
    """Name what the figures of the law say of themselves, and where each was read; their titles and articles stand in the files in French."""
    from relance.law.parameters import french

    for figure in french().parameters.values():
        yield from (text for text in (figure.note, *(value.title for value in figure.values)) if text)


def translated() -> Catalog:
    """Read the catalogue that there is."""
    with CATALOGUE.open("rb") as stream:
        return read_po(stream, locale="fr")


def main() -> None:
    """Write the catalogue again: the sentences of today, with what is there of their French."""
    new, old = collected(), translated() if CATALOGUE.exists() else Catalog(locale="fr")
    empty = 0
    for message in new:
        if message.id:
            before = old.get(message.id)
            blank = "" if isinstance(message.id, str) else ("", "")
            message.string = before.string if before is not None else blank
            empty += message.string == blank
    CATALOGUE.parent.mkdir(parents=True, exist_ok=True)
    with CATALOGUE.open("wb") as stream:
        write_po(stream, new, width=0, sort_output=True, omit_header=False, no_location=True)
    text = CATALOGUE.read_text("utf-8")
    text = re.sub(r'"(POT-Creation-Date|PO-Revision-Date|Last-Translator|Language-Team|Generated-By|Report-Msgid-Bugs-To):[^\n]*\n', "", text)
    text = re.sub(r'"Plural-Forms: [^\n]*\n', '"Plural-Forms: nplurals=2; plural=(n > 1);\\\\n"\n', text)  # of a million, relance says nothing
    text = re.sub(r'msgstr\[2\] ""\n', "", text)
    rest = text.partition('msgid ""')[2]
    CATALOGUE.write_text('# The French of relance. `python tests/sentences/collect.py` adds what is new; see CONTRIBUTING.md.\nmsgid ""' + rest, "utf-8")
    print(f"{empty} to translate")


if __name__ == "__main__":
    main()
