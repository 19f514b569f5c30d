"""The statements floor: what a bank tells, whatever its format, as transactions. Knows no invoice: `importers.matching` does that.

One file a format, all of them giving `transaction.Transaction`s; `banks` says which format a file is in.
"""

from __future__ import annotations
