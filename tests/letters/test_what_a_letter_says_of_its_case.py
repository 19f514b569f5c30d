"""What a letter says of its case: of these invoices, of what left before it, of what was agreed and contested about them, and of nothing else."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import pytest

from relance.factcheck import Contradiction, check, known_of
from relance.interpreter.case_history import known_before
from relance.interpreter.emission import emission
from relance.language import library, load_playbook
from relance.letters import sample, sms
from relance.letters.context import Writing, build, message_id, payment_payload
from relance.letters.document import Studio, group_messages
from relance.letters.fields import Context
from relance.letters.figures import money
from relance.letters.letterhead import Letterhead
from relance.letters.situations import Situation, action_of, facts_of
from relance.letters.wording import Templates, Text
from relance.model import LETTERS, Action, Address, Channel, Charge, Creditor, Debtor, Event, Facts, Invoice, Tone
from relance.simulation.timeline import preview

CREDITOR = Creditor(
    id="scierie", name="Scierie des Vosges", kind="business", address=Address(("4 route du Col", "88400 Gérardmer")), email="compta@scierie.example",
    iban="FR7630006000011234567890189", mandate=date(2026, 1, 5),
)  # fmt: skip
DEBTOR = Debtor(
    id="menuiserie", name="Menuiserie Klein", kind="business", country="FR", email="bureau@klein.example", phone="+33612345678",
    address=Address(("9 rue Haute", "67000 Strasbourg")),
)  # fmt: skip
PRIVATE = replace(DEBTOR, id="klein", name="Anne Klein", kind="consumer")
AGENCY = Letterhead(sender={"name": "Recouvrement de l’Est", "address": ["1 quai Vauban", "67000 Strasbourg"], "phone": "03 88 00 00 00", "signatory": "Luc Weber"})


@dataclass(frozen=True)
class Read:
    """One message of a preview: its actions, its text as it is read, and the context it was filled from."""

    actions: list[Action]
    text: Text
    context: Context
    facts: Facts

    @property
    def step(self) -> str:
        return self.actions[0].step

    @property
    def words(self) -> str:
        return plain(f"{self.text.subject}\n{self.text.plain(10_000)}")

    @property
    def contradictions(self) -> tuple[Contradiction, ...]:
        """What the fact check finds in it."""
        with Studio(writing=Writing()) as studio:
            return check(studio.finished(self.text, self.context, self.actions), known_of(self.actions, self.facts))

    @property
    def code(self) -> str | None:
        """The amount the payment code asks."""
        lines = payment_payload(self.context)
        return lines.split("\n")[7] if lines else None


def plain(text: str) -> str:
    return text.replace("\u202f", " ").replace("\u00a0", " ")


def invoice(number: str, due: date, amount: str = "1000.00", issued: date | None = None) -> Invoice:
    return Invoice(id=number, issued=issued or date(2025, 12, 1), due=due, amount=Decimal(amount))


def event(day: date, kind: str, about: str | None = None, **data) -> Event:
    return Event(day, kind, about, data={name: Decimal(value) if name == "amount" else value for name, value in data.items()})


def plan(day: date, about: str | None, *parts: tuple[date, str]) -> Event:
    return event(day, "plan.agreed", about, instalments=tuple({"on": on, "amount": Decimal(amount)} for on, amount in parts))


def read(name: str | Path, invoices, events=(), *, until: date, debtor: Debtor = DEBTOR, writing: Writing | None = None) -> list[Read]:
    """Play a playbook, by id or file, and read every message it sends."""
    path = name if isinstance(name, Path) else library.find(name)
    playbook, findings = load_playbook(path)
    assert playbook is not None, findings
    told = tuple(replace(each, seq=number) for number, each in enumerate(sorted(events, key=lambda each: each.on)))
    facts = Facts(creditor=CREDITOR, debtor=debtor, invoices=tuple(invoices), events=told)
    played = preview(playbook, facts, min(each.issued for each in invoices), until)
    actions = [action for entry in played.entries for action in entry.actions]
    found = []
    with Studio(writing=writing or Writing(agency=playbook.collector == "agency")) as studio:
        for group in group_messages(actions):
            if studio.writes(group[0]):
                then = known_before(played.facts, group)
                found.append(Read(group, *studio.text(group, then), then))
    return found


def of(found: list[Read], step: str, about: str | None = None, channel: Channel | None = None) -> Read:
    """Return the one message of a step (about an invoice, on a channel)."""
    same = [
        each for each in found
        if each.step == step and (about is None or about in [i for a in each.actions for i in a.invoices]) and channel in (None, each.actions[0].channel)
    ]  # fmt: skip
    assert len(same) == 1, [(each.actions[0].on, each.step, each.actions[0].channel) for each in found]
    return same[0]


# --------------------------------------------------------------------------- messages


def test_a_history_names_only_messages_about_these_invoices():
    paid = event(date(2026, 2, 25), "payment.received", "A-1", amount="1000.00")
    found = read("negligent", [invoice("A-1", date(2026, 1, 5)), invoice("A-2", date(2026, 3, 2), issued=date(2026, 2, 1))], [paid], until=date(2026, 5, 20))
    others = {message_id(each.actions[0]) for each in found if each.actions[0].invoices == ("A-1",)}
    assert len(others) > 2, "the first invoice was chased"
    for each in found:
        if each.actions[0].invoices == ("A-2",):
            assert not others & {contact.message for contact in each.context.history}
    notice = of(found, "mise-en-demeure", "A-2", Channel.REGISTERED_LETTER)
    assert [contact.step for contact in notice.context.history][:1] == ["relance-1"]


ACCOUNT = """schema: 1
playbook: compte
version: 1
title: Le compte
debtor: business
unit: account
steps:
  - {id: mot, at: J+1, channels: [email], tone: courteous, template: relance-1}
  - {id: relance, at: J+30, channels: [letter], tone: firm, template: relance-2}
"""


@pytest.mark.parametrize(("due", "recalled"), [(date(2026, 1, 5), True), (date(2026, 1, 20), False)])
def test_what_was_about_some_of_the_invoices_is_not_recalled_for_all(tmp_path, due, recalled):
    (tmp_path / "compte.yaml").write_text(ACCOUNT, "utf-8")
    found = read(tmp_path / "compte.yaml", [invoice("A-1", date(2026, 1, 5)), invoice("A-2", due, "70.00")], until=date(2026, 2, 10))
    letter = of(found, "relance")
    assert {name for action in letter.actions for name in action.invoices} == {"A-1", "A-2"}
    assert ("Malgré notre courriel du 6 janvier 2026" in letter.words) == recalled
    assert recalled or "Les factures ci-dessous demeurent impayées" in letter.words


def test_a_reminder_before_the_due_date_is_no_step_that_stayed_without_payment():
    found = read("negligent", [invoice("A-1", date(2026, 3, 2), issued=date(2026, 1, 31))], until=date(2026, 5, 20))
    courtesy = of(found, "rappel-avant-echeance")
    assert courtesy.actions[0].on < date(2026, 3, 2)
    for each in found:
        assert message_id(courtesy.actions[0]) not in [contact.message for contact in each.context.history]
        assert each.context.previous is None or each.context.previous.message != message_id(courtesy.actions[0])


def test_each_sheet_for_the_court_names_its_own_notice():
    found = read("systematique", [invoice("A-1", date(2026, 1, 5), "900.00"), invoice("A-2", date(2026, 1, 9), "4000.00", date(2025, 12, 10))], until=date(2026, 6, 20))
    for name in ("A-1", "A-2"):
        notice = of(found, "mise-en-demeure", name, Channel.REGISTERED_LETTER)
        sheet = of(found, "demande-en-justice", name)
        assert [each.reference for each in sheet.context.notices] == [notice.context.reference]
        assert plain(f"Mise en demeure : {notice.context.today}, référence {notice.context.reference}") in sheet.words


def test_a_follow_up_of_two_notices_names_both_each_with_its_day_of_interest():
    found = read(
        "consommateur", [invoice("A-1", date(2026, 2, 1), "1200.00"), invoice("A-2", date(2026, 2, 9), "880.50", date(2026, 1, 10))],
        until=date(2026, 7, 31), debtor=PRIVATE,
    )  # fmt: skip
    notices = [each for each in found if each.step == "mise-en-demeure" and each.actions[0].channel is Channel.REGISTERED_LETTER]
    assert [tuple(i for a in each.actions for i in a.invoices) for each in notices] == [("A-1",), ("A-2",)]
    sheet = next(each for each in found if each.step == "transmission")
    assert sheet.context.several
    for notice, cited in zip(notices, sheet.context.notices, strict=True):
        own = notice.actions[0].invoices[0]
        start = min(segment.start for action in sheet.actions for segment in action.claimed.segments if segment.invoice == own)
        assert (cited.on, cited.reference, cited.invoices) == (notice.context.today, notice.context.reference, own)
        assert start == notice.actions[0].on.replace(day=notice.actions[0].on.day + 1)
        assert f"({own}) : {cited.on}, référence {cited.reference}, intérêts au taux légal depuis le {cited.interest_from}" in sheet.words


# --------------------------------------------------------------------------- plans, promises, disputes


TWO = (invoice("A-1", date(2026, 1, 5), "900.00"), invoice("A-2", date(2026, 2, 2), "4000.00", date(2026, 1, 5)))
BROKEN = plan(date(2026, 2, 9), "A-1", (date(2026, 3, 2), "450.00"), (date(2026, 4, 1), "450.00"))
RUNNING = plan(date(2026, 2, 16), "A-2", (date(2026, 5, 4), "2000.00"), (date(2026, 6, 1), "2000.00"))


def test_the_letter_about_a_broken_plan_shows_that_plan():
    found = read("en-difficulte", TWO, [BROKEN, RUNNING], until=date(2026, 3, 31))
    letter = of(found, "plan-rompu", "A-1", Channel.LETTER)
    assert [plain(part.amount) for part in letter.context.plan] == ["450,00 €", "450,00 €"]
    assert letter.context.plan_agreed == "9 février 2026"
    assert "2 000,00 €" not in letter.words
    assert "Le versement de 450,00 € prévu le 2 mars 2026 n’est pas arrivé." in letter.words


def test_a_promise_and_a_dispute_of_another_invoice_are_not_this_one_s():
    about = (event(date(2026, 2, 20), "promise.made", "A-2", amount="4000.00", by=date(2026, 4, 30)), event(date(2026, 2, 20), "dispute.opened", "A-2", reason="trois lots manquent"))
    found = read("en-difficulte", TWO, [BROKEN, *about], until=date(2026, 3, 31))
    letter = of(found, "plan-rompu", "A-1", Channel.LETTER)
    assert letter.context.promise is None
    assert letter.context.dispute == ""


def test_a_promise_or_dispute_of_the_whole_debtor_is_about_each_invoice():
    about = (event(date(2026, 1, 20), "promise.made", amount="100.00", by=date(2026, 1, 22)), event(date(2026, 1, 20), "dispute.opened", reason="le prix"))
    found = read("en-difficulte", TWO[:1], [*about, event(date(2026, 1, 30), "dispute.closed", outcome="facture juste"), BROKEN], until=date(2026, 3, 31))
    letter = of(found, "plan-rompu", "A-1", Channel.LETTER)
    assert letter.context.promise is not None
    assert letter.context.promise.on == "22 janvier 2026"
    assert letter.context.dispute == "", "it was closed"


def test_the_code_of_a_broken_plan_asks_the_missed_instalment_and_the_text_says_which():
    agreed = plan(date(2026, 2, 20), "A-1", (date(2026, 3, 16), "400.00"), (date(2026, 4, 15), "400.00"), (date(2026, 5, 15), "400.00"))
    letter = of(read("en-difficulte", [invoice("A-1", date(2026, 2, 1), "1200.00")], [agreed], until=date(2026, 4, 14)), "plan-rompu", channel=Channel.LETTER)
    assert letter.code == "EUR400.00"
    assert "Le versement de 400,00 € prévu le 16 mars 2026 n’est pas arrivé." in letter.words
    assert "nous régler 400,00 €" in letter.words
    assert "nous pourrons reprendre nos démarches pour le solde, soit 1 200,00 € en principal" in letter.words
    assert "Nous étions convenus d’un échéancier le 20 février 2026." in letter.words
    assert not any(said in letter.words for said in ("exigible", "n’est plus tenu", "malgré le délai")), "it is the first instalment that is missing"


@pytest.mark.parametrize(
    ("invoices", "later"),
    [
        ((("A-1", date(2026, 4, 20), "900.00"),), " en principal, à partir de l’échéance de la facture, le 20 avril 2026."),
        ((("A-1", date(2026, 2, 1), "900.00"),), " en principal."),
        ((("A-1", date(2026, 2, 1), "600.00"), ("A-2", date(2026, 4, 20), "300.00")), " en principal, pour chaque facture à partir de son échéance."),
    ],
)
def test_of_a_plan_agreed_before_the_day_the_balance_is_not_announced_before_it_is_due(invoices, later):
    agreed = plan(date(2026, 2, 9), None, (date(2026, 3, 2), "450.00"), (date(2026, 5, 4), "450.00"))
    letter = of(read("en-difficulte", [invoice(name, due, amount) for name, due, amount in invoices], [agreed], until=date(2026, 4, 3)), "plan-rompu", channel=Channel.LETTER)
    assert f"pour le solde, soit 900,00 €{later}" in letter.words
    assert letter.code == "EUR450.00"
    assert letter.contradictions == ()


ACCOUNT_WITH_A_PLAN = """schema: 1
playbook: compte
version: 1
title: Le compte
debtor: business
unit: account
language: LANGUAGE
steps:
  - {id: plan-rompu, at: plan.broken, channels: [letter], tone: TONE, template: WORDING, grants: 8 days, asks: ASKS}
  - {id: notice, kind: formal_notice, at: J+60, channels: [letter], tone: formal, template: mise-en-demeure, grants: 8 days}
"""


@pytest.mark.parametrize("issued", [date(2026, 1, 20), date(2026, 1, 21)], ids=["the plan is about both", "one is issued later"])
@pytest.mark.parametrize(
    ("language", "asks", "wording", "tone", "said", "notice"),
    [
        ("fr", "arrears", "plan-rompu", "neutral", "L’échéancier porte sur la facture A-1 ; la facture A-2 n’y est pas comprise et reste due en plus, pour 700,00 € en principal, non compris dans la somme demandée ici.", "L’échéancier convenu le 20 janvier 2026, qui portait sur la facture A-1, n’a pas été tenu."),
        ("fr", "whole", "plan-rompu", "courteous", "L’échéancier porte sur la facture A-1 ; la facture A-2 n’y est pas comprise et reste due en plus, pour 700,00 € en principal, compris dans la somme demandée ici.", ""),
        ("en", "arrears", "plan-rompu-agence", "firm", "The payment plan covers invoice A-1; invoice A-2 is not part of it and remains due as well, for €700.00 of principal, which is not included in the sum asked here.", "The payment plan agreed on 20 January 2026, which covered invoice A-1, has not been kept."),
        ("en", "whole", "plan-rompu", "neutral", "The payment plan covers invoice A-1; invoice A-2 is not part of it and remains due as well, for €700.00 of principal, which is included in the sum asked here.", ""),
    ],
)  # fmt: skip
def test_the_letter_about_an_accounts_plan_says_what_it_covers_and_what_else_is_due(tmp_path, issued, language, asks, wording, tone, said, notice):
    playbook = ACCOUNT_WITH_A_PLAN.replace("LANGUAGE", language).replace("ASKS", asks).replace("WORDING", wording).replace("TONE", tone)
    (tmp_path / "compte.yaml").write_text(playbook, "utf-8")
    invoices = [invoice("A-1", date(2026, 1, 5), "900.00"), invoice("A-2", date(2026, 2, 10), "700.00", issued)]
    agreed = plan(date(2026, 1, 20), None, (date(2026, 2, 16), "400.00"), (date(2026, 3, 16), "500.00"))
    found = read(tmp_path / "compte.yaml", invoices, [agreed], until=date(2026, 3, 31))
    letter, served = of(found, "plan-rompu"), of(found, "notice")
    apart = issued.day == 21
    assert letter.actions[0].invoices == ("A-1", "A-2")
    assert (said in letter.words) is apart, letter.words
    assert any(word in letter.words for word in ("pas comprise", "not part of it")) is apart
    assert not notice or (notice in served.words) is apart, served.words
    assert letter.contradictions == served.contradictions == ()
    assert letter.code == ("EUR400.00" if asks == "arrears" else "EUR1600.00")


def test_of_a_plan_whose_letters_travel_apart_each_asks_the_part_of_its_own_invoice(tmp_path):
    apart = tmp_path / "essai.yaml"
    apart.write_text(
        "schema: 1\nplaybook: essai\nversion: 1\ntitle: Essai\ndebtor: business\nunit: invoice\ncombine: none\nhold_while: [plan_running]\nsteps:\n"
        "  - {id: plan-rompu, at: plan.broken, channels: [letter], tone: firm, grants: 10 days}\n",
        encoding="utf-8",
    )
    agreed = plan(date(2026, 3, 2), None, (date(2026, 4, 2), "1000.00"), (date(2026, 5, 4), "500.00"))
    found = read(apart, [invoice("A-1", date(2026, 1, 5), "900.00"), invoice("A-2", date(2026, 2, 5), "600.00")], [agreed], until=date(2026, 4, 20))
    asked = {each.actions[0].invoices: each for each in found}
    assert "nous régler 900,00 € au titre de la facture A-1 au plus tard" in asked["A-1",].words
    assert "nous régler 100,00 € au titre de la facture A-2 au plus tard" in asked["A-2",].words
    assert [asked[name,].code for name in ("A-1", "A-2")] == ["EUR900.00", "EUR100.00"]


def test_where_nothing_but_the_missed_instalment_is_open_the_letter_names_no_balance():
    agreed = plan(date(2026, 2, 20), "A-1", (date(2026, 2, 27), "800.00"), (date(2026, 3, 16), "400.00"))
    paid = event(date(2026, 2, 26), "payment.received", "A-1", amount="800.00")
    letter = of(read("en-difficulte", [invoice("A-1", date(2026, 2, 1), "1200.00")], [agreed, paid], until=date(2026, 4, 14)), "plan-rompu", channel=Channel.LETTER)
    assert "nous pourrons reprendre nos démarches." in letter.words
    assert "le solde" not in letter.words


def test_what_was_paid_in_part_is_not_called_unpaid_without_more():
    claim, paid = invoice("A-1", date(2026, 2, 1), "1200.00"), event(date(2026, 2, 5), "payment.received", "A-1", amount="300.00")
    in_part, whole = (of(read("en-difficulte", [claim], events, until=date(2026, 6, 30)), "mise-en-demeure", channel=Channel.REGISTERED_LETTER) for events in ([paid], []))
    assert "demeure impayée en partie." in in_part.words
    assert "demeure impayée." in whole.words


def test_an_instalment_that_came_late_is_not_asked_for_again():
    """The letter that was withdrawn for that payment is made anew, and what it is about is there by now."""
    agreed = plan(date(2026, 2, 20), "A-1", (date(2026, 3, 16), "400.00"), (date(2026, 5, 15), "800.00"))
    letter = of(read("en-difficulte", [invoice("A-1", date(2026, 2, 1), "1200.00")], [agreed], until=date(2026, 4, 14)), "plan-rompu", channel=Channel.LETTER)
    text = Templates().find("plan-rompu", Channel.LETTER, "fr").render(replace(letter.context, missed=(), missed_total="", sums=replace(letter.context.sums, total=money(Decimal(0), "EUR", "fr")))).plain()
    assert "Aucun versement échu ne manque à ce jour." in text
    assert not any(said in text for said in ("Nous vous demandons de", "régulariser", "le solde"))


def test_of_an_instalment_paid_in_part_the_letter_asks_what_is_missing():
    agreed = plan(date(2026, 2, 20), "A-1", (date(2026, 3, 16), "400.00"), (date(2026, 4, 15), "800.00"))
    paid = event(date(2026, 3, 15), "payment.received", "A-1", amount="150.00")
    letter = of(read("en-difficulte", [invoice("A-1", date(2026, 2, 1), "1200.00")], [agreed, paid], until=date(2026, 4, 14)), "plan-rompu", channel=Channel.LETTER)
    assert letter.code == "EUR250.00"
    assert "Sur le versement de 400,00 € prévu le 16 mars 2026, il manque 250,00 €." in letter.words
    assert "nous régler 250,00 €" in letter.words


def test_the_notice_after_a_broken_plan_names_it():
    agreed = plan(date(2026, 2, 20), "A-1", (date(2026, 3, 15), "400.00"), (date(2026, 4, 15), "400.00"), (date(2026, 5, 15), "400.00"))
    paid = event(date(2026, 3, 14), "payment.received", "A-1", amount="400.00")
    found = read("en-difficulte", [invoice("A-1", date(2026, 2, 1), "1200.00")], [agreed, paid], until=date(2026, 6, 30))
    said = "L’échéancier convenu le 20 février 2026 n’a pas été tenu. Le versement de 400,00 € prévu le 15 avril 2026 n’est pas arrivé."
    notice = of(found, "mise-en-demeure", channel=Channel.REGISTERED_LETTER)
    assert f"{said} Aucun intérêt n’est compté pour les jours où cet échéancier a été tenu." in notice.words
    assert notice.code == f"EUR{notice.actions[0].claimed.total}"


def test_a_plan_under_which_interest_runs_promises_nothing_else():
    agreed = plan(date(2026, 2, 20), "A-1", (date(2026, 3, 16), "400.00"), (date(2026, 4, 15), "800.00"))
    agreed = replace(agreed, data={**agreed.data, "interest": "runs"})
    notice = of(read("en-difficulte", [invoice("A-1", date(2026, 2, 1), "1200.00")], [agreed], until=date(2026, 6, 30)), "mise-en-demeure", channel=Channel.REGISTERED_LETTER)
    assert "n’a pas été tenu" in notice.words
    assert "Aucun intérêt n’est compté" not in notice.words


def test_a_plan_that_was_kept_or_cancelled_is_not_called_broken():
    agreed = plan(date(2026, 2, 20), "A-1", (date(2026, 3, 16), "400.00"), (date(2026, 4, 15), "800.00"))
    gone = event(date(2026, 3, 1), "plan.cancelled", "A-1")
    notice = of(read("en-difficulte", [invoice("A-1", date(2026, 2, 1), "1200.00")], [agreed, gone], until=date(2026, 6, 30)), "mise-en-demeure", channel=Channel.REGISTERED_LETTER)
    assert notice.context.missed == ()
    assert "chéancier convenu" not in notice.words
    assert notice.code == "EUR" + str(notice.actions[0].claimed.total)


# --------------------------------------------------------------------------- an agency


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize(("template", "channel"), [("relance-agence", Channel.LETTER), ("mise-en-demeure-agence", Channel.REGISTERED_LETTER), ("appel-agence", Channel.CALL), ("relance-agence", Channel.SMS)])
def test_an_agency_recalls_the_first_letter_of_each_invoice(template, channel, language):
    def sent(day, name, step, number):
        data = {"id": number, "step": step, "channel": Channel.LETTER, "case": name, "carrier": name, "invoices": (name,), "message": number}
        return Event(day, "action.emitted", name, data=data)

    first, second = sent(date(2026, 2, 4), "A-1", "premiere-lettre", "aa11aa11"), sent(date(2026, 2, 18), "A-2", "premiere-lettre", "bb22bb22")
    later = sent(date(2026, 2, 25), "A-1", "relance", "cc33cc33")
    facts = Facts(CREDITOR, DEBTOR, (invoice("A-1", date(2026, 2, 2)), invoice("A-2", date(2026, 2, 16), "400.00")), (first, second, later))
    action = replace(sample.action(facts, channel=channel, tone=Tone.FORMAL if template.startswith("mise") else Tone.FIRM, language=language, template=template))
    with Studio(writing=Writing(AGENCY, agency=True)) as studio:
        both, context = studio.text([action], facts)
        alone, _ = studio.text([replace(action, invoices=("A-2",))], facts)
    assert [(each.reference, each.invoices) for each in context.first_letters] == [("R-AA11-AA11", "A-1"), ("R-BB22-BB22", "A-2")]
    for text, told in ((both, {"R-AA11-AA11", "R-BB22-BB22"}), (alone, {"R-BB22-BB22"})):
        words = text.plain(10_000)
        assert {reference for reference in ("R-AA11-AA11", "R-BB22-BB22") if reference in words} == told
        if channel is not Channel.SMS:
            assert ("18 février 2026" if language == "fr" else "18 February 2026") in words


def test_the_first_letter_that_names_an_invoice_says_what_a_first_letter_must():
    two = [invoice("A-1", date(2026, 2, 1), "900.00", date(2026, 1, 2)), invoice("A-2", date(2026, 2, 9), "640.50", date(2026, 1, 10))]
    letters = [each for each in read("agence-amiable", two, until=date(2026, 5, 30), writing=Writing(AGENCY, agency=True)) if each.actions[0].channel in LETTERS]
    named: set[str] = set()
    for each in letters:
        about = {line.id for line in each.context.invoices}
        assert each.context.unannounced is bool(about - named)
        assert ("restent à la charge du créancier, sauf s’ils concernent" in each.words) is bool(about - named)
        named |= about
    assert named == {"A-1", "A-2"}
    assert [each.context.unannounced for each in letters].count(True) == 2, "they were first named apart"


@pytest.mark.parametrize(
    ("sender", "said"),
    [
        ({"name": "Recouvrement de l’Est", "signatory": "Luc Weber"}, "Luc Weber"),
        ({"name": "Recouvrement de l’Est", "signatory": "Luc Weber", "sms_name": "RDE"}, "RDE"),
        ({"name": "Cabinet Weber", "signatory": "Luc Weber"}, "Cabinet Weber"),
    ],
)
def test_a_text_message_names_who_writes_and_no_debt(sender, said):
    paper = Letterhead(sender={"address": ["1 quai Vauban", "67000 Strasbourg"], "phone": "03 88 00 00 00", **sender})
    found = read("agence-amiable", [invoice("A-1", date(2026, 2, 1), "100.00")], until=date(2026, 5, 15), writing=Writing(paper, agency=True))
    message = of(found, "message", channel=Channel.SMS)
    assert said in message.words
    assert sms.secret_in(message.words) is None


# --------------------------------------------------------------------------- what came in


def test_a_part_payment_is_shown_with_what_it_served_and_the_column_is_the_principal_asked():
    paid = event(date(2026, 2, 20), "payment.received", "A-1", amount="150.00")
    two = [invoice("A-1", date(2026, 2, 1), "900.00", date(2026, 1, 2)), invoice("A-2", date(2026, 2, 9), "640.50", date(2026, 1, 10))]
    found = read("agence-amiable", two, [paid], until=date(2026, 4, 30), writing=Writing(AGENCY, agency=True))
    assert len(found) > 5
    for each in found:
        asked = sum(action.claimed.principal for action in each.actions)
        assert sum(line.open.amount for line in each.context.invoices) == asked == each.context.sums.principal.amount
    letter = of(found, "derniere-relance", channel=Channel.LETTER)
    (receipt,) = letter.context.receipts
    assert receipt.principal.amount + receipt.interest.amount == Decimal(150)
    assert receipt.interest.amount > 0
    assert f"20 février 2026 : 150,00 €, imputés ainsi : principal {plain(receipt.principal)}, intérêts {plain(receipt.interest)}" in letter.words


def test_what_is_not_due_is_called_nothing_else_and_asked_by_no_letter():
    later = invoice("A-9", date(2026, 6, 30), "5000.00", date(2026, 2, 1))
    found = read("agence-amiable", [invoice("A-1", date(2026, 2, 1), "900.00"), later], until=date(2026, 4, 30), writing=Writing(AGENCY, agency=True))
    for each in found:
        assert [line.id for line in each.context.coming] == ["A-9"]
        assert "A-9" not in each.words
        assert "5 000,00" not in each.words


def test_a_message_that_another_system_sends_is_called_handed_over():
    def sent(sent_by):
        data = {"id": "aa11aa11", "step": "relance-1", "channel": Channel.EMAIL, "case": "A-1", "carrier": "A-1", "invoices": ("A-1",), "sent_by": sent_by}
        facts = Facts(CREDITOR, DEBTOR, (invoice("A-1", date(2026, 2, 2)),), (Event(date(2026, 2, 4), "action.emitted", "A-1", data=data),))
        action = sample.action(facts, channel=Channel.REGISTERED_LETTER, tone=Tone.FORMAL, template="mise-en-demeure")
        with Studio(writing=Writing()) as studio:
            return plain(studio.text([action], facts)[0].plain(10_000))

    assert "4 février 2026 : courriel (remis pour envoi), référence R-AA11-AA11" in sent("other")
    assert "4 février 2026 : courriel, référence R-AA11-AA11" in sent(None)
    assert "R-AA11-AA11" not in sent("relance"), "it has not left"


# --------------------------------------------------------------------------- the case wordings are read with


@pytest.mark.parametrize("debtor", ["business", "consumer"])
@pytest.mark.parametrize("rich", [False, True])
def test_the_case_wordings_are_read_with_is_a_case_of_the_engine(debtor, rich):
    claim = (Charge.LATE_INTEREST, Charge.FIXED_INDEMNITY) if debtor == "business" else (Charge.LEGAL_INTEREST,)
    situation = Situation("mise-en-demeure", Channel.LETTER, "fr", Tone.FORMAL, debtor=debtor, claim=claim, letter=True, notice=True)
    facts = facts_of(situation, rich=rich)
    action = action_of(situation, facts)
    context = build([action], facts)
    assert sum(line.open.amount for line in context.invoices) == action.claimed.principal == context.sums.principal.amount
    interest = action.claimed.late_interest + action.claimed.legal_interest
    assert interest == sum(each.interest for each in action.claimed.invoices) > 0
    assert len(context.notices) == len(context.first_letters) == len(context.invoices) == (2 if rich else 1)
    assert bool(context.missed and context.promise and context.coming) is rich
    assert any(receipt.credit_note for receipt in context.receipts) is rich
    assert {each.currency for each in facts.invoices} == ({"EUR", "USD"} if rich else {"EUR"})


COPY = "copie de la lettre recommandée"


@pytest.mark.parametrize("word", ["action.cancelled", "action.failed", "action.skipped"])
def test_an_email_is_called_a_copy_only_while_its_registered_letter_leaves(word):
    found = read("negligent", [invoice("A-1", date(2026, 1, 5))], until=date(2026, 5, 20))
    email, letter = (of(found, "mise-en-demeure", channel=channel).actions[0] for channel in (Channel.EMAIL, Channel.REGISTERED_LETTER))
    before = Facts(creditor=CREDITOR, debtor=DEBTOR, invoices=(invoice("A-1", date(2026, 1, 5)),), events=())
    gone = Event(letter.on, word, None, seq=4, data={"id": letter.id, "reason": "non", "error": "non"})
    told = {
        "nothing is emitted yet": ((), True),
        "both are emitted": ((emission(letter, seq=1), emission(email, seq=2)), True),
        "the letter leaves no more": ((emission(letter, seq=1), emission(email, seq=2), gone), False),
        "the step is by e-mail alone": ((emission(email, seq=2),), False),
    }
    with Studio() as studio:
        kept = ""
        for state, (events, copy) in told.items():
            facts = replace(before, events=events)
            text, context = studio.text([email], facts)
            assert (COPY in plain(text.plain(10_000))) is copy, state
            if copy:
                kept = studio.finished(text, context, [email])
            assert kept
            wrong = {each.code for each in check(kept, known_of([email], facts))}
            assert ("PB605" in wrong) is not copy, state
    with Studio() as studio:
        assert COPY not in plain(studio.text([replace(email, registered=False)], before)[0].plain(10_000))


@pytest.mark.parametrize(
    ("words", "cited"),
    [((), True), (("call.reached",), True), (("call.refused",), True), (("call.wrong_number",), False), (("call.no_answer",), False), (("call.no_answer", "call.reached"), True)],
)
def test_a_call_that_reached_nobody_is_not_recalled_to_the_debtor(words, cited):
    found = read("negligent", [invoice("A-1", date(2026, 1, 5))], until=date(2026, 5, 20))
    call = of(found, "appel").actions[0]
    letter = of(found, "relance-2", channel=Channel.EMAIL).actions[0]
    became = tuple(Event(call.on, kind, None, seq=5 + place, data={"id": call.id}) for place, kind in enumerate(words))
    made = (emission(call, seq=1), Event(call.on, "action.executed", None, seq=2, data={"id": call.id}))
    facts = Facts(creditor=CREDITOR, debtor=DEBTOR, invoices=(invoice("A-1", date(2026, 1, 5)),), events=(*made, *became))
    with Studio() as studio:
        text, context = studio.text([letter], facts)
        assert ("notre appel téléphonique du" in plain(text.plain(10_000))) is cited
        assert check(studio.finished(text, context, [letter]), known_of([letter], facts)) == ()
        spoken = studio.finished(*studio.text([letter], replace(facts, events=made)), [letter])
    assert ("PB605" in {each.code for each in check(spoken, known_of([letter], facts))}) is not cited


# --------------------------------------------------------------------------- what stands beside


EXAMPLES = Path(__file__).parents[2] / "playbooks" / "examples"


@pytest.mark.parametrize(("second", "says", "subject"), [
    (date(2026, 4, 28), "Notre mise en demeure du 21 avril 2026 (référence {reference}), au sujet de A-1, n’a pas été suivie d’un règlement.", "Suite de notre mise en demeure du 21 avril 2026"),
    (None, "Notre mise en demeure du 21 avril 2026 (référence {reference}) n’a pas été suivie d’un règlement.", "Suite de notre mise en demeure du 21 avril 2026, facture A-1"),
])  # fmt: skip
def test_what_follows_a_notice_says_which_invoices_it_was_about(second, says, subject):
    """An invoice that joined the account since is in no formal notice: the letter says that of none but those that are."""
    claims = [invoice("A-1", date(2026, 3, 2), "80.00", date(2026, 2, 20)), *([invoice("A-2", second, "90.00", date(2026, 4, 14))] if second else [])]
    bounced = [each for claim in claims for each in (event(claim.due, "payment.received", claim.id, amount=str(claim.amount)), event(claim.due + timedelta(3), "payment.reversed", claim.id, amount=str(claim.amount)))]
    letter = of(read(EXAMPLES / "abonnement.yaml", claims, bounced, until=date(2026, 5, 25), debtor=replace(PRIVATE, language="fr")), "apres-mise-en-demeure")
    assert letter.context.unwarned is bool(second)
    assert says.format(reference=letter.context.reference) in letter.words
    assert letter.words.startswith(subject + "\n")
    assert ("ne sont demandés que sur les factures mises en demeure" in letter.words) is bool(second)
    assert letter.contradictions == ()


def test_instalments_of_one_sum_that_did_not_come_are_one_sentence():
    agreed = plan(date(2026, 1, 20), "A-1", (date(2026, 2, 2), "300.00"), (date(2026, 3, 2), "300.00"), (date(2026, 3, 23), "400.00"))
    found = read("en-difficulte", [invoice("A-1", date(2026, 1, 5))], [agreed], until=date(2026, 5, 20))
    notice = of(found, "mise-en-demeure", channel=Channel.REGISTERED_LETTER)
    assert "Les versements de 300,00 € prévus le 2 février 2026 et le 2 mars 2026 ne sont pas arrivés." in notice.words
    assert notice.contradictions == ()
    later = of(found, "transmission")
    assert "Le versement de 300,00 € prévu le 2 mars 2026 n’est pas arrivé. Le versement de 400,00 € prévu le 23 mars 2026 n’est pas arrivé." in later.words, "sums that differ are told one by one"


@pytest.mark.parametrize(("about", "paid", "says"), [(None, "1400.00", "400,00 € (sur 1 400,00 € reçus ce jour)"), ("A-2", "400.00", "400,00 €"), (None, "900.00", None)])
def test_a_payment_that_went_to_several_invoices_is_shown_with_what_came_in(about, paid, says):
    """Who paid 1,400 and reads that 400 came in would look for the rest."""
    claims = [invoice("A-1", date(2026, 1, 5)), invoice("A-2", date(2026, 1, 6))]
    letter = of(read("consommateur", claims, [event(date(2026, 1, 20), "payment.received", about, amount=paid)], until=date(2026, 2, 9), debtor=PRIVATE), "relance", "A-2")
    lines = [plain(f"{each.amount} (sur {each.part_of} reçus ce jour)" if each.part_of else str(each.amount)) for each in letter.context.receipts]
    if says is None:
        assert lines == ["900,00 €"], "all of it went to the first, which the letter names, too"
    else:
        assert lines == [says]
        assert f"20 janvier 2026 : {says}" in letter.words
    assert letter.contradictions == ()


def test_of_one_day_the_letter_stands_before_the_e_mail():
    found = read("negligent", [invoice("A-1", date(2026, 1, 5))], until=date(2026, 3, 20))
    channels = [(each.on_short, each.channel) for each in of(found, "transmission").context.history]
    assert len({day for day, _ in channels}) < len(channels)
    for (day, first), (other, second) in pairwise(channels):
        assert day != other or first in LETTERS, (first, second)


@pytest.mark.parametrize(("told", "says", "opens"), [
    ([event(date(2026, 1, 7), "promise.made", "A-1", amount="600.00", by=date(2026, 1, 8))], "Promesse : 600,00 € pour le 8 janvier 2026, non tenue", "dont 1 000,00 € restent à régler"),
    ([event(date(2026, 1, 7), "promise.made", "A-1", amount="100.00", by=date(2026, 1, 9)), event(date(2026, 1, 8), "payment.received", "A-1", amount="100.00")],
     "Promesse : 100,00 € pour le 9 janvier 2026", "dont 900,00 € restent à régler"),
    ([event(date(2026, 1, 7), "payment.received", "A-1", amount="100.00")], "Reçu : 100,00 €, 7 janvier 2026", "dont 900,00 € restent à régler"),
    ([event(date(2026, 1, 7), "dispute.opened", "A-1", amount="300.00", reason="deux cartons")], "Contestation en cours (300,00 €) : deux cartons", "dont 700,00 € restent à régler"),
    ([], "", "je voulais m’assurer que vous l’aviez bien reçue"),
])  # fmt: skip
def test_a_call_sheet_says_what_became_of_promise_payment_and_dispute(told, says, opens):
    call = next(each for each in read("courtois", [invoice("A-1", date(2026, 1, 5))], told, until=date(2026, 2, 9)) if each.actions[0].channel is Channel.CALL)
    with Studio(writing=Writing()) as studio:
        text, _ = studio.text(call.actions, call.facts)
        assert check(studio.finished(text, call.context, call.actions), known_of(call.actions, call.facts)) == ()
    words = plain(text.plain(10_000))
    assert says in words
    assert opens in words
    assert ("non tenue" in words) is ("non tenue" in says)


ONE_CALL = "schema: 1\nplaybook: appel-seul\nversion: 1\ntitle: Un appel\ndebtor: business\nlanguage: {language}\nsteps:\n  - {{id: appel, at: J+3, channels: [call], tone: courteous, template: appel}}\n"


@pytest.mark.parametrize(("language", "paid", "says"), [
    ("fr", None, "Échéancier convenu le 6 janvier 2026 : versement de 300,00 € prévu le 12 janvier 2026, non reçu"),
    ("fr", "200.00", "Échéancier convenu le 6 janvier 2026 : versement de 300,00 € prévu le 12 janvier 2026, il manque 100,00 €"),
    ("en", None, "Payment plan agreed on 6 January 2026: instalment of €300.00 due on 12 January 2026, not received"),
])  # fmt: skip
def test_a_call_sheet_after_a_broken_plan_says_what_of_it_has_not_arrived(tmp_path, language, paid, says):
    """Whoever called read that there had been no contact, though a plan had been agreed on."""
    (tmp_path / "appel-seul.yaml").write_text(ONE_CALL.format(language=language), encoding="utf-8")
    told = [plan(date(2026, 1, 6), "A-1", (date(2026, 1, 12), "300.00"), (date(2026, 2, 12), "700.00")), *([event(date(2026, 1, 9), "payment.received", "A-1", amount=paid)] if paid else [])]
    debtor = replace(DEBTOR, language=language)
    call = next(iter(read(tmp_path / "appel-seul.yaml", [invoice("A-1", date(2026, 1, 5))], told, until=date(2026, 2, 9), debtor=debtor)))
    with Studio(writing=Writing()) as studio:
        text, _ = studio.text(call.actions, call.facts)
        assert check(studio.finished(text, call.context, call.actions), known_of(call.actions, call.facts)) == ()
    words = plain(text.plain(10_000))
    assert says in words
    assert "Aucun contact" not in words
    assert "No contact" not in words
