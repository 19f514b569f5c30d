"""The SEPA transfer QR code (EPC069-12, version 002, UTF-8) of an IBAN.

Owns the payload and its picture. Refuses what the guideline refuses: another currency than euro, an amount outside
0.01 to 999,999,999.99, a wrong IBAN, more than 331 bytes; there is then no code, and the letter says how to pay in words.
Why so, and what was refused: docs/decisions/053.
"""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache
from typing import Any

from relance.iban import compact, mistake
from relance.letters.markdown import clean

MAX_BYTES = 331
#: Characters that the beneficiary's name may have (EPC069-12).
MAX_NAME = 70
#: A picture of one pixel a module: black is dark.
_CELLS = bytes(b"1"[0] if value < 128 else b"0"[0] for value in range(256))


def grouped(iban: str) -> str:
    """Write an IBAN in groups of four."""
    bare = compact(iban)
    return " ".join(bare[at : at + 4] for at in range(0, len(bare), 4))


def _at_a_word(name: str, most: int) -> str:
    """Shorten a name after a whole word, so that it is still known for the creditor's."""
    return name if len(name) <= most else name[: most + 1].rsplit(" ", 1)[0][:most]


def payload(*, name: str, iban: str, bic: str, amount: Decimal, currency: str, reference: str) -> str | None:
    """Return the lines of the code, or None where EPC069-12 does not allow one. `reference` is free text (140 characters)."""
    if currency != "EUR" or not name or not iban or mistake(iban) or not Decimal("0.01") <= amount <= Decimal("999999999.99"):
        return None
    text, who = clean(reference).strip()[:140], _at_a_word(clean(name).strip(), MAX_NAME)
    lines = ["BCD", "002", "1", "SCT", "".join(bic.split()).upper(), who, compact(iban), f"EUR{amount:.2f}", "", "", text]
    while len("\n".join(lines).encode()) > MAX_BYTES:
        lines[10] = lines[10][:-1]
        if not lines[10]:
            return None
    return "\n".join(lines).rstrip("\n")


@lru_cache(maxsize=256)
def modules(text: str) -> tuple[int, tuple[bytes, ...]]:
    """Return the size and the rows of a payload's symbol, `1` for a dark module: error level M, the mask the standard weighs best.

    `eci=-1` keeps the bytes as they are (UTF-8, as line 2 of the payload says): a symbol that announced a character set of its own
    (ECI) would be read by some banks' applications and refused by others.
    """
    import zxingcpp

    symbol = zxingcpp.create_barcode(text.encode(), zxingcpp.BarcodeFormat.QRCode, ec_level="M", eci=-1)
    picture: Any = symbol.to_image(scale=1, add_quiet_zones=False)  # a buffer, which its type stub does not say
    size, cells = int(picture.shape[0]), memoryview(picture).tobytes().translate(_CELLS)
    return size, tuple(cells[at : at + size] for at in range(0, len(cells), size))
