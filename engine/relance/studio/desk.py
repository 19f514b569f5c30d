"""The desk: what the journal says of a morning, a case and a portfolio, and what a person does there; every answer and every act is another room's.

Owns opening the journal for each request, so that two people at once meet in the journal and nowhere else. Returns plain values; shows nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache, cached_property
from pathlib import Path
from typing import NamedTuple
from weakref import finalize

from relance.dates import add_months
from relance.delivery import outbox
from relance.delivery.approval import Approval, ApprovalOutcome, approve_draft, approve_sheet, rule_of, rule_of_sheet, why_not_made
from relance.delivery.approval_rules import rules_of_house
from relance.delivery.call_sheets import with_sums_of
from relance.delivery.outbox import Message, State
from relance.delivery.release_check import MAX_AGE, Release, Rules, before, hours_on, known_debtor, refreshed, standing
from relance.delivery.rules_in_force import rules_in_force
from relance.delivery.sending import Carrier, Fate, Run, SendingReport
from relance.delivery.spoken import CallOutcome, approves, call_events, open_named, takes_approval, task_events
from relance.delivery.worklist import WorkItem, WorkKind, work_about, work_of, worked_by, worklist
from relance.errors import RelanceError
from relance.journal.event_types import SCOPES, Scope, build
from relance.journal.journal import Entry, Journal
from relance.journal.store import on_a_server
from relance.language import load_playbook
from relance.letters.context import Writing
from relance.letters.document import Document
from relance.letters.document import Studio as Press
from relance.letters.letterhead import PLAIN, Letterhead, read
from relance.letters.wording import Templates
from relance.model import Action, Channel, Event, Facts, Playbook
from relance.portfolio.explain import Target, applied, facts_of, find, history
from relance.portfolio.grace import grace_by
from relance.portfolio.letterhead_account import first_sight
from relance.portfolio.matching_queue import (
    LikelyInvoice,
    UnsettledError,
    WaitingPayment,
    candidates,
    outcome_of,
    payment_named,
    refusal,
    settle_payment,
    shares_of,
)
from relance.portfolio.metrics import Figures, figures
from relance.portfolio.receivables import Ageing, Ages, By, OpenCase, others_among, standings_of
from relance.portfolio.roll_rates import DebtAges, debt_ages
from relance.portfolio.routing import Routing
from relance.project import Project
from relance.report.dossier import pdf as dossier_pdf
from relance.report.evidence import Dossier, gather
from relance.report.evidence_pack import pack, say_made
from relance.sentences import Phrase, in_turn, sentence
from relance.studio.case_list import ListedCase
from relance.studio.morning_lists import NEWS, LookItem, cases_without_a_way_on, looked_until, news_of, promises_due, told_since

_NO_APPROVER = sentence("doing it is approving it, and your roles in relance.yaml do not let you approve: leave it to an approver")


class NotDoneError(RelanceError):
    """What a person asked for was not done, with a sentence that says why."""


@dataclass(frozen=True, slots=True)
class MessageToRead:
    """A message as it would leave today. `why` says, where it is set, that it would not, or that it waits."""

    message: Message
    document: Document
    playbook: str
    people: int
    why: str = ""


@dataclass(frozen=True, slots=True)
class CaseFile:
    """All that the journal says of a case: who owes, where his cases stand, and what happened, in the order of the days."""

    target: Target
    facts: Facts
    standings: tuple[OpenCase, ...]
    entries: tuple[Entry, ...]


class DecidedDebtor(NamedTuple):
    """What is decided of a debtor of one creditor on a day: his open cases, what is open by age, what waits for a person (without the actions that it is about), and what is looked at."""

    cases: tuple[ListedCase, ...] = ()
    ages: Ages = Ages()
    work: tuple[WorkItem, ...] = ()
    looks: tuple[LookItem, ...] = ()


class EvidenceFile(NamedTuple):
    """What goes to a bailiff or a court: a name, the zip, and the documents that the journal does not keep."""

    name: str
    content: bytes
    missing: tuple[str, ...]


@dataclass(frozen=True)
class OperatorDesk:
    """A journal as people work on it. `now` gives the time, `project` letterheads, wordings and who approves what."""

    where: str
    now: Callable[[], datetime]
    today: Callable[[], date]
    project: Project | None = None
    playbooks: Mapping[str, Playbook] = field(default_factory=dict)
    carriers: Callable[[ExitStack], Mapping[Channel, Carrier]] = lambda _: {}
    witness: Callable[[Journal], bool] = lambda _: True  # has the journal's heads signed, where a key is named
    head_note: Callable[[Journal, str, int], str] = lambda *_: ""  # signs how far a creditor's chain goes, for evidence
    files: Path = Path()  # below it a run lays its files

    @contextmanager
    def journal(self) -> Iterator[Journal]:
        """Open the journal for one request, with the clock: what is under way is so up to a moment. Raises JournalError."""
        if self._on_server is not None:
            self._on_server.bring_up_to_date()
            yield self._on_server
            return
        with Journal.open(self.where, now=self.now, create=False) as journal:
            yield journal

    @cached_property
    def _on_server(self) -> Journal | None:
        """The journal, kept open between requests for as long as there is the desk, where a server holds it; a file may be replaced by another between two of them."""
        journal = Journal.open(self.where, now=self.now, create=False)
        if not on_a_server(journal.engine):
            journal.close()
            return None
        finalize(self, journal.close)
        return journal

    # ----------------------------------------------------------------- what waits

    def morning(self, *, mine: str | None = None) -> tuple[WorkItem, ...]:
        """List what waits for a person today."""
        with self.journal() as journal:
            return worklist(journal, self.today(), mine=mine, paper=self.account_of)

    def theirs(self, items: Sequence[WorkItem], actor: str) -> tuple[WorkItem, ...]:
        """Keep of what waits what is about debtors whose case this person worked last."""
        with self.journal() as journal:
            return tuple(work_of(journal, actor, items))

    def looks_of(self, looks: Sequence[LookItem], actor: str) -> tuple[LookItem, ...]:
        """Keep of what is looked at what is about debtors whose case this person worked last, and what is about nobody."""
        with self.journal() as journal:
            theirs = worked_by(journal, actor)
        return tuple(item for item in looks if not item.debtor or (item.creditor, item.debtor) in theirs)

    def read(self, name: str, about: Collection[str] = ()) -> MessageToRead:
        """Read a message as it would leave today; `about` names its debtor, where he is known: all are looked through else. Raises NotDoneError."""
        with self.journal() as journal:
            message = self._messages(journal, [name], about)[name]
            known, on = known_debtor(journal, message.creditor, message.debtor), max(self.today(), message.dated)
            rules = self._rules(journal)
            facts, playbook = known.facts(message.creditor), rules.playbook(message)
            if facts is None or playbook is None:
                raise NotDoneError(sentence("{message}: its debtor or its playbook is not known any more", message=message.id))
            found = standing(message, known, rules, on) if message.state in (State.DRAFT, State.READY) else None
            with self._press(playbook) as press:
                document = press.make(refreshed(message, facts, playbook, on), before(facts, message.actions), pictures=True)
            why = found.why if found is not None and found.verdict is not Release.GO else ""
            return MessageToRead(message, document, playbook.id, rule_of(rules_of_house(journal, self.project), message).people, why)

    def approve(self, names: Sequence[str], actor: str, about: Collection[str] = ()) -> dict[str, Approval]:
        """Approve drafts, each as one person; return what became of each. `about`: as of `read`."""
        with self.journal() as journal:
            rules = self._rules(journal)
            found: dict[str, Approval] = {}
            for name, message in self._messages(journal, names, about).items():
                if message.state not in (State.DRAFT, State.UNCLEAR):
                    found[name] = Approval(ApprovalOutcome.REFUSED, sentence("it is {state} already", state=str(message.state)))
                    continue
                found[name] = approve_draft(journal, message, rules, rule_of(rules_of_house(journal, self.project), message), on=self.today(), actor=actor)
            return found

    def takes_several(self, name: str) -> bool:
        """Say whether it matters who approves a message."""
        with self.journal() as journal:
            return rule_of(rules_of_house(journal, self.project), self._messages(journal, [name])[name]).names_people

    def reject(self, name: str, reason: str, actor: str, about: Collection[str] = (), *, skip: bool = False) -> None:
        """Withdraw a message, or pass its step over. Raises NotDoneError."""
        if not reason.strip():
            raise NotDoneError(sentence("say why: it is kept in the journal"))
        with self.journal() as journal:
            why = outbox.withdraw(journal, self._messages(journal, [name], about)[name], on=self.today(), actor=actor, reason=reason.strip(), skip=skip)
        if why is not None:
            raise NotDoneError(why)

    def send(self, actor: str, told: Callable[[SendingReport], None] = lambda _: None) -> Counter[Fate]:
        """Send what is ready by the ways there are, and count what became of it; `told` hears of each message. Raises NotDoneError."""
        with ExitStack() as stack:
            journal = stack.enter_context(self.journal())
            carriers = self.carriers(stack)
            if not carriers:
                raise NotDoneError(sentence("there is no way out for anything: name a mail server, a webhook or a folder for letters when the studio is started"))
            presses: dict[tuple[str, str], Press] = {}

            def press(playbook: Playbook) -> Press:
                key = (playbook.collector, playbook.id)
                if key not in presses:
                    presses[key] = stack.enter_context(self._press(playbook))
                return presses[key]

            ready = [each for each in outbox.read(journal) if each.state is State.READY and each.channel in carriers]
            first_sight(journal, (each.creditor for each in ready), self.account_of, on=self.today(), actor=actor)
            rules = self._rules(journal)
            run = Run(
                desk=journal, studio=press, playbooks=rules.load, routing=rules.applied, read_until=rules.read_until, payee=rules.payee, doubts=rules.doubts, carriers=carriers,
                now=self.now, actor=actor, max_age=MAX_AGE,
            )  # fmt: skip
            fates: Counter[Fate] = Counter()
            for report in run.send(ready):
                fates[report.fate] += 1
                told(report)
            self.witness(journal)
            return fates

    # ----------------------------------------------------------------- calls, tasks, money

    def call(self, reference: str, said: CallOutcome, actor: str, about: Collection[str] = (), *, approver: bool = False) -> None:
        """Record what came of a call; `about` as of `read`, `approver` as of `done`. Raises NotDoneError."""
        if mistake := said.mistake():
            raise NotDoneError(mistake)
        with self.journal() as journal:
            sheet = self._sheet(journal, reference, "call", about)
            events = call_events(sheet, said)
            if approves(events):
                no = why_not_made(journal, sheet, rule_of_sheet(rules_of_house(journal, self.project), sheet), actor) if approver else _NO_APPROVER
                if no is not None:
                    raise NotDoneError(no)
            journal.record(sheet[0].creditor, sheet[0].debtor, events, actor=actor)

    def sheet(self, reference: str, about: Collection[str] = ()) -> Document:
        """Return the sheet by which a call is made, with the sums of today. Raises NotDoneError."""
        on = self.today()
        with self.journal() as journal:
            calls = self._sheet(journal, reference, "call", about)
            facts, playbook = known_debtor(journal, calls[0].creditor, calls[0].debtor).facts(calls[0].creditor), self._rules(journal).load(calls[0].playbook)
        if facts is None or playbook is None:
            raise NotDoneError(sentence("{message}: its debtor or its playbook is not known any more", message=reference))
        with self._press(playbook) as press:
            return press.make([with_sums_of(call, facts, playbook, on) for call in calls], before(facts, calls))

    def done(self, reference: str, actor: str, about: Collection[str] = (), *, outcome: str = "", skipped: str = "", approver: bool = False) -> int:
        """Record that a task is done, a hand-over or a draft approved, or either passed over for a reason. Return how many more people it takes. Raises NotDoneError.

        `approver`: whether he may approve, which a hand-over or a draft takes.
        """
        with self.journal() as journal:
            sheet = self._sheet(journal, reference, None, about)
            events = task_events(sheet, self.today(), outcome=outcome, skipped=skipped)
            if takes_approval(sheet) and not skipped:
                if not approver and sheet[0].channel is Channel.HANDOVER:
                    raise NotDoneError(sentence("a hand-over is approved, and your roles in relance.yaml do not let you approve: leave it to an approver"))
                if not approver:
                    raise NotDoneError(_NO_APPROVER)
                refused, more = approve_sheet(journal, sheet, events, rule_of_sheet(rules_of_house(journal, self.project), sheet), on=self.today(), actor=actor)
                if refused is not None:
                    raise NotDoneError(refused)
                return more
            journal.record(sheet[0].creditor, sheet[0].debtor, events, actor=actor)
            return 0

    def payment(self, name: str) -> tuple[WaitingPayment, tuple[LikelyInvoice, ...]]:
        """Return money that waits, and the invoices it may be about. Raises NotDoneError."""
        with self._settling() as journal:
            one = payment_named(journal, name)
            return one, tuple(candidates(journal, one, self.today())) if one.places else ()

    def match(self, name: str, parts: Sequence[tuple[str, Decimal | None]], actor: str) -> str:
        """Give a payment to invoices or a debtor, and say what it paid. Raises NotDoneError."""
        with self._settling() as journal:
            one = payment_named(journal, name)
            shares = shares_of(journal, one, list(parts), self.today())
            if not settle_payment(journal, one, shares, outcome_of(shares), on=self.today(), actor=actor):
                raise NotDoneError(sentence("somebody else settled it in the meantime"))
            return outcome_of(shares)

    def refuse(self, name: str, reason: str, actor: str) -> None:
        """Say that a payment is about nothing that is owed. Raises NotDoneError."""
        with self._settling() as journal:
            one = payment_named(journal, name)
            if not one.places or not settle_payment(journal, one, (), refusal(reason), on=self.today(), actor=actor):
                raise NotDoneError(sentence("somebody else settled it in the meantime"))

    # ----------------------------------------------------------------- cases

    def decided(self, debtors: Sequence[str], since: date | None = None) -> dict[tuple[str, str], DecidedDebtor]:
        """Decide some debtors, whoever is owed: where their cases stand, how old what they owe is, what waits about them, and what is looked at since an evening."""
        today, work = self.today(), dict[tuple[str, str], list[WorkItem]]()
        with self.journal() as journal:
            evening = since or looked_until(journal, today)
            news = {(item.creditor, item.debtor): item for item in news_of(told_since(journal.entries_about(debtors, NEWS), evening))}
            known = list(journal.facts_about(debtors))
            for item in work_about(journal, today, debtors=debtors, paper=self.account_of, known={(facts.creditor.id, facts.debtor.id): facts for facts in known}):
                work.setdefault((item.creditor, item.debtor), []).append(item)
            by = replace(self.by(journal, today), others=others_among(known))
            hours = self._hours(journal, known)
            kept = {name: tuple(replace(item, actions=(), hours=hours(item)) for item in items) for name, items in work.items()}
            found = {name: DecidedDebtor(work=items) for name, items in kept.items()}
            for facts in known:
                name, ages = (facts.creditor.id, facts.debtor.id), Ages()
                ages.add(facts, today)
                cases = tuple(ListedCase.of(case, facts.debtor.name) for case in standings_of(facts, today, by))
                called = facts.debtor.name or facts.debtor.id
                looks = [*promises_due(facts, evening, today), *cases_without_a_way_on((each.case for each in cases), called)]
                looks += [replace(news[name], name=called)] if name in news else []
                found[name] = DecidedDebtor(cases, ages, kept.get(name, ()), tuple(looks))
        return found

    def _hours(self, journal: Journal, known: Sequence[Facts]) -> Callable[[WorkItem], tuple[tuple[datetime, datetime], ...]]:
        """Return what says when today a debtor may be called: by the playbook that asks for the call, where he lives."""
        rules, debtors = self._rules(journal), {(facts.creditor.id, facts.debtor.id): facts.debtor for facts in known}

        def hours(item: WorkItem) -> tuple[tuple[datetime, datetime], ...]:
            debtor = debtors.get((item.creditor, item.debtor))
            playbook = rules.load(item.actions[0].playbook) if item.kind is WorkKind.CALL else None
            return () if debtor is None or playbook is None else hours_on(Channel.CALL, playbook, debtor, self.today())

        return hours

    def news(self, creditor: str, debtor: str) -> tuple[Entry, ...]:
        """Return what is new of a debtor this morning, the latest first."""
        with self.journal() as journal:
            found = told_since(journal.entries_about([debtor], NEWS), looked_until(journal, self.today()))
            return tuple(entry for entry in found if entry.creditor == creditor)[::-1]

    def standings(self) -> tuple[tuple[OpenCase, ...], tuple[Ageing, ...]]:
        """Say where every open case stands, and what is open by age."""
        with self.journal() as journal:
            by, ages = self.by(journal, self.today()), Ages()
            found: list[OpenCase] = []
            for facts in journal.facts():
                ages.add(facts, self.today())
                found += standings_of(facts, self.today(), by)
            return tuple(found), ages.found()

    def year(self) -> tuple[Figures, DebtAges]:
        """Return what the last twelve months brought, and how debts aged, as `relance report` does."""
        end = self.today()
        start = add_months(end, -12) + timedelta(1)
        with self.journal() as journal:
            return figures(journal.facts(), start, end, grace_by(self._rules(journal).named)), debt_ages(journal.facts(), start, end)

    def case(self, creditor: str, debtor: str) -> CaseFile:
        """Return a debtor's file. Raises NotDoneError."""
        with self.journal() as journal:
            target = find(journal, debtor, creditor)
            facts = facts_of(journal, creditor, debtor) if isinstance(target, Target) else None
            if not isinstance(target, Target) or facts is None:
                raise NotDoneError(sentence("there is no debtor {debtor} of {creditor}", debtor=debtor, creditor=creditor))
            return CaseFile(target, facts, tuple(standings_of(facts, self.today(), self.by(journal, self.today()))), history(journal, target))

    def evidence(self, creditor: str, debtor: str, actor: str) -> EvidenceFile:
        """Make the file of a debtor for a bailiff or a court, as `relance evidence` does. Raises NotDoneError."""
        with self.journal() as journal:
            target = find(journal, debtor, creditor)
            made = gather(journal, target, self.today()) if isinstance(target, Target) else sentence("there is no debtor {debtor} of {creditor}", debtor=debtor, creditor=creditor)
            if not isinstance(made, Dossier):
                raise NotDoneError(made)
            content = pack(journal, made, dossier_pdf(made), self.head_note(journal, creditor, made.head[0]))
            say_made(journal, made, content, on=self.today(), actor=actor)
            self.witness(journal)
            return EvidenceFile(f"{debtor}-{self.today()}.zip", content, made.missing)

    def record(self, creditor: str, debtor: str, raw: Mapping[str, object], actor: str) -> None:
        """Record what happened to a debtor or to one of his invoices. Raises NotDoneError with every mistake."""
        event, mistakes = self._event(raw)
        if event is None:
            raise NotDoneError(in_turn(mistakes))
        with self.journal() as journal:
            done = journal.record(creditor, debtor, [event], actor=actor, outside=rules_of_house(journal, self.project))
            if done.held:
                raise NotDoneError(done.held[0].said)

    def mistakes(self, raw: Mapping[str, object]) -> tuple[str, ...]:
        """Say what is wrong with an event as it is written so far."""
        return self._event(raw)[1]

    def _event(self, raw: Mapping[str, object]) -> tuple[Event | None, tuple[str, ...]]:
        about = {name: value for name, value in raw.items() if value not in (None, "")}
        if SCOPES.get(str(raw.get("event"))) is Scope.DEBTOR:
            about.pop("invoice", None)
        event, mistakes = build(dict(about))
        if event is not None and event.on > self.today():
            return None, (sentence("{on} is in the future: an event is recorded when it has happened", on=event.on),)
        return event, tuple(mistakes)

    # ----------------------------------------------------------------- what the others need

    def _rules(self, journal: Journal) -> Rules:
        return rules_in_force(journal, self.playbook, self.today(), self.account_of)

    def account_of(self, creditor: str) -> str:
        """Return the account to which a creditor's letterhead asks payment; empty where it names none, or cannot be read: nothing is written on it then."""
        path = self.project.letterhead_of(creditor) if self.project is not None else None
        paper = None if path is None else read(path)[0]
        return "" if paper is None else str(paper.payment.get("iban") or "")

    def by(self, journal: Journal, on: date) -> By:
        """Return by what cases are decided on a day: the rules that were last applied to each creditor, and what its debtors owe others."""
        shared = journal.shared_debtors()

        @cache
        def rules(creditor: str) -> Routing | None:
            found = applied(journal, creditor, on)
            return found.routing if found is not None else None

        def others(facts: Facts) -> list[Facts]:
            every = journal.facts(debtor=facts.debtor.id) if facts.debtor.id in shared else ()
            return [each for each in every if each.creditor.id != facts.creditor.id]

        return By(self.playbook, None, rules, others)

    def playbook(self, name: str) -> Playbook | None:
        """Return a playbook by its id: the project's, else one that ships."""
        return self.playbooks.get(name) or load_playbook(name, checks=False)[0] if name else None

    @staticmethod
    def _messages(journal: Journal, names: Sequence[str], about: Collection[str] = ()) -> dict[str, Message]:
        """Return messages by their names, in this order; looked for among those of the debtors they are about, where they are known."""
        wanted = dict.fromkeys(names)
        every = outbox.messages(journal.entries_about(about, outbox.ACTION_EVENTS), journal.now() if journal.now else None) if about else outbox.read(journal)
        found = [each for each in every if each.id in wanted]
        counts = Counter(each.id for each in found)
        if wrong := next((name for name in wanted if counts[name] != 1), None):
            raise NotDoneError(sentence("there is no message {message}", message=wrong))
        by_name = {each.id: each for each in found}
        return {name: by_name[name] for name in wanted}

    @property
    def playbook_folders(self) -> tuple[Path, ...]:
        """Return the folders of the project's own playbooks."""
        return () if self.project is None else self.project.playbooks

    def writing(self, *, agency: bool = False) -> Writing:
        """Return how messages are written: on the project's paper and each creditor's own. Raises NotDoneError where a letterhead has mistakes."""
        project = self.project
        if project is None:
            return Writing(agency=agency)
        papers = {creditor: _letterhead(path) for creditor, path in project.letterheads.items()}
        wordings = {creditor: (folder,) for creditor, folder in project.wordings.items()}
        return Writing(_letterhead(project.letterhead), agency, papers=papers, wordings=wordings)

    def _press(self, playbook: Playbook) -> Press:
        return Press(Templates(*(() if self.project is None else self.project.templates)), self.writing(agency=playbook.collector == "agency"))

    @staticmethod
    def _sheet(journal: Journal, reference: str, channel: str | None, about: Collection[str]) -> tuple[Action, ...]:
        found = [sheet for sheet in open_named(journal, reference, about) if channel is None or sheet[0].channel == channel]
        if len(found) != 1:
            raise NotDoneError(sentence("{reference} waits no more: somebody else settled it", reference=reference))
        return found[0]

    @contextmanager
    def _settling(self) -> Iterator[Journal]:
        with self.journal() as journal:
            try:
                yield journal
            except UnsettledError as error:
                raise NotDoneError(str(error)) from error


def _letterhead(path: Path | None) -> Letterhead:
    if path is None:
        return PLAIN
    paper, findings = read(path)
    if paper is None:
        raise NotDoneError(Phrase("{message}", {"message": findings[0].message}))
    return paper
