"""A run of sending against a real journal and a real SMTP server: order of writes, crashes, hours, changed balances."""

from __future__ import annotations

import dataclasses
import email
import email.policy
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from relance.delivery import outbox, print_batches
from relance.delivery.outbox import State
from relance.delivery.print_batches import Tray
from relance.delivery.rehearsal import rehearsed
from relance.delivery.sending import Fate, Run
from relance.delivery.smtp import Postman, Server, Transmission, TransmissionResult
from relance.letters import sample
from relance.letters.context import Writing
from relance.letters.document import Studio
from relance.letters.email import Mail
from relance.model import Channel, Event, Pause, Tone


@pytest.fixture
def studio():
    with Studio(writing=Writing()) as made:
        yield made


@pytest.fixture
def postman(smtp_server):
    with Postman(Server("127.0.0.1", smtp_server.port, "none", timeout=5)) as made:
        yield made


@pytest.fixture
def run(journal, studio, postman, playbook, clock):
    def carry(_, document):
        return postman.hand_over(Mail(document.details["from"], document.to[0], document.details["message_id"], document.files[0].content))

    return Run(
        desk=journal,
        studio=lambda _: studio,
        playbooks={"negligent": playbook}.get,
        carriers={Channel.EMAIL: carry},
        now=clock,
        actor="test",
    )


def go(run, journal):
    every = outbox.read(journal)
    return list(run.send(every))


def kinds(journal):
    return [entry.kind for entry in journal.entries() if entry.kind.startswith(("action.", "document."))]


def test_what_is_ready_is_sent_once_and_written_in_order(run, journal, emit, facts, post):
    emit(facts)
    (report,) = go(run, journal)
    assert report.fate is Fate.SENT
    assert kinds(journal) == ["action.emitted", "document.attached", "action.attempted", "action.executed"]
    assert go(run, journal) == [], "sent is sent"
    assert len(post.taken) == 1
    message = email.message_from_bytes(post.taken[0].content, policy=email.policy.default)
    assert message["Message-ID"] == f"<relance.{outbox.read(journal)[0].id}@atelier-rhone.example>"
    assert message["Date"].datetime == datetime(2026, 2, 2, 9, tzinfo=UTC)
    kept = next(entry for entry in journal.entries() if entry.kind == "document.attached")
    assert journal.document(kept.data["sha256"]).rstrip() == post.taken[0].content.rstrip()


def test_a_message_lost_after_data_is_never_sent_again_by_itself(run, journal, emit, facts, post):
    emit(facts)
    post.drop = True
    assert [each.fate for each in go(run, journal)] == [Fate.UNCLEAR]
    post.drop = False
    assert go(run, journal) == []
    assert len(post.taken) == 1
    assert outbox.read(journal)[0].state is State.UNCLEAR
    outbox.approve(journal, outbox.read(journal)[0], on=date(2026, 2, 2), actor="claire")
    assert [each.fate for each in go(run, journal)] == [Fate.SENT]
    ids = {email.message_from_bytes(each.content)["Message-ID"] for each in post.taken}
    assert len(ids) == 1, "the second copy can be told from a new message"


def test_a_crash_between_handing_over_and_writing_leaves_it_unclear(run, journal, emit, facts):
    emit(facts)

    class Killed(BaseException):
        pass

    def dies(_, document):
        raise Killed

    with pytest.raises(Killed):
        go(dataclasses.replace(run, carriers={Channel.EMAIL: dies}), journal)
    assert outbox.read(journal)[0].state is State.UNCLEAR
    assert go(run, journal) == []


def test_two_runs_at_once_send_one_copy(run, journal, emit, facts, post):
    emit(facts)
    every = outbox.read(journal)  # both runs have read the outbox before either sends
    first, second = list(run.send(every)), list(run.send(every))
    assert [each.fate for each in (*first, *second)] == [Fate.SENT, Fate.TAKEN]
    assert len(post.taken) == 1


def test_a_refused_recipient_is_a_failure_the_ladder_hears_of(run, journal, emit, facts, post):
    emit(facts)
    post.rcpt = "550 unknown"
    (report,) = go(run, journal)
    assert report.fate is Fate.FAILED
    assert kinds(journal)[-1] == "action.failed"
    assert "unknown" in outbox.read(journal)[0].why


def test_a_refusal_for_now_is_tried_again_in_the_next_run(run, journal, emit, facts, post):
    emit(facts)
    post.rcpt = "451 greylisted"
    assert [each.fate for each in go(run, journal)] == [Fate.NOT_SENT]
    post.rcpt = "250 OK"
    assert [each.fate for each in go(run, journal)] == [Fate.SENT]
    assert outbox.read(journal)[0].attempts == 2


def test_a_payment_in_the_meantime_withdraws_the_message(run, journal, emit, facts, post):
    emit(facts)
    journal.record(
        "atelier", "dupont", [Event(date(2026, 2, 2), "payment.received", "F-2026-001", data={"amount": Decimal("1200.00")})], actor="t"
    )
    (report,) = go(run, journal)
    assert report.fate is Fate.WITHDRAWN
    assert post.taken == []
    assert outbox.read(journal)[0].state is State.CANCELLED


def test_a_part_payment_withdraws_it_too_so_that_it_is_made_anew(run, journal, emit, facts, post, clock):
    emit(facts)
    journal.record(
        "atelier", "dupont", [Event(date(2026, 2, 2), "payment.received", "F-2026-001", data={"amount": Decimal("200.00")})], actor="t"
    )
    (report,) = go(run, journal)
    assert report.fate is Fate.WITHDRAWN
    assert "1000.00" in report.words
    clock.now = datetime(2026, 2, 3, 9, tzinfo=UTC)
    assert emit(facts, on=date(2026, 2, 3))[0].claimed.principal == Decimal("1000.00")
    assert [each.fate for each in go(run, journal)] == [Fate.SENT]
    assert (
        "1\u202f000,00" in email.message_from_bytes(post.taken[0].content, policy=email.policy.default).get_body(("plain",)).get_content()
    )


@pytest.mark.parametrize(
    "event",
    [
        Event(date(2026, 2, 2), "dispute.opened", "F-2026-001", data={"reason": "abîmé"}),
        Event(date(2026, 2, 2), "hold.placed", "F-2026-001", data={"reason": "à voir"}),
        Event(date(2026, 2, 2), "promise.made", "F-2026-001", data={"amount": Decimal(1200), "by": date(2026, 2, 10)}),
    ],
    ids=lambda event: event.kind,
)
def test_a_dispute_hold_or_promise_keeps_it_in_the_house(run, journal, emit, facts, post, event):
    emit(facts)
    journal.record("atelier", "dupont", [event], actor="t")
    (report,) = go(run, journal)
    assert report.fate in (Fate.WAITS, Fate.WITHDRAWN)
    assert post.taken == []


def test_a_channel_refused_in_the_meantime_is_respected(run, journal, emit, facts, post):
    emit(facts)
    journal.record("atelier", "dupont", [Event(date(2026, 2, 2), "channel.refused", data={"channel": Channel.EMAIL})], actor="t")
    assert [each.fate for each in go(run, journal)] == [Fate.WITHDRAWN]
    assert post.taken == []


@pytest.mark.parametrize(
    ("moment", "word"),
    [
        (datetime(2026, 2, 7, 10, tzinfo=UTC), "closed day"),  # a Saturday
        (datetime(2026, 2, 20, 10, tzinfo=UTC), "18 days ago"),
        (datetime(2026, 2, 1, 10, tzinfo=UTC), "dated 2026-02-02"),
    ],
)
def test_it_waits_on_closed_days_and_when_it_is_too_old(run, journal, emit, facts, post, clock, moment, word):
    emit(facts)
    clock.now = moment
    (report,) = go(run, journal)
    assert report.fate is Fate.WAITS
    assert word in report.words
    assert post.taken == []


def test_contact_hours_are_the_debtors_own(run, journal, emit, facts, playbook, clock, post):
    hours = dataclasses.replace(playbook, contact=dataclasses.replace(playbook.contact, hours=((Channel.EMAIL, "09:00-18:00"),)))
    run = dataclasses.replace(run, playbooks=lambda _: hours)
    island = dataclasses.replace(facts, debtor=dataclasses.replace(facts.debtor, zone="Indian/Reunion"))
    emit(island)
    clock.now = datetime(2026, 2, 2, 15, tzinfo=UTC)  # 16:00 in Paris, 19:00 on Réunion
    (report,) = go(run, journal)
    assert report.fate is Fate.WAITS
    assert "19:00" in report.words
    clock.now = datetime(2026, 2, 2, 6, tzinfo=UTC)  # 7:00 in Paris, 10:00 on Réunion
    assert [each.fate for each in go(run, journal)] == [Fate.SENT]


@pytest.mark.parametrize(("hour", "fate"), [(9, Fate.SENT), (11, Fate.WAITS), (12, Fate.WAITS), (13, Fate.SENT), (17, Fate.WAITS)])  # UTC, one hour less than in Paris
def test_a_day_may_have_several_windows(run, journal, emit, facts, playbook, clock, hour, fate):
    windows = ((Channel.EMAIL, "09:30-12:00"), (Channel.EMAIL, "14:00-18:00"))
    hours = dataclasses.replace(playbook, contact=dataclasses.replace(playbook.contact, hours=windows))
    emit(facts)
    clock.now = datetime(2026, 2, 2, hour, 0, tzinfo=UTC)
    (report,) = go(dataclasses.replace(run, playbooks=lambda _: hours), journal)
    assert report.fate is fate
    assert fate is Fate.SENT or "09:30-12:00, 14:00-18:00" in report.words


@pytest.mark.parametrize(("day", "fate"), [(2, Fate.WAITS), (3, Fate.SENT), (5, Fate.WAITS)])  # Monday, Tuesday, Thursday
def test_a_message_that_was_late_still_leaves_on_the_days_of_its_step(run, journal, emit, facts, playbook, clock, day, fate):
    """It was ready on its day and leaves on another: weekdays and pauses bind there, too."""
    pause = Pause((2, 5), (2, 28))
    steps = tuple(dataclasses.replace(step, weekdays=(1, 3), pauses=(pause,)) for step in playbook.steps)
    emit(facts)
    clock.now = datetime(2026, 2, day, 10, tzinfo=UTC)
    (report,) = go(dataclasses.replace(run, playbooks=lambda _: dataclasses.replace(playbook, steps=steps)), journal)
    assert report.fate is fate


def test_a_wrong_iban_stops_the_message_and_says_so(run, journal, emit, facts, post):
    wrong = dataclasses.replace(facts, creditor=dataclasses.replace(facts.creditor, iban="FR7630006000011234567890188"))
    emit(wrong)
    (report,) = go(run, journal)
    assert report.fate is Fate.MISSING
    assert "IBAN" in report.words
    (message,) = outbox.read(journal)
    assert message.state is State.READY  # the house's own mistake: it leaves when that is mended
    assert post.taken == []


def test_a_rehearsal_writes_and_sends_nothing(run, journal, emit, facts, post):
    emit(facts)
    before = kinds(journal)
    (report,) = go(rehearsed(run), journal)
    assert report.words == "would be sent"
    assert kinds(journal) == before
    assert post.taken == []


def test_a_carrier_that_stops_ends_the_run(run, journal, emit, facts):
    for name in ("dupont", "durand"):
        emit(dataclasses.replace(facts, debtor=dataclasses.replace(facts.debtor, id=name),
                                 invoices=tuple(dataclasses.replace(each, id=f"{name}-1") for each in facts.invoices)))  # fmt: skip
    stopped = dataclasses.replace(run, carriers={Channel.EMAIL: lambda *_: Transmission(TransmissionResult.NOT_SENT, "no server", stop=True)})
    assert [each.stop for each in go(stopped, journal)] == [True]
    assert [each.fate for each in go(run, journal)] == [Fate.SENT, Fate.SENT]


def test_invoices_kept_in_the_journal_travel_with_the_email(run, journal, emit, facts, post):
    emit(facts)
    journal.attach("atelier", "dupont", b"%PDF-1.7 the invoice", name="facture été.pdf", kind="invoice", on=date(2026, 2, 1), actor="t",
                   invoice="F-2026-001", media_type="application/pdf")  # fmt: skip
    journal.attach(
        "atelier", "dupont", b"not for the debtor", name="note.pdf", kind="note", on=date(2026, 2, 1), actor="t", invoice="F-2026-001"
    )
    go(run, journal)
    message = email.message_from_bytes(post.taken[0].content, policy=email.policy.default)
    (attached,) = message.iter_attachments()
    assert attached.get_content() == b"%PDF-1.7 the invoice"
    assert attached.get_filename().isascii()
    assert attached.get_filename().endswith(".pdf")


def test_an_invoice_too_large_to_travel_is_named_to_a_person(run, journal, emit, facts, post):
    emit(facts)
    for name, size in (("plan.pdf", 11 * 1024 * 1024), ("facture.pdf", 2000)):
        journal.attach("atelier", "dupont", b"%PDF-1.7" + bytes(size), name=name, kind="invoice", on=date(2026, 2, 1), actor="t",
                       invoice="F-2026-001", media_type="application/pdf")  # fmt: skip
    (tried,) = go(rehearsed(run), journal)
    (report,) = go(run, journal)
    said = "not attached, over 10.0 MB in all: plan.pdf (11.1 MB)"
    assert tried.words == f"would be sent; {said}"
    assert report.fate is Fate.SENT
    assert report.words.endswith(f"; {said}")
    assert outbox.read(journal)[0].why == f"sent; {said}", "the journal says so, too"
    message = email.message_from_bytes(post.taken[0].content, policy=email.policy.default)
    assert [each.get_filename() for each in message.iter_attachments()] == ["facture.pdf"], "what fits travels all the same"


def test_letters_go_into_a_tray_with_one_pdf_and_a_csv(run, journal, emit, facts, playbook, tmp_path):
    from pypdf import PdfReader

    paper = dataclasses.replace(
        playbook, steps=tuple(dataclasses.replace(step, channels=(Channel.LETTER,), fallback=()) for step in playbook.steps)
    )
    for number in range(3):
        emit(dataclasses.replace(facts, debtor=dataclasses.replace(facts.debtor, id=f"d{number}", name=f"=Société; n° {number}"),
                                 invoices=tuple(dataclasses.replace(each, id=f"F-{number}") for each in facts.invoices)), playbook=paper)  # fmt: skip
    tray = Tray(tmp_path / "tray")
    reports = go(dataclasses.replace(run, carriers={Channel.LETTER: tray.put}, playbooks=lambda _: paper), journal)
    assert [each.fate for each in reports] == [Fate.SENT] * 3
    assert tray.close() == 3
    rows = (tmp_path / "tray" / "letters.csv").read_text(encoding="utf-8-sig").splitlines()
    assert rows[0].startswith("file;printed_in;first_page;pages;kind;reference;name;line_1")
    assert len(rows) == 4
    assert all("'=Société" in row and ";69001;Lyon;FR;atelier;" in row for row in rows[1:])
    pages = PdfReader(tmp_path / "tray" / "letters.pdf").pages
    starts = [int(row.split(";")[2]) for row in rows[1:]]
    assert all(start % 2 == 1 for start in starts), "no letter begins on the back of another"
    assert len(pages) % 2 == 0
    assert all("Dupont" not in page.extract_text() for page in pages)
    assert tray.close() == 3, "putting it in order again changes nothing"


def test_a_large_tray_is_printed_from_several_files(tmp_path, monkeypatch, studio, facts):
    from pypdf import PdfReader

    monkeypatch.setattr(print_batches, "VOLUME", 2)
    tray = Tray(tmp_path)
    for number in range(5):
        action = sample.action(facts, channel=Channel.LETTER, tone=Tone.COURTEOUS)
        tray.lay(studio.make([dataclasses.replace(action, message=f"{number:08x}")], facts))
        if number == 1:
            assert tray.close() == 2
            assert (tmp_path / "letters.pdf").is_file()
    assert tray.close() == 5
    assert sorted(path.name for path in tmp_path.iterdir()) == ["letters-001.pdf", "letters-002.pdf", "letters-003.pdf", "letters.csv", "single"]
    rows = [row.split(";") for row in (tmp_path / "letters.csv").read_text(encoding="utf-8-sig").splitlines()[1:]]
    assert [row[1:3] for row in rows] == [
        ["letters-001.pdf", "1"], ["letters-001.pdf", "3"], ["letters-002.pdf", "1"], ["letters-002.pdf", "3"], ["letters-003.pdf", "1"],
    ]  # fmt: skip
    for row in rows:
        page = PdfReader(tmp_path / row[1]).pages[int(row[2]) - 1]
        assert row[5] in page.extract_text(), "the CSV says where each letter stands"


def test_a_full_disk_stops_clean(run, journal, emit, facts, playbook, tmp_path, monkeypatch):
    paper = dataclasses.replace(
        playbook, steps=tuple(dataclasses.replace(step, channels=(Channel.LETTER,), fallback=()) for step in playbook.steps)
    )
    emit(facts, playbook=paper)
    blocked = tmp_path / "tray"
    blocked.write_text("a file where the folder should be")
    tray = Tray(blocked)
    (report,) = go(dataclasses.replace(run, carriers={Channel.LETTER: tray.put}, playbooks=lambda _: paper), journal)
    assert report.fate is Fate.NOT_SENT
    assert report.stop
    blocked.unlink()
    assert [
        each.fate for each in go(dataclasses.replace(run, carriers={Channel.LETTER: tray.put}, playbooks=lambda _: paper), journal)
    ] == [Fate.SENT]


def test_texts_and_webhooks_leave_by_their_carrier(run, journal, emit, facts, playbook):
    taken = []

    def hook(actions, document):
        taken.append((document.channel, [each.media_type for each in document.files], actions[0].claimed.total))
        return Transmission(TransmissionResult.SENT, "200")

    step = dataclasses.replace(playbook.steps[1], channels=(Channel.SMS, Channel.WEBHOOK), fallback=())
    other = dataclasses.replace(playbook, steps=(step,))
    emit(facts, playbook=other)
    reports = go(dataclasses.replace(run, carriers={Channel.SMS: hook, Channel.WEBHOOK: hook}, playbooks=lambda _: other), journal)
    assert [each.fate for each in reports] == [Fate.SENT, Fate.SENT]
    assert taken == [(Channel.SMS, ["text/plain"], Decimal("1200.00")), (Channel.WEBHOOK, [], Decimal("1200.00"))]


def test_a_draft_approved_later_asks_the_sums_of_its_day_by_a_deadline_from_it(run, journal, emit, facts, playbook, clock, post):
    step = next(step for step in playbook.steps if step.id == "mise-en-demeure")
    notice = dataclasses.replace(step, at=playbook.steps[1].at, after=(), channels=(Channel.EMAIL,))
    other = dataclasses.replace(playbook, steps=(notice,))
    run = dataclasses.replace(run, playbooks=lambda _: other)
    (emitted,) = emit(facts, playbook=other)
    assert emitted.draft
    clock.now = datetime(2026, 2, 12, 9, tzinfo=UTC)
    assert go(run, journal) == [], "a draft does not leave"
    outbox.approve(journal, outbox.read(journal)[0], on=date(2026, 2, 12), actor="claire")
    assert [each.fate for each in go(run, journal)] == [Fate.SENT]
    text = email.message_from_bytes(post.taken[0].content, policy=email.policy.default).get_body(("plain",)).get_content()
    assert "12 février 2026" in text
    assert "02/02/2026  12/02/2026     11" in text, "eleven days of interest, not one"
    assert "27 février 2026" in text.replace("\r\n", " "), "fifteen days from the twelfth, not from the second"
