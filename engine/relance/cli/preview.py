"""`relance preview`: a ladder played forward for one case, before anything is sent."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from relance.cli.casefiles import CASE, case_of, print_rich, say_if_unfit
from relance.cli.common import DAY, Stop, format_option, hold_free, print_json, replace_option
from relance.cli.loading import playbook_of
from relance.sentences import sentence, system_words, tell, told

if TYPE_CHECKING:
    from relance.model import Facts, Playbook
    from relance.simulation.timeline import Place, Timeline


#: How long before its due date an invented invoice was issued, where nobody says: the terms of C. com. L441-10 I.
_TERMS = timedelta(days=30)
FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)


@click.command(name="preview")
@click.argument("playbook", metavar="PLAYBOOK")
@click.option("--case", "path", type=CASE, metavar="FILE", help="The case file; without one, a complete case is invented.")
@click.option("--due", type=DAY, help="Due date of the invented invoice.")
@click.option("--amount", metavar="AMOUNT", help="Its amount, such as 1200.00.")
@click.option("--issued", type=DAY, help="The day it was issued; 30 days before by default.")
@click.option("--currency", default="EUR", show_default=True, help="Its currency.")
@click.option("--profile", metavar="PROFILE", help="The debtor's profile; the playbook's own by default.")
@click.option("--debtor", type=click.Choice(["business", "consumer", "public"]), help="Who owes; what the playbook is for by default.")
@click.option("--from", "start", type=DAY, help="First day played; 30 days before the first due date by default.")
@click.option("--until", type=DAY, help="Last day played; one year after the last due date by default.")
@click.option("--event", "told", multiple=True, metavar="EVENT", help='What if: "2026-02-20 payment.received 200.00". May be repeated.')
@click.option("--letters", "folder", type=click.Path(file_okay=False, path_type=Path), metavar="DIR", help="Write every text there.")
@click.option("--letterhead", type=CASE, metavar="FILE", help="With --letters: your letterhead.")
@click.option(
    "--templates", "folders", type=FOLDER, multiple=True, metavar="DIR", help="With --letters: your own wordings, first, file by file."
)
@click.option("--tone", type=click.Choice(["courteous", "neutral", "firm", "formal"]), help="With --letters: read every text at this tone.")
@click.option("--lang", "language", metavar="LANG", help="With --letters: read every text in this language.")
@replace_option
@format_option("table", "json", "ics", "markdown", "csv")
def command(
    playbook: str,
    path: Path | None,
    due: date | None,
    amount: str | None,
    issued: date | None,
    currency: str,
    profile: str | None,
    debtor: str | None,
    start: date | None,
    until: date | None,
    told: tuple[str, ...],
    folder: Path | None,
    letterhead: Path | None,
    folders: tuple[Path, ...],
    tone: str | None,
    language: str | None,
    form: str,
) -> None:
    """Play PLAYBOOK forward for one case: what would leave, when, by which channels, what it asks, and why.

    \b
    relance preview negligent --due 2026-03-02 --amount 1200.00
    relance preview negligent --case dupont.yaml --event "2026-03-20 payment.received 200.00"
    relance preview negligent --due 2026-03-02 --amount 900.00 --event "2026-03-05 promise.made 900.00 2026-03-20"

    Approvals and calls are taken as given; say otherwise by events such as "2026-04-16 action.cancelled mise-en-demeure".
    """  # noqa: D301 - \b is click's
    from relance.letters.book import INDEX
    from relance.simulation.playbook_tests import days_played
    from relance.simulation.timeline import preview

    asked = playbook_of(playbook)
    if path is None:
        facts = _invented(asked, due, amount, issued, currency, profile, debtor, bought=folder is not None and _tells_of_an_assignment(asked, folders))
    else:
        given = (("--due", due), ("--amount", amount), ("--issued", issued), ("--profile", profile), ("--debtor", debtor))
        if said := [name for name, value in given if value is not None]:
            raise Stop(
                tell("{options}: these invent a case, and --case names one: leave one or the other out", options=said)
            )
        facts = case_of(path)
    facts = _with(facts, told)
    say_if_unfit(asked, facts)
    first, last = days_played(facts)
    start, until = start or first, until or max(last, start or last)
    if until < start:
        raise Stop(tell("the last day, {until}, comes before the first, {start}", until=until, start=start))
    played = partial(preview, asked, facts, start, until)
    if folder is None:
        _print(played(), form)
    else:
        hold_free(folder / INDEX)
        _letters(asked, played, form, folder, letterhead, folders, tone, language)


def _hold_all(paths: Sequence[Path]) -> None:
    for path in paths:
        hold_free(path)


def _invented(
    playbook: Playbook, due: date | None, amount: str | None, issued: date | None, currency: str, profile: str | None, debtor: str | None, *, bought: bool
) -> Facts:
    """Invent a case the playbook is meant for."""
    from relance.currencies import exact as held
    from relance.language.parse import decimal_amount
    from relance.parsing import values
    from relance.simulation.what_if import invented

    if due is None or amount is None:
        raise Stop(tell("name a case file by --case, or give --due and --amount of an invented invoice"))
    if issued is not None and issued > due:
        raise Stop(tell("issued on {issued}, after it is due on {due}", issued=issued, due=due))
    try:
        exact: Decimal = held(decimal_amount(amount), values.currency(currency))
    except ValueError as error:
        raise Stop(tell("--amount: {error}", error=error.args[0])) from error
    if not exact:
        raise Stop(tell("--amount: an amount is above zero"))
    kind = debtor or ("consumer" if playbook.debtor == "consumer" else "business")
    issued = issued or due - _TERMS
    return invented(due, exact, issued=issued, profile=profile or next(iter(playbook.profiles), None), debtor=kind, currency=currency, bought=bought)


def _tells_of_an_assignment(playbook: Playbook, folders: tuple[Path, ...]) -> bool:
    """Say whether a step of a playbook sends the notice of an assignment: an invented case is then one of a bought claim."""
    from relance.letters.wording import Templates

    templates = Templates(*folders)
    return any("assignments" in templates.needs(step.template or step.id, channel, playbook.language) for step in playbook.steps for channel in step.channels)


def _with(facts: Facts, told: tuple[str, ...]) -> Facts:
    from relance.simulation.what_if import read_event, with_events

    try:
        return with_events(facts, [read_event(text) for text in told]) if told else facts
    except ValueError as error:
        raise Stop(tell("--event: {error}", error=error.args[0])) from error


def _print(timeline: Timeline, form: str) -> None:
    match form:
        case "json":
            from relance.report.plain import timeline_of

            print_json(timeline_of(timeline))
        case "ics":
            from relance.report.ics import timeline_ics

            click.echo(timeline_ics(timeline), nl=False)
        case "markdown":
            from relance.report.markdown import timeline_markdown

            click.echo(timeline_markdown(timeline), nl=False)
        case "csv":
            from relance.report.csv import timeline_csv

            click.echo(timeline_csv(timeline), nl=False)
        case _:
            from relance.report.timeline import played

            print_rich(played(timeline))


def _letters(
    playbook: Playbook, played: Callable[[Mapping[Place, str]], Timeline], form: str, folder: Path, letterhead: Path | None, folders: tuple[Path, ...],
    tone: str | None, language: str | None,
) -> None:  # fmt: skip
    """Show a timeline and write its texts; what could not be made is said, and shown as a step that did not leave."""
    from relance.cli.posting import letterhead_of, writing_of
    from relance.letters import book
    from relance.letters.context import Writing
    from relance.letters.sample import AGENCY
    from relance.letters.wording import Templates
    from relance.report.words import many, word

    paper = letterhead_of(letterhead)
    if playbook.collector == "agency" and not paper.sender:
        paper = AGENCY
        click.echo(tell("the letters are written by an invented agency: name yours by --letterhead"), err=True)
    house = writing_of(letterhead)
    writing = Writing(letterhead=paper, tone=tone, language=language, papers=house.papers, wordings=house.wordings)
    try:
        timeline, written = book.written_forward(played, folder, templates=Templates(*folders), writing=writing, free=_hold_all)
    except OSError as error:
        raise Stop(sentence("{what}: {why}", what=folder, why=system_words(error))) from error
    _print(timeline, form)
    for document in written.missing:
        click.echo(f"{word(document.channel)}, {document.subject or document.message}: {told(document.missing or '')}", err=True)
    click.echo(tell("{texts} written; open {index}", texts=many(len(written.documents) - len(written.missing), "text"), index=written.paths[0]), err=True)
    if lost := [each for each in written.missing if each.house]:
        said = tell("{messages} cannot be written, and would not leave: the ladder waits there", messages=many(len(lost), "message"))
        click.echo(said, err=True)
        raise SystemExit(1)
