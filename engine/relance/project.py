"""A project: `relance.yaml` at the root of a repository of playbooks, and what it says for every command that is told nothing else.

Owns its shape (`schemas/project.schema.json`). `relance.files.find_above` finds it. Opens nothing that it names:
whether a letterhead is sound, whoever uses it says.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from difflib import get_close_matches
from os.path import normpath, relpath
from pathlib import Path
from typing import Any

from relance.files import PROJECT, find_above
from relance.language import read_file, shape, source
from relance.language.findings import has_errors
from relance.language.parse import decimal_amount
from relance.language.source import Source
from relance.model import Approvers, Diagnostic, Severity, StepKind
from relance.sentences import sentence


@dataclass(frozen=True, slots=True)
class ApprovalRule:
    """Who approves what: for messages of some kinds, of some creditors, above an amount. What is empty or None narrows nothing."""

    kinds: frozenset[StepKind] = frozenset()
    creditors: frozenset[str] = frozenset()
    above: Decimal | None = None  # what a message asks in all, in its own currency
    people: int = 1
    who: frozenset[str] = frozenset()  # names as `--actor` gives them

    @classmethod
    def read(cls, value: Mapping[str, Any]) -> ApprovalRule:
        """Read a rule as `relance.yaml` writes it."""
        return cls(
            kinds=frozenset(StepKind(each) for each in value.get("kind", ())),
            creditors=frozenset(value.get("creditor", ())),
            above=decimal_amount(value["above"]) if "above" in value else None,
            people=value.get("people", 1),
            who=frozenset(value.get("who", ())),
        )

    def plain(self) -> dict[str, Any]:
        """Return it as `relance.yaml` writes it."""
        said = {"kind": sorted(self.kinds), "creditor": sorted(self.creditors), "above": None if self.above is None else f"{self.above:f}", "people": self.people, "who": sorted(self.who)}
        return {key: value for key, value in said.items() if value}

    @property
    def names_people(self) -> bool:
        """Whether it matters who approves: then the system says who it is, not what he types."""
        return bool(self.who) or self.people > 1

    def fits(self, kind: StepKind, creditor: str, asked: Decimal) -> bool:
        """Say whether it is for a message of this kind, of this creditor, that asks this sum."""
        return (
            (not self.kinds or kind in self.kinds)
            and (not self.creditors or creditor in self.creditors)
            and (self.above is None or asked > self.above)
        )


@dataclass(frozen=True, slots=True)
class Project:
    """What `relance.yaml` says. Paths are whole."""

    path: Path
    language: str | None = None
    playbooks: tuple[Path, ...] = ()
    templates: tuple[Path, ...] = ()
    letterhead: Path | None = None
    letterheads: Mapping[str, Path] = field(default_factory=dict)
    wordings: Mapping[str, Path] = field(default_factory=dict)  # folders of a creditor's own wordings
    routing: Path | None = None
    journal: str | None = None  # a file, or the address of a database
    signed: bool = False
    require_signed: bool = False
    fail_on: Severity = Severity.ERROR
    approvals: tuple[ApprovalRule, ...] = ()
    retention: Mapping[str, int] = field(default_factory=dict)  # months by kind of data, and `run`: 1 or 0
    users: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # what each may do in the studio

    @property
    def root(self) -> Path:
        """Return the folder its paths count from."""
        return self.path.parent

    def letterhead_of(self, creditor: str) -> Path | None:
        """Return the letterhead of a creditor: its own, else that of all."""
        return self.letterheads.get(creditor, self.letterhead)

    def approval(self, kind: StepKind, creditor: str, asked: Decimal) -> ApprovalRule:
        """Return the rule that a message is approved by."""
        return strictest(self.approvals, kind, creditor, asked)


def strictest(rules: Iterable[ApprovalRule], kind: StepKind, creditor: str, asked: Decimal) -> ApprovalRule:
    """Return, of the rules that fit a message, the one that asks for most people; of as many, the first."""
    return max((rule for rule in rules if rule.fits(kind, creditor, asked)), key=lambda rule: rule.people, default=ApprovalRule())


def rule_of_message(rules: Iterable[ApprovalRule], creditor: str, parts: Sequence[tuple[StepKind, Approvers]], asked: Decimal) -> ApprovalRule:
    """Return the rule that a message of several parts is approved by: of its house and of the playbooks that made it, whoever asks for most people."""
    of_house = [strictest(rules, kind, creditor, asked) for kind, _ in parts]
    found = max(of_house, key=lambda rule: (rule.people, bool(rule.who)), default=ApprovalRule())
    return replace(found, people=max([found.people, *(approvers.needed(asked) for _, approvers in parts)]))


def load(path: Path) -> tuple[Project | None, tuple[Diagnostic, ...]]:
    """Read a `relance.yaml`. The project is None exactly when a finding is an error."""
    data, unreadable = read_file(path)
    if data is None:
        return None, unreadable
    read, findings = source.read(data, str(path))
    if read is None:
        return None, findings
    findings = tuple(sorted({*findings, *shape.check(read, "project")}))
    if not has_errors(findings):
        findings = tuple(sorted({*findings, *_missing(read, path.parent)}))
    return (None if has_errors(findings) else _project(read.value, path.absolute())), findings


def playbooks_around(file: Path) -> tuple[Path, ...]:
    """Return the folders of playbooks of the project that a file is of, the usual one where the project has mistakes; none where it is of no project."""
    path = find_above(file.absolute().parent, PROJECT)
    if path is None:
        return ()
    project, beside = load(path)[0], file.absolute().parent
    folders = (path.absolute().parent / "playbooks",) if project is None else project.playbooks
    return tuple(Path(normpath(file.parent / relpath(each, beside))) for each in folders)  # as the file itself is named


def _project(value: Mapping[str, Any], path: Path) -> Project:
    folder = path.parent
    one = {key: folder / value[key] for key in ("letterhead", "routing") if key in value}
    return Project(
        path,
        language=value.get("language"),
        playbooks=tuple(folder / each for each in value.get("playbooks", ["playbooks"])),
        templates=tuple(folder / each for each in value.get("templates", ())),
        letterhead=one.get("letterhead"),
        letterheads={creditor: folder / each for creditor, each in value.get("letterheads", {}).items()},
        wordings={creditor: folder / each for creditor, each in value.get("wordings", {}).items()},
        routing=one.get("routing"),
        journal=_journal(value.get("journal"), folder),
        signed=value.get("signed", False),
        require_signed=value.get("require_signed", False),
        fail_on=Severity(value.get("fail_on", "error")),
        approvals=tuple(ApprovalRule.read(each) for each in value.get("approvals", ())),
        retention={kind: int(months) for kind, months in value.get("retention", {}).items()},
        users={name: tuple(roles) for name, roles in value.get("users", {}).items()},
    )


def _journal(named: str | None, folder: Path) -> str | None:
    return named if named is None or "://" in named else str(folder / named)


def _missing(read: Source, folder: Path) -> Iterable[Diagnostic]:
    """Tell of what it names and is not there, and of rules that nobody can meet."""
    value = read.value
    folders: list[tuple[tuple[str | int, ...], str]] = [((key, place), named) for key in ("playbooks", "templates") for place, named in enumerate(value.get(key, ()))]
    folders += [(("wordings", creditor), named) for creditor, named in value.get("wordings", {}).items()]
    for whole, named in folders:
        if not (folder / named).is_dir():
            yield read.at(whole).diagnostic("PB012", sentence('there is no folder "{name}" here', name=named), hint=_near(folder / named, Path.is_dir, folder))
    files: list[tuple[tuple[str, ...], str]] = [((key,), value[key]) for key in ("letterhead", "routing") if key in value]
    files += [(("letterheads", creditor), named) for creditor, named in value.get("letterheads", {}).items()]
    for where, named in files:
        if not (folder / named).is_file():
            yield read.at(where).diagnostic("PB012", sentence('there is no file "{name}" here', name=named), hint=_near(folder / named, Path.is_file, folder))
    for place, rule in enumerate(value.get("approvals", ())):
        if len(rule.get("who", ())) and len(rule["who"]) < rule.get("people", 1):
            message = sentence("{people} people are to approve, and {names} may", people=rule["people"], names=len(rule["who"]))
            yield read.at(("approvals", place, "who")).diagnostic("PB012", message, hint=sentence("name as many at least"))


def _near(path: Path, kind: Callable[[Path], bool], here: Path) -> str:
    """Name what stands there under a name like it; else from where a path counts."""
    if kind is Path.is_dir and path.is_file() and (parent := path.parent.name):
        return sentence('did you mean "{near}"?', near=parent)
    if any(sign in path.name for sign in "*?") and kind is Path.is_dir and path.parent.is_dir() and path.parent != here:
        return sentence('a folder is read whole: write "{near}"', near=path.parent.relative_to(here).as_posix() if path.parent.is_relative_to(here) else path.parent.name)
    last = re.split(r"[/\\]", str(path))[-1]
    if (last != path.name and kind(here / last)) or (not path.parent.is_dir() and kind(here / last)):
        return sentence('a path counts from the folder of relance.yaml: write "{near}"', near=last)
    there = [each.name for each in path.parent.iterdir() if kind(each)] if path.parent.is_dir() else []
    near = next(iter(get_close_matches(path.name, there, 1)), None)
    return sentence('did you mean "{near}"?', near=near) if near else sentence("a path counts from the folder of relance.yaml")
