"""`relance claim`: one unpaid invoice in, letter and e-mail out, in five minutes.

Asks what is not said by options or by the invoice itself, stops with the reason where a claim may not be chased, and opens the
case in the journal only after the schedule and the texts were shown.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from relance.cli.casefiles import CASE, print_rich
from relance.cli.common import DAY, FILE, Stop, actor_option, hold_unwritten, journal_option, named, new_option, now, opened, yes_or_no
from relance.cli.loading import playbook_of
from relance.sentences import marked, sentence, system_words, tell, told

if TYPE_CHECKING:
    from relance.importers.single_claim import Answers, Wanted
    from relance.letters.context import Writing
    from relance.letters.wording import Templates
    from relance.model import Facts, Playbook
    from relance.simulation.timeline import Timeline

FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
_PROFILES = ("forgetful", "negligent", "struggling", "bad-faith", "standard")


class Asking(NamedTuple):
    """Whether a person is asked, or options alone speak (`--yes`)."""

    quiet: bool

    def one(self, wanted: Wanted) -> Any:
        """Ask for one thing until it can be read."""
        if self.quiet:
            if wanted.needed:
                raise Stop(tell("--yes asks nothing, and --{value} is missing", value=wanted.name.replace("_", "-")))
            return None

        def read(text: str) -> Any:
            if not text.strip() and not wanted.needed:
                return None
            try:
                return wanted.read(text)
            except ValueError as error:
                raise click.UsageError(told(error.args[0])) from error

        shown = told(wanted.question) if wanted.needed else tell("{question} (may be left empty)", question=told(wanted.question))
        return click.prompt(shown, default=None if wanted.needed else "", show_default=False, value_proc=read, err=True)

    def sure(self, question: str, *, default: bool) -> bool:
        """Ask yes or no."""
        return default if self.quiet else yes_or_no(question, default=default)


@click.command(name="claim")
@click.argument("invoice", type=FILE, required=False, metavar="[INVOICE]")
@click.option("--creditor", metavar="NAME", help="Your company's name.")
@click.option("--creditor-siren", metavar="SIREN")
@click.option("--creditor-address", metavar="LINES", help="Lines separated by commas.")
@click.option("--creditor-email", metavar="ADDRESS")
@click.option("--iban", metavar="IBAN", help="The account to be paid to.")
@click.option("--debtor", metavar="NAME", help="Who owes.")
@click.option("--debtor-siren", metavar="SIREN")
@click.option("--debtor-address", metavar="LINES", help="Lines separated by commas.")
@click.option("--debtor-email", metavar="ADDRESS")
@click.option("--number", metavar="TEXT", help="Number of the invoice.")
@click.option("--issued", metavar="DAY")
@click.option("--due", metavar="DAY")
@click.option("--amount", metavar="AMOUNT", help="What is still owed, tax included.")
@click.option("--kind", type=click.Choice(["business", "consumer"]), help="What the debtor is.")
@click.option("--profile", type=click.Choice(_PROFILES), help="What is known of the debtor.")
@click.option("--basis", metavar="TEXT", help="Where the claim comes from: contract, order, accepted quotation.")
@click.option("--agreed/--not-agreed", default=None, help="Whether the amount was agreed.")
@click.option("--disputed/--undisputed", default=None, help="Whether the debtor disputes it.")
@click.option("--playbook", metavar="ID|FILE", help="Another playbook than the one proposed.")
@click.option("--on", type=DAY, default="today", show_default=True, help="The day it is opened.")
@click.option(
    "--out",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="Where the texts are written.  [default: relance-NUMBER]",
)
@click.option("--letterhead", type=CASE, metavar="FILE", help="Your letterhead.")
@click.option("--templates", "templates", type=FOLDER, multiple=True, metavar="DIR", help="Your own wordings, first, file by file.")
@click.option("--yes", "quiet", is_flag=True, help="Ask nothing: options and the invoice say it all.")
@actor_option
@journal_option
@new_option
def command(
    invoice: Path | None,
    kind: str | None,
    profile: str | None,
    basis: str | None,
    playbook: str | None,
    on: date,
    folder: Path | None,
    letterhead: Path | None,
    templates: tuple[Path, ...],
    actor: str,
    where: str,
    *,
    agreed: bool | None,
    disputed: bool | None,
    quiet: bool,
    new: bool,
    **said: str | None,
) -> None:
    """Open the case of one unpaid INVOICE (a Factur-X PDF, CII or UBL file), or answer a few questions.

    \b
    relance claim facture.pdf
    relance claim
    relance claim facture.pdf --yes --kind business --profile forgetful --basis "devis signé 2026-14" --agreed --undisputed
    """  # noqa: D301 - \b is click's
    from relance.importers.single_claim import PROFILES, Answers, facts_of, obstacles, playbook_for

    asking = Asking(quiet)
    known = _known(invoice, said, asking, on)
    kind = kind or (
        "business" if known.get("debtor_siren") or quiet else _choice(tell("Is the debtor a business or a consumer"), ("business", "consumer"), shown=True)
    )
    if kind == "business" and profile is None:
        for name, (fits, meaning) in () if quiet else PROFILES.items():
            click.echo(f"  {name:10}  {told(meaning)} ({fits})", err=True)
        profile = "forgetful" if quiet else _choice(tell("Which of these is the debtor"), _PROFILES)
    facts = facts_of(known, kind=kind, profile=profile or "forgetful")
    answers = _answers(asking, Answers, basis, agreed=agreed, disputed=disputed)
    if reasons := obstacles(facts, answers, on):
        raise Stop(tell("this claim is not chased:") + "".join(f"\n  {told(reason)}" for reason in reasons))
    chosen = playbook_of(playbook or playbook_for(kind, profile or "forgetful"))
    house = _House.of(letterhead, templates, agency=chosen.collector == "agency")
    timeline = _show(chosen, facts, on, house)
    if not asking.sure(tell("Open the case of {invoice} with '{playbook}'?", invoice=facts.invoices[0].id, playbook=chosen.id), default=True):
        raise Stop(tell("nothing was written"))
    _open(where, actor, chosen, facts, answers, timeline, invoice, folder or Path(f"relance-{_safe(facts.invoices[0].id)}"), on, house, new=new)


def _known(invoice: Path | None, said: dict[str, str | None], asking: Asking, on: date) -> dict[str, Any]:
    """Gather what is known: options first, then the invoice's file, then what a person answers."""
    from relance.importers.single_claim import WANTED, doubts, from_file
    from relance.parsing.rejects import Unreadable

    known: dict[str, Any] = {}
    needed = {wanted.name: wanted.needed for wanted in WANTED}
    if invoice is not None:
        try:
            with tempfile.TemporaryDirectory() as folder:
                known, why = from_file(invoice, Path(folder), on, now)
        except Unreadable as error:
            raise Stop(sentence("{what}: {why}", what=invoice, why=error.args[0])) from error
        if not known:
            raise Stop(sentence("{what}: {why}", what=invoice, why=why))
        if why:
            click.echo(tell("in {file}: {why}", file=invoice.name, why=why), err=True)
        for name, mistake in doubts(known).items():
            if said.get(name) is None:
                if asking.quiet and needed[name]:
                    raise Stop(tell("{invoice}: {mistake}; give it by --{value}", invoice=invoice, mistake=mistake, value=name.replace("_", "-")))
                template = marked("in {file}: {mistake}, left out") if asking.quiet else marked("in {file}: {mistake}; give the right one")
                click.echo(tell(template, file=invoice.name, mistake=mistake), err=True)
            del known[name]
    for wanted in WANTED:
        if (text := said.get(wanted.name)) is not None:
            try:
                known[wanted.name] = wanted.read(text)
            except ValueError as error:
                raise Stop(sentence("--{option}: {error}", option=wanted.name.replace("_", "-"), error=error)) from error
        elif wanted.name not in known and (value := asking.one(wanted)) is not None:
            known[wanted.name] = value
    return known


def _choice(question: str, words: tuple[str, ...], *, shown: bool = False) -> str:
    """Ask for one of some words; what people write for it is one, too (`particulier`). Nothing is the first."""
    from relance.language.advice import one_of_words
    from relance.language.vocabulary import meant

    def read(text: str) -> str:
        if (found := meant(text, words)) is None:
            raise click.UsageError(told(one_of_words(words)))
        return found

    if shown:
        click.echo(f"  {told(one_of_words(words))}", err=True)
    return str(click.prompt(question, default=words[0], value_proc=read, err=True))


def _answers(asking: Asking, kind: type[Answers], basis: str | None, *, agreed: bool | None, disputed: bool | None) -> Answers:
    """Ask what makes a claim certain and liquidated; with --yes, what is not said is not taken as said."""
    if basis is None:
        basis = (
            ""
            if asking.quiet
            else str(
                click.prompt(tell("Where does it come from (contract, order, accepted quotation)"), default="", show_default=False, err=True)
            )
        )
    if agreed is None:
        agreed = asking.sure(tell("Was the amount agreed, or does it follow from what was?"), default=not asking.quiet)
    if disputed is None:
        disputed = asking.sure(tell("Does the debtor dispute it?"), default=asking.quiet)
    return kind(basis, agreed=agreed, disputed=disputed)


class _House(NamedTuple):
    """What the house writes with: its letterhead and its own wordings."""

    writing: Writing
    templates: Templates

    @classmethod
    def of(cls, letterhead: Path | None, folders: tuple[Path, ...], *, agency: bool) -> _House:
        from relance.cli.posting import writing_of
        from relance.letters.wording import Templates

        return cls(writing_of(letterhead, agency=agency), Templates(*folders))


def _show(playbook: Playbook, facts: Facts, on: date, house: _House) -> Timeline:
    """Show what would leave and when, and the first text."""
    from relance.letters.document import Studio
    from relance.letters.wording import WordingError
    from relance.model import TEXT_CHANNELS
    from relance.report.timeline import played
    from relance.report.words import word
    from relance.simulation.playbook_tests import days_played
    from relance.simulation.timeline import preview

    timeline = preview(playbook, facts, on, max(days_played(facts)[1], on))
    click.echo()
    print_rich(played(timeline))
    first = next((entry for entry in timeline.entries if entry.first.channel in TEXT_CHANNELS), None)
    if first is not None:
        with Studio(house.templates, house.writing) as studio:
            try:
                text, _ = studio.text([first.first], facts)
            except WordingError as error:
                raise Stop(sentence("{path}:{line}: {message}", path=error.diagnostic.path, line=error.diagnostic.line, message=error.diagnostic.message)) from error
        click.echo("\n" + tell("The first text, {on}, {channel}:\n\n{subject}\n\n{value}", on=first.on, channel=word(first.first.channel), subject=text.subject, value=text.plain()))
    return timeline


def _open(
    where: str, actor: str, playbook: Playbook, facts: Facts, answers: Answers, timeline: Timeline, invoice: Path | None, folder: Path, on: date,
    house: _House, *, new: bool,
) -> None:  # fmt: skip
    """Write the case, the invoice's own file and what is due today into the journal, and every text into a folder."""
    from relance.cli.posting import account_seen
    from relance.interpreter import look
    from relance.letters import book
    from relance.letters.email import Attachment
    from relance.model import Event

    claim = facts.invoices[0]
    if "://" in where or Path(where).exists():
        _stop_other_account(where, facts, house)
    moved = Event(on, "playbook.changed", claim.id, data={"playbook": playbook.id, "note": f"opened with: {answers.basis}"})
    try:
        enclosed = () if invoice is None else (Attachment(invoice.name, invoice.read_bytes(), _media_type(invoice)),)
        written = book.write(timeline, folder, templates=house.templates, writing=house.writing, pictures=False, enclosed=enclosed, free=_hold_index)
    except OSError as error:
        raise Stop(tell("{path}: {why}; nothing was written into the journal", path=folder, why=system_words(error))) from error
    with opened(where, create=True, new=new) as journal:
        done = journal.record(facts.creditor, facts.debtor, [moved], invoices=facts.invoices, actor=actor, keys=[f"claim:{claim.id}"])
        if done.conflicts:
            raise Stop(
                tell("the journal knows {id} otherwise: {field} {known}, not {given}", id=claim.id, field=done.conflicts[0].field, known=done.conflicts[0].known, given=done.conflicts[0].given)
            )
        if invoice is not None:
            journal.attach(
                facts.creditor.id, facts.debtor.id, invoice.read_bytes(), name=invoice.name, kind="invoice", on=on, actor=actor, invoice=claim.id,
                media_type=_media_type(invoice),
            )  # fmt: skip
        known = next(iter(journal.facts(facts.creditor.id, facts.debtor.id)))
        only = replace(known, invoices=tuple(each for each in known.invoices if each.id == claim.id))
        emitted = journal.emit(look(playbook, only, on).actions, on=on, actor=actor)
        account_seen(journal, [facts.creditor.id], house.writing.account_of, actor)
    click.echo("\n" + tell("The case of {id} is open in {value}; {count} to leave today.", id=claim.id, value=named(where), count=len(emitted)))
    today = {action.id for action in emitted}
    for document in written.documents:
        if today.intersection(document.actions):
            for file in document.files[:1]:
                click.echo(f"  {folder / file.name}")
    if emitted:
        click.echo(tell("Send them by `relance send`; or print and mail them yourself, then say so by\n`relance outbox sent ID` (`relance outbox list` has the ids)."))
    click.echo(tell("Every text: {value}", value=written.paths[0]))
    for document in written.missing:
        click.echo(tell("not made: {channel}, {missing}", channel=document.channel, missing=document.missing), err=True)


def _hold_index(paths: Sequence[Path]) -> None:
    """Stop where somebody's page lies there: texts of the same claim, which bear their messages' ids, show that it is its own of before."""
    index, *texts = paths
    if not any(path.is_file() and not path.is_symlink() for path in texts):
        hold_unwritten(index)


def _stop_other_account(where: str, facts: Facts, house: _House) -> None:
    """Stop where these papers would name another account than the one that the journal knows the creditor to be paid to."""
    from relance.iban import compact
    from relance.portfolio.letterhead_account import Payees

    name, paper = facts.creditor.id, house.writing.account_of(facts.creditor.id)
    with opened(where) as journal:
        payees = Payees.of(journal)
    if change := payees.changed.get(name) or payees.other(name, paper):
        raise Stop(told(change.why))
    if not paper and facts.creditor.iban and (known := payees.trusted.get(name)) not in (None, compact(facts.creditor.iban)):
        raise Stop(tell(
            "{number} asks for payment to {account}, and {creditor} is paid to {known}: the account is not taken from an invoice; if it is his, import it in his table of creditors, then `relance creditor confirm`",
            number=facts.invoices[0].id, account=facts.creditor.iban, creditor=name, known=known,
        ))  # fmt: skip


def _media_type(invoice: Path) -> str:
    return "application/pdf" if invoice.suffix.lower() == ".pdf" else "application/xml"


def _safe(text: str) -> str:
    from relance.letters.email import file_name

    return file_name(text)
