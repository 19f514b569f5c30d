"""Twins of the cases, played day by day and asked by every way in which a fact is told: all of them say the same of one message and one case.

Ways: `actions.jsonl`, `outbox list`, `outbox show`, `render`, `why`, `cases`, `todo`, what `send` gave away, `history`, `report`, and the file for a judge.
"""

from __future__ import annotations

import json
import os
import re
import zipfile
from collections import Counter
from decimal import Decimal
from io import BytesIO

import pytest
from twin_matrix import CELLS, HOUSES, IDLE, STORIES, days_of, furnish, happened

from .conftest import page_text, said

PAPER = ("--letterhead", "letterhead.yaml")
LONG = pytest.mark.long
#: Amounts of any currency, as they stand in French and in English.
_AMOUNT = re.compile(r"(?<![\d,.])\d{1,3}(?: \d{3})*,\d{2} (?:€|\$US|£GB)|(?:€|US\$|£)\d{1,3}(?:,\d{3})*\.\d{2}")
MONTHS = ["janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre", "décembre"]


def french(day: str) -> str:
    """Write a day as a letter does."""
    year, month, number = day.split("-")
    return f"{'1er' if number == '01' else int(number)} {MONTHS[int(month) - 1]} {year}"


def amounts(text: str) -> set[str]:
    """Return the amounts of a text."""
    return set(_AMOUNT.findall(said(text)))


def figure(text: str) -> Decimal:
    """Read an amount of a text."""
    digits = re.sub(r"[^\d.,]", "", text)
    return Decimal(digits[:-3].replace(",", "").replace(".", "") + "." + digits[-2:])


class Ways:
    """A house that lives its days, and what each way says of them. `open` is what the books leave open of each invoice, kept by hand."""

    def __init__(self, house, post, rows, words, *, never=()):
        self.house, self.post, self.words, self.never = house, post, words, never
        self.rows = {row.split(",")[0]: row.split(",") for row in rows}
        self.open = {name: Decimal(row[3]) for name, row in self.rows.items()}
        self.left: list[tuple[str, str, tuple[str, ...]]] = []  # day, channel, invoices

    def live(self, day, events=(), *, approve=True, send=True):
        house = self.house
        house.at(day)
        for event in events:
            house.relance("record", *event)
        house.run(*self.words, *PAPER, code=None)
        emitted: dict[str, list[dict]] = {}
        for line in (house.folder / f"run-{day}" / "actions.jsonl").read_text("utf-8").splitlines():
            action = json.loads(line)
            emitted.setdefault(action["message"], []).append(action)
        for actions in emitted.values():
            self.decided(day, actions)
        again = house.run(*self.words, *PAPER, "--dry-run", code=None)
        assert "new action" not in again.output, (day, again.output)
        self.read(day, emitted)
        self.why(day, emitted)
        self.cases(day)
        house.relance("todo")
        for draft in house.outbox("--state", "draft") if approve else ():
            house.relance("outbox", "approve", draft["id"], code=None)
        if send:
            self.send(day)

    def decided(self, day, actions):
        """What is asked is what is open and due of the invoices named, and nothing that is to come, a reminder ahead of the day aside."""
        for action in (each for each in actions if each["channel"] != "task"):  # what the law adds asks nothing
            claimed, names = action["claimed"], action["invoices"]
            dues = {self.rows[name][2] for name in names}
            assert all(due < day for due in dues) or all(due >= day for due in dues), action
            most = sum((self.open[name] for name in names), Decimal(0))
            assert 0 < Decimal(claimed["principal"]) <= most + most / 5, (day, action, most)
            parts = sum((Decimal(claimed[part]) for part in ("principal", "late_interest", "legal_interest", "fixed_indemnity", "contractual_penalty")), Decimal(0))
            assert Decimal(claimed["total"]) == parts or "arrears" in claimed, action

    def read(self, day, emitted):
        """`outbox list`, `outbox show` and `render` say one sum of each message that waits."""
        house = self.house
        house.relance("render", "--out", f"out-{day}", *PAPER, code=None)
        texts = house.texts(f"out-{day}")
        self.waiting = {}
        for message in house.outbox("--state", "draft", "--state", "ready"):
            shown = said(house.relance("outbox", "show", message["id"], *PAPER, code=None).output)
            written = [text for name, text in texts.items() if name.endswith(f"-{message['id'][:8]}")]
            if message["id"] in emitted:
                assert Decimal(message["total"]) == sum(Decimal(each["claimed"]["total"]) for each in emitted[message["id"]]), (day, message)
            for text in (shown, *written):
                self.clean(day, text)
            assert bool(written) != ("would be withdrawn" in shown), (day, message, shown, sorted(texts))
            assert all(amounts(text) == amounts(shown) for text in written), (day, shown, written)
            asked = {figure(each) for each in amounts(shown)}
            assert not asked or Decimal(message["total"]) in asked or message["step"].startswith(("rappel-avant", "plan", "proposition")), (day, message, shown)
            self.waiting[message["id"]] = (message, amounts(shown))

    def clean(self, day, text):
        for word in self.never:
            assert word not in text, (day, word, text)
        self.cited(day, text)

    def cited(self, day, text):
        for cited in re.findall(r"(?:notre|nos) (?:lettre|courriel|message|appel|mise en demeure)s? du ((?:1er|\d+) \w+ \d{4})", text):
            assert any(french(on) == cited for on, _, _ in self.left if on < day), (day, cited, text)
        for cited, channel in re.findall(r"((?:1er|\d{1,2}) (?:%s) \d{4}) : (lettre|courriel|SMS|appel téléphonique)" % "|".join(MONTHS), text):  # noqa: UP031
            assert any(french(on) == cited for on, _, _ in self.left if on < day) or channel == "appel téléphonique", (day, cited, text)

    def why(self, day, emitted):
        """`why` names what was emitted that day, and nothing else."""
        actions = {action["id"] for mine in emitted.values() for action in mine}
        told = set()
        for name in self.rows:
            result = self.house.relance("why", name, code=None)
            if result.exit_code == 0:
                flatly = "".join(result.output.split())
                told |= {action for action in actions if action in flatly}
                for action in re.findall(r"\(action([0-9a-f]{24})\)", flatly):
                    assert action in {entry.data["id"] for entry in self.house.journal("action.emitted") if str(entry.on) == day}, result.output
        assert told == actions, (day, actions - told)

    def cases(self, day):
        """`cases` and its ageing have what is open, no more and no less."""
        found = self.house.json("cases")
        by_currency: Counter[str] = Counter()
        for case in found["cases"]:
            by_currency[case["currency"]] += Decimal(case["open"])
        aged = {each["currency"]: sum(Decimal(bucket["open"]) for bucket in each["buckets"]) for each in found["ageing"]}
        assert dict(by_currency) == aged, (day, found)
        if not self.approximate:
            mine: Counter[str] = Counter()
            for name, amount in self.open.items():
                if self.rows[name][1] <= day and amount:
                    mine[self.rows[name][4] if len(self.rows[name]) > 4 else "EUR"] += amount
            assert mine == by_currency, (day, mine, found)

    approximate = False  # whether money may have served interest, so that what is open is not the difference

    def send(self, day):
        before, mails = self.house.letters(), len(self.post.taken)
        result = self.house.relance("send", "--print", "tray", "--rate", "1000", *PAPER, "--format", "json", code=None)
        gone = [each for each in json.loads(result.stdout)["messages"] if each["fate"] == "sent"]
        texts = [*(text for name, text in self.house.letters().items() if name not in before), *(text for _, text in self.post.taken[mails:])]
        for text in texts:
            self.clean(day, text)
        for each in gone:
            identity = each["message"] if "message" in each else each["id"]
            message, sums = next(value for name, value in self.waiting.items() if name.startswith(identity) or identity.startswith(name))
            if message["channel"] in ("email", "letter", "registered_letter"):
                assert any(amounts(text) == sums for text in texts), (day, message, sums, texts)
            self.left.append((day, message["channel"], tuple(message["invoices"])))

        for message in self.house.outbox("--state", "ready"):
            if message["channel"] == "sms":  # no way out for it here: a person sends it
                self.house.relance("outbox", "sent", message["id"])
                self.left.append((day, "sms", tuple(message["invoices"])))

    def judged(self):
        """History, report and the file for a judge count what left, and nothing else."""
        executed = list(self.house.journal("action.executed"))
        contacts = self.house.json("report")["contacts"]
        assert sum(each["contacts"] for each in contacts) <= len(executed)
        assert {each["channel"] for each in contacts} <= {entry.data.get("channel") for entry in self.house.journal("action.emitted")}
        emitted = {entry.data["id"]: entry.data for entry in self.house.journal("action.emitted")}
        sent = {(french(str(entry.on)), emitted[entry.data["id"]]["step"], tuple(emitted[entry.data["id"]]["invoices"])) for entry in executed}
        for name in self.rows:
            self.house.relance("evidence", name, "--out", f"{name}.zip")
            with zipfile.ZipFile(self.house.folder / f"{name}.zip") as packed:
                dossier = next(each for each in packed.namelist() if each.endswith("dossier.pdf"))
                text = page_text(BytesIO(packed.read(dossier)).getvalue())
            self.cited("9999-12-31", text)
            assert "F-9" in text or not any(word in text for word in self.never), (name, text)
            shown = set(re.findall(r"((?:1er|\d{1,2}) (?:%s) \d{4}) (?:F-\d+(?:, F-\d+)* )?Envoyé(?: : [^—]+)? — ([\w-]+)," % "|".join(MONTHS), text))  # noqa: UP031
            assert {(day, step) for day, step, about in sent if name in about} <= shown <= {(day, step) for day, step, _ in sent}, (name, shown, sent, text)


SOME = [("negligent", "part"), ("compte en deux monnaies", "plan")]
#: Each house with a story, and each story in a house: all of both, crosswise, by `RELANCE_TWINS=all`.
REST = [(home, story) for home, story in CELLS if (home, story) not in SOME and (os.environ.get("RELANCE_TWINS") or (list(HOUSES).index(home) + list(STORIES).index(story)) % len(STORIES) == 0)]


@pytest.mark.parametrize(("home", "story"), [*SOME, *(pytest.param(*each, marks=LONG) for each in REST)])
def test_every_way_says_the_same_of_what_waits_and_of_what_left(built, post, home, story):
    playbook, quick = furnish(built, home), (home, story) in SOME
    ways, before = Ways(built, post, HOUSES[home][1], ("--playbook", playbook), never=("9 876,54", "9876.54", "9,876.54")), None
    for day in days_of(quick):
        events = []
        for words, open_ in happened(story, before, day):
            events += words
            ways.approximate = ways.approximate or open_ is None
            ways.open |= {name: Decimal(amount) for name, amount in (open_ or {}).items()}
        ways.live(day, events, approve=day != IDLE)
        before = day
    ways.judged()
    assert ways.left
