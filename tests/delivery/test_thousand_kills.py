"""A house killed at random moments of its work: reading, running, approving, sending, matching. Every action once, every euro once, nothing lost."""

import os
import random
import signal
import time
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from relance.delivery import outbox
from relance.delivery.print_batches import Tray
from relance.delivery.sending import Run
from relance.journal.event_types import build
from relance.journal.journal import Journal
from relance.journal.verification import verify
from relance.language import load_playbook_text
from relance.letters.document import Studio
from relance.model import Address, Channel, Creditor, Debtor, Facts, Invoice
from relance.portfolio.matching_queue import queue, settle_payment, shares_of
from relance.portfolio.routing import only
from relance.run.journal_run import run

FIRST = date(2026, 3, 2)
LADDER = """
schema: 1
playbook: maison
version: 1
title: Une lettre, puis un brouillon
debtor: business
steps:
  - {id: un, at: J+1, channels: [letter], tone: firm, template: relance-1}
  - {id: deux, at: un + 2 days, channels: [letter], tone: firm, template: relance-2, approval: required}
"""


def portfolio():
    for number in range(3):
        debtor = Debtor(f"D-{number}", name=f"Client {number}", address=Address(("1 rue du Port", "69002 Lyon")))
        yield Facts(Creditor("atelier", name="Atelier", address=Address(("2 rue du Port", "69002 Lyon"))), debtor, (Invoice(f"F-{number}", FIRST - timedelta(days=1), Decimal(100)),))


def payer():
    """One who owes nothing yet, and whose money waits for a person all the same."""
    return Facts(Creditor("atelier"), Debtor("D-9", name="Client 9"), (Invoice("F-9", FIRST + timedelta(days=300), Decimal(100)),))


def event(on, kind, **raw):
    made, mistakes = build({"on": on.isoformat(), "event": kind, **raw})
    assert made is not None, mistakes
    return made


def work(url, folder, days):
    """Live so many days; whatever was done on a day before is found done. Each day has its own clock, later than what a kill left under way."""
    playbook, findings = load_playbook_text(LADDER, "maison.yaml")
    assert playbook is not None, findings
    moment = [datetime(2026, 3, 2, 9, tzinfo=UTC)]
    with Journal.open(url, now=lambda: moment[0]) as journal, Studio() as studio:
        last = journal.last_run()
        for place in range(days):
            on = FIRST + timedelta(days=place)
            if last is not None and on < last:
                continue
            moment[0] = max(datetime(on.year, on.month, on.day, 9, tzinfo=UTC), _latest(journal) + timedelta(minutes=11))
            journal.take_in([*portfolio(), payer()], actor="import")
            journal.record("atelier", "D-9", [event(on, "payment.unmatched", amount="1.00", currency="EUR", reference=f"VIR-{place}", payer="Inconnu")], actor="import", keys=[f"bank:{place}"])
            run(journal, (), only(playbook), on, actor="run", load={"maison": playbook}.get)
            for one in queue(journal):
                shares = shares_of(journal, one, [("F-9", None)], on)
                settle_payment(journal, one, shares, "paid F-9", on=on, actor="marie")
            for message in outbox.read(journal):
                if message.state == "draft":
                    outbox.approve(journal, message, on=on, actor="marie")
                elif message.state == "unclear":
                    outbox.settle(journal, message, on=on, actor="marie", outcome="it lies in the tray")
            sending = Run(
                desk=journal, studio=lambda _: studio, playbooks={"maison": playbook}.get, carriers={Channel.LETTER: Tray(folder).put}, now=lambda: moment[0], actor="marie",
                routing=lambda _: only(playbook),
            )  # fmt: skip
            list(sending.send(outbox.read(journal)))


def _latest(journal):
    return max((entry.recorded_at for entry in journal.entries()), default=datetime(2026, 3, 1, tzinfo=UTC))


def killed_at_random(url, folder, days, kills, longest):
    chance, hit = random.Random(20260302), 0
    for _ in range(kills):
        child = os.fork()
        if not child:
            try:
                work(url, folder, days)
            finally:
                os._exit(0)
        time.sleep(chance.random() * longest)
        os.kill(child, signal.SIGKILL)
        hit += os.WIFSIGNALED(os.waitpid(child, 0)[1])
    return hit


@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
@pytest.mark.parametrize(
    ("database", "kills"),
    [("sqlite", 8), pytest.param("sqlite", 700, marks=pytest.mark.long), pytest.param("postgresql", 300, marks=pytest.mark.long)],
)
def test_killed_at_any_moment_every_action_and_every_euro_counts_once(database, kills, tmp_path, request):
    url = str(tmp_path / "j.db") if database == "sqlite" else request.getfixturevalue("new_postgres")()
    days = 6
    work(url, tmp_path / "tray", 0)
    killed_at_random(url, tmp_path / "tray", days, kills, 0.9)
    work(url, tmp_path / "tray", days)
    work(url, tmp_path / "tray", days)  # once more: what a kill left under way is over, and everything is found done
    with Journal.open(url) as journal:
        assert verify(journal.engine).breaks == ()
        emitted = Counter(entry.data["id"] for entry in journal.entries(kinds=("action.emitted",)))
        assert set(emitted.values()) == {1}
        left = Counter(entry.data["id"] for entry in journal.entries(kinds=("action.executed",)))
        assert set(left.values()) == {1}
        messages = outbox.read(journal)
        assert Counter(each.state for each in messages if each.state != "cancelled") == {"sent": 6}
        received = list(journal.entries(kinds=("payment.received",)))
        assert sorted(str(entry.data["reference"]) for entry in received) == [f"VIR-{place}" for place in range(days)]
        assert queue(journal) == []
        assert len(list(journal.entries(kinds=("invoice.recorded",)))) == 4
