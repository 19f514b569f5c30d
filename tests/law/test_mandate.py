"""A mandate covers what it says, up to the cent of its ceiling."""

from dataclasses import replace
from decimal import Decimal

import pytest

from relance.law.mandate import POWERS, beyond_mandate, no_power_for_plans, powers, powers_named
from relance.letters import sample
from relance.model import Channel, Claimed, Creditor, StepKind, Tone


def action(principal="100.00", kind=StepKind.REMINDER):
    made = sample.action(sample.facts(), channel=Channel.LETTER, tone=Tone.FIRM)
    return replace(made, kind=kind, claimed=Claimed("EUR", Decimal(principal), total=Decimal("9999.00")))


def creditor(**terms):
    return Creditor("atelier", terms={f"mandate_{name}": value for name, value in terms.items()})


def test_the_principal_is_held_against_the_ceiling_to_the_cent():
    assert beyond_mandate(action("100.00"), creditor(ceiling="100.00")) is None
    assert "100.01 EUR is above" in (beyond_mandate(action("100.01"), creditor(ceiling="100.00")) or "")
    for none in ({}, {"ceiling": ""}, {"ceiling": "NaN"}, {"ceiling": "sans"}):
        assert beyond_mandate(action("1000000.00"), creditor(**none)) is None


@pytest.mark.parametrize(("kind", "power"), [(StepKind.FORMAL_NOTICE, "notice"), (StepKind.LEGAL, "proceedings"), (StepKind.HANDOVER, "proceedings")])
def test_a_step_needs_its_power(kind, power):
    others = ",".join(each for each in POWERS if each != power)
    assert f"'{power}'" in (beyond_mandate(action(kind=kind), creditor(powers=others)) or "")
    assert beyond_mandate(action(kind=kind), creditor(powers=power)) is None
    assert beyond_mandate(action(kind=StepKind.REMINDER), creditor(powers="none")) is None


def test_powers_are_named_in_both_languages_and_words_of_before_take_nothing_away():
    assert powers_named("justice, Mise en demeure") == ("notice", "proceedings")
    assert powers_named("none") == ()
    with pytest.raises(ValueError, match="prison"):
        powers_named("plans, prison")
    assert powers(creditor(powers="receive money, agree plans")) == tuple(POWERS)
    assert no_power_for_plans(creditor(powers="none")) is not None
    assert no_power_for_plans(creditor(powers="échéanciers")) is None
    assert no_power_for_plans(creditor()) is None
