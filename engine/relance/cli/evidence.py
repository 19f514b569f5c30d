"""`relance evidence`: put together the file of a case for a bailiff or a court, or verify one with nothing but the file."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from relance.cli.common import DAY, Stop, creditor_option, end, format_option, found, journal_option, opened, print_json, write_whole


@click.command(name="evidence")
@click.argument("case", metavar="CASE | verify")
@click.argument("file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="The zip to write.")
@click.option("--on", type=DAY, default="today", show_default=True, help="The day up to which the account is worked out.")
@click.option("--head", metavar="HASH", help="With verify: the head of the chain, as noted elsewhere.")
@format_option("text", "json")
@creditor_option
@journal_option
def command(
    case: str, file: Path | None, out: Path | None, on: date, head: str | None, form: str, creditor: str | None, where: str
) -> None:
    """Write the evidence of CASE to --out; or `relance evidence verify FILE.zip`.

    The file holds the claim worked out, every document as it was sent, the proofs, the orders and invoices attached, the
    journal's lines with the proof of their place in its chain, and a manifest with the SHA-256 of each file.
    """
    if case == "verify" and file is not None:
        _verify(file, head, form)
        return
    if out is None or file is not None:
        raise Stop("say where to write it: relance evidence CASE --out FILE.zip")
    with opened(where) as journal:
        from relance.report.dossier import pdf
        from relance.report.evidence import gather, pack

        dossier = gather(journal, found(journal, case, creditor), on)
        if isinstance(dossier, str):
            raise Stop(dossier)
        content = pack(journal, dossier, pdf(dossier))
    write_whole(out, content)
    for name in dossier.missing:
        click.echo(f"not kept: {name}", err=True)
    click.echo(
        f"{out}: {len(dossier.pieces)} documents, {len(dossier.entries)} lines of the journal, {dossier.claimed.total:.2f} {dossier.claimed.currency}"
    )


def _verify(file: Path, head: str | None, form: str) -> None:
    from relance.report.evidence_check import check

    checked = check(file.read_bytes())
    faults = list(checked.faults)
    said = checked.manifest.get("chain") or {}
    if head is not None and head != said.get("head"):
        faults.append("the chain's head is not the one noted elsewhere")
    if form == "json":
        print_json({"version": 1, "whole": not faults, "faults": faults, "manifest": dict(checked.manifest)})
    else:
        for fault in faults:
            click.echo(fault)
        if not faults:
            about = checked.manifest
            click.echo(
                f"whole: {about['case']} of {about['creditor']}, {len(about['files'])} files, {about['total']} {about['currency']} on {about['on']}"
            )
            click.echo(f"chain's head: {said['head']} after {said['entries']} entries")
    if faults:
        end(1)
