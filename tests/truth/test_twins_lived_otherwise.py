"""Twins of one cell of the matrix that live it by other means: each says the same of what was asked, of what left, of what waits and of where its cases stand.

Means: a journal in PostgreSQL; the studio's desk alone (run, record, approve, send); a postal provider and a webhook instead of a tray; another system that sends; drafts
that wait and are made anew by `outbox refresh`. Beside the first life, each day: the same portfolio in tables (`run --tables`), `history`, `todo`, and the studio's pages.
"""

from __future__ import annotations

import base64
import json
import os
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from lived_days import figures
from twin_matrix import CELLS, HOUSES, IDLE, days_of, furnish, happened

from relance.cli.send import carriers_here
from relance.columnar.schema import from_facts
from relance.delivery.print_batches import Tray
from relance.journal.journal import Journal
from relance.language import load_playbook
from relance.project import Project
from relance.simulation.what_if import share_out
from relance.studio.day_run import carry_out, plan_of
from relance.studio.desk import OperatorDesk

from .conftest import mail_text, page_text, said

PAPER = ("--letterhead", "letterhead.yaml")


class Life:
    """A house that lives a cell's days. `days` keeps what it said of each: what was emitted, what waited then, what left, where its cases stood."""

    tray = ("--print", "tray")
    sender: tuple[str, ...] = ()

    def __init__(self, house, post, home, story, base, journal=None):
        self.house, self.post, self.home, self.story = house, post, home, story
        house.folder = base / type(self).__name__
        house.folder.mkdir()
        os.chdir(house.folder)
        house.environment = {name: value for name, value in house.environment.items() if name.startswith("RELANCE_SMTP")}
        house.environment |= {"RELANCE_JOURNAL": journal or str(house.folder / "books.db"), "RELANCE_ACTOR": "claire"}
        self.playbook = furnish(house, home)
        self.days: dict[str, dict] = {}

    def live(self, days):
        before = None
        for day in days:
            self.house.at(day)
            for words, _ in happened(self.story, before, day):
                for event in words:
                    self.record(event)
            self.run()
            self.days[day] = {"emitted": self.emitted(day), "waits": self.waiting()}
            self.look(day)
            self.approve(day)
            self.days[day] |= {"left": sorted(self.send()), "cases": self.cases(), "after": self.waiting()}
            before = day
        return self

    def record(self, event):
        self.house.relance("record", *event)

    def run(self):
        self.house.run("--playbook", self.playbook, *PAPER, *self.sender, code=None)

    def emitted(self, day):
        lines = (self.house.folder / f"run-{day}" / "actions.jsonl").read_text("utf-8").splitlines()
        return sorted((json.loads(line) for line in lines), key=lambda action: action["id"])

    def waiting(self):
        return {each["id"]: (each["state"], each["channel"], each["step"], tuple(each["invoices"]), each["total"]) for each in self.house.outbox("--state", "draft", "--state", "ready")}

    def look(self, day):
        """Ask what else can be asked of the morning; of most lives nothing."""

    def approve(self, day):
        for draft in self.house.outbox("--state", "draft") if day != IDLE else ():
            self.house.relance("outbox", "approve", draft["id"], code=None)

    def send(self):
        before, mails = self.house.letters(), len(self.post.taken)
        self.house.relance("send", *self.tray, "--rate", "1000", *PAPER, code=None)
        letters = [text for name, text in self.house.letters().items() if name not in before]
        for message in self.house.outbox("--state", "ready"):
            if message["channel"] == "sms":  # no way out for it: a person sends what the run wrote, and says so
                letters.append(self.text_message(message["id"]))
                self.house.relance("outbox", "sent", message["id"])
        return [*letters, *(text for _, text in self.post.taken[mails:])]

    def text_message(self, name):
        self.house.relance("render", "--out", f"sms-{name[:8]}", "--ready", *PAPER, code=None)
        return next(text for found, text in self.house.texts(f"sms-{name[:8]}").items() if found.endswith(name[:8]))

    def cases(self):
        return self.house.json("cases")


class AskedLife(Life):
    """The life that the others are held against; each day it is asked by every other way of telling it."""

    def look(self, day):
        self.over_tables(day)
        waits = self.days[day]["waits"]
        drafts = {each["id"] for each in self.house.json("todo", "--limit", "0")["items"] if each["kind"] == "draft"}
        assert drafts == {name for name, (state, *_) in waits.items() if state == "draft"}, (day, drafts, waits)
        entries = [entry for invoice in HOUSES[self.home][1] for entry in self.house.json("history", invoice.split(",")[0], code=None)["entries"]]
        told = {entry["data"]["id"] for entry in entries if entry["event"] == "action.emitted" and entry["on"] == day}
        assert told == {action["id"] for action in self.days[day]["emitted"]}, (day, told)
        self.by_the_studio(day, waits)

    def by_the_studio(self, day, waits):
        """The desk reads a message as `outbox show` does, and its file of the debtor has the cases of `cases`."""
        desk = desk_of_project(self.house, self.home)
        for name in waits:
            shown, read = said(self.house.relance("outbox", "show", name, *PAPER, code=None).output), desk.read(name)
            assert bool(read.why) == ("would be withdrawn: " in shown or "waits: " in shown), (day, read.why, shown)
            for file in () if "would be withdrawn: " in shown else read.document.files:
                text = {"application/pdf": page_text, "message/rfc822": mail_text, "text/plain": lambda content: said(content.decode())}.get(file.media_type, lambda _: None)(file.content)
                assert text is None or figures(text) == figures(shown), (day, name, shown, text)
        found, _ = desk.standings()
        cases = self.house.json("cases")["cases"]
        assert Counter((each.case, each.status, f"{each.open:.2f}", each.step) for each in found) == Counter((each["case"], each["status"], each["open"], (each["next"] or {}).get("step", "")) for each in cases), day
        (debtor,) = {(each["creditor"], each["debtor"]) for each in cases}
        assert desk.case(*debtor).standings == found

    def over_tables(self, day):
        """The same portfolio as tables, without what this day made, gives what this day made."""
        made = {action["id"] for action in self.days[day]["emitted"]}
        with Journal.open(self.house.environment["RELANCE_JOURNAL"]) as journal:
            known = [replace(facts, events=tuple(event for event in facts.events if not (event.kind == "action.emitted" and event.data["id"] in made))) for facts in journal.facts()]
        lake = self.house.folder / f"lake-{day}"
        from_facts(known).write(lake)
        done = self.house.relance("run", "--tables", str(lake), "--playbook", self.playbook, "--as-of", day, "--dry-run", "--format", "jsonl")
        found, mine = {each["id"]: each for each in map(json.loads, done.stdout.splitlines())}, {each["id"]: each for each in self.days[day]["emitted"]}
        assert found.keys() == mine.keys(), (day, "over tables", [(each["step"], each["channel"]) for name, each in {**found, **mine}.items() if (name in found) != (name in mine)])
        assert [(each["step"], key, each.get(key), found[name].get(key)) for name, each in mine.items() for key in each.keys() | found[name].keys() if (each.get(key) or None) != (found[name].get(key) or None)] == [], day


class PostgresLife(Life):
    """Its journal is in PostgreSQL."""


class OfficeLife(Life):
    """Its letters go to a provider, its texts to a webhook."""

    tray = ()

    def send(self):
        mails, taken = len(self.post.taken), len(self.office.taken)
        self.house.relance("send", "--rate", "1000", *PAPER, code=None)
        return [*map(content_of, self.office.taken[taken:]), *(text for _, text in self.post.taken[mails:])]


class StudioLife(Life):
    """A person works in the studio alone."""

    def __init__(self, *words):
        super().__init__(*words)
        Journal.open(self.house.environment["RELANCE_JOURNAL"], now=self.house.clock).close()  # the studio begins none

    def desk(self):
        return desk_of_project(self.house, self.home)

    def record(self, event):
        invoice, kind, *words = event
        raw = {"event": kind, "on": self.house.clock().date().isoformat(), "invoice": invoice}
        share_out(kind, kind, words, raw)
        self.desk().record("atelier", "dupont", raw, "claire")

    def run(self):
        desk = self.desk()
        plan = plan_of(desk, self.playbook.removesuffix(".yaml"), {name: self.house.folder / f"{name}.csv" for name in ("invoices", "debtors", "creditors")})
        done = carry_out(desk, plan, "claire")
        self.folder = done.folder

    def emitted(self, day):
        lines = (self.folder / "actions.jsonl").read_text("utf-8").splitlines()
        return sorted((json.loads(line) for line in lines), key=lambda action: action["id"])

    def approve(self, day):
        drafts = [each["id"] for each in self.house.outbox("--state", "draft")]
        if day != IDLE and drafts:
            self.desk().approve(drafts, "claire")

    def send(self):
        before, mails = self.house.letters(), len(self.post.taken)
        self.desk().send("claire")
        letters = [text for name, text in self.house.letters().items() if name not in before]
        for message in self.house.outbox("--state", "ready"):
            if message["channel"] == "sms":
                letters.append(self.text_message(message["id"]))
                self.house.relance("outbox", "sent", message["id"])
        return [*letters, *(text for _, text in self.post.taken[mails:])]


class OtherSenderLife(Life):
    """Another system sends what is emitted."""

    sender = ("--sent-by", "other")

    def send(self):
        assert self.house.outbox("--state", "ready") == []
        return []


class LateLife(Life):
    """Drafts are approved on the day after the one they were made on."""

    anew = False

    def approve(self, day):
        drafts = {each["id"]: each["on"] for each in self.house.outbox("--state", "draft")}
        old = [name for name, on in drafts.items() if on < day]
        if old and self.anew:
            self.house.relance("outbox", "refresh", *old, code=None)
            old = [each["id"] for each in self.house.outbox("--state", "draft") if each["id"] in old or each["id"] not in drafts]
        for draft in old:
            self.house.relance("outbox", "approve", draft, code=None)


class RefreshedLife(LateLife):
    """Before that they are made anew."""

    anew = True


def desk_of_project(house, home):
    """Return the studio's desk on the house's journal, with its letterhead and its own playbook."""
    own = house.folder / "playbooks"
    own.mkdir(exist_ok=True)
    (own / "compte.yaml").write_bytes((house.folder / "compte.yaml").read_bytes())
    project = Project(house.folder / "relance.yaml", letterhead=house.folder / "letterhead.yaml", playbooks=(own,))
    def carriers(stack):
        return carriers_here(stack, Tray(Path("tray")))

    return OperatorDesk(house.environment["RELANCE_JOURNAL"], house.clock, lambda: house.clock().date(), project, {"compte": load_playbook(own / "compte.yaml")[0]}, carriers, files=house.folder)


def content_of(taken):
    """Read what an office was given: a letter's pages, or a text."""
    value = json.loads(taken)
    file = value["file"] if "file" in value else value["document"]["files"][0]
    return page_text(base64.b64decode(file["base64"])) if "base64" in file else said(file["text"])


@pytest.fixture
def lived(request, built, post, monkeypatch):
    """Live a cell by one means after another, each in a folder of its own; return the first life that says otherwise than the one asked, with the day."""
    base = built.folder

    def live(home, story, means, days):
        for name, value in built.environment.items():
            if name.startswith("RELANCE_SMTP"):
                monkeypatch.setenv(name, value)
        lives = {}
        for way in means:
            life = way(built, post, home, story, base, request.getfixturevalue("new_postgres")() if way is PostgresLife else None)
            if way is OfficeLife:
                life.office = request.getfixturevalue("office")
                built.environment |= request.getfixturevalue("offices")
            lives[way] = life.live(days)
        return lives

    return live


def differences(lives, days):
    """Return where a life says otherwise than the one that was asked: the means, the day, what it is about, and both."""
    asked, found = lives[AskedLife].days, []
    for day in days:
        for way in (way for way in (PostgresLife, OfficeLife, StudioLife) if way in lives):
            found += [(way.__name__, day, part, said_so, lives[way].days[day][part]) for part, said_so in asked[day].items() if said_so != lives[way].days[day][part]]
        if OtherSenderLife in lives:
            theirs = lives[OtherSenderLife].days[day]
            found += [("sent by another", day, "emitted", asked[day]["emitted"], theirs["emitted"])] if theirs["emitted"] != asked[day]["emitted"] else []
            open_ = [[(each["case"], each["open"]) for each in one["cases"]["cases"]] for one in (asked[day], theirs)]
            found += [("sent by another", day, "open", *open_)] if open_[0] != open_[1] else []
        if RefreshedLife in lives and lives[RefreshedLife].days[day]["left"] != lives[LateLife].days[day]["left"]:
            found.append(("made anew", day, "left", lives[LateLife].days[day]["left"], lives[RefreshedLife].days[day]["left"]))
    return found


MEANS = (AskedLife, PostgresLife, OfficeLife, StudioLife, OtherSenderLife, LateLife, RefreshedLife)
#: In CI one cell, up to the first notices; all of them by `RELANCE_TWINS=all`.
TRIED = CELLS if os.environ.get("RELANCE_TWINS") else [("agence", "all at once")]


@pytest.mark.long
@pytest.mark.parametrize(("home", "story"), TRIED)
def test_whatever_means_a_cell_is_lived_by_it_says_the_same(lived, home, story):
    days = days_of()[::3] if os.environ.get("RELANCE_TWINS") else days_of(quick=True)
    lives = lived(home, story, MEANS, days)
    assert any(each["left"] for each in lives[AskedLife].days.values())
    assert differences(lives, days) == []
