"""Several invoices of one debtor on one day: one message at the highest step, and never the due with what is not yet due."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

from relance.interpreter import look
from relance.language import load_playbook
from relance.letters import sample
from relance.letters.context import build
from relance.letters.document import group_messages
from relance.letters.wording import Templates
from relance.model import Channel, Facts, Invoice
from relance.simulation.timeline import preview

PLAYBOOKS = Path(__file__).resolve().parents[2] / "playbooks"


def negligent():
    found, findings = load_playbook(PLAYBOOKS / "negligent.yaml")
    assert found is not None, findings
    return found


def owing(*dues):
    case = sample.facts()
    claims = tuple(Invoice(id=f"F-{n}", issued=due - timedelta(30), due=due, amount=Decimal("1200.00")) for n, due in enumerate(dues, 1))
    return Facts(case.creditor, case.debtor, claims)


def texts(actions, facts):
    for group in group_messages(actions):
        context = build(group, facts)
        yield group, Templates().find(group[0].template, group[0].channel, "fr").render(context)


def test_two_late_invoices_make_one_message_at_the_higher_step():
    # F-1 reaches J+30 on the day F-2 reaches J+1; three contacts in thirty days put both off to the next day
    facts = owing(date(2026, 3, 2), date(2026, 3, 31))
    facts = preview(negligent(), facts, date(2026, 2, 1), date(2026, 4, 1)).facts
    seen = look(negligent(), facts, date(2026, 4, 2))
    mails = [(group, text) for group, text in texts(seen.actions, facts) if group[0].channel is Channel.EMAIL]
    assert [[action.step for action in group] for group, _ in mails] == [["relance-2", "relance-1"]]
    said = mails[0][1].plain()
    assert "F-1" in said
    assert "F-2" in said
    assert "demeurent impayées" in " ".join(said.split())


def test_an_invoice_not_yet_due_is_never_asked_for_with_those_that_are():
    # F-1 reaches J+30 on the day F-2 reaches J-7
    facts = owing(date(2026, 3, 2), date(2026, 4, 8))
    facts = preview(negligent(), facts, date(2026, 2, 1), date(2026, 3, 31)).facts
    seen = look(negligent(), facts, date(2026, 4, 1))
    mails = {group[0].step: text.plain() for group, text in texts(seen.actions, facts) if group[0].channel is Channel.EMAIL}
    assert set(mails) == {"relance-2", "rappel-avant-echeance"}
    assert "F-2" not in mails["relance-2"]
    assert "F-1" not in mails["rappel-avant-echeance"]


def test_a_formal_notice_carries_formal_notices_alone():
    # F-1 reaches J+45 on the day F-2 reaches J+30 and F-3 J+1
    facts = owing(date(2026, 3, 2), date(2026, 3, 17), date(2026, 4, 15))
    facts = preview(negligent(), facts, date(2026, 2, 1), date(2026, 4, 15)).facts
    seen = look(negligent(), facts, date(2026, 4, 16))
    for group in group_messages(seen.actions):
        kinds = {action.kind for action in group}
        assert len(kinds) == 1, [(action.step, action.channel) for action in group]
