"""To which account creditors are paid, and whether a person has confirmed a change of it: who sends a false IBAN wants the debtors' money.

The first IBAN that was ever recorded is trusted, and each that a person confirmed since (`iban.confirmed`). While another is recorded,
a run drafts and nothing that carries it leaves.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache

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


def given_up(entries: Iterable[Entry]) -> dict[str, str]:
    """Return the IBANs that a creditor was paid to before and is no more, each with the one he is paid to now, from his entries in their order.

    None of one who gave a mandate: an agency's paper names the account of the agency.
    """
    trusted: list[str] = []
    for entry in entries:
        if entry.kind != "iban.confirmed" and entry.data["record"].get("mandate"):
            return {}
        iban = _told_by(entry)
        if iban and (not trusted or entry.kind == "iban.confirmed"):
            trusted.append(iban)
    return {iban: trusted[-1] for iban in trusted if iban != trusted[-1]}


def paper_given_up(journal: Journal, creditor: str, iban: str) -> str | None:
    """Say that a letterhead asks payment to an account that its creditor has given up, or None."""
    now = given_up(journal.entries(creditor=creditor, kinds=("creditor.recorded", "iban.confirmed"))).get(compact(iban))
    if now is None:
        return None
    return sentence("the letterhead asks payment to {iban}, and '{creditor}' is paid to {now} since: put it into the letterhead", iban=iban, creditor=creditor, now=now)


def recorded_ibans(journal: Journal) -> tuple[dict[str, str], dict[str, ChangedIban]]:
    """Read them from a journal."""
    return trusted_ibans(journal.entries(kinds=("creditor.recorded", "iban.confirmed")))


#: Says of a creditor to which IBAN the letterhead of its messages asks payment; empty where it names none.
PaperAccounts = Callable[[str], str]


def no_paper(_: str) -> str:
    """Say that messages are on the creditor's plain paper, which names the account that is recorded."""
    return ""


def payee_doubts(journal: Journal, paper: PaperAccounts = no_paper) -> Callable[[str], str | None]:
    """Return what says of a creditor why nothing may tell debtors where to pay him, or None."""

    @cache
    def changed() -> dict[str, ChangedIban]:
        return recorded_ibans(journal)[1]

    @cache
    def doubt(creditor: str) -> str | None:
        if change := changed().get(creditor):
            return change.why
        iban = paper(creditor)
        return paper_given_up(journal, creditor, iban) if iban else None

    return doubt


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
