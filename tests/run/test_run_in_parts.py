"""A portfolio read, decided and written in parts means what it means in the whole; nothing of it depends on where the cuts are."""

from __future__ import annotations

import json
from collections import Counter
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from multiprocessing import active_children

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relance.importers import portfolio_parts
from relance.importers.columns import Cells, ColumnMapping
from relance.importers.portfolio_files import build
from relance.importers.portfolio_parts import in_parts
from relance.model import Creditor
from relance.parsing.rejects import Reject

DAY = date(2026, 2, 1)
names = st.sampled_from(["ada", "bob", "cid", "dot", "eve"])
numbers = st.sampled_from([f"F-{place}" for place in range(8)])
creditors = st.sampled_from(["", "", "nord", "sud"])


def told(**cells):
    return {name: value for name, value in cells.items() if value not in ("", None)}


@st.composite
def invoices(draw):
    """A row of an invoice, or of a credit note that names one."""
    amount = Decimal(draw(st.integers(1, 4)))
    credit = draw(st.sampled_from([False, False, False, True]))
    more = {"type": "credit_note", "document": draw(numbers)} if credit else {"due": date(2026, 3, draw(st.integers(1, 2)))}
    row = told(id=draw(numbers), debtor=draw(names), creditor=draw(creditors), issued=DAY, amount=amount, **more)
    return row if draw(st.integers(0, 3)) else row | {"paid": Decimal(draw(st.integers(0, 5)))} | told(**{"debtor.email": draw(st.sampled_from(["", "a@x.example", "b@x.example"]))})


@st.composite
def events(draw):
    """A row of an event, about an invoice, a debtor or both."""
    row = told(on=DAY, event="payment.received", amount=Decimal(draw(st.integers(1, 3))), creditor=draw(creditors), reference=draw(st.sampled_from(["", "r1", "r2"])))
    return row | draw(st.sampled_from([{"invoice": draw(numbers)}, {"debtor": draw(names)}, {"invoice": draw(numbers), "debtor": draw(names)}]))


def rows(kind, found):
    return [Reject(f"{kind}.csv", place, "broken") if cells is None else Cells(f"{kind}.csv", place, dict(cells), str(place)) for place, cells in enumerate(found, 2)]


tables = st.fixed_dictionaries({
    "invoices": st.lists(st.one_of(invoices(), invoices(), invoices(), st.none()), min_size=1, max_size=14),
    "events": st.lists(events(), max_size=4),
    "debtors": st.lists(st.fixed_dictionaries({"id": names, "name": st.sampled_from(["Un", "Deux"])}), max_size=4),
    "creditors": st.lists(st.fixed_dictionaries({"id": st.sampled_from(["nord", "sud"]), "name": st.sampled_from(["Nord", "Sud"])}), max_size=3),
})  # fmt: skip


@given(found=tables, size=st.integers(1, 6), mapping=st.sampled_from([ColumnMapping(), ColumnMapping(creditor=Creditor("nord", "Nord"))]), merged=st.sampled_from([{}, {("nord", "ada"): "eve"}]))
def test_the_parts_of_a_portfolio_are_the_whole(found, size, mapping, merged):
    whole = build({name: rows(name, some) for name, some in found.items()}, mapping=mapping, not_after=date(2026, 6, 1))
    with in_parts({name: iter(rows(name, some)) for name, some in found.items()}, mapping, merged=lambda: merged, size=size, not_after=date(2026, 6, 1)) as parts:
        made = list(parts)
        assert parts.others(["ada", "zoe"]) == [] if parts.whole else "zoe" in parts.others(["ada", "zoe"])
    assert sorted((facts for one in made for facts in one.portfolio.facts), key=lambda facts: (facts.creditor.id, facts.debtor.id)) == list(whole.facts)
    assert Counter(reject for one in made for reject in one.portfolio.rejects) == Counter(whole.rejects)
    assert sum(one.portfolio.rows for one in made) - (len(made) - 1) * len(found["creditors"]) == whole.rows
    abouts = Counter(name for one in made if one.about is not None for name in one.about)
    assert not abouts or max(abouts.values()) == 1
    for one in made:
        assert one.about is None or {facts.debtor.id for facts in one.portfolio.facts} <= one.about


def test_parts_are_as_large_as_they_are_asked_to_be():
    many = [Cells("i.csv", place, {"id": f"F-{place}", "debtor": f"D-{place % 40}", "amount": Decimal(1), "due": DAY}, "") for place in range(100)]
    with in_parts({"invoices": many}, ColumnMapping(), size=10) as parts:
        sizes = [one.portfolio.rows for one in parts]
    assert sum(sizes) == 100
    assert max(sizes) < 10 + 3
    with in_parts({"invoices": many}, ColumnMapping(), size=100) as parts:
        assert [one.about for one in parts] == [None]


# --------------------------------------------------------------------------- the command


def lines(folder):
    return sorted((folder / "actions.jsonl").read_text(encoding="utf-8").splitlines())


def tree(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file() and path.name != "actions.jsonl"}


@pytest.fixture
def small_parts(monkeypatch):
    """Return a context in which a part holds seven rows."""

    @contextmanager
    def cut():
        with monkeypatch.context() as patch:
            patch.setattr(portfolio_parts, "PART", 7)
            yield

    return cut


def same(said: str, folder: str) -> list[str]:
    """Return what was said, but for the names of folders, and with its lists in one order."""
    return sorted(said.replace(folder, "OUT").splitlines())


def test_a_run_in_parts_says_and_leaves_what_the_whole_does(relance, demo, tmp_path, small_parts):
    """Over days, with debtors whom the second day's file does not name any more, dry and again."""
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
    place = demo.index("--invoices") + 1
    whole_file = (tmp_path / demo[place]).read_text(encoding="utf-8").splitlines(keepends=True)
    (tmp_path / "half.csv").write_text("".join(whole_file[:30]), encoding="utf-8")
    for day, file in (("2026-03-02", demo[place]), ("2026-03-09", "half.csv"), ("2026-03-09", "half.csv")):
        how, code = [*demo[:place], file, *demo[place + 1 : -1], day], int(file == "half.csv")  # whose events are about more than it names
        told_whole = relance("run", *how, "--journal", "a/j.db", "--out", f"a/{day}", code=code)
        with small_parts():
            dry = relance("run", *how, "--journal", "b/j.db", "--out", f"b/{day}", "--dry-run", "--format", "jsonl", code=code)
            told_parts = relance("run", *how, "--journal", "b/j.db", "--out", f"b/{day}", code=code)
        assert (told_whole.exit_code, same(told_whole.stdout, "a/")) == (told_parts.exit_code, same(told_parts.stdout, "b/"))
        assert lines(tmp_path / "a" / day) == lines(tmp_path / "b" / day)
        assert tree(tmp_path / "a" / day) == tree(tmp_path / "b" / day)
        assert {json.loads(one)["id"] for one in dry.stdout.splitlines()} <= {json.loads(one)["id"] for one in lines(tmp_path / "b" / day)}


def test_a_run_broken_off_between_parts_is_finished_by_the_same_run(relance, demo, tmp_path, small_parts, monkeypatch):
    (tmp_path / "elsewhere").mkdir()
    relance("run", *demo, "--out", "whole", "--journal", "elsewhere/whole.db")
    calls = Counter()

    def crash(*given):
        calls["written"] += 1
        if calls["written"] == 3:
            raise KeyboardInterrupt
        return write(*given)

    from relance.letters.pool import TextWriters

    write = TextWriters.begin
    with small_parts():
        with monkeypatch.context() as patch:
            patch.setattr(TextWriters, "begin", crash)
            with pytest.raises(AssertionError):
                relance("run", *demo)
        assert not (tmp_path / "relance-2026-03-02" / "actions.jsonl").exists()
        relance("run", *demo)
    assert lines(tmp_path / "whole") == lines(tmp_path / "relance-2026-03-02")
    messages = {name: text for name, text in tree(tmp_path / "whole").items() if name.startswith("messages")}
    assert messages == {name: text for name, text in tree(tmp_path / "relance-2026-03-02").items() if name.startswith("messages")}


def test_texts_that_workers_write_are_those_that_the_command_writes_itself(relance, demo, tmp_path, small_parts, monkeypatch):
    """A process of its own is started: half a second."""
    relance("run", *demo, "--out", "alone", "--journal", "alone.db")
    monkeypatch.setattr("relance.letters.pool.MANY", 0)
    with small_parts():
        relance("run", *demo, "--new", "--out", "by workers", "--journal", "by workers.db")
    messages = {name: text for name, text in tree(tmp_path / "alone").items() if name.startswith("messages")}
    assert messages == {name: text for name, text in tree(tmp_path / "by workers").items() if name.startswith("messages")}


def test_a_worker_that_is_ended_from_outside_ends_the_run_with_a_sentence_and_the_same_run_again_writes_the_rest(relance, demo, tmp_path, small_parts, monkeypatch):
    """A process of its own is started, and killed before it has written: half a second."""
    from relance.letters.pool import TextWriters

    begin = TextWriters.begin

    def killed(*given):
        written = begin(*given)
        for each in active_children():
            each.kill()
        return written

    with small_parts():
        with monkeypatch.context() as patch:
            patch.setattr("relance.letters.pool.MANY", 0)
            patch.setattr(TextWriters, "begin", killed)
            ended = relance("run", *demo, code=2)
        assert "was ended from outside" in ended.stderr
        assert "safe in the journal" in ended.stderr
        relance("run", *demo)
    assert any(name.startswith("messages") for name in tree(tmp_path / "relance-2026-03-02"))


def test_a_file_that_cannot_be_read_to_its_end_starts_no_run(relance, demo, tmp_path, small_parts):
    place = demo.index("--events") + 1
    (tmp_path / "none.csv").write_text("nothing\n", encoding="utf-8")
    with small_parts():
        relance("run", *demo[:place], "none.csv", *demo[place + 1 :], code=2)
    assert not list(tmp_path.glob("*.db"))
