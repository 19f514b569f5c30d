"""Run `*.test.yaml` (docs/language.md 7): play each case forward and hold what leaves against what the author expects.

Owns reading a test file, the comparison and its findings. Missing and unexpected actions both fail. Prints nothing;
what the tests exercise of a playbook is `coverage`'s affair.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from difflib import get_close_matches
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from relance.dates import add_months
from relance.importers.case_file import build_case, read_case
from relance.interpreter import Look, say
from relance.language import library, load_playbook, shape, source
from relance.language.findings import errors, has_errors
from relance.language.parse import day, decimal_amount
from relance.language.source import Source
from relance.language.when_meant import step_in
from relance.model import Channel, Diagnostic, Facts, Playbook, Status
from relance.project import playbooks_around
from relance.sentences import Phrase, in_turn, sentence, system_words
from relance.simulation.timeline import Sending, play, seen_on

SUFFIX = ".test.yaml"
_LEAD = timedelta(days=30)


def days_played(facts: Facts) -> tuple[date, date]:
    """Return the days that are played where nobody says which: from 30 days before the first due date to a year after the last."""
    dues = [invoice.due for invoice in facts.invoices]
    return min(dues) - _LEAD, add_months(max(dues), 12)


# --------------------------------------------------------------------------- what an author wrote


@dataclass(frozen=True, slots=True)
class ExpectedText:
    """What an author expects a message to say. `letters.tested_texts` fills the text and compares."""

    contains: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    snapshot: str | None = None
    channel: Channel | None = None


@dataclass(frozen=True, slots=True)
class Expected:
    """One action an author expects. What is None is not compared; the order of the channels says nothing."""

    on: date
    step: str
    channels: tuple[Channel, ...] | None = None
    case: str | None = None
    carrier: str | None = None
    occurrence: int | None = None
    draft: bool | None = None
    deadline: date | None = None
    claimed: tuple[tuple[str, Decimal], ...] = ()
    text: ExpectedText | None = None

    def is_met(self, entry: Sending) -> bool:
        """Say whether what left is what was expected."""
        first = entry.first
        channels = None if self.channels is None else sorted(self.channels)
        wanted = (self.on, self.step, channels, self.case, self.carrier, self.occurrence, self.draft, self.deadline)
        found = (entry.on, first.step, sorted(entry.channels), first.case, first.carrier, first.occurrence, first.draft, first.deadline)
        same = all(want is None or want == got for want, got in zip(wanted, found, strict=True))
        return same and all(getattr(first.claimed, name) == amount for name, amount in self.claimed)


@dataclass(frozen=True, slots=True)
class PlayTest:
    """One test. `ends` maps a case to the status it must have on the last day; the key "" stands for every case."""

    name: str
    facts: Facts
    start: date
    until: date
    expect: tuple[Expected, ...]
    ends: Mapping[str, Status] = field(default_factory=dict)
    line: int = 1
    place: int = 0  # among the tests of its file


@dataclass(frozen=True, slots=True)
class TestFile:
    """A test file that can be run."""

    __test__ = False  # not a pytest class

    path: str
    playbook: Playbook
    playbook_path: Path | Traversable
    tests: tuple[PlayTest, ...]


# --------------------------------------------------------------------------- what came of it


@dataclass(frozen=True, slots=True)
class Difference:
    """An expected action that did not leave (`found` is None), or one that left and was not expected (`wanted` is None).

    `why` is what the interpreter said of that step on that day.
    """

    wanted: Expected | None
    found: Sending | None
    why: str


@dataclass(frozen=True, slots=True)
class Result:
    """What came of one test. `met` are the pairs that agree; `looks` is what was seen on each day on which something could change; `left` everything that left."""

    test: PlayTest
    met: tuple[tuple[Expected, Sending], ...]
    differences: tuple[Difference, ...]
    ends: tuple[str, ...]  # sentences about cases that ended otherwise
    looks: Mapping[date, Look]
    left: tuple[Sending, ...] = ()
    facts: Facts | None = None  # with what the ladder caused
    texts: tuple[str, ...] = ()  # sentences about texts that say something else

    @property
    def passed(self) -> bool:
        """Whether everything is as expected."""
        return not self.differences and not self.ends and not self.texts


@dataclass(frozen=True, slots=True)
class FileResult:
    """The results of a file's tests."""

    file: TestFile
    results: tuple[Result, ...]


# --------------------------------------------------------------------------- reading


def test_files(path: Path) -> tuple[Path, ...]:
    """Return the test files a path stands for: itself, the tests beside a playbook, or all those below a folder."""
    if path.is_dir():
        return tuple(sorted(found for found in path.rglob(f"*{SUFFIX}") if found.is_file()))
    beside = path.with_name(path.name.removesuffix(path.suffix) + SUFFIX)
    return (path,) if path.name.endswith(SUFFIX) or not beside.is_file() else (beside,)


test_files.__test__ = False  # type: ignore[attr-defined]  # not a pytest function


def read_tests(path: Path) -> tuple[TestFile | None, tuple[Diagnostic, ...]]:
    """Read a test file, its cases and the playbook it names. None if and only if there is an error among the diagnostics.

    Raises OSError for a file that is not there.
    """
    found, said = source.read(path.read_bytes(), str(path))
    if found is None:
        return None, said
    said += shape.check(found, "test")
    if has_errors(said):
        return None, tuple(sorted(said))
    return _Reading(found, path, list(said)).file()


@dataclass(slots=True)
class _Reading:
    """A test file being read."""

    source: Source
    path: Path
    said: list[Diagnostic]

    def file(self) -> tuple[TestFile | None, tuple[Diagnostic, ...]]:
        name = self.source.value["playbook"]
        folders = playbooks_around(self.path)
        where = library.find(name, beside=self.path.parent, folders=folders)
        if where is None:
            near = library.near_playbook(name, self.path.parent, folders)
            hint = sentence('did you mean "{near}"?', near=near) if near else sentence("write {name}.yaml beside it", name=name)
            message = sentence('there is no playbook "{name}" beside this file, nor one that ships with relance', name=name)
            self.said.append(self.source.at(("playbook",)).diagnostic("PB520", message, hint=hint))
            return None, tuple(sorted(self.said))
        playbook, findings = load_playbook(where)
        if playbook is None:
            self.said += errors(findings)
            return None, tuple(sorted(set(self.said)))
        tests = [self._test(place, raw, playbook) for place, raw in enumerate(self.source.value["tests"])]
        if has_errors(self.said):
            return None, tuple(sorted(set(self.said)))
        made = tuple(test for test in tests if test is not None)
        return TestFile(str(self.path), playbook, where, made), tuple(sorted(set(self.said)))

    def _test(self, place: int, raw: Mapping[str, Any], playbook: Playbook) -> PlayTest | None:
        facts = self._facts(place, raw)
        expect = tuple(self._expected(one, (place, at), playbook) for at, one in enumerate(raw["expect"]))
        if facts is None:
            return None
        first, last = days_played(facts)
        start, until = (day(raw["from"]) if "from" in raw else first), (day(raw["until"]) if "until" in raw else last)
        if until < start:
            key = "until" if "until" in raw else "from"
            message = sentence("the test ends on {until}, before it begins on {start}", until=until, start=start)
            self.said.append(self.source.at(("tests", place, key)).diagnostic("PB522", message, hint=sentence("mend from or until")))
            return None
        ends = raw.get("ends", {})
        ends = {"": ends} if isinstance(ends, str) else ends
        line = self.source.key(("tests", place, "name")).line
        return PlayTest(raw["name"], facts, start, until, expect, {case: Status(status) for case, status in ends.items()}, line, place)

    def _facts(self, place: int, raw: Mapping[str, Any]) -> Facts | None:
        at = ("tests", place)
        if ("case" in raw) == ("case_file" in raw):
            message = sentence("the test has both case and case_file") if "case" in raw else sentence("the test has no case")
            self.said.append(self.source.at((*at, "name")).diagnostic("PB521", message, hint=sentence("write one of case and case_file")))
            return None
        if "case" in raw:
            facts, findings = build_case(self.source, (*at, "case"))
        else:
            named = self.path.parent / raw["case_file"]
            try:
                facts, findings = read_case(named)
            except OSError as error:
                reason = sentence("there is no such file") if isinstance(error, FileNotFoundError) else system_words(error)
                message = sentence('the case file "{file}" cannot be read: {reason}', file=raw["case_file"], reason=reason)
                findings = (
                    self.source.at((*at, "case_file")).diagnostic("PB521", message, hint=sentence("the path counts from this file's folder")),
                )
                facts = None
        self.said += findings
        return facts

    def _expected(self, raw: Mapping[str, Any], where: tuple[int, int], playbook: Playbook) -> Expected:
        steps = [step.id for step in playbook.steps]
        if raw["step"] not in steps:
            near = next(iter(get_close_matches(raw["step"], steps, 1)), None) or step_in(raw["step"], steps)
            hint = sentence('did you mean "{near}"?', near=near) if near else sentence("its steps are {steps}", steps=steps)
            message = sentence('"{playbook}" has no step "{step}"', playbook=playbook.id, step=raw["step"])
            self.said.append(self.source.at(("tests", where[0], "expect", where[1], "step")).diagnostic("PB523", message, hint=hint))
        return Expected(
            on=day(raw["on"]),
            step=raw["step"],
            channels=tuple(Channel(name) for name in raw["channels"]) if "channels" in raw else None,
            case=raw.get("case"),
            carrier=raw.get("carrier"),
            occurrence=raw.get("occurrence"),
            draft=raw["status"] == "draft" if "status" in raw else None,
            deadline=day(raw["deadline"]) if "deadline" in raw else None,
            claimed=tuple((name, decimal_amount(amount)) for name, amount in raw.get("claimed", {}).items()),
            text=_text(raw["text"]) if "text" in raw else None,
        )


def _text(raw: Mapping[str, Any]) -> ExpectedText:
    channel = Channel(raw["channel"]) if "channel" in raw else None
    return ExpectedText(tuple(raw.get("contains", ())), tuple(raw.get("without", ())), raw.get("snapshot"), channel)


# --------------------------------------------------------------------------- running


def run_file(file: TestFile) -> FileResult:
    """Run every test of a file."""
    return FileResult(file, tuple(run_test(file.playbook, test) for test in file.tests))


def run_test(playbook: Playbook, test: PlayTest) -> Result:
    """Play a test's case forward and compare."""
    looks: dict[date, Look] = {}
    entries: list[Sending] = []
    known = test.facts
    for on, seen, known in play(playbook, test.facts, test.start, test.until):  # noqa: B007 # the last is the end
        looks[on] = seen
        by_case: dict[str, list[Any]] = {}
        for action in seen.actions:
            by_case.setdefault(action.case, []).append(action)
        entries += [Sending(on, tuple(actions)) for actions in by_case.values()]
    met, missing, unexpected = _pair(test.expect, entries)
    differences = [Difference(one, None, _why(one, test, seen_on(playbook, known, one.on))) for one in missing]
    differences += [Difference(None, one, one.first.reason) for one in unexpected]
    differences.sort(key=lambda one: (one.wanted or one.found).on)  # type: ignore[union-attr]  # one of the two is there
    return Result(test, met, tuple(differences), _ended(test, looks[test.until]), looks, tuple(entries), known)


def _pair(expect: Sequence[Expected], entries: Sequence[Sending]) -> tuple[tuple[tuple[Expected, Sending], ...], list[Expected], list[Sending]]:
    """Pair what was expected with what left, the most exactly described first; return the pairs and both rests."""
    rest = list(entries)
    met: list[tuple[Expected, Sending]] = []
    missing: list[Expected] = []
    for one in sorted(expect, key=lambda one: (one.on, one.case is None, one.carrier is None, one.channels is None)):
        found = next((entry for entry in rest if one.is_met(entry)), None)
        if found is None:
            missing.append(one)
        else:
            rest.remove(found)
            met.append((one, found))
    return tuple(met), missing, rest


def _why(wanted: Expected, test: PlayTest, look: Look) -> str:
    """Say what the interpreter answered on the day about a step that did not leave as expected."""
    if not test.start <= wanted.on <= test.until:
        return sentence("not a day of the test")
    said = []
    for seen in look.seen:
        if wanted.case not in (None, seen.case.id):
            continue
        verdict = next((one for one in seen.decision.steps if one.step == wanted.step), None)
        if verdict is not None:
            what, why = _word(verdict.status), say(verdict.reason)
            said.append(sentence("{status}: {why}", status=what, why=why) if verdict.on is None else sentence("{status} {day}: {why}", status=what, day=verdict.on, why=why))
    return in_turn(list(dict.fromkeys(said))) or sentence("no case of that name")


def _ended(test: PlayTest, last: Look) -> tuple[str, ...]:
    """Say which cases do not end as expected."""
    found = {seen.case.id: seen.decision for seen in last.seen}
    said = []
    for name, status in test.ends.items():
        if name and name not in found:
            said.append(sentence('there is no case "{name}" to end {word}', name=name, word=_word(status)))
        for case, decision in found.items():
            if name in ("", case) and decision.status is not status:
                about = sentence("{case} ends", case=case) if len(found) > 1 else sentence("ends")
                said.append(sentence("{about} {word} ({say}), not {word_2}", about=about, word=_word(decision.status), say=say(decision.reason), word_2=_word(status)))
    return tuple(said)


def _word(status: str) -> Phrase:
    """Say a status; `report.words` marks what they are called."""
    return Phrase(status.replace("_", " "), {})
