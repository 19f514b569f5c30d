"""`relance report`: what the work achieved in a period, as a table, as JSON, or as a page with charts."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from relance.cli.common import DAY, OutFile, Stop, format_option, journal_option, opened, print_json, replace_option, write_out
from relance.dates import add_months
from relance.report.words import head, many, word
from relance.sentences import tell, told

if TYPE_CHECKING:
    from relance.journal.journal import Journal
    from relance.model import Price
    from relance.portfolio.fees import Fee
    from relance.portfolio.metrics import Figures
    from relance.portfolio.roll_rates import DebtAges


@click.command(name="report")
@click.option("--from", "start", type=DAY, help="First day; by default a year before the last.")
@click.option("--until", "end", type=DAY, default="today", show_default=True, help="Last day.")
@click.option("--creditor", metavar="ID", help="Only this creditor.")
@click.option("--html", type=OutFile(), help="Write a page with charts to this file.")
@format_option("text", "json")
@journal_option
@replace_option
def command(start: date | None, end: date, creditor: str | None, html: Path | None, form: str, where: str) -> None:
    """Show contacts by channel, money recovered by step, promises kept, days to pay, and what the playbooks' prices make."""
    first = start or add_months(end, -12) + timedelta(1)
    if first > end:
        raise Stop(tell("the period ends on {last}, before it starts on {first}", last=end, first=first))
    with opened(where, creditor=creditor) as journal:
        from relance.cli.posting import rules_of
        from relance.portfolio.grace import grace_by
        from relance.portfolio.metrics import figures
        from relance.portfolio.roll_rates import debt_ages

        found = figures(journal.facts(creditor), first, end, grace_by(rules_of(journal, ()).named))
        ages = debt_ages(journal.facts(creditor), first, end)
        earned = _earned(journal, creditor, first, end)
    if html is not None:
        from relance.report.figures import as_html

        write_out(html, as_html(found, tell("Recovery report, {creditor}", creditor=creditor) if creditor else tell("Recovery report")))
        click.echo(tell("written: {html}", html=html), err=True)
    if form == "json":
        from relance.report.figures import ages_json, as_json, fee_json

        print_json({**as_json(found), **ages_json(ages), "fees": [fee_json(each) for each in earned]})
    elif html is None:
        _show(found)
        _show_ages(ages)
        _show_fees(earned)


def _earned(journal: Journal, creditor: str | None, first: date, last: date) -> tuple[Fee, ...]:
    """Sum what the collector bills, by the prices of the playbooks that wrote."""
    from relance.cli.posting import rules_of
    from relance.portfolio.fees import fees

    rules = rules_of(journal, ())

    def price_of(owner: str, name: str) -> Price | None:
        playbook = rules.named(owner, name)
        return playbook.price.of(owner) if playbook is not None and playbook.price is not None else None

    return fees(journal.facts(creditor), price_of, first, last)


def _show_ages(ages: DebtAges) -> None:
    from relance.cli.screen import screen
    from relance.report.timeline import table

    if not ages.rates:
        return
    rows = table("open a month before", "currency", "of it open a month later, %")
    rows.columns[2].justify = "right"
    for each in ages.rates:
        rows.add_row(head(each.band), each.currency, tell("{word}", word=each.percent))
    console = screen()
    console.print()
    console.print(rows)
    for sales in ages.sales:
        if sales.outstanding is not None:
            console.print(tell("days of sales unpaid (DSO), {currency}: {days}", currency=sales.currency, days=sales.outstanding))
    console.print()


def _show_fees(earned: tuple[Fee, ...]) -> None:
    from relance.cli.screen import screen
    from relance.report.timeline import table
    from relance.report.words import spaced_amount

    if not earned:
        return
    rows = table("to bill", "playbook", "cases", "received", "without tax", "tax")
    for column in rows.columns[2:]:
        column.justify, column.no_wrap = "right", True
    for each in earned:
        amounts = (f"{spaced_amount(amount, each.currency)} {each.currency}" for amount in (each.received, each.total, each.tax))
        rows.add_row(each.creditor, each.playbook, str(each.cases), *amounts)
    console = screen()
    console.print()
    console.print(rows)


def _show(found: Figures) -> None:
    from rich.table import Table

    from relance.cli.screen import screen
    from relance.report.words import spaced_amount

    console = screen()
    console.print(tell("{first} to {last}, {debtors}", first=found.start, last=found.end, debtors=many(found.debtors, "debtor")), style="bold")
    contacts = Table(box=None, pad_edge=False, header_style="bold")
    contacts.add_column(head("contacts"))
    channels = sorted({channel for _, channel in found.contacts})
    for channel in [*channels, "all"]:
        contacts.add_column(word(channel), justify="right")
    for month in sorted({month for month, _ in found.contacts}):
        counts = [found.contacts.get((month, channel), 0) for channel in channels]
        contacts.add_row(month, *map(str, counts), str(sum(counts)))
    console.print(contacts if found.contacts else tell("nobody was contacted"))
    console.print()
    recovered = Table(box=None, pad_edge=False, header_style="bold")
    recovered.add_column(head("received after"))
    for column in ("payments", "amount"):
        recovered.add_column(head(column), justify="right", no_wrap=True)
    for each in found.recovered:
        recovered.add_row(told(each.step), str(each.payments), f"{spaced_amount(each.amount, each.currency)} {each.currency}")
    console.print(recovered if found.recovered else tell("nothing was received"))
    console.print()
    made, paid = found.promises, found.days_to_pay
    promises = {"made": made.made, "kept": made.kept, "broken": made.broken, "running": made.running}
    console.print(
        tell("promises: {made} made, {kept} kept, {broken} broken, {running} running", **promises)
        if made.share_kept is None
        else tell("promises: {made} made, {kept} kept ({share} % of those decided), {broken} broken, {running} running", share=made.share_kept, **promises)
    )
    if paid.invoices:
        invoices = many(paid.invoices, "invoice")
        console.print(
            tell("paid in full: {invoices}; median days: {due} from the due date", invoices=invoices, due=paid.from_due)
            if paid.from_issue is None
            else tell("paid in full: {invoices}; median days: {due} from the due date, {issue} from issue", invoices=invoices, due=paid.from_due, issue=paid.from_issue)
        )
    for currency, amount in found.open.items():
        console.print(tell("open on {day}: {sum}", day=found.end, sum=f"{spaced_amount(amount, currency)} {currency}"))
