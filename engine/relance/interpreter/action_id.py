"""What an action is called: the same parts give the same name on any machine, so that it is emitted once."""

from __future__ import annotations

import hashlib


def action_id(*parts: object) -> str:
    """Return 24 hexadecimal digits of the SHA-256 of the parts."""
    return hashlib.sha256("\x1f".join(str(part) for part in parts).encode()).hexdigest()[:24]
