"""The file of a case: complete, in order, one sum throughout, and verified with nothing but itself."""

import io
import json
import zipfile
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from relance.journal.event_types import build
from relance.language import load_playbook_text, parse
from relance.model import Address, Creditor, Debtor, Facts, Invoice, Sender
from relance.portfolio import explain
from relance.portfolio.routing import Route, Routing
from relance.report import dossier, evidence, evidence_pack
from relance.report.evidence_check import check
from relance.run.journal_run import run

ON = date(2026, 4, 10)


def made(journal, name="F-1", on=ON):
    found = evidence.gather(journal, explain.find(journal, name), on)
    assert not isinstance(found, str), found
    return found, evidence_pack.pack(journal, found, dossier.pdf(found))


@pytest.fixture
def case(story, clock):
    journal = story.journal
    clock.set("2026-04-10")
    for kind, name in (("order", "bon de commande n° 7.pdf"), ("contract", "contrat.pdf"), ("invoice", "F-1.pdf"), ("proof", "avis de réception.png"),
                       ("delivery_note", "../../bon.pdf")):  # fmt: skip
        journal.attach("atelier", "dupont", f"{kind}".encode(), name=name, kind=kind, on=date(2026, 1, 2), actor="marie", invoice="F-1")
    return journal


def read(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        return {name: packed.read(name) for name in packed.namelist()}


def write(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        for name, content in files.items():
            packed.writestr(name, content)
    return out.getvalue()


def test_the_file_holds_everything_in_the_order_it_is_asked_for(case, snapshot):
    _, content = made(case)
    names = list(read(content))
    snapshot.assert_match("\n".join(names) + "\n", "files.txt")
    assert names == sorted(names)
    assert not any(".." in name or name.startswith("/") for name in names)
    checked = check(content)
    assert checked.faults == ()
    assert checked.manifest["missing"] == []


def test_the_first_document_says_it_all_in_french(case, snapshot):
    _, content = made(case)
    reader = PdfReader(io.BytesIO(read(content)["0-dossier.pdf"]))
    text = "\n".join(page.extract_text() for page in reader.pages).replace("\u202f", " ").replace("\u00a0", " ")
    kept = [line for line in text.splitlines() if not any(len(word) > 40 for word in line.split())]  # hashes hold random parts
    snapshot.assert_match("\n".join(kept) + "\n", "dossier.txt")
    assert reader.metadata.title == "Dossier de créance F-1"


def test_account_segments_and_claim_are_one_sum(case):
    found, content = made(case)
    assert found.lines[-1].open == found.claimed.total > Decimal(1000)
    assert sum(segment.interest for segment in found.claimed.segments) >= found.claimed.late_interest > 0
    assert found.claimed.fixed_indemnity == Decimal(40)
    assert json.loads(read(content)["manifest.json"])["total"] == f"{found.claimed.total:.2f}"
    assert read(content)["0-decompte.csv"].decode("utf-8-sig").splitlines()[1].startswith("2026-01-02;Facture F-1")


@pytest.mark.parametrize("raw", [
    {"event": "dispute.opened", "amount": "300.00", "reason": "manquant"},
    {"event": "dispute.opened", "reason": "tout"},
    {"event": "credit_note.issued", "amount": "100.00"},
    {"event": "payment.reversed", "amount": "200.00"},
    {"event": "invoice.cancelled"},
    {"event": "payment.received", "amount": "5000.00"},
    {"event": "insolvency.opened", "published_on": "2026-03-01"},
])  # fmt: skip
def test_whatever_happened_the_account_ends_with_what_is_claimed(story, raw):
    story.tell("2026-04-01", "dupont", **({"invoice": "F-1"} if "insolvency" not in raw["event"] else {}), **raw)
    found, content = made(story.journal)
    assert found.lines[-1].open == found.claimed.total
    assert check(content).faults == ()


def test_the_same_journal_gives_the_same_bytes(case):
    assert made(case)[1] == made(case)[1]


def test_what_was_sent_and_not_kept_is_named(story, clock):
    clock.set("2026-04-11")
    story.journal.record("atelier", "martin", invoices=[Invoice("M-1", date(2026, 3, 1), Decimal(500))], actor="import")
    story.tell(
        "2026-04-01", "martin", event="action.emitted", invoice="M-1", playbook="negligent", step="relance-1", channel="letter", id="m1"
    )
    story.tell(
        "2026-04-02",
        "martin",
        event="action.emitted",
        invoice="M-1",
        playbook="negligent",
        step="relance-2",
        channel="email",
        id="m2",
        draft="true",
    )
    found, content = made(story.journal, "M-1")
    assert list(found.missing) == ["Relance (relance-1) : lettre simple, 1er avril 2026"]
    assert check(content).faults == ()


def test_a_message_about_two_invoices_is_in_the_file_of_each(journal, clock):
    invoices = [Invoice(f"F-{number}", date(2026, 2, 1), Decimal(100)) for number in (1, 2)]
    journal.record("atelier", "dupont", invoices=invoices, actor="import")
    for number in (1, 2):
        raw = {"on": "2026-03-01", "event": "action.emitted", "invoice": f"F-{number}", "step": "relance-1", "channel": "letter"}
        event, _ = build(raw | {"id": f"a{number}", "message": "a1", "case": f"F-{number}"})
        journal.record("atelier", "dupont", [event], actor="run")
    journal.attach("atelier", "dupont", b"lettre", name="l.pdf", kind="letter", on=date(2026, 3, 1), actor="send", case="F-1", action="a1")
    for name in ("F-1", "F-2", "dupont/EUR"):
        found, content = made(journal, name)
        assert [(piece.folder, piece.title) for piece in found.pieces] == [("5-relances", "Relance (relance-1) : lettre simple")]
        assert found.missing == ()
        assert check(content).faults == ()


def test_nobody_else_is_in_the_file(case):
    files = read(made(case)[1])
    for name, content in files.items():
        assert b"durand" not in content.lower(), name
        assert b"G-1" not in content or name.endswith(".pdf"), name


def test_an_account_and_a_debtor_have_a_file_too(case):
    for name in ("dupont/EUR", "dupont"):
        found, content = made(case, name)
        assert check(content).faults == ()
        assert [claim.id for claim in found.claims] == ["F-1"]


def account_of(tag: str) -> str:
    return f"schema: 1\nplaybook: compte\nversion: 1\ntitle: Compte\nunit: account\nsteps:\n  - {{id: {tag}, at: J+1, channels: [email], tone: courteous, template: relance-1}}\n"


@pytest.mark.parametrize(("apart", "inside"), [(True, ["A-1", "A-3"]), (False, ["A-1", "A-2", "A-3"])])
def test_an_account_is_the_case_that_the_rules_make_of_it(journal, apart, inside):
    """A large invoice that the routing sends another way is no part of the account's file, nor is what was written about it."""
    large, _ = load_playbook_text(account_of("gros").replace("unit: account\n", "").replace("compte", "gros", 1), "gros.yaml", checks=False)
    whole, _ = load_playbook_text(account_of("petit"), "compte.yaml", checks=False)
    rules = Routing((*([Route(large, parse.condition({"tag": "gros"}), {"tag": "gros"})] if apart else []), Route(whole)))
    claims = [Invoice(name, date(2026, 2, 1), Decimal(amount), tags=tags) for name, amount, tags in (("A-1", 120, ()), ("A-2", 9000, ("gros",)), ("A-3", 30, ()))]
    dupont = Facts(Creditor("atelier"), Debtor("dupont", "Dupont", kind="business", email="dupont@exemple.example"), tuple(claims))
    run(journal, [dupont], rules, date(2026, 2, 10), actor="run", load=lambda _: None, sent_by=Sender.OTHER)
    found, content = made(journal, "dupont/EUR", date(2026, 2, 12))
    assert [claim.id for claim in found.claims] == inside
    assert found.claimed.principal == sum(claim.amount for claim in claims if claim.id in inside)
    assert any(entry.invoice == "A-2" or "A-2" in entry.data.get("invoices", ()) for entry in found.entries) is not apart
    assert check(content).faults == ()


def test_there_is_no_evidence_without_a_claim_or_across_currencies(journal):
    journal.record(
        "atelier",
        "dupont",
        actor="x",
        invoices=[Invoice("A", date(2026, 2, 1), Decimal(5)), Invoice("B", date(2026, 2, 1), Decimal(5), "USD")],
    )
    assert "several currencies" in evidence.gather(journal, explain.find(journal, "dupont"), ON)
    journal.record("atelier", "martin", [], actor="x", keys=())
    assert isinstance(evidence.gather(journal, explain.Target("martin", "atelier", "martin"), ON), str)


def test_a_changed_byte_of_any_file_is_found(case):
    files = read(made(case)[1])
    for name, content in files.items():
        changed = content[: len(content) // 2] + bytes([content[len(content) // 2] ^ 1]) + content[len(content) // 2 + 1 :]
        assert check(write(files | {name: changed})).faults, name
        assert check(write({each: data for each, data in files.items() if each != name})).faults, name
    assert check(write(files | {"8-more.txt": b"x"})).faults == ("8-more.txt: the manifest does not know it",)


def rehashed(files: dict[str, bytes]) -> dict[str, bytes]:
    """Write the manifest anew, as a forger would."""
    import hashlib

    manifest = json.loads(files["manifest.json"])
    for each in manifest["files"]:
        each["sha256"], each["size"] = hashlib.sha256(files[each["path"]]).hexdigest(), len(files[each["path"]])
    return files | {"manifest.json": json.dumps(manifest).encode()}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"200.00", b"100.00"),
        (b"payment.received", b"payment.reversed"),
        (b"2026-03-18", b"2026-03-08"),
        (b"Dupont", b"Dumont"),
        (b'"dupont"', b'"dumont"'),
    ],
)
def test_a_forger_who_mends_the_manifest_is_found_by_the_chain(case, old, new):
    files = read(made(case)[1])
    assert old in files["7-journal/entries.jsonl"]
    forged = rehashed(files | {"7-journal/entries.jsonl": files["7-journal/entries.jsonl"].replace(old, new)})
    assert check(write(forged)).faults


def test_a_line_that_was_left_out_is_found(case):
    files = read(made(case)[1])
    lines = files["7-journal/entries.jsonl"].splitlines(keepends=True)
    paid = next(line for line in lines if b"payment.received" in line)
    forged = rehashed(files | {"7-journal/entries.jsonl": b"".join(line for line in lines if line != paid)})
    assert any("is missing" in fault for fault in check(write(forged)).faults)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_file_whatever_makes_it_stumble(data, tmp_path):
    good = write(
        {
            "manifest.json": b'{"relance_evidence":1,"files":[],"chain":{}}',
            "7-journal/entries.jsonl": b"{}\n",
            "7-journal/chain.json": b"[]",
        }
    )
    place = data.draw(st.integers(0, len(good) - 1))
    content = data.draw(
        st.one_of(
            st.binary(max_size=200),
            st.just(good[:place]),
            st.binary(min_size=1, max_size=4).map(lambda some: good[:place] + some + good[place + len(some) :]),
        )
    )
    assert check(content).faults


def test_hostile_names_break_nothing_and_stay_on_the_page(journal):
    name = 'Société 😀 #let $x$ <b> \\ العربية 中文 "' + "W" * 200
    party = {"name": name, "address": Address((name, "69001 Lyon"))}
    number = "F" * 60
    journal.record(
        Creditor("a", **party),
        Debtor("d", kind="business", **party),
        invoices=[Invoice(number, date(2026, 2, 1), Decimal("123456789.12"))],
        actor="x",
    )
    event, _ = build(
        {"on": "2026-02-03", "event": "dispute.opened", "invoice": number, "amount": "1.00", "reason": "#panic() $" + "x" * 3000}
    )
    journal.record("a", "d", [event], actor="x")
    journal.attach("a", "d", b"x", name="é/../" + "n" * 300 + "\u202e.pdf", kind="order", on=date(2026, 2, 1), actor="x", invoice=number)
    _, content = made(journal, number)
    assert check(content).faults == ()
    reader = PdfReader(io.BytesIO(read(content)["0-dossier.pdf"]))
    text = "".join(page.extract_text() for page in reader.pages)
    assert "#let $x$ <b>" in text
    assert "#panic()" in text
    for page in reader.pages:
        ends = []
        page.extract_text(visitor_text=lambda text, _, place, __, ___, ends=ends: ends.append(place[4]) if text.strip() else None)
        assert max(ends) < page.mediabox.width
