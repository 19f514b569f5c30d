"""`relance evidence`: put together the file of a case for a bailiff or a court, or verify one with nothing but the file."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path

import click

from relance.cli.common import (
    DAY,
    Stop,
    actor_option,
    creditor_option,
    echo_filled,
    end,
    format_option,
    found,
    journal_option,
    opened,
    print_json,
    today,
    write_new,
)  # fmt: skip
from relance.cli.witness import head_note, trusted, verifier, witnessed
from relance.sentences import AmountPart, plural, retold, sentence, tell, tell_number, told


@click.command(name="evidence")
@click.argument("case", metavar="CASE | verify")
@click.argument("file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="The zip to write.")
@click.option("--on", type=DAY, default="today", show_default=True, help="The day up to which the account is worked out.")
@click.option("--head", metavar="HASH", help="With verify: the head of the chain, as noted elsewhere.")
@click.option("--key", "public", metavar="FILE|KEY", help="With verify: the public key that signed the chain's end.")
@format_option("text", "json")
@creditor_option
@actor_option
@journal_option
def command(
    case: str, file: Path | None, out: Path | None, on: date, head: str | None, public: str | None, form: str, creditor: str | None, actor: str, where: str
) -> None:
    """Write the evidence of CASE to --out; or `relance evidence verify FILE.zip`, which with --journal asks the journal too.

    The file holds the claim worked out, every document as it was sent, the proofs, the orders and invoices attached, the
    journal's lines with the proof of their place in its chain, and a manifest with the SHA-256 of each file. The manifest's own
    is written into the journal. With RELANCE_KEY the chain's end is signed.
    """
    if case == "verify" and file is not None:
        given = click.get_current_context().get_parameter_source("where") is click.core.ParameterSource.COMMANDLINE
        _verify(file, head, public, form, where if given else None)
        return
    if out is None or file is not None:
        raise Stop(tell("say where to write it: relance evidence CASE --out FILE.zip"))
    with opened(where) as journal:
        from relance.report.dossier import pdf
        from relance.report.evidence import gather
        from relance.report.evidence_pack import pack, say_made

        dossier = gather(journal, found(journal, case, creditor), on)
        if isinstance(dossier, str):
            raise Stop(dossier)
        content = pack(journal, dossier, pdf(dossier), head_note(journal, dossier.target.creditor, dossier.head[0]))
        write_new(out, content)
        say_made(journal, dossier, content, on=today(), actor=actor)
        sure = witnessed(journal, where)
    for name in dossier.missing:
        click.echo(tell("not kept: {name}", name=name), err=True)
    click.echo(
        tell("{out}: {documents}, {entries}, {sum}", out=out, documents=plural("{count} document", "{count} documents", len(dossier.pieces)),
            entries=plural("{count} line of the journal", "{count} lines of the journal", len(dossier.entries)), sum=AmountPart(dossier.claimed.total, dossier.claimed.currency))
    )
    if not sure:
        end(1)


def _sum(about: Mapping[str, object]) -> AmountPart | str:
    """Return the sum that a manifest names, which somebody else wrote."""
    try:
        return AmountPart(Decimal(str(about["total"])), str(about["currency"]))
    except InvalidOperation:
        return f"{about['total']} {about['currency']}"


def _verify(file: Path, head: str | None, public: str | None, form: str, where: str | None) -> None:
    from relance.report.evidence_check import check

    checked = check(file.read_bytes(), None if public is None else verifier(public), trusted())
    faults = list(checked.faults)
    said = checked.manifest.get("chain") or {}
    if head is not None and head != said.get("head"):
        faults.append(sentence("the chain's head is not the one noted elsewhere"))
    if where is not None and not faults:
        with opened(where, read_only=True) as journal:
            made = journal.entries(creditor=checked.manifest["creditor"], debtor=checked.manifest["debtor"], kinds=("evidence.made",))
            if checked.sha256 not in {entry.data["sha256"] for entry in made}:
                faults.append(sentence("the journal does not know it: no evidence with this manifest was made from it"))
    if form == "json":
        print_json({"version": 1, "whole": not faults, "faults": faults, "remarks": list(checked.remarks), "manifest": dict(checked.manifest)})
    else:
        for fault in faults:
            click.echo(told(fault))
        if not faults:
            about = checked.manifest
            click.echo(
                tell_number("whole: {case} of {creditor}, {count} file, {sum} on {day}", "whole: {case} of {creditor}, {count} files, {sum} on {day}", len(about["files"]), case=about["case"], creditor=about["creditor"], sum=_sum(about), day=retold(str(about["on"])))
            )
            echo_filled(tell_number("chain's head: {head} after {count} entry", "chain's head: {head} after {count} entries", int(said["entries"]), head=said["head"]), hang=2)
            for remark in checked.remarks:
                click.echo(told(remark))
    if faults:
        end(1)
