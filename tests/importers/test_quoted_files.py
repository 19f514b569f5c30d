"""The one reference of a file, as payers quote it: whole, in part, with a slip, among other text; and what of the file the sum pays."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from relance.importers.match_answers import Doubt, Matched
from relance.importers.matching import Matcher
from relance.interpreter.action_id import file_reference
from relance.interpreter.action_state import apply_event
from relance.interpreter.emission import emission
from relance.letters import sample
from relance.model import Channel, Creditor, Debtor, Event, Facts, Invoice, Tone
from relance.statements.transaction import Transaction

TODAY = date(2026, 3, 20)
ATELIER, AUTRE = Creditor("atelier", "Atelier", iban="FR7630006000011234567890189"), Creditor("autre", "Autre", iban="FR1420041010050500013M02606")
OWN = file_reference("atelier", "C1", "EUR")


def invoice(name: str, amount: str, due: str = "2026-02-01", currency: str = "EUR") -> Invoice:
    return Invoice(name, date.fromisoformat(due), Decimal(amount), currency, issued=date(2026, 1, 2))


FIRST, SECOND, LATER, DOLLARS = invoice("A-1", "100.00"), invoice("A-2", "200.00", "2026-02-10"), invoice("A-3", "70.00", "2026-06-01"), invoice("U-1", "55.00", currency="USD")


def asked(name: str, on: date, **sums: str) -> Event:
    claimed = {"currency": "EUR", "invoices": [{"invoice": number.replace("_", "-"), "principal": amount, "fixed_indemnity": "40.00"} for number, amount in sums.items()]}
    return Event(on, "action.emitted", data={"id": name, "step": "s", "reference": OWN, "claimed": claimed})


BOOKS = (
    Facts(ATELIER, Debtor("C1", "Imprimerie Lindor"), (FIRST, SECOND, LATER, DOLLARS), (asked("m1", date(2026, 2, 20), A_1="100.00", A_2="200.00"),)),
    Facts(ATELIER, Debtor("C2", "Hôtel Bel-Rive"), (invoice("B-1", "100.00"),)),
    Facts(AUTRE, Debtor("C1", "Imprimerie Lindor"), (invoice("A-1", "100.00"),)),
)


def answer(amount: str, text: str, *, payer: str = "", currency: str = "EUR", books: tuple[Facts, ...] = BOOKS, references: tuple[str, ...] = ()):
    one = Transaction(
        file="releve", line=1, source="camt", reference="BK1", account=ATELIER.iban, on=date(2026, 3, 10), amount=Decimal(amount), currency=currency,
        payer=payer, payer_account="", references=references, text=text, end_to_end="",
    )  # fmt: skip
    (found,) = Matcher(books, TODAY, not_after=TODAY).match([one])
    return found


def paid(found: Matched | Doubt) -> dict[str, str]:
    assert isinstance(found, Matched), found
    return {str(row.row.values["invoice"]): str(row.row.values["amount"]) for row in found.rows}


@pytest.mark.parametrize("text", [f"VIR {OWN}", OWN.lower(), OWN.replace("-", ""), OWN.replace("-", " "), f"SEPA RECU REF{OWN.replace('-', '')} MERCI 2026", f"acompte//{OWN[:6]} {OWN[6:]}"])
def test_a_reference_is_found_however_it_is_written(text):
    assert paid(answer("380.00", text)) == {"A-1": "140.00", "A-2": "240.00"}
    assert paid(answer("300.00", text)) == {"A-1": "100.00", "A-2": "200.00"}


def test_in_the_structured_field_or_with_the_name_of_who_pays():
    assert paid(answer("300.00", "", references=(OWN,))) == {"A-1": "100.00", "A-2": "200.00"}
    assert paid(answer("300.00", OWN, payer="IMPRIMERIE LINDOR")) == {"A-1": "100.00", "A-2": "200.00"}
    assert isinstance(answer("300.00", OWN, payer="HOTEL BEL RIVE"), Doubt), "the name of another debtor"


@pytest.mark.parametrize(
    ("amount", "what"),
    [
        ("370.00", {"A-1": "100.00", "A-2": "200.00", "A-3": "70.00"}),  # all that is open
        ("200.00", {"A-2": "200.00"}),  # one invoice
        ("70.00", {"A-3": "70.00"}),  # one that is not due yet
        ("60.00", {"A-1": "60.00"}),  # a part: what fell due first
        ("150.00", {"A-1": "100.00", "A-2": "50.00"}),
        ("299.99", {"A-1": "100.00", "A-2": "199.99"}),
    ],
)
def test_what_of_a_file_a_sum_pays(amount, what):
    assert paid(answer(amount, OWN)) == what


@pytest.mark.parametrize("amount", ["300.01", "379.99", "380.01", "370.01", "1000.00"])
def test_a_sum_that_is_neither_asked_nor_a_part_of_what_is_due_is_for_a_person(amount):
    found = answer(amount, OWN)
    assert isinstance(found, Doubt)
    assert set(found.candidates) == {"A-1", "A-2", "A-3"}


def test_a_part_is_not_given_to_what_is_disputed():
    disputed = replace(BOOKS[0], events=(*BOOKS[0].events, Event(date(2026, 3, 1), "dispute.opened", "A-1", data={"reason": "qualité"})))
    assert isinstance(answer("60.00", OWN, books=(disputed,)), Doubt)
    assert paid(answer("200.00", OWN, books=(disputed,))) == {"A-2": "200.00"}


def test_the_reference_beside_a_number_pays_that_invoice():
    assert paid(answer("150.00", f"{OWN} facture A-2")) == {"A-2": "150.00"}
    assert isinstance(answer("50.00", f"{OWN} facture B-1"), Doubt), "an invoice of another debtor"


def test_each_currency_and_creditor_has_a_file_of_its_own():
    dollars = file_reference("atelier", "C1", "USD")
    assert paid(answer("55.00", dollars, currency="USD")) == {"U-1": "55.00"}
    assert isinstance(answer("55.00", dollars), Doubt)
    assert isinstance(answer("100.00", file_reference("autre", "C1", "EUR")), Doubt), "the account is the other creditor's"


def test_words_of_money_that_pays_nothing_take_no_part():
    assert isinstance(answer("60.00", f"REMBOURSEMENT {OWN}"), Doubt)


SIGNS = OWN.replace("-", "")[1:]
SLIPS = sorted(
    {f"R{SIGNS[:at]}{sign}{SIGNS[at + 1 :]}" for at in range(8) for sign in "0F7"}
    | {f"R{SIGNS[:at]}{SIGNS[at + 1 :]}" for at in range(8)}
    | {f"R{SIGNS[:at]}A{SIGNS[at:]}" for at in range(9)}
    | {f"R{SIGNS[:at]}{SIGNS[at + 1]}{SIGNS[at]}{SIGNS[at + 2 :]}" for at in range(7)}
    | {SIGNS, f"{SIGNS[:4]}-{SIGNS[4:]}", OWN.replace("0", "O").replace("1", "I").replace("5", "S")}
)  # fmt: skip


def test_one_slip_is_read_where_the_sum_fits_to_the_cent():
    for text in SLIPS:
        assert paid(answer("380.00", f"VIREMENT {text}")) == {"A-1": "140.00", "A-2": "240.00"}, text
        if not text.startswith(OWN.replace("-", "")):
            assert isinstance(answer("60.00", f"VIREMENT {text}"), Doubt), f"{text}: a part with a slip"
        assert isinstance(answer("380.00", f"VIREMENT {text}", payer="Hôtel Bel-Rive"), Doubt), text


def test_numbers_of_the_bank_are_nobodys_reference():
    draw = random.Random(OWN)
    for _ in range(300):
        number = "".join(draw.choice("0123456789ABCDEF") for _ in range(8))
        found = answer("380.00", f"REF R{number} {number}")
        assert isinstance(found, Doubt) or sum(a != b for a, b in zip(number, SIGNS, strict=True)) <= 2


def test_a_journal_of_messages_that_bore_references_of_their_own_is_known_still():
    old = Event(date(2026, 2, 20), "action.emitted", data={"id": "x", "step": "s", "message": "7f3a0c21b4", "claimed": {"invoices": [{"invoice": "A-2", "principal": "200.00"}]}})
    books = (replace(BOOKS[0], events=(old,)),)
    assert paid(answer("200.00", "R-7F3A-0C21", books=books)) == {"A-2": "200.00"}
    assert paid(answer("100.00", OWN, books=books)) == {"A-1": "100.00"}, "its file has the new one, too"
    acts = {}
    apply_event(acts, old)
    assert acts["x"].reference == "R-7F3A-0C21", "and is cited by what it bore"


def test_the_reference_is_the_same_over_the_life_of_a_file():
    case = sample.facts()
    first = sample.action(case, channel=Channel.EMAIL, tone=Tone.NEUTRAL)
    later = replace(first, id="0" * 24, message="f" * 24, step="mise-en-demeure", case="other", channel=Channel.LETTER, invoices=("new",))
    said = {str(emission(each).data["reference"]) for each in (first, later)}
    assert said == {file_reference(first.creditor, first.debtor, first.claimed.currency)}
