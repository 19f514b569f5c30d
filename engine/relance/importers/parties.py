"""Debtors and creditors out of plain values, whatever file they came in. Refuses to check what only the law asks for."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import fields, replace
from typing import Any

from relance.iban import compact
from relance.importers import contacts
from relance.law.mandate import NONE, POWERS, powers_named
from relance.model import Address, Creditor, Debtor
from relance.parsing.values import is_country
from relance.sentences import sentence
from relance.zones import HOME


def address(found: Mapping[str, Any], prefix: str = "") -> Address | None:
    """Make an address of `address` (lines), `postcode`, `city` and `country`; None where there is no line at all."""
    lines = tuple(found.get(f"{prefix}address") or ())
    place = " ".join(str(found[key]) for key in (f"{prefix}postcode", f"{prefix}city") if found.get(key))
    if place and place not in lines:
        lines = (*lines, place)
    return Address(lines, found.get(f"{prefix}country") or "FR") if lines else None


def debtor(ident: str, found: Mapping[str, Any], prefix: str = "") -> Debtor:
    """Make a debtor of canonical columns; what is not there is not known."""

    def get(name: str) -> Any:
        return found.get(prefix + name)

    return Debtor(
        id=ident,
        name=get("name") or "",
        kind=get("kind"),
        profile=get("profile"),
        country=get("country"),
        language=get("language"),
        siren=_siren(get("siren")),
        address=address(found, prefix),
        email=next(iter(contacts.mailboxes(get("email"))), None),
        phone=get("phone"),
        score=get("score"),
        tags=tuple(get("tags") or ()),
        zone=get("zone") or HOME,
    )


def filled(known: Debtor, more: Debtor) -> Debtor:
    """Return a debtor as known, with what was not known of it from another source."""
    gaps = {field.name: getattr(more, field.name) for field in fields(known) if not getattr(known, field.name)}
    return replace(known, **gaps) if gaps else known


def same_place(one: Address, other: Address) -> bool:
    """Say whether two addresses are of one place: the same postcode, or where one has none the same words on a line."""
    codes = [set(re.findall(r"\b[0-9]{5}\b", " ".join(address.lines))) for address in (one, other)]
    if all(codes) and not codes[0] & codes[1]:
        return False
    words = [set(re.findall(r"[a-z0-9]+", " ".join(address.lines).casefold())) for address in (one, other)]
    return len(words[0] & words[1]) * 2 >= min(map(len, words))


def creditor(ident: str, found: Mapping[str, Any]) -> Creditor:
    """Make a creditor of canonical columns; columns relance does not know stay in `terms`."""
    return Creditor(
        id=ident,
        name=found.get("name") or "",
        kind=found.get("kind") or "business",
        siren=_siren(found.get("siren")),
        address=address(found),
        email=found.get("email"),
        phone=found.get("phone"),
        iban=compact(found.get("iban") or "") or None,
        bic=found.get("bic"),
        mandate=found.get("mandate"),
        terms={**(found.get("terms") or {}), **_mandate_terms(found)},
    )


def _mandate_terms(found: Mapping[str, Any]) -> dict[str, str]:
    """Return what a row tells of a mandate, as a creditor's terms have it. Raises ValueError for a word that is no power."""
    until, most, powers = found.get("mandate_until"), found.get("mandate_ceiling"), found.get("mandate_powers")
    told = {"mandate_until": until and str(until), "mandate_number": found.get("mandate_number"), "mandate_ceiling": None if most is None else format(most, "f")}
    try:
        told["mandate_powers"] = ", ".join(powers_named(powers)) or NONE if powers else None
    except ValueError as error:
        raise ValueError(sentence("'{error}' is no power of a mandate: there are {names}, and none", error=error, names=", ".join(POWERS))) from None
    return {name: value for name, value in told.items() if value}


def company_number(text: str) -> tuple[str, str]:
    """Return the SIREN that a text holds (a SIRET and a French VAT number hold one), or nothing and the sentence that says why.

    The last figure is a key (Luhn); La Poste's SIRETs have one of their own (INSEE).
    """
    from stdnum.fr import siren, siret

    compact = "".join(text.split()).upper()
    digits = compact[4:] if re.fullmatch(r"FR[0-9A-Z]{2}[0-9]{9}", compact) else compact
    if siren.is_valid(digits) or siret.is_valid(digits):
        return digits[:9], ""
    if re.fullmatch(r"[0-9]{9}|[0-9]{14}", digits):
        return "", sentence("{text} is no SIREN or SIRET, its key is wrong: it is not taken", text=repr(text))
    return "", sentence("{text} is no SIREN (nine figures) or SIRET (fourteen): it is not taken", text=repr(text))


#: A mailbox as post can be sent to: one sign, and a domain with a point in it.
_MAILBOX = re.compile(r"[!-?A-~]+@[^@\s,;]+\.[^@\s.,;]{2,}")


def contact_doubts(found: Mapping[str, Any], prefix: str = "") -> Iterator[str]:
    """Say what a row tells of where to reach a party that cannot be so: an e-mail without a domain, a French postcode that has not five figures."""
    for one in contacts.mailboxes(found.get(f"{prefix}email")):
        if not _MAILBOX.fullmatch(one.strip()):
            yield sentence("{email} is no e-mail address: no message reaches it", email=repr(one))
    phone = str(found.get(f"{prefix}phone") or "")
    if phone and not 8 <= len(re.sub(r"\D", "", phone.partition("/")[0])) <= 15:
        yield sentence("{phone} is no telephone number: nobody is reached by it", phone=repr(phone))
    country = str(found.get(f"{prefix}country") or "FR")
    if not is_country(country):
        yield sentence("{country} is no country: write its two letters, such as FR, or its name", country=repr(country))
    code = str(found.get(f"{prefix}postcode") or "").replace(" ", "")
    if country == "FR" and code.isdigit() and len(code) != 5:
        if len(code) == 4:
            yield sentence("a French postcode has five figures, not {code}: a spreadsheet takes the first zero away; write {written}, or the country where it is none of France", code=repr(code), written=repr(f"0{code}"))
        else:
            yield sentence("a French postcode has five figures, not {code}", code=repr(code))


def _siren(text: str | None) -> str | None:
    """Return the nine digits of a company number, of which a SIRET has five more for the establishment."""
    digits = "".join(text.split()) if text else ""
    return digits[:9] if len(digits) == 14 and digits.isdigit() else digits or None


def creditor_of(raw: Mapping[str, Any], **typed: Any) -> Creditor:
    """Make a creditor of what a case file or a column mapping says of it."""
    return creditor(raw.get("id") or "creditor", {**raw, "address": _lines(raw), **typed})


def debtor_of(raw: Mapping[str, Any]) -> Debtor:
    """Make a debtor of what a case file says of it."""
    return debtor(raw.get("id") or "debtor", {**raw, "address": _lines(raw)})


def _lines(raw: Mapping[str, Any]) -> tuple[str, ...]:
    lines = raw.get("address") or ()
    return tuple(lines.splitlines()) if isinstance(lines, str) else tuple(lines)
