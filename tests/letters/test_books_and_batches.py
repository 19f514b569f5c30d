"""Whole books of a playbook, and many documents on all cores."""

from __future__ import annotations

import dataclasses
import email
import email.policy
from datetime import date

import pytest
from click.testing import CliRunner

from relance.cli import main
from relance.language import library, load_playbook
from relance.letters import book, sample
from relance.letters.context import Writing
from relance.letters.document import Studio
from relance.letters.pool import Job, documents
from relance.model import Channel, Tone
from relance.simulation.timeline import preview


def timeline(name):
    playbook, _ = load_playbook(library.find(name), checks=False)
    case = dataclasses.replace(sample.facts(consumer=playbook.debtor == "consumer"), events=())
    return preview(playbook, case, date(2026, 1, 1), date(2026, 12, 31))


@pytest.mark.parametrize("name", library.shipped_ids())
def test_every_text_of_every_shipped_playbook_can_be_made(name, tmp_path):
    played = timeline(name)
    agency = played.playbook.collector == "agency"
    written = book.write(played, tmp_path, pictures=False, writing=sample.writing(agency=agency))
    assert written.documents
    assert [(each.channel, each.missing) for each in written.missing] == []
    assert all(path.stat().st_size for path in written.paths)
    assert written.paths[0].name == "index.html"


def test_the_email_of_a_step_carries_its_letter_and_pages_are_pictures(tmp_path):
    written = book.write(timeline("negligent"), tmp_path)
    notice = next(each for each in written.documents if each.channel is Channel.EMAIL and "Mise en demeure" in each.subject)
    message = email.message_from_bytes(notice.files[0].content, policy=email.policy.default)
    (attached,) = message.iter_attachments()
    assert attached.get_content_type() == "application/pdf"
    pictures = [file for each in written.documents for file in each.files if file.media_type == "image/png"]
    assert pictures
    assert all(file.content.startswith(b"\x89PNG") for file in pictures)
    assert len({path.name for path in written.paths}) == len(written.paths)


def test_another_tone_and_language_can_be_read_to_compare(tmp_path):
    plain = book.write(timeline("negligent"), tmp_path / "1", pictures=False)
    other = book.write(timeline("negligent"), tmp_path / "2", pictures=False, writing=Writing(tone="formal", language="en"))
    assert [each.subject for each in plain.documents] != [each.subject for each in other.documents]
    assert any("invoice" in each.subject.lower() for each in other.documents)


def test_the_preview_command_writes_a_book(tmp_path):
    done = CliRunner().invoke(
        main, ["preview", "declic", "--due", "2026-03-02", "--amount", "1200.00", "--letters", str(tmp_path / "book"), "--tone", "neutral"]
    )
    assert done.exit_code == 0, done.output
    assert (tmp_path / "book" / "index.html").is_file()
    assert list((tmp_path / "book").glob("*.eml"))


def test_documents_come_in_the_order_of_the_jobs_from_any_number_of_workers():
    def jobs():
        case = sample.facts()
        for number in range(60):
            channel = Channel.LETTER if number % 3 else Channel.EMAIL
            action = dataclasses.replace(sample.action(case, channel=channel, tone=Tone.COURTEOUS), message=f"{number:08x}")
            yield Job((action,), case, agency=number % 2 == 0)

    one = list(documents(jobs(), workers=1))
    two = list(documents(jobs(), workers=2))
    assert [each.message for each in one] == [f"{number:08x}" for number in range(60)]
    assert one == two


@pytest.mark.parametrize("apart", [False, True], ids=["after its letter", "after another's"])
def test_an_email_carries_its_own_letter_and_nobody_elses(apart):
    """Even where two debtors' actions have one id: the letter is the very job, facts and all, or it is made anew."""
    case = sample.facts()
    other = dataclasses.replace(case, debtor=dataclasses.replace(case.debtor, name="Quelqu’un d’autre"))
    paper, mail = (sample.action(case, channel=channel, tone=Tone.COURTEOUS) for channel in (Channel.LETTER, Channel.EMAIL))
    letter, sent = documents([Job((paper,), other if apart else case), Job((mail,), case, letter=((paper,), case))], workers=1)
    (carried,) = email.message_from_bytes(sent.files[0].content, policy=email.policy.default).iter_attachments()
    with Studio() as studio:
        assert carried.get_content() == studio.make([paper], case).files[0].content
    assert (carried.get_content() == letter.files[0].content) is not apart
