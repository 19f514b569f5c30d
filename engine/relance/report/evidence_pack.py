"""Writing a case's evidence: one zip with the dossier, the account, the pieces, the journal's lines with their proof, and a manifest.

The same journal gives the same bytes. What is in it, `evidence` gathered; what proves it, `evidence_proof` took from the journal.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from datetime import date
from importlib.metadata import PackageNotFoundError, version

from relance.journal.journal import Journal
from relance.model import Event
from relance.report.evidence import Dossier, account_csv
from relance.report.evidence_proof import proof
from relance.report.plain import amount

VERSION = 1
CHECKPOINT = "7-journal/checkpoint.txt"


def made_by() -> dict[str, str]:
    """Name what writes evidence: another version of either may work out or set the same lines otherwise."""
    try:
        own = version("relance")
    except PackageNotFoundError:  # a bare checkout
        own = "0+checkout"
    return {"relance": own, "typst": version("typst")}


def pack(journal: Journal, dossier: Dossier, pdf: bytes, note: str = "") -> bytes:
    """Write the file: the dossier as PDF, the account as CSV, the pieces, the journal's lines with their proof, the manifest.

    `note` is the signed checkpoint of the chain as it ends in the file, where there is a key to sign it with.
    """
    files = {"0-dossier.pdf": pdf, "0-decompte.csv": account_csv(dossier)}
    files |= {piece.path: piece.content for piece in dossier.pieces if piece.content is not None}
    entries, chain = proof(journal, dossier)
    files |= {"7-journal/entries.jsonl": entries, "7-journal/chain.json": chain} | ({CHECKPOINT: note.encode()} if note else {})
    manifest = {
        "relance_evidence": VERSION,
        "made_by": made_by(),
        "case": dossier.target.name,
        "creditor": dossier.target.creditor,
        "debtor": dossier.target.debtor,
        "invoice": dossier.target.invoice,
        "on": dossier.on.isoformat(),
        "currency": dossier.claimed.currency,
        "total": amount(dossier.claimed.total, dossier.claimed.currency),
        "chain": {"creditor": dossier.target.creditor, "entries": dossier.head[0], "head": dossier.head[1]},
        "missing": list(dossier.missing),
        "files": [
            {"path": path, "sha256": hashlib.sha256(content).hexdigest(), "size": len(content)} for path, content in sorted(files.items())
        ],
    }
    files["manifest.json"] = (json.dumps(manifest, ensure_ascii=False, indent=2) + "\n").encode()
    out = io.BytesIO()
    stamp = (dossier.on.year, dossier.on.month, dossier.on.day, 0, 0, 0)
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for path in sorted(files):
            info = zipfile.ZipInfo(path, stamp)
            info.compress_type, info.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            packed.writestr(info, files[path])
    return out.getvalue()


def say_made(journal: Journal, dossier: Dossier, content: bytes, *, on: date, actor: str) -> None:
    """Write into the journal that evidence was made, with the hash of its manifest, which holds those of all its files."""
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        sha256 = hashlib.sha256(packed.read("manifest.json")).hexdigest()
    target = dossier.target
    made = Event(on, "evidence.made", target.invoice, data={"sha256": sha256, "case": target.name, "entries": dossier.head[0]})
    journal.record(target.creditor, target.debtor, [made], actor=actor, keys=[f"evidence:{sha256}"])
