"""`relance creditor`: whose claims these are: his IBAN confirmed, his mandate, and his leaving."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path

import click

from relance.cli.common import DAY, Stop, actor_option, echo_filled, journal_option, known_creditor, opened, today, write_new, write_whole
from relance.cli.posting import letterhead_option, paper_accounts
from relance.sentences import marked, plural, tell, tell_number, told

#: What is said of a mandate's own terms.
_MANDATE_WORDS = {
    "mandate_number": marked("number {value}"), "mandate_powers": marked("powers {value}"), "mandate_ceiling": marked("ceiling {value}"),
}  # fmt: skip


@click.group(name="creditor")
def command() -> None:
    """List creditors, confirm a changed IBAN, write down a mandate, close a creditor who leaves."""


@command.command(name="list")
@journal_option
def listed(where: str) -> None:
    """List creditors: IBAN, mandate, what waits for a person."""
    from relance.law.duties import mandate_end
    from relance.portfolio.leaving import closed_since
    from relance.portfolio.letterhead_account import payee_doubts

    with opened(where) as journal:
        doubt = payee_doubts(journal, paper_accounts())
        for each in sorted(journal.creditor_records(), key=lambda creditor: creditor.id):
            echo_filled(f"{each.id}  {each.name}  {each.iban or tell('no IBAN')}", hang=2)
            end, since = mandate_end(each), closed_since(each)
            said = [tell("mandate from {day}", day=each.mandate)] * bool(each.mandate) + [tell("until {day}", day=end)] * bool(end)
            said += [tell("closed since {day}", day=since)] * bool(since)
            said += [tell(words, value=each.terms[name]) for name, words in _MANDATE_WORDS.items() if each.terms.get(name)]
            if said:
                echo_filled(", ".join(said), indent=2, hang=2)
            if (why := doubt(each.id)) is not None:
                echo_filled(told(why), indent=2)


@command.command(name="confirm")
@click.argument("name", metavar="CREDITOR")
@click.option("--iban", required=True, metavar="IBAN", help="The IBAN as the creditor told it to you.")
@click.option("--note", default="", metavar="TEXT", help="Whom you asked, and how.")
@letterhead_option
@actor_option
@journal_option
def confirm(name: str, iban: str, note: str, letterhead: Path | None, actor: str, where: str) -> None:
    """Say that a changed IBAN, of the creditor's record or of the letterhead, is the one to pay to. Until then nothing that carries it leaves."""
    from relance.portfolio.letterhead_account import confirm_account

    with opened(where) as journal:
        if no := confirm_account(journal, name, iban, paper_accounts(letterhead), on=today(), actor=actor, note=note):
            raise Stop(no)
    click.echo(tell("confirmed: {name} is paid to {iban}", name=name, iban=iban))


@command.command(name="mandate")
@click.argument("name", metavar="CREDITOR")
@click.option("--from", "begin", type=DAY, help="Its first day.")
@click.option("--until", type=DAY, help="Its last day.")
@click.option("--number", metavar="TEXT", help="Its number.")
@click.option("--powers", metavar="TEXT", help="What it lets you do, parted by commas: notice, plans, discounts, proceedings; or none. Without it, all.")
@click.option("--ceiling", metavar="N", help="Up to which sum of a claim, as 5000.00.")
@actor_option
@journal_option
def mandate(name: str, begin: date | None, until: date | None, number: str | None, powers: str | None, ceiling: str | None, actor: str, where: str) -> None:
    """Write down a creditor's mandate; what is not given stays as it was. `relance todo` tells when it ends.

    What it does not cover (a formal notice, a plan, proceedings without the power; a claim above the ceiling) is drafted with the reason,
    and is not approved until the mandate is another.
    """
    from relance.law.duties import mandate_end
    from relance.law.mandate import POWERS, powers_named
    from relance.model import Creditor

    try:
        powers = powers if powers is None else ", ".join(powers_named(powers)) or "none"
    except ValueError as error:
        raise Stop(tell("'{error}' is no power: there are {names}, and none", error=error, names=", ".join(POWERS))) from None
    given = {"mandate_until": until and until.isoformat(), "mandate_number": number, "mandate_powers": powers, "mandate_ceiling": ceiling}
    if begin is None and all(each is None for each in given.values()):
        raise Stop(tell("nothing of the mandate was given: --from, --until, --number, --powers or --ceiling"))
    try:
        assert ceiling is None or (Decimal(ceiling) >= 0 and Decimal(ceiling).is_finite())
    except (InvalidOperation, AssertionError):
        raise Stop(tell("'{ceiling}' is no amount: write it with a point, as 5000.00", ceiling=ceiling)) from None
    with opened(where) as journal:
        known = known_creditor(journal, name)
        terms = {**known.terms, **{key: value for key, value in given.items() if value is not None}}
        if (since := begin or known.mandate) and (last := mandate_end(replace(known, terms=terms))) and last < since:
            raise Stop(tell("a mandate from {since} does not end on {last}", since=since, last=last))
        journal.declare(name, [], actor=actor, record=Creditor(name, mandate=begin, terms=terms))
    click.echo(tell("written down: the mandate of {name}", name=name))


@command.command(name="end")
@click.argument("name", metavar="CREDITOR")
@click.option("--reason", default="fin du mandat", show_default=True, metavar="TEXT", help="Why; the journal keeps it.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), required=True, metavar="FILE.csv", help="Where to write what is handed back.")
@click.option("--commit", is_flag=True, help="Do it; without it, only the list is written.")
@actor_option
@journal_option
def end(name: str, reason: str, out: Path, actor: str, where: str, *, commit: bool) -> None:
    """Close a creditor who leaves: every case is closed, what waits is taken back, and --out lists what is handed back to him.

    Run it again when files of his were read since.
    """
    from relance.portfolio.leaving import leave, to_hand_back
    from relance.report.handed_back import handed_back_csv

    with opened(where) as journal:
        known_creditor(journal, name)
        if out.exists() or out.is_symlink():
            raise Stop(tell("'{path}' is already there and is not overwritten", path=out))
        found = to_hand_back(list(journal.facts(name)), today())
        write_whole(out, handed_back_csv(found))  # first: who cannot have the list closes nothing
        if commit and (closed := leave(journal, name, on=today(), reason=reason, actor=actor)) != found:
            found = closed
            write_whole(out, handed_back_csv(found))
    click.echo(tell_number("{out}: {count} claim to hand back", "{out}: {count} claims to hand back", len(found), out=out))
    if not commit:
        click.echo(tell("nothing was closed: --commit does it"))


@command.command(name="report")
@click.argument("name", metavar="CREDITOR")
@click.option("--from", "first", type=DAY, required=True, help="First day.")
@click.option("--until", "last", type=DAY, default="today", show_default=True, help="Last day.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), required=True, metavar="FILE", help="A .pdf or an .xlsx.")
@journal_option
def report(name: str, first: date, last: date, out: Path, where: str) -> None:
    """Write what a creditor is told of a period, in French: his claims, what came in, what was written."""
    from relance.cli.posting import rules_of
    from relance.portfolio.grace import grace_by
    from relance.report.creditor_report import creditor_pdf, creditor_workbook, report_of

    ways = {".pdf": creditor_pdf, ".xlsx": creditor_workbook}
    if out.suffix.lower() not in ways:
        raise Stop(tell("'{out}' is neither a .pdf nor an .xlsx", out=out))
    if first > last:
        raise Stop(tell("the period ends on {last}, before it starts on {first}", last=last, first=first))
    with opened(where) as journal:
        known_creditor(journal, name)
        found = report_of(journal, name, first, last, grace_by(rules_of(journal, ()).named))
    write_new(out, ways[out.suffix.lower()](found))
    parts = (
        plural("{count} claim", "{count} claims", len(found.claims)),
        plural("{count} payment", "{count} payments", len(found.received)),
        plural("{count} message or call", "{count} messages and calls", len(found.written)),
    )
    click.echo(tell("{out}: {parts}", out=out, parts=parts))
