"""The bundled sample portfolio is whole, and every party in it is invented."""

from __future__ import annotations

from stdnum.fr import siren

from relance.data import shipped
from relance.importers import portfolio_files


def test_the_sample_portfolio_is_read_without_a_reject():
    folder = shipped("playbooks").joinpath("demo")
    names = ("invoices", "debtors", "creditors", "events")
    found = portfolio_files.read(**{name: folder.joinpath(f"{name}.csv") for name in names})
    assert found.rejects == ()
    assert sum(len(one.invoices) for one in found.facts) == 60
    debtors = [one.debtor for one in found.facts]
    assert len(debtors) == 23
    assert all(one.name and one.address and one.kind for one in debtors)
    assert all(one.email is None or one.email.endswith(".example") for one in debtors)
    assert all(siren.is_valid(one.siren) and one.siren.startswith("000") for one in debtors if one.siren)
    assert {"consumer", "business"} == {one.kind for one in debtors}
    assert {"fr", "en"} == {one.language for one in debtors}
    assert any(one.email is None for one in debtors)
    assert {"EUR", "USD"} == {invoice.currency for one in found.facts for invoice in one.invoices}
    kinds = {event.kind for one in found.facts for event in one.events}
    assert kinds >= {
        "payment.received", "payment.reversed", "credit_note.issued", "dispute.opened", "dispute.closed", "promise.made",
        "plan.agreed", "insolvency.opened", "hold.placed", "channel.refused", "profile.changed", "contact.inbound", "action.emitted",
    }  # fmt: skip
