"""How far a long reading is, on the terminal of whoever waits: gone when it is over."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from relance.report.words import many


@contextmanager
def reading_progress(noun: str, total: int | None = None) -> Iterator[Callable[[int], None]]:
    """Show how many things (a noun of `report.words.many`) are done, of how many where that is known; yield what is told of each more. Nothing where no person sees it."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, SpinnerColumn, TaskProgressColumn, TextColumn, TimeRemainingColumn

    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda _: None
        return
    columns = (SpinnerColumn(), *((BarColumn(), TaskProgressColumn(), TimeRemainingColumn()) if total else ()), TextColumn("{task.description}"))
    done = 0
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("", total=total)

        def more(number: int) -> None:
            nonlocal done
            done += number
            bar.update(task, completed=done, description=many(done, noun))

        yield more
