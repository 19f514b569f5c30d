"""The Merkle tree of a transparency log (RFC 6962, 2.1): its root after each leaf, in memory that grows with the logarithm.

Knows no journal. Leaves are added in their order; the root may be asked for at any size.
"""

from __future__ import annotations

import hashlib


class MerkleTree:
    """A tree that only grows. It keeps the roots of its full subtrees, the largest first, and no leaf."""

    def __init__(self) -> None:
        self.size = 0
        self._full: list[bytes] = []

    def add(self, leaf: bytes) -> None:
        """Add a leaf: two equal subtrees at the end become one, as in a binary counter."""
        node, size = hashlib.sha256(b"\x00" + leaf).digest(), self.size
        while size & 1:
            node = _parent(self._full.pop(), node)
            size >>= 1
        self._full.append(node)
        self.size += 1

    def root(self) -> bytes:
        """Return the root; that of an empty tree is the hash of nothing."""
        if not self._full:
            return hashlib.sha256(b"").digest()
        node = self._full[-1]
        for left in reversed(self._full[:-1]):
            node = _parent(left, node)
        return node


def _parent(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()
