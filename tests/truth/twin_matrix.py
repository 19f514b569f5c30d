"""The matrix of twins: houses that collect, and what happens to their debtor; each cell is one of the first that lives one of the second."""

from __future__ import annotations

import os

from lived_days import weekdays

OWN = "F-1,2026-01-05,2026-02-02,1200.00", "F-2,2026-01-05,2026-02-05,300.00", "F-9,2026-01-06,2026-09-30,9876.54"
TWO = "F-1,2026-01-05,2026-02-02,1200.00,EUR", "F-2,2026-01-05,2026-02-05,300.00,USD", "F-9,2026-01-06,2026-09-30,9876.54,EUR"
ACCOUNT = """schema: 1
playbook: compte
version: 1
title: Le compte
debtor: business
unit: account
steps:
  - {id: rappel, at: J+2, channels: [CHANNEL], tone: courteous, template: relance-1}
  - {id: relance, at: J+20, channels: [letter, email], tone: firm, template: relance-2, claim: [late_interest, fixed_indemnity]}
  - {id: mise-en-demeure, kind: formal_notice, at: J+40, channels: [registered_letter, email], tone: formal, grants: 15 days, claim: [late_interest, fixed_indemnity], approval: required}
"""
#: What happens, by day: the words of `record`, and what is open of each invoice afterwards (None: no longer a mere difference).
STORIES = {
    "nothing": {},
    "part": {"2026-02-12": ((("F-1", "payment.received", "200.00"),), {"F-1": "1000.00"})},
    "credit": {"2026-02-12": ((("F-1", "credit_note.issued", "350.00"),), {"F-1": "850.00"})},
    "dispute": {"2026-02-12": ((("F-1", "dispute.opened", "reason=casse", "amount=500.00"),), {})},
    "plan": {"2026-02-12": ((("F-1", "plan.agreed", "2026-02-24 400.00, 2026-03-24 800.00"),), {})},
    "moved": {"2026-02-12": ((("F-1", "playbook.changed", "litige"),), {})},
    "lost": {"2026-02-12": ((("F-1", "written_off", "amount=450.00"),), {"F-1": "750.00"})},
    "late part": {"2026-03-12": ((("F-1", "payment.received", "200.00"),), None)},
    "all at once": {
        "2026-02-11": ((("F-1", "payment.received", "200.00"),), {"F-1": "1000.00"}),
        "2026-02-13": ((("F-1", "credit_note.issued", "100.00"),), {"F-1": "900.00"}),
        "2026-02-16": ((("F-1", "plan.agreed", "2026-02-24 400.00, 2026-03-24 500.00"),), {}),
        "2026-02-17": ((("F-2", "dispute.opened", "reason=casse", "amount=120.00"),), {}),
    },
}
#: The playbook, the invoices, and who owes and collects.
HOUSES = {
    "negligent": ("negligent", OWN, {}),
    "systematique": ("systematique", OWN, {}),
    "en-difficulte": ("en-difficulte", OWN, {}),
    "consommateur": ("consommateur", OWN, {"kind": "consumer"}),
    "agence": ("agence-amiable", OWN, {"agency": True}),
    "compte": ("compte.yaml", OWN, {}),
    "textos": ("compte.yaml", OWN, {}),
    "deux monnaies": ("negligent", TWO, {}),
    "compte en deux monnaies": ("compte.yaml", TWO, {}),
}
#: A day on which nobody approves anything.
IDLE = "2026-03-16"
CELLS = [(home, story) for home in HOUSES for story in STORIES]


def furnish(house, home):
    """Write a house's tables, paper and playbook; return how its runs are told what to go by."""
    playbook, rows, more = HOUSES[home]
    house.found(*rows, **more)
    house.put("compte.yaml", ACCOUNT.replace("CHANNEL", "sms" if home == "textos" else "email"))
    return playbook


def days_of(quick=False):
    """Return the days on which a cell is looked at: every second open one (every third in CI), or every fifth up to the first notices."""
    return weekdays("2026-02-04", "2026-03-20" if quick else "2026-04-16", 5 if quick else 2 if os.environ.get("RELANCE_TWINS") else 3)


def happened(story, after, day):
    """Return what a story has happen after a day (None: from the start) and up to another: the events, and what is open afterwards by its part."""
    return [told for when, told in STORIES[story].items() if (after is None or when > after) and when <= day]
