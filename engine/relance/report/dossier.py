"""The first document of a case's evidence: claim, account, chronology, list of documents, as one PDF/A by Typst.

Data goes in as JSON and is never part of a source. Says in French what `evidence` gathered; works nothing out.
"""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import typst

from relance.interpreter.action_state import acts
from relance.journal.chain import Entry
from relance.journal.reading import event_of
from relance.letters.fonts import FAMILIES, lay_out
from relance.model import Address, Creditor, Debtor
from relance.report import french
from relance.report.evidence import FOLDERS, Dossier, known_until
from relance.sentences import said
from relance.zones import paris_day

#: Entries that the chronology leaves out: they say how something was worked on, not what happened.
_QUIET = frozenset({"creditor.recorded", "debtor.recorded", "debtor.numbered", "action.attempted", "message.sent", "document.attached"})
_LONG = re.compile(r"[^\s\u00a0\u202f]{25,}")
_HASH = re.compile(r"[0-9a-f]{64}")


def pdf(dossier: Dossier) -> bytes:
    """Return the document; the same dossier is the same bytes."""
    stamp = datetime(dossier.on.year, dossier.on.month, dossier.on.day, tzinfo=UTC)
    with tempfile.TemporaryDirectory(prefix="relance-") as folder:
        root = Path(folder)
        fonts = lay_out(root)
        given = {**_breakable(data(dossier)), "fonts": FAMILIES}
        (root / "data.json").write_text(json.dumps(given, ensure_ascii=False), encoding="utf-8")
        compiler = typst.Compiler(root / "chronology.typ", root=root, font_paths=fonts)
        try:
            made = compiler.compile(format="pdf", pdf_standards=["a-2b"], timestamp=stamp)
        except typst.TypstError:  # PDF/A forbids a sign that no font has; a name with one is still shown as far as it goes
            made = compiler.compile(format="pdf", timestamp=stamp)
    assert isinstance(made, bytes)
    return made


def data(dossier: Dossier) -> dict[str, Any]:
    """Return what the layout reads: texts, amounts and days as they are printed."""
    currency, claimed, on = dossier.claimed.currency, dossier.claimed, dossier.on

    def money(amount: Decimal) -> str:
        return french.french_amount(amount, currency)

    emitted = {str(entry.data["id"]): entry for entry in dossier.entries if entry.kind == "action.emitted" and "id" in entry.data}
    became = {act.id: act for act in acts((event_of(entry) for entry in dossier.entries if entry.kind.startswith("action.")), on)}
    asked = {each.invoice: each.principal for each in claimed.invoices}  # as the statement has it, where it is asked: one figure
    happened = [entry for entry in dossier.entries if entry.kind not in _QUIET and entry.on <= on]
    return {
        "title": f"Dossier de créance {dossier.target.name}",
        "heading": f"Dossier de créance {dossier.target.name}",
        "on": french.day_in_french(on),
        "creditor": _party(dossier.facts.creditor),
        "debtor": _party(dossier.facts.debtor),
        "total": money(claimed.total),
        "sums": [
            [name, money(amount)]
            for name, amount in (
                ("Principal restant dû", claimed.principal),
                ("Intérêts de retard", claimed.late_interest),
                ("Intérêts au taux légal", claimed.legal_interest),
                ("Indemnité forfaitaire de recouvrement", claimed.fixed_indemnity),
                ("Clause pénale", claimed.contractual_penalty),
                ("Frais de recouvrement au-delà de l’indemnité, sur justificatifs", claimed.complementary_indemnity),
            )
            if amount or name.startswith("Principal")
        ],
        "invoices": [
            [invoice.id, french.day_in_french(invoice.issued) if invoice.issued else "", french.day_in_french(invoice.due), money(invoice.amount), money(left)]
            for invoice in dossier.claims
            for left in (asked.get(invoice.id, dossier.outstanding.get(invoice.id, Decimal(0))),)
        ],
        "lines": [[french.day_in_french(line.on), line.what, money(line.amount), money(line.open)] for line in dossier.lines],
        "segments": [
            [
                each.invoice,
                french.day_in_french(each.start),
                french.day_in_french(each.end),
                str(each.days),
                french.percent(each.rate),
                money(each.base),
                money(each.interest),
            ]
            for each in claimed.segments
        ],
        "notes": [*(said(note, "fr").replace(" EUR ", " € ") for note in claimed.notes), *_over(dossier)],  # as every sum of the page
        "chronology": [
            [
                french.day_in_french(entry.on),
                entry.invoice or "",
                french.entry_in_words(entry, currency, _about(entry, emitted), became.get(str(entry.data.get("id", "")))),
                french.day_in_french(paris_day(entry.recorded_at)),
                str(entry.seq),
            ]
            for entry in happened
        ],
        "folders": [
            [
                title,
                [
                    [str(piece.number), french.day_in_french(piece.on), piece.title, piece.path, piece.sha256]
                    for piece in dossier.pieces
                    if piece.folder == folder
                ],
            ]
            for folder, title, _ in FOLDERS
            if any(piece.folder == folder for piece in dossier.pieces)
        ],
        "missing": list(dossier.missing),
        "head": dossier.head[1],
        "entries": str(dossier.head[0]),
        "last": french.day_in_french(known_until(dossier)),
    }


def _breakable(value: Any) -> Any:
    """Let a long word break after every dozen signs, lest it run off the page; hashes are the layout's affair."""
    if isinstance(value, str):
        return value if _HASH.fullmatch(value) else _LONG.sub(lambda word: "\u200b".join(re.findall(r".{1,12}", word[0])), value)
    if isinstance(value, dict):
        return {name: each if name == "title" else _breakable(each) for name, each in value.items()}
    return [_breakable(each) for each in value] if isinstance(value, list) else value


def _about(entry: Entry, emitted: Mapping[str, Entry]) -> Entry | None:
    if entry.kind == "action.emitted" or not entry.kind.startswith(("action.", "letter.")):
        return None
    return emitted.get(str(entry.data.get("id", "")))


def _over(dossier: Dossier) -> list[str]:
    """Say what the creditor holds of the debtor beyond the account: a total claimed is not all that stands between them."""
    if not dossier.credit:
        return []
    return [f"{french.french_amount(dossier.credit, dossier.claimed.currency)} restent au crédit du débiteur (trop-perçu ou avoir non imputé) et ne sont pas déduits du total."]


def _party(party: Creditor | Debtor) -> list[str]:
    address: Address | None = party.address
    lines = [party.name or party.id, *(address.lines if address else ())]
    return [*lines, f"SIREN {party.siren}"] if party.siren else lines
