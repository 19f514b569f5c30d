"""What the fact check catches and what it lets pass, one kind of claim at a time, on both sides of its boundary."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relance.factcheck import Finished, KnownCase, Paper, TextTable, check, known_of, undeclared
from relance.factcheck.known import reference_of, reference_of_file
from relance.factcheck.prose import _ANNOUNCES, _CUES, shape
from relance.model import Action, Address, Channel, Claimed, Creditor, Debtor, Event, Facts, Invoice, InvoiceClaimed, Served, StepKind

ON = date(2026, 4, 8)
LETTER = "5d0c11aa90"


def facts(*more: Event) -> Facts:
    creditor = Creditor("c", name="Fonderie Bost", siren="552100554", email="compta@bost.example", iban="FR7630006000011234567890189", bic="AGRIFRPP",
                        terms={"signatory": "Inès Roux"})  # fmt: skip
    debtor = Debtor(
        "d", name="Garage Pujol", kind="business", address=Address(("4 rue Neuve", "31000 Toulouse")), email="gestion@pujol.example"
    )
    invoices = (
        Invoice("V-0801", date(2026, 3, 2), Decimal("310.40"), issued=date(2026, 1, 31)),
        Invoice("V-0802", date(2026, 3, 16), Decimal("89.60"), issued=date(2026, 2, 14)),
        Invoice("V-0803", date(2026, 5, 4), Decimal("700.00"), issued=date(2026, 4, 3)),
    )
    sent = {
        "id": LETTER,
        "playbook": "p",
        "step": "s",
        "occurrence": 1,
        "channel": Channel.LETTER,
        "case": "V-0801",
        "draft": False,
        "kind": "reminder",
    }
    return Facts(creditor, debtor, invoices, (Event(date(2026, 3, 20), "action.emitted", "V-0801", data=sent), *more))


def action(*invoices: str) -> Action:
    principal = sum((invoice.amount for invoice in facts().invoices if invoice.id in invoices), Decimal(0))
    return Action(
        id="77aa00bb11", on=ON, creditor="c", debtor="d", case="d/EUR", carrier=invoices[0], invoices=invoices, playbook="p", playbook_version=1, step="s2",
        occurrence=1, kind=StepKind.REMINDER, channel=Channel.LETTER, tone=None, template="t", language="fr", draft=False, deadline=date(2026, 4, 18),
        claimed=Claimed("EUR", principal, total=principal), reason="",
    )  # fmt: skip


def known(*invoices: str, more: tuple[Event, ...] = (), paper: Paper | None = None) -> KnownCase:
    return known_of([action(*(invoices or ("V-0801", "V-0802")))], facts(*more), paper)


def codes(said: str | TextTable, of: KnownCase | None = None, **more: object) -> set[str]:
    return {found.code for found in check(Finished("", (said,), **more), of or known())}  # type: ignore[arg-type]


OWN, EARLIER = reference_of_file("c", "d", "EUR"), reference_of(LETTER)
TRUE = (
    "Nous vous demandons de régler la somme de **400,00 €** au plus tard le 18 avril 2026.",
    "We ask you to pay €400.00 by 18 April 2026.",
    "La facture V-0801 du 31 janvier 2026, échue le 2 mars 2026, d’un montant de 310,40 €, demeure impayée.",
    "Invoice V-0802, due on 16 March 2026, remains unpaid, 23 days after its due date.",
    f"Notre lettre du 20 mars 2026, référence {EARLIER}, est restée sans réponse.",
    f"Our letter of 20 March 2026 (reference {EARLIER}) has brought no reply.",
    "L’indemnité forfaitaire est de 40 € (code de commerce, articles L. 441-10, II et D. 441-5).",
    "Vos 2 factures échues s’élèvent à 400,00 €.",
    "Nos bureaux sont ouverts de 9 h à 17 h, du lundi au vendredi, au 3e étage.",
    "La facture V-0803, à échoir le 4 mai 2026, n’est pas demandée ici : elle est de 700,00 €.".replace(" : elle est de 700,00 €", ""),
)  # fmt: skip
UNTRUE = (
    ("Nous vous demandons de régler la somme de **400,01 €**.", "PB601"),
    ("Nous vous demandons de régler la somme de 310,40 €.", "PB601"),
    ("Tant que ce principal reste dû, les pénalités augmentent de 310,40 € par jour.", "PB601"),
    ("We ask you to pay $400.00.", "PB601"),
    ("À régler au plus tard le 19 avril 2026.", "PB602"),
    ("La facture V-0801, échue le 3 mars 2026, demeure impayée.", "PB602"),
    ("La facture V-0801 du 14 février 2026 demeure impayée.", "PB602"),
    ("À régler avant le 31 février 2026.", "PB602"),
    ("Invoice V-0802 remains unpaid, 24 days after its due date.", "PB603"),
    ("Vos 3 factures échues s’élèvent à 400,00 €.", "PB603"),
    ("Les pénalités sont de 17,25 % l’an.", "PB603"),
    ("La facture V-0899 demeure impayée.", "PB604"),
    ("La facture V-0803 est échue.", "PB604"),
    (f"Notre lettre du 21 mars 2026, référence {EARLIER}, est restée sans réponse.", "PB605"),
    (f"Notre courriel du 20 mars 2026, référence {EARLIER}, est resté sans réponse.", "PB605"),
    ("Notre mise en demeure du 20 mars 2026 est restée sans effet.", "PB605"),
    ("En rappelant la référence R-0000-1111.", "PB605"),
    ("Au sens de l’article L. 441-10 du code civil.", "PB606"),
    ("Au sens de l’article L. 9999-1 du code de commerce.", "PB606"),
    ("Fonderie Bost, à l’attention de la direction", "PB607"),
    ("Virement sur FR14 2004 1010 0505 0001 3M02 606.", "PB608"),
)  # fmt: skip


@pytest.mark.parametrize("said", TRUE)
def test_what_is_true_passes(said):
    assert codes(said) == set()


@pytest.mark.parametrize(("said", "code"), UNTRUE)
def test_what_is_untrue_is_caught(said, code):
    assert code in codes(said)


def test_a_finding_quotes_the_sentence_and_the_fact():
    (found,) = check(Finished("", ("Merci. À régler au plus tard le 19 avril 2026. Bien à vous.",)), known())
    assert str(found) == "PB602 “À régler au plus tard le 19 avril 2026.”: the deadline is 2026-04-18"


HEAD = ("Facture", "Émise le", "Échéance", "Montant TTC", "Reste dû")
ROWS = (("V-0801", "31/01/2026", "02/03/2026", "310,40 €", "310,40 €"), ("V-0802", "14/02/2026", "16/03/2026", "89,60 €", "89,60 €"))
TOTAL = ("Total", "", "", "", "400,00 €")


def test_a_table_of_invoices_holds_row_by_row():
    assert codes(TextTable(HEAD, (*ROWS, TOTAL))) == set()


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        ((*ROWS, ("Total", "", "", "", "400,10 €")), "PB609"),
        ((ROWS[0], TOTAL), "PB604"),  # V-0802 is asked and not listed
        ((*ROWS, ("V-0803", "03/04/2026", "04/05/2026", "700,00 €", "700,00 €")), "PB604"),  # it is not asked
        (((*ROWS[0][:4], "89,60 €"), ROWS[1]), "PB601"),  # a sum of another row
        (((ROWS[0][0], *ROWS[1][1:3], *ROWS[0][3:]), ROWS[1]), "PB602"),  # days of another row
    ],
)
def test_a_row_that_is_not_of_its_invoice_is_caught(rows, code):
    assert code in codes(TextTable(HEAD, rows))


def test_the_day_of_an_instalment_is_one_of_the_plan_however_its_column_is_headed():
    parts = [{"on": date(2026, 4, 1), "amount": Decimal(200)}, {"on": date(2026, 4, 20), "amount": Decimal(200)}]
    agreed = known(more=(Event(date(2026, 3, 25), "plan.agreed", data={"instalments": parts}),))
    for head, day in ((("Instalment due on", "Amount"), "{} April 2026"), (("Versement prévu le", "Montant"), "{:02}/04/2026")):
        row = (day.format(20), "€200.00" if "on" in head[0] else "200,00 €")
        assert codes(TextTable(head, (row,)), agreed) == set()
        assert codes(TextTable(head, ((day.format(8), row[1]),)), agreed) == {"PB601"}, "the day of the message is none of the plan's"


@pytest.mark.parametrize(("line", "found"), [("Toulouse, le 8 avril 2026", set()), ("Toulouse, le 2 mars 2026", {"PB602"}), ("Lyon, 2 March 2026", {"PB602"}), ("Vos références : 2 mars 2026", set())])
def test_the_line_of_place_and_day_is_that_of_the_message(line, found):
    """The second is the day an invoice fell due: a day of the case, and wrong there."""
    assert codes("Nous vous prions de régler.", margin=(line,)) == found


def test_what_is_to_come_may_be_listed_apart():
    table = TextTable(("Facture", "Échéance", "Montant TTC"), (("V-0803", "04/05/2026", "700,00 €"),))
    announced = Finished("", ("À échoir, sans être demandé à ce jour :", table))
    assert check(announced, known()) == ()
    assert {found.code for found in check(replace(announced, passages=("Sont échues :", table)), known())} == {"PB604"}


def test_what_is_called_due_has_fallen_due():
    assert "PB610" in codes("Les factures ci-dessous sont échues.", known("V-0801", "V-0803"))
    assert codes("Les factures ci-dessous sont échues.", known("V-0801", "V-0802")) == set()
    assert codes("Si elles demeurent impayées, nous vous écrirons.", known("V-0803")) == set()


def test_a_letter_that_failed_cannot_be_cited():
    said = f"Notre lettre du 20 mars 2026, référence {EARLIER}, est restée sans réponse."
    assert codes(said, known(more=(Event(date(2026, 3, 21), "action.failed", "V-0801", data={"id": LETTER, "error": "returned"}),))) == {
        "PB605"
    }


def test_a_letter_about_another_invoice_cannot_be_cited():
    assert codes(f"Notre lettre du 20 mars 2026, référence {EARLIER}, est restée sans réponse.", known("V-0802")) == {"PB605"}


def test_the_account_and_the_code_are_the_creditors():
    account = TextTable(("", ""), (("Bénéficiaire", "Fonderie Bost"), ("IBAN", "FR76 3000 6000 0112 3456 7890 189"), ("BIC", "AGRIFRPP")))
    assert codes(account) == set()
    assert codes(replace(account, rows=(account.rows[0], ("IBAN", "FR76 3000 6000 0112 3456 7890 188")))) == {"PB608"}
    code = f"BCD\n002\n1\nSCT\nAGRIFRPP\nFonderie Bost\nFR7630006000011234567890189\nEUR400.00\n\n\n{OWN}"
    assert codes("Total : 400,00 €", payment_code=code) == set()
    assert codes("Total : 400,00 €", payment_code=code.replace("EUR400.00", "EUR400.10")) == {"PB608"}
    assert codes("Total : 400,00 €", payment_code=code.replace(OWN, EARLIER)) == {"PB608"}
    (unsaid,) = check(Finished("", ("La facture V-0801, de 310,40 €.",), payment_code=code), known())
    assert unsaid.fact == "the code asks 400.00 EUR, and no sentence of the text names this sum: name `sums.total` in it, or leave the code out"


def test_the_account_of_an_agency_is_its_letterheads():
    paper = Paper(
        {"name": "Recouvrement Sud"}, {"iban": "DE89370400440532013000", "beneficiary": "Recouvrement Sud, fonds de tiers"}, agency=True
    )
    rows = (("Bénéficiaire", "Recouvrement Sud, fonds de tiers"), ("IBAN", "DE89 3704 0044 0532 0130 00"))
    assert codes(TextTable(("", ""), rows), known(paper=paper)) == set()
    assert codes(TextTable(("", ""), rows)) == {"PB608"}


def test_the_address_and_the_signature():
    true = Finished(
        "",
        ("Veuillez agréer nos salutations distinguées.", "Inès Roux\nFonderie Bost"),
        recipient=("Garage Pujol", "4 rue Neuve", "31000 Toulouse"),
    )
    assert check(true, known()) == ()
    for wrong in (
        replace(true, recipient=("Fonderie Bost", *true.recipient[1:])),
        replace(true, recipient=("Garage Pujol", "5 rue Neuve", "31000 Toulouse")),
        replace(true, passages=(true.passages[0], "Inès Roux\nGarage Pujol SARL")),
    ):
        assert {found.code for found in check(wrong, known())} == {"PB607"}
    assert check(replace(true, passages=(true.passages[0], "Le service comptable")), known()) == ()


def test_a_figure_the_author_declares_is_let_pass():
    said = "Une contribution de 50 € est due depuis le 1er mars 2026."
    assert codes(said) == {"PB601", "PB602"}
    assert codes(said, constants=("50 €", "1er mars 2026")) == set()
    assert list(undeclared(said, ())) == ["50 €", "1er mars 2026"]
    assert list(undeclared("Des pénalités au taux de 12,15 % courent.", ())) == ["12,15 %"]
    assert list(undeclared("Interest runs at 12.15%, for 100 % of the sum.", ("12.15 %",))) == ["100 %"]
    assert list(undeclared(said, ("50 €", "1er mars 2026"))) == []
    assert list(undeclared("L’indemnité de 40 € ; bureaux ouverts à 9 h ; tél. 04 72 00 00 00.", ())) == []


def test_where_a_blank_stands_in_a_number_its_letters_are_its_own():
    assert shape("FA 2026") == shape("FA 7")
    assert shape("FA 2026") != shape("au 04")
    assert shape("FA 2026") != shape("FB 2026")


def test_numbers_are_of_one_shape_whatever_their_digits():
    assert shape("FA-2026/014") == shape("FA-1/9")
    assert shape("FA-2026") != shape("2026-FA")


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("10 mars 2026 : 60,00 €", set()),
        ("10 mars 2026 : 60,01 €", {"PB601"}),
        ("10 mars 2026 : 59,99 €", {"PB601"}),
        ("10 mars 2026 : 100,00 €", {"PB601"}),  # what came, of which 40.00 went back
        ("25 mars 2026 : 30,00 €", set()),
        ("25 mars 2026 : 10,00 €", {"PB601"}),  # what went back before it came takes nothing of it
    ],
)
def test_of_a_payment_of_which_a_part_went_back_what_stayed_is_known_to_the_cent(said, found):
    moved = (("2026-03-10", "100.00"), ("2026-03-20", "-40.00"), ("2026-03-25", "30.00"))
    received = tuple(Served(date.fromisoformat(on), Decimal(amount), principal=Decimal(amount)) for on, amount in moved)
    asked = action("V-0801")
    claimed = replace(asked.claimed, invoices=(InvoiceClaimed("V-0801", Decimal("310.40"), received=received),))
    assert codes(said, known_of([replace(asked, claimed=claimed)], facts())) == found


def test_a_deadline_is_no_day_of_a_plan_but_that_of_the_message():
    plan = Event(date(2026, 3, 21), "plan.agreed", "V-0801", data={"instalments": ({"on": date(2026, 5, 11), "amount": Decimal("310.40")},)})
    of = known("V-0801", more=(plan,))
    assert codes("Merci de régler 310,40 € au plus tard le 18 avril 2026.", of) == set()
    assert codes("Merci de régler 310,40 € au plus tard le 11 mai 2026.", of) == {"PB602"}
    assert codes("Le versement prévu le 11 mai 2026 est de 310,40 €.", of) == set()


@pytest.mark.parametrize(("name", "cue"), _CUES, ids=[name for name, _ in _CUES])
def test_what_announces_a_day_ends_as_the_quick_look_before_it_expects(name, cue):
    @given(st.from_regex(cue, fullmatch=True))
    @settings(max_examples=150, deadline=None, database=None)
    def holds(words):
        assert words.rstrip("\n").endswith(_ANNOUNCES), name

    holds()


@pytest.mark.parametrize(
    "said",
    [
        "Nous étions convenus d’un échéancier le 21 mars 2026.", "L’échéancier dont nous étions convenus n’est pas respecté.", "Un échéancier a été convenu.",
        "L’échéancier convenu le 21 mars 2026 n’a pas été tenu.", "We had agreed a payment plan.", "A payment plan was agreed.", "The payment plan we had agreed is not being kept.",
    ],
)  # fmt: skip
def test_a_plan_that_was_not_agreed_about_these_invoices_is_none(said):
    plan = Event(date(2026, 3, 21), "plan.agreed", "V-0801", data={"instalments": ({"on": date(2026, 5, 11), "amount": Decimal("310.40")},)})
    over = Event(date(2026, 3, 22), "plan.cancelled", "V-0801")
    assert "PB613" not in codes(said, known("V-0801", more=(plan,)))
    assert "PB613" in codes(said, known("V-0802", more=(plan,)))
    assert "PB613" in codes(said, known("V-0801", more=(plan, over)))
    assert "PB613" not in codes("Pour convenir d’un échéancier, répondez-nous.", known("V-0802"))


@pytest.mark.parametrize(
    ("said", "true"),
    [
        ("L’échéancier porte sur la facture V-0801 ; la facture V-0802 n’y est pas comprise et reste due en plus, pour 89,60 € en principal.", True),
        ("L’échéancier porte sur la facture V-0801 ; la facture V-0802 n’y est pas comprise et reste due en plus, pour 310,40 € en principal.", False),
        ("L’échéancier porte sur la facture V-0802 ; la facture V-0801 n’y est pas comprise et reste due en plus.", False),
        ("L’échéancier porte sur les factures V-0801 et V-0802.", False),
        ("L’échéancier convenu le 21 mars 2026, qui portait sur la facture V-0801, n’a pas été tenu.", True),
        ("L’échéancier convenu le 21 mars 2026, qui portait sur la facture V-0802, n’a pas été tenu.", False),
        ("The payment plan covers invoice V-0801; invoice V-0802 is not part of it and remains due as well, for €89.60 of principal.", True),
        ("The payment plan covers invoice V-0802; invoice V-0801 is not part of it.", False),
    ],
)
def test_what_a_plan_is_said_to_be_about_is_what_it_is_about(said, true):
    plan = Event(date(2026, 3, 21), "plan.agreed", "V-0801", data={"instalments": ({"on": date(2026, 5, 11), "amount": Decimal("310.40")},)})
    assert (not codes(said, known(more=(plan,)))) is true
