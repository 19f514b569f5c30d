"""Verifying a case's evidence with nothing but the file: the manifest, the journal's lines, their place in the chain, the documents.

The case is made anew from those lines, every sum with its interest and the PDF, and compared.

Opens a zip that anybody may have made: sizes are limited, names are checked, nothing is written. Refuses to trust the
manifest about itself: what binds it is the chain's head, which can be compared with one noted elsewhere.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from cryptography.x509 import Certificate
from sqlalchemy.exc import SQLAlchemyError

from relance.errors import RelanceError
from relance.journal import checkpoints
from relance.journal.chain import START, content_hash, link, references, sealed, sealed_name
from relance.journal.signed_note import Verifier
from relance.portfolio.explain import Target
from relance.report import dossier
from relance.report.evidence import account_csv
from relance.report.evidence_account import account_faults
from relance.report.evidence_pack import CHECKPOINT, made_by
from relance.report.evidence_proof import remade
from relance.report.plain import amount
from relance.sentences import sentence

_MOST_FILES = 10_000
_MOST_BYTES = 2_000_000_000
_COLUMNS = ("creditor", "seq", "recorded_at", "on", "debtor", "case", "invoice", "kind", "payload", "actor", "key")


@dataclass(frozen=True, slots=True)
class Checked:
    """What was found: faults, what the file says of itself (case, creditor, head …) where it could be read, and what a reader should know.

    `sha256` is the manifest's, which stands in the journal since the file was made.
    """

    faults: tuple[str, ...]
    manifest: Mapping[str, Any]
    remarks: tuple[str, ...] = ()
    sha256: str = ""


def check(content: bytes, key: Verifier | None = None, roots: Sequence[Certificate] = ()) -> Checked:
    """Verify the bytes of an evidence file; `key` must have signed its chain's end, where it is given, and `roots` say whose time-stamps count."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            return _check(packed, key, roots)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError):
        return Checked((sentence("the file is no zip, or is damaged"),), {})


def _check(packed: zipfile.ZipFile, key: Verifier | None, roots: Sequence[Certificate]) -> Checked:
    names = packed.namelist()
    if len(names) > _MOST_FILES or sum(info.file_size for info in packed.infolist()) > _MOST_BYTES:
        return Checked((sentence("the file is larger than evidence ever is"),), {})
    if len(set(names)) != len(names):
        return Checked((sentence("the file holds two files of one name"),), {})
    manifest = _json(packed, "manifest.json")
    if not isinstance(manifest, dict) or manifest.get("relance_evidence") != 1 or not isinstance(manifest.get("files"), list):
        return Checked((sentence("there is no manifest of an evidence file in it"),), {})
    faults = _files(packed, manifest, set(names))
    try:
        faults += _journal(packed, manifest)
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
        faults.append(sentence("the journal's lines cannot be read: {name} {error}", name=type(error).__name__, error=error))
    remarks: list[str] = []
    if not faults:
        faults, remarks = _made_anew(packed, manifest)
    signed, said = _witnessed(packed, manifest, set(names), key, roots)
    return Checked((*faults, *signed), manifest, (*remarks, *said), hashlib.sha256(packed.read("manifest.json")).hexdigest())


def _made_anew(packed: zipfile.ZipFile, manifest: Mapping[str, Any]) -> tuple[list[str], list[str]]:
    """Make the case anew from its lines and compare: every sum with its interest, the account, the PDF. Return faults and remarks."""
    mine, theirs = made_by(), manifest.get("made_by")
    if theirs is None:
        return [], [sentence("it was made by an earlier relance: its sums were added up, and its interest and PDF not made anew")]
    if not isinstance(theirs, Mapping):
        return [sentence("the manifest does not say what made it")], []
    other = sentence("; it was made by relance {theirs}, and this is {mine}", theirs=theirs.get("relance"), mine=mine["relance"]) if theirs != mine else ""
    try:
        lines = [json.loads(line) for line in packed.read("7-journal/entries.jsonl").decode().splitlines()]
        documents = {str(each["sha256"]): packed.read(str(each["path"])) for each in manifest["files"]}
        currency = None if manifest["invoice"] or manifest["case"] == manifest["debtor"] else str(manifest["currency"])
        target = Target(manifest["case"], manifest["creditor"], manifest["debtor"], manifest["invoice"], currency)
        made = remade(target, date.fromisoformat(manifest["on"]), (manifest["chain"]["entries"], manifest["chain"]["head"]), lines, documents)
        if isinstance(made, str):
            return [sentence("the lines of the journal in it make no such case: {made}", made=made)], []
        faults: list[str] = [sentence("{what}: it is not what the lines of the journal come to{other}", what=what, other=other) for what, fits in (
            ("0-decompte.csv", account_csv(made) == packed.read("0-decompte.csv")),
            ("manifest.json, total", f"{amount(made.claimed.total, made.claimed.currency)} {made.claimed.currency}" == f"{manifest['total']} {manifest['currency']}"),
            ("manifest.json, missing", list(made.missing) == manifest["missing"]),
            (sentence("the documents"), {piece.path for piece in made.pieces if piece.content is not None} == {path for path in packed.namelist() if path[0] in "123456"}),
        ) if not fits]  # fmt: skip
        if faults:
            return faults, []
        return _page(dossier.pdf(made), packed.read("0-dossier.pdf"), same=theirs == mine)
    except (LookupError, TypeError, ValueError, AttributeError, ArithmeticError, AssertionError, RecursionError, SQLAlchemyError, RelanceError) as error:
        return [sentence("the case cannot be made anew from its lines: {name} {error}", name=type(error).__name__, error=str(error)[:240])], []


def _page(made: bytes, given: bytes, *, same: bool) -> tuple[list[str], list[str]]:
    """Hold a PDF against the one made anew: byte by byte, or by its text where another version set it."""
    if made == given:
        return [], []
    if same or _text(made) != _text(given):
        return [sentence("0-dossier.pdf: it is not what the lines of the journal come to")], []
    return [], [sentence("0-dossier.pdf was set by another version: its text is what the lines of the journal come to, its look was not compared")]


def _text(content: bytes) -> list[str]:
    """Return the text of a PDF, page by page. Raises ValueError where it is none."""
    import pypdfium2  # type: ignore[import-untyped]

    try:
        document = pypdfium2.PdfDocument(content)
        return [page.get_textpage().get_text_range() for page in document]
    except pypdfium2.PdfiumError as error:
        raise ValueError(sentence("the PDF cannot be read: {error}", error=str(error))) from error


def _witnessed(packed: zipfile.ZipFile, manifest: Mapping[str, Any], names: set[str], key: Verifier | None, roots: Sequence[Certificate]) -> tuple[list[str], list[str]]:
    """Hold the chain's end against the signed checkpoint in the file, and its time-stamp against its authority. Return faults and remarks."""
    if CHECKPOINT not in names:
        return ([] if key is None else [sentence("no checkpoint of its chain is in the file: nobody signed it")]), []
    note = packed.read(CHECKPOINT).decode(errors="replace")
    if key is None:
        return [], [sentence("its chain's end was signed as '{value}': --key verifies that", value=note.partition(chr(10))[0][:80])]
    point, chain = checkpoints.read(note, key, roots), manifest.get("chain") or {}
    if point is None:
        return [sentence("the checkpoint of its chain is not signed with this key")], []
    if (point.creditor, point.entries, point.head) != (chain.get("creditor"), chain.get("entries"), chain.get("head")):
        return [sentence("the checkpoint in the file is of another chain, or of another place in it")], []
    if point.doubt:
        return [sentence("the time-stamp of its checkpoint cannot be believed: {doubt}", doubt=point.doubt)], []
    remarks: list[str] = [sentence("its chain's end was signed on {said} with this key", said=point.said)]
    if point.stamp is not None:
        remarks.append(sentence("it was time-stamped on {value} by {by}", value=checkpoints.moment(point.stamp.at), by=point.stamp.by))
    return [], remarks


def _json(packed: zipfile.ZipFile, name: str) -> Any:
    try:
        return json.loads(packed.read(name))
    except (KeyError, ValueError, RecursionError):
        return None


def _files(packed: zipfile.ZipFile, manifest: Mapping[str, Any], names: set[str]) -> list[str]:
    """Hold every file against the manifest, and the manifest against the files."""
    faults: list[str] = []
    listed = {str(each.get("path")): each for each in manifest["files"] if isinstance(each, dict)}
    for path, each in listed.items():
        if path not in names:
            faults.append(sentence("{path}: it is in the manifest and not in the file", path=path))
            continue
        content = packed.read(path)
        if hashlib.sha256(content).hexdigest() != each.get("sha256") or len(content) != each.get("size"):
            faults.append(sentence("{path}: its contents were changed", path=path))
    faults += [sentence("{path}: the manifest does not know it", path=name) for name in sorted(names - set(listed) - {"manifest.json"})]
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
            faults.append(sentence("entry {seq}: the name of its debtor is missing", seq=seq))
        for seal in references(payload):
            if seal not in values:
                faults.append(sentence("entry {seq}: personal data it refers to is missing", seq=seq))
            elif sealed(values[seal]["salt"], values[seal]["value"]) != seal:
                faults.append(sentence("entry {seq}: personal data it refers to was changed", seq=seq))
        if entry["kind"] == "document.attached" and payload["sha256"] not in kept and not missing:
            faults.append(sentence("entry {seq}: the document it attached is not in the file", seq=seq))
    faults += [
        sentence("the name of the debtor '{debtor}' was changed", debtor=each["debtor"])
        for who, each in people.items()
        if sealed_name(each["salt"], each["creditor"], each["debtor"]) != who
    ]
    return faults


def _links(entries: Mapping[int, Mapping[str, Any]], chain: Mapping[str, Any], manifest: Mapping[str, Any]) -> list[str]:
    """Follow the chain from the case's first line to its end."""
    first, head, said = chain["first"], chain["previous_hash"], manifest["chain"]
    if first == 1 and head != START:
        return [sentence("the chain does not start where a chain starts")]
    for place, linked in enumerate(chain["links"]):
        seq = first + place
        entry = entries.get(seq)
        if (entry is None) != (linked is not None):
            return [sentence("entry {seq} is missing, or stands twice", seq=seq)]
        if entry is None:
            head = link(head, linked)
            continue
        if entry["previous_hash"] != head or entry["creditor"] != said["creditor"]:
            return [sentence("entry {seq}: it does not continue the entry before it", seq=seq)]
        head = link(head, content_hash(tuple(entry[name] for name in _COLUMNS)))
        if head != entry["hash"]:
            return [sentence("entry {seq}: its contents were changed", seq=seq)]
    if not (first <= min(entries) and max(entries) < first + len(chain["links"])):
        return [sentence("a line of the journal stands outside the chain")]
    if head != said["head"] or first + len(chain["links"]) - 1 != said["entries"] or chain["head"] != head:
        return [sentence("the chain does not end where the manifest says")]
    return []
