"""What a wording says of one, and of several: letters of one account that share a reference, plans over two invoices, invoices that fall due."""

from dataclasses import replace
from datetime import date

import pytest

from relance.factcheck import check, known_of
from relance.letters import sample
from relance.letters.checked import paper_of
from relance.letters.document import Studio
from relance.letters.figures import capital
from relance.model import Channel, Event, StepKind, Tone


def read(facts, template, *, language="fr", tone=Tone.FIRM, channel=Channel.LETTER, agency=False):
    """Return the words of a letter, and what the fact check found (an agency's name is not in the sample's facts: not asked)."""
    action = sample.action(facts, channel=channel, tone=tone, language=language, template=template)
    with Studio(writing=sample.writing(agency=agency)) as studio:
        text, context = studio.text([action], facts)
        found = () if agency else check(studio.finished(text, context, [action]), known_of([action], facts))
    return f"{text.subject}\n{text.plain(10_000)}".replace("\u202f", " ").replace("\xa0", " "), found


def written(*references):
    """Return a case whose invoices were each first written about in a letter of its own, a day apart."""
    facts = sample.facts(invoices=len(references))
    events = tuple(
        Event(date(2026, 2, 9 + at), "action.emitted", invoice.id, None, at, {
            "id": f"0f4e7d21a{at}", "playbook": "essai", "step": "premiere-lettre", "occurrence": 1, "channel": Channel.LETTER, "draft": False,
            "message": f"0f4e7d21a{at}", "kind": StepKind.REMINDER, "reference": reference, "case": invoice.id, "invoices": (invoice.id,),
        })
        for at, (invoice, reference) in enumerate(zip(facts.invoices, references, strict=True))
    )  # fmt: skip
    return replace(facts, events=events)


ONE, OTHER = "R-AAAA-0001", "R-BBBB-0002"


@pytest.mark.parametrize(("references", "french", "english"), [
    ((ONE,), f"Notre lettre du 9 février 2026, référence {ONE}, est restée sans", f"Our letter of 9 February 2026, reference {ONE}, has brought no"),
    ((ONE, ONE), f"Nos lettres du 9 février 2026 et du 10 février 2026, référence {ONE}, sont restées sans", f"Our letters of 9 February 2026 and of 10 February 2026, reference {ONE}, have brought no"),
    ((ONE, OTHER), f"Nos lettres du 9 février 2026, référence {ONE}, et du 10 février 2026, référence {OTHER}, sont", f"Our letters of 9 February 2026, reference {ONE}, and of 10 February 2026, reference {OTHER}, have"),
    ((ONE, ONE, OTHER), f"du 10 février 2026, référence {ONE}, et du 11 février 2026, référence {OTHER}, sont", f"of 10 February 2026, reference {ONE}, and of 11 February 2026, reference {OTHER}, have"),
])  # fmt: skip
def test_letters_that_share_a_reference_say_it_once(references, french, english):
    facts = written(*references)
    for language, says in (("fr", french), ("en", english)):
        assert says in read(facts, "relance-agence", language=language, agency=True)[0]


def test_a_text_message_says_a_shared_reference_once():
    said, _ = read(written(ONE, ONE), "relance-agence", channel=Channel.SMS, agency=True)
    assert f"réf. lettres du 09/02/2026 et du 10/02/2026 ({ONE})" in said


def planned(plans):
    """Return two invoices with a plan over each of the first so many, one instalment of each missed."""
    facts = sample.facts(invoices=2)
    agreed = [
        Event(date(2026, 2, 3), "plan.agreed", invoice.id, data={"instalments": (
            {"on": date(2026, 2, 22 + at), "amount": invoice.amount / 4}, {"on": date(2026, 4, 22), "amount": invoice.amount * 3 / 4}
        )})
        for at, invoice in enumerate(facts.invoices[:plans])
    ]  # fmt: skip
    events = sorted((*facts.events, *agreed), key=lambda event: event.on)
    return replace(facts, events=tuple(replace(event, seq=at) for at, event in enumerate(events)))


@pytest.mark.parametrize(("template", "language", "one", "several"), [
    ("plan-rompu", "fr", "L’échéancier dont nous étions convenus le 3 février 2026 n’est pas respecté.", "Les échéanciers dont nous étions convenus ne sont pas tous respectés."),
    ("plan-rompu", "en", "The payment plan we had agreed on 3 February 2026 is not being kept.", "The payment plans we had agreed are not all being kept."),
    ("mise-en-demeure", "fr", "L’échéancier convenu le 3 février 2026, qui portait sur la facture F-2026-001, n’a pas été tenu.", "Les échéanciers convenus n’ont pas tous été tenus."),
    ("mise-en-demeure", "en", "The payment plan agreed on 3 February 2026, which covered invoice F-2026-001, has not been kept.", "The payment plans agreed have not all been kept."),
])  # fmt: skip
def test_two_plans_are_spoken_of_as_two(template, language, one, several):
    tone = Tone.FORMAL if template == "mise-en-demeure" else Tone.FIRM
    for plans, says, not_this in ((1, one, several), (2, several, one)):
        said, found = read(planned(plans), template, language=language, tone=tone)
        assert found == ()
        assert says in said
        assert not_this not in said


@pytest.mark.parametrize(
    ("number", "french", "english"),
    [
        (1, "Si cette facture ne vous est pas parvenue", "If the invoice is missing"),
        (2, "Si l’une de ces factures ne vous est pas parvenue", "If an invoice is missing"),
    ],
)
def test_before_the_day_one_invoice_or_one_of_several_may_be_missing(number, french, english):
    for language, says in (("fr", french), ("en", english)):
        assert says in read(sample.facts(invoices=number), "rappel-avant-echeance", language=language, tone=Tone.COURTEOUS)[0]


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize(
    ("template", "tone"),
    [
        ("declic", Tone.FIRM),
        ("declic", Tone.FORMAL),
        ("plan-rompu", Tone.NEUTRAL),
        ("reponse-litige", Tone.NEUTRAL),
        ("premiere-lettre-agence", Tone.NEUTRAL),
    ],
)
def test_what_asks_to_pay_says_until_when_where_no_deadline_is_granted(template, tone, language):
    facts = planned(1) if template == "plan-rompu" else sample.facts()
    action = replace(sample.action(facts, channel=Channel.LETTER, tone=tone, language=language, template=template), deadline=None)
    with Studio(writing=sample.writing(agency=template.endswith("agence"))) as studio:
        text, context = studio.text([action], facts)
    assert context.deadline == ""
    assert context.pay_by.replace("\xa0", " ") in text.plain(10_000).replace("\xa0", " ")


@pytest.mark.parametrize(("said", "french", "english"), [
    ("10 000 €", "10 000 €", "€10,000"), ("1\u202f250\u202f000,50\xa0€", "1\u202f250\u202f000,50\xa0€", "€1,250,000.50"), ("7500 EUR", "7500 EUR", "€7,500"),
    ("variable", "variable", "variable"), ("10 000 000 F CFP", "10 000 000 F CFP", "10 000 000 F CFP"), ("", "", ""),
])  # fmt: skip
def test_a_share_capital_is_written_in_the_figures_of_the_letter(said, french, english):
    assert (capital(said, "fr"), capital(said, "en")) == (french, english)


def test_a_share_capital_in_an_english_letter_holds_and_another_does_not():
    facts, writing = sample.facts(), sample.writing(agency=True)
    action = sample.action(facts, channel=Channel.LETTER, tone=Tone.NEUTRAL, language="en", template="premiere-lettre-agence")
    with Studio(writing=writing) as studio:
        text, context = studio.text([action], facts)
        finished = studio.finished(text, context, [action])
    assert "SAS with a share capital of €50,000, " in str(finished.passages)
    poorer = replace(writing.letterhead, sender={**writing.letterhead.sender, "capital": "5 000 €"})
    found = [check(finished, known_of([action], facts, paper_of(replace(writing, letterhead=each), facts.debtor))) for each in (writing.letterhead, poorer)]
    assert found[0] == ()
    assert "PB601" in {each.code for each in found[1]}
