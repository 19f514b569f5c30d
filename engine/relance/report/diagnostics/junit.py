"""Findings as JUnit XML: a suite a file, a failed case a finding, a case that passes for a file with none."""

from __future__ import annotations

from xml.etree import ElementTree as ET

from relance.escaping import shown
from relance.report.diagnostics.findings import Report


def render(report: Report) -> str:
    """Write the XML."""
    findings = report.findings
    root = ET.Element("testsuites", name="relance validate", tests="0", failures=str(len(findings)), errors="0")
    total = 0
    for path in dict.fromkeys((*map(shown, report.files), *(one.path for one in findings))):
        mine = [one for one in findings if one.path == path]
        total += max(1, len(mine))
        suite = ET.SubElement(root, "testsuite", name=path, tests=str(max(1, len(mine))), failures=str(len(mine)), errors="0", skipped="0")
        if not mine:
            ET.SubElement(suite, "testcase", name="valid", classname=path, file=path)
        for one in mine:
            case = ET.SubElement(suite, "testcase", name=f"{one.code} on line {one.line}", classname=path, file=path, line=str(one.line))
            failure = ET.SubElement(case, "failure", message=one.message, type=f"{one.severity}")
            failure.text = f"{one.path}:{one.line}:{one.column}: {one.message} [{one.code}]" + (f"\n{one.hint}" if one.hint else "")
    root.set("tests", str(total))
    ET.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"
