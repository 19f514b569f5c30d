"""The months of a played case: closed days, what leaves, and what is let happen, which is put on a day by a click and moved by dragging or by the arrow keys."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from nicegui import ui

from relance.sentences import sentence
from relance.studio.frame import PageReader, shown
from relance.studio.played_case import CalendarDay, months_of

if TYPE_CHECKING:
    from relance.model import Calendar
    from relance.simulation.timeline import Timeline

#: By how many days an arrow key moves what is let happen.
_MOVES: Mapping[str, int] = {"ArrowLeft": -1, "ArrowRight": 1, "ArrowUp": -7, "ArrowDown": 7}


class CalendarHands(NamedTuple):
    """What a person does on a calendar: moves a happening, by its place among them, to a day; lets something happen on a day."""

    moved: Callable[[int, date], None]
    put: Callable[[date], None]


class CaseCalendar:
    """The calendar, made anew where one stands whenever the case is played again; what was moved by a key keeps the focus."""

    def __init__(self, reader: PageReader, hands: CalendarHands) -> None:
        self.reader, self.hands = reader, hands
        self.dragged: int | None = None
        self.focused: int | None = None

    def show(self, timeline: Timeline, calendar: Calendar, happenings: tuple[str, ...]) -> None:
        """Show the months."""
        from babel.dates import format_date, get_day_names

        names = get_day_names("abbreviated", locale=self.reader.language)
        ui.label(self.reader.say(sentence("What happens is dragged to another day, or moved by the arrow keys; a click on a day lets something happen then."))).classes("rl-soft q-mt-md")
        with ui.row().classes("w-full q-mt-md"):
            for first, days in months_of(timeline, calendar, happenings):
                with ui.element("table").style("border-spacing:2px"):
                    ui.element("caption").style("font-weight:600")._text = format_date(first, "LLLL y", locale=self.reader.language)  # noqa: SLF001
                    with ui.element("tr"):
                        for number in range(7):
                            ui.element("th").props("scope=col").classes("rl-soft").style("font-size:.75rem")._text = names[number][:3]  # noqa: SLF001
                    cells: list[CalendarDay | None] = [None] * first.weekday() + list(days)
                    for start in range(0, len(cells), 7):
                        with ui.element("tr"):
                            for each in cells[start : start + 7]:
                                self._day(each, happenings)

    def _day(self, day: CalendarDay | None, happenings: tuple[str, ...]) -> None:
        look = "" if day is None else "rl-busy" if day.leaves else "" if day.open else "rl-closed"
        with ui.element("td").classes(f"rl-day {look}") as cell:
            if day is None:
                return
            ui.label(str(day.on.day))
            for place in day.happened:
                self._happening(place, day.on, happenings[place])
        if day.leaves:
            cell.props(f'title="{shown(", ".join(day.leaves))}"')
        cell.props(f"data-day={day.on.isoformat()}")
        cell.on("dragover.prevent", js_handler="() => {}")
        cell.on("drop.prevent", lambda _, on=day.on: self._dropped(on))
        cell.on("click", lambda _, on=day.on: self.hands.put(on))

    def _happening(self, place: int, on: date, line: str) -> None:
        name = self.reader.say(sentence("{day}: {words}; moved by the arrow keys", day=on.isoformat(), words=" ".join(line.split()[1:])))
        chip = ui.element("button").classes("rl-chip").props("type=button draggable=true").props(f"data-happening={place}")
        chip.props["aria-label"] = shown(name)
        chip.props["title"] = shown(name)
        chip._text = "●"  # noqa: SLF001
        chip.on("dragstart", lambda: setattr(self, "dragged", place))
        chip.on("click.stop", js_handler="() => {}")
        chip.on("keydown", lambda event: self._key(event, place, on), ["key"], js_handler=f"(event) => {{ if ({list(_MOVES)}.includes(event.key)) {{ event.preventDefault(); emit(event); }} }}")
        if self.focused == place:
            self.focused = None
            ui.timer(0.05, lambda: ui.run_javascript(f"getHtmlElement({chip.id})?.focus()"), once=True)

    def _dropped(self, on: date) -> None:
        place, self.dragged = self.dragged, None
        if place is not None:
            self.hands.moved(place, on)

    def _key(self, event: Any, place: int, on: date) -> None:
        if (days := _MOVES.get(str(event.args.get("key")))) is not None:
            self.focused = place
            self.hands.moved(place, on + timedelta(days))

