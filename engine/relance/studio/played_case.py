"""What a playbook's text means while it is being written: its findings, and the case that is played by it, with the letters that would leave.

Owns the case one plays with: amount, days, whose, and what happens on the way. Pure but for the files that a text names; nothing is sent.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from pathlib import Path

from relance.currencies import exact
from relance.dates import add_months, is_open
from relance.interpreter.case_history import known_before
from relance.language import load_playbook_text
from relance.law.wording import Finding
from relance.letters.context import Writing
from relance.letters.document import Document, group_messages
from relance.letters.document import Studio as Press
from relance.letters.letterhead import PLAIN, Letterhead, read
from relance.letters.sample import AGENCY
from relance.letters.wording import Templates, WordingError
from relance.model import Action, Address, Calendar, Channel, Diagnostic, Facts, Invoice, Playbook
from relance.portfolio.routing import unfit
from relance.project import Project
from relance.proof.prove import Held, Proof
from relance.report.proofs import history_lines, replayed_events
from relance.simulation.playbook_tests import days_played
from relance.simulation.timeline import Sending, Timeline, preview
from relance.simulation.what_if import invented, read_event, with_events
from relance.simulation.written_tests import written_test
from relance.studio.letter_words import whole_text, words_found

TERMS = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class PlayedCase:
    """The case that is played: what is owed since when (the first invoice first), by whom, and what happens, as `relance preview --event` takes it."""

    owed: tuple[tuple[date, Decimal], ...]
    debtor: str = "business"
    postcode: str = "69001 Lyon"
    events: tuple[str, ...] = ()
    currency: str = "EUR"

    def facts(self, playbook: Playbook) -> Facts:
        """Return what is known of it. Raises ValueError with a sentence, where something that happens cannot be read."""
        (due, amount), *others = [(day, exact(sum_, self.currency)) for day, sum_ in self.owed]
        profile = next(iter(playbook.profiles), None)
        facts = invented(due, amount, issued=due - TERMS, profile=profile, debtor=self.debtor, currency=self.currency)
        more = tuple(Invoice(f"F-{number}", day, sum_, self.currency, day - TERMS) for number, (day, sum_) in enumerate(others, 2))
        address = Address(("1 rue de la Paix", self.postcode))
        facts = replace(facts, debtor=replace(facts.debtor, address=address), invoices=(*facts.invoices, *more))
        return with_events(facts, [read_event(text) for text in self.events])


def breach_case(proof: Proof, held: Held) -> PlayedCase:
    """Return the case of a history that breaks a promise, to be played: what is owed, by whom, and what happens."""
    claim = held.facts or proof.facts
    owed = tuple((invoice.due, invoice.amount) for invoice in claim.invoices)
    return PlayedCase(owed, str(claim.debtor.kind), events=replayed_events(history_lines(proof, held)), currency=claim.invoices[0].currency)


@dataclass(frozen=True, slots=True)
class TextMeaning:
    """What a text means: what is wrong with it, the playbook where nothing is, and the case played by it, or why it cannot be played, or would not be by a run."""

    findings: tuple[Diagnostic, ...]
    playbook: Playbook | None = None
    timeline: Timeline | None = None
    trouble: str = ""


def meaning_of(text: str, path: str, case: PlayedCase) -> TextMeaning:
    """Read a playbook that is being written and play the case by it, as long as its shape is right: a mistake of coherence or law hides no day."""
    playbook, findings = load_playbook_text(text, path)
    if playbook is None:
        playbook, _ = load_playbook_text(text, path, checks=False)
    if playbook is None:
        return TextMeaning(findings)
    try:
        facts = case.facts(playbook)
    except ValueError as error:
        return TextMeaning(findings, playbook, trouble=error.args[0])
    start, until = days_played(facts)
    return TextMeaning(findings, playbook, preview(playbook, facts, start, until), unfit(playbook, facts.debtor.kind) or "")


def kept_as_test(name: str, case: PlayedCase, timeline: Timeline) -> str:
    """Write a case that was played as a test of that name: what left, and where it stands in the end, is what it expects."""
    return written_test(name, case.facts(timeline.playbook), timeline.entries, {end.case: end.status for end in timeline.ends})


@dataclass(frozen=True, slots=True)
class ReadDocument:
    """A document, its whole text where it has one, and the words of it that the checks of law found, each with its place in the text."""

    document: Document
    text: str = ""
    found: tuple[Finding, ...] = ()


def documents_of(timeline: Timeline, entry: Sending, project: Project | None) -> tuple[ReadDocument, ...]:
    """Make the texts that leave on one day for one case, as they leave then, and read them."""
    agency = timeline.playbook.collector == "agency"
    paper = _paper(project.letterhead if project is not None else None)
    if agency and not paper.sender:
        paper = AGENCY
    templates = Templates(*(project.templates if project is not None else ()))
    with Press(templates, Writing(letterhead=paper, agency=agency), read_back=1) as press:
        groups = group_messages(action for action in entry.actions if press.writes(action))
        return tuple(_read(press, group, timeline) for group in groups)


def _read(press: Press, group: Sequence[Action], timeline: Timeline) -> ReadDocument:
    facts = known_before(timeline.facts, group)
    document = press.make(group, facts, pictures=True)
    try:
        text, context = press.filled(group, facts)
    except WordingError:  # the document says so
        return ReadDocument(document)
    return ReadDocument(document, whole_text(text), words_found(text, context, group[0], timeline.playbook))


@lru_cache(maxsize=8)
def _paper(path: Path | None) -> Letterhead:
    return PLAIN if path is None else read(path)[0] or PLAIN


@dataclass(frozen=True, slots=True)
class CalendarDay:
    """A day of a month as a calendar shows it; `leaves` are the steps that leave."""

    on: date
    open: bool
    leaves: tuple[str, ...] = ()
    happened: tuple[int, ...] = ()  # places of what is let happen


def event_day(line: str) -> date | None:
    """Return the day of a happening as it is written; None where it has none that can be read."""
    try:
        return date.fromisoformat(line.split(maxsplit=1)[0])
    except (ValueError, IndexError):
        return None


def with_day(line: str, on: date) -> str:
    """Write a happening as one of another day."""
    _, *words = line.split(maxsplit=1)
    return " ".join((on.isoformat(), *words))


def months_of(timeline: Timeline, calendar: Calendar, happenings: Sequence[str] = ()) -> tuple[tuple[date, tuple[CalendarDay, ...]], ...]:
    """Return the months in which something leaves or happens, with the ones between: their first days, and their days."""
    leaves: dict[date, tuple[str, ...]] = {}
    for entry in timeline.entries:
        leaves[entry.on] = (*leaves.get(entry.on, ()), entry.first.step)
    happened: dict[date, tuple[int, ...]] = {}
    for place, line in enumerate(happenings):
        if (on := event_day(line)) is not None:
            happened[on] = (*happened.get(on, ()), place)
    if not (every := leaves.keys() | happened.keys()):
        return ()
    first, last = min(every).replace(day=1), max(every)
    found = []
    while first <= last:
        following = add_months(first, 1)
        days = [first + timedelta(days=number) for number in range((following - first).days)]
        found.append((first, tuple(CalendarDay(day, is_open(calendar, day), leaves.get(day, ()), happened.get(day, ())) for day in days)))
        first = following
    return tuple(found)


def channels_of(channels: Sequence[Channel]) -> tuple[str, ...]:
    """Return the pictures of channels."""
    return tuple(_PICTURES.get(channel, "task_alt") for channel in channels)


_PICTURES = {
    Channel.EMAIL: "mail", Channel.LETTER: "local_post_office", Channel.REGISTERED_LETTER: "mark_email_read", Channel.ELECTRONIC_REGISTERED_LETTER: "verified",
    Channel.SMS: "sms", Channel.CALL: "call", Channel.HANDOVER: "gavel", Channel.WEBHOOK: "webhook",
}  # fmt: skip
