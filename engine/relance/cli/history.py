"""`relance history`: all that the journal says of a case, in the order of the days it speaks of."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

import click

from relance.cli.common import DAY, creditor_option, format_option, found, journal_option, opened, print_json
from relance.report.words import head
from relance.sentences import reader, tell, tell_part

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
    from rich.padding import Padding
    from rich.table import Table

    from relance.cli.screen import screen

    console = screen()
    emitted = {entry.data.get("id"): entry for entry in entries if entry.kind == "action.emitted"}
    rows = [
        (
            tell_part(entry.on), entry.kind, entry.invoice or entry.case or "",
            _detail(entry, emitted.get(entry.data.get("id")) if entry.data.get("id") else None),
            f"{tell_part(entry.recorded_at.date())} {entry.recorded_at:%H:%M}", entry.actor,
        )
        for entry in entries
    ]  # fmt: skip
    if console.width < _WIDE:
        for on, what, about, details, recorded, actor in rows:
            console.print(f"{on}  {what}  {about}".rstrip())
            told_by = tell("recorded {moment} by {actor}", moment=recorded, actor=actor)
            console.print(Padding(tell("{what}; {then}", what=details, then=told_by) if details else told_by, (0, 0, 0, 12)))
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in ("on", "what", "about", "details", "recorded", "by"):
        table.add_column(head(column), overflow="fold", no_wrap=column in {"on", "what", "recorded"})
    for row in rows:
        table.add_row(*row)
    console.print(table)


def _detail(entry: Entry, about: Entry | None) -> str:
    """Say what an entry adds: in French as evidence does, else by its fields."""
    if reader() == "fr":
        from relance.report.french import entry_in_words

        return entry_in_words(entry, about=about)
    from relance.report.chronology import detail

    return detail(entry, about)


def _plain(entry: Entry) -> dict[str, Any]:
    from relance.journal.event_types import jsonable

    return {
        "seq": entry.seq, "on": entry.on.isoformat(), "event": entry.kind, "invoice": entry.invoice, "case": entry.case,
        "data": jsonable(dict(entry.data)), "recorded_at": entry.recorded_at.isoformat(), "actor": entry.actor, "hash": entry.hash,
    }  # fmt: skip
