"""What others use to chase invoices, read into playbooks: one module a product, `read(data) → Conversion`.

A product's rules say less than a playbook, and something else besides. What has no place here is named with the reason; nothing is guessed in
silence. Days and conditions are taken over as the product counts them, so that a converted playbook decides as the product did.
"""

from __future__ import annotations

from importlib import import_module

from relance.convert.ladder import Conversion

#: Product → module. Each offers `convert(data: bytes) -> Conversion`, and raises ValueError with a sentence.
PRODUCTS = {
    "odoo": "odoo", "oca": "oca", "tryton": "tryton", "erpnext": "erpnext", "killbill": "killbill", "lago": "lago",
    "invoice-ninja": "invoice_ninja", "dolibarr": "dolibarr",
}  # fmt: skip


def converted(product: str, data: bytes) -> Conversion:
    """Read a product's own file. Raises ValueError with a sentence where nothing can be made of it."""
    made: Conversion = import_module(f"{__name__}.{PRODUCTS[product]}").convert(data)
    return made
