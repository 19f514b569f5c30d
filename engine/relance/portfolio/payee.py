"""To which account creditors are paid, and whether a person has confirmed a change of it: who sends a false IBAN wants the debtors' money.

The first IBAN that was ever recorded is trusted, and each that a person confirmed since (`iban.confirmed`). While another is recorded,
a run drafts and nothing that carries it leaves. What a letterhead names goes through the same gate: `letterhead_account` asks it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from relance.iban import compact, mistake
from relance.journal.chain import Entry
from relance.journal.journal import Journal
from relance.model import Event, Facts
from relance.sentences import sentence


@dataclass(frozen=True, slots=True)
class ChangedIban:
    """An IBAN that nobody has confirmed: the new one, the trusted one, and since when it is recorded."""

    creditor: str
    iban: str
    trusted: str
    since: date

    @property
    def why(self) -> str:
        """Say what waits for whom."""
        return sentence(
            "the IBAN of '{creditor}' became {iban} on {since} and was {trusted}: ask the creditor at a number you had before, then `relance creditor confirm {creditor} --iban …`",
            creditor=self.creditor, iban=self.iban, since=self.since, trusted=self.trusted,
        )  # fmt: skip


def trusted_ibans(entries: Iterable[Entry]) -> tuple[dict[str, str], dict[str, ChangedIban]]:
    """Return the trusted IBAN of each creditor, and the changes that nobody has confirmed, from entries in the order of their chains."""
    trusted: dict[str, str] = {}
    changed: dict[str, ChangedIban] = {}
    for entry in entries:
        name = entry.creditor
        if entry.kind == "iban.confirmed":
            trusted[name] = _told_by(entry)
        iban = _told_by(entry)
        if not iban:
            continue
        if iban == trusted.setdefault(name, iban):
            changed.pop(name, None)
        elif name not in changed or changed[name].iban != iban:
            changed[name] = ChangedIban(name, iban, trusted[name], entry.on)
    return trusted, changed


def _told_by(entry: Entry) -> str:
    """Return the IBAN of a creditor's record or of a person's word, however it was written; empty where there is none."""
    return compact(str(entry.data["iban"] if entry.kind == "iban.confirmed" else entry.data["record"].get("iban") or ""))


def changed_ibans(known: Iterable[Facts], trusted: Mapping[str, str], before: Mapping[str, ChangedIban], on: date) -> dict[str, ChangedIban]:
    """Return the IBANs that are not the trusted ones, as `known` has them on a day: those changed `before`, and those that came with it."""
    paid_to = {facts.creditor.id: compact(facts.creditor.iban or "") for facts in known}
    new = {name: ChangedIban(name, iban, trusted[name], on) for name, iban in paid_to.items() if iban and trusted.get(name, iban) != iban}
    return {name: before[name] if name in before and before[name].iban == change.iban else change for name, change in new.items()}


def recorded_ibans(journal: Journal) -> tuple[dict[str, str], dict[str, ChangedIban]]:
    """Read them from a journal."""
    return trusted_ibans(journal.entries(kinds=("creditor.recorded", "iban.confirmed")))


def confirm(journal: Journal, creditor: str, iban: str, *, on: date, actor: str, note: str = "") -> str | None:
    """Record a person's word that an IBAN is the creditor's; return why not, or None. It is typed again, not read off the screen's question."""
    change = recorded_ibans(journal)[1].get(creditor)
    if change is None:
        return sentence("no changed IBAN of '{creditor}' waits to be confirmed", creditor=creditor)
    if compact(iban) != change.iban:
        return sentence("'{iban}' is not the IBAN that was recorded: one of the two is wrong, and nothing was confirmed", iban=iban)
    if wrong := mistake(change.iban):
        return sentence("{wrong}; nothing was confirmed", wrong=wrong)
    journal.declare(creditor, [Event(on, "iban.confirmed", data={"iban": change.iban, "note": note or None})], actor=actor)
    return None
