"""A formal notice to a consumer says that interest runs where it will be asked, and where French law is not known to govern says nothing of it."""

from __future__ import annotations

import pytest

_CASE = """creditor: {{id: atelier, name: Atelier du Rhône SARL, siren: "000987651", kind: business, country: FR{terms}}}
debtor: {{id: dupont, name: Jane Dupont, kind: consumer, country: {country}, language: {language}, email: jane@dupont.example, address: [1 High Street, 69001 Lyon]}}
invoices:
  - {{id: F-1, issued: 2026-01-05, due: 2026-02-02, amount: "1200.00", currency: EUR}}
"""


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize(("country", "terms", "runs"), [("GB", "", False), ("GB", ", terms: {governing_law: FR}", True), ("FR", "", True)])
def test_a_notice_to_a_consumer_abroad_announces_no_interest_that_is_not_asked(built, language, country, terms, runs):
    built.found("F-1,2026-01-05,2026-02-02,1200.00", kind="consumer")
    built.put("case.yaml", _CASE.format(country=country, language=language, terms=terms))
    _, texts = built.preview("consommateur", "2026-03-31")
    notices = [text for text in texts.values() if "mise en demeure" in text.lower()]
    assert notices
    assert all(("1231-6" in text) is runs for text in notices)
