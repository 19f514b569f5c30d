"""A creditor's own fields in a wording: `{{ invoice | field("formule") }}`, `{{ invoice | field("signe", "date") }}`, said as the kind they are declared as.

What such a field says is the creditor's, so that it counts as said on purpose for the check of facts. Where nobody told it, or what was told
is no such value, it is nothing. A field that the playbook does not declare, or declares as another kind, is a mistake (PB402).
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from jinja2 import nodes, pass_context
from jinja2.runtime import Context as Scope

from relance.letters.computing import said_on_purpose
from relance.letters.fields import InvoiceLine
from relance.letters.figures import decimal_said, long_date
from relance.model import OwnFieldKind
from relance.own_fields import read


@pass_context
def field(scope: Scope, line: object, name: str, kind: str = OwnFieldKind.TEXT) -> str | bool:
    """Say a field of an invoice in the language of the message: a text as it stands, a day in words, a number; of a flag, whether it is set."""
    if not isinstance(line, InvoiceLine):
        raise TypeError
    text = next((each.text for each in line.own if each.name == name), "").strip()
    value = read(OwnFieldKind(kind), text) if text else None
    if value is None:
        return False if kind == OwnFieldKind.FLAG else ""
    if isinstance(value, bool):
        return value
    if isinstance(value, Decimal):
        return said_on_purpose(decimal_said(value, scope["language"]))
    return said_on_purpose(value if isinstance(value, str) else long_date(value, scope["language"]))


def fields_named(tree: nodes.Template) -> Iterator[tuple[str, str]]:
    """Yield each field that a wording names, with the kind it is said as; one that is worked out is not known beforehand."""
    for node in tree.find_all(nodes.Filter):
        if node.name != "field":
            continue
        given = [*node.args, *(each.value for each in node.kwargs if each.key == "kind")]
        if given and all(isinstance(each, nodes.Const) for each in given):
            name, *kind = (str(each.value) for each in given if isinstance(each, nodes.Const))
            yield name, kind[0] if kind else str(OwnFieldKind.TEXT)
