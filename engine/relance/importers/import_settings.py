"""How files are read: what every importer is told beside the file."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from relance.importers.columns import ColumnMapping
from relance.importers.matching import CERTAIN
from relance.project import ApprovalRule


@dataclass(frozen=True, slots=True)
class Settings:
    """How files are read: `not_after` is today; below `least` percent a payment is not allocated."""

    mapping: ColumnMapping = field(default_factory=ColumnMapping)
    not_after: date | None = None
    least: int = CERTAIN
    actor: str = "import"
    approvals: tuple[ApprovalRule, ...] = ()  # of the project, where the journal declares none
