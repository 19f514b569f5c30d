"""The actions of one message → a document ready to leave, or the reason why it cannot.

Owns the choice of maker by channel and what a message needs (an address, a postcode, a right IBAN, a wording). What is
missing is said in a sentence, so that a person gets a task and nothing leaves half-made.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from itertools import groupby
from typing import TYPE_CHECKING, Any, Self

from relance.factcheck import Contradiction, Finished, check, known_of, pages
from relance.iban import mistake as iban_mistake
from relance.interpreter.addressees import addressed, mailbox_missing, no_copy
from relance.interpreter.case_history import FactsOfDay
from relance.law.recipients import OTHERS
from relance.letters import call, checked, email, html, sms
from relance.letters.business_mentions import mediator_missing
from relance.letters.context import Writing, build, message_id, payment_payload
from relance.letters.enclosures import within
from relance.letters.fields import Context
from relance.letters.wording import Templates, Text, WordingError
from relance.model import TEXT_CHANNELS, Action, Channel, Facts
from relance.sentences import sentence

if TYPE_CHECKING:
    from relance.letters.pdf import Press

PAPER = (Channel.LETTER, Channel.REGISTERED_LETTER, Channel.ELECTRONIC_REGISTERED_LETTER)
#: Of so many letters of a batch one is read out of its PDF: 10 ms each.
READ_BACK = 50
_POSTCODE = re.compile(r"(?:^|\s)\d{5}\s+\S")


@dataclass(frozen=True, slots=True)
class File:
    """One file of a document."""

    name: str
    content: bytes
    media_type: str


@dataclass(frozen=True, slots=True)
class Document:
    """What leaves for one message. `missing` says, where it is set, why nothing can leave; `files` is then empty.

    `house`: it is for want of the house's own (a wording, its letterhead), and says nothing of the debtor's channel.

    `to` is the e-mail address, the number, or the lines of the postal address; `details` what a carrier wants to know; `left_out`
    says which enclosures were too large to travel. `findings` are what the finished text says against the facts: it does not leave then.
    """

    message: str
    reference: str
    channel: Channel
    actions: tuple[str, ...]
    creditor: str
    debtor: str
    subject: str = ""
    to: tuple[str, ...] = ()
    files: tuple[File, ...] = ()
    details: Mapping[str, Any] = field(default_factory=dict)
    missing: str | None = None
    house: bool = False
    left_out: str = ""
    findings: tuple[Contradiction, ...] = ()


class Studio:
    """Wordings, one letterhead and one warm press, for a run of documents; a context manager."""

    def __init__(
        self, templates: Templates | None = None, writing: Writing | None = None, *, checked: bool = True, read_back: int = READ_BACK
    ) -> None:
        """Prepare. What is made is `checked` against the facts, and each `read_back`-th letter is read out of its PDF (0: none)."""
        self.checked, self.read_back, self._letters = checked, read_back, 0
        self.templates = templates or Templates()
        self.writing = writing or Writing()
        self._press: Press | None = None
        self._own: dict[str, Studio] = {}
        self._day: FactsOfDay | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Give the press's folder back."""
        if self._press is not None:
            self._press.close()
            self._press = None
        for each in self._own.values():
            each.close()

    @property
    def press(self) -> Press:
        """The press, warmed at the first letter."""
        if self._press is None:
            from relance.letters.pdf import Press

            self._press = Press(self.writing.letterhead)
        return self._press

    def of_creditor(self, creditor: str) -> Studio:
        """Return the studio in which a creditor's messages are made: one with his own paper and wordings, where he has some, else this one."""
        writing = self.writing
        if creditor not in writing.papers and creditor not in writing.wordings:
            return self
        if creditor not in self._own:
            own = replace(writing, letterhead=writing.paper_of(creditor), papers={}, wordings={})
            templates = self.templates.after(*writing.wordings.get(creditor, ()))
            self._own[creditor] = Studio(templates, own, checked=self.checked, read_back=self.read_back)
        return self._own[creditor]

    # ----------------------------------------------------------------- one message

    def text(self, actions: Sequence[Action], facts: Facts) -> tuple[Text, Context]:
        """Fill the wording of a message, that of a call in its sheet. Raises WordingError."""
        text, context = self.filled(actions, facts)
        return (call.sheet(text, context), context) if actions[0].channel is Channel.CALL else (text, context)

    def filled(self, actions: Sequence[Action], facts: Facts) -> tuple[Text, Context]:
        """Fill the wording of a message alone: of a call what is said. Raises WordingError."""
        if (own := self.of_creditor(actions[0].creditor)) is not self:
            return own.filled(actions, facts)
        first, writing, day = actions[0], self.writing, self._day_of(actions[0].on, facts)
        context = build(actions, facts, writing, day=day)
        wording = self.templates.find(first.template, first.channel, context.language)
        if wording.language != context.language:
            context = build(actions, facts, replace(writing, language=wording.language), day=day)
        text = wording.render(context)
        if context.capacity in OTHERS and context.debtor.name not in text.subject:
            text = replace(text, subject=f"{context.debtor.name} – {text.subject}")
        return text, context

    def make(
        self,
        actions: Sequence[Action],
        facts: Facts,
        *,
        attachments: Sequence[email.Attachment] = (),
        pictures: bool = False,
        at: datetime | None = None,
    ) -> Document:
        """Make the document of one message, from the actions it carries (at least one, all of one channel and day)."""
        if (own := self.of_creditor(actions[0].creditor)) is not self:
            return own.make(actions, facts, attachments=attachments, pictures=pictures, at=at)
        first = actions[0]
        blank = Document(
            message=message_id(first), reference="", channel=first.channel, actions=tuple(action.id for action in actions), creditor=first.creditor,
            debtor=first.debtor,
        )  # fmt: skip
        if not self.writes(first):
            return replace(blank, missing=first.missing or "")
        try:
            text, context = self.text(actions, facts)
        except WordingError as error:
            found = error.diagnostic
            return replace(blank, missing=f"{found.path}:{found.line}: {found.message}", house=True)
        made = replace(blank, reference=context.reference, subject=text.subject)
        if missing := self.lacks(text, context, first, facts):
            return replace(made, missing=missing, house=of_the_house(missing))
        data = self._laid(text, context, first)
        try:
            document = self._fill(made, text, context, actions, attachments, data, pictures=pictures, at=at)
        except ValueError as error:
            return replace(made, missing=error.args[0], house=of_the_house(str(error)))
        if lacking_copy := no_copy(first, facts):
            document = replace(document, left_out="; ".join(filter(None, (document.left_out, lacking_copy))))
        page = document.files[0].content if first.channel in PAPER else None
        if untrue := self.findings(text, context, actions, facts, page, data):
            return replace(made, findings=untrue, missing="; ".join(map(str, untrue)), house=True)
        return document

    def lacks(self, text: Text, context: Context, action: Action, facts: Facts) -> str | None:
        """Say what a filled message needs that is not known or not right, of its debtor, of the house or of its case, or None."""
        return lacking(action, facts, self.writing) or text.lacks or mediator_missing(text.plain(), context.sender.mediator)

    def findings(
        self, text: Text, context: Context, actions: Sequence[Action], facts: Facts, page: bytes | None = None, data: Mapping[str, Any] | None = None,
    ) -> tuple[Contradiction, ...]:  # fmt: skip
        """Hold a finished message against the facts, and of the letters whose turn it is the page against its text.

        `data` is what went to the layout of a letter; worked out where it is not given.
        """
        if not self.checked:
            return ()
        if (own := self.of_creditor(actions[0].creditor)) is not self:
            return own.findings(text, context, actions, facts, page, data)
        finished = self.finished(text, context, actions, data)
        known = known_of(actions, facts, checked.paper_of(self.writing, facts.debtor), day=self._day_of(actions[0].on, facts))
        found = check(finished, known)
        if page is not None and self.read_back:
            self._letters += 1
            if self._letters % self.read_back == 0:
                found += pages.findings(page, finished, known)
        return found

    def finished(self, text: Text, context: Context, actions: Sequence[Action], data: Mapping[str, Any] | None = None) -> Finished:
        """Return a message as it goes to its layout (as `data`, of a letter) or carrier."""
        data = data or self._laid(text, context, actions[0])
        if data is not None:
            return checked.letter(data, payment_payload(context), text.constants)
        if actions[0].channel is Channel.EMAIL:
            return checked.message(text, to=context.recipient.email, copies=[each.email for each in context.copies], writer=context.sender.email)
        return checked.message(text)

    def _laid(self, text: Text, context: Context, action: Action) -> dict[str, Any] | None:
        """Return what the layout of a letter reads; None for what is no letter."""
        if action.channel not in PAPER:
            return None
        return self.press.data(text, context, qr=payment_payload(context), action=action)

    def _day_of(self, on: date, facts: Facts) -> FactsOfDay:
        """Fold what is known on the day of a message once, for what writes it and for what checks it."""
        if self._day is None or self._day.facts is not facts or self._day.on != on:
            self._day = FactsOfDay(facts, on)
        return self._day

    def writes(self, action: Action) -> bool:
        """Say whether an action has a text: every message has, a task or handover where a sheet was written for its template."""
        if action.channel in TEXT_CHANNELS:
            return True
        if (own := self.of_creditor(action.creditor)) is not self:
            return own.writes(action)
        languages = (self.writing.language or action.language, "en", "fr")
        return action.missing is None and any(self.templates.locate(action.template, action.channel, each) for each in languages)

    def _fill(
        self, made: Document, text: Text, context: Context, actions: Sequence[Action], attachments: Sequence[email.Attachment],
        data: Mapping[str, Any] | None, *, pictures: bool, at: datetime | None,
    ) -> Document:  # fmt: skip
        first, stem = actions[0], file_stem(actions[0], context)
        match first.channel:
            case Channel.EMAIL:
                enclosed = within(attachments)
                mail = email.build(text, context, first, letterhead=self.writing.letterhead, attachments=enclosed.attachments, at=at)
                files = (File(f"{stem}.eml", mail.content, "message/rfc822"),)
                details = {"from": mail.sender, "message_id": mail.message_id}
                return replace(made, to=(mail.to, *mail.copies), files=files, details=details, left_out=enclosed.left_out)
            case Channel.SMS:
                message = sms.build(text, context)
                files = (File(f"{stem}.txt", message.text.encode(), "text/plain"),)
                return replace(made, to=(message.to,), files=files, details={"alphabet": message.alphabet, "segments": message.segments})
            case Channel.CALL | Channel.TASK | Channel.HANDOVER:
                page = html.page(text, context, self.writing.letterhead).encode()
                return replace(
                    made,
                    to=(context.debtor.phone,) if first.channel is Channel.CALL else (),
                    files=(File(f"{stem}.html", page, "text/html"), File(f"{stem}.txt", text.plain().encode(), "text/plain")),
                )
            case _:
                from relance.letters.pdf import page_count

                assert data is not None
                page = self.press.pdf(text, data, first)
                shown = self.press.pictures(text, data, first) if pictures else []
                paper = (
                    File(f"{stem}.pdf", page, "application/pdf"),
                    *(File(f"{stem}-{n}.png", each, "image/png") for n, each in enumerate(shown, 1)),
                )
                to = (context.recipient.name, *context.recipient.address_lines)
                return replace(made, to=to, files=paper, details={"pages": page_count(page), "country": context.recipient.country})


def group_messages(actions: Iterable[Action]) -> list[list[Action]]:
    """Group the actions of a day into messages: those of one id, debtor and channel travel together."""

    def key(action: Action) -> tuple[Any, ...]:
        return action.on, action.creditor, action.debtor, message_id(action), str(action.channel), action.claimed.currency

    def lead(action: Action) -> bool:
        return action.id != message_id(action)  # the action that names the message, at the highest step, gives the wording

    return [sorted(group, key=lead) for _, group in groupby(sorted(actions, key=key), key=key)]


def file_stem(action: Action, context: Context) -> str:
    """Name the files of a message: day, channel, step, debtor, the file's reference, and what tells it from another message of that day."""
    return email.file_name(f"{action.on}-{action.channel}-{action.step}-{action.debtor}-{context.reference}-{message_id(action)[:8]}")


def lacking(action: Action, facts: Facts, writing: Writing) -> str | None:
    """Say what the message of an action needs that is not known or not right, or None."""
    channel, debtor, creditor, paper = action.channel, facts.debtor, facts.creditor, writing.letterhead
    if writing.agency and not paper.sender:
        return sentence("who writes: an agency writes in its own name, for the creditor (CPCE R124-4); give its letterhead")
    iban = str(paper.payment.get("iban") or creditor.iban or "")
    if iban and channel in (Channel.EMAIL, *PAPER) and (mistake := iban_mistake(iban)):
        return sentence("how to pay: {mistake}", mistake=mistake)
    if channel in PAPER:
        to = addressed(action, facts)
        return _postal(to.name if action.capacity else debtor.name, to.address.lines if to.address else (), to.address.country if to.address else "FR")
    if unknown := mailbox_missing(action, facts):
        return unknown
    if channel is Channel.CALL and not debtor.phone:
        return sentence("debtor: there is no telephone number")
    return None


def of_the_house(missing: str) -> bool:
    """Say whether it is for want of the house's own that a message cannot be made; what is said of the debtor begins with that word."""
    return not missing.startswith("debtor:")


def _postal(name: str, lines: Sequence[str], country: str) -> str | None:
    if not name.strip():
        return sentence("debtor: there is no name to write to")
    if not lines:
        return sentence("debtor: there is no postal address")
    if country == "FR" and not any(_POSTCODE.search(line) for line in lines):
        return sentence("debtor: the address '{lines}' has no postcode and town", lines=", ".join(lines)[:80])
    return None
