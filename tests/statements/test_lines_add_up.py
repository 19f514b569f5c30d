"""Whatever a bank or a platform tells, in every format, once and twice: no movement is left out of what is said of its file."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime
from decimal import Decimal

from bank_files import COLUMNS, IBAN, WRITERS, Moved
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from tests.importers.test_lifecycle import NUMBER, SELLER, collected, message

from relance.importers import intake
from relance.importers.import_settings import Settings
from relance.importers.line_count import LineFate
from relance.importers.mapping import read_mapping
from relance.journal.journal import Journal
from relance.model import Creditor, Debtor, Facts, Invoice

TODAY = date(2026, 3, 2)
MAPPING = read_mapping(COLUMNS)[0]
BOOKS = tuple(
    Facts(
        Creditor("atelier", "Atelier", siren=SELLER, iban=IBAN), Debtor(name, called),
        tuple(Invoice(number, date(2026, 2, 1), Decimal(amount), "EUR", issued=date(2026, 1, 2)) for number, amount in invoices),
    )
    for name, called, invoices in (("C1", "Imprimerie Lindor SAS", (("F-2026-001", "1200.00"), ("F-2026-002", "300.00"))), ("C2", "Société Bélair & Cie", (("F-2026-003", "450.00"),)))
)  # fmt: skip


@st.composite
def movements(draw: st.DrawFn) -> Moved:
    """Money that comes and goes: what is owed, in part, of nobody known, back, out, one's own, of tomorrow."""
    back = draw(st.sampled_from([False, False, False, True]))
    return Moved(
        draw(st.sampled_from(["1200.00", "300.00", "450.00", "100.00", "77.77", "-1200.00", "-50.00"])),
        draw(st.sampled_from(["IMPRIMERIE LINDOR", "SOCIETE BELAIR", "INCONNU SARL", ""])),
        draw(st.sampled_from(["FACTURE F-2026-001", "F-2026-002 ET F-2026-003", "LOYER MARS", "", "REMISE CB"])),
        draw(st.sampled_from(["", "F-2026-002", "E1"])), draw(st.sampled_from(["2026-02-20", "2026-02-23", "2026-04-01"])), back,
    )  # fmt: skip


def settled(folder) -> Journal:
    journal = Journal.open(folder / "relance.db", now=lambda: datetime(2026, 3, 2, tzinfo=UTC))
    journal.take_in(BOOKS, actor="test")
    return journal


@given(moved=st.lists(movements(), max_size=6), forms=st.lists(st.sampled_from(sorted(WRITERS)), min_size=1, max_size=2))
@settings(max_examples=settings.default.max_examples * 2 // 5, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_each_movement_of_a_bank_file_is_accounted_for(tmp_path_factory, moved, forms):
    folder = tmp_path_factory.mktemp("bank")
    moved.sort(key=lambda one: one.on)
    assume(sum((one.sum for one in moved), Decimal(1000)) > 0)  # the writers' balances stay in credit
    with settled(folder) as journal:
        for form in (*forms, *forms):
            name, write, encoding = WRITERS[form]
            (folder / name).write_text(write(moved), encoding)
            (tally,) = intake.take(journal, [intake.recognise(folder / name, mapping=MAPPING)], Settings(MAPPING, TODAY)).statements
            told = tally.matched + tally.reconciled + tally.known + tally.announced + tally.for_a_person + tally.rejected + tally.passed_over.total()
            assert tally.movements == len(moved) == told, (form, tally)


STATUSES = st.builds(
    message, st.sampled_from(["200", "204", "205", "206", "207", "208", "209", "210", "211", "212", "213", "299"]), number=st.sampled_from(["F-2026-001", "F-2026-003", NUMBER]),
    on=st.sampled_from(["20260220100000", "20260223100000", "20260401100000"]), sums=st.sampled_from(["", collected("100.00"), collected("100.005")]),
    seller=st.sampled_from([SELLER, SELLER, "000987651"]), issued=st.sampled_from(["20260102", "20260102", "20250101"]),
)  # fmt: skip


def test_two_statuses_of_one_message_on_one_line_are_two(tmp_path):
    text = " ".join(message("205", number="F-2026-001", on="20260220100000", issued="20260102").split())
    begin, end = text.index("<ram:ReferenceReferencedDocument>"), text.index("</rsm:AcknowledgementDocument>")
    other = text[begin:end].replace("F-2026-001", "F-2026-777")
    (tmp_path / "a.xml").write_text(text[:end] + other + text[end:], "utf-8")
    with settled(tmp_path) as journal:
        source = intake.recognise(tmp_path / "a.xml")
        outcome = intake.take(journal, [source], Settings(not_after=TODAY))
        assert intake.fates(outcome, source) == {LineFate.NEW: 1, LineFate.REJECTED: 1}


@given(texts=st.lists(STATUSES, max_size=5))
@settings(max_examples=settings.default.max_examples * 4 // 15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_each_status_of_an_invoice_is_accounted_for(tmp_path_factory, texts):
    folder = tmp_path_factory.mktemp("status")
    for place, text in enumerate(texts):
        (folder / f"{place}.xml").write_text(text, "utf-8")
    with settled(folder) as journal:
        for again in (False, True):
            sources = [intake.recognise(folder / f"{place}.xml") for place in range(len(texts))]
            outcome = intake.take(journal, sources, Settings(not_after=TODAY))
            counts = [intake.fates(outcome, one) for one in sources]
            assert [one.total() for one in counts] == [1] * len(texts)
            refused = Counter(one.file for one in outcome.rejects)
            assert all((one[LineFate.REJECTED] == 1) == bool(refused[source.path.name]) for one, source in zip(counts, sources, strict=True))
            assert not again or not any(one[LineFate.NEW] for one in counts)
