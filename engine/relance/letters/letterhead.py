"""The firm's letterhead: who writes, on what paper, to which account (`letterhead.yaml`, `schemas/letterhead.schema.json`).

Owns the reading of it, the logo included. Without one, the creditor of the case writes in its own name on plain paper.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from relance.language.findings import has_errors
from relance.language.place import Span
from relance.language.source import Source
from relance.language.source import read as read_yaml
from relance.law.places import postcode
from relance.letters.business_mentions import undeclared_agency, unfinished
from relance.model import Address, Diagnostic
from relance.sentences import sentence, system_words

#: Pictures a page can show, by the bytes they begin with.
_PICTURES = {b"\x89PNG\r\n\x1a\n": "png", b"\xff\xd8\xff": "jpg", b"GIF8": "gif", b"<svg": "svg", b"<?xml": "svg"}
MAX_LOGO = 2 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Letterhead:
    """What a firm's paper says. `sender` and `payment` hold the text of the keys the schema names; `logo` is the picture's bytes."""

    sender: Mapping[str, Any] = field(default_factory=dict)
    payment: Mapping[str, str] = field(default_factory=dict)
    partner: Mapping[str, Any] = field(default_factory=dict)  # a bailiff's office a friendly reminder may name: name, place; `near`: others, by postcode
    colour: str = "#1f3a5f"
    logo: bytes | None = None
    logo_kind: str = ""
    logo_width: str = "45"
    logo_text: str = ""
    footer: str = ""
    font: str = ""

    def partner_near(self, address: Address | None) -> Mapping[str, str]:
        """Return the name and place of the office nearest to an address: of the longest beginning of its French postcode, else the partner of all."""
        code = postcode(address) or ""
        near = self.partner.get("near", {})
        fitting = max((begin for begin in near if code.startswith(begin)), key=len, default=None)
        chosen = self.partner if fitting is None else near[fitting]
        return {key: str(chosen[key]) for key in ("name", "place") if key in chosen}


PLAIN = Letterhead()


def read(path: Path) -> tuple[Letterhead | None, tuple[Diagnostic, ...]]:
    """Read a letterhead and the logo it names (beside it). None if and only if there is an error."""
    from relance.language.shape import check

    try:
        text = path.read_bytes()
    except OSError as error:
        return None, (Span(str(path)).diagnostic("PB001", sentence("the letterhead cannot be read: {reason}", reason=system_words(error))),)
    source, mistakes = read_yaml(text, str(path))
    if source is None:
        return None, tuple(mistakes)
    mistakes = (*mistakes, *check(source, "letterhead"))
    if has_errors(mistakes):
        return None, mistakes
    value = source.value
    more = [*_bank(source)]
    logo, kind = None, ""
    if named := value.get("logo"):
        logo, kind, missing = _picture(path.parent / named, named)
        if missing is not None:
            more.append(source.at(("logo",)).diagnostic("PB411", missing, hint=_picture_beside(path.parent)))
    if more:
        return None, (*mistakes, *more)
    mistakes = (*mistakes, *unfinished(source), *undeclared_agency(source))
    paper = Letterhead(
        sender=value.get("sender", {}), payment=value.get("payment", {}), partner=value.get("partner", {}), colour=value.get("colour", PLAIN.colour), logo=logo, logo_kind=kind,
        logo_width=str(value.get("logo_width", PLAIN.logo_width)), logo_text=value.get("logo_text", ""), footer=value.get("footer", ""), font=value.get("font", ""),
    )  # fmt: skip
    return paper, mistakes


def _picture_beside(folder: Path) -> str:
    """Name the pictures that lie in the letterhead's folder; where there is none, say from where a name counts."""
    there = sorted(each.name for each in folder.iterdir() if each.suffix.lower() in {".png", ".jpg", ".jpeg", ".gif", ".svg"})[:4]
    return sentence("pictures beside the letterhead: {names}", names=there) if there else sentence("put the picture into the folder of the letterhead, from which its name counts: PNG, JPEG, GIF or SVG")


def _picture(path: Path, named: str) -> tuple[bytes | None, str, str | None]:
    """Return a picture's bytes and kind, or what is wrong with it."""
    try:
        if path.stat().st_size > MAX_LOGO:
            return None, "", sentence("the logo '{named}' is larger than 2 MB", named=named)
        found = path.read_bytes()
    except OSError as error:
        return None, "", sentence("the logo '{named}' cannot be read: {reason}", named=named, reason=system_words(error))
    kind = next((kind for start, kind in _PICTURES.items() if found.lstrip()[: len(start)] == start), "")
    return (found, kind, None) if kind else (None, "", sentence("the logo '{named}' is no PNG, JPEG, GIF or SVG picture", named=named))


def _bank(source: Source) -> list[Diagnostic]:
    from relance.iban import mistake as iban_mistake

    iban = source.value.get("payment", {}).get("iban")
    mistake = iban_mistake(iban) if iban else None
    return [source.at(("payment", "iban")).diagnostic("PB412", mistake)] if mistake else []
