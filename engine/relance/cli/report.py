"""`relance report`: what the work achieved in a period, as a table, as JSON, or as a page with charts."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from relance.cli.common import DAY, Stop, format_option, journal_option, opened, print_json, write_whole
from relance.dates import add_months
from relance.sentences import tell

if TYPE_CHECKING:
    from relance.portfolio.metrics import Figures


@click.command(name="report")
@click.option("--from", "start", type=DAY, help="First day; by default a year before the last.")
@click.option("--until", "end", type=DAY, default="today", show_default=True, help="Last day.")
@click.option("--creditor", metavar="ID", help="Only this creditor.")
@click.option("--html", type=click.Path(dir_okay=False, path_type=Path), help="Write a page with charts to this file.")
@format_option("text", "json")
@journal_option
def command(start: date | None, end: date, creditor: str | None, html: Path | None, form: str, where: str) -> None:
    """Show contacts by channel, money recovered by step, promises kept, and days to pay."""
    first = start or add_months(end, -12) + timedelta(1)
    if first > end:
        raise Stop(tell("the period ends on {last}, before it starts on {first}", last=end, first=first))
    with opened(where) as journal:
        from relance.portfolio.metrics import figures

        found = figures(journal.facts(creditor), first, end)
    if html is not None:
        from relance.report.figures import as_html

        write_whole(html, as_html(found, f"Recovery report{f', {creditor}' if creditor else ''}"))
        click.echo(tell("written: {html}", html=html), err=True)
    if form == "json":
        from relance.report.figures import as_json

        print_json(as_json(found))
    elif html is None:
        _show(found)


def _show(found: Figures) -> None:
    from rich.console import Console
    from rich.table import Table

    from relance.report.figures import spaced_amount

    console = Console(highlight=False, markup=False, emoji=False)
    console.print(f"{found.start} to {found.end}, {found.debtors} debtors", style="bold")
    contacts = Table(box=None, pad_edge=False, header_style="bold")
    contacts.add_column("contacts")
    channels = sorted({channel for _, channel in found.contacts})
    for channel in [*channels, "all"]:
        contacts.add_column(channel, justify="right")
    for month in sorted({month for month, _ in found.contacts}):
        counts = [found.contacts.get((month, channel), 0) for channel in channels]
        contacts.add_row(month, *map(str, counts), str(sum(counts)))
    console.print(contacts if found.contacts else "nobody was contacted")
    console.print()
    recovered = Table(box=None, pad_edge=False, header_style="bold")
    recovered.add_column("received after")
    for column in ("payments", "amount"):
        recovered.add_column(column, justify="right", no_wrap=True)
    for each in found.recovered:
        recovered.add_row(each.step, str(each.payments), f"{spaced_amount(each.amount)} {each.currency}")
    console.print(recovered if found.recovered else "nothing was received")
    console.print()
    made, paid = found.promises, found.days_to_pay
    share = f" ({made.share_kept} % of those decided)" if made.share_kept is not None else ""
    console.print(f"promises: {made.made} made, {made.kept} kept{share}, {made.broken} broken, {made.running} running")
    if paid.invoices:
        issue = f", {paid.from_issue} from issue" if paid.from_issue is not None else ""
        console.print(f"paid in full: {paid.invoices} invoices; median days: {paid.from_due} from the due date{issue}")
    for currency, amount in found.open.items():
        console.print(f"open on {found.end}: {spaced_amount(amount)} {currency}")
