"""What the pages of a studio are made from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING

from relance.studio.documents import Shelf
from relance.zones import paris_day

if TYPE_CHECKING:
    from pathlib import Path

    from relance.project import Project
    from relance.studio.desk import OperatorDesk
    from relance.studio.kept_view import KeptView
    from relance.studio.workspace import Workspace


@dataclass(frozen=True)
class StudioSettings:
    """What pages are made from: the project's files, the desk where there is a journal, the clock, and the language of who names none."""

    workspace: Workspace
    project: Project | None
    desk: OperatorDesk | None
    now: Callable[[], datetime]
    language: str = "fr"
    shelf: Shelf = field(default_factory=Shelf)
    view: KeptView | None = None  # what the desk decided, kept between pages; where there is a journal

    @property
    def kept(self) -> KeptView:
        """Return what the desk decided; only where there is a journal."""
        assert self.view is not None
        return self.view

    @property
    def today(self) -> date:
        """Return the day it is where debtors and creditors live."""
        return paris_day(self.now())

    @property
    def folders(self) -> tuple[Path, ...]:
        """Return the folders of the project's own wordings."""
        return () if self.project is None else tuple(self.project.templates)
