"""Verifying a case's evidence with nothing but the file: the manifest, the journal's lines, their place in the chain, the documents.

Opens a zip that anybody may have made: sizes are limited, names are checked, nothing is written. Refuses to trust the
manifest about itself: what binds it is the chain's head, which can be compared with one noted elsewhere.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from relance.journal.chain import START, content_hash, link, references, sealed, sealed_name
from relance.report.evidence_account import account_faults

_MOST_FILES = 10_000
_MOST_BYTES = 2_000_000_000
_COLUMNS = ("creditor", "seq", "recorded_at", "on", "debtor", "case", "invoice", "kind", "payload", "actor", "key")


@dataclass(frozen=True, slots=True)
class Checked:
    """What was found: faults, and what the file says of itself (case, creditor, head …) where it could be read."""

    faults: tuple[str, ...]
    manifest: Mapping[str, Any]


def check(content: bytes) -> Checked:
    """Verify the bytes of an evidence file."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            return _check(packed)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError) as error:
        return Checked((f"the file is no zip, or is damaged: {error}",), {})


def _check(packed: zipfile.ZipFile) -> Checked:
    names = packed.namelist()
    if len(names) > _MOST_FILES or sum(info.file_size for info in packed.infolist()) > _MOST_BYTES:
        return Checked(("the file is larger than evidence ever is",), {})
    if len(set(names)) != len(names):
        return Checked(("the file holds two files of one name",), {})
    manifest = _json(packed, "manifest.json")
    if not isinstance(manifest, dict) or manifest.get("relance_evidence") != 1 or not isinstance(manifest.get("files"), list):
        return Checked(("there is no manifest of an evidence file in it",), {})
    faults = _files(packed, manifest, set(names))
    try:
        faults += _journal(packed, manifest)
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
        faults.append(f"the journal's lines cannot be read: {type(error).__name__} {error}")
    return Checked(tuple(faults), manifest)


def _json(packed: zipfile.ZipFile, name: str) -> Any:
    try:
        return json.loads(packed.read(name))
    except (KeyError, ValueError, RecursionError):
        return None


def _files(packed: zipfile.ZipFile, manifest: Mapping[str, Any], names: set[str]) -> list[str]:
    """Hold every file against the manifest, and the manifest against the files."""
    faults = []
    listed = {str(each.get("path")): each for each in manifest["files"] if isinstance(each, dict)}
    for path, each in listed.items():
        if path not in names:
            faults.append(f"{path}: it is in the manifest and not in the file")
            continue
        content = packed.read(path)
        if hashlib.sha256(content).hexdigest() != each.get("sha256") or len(content) != each.get("size"):
            faults.append(f"{path}: its contents were changed")
    faults += [f"{name}: the manifest does not know it" for name in sorted(names - set(listed) - {"manifest.json"})]
    return faults


def _journal(packed: zipfile.ZipFile, manifest: Mapping[str, Any]) -> list[str]:
    lines = [json.loads(line) for line in packed.read("7-journal/entries.jsonl").decode().splitlines()]
    chain = json.loads(packed.read("7-journal/chain.json"))
    entries = {each["entry"]["seq"]: each["entry"] for each in lines if "entry" in each}
    faults = _links(entries, chain, manifest)
    faults += account_faults(packed.read("0-decompte.csv"), manifest, entries.values())
    people = {each["people"]["who"]: each["people"] for each in lines if "people" in each}
    values = {each["personal"]["hash"]: each["personal"] for each in lines if "personal" in each}
    kept = {each.get("sha256") for each in manifest["files"]}
    missing = len(manifest.get("missing") or ())
    for seq, entry in entries.items():
        payload = json.loads(entry["payload"])
        if entry["debtor"] and entry["debtor"] not in people:
            faults.append(f"entry {seq}: the name of its debtor is missing")
        for seal in references(payload):
            if seal not in values:
                faults.append(f"entry {seq}: personal data it refers to is missing")
            elif sealed(values[seal]["salt"], values[seal]["value"]) != seal:
                faults.append(f"entry {seq}: personal data it refers to was changed")
        if entry["kind"] == "document.attached" and payload["sha256"] not in kept and not missing:
            faults.append(f"entry {seq}: the document it attached is not in the file")
    faults += [
        f"the name of the debtor '{each['debtor']}' was changed"
        for who, each in people.items()
        if sealed_name(each["salt"], each["creditor"], each["debtor"]) != who
    ]
    return faults


def _links(entries: Mapping[int, Mapping[str, Any]], chain: Mapping[str, Any], manifest: Mapping[str, Any]) -> list[str]:
    """Follow the chain from the case's first line to its end."""
    first, head, said = chain["first"], chain["previous_hash"], manifest["chain"]
    if first == 1 and head != START:
        return ["the chain does not start where a chain starts"]
    for place, linked in enumerate(chain["links"]):
        seq = first + place
        entry = entries.get(seq)
        if (entry is None) != (linked is not None):
            return [f"entry {seq} is missing, or stands twice"]
        if entry is None:
            head = link(head, linked)
            continue
        if entry["previous_hash"] != head or entry["creditor"] != said["creditor"]:
            return [f"entry {seq}: it does not continue the entry before it"]
        head = link(head, content_hash(tuple(entry[name] for name in _COLUMNS)))
        if head != entry["hash"]:
            return [f"entry {seq}: its contents were changed"]
    if not (first <= min(entries) and max(entries) < first + len(chain["links"])):
        return ["a line of the journal stands outside the chain"]
    if head != said["head"] or first + len(chain["links"]) - 1 != said["entries"] or chain["head"] != head:
        return ["the chain does not end where the manifest says"]
    return []
