"""ERPNext: a Dunning Type, as JSON of the API or of a fixture. It knows no days: a document is made of what is overdue, when a person asks for one."""

from __future__ import annotations

from relance.convert.ladder import Conversion, Ladder, LostRule, Rung, slug
from relance.convert.records import Record, records
from relance.sentences import sentence


def convert(data: bytes) -> Conversion:
    """Read dunning types into ladders of one step, one each. Raises ValueError."""
    found = [each for each in records(data, labels={}) if each.get("dunning_type") or each.get("doctype") == "Dunning Type"]
    if not found:
        raise ValueError(sentence("there is no Dunning Type in the file"))
    return Conversion(tuple(_ladder(each) for each in found))


def _ladder(kind: Record) -> Ladder:
    name = str(kind.get("dunning_type") or kind.get("name"))
    rung = Rung("dunning", name, "J+1", ("letter",))
    return Ladder(slug(name, "dunning"), name, (rung,), {"entry": "first", "pace": "keep"}, lost=tuple(_lost(kind)))


def _lost(kind: Record) -> list[LostRule]:
    found = [LostRule(sentence("that a person makes the document"), sentence("a step has a day: the first on which the invoice, or an instalment of it, is overdue"))]
    if _number(kind.get("rate_of_interest")):
        found.append(LostRule(sentence("the rate of interest, {rate} %", rate=kind["rate_of_interest"]), sentence("the rate is that of the invoice's terms, else of the law (C. com. L441-10): `claim: [late_interest]` asks for it")))
    if _number(kind.get("dunning_fee")):
        found.append(LostRule(sentence("the fee, {fee}", fee=kind["dunning_fee"]), sentence("the law knows the indemnity of 40 € between professionals: `claim`; a house's own fees are not the debtor's to pay (CPCE L111-8)")))
    texts = kind.get("dunning_letter_text") or ()
    if texts:
        languages = [str(each.get("language", "?")) for each in texts if isinstance(each, dict)]
        found.append(LostRule(sentence("the texts ({languages})", languages=languages), sentence("they are templates of ERPNext; the step goes by a shipped wording, which `template` changes")))
    if kind.get("income_account") or kind.get("cost_center"):
        found.append(LostRule(sentence("the accounts that fees and interest are booked on"), sentence("relance keeps no books")))
    return found


def _number(value: object) -> bool:
    return value not in (None, "", 0, 0.0, "0", "0.0")
