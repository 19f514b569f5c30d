"""What a run drafts for a person instead of sending: on a bank statement too old, and by steps that lost their name."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from relance.importers.import_settings import Settings
from relance.importers.intake import recognise, take
from relance.journal.journal import Journal
from relance.language import load_playbook_text
from relance.language.parse import duration
from relance.model import Creditor, Debtor, Event, Facts, Invoice, Sender
from relance.portfolio.applied_rules import plain_of, routing_of
from relance.portfolio.routing import only, read_routing
from relance.run import journal_run as rounds

IBAN = "FR7630006000011234567890189"
NORD = Creditor("nord", "Nord", iban=IBAN)
STEPS = """\
  - {id: a, at: J+1, channels: [email], tone: courteous, template: relance-1}
  - {id: b, at: J+8, channels: [email], tone: neutral, template: relance-2}
"""
STATEMENT = """<?xml version="1.0" encoding="UTF-8"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"><BkToCstmrStmt><GrpHdr><MsgId>1</MsgId></GrpHdr>
<Stmt><Id>S1</Id><Acct><Id><IBAN>{iban}</IBAN></Id></Acct>
<Bal><Tp><CdOrPrtry><Cd>OPBD</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">5.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>{on}</Dt></Dt></Bal>
<Bal><Tp><CdOrPrtry><Cd>CLBD</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">{closing}</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>{on}</Dt></Dt></Bal></Stmt></BkToCstmrStmt></Document>"""


def ladder(steps: str = STEPS, version: int = 1):
    playbook, said = load_playbook_text(f"schema: 1\nplaybook: essai\nversion: {version}\ntitle: Essai\nsteps:\n{steps}", "essai.yaml", checks=False)
    assert playbook is not None, said
    return playbook


def owed(debtor: str, name: str, due: date = date(2026, 3, 2), *events: Event) -> Facts:
    invoice = Invoice(name, due, Decimal(310), issued=date(2026, 2, 2))
    return Facts(NORD, Debtor(debtor, debtor.title(), kind="business", email=f"{debtor}@exemple.example"), (invoice,), events)


@pytest.fixture
def journal(place, clock):
    with Journal.open(place(), now=clock) as made:
        yield made


def go(journal, on, rules, *portfolio):
    return rounds.run(journal, portfolio or (owed("alix", "A-1"),), rules, on, actor="test", load=lambda _: None, sent_by=Sender.OTHER)


# --------------------------------------------------------------------------- how old the last statement is


FIVE = replace(only(ladder()), statement_within=duration("5 days"))


@pytest.fixture
def read(journal, tmp_path):
    """Read a bank statement without any movement that closes on a day."""

    def statement(on: str, *, iban: str = IBAN, closing: str = "5.00"):
        path = tmp_path / f"{on}.xml"
        path.write_text(STATEMENT.format(on=on, iban=iban, closing=closing), "utf-8")
        return take(journal, [recognise(path)], Settings(not_after=date(2026, 12, 31)))

    journal.take_in([owed("alix", "A-1")], actor="test")
    return statement


@pytest.mark.parametrize(("closes", "draft"), [("2026-02-26", False), ("2026-02-25", True)])
def test_a_run_drafts_where_the_last_statement_is_older_than_the_rules_allow(journal, read, closes, draft):
    read(closes)
    done = go(journal, date(2026, 3, 3), FIVE)
    assert [action.draft for action in done.new] == [draft]
    assert bool(done.doubted) is draft
    if draft:
        assert "the last bank statement read is of 2026-02-25" in done.doubted[0].reason
        assert "5 days" in done.doubted[0].reason


def test_without_any_statement_a_run_drafts_and_says_so(journal):
    done = go(journal, date(2026, 3, 3), FIVE)
    assert [action.draft for action in done.new] == [True]
    assert "no bank statement was read" in done.new[0].reason


def test_nobody_who_asks_for_no_statement_is_held_up(journal):
    assert [action.draft for action in go(journal, date(2026, 3, 3), only(ladder())).new] == [False]


def test_a_statement_that_does_not_add_up_was_not_read(journal, read):
    assert read("2026-03-02", closing="6.00").rejects
    assert [action.draft for action in go(journal, date(2026, 3, 3), FIVE).new] == [True]


def test_a_statement_of_another_creditors_account_says_nothing_of_this_one(journal, read):
    sud = Creditor("sud", "Sud", iban="FR1420041010050500013M02606")
    journal.take_in([replace(owed("carla", "C-1"), creditor=sud)], actor="test")
    read("2026-03-02", iban=sud.iban)
    done = go(journal, date(2026, 3, 3), FIVE)
    assert {action.creditor: action.draft for action in done.new} == {"nord": True, "sud": False}


def test_money_of_a_statement_that_was_refused_in_part_dates_no_statement(journal):
    paid = Event(date(2026, 3, 1), "payment.received", "A-1", data={"amount": Decimal(10), "reference": "camt BK1"})
    assert [action.draft for action in go(journal, date(2026, 3, 3), FIVE, owed("alix", "A-1", date(2026, 3, 2), paid)).new] == [True]


def test_one_statement_read_twice_is_written_down_once(journal, read):
    read("2026-03-02")
    read("2026-03-02")
    assert [entry.on for entry in journal.entries(kinds=("statement.read",))] == [date(2026, 3, 2)]


def test_what_is_required_is_read_from_the_file_and_kept_with_the_rules(tmp_path):
    (tmp_path / "routing.yaml").write_text("schema: 1\nrequire: {statement_within: 3 business days}\nroutes:\n  - playbook: systematique\n", "utf-8")
    rules, said = read_routing(tmp_path / "routing.yaml")
    assert rules is not None, said
    assert rules.statement_within == duration("3 business days")
    assert routing_of(plain_of(rules)).statement_within == rules.statement_within
    assert "require" not in plain_of(replace(rules, statement_within=None))


@pytest.mark.parametrize("wrong", ["{statement_within: soon}", "{statement: 5 days}", "5 days"])
def test_a_requirement_that_says_nothing_is_a_mistake(tmp_path, wrong):
    (tmp_path / "routing.yaml").write_text(f"schema: 1\nrequire: {wrong}\nroutes:\n  - playbook: systematique\n", "utf-8")
    assert read_routing(tmp_path / "routing.yaml")[0] is None


# --------------------------------------------------------------------------- steps that lost their name


RENAMED = STEPS.replace("id: a,", "id: premiere,")


def test_a_step_renamed_without_its_former_name_is_not_sent_again_unseen(journal):
    assert [action.step for action in go(journal, date(2026, 3, 3), only(ladder())).new] == ["a"]
    newcomer = owed("bruno", "B-1", date(2026, 3, 3))
    done = go(journal, date(2026, 3, 4), only(ladder(RENAMED, 2)), owed("alix", "A-1"), newcomer)
    drafts = {action.case: action.draft for action in done.new if action.step == "premiere"}
    assert drafts == {"A-1": True, "B-1": False}, "who never had the step gets it as ever"
    assert [(one.playbook, one.step, one.cases) for one in done.lost] == [("essai", "a", 1)]
    assert "formerly: [a]" in str(done.lost[0])


def test_the_run_after_the_first_with_the_new_names_still_knows(journal):
    go(journal, date(2026, 3, 3), only(ladder()))
    late = RENAMED.replace("at: J+1", "at: J+4")
    first = go(journal, date(2026, 3, 4), only(ladder(late, 2)))
    assert (first.new, [one.step for one in first.lost]) == ((), ["a"])
    assert go(journal, date(2026, 3, 5), only(ladder(late, 2))).lost == (), "said once, where nothing comes of it"
    done = go(journal, date(2026, 3, 6), only(ladder(late, 2)))
    assert {(action.step, action.draft) for action in done.new} == {("premiere", True)}
    assert [one.step for one in done.lost] == ["a"]


def test_a_step_renamed_with_its_former_name_is_known(journal):
    go(journal, date(2026, 3, 3), only(ladder()))
    done = go(journal, date(2026, 3, 4), only(ladder(RENAMED.replace("id: premiere,", "id: premiere, formerly: [a],"), 2)))
    assert (done.new, done.lost) == ((), ())


def test_a_step_that_was_there_beside_the_lost_one_goes_on(journal):
    go(journal, date(2026, 3, 3), only(ladder()))
    done = go(journal, date(2026, 3, 10), only(ladder(STEPS.splitlines()[1], 2)))
    assert {(action.step, action.draft) for action in done.new} == {("b", False)}


def test_who_has_paid_is_no_open_case(journal):
    go(journal, date(2026, 3, 3), only(ladder()))
    paid = Event(date(2026, 3, 3), "payment.received", "A-1", data={"amount": Decimal(310)})
    assert go(journal, date(2026, 3, 4), only(ladder(RENAMED, 2)), owed("alix", "A-1", date(2026, 3, 2), paid)).lost == ()
