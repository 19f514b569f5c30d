"""What accounting really gives, read into the portfolio's four tables: invoices, debtors, creditors, events.

One file a format. A row that cannot be read becomes a `Reject` with its line and its reason, and the rest goes on;
a file that cannot be read at all raises `Unreadable`. Nothing here writes, and nothing here reads the clock.
"""

from __future__ import annotations
