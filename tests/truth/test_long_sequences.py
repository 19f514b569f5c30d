"""Long sequences of days drawn at random, through the command line and a real mail server; what left is held against books kept by hand.

The books are a plain dictionary of invoices and a list of what left, read back from the texts; nothing of the engine computes them. A house
imports, runs, approves, forgets, rejects, sends, is paid, disputed with, moved and handed newcomers; after each sending every text must ask
only what is open, undisputed and due, about invoices that nothing holds, and name no past day but one of its own invoices' story.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from random import Random, SystemRandom

import pytest
from lived_days import figures

MONTHS = ("janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre", "décembre")
PLAYBOOKS = ("negligent", "systematique", "mauvaise-foi", "courtois", "consommateur", "agence-amiable", "injonction-de-payer", "en-difficulte", "declic", "routing.yaml", "compte.yaml")
AGENCIES = ("agence-amiable",)
GAPS = {"negligent": 5, "systematique": 5, "mauvaise-foi": 5, "courtois": 4, "consommateur": 7, "agence-amiable": 5, "injonction-de-payer": 5, "en-difficulte": 6, "declic": 5, "routing.yaml": 5}
ROUTING = """schema: 1
routes:
  - {playbook: systematique, if: {original_amount: {at_least: "800.00"}}}
  - {playbook: negligent}
"""
ACCOUNT = """schema: 1
playbook: compte
version: 1
title: Le compte
debtor: business
unit: account
steps:
  - {id: rappel, at: J+2, channels: [email], tone: courteous, template: relance-1}
  - {id: relance, at: J+14, channels: [letter, email], tone: firm, template: relance-2, claim: [late_interest, fixed_indemnity]}
  - {id: plan-rompu, at: plan.broken, channels: [letter], tone: neutral, template: plan-rompu}
  - {id: mise-en-demeure, kind: formal_notice, at: J+30, channels: [registered_letter], tone: formal, grants: 15 days, claim: [late_interest, fixed_indemnity], approval: required}
  - {id: transmission, kind: handover, at: mise-en-demeure.deadline + 1 business day, channels: [handover], to: bailiff, approval: required}
"""


def french(day: date) -> str:
    """Write a day as letters do."""
    return f"{'1er' if day.day == 1 else day.day} {MONTHS[day.month - 1]} {day.year}"


def days_in(text: str) -> set[date]:
    """Return every day that a text writes out."""
    found = re.findall(rf"(1er|\d{{1,2}}) ({'|'.join(MONTHS)}) (\d{{4}})", text)
    return {date(int(year), MONTHS.index(month) + 1, 1 if day == "1er" else int(day)) for day, month, year in found}


def euros(text: str) -> Decimal:
    """Read an amount as letters write it."""
    return Decimal(text.replace(" ", "").replace(",", "."))


@dataclass
class Paper:
    """An invoice, as a bookkeeper has it in a drawer."""

    name: str
    issued: date
    due: date
    amount: Decimal
    received: Decimal = Decimal(0)
    cash: Decimal = Decimal(0)
    lost: Decimal = Decimal(0)
    disputed: Decimal | None = None
    held: set[str] = field(default_factory=set)
    planned: bool = False
    terms: tuple[date, ...] = ()  # of its plan: what was agreed for a day is due on it, whatever the invoice says
    charged: bool = False  # a message that left asked more than the principal: money may have served that first
    story: set[date] = field(default_factory=set)

    @property
    def least(self) -> Decimal:
        """What is open at the least: all that came in served the principal."""
        return max(self.amount - self.received - self.lost - (self.disputed or 0), Decimal(0))

    def most(self, on: date) -> Decimal:
        """What may be asked at the most: principal, 40 €, and interest at 20 % a year since the due date."""
        late = max((on - self.due).days, 0)
        return self.amount - self.lost - (self.disputed or 0) - self.received + 40 + 40 + self.amount * late * 20 / 36500


class Drawn:
    """A house whose days are drawn, and the books beside it."""

    def __init__(self, house, post, seed: str) -> None:
        self.house, self.post, self.rng, self.said = house, post, Random(seed), []
        self.playbook = self.rng.choice(PLAYBOOKS)
        self.agency = self.playbook in AGENCIES
        self.day, self.papers, self.left, self.first = date(2026, 3, 2), {}, [], {}
        self.contacts: set[date] = set()
        self.moved, self.waiting, self.seen, self.back = False, False, 0, set()
        house.put("routing.yaml", ROUTING)
        house.put("compte.yaml", ACCOUNT)
        for _ in range(self.rng.randint(1, 3)):
            self.newcomer()
        house.found(kind="consumer" if self.playbook == "consommateur" else "business", agency=self.agency)
        self.tables()

    # ------------------------------------------------------------------ what happens

    def newcomer(self) -> None:
        issued = self.day - timedelta(self.rng.randint(0, 25))
        due = issued + timedelta(self.rng.choice((10, 30, 30, 45)))
        name = f"F-{len(self.papers) + 1}"
        self.papers[name] = Paper(name, issued, due, Decimal(self.rng.randint(2000, 200000)) / 100)

    def tables(self) -> None:
        self.house.invoices(*(f"{each.name},{each.issued},{each.due},{each.amount}" for each in self.papers.values()))

    def tell(self, *words: str) -> bool:
        """Record an event; False where the journal knows no such invoice yet."""
        said = self.house.relance("record", *words, code=None)
        self.said.append(f"{self.day}: {' '.join(words)} → {said.exit_code}")
        return said.exit_code == 0

    def event(self) -> None:
        """Let something happen to one invoice."""
        paper = self.rng.choice(list(self.papers.values()))
        open_ = paper.least
        if open_ <= 1:
            return
        if self.day > paper.due:
            paper.charged = True  # what comes in now serves the interest of the law first
        cent, rng = Decimal("0.01"), self.rng
        match rng.choice(("part", "part", "all", "asked", "dispute", "dispute", "close", "credit", "plan", "hold", "lift", "lost", "newcomer", "move", "promise", "back", "unmatched", "matched")):
            case "part" | "credit" as how:
                amount = (open_ * rng.randint(5, 80) / 100).quantize(cent)
                if self.tell(paper.name, "payment.received" if how == "part" else "credit_note.issued", str(amount)):
                    paper.received += amount
                    paper.cash += amount if how == "part" else 0
                    paper.story.add(self.day)
            case "all" if self.tell(paper.name, "payment.received", str(open_)):
                paper.received += open_
                paper.story.add(self.day)
            case "asked":
                asked = [entry.data for entry in self.house.journal("action.emitted") if list(entry.data["invoices"]) == [paper.name]]
                total = Decimal(str(asked[-1]["claimed"]["total"])) if asked else Decimal(0)
                if total and self.tell(paper.name, "payment.received", str(total)):
                    paper.received += total
                    paper.story.add(self.day)
            case "dispute" if paper.disputed is None:
                part = (open_ / 3).quantize(cent) if rng.random() < 0.5 else None
                if self.tell(paper.name, "dispute.opened", "reason=prix", *([f"amount={part}"] if part else [])):
                    paper.disputed = part or open_
                    paper.story.add(self.day)
                    if part is None:
                        paper.held.add("dispute")
            case "close" if paper.disputed is not None and self.tell(paper.name, "dispute.closed", "outcome=rejected"):
                paper.disputed = None
                paper.held.discard("dispute")
                paper.story.add(self.day)
            case "plan" if not paper.planned and paper.disputed is None:
                half = (open_ / 2).quantize(cent)
                first, second = self.day + timedelta(rng.randint(3, 10)), self.day + timedelta(rng.randint(20, 30))
                if self.tell(paper.name, "plan.agreed", f"{first} {half}, {second} {open_ - half}"):
                    paper.planned, paper.terms = True, (first, second)
                    paper.story |= {self.day, first, second}
            case "promise":
                by = self.day + timedelta(rng.randint(2, 8))
                if self.tell(paper.name, "promise.made", f"amount={open_}", f"by={by}"):
                    paper.story |= {self.day, by}
            case "hold" if self.tell(paper.name, "hold.placed", "reason=essai"):
                paper.held.add("hold")
            case "lift" if "hold" in paper.held and self.tell(paper.name, "hold.lifted"):
                paper.held.discard("hold")
            case "lost":
                amount = (open_ / 5).quantize(cent)
                if self.tell(paper.name, "written_off", f"amount={amount}"):
                    paper.lost += amount
                    paper.story.add(self.day)
            case "back" if paper.cash >= 10 and not paper.planned:
                amount = (paper.cash / 2).quantize(cent)
                if self.tell(paper.name, "payment.reversed", str(amount)):
                    self.back.add(paper.name)
                    paper.received -= amount
                    paper.cash -= amount
                    paper.story.add(self.day)
            case "unmatched" if not self.waiting:
                self.waiting = self.tell("dupont", "payment.unmatched", "12.34", "currency=EUR", "reference=essai")
            case "matched" if self.waiting:
                self.waiting = not self.tell("dupont", "payment.matched", "reference=essai", "outcome=returned")
            case "newcomer" if len(self.papers) < 5:
                self.newcomer()
                self.tables()
            case "move" if self.rng.random() < 0.3 and self.playbook not in ("consommateur", "agence-amiable", "compte.yaml"):
                self.moved |= self.tell(paper.name, "playbook.changed", rng.choice(("negligent", "systematique", "mauvaise-foi")))

    # ------------------------------------------------------------------ a day

    def live(self) -> None:
        """Live one open day, and hold what left against the books."""
        self.day += timedelta(self.rng.choice((1, 1, 2, 3, 5)))
        while self.day.weekday() > 4:
            self.day += timedelta(1)
        self.house.at(self.day.isoformat())
        for _ in range(self.rng.choice((0, 0, 1, 1, 2))):
            self.event()
        option = "--routing" if self.playbook == "routing.yaml" else "--playbook"
        before = self.house.letters()
        self.house.run(option, self.playbook, "--letterhead", "letterhead.yaml", code=None)
        for draft in self.house.outbox("--state", "draft"):
            word = self.rng.choice(("approve", "approve", "approve", "leave", "reject"))
            if word != "leave":
                self.house.relance("outbox", word, draft["id"], *(["--reason", "essai"] if word == "reject" else []), code=None)
        for item in self.house.json("todo")["items"]:
            if item["kind"] in ("call", "task") and item["sheet"] and self.rng.random() < 0.3:
                self.by_hand(item)
        if self.rng.random() < 0.4:
            self.event()
        if self.rng.random() < 0.8:
            self.house.relance("send", *(["--print", "tray"] if self.rng.random() < 0.8 else []), "--rate", "1000", "--letterhead", "letterhead.yaml", code=None)
        new = [("letter", text) for name, text in self.house.letters().items() if name not in before]
        new += [("email", text) for _, text in self.post.taken[self.seen :]]
        self.seen = len(self.post.taken)
        for _, text in new:
            self.check(text)
        for how, text in new:
            self.gap(how, self.named(text))
        self.contacts |= {self.day} if new else set()
        self.left += [(self.day, frozenset(self.named(text)), how) for how, text in new]

    def by_hand(self, item: dict[str, str]) -> None:
        """Do a task, or make a call: it is a contact then, about its invoices."""
        if self.house.relance("done", item["id"], code=None).exit_code == 0:
            made = [entry.data for entry in self.house.journal("action.emitted")]
            about = {name for data in made if item["id"] in (data["id"], data.get("message")) for name in data["invoices"]}
            self.left.append((self.day, frozenset(about), "call"))
            self.contacts |= {self.day} if item["kind"] == "call" else set()

    def named(self, text: str) -> set[str]:
        return set(re.findall(r"\bF-\d+\b", text))

    def check(self, text: str) -> None:
        names, story = self.named(text), set()
        where = f"{self.playbook} on {self.day}: {text[:2500]}\n" + "\n".join(self.said)
        assert names, where
        assert not self.waiting, f"money of his waits to be matched: {where}"
        early = all(self.papers[name].due >= self.day for name in names)
        papers = [self.papers[name] for name in names]
        for paper in papers:
            assert paper.issued <= self.day, where
            assert early or min((paper.due, *paper.terms)) < self.day, f"{paper.name} is not due: {where}"
            assert "hold" not in paper.held, f"{paper.name} is on hold: {where}"
            assert "dispute" not in paper.held or "oppose au paiement" in text, f"{paper.name} is disputed: {where}"
            assert paper.least > 0 or paper.most(self.day) > 0, f"{paper.name} is paid: {where}"
            story |= paper.story | {paper.issued, paper.due}
        story |= {day for day, about, _ in self.left if about & names}
        for name, amount, rest in re.findall(r"\b(F-\d+) \d\d/\d\d/\d{4} \d\d/\d\d/\d{4} ([\d ]+,\d\d) € ([\d ]+,\d\d) €", text):
            paper, open_ = self.papers[name], euros(rest)
            assert euros(amount) == paper.amount, where
            assert paper.least <= open_ <= paper.amount - paper.lost - (paper.disputed or 0), f"{name}: {paper.least} is open: {where}"
            assert paper.charged or name in self.back or open_ == paper.least, f"{name}: {paper.least} is open, no more: {where}"
        past = {day for day in days_in(text) if day < self.day} - story - {date(2026, 1, 2)}
        for day in re.findall(r"(?:[Mm]algré|[Aa]près|en dépit de) (?:notre|nos) [^.,]{4,50}? du ((?:1er|\d+) \w+ \d{4})", text):
            told = [about for on, about, _ in self.left if french(on) == day]
            assert any(names <= about for about in told), f"what left on {day} was not about all of {sorted(names)}: {where}"
        assert not past, f"{sorted(past)} is nothing of {sorted(names)}: {where}"
        most = sum((paper.most(self.day) for paper in papers), Decimal(0))
        for asked in re.findall(r"(?:Total à régler|[Tt]otal réclamé|régler|la somme de|acquitter) (\d{1,3}(?: \d{3})*,\d{2}) €", text):
            value = euros(asked)
            assert value <= most, f"{value} is asked, {most:.2f} at the most is open: {where}"
        for paper in papers if re.search(r"Pénalités de retard \(|Intérêts? au taux légal|Indemnité forfaitaire", text) else ():
            paper.charged = True
        whole = sum((paper.amount for paper in papers), Decimal(0)) * 2 + 500
        assert all(Decimal(each.replace(",", ".")) <= whole for each in figures(text)), where
        if self.agency:
            first = "nous a confié le recouvrement amiable" in text
            for name in names:
                assert first or name in self.first, f"{name} was named by no first letter: {where}"
                if first:
                    self.first.setdefault(name, self.day)

    def gap(self, how: str, names: set[str]) -> None:
        """Hold the days of contact against the playbook's least distance; a letter and its e-mail, printed a day apart, are one contact."""
        last = max((day for day in self.contacts if day < self.day), default=None)
        if self.playbook not in GAPS or self.moved or last is None:
            return
        beside = any(on == last and about == names and channel not in (how, "call") for on, about, channel in self.left)
        assert beside or (self.day - last).days >= GAPS[self.playbook], f"{self.playbook}: {last} and {self.day}\n" + "\n".join(self.said)


def drawn(house, post, seed: str, days: int) -> Drawn:
    """Live so many days of a seed."""
    made = Drawn(house, post, seed)
    for _ in range(days):
        made.live()
    return made


#: Seeds that once found something.
KEPT: tuple[str, ...] = ()


@pytest.mark.parametrize("seed", ["1", pytest.param("5", marks=pytest.mark.long), *KEPT])
def test_what_leaves_in_a_drawn_month_is_true(built, post, seed):
    assert drawn(built, post, seed, 14).left


@pytest.mark.long
@pytest.mark.parametrize("number", range(12))
def test_what_leaves_in_a_drawn_season_is_true(built, post, number):
    seed = f"{SystemRandom().randrange(10**9)}-{number}"
    try:
        drawn(built, post, seed, 45)
    except AssertionError as found:
        raise AssertionError(f"seed {seed}: {found}") from None
