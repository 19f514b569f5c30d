"""Records of an ERP as its users can get at them: JSON of its API, CSV of its export, XML of its data files. Keys are the technical names."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from typing import Any

from relance.language.vocabulary import folded
from relance.parsing import xml
from relance.sentences import sentence

Record = dict[str, Any]


def read_json(data: bytes) -> Any:
    """Read JSON. Raises ValueError with a sentence."""
    try:
        return json.loads(data.decode("utf-8-sig"))
    except (UnicodeDecodeError, ValueError):
        raise ValueError(sentence("the file is no JSON in UTF-8")) from None


def records(data: bytes, *models: str, labels: dict[str, str]) -> list[Record]:
    """Read records of one of some models. `labels` are heads of an export as people see them, folded → the technical name.

    XML gives each record its `id`, and the id of a field's `ref`; JSON and CSV what they hold. Raises ValueError with a sentence.
    """
    start = data.lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    if start == b"<":
        found = list(_of_xml(data, models))
    elif start in {b"{", b"["}:
        found = list(_of_json(read_json(data)))
    else:
        found = list(_of_csv(data, labels))
    if not found:
        raise ValueError(sentence("there is no record of {models} in the file", models=list(models)))
    return found


def _of_json(value: Any) -> Iterator[Record]:
    """Give the records of a list, or of what stands in `records`, `result` or `data`."""
    if isinstance(value, dict):
        inner = next((value[key] for key in ("records", "result", "data", "message", "docs") if isinstance(value.get(key), list | dict)), None)
        if inner is None:
            yield value
        else:
            yield from _of_json(inner)
    elif isinstance(value, list):
        yield from (each for each in value if isinstance(each, dict))


def _of_csv(data: bytes, labels: dict[str, str]) -> Iterator[Record]:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252", "replace")
    dialect = ";" if text.split("\n", 1)[0].count(";") > text.split("\n", 1)[0].count(",") else ","
    for row in csv.DictReader(io.StringIO(text), delimiter=dialect):
        yield {labels.get(folded(str(head)), str(head)): cell for head, cell in row.items() if head is not None and cell not in (None, "")}


def _of_xml(data: bytes, models: tuple[str, ...]) -> Iterator[Record]:
    for element in xml.parse(data).iter():
        if isinstance(element.tag, str) and xml.name(element) == "record" and element.get("model") in models:
            found: Record = {"id": element.get("id"), "model": element.get("model")}
            for field in element:
                if isinstance(field.tag, str) and field.get("name"):
                    found[str(field.get("name"))] = _field(field)
            yield found


def _field(field: Any) -> Any:
    """Read a field: a reference, an expression of Python that is a number, a truth or a `timedelta`, or text."""
    if field.get("ref"):
        return field.get("ref")
    written = field.get("eval")
    if written is None:
        return (field.text or "").strip()
    if (span := re.search(r"timedelta\(\s*(?:days\s*=\s*)?(-?\d+)", written)) is not None:
        return int(span[1])
    return {"True": True, "False": False}.get(written.strip(), written.strip())


def truth(value: Any) -> bool:
    """Read a truth as records write it."""
    return str(value).strip().lower() in {"true", "1", "t", "yes", "x", "vrai", "oui"}


def whole_days(value: Any, what: str) -> int:
    """Read a whole number, or a span of time as whole days. Raises ValueError with a sentence."""
    if isinstance(value, dict):  # a timedelta as Tryton's JSON writes it
        return int(value.get("days", 0)) or int(value.get("seconds", 0)) // 86400
    found = re.fullmatch(r"\s*(-?\d+)(?:\.0+)?\s*(?:d|days?|j|jours?)?\s*(?:,.*)?", str(value))
    if found is None:
        raise ValueError(sentence('"{value}" is no whole number of days ({what})', value=value, what=what))
    return int(found[1])


def named(value: Any) -> str:
    """Read what a field refers to: `[3, "Three levels"]` as Odoo writes it, or a name."""
    return str(value[1] if isinstance(value, list) and len(value) == 2 else value)
