"""Results of playbook tests: a text with a diff a person can read, JSON, JUnit and GitHub annotations. Prints nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any
from xml.etree import ElementTree as ET

from relance.escaping import github_message, github_property, xml_text
from relance.report.plain import amount
from relance.report.words import word
from relance.sentences import marked, plural, tell, tell_number, told
from relance.simulation.coverage import Coverage
from relance.simulation.playbook_tests import Expected, FileResult, Result
from relance.simulation.timeline import Sending


def difference_of(result: Result) -> tuple[str, ...]:
    """Write what was expected and what left in one list, day by day: `-` expected and missing, `+` left and not expected."""
    several = any(len(look.seen) > 1 for look in result.looks.values())
    lines = [(found.on, 1, f"    {_left(found, several=several)}") for _, found in result.met]
    for one in result.differences:
        if one.wanted is not None:
            lines.append((one.wanted.on, 0, f"  - {_expected(one.wanted)}\n      {told(one.why)}"))
        elif one.found is not None:
            also = _also_wanted(one.found, result)
            lines.append((one.found.on, 2, f"  + {_left(one.found, several=several)}\n      {also or told(one.why)}"))
    lines.sort(key=lambda line: line[:2])
    return (*(text for _, _, text in lines), *(f"  ! {told(sentence)}" for sentence in (*result.ends, *result.texts)))


def _also_wanted(found: Sending, result: Result) -> str | None:
    """Say in what an action differs from the one expected of that step on that day, where they differ in more than the day."""
    for one in result.differences:
        wanted = one.wanted
        if wanted is not None and (wanted.on, wanted.step) == (found.on, found.first.step):
            parts = []
            for name, amount_ in wanted.claimed:
                if (asked := getattr(found.first.claimed, name)) != amount_:
                    parts.append(tell("{what} {asked}, not {wanted}", what=name.replace("_", " "), asked=amount(asked, found.first.claimed.currency), wanted=amount_))
            return "; ".join(parts) or None
    return None


def _left(entry: Sending, *, several: bool) -> str:
    first = entry.first
    case = first.case if several else ""
    step = first.step if first.occurrence == 1 else f"{first.step} ({first.occurrence})"
    return _line(entry.on.isoformat(), step, [channel.value for channel in entry.channels], case, draft=first.draft)


def _expected(wanted: Expected) -> str:
    channels = [channel.value for channel in wanted.channels or ()]
    step = wanted.step if wanted.occurrence in (None, 1) else f"{wanted.step} ({wanted.occurrence})"
    return _line(wanted.on.isoformat(), step, channels, wanted.case or "", draft=bool(wanted.draft))


def _line(on: str, step: str, channels: Sequence[str], case: str, *, draft: bool) -> str:
    return "  ".join(part for part in (on, f"{step:<24}", " + ".join(word(each) for each in channels), case, tell("draft") if draft else "") if part).rstrip()


def tests_text(files: Sequence[FileResult], covered: Sequence[Coverage]) -> str:
    """Write what failed, file by file, then the count; and, where asked for, what no test exercises."""
    lines: list[str] = []
    for file in files:
        failed = [result for result in file.results if not result.passed]
        head = tell("FAIL") if failed else tell("ok")
        lines.append(f"{head:<5} {file.file.path}  " + tell("{count} of {total} pass", count=len(file.results) - len(failed), total=len(file.results)))
        for result in failed:
            lines += ["", f"{file.file.path}:{result.test.line}: {_on_one_line(result.test.name)}", *difference_of(result)]
        if failed:
            lines.append("")
    for each in covered:
        if not each.tested:
            lines += ["", tell_number("{playbook}: no test ({count} thing to exercise)", "{playbook}: no test ({count} things to exercise)", each.total, playbook=each.playbook)]
            continue
        lines += ["", tell("{playbook}: {covered} of {total} exercised", playbook=each.playbook, covered=each.covered, total=each.total)]
        lines += [f"  {told(gap)}" for gap in each.gaps]
    passed, total = _count(files)
    if covered:
        lines += ["", tell("all: {percent} % exercised", percent=percent_of(covered))]
    came = plural("{count} pass", "{count} pass", passed), plural("{count} fail", "{count} fail", total - passed)
    lines.append(tell_number("{count} test: {passed}, {failed}", "{count} tests: {passed}, {failed}", total, passed=came[0], failed=came[1]))
    return "\n".join(lines)


def percent_of(covered: Sequence[Coverage]) -> int:
    """Return how much of all there is to exercise is exercised, in whole percent, rounded down; a hundred where there is nothing."""
    total = sum(each.total for each in covered)
    return 100 * sum(each.covered for each in covered) // total if total else 100


def _count(files: Sequence[FileResult]) -> tuple[int, int]:
    results = [result for file in files for result in file.results]
    return sum(result.passed for result in results), len(results)


def tests_json(files: Sequence[FileResult], covered: Sequence[Coverage]) -> dict[str, Any]:
    """Write every test with its differences; and, where asked for, what no test exercises."""
    passed, total = _count(files)
    said: dict[str, Any] = {"version": 1, "tests": total, "passed": passed, "failed": total - passed}
    said["files"] = [
        {"path": file.file.path, "playbook": file.file.playbook.id, "tests": [_result(result) for result in file.results]} for file in files
    ]
    if covered:
        said["coverage"] = [
            {"playbook": each.playbook, "tested": each.tested, "covered": each.covered, "total": each.total, "gaps": list(each.gaps)} for each in covered
        ]
    return said


def _result(result: Result) -> dict[str, Any]:
    missing = [
        {"on": one.wanted.on.isoformat(), "step": one.wanted.step, "channels": list(one.wanted.channels or ()), "reason": one.why}
        for one in result.differences
        if one.wanted is not None
    ]
    unexpected = [
        {"on": one.found.on.isoformat(), "step": one.found.first.step, "channels": list(one.found.channels), "case": one.found.first.case,
         "reason": one.why}
        for one in result.differences
        if one.found is not None
    ]  # fmt: skip
    said = {"name": result.test.name, "line": result.test.line, "passed": result.passed}
    return {**said, "missing": missing, "unexpected": unexpected, "ends": list(result.ends), "texts": list(result.texts)}


def tests_junit(files: Sequence[FileResult]) -> str:
    """Write JUnit XML, as CI systems read it: a suite a file, a case a test, the diff as the failure's text."""
    passed, total = _count(files)
    root = ET.Element("testsuites", name="relance test", tests=str(total), failures=str(total - passed), errors="0")
    for file in files:
        failed = sum(not result.passed for result in file.results)
        suite = ET.SubElement(
            root, "testsuite", name=xml_text(file.file.path), tests=str(len(file.results)), failures=str(failed), errors="0", skipped="0"
        )
        for result in file.results:
            case = ET.SubElement(suite, "testcase", name=xml_text(result.test.name), classname=file.file.playbook.id, file=xml_text(file.file.path))
            case.set("line", str(result.test.line))
            if not result.passed:
                failure = ET.SubElement(case, "failure", message=xml_text(_summary(result)), type="difference")
                failure.text = xml_text("\n".join(difference_of(result)))
    ET.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def tests_github(files: Sequence[FileResult]) -> Iterator[str]:
    """Write a workflow command for each test that fails, so that it is shown beside the line."""
    for file in files:
        for result in file.results:
            if not result.passed:
                text = github_message(f"{result.test.name}\n" + "\n".join(difference_of(result)))
                yield f"::error file={github_property(file.file.path)},line={result.test.line},title=playbook test::{text}"


def _summary(result: Result) -> str:
    missing = sum(one.wanted is not None for one in result.differences)
    unexpected = len(result.differences) - missing
    parts = [tell(said, count=count) for count, said in ((missing, marked("{count} missing")), (unexpected, marked("{count} unexpected"))) if count]
    return ", ".join((*parts, *(told(text) for text in (*result.ends, *result.texts))))


def _on_one_line(name: str) -> str:
    """Write a test's name where lines mean something: a name over several lines begins no command of the reader's, and rings no bell."""
    return " ".join(xml_text(name).split())
