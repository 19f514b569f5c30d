"""The parsing floor: bytes from strangers into rows, cells, values and elements, and what is no such thing with its place.

Knows no invoice, no payment and no column mapping.
"""

from __future__ import annotations
