"""One text after the other, as a process of its own does them: what `report.py` measures of letters, e-mails and foretold years."""

from __future__ import annotations

from contextlib import nullcontext
from datetime import date
from email.message import EmailMessage
from itertools import islice

from measuring import cost
from test_letters_bench import jobs

from relance.letters.document import Studio
from relance.model import Channel


def letters(number: int) -> None:
    """Make letters, held against their facts."""
    _made(Channel.LETTER, number)


def emails(number: int) -> None:
    """Make e-mails, held against their facts."""
    _made(Channel.EMAIL, number)


def _made(channel: Channel, number: int) -> None:
    with Studio() as studio:
        source = jobs(channel)
        for warm in (True, False):
            with nullcontext() if warm else cost():
                for action, case in islice(source, 20 if warm else number):
                    document = studio.make([action], case)
                    assert document.files, document.missing


def layouts(number: int) -> None:
    """Lay out pages of which all is known: the work of the layout alone."""
    with Studio(checked=False) as studio:
        action, case = next(jobs(Channel.LETTER))
        text, context = studio.text([action], case)
        data = studio._laid(text, context, action)
        assert data is not None
        studio.press.pdf(text, data, action)
        with cost():
            for count in range(number):
                studio.press.pdf(text, data | {"reference": f"R-{count:04}"}, action)


def mails(number: int) -> None:
    """Write messages of a text that is known, as the standard library does."""
    with Studio(checked=False) as studio:
        action, case = next(jobs(Channel.EMAIL))
        text, _ = studio.text([action], case)
    plain = text.plain()
    with cost():
        for _ in range(number):
            mail = EmailMessage()
            mail["From"], mail["To"], mail["Subject"] = "a@x.example", "b@x.example", text.subject
            mail.set_content(plain)
            mail.add_alternative(f"<p>{plain}</p>", subtype="html")
            mail.as_bytes()


def years(number: int) -> None:
    """Play one invoice forward for a year."""
    from written import playbook_of

    from relance.letters import sample
    from relance.simulation.timeline import preview

    playbook, case = playbook_of(), sample.facts()
    preview(playbook, case, date(2026, 1, 2), date(2027, 1, 2))
    with cost():
        for _ in range(number):
            preview(playbook, case, date(2026, 1, 2), date(2027, 1, 2))
