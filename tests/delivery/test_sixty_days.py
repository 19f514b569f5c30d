"""An agency's sixty days, on both databases: every morning a run, every evening the house is in order.

Two creditors with shared debtors, a real SMTP server, calls, promises kept and broken, disputes, plans, money that fits nothing, a payment undone, a week of
absence, a creditor who leaves. Each evening: nobody contacted against the rules, every euro accounted for, every message in one state, nothing
waiting without a name, and a journal that agrees with its witnessed heads.
"""

from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from stdnum import luhn

from relance.dates import is_open
from relance.delivery import outbox
from relance.delivery.print_batches import Tray
from relance.delivery.sending import Run
from relance.delivery.smtp import Postman, Server
from relance.delivery.spoken import CallOutcome, call_events, task_events
from relance.delivery.witnesses import WitnessPlace, checkpoints_in, witness
from relance.delivery.worklist import WorkKind, open_manual, sheets, worklist
from relance.interpreter.action_state import acts
from relance.interpreter.balance import balances
from relance.journal.event_types import build
from relance.journal.journal import Journal
from relance.journal.signed_note import Signer
from relance.journal.verification import verify
from relance.language import library, load_playbook
from relance.letters import sample
from relance.letters.document import Studio
from relance.letters.email import Mail
from relance.model import Address, Channel, Creditor, Debtor, Invoice
from relance.portfolio.leaving import leave
from relance.portfolio.routing import only
from relance.run.journal_run import run

FIRST = date(2026, 1, 5)
ABSENT = range(30, 37)
LEAVES = 45
CREDITORS = {
    name: Creditor(name, name=name.title(), siren="000987651", address=Address(("1 rue du Port", "69002 Lyon")), email=f"compta@{name}.example",
                   iban="FR7630006000011234567890189", mandate=date(2026, 1, 2), terms={"legal_form": "SARL"})
    for name in ("atelier", "bureau")
}  # fmt: skip


def siren_of(number):
    """Return a SIREN of his own for each debtor: two with one would be asked about."""
    return f"00001{number:03}{luhn.calc_check_digit(f'00001{number:03}')}"


def debtor(number):
    reached = {"email": f"compta@client-{number}.example"} if number % 3 else {}
    spoken = {"phone": "+33465710001"} if number % 4 else {}
    where = Address((f"{number + 1} rue des Lilas", "69003 Lyon"))
    return Debtor(f"D-{number:02}", name=f"Client {number:02} SARL", kind="business", profile="negligent", country="FR", language="fr", siren=siren_of(number), address=where, **reached, **spoken)


def event(day, kind, **raw):
    made, mistakes = build({"on": day.isoformat(), "event": kind, **raw})
    assert made is not None, mistakes
    return made


class Agency:
    """The house: its journal, its way out, its mornings and its evenings."""

    def __init__(self, journal, clock, folder, postman):
        self.journal, self.clock, self.folder = journal, clock, folder
        self.playbook, findings = load_playbook(library.find("agence-amiable"), checks=False)
        assert self.playbook is not None, findings
        self.studio = Studio(writing=sample.writing(agency=True))
        self.key = Signer.new("agence.example")
        self.places = [WitnessPlace(str(folder / "heads.checkpoints"), "")]
        self.received = Counter()
        self.calls = 0

        def carry(_, document):
            return postman.hand_over(Mail(document.details["from"], document.to[0], document.details["message_id"], document.files[0].content))

        tray = Tray(folder / "tray")
        self.carriers = {Channel.EMAIL: carry, Channel.LETTER: tray.put, Channel.REGISTERED_LETTER: tray.put}

    def say(self, day, creditor, name, kind, **raw):
        self.journal.record(creditor, name, [event(day, kind, **raw)], actor="marie")

    def pay(self, day, creditor, name, invoice, amount):
        self.say(day, creditor, name, "payment.received", invoice=invoice, amount=f"{amount:.2f}")
        self.received[creditor] += amount

    def morning(self, day):
        """Four commands: what happened was imported before; run, send, calls and tasks of the list, witness."""
        run(self.journal, (), only(self.playbook), day, actor="marie", load={"agence-amiable": self.playbook}.get)
        for message in outbox.read(self.journal):
            if message.state == "draft":
                outbox.approve(self.journal, message, on=day, actor="marie")
        sending = Run(
            desk=self.journal, studio=lambda _: self.studio, playbooks={"agence-amiable": self.playbook}.get, carriers=self.carriers, now=self.clock, actor="marie",
            routing=lambda _: only(self.playbook),
        )  # fmt: skip
        self.sent = list(sending.send(outbox.read(self.journal)))
        for sheet in sheets(open_manual(self.journal.entries(kinds=outbox.ACTION_EVENTS))):
            self.settle(day, sheet)
        assert witness(self.journal, self.key, self.places).trouble == ()

    def settle(self, day, sheet):
        first = sheet[0]
        if first.channel is not Channel.CALL:
            events = task_events(sheet, day)
        else:
            self.calls += 1
            said = (
                CallOutcome("reached", day, "10:00", "Mme Durand"), CallOutcome("no_answer", day, "10:05"),
                CallOutcome("promise", day, "10:10", amount=Decimal("50.00"), by=day + timedelta(days=5)), CallOutcome("dispute", day, "10:15", note="marchandise abîmée"),
                CallOutcome("message", day, "10:20"),
            )  # fmt: skip
            events = call_events(sheet, said[self.calls % len(said)])
        self.journal.record(first.creditor, first.debtor, events, actor="marie")

    def evening(self, day):
        known = list(self.journal.facts())
        self.within_the_rules(known, day)
        self.adds_up(known, day)
        messages = outbox.read(self.journal )
        assert max(Counter(action.id for each in messages for action in each.actions).values(), default=1) == 1
        listed = worklist(self.journal, day)
        assert all(item.name and item.settles for item in listed)
        named = {item.id for item in listed}
        waiting = {each.id for each in messages if each.state in ("draft", "ready", "unclear", "task")}
        waiting |= {sheet[0].message or sheet[0].id for sheet in sheets(open_manual(self.journal.entries(kinds=outbox.ACTION_EVENTS)))}
        assert waiting <= named

    def within_the_rules(self, known, day):
        """At most three contacts in thirty days, five days between two, none on a closed day: over both creditors, for it is one agency."""
        contacts = {}
        for facts in known:
            contacts.setdefault(facts.debtor.id, set()).update(act.contact for act in acts(facts.events, day) if act.contact is not None)
        for name, days in contacts.items():
            every = sorted(days)
            assert all(is_open(self.playbook.calendar, each) for each in every), (name, every)
            assert all((later - earlier).days >= 5 for earlier, later in pairwise(every)), (name, every)
            assert all(sum(0 <= (later - each).days < 30 for later in every) <= 3 for each in every), (name, every)

    def adds_up(self, known, day):
        """What came in was counted on an invoice or is a credit, and what was invoiced is open, paid or settled."""
        for name in CREDITORS:
            mine = [facts for facts in known if facts.creditor.id == name]
            came = served = credit = Decimal(0)
            for facts in mine:
                state = balances(facts, day)
                came += sum(
                    (one.data["amount"] if one.kind == "payment.received" else -one.data["amount"] for one in facts.events if one.kind in ("payment.received", "payment.reversed")),
                    Decimal(0),
                )
                served += sum((amount for moves in state.paid.values() for _, amount, _ in moves), Decimal(0))
                credit += sum(state.credit.values(), Decimal(0))
                for invoice in facts.invoices:
                    assert Decimal(0) <= state.outstanding.get(invoice.id, Decimal(0)) <= invoice.amount
            assert came == self.received[name] == served + credit, (name, day)


@pytest.fixture
def agency(place, tmp_path, new_clock, smtp_server):
    clock = new_clock()
    with Journal.open(place(), now=clock) as journal, Postman(Server("127.0.0.1", smtp_server.port, "none", timeout=5)) as postman:
        house = Agency(journal, clock, tmp_path, postman)
        with house.studio:
            yield house


def portfolio(house):
    for number in range(16):
        for creditor in ("atelier", "bureau") if number % 4 == 0 else (("atelier", "bureau")[number % 2],):
            due = FIRST - timedelta(days=3 + number)
            invoices = [Invoice(f"{creditor[0].upper()}-{number:02}-{place}", due + timedelta(days=20 * place), Decimal(90 + 70 * number + place), issued=due - timedelta(days=30)) for place in range(2)]
            house.journal.record(CREDITORS[creditor], debtor(number), invoices=invoices, actor="marie")


def what_happens(house, place, day):
    """The days' own events: money in full, in part, of nobody, undone; a dispute, a plan, an answer."""
    if place == 9:
        house.pay(day, "atelier", "D-02", "A-02-0", Decimal("230.00"))
    if place == 12:
        house.pay(day, "bureau", "D-03", "B-03-0", Decimal("100.00"))
    if place == 15:
        house.pay(day, "bureau", "D-05", "B-05-0", Decimal("440.00"))
    if place == 17:  # it was another's money
        house.say(day, "bureau", "D-05", "payment.reversed", invoice="B-05-0", amount="440.00", reason="erreur de saisie")
        house.received["bureau"] -= Decimal("440.00")
    if place == 18:
        house.say(day, "atelier", "D-06", "payment.unmatched", amount="77.00", reference="VIR-77", payer="Inconnu")
    if place == 19:
        house.say(day, "atelier", "D-08", "dispute.opened", invoice="A-08-0", reason="livraison incomplète")
    if place == 20:
        plan = [{"on": (day + timedelta(days=7 * (each + 1))).isoformat(), "amount": "100.00"} for each in range(3)]
        house.say(day, "atelier", "D-10", "plan.agreed", instalments=plan)
    if place == 28:
        house.pay(day, "atelier", "D-10", "A-10-0", Decimal("100.00"))
    if place == 40:
        house.say(day, "atelier", "D-08", "dispute.closed", invoice="A-08-0", outcome="infondée")
    if place == LEAVES:
        assert len(leave(house.journal, "bureau", on=day, reason="fin du mandat", actor="marie")) > 5


def lived(house, days):
    portfolio(house)
    for place in range(days):
        day = FIRST + timedelta(days=place)
        house.clock.time = datetime.combine(day, time(9, 30), UTC)
        what_happens(house, place, day)
        if place not in ABSENT and day.weekday() < 5:
            house.morning(day)
        house.evening(day)
    found = verify(house.journal.engine, points=checkpoints_in(house.places, house.key.verifier))
    assert found.breaks == ()
    return [each for each in outbox.read(house.journal) if each.state == "sent"]


def small_enough(journal, sent):
    """Say whether a journal in a file takes at most 20 KB a message, with all that is in it."""
    with journal.engine.connect() as connection:
        if connection.dialect.name != "sqlite":
            return True
        size = connection.exec_driver_sql("select page_count * page_size from pragma_page_count, pragma_page_size").scalar_one()
    return size / len(sent) < 20_000


@pytest.mark.long  # a drawn month is lived in truth/test_long_sequences, sixty days on both databases below
@pytest.mark.parametrize("place", ["sqlite"], indirect=True)
def test_three_weeks_of_an_agency(agency):
    sent = lived(agency, 21)
    assert len(sent) > 15
    assert {each.state for each in outbox.read(agency.journal)} == {"sent"}  # what was made was sent, and nothing made to be taken back
    told = {name for each in sent for action in each.actions if action.step == "premiere-lettre" for name in action.invoices}
    asked = {name for each in sent for action in each.actions for name in action.invoices}
    assert asked <= told  # an invoice that joins an account has its own first letter (CPCE R124-4) before it is asked with the others
    assert small_enough(agency.journal, sent)
    assert agency.calls or any(item.kind is WorkKind.MONEY for item in worklist(agency.journal, FIRST + timedelta(days=21)))


@pytest.mark.long
def test_sixty_days_of_an_agency(agency):
    sent = lived(agency, 60)
    assert len(sent) > 40
    assert small_enough(agency.journal, sent)
    after = [each for each in sent if each.creditor == "bureau" and each.left >= FIRST + timedelta(days=LEAVES)]
    assert after == []  # nothing was sent for him who left
    assert [item for item in worklist(agency.journal, FIRST + timedelta(days=60), creditor="bureau") if item.kind is not WorkKind.MONEY] == []
