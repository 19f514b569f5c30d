"""What leaves is what was decided, on the day it leaves: by the journal's rules, over all cases, inside the contact rules of that day."""

from __future__ import annotations

import dataclasses
import itertools
import json
import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from click.testing import CliRunner
from pypdf import PdfReader

from relance.cli import main
from relance.delivery import outbox
from relance.delivery.outbox import ATTEMPT, State
from relance.delivery.release_check import Release, Rules, known_debtor, standing
from relance.delivery.sending import Fate, Run
from relance.delivery.smtp import Transmission, TransmissionResult
from relance.journal.journal import Journal
from relance.letters.context import Writing
from relance.letters.document import Studio
from relance.model import Channel, Event

CREDITORS = (
    "id,name,kind,siren,address,postcode,city,country,email,iban\n"
    "forge,Forge du Vercors SARL,business,552100554,4 rue du Pont,38000,Grenoble,FR,compta@forge.example,FR7630006000011234567890189\n"
)
DEBTORS = (
    "id,name,kind,profile,address,postcode,city,country,email,phone\n"
    "morel,Morel SAS,business,negligent,9 quai Perrache,69002,Lyon,FR,compta@morel.example,\n"
)
#: A Thursday.
DAY = date(2026, 9, 24)


@pytest.fixture
def house(tmp_path, monkeypatch, clock, smtp_server):
    """A firm with a folder of files, its commands and a clock of its own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("relance.cli.common.now", clock)
    monkeypatch.setattr("relance.cli.send.now", clock)
    monkeypatch.setattr("relance.cli.run.now", clock)
    (tmp_path / "creditors.csv").write_text(CREDITORS, encoding="utf-8")
    (tmp_path / "debtors.csv").write_text(DEBTORS, encoding="utf-8")
    environment = {
        "RELANCE_JOURNAL": str(tmp_path / "firm.db"), "RELANCE_ACTOR": "claire", "RELANCE_SMTP_HOST": "127.0.0.1",
        "RELANCE_SMTP_PORT": str(smtp_server.port), "RELANCE_SMTP_SECURITY": "none",
    }  # fmt: skip

    class House:
        folder = tmp_path

        def on(self, day, hour=8):
            clock.now = datetime(day.year, day.month, day.day, hour, tzinfo=UTC)
            return self

        def write(self, **files):
            for name, text in files.items():
                (tmp_path / name.replace("_", ".")).write_text(text, encoding="utf-8")
            return self

        def __call__(self, *line):
            return CliRunner().invoke(main, [str(word) for word in line], env=environment, catch_exceptions=False)

        def run(self, *rules, invoices="invoices.csv"):
            done = self("run", *rules, "--invoices", invoices, "--debtors", "debtors.csv", "--creditors", "creditors.csv", "--as-of", "today", "--out", "out")
            assert done.exit_code in (0, 1), done.output
            return done.output

        def journal(self):
            return Journal.open(tmp_path / "firm.db", now=clock)

        def messages(self, *states):
            with self.journal() as journal:
                return [each for each in outbox.read(journal) if not states or each.state in states]

        def days_left(self):
            return sorted({each.left for each in self.messages("sent")})

    return House()


def invoices(*rows):
    return "id,debtor,creditor,issued,due,amount,currency,tags\n" + "".join(f"{row}\n" for row in rows)


def test_a_split_account_is_written_to_over_its_own_invoices(house, post):
    """The rules are the journal's: `send` is told of no playbook, and the invoice another playbook took is neither named nor asked."""
    house.write(
        routing_yaml="schema: 1\nroutes:\n  - {playbook: ./chantiers.yaml, if: {tag: chantier}}\n  - {playbook: ./courant.yaml}\n",
        chantiers_yaml="schema: 1\nplaybook: chantiers\nversion: 1\ntitle: Chantiers\ndebtor: business\nsteps:\n  - {id: relance-1, at: J+60, channels: [email], tone: courteous}\n",
        courant_yaml="schema: 1\nplaybook: courant\nversion: 1\ntitle: Courant\ndebtor: business\nunit: account\nsteps:\n  - {id: relance-1, at: J+2, channels: [email], tone: courteous}\n",
        invoices_csv=invoices("V-1,morel,forge,2026-08-20,2026-09-21,250.00,EUR,", "V-2,morel,forge,2026-08-20,2026-09-18,7000.00,EUR,chantier"),
    )
    house.on(DAY).run("--routing", "routing.yaml")
    assert house("send").exit_code == 0
    (mail,) = post.taken
    assert b"V-1" in mail.content
    assert b"V-2" not in mail.content
    for day in (DAY, DAY + timedelta(1)):
        house.on(day).run("--routing", "routing.yaml")
        assert house("send").output.strip() == "nothing was ready"
    assert [each.state for each in house.messages()] == [State.SENT], "nothing is withdrawn, and nothing sent twice"


REQUIRED = """schema: 1
require: {statement_within: 5 days}
routes:
  - {playbook: ./simple.yaml}
"""
SIMPLE = """schema: 1
playbook: simple
version: 1
title: Simple
debtor: business
steps:
  - {id: relance-1, at: J+3, channels: [email], tone: courteous}
  - {id: relance-2, at: J+60, channels: [email], tone: firm, approval: required}
"""


def _statement(house, day):
    with house.journal() as journal:
        journal.statement_read(["forge"], "FR7630006000011234567890189", day, actor="claire")


@pytest.mark.parametrize(("days", "leaves"), [(5, True), (6, False)])
def test_what_was_ready_waits_where_the_last_statement_has_become_too_old(house, post, days, leaves):
    house.write(routing_yaml=REQUIRED, simple_yaml=SIMPLE, invoices_csv=invoices("V-1,morel,forge,2026-08-20,2026-09-21,250.00,EUR,"))
    house.on(DAY - timedelta(1)).run("--routing", "routing.yaml")
    _statement(house.on(DAY), DAY)
    house.run("--routing", "routing.yaml")
    sent = house.on(DAY + timedelta(days))("send")
    assert len(post.taken) == leaves, sent.output
    assert ("the last bank statement read is of 2026-09-24, one of the last 5 days is required" in " ".join(sent.output.split())) is not leaves
    if not leaves:
        _statement(house, DAY + timedelta(2))
        assert house("send").exit_code == 0
        assert len(post.taken) == 1, "with a newer one it leaves"


def test_a_draft_is_approved_on_a_recent_statement_or_with_a_word(house, post):
    approved = SIMPLE.replace("tone: courteous", "tone: courteous, approval: required")
    house.write(routing_yaml=REQUIRED, simple_yaml=approved, invoices_csv=invoices("V-1,morel,forge,2026-08-20,2026-09-21,250.00,EUR,"))
    house.on(DAY - timedelta(1)).run("--routing", "routing.yaml")
    _statement(house.on(DAY), DAY)
    house.run("--routing", "routing.yaml")
    (draft,) = house.messages("draft")
    late = house.on(DAY + timedelta(6))("outbox", "approve", draft.id)
    assert late.exit_code == 1
    assert "the last bank statement read is of 2026-09-24, one of the last 5 days is required: import it first, or say --anyway" in late.output
    assert house("outbox", "approve", draft.id, "--anyway").exit_code == 0
    assert house("send").exit_code == 0
    assert len(post.taken) == 1, "who approved it knew, and it waits for no other word"


ACCOUNT = """schema: 1
playbook: compte
version: 1
title: Compte
debtor: business
unit: account
steps:
  - {id: relance-1, at: J+1, channels: [email], tone: courteous}
  - {id: mise-en-demeure, kind: formal_notice, at: J+3, channels: [registered_letter], tone: formal, grants: 15 days, claim: [late_interest, fixed_indemnity], approval: required}
"""


def _notice(house, first, *, then):
    """Bring an account to the draft of its notice over V-1, with what came in on the next day."""
    house.write(compte_yaml=ACCOUNT, invoices_csv=invoices(first))
    for day in (date(2026, 9, 22), date(2026, 9, 24)):
        house.on(day).run("--playbook", "compte.yaml")
        assert house("send").exit_code == 0
    (draft,) = house.messages("draft")
    house.on(date(2026, 9, 25)).write(invoices_csv=invoices(first, then)).run("--playbook", "compte.yaml")
    return draft


def test_what_joins_an_account_after_its_draft_is_not_asked_by_it(house, tmp_path):
    draft = _notice(
        house, "V-1,morel,forge,2026-08-20,2026-09-21,250.00,EUR,", then="V-3,morel,forge,2026-09-25,2026-10-30,8000.00,EUR,"
    )
    shown = house("outbox", "show", draft.id)
    assert "V-3" not in shown.output
    assert "25 septembre 2026" in shown.output, "a draft speaks of the day it leaves"
    approved = house("outbox", "approve", draft.id)
    assert approved.exit_code == 0, approved.output
    for line in (("render", "--ready", "--out", tmp_path / "r"), ("send", "--print", tmp_path / "p")):
        done = house(*line)
        assert done.exit_code == 0, done.output
    for path in (tmp_path / "r" / "letters" / "letters.pdf", tmp_path / "p" / "letters.pdf"):
        text = re.sub(r"\s+", " ", "".join(page.extract_text() for page in PdfReader(path).pages))
        assert "290," in text, "250.00, 40.00 and interest"
        assert "8 000" not in text
        assert "8 290" not in text
        assert "V-3" not in text


def test_a_draft_whose_sum_is_paid_in_part_is_withdrawn_when_it_is_approved_and_made_anew(house):
    draft = _notice(house, "V-1,morel,forge,2026-08-20,2026-09-21,250.00,EUR,", then="V-3,morel,forge,2026-09-25,2026-10-30,80.00,EUR,")
    assert house("record", "V-1", "payment.received", "100.00").exit_code == 0
    approved = house("outbox", "approve", draft.id)
    assert approved.exit_code == 1
    assert "250.00 EUR was open when it was made" in approved.output
    house.on(date(2026, 9, 28)).run("--playbook", "compte.yaml")
    (again,) = house.messages("draft")
    assert Decimal("150.00") <= again.actions[0].claimed.principal < Decimal("151.00"), "interest is paid first"
    assert again.actions[0].invoices == ("V-1",)


OFFER = """\
schema: 1
playbook: solde
version: 1
title: Solde
debtor: business
steps:
  - {id: offre, at: J+3, channels: [email], tone: neutral, template: offre-solde, grants: 10 days, approval: required, offer: {settlement: "70"}}
"""


@pytest.mark.parametrize(("later", "code"), [(9, 0), (10, 1)])
def test_an_offer_leaves_while_it_stands_and_names_the_day_that_the_journal_holds(house, later, code):
    house.write(solde_yaml=OFFER, invoices_csv=invoices("V-1,morel,forge,2026-08-20,2026-09-25,250.00,EUR,"))
    house.on(date(2026, 9, 28)).run("--playbook", "solde.yaml")
    (draft,) = house.messages("draft")
    assert draft.actions[0].deadline == date(2026, 10, 8)
    approved = house.on(date(2026, 9, 28) + timedelta(later))("outbox", "approve", draft.id)
    assert approved.exit_code == code
    assert ("what it offers stood until 2026-10-08" in approved.output) is bool(code)
    if not code:
        assert "8 octobre 2026" in house("outbox", "show", draft.id).output.replace("\xa0", " ")


def test_a_case_moved_to_another_playbook_withdraws_what_the_old_one_had_ready(house, post):
    house.write(invoices_csv=invoices("V-1,morel,forge,2026-07-20,2026-08-20,250.00,EUR,"))
    house.on(DAY).run("--playbook", "systematique")
    assert house.messages("ready")
    assert house("record", "V-1", "playbook.changed", "litige").exit_code == 0
    sent = house("send")
    assert post.taken == []
    assert "is under the playbook 'litige' now" in " ".join(sent.output.split())
    assert not house.messages("ready")


TWO = """schema: 1
playbook: paire
version: 1
title: Deux dossiers
debtor: business
contact: {min_gap: 6 days, at_most: {contacts: 2, within: 20 days}}
steps:
  - {id: relance-1, at: J+1, channels: [email], tone: courteous}
  - {id: mise-en-demeure, kind: formal_notice, at: J+10, channels: [registered_letter], tone: formal, grants: 15 days, claim: [late_interest], approval: required}
"""


def test_an_approved_notice_waits_for_the_day_the_contact_rules_allow_and_then_leaves(house, tmp_path):
    house.write(
        paire_yaml=TWO,
        invoices_csv=invoices("V-1,morel,forge,2026-08-10,2026-09-07,900.00,EUR,", "V-2,morel,forge,2026-08-20,2026-09-21,300.00,EUR,"),
    )
    day, approved = date(2026, 9, 8), False
    while day < date(2026, 11, 1):
        if day.weekday() < 5:
            house.on(day).run("--playbook", "paire.yaml")
            drafts = house.messages("draft")
            if drafts and house.days_left() and house.days_left()[-1] == day - timedelta(1):
                said = house("outbox", "approve", drafts[0].id)
                assert said.exit_code == 0, said.output
                assert "it waits" in said.output
                approved = True
            house("send", "--print", tmp_path / "p")
        day += timedelta(1)
    assert approved
    days = house.days_left()
    assert all(later - sooner >= timedelta(6) for sooner, later in itertools.pairwise(days))
    assert all(third - first >= timedelta(20) for first, third in zip(days, days[2:], strict=False))
    assert any(each.channel is Channel.REGISTERED_LETTER for each in house.messages("sent")), "it leaves in the end"


ONE_LETTER = """schema: 1
playbook: une
version: 1
title: Une lettre recommandée en vingt jours
debtor: business
combine: none
contact: {at_most: [{contacts: 1, within: 20 days, channels: [registered_letter]}, {contacts: 9, within: 20 days}]}
steps:
  - {id: relance-1, at: J+1, channels: [email], tone: courteous}
  - {id: mise-en-demeure, kind: formal_notice, at: J+8, channels: [registered_letter], tone: formal, grants: 8 days, approval: required}
"""


def test_a_limit_of_registered_letters_binds_on_the_day_of_sending_and_no_e_mail(house, tmp_path):
    """Two notices are approved before either has left: the second waits for its channel's room, and a reminder of a third invoice does not."""
    house.write(
        une_yaml=ONE_LETTER,
        invoices_csv=invoices(*(f"V-{n},morel,forge,2026-08-10,2026-09-{due},900.00,EUR," for n, due in ((1, "07"), (2, "07"), (3, "16")))),
    )
    approved, day = 0, date(2026, 9, 8)
    while day < date(2026, 10, 14):
        if day.weekday() < 5:
            house.on(day).run("--playbook", "une.yaml")
            drafts = house.messages("draft")
            if len(drafts) == 2 or (drafts and approved):
                approved += len(drafts)
                for draft in drafts:
                    assert house("outbox", "approve", draft.id).exit_code == 0
            house("send", "--print", tmp_path / "p")
        day += timedelta(1)
    letters, mails = ([each.left for each in house.messages("sent") if each.channel is channel] for channel in (Channel.REGISTERED_LETTER, Channel.EMAIL))
    assert sorted(letters) == [date(2026, 9, 16), date(2026, 10, 6)]
    assert date(2026, 9, 17) in mails


@pytest.mark.parametrize("recorded", [False, True], ids=["by its id", "by its step"])
def test_what_another_system_sends_is_approved_only_on_a_day_on_which_it_may_leave(house, recorded):
    house.write(paire_yaml=TWO, invoices_csv=invoices("V-1,morel,forge,2026-08-10,2026-09-07,900.00,EUR,", "V-2,morel,forge,2026-08-20,2026-09-17,300.00,EUR,"))
    house.on(date(2026, 9, 8)).run("--playbook", "paire.yaml", "--sent-by", "other")
    house.on(date(2026, 9, 17)).run("--playbook", "paire.yaml")
    house.on(date(2026, 9, 18)).run("--playbook", "paire.yaml")
    drafts = house.messages("draft")
    assert len(drafts) == 1, "the notice of V-1"
    house.on(date(2026, 9, 25))
    by_id, by_step = ("outbox", "approve", drafts[0].id), ("record", "V-1", "action.approved", "mise-en-demeure")
    for words in (by_id, by_step):
        early = house(*words)
        assert early.exit_code == 1
        assert "approved it counts as sent, and it may not leave yet: 2 contacts already, counted from 2026-09-08: from 2026-09-28" in early.output
        assert [each.id for each in house.messages("draft")] == [drafts[0].id]
    house.on(date(2026, 9, 28))
    said = house(*(by_step if recorded else by_id))
    assert said.exit_code == 0, said.output
    assert "it waits" not in said.output
    assert not house.messages("draft")


LADDER = """schema: 1
playbook: pas
version: 1
title: Pas à pas
debtor: business
contact: {min_gap: 5 days}
steps:
  - {id: un, at: J+1, channels: [email], tone: courteous, template: relance-1}
  - {id: deux, at: J+8, channels: [email], tone: neutral, template: relance-2}
"""


def test_what_the_mail_server_could_not_take_for_a_week_does_not_leave_all_at_once(house, post):
    house.write(pas_yaml=LADDER, invoices_csv=invoices("V-1,morel,forge,2026-08-20,2026-09-21,900.00,EUR,", "V-2,morel,forge,2026-08-20,2026-09-28,300.00,EUR,"))
    post.rcpt = "451 later"
    for day in (date(2026, 9, 22), date(2026, 9, 29)):
        house.on(day).run("--playbook", "pas.yaml")
        house("send")
    post.rcpt = "250 OK"
    house("send")
    house("send")
    assert len({each.left for each in house.messages("sent")}) == 1
    assert len(post.taken) == 1, "the other case's message finds no room that day"


def test_an_approval_recorded_by_step_is_held_to_the_rules_of_the_house(house, post):
    """Two people where it takes two, a withdrawal where the case has changed, and nothing where no draft is meant."""
    drafts = LADDER.replace("template: relance-1}", "template: relance-1, approval: required}")
    house.write(
        pas_yaml=drafts, invoices_csv=invoices("V-1,morel,forge,2026-08-20,2026-09-21,900.00,EUR,"),
        relance_yaml="schema: 1\napprovals: [{people: 2}]\n",
    )  # fmt: skip
    house.on(date(2026, 9, 22)).run("--playbook", "pas.yaml")
    first = house("record", "V-1", "action.approved", "un")
    assert "it takes 1 more" in first.output
    assert house("send").output.strip() == "nothing was ready"
    again = house("record", "V-1", "action.approved", "un")
    assert again.exit_code == 1
    assert "you have approved it already" in again.output
    house("record", "V-1", "payment.received", "100.00")
    gone = house("record", "V-1", "action.approved", "un")
    assert gone.exit_code == 1
    assert "withdrawn, not approved" in gone.output
    assert house("send").output.strip() == "nothing was ready"
    assert post.taken == []


BOTH = LADDER.replace("channels: [email], tone: courteous", "channels: [letter, email], tone: courteous")


def test_the_channels_of_one_step_do_not_hold_each_other_back(house, post, tmp_path):
    """The e-mail leaves on its day and its letter is printed the next; another case's message waits for the room of both."""
    house.write(pas_yaml=BOTH, invoices_csv=invoices("V-1,morel,forge,2026-08-20,2026-09-21,900.00,EUR,", "V-2,morel,forge,2026-08-20,2026-09-22,300.00,EUR,"))
    house.on(date(2026, 9, 22)).run("--playbook", "pas.yaml")
    house("send")
    assert [each.channel for each in house.messages("sent")] == [Channel.EMAIL]
    house.on(date(2026, 9, 23))("send", "--print", tmp_path / "p")
    assert {each.channel: each.left for each in house.messages("sent")} == {Channel.EMAIL: date(2026, 9, 22), Channel.LETTER: date(2026, 9, 23)}
    for number in range(24, 29):
        house.on(date(2026, 9, number)).run("--playbook", "pas.yaml")
        house("send", "--print", tmp_path / "p")
    assert {each.left for each in house.messages("sent") if "V-2" in each.actions[0].invoices} == {date(2026, 9, 28)}


@pytest.mark.parametrize("kind", ["action.cancelled", "action.skipped", "action.failed"])
def test_a_word_about_a_step_reaches_the_message_that_waits(house, post, kind):
    house.write(pas_yaml=LADDER, invoices_csv=invoices("V-1,morel,forge,2026-08-20,2026-09-21,900.00,EUR,"))
    house.on(date(2026, 9, 22)).run("--playbook", "pas.yaml")
    why = "error=adresse" if kind == "action.failed" else "reason=adresse"
    said = house("record", "V-1", kind, "step=un", why)
    assert said.exit_code == 0, said.output
    assert house("send").output.strip() == "nothing was ready"
    assert post.taken == []


def test_an_approval_of_a_step_releases_its_draft_and_no_other(house, post):
    drafts = LADDER.replace("template: relance-1}", "template: relance-1, approval: required}")
    house.write(pas_yaml=drafts, invoices_csv=invoices("V-1,morel,forge,2026-08-20,2026-09-21,900.00,EUR,"))
    house.on(date(2026, 9, 22)).run("--playbook", "pas.yaml")
    assert house("send").output.strip() == "nothing was ready"
    assert house("record", "V-1", "action.approved", "deux").exit_code in (0, 2)
    assert house("send").output.strip() == "nothing was ready"
    assert house("record", "V-1", "action.approved", "un").exit_code == 0
    assert "1 sent" in house("send").output
    assert len(post.taken) == 1


# --------------------------------------------------------------------------- while a run goes on


@pytest.fixture
def sender(journal, playbook, clock):
    with Studio(writing=Writing()) as studio:
        yield lambda carry: Run(
            desk=journal, studio=lambda _: studio, playbooks={"negligent": playbook}.get, carriers={Channel.EMAIL: carry}, now=clock, actor="paul"
        )


def _debtors(emit, facts, number):
    for each in range(number):
        own = dataclasses.replace(facts.invoices[0], id=f"V-{each}")
        emit(dataclasses.replace(facts, debtor=dataclasses.replace(facts.debtor, id=f"d{each}"), invoices=(own,)))


@pytest.mark.parametrize("how", ["reject", "skip", "settle", "cancelled by step", "paid"])
def test_what_is_taken_back_while_a_run_goes_on_does_not_leave(journal, emit, facts, sender, how):
    _debtors(emit, facts, 3)
    gone = []

    def carry(actions, document):
        if not gone:  # a colleague speaks while the first is handed over
            last = next(each for each in outbox.read(journal) if each.debtor == "d2")
            by = {"on": date(2026, 2, 2), "actor": "claire"}
            match how:
                case "settle":
                    assert outbox.settle(journal, last, outcome="par la poste", **by) is None
                case "cancelled by step":
                    journal.record(last.creditor, "d2", [Event(by["on"], "action.cancelled", "V-2", data={"step": last.actions[0].step, "reason": "non"})], actor="c")
                case "paid":
                    journal.record(last.creditor, "d2", [Event(by["on"], "payment.received", "V-2", data={"amount": Decimal("1200.00")})], actor="c")
                case _:
                    assert outbox.withdraw(journal, last, reason="non", skip=how == "skip", **by) is None
        gone.append(actions[0].debtor)
        return Transmission(TransmissionResult.SENT, "250")

    reports = list(sender(carry).send(outbox.read(journal)))
    assert gone == ["d0", "d1"]
    expected = {"settle": Fate.TAKEN, "paid": Fate.WITHDRAWN}.get(how, Fate.GONE)
    assert [each.fate for each in reports] == [Fate.SENT, Fate.SENT, expected]


def test_a_rejection_while_the_document_is_made_is_heard(journal, emit, facts, sender, monkeypatch):
    """Between the last look at a message and the line that begins its attempt nothing is lost."""
    emit(facts)
    run, left = sender(lambda *_: left.append(1) or Transmission(TransmissionResult.SENT, "250")), []
    keep = Run._keep

    def slow(self, message, document, now):
        outbox.withdraw(journal, message, on=date(2026, 2, 2), actor="claire", reason="non", skip=False)
        return keep(self, message, document, now)

    monkeypatch.setattr(Run, "_keep", slow)
    assert [each.fate for each in run.send(outbox.read(journal))] == [Fate.GONE]
    assert left == []


def test_a_message_under_way_is_shown_as_such_and_nobody_approves_it_until_it_is_over(journal, emit, facts, sender, clock):
    emit(facts)
    by = {"on": date(2026, 2, 2), "actor": "claire"}

    class Killed(BaseException):
        pass

    def carry(actions, document):
        (message,) = outbox.read(journal)
        assert message.state is State.UNDER_WAY
        assert message.why == "since 2026-02-02 09:00 UTC, by paul"
        for refused in (
            outbox.approve(journal, message, **by), outbox.withdraw(journal, message, reason="non", skip=False, **by),
            outbox.settle(journal, message, outcome="oui", **by),
        ):  # fmt: skip
            assert "under way since" in refused
        journal.record(message.creditor, message.debtor, [Event(by["on"], "action.approved", data={"id": message.actions[0].id})], actor="c")
        assert outbox.read(journal)[0].state is State.UNDER_WAY, "nor is a line in the journal heard before it is over"
        clock.now += ATTEMPT - timedelta(seconds=1)
        assert outbox.read(journal)[0].state is State.UNDER_WAY
        clock.now += timedelta(seconds=1)
        assert outbox.read(journal)[0].state is State.UNCLEAR
        assert outbox.approve(journal, message, **by) is None
        return Transmission(TransmissionResult.SENT, "250")

    list(sender(carry).send(outbox.read(journal)))


# --------------------------------------------------------------------------- the answer


def test_a_message_that_is_not_asked_for_any_more_is_withdrawn_for_a_true_reason(journal, emit, facts, playbook, clock):
    emit(facts)
    rules = Rules({"negligent": playbook}.get)

    def now(on=date(2026, 2, 2)):
        (message,) = outbox.read(journal)
        return standing(message, known_debtor(journal, message.creditor, message.debtor), rules, on)

    assert now().verdict is Release.GO
    later = now(date(2026, 2, 4))
    assert later.verdict is Release.GO
    assert later.actions[0].on == date(2026, 2, 4)
    journal.record("atelier", "dupont", [Event(date(2026, 2, 2), "case.closed", "F-2026-001", data={})], actor="c")
    assert now() == (Release.WITHDRAW, "the case was closed by hand", (), date.min, None)


def test_under_way_is_a_state_of_the_list(house, clock):
    house.write(pas_yaml=LADDER, invoices_csv=invoices("V-1,morel,forge,2026-08-20,2026-09-21,900.00,EUR,"))
    house.on(date(2026, 9, 22)).run("--playbook", "pas.yaml")
    (message,) = house.messages()
    with house.journal() as journal:
        assert outbox.record_outcome(journal, message, "action.attempted", on=date(2026, 9, 22), actor="paul", keys=True, attempt=1)
    (listed,) = json.loads(house("outbox", "list", "--format", "json").output)["messages"]
    assert (listed["state"], listed["under_way_by"], listed["under_way_since"]) == ("under_way", "paul", "2026-09-22T08:00:00+00:00")
    refused = house("outbox", "approve", message.id)
    assert refused.exit_code == 1
    assert "by paul" in refused.output


def test_a_message_whose_text_does_not_hold_is_a_task_until_it_is_settled(house, post):
    """It quotes the sentence and the fact, in the outbox and beside its case; a person's word ends it, and so does the same step made anew."""
    wordings = house.folder / "wordings" / "fr" / "rappel"
    wordings.mkdir(parents=True)
    wrong = "---\nsubject: Votre facture\n---\nNous vous demandons de régler la somme de 1,00 €.\n"
    (wordings / "email.md.j2").write_text(wrong, "utf-8")
    templates = ("--templates", house.folder / "wordings")
    house.write(simple_yaml=SIMPLE.replace("tone: courteous", "tone: courteous, template: rappel"))
    house.write(invoices_csv=invoices("V-1,morel,forge,2026-08-20,2026-09-21,250.00,EUR,"))
    assert "PB601" in house.on(DAY).run("--playbook", "simple.yaml", *templates)
    (task,) = house.messages("task")
    assert "1,00" in task.why
    assert "what is asked is 250.00 EUR" in task.why
    assert "task" in house("outbox", "list").output
    assert "task: relance-1: it could not be written: PB601" in " ".join(house("cases").output.split())
    house.on(DAY + timedelta(1)).run("--playbook", "simple.yaml", *templates)
    (again,) = house.messages("task")
    assert again.dated == DAY + timedelta(1), "it was made anew, and stands once"
    assert house("outbox", "approve", again.id).exit_code == 1
    assert house("outbox", "reject", again.id, "--reason", "I write to him myself").exit_code == 0
    assert house.messages("task") == []
    (wordings / "email.md.j2").write_text(wrong.replace("1,00 €", "{{ sums.total }}"), "utf-8")
    house.on(DAY + timedelta(4)).run("--playbook", "simple.yaml", *templates)
    assert house("send", *templates).exit_code == 0
    assert len(post.taken) == 1


def test_a_message_found_untrue_when_it_is_sent_is_a_task_too(house, post):
    wordings = house.folder / "wordings" / "fr" / "rappel"
    wordings.mkdir(parents=True)
    right = "---\nsubject: Votre facture\n---\nNous vous demandons de régler la somme de {{ sums.total }}.\n"
    (wordings / "email.md.j2").write_text(right, "utf-8")
    templates = ("--templates", house.folder / "wordings")
    house.write(simple_yaml=SIMPLE.replace("tone: courteous", "tone: courteous, template: rappel"))
    house.write(invoices_csv=invoices("V-1,morel,forge,2026-08-20,2026-09-21,250.00,EUR,")).on(DAY).run("--playbook", "simple.yaml", *templates)
    (wordings / "email.md.j2").write_text(right.replace("{{ sums.total }}", "12,00 €"), "utf-8")
    assert house("send", *templates).exit_code == 1
    assert post.taken == []
    (task,) = house.messages()
    assert task.state is State.TASK
    assert "12,00" in task.why
    assert house("outbox", "sent", task.id).exit_code == 0
    assert [each.state for each in house.messages()] == [State.SENT]


@pytest.mark.parametrize(("word", "why"), [("playbook.changed", "is under the playbook 'autre' now"), ("case.closed", "")])
def test_a_run_withdraws_what_a_case_that_moved_or_was_closed_has_ready(house, post, word, why):
    house.write(simple_yaml=SIMPLE, autre_yaml=SIMPLE.replace("playbook: simple", "playbook: autre"))
    house.write(invoices_csv=invoices("V-1,morel,forge,2026-08-20,2026-09-21,250.00,EUR,")).on(DAY).run("--playbook", "simple.yaml")
    more = ("playbook=autre",) if word == "playbook.changed" else ("reason=over",)
    told = house.on(DAY + timedelta(1))("record", "V-1", word, *more)
    assert told.exit_code == 0, told.output
    said = house.run("--playbook", "simple.yaml")
    first = house.messages()[0]
    assert first.state is State.CANCELLED, said
    assert why in first.why


def test_a_message_that_cannot_reach_its_debtor_is_a_task_as_soon_as_the_run_made_it(house, post):
    """Not only when `send` tried: listed beside its case, counted by later runs, and over by itself once its case is paid."""
    house.write(debtors_csv="id,name,kind,country,email,street,postcode,city\nmorel,Morel SARL,business,FR,,1 rue des Lices,,Lyon\n")
    house.write(simple_yaml=SIMPLE.replace("channels: [email]", "channels: [letter]"))
    house.write(invoices_csv=invoices("V-1,morel,forge,2026-08-20,2026-09-21,250.00,EUR,", "V-2,morel,forge,2026-08-20,2026-09-21,80.00,EUR,"))
    assert "messages cannot reach their debtors, tasks for a person" in house.on(DAY).run("--playbook", "simple.yaml")
    assert {(task.state, task.why.partition(":")[0]) for task in house.messages()} == {("task", "debtor")}
    assert "task: relance-1: debtor:" in " ".join(house("cases").output.split())
    assert house.messages("ready") == []
    house.on(DAY + timedelta(1)).run("--playbook", "simple.yaml")
    assert house.messages("task"), "nobody has seen to them"
    for name, amount in (("V-1", "250.00"), ("V-2", "80.00")):
        assert house("record", name, "payment.received", amount).exit_code == 0
    house.on(DAY + timedelta(2)).run("--playbook", "simple.yaml")
    assert house.messages("task") == [], "a task of a case that is paid is none"
    assert post.taken == []


def test_a_step_that_no_channel_can_carry_is_a_task_of_the_outbox(house, post):
    """Who has no address at all: the run emits a task in the message's place, `outbox` shows it, and a person's word or the end of the case ends it."""
    house.write(debtors_csv="id,name,kind,country,email\nmorel,Morel SARL,business,FR,\n")
    house.write(simple_yaml=SIMPLE, invoices_csv=invoices("V-1,morel,forge,2026-08-20,2026-09-21,250.00,EUR,"))
    house.on(DAY).run("--playbook", "simple.yaml")
    (task,) = house.messages()
    assert (task.state, task.why) == ("task", "the debtor cannot be reached by email")
    assert "task: relance-1: the debtor cannot be reached by email" in " ".join(house("cases").output.split())
    told = " ".join(house("why", "V-1", "--on", f"{DAY}").output.split())
    assert told.endswith(": the debtor cannot be reached by email")
    assert "1 task of earlier days still open, the oldest of" in house.on(DAY + timedelta(3)).run("--playbook", "simple.yaml")
    assert house("outbox", "approve", task.id).exit_code == 1
    assert house("outbox", "sent", task.id, "--outcome", "by hand").exit_code == 0
    assert [each.state for each in house.messages()] == ["sent"]
    assert "earlier days still open" not in house.on(DAY + timedelta(4)).run("--playbook", "simple.yaml")
    assert post.taken == []


@pytest.mark.parametrize("to_role", ["", ", to_role: accounting"])
def test_the_only_mailbox_of_the_house_is_a_role_s_and_reaches_the_debtor(house, post, to_role):
    house.write(debtors_csv="id,name,kind,country,email\nmorel,Morel SARL,business,FR,\n")
    house.write(events_csv="on,event,debtor,role,email\n2026-08-20,addressee.named,morel,accounting,compta@morel.example\n")
    house.write(simple_yaml=SIMPLE.replace("tone: courteous", f"tone: courteous{to_role}"), invoices_csv=invoices("V-1,morel,forge,2026-08-20,2026-09-21,250.00,EUR,"))
    house.on(DAY).run("--playbook", "simple.yaml", "--events", "events.csv")
    (message,) = house.messages()
    assert (message.channel, message.state) == (Channel.EMAIL, State.READY)
    assert house("send").exit_code == 0
    assert [each.rcpt_tos for each in post.taken] == [["compta@morel.example"]]


def test_a_role_that_has_no_mailbox_reaches_nobody(house, post):
    house.write(debtors_csv="id,name,kind,country,email\nmorel,Morel SARL,business,FR,\n")
    house.write(events_csv="on,event,debtor,role,email\n2026-08-20,addressee.named,morel,salesman,rey@forge.example\n")
    house.write(simple_yaml=SIMPLE.replace("tone: courteous", "tone: courteous, to_role: accounting"), invoices_csv=invoices("V-1,morel,forge,2026-08-20,2026-09-21,250.00,EUR,"))
    house.on(DAY).run("--playbook", "simple.yaml", "--events", "events.csv")
    (task,) = house.messages()
    assert (task.state, task.why) == ("task", "the debtor cannot be reached by email")
    assert post.taken == []
