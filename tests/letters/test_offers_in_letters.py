"""An offer as its debtor reads it: sums and days worked out, the code that settles, and the fact check on both sides of each."""

from dataclasses import replace
from decimal import Decimal

import pytest

from relance.factcheck import check, known_of
from relance.interpreter.offers import offered
from relance.law.mandate import beyond_mandate
from relance.letters import sample
from relance.letters.context import payment_payload
from relance.letters.document import Studio
from relance.model import Calendar, Channel, Duration, Instalments, OfferTerms, TimeUnit, Tone

SETTLE = OfferTerms(settlement=Decimal(70))
PLAN = OfferTerms(instalments=Instalments(3, Duration(1, TimeUnit.MONTH), Duration(8)))
WORDINGS = [(SETTLE, "offre-solde"), (replace(SETTLE, by_payment=True), "offre-solde"), (PLAN, "proposition-echeancier")]


def made(terms, template, *, tone=Tone.NEUTRAL, language="fr", number=1, consumer=False):
    facts = sample.facts(invoices=number, consumer=consumer)
    blank = sample.action(facts, channel=Channel.LETTER, tone=tone, language=language, template=template)
    claimed = sample.asked_of(facts, blank.invoices, blank.on, ())
    return replace(blank, claimed=claimed, offer=offered(terms, claimed, blank.deadline, Calendar())), facts


def read(action, facts, *, agency=False):
    with Studio(writing=sample.writing(agency=agency)) as studio:
        text, context = studio.text([action], facts)
        found = check(studio.finished(text, context, [action]), known_of([action], facts))
    return text.plain(10_000).replace("\u202f", " ").replace("\xa0", " "), context, found


@pytest.mark.parametrize(("terms", "template"), WORDINGS)
@pytest.mark.parametrize("tone", [Tone.COURTEOUS, Tone.NEUTRAL, Tone.FIRM])
@pytest.mark.parametrize(("language", "number", "consumer"), [("fr", 1, True), ("fr", 2, False), ("en", 1, False)])
def test_an_offer_in_a_letter_holds_against_the_facts(terms, template, tone, language, number, consumer):
    action, facts = made(terms, template, tone=tone, language=language, number=number, consumer=consumer)
    text, _, found = read(action, facts)
    assert found == ()
    assert action.offer is not None
    sums = [action.offer.amount] if action.offer.share is not None else [part for _, part in action.offer.instalments]
    written = [f"{each:,.2f}".replace(",", " ").replace(".", ",") if language == "fr" else f"{each:,.2f}" for each in sums]
    assert all(each in text for each in written), text


def test_the_code_of_a_letter_asks_what_settles_and_the_claim_stays_whole():
    action, facts = made(SETTLE, "offre-solde")
    text, context, _ = read(action, facts)
    code = payment_payload(context)
    assert code is not None
    assert code.split("\n")[7] == "EUR700.00"
    assert action.claimed.total == Decimal("1000.00")
    assert "soit 70 % du principal" in text
    assert "soit 300,00 € de principal" in text


def test_an_agency_says_whose_remission_it_is():
    action, facts = made(SETTLE, "offre-solde")
    text, _, _ = read(action, facts, agency=True)
    assert "le créancier, Atelier du Rhône SARL, vous fait remise du surplus" in text


@pytest.mark.parametrize(("by_payment", "says"), [(True, "il suffit de régler exactement cette somme"), (False, "écrivez-nous dans ce délai")])
def test_the_letter_says_how_it_is_accepted(by_payment, says):
    text, _, _ = read(*made(replace(SETTLE, by_payment=by_payment), "offre-solde"))
    assert says in text


@pytest.mark.parametrize("amount", ["699.99", "700.01", "1000.00"])
def test_a_sum_that_is_not_its_share_is_found(amount):
    action, facts = made(SETTLE, "offre-solde")
    assert action.offer is not None
    _, _, found = read(replace(action, offer=replace(action.offer, amount=Decimal(amount))), facts)
    assert "PB609" in {each.code for each in found}


@pytest.mark.parametrize("cents", ["-0.01", "0.01"])
def test_instalments_that_do_not_add_up_are_found(cents):
    action, facts = made(PLAN, "proposition-echeancier")
    assert action.offer is not None
    (on, part), *rest = action.offer.instalments
    _, _, found = read(replace(action, offer=replace(action.offer, instalments=((on, part + Decimal(cents)), *rest))), facts)
    assert "PB609" in {each.code for each in found}


def test_a_text_of_another_sum_or_day_than_the_offers_is_found():
    action, facts = made(SETTLE, "offre-solde")
    with Studio(writing=sample.writing(agency=False)) as studio:
        text, context = studio.text([action], facts)
        finished = studio.finished(text, context, [action])
        for old, new in (("700,00", "600,00"), ("300,00", "310,00")):
            other = replace(finished, passages=tuple(each.replace(old, new) if isinstance(each, str) else each for each in finished.passages))
            assert other != finished
            assert "PB601" in {each.code for each in check(other, known_of([action], facts))}


@pytest.mark.parametrize(("terms", "template", "powers", "may"), [
    (SETTLE, "offre-solde", "notice, plans, proceedings", False), (SETTLE, "offre-solde", "remises", True),
    (PLAN, "proposition-echeancier", "discounts", False), (PLAN, "proposition-echeancier", "plans", True), (SETTLE, "offre-solde", "", True),
])  # fmt: skip
def test_an_agency_offers_what_the_mandate_gives_power_for(terms, template, powers, may):
    action, facts = made(terms, template)
    assert (beyond_mandate(action, replace(facts.creditor, terms={"mandate_powers": powers})) is None) is may
