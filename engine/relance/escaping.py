"""Texts that go to other tools, escaped for them: a spreadsheet, a table of Markdown, a workflow command, a file of XML. One place each.

A debtor's name, a test's name or a file's is what somebody else wrote. HTML is `html.escape`'s, JSON `json`'s and YAML the writer's own.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable
from typing import Any

#: What a spreadsheet takes for a formula where a cell begins so; a tab and a line end lead into one (OWASP, CSV injection).
_FORMULA = re.compile(r"[=+\-@\t\r\n]")
_NUMBER = re.compile(r"-?\d[\d \u00a0\u202f]*([.,]\d+)?")
#: Controls, lone surrogates, and the marks that turn the direction of what follows.
_HIDDEN = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufeff\ufffe\uffff]")
#: What XML 1.0 cannot hold at all.
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_MARKDOWN = re.compile(r"[\\`*_\[\]<>|~]")


def csv_cell(value: Any) -> Any:
    """Return a cell that no spreadsheet runs: a text that begins as a formula gets a quote before it; a number stays one."""
    if not isinstance(value, str) or _FORMULA.match(value) is None or _NUMBER.fullmatch(value):
        return value
    return f"'{value}"


def csv_lines(rows: Iterable[Iterable[Any]], *, delimiter: str = ",", end: str = "\n") -> Iterable[str]:
    """Give the lines of a CSV one by one, each cell disarmed: for tables that are not held as a whole."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=delimiter, lineterminator=end)
    for row in rows:
        writer.writerow([csv_cell(cell) for cell in row])
        yield out.getvalue()
        out.seek(0)
        out.truncate()


def csv_text(rows: Iterable[Iterable[Any]], *, delimiter: str = ",", end: str = "\n") -> str:
    """Write a CSV, each cell disarmed."""
    return "".join(csv_lines(rows, delimiter=delimiter, end=end))


def markdown_cell(text: str) -> str:
    """Return a text as a cell of a Markdown table: on one line, and nothing in it is markup, a link or HTML."""
    return _MARKDOWN.sub(r"\\\g<0>", " ".join(shown_in_lines(text).split()))


def github_message(text: str) -> str:
    """Return the message of a workflow command: a line end in it begins no other command."""
    return shown_in_lines(text).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def github_property(text: str) -> str:
    """Return a property of a workflow command, such as its file or title."""
    return github_message(text).replace(":", "%3A").replace(",", "%2C")


def xml_text(text: str) -> str:
    """Leave out what XML cannot hold; `<` and `&` are the writer's business."""
    return _NOT_XML.sub("", text)


def shown(text: str) -> str:
    """Write what must not reach a terminal, a log or an XML file as its escape sequence."""
    return _HIDDEN.sub(_escape, text)


def shown_in_lines(text: str) -> str:
    """Do as `shown` does, and keep the ends of lines and tabs."""
    return _HIDDEN.sub(lambda found: found[0] if found[0] in "\n\r\t" else _escape(found), text)


def _escape(found: re.Match[str]) -> str:
    return found[0].encode("unicode_escape").decode("ascii")
