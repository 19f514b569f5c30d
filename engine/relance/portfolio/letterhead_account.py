"""To which account a letterhead asks payment, and whether it may: a false letterhead is a false IBAN, and goes through the same gate.

The letterhead of a creditor who writes himself names the account that he is paid to. An agency's names the agency's own (its account of
clients' money), which stands in the chains of those who gave it a mandate (`letterhead.declared`). The first account is taken at first
sight; from then on a person confirms another, and no paper that names it leaves meanwhile.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache

from relance.iban import compact, mistake
from relance.journal.journal import Journal
from relance.model import Creditor, Event
from relance.portfolio.payee import ChangedIban, confirm, recorded_ibans
from relance.sentences import sentence

#: Says of a creditor to which IBAN the letterhead of its messages asks payment; empty where it names none.
PaperAccounts = Callable[[str], str]


def no_paper(_: str) -> str:
    """Say that messages are on the creditor's plain paper, which names the account that is recorded."""
    return ""


@dataclass(frozen=True, slots=True)
class OtherAccount:
    """An account that a letterhead names and nobody confirmed, beside the one that its papers named until then."""

    creditor: str
    iban: str
    trusted: str

    @property
    def why(self) -> str:
        """Say what waits for whom."""
        return sentence(
            "the letterhead asks payment to {iban}, and '{creditor}' is paid to {trusted}: mend the letterhead, or, if a person knows the account, `relance creditor confirm {creditor} --iban …`",
            iban=self.iban, creditor=self.creditor, trusted=self.trusted,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Payees:
    """What a journal says of the accounts that debtors pay to, by creditor.

    `trusted` and `changed` are as `recorded_ibans` returns them; `agencies` holds, of each creditor who gave a mandate, the accounts that
    his agency's letterhead has named, the one of now last.
    """

    trusted: dict[str, str]
    changed: dict[str, ChangedIban]
    agencies: dict[str, tuple[str, ...]]

    @classmethod
    def of(cls, journal: Journal) -> Payees:
        """Read them."""
        said: dict[str, tuple[str, ...]] = {each.id: () for each in journal.creditor_records() if each.mandate is not None}
        for entry in journal.entries(kinds=("letterhead.declared",)):
            if entry.creditor in said:
                said[entry.creditor] += (str(entry.data["iban"]),)
        return cls(*recorded_ibans(journal), said)

    def before(self, creditor: str) -> str:
        """Return the account that papers of a creditor named last; empty: none was seen, and the first is taken at sight.

        An agency has one paper: what it names for one creditor is no first sight for the next.
        """
        if creditor not in self.agencies:
            return self.trusted.get(creditor, "")
        own = self.agencies[creditor]
        return next((seen[-1] for seen in (own, *self.agencies.values()) if seen), "")

    def other(self, creditor: str, iban: str) -> OtherAccount | None:
        """Return what stands against an account that a letterhead names, or None: it names none, or the one that papers may name."""
        iban, before = compact(iban), self.before(creditor)
        if not iban or not before or iban in (before, self.trusted.get(creditor)) or self._of_the_agency(creditor, iban):
            return None
        return OtherAccount(creditor, iban, before)

    def _of_the_agency(self, creditor: str, iban: str) -> bool:
        """Say whether an agency's papers name the account for others, and this creditor's did not give it up."""
        own = self.agencies.get(creditor)
        return own is not None and iban not in own[:-1] and any(seen[-1:] == (iban,) for seen in self.agencies.values())


def other_accounts(journal: Journal, creditors: Iterable[str], paper: PaperAccounts) -> list[OtherAccount]:
    """Return what letterheads of these creditors name and nobody confirmed, each account of an agency once: confirmed for one, it is for all."""
    payees, found = Payees.of(journal), dict[str, OtherAccount]()
    for name in sorted(creditors):
        if other := payees.other(name, paper(name)):
            found.setdefault(other.iban if name in payees.agencies else name, other)
    return list(found.values())


def payee_doubts(journal: Journal, paper: PaperAccounts = no_paper) -> Callable[[str], str | None]:
    """Return what says of a creditor why nothing may tell debtors where to pay him, or None."""

    @cache
    def payees() -> Payees:
        return Payees.of(journal)

    @cache
    def doubt(creditor: str) -> str | None:
        found = payees().changed.get(creditor) or payees().other(creditor, paper(creditor))
        return None if found is None else found.why

    return doubt


def first_sight(journal: Journal, creditors: Iterable[str], paper: PaperAccounts, *, on: date, actor: str) -> list[str]:
    """Take the account of a letterhead for creditors of whom no account is known, as an import takes the first; return a word on each."""
    payees, taken = Payees.of(journal), list[str]()
    for name in sorted(set(creditors)):
        iban = compact(paper(name))
        agency = name in payees.agencies
        if not iban or mistake(iban) or (payees.agencies[name] if agency else payees.before(name)) or payees.other(name, iban):
            continue
        _declare(journal, name, iban, agency=agency, on=on, actor=actor)
        if not payees.before(name):
            taken.append(sentence("the letterhead's account {iban} is taken for '{creditor}': another waits from now on until `relance creditor confirm`", iban=iban, creditor=name))
    return taken


def confirm_account(journal: Journal, creditor: str, iban: str, paper: PaperAccounts, *, on: date, actor: str, note: str = "") -> str | None:
    """Record a person's word that an IBAN is the one to pay to: of the creditor's record, or of the letterhead; return why not, or None."""
    payees = Payees.of(journal)
    other = payees.other(creditor, paper(creditor))
    if other is None or (creditor in payees.changed and compact(iban) != other.iban):
        return confirm(journal, creditor, iban, on=on, actor=actor, note=note)
    if compact(iban) != other.iban:
        return sentence("'{iban}' is not the IBAN that the letterhead names: one of the two is wrong, and nothing was confirmed", iban=iban)
    if wrong := mistake(other.iban):
        return sentence("{wrong}; nothing was confirmed", wrong=wrong)
    _declare(journal, creditor, other.iban, agency=creditor in payees.agencies, on=on, actor=actor, note=note, confirmed=True)
    return None


def _declare(journal: Journal, creditor: str, iban: str, *, agency: bool, on: date, actor: str, note: str = "", confirmed: bool = False) -> None:
    """Write the account down: as the agency's, or as the one that the creditor is paid to."""
    kinds = ["letterhead.declared"] * agency + ["iban.confirmed"] * (confirmed and not agency)
    words = [Event(on, kind, data={"iban": iban, "note": note or None}) for kind in kinds]
    journal.declare(creditor, words, actor=actor, record=None if agency else Creditor(creditor, iban=iban))
