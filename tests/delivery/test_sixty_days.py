"""An agency's sixty days, on both databases: every morning the four commands of the operator's guide, every evening the house is in order.

What the third of them lists is settled by the command that it names, each its own; nothing else is ever typed but what happens to a house: money that comes is
in the bank's file of the day, an invoice in that of the day's export; a dispute, a plan and a hold are told as they come. Two creditors with shared debtors, a real SMTP server, calls, promises kept and broken, disputes, plans, money that fits nothing, a payment undone, a week of
absence, a creditor who leaves. Each evening: nobody contacted against the rules, every euro accounted for, every message in one state, nothing
waiting without a name, and a journal that agrees with its witnessed heads.
"""

import json
import re
import shlex
import sys
from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from importlib import import_module
from itertools import pairwise
from pathlib import Path

import pytest
from click.testing import CliRunner
from stdnum import luhn

from relance import cli
from relance.dates import is_open
from relance.delivery import outbox
from relance.delivery.witnesses import WitnessPlace, checkpoints_in
from relance.delivery.worklist import WorkKind, open_manual, sheets, worklist
from relance.interpreter.action_state import acts
from relance.interpreter.balance import balances
from relance.journal.event_types import build
from relance.journal.journal import Journal
from relance.journal.signed_note import Signer
from relance.journal.verification import verify
from relance.language import library, load_playbook
from relance.model import Address, Creditor, Debtor, Invoice
from relance.portfolio.leaving import leave

GUIDE = Path(__file__).parents[2] / "docs" / "guide-exploitant.md"
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


def morning_commands():
    """Return the four commands of a morning, as the operator's guide has them."""
    block = re.search(r"^## 8\..*?```sh\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
    assert block is not None
    return block[1].strip().splitlines()


LETTERHEAD = """schema: 1
sender:
  name: Cabinet Horizon SARL
  legal_form: SARL
  capital: 8 000 €
  siren: "000433227"
  rcs: RCS Lyon 000 433 227
  address: ["8 cours Lafayette", 69003 Lyon]
  email: dossiers@agence.example
  phone: 04 65 71 00 10
  signatory: Paul Morel
  role: Chargé de recouvrement
  mediator: Médiation des agences, 5 rue des Halles, 75001 Paris, mediation.example
payment:
  iban: FR7630006000011234567890189
  beneficiary: Cabinet Horizon – fonds de tiers
"""
ENTRY = """<Ntry><Amt Ccy="EUR">{amount}</Amt><CdtDbtInd>{side}</CdtDbtInd><Sts>BOOK</Sts><BookgDt><Dt>{on}</Dt></BookgDt><ValDt><Dt>{on}</Dt></ValDt><NtryDtls><TxDtls>
<Refs><AcctSvcrRef>BK{number}</AcctSvcrRef><EndToEndId>NOTPROVIDED</EndToEndId></Refs><RltdPties><Dbtr><Nm>{payer}</Nm></Dbtr></RltdPties><RmtInf><Ustrd>{text}</Ustrd></RmtInf>
</TxDtls></NtryDtls></Ntry>"""
STATEMENT = """<?xml version="1.0" encoding="UTF-8"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"><BkToCstmrStmt><GrpHdr><MsgId>{on}</MsgId></GrpHdr>
<Stmt><Id>S{on}</Id><Acct><Id><IBAN>FR7630006000011234567890189</IBAN></Id></Acct>{entries}</Stmt></BkToCstmrStmt></Document>"""


class Agency:
    """The house: its journal, its folder, its mornings and its evenings."""

    def __init__(self, journal, clock, folder, environment):
        self.journal, self.clock, self.folder, self.environment = journal, clock, folder, environment
        self.playbook, findings = load_playbook(library.find("agence-amiable"), checks=False)
        assert self.playbook is not None, findings
        self.key = Signer.new("agence.example")
        (folder / "agence.key").write_text(self.key.written(), encoding="utf-8")
        (folder / "agence.key").chmod(0o600)
        self.places = [WitnessPlace(str(folder / "heads.checkpoints"), "")]
        (folder / "letterhead.yaml").write_text(LETTERHEAD, encoding="utf-8")
        (folder / "routing.yaml").write_text("schema: 1\nroutes:\n  - {playbook: agence-amiable}\n", encoding="utf-8")
        self.received, self.announced = Counter(), Counter()
        self.calls = 0
        self.banked, self.entries, self.typed = 0, [], []
        self.exported = []
        self.environment |= {"RELANCE_LETTERHEAD": str(folder / "letterhead.yaml"), "RELANCE_KEY": str(folder / "agence.key"), "RELANCE_WITNESS": self.places[0].said, "RELANCE_ACTOR": "marie"}

    def say(self, day, creditor, name, kind, **raw):
        self.journal.record(creditor, name, [event(day, kind, **raw)], actor="marie")

    def pay(self, day, creditor, payer, text, amount):
        """Put a payment on the bank's next statement; `creditor` is whose it turns out to be, None where nobody can say."""
        self.banked += 1
        self.entries.append(ENTRY.format(amount=f"{amount:.2f}", side="CRDT", on=day, number=self.banked, payer=payer, text=text))
        if creditor is not None:
            self.announced[creditor] += amount

    def type(self, line, *more):
        """Type one command; it ends well, or with something that a person has to see (1)."""
        words = [self.clock.time.date().isoformat() if word == "$(date +%F)" else word.replace("$(date +%F)", self.clock.time.date().isoformat()) for word in shlex.split(line)]
        assert words[0] == "relance"
        done = CliRunner().invoke(cli.main, [*words[1:], *more], env=self.environment, catch_exceptions=False)
        assert done.exit_code in (0, 1), (line, done.output)
        return done.stdout

    def morning(self, day):
        """Type the four commands; then what the third lists, each by its own."""
        self.export()
        (self.folder / "releve-du-jour.xml").write_text(STATEMENT.format(on=day, entries="".join(self.entries)), encoding="utf-8")
        self.received.update(self.announced)
        self.entries, self.announced = [], Counter()
        commands = morning_commands()
        assert len(commands) == 4
        listed = []
        for line in commands:
            if "relance todo" in line:
                listed = json.loads(self.type(line, "--limit", "0", "--format", "json"))["items"]
            else:
                self.type(line, *(("--rate", "100000") if "relance send" in line else ()))
        self.typed.append(len(commands))
        for item in listed:
            self.settle(day, item)

    def export(self):
        """Write the day's export of invoices, as an accounting program does: all that was ever issued."""
        rows = [f"{one.id},{name},{creditor},{one.issued},{one.due},{one.amount},EUR" for creditor, name, one in self.exported]
        (self.folder / "factures.csv").write_text("\n".join(["id,debtor,creditor,issued,due,amount,currency", *rows]) + "\n", encoding="utf-8")

    def settle(self, day, item):
        """Do what an item asks by the very command it names, its blanks filled in; money of nobody and a mandate wait for another."""
        if item["kind"] == "call":
            self.calls += 1
            said = ("reached --person Durand", "no_answer", f"promise --amount 50.00 --by {day + timedelta(days=5)}", "dispute --note abimee", "message")
            self.type(item["settles"].replace("…", said[self.calls % len(said)]), "--creditor", item["creditor"])
        elif item["kind"] in ("draft", "duty", "task"):
            self.type(item["settles"].replace("…", "vu"))

    def evening(self, day):
        known = list(self.journal.facts())
        self.within_the_rules(known, day)
        self.adds_up(known, day)
        messages = outbox.read(self.journal)
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
def agency(place, tmp_path, new_clock, smtp_server, monkeypatch):
    clock = new_clock()
    monkeypatch.chdir(tmp_path)
    for name in ("call", "done", "import_", "outbox", "run", "send", "todo", "waiting", "witness"):
        import_module(f"relance.cli.{name}")
    for name, module in list(sys.modules.items()):
        if name.startswith("relance.cli") and hasattr(module, "now"):
            monkeypatch.setattr(module, "now", clock)
    url = place()
    environment = {"RELANCE_JOURNAL": url, "RELANCE_SMTP_HOST": "127.0.0.1", "RELANCE_SMTP_PORT": str(smtp_server.port), "RELANCE_SMTP_SECURITY": "none"}
    with Journal.open(url, now=clock) as journal:
        yield Agency(journal, clock, tmp_path, environment)


def portfolio(house, debtors):
    for number in range(debtors):
        for creditor in ("atelier", "bureau") if number % 4 == 0 else (("atelier", "bureau")[number % 2],):
            due = FIRST - timedelta(days=3 + number)
            invoices = [Invoice(f"{creditor.upper()}-2026-{number:02}{place}", due + timedelta(days=20 * place), Decimal(90 + 70 * number + place), issued=due - timedelta(days=30)) for place in range(2)]
            house.journal.record(CREDITORS[creditor], debtor(number), invoices=invoices, actor="marie")
            house.exported += [(creditor, f"D-{number:02}", one) for one in invoices]


def what_happens(house, place, day):
    """The days' own events: money in full, in part, of nobody, undone; a new invoice, a dispute, a plan, an answer, a creditor who leaves."""
    if place == 9:
        house.pay(day, "atelier", "Client 02 SARL", "Facture ATELIER-2026-020", Decimal("230.00"))
    if place == 10:
        house.exported.append(("bureau", "D-03", Invoice("BUREAU-2026-039", day + timedelta(days=10), Decimal("315.00"), issued=day)))
    if place == 12:
        house.pay(day, "bureau", "Client 03 SARL", "acompte BUREAU-2026-030", Decimal("100.00"))
    if place == 15:
        house.pay(day, "bureau", "Client 05 SARL", "BUREAU-2026-050", Decimal("440.00"))
    if place == 17:  # it was another's money
        house.say(day, "bureau", "D-05", "payment.reversed", invoice="BUREAU-2026-050", amount="440.00", reason="erreur de saisie")
        house.received["bureau"] -= Decimal("440.00")
    if place == 18:
        house.pay(day, None, "Inconnu", "VIR 77", Decimal("77.00"))
    if place == 19:
        house.say(day, "atelier", "D-08", "dispute.opened", invoice="ATELIER-2026-080", reason="livraison incomplète")
    if place == 20:
        plan = [{"on": (day + timedelta(days=7 * (each + 1))).isoformat(), "amount": "100.00"} for each in range(3)]
        house.say(day, "atelier", "D-10", "plan.agreed", instalments=plan)
    if place == 28:
        house.pay(day, "atelier", "Client 10 SARL", "ATELIER-2026-100", Decimal("100.00"))
    if place == 40:
        house.say(day, "atelier", "D-08", "dispute.closed", invoice="ATELIER-2026-080", outcome="infondée")
    if place == LEAVES:
        assert len(leave(house.journal, "bureau", on=day, reason="fin du mandat", actor="marie")) > 5


def lived(house, days, debtors=16):
    portfolio(house, debtors)
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


@pytest.mark.parametrize("place", ["sqlite"], indirect=True)
def test_the_guides_four_commands_are_a_morning(agency):
    """Two mornings of four debtors: each command is found in the guide, and by the evening nothing waits without a name."""
    sent = lived(agency, 2, debtors=4)
    assert agency.typed == [4, 4]
    assert sent


@pytest.mark.long
def test_sixty_days_of_an_agency(agency):
    sent = lived(agency, 60)
    assert set(agency.typed) == {4}
    assert len(sent) > 40
    assert small_enough(agency.journal, sent)
    assert agency.calls
    told = {name for each in sent for action in each.actions if action.step == "premiere-lettre" for name in action.invoices}
    assert {name for each in sent for action in each.actions for name in action.invoices} <= told  # an invoice that joins an account has its own first letter (CPCE R124-4)
    after = [each for each in sent if each.creditor == "bureau" and each.left >= FIRST + timedelta(days=LEAVES)]
    assert after == []  # nothing was sent for him who left
    assert [item for item in worklist(agency.journal, FIRST + timedelta(days=60), creditor="bureau") if item.kind is not WorkKind.MONEY] == []
