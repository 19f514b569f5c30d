"""`relance history`: all that the journal says of a case, in the order of the days it speaks of."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

import click

from relance.cli.common import DAY, creditor_option, format_option, found, journal_option, opened, print_json

if TYPE_CHECKING:
    from relance.journal.journal import Entry


_WIDE = 110  # columns that a table of all this needs


@click.command(name="history")
@click.argument("case", metavar="CASE")
@click.option("--known-on", type=DAY, help="Show only what had been recorded by the end of that day.")
@format_option("text", "json")
@creditor_option
@journal_option
def command(case: str, known_on: date | None, form: str, creditor: str | None, where: str) -> None:
    """Show the history of CASE: an invoice, an account (debtor/EUR) or a debtor."""
    with opened(where) as journal:
        from relance.portfolio.explain import history

        target = found(journal, case, creditor)
        entries = history(journal.as_known_on(known_on) if known_on else journal, target)
    if form == "json":
        print_json(
            {
                "version": 1,
                "case": case,
                "creditor": target.creditor,
                "debtor": target.debtor,
                "entries": [_plain(entry) for entry in entries],
            }
        )
        return
    _show(entries)


def _show(entries: Sequence[Entry]) -> None:
    """Print a table; where the terminal is too narrow for one, two lines an entry."""
    from rich.console import Console
    from rich.padding import Padding
    from rich.table import Table

    from relance.report.chronology import detail

    console = Console(highlight=False, markup=False, emoji=False)
    emitted = {entry.data.get("id"): entry for entry in entries if entry.kind == "action.emitted"}
    rows = [
        (
            entry.on.isoformat(), entry.kind, entry.invoice or entry.case or "",
            detail(entry, emitted.get(entry.data.get("id")) if entry.data.get("id") else None),
            entry.recorded_at.strftime("%Y-%m-%d %H:%M"), entry.actor,
        )
        for entry in entries
    ]  # fmt: skip
    if console.width < _WIDE:
        for on, what, about, details, recorded, actor in rows:
            console.print(f"{on}  {what}  {about}".rstrip())
            console.print(Padding(f"{details}{'; ' if details else ''}recorded {recorded} by {actor}", (0, 0, 0, 12)))
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in ("on", "what", "about", "details", "recorded", "by"):
        table.add_column(column, overflow="fold", no_wrap=column in {"on", "what", "recorded"})
    for row in rows:
        table.add_row(*row)
    console.print(table)


def _plain(entry: Entry) -> dict[str, Any]:
    from relance.journal.event_types import jsonable

    return {
        "seq": entry.seq, "on": entry.on.isoformat(), "event": entry.kind, "invoice": entry.invoice, "case": entry.case,
        "data": jsonable(dict(entry.data)), "recorded_at": entry.recorded_at.isoformat(), "actor": entry.actor, "hash": entry.hash,
    }  # fmt: skip
