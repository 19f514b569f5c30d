"""A house killed at random moments of its work: reading, running, approving, sending, matching. Every action once, every euro once, nothing lost.

A kill counts only where it struck a house that had work left: once all of its days are done it begins anew with another journal. Its messages are e-mails
to a real SMTP server, so that what left is counted where it came in, and hardly a moment of the work is the setting of pages.
"""

import os
import random
import signal
import time
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from relance.delivery import outbox
from relance.delivery.sending import Run
from relance.delivery.smtp import Postman, Server
from relance.journal.event_types import build
from relance.journal.journal import Journal
from relance.journal.verification import verify
from relance.language import load_playbook_text
from relance.letters.context import Writing
from relance.letters.document import Studio
from relance.letters.email import Mail
from relance.letters.letterhead import Letterhead
from relance.model import Address, Channel, Creditor, Debtor, Facts, Invoice
from relance.portfolio.matching_queue import queue, settle_payment, shares_of
from relance.portfolio.routing import only
from relance.run.journal_run import run

FIRST = date(2026, 3, 2)
DAYS = 6
WRITING = Writing(letterhead=Letterhead(sender={"email": "compta@atelier.example"}))
LADDER = """
schema: 1
playbook: maison
version: 1
title: Un courriel, puis un brouillon
debtor: business
steps:
  - {id: un, at: J+1, channels: [email], tone: firm, template: relance-1}
  - {id: deux, at: un + 2 days, channels: [email], tone: firm, template: relance-2, approval: required}
"""


def portfolio():
    for number in range(3):
        debtor = Debtor(f"D-{number}", name=f"Client {number}", email=f"compta@client-{number}.example", address=Address(("1 rue du Port", "69002 Lyon")))
        yield Facts(Creditor("atelier", name="Atelier", email="compta@atelier.example", address=Address(("2 rue du Port", "69002 Lyon"))), debtor, (Invoice(f"F-{number}", FIRST - timedelta(days=1), Decimal(100)),))


def payer():
    """One who owes nothing yet, and whose money waits for a person all the same."""
    return Facts(Creditor("atelier"), Debtor("D-9", name="Client 9"), (Invoice("F-9", FIRST + timedelta(days=300), Decimal(100)),))


def event(on, kind, **raw):
    made, mistakes = build({"on": on.isoformat(), "event": kind, **raw})
    assert made is not None, mistakes
    return made


def work(url, port, days):
    """Live so many days; whatever was done on a day before is found done. Each day has its own clock, later than what a kill left under way."""
    playbook, findings = load_playbook_text(LADDER, "maison.yaml")
    assert playbook is not None, findings
    moment = [datetime(2026, 3, 2, 9, tzinfo=UTC)]
    with Journal.open(url, now=lambda: moment[0]) as journal, Studio(writing=WRITING) as studio, Postman(Server("127.0.0.1", port, "none", timeout=5)) as postman:
        def carry(_, document):
            return postman.hand_over(Mail(document.details["from"], document.to[0], document.details["message_id"], document.files[0].content))

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
                    outbox.settle(journal, message, on=on, actor="marie", outcome="the server has it, or the debtor was called")
            sending = Run(
                desk=journal, studio=lambda _: studio, playbooks={"maison": playbook}.get, carriers={Channel.EMAIL: carry}, now=lambda: moment[0], actor="marie",
                routing=lambda _: only(playbook),
            )  # fmt: skip
            list(sending.send(outbox.read(journal)))


def _latest(journal):
    return max((entry.recorded_at for entry in journal.entries()), default=datetime(2026, 3, 1, tzinfo=UTC))


def child(url, port):
    """Begin to work in a process of its own; return its number. It ends by itself once every day is done."""
    found = os.fork()
    if not found:
        try:
            work(url, port, DAYS)
        finally:
            os._exit(0)
    return found


def killed_to_its_end(url, port, chance, a_day):
    """Let a house work, killed again and again after a moment, until its days are done. Return how many kills struck it.

    A day's work takes about `a_day` seconds here; where the machine is slower than that by now, each kill leaves a little more time, so that it ends.
    """
    struck = 0
    while True:
        process = child(url, port)
        time.sleep(chance.random() * a_day * (1 + struck / 20))
        os.kill(process, signal.SIGKILL)
        if not os.WIFSIGNALED(os.waitpid(process, 0)[1]):
            return struck
        struck += 1


def counted_once(url, received):
    """Hold one house to account: each action, each euro and each e-mail once."""
    with Journal.open(url) as journal:
        assert verify(journal.engine).breaks == ()
        assert set(Counter(entry.data["id"] for entry in journal.entries(kinds=("action.emitted",))).values()) == {1}
        assert set(Counter(entry.data["id"] for entry in journal.entries(kinds=("action.executed",))).values()) == {1}
        messages = outbox.read(journal)
        assert Counter(each.state for each in messages if each.state != "cancelled") == {"sent": 6}
        assert max(received.values(), default=1) == 1
        assert sorted(str(entry.data["reference"]) for entry in journal.entries(kinds=("payment.received",))) == [f"VIR-{place}" for place in range(DAYS)]
        assert queue(journal) == []
        assert len(list(journal.entries(kinds=("invoice.recorded",)))) == 4


@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
@pytest.mark.parametrize(
    ("database", "part", "kills"),
    [*(("sqlite", part, 175) for part in range(1, 5)), *(("postgresql", part, 100) for part in range(1, 4))],
)
@pytest.mark.long
def test_killed_at_any_moment_every_action_and_every_euro_counts_once(database, part, kills, tmp_path, request, post, smtp_server):
    chance, struck, house = random.Random(20260302 + part), 0, 0
    for untouched in ("imports.db", "untouched.db"):  # what is imported once, then how long a day takes
        begun = time.monotonic()
        work(str(tmp_path / untouched), smtp_server.port, 3)
        a_day = (time.monotonic() - begun) / 3
    while struck < kills:
        house += 1
        url = str(tmp_path / f"{house}.db") if database == "sqlite" else request.getfixturevalue("new_postgres")()
        post.taken.clear()
        work(url, smtp_server.port, 0)
        struck += killed_to_its_end(url, smtp_server.port, chance, a_day)
        work(url, smtp_server.port, DAYS)  # once more: what a kill left under way is over, and everything is found done
        counted_once(url, Counter(each.content.split(b"Message-ID: ")[1].split(b"\r\n")[0] for each in post.taken))
