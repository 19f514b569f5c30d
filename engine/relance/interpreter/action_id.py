"""What an action is called: the same parts give the same name on any machine, so that it is emitted once."""

from __future__ import annotations

import hashlib


def action_id(*parts: object) -> str:
    """Return 24 hexadecimal digits of the SHA-256 of the parts."""
    return hashlib.sha256("\x1f".join(str(part) for part in parts).encode()).hexdigest()[:24]


def file_reference(creditor: str, debtor: str, currency: str) -> str:
    """Return the reference a debtor is asked to quote on all that concerns a file, what he owes one creditor in one currency: `R-7F3A-0C21`."""
    return reference_of(action_id("file", creditor, debtor, currency))


def reference_of(message: str) -> str:
    """Return the first eight hexadecimal digits of an id as a reference. A message emitted before files had one bears its own: its id's."""
    tail = "".join(letter for letter in message.upper() if letter in "0123456789ABCDEF")[:8].ljust(8, "0")
    return f"R-{tail[:4]}-{tail[4:]}"
