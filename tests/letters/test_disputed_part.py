"""Of an invoice disputed in part, every text asks the rest, says so, and its column, sums and statement are one figure; the sheets too."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from relance.factcheck import check, known_of
from relance.letters import sample
from relance.letters.document import Studio
from relance.model import Channel, Event, Tone

SHEETS = {"transmission": Channel.HANDOVER, "demande-en-justice": Channel.TASK, "examen": Channel.TASK}


def read(template: str, disputed: str | None, *, language: str = "fr", invoices: int = 1, tone: Tone = Tone.FIRM, paid: bool = True) -> tuple[str, tuple]:
    facts = sample.facts(invoices=invoices)
    facts = facts if paid else replace(facts, events=tuple(event for event in facts.events if event.kind != "payment.received"))
    if disputed is not None:
        amount = {"amount": Decimal(disputed)} if disputed else {}
        facts = replace(facts, events=(*facts.events, Event(date(2026, 3, 2), "dispute.opened", facts.invoices[0].id, None, 90, {"reason": "deux palettes", **amount})))
    action = sample.action(facts, channel=SHEETS.get(template, Channel.LETTER), tone=tone, language=language, template=template)
    with Studio(writing=sample.writing(agency=False)) as studio:
        text, context = studio.text([action], facts)
        found = check(studio.finished(text, context, [action]), known_of([action], facts))
    return text.plain(10_000).replace("\u202f", " ").replace("\xa0", " "), found


@pytest.mark.parametrize(("language", "says"), [("fr", "Les 300,00 € contestés n’y sont pas comptés, et ne sont pas demandés ici."), ("en", "The €300.00 in dispute is not counted in it, and is not asked here.")])
@pytest.mark.parametrize("template", ["relance-2", "mise-en-demeure", "plan-rompu"])
def test_a_letter_says_that_what_is_disputed_is_not_asked(template, language, says):
    for disputed in ("300.00", None):
        words, found = read(template, disputed, language=language, invoices=2)
        assert found == ()
        assert (says in words) is (disputed is not None)


@pytest.mark.parametrize("template", SHEETS)
def test_a_sheet_shows_what_is_disputed_and_the_sums_that_are_asked(template):
    for disputed, shown, asked in (("300.00", "dont contesté", True), (None, "Reste dû", True), ("", "dont contesté", False)):
        words, found = read(template, disputed)
        assert found == ()
        assert shown in words
        assert ("Total à régler" in words) is asked


@pytest.mark.parametrize(("language", "part", "whole"), [("fr", "Principal non contesté restant dû", "Principal restant dû"), ("en", "Undisputed principal outstanding", "Principal outstanding")])
@pytest.mark.parametrize("template", [*SHEETS, "mise-en-demeure", "mise-en-demeure-consommateur"])
def test_the_principal_beside_a_balance_that_counts_what_is_disputed_bears_another_name(template, language, part, whole):
    """A judge finds no two figures under one name: what is asked of an invoice in dispute is not all that is outstanding of it."""
    for disputed, name, other in (("300.00", part, whole), (None, whole, part)):
        words, found = read(template, disputed, language=language)
        assert found == ()
        assert name in words
        assert other not in words


def test_a_hand_over_asks_to_see_to_it_that_nothing_else_is_disputed():
    assert "rien d’autre n’est contesté" in read("transmission", "300.00")[0]
    assert "et rien n’est contesté" in read("transmission", None)[0]


@pytest.mark.parametrize(("language", "says"), [("fr", "oubli"), ("en", "slipped your attention")])
@pytest.mark.parametrize("template", ["relance-1", "declic", "relance-consommateur"])
def test_who_disputes_a_part_is_not_told_that_he_forgot(template, language, says):
    for disputed in ("300.00", None):
        words, found = read(template, disputed, language=language, tone=Tone.COURTEOUS)
        assert found == ()
        assert (says in words) is (disputed is None)


@pytest.mark.parametrize(("language", "some", "none"), [("fr", "Rien n’a été reçu en plus de ce qui est déduit", "Rien n’a été payé depuis"), ("en", "Nothing has been received beyond what is deducted", "Nothing has been paid since")])
def test_a_hand_over_of_what_was_paid_in_part_does_not_say_that_nothing_was(language, some, none):
    for paid in (True, False):
        words, found = read("transmission", None, language=language, paid=paid)
        assert found == ()
        assert (some in words, none in words) == (paid, not paid)
