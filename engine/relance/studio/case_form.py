"""The case that an author plays with: its invoices, who owes, where, and what is let happen, as a form."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation

from nicegui import ui

from relance.sentences import marked, sentence
from relance.studio.frame import PageReader
from relance.studio.played_case import PlayedCase, with_day

#: What one most often lets happen to a case, each as it is written and what to fill in.
_HAPPENINGS = {
    "payment.received": marked("a payment"), "payment.reversed": marked("a payment taken back"), "promise.made": marked("a promise to pay"),
    "dispute.opened": marked("a dispute"), "dispute.closed": marked("the end of a dispute"), "hold.placed": marked("a hold"), "hold.lifted": marked("the end of a hold"),
    "letter.refused": marked("a registered letter refused"), "letter.unclaimed": marked("a registered letter not claimed"), "insolvency.opened": marked("an insolvency"),
    "action.cancelled": marked("a draft rejected"), "action.skipped": marked("a step passed over"),
}  # fmt: skip
_SUMS = ("payment.received", "payment.reversed", "promise.made")
_STEPS = ("action.cancelled", "action.skipped", "letter.refused", "letter.unclaimed")


def _number(text: str) -> str:
    return (text or "").replace("\u202f", "").replace("\u00a0", "").replace(" ", "").replace(",", ".")


class CaseForm:
    """The form of a case: whatever is changed in it is given on as a new case, once all of it can be read."""

    def __init__(self, reader: PageReader, case: PlayedCase, changed: Callable[[PlayedCase], Awaitable[None]], refused: Callable[[str], None]) -> None:
        self.reader, self.case = reader, case
        self.changed, self.refused = changed, refused
        self.steps: tuple[str, ...] = ()
        self.choices: list[ui.select] = []  # where a step of the playbook is chosen

    def build(self) -> None:
        """Make the form, where one stands."""
        say = self.reader.say
        (due, amount), *others = self.case.owed
        with ui.row():
            self.amount = ui.input(say(sentence("amount")), value=f"{amount:.2f}", on_change=self._changed).props("inputmode=decimal dense outlined debounce=300")
            self.due = ui.input(say(sentence("due on")), value=due.isoformat(), on_change=self._changed).props("type=date stack-label dense outlined")
            kinds = {"business": say(sentence("a business")), "consumer": say(sentence("a consumer")), "public": say(sentence("a public body"))}
            self.kind = ui.select(kinds, value=self.case.debtor, label=say(sentence("who owes")), on_change=self._changed).props("dense outlined").classes("w-48")
            self.place = ui.input(say(sentence("postcode and town")), value=self.case.postcode, on_change=self._changed).props("dense outlined debounce=300")
        self.others = ui.textarea(
            say(sentence("further invoices, one a line: day and amount")), value="\n".join(f"{day} {sum_}" for day, sum_ in others), on_change=self._changed,
        ).classes("w-full").props("dense outlined autogrow debounce=400")  # fmt: skip
        name = say(sentence("what happens, one thing a line"))
        self.happened = ui.textarea(name, value="\n".join(self.case.events), on_change=self._changed).classes("w-full").props("dense outlined autogrow debounce=400")
        self._happening(due + timedelta(days=10))

    def fill(self, case: PlayedCase) -> None:
        """Let another case stand in the form."""
        self.case = case
        (due, amount), *others = case.owed
        self.amount.value, self.due.value, self.kind.value, self.place.value = f"{amount:.2f}", due.isoformat(), case.debtor, case.postcode
        self.others.value = "\n".join(f"{day} {sum_}" for day, sum_ in others)
        self.happened.value = "\n".join(case.events)

    def move(self, place: int, on: date) -> None:
        """Let a happening, by its place among them, be on another day."""
        lines = [line for line in (self.happened.value or "").splitlines() if line.strip()]
        if place < len(lines):
            lines[place] = with_day(lines[place], on)
            self.happened.value = "\n".join(lines)

    def put(self, on: date) -> None:
        """Ask what is to happen on a day."""
        with ui.dialog() as dialog, ui.card():
            self._happening(on, dialog.close)
        dialog.on("hide", dialog.delete)
        dialog.open()

    def _happening(self, day: date, done: Callable[[], object] = lambda: None) -> None:
        """Make what writes one happening for whoever does not know its words."""
        say = self.reader.say
        with ui.row().classes("items-end"):
            names = {name: say(text) for name, text in _HAPPENINGS.items()}
            kind = ui.select(names, value="payment.received", label=say(sentence("let happen"))).classes("w-64").props("dense outlined")
            on = ui.input(say(sentence("on")), value=day.isoformat()).props("type=date stack-label dense outlined")
            sum_ = ui.input(say(sentence("amount")), value="200.00").props("dense outlined").classes("w-28").bind_visibility_from(kind, "value", lambda value: value in _SUMS)
            step = ui.select(list(self.steps), label=say(sentence("step")), value=next(iter(self.steps), None)).classes("w-48").props("dense outlined")
            step.bind_visibility_from(kind, "value", lambda value: value in _STEPS)
            self.choices.append(step)

            def add() -> None:
                words = [on.value, kind.value]
                if kind.value in _SUMS:
                    words.append(sum_.value.replace(",", ".").replace(" ", ""))
                if kind.value == "promise.made":
                    words.append((date.fromisoformat(on.value) + timedelta(days=10)).isoformat())
                if kind.value in _STEPS and step.value:
                    words.append(step.value)
                if kind.value == "dispute.opened":
                    words.append(say(sentence("goods damaged")).replace(" ", "-"))
                self.happened.value = "\n".join(filter(None, (self.happened.value or "", " ".join(words))))
                done()

            ui.button(say(sentence("add")), icon="add", on_click=add).props("outline no-caps")

    def offer(self, steps: Sequence[str]) -> None:
        """Offer the steps that the playbook has now, where a happening is one of a step's."""
        self.steps = tuple(steps)
        self.choices = [choice for choice in self.choices if not choice.is_deleted]
        for choice in self.choices:
            choice.set_options(list(steps), value=choice.value if choice.value in steps else next(iter(steps), None))

    async def _changed(self) -> None:
        try:
            owed = [(date.fromisoformat(self.due.value), Decimal(_number(self.amount.value)))]
            lines = [words for line in (self.others.value or "").splitlines() if (words := line.split())]
            owed += [(date.fromisoformat(words[0]), Decimal(_number(words[1]))) for words in lines]
        except (ValueError, InvalidOperation, IndexError):
            self.refused(self.reader.say(sentence("an amount such as 200,00, and a day such as 2027-01-31")))
            return
        events = tuple(line for line in (self.happened.value or "").splitlines() if line.strip())
        self.case = replace(self.case, owed=tuple(owed), debtor=self.kind.value, postcode=self.place.value or "", events=events)
        await self.changed(self.case)

