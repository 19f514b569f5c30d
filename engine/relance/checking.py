"""What a YAML file is, and every check that belongs to its kind: what `relance validate` runs.

A file is known by what it says, not by where it lies. Owns the search through folders. Prints nothing.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from relance.files import PROJECT
from relance.language import examine_read, read_file, schema_walk, shape, source
from relance.language.extends import at_home
from relance.language.findings import has_errors
from relance.language.place import Span
from relance.language.source import Source
from relance.language.vocabulary import known
from relance.model import Diagnostic, Severity
from relance.sentences import sentence

if TYPE_CHECKING:
    from relance.letters.wording import Templates

STDIN = "<stdin>"
_SUFFIXES = (".yaml", ".yml")
_TEST = (".test.yaml", ".test.yml")
_NOT_SEARCHED = frozenset({"node_modules", "__pycache__"})  # beside those whose name starts with a dot
#: Kind → the schema it is held against.
KINDS = {
    "playbook": sentence("a playbook"),
    "test": sentence("a file of tests"),
    "promises": sentence("a file of promises"),
    "routing": sentence("a routing"),
    "column-mapping": sentence("a column mapping"),
    "law-parameter": sentence("a figure of the law"),
    "case": sentence("a case"),
    "letterhead": sentence("a letterhead"),
    "project": sentence("a project (relance.yaml)"),
    "signature": sentence("a signature"),
}
#: What marks a file that cannot be read as one of ours all the same: a first word, or the schema an editor is told to use.
_OURS = re.compile(
    r"^\W?(playbook|steps|tests|routes|mapping|parameter|invoices|sender)[ \t]*:|\$schema=\S*(" + "|".join(KINDS) + r")\.schema\.json",
    re.MULTILINE,
)


@dataclass(frozen=True, slots=True)
class CheckedFile:
    """What was found in one file. `text` is what it holds, where it could be read; None for `kind`: none of ours."""

    path: str
    kind: str | None
    findings: tuple[Diagnostic, ...]
    text: str | None = None


def search(folder: Path) -> Iterator[Path]:
    """Name the YAML files below a folder, in order; what is hidden, `.pre-commit-config.yaml`, belongs to other tools."""
    for base, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith(".") and name not in _NOT_SEARCHED)
        yield from (Path(base, name) for name in sorted(files) if name.lower().endswith(_SUFFIXES) and not name.startswith("."))


def kind_of(value: Any, name: str = "") -> str | None:
    """Say which kind of file holds this value; None: none that relance reads."""
    if name.endswith(_TEST):
        return "test"
    if Path(name).name == PROJECT:
        return "project"
    if not isinstance(value, Mapping):
        return None
    for key, kind in (("tests", "test"), ("promises", "promises"), ("signature", "signature"), ("routes", "routing"), ("mapping", "column-mapping"), ("parameter", "law-parameter")):
        if key in value:
            return kind
    if "steps" in value or "playbook" in value:
        return "playbook"
    if "invoices" in value:
        return "case" if isinstance(value["invoices"], list) else "column-mapping"
    letterhead = {"sender", "payment", "partner", "logo", "footer", "logo_text"}
    return "letterhead" if "schema" in value and letterhead & value.keys() else None


def kind_of_file(path: Path) -> str | None:
    """Say which kind of file lies there, without a check of what it says; None: none that relance reads, or one that is not to be read."""
    data, _ = read_file(path)
    return None if data is None else _kind(source.read(data, str(path))[0], data, str(path))


def _kind(found: Source | None, data: bytes, name: str) -> str | None:
    """Name the kind of what was read; a playbook, or another of ours, that cannot be read is said to be one by its first words."""
    kind = kind_of(found.value if found else None, name)
    return "playbook" if kind is None and found is None and _OURS.search(_text(data)) else kind


@dataclass
class Checker:
    """Checks files one by one. `folders` hold the firm's own wordings, which come before the shipped ones."""

    folders: tuple[Path, ...] = ()
    used: set[str] = field(default_factory=set)  # the wordings that the playbooks checked so far name

    @cached_property
    def templates(self) -> Templates:
        """Read the wordings, once."""
        from relance.letters.wording import Templates

        return Templates(*self.folders)

    def unused(self) -> tuple[Diagnostic, ...]:
        """Tell of the firm's wordings that no playbook can read: to be asked when all are checked."""
        if not self.folders:
            return ()
        from relance.letters.folders import unused

        return unused(self.templates, self.used)

    def check_file(self, path: Path, *, named: bool = True) -> CheckedFile:
        """Check a file. One that is none of ours is an error where it was `named`, or looks like ours in French; a hint where it was only met."""
        data, unreadable = read_file(path)
        if data is None:
            return CheckedFile(str(path), None, unreadable)
        return self.check(data, str(path), path, named=named)

    def check(self, data: bytes, name: str, path: Path | None, *, named: bool = True) -> CheckedFile:
        """Check what a file, or standard input (`path` None), holds."""
        found, findings = source.read(data, name)
        text = _text(data)
        kind = _kind(found, data, name)
        if kind is None:
            met = () if found is None or _of_law(found) else (_stranger(name, found, named=named),)
            return CheckedFile(name, None, met if met and (not named or not findings) else findings, text)
        if found is None:
            return CheckedFile(name, kind, findings, text)
        more = self._playbook(found, findings) if kind == "playbook" else (*findings, *_other(kind, found, findings, path))
        return CheckedFile(name, kind, tuple(sorted({*more, *_misnamed(name, kind)})), text)

    def _playbook(self, found: Source, said: tuple[Diagnostic, ...]) -> tuple[Diagnostic, ...]:
        from relance.letters import lawful
        from relance.letters.check import check_playbook

        playbook, merged, findings = examine_read(found, said)
        if playbook is None or merged is None:
            return findings
        self.used.update(step.template for step in playbook.steps)
        texts = check_playbook(playbook, merged, self.templates)
        if not has_errors(texts):
            texts = (*texts, *lawful.check_playbook(playbook, merged, self.templates))
        return (*findings, *at_home(texts, found))


def check_by_creditor(playbooks: Iterable[Path], folders: tuple[Path, ...], wordings: Iterable[Path]) -> Iterator[Diagnostic]:
    """Check what each creditor's folder of wordings says otherwise, by every playbook that reads it: its own mistakes, and its files that nothing reads."""
    playbooks = tuple(playbooks)
    for folder in dict.fromkeys(wordings):
        checker = Checker((folder, *folders))
        found = [finding for path in playbooks for finding in checker.check_file(path).findings]
        yield from {finding for finding in (*found, *checker.unused()) if Path(finding.path).is_relative_to(folder)}


def _text(data: bytes) -> str:
    text, _ = source.decode(data, "")
    if text is not None:
        return text
    try:
        return data.decode("utf-16" if data[:2] in {b"\xff\xfe", b"\xfe\xff"} else "latin-1")
    except UnicodeDecodeError:
        return ""


def _of_law(found: Source) -> bool:
    """Say whether a file holds the rules of law for texts and playbooks, whose readers are `relance.law`'s own."""
    return isinstance(found.value, dict) and "schema" in found.value and bool({"rules", "terms", "classes", "sources", "coming"} & set(found.value))


def _stranger(name: str, found: Source, *, named: bool) -> Diagnostic:
    """Tell of a file that is none of ours; a file that says our words in another language was meant to be."""
    keys = tuple(found.value) if isinstance(found.value, dict) else ()
    ours = tuple(schema_walk.schema("playbook")["properties"])
    for key in keys:
        if (word := next((each for each in known(key) or () if each in ours), None)) is not None:
            message = sentence('this file is not read: no key says what it is, and "{key}" is no key of a playbook', key=key)
            return found.key((key,)).diagnostic("PB011", message, hint=sentence('"{key}" is written `{word}`; a playbook has `playbook` and `steps`', key=key, word=word))
    hint = sentence("a playbook has `playbook` and `steps`; `relance schema` lists its keys")
    message = sentence("this is none of the files relance reads: {kinds}", kinds=list(KINDS.values()))
    return Span(name).diagnostic("PB011", message, severity=Severity.ERROR if named else Severity.HINT, hint=hint if named else sentence("leave it where it belongs to another tool; {hint}", hint=hint))


def _misnamed(name: str, kind: str) -> Iterator[Diagnostic]:
    """Tell of a file of ours that no search by name finds."""
    stem, dot, ending = name.rpartition(".")
    if name.lower().endswith(_SUFFIXES) and not name.endswith(_SUFFIXES):
        message = sentence('no command finds a file that ends in ".{ending}"', ending=ending)
        yield Span(name).diagnostic("PB011", message, hint=sentence("call it {name}.{ending}", name=Path(stem).name, ending=ending.lower()))
    elif dot and kind == "test" and stem.endswith(".tests"):
        message = sentence('`relance test` finds no tests in a file that ends in ".tests.yaml"')
        yield Span(name).diagnostic("PB011", message, hint=sentence("call it {name}.{ending}", name=Path(stem.removesuffix("s")).name, ending=ending))


def _other(kind: str, found: Source, findings: tuple[Diagnostic, ...], path: Path | None) -> tuple[Diagnostic, ...]:
    """Check a file that is no playbook as deep as whoever reads it does; of standard input, what needs no folder."""
    said = shape.check(found, kind)
    if path is None or has_errors((*findings, *said)):
        return said
    return (*said, *_reader(kind)(path)[1])


def _read_figure(path: Path) -> tuple[None, tuple[Diagnostic, ...]]:
    """Build a figure of the law as the engine does; what its shape cannot show comes as one sentence."""
    from relance.law.parameters import read_parameter

    try:
        read_parameter(path)
    except ValueError as error:
        return None, (Span(str(path)).diagnostic("PB540", error.args[0]),)
    return None, ()


def _reader(kind: str) -> Callable[[Path], tuple[Any, tuple[Diagnostic, ...]]]:
    """Return what reads a kind of file that is no playbook: `Path → (value, findings)`."""
    if kind == "test":
        from relance.simulation.playbook_tests import read_tests

        return read_tests
    if kind == "promises":
        from relance.proof.promise_file import read_promise_file

        return read_promise_file
    if kind == "signature":
        from relance.book.signature import read_signature

        return read_signature
    if kind == "routing":
        from relance.portfolio.routing import read_routing

        return read_routing
    if kind == "column-mapping":
        from relance.importers.mapping import read_mapping

        return read_mapping
    if kind == "case":
        from relance.importers.case_file import read_case

        return read_case
    if kind == "letterhead":
        from relance.letters.letterhead import read

        return read
    if kind == "project":
        from relance.project import load

        return load
    return _read_figure
