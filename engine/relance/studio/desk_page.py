"""The morning in one page: what waits for a person, read and settled there."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from nicegui import ui

from relance.delivery.approval import ApprovalOutcome
from relance.delivery.sending import Fate, SendingReport
from relance.delivery.spoken import CallOutcome
from relance.delivery.worklist import WorkItem, WorkKind, in_order_of_hour
from relance.letters.figures import money
from relance.model import Channel
from relance.report.words import word
from relance.sentences import Phrase, marked, numbered, plural, sentence
from relance.studio.case_panels import show_entries
from relance.studio.desk import NotDoneError
from relance.studio.frame import PATIENCE, PageReader, case_address, framed, reader_here, show_progress, shown
from relance.studio.gate import Role
from relance.studio.morning_lists import LookItem, LookKind, in_order_of_day
from relance.studio.reading_view import show
from relance.zones import paris_clock

if TYPE_CHECKING:
    from relance.studio.desk import OperatorDesk
    from relance.studio.settings import StudioSettings

#: Kind of work → its name in a list, one and several, and the picture beside it.
_KINDS: dict[WorkKind | LookKind, tuple[tuple[str, str], str]] = {
    WorkKind.DUTY: (numbered("{count} duty of law", "{count} duties of law"), "gavel"),
    WorkKind.DRAFT: (numbered("{count} draft to approve", "{count} drafts to approve"), "rate_review"),
    WorkKind.CALL: (numbered("{count} call to make", "{count} calls to make"), "call"),
    WorkKind.TASK: (numbered("{count} task", "{count} tasks"), "task_alt"),
    WorkKind.MONEY: (numbered("{count} payment to match", "{count} payments to match"), "payments"),
    WorkKind.UNCLEAR: (numbered("{count} message whose sending is unclear", "{count} messages whose sending is unclear"), "help"),
    WorkKind.PENDING: (numbered("{count} message ready to leave", "{count} messages ready to leave"), "schedule_send"),
    WorkKind.MANDATE: (numbered("{count} mandate that ends", "{count} mandates that end"), "event_busy"),
    WorkKind.REPLY: (numbered("{count} reply to read", "{count} replies to read"), "mark_email_unread"),
    WorkKind.DOUBLE: (numbered("{count} debtor known twice", "{count} debtors known twice"), "people"),
    WorkKind.IBAN: (numbered("{count} bank account to confirm", "{count} bank accounts to confirm"), "account_balance"),
    LookKind.NEW: (numbered("{count} debtor of whom something is new", "{count} debtors of whom something is new"), "fiber_new"),
    LookKind.PROMISE: (numbered("{count} promise due today", "{count} promises due today"), "handshake"),
    LookKind.NO_WAY_ON: (numbered("{count} case without a way on", "{count} cases without a way on"), "block"),
    LookKind.RATE: (numbered("{count} rate missing", "{count} rates missing"), "percent"),
}
_OUTCOMES = {
    "reached": marked("reached"), "promise": marked("reached, promised to pay"), "dispute": marked("reached, disputes the claim"),
    "refused": marked("reached, refuses to pay"), "message": marked("left a message to call back"), "no_answer": marked("no answer"), "wrong_number": marked("wrong number"),
}  # fmt: skip
_FATES = {
    Fate.SENT: marked("sent"), Fate.FAILED: marked("failed"), Fate.NOT_SENT: marked("not sent: the sender's own side"), Fate.UNCLEAR: marked("unclear"),
    Fate.WAITS: marked("waiting"), Fate.WITHDRAWN: marked("withdrawn"), Fate.MISSING: marked("cannot be made"), Fate.TAKEN: marked("taken by somebody else"),
    Fate.GONE: marked("gone"),
}  # fmt: skip
#: What comes of a call and needs no further word: recorded by one click.
_AT_ONCE = ("no_answer", "message", "wrong_number")
_ROWS = 25
_LOOKED_AT = frozenset(LookKind)


def serve(studio: StudioSettings) -> None:
    """Say which address is the desk."""

    @ui.page("/desk", response_timeout=PATIENCE)
    async def morning(kind: str = "", mine: str = "") -> None:
        reader = reader_here(studio.language)
        desk = studio.desk
        title = reader.say(sentence("The morning of {day}", day=studio.today.isoformat()))
        with framed(reader, "/desk", title):
            if desk is None:
                ui.label(reader.say(sentence("there is no journal here: start the studio with --journal")))
                return
            page = _Morning(studio, desk, reader, kind, mine=bool(mine))
            show_progress(reader, await asyncio.to_thread(studio.kept.progress), studio.kept, page.again)
            await page.build()


class _Morning:
    """The page of a morning: counts, the list they filter, and what was chosen of it beside."""

    def __init__(self, studio: StudioSettings, desk: OperatorDesk, reader: PageReader, kind: str, *, mine: bool) -> None:
        self.studio, self.desk, self.reader = studio, desk, reader
        self.kind, self.mine, self.page, self.filter = kind, mine, 0, ""
        self.items: tuple[WorkItem, ...] = ()
        self.looks: tuple[LookItem, ...] = ()  # what is looked at: listed where it is asked for
        self.side: Any = None
        self.rows: Any = None
        self.marked: set[str] = set()

    async def build(self) -> None:
        say = self.reader.say
        self.items, self.looks = await asyncio.to_thread(self._waiting)
        self.heads = ui.column().classes("w-full")
        self.counts()
        with ui.element("div").classes("row w-full q-col-gutter-md"):
            with ui.element("div").classes("col-12 col-md-5"):
                ui.input(say(sentence("filter by name, step or channel")), on_change=self._filtered).props("dense outlined clearable debounce=100").classes("w-full")
                with ui.row().classes("items-center"):
                    ui.switch(say(sentence("only mine")), value=self.mine, on_change=self._mine)
                    if self.reader.may(Role.APPROVER):
                        ui.button(say(sentence("mark all that the filter leaves")), on_click=self._mark_all).props("flat no-caps")
                    self.batch = ui.button(say(sentence("approve those marked")), on_click=self._approve_marked).props("outline no-caps")
                    self.batch.bind_enabled_from(self, "marked", backward=bool)
                self.rows = ui.column().classes("w-full")
            with ui.element("div").classes("col-12 col-md-7"):
                self.side = ui.column().classes("w-full").props("aria-live=polite")
        self.show_list()
        ui.keyboard(on_key=self._key)

    def counts(self) -> None:
        """Show how much of each kind waits; each count shows its own list."""
        numbers: Counter[WorkKind | LookKind] = Counter(item.kind for item in self.items)
        numbers.update(item.kind for item in self.looks)
        self.heads.clear()
        with self.heads, ui.row().classes("items-center q-mb-sm"):
            if not self.items:
                ui.label(self.reader.say(sentence("nothing waits for a person today"))).classes("text-h6")
            for kind, ((one, several), icon) in _KINDS.items():
                if number := numbers[kind]:
                    label = self.reader.say(plural(one, several, number))
                    ui.button(label, icon=icon, on_click=lambda kind=kind: self._only(kind)).props(f"no-caps {'unelevated' if self.kind == kind else 'outline'}")
            pending = sum(item.kind is WorkKind.PENDING and not item.held for item in self.items)
            if pending and self.reader.may(Role.OPERATOR):
                ui.button(self.reader.say(sentence("send what is ready")), icon="send", on_click=self._send).props("no-caps unelevated")
            if self.kind:
                ui.button(self.reader.say(sentence("all")), on_click=lambda: self._only("")).props("flat no-caps")

    def found(self) -> list[WorkItem]:
        """Return what the filter leaves; a list of calls by their hours, too."""
        wanted = self.filter.casefold()
        found = [
            item for item in self.items
            if self.kind in ("", item.kind) and (not wanted or wanted in f"{item.name} {item.debtor} {item.what} {item.channel or ''} {item.creditor}".casefold())
        ]  # fmt: skip
        return in_order_of_hour(found, self.studio.now()) if self.kind == WorkKind.CALL else found

    def looked_at(self) -> list[LookItem]:
        """Return what the filter leaves of a list that is looked at, where one is chosen."""
        wanted = self.filter.casefold()
        return in_order_of_day(item for item in self.looks if item.kind == self.kind and (not wanted or wanted in f"{item.name} {item.debtor} {item.what} {item.creditor}".casefold()))

    def listed(self) -> Sequence[WorkItem | LookItem]:
        """Return what the list shows."""
        return self.looked_at() if self.kind in _LOOKED_AT else self.found()

    def show_list(self) -> None:
        """Show one page of it."""
        found, say = self.listed(), self.reader.say
        first = self.page * _ROWS
        self.rows.clear()
        with self.rows:
            if page := found[first : first + _ROWS]:
                name = say(sentence("What waits"))
                with ui.column().classes("w-full").props(f'role=list aria-label="{name}"'):
                    for item in page:
                        self._row(item)
            with ui.row().classes("items-center"):
                ui.label(say(plural("{count} entry", "{count} entries", len(found)))).classes("rl-soft")
                if first:
                    ui.button(say(sentence("before")), on_click=lambda: self._turn(-1)).props("flat no-caps")
                if first + _ROWS < len(found):
                    ui.button(say(sentence("next")), on_click=lambda: self._turn(1)).props("flat no-caps")

    def _row(self, item: WorkItem | LookItem) -> None:
        say = self.reader.say
        (one, several), icon = _KINDS[item.kind]
        late = item.by is not None and item.by < self.studio.today
        with ui.row().classes("w-full items-center no-wrap").props("role=listitem"):
            if isinstance(item, WorkItem) and item.kind is WorkKind.DRAFT and self.reader.may(Role.APPROVER):
                name = say(sentence("mark {name}", name=shown(item.name, 60)))
                ui.checkbox(value=item.id in self.marked, on_change=lambda event, item=item: self._mark(item, event.value)).props(f'aria-label="{name}" dense')
            with ui.element("button").classes("rl-step").on("click", lambda _, item=item: self.open(item)).props("type=button"):
                with ui.row().classes("items-center no-wrap w-full"):
                    ui.icon(icon).props(f'role=img aria-label="{say(plural(one, several, 1))}"')
                    ui.label(shown(item.name or item.creditor, 48)).classes("text-bold")
                    ui.space()
                    if item.stake:
                        ui.label(str(money(item.stake, item.currency, self.reader.language))).classes("rl-number")
                with self.reader.reading():
                    channel = f" · {word(item.channel)}" if isinstance(item, WorkItem) and item.channel is not None else ""
                ui.label(shown(f"{self.reader.say_again(item.what)}{channel}")).classes("rl-soft")
                if isinstance(item, WorkItem) and item.hours:
                    ui.label(say(_hours_of(item, self.studio.now()))).classes("rl-soft")
                if isinstance(item, WorkItem) and item.kind is WorkKind.TASK:
                    ui.label(say(sentence("since {day}", day=item.since.isoformat()))).classes("rl-soft")
                if item.by is not None:
                    text = sentence("overdue since {day}", day=item.by.isoformat()) if late else sentence("by {day}", day=item.by.isoformat())
                    ui.label(say(text)).classes("text-negative" if late else "rl-soft")

    # ----------------------------------------------------------------- moves

    def _only(self, kind: str) -> None:
        ui.navigate.to(f"/desk?kind={kind}" if kind else "/desk")

    def _mine(self, event: Any) -> None:
        ui.navigate.to(f"/desk?kind={self.kind}{'&mine=1' if event.value else ''}")

    def _filtered(self, event: Any) -> None:
        self.filter, self.page = event.value or "", 0
        self.show_list()

    def _turn(self, by: int) -> None:
        self.page += by
        self.show_list()

    def _mark(self, item: WorkItem, value: bool) -> None:  # noqa: FBT001 - what the box says
        self.marked = self.marked | {item.id} if value else self.marked - {item.id}

    def _mark_all(self) -> None:
        """Mark every draft that the filter leaves."""
        self.marked = self.marked | {item.id for item in self.found() if item.kind is WorkKind.DRAFT}
        self.show_list()

    async def _key(self, event: Any) -> None:
        if event.action.keydown and not event.modifiers and str(event.key) == "n" and (found := self.listed()):
            await self.open(found[0])

    async def open(self, item: WorkItem | LookItem) -> None:
        """Show one entry beside the list."""
        self.side.clear()
        with self.side:
            ui.element("h2").style("font-size:1.2rem;line-height:1.4;margin:0;font-weight:600")._text = shown(item.name or item.creditor)  # noqa: SLF001
            if item.debtor:
                ui.link(self.reader.say(sentence("the whole file")), case_address(item.creditor, item.debtor))
            match item:
                case WorkItem(kind=WorkKind.DRAFT | WorkKind.UNCLEAR | WorkKind.PENDING):
                    await self._message(item)
                case WorkItem(kind=WorkKind.CALL):
                    await self._call(item)
                case WorkItem(kind=WorkKind.TASK | WorkKind.DUTY):
                    await self._task(item)
                case WorkItem(kind=WorkKind.MONEY):
                    await self._money(item)
                case LookItem(kind=LookKind.NEW):
                    await self._news(item)
                case _:
                    ui.label(shown(self.reader.say_again(item.what), 600))
                    ui.label(item.settles).classes("text-mono rl-soft")

    async def _message(self, item: WorkItem) -> None:
        say = self.reader.say
        try:
            read = await asyncio.to_thread(self.desk.read, item.id, [item.debtor])
        except NotDoneError as error:
            ui.label(say(error.args[0])).props("role=alert")
            return
        with self.side:
            if read.why:
                ui.label(say(sentence("it would not leave now: {why}", why=read.why))).props("role=alert").classes("text-negative")
            if item.kind is not WorkKind.PENDING and self.reader.may(Role.APPROVER):
                with ui.row():
                    ui.button(say(sentence("approve")), icon="check", on_click=lambda: self._approve([item])).props("no-caps")
                    ui.button(say(sentence("reject")), icon="close", on_click=lambda: self._reject(item, skip=False)).props("outline no-caps")
                    ui.button(say(sentence("pass the step over")), on_click=lambda: self._reject(item, skip=True)).props("flat no-caps")
                if read.people > 1:
                    ui.label(say(sentence("it takes {people} people; approved so far by: {names}", people=read.people, names=sorted(read.message.endorsed) or "—")))
            with self.reader.reading():
                show(read.document, self.studio.shelf, self.reader)

    async def _approve(self, items: Sequence[WorkItem]) -> None:
        actor = self.reader.user.name
        found = await asyncio.to_thread(self.desk.approve, [item.id for item in items], actor, [item.debtor for item in items])
        for each in found.values():
            text = {
                ApprovalOutcome.APPROVED: sentence("approved"),
                ApprovalOutcome.WAITS: sentence("approved; it waits: {why}", why=each.why),
                ApprovalOutcome.ENDORSED: sentence("approved by you; it takes {more} more", more=each.more),
                ApprovalOutcome.WITHDRAWN: sentence("withdrawn, not approved: {why}", why=each.why),
            }.get(each.outcome, sentence("not approved: {why}", why=each.why))
            good = each.outcome in (ApprovalOutcome.APPROVED, ApprovalOutcome.WAITS, ApprovalOutcome.ENDORSED)
            ui.notify(shown(self.reader.say(text), 400), type="positive" if good else "negative")
        await self.again()

    async def _approve_marked(self) -> None:
        chosen = [item for item in self.items if item.id in self.marked]
        say = self.reader.say
        with ui.dialog() as dialog, ui.card():
            ui.label(say(plural("approve {count} draft?", "approve {count} drafts?", len(chosen))))
            with ui.row():
                ui.button(say(sentence("approve")), on_click=lambda: dialog.submit(True)).props("no-caps")
                ui.button(say(sentence("no")), on_click=lambda: dialog.submit(False)).props("flat no-caps")
        if await dialog:
            self.marked = set()
            await self._approve(chosen)

    async def _send(self) -> None:
        """Send what is ready, message by message, and say what became of it."""
        say = self.reader.say
        ready = sum(item.kind is WorkKind.PENDING and not item.held for item in self.items)
        with ui.dialog().props("persistent") as dialog, ui.card().classes("w-96"):
            text = ui.label(say(plural("send {count} message?", "send {count} messages?", ready)))
            name = say(sentence("how far the sending is"))
            bar = ui.linear_progress(0, show_value=False).props(f'aria-label="{name}"')
            with ui.row() as buttons:
                ui.button(say(sentence("send")), on_click=lambda: dialog.submit(True)).props("no-caps")
                ui.button(say(sentence("no")), on_click=lambda: dialog.submit(False)).props("flat no-caps")
        if not await dialog:
            return
        dialog.open()
        buttons.set_visibility(False)
        done: list[SendingReport] = []
        timer = ui.timer(0.3, lambda: bar.set_value(min(1.0, len(done) / max(ready, 1))))
        try:
            fates = await asyncio.to_thread(self.desk.send, self.reader.user.name, done.append)
            parts = [say(sentence("{count} {fate}", count=number, fate=say(_FATES[fate]))) for fate, number in fates.items()]
            text.text = ", ".join(parts) or say(sentence("nothing left: what is ready waits for its hour"))
        except NotDoneError as error:
            text.text = say(error.args[0])
        finally:
            timer.cancel()
        ui.notify(text.text)
        dialog.close()
        await self.again()

    async def _reject(self, item: WorkItem, *, skip: bool) -> None:
        reason = await _asked(self.reader, sentence("why? It is kept in the journal."))
        if reason is not None:
            await self._do(lambda: self.desk.reject(item.id, reason, self.reader.user.name, [item.debtor], skip=skip))

    async def _call(self, item: WorkItem) -> None:
        """Show what a call is made by, and let its outcome be recorded; then comes the next call."""
        try:
            sheet = await asyncio.to_thread(self.desk.sheet, item.id, [item.debtor])
        except NotDoneError as error:
            with self.side:
                ui.label(self.reader.say(error.args[0])).props("role=alert")
            return
        with self.side:
            self._outcome(item)
            with self.reader.reading():
                show(sheet, self.studio.shelf, self.reader)

    def _outcome(self, item: WorkItem) -> None:
        say = self.reader.say
        ui.label(shown(self.reader.say_again(item.what)))
        ui.label(say(sentence("Make sure whom you are speaking to before you speak of the case."))).classes("rl-soft")
        outcome = ui.select({name: say(text) for name, text in _OUTCOMES.items()}, label=say(sentence("how did it go?")), value="reached").classes("w-full")
        person = ui.input(say(sentence("whom you spoke to"))).classes("w-full")
        hour = ui.input(say(sentence("at")), value=paris_clock(self.studio.now())).props("mask=##:##")
        note = ui.textarea(say(sentence("what was said"))).classes("w-full").props("autogrow")
        with ui.row().bind_visibility_from(outcome, "value", value="promise"):
            amount = ui.input(say(sentence("promised amount"))).props("inputmode=decimal")
            by = ui.input(say(sentence("by"))).props("type=date stack-label")

        async def record(said_: str | None = None) -> None:
            kind = said_ or outcome.value
            try:
                promised = Decimal((amount.value or "").replace(",", ".").replace(" ", "")) if kind == "promise" and amount.value else None
                until = date.fromisoformat(by.value) if kind == "promise" and by.value else None
            except (InvalidOperation, ValueError):
                ui.notify(say(sentence("an amount such as 200,00, and a day")), type="negative")
                return
            said = CallOutcome(kind, self.studio.today, hour.value or "", person.value or "", note.value or "", promised, until)
            if await self._do(lambda: self.desk.call(item.id, said, self.reader.user.name, [item.debtor], approver=self.reader.may(Role.APPROVER))):
                following = next(iter(in_order_of_hour((each for each in self.found() if each.kind is WorkKind.CALL), self.studio.now())), None)
                if following is not None:
                    await self.open(following)

        if self.reader.may(Role.OPERATOR):
            with ui.row():
                ui.button(say(sentence("record")), icon="check", on_click=lambda _: record()).props("no-caps")
                for name in _AT_ONCE:
                    ui.button(say(_OUTCOMES[name]), on_click=lambda _, name=name: record(name)).props("outline no-caps")

    async def _task(self, item: WorkItem) -> None:
        say = self.reader.say
        ui.label(shown(self.reader.say_again(item.what), 600))
        if not self.reader.may(Role.OPERATOR, *((Role.APPROVER,) if item.channel is Channel.HANDOVER else ())):
            return
        outcome = ui.input(say(sentence("what came of it"))).classes("w-full")
        with ui.row():
            ui.button(say(sentence("done")), icon="check", on_click=lambda: self._do(lambda: self._settle_task(item, outcome.value or ""))).props("no-caps")

            async def over() -> None:
                reason = await _asked(self.reader, sentence("why is it not done? It is kept in the journal."))
                if reason is not None:
                    await self._do(lambda: self._settle_task(item, "", skipped=reason))

            ui.button(say(sentence("it will not be done")), on_click=over).props("outline no-caps")

    def _settle_task(self, item: WorkItem, outcome: str, skipped: str = "") -> int:
        """Settle a task and return how many more people it takes."""
        if item.settles.startswith("relance outbox"):
            self.desk.reject(item.id, skipped or outcome, self.reader.user.name, [item.debtor], skip=True)
            return 0
        return self.desk.done(item.id, self.reader.user.name, [item.debtor], outcome=outcome, skipped=skipped, approver=self.reader.may(Role.APPROVER))

    async def _money(self, item: WorkItem) -> None:
        say, actor = self.reader.say, self.reader.user.name
        try:
            payment, likely = await asyncio.to_thread(self.desk.payment, item.id)
        except NotDoneError as error:
            ui.label(say(error.args[0])).props("role=alert")
            return
        with self.side:
            ui.label(f"{payment.amount:.2f} {payment.currency}, {payment.on.isoformat()}, {shown(payment.payer or '?')}").classes("text-bold")
            for text in (payment.text, payment.reference, say(payment.reason)):
                if text:
                    ui.label(shown(text, 400)).classes("rl-soft")
            if not self.reader.may(Role.OPERATOR):
                return
            for each in likely[:12]:
                name = f"{each.invoice.id}  {each.open:.2f} {each.invoice.currency}  {shown(each.name or each.debtor, 40)}"
                ui.button(name, icon="link", on_click=lambda _, each=each: self._do(lambda: self.desk.match(payment.id, [(each.invoice.id, None)], actor))).props("outline no-caps")
            other = ui.input(say(sentence("another invoice or debtor"))).classes("w-full")
            with ui.row():
                ui.button(say(sentence("it pays this")), on_click=lambda: self._do(lambda: self.desk.match(payment.id, [(other.value or "", None)], actor))).props("no-caps")

                async def refused() -> None:
                    reason = await _asked(self.reader, sentence("why does it pay nothing here? It is kept in the journal."))
                    if reason is not None:
                        await self._do(lambda: self.desk.refuse(payment.id, reason, actor))

                ui.button(say(sentence("it pays nothing here")), on_click=refused).props("outline no-caps")

    async def _news(self, item: LookItem) -> None:
        """Show what was told of a debtor since the last run, the latest first."""
        found = await asyncio.to_thread(self.desk.news, item.creditor, item.debtor)
        with self.side:
            show_entries(self.reader, found, sentence("What is new"))

    async def _do(self, work: Callable[[], object]) -> bool:
        """Do what was asked and show the morning anew; what was not done is said. Return whether it was done."""
        try:
            more = await asyncio.to_thread(work)
        except NotDoneError as error:
            ui.notify(shown(self.reader.say(error.args[0]), 400), type="negative")
            return False
        said = sentence("approved by you; it takes {more} more", more=more) if isinstance(more, int) and more else sentence("recorded")
        ui.notify(self.reader.say(said), type="positive")
        await self.again()
        return True

    def _waiting(self) -> tuple[tuple[WorkItem, ...], tuple[LookItem, ...]]:
        """Return what waits and what is looked at, as it is recorded now."""
        self.studio.kept.progress()
        items, looks = self.studio.kept.work(), self.studio.kept.looks()
        name = self.reader.user.name
        return (self.desk.theirs(items, name), self.desk.looks_of(looks, name)) if self.mine else (items, looks)

    async def again(self) -> None:
        """Show the morning as it is now."""
        self.items, self.looks = await asyncio.to_thread(self._waiting)
        self.side.clear()
        self.counts()
        self.show_list()


def _hours_of(item: WorkItem, now: datetime) -> Phrase:
    """Say until when a call may be made, or from when; by the clock here."""
    opens = item.opens(now)
    if opens is None:
        return sentence("its hours are over today")
    if opens > now:
        return sentence("from {hour}", hour=paris_clock(opens))
    return sentence("until {hour}", hour=paris_clock(next(end for start, end in item.hours if start <= now < end)))


async def _asked(reader: PageReader, question: str) -> str | None:
    """Ask for a reason; None where the person thought better of it."""
    with ui.dialog() as dialog, ui.card().classes("w-96"):
        answer = ui.textarea(reader.say(question)).classes("w-full").props("autofocus autogrow")
        with ui.row():
            ui.button(reader.say(sentence("record")), on_click=lambda: dialog.submit(answer.value or "")).props("no-caps")
            ui.button(reader.say(sentence("no")), on_click=lambda: dialog.submit(None)).props("flat no-caps")
    said = await dialog
    return None if said is None else str(said)
