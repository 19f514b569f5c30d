"""What the business letter of a firm must say of the firm itself: register, legal form, capital, and a mediator to consumers.

Owns what of it a letterhead lacks. Refuses to judge what stands there: whether the number is the firm's own is the register's to say.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from relance.language.source import Source
from relance.law.folding import fold
from relance.model import Diagnostic, Severity
from relance.sentences import sentence

#: Forms of companies with a share capital, and of those without, as names and letterheads have them.
_WITH_CAPITAL = re.compile(r"\b(?:sarl|eurl|sas|sasu|sa|sca|scs|snc|sci|scop|selarl|selas)\b")
_COMPANY = re.compile(r"\b(?:sarl|eurl|sas|sasu|sa|sca|scs|snc|sci|scop|selarl|selas|societe|gie)\b")
#: A text that sends the reader to a mediator of consumer disputes.
_MEDIATION = re.compile(r"\bmediateur de la consommation\b|\bconsumer mediator\b|\bmediation de la consommation\b")
#: A town and a company's number, without the register's name.
_TOWN_AND_NUMBER = re.compile(r"(?!.*(?:r\.?c\.?s\b|registre|repertoire|\brne\b|\brm\b|siren))[^\W\d_][^\d]*[ ,](?:[ab] )?\d{3}[ .]?\d{3}[ .]?\d{3}")


@lru_cache(maxsize=256)
def register_entry(said: str) -> str:
    """Return an entry of the companies' register as letters print it: "RCS", the town, the number (C. com. R123-237); what names a register stays as it is."""
    return f"RCS {said}" if _TOWN_AND_NUMBER.fullmatch(fold(said).text) else said


def unfinished(source: Source) -> Iterator[Diagnostic]:
    """Yield what a company's letterhead does not say and its business letters must (C. com. R123-237 and R123-238)."""
    sender: Mapping[str, Any] = source.value.get("sender", {})
    said = fold(f"{sender.get('name', '')} {sender.get('legal_form', '')}").text
    if not _COMPANY.search(said):
        return
    missing = [("rcs", sentence("the register and its town (R123-237)"))] if not sender.get("rcs") else []
    if not sender.get("legal_form"):
        missing.append(("legal_form", sentence("the legal form (R123-238)")))
    if _WITH_CAPITAL.search(said) and not sender.get("capital"):
        missing.append(("capital", sentence("the share capital (R123-238)")))
    if missing:
        message = sentence("a company's letters name {what}", what=[each for _, each in missing])
        yield source.at(("sender",)).diagnostic("PB415", message, severity=Severity.WARNING, hint=sentence("add {keys}", keys=[key for key, _ in missing]))


def undeclared_agency(source: Source) -> Iterator[Diagnostic]:
    """Yield what an agency's letterhead does not say of what must be done before it collects (CPCE, enforcement, R124-2)."""
    said = source.value.get("agency")
    if said is None and not source.value.get("sender", {}).get("activity"):
        return
    wanted = {
        "declared_on": sentence("the declaration to the prosecutor"),
        "insurance": sentence("the insurance"),
        "trust_account": sentence("the account kept for what is collected"),
    }
    missing = {key: what for key, what in wanted.items() if not (said or {}).get(key)}
    if missing:
        message = sentence("an agency does not collect before {what} (CPCE R124-2)", what=list(missing.values()))
        where = ("agency",) if said is not None else ("sender", "activity")
        yield source.at(where).diagnostic("PB417", message, severity=Severity.WARNING, hint=sentence("add {keys}", keys=[f"agency.{key}" for key in missing]))


def mediator_missing(text: str, mediator: str) -> str | None:
    """Say that a text sends a consumer to a mediator whom nobody names (C. conso. L616-1 and R616-1), or return None."""
    if mediator.strip() or not any(map(_speaks_of_mediation, text.split("\n\n"))):
        return None
    return sentence("the mediator: name and address of the consumer mediator (C. conso. L616-1 and R616-1); put `mediator` into the letterhead")


@lru_cache(maxsize=1024)
def _speaks_of_mediation(paragraph: str) -> bool:
    """Say whether a paragraph does; most stand in every message of a batch, word for word."""
    return _MEDIATION.search(fold(paragraph).text) is not None
