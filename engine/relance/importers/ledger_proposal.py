"""A ledger proposed as what it is: a table with a journal, debits and credits tells payments as well as invoices, and is read as books."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from relance.importers.fec import Nature, nature_of
from relance.importers.mapping_text import JOURNAL_HEADERS, LETTER_HEADERS, Draft, Sampled, header_words
from relance.language.written import quoted
from relance.sentences import sentence

_ENTRY_HEADERS = frozenset({"n ecriture", "no ecriture", "numero ecriture", "numero d ecriture", "ecriture", "entry no", "entry number", "n mouvement", "ecriture num"})
_LABEL_HEADERS = frozenset({"libelle", "libelle ecriture", "libelle de l ecriture", "label", "description", "designation"})
_ACCOUNT_HEADERS = frozenset({"compte", "n compte", "n de compte", "no compte", "numero de compte", "compte general", "account", "account number", "compte num"})
_LETTERED_HEADERS = frozenset({"date lettrage", "date de lettrage", "date let"})
#: What a column of a table of invoices is in a ledger.
_AS = {"issued": "on", "id": "piece", "debtor": "debtor", "debtor.name": "name", "due": "due", "debit": "debit", "credit": "credit"}


def as_ledger(have: Sequence[Sampled], taken: Mapping[str, list[Sampled]]) -> dict[str, list[Sampled]] | None:
    """Return the columns of a ledger; None where a table is none: it has no journal, or does not tell amounts in debit and credit."""
    journal = next((one for one in have if one.words in JOURNAL_HEADERS and one.cells), None)
    if journal is None or not {"debit", "credit", "issued"} <= taken.keys():
        return None
    found = {_AS[name]: group for name, group in taken.items() if name in _AS} | {"journal": [journal]}
    for name, headers in (("account", _ACCOUNT_HEADERS), ("entry", _ENTRY_HEADERS), ("label", _LABEL_HEADERS), ("letter", LETTER_HEADERS), ("lettered", _LETTERED_HEADERS)):
        used = {one.header for key, group in found.items() for one in group if not (name == "account" and key == "debtor")}
        match = next((one for one in have if one.words in headers and one.header not in used), None)
        if match is not None and (name != "account" or any(str(cell).startswith("411") for cell in match.cells)):
            found[name] = [match]
    if found.get("account") == found.get("debtor"):
        found.pop("debtor", None)  # the account's own number tells the customers apart
    return found


def journal_lines(draft: Draft) -> list[str]:
    """Write what the codes of the journals mean, where their names do not say it: for a person to fill in."""
    unknown = [said for said in draft.taken["journal"][0].said.values() if nature_of(said, "") is Nature.OTHER]
    if not unknown:
        return []
    draft.remarks.append(
        sentence("journals {codes}: neither sales nor bank by their codes; what they book on a customer is for a person, or settled where it is lettered; say `sale`, `bank` or `opening` where one is", codes=unknown)
    )
    return ["  values:", "    journal:", *(f"      {quoted(header_words(one) or one)}: other  # {sentence('check this')}" for one in unknown)]
